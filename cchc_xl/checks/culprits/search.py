"""The search for the smallest sets of cells whose change satisfies a group of failing rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product
from time import thread_time

from cchc_xl.checks.context import Context
from cchc_xl.checks.culprits.constraints import (
    Agreement,
    Conjunction,
    Constraint,
    Demand,
    Point,
    constraint,
)
from cchc_xl.checks.culprits.integers import Range, Row, Undecided, interval, solvable
from cchc_xl.checks.culprits.linear import Linearizer, NotLinear, Unknown
from cchc_xl.checks.culprits.rules_by_cell import Instance, rules_by_cell
from cchc_xl.checks.culprits.slips import explained
from cchc_xl.expressions import CellRef
from cchc_xl.finding import Finding
from cchc_xl.severity import Severity
from cchc_xl.values import decimals

LARGEST = 3
Cells = frozenset[CellRef]


class OutOfTime(Exception):
    """The time allowed is used up."""


@dataclass(eq=False, slots=True)
class Group:
    """Failing rules that share cells, directly or through one another."""

    rules: list[str]
    failing: list[Instance]
    # Sets of the size that was searched last, none of which is enough.
    frontier: list[Cells] = field(default_factory=lambda: [frozenset()])


@dataclass(frozen=True, slots=True)
class Demanded:
    """A constraint and what is asked of it."""

    constraint: Constraint
    demand: Demand


class Search:
    """All groups of one submission."""

    def __init__(self, context: Context, deadline: float) -> None:
        self.context = context
        self.deadline = deadline
        self.linearizer = Linearizer(context)
        self.index = rules_by_cell(context.form)
        self._constraints: dict[Instance, Constraint] = {}
        self._standing: dict[Instance, Demand | None] = {}

    # Groups -------------------------------------------------------------------------------------------------------

    def groups(self, findings: Iterable[Finding]) -> list[Group]:
        """The failing error rules, joined where they share a cell that could be changed; in the order of findings."""
        groups: list[tuple[set[CellRef], Group]] = []
        for finding in findings:
            if finding.severity is not Severity.ERROR:
                continue
            for instance in self.index.by_rule.get(finding.rule, ()):
                if instance.order not in (None, finding.order) or any(instance in g.failing for _, g in groups):
                    continue
                cells = self._cells(instance)
                joined = [pair for pair in groups if pair[0] & cells]
                rules = [rule for _, group in joined for rule in group.rules]
                merged = Group([*rules, finding.rule], [i for _, g in joined for i in g.failing] + [instance])
                for known, _ in joined:
                    cells |= known
                place = groups.index(joined[0]) if joined else len(groups)
                groups = [pair for pair in groups if pair not in joined]
                groups.insert(place, (cells, merged))
        return [group for _, group in groups]

    def constraint(self, instance: Instance) -> Constraint:
        """The instance on this submission. Raises ``NotLinear``."""
        if instance not in self._constraints:
            self._tick()
            try:
                self._constraints[instance] = constraint(instance, self.linearizer)
            except (ArithmeticError, LookupError, TypeError, ValueError, AssertionError) as broken:
                raise NotLinear from broken  # a broken rule is reported by the check
        return self._constraints[instance]

    def _cells(self, instance: Instance) -> set[CellRef]:
        try:
            return set(self.constraint(instance).cells)
        except NotLinear:  # it still joins its group, for which there is then no answer
            return self.index.touched(instance)

    def _tick(self) -> None:
        if thread_time() > self.deadline:
            raise OutOfTime

    # Sets of one size ---------------------------------------------------------------------------------------------

    def enlarge(self, group: Group) -> list[Cells]:
        """All sets of the next size that are enough. Raises ``NotLinear``, ``Undecided`` and ``OutOfTime``.

        A set that is enough and contains ``cells``, which is not, must contain a cell of a failing rule that ``cells``
        leaves as it is, and else a cell of any part of its demands that cannot be met together: so nothing is missed.
        """
        tried: dict[Cells, None] = {}
        for cells in group.frontier:
            for ref in self._next_cells(group, cells):
                if ref not in cells:
                    tried[cells | {ref}] = None
        enough = []
        frontier = []
        for cells in tried:
            self._tick()
            if self._untouched(group, cells) is None and self._feasible(
                self._unknowns(cells), self._demands(group, cells)
            ):
                enough.append(cells)
            else:
                frontier.append(cells)
        group.frontier = frontier
        return enough

    def _untouched(self, group: Group, cells: Cells) -> Constraint | None:
        for instance in group.failing:
            rule = self.constraint(instance)
            if rule.cells.isdisjoint(cells):
                return rule
        return None

    def _next_cells(self, group: Group, cells: Cells) -> list[CellRef]:
        untouched = self._untouched(group, cells)
        if untouched is not None:
            return self._sorted(untouched.cells)
        unknowns = self._unknowns(cells)
        core = self._demands(group, cells)
        for demanded in list(core):
            self._tick()
            rest = [other for other in core if other is not demanded]
            if not self._feasible(unknowns, rest):
                core = rest
        return self._sorted({ref for demanded in core for ref in demanded.constraint.cells})

    def _sorted(self, cells: Iterable[CellRef]) -> list[CellRef]:
        return sorted(cells, key=self.index.rank.__getitem__)

    def _unknowns(self, cells: Cells) -> list[Unknown]:
        return [self._known_unknown(ref) for ref in self._sorted(cells)]

    def _known_unknown(self, ref: CellRef) -> Unknown:
        unknown = self.linearizer.unknown(ref)
        assert unknown is not None
        return unknown

    def _demands(self, group: Group, cells: Cells) -> list[Demanded]:
        """The failing rules, and every other rule that the cells touch and that must not be broken."""
        demands = dict.fromkeys(group.failing, Demand.MEND)
        for ref in self._sorted(cells):
            for instance in self.index.touching(ref):
                if instance not in demands and not self.constraint(instance).cells.isdisjoint(cells):
                    standing = self._demand(instance)
                    if standing is not None:
                        demands[instance] = standing
        return [Demanded(self.constraint(instance), demand) for instance, demand in demands.items()]

    def _demand(self, instance: Instance) -> Demand | None:
        """What is asked of a rule that is not in the group: to stay as good as it is."""
        if instance not in self._standing:
            rule = self.constraint(instance)
            demands = (Demand.KEEP, Demand.NO_WORSE)
            self._standing[instance] = next((demand for demand in demands if self.holds(rule, demand)), None)
        return self._standing[instance]

    def holds(self, rule: Constraint, demand: Demand) -> bool:
        """Whether the figures that stand meet the demand."""
        point = Point((), ())
        return any(
            all(bound >= 0 for _, bound in self._rows(conjunction, point)[0])
            for conjunction in rule.alternatives(frozenset(), demand)
        )

    # Feasibility --------------------------------------------------------------------------------------------------

    def _rows(self, conjunction: Conjunction, point: Point) -> tuple[list[Row], list[Agreement]]:
        rows: list[Row] = []
        together: list[Agreement] = []
        for part in conjunction:
            if isinstance(part, Agreement):
                found = point.agreement(part, self.context.figures.number(part.ratio))
                if found is None:
                    together.append(part)
                else:
                    rows.extend(found)
            else:
                rows.extend(point.atom(part))
        return rows, together

    def _feasible(self, unknowns: Sequence[Unknown], demands: Sequence[Demanded]) -> bool:
        """Whether some values ≥ 0 of the unknowns, whole where they must be, meet the demands."""
        chosen = frozenset(unknown.ref for unknown in unknowns)
        alternatives = [d.constraint.alternatives(chosen, d.demand) for d in demands]
        for places in product(*(unknown.precisions for unknown in unknowns)):
            point = Point(tuple(unknowns), places)
            if len(unknowns) == 1:
                if self._ranges(point, alternatives):
                    return True
            elif self._some_choice(point, alternatives):
                return True
        return False

    def _ranges(self, point: Point, alternatives: Iterable[Sequence[Conjunction]]) -> list[Range]:
        """The values of a single unknown, in units of its last digit, that meet one alternative of every demand."""
        (unknown,) = point.cells
        ranges: list[Range] = [(0, 1 if unknown.mark else None)]
        for choices in alternatives:
            allowed = [interval(self._rows(conjunction, point)[0]) for conjunction in choices]
            met = {_meet(a, b) for a in ranges for b in allowed if b is not None}
            ranges = sorted((r for r in met if r is not None), key=lambda r: r[0])
            if not ranges:
                return []
        return ranges

    def _some_choice(self, point: Point, alternatives: Iterable[Sequence[Conjunction]]) -> bool:
        """Whether one alternative of each demand can be chosen so that all hold together."""
        size = len(point.cells)
        fixed: list[Row] = []
        for place, unknown in enumerate(point.cells):
            if unknown.mark:
                fixed.append((tuple(int(i == place) for i in range(size)), 1))
        fixed_together: list[Agreement] = []
        open_choices: list[list[tuple[list[Row], list[Agreement]]]] = []
        for choices in alternatives:
            possible = []
            for conjunction in choices:
                rows, together = self._rows(conjunction, point)
                if all(bound >= 0 or any(coefficients) for coefficients, bound in rows):
                    possible.append(([row for row in rows if any(row[0])], together))
            if not possible:
                return False
            if any(not rows and not together for rows, together in possible):
                continue
            if len(possible) == 1:
                fixed.extend(possible[0][0])
                fixed_together.extend(possible[0][1])
            else:
                open_choices.append(possible)
        for choice in product(*open_choices):
            self._tick()
            rows = [*fixed, *(row for part, _ in choice for row in part)]
            together = [*fixed_together, *(part for _, parts in choice for part in parts)]
            if self._solvable(point, rows, together):
                return True
        return False

    def _solvable(self, point: Point, rows: list[Row], together: Sequence[Agreement]) -> bool:
        size = len(point.cells)
        for agreement in together:
            # Ratio and denominator change together: the ratio follows the quotient within the range it may have.
            place = next(i for i, unknown in enumerate(point.cells) if unknown.ref == agreement.ratio)
            alone = [row for row in rows if row[0][place]]
            if any(sum(map(bool, coefficients)) > 1 for coefficients, _ in alone):
                raise Undecided
            between = interval(((coefficients[place],), bound) for coefficients, bound in alone)
            if between is None:
                return False
            rows = [row for row in rows if not row[0][place]]
            rows.extend(point.between(agreement, *between, point.places[place]))
        return solvable(rows, size)

    # Slips --------------------------------------------------------------------------------------------------------

    def slip(self, group: Group, cells: Cells) -> tuple[Decimal | None, str]:
        """The figure that was meant and the typing slip, when one explains what stands in the only cell."""
        if len(cells) != 1:
            return None, ""
        (unknown,) = self._unknowns(cells)
        standing = unknown.standing
        if standing is None or unknown.mark:
            return None, ""
        alternatives = [d.constraint.alternatives(cells, d.demand) for d in self._demands(group, cells)]
        ranges: dict[int, list[Range]] = {}

        def allowed(places: int) -> list[Range]:
            if places not in ranges:
                point = Point((unknown,), (places,))
                ranges[places] = self._ranges(point, alternatives) if not (places and unknown.whole) else []
            return ranges[places]

        def fits(figure: Decimal) -> bool:
            places = decimals(figure)
            units = int(figure.scaleb(places))
            return any(low <= units and (high is None or units <= high) for low, high in allowed(places))

        def settled(figure: Decimal) -> bool:
            # A ratio may be rounded or cut off, which are two values.
            slack = 0 if unknown.whole else 1
            values = allowed(decimals(figure))
            return len(values) == 1 and all(high is not None and high - low <= slack for low, high in values)

        return explained(standing, fits, settled)


def _meet(a: Range, b: Range) -> Range | None:
    low = max(a[0], b[0])
    highs = [high for high in (a[1], b[1]) if high is not None]
    high = min(highs, default=None)
    return None if high is not None and high < low else (low, high)
