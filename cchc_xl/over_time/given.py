"""What one period gives of a cell: its number or words, where it stands, and whether a blank means "nothing". Pure.

Blank is not 0. A blank counts as nothing only where the form itself says so for that period: beside other figures of
its column in a list or matrix, as a part of a total that was computed without it, or where a rule of the form asks for
the figure only if another one is so (no survey, no survey forms).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, cached_property

from cchc_xl.catalogue.model import AppendixKind, CellSpec, Form, Rollup, RowRole, RuleKind
from cchc_xl.consolidation.contribution import Contribution, contribution, figure_cells, figure_index, is_ratio
from cchc_xl.consolidation.lines import Child
from cchc_xl.consolidation.spare_rows import Placed
from cchc_xl.expressions import CellRef, Expression, cell_refs, column_refs, holds
from cchc_xl.expressions.tree import Call, Comparison, Number
from cchc_xl.over_time.sequence import PeriodBook
from cchc_xl.submission import SubmissionFigures
from cchc_xl.values import State

_LISTS = (AppendixKind.CASE_MATRIX, AppendixKind.PROCEDURE_LIST, AppendixKind.TASK_SUMMARY)
_ADDING = (Rollup.SUM, Rollup.OWN_PLUS_CHILDREN)


@dataclass(frozen=True, slots=True)
class Given:
    """``nothing``: no number stands there and none is wanted: it adds nothing. ``shown``: words where no number is."""

    number: Decimal | None = None
    shown: str = ""
    place: str = ""
    nothing: bool = False
    # Blank in a workbook that was itself joined and says that somebody has to enter it.
    waiting: bool = False

    @property
    def missing(self) -> bool:
        """Whether a number should stand there and does not."""
        return self.number is None and not self.nothing


class Side:
    """The workbook of one period, with its figures as a merge keeps them."""

    def __init__(self, book: PeriodBook) -> None:
        self.book = book
        self.submission = book.submission
        self.form = book.submission.form
        self.figures = SubmissionFigures(self.submission)
        # Of a summary what stands in the form is the parent's; what its units gave together matters for ratios alone.
        self.given: Contribution = contribution(replace(self.submission, of_units={}), self.figures)

    @property
    def words(self) -> str:
        """``quý III``."""
        return self.book.period.span_words

    @cached_property
    def child(self) -> Child:
        """The period as one of the units of a merge: what matches rows of units matches rows of periods."""
        return Child(self.book.period.key, self.book.period.words, self.given)

    def cells(self, spec: CellSpec, placed: Placed, at: int) -> list[int]:
        """The places (``figure_cells``) of what counts in a cell: its own, and rows of its name that the unit added."""
        own = [] if spec.row.spare else [figure_index(self.form)[spec.ref]]
        return [*own, *placed.cells.get(spec.ref, {}).get(at, ())]

    def of(self, spec: CellSpec, placed: Placed, at: int) -> Given:
        """What the period gives of a figure."""
        places = self.cells(spec, placed, at)
        if not places:
            return Given(nothing=True)  # a row that the unit did not have in this period
        numbers = [(place, number) for place in places if (number := self.given.numbers[place]) is not None]
        first = numbers[0][0] if numbers else places[0]
        shown_at = "!".join(self.given.place(first))
        if numbers:
            added = spec.quantity is not None and spec.quantity.rollup in _ADDING
            total = sum((Decimal(n) for _, n in numbers), Decimal(0)) if added else Decimal(numbers[0][1])
            more = f" và {len(numbers) - 1} ô khác" if added and len(numbers) > 1 else ""
            return Given(total, place=shown_at + more)
        ref = figure_cells(self.form)[first].ref
        value = self.submission.value(ref)
        if value.state is State.NOT_APPLICABLE:
            return Given(shown="-", place=shown_at, nothing=True)
        words = value.text if value.filled else ""
        if ref in self.submission.own_parts and not words:
            words = "chờ phần của cấp tổng hợp"
        waiting = ref in self.book.waiting
        nothing = not words and not waiting and self.blank_means_nothing(ref)
        return Given(None, words, shown_at, nothing, waiting)

    def told_parts(self, ref: CellRef) -> tuple[Decimal, Decimal] | None:
        """Numerator and denominator of a summary's ratio over the units that have both, which its rows do not show."""
        told = self.submission.together(ref) if self.submission.of_units else None
        return told.parts if told is not None and told.parts is not None and any(told.parts) else None

    def blank_means_nothing(self, ref: CellRef) -> bool:
        """Whether a blank cell adds nothing in this period, by the form's own totals and rules."""
        appendix = self.form.appendix(ref.appendix)
        if appendix.kind in _LISTS and self._beside_others(ref):
            return True
        totals = _totals_with(self.form).get(ref, ())
        if any(self.figures.number(total) is not None for total in totals):
            return True
        return any(holds(gate, self.figures) is False for gate in _gates(self.form).get(ref, ()))

    def _beside_others(self, ref: CellRef) -> bool:
        """Whether other rows of its column are filled, or the whole row is blank in a table that is filled."""
        filled = self._filled[ref.appendix]
        return ref.column in {column for _, column in filled} or (
            bool(filled) and ref.order not in {order for order, _ in filled}
        )

    @cached_property
    def _filled(self) -> Mapping[str, frozenset[tuple[int, str]]]:
        """By list or matrix the rows and columns in which a figure stands, its total rows left out."""
        return {
            appendix.id: frozenset(
                (spec.row.order, spec.column.key)
                for spec in appendix.cells.values()
                if spec.quantity and spec.row.role is RowRole.ITEM and self.figures.number(spec.ref) is not None
            )
            for appendix in self.form.appendices
            if appendix.kind in _LISTS
        }


@cache
def _totals_with(form: Form) -> Mapping[CellRef, list[CellRef]]:
    """By cell the totals that add it up and count a blank as 0 (``sum``)."""
    found: dict[CellRef, list[CellRef]] = {}
    for spec in form.specs():
        if spec.derived and not is_ratio(spec):
            for part in summed(form, spec.derived[0], spec.row.order):
                found.setdefault(part, []).append(spec.ref)
    return found


def summed(form: Form, node: Expression, order: int) -> Iterator[CellRef]:
    """The cells of a ``sum``; nothing where the expression is another one."""
    if isinstance(node, Call) and node.name == "sum":
        yield from parts_of(form, node, order)


def parts_of(form: Form, node: Expression, order: int) -> Iterator[CellRef]:
    """Every cell that an expression reads, of its columns the item rows."""
    for ref in cell_refs(node):
        yield ref.at(order)
    for column in column_refs(node):
        for item in form.appendix(column.appendix).items:
            yield CellRef(column.appendix, item, column.column)


@cache
def _gates(form: Form) -> Mapping[CellRef, list[Expression]]:
    """By cell the plain conditions (``r18 == 1``) under which a rule of the form asks for it."""
    found: dict[CellRef, list[Expression]] = {}
    for rule in form.rules:
        gate = rule.when
        if rule.kind is not RuleKind.REQUIRED or rule.at is None or not rule.active:
            continue
        if isinstance(gate, Comparison) and isinstance(gate.left, CellRef) and isinstance(gate.right, Number):
            found.setdefault(rule.at, []).append(gate)
    return found
