"""Expressions as exact linear forms in the cells that a clerk could change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from cchc_xl.catalogue.model import CellKind, RowRole
from cchc_xl.checks.context import Context
from cchc_xl.expressions import CellRef, ColumnRef, Expression, cell_refs, column_refs, evaluate, involved
from cchc_xl.expressions.notes import READINGS
from cchc_xl.expressions.tree import Argument, Arithmetic, Call, Number, RowsRef
from cchc_xl.submission import FormulaState, is_computed, is_mark
from cchc_xl.values import State, decimals

Exact: TypeAlias = int | Fraction


class NotLinear(Exception):
    """A rule does not depend on the figures in a linear way: no exact answer for it."""


def exact(number: Decimal) -> Exact:
    """The same number, as an int where it is whole (ints are ten times faster)."""
    return int(number) if number == number.to_integral_value() else Fraction(number)


@dataclass(frozen=True, slots=True)
class Unknown:
    """A cell that may be changed, and what may stand in it: a whole number, a figure with decimals, or a mark."""

    ref: CellRef
    standing: Decimal | None  # ``None``: blank
    now: Exact  # what stands there counted as a number: blank 0, mark 1
    whole: bool
    mark: bool
    percent: bool

    def half_unit(self, places: int) -> Exact:
        """What a figure with so many decimals may be off by (``comparisons.tolerance``)."""
        if self.percent or (places and not self.whole):
            return Fraction(1, 2 * 10**places)
        return 0

    @property
    def slack(self) -> Exact:
        """The half-unit of what stands there."""
        return 0 if self.standing is None or self.mark else self.half_unit(decimals(self.standing))

    @property
    def precisions(self) -> tuple[int, ...]:
        """The numbers of decimals that a changed figure may have: as many as now, or the two that a ratio shows."""
        if self.whole:
            return (0,)
        return tuple(range(max(2, decimals(self.standing) if self.standing is not None else 0) + 1))


class Need(NamedTuple):
    """The form has no value unless one of these blank cells is filled; without cells, it never has.

    ``sign``: the missing part is added (+1), subtracted (−1), or could be anything (0). A need that is not ``strict``
    counts 0 in the value and matters only for what is certain in spite of blanks.
    """

    cells: frozenset[CellRef]
    sign: int
    strict: bool = True


class Linear(NamedTuple):
    """``now + Σ coefficient · (cell − what stands in it)``, blanks counting 0 until they are filled."""

    now: Exact
    coefficients: Mapping[CellRef, Exact]
    needs: tuple[Need, ...] = ()

    def plus(self, other: Linear, factor: Exact = 1) -> Linear:
        """``self + factor · other``."""
        coefficients = dict(self.coefficients)
        for ref, coefficient in other.coefficients.items():
            total = coefficients.get(ref, 0) + factor * coefficient
            if total:
                coefficients[ref] = total
            else:
                coefficients.pop(ref, None)
        needs = other.needs
        if needs and factor != 1:
            sign = (factor > 0) - (factor < 0)
            needs = tuple(need._replace(sign=sign * need.sign) for need in needs)
        return Linear(self.now + factor * other.now, coefficients, self.needs + needs)

    def known(self, chosen: frozenset[CellRef]) -> bool:
        """Whether the form has a value once the chosen cells are filled."""
        return not any(need.strict and chosen.isdisjoint(need.cells) for need in self.needs)

    def open_signs(self, chosen: frozenset[CellRef]) -> set[int]:
        """The signs of what is still missing."""
        return {need.sign for need in self.needs if chosen.isdisjoint(need.cells)}


ZERO = Linear(0, {})
# The form where the guards (each ≤ 0) hold: ``max`` and ``min`` have one case for each of their arguments.
Case: TypeAlias = tuple[tuple[Linear, ...], Linear]


class Linearizer:
    """Turns expressions into linear forms on one submission."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.figures = context.figures
        self._unknowns: dict[CellRef, Unknown | None] = {}
        self._marked: dict[str, bool] = {}

    def unknown(self, ref: CellRef) -> Unknown | None:
        """The cell as an unknown; ``None`` when it is fixed: given, computed, a code, a text, excused."""
        if ref not in self._unknowns:
            self._unknowns[ref] = self._unknown(ref)
        return self._unknowns[ref]

    def now(self, ref: CellRef) -> Exact:
        """What stands in a cell, as a number."""
        unknown = self.unknown(ref)
        return unknown.now if unknown is not None else 0

    def _unknown(self, ref: CellRef) -> Unknown | None:
        spec = self.context.form.cells.get(ref)
        entry = self.context.submission.entries.get(ref)
        if spec is None or entry is None or spec.column.given or is_computed(entry):
            return None
        if self.context.of_summary and entry.formula is FormulaState.ALTERED:
            return None  # a link to the units' figures
        if spec.row.spare and ref.order not in self.figures.spare_in_use(ref.appendix):
            return None  # nobody was going to fill it
        value = entry.value
        if spec.kind is CellKind.MARK and spec.row.role is not RowRole.TOTAL:
            marked = is_mark(value)
            # A first mark would call for one in every other row: a checklist without any mark stays as it is.
            if not (marked or value.state is State.BLANK) or not self._any_mark(ref.appendix):
                return None
            return Unknown(ref, Decimal(marked), int(marked), whole=True, mark=True, percent=False)
        if not spec.kind.numeric and spec.kind is not CellKind.MARK:
            return None
        number = self.figures.number(ref)
        if number is None and (value.state is not State.BLANK or self.context.excused(ref)):
            return None
        whole = spec.kind in (CellKind.COUNT, CellKind.MARK)
        now = 0 if number is None else exact(number)
        return Unknown(ref, number, now, whole=whole, mark=False, percent=spec.kind is CellKind.PERCENT)

    def _any_mark(self, appendix: str) -> bool:
        if appendix not in self._marked:
            cells = self.context.form.appendix(appendix).cells
            self._marked[appendix] = any(self.figures.marked(ref) for ref in cells)
        return self._marked[appendix]

    def linear(self, node: Argument, order: int | None = None, *, blank_is_zero: bool = False) -> Linear:
        """The form of an expression without ``max`` and ``min``."""
        cases = self.cases(node, order, blank_is_zero=blank_is_zero)
        if len(cases) != 1:
            raise NotLinear
        return cases[0][1]

    def cases(self, node: Argument, order: int | None = None, *, blank_is_zero: bool = False) -> list[Case]:
        """The forms of an expression, each with the conditions under which it holds (``expressions.evaluate``)."""
        match node:
            case CellRef():
                return [((), self.cell(node.at(order), blank_is_zero=blank_is_zero))]
            case Number(number=number):
                return [((), Linear(exact(number), {}))]
            case Arithmetic(op=op, left=left, right=right):
                lefts = self.cases(left, order, blank_is_zero=blank_is_zero)
                rights = self.cases(right, order, blank_is_zero=blank_is_zero)
                return [((*ga, *gb), _combined(op, a, b)) for ga, a in lefts for gb, b in rights]
            case Call(name="sum", args=args):
                return [((), self._sum(args, order, blank_is_zero=blank_is_zero))]
            case Call(name="max" | "min" as name, args=args):
                return self._extreme(name, args, order, blank_is_zero=blank_is_zero)
            case Call(name="count_x", args=(ColumnRef() as column,)):
                return [((), self._marks(column))]
            case Call(name="sum_where", args=(_, matched, wanted)):
                self._must_be_fixed((matched, wanted), order)
                return [((), self._total(involved(node, self.figures, order)))]
        if not (isinstance(node, Call) and node.name in READINGS):  # a note is fixed, whatever its cell holds
            self._must_be_fixed((node,), order)
        assert not isinstance(node, ColumnRef | RowsRef)
        return [((), self._constant(node, order, blank_is_zero=blank_is_zero))]

    def cell(self, ref: CellRef, *, blank_is_zero: bool = False) -> Linear:
        """The form of a cell: itself, what its formula says, or the number that is fixed there."""
        entry = self.context.submission.entries.get(ref)
        spec = self.context.form.cells.get(ref)
        if entry is not None and spec is not None and is_computed(entry) and spec.derived:
            form = self.linear(spec.derived[0], spec.row.order)
            # ``bounds``: a formula without a result is some number ≥ 0.
            strict = tuple(need._replace(sign=1) for need in form.needs if need.strict)
            if not blank_is_zero:
                return form._replace(needs=strict)
            if not strict:
                return form._replace(needs=())
            if not all(need.cells for need in strict):
                return ZERO
            if form.now:
                raise NotLinear  # without a value it counts 0, and something else as soon as a blank is filled
            return Linear(form.now, form.coefficients)
        unknown = self.unknown(ref)
        if unknown is not None:
            blank = unknown.standing is None and not blank_is_zero
            return Linear(unknown.now, {ref: 1}, (Need(frozenset((ref,)), 1),) if blank else ())
        number = self.figures.number(ref)
        if number is not None:
            return Linear(exact(number), {})
        if blank_is_zero:
            return ZERO
        # Of a fixed blank nothing is known but that it is not negative; of "-" and texts nothing at all.
        return Linear(0, {}, (Need(frozenset(), 0 if self.figures.filled(ref) else 1),))

    def _sum(self, args: Sequence[Argument], order: int | None, *, blank_is_zero: bool) -> Linear:
        cells: list[CellRef] = []
        for arg in args:
            cells.extend(self.figures.column(arg) if isinstance(arg, ColumnRef) else [_cell(arg).at(order)])
        total = self._total(cells)
        if blank_is_zero:
            return total
        blank = [ref for ref in cells if self.figures.number(ref) is None]
        certain = not any(isinstance(arg, ColumnRef) for arg in args)
        fillable = frozenset(filled for ref in blank for filled in self.blanks_in(ref))
        if len(blank) == len(cells):
            return total._replace(needs=(Need(fillable, int(certain)),))
        # ``bounds`` holds a blank part open, although the sum itself counts it 0.
        needs = tuple(
            Need(frozenset(self.blanks_in(ref)), 0 if self.figures.filled(ref) else 1, strict=False) for ref in blank
        )
        return total._replace(needs=needs if certain else (*needs, Need(frozenset(), 0, strict=False)))

    def blanks_in(self, ref: CellRef) -> list[CellRef]:
        """The fillable blanks that give a cell without a number its number."""
        form = self.cell(ref)
        return [cell for need in form.needs for cell in need.cells]

    def _total(self, cells: Sequence[CellRef]) -> Linear:
        total = ZERO
        now: Exact = 0
        coefficients: dict[CellRef, Exact] = {}
        for ref in cells:
            part = self.cell(ref, blank_is_zero=True)
            now += part.now
            for cell, coefficient in part.coefficients.items():
                coefficients[cell] = coefficients.get(cell, 0) + coefficient
        return total._replace(now=now, coefficients={ref: c for ref, c in coefficients.items() if c})

    def _extreme(self, name: str, args: Sequence[Argument], order: int | None, *, blank_is_zero: bool) -> list[Case]:
        cells = [_cell(arg).at(order) for arg in args]
        blank = [ref for ref in cells if self.figures.number(ref) is None]
        if name == "min" and blank:
            raise NotLinear  # the least of the values that are there: a blank is not 0
        needs: tuple[Need, ...] = ()
        if len(blank) == len(cells) and not blank_is_zero:
            needs = (Need(frozenset(filled for ref in blank for filled in self.blanks_in(ref)), 0),)
        forms = [self.cell(ref, blank_is_zero=True) for ref in cells]
        return [
            (
                tuple(
                    other.plus(form, -1) if name == "max" else form.plus(other, -1)
                    for place, other in enumerate(forms)
                    if place != index
                ),
                form._replace(needs=form.needs + needs),
            )
            for index, form in enumerate(forms)
        ]

    def _marks(self, column: ColumnRef) -> Linear:
        cells = self.figures.column(column)
        coefficients: dict[CellRef, Exact] = {}
        for ref in cells:
            unknown = self.unknown(ref)
            if unknown is not None and unknown.mark:
                coefficients[ref] = 1
        return Linear(sum(self.figures.marked(ref) for ref in cells), coefficients)

    def _constant(self, node: Expression, order: int | None, *, blank_is_zero: bool) -> Linear:
        value = evaluate(node, self.figures, order, blank_is_zero=blank_is_zero)
        return Linear(0, {}, (Need(frozenset(), 0),)) if value is None else Linear(exact(value), {})

    def _must_be_fixed(self, nodes: Sequence[Argument], order: int | None) -> None:
        """No unknown may stand in these: they are not linear."""
        for node in nodes:
            cells = [ref.at(order) for ref in cell_refs(node)]
            for column in column_refs(node):
                cells.extend(self.figures.column(column))
            for ref in cells:
                entry = self.context.submission.entries.get(ref)
                if entry is not None and (is_computed(entry) or self.unknown(ref) is not None):
                    raise NotLinear


def _cell(arg: Argument) -> CellRef:
    if not isinstance(arg, CellRef):
        raise NotLinear
    return arg


def _combined(op: str, left: Linear, right: Linear) -> Linear:
    if op == "+":
        return left.plus(right)
    if op == "-":
        return left.plus(right, -1)
    if left.coefficients and right.coefficients:
        raise NotLinear
    form, factor = (left, right.now) if left.coefficients else (right, left.now)
    product = ZERO.plus(form, factor)
    # nothing is certain about a product with a blank
    needs = tuple(need._replace(sign=0) for need in (*left.needs, *right.needs))
    return product._replace(needs=needs)
