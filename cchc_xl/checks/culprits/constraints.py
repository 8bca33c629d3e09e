"""Rules as constraints on the cells that a clerk could change, with the tolerance of the checks.

``comparisons``, ``ratios``, ``totals`` and ``marks`` say what is wrong with the figures that stand; a constraint says
the same of the figures that could stand instead. A test holds the two together.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from itertools import product
from math import lcm
from typing import NamedTuple, TypeAlias

from cchc_xl.catalogue.model import CellKind, Missing, Rule, RuleKind
from cchc_xl.checks.comparisons import tolerance
from cchc_xl.checks.culprits.integers import Row
from cchc_xl.checks.culprits.linear import ZERO, Case, Exact, Linear, Linearizer, Need, NotLinear, Unknown, exact
from cchc_xl.checks.culprits.rules_by_cell import Instance, cells_of, mark_pair
from cchc_xl.expressions import CellRef, Ratio, involved, note_slack
from cchc_xl.expressions.tree import Argument, Call, Comparison, Expression, Logic, children
from cchc_xl.submission import is_computed
from cchc_xl.values import decimals

# Alternatives -----------------------------------------------------------------------------------------------------


class Demand(Enum):
    """What is asked of a rule: to be satisfied with its gate open, not to fail, or not to fail as an error."""

    MEND = "mend"
    KEEP = "keep"
    NO_WORSE = "no_worse"


class Atom(NamedTuple):
    """``form op slack``. ``tolerant``: the unknowns whose half-units are in ``slack``; they go with their decimals."""

    form: Linear
    op: str  # <=, < or =
    slack: Exact = 0
    tolerant: tuple[CellRef, ...] = ()


class Agreement(NamedTuple):
    """``ratios.agrees``: a typed ratio stands for 100 × numerator / denominator, the denominator being above 0."""

    ratio: CellRef
    numerator: Linear
    denominator: Linear


Conjunction: TypeAlias = tuple[Atom | Agreement, ...]
# What must hold: one of these.
Alternatives: TypeAlias = list[Conjunction]


class Constraint(ABC):
    """An instance of a rule on one submission.

    ``cells``: the unknowns it depends on; ``blanks``: those without which it may not be evaluated.
    """

    def __init__(self) -> None:
        self.cells: frozenset[CellRef] = frozenset()
        self.blanks: frozenset[CellRef] = frozenset()
        self._known: dict[tuple[frozenset[CellRef], Demand], Alternatives] = {}

    def alternatives(self, chosen: frozenset[CellRef], demand: Demand) -> Alternatives:
        """What must hold when the chosen cells change (a blank that is chosen is filled)."""
        filled = chosen & self.blanks
        key = filled, demand
        if key not in self._known:
            self._known[key] = self._alternatives(filled, demand)
        return self._known[key]

    def _depends_on(self, forms: Iterable[Linear]) -> None:
        cells: set[CellRef] = set()
        blanks: set[CellRef] = set()
        for form in forms:
            cells.update(form.coefficients)
            for need in form.needs:
                blanks |= need.cells
        self.cells = frozenset(cells | blanks)
        self.blanks = frozenset(blanks)

    @abstractmethod
    def _alternatives(self, filled: frozenset[CellRef], demand: Demand) -> Alternatives: ...


def constraint(instance: Instance, linearizer: Linearizer) -> Constraint:
    """The instance on a submission. Raises ``NotLinear``."""
    match instance.rule.kind:
        case RuleKind.COMPARE:
            return _Compare(instance, linearizer)
        case RuleKind.RATIO:
            return _Ratio(instance.rule, linearizer)
        case RuleKind.SINGLE_MARK:
            return _SingleMark(instance.rule, linearizer)
    return _Equal(instance.rule, linearizer)


def _negative(form: Linear) -> Linear:
    return ZERO.plus(form, -1)


def _compared(difference: Linear, op: str, slack: Exact = 0, tolerant: tuple[CellRef, ...] = ()) -> Atom:
    """``left op right`` of their difference, the tolerance in favour of the figures (``comparisons._holds``)."""
    if op in (">", ">="):
        difference = _negative(difference)
    return Atom(difference, {"==": "=", ">": "<", ">=": "<="}.get(op, op), slack, tolerant)


class _Equal(Constraint):
    """A total and its parts, or one quantity that is asked for twice."""

    def __init__(self, rule: Rule, linearizer: Linearizer) -> None:
        super().__init__()
        context = linearizer.context
        ref = rule.at
        assert ref is not None
        self.atom: Atom | None = None
        if rule.kind is RuleKind.TOTAL and is_computed(context.entry(ref)):
            return
        if rule.kind is RuleKind.TOTAL and context.of_summary and context.spec(ref).kind is CellKind.MARK:
            return
        order = context.spec(ref).row.order
        refs = [ref, *cells_of(rule.right[0], order, context.form)]
        difference = linearizer.cell(ref).plus(linearizer.linear(rule.right[0], order), -1)
        self.atom = Atom(difference, "=", exact(tolerance(refs, context)), _tolerant(refs, linearizer))
        self._depends_on([difference])

    def _alternatives(self, filled: frozenset[CellRef], demand: Demand) -> Alternatives:
        if self.atom is None or not self.atom.form.known(filled):
            return [()]
        return [(self.atom,)]


def _tolerant(refs: Iterable[CellRef], linearizer: Linearizer) -> tuple[CellRef, ...]:
    return tuple(ref for ref in refs if linearizer.unknown(ref) is not None)


class _SingleMark(Constraint):
    """One x a task."""

    def __init__(self, rule: Rule, linearizer: Linearizer) -> None:
        super().__init__()
        context = linearizer.context
        assert rule.at is not None
        pair = mark_pair(rule.at)
        now = 0
        coefficients: dict[CellRef, Exact] = {}
        for ref in pair:
            now += context.figures.marked(ref)
            if linearizer.unknown(ref) is not None:
                coefficients[ref] = 1
        # Where something else than x stands beside, no mark is asked for (``marks.check_single_mark``).
        other = any(context.submission.value(ref).filled and not context.figures.marked(ref) for ref in pair)
        # A task without a mark is a gap, which is no contradiction to be mended.
        self.atom = Atom(Linear(now - 1, coefficients), "<=" if other or not now else "=")
        self._depends_on([self.atom.form])

    def _alternatives(self, filled: frozenset[CellRef], demand: Demand) -> Alternatives:
        return [(self.atom,)]


class _Ratio(Constraint):
    """A ratio against its numerator and denominator."""

    def __init__(self, rule: Rule, linearizer: Linearizer) -> None:
        super().__init__()
        context = linearizer.context
        ref = rule.at
        assert ref is not None
        self.ref = ref
        self.readings = []
        for reading in rule.right:
            if not isinstance(reading, Ratio):
                raise NotLinear
            self.readings.append((linearizer.linear(reading.numerator), linearizer.linear(reading.denominator)))
        first = rule.right[0]
        assert isinstance(first, Ratio)
        self.plain = isinstance(first.numerator, CellRef) and isinstance(first.denominator, CellRef)
        typed = not is_computed(context.entry(ref))
        self.standing = context.figures.number(ref) if typed else None
        self.fillable = typed and linearizer.unknown(ref) is not None
        forms = [form for reading in self.readings for form in reading]
        if not typed:
            forms = list(self.readings[0]) if self.plain else []
        if self.fillable:
            forms.append(linearizer.cell(ref))
        self._depends_on(forms)

    def _alternatives(self, filled: frozenset[CellRef], demand: Demand) -> Alternatives:
        numerator, denominator = self.readings[0]
        possible: Alternatives = [()]  # numerator above 0 over denominator 0 is wrong whatever the ratio says
        if self.plain and numerator.known(filled) and denominator.known(filled):
            possible = [(_compared(denominator, ">"),), (Atom(numerator, "<="),)]
        known = [(n, d) for n, d in self.readings if n.known(filled) and d.known(filled)]
        printed = self.standing is not None or (self.fillable and self.ref in filled)
        soft = demand is Demand.NO_WORSE and len(self.readings) > 1  # two readings of the label: a warning
        if not printed or not known or soft:
            return possible
        found: Alternatives = []
        for n, d in known:
            agrees = (_compared(d, ">"), Agreement(self.ref, n, d))
            if d is denominator:
                found.append(agrees)
            else:
                found.extend((*agrees, *conjunction) for conjunction in possible)
        # 0/0 has no ratio to compare with; what was wrong is mended only when the ratio is 0 as well.
        nothing: list[Atom] = [Atom(d, "=") for _, d in known]
        if len(possible) > 1:
            nothing.append(Atom(numerator, "<="))
        if demand is Demand.MEND:
            now = exact(self.standing) if self.standing is not None else 0
            nothing.append(Atom(Linear(now, {self.ref: 1} if self.fillable else {}), "<="))
        return [*found, tuple(nothing)]


class _Right(NamedTuple):
    """An alternative of the right side: its cases as guards and difference to the left side."""

    cases: list[Case]
    slack: Exact
    tolerant: tuple[CellRef, ...]


class _Compare(Constraint):
    """``left op right``, where one of the alternatives of the right side must hold."""

    def __init__(self, instance: Instance, linearizer: Linearizer) -> None:
        super().__init__()
        rule, order = instance
        assert rule.left is not None
        self.rule = rule
        self.gate: list[tuple[Atom, ...]] = []
        if linearizer.context.of_summary and any(_counts(side) for side in (rule.left, *rule.right)):
            return  # the number of rows is one unit's, the figures are many units'
        self.gate = _open_gate(rule.when, order, linearizer)
        self.soften = linearizer.linear(rule.soften, order) if rule.soften is not None else None
        self.rights = [self._right(rule.left, right, order, linearizer) for right in rule.right]
        forms = [form for right in self.rights for guards, difference in right.cases for form in (*guards, difference)]
        forms.extend(atom.form for conjunction in self.gate for atom in conjunction)
        if self.soften is not None:
            forms.append(self.soften)
        self._depends_on(forms)

    def _right(self, left: Expression, right: Expression, order: int | None, linearizer: Linearizer) -> _Right:
        context, figures = linearizer.context, linearizer.figures
        zero = self.rule.missing is not Missing.SKIP_ANY
        named = (*involved(left, figures, order), *involved(right, figures, order))
        refs = [ref for ref in dict.fromkeys(named) if ref in context.submission.entries]
        needs: tuple[Need, ...] = ()
        if self.rule.missing is Missing.SKIP_ALL and all(figures.number(ref) is None for ref in refs):
            needs = (Need(frozenset(blank for ref in refs for blank in linearizer.blanks_in(ref)), 0),)
        cases: list[Case] = []
        for left_guards, left_form in linearizer.cases(left, order, blank_is_zero=zero):
            for right_guards, right_form in linearizer.cases(right, order, blank_is_zero=zero):
                difference = left_form.plus(right_form, -1)
                cases.append(((*left_guards, *right_guards), difference._replace(needs=difference.needs + needs)))
        of_notes = note_slack(left, figures, order) + note_slack(right, figures, order)
        return _Right(cases, exact(tolerance(refs, context) + of_notes), _tolerant(refs, linearizer))

    def _alternatives(self, filled: frozenset[CellRef], demand: Demand) -> Alternatives:
        is_open = [atoms for atoms in self.gate if all(atom.form.known(filled) for atom in atoms)]
        found: Alternatives = []
        if demand is not Demand.MEND:
            if not is_open:
                return [()]
            found.extend(_shut(is_open))
        body = self._body(filled, demand)
        found.extend((*gate, *conjunction) for gate in is_open for conjunction in body)
        return found

    def _body(self, filled: frozenset[CellRef], demand: Demand) -> Alternatives:
        op = self.rule.op
        found: Alternatives = []
        for right in self.rights:
            for guards, difference in right.cases:
                conditions = tuple(Atom(guard, "<=") for guard in guards)
                tolerated = (right.slack, right.tolerant)
                if difference.known(filled):
                    found.append((*conditions, _compared(difference, op, *tolerated)))
                    if demand is Demand.NO_WORSE and self.soften is not None and self.soften.known(filled):
                        over = Atom(difference.plus(self.soften, -1), "<=")
                        under = Atom(_negative(difference).plus(self.soften, -1), "<=")
                        found.append((*conditions, over, under))
                    continue
                # Not evaluated, unless it fails whatever the blanks are (``comparisons._certain_failure``).
                certain = []
                if self.rule.missing is Missing.SKIP_ANY:
                    missing = difference.open_signs(filled)
                    if op in ("=", "<=") and not missing & {-1, 0}:
                        certain.append(_compared(difference, "<=", *tolerated))
                    if op in ("=", ">=") and not missing & {1, 0}:
                        certain.append(_compared(difference, ">=", *tolerated))
                found.append((*conditions, *certain) if certain else ())
        return found


def _counts(node: Argument) -> bool:
    counted = isinstance(node, Call) and node.name.startswith("count_")
    return counted or any(_counts(child) for child in children(node))


# Gates ------------------------------------------------------------------------------------------------------------


def _open_gate(node: Expression | None, order: int | None, linearizer: Linearizer) -> list[tuple[Atom, ...]]:
    """When a condition is true: one of the conjunctions holds."""
    if node is None:
        return [()]
    return [
        tuple(atom for atom in conjunction if not _always(atom, linearizer))
        for conjunction in _true(node, order, linearizer)
    ]


def _true(node: Expression, order: int | None, linearizer: Linearizer) -> list[tuple[Atom, ...]]:
    match node:
        case Logic(op="and", operands=operands):
            parts = [_true(operand, order, linearizer) for operand in operands]
            return [tuple(atom for part in choice for atom in part) for choice in product(*parts)]
        case Logic(op="or", operands=operands):
            return [conjunction for operand in operands for conjunction in _true(operand, order, linearizer)]
        case Comparison(op=op, left=left, right=right):
            difference = linearizer.linear(left, order).plus(linearizer.linear(right, order), -1)
            if op == "!=":
                return [(_compared(difference, "<"),), (_compared(difference, ">"),)]
            return [(_compared(difference, op),)]
    # "not", present(…): fixed, or no gate that can be reckoned with
    form = linearizer.linear(node, order)
    if form.coefficients or form.needs:
        raise NotLinear
    return [()] if form.now else []


def _always(atom: Atom, linearizer: Linearizer) -> bool:
    """Whether the atom holds for all figures ≥ 0, like the gates ``r7 >= 0``."""
    if atom.op != "<=" or atom.form.needs or any(c > 0 for c in atom.form.coefficients.values()):
        return False
    at_zero = atom.form.now - sum(c * linearizer.now(ref) for ref, c in atom.form.coefficients.items())
    return at_zero <= 0


def _shut(conjunctions: Sequence[tuple[Atom, ...]]) -> Alternatives:
    """When none of the conjunctions holds: in each of them one atom is false."""
    return [
        tuple(choice)
        for choice in product(*([no for atom in conjunction for no in _false(atom)] for conjunction in conjunctions))
    ]


def _false(atom: Atom) -> list[Atom]:
    above = Atom(_negative(atom.form), "<" if atom.op != "<" else "<=")
    return [above, Atom(atom.form, "<")] if atom.op == "=" else [above]


# Rows -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Point:
    """The cells that change, and with how many decimals: each unknown counts the units of its last digit."""

    cells: tuple[Unknown, ...]
    places: tuple[int, ...]

    def row(self, form: Linear, op: str, slack: Exact = 0) -> Row:
        """``form op slack`` in whole numbers."""
        factors, constant = self._terms(form)
        return _whole(factors, slack - constant, strict=op == "<")

    def atom(self, atom: Atom) -> list[Row]:
        """The rows of an atom: an equality is two."""
        slack = atom.slack
        if atom.tolerant:
            for unknown, places in zip(self.cells, self.places, strict=True):
                count = atom.tolerant.count(unknown.ref)
                if count:
                    slack += count * (unknown.half_unit(places) - unknown.slack)
        factors, constant = self._terms(atom.form)
        rows = [_whole(factors, slack - constant, strict=atom.op == "<")]
        if atom.op == "=":
            rows.append(_whole([-factor for factor in factors], slack + constant))
        return rows

    def _terms(self, form: Linear) -> tuple[list[Exact], Exact]:
        """The form as factors of the units of each unknown, and what remains."""
        factors: list[Exact] = []
        constant = form.now
        for unknown, places in zip(self.cells, self.places, strict=True):
            factor = form.coefficients.get(unknown.ref, 0)
            constant -= factor * unknown.now
            factors.append(Fraction(factor, 10**places) if places and factor else factor)
        return factors, constant

    def moves(self, form: Linear) -> bool:
        """Whether the form depends on the cells that change."""
        return any(unknown.ref in form.coefficients for unknown in self.cells)

    def agreement(self, agreement: Agreement, standing: Decimal | None) -> list[Row] | None:
        """The rows of a ratio; ``None`` when ratio and denominator change together: not linear, see ``between``."""
        ratio, n, d = agreement
        for unknown, places in zip(self.cells, self.places, strict=True):
            if unknown.ref == ratio:
                if self.moves(d):
                    return None
                form = Linear(unknown.now * d.now, {ratio: d.now})
                return self._cone(n, form, d, places)
        assert standing is not None
        return self._cone(n, ZERO.plus(d, exact(standing)), d, decimals(standing))

    def _cone(self, n: Linear, times: Linear, d: Linear, places: int) -> list[Row]:
        """From half a unit below (rounded) to less than a unit above (cut off): ``ratios.agrees``, times d."""
        unit = Fraction(1, 10**places)
        hundred = ZERO.plus(n, 100)
        return [
            self.row(times.plus(d, -unit / 2).plus(hundred, -1), "<="),
            self.row(hundred.plus(times, -1).plus(d, -unit), "<"),
        ]

    def between(self, agreement: Agreement, low: int, high: int | None, places: int) -> list[Row]:
        """That some ratio from low to high (units of its last digit) agrees: their ranges leave no gap."""
        _, n, d = agreement
        unit = Fraction(1, 10**places)
        rows = [self.row(ZERO.plus(d, (low - Fraction(1, 2)) * unit).plus(n, -100), "<=")]
        if high is not None:
            rows.append(self.row(ZERO.plus(n, 100).plus(d, -(high + 1) * unit), "<"))
        return rows


def _whole(factors: Sequence[Exact], bound: Exact, *, strict: bool = False) -> Row:
    """``Σ factor · unknown ≤ bound`` (``< bound``) times the common denominator."""
    denominator = lcm(bound.denominator, *(factor.denominator for factor in factors))
    if denominator == 1:
        return tuple(int(factor) for factor in factors), int(bound) - strict
    return tuple(int(factor * denominator) for factor in factors), int(bound * denominator) - strict
