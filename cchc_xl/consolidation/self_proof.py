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
from cchc_xl.consolidation.rollup import Child, SummaryCell
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
    sums = {cell.spec.ref: _added(cell) for cell in cells if cell.rollup in _ADDED}
    columns = _columns(form, sums)
    added = [cell for cell in cells if cell.rollup in _ADDED]
    sources = {} if all(child.submission.form is form for child in children) else _sources(added)
    # A row that also holds what units added under its name is no single row of theirs.
    mixed = {cell.spec.ref for cell in added if any(source.addends for source in cell.sources)}
    units = [_of_unit(form, child, sources.get(child.unit_code, {}), columns) for child in children]
    failed: list[FailedRule] = []
    proved: set[str] = set()
    amount_of = _of_sums(sums, columns)
    for statement in _statements(form):
        terms = [reference for _, reference in (*statement.left, *statement.right)]
        if not all(ref in (sums if isinstance(ref, CellRef) else columns) and ref not in mixed for ref in terms):
            continue
        if not all(COMPARISONS[statement.op](*_sides(statement, amount)) for amount in units):
            continue
        left, right = _sides(statement, amount_of)
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


def _sources(cells: Sequence[SummaryCell]) -> dict[str, dict[CellRef, Decimal]]:
    """The units' figures by the summary's cells."""
    found: dict[str, dict[CellRef, Decimal]] = {}
    for cell in cells:
        for source in cell.sources:
            if source.number is not None:
                found.setdefault(source.child.unit_code, {})[cell.spec.ref] = source.number
    return found


_Amount = Callable[[CellRef | ColumnRef], Decimal]


def _of_unit(
    form: Form, child: Child, sources: Mapping[CellRef, Decimal], columns: Mapping[ColumnRef, list[CellRef]]
) -> _Amount:
    """A unit's figures: on the summary's form as they stand there, else as they were taken."""
    if child.submission.form is form:
        figures = child.figures

        def own(ref: CellRef | ColumnRef) -> Decimal:
            if isinstance(ref, ColumnRef):
                return sum(figures.numbers(ref), _ZERO)
            return figures.number(ref) or _ZERO

        return own
    return _of_sums(sources, columns)


def _of_sums(sums: Mapping[CellRef, Decimal], columns: Mapping[ColumnRef, list[CellRef]]) -> _Amount:
    def amount(ref: CellRef | ColumnRef) -> Decimal:
        if isinstance(ref, ColumnRef):
            return sum((sums.get(cell, _ZERO) for cell in columns[ref]), _ZERO)
        return sums.get(ref, _ZERO)

    return amount


def _sides(statement: _Statement, amount: _Amount) -> tuple[Decimal, Decimal]:
    left = sum((factor * amount(ref) for factor, ref in statement.left), _ZERO)
    right = sum((factor * amount(ref) for factor, ref in statement.right), _ZERO)
    return left, right


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
