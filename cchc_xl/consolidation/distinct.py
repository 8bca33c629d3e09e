"""How many different things several units count together, from lists that name them. Pure.

(semantics.md, "Roll-up", distinct: between max and sum, exact only from a list.) The list is taken only where it shows,
counted in the same way for all units, just the number that each unit gave: else it is not what they counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from cchc_xl.consolidation.contribution import Number

# A unit: the names that it counts in each way that its form knows (``Contribution.counted``), and the number it gave.
Counting = tuple[Sequence[frozenset[str] | None], Number]


@dataclass(frozen=True, slots=True)
class Together:
    """The exact count; ``None`` where a form has no list, or lists (their units by place) do not explain a number."""

    count: Decimal | None
    unexplained: tuple[int, ...] = ()


def count_together(units: Sequence[Counting]) -> Together:
    """Count the names of all units once each."""
    if not all(ways for ways, _ in units):
        return Together(None)
    best: tuple[int, ...] = tuple(range(len(units)))
    for way in range(min((len(ways) for ways, _ in units), default=0)):
        names = [ways[way] for ways, _ in units]
        unexplained = tuple(
            index
            for index, (found, (_, number)) in enumerate(zip(names, units, strict=True))
            if found is None or len(found) != number
        )
        if not unexplained:
            return Together(Decimal(len(frozenset[str]().union(*(found or () for found in names)))))
        best = min(best, unexplained, key=len)
    return Together(None, best)
