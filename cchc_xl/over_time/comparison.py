"""A period against the previous one and the same one of last year, row by row. Pure.

A difference is given only where both figures speak of the same thing: what happened in a quarter is no measure for half
a year, and what is counted from the start of the year begins anew in January. What is not like for like says why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from cchc_xl.catalogue.model import CellKind, CellSpec, Form, Keeps, PeriodKind, Rollup
from cchc_xl.consolidation.changes import Earlier
from cchc_xl.consolidation.contribution import figure_cells
from cchc_xl.consolidation.same_unit import same_unit
from cchc_xl.consolidation.spare_rows import Placed, place_spare_rows
from cchc_xl.errors import InputFault
from cchc_xl.expressions import percentage
from cchc_xl.over_time.given import Side
from cchc_xl.over_time.sequence import PeriodBook
from cchc_xl.over_time.units_counted import Line, counted_otherwise, made_from, unlike_units
from cchc_xl.periods import Period, format_date
from cchc_xl.units import Unit, UnitList

_HUNDRED = Decimal(100)
LACKING = "thiếu số liệu của đơn vị cũ"
# Days by which the lengths of two equal periods may differ: local dates move, months have 28 to 31 days.
_SAME_LENGTH = 10


@dataclass(frozen=True, slots=True)
class Other:
    """A period that is compared with: its workbooks (several of units since merged), and what has to be known of it.

    ``unlike``: whether the remarks say that it is not the same territory or length. ``partial``: why no figure of it is
    like for like; empty where only single rows are not.
    """

    words: str
    books: Sequence[PeriodBook]
    remarks: tuple[str, ...] = ()
    unlike: bool = False
    partial: str = ""
    # Of two summaries: by unit of now the codes of those that it was before.
    origins: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def summary(self) -> Earlier | None:
        """The units' figures, where it is one summary."""
        return self.books[0].summary if len(self.books) == 1 else None

    @property
    def period(self) -> Period:
        """The period of the workbooks."""
        return self.books[0].period


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure of the other period against this one's. ``why``: the reason for which there is no difference.

    ``change``: absolute, of percentages in points; ``percent``: of the other figure, ``None`` where that means nothing.
    """

    number: Decimal | None = None
    change: Decimal | None = None
    percent: Decimal | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """A figure of this period with its differences, in the order of ``Comparison.others``."""

    spec: CellSpec
    number: Decimal | None
    differences: tuple[Difference, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """This period and those that it is compared with."""

    form: Form
    now: PeriodBook
    others: Sequence[Other]
    rows: Sequence[ComparedRow]


def previous_books(now: PeriodBook, books: Sequence[PeriodBook], units: UnitList | None) -> Other:
    """The period before. Raises ``InputFault`` where the workbooks are not of one earlier period, unit and form."""
    period = _one_period(books)
    if period.end >= now.period.end:
        raise InputFault(
            f"{books[0].subject} không trước {now.named}: hãy chọn sổ của kỳ trước, sổ đầu tiên là của kỳ này."
        )
    return _other("Kỳ trước", now, books, units)


def last_years_books(now: PeriodBook, books: Sequence[PeriodBook], units: UnitList | None) -> Other:
    """The same period of last year. Raises ``InputFault`` for any other period."""
    period = _one_period(books)
    if (period.part, period.year) != (now.period.part, now.period.year - 1):
        wanted = Period(f"{now.period.year - 1}-{now.period.part}").words
        raise InputFault(f"{books[0].subject} không phải cùng kỳ năm trước của {now.named}: cần sổ của {wanted}.")
    return _other("Cùng kỳ năm trước", now, books, units)


def _one_period(books: Sequence[PeriodBook]) -> Period:
    for book in books[1:]:
        if book.period != books[0].period:
            raise InputFault(f"{book.subject} khác kỳ với {books[0].named}: các sổ được gộp phải cùng một kỳ.")
    return books[0].period


def _other(words: str, now: PeriodBook, books: Sequence[PeriodBook], units: UnitList | None) -> Other:
    for book in books:
        if book.submission.form is not now.submission.form:
            raise InputFault(
                f"{book.file} theo biểu {book.submission.form.id}, khác biểu {now.submission.form.id} của {now.file}: "
                "chỉ so sánh được các sổ cùng một biểu."
            )
    scope, same, partial = _unlike_units(now, books, units)
    unlike = _unlike_days(now, books[0])
    ours, theirs = now.summary, books[0].summary
    origins: Mapping[str, Sequence[str]] = {}
    if ours is not None and theirs is not None and len(books) == 1:
        origins = made_from((now.period, ours), (books[0].period, theirs), units)
        unlike += filter(None, [unlike_units(ours, theirs, origins)])
    return Other(words, books, (*scope, *unlike), not same or bool(unlike), partial, origins)


def _unlike_units(now: PeriodBook, books: Sequence[PeriodBook], units: UnitList | None) -> tuple[list[str], bool, str]:
    """What became of the territory, whether it is the same, and why nothing can be compared.

    Raises ``InputFault`` where the workbooks are of other units altogether.
    """
    stamp = now.submission.stamp
    day = books[0].period.calendar_end
    present = units.find(stamp.unit_code, stamp.unit, now.period.calendar_end) if units else None
    if units is None or present is None:
        if len(books) > 1:
            raise InputFault(
                "Có nhiều sổ của một kỳ: hãy ghi --danh-sach (có cột từ ngày, đến ngày, trở thành) để biết các đơn vị "
                f"nào đã sắp xếp thành {stamp.unit or stamp.unit_code}."
            )
        theirs = books[0].submission.stamp
        if not _same_stamp(stamp.unit_code, stamp.unit, theirs.unit_code, theirs.unit):
            raise InputFault(
                f"{books[0].file} là sổ của {theirs.unit or theirs.unit_code}, {now.file} là sổ của "
                f"{stamp.unit or stamp.unit_code}: nếu đơn vị đã sắp xếp lại thì ghi thêm --danh-sach."
            )
        return [], True, ""
    before = units.predecessors(present, day, now.period.calendar_end)
    given: dict[Unit, str] = {}
    for book in books:
        theirs = book.submission.stamp
        unit = units.find(theirs.unit_code, theirs.unit, day)
        if unit is None or unit not in before:
            listed = ", ".join(found.full_name for found in before) or "không có đơn vị nào"
            raise InputFault(
                f"{book.file} là sổ của {theirs.unit or theirs.unit_code}, danh sách không ghi là đã thành "
                f"{present.full_name} (ngày {format_date(day)}: {listed})."
            )
        if unit in given:
            raise InputFault(
                f"{given[unit]} và {book.file} cùng là sổ của {unit.full_name}: mỗi đơn vị chỉ lấy một sổ, "
                "hãy bỏ bớt một sổ."
            )
        given[unit] = book.file
    lacking = any(unit not in given for unit in before)
    return *scope_remarks(present, before, list(given)), LACKING if lacking else ""


def scope_remarks(present: Unit, before: Sequence[Unit], given: Sequence[Unit]) -> tuple[list[str], bool]:
    """What the territory of ``present`` was before, and whether the figures of ``given`` are those of all of it.

    What the list remarks on a reorganised unit may be about territory, so it is not passed for the same.
    """
    if list(before) == [present]:
        return [], given == before
    if not before:
        return [f"Danh sách không ghi {present.full_name} trước đây là đơn vị nào."], False
    since = f" từ {format_date(present.valid_from)}" if present.valid_from else ""
    said = [f"{present.full_name}{since} gồm {', '.join(unit.full_name for unit in before)} trước đây."]
    lacking = [unit.full_name for unit in before if unit not in given]
    if lacking:
        said.append(f"Thiếu số liệu của {', '.join(lacking)} nên không cùng phạm vi.")
    remarks = [unit.remark for unit in (present, *before) if unit.remark]
    said.extend(f"Danh sách ghi: {remark}." for remark in remarks)
    return said, not lacking and not remarks


def _same_stamp(code: str, name: str, other_code: str, other_name: str) -> bool:
    if code and other_code and code != other_code:
        return False
    return same_unit(name, other_name)


def _unlike_days(now: PeriodBook, other: PeriodBook) -> list[str]:
    if len(now.period.quarters) != len(other.period.quarters):
        return []
    mine, theirs = (now.end - now.start).days + 1, (other.end - other.start).days + 1
    if abs(mine - theirs) <= _SAME_LENGTH:
        return []
    return [f"Số ngày của hai kỳ khác nhau: {mine} và {theirs} ngày."]


def compare(now: PeriodBook, others: Sequence[Other]) -> Comparison:
    """Compare; of the figures those with numbers, and of a checklist its totals."""
    form = now.submission.form
    sides = [Side(now), *(Side(book) for other in others for book in other.books)]
    placed = place_spare_rows(form, [side.child for side in sides])
    rows = []
    for spec in figure_cells(form):
        if not spec.kind.numeric and not spec.derived:
            continue
        if not placed.counts(spec):
            continue
        number = sides[0].of(spec, placed, 0).number
        at, differences = 1, []
        for other in others:
            group = sides[at : at + len(other.books)]
            theirs = _together(spec, group, placed, at)
            before, why = theirs
            found = difference(spec, (now.period, number), (other.period, before), why or other.partial)
            differences.append(_marked(found, _counted_otherwise(Line(spec, placed.name(spec)), now, other)))
            at += len(other.books)
        if number is not None or any(found.number is not None for found in differences):
            rows.append(ComparedRow(spec, number, tuple(differences), placed.name(spec)))
    return Comparison(form, now, others, rows)


def _together(spec: CellSpec, sides: Sequence[Side], placed: Placed, first: int) -> tuple[Decimal | None, str]:
    """The figure of several workbooks of one period, and why there is none."""
    numbers = [side.of(spec, placed, first + index) for index, side in enumerate(sides)]
    if len(sides) == 1:
        return numbers[0].number, ""
    assert spec.quantity is not None
    if spec.quantity.rollup is Rollup.RECOMPUTE:
        pairs = [side.given.parts.get(place) for side in sides for place in side.cells(spec, placed, first)]
        there = [pair for pair in pairs if pair is not None]
        if len(there) < len(sides):
            return None, "thiếu tử số hoặc mẫu số của đơn vị cũ"
        return percentage(Decimal(sum(p[0] for p in there)), Decimal(sum(p[1] for p in there))), ""
    if spec.quantity.rollup is not Rollup.SUM:
        return None, "số của các đơn vị cũ không cộng được"
    if any(one.missing for one in numbers):
        return None, "đơn vị cũ để trống"
    there_numbers = [one.number for one in numbers if one.number is not None]
    return (sum(there_numbers, Decimal(0)) if there_numbers else None), ""


def _counted_otherwise(line: Line, now: PeriodBook, other: Other) -> str:
    if now.summary is None or other.summary is None:
        return ""
    return counted_otherwise(line, now.summary, other.summary, other.origins)


def _marked(found: Difference, why: str) -> Difference:
    """A difference of totals over other units is shown and marked; a growth in percent it is not."""
    if not why or found.change is None:
        return found
    return replace(found, percent=None, why="; ".join(filter(None, (found.why, why))))


def difference(
    spec: CellSpec, ours: tuple[Period, Decimal | None], theirs: tuple[Period, Decimal | None], why: str = ""
) -> Difference:
    """The difference of two figures of one row. ``why``: a reason of the caller's for which there is none."""
    (now, number), (other, before) = ours, theirs
    assert spec.quantity is not None
    why = why or unlike(spec.quantity.period, now, other)
    if number is None or before is None or why:
        return Difference(before, why=why if number is not None or before is not None else "")
    change = number - before
    base = spec.quantity.keeps is not Keeps.NEVER  # a plan of the year does not grow with it
    growing = not base and spec.quantity.period is PeriodKind.CUMULATIVE and now.quarters[-1] != other.quarters[-1]
    if spec.kind is CellKind.PERCENT:
        return Difference(before, change)
    if growing:
        return Difference(before, change, why="số lũy kế, chênh lệch là phần thay đổi trong kỳ")
    return Difference(before, change, _HUNDRED * change / before if before else None)


def unlike(kind: PeriodKind, now: Period, other: Period) -> str:
    """Why a figure of this kind is not like for like in two periods; empty where it is."""
    if kind is PeriodKind.IN_PERIOD and len(now.quarters) != len(other.quarters):
        return f"kỳ dài khác nhau ({3 * len(now.quarters)} và {3 * len(other.quarters)} tháng)"
    if kind is PeriodKind.CUMULATIVE and now.year != other.year and now.quarters[-1] != other.quarters[-1]:
        return "lũy kế tính lại từ đầu năm"
    return ""
