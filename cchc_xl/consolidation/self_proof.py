"""The merge's own proof: a linear rule without a constant that holds in every unit must hold on the sums. Pure.

(semantics.md, "Merging": if it does not, the merge itself is suspect and says so.) Each side of a rule is read as a sum
of cells and columns times whole factors, apart from the engine that evaluates rules and from the roll-up that it
proves. Blanks count 0 on both sides, exactly, so that no tolerance is needed; gates do not matter: what holds in every
unit, gate or not, holds on the sums.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from cchc_xl.catalogue.model import Form, Rollup, Rule, RuleKind
from cchc_xl.consolidation.contribution import Number as Figure
from cchc_xl.consolidation.contribution import figure_index
from cchc_xl.consolidation.lines import Child, SummaryCell
from cchc_xl.expressions import CellRef, ColumnRef
from cchc_xl.expressions.evaluate import COMPARISONS
from cchc_xl.expressions.tree import Argument, Arithmetic, Call, Number
from cchc_xl.values import format_number

_ZERO, _ONE = Decimal(0), Decimal(1)
_KINDS = (RuleKind.COMPARE, RuleKind.TOTAL, RuleKind.SAME_CODE)
_ADDED = (Rollup.SUM, Rollup.OWN_PLUS_CHILDREN)

Term = tuple[Decimal, CellRef | ColumnRef]


@dataclass(frozen=True, slots=True)
class FailedRule:
    """A rule that holds in every unit and not on the sums: both sides of it, and where it stands in the summary."""

    rule: str
    at: CellRef
    left: Decimal
    right: Decimal
    words: str

    @property
    def sentence(self) -> str:
        """What, where, what to do."""
        return (
            f"Phép tổng hợp đáng ngờ: quy tắc {self.rule} đúng ở mọi đơn vị nhưng không đúng trên số tổng "
            f"({format_number(self.left)} so với {format_number(self.right)}); {self.words.rstrip('.')}"
        )


@dataclass(frozen=True, slots=True)
class SelfProof:
    """How many rules were proved on sums that are not all blank or 0, and those that failed."""

    proved: int = 0
    failed: tuple[FailedRule, ...] = ()


@dataclass(frozen=True, slots=True)
class _Statement:
    """One reading of a rule at one row: Σ left op Σ right."""

    rule: Rule
    at: CellRef
    op: str
    left: tuple[Term, ...]
    right: tuple[Term, ...]


def prove(form: Form, cells: Sequence[SummaryCell], children: Sequence[Child]) -> SelfProof:
    """Prove the merge on the rules of the summary's form."""
    if not children:
        return SelfProof()
    added = [cell for cell in cells if cell.rollup in _ADDED]
    sums = {cell.spec.ref: _added(cell) for cell in added}
    columns = _columns(form, sums)
    # A row that also holds what units added under its name is no single row of theirs.
    mixed = {cell.spec.ref for cell in added if cell.sources.addends}
    units = _Units(form, added, children, columns)
    failed: list[FailedRule] = []
    proved: set[str] = set()
    amount_of = _of_sums(sums, columns)
    for statement in _statements(form):
        terms = [reference for _, reference in (*statement.left, *statement.right)]
        if not all(ref in (sums if isinstance(ref, CellRef) else columns) and ref not in mixed for ref in terms):
            continue
        if not all(map(COMPARISONS[statement.op], units.side(statement.left), units.side(statement.right))):
            continue
        left, right = (
            sum((f * amount_of(ref) for f, ref in side), _ZERO) for side in (statement.left, statement.right)
        )
        if COMPARISONS[statement.op](left, right):
            if any(map(amount_of, terms)):
                proved.add(statement.rule.id)
        else:
            failed.append(FailedRule(statement.rule.id, statement.at, left, right, statement.rule.words))
    return SelfProof(len(proved - {rule.rule for rule in failed}), tuple(failed))


def _added(cell: SummaryCell) -> Decimal:
    """What the units give together."""
    total = cell.children if cell.rollup is Rollup.OWN_PLUS_CHILDREN else cell.value
    return total if total is not None else _ZERO


class _Units:
    """The units' figures, a column for each cell of the summary's form: where a unit reports on that form as they stand
    in its submission, else as they were taken."""

    def __init__(
        self,
        form: Form,
        added: Sequence[SummaryCell],
        children: Sequence[Child],
        columns: Mapping[ColumnRef, list[CellRef]],
    ) -> None:
        self.form = form
        self.children = children
        self.columns = columns
        self.same_form = all(child.given.form is form for child in children)
        self.taken = {cell.spec.ref: cell.sources for cell in added}
        self.known: dict[CellRef | ColumnRef, list[Figure]] = {}

    def side(self, terms: Sequence[Term]) -> list[Decimal]:
        """Σ factor × figure, for every unit."""
        weighted = [
            self.figures(ref) if factor == 1 else [factor * figure for figure in self.figures(ref)]
            for factor, ref in terms
        ]
        return [sum(figures, _ZERO) for figures in zip(*weighted, strict=True)]

    def figures(self, ref: CellRef | ColumnRef) -> list[Figure]:
        """A cell's figures, or the sums of a column, by unit; blanks are 0."""
        if ref not in self.known:
            self.known[ref] = self._cell(ref) if isinstance(ref, CellRef) else self._column(ref)
        return self.known[ref]

    def _cell(self, ref: CellRef) -> list[Figure]:
        if self.same_form:
            place = figure_index(self.form)[ref]
            return [child.given.numbers[place] or 0 for child in self.children]
        given = dict(self.taken[ref].by_unit())
        return [given.get(child.unit_code) or 0 for child in self.children]

    def _column(self, ref: ColumnRef) -> list[Figure]:
        if not self.same_form:
            rows = [self.figures(cell) for cell in self.columns[ref]]
        else:
            items = self.form.appendix(ref.appendix).items
            rows = [self._cell(CellRef(ref.appendix, order, ref.column)) for order in items]
        return [sum(figures) for figures in zip(*rows, strict=True)]


_Amount = Callable[[CellRef | ColumnRef], Decimal]


def _of_sums(sums: Mapping[CellRef, Decimal], columns: Mapping[ColumnRef, list[CellRef]]) -> _Amount:
    def amount(ref: CellRef | ColumnRef) -> Decimal:
        if isinstance(ref, ColumnRef):
            return sum((sums.get(cell, _ZERO) for cell in columns[ref]), _ZERO)
        return sums.get(ref, _ZERO)

    return amount


def _columns(form: Form, sums: Mapping[CellRef, Decimal]) -> dict[ColumnRef, list[CellRef]]:
    """Whole columns whose printed rows are all added up; spare rows are there as far as the units bring any."""
    found = {}
    for appendix in form.appendices:
        for column in appendix.columns:
            printed = [CellRef(appendix.id, order, column.key) for order in appendix.printed_items]
            if printed and all(ref in sums for ref in printed):
                refs = [CellRef(appendix.id, order, column.key) for order in appendix.items]
                found[ColumnRef(appendix.id, column.key)] = [ref for ref in refs if ref in sums]
    return found


# what a rule states -----------------------------------------------------------------------------------------------


@cache
def _statements(form: Form) -> tuple[_Statement, ...]:
    """Every linear statement of a form's rules, of alternatives each by itself."""
    return tuple(
        statement for rule in form.rules if rule.active and rule.kind in _KINDS for statement in _of(form, rule)
    )


def _of(form: Form, rule: Rule) -> Iterator[_Statement]:
    if rule.at is None:
        return
    left = rule.left if rule.left is not None else rule.at
    op = rule.op if rule.kind is RuleKind.COMPARE else "="
    orders = form.appendix(rule.appendix).printed_items if rule.each else (None,)
    for right in rule.right:
        for order in orders:
            terms, others = _terms(left, order), _terms(right, order)
            if terms and others:
                yield _Statement(rule, rule.at.at(order), op, terms, others)


def _terms(node: Argument, order: int | None) -> tuple[Term, ...] | None:
    """The node as a sum of cells and columns times factors; ``None`` when it is none, or has a constant of its own."""
    match node:
        case CellRef():
            return ((_ONE, node.at(order)),)
        case ColumnRef():
            return ((_ONE, node),)
        case Call(name="sum", args=args):
            return _joined([_terms(arg, order) for arg in args])
        case Arithmetic(op="*", left=Number(number=factor), right=other):
            return _times(factor, _terms(other, order))
        case Arithmetic(op="*", left=other, right=Number(number=factor)):
            return _times(factor, _terms(other, order))
        case Arithmetic(op="+", left=left, right=right):
            return _joined([_terms(left, order), _terms(right, order)])
        case Arithmetic(op="-", left=left, right=right):
            return _joined([_terms(left, order), _times(-_ONE, _terms(right, order))])
    return None


def _times(factor: Decimal, terms: tuple[Term, ...] | None) -> tuple[Term, ...] | None:
    return None if terms is None else tuple((factor * own, ref) for own, ref in terms)


def _joined(parts: Sequence[tuple[Term, ...] | None]) -> tuple[Term, ...] | None:
    known = [part for part in parts if part is not None]
    return tuple(term for part in known for term in part) if len(known) == len(parts) else None
