"""The figures of several periods → those of the longer one, row by row, by the row's period kind. Pure.

Where no figure is right the cell stays open, and it is named with what is missing: never a part that passes for the
whole. Totals and ratios are the form's own formulas on the joined figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from cchc_xl.catalogue.model import CellKind, CellSpec, Form, PeriodKind, Rollup, RowRole
from cchc_xl.consolidation.carry import written_by_merge
from cchc_xl.consolidation.contribution import figure_cells
from cchc_xl.consolidation.distinct import count_together
from cchc_xl.consolidation.spare_rows import Placed, place_spare_rows
from cchc_xl.expressions import CellRef
from cchc_xl.over_time.given import Given, Side
from cchc_xl.over_time.joined import Joined, JoinedCell, Way, filled_form, number_words
from cchc_xl.over_time.sequence import PeriodBook
from cchc_xl.over_time.totals import checked_ratio, equal_to_totals, waiting_for_totals, waiting_totals, with_totals
from cchc_xl.over_time.units_counted import Line, periods_counted
from cchc_xl.periods import Period, format_date
from cchc_xl.stamp import SUBMISSION, SUMMARY, Stamp
from cchc_xl.submission import NOTE, SubmissionFigures
from cchc_xl.values import BLANK, NOT_APPLICABLE, State, Value, number_value

_ZERO = Decimal(0)


def join(books: Sequence[PeriodBook], period: Period) -> Joined:
    """Join workbooks that are in sequence (``sequence.in_sequence``).

    Raises ``InputFault`` when the periods bring more rows of their own than the form has room for.
    """
    form = books[-1].submission.form
    sides = [Side(book) for book in books]
    placed = place_spare_rows(form, [side.child for side in sides])
    joining = _Joining(form, sides, placed)
    cells = [joining.cell(spec) for spec in figure_cells(form) if placed.counts(spec)]
    values = {cell.spec.ref: cell.value for cell in cells if cell.way is not Way.COMPUTED and cell.value.filled}
    for (appendix, order), texts in placed.texts.items():
        values |= {CellRef(appendix, order, key): Value(State.TEXT, text=text) for key, text in texts.items()}
    cells = [replace(cell, counted=joining.counted(cell)) for cell in cells]
    values |= joining.texts({cell.spec.ref: cell.way for cell in cells})
    for cell in cells:
        note = cell.spec.ref._replace(column=NOTE)
        if cell.counted and note in form.cells and note not in values:
            values[note] = Value(State.TEXT, text=f"{cell.counted}.")
    stamp = _stamp(books, period)
    cells = equal_to_totals(form, stamp, sides, cells, values)
    values |= {cell.spec.ref: cell.value for cell in cells if cell.way is Way.EQUAL}
    cells, values = with_totals(form, stamp, sides, cells, values)
    cells = waiting_for_totals(form, sides, cells, waiting_totals(form, cells))
    waiting = waiting_totals(form, cells)
    cells = [
        replace(c, way=Way.OPEN, value=BLANK, remark=waiting[c.spec.ref]) if c.spec.ref in waiting else c for c in cells
    ]
    opened = waiting.keys() | {cell.spec.ref for cell in cells if cell.way is Way.OPEN}
    values = {ref: value for ref, value in values.items() if ref not in opened}
    submission = filled_form(form, stamp, values, waiting)
    figures = SubmissionFigures(submission)
    cells = [
        replace(cell, value=BLANK if (number := figures.number(cell.spec.ref)) is None else number_value(number))
        if cell.way is Way.COMPUTED
        else cell
        for cell in cells
    ]
    cells = [checked_ratio(cell, sides) for cell in cells]
    return Joined(form, period, books, stamp, cells, submission, values, frozenset(waiting))


def _stamp(books: Sequence[PeriodBook], period: Period) -> Stamp:
    latest = books[-1].submission.stamp
    return Stamp(
        form=latest.form,
        version=latest.version,
        unit=latest.unit,
        unit_code=latest.unit_code,
        parent_code=latest.parent_code,
        period=period.key,
        date_from=format_date(books[0].start),
        date_to=format_date(books[-1].end),
        kind=SUBMISSION,
        place=latest.place,
        signer=latest.signer,
    )


class _Joining:
    def __init__(self, form: Form, sides: Sequence[Side], placed: Placed) -> None:
        self.form = form
        self.sides = sides
        self.placed = placed

    def cell(self, spec: CellSpec) -> JoinedCell:
        given = tuple(side.of(spec, self.placed, at) for at, side in enumerate(self.sides))
        way, value, remark = self._joined(spec, given)
        return JoinedCell(spec, way, value, given, remark, self.placed.name(spec))

    def counted(self, cell: JoinedCell) -> str:
        """How many units of summaries are in a figure, in the periods that it is made from."""
        spec = cell.spec
        if cell.way is Way.BLANK or spec.quantity is None:
            return ""
        match spec.quantity.period:
            case PeriodKind.AT_START:
                sides = self.sides[:1]
            case PeriodKind.AT_DATE | PeriodKind.CUMULATIVE:
                sides = self.sides[-1:]
            case _:
                sides = self.sides
        said = []
        for side in sides:
            text = side.submission.value(spec.ref._replace(column=NOTE)).text if side.book.joined else ""
            if written_by_merge(text):
                said.append(text.rstrip("."))
        there = [(side.words, side.book.summary) for side in sides if side.book.summary is not None]
        said.append(periods_counted(Line(spec, cell.name), [(words, one) for words, one in there if one is not None]))
        return "; ".join(filter(None, said))

    def _joined(self, spec: CellSpec, given: tuple[Given, ...]) -> tuple[Way, Value, str]:
        assert spec.quantity is not None
        if spec.derived:
            return Way.COMPUTED, BLANK, ""
        if spec.kind is CellKind.MARK and spec.row.role is not RowRole.TOTAL:
            return self._mark(given)
        match spec.quantity.period:
            case PeriodKind.AT_START:
                return self._one(spec, given, 0, Way.FIRST)
            case PeriodKind.IN_PERIOD:
                return self._in_period(spec, given)
        way, value, remark = self._one(spec, given, len(given) - 1, Way.LATEST)
        if way is Way.LATEST and spec.quantity.period is PeriodKind.CUMULATIVE and spec.kind.numeric:
            remark = self._falling(given)
        return way, value, remark

    def _in_period(self, spec: CellSpec, given: tuple[Given, ...]) -> tuple[Way, Value, str]:
        assert spec.quantity is not None
        match spec.quantity.rollup:
            case Rollup.COUNT_YES:
                return self._any_yes(spec, given)
            case Rollup.DISTRIBUTION:
                return self._same(spec, given, [at for at, one in enumerate(given) if one.number is not None])
            case Rollup.SPREAD | Rollup.RECOMPUTE:
                return self._same(spec, given, [at for at, one in enumerate(given) if not one.nothing])
            case Rollup.DISTINCT:
                return self._distinct(spec, given)
        if spec.kind in (CellKind.PERCENT, CellKind.CODE, CellKind.YESNO):
            return self._same(spec, given, list(range(len(given))))
        way, value, remark = self._whole(given)
        if way is not Way.ADDED:
            return way, value, remark
        return way, number_value(sum((one.number for one in given if one.number is not None), _ZERO)), ""

    def _whole(self, given: tuple[Given, ...]) -> tuple[Way, Value, str]:
        """Whether every period has what is to be put together: ``ADDED``; else blank, ``-`` or open."""
        if any(one.number is not None for one in given):
            if any(one.missing for one in given):
                return Way.OPEN, BLANK, self._lacking(given)
            return Way.ADDED, BLANK, ""
        if any(one.waiting or (one.missing and one.shown) for one in given):
            return Way.OPEN, BLANK, self._lacking(given)
        if any(one.shown == "-" for one in given) and all(one.nothing for one in given):
            return Way.LATEST, NOT_APPLICABLE, ""
        return Way.BLANK, BLANK, ""

    def _one(self, spec: CellSpec, given: tuple[Given, ...], at: int, way: Way) -> tuple[Way, Value, str]:
        """The figure of the first or the last period alone."""
        one = given[at]
        if one.number is not None:
            return way, self._as_given(spec, at), ""
        if one.shown == "-":
            return way, NOT_APPLICABLE, ""
        if one.nothing or not (one.shown or one.waiting or any(other.number is not None for other in given)):
            return Way.BLANK, BLANK, ""
        return Way.OPEN, BLANK, self._lacking(given, at)

    def _as_given(self, spec: CellSpec, at: int) -> Value:
        """A number as a number; a word of a list as the word that the unit chose."""
        side = self.sides[at]
        places = side.cells(spec, self.placed, at)
        place = next((p for p in places if side.given.numbers[p] is not None), places[0])
        if spec.kind is CellKind.YESNO:
            return side.submission.value(figure_cells(self.form)[place].ref)
        number = side.of(spec, self.placed, at).number
        return BLANK if number is None else number_value(number)

    def _mark(self, given: tuple[Given, ...]) -> tuple[Way, Value, str]:
        """A checklist has the state of the last period."""
        last = given[-1].number
        if last is not None:
            return Way.LATEST, Value(State.TEXT, text="x") if last else BLANK, ""
        marked = [side.words for side, one in zip(self.sides, given, strict=True) if one.number]
        if marked:
            said = f"{_start(self.sides[-1].words)} chưa đánh dấu nhiệm vụ này (có dấu x ở {', '.join(marked)})."
            return Way.OPEN, BLANK, said
        return Way.BLANK, BLANK, ""

    def _any_yes(self, spec: CellSpec, given: tuple[Given, ...]) -> tuple[Way, Value, str]:
        yes = next((at for at, one in enumerate(given) if one.number), None)
        if yes is not None:
            return Way.ANY_YES, self._as_given(spec, yes), ""
        way, _, remark = self._whole(given)
        if way is not Way.ADDED:
            return way, BLANK, remark
        at = next(at for at, one in enumerate(given) if one.number is not None)
        return Way.ANY_YES, self._as_given(spec, at), ""

    def _same(self, spec: CellSpec, given: tuple[Given, ...], wanted: Sequence[int]) -> tuple[Way, Value, str]:
        """Percentages without their parts and codes: only what all periods agree on holds for the longer one."""
        numbers = {given[at].number for at in wanted}
        if not wanted or numbers == {None}:
            return self._whole(given)
        if None in numbers:
            return Way.OPEN, BLANK, self._lacking(given)
        if len(numbers) == 1:
            return Way.SAME, self._as_given(spec, wanted[0]), ""
        listed = "; ".join(self._said(at, given[at]) for at in wanted)
        if spec.kind is CellKind.PERCENT:
            said = f"Tỷ lệ các kỳ khác nhau mà biểu không có tử số, mẫu số nên không tính lại được: {listed}."
        else:
            said = f"Các kỳ chọn khác nhau ({listed}): hãy chọn lại cho cả kỳ."
        return Way.OPEN, BLANK, said

    def _distinct(self, spec: CellSpec, given: tuple[Given, ...]) -> tuple[Way, Value, str]:
        """Different things that may recur in each period: exact by the lists, else between the largest and the sum."""
        way, value, remark = self._whole(given)
        if way is not Way.ADDED:
            return way, value, remark
        there = [(at, one.number) for at, one in enumerate(given) if one.number is not None]
        low, high = max(number for _, number in there), sum((number for _, number in there), _ZERO)
        if low == high:
            return Way.ADDED, number_value(low), ""
        counted = [
            (self.sides[at].given.counted.get(self.sides[at].cells(spec, self.placed, at)[0], ()), number)
            for at, number in there
        ]
        together = count_together(counted)
        if together.count is not None:
            said = f"Đếm mỗi thứ một lần; nếu cộng thì là {number_words(high)}."
            return Way.LISTED, number_value(together.count), said
        bounds = f"số đúng từ {number_words(low)} đến {number_words(high)}"
        return Way.OPEN, BLANK, f"Có thể trùng nhau giữa các kỳ nên không cộng: {bounds}; hãy đếm lại."

    def _falling(self, given: tuple[Given, ...]) -> str:
        there = [
            (side.words, one.number) for side, one in zip(self.sides, given, strict=True) if one.number is not None
        ]
        for (before, high), (after, low) in pairwise(there):
            if high is not None and low is not None and low < high:
                return f"Số lũy kế giảm: {before} {number_words(high)}, {after} {number_words(low)}; hãy kiểm tra lại."
        return ""

    def _lacking(self, given: tuple[Given, ...], at: int | None = None) -> str:
        """Which periods have nothing, and what the others have."""
        lacking = [
            side.words + (f" ghi “{one.shown}”" if one.shown else " để trống")
            for index, (side, one) in enumerate(zip(self.sides, given, strict=True))
            if one.missing and (at is None or index == at)
        ]
        there = [self._said(index, one) for index, one in enumerate(given) if one.number is not None]
        return f"{_start(', '.join(lacking))}" + (f" (các kỳ khác: {'; '.join(there)})." if there else ".")

    def _said(self, at: int, one: Given) -> str:
        return f"{self.sides[at].words} {number_words(one.number) if one.number is not None else one.shown}"

    def texts(self, ways: dict[CellRef, Way]) -> dict[CellRef, Value]:
        """Texts: the last one that was written. A remark beside an added figure speaks of its own period alone."""
        found: dict[CellRef, Value] = {}
        for spec in self.form.specs():
            if spec.quantity or spec.column.given or spec.row.spare or spec.kind is CellKind.HEADING:
                continue
            if spec.column.key == NOTE and not self._note_holds(spec, ways):
                continue
            for side in reversed(self.sides):
                value = side.submission.value(spec.ref)
                merged = side.submission.stamp.kind == SUMMARY or side.book.joined
                own = merged and written_by_merge(value.text)
                if value.filled and not own:
                    found[spec.ref] = value
                    break
                if spec.column.key == NOTE:
                    break
        return found

    def _note_holds(self, spec: CellSpec, ways: dict[CellRef, Way]) -> bool:
        columns = self.form.appendix(spec.ref.appendix).columns
        beside = [ways.get(CellRef(spec.ref.appendix, spec.row.order, column.key)) for column in columns]
        return all(way in (None, Way.LATEST) for way in beside)


def _start(text: str) -> str:
    return text[:1].upper() + text[1:]
