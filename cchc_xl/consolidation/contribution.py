"""What a merge keeps of one submission: whose it is, its figures in form order, and what was found in it.

A submission holds every cell with its origin; thousands of them would fill the memory. Here a figure is a place in a
list that all submissions of a form share, and an origin is written down only where it is not the form's own cell.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

from cchc_xl.catalogue.model import CellKind, CellSpec, Form, RowRole
from cchc_xl.checks.run import CheckResult
from cchc_xl.completion import Completion, completion
from cchc_xl.expressions import CellRef, Ratio, evaluate
from cchc_xl.expressions.evaluate import counted_names
from cchc_xl.layout import cell_address, form_layout
from cchc_xl.of_units import OfUnits
from cchc_xl.own_part import OwnPart
from cchc_xl.stamp import Stamp
from cchc_xl.submission import Submission, SubmissionFigures
from cchc_xl.values import format_number

Number = int | Decimal  # whole numbers are kept as int: many, small and shared
Parts = tuple[Number, Number]


@dataclass(frozen=True, slots=True)
class SpareRow:
    """A row that the unit added to a list: its texts by column, and the columns in which a figure stands."""

    order: int
    texts: Mapping[str, str]
    filled: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contribution:
    """One unit's submission in a merge. Figures are keyed by their place in ``figure_cells(form)``.

    ``numbers``: what counts; of a task's mark 1, 0 where another column is marked, ``None`` where none is.
    ``words``: what stands in a figure's cell that is no number. ``parts``: numerator and denominator of the ratios that
    have both. ``moved``: sheet and address of the cells that do not stand where the form has them. ``counted``: for a
    count of different things, their names in each way of counting that the form knows (``Row.counts``).
    """

    file: str
    form: Form
    stamp: Stamp
    numbers: Sequence[Number | None]
    words: Mapping[int, str] = field(default_factory=dict)
    parts: Mapping[int, Parts] = field(default_factory=dict)
    spare: Mapping[str, Sequence[SpareRow]] = field(default_factory=dict)
    moved: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    counted: Mapping[int, Sequence[frozenset[str] | None]] = field(default_factory=dict)
    # Of a summary: what its units gave together where one number does not tell, and of rows that count the parent and
    # its units what each gave.
    of_units: Mapping[int, OfUnits] = field(default_factory=dict)
    own_parts: Mapping[int, OwnPart] = field(default_factory=dict)
    completion: Completion = Completion.OPEN
    # Why the workbook is no whole form: the first reason with its sheet, and how many there are.
    fault: tuple[str, str] = ("", "")
    fault_count: int = 0
    has_cover: bool = True
    has_figures: bool = True
    result: CheckResult | None = None

    def place(self, index: int) -> tuple[str, str]:
        """Sheet and address of a figure in the unit's file."""
        found = self.moved.get(index)
        return found if found is not None else standard_places(self.form)[index]


@cache
def figure_cells(form: Form) -> tuple[CellSpec, ...]:
    """The cells of a form whose figures are merged, in form order."""
    return tuple(spec for spec in form.specs() if spec.quantity and not spec.column.given)


@cache
def figure_index(form: Form) -> Mapping[CellRef, int]:
    """The place of each cell in ``figure_cells``."""
    return {spec.ref: index for index, spec in enumerate(figure_cells(form))}


@cache
def standard_places(form: Form) -> tuple[tuple[str, str], ...]:
    """Sheet and address of each of ``figure_cells`` in a workbook of which nothing was moved."""
    layout = form_layout(form)
    sheets = {key: place.sheet for key, place in layout.appendices.items()}
    return tuple(
        (sheets[spec.ref.appendix], layout.appendices[spec.ref.appendix].address(spec.ref))
        for spec in figure_cells(form)
    )


@cache
def _standard_positions(form: Form) -> tuple[tuple[str, int, int], ...]:
    layout = form_layout(form)
    return tuple(
        (place.sheet, *place.position(spec.ref))
        for spec in figure_cells(form)
        for place in (layout.appendices[spec.ref.appendix],)
    )


def contribution(
    submission: Submission,
    figures: SubmissionFigures | None = None,
    result: CheckResult | None = None,
    cells: Collection[CellSpec] | None = None,
) -> Contribution:
    """What is kept of a submission. ``result``: what the check of it gave, where it was checked.

    ``cells``: the only cells in which anything stands, when the caller knows them.
    """
    figures = figures or SubmissionFigures(submission)
    form, entries = submission.form, submission.entries
    numbers: list[Number | None] = []
    words: dict[int, str] = {}
    parts: dict[int, Parts] = {}
    moved: dict[int, tuple[str, str]] = {}
    counted: dict[int, Sequence[frozenset[str] | None]] = {}
    of_units: dict[int, OfUnits] = {}
    own_parts: dict[int, OwnPart] = {}
    used = {appendix: set(orders) for appendix, orders in _spare_in_use(form, figures).items()}
    for index, (spec, standard) in enumerate(zip(figure_cells(form), _standard_positions(form), strict=True)):
        ref = spec.ref
        if cells is not None and spec not in cells:
            numbers.append(None)
            continue
        if spec.row.spare and ref.order not in used.get(ref.appendix, ()):
            numbers.append(None)
            continue
        if spec.kind is CellKind.MARK and spec.row.role is not RowRole.TOTAL:
            numbers.append(_mark(spec, submission, figures))
        else:
            number = figures.number(ref)
            numbers.append(_compact(number))
            if number is None and (text := submission.value(ref).text):
                words[index] = text
            if is_ratio(spec) and (pair := _parts(spec, figures)) is not None:
                parts[index] = pair
            if ref in submission.own_parts:
                own_parts[index] = submission.own_parts[ref]
            if spec.row.counts and number is not None:
                counted[index] = [counted_names(way, figures) for way in spec.row.counts]
        together = submission.together(ref) if submission.of_units else None
        if together is not None:
            of_units[index] = together
            if together.parts is not None:
                top, bottom = together.parts
                parts.pop(index, None)
                if top or bottom:  # else none of its units has both parts
                    parts[index] = (_whole(top), _whole(bottom))
            else:
                numbers[index] = _compact(together.number)
                words.pop(index, None)
                if together.number is None:
                    words[index] = told(together)
        entry = entries.get(ref)
        if entry is not None and (entry.sheet, entry.row, entry.column) != standard:
            moved[index] = entry.sheet, cell_address(entry.row, entry.column)
    faults = submission.faults
    return Contribution(
        file=submission.file,
        form=form,
        stamp=submission.stamp,
        numbers=numbers,
        words=words,
        parts=parts,
        spare={
            appendix: [_spare_row(submission, figures, appendix, order) for order in sorted(orders)]
            for appendix, orders in used.items()
            if orders
        },
        moved=moved,
        counted=counted,
        of_units=of_units,
        own_parts=own_parts,
        completion=completion(submission),
        fault=(faults[0].sheet, faults[0].message) if faults else ("", ""),
        fault_count=len(faults),
        has_cover=submission.cover is not None,
        has_figures=submission.has_figures(),
        result=result,
    )


def is_ratio(spec: CellSpec) -> bool:
    """Whether the cell is a numerator over a denominator."""
    return bool(spec.derived) and isinstance(spec.derived[0], Ratio)


def _spare_in_use(form: Form, figures: SubmissionFigures) -> Mapping[str, Sequence[int]]:
    return {a.id: figures.spare_in_use(a.id) for a in form.appendices if a.spare_cells}


def _spare_row(submission: Submission, figures: SubmissionFigures, appendix: str, order: int) -> SpareRow:
    cells = {spec.column.key: spec for spec in submission.form.appendix(appendix).spare_cells[order]}
    texts = {key: submission.value(spec.ref).text.strip() for key, spec in cells.items() if not spec.code}
    filled = tuple(key for key, spec in cells.items() if spec.code and figures.filled(spec.ref))
    return SpareRow(order, {key: text for key, text in texts.items() if text}, filled)


def _parts(spec: CellSpec, figures: SubmissionFigures) -> Parts | None:
    ratio = spec.derived[0]
    assert isinstance(ratio, Ratio)
    top = _compact(evaluate(ratio.numerator, figures, spec.row.order))
    bottom = _compact(evaluate(ratio.denominator, figures, spec.row.order))
    return None if top is None or bottom is None else (top, bottom)


def _mark(spec: CellSpec, submission: Submission, figures: SubmissionFigures) -> int | None:
    """1 for an x, 0 where the task is marked in another column, ``None`` where it is not marked at all."""
    if figures.marked(spec.ref):
        return 1
    appendix = submission.form.appendix(spec.ref.appendix)
    marked = any(
        figures.marked(CellRef(appendix.id, spec.row.order, column.key))
        for column in appendix.columns
        if column.kind is CellKind.MARK
    )
    return 0 if marked else None


def told(together: OfUnits) -> str:
    """``107 – 108``; of codes how many units chose each: ``0: 3, 1: 2``."""
    if together.counts:
        return ", ".join(f"{answer}: {count}" for answer, count in together.counts.items())
    if together.low is None or together.high is None:
        return ""
    return f"{_short(together.low)} – {_short(together.high)}"


def _short(number: Decimal) -> str:
    return format_number(number) if number == round(number, 2) else format_number(number, 2)


def _whole(number: Decimal) -> Number:
    whole = int(number)
    return whole if whole == number else number


def _compact(number: Decimal | None) -> Number | None:
    return None if number is None else _whole(number)
