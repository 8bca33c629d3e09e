"""Totals added up anew from the units' figures, without the merge's own arithmetic. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from cchc_xl.catalogue.model import CellSpec, Form, Rollup
from cchc_xl.expressions import Ratio, cell_refs
from cchc_xl.of_units import OfUnits
from cchc_xl.own_part import OwnPart
from cchc_xl.values import State, exact

# Excel adds in binary: a sum of thousands of decimals is off in the last digits. Whole numbers are exact.
_SAME = 1e-13
_EXACT = 2**53

Parts = tuple[Decimal, Decimal]


@dataclass(frozen=True, slots=True)
class Expected:
    """What a total may be: ``low`` to ``high``, or nothing at all where ``blank``. Both ends ``None``: only blank."""

    low: Decimal | None
    high: Decimal | None
    blank: bool = False

    def fits(self, shown: object) -> bool:
        """Whether a cell shows it."""
        number = as_number(shown)
        if number is None:
            return shown in ("", None) and (self.blank or self.low is None)
        if self.low is None or self.high is None:
            return False
        return self.low <= number <= self.high or same(number, self.low) or same(number, self.high)


def total_of(
    rollup: Rollup,
    numbers: Sequence[Decimal],
    parts: Sequence[Parts],
    additive: bool,
    of_units: Sequence[OfUnits] = (),
) -> Expected:
    """The total of a line: of the numbers that the units gave and, for ratios, of their numerators and denominators.

    ``of_units``: what units of summaries gave together, where that is not one of the numbers.
    """
    if rollup is Rollup.RECOMPUTE:
        return _ratio(parts, additive, of_units)
    lows, highs = ends(numbers, of_units)
    if rollup is Rollup.COUNT_YES and (numbers or of_units):
        below = sum(found.counts.get("1", 0) for found in of_units)
        return _only(Decimal(sum(number == 1 for number in numbers) + below))
    if not lows:
        return Expected(None, None)
    match rollup:
        case Rollup.SUM:
            return _only(_added(numbers))
        case Rollup.SHARED:
            return _only(lows[0]) if len({*lows, *highs}) == 1 else Expected(None, None)
        case Rollup.DISTINCT:
            low, high = max(lows), _added(highs)
            return _only(low) if low == high else Expected(low, high, blank=True)
    return Expected(None, None)


def together(
    rollup: Rollup,
    numbers: Sequence[Decimal],
    parts: Sequence[Parts],
    additive: bool,
    of_units: Sequence[OfUnits],
    total: Decimal | None,
) -> OfUnits | None:
    """What the next level's merge has to be told of a line, besides the form's figure; ``None`` where that says it all.

    ``total``: what the line shows.
    """
    lows, highs = ends(numbers, of_units)
    match rollup:
        case Rollup.COUNT_YES | Rollup.DISTRIBUTION if numbers or of_units:
            counts = Counter(f"{number.normalize():f}" for number in numbers)
            for found in of_units:
                counts.update(found.counts)
            return OfUnits(counts=counts)
        case Rollup.RECOMPUTE:
            ratios = [] if additive else _ratios(parts, of_units)
            if ratios:
                return OfUnits(min(ratios), max(ratios))
            return OfUnits(parts=(_added([pair[0] for pair in parts]), _added([pair[1] for pair in parts])))
        case Rollup.SHARED | Rollup.SPREAD if lows:
            return OfUnits(min(lows), max(highs))
        case Rollup.DISTINCT if lows:
            return OfUnits(max(lows), _added(highs)) if total is None else OfUnits(total, total)
    return None


def agree(one: OfUnits | None, other: OfUnits | None) -> bool:
    """Whether both say the same."""
    if one is None or other is None:
        return one is other
    figures = ((found.low, found.high, *(found.parts or (None, None))) for found in (one, other))
    return +Counter(one.counts) == +Counter(other.counts) and all(
        a is b if a is None or b is None else same(a, b) for a, b in zip(*figures, strict=True)
    )


def with_own_part(own: OwnPart, children: Decimal | None) -> Expected:
    """The total of a row with an own part: nothing until that part is there."""
    if own.own.state is State.NOT_APPLICABLE:
        return Expected(children, children)
    if own.own.number is None:
        return Expected(None, None)
    return _only(own.own.number + (children if children is not None else Decimal(0)))


def adds_up(spec: CellSpec, form: Form) -> bool:
    """Whether a ratio's numerators and denominators are amounts; lists that all units share are not."""
    if not spec.derived or not isinstance(spec.derived[0], Ratio):
        return True
    quantities = [form.cells[part.at(spec.row.order)].quantity for part in cell_refs(spec.derived[0])]
    return all(quantity is not None and quantity.rollup is Rollup.SUM for quantity in quantities)


def as_number(cell: object) -> Decimal | None:
    """The number in a cell; ``None`` for texts, blanks and truth values."""
    if isinstance(cell, bool) or not isinstance(cell, int | float | Decimal):
        return None
    return exact(cell)


def same(one: Decimal, other: Decimal) -> bool:
    """Whether two figures are one, as far as a workbook can hold them."""
    if one == other:
        return True
    whole = one == one.to_integral_value() and other == other.to_integral_value()
    if whole and max(abs(one), abs(other)) < _EXACT:
        return exact(float(one)) == exact(float(other))
    return math.isclose(one, other, rel_tol=_SAME)


def ends(numbers: Sequence[Decimal], of_units: Sequence[OfUnits]) -> tuple[list[Decimal], list[Decimal]]:
    """The lowest figures of the units, and the highest."""
    lows = [*numbers, *(found.low for found in of_units if found.low is not None)]
    return lows, [*numbers, *(found.high for found in of_units if found.high is not None)]


def _added(numbers: Sequence[Decimal]) -> Decimal:
    total = Decimal(0)
    for number in numbers:
        total += number
    return total


def _only(number: Decimal) -> Expected:
    return Expected(number, number)


def _ratio(parts: Sequence[Parts], additive: bool, of_units: Sequence[OfUnits] = ()) -> Expected:
    if additive:
        bottom = _added([pair[1] for pair in parts])
        return _only(100 * _added([pair[0] for pair in parts]) / bottom) if bottom else Expected(None, None)
    ratios = set(_ratios(parts, of_units))
    return _only(ratios.pop()) if len(ratios) == 1 else Expected(None, None)


def _ratios(parts: Sequence[Parts], of_units: Sequence[OfUnits]) -> list[Decimal]:
    ends = (end for found in of_units for end in (found.low, found.high) if end is not None)
    return [*(100 * top / bottom for top, bottom in parts if bottom), *ends]
