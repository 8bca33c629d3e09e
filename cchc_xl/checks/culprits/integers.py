"""Whether a few linear inequalities have a solution in whole numbers ≥ 0: at most three unknowns, exact.

Equalities are substituted away, the rest is bounded by Fourier–Motzkin elimination, and whole points are looked for
within the bounds: first where the region is likely to be wide (its corners), then everywhere when that is few enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from math import gcd
from typing import TypeAlias

# Σ coefficient · unknown ≤ bound
Row: TypeAlias = tuple[tuple[int, ...], int]
# Closed ranges of whole numbers, in order; ``None`` = without an upper end.
Range: TypeAlias = tuple[int, int | None]

# So many values of one unknown are tried one by one: a few milliseconds, and more than a commune's counts need.
_TRIED = 2000
_TRIED_OUTER = 64


class Undecided(Exception):
    """Neither a solution was found nor its absence proved within the limits: nothing may be said."""


def solvable(rows: Iterable[Row], unknowns: int) -> bool:
    """Whether whole numbers ≥ 0 satisfy every row. Raises ``Undecided``."""
    unit = [tuple(-int(i == j) for j in range(unknowns)) for i in range(unknowns)]
    return _solvable([*rows, *((coefficients, 0) for coefficients in unit)], unknowns)


def interval(rows: Iterable[Row]) -> Range | None:
    """The whole numbers ≥ 0 that satisfy rows in one unknown; ``None`` when there is none."""
    low, high = _one(rows)
    low = max(low or 0, 0)
    return None if high is not None and high < low else (low, high)


def _one(rows: Iterable[Row]) -> tuple[int | None, int | None]:
    low: int | None = None
    high: int | None = None
    for (a,), bound in rows:
        if a > 0:
            limit = bound // a
            high = limit if high is None or limit < high else high
        elif a < 0:
            limit = -(bound // -a)
            low = limit if low is None or limit > low else low
        elif bound < 0:
            return 0, -1
    return low, high


def _solvable(rows: Iterable[Row], unknowns: int) -> bool:
    tight = _tightened(rows)
    if tight is None:
        return False
    if unknowns == 0 or not tight:
        return True
    for coefficients, bound in tight.items():
        if tight.get(tuple(-a for a in coefficients)) == -bound:
            place = next((i for i, a in enumerate(coefficients) if abs(a) == 1), None)
            if place is not None:
                return _solvable(_substituted(tight, coefficients, bound, place), unknowns - 1)
    if unknowns == 1:
        low, high = _one(tight.items())
        return low is None or high is None or low <= high
    return _search(list(tight.items()), unknowns)


def _tightened(rows: Iterable[Row]) -> dict[tuple[int, ...], int] | None:
    """Each direction once, its coefficients without a common divisor; ``None`` when two rows contradict each other."""
    tight: dict[tuple[int, ...], int] = {}
    for coefficients, bound in rows:
        divisor = gcd(*coefficients)
        if divisor == 0:
            if bound < 0:
                return None
            continue
        if divisor > 1:
            coefficients, bound = tuple(a // divisor for a in coefficients), bound // divisor
        if bound < tight.get(coefficients, bound + 1):
            tight[coefficients] = bound
    for coefficients, bound in tight.items():
        opposite = tight.get(tuple(-a for a in coefficients))
        if opposite is not None and bound + opposite < 0:
            return None
    return tight


def _substituted(tight: dict[tuple[int, ...], int], equal: tuple[int, ...], bound: int, place: int) -> list[Row]:
    """The rows without the unknown at ``place``, which is given by ``equal · x = bound`` with a coefficient of ±1."""
    sign = equal[place]
    rows = []
    for coefficients, limit in tight.items():
        factor = coefficients[place] * sign
        reduced = [a - factor * e for a, e in zip(coefficients, equal, strict=True)]
        del reduced[place]
        rows.append((tuple(reduced), limit - factor * bound))
    return rows


def _eliminated(rows: Sequence[Row], place: int) -> list[Row]:
    """Fourier–Motzkin: what the rows say of the other unknowns."""
    above = [row for row in rows if row[0][place] > 0]
    below = [row for row in rows if row[0][place] < 0]
    kept = [(_without(coefficients, place), bound) for coefficients, bound in rows if coefficients[place] == 0]
    for high, high_bound in above:
        for low, low_bound in below:
            p, q = high[place], -low[place]
            mixed = tuple(q * a + p * b for a, b in zip(high, low, strict=True))
            kept.append((_without(mixed, place), q * high_bound + p * low_bound))
    return kept


def _without(coefficients: tuple[int, ...], place: int) -> tuple[int, ...]:
    return coefficients[:place] + coefficients[place + 1 :]


def _range(rows: Sequence[Row], unknowns: int, place: int) -> Range | None:
    """The range of one unknown over all real solutions of the rest, rounded inwards."""
    for other in range(unknowns - 1, -1, -1):
        if other != place:
            tight = _tightened_real(_eliminated(rows, other))
            if tight is None:
                return None
            rows = tight
    return interval(rows)


def _tightened_real(rows: Iterable[Row]) -> list[Row] | None:
    """Duplicates removed without rounding: the other unknowns are real here."""
    seen: dict[Row, None] = {}
    for coefficients, bound in rows:
        divisor = gcd(bound, *coefficients)
        if not any(coefficients):
            if bound < 0:
                return None
            continue
        seen[(tuple(a // divisor for a in coefficients), bound // divisor)] = None
    return list(seen)


def _search(rows: list[Row], unknowns: int) -> bool:
    ranges = []
    for place in range(unknowns):
        found = _range(rows, unknowns, place)
        if found is None:
            return False
        ranges.append(found)
    widths = [float("inf") if high is None else high - low for low, high in ranges]
    place = widths.index(min(widths))
    low, high = ranges[place]
    limit = _TRIED if unknowns == 2 else _TRIED_OUTER
    for value in _likely(rows, place, low, high):
        if _with_value(rows, unknowns, place, value):
            return True
    last = low + limit - 1
    for value in range(low, (last if high is None else min(high, last)) + 1):
        if _with_value(rows, unknowns, place, value):
            return True
    if high is None or high > last:
        raise Undecided
    return False


def _likely(rows: list[Row], place: int, low: int, high: int | None) -> list[int]:
    """Values where the region may be wide: near its corners, and far out where it is open."""
    values = {low, low + 1}
    for (a, b), (c, d) in combinations([(row[0], row[1]) for row in rows], 2):
        # the corner of two rows in the plane of this unknown and any other one
        for other in range(len(a)):
            if other == place:
                continue
            determinant = a[place] * c[other] - a[other] * c[place]
            if determinant:
                corner = (b * c[other] - d * a[other]) // determinant
                values.update((corner, corner + 1))
    if high is None:
        values.update(low + 10**power for power in range(2, 9))
    else:
        values.update((high - 1, high, (low + high) // 2))
    return sorted(value for value in values if value >= low and (high is None or value <= high))[:_TRIED_OUTER]


def _with_value(rows: list[Row], unknowns: int, place: int, value: int) -> bool:
    fixed = [(_without(a, place), bound - a[place] * value) for a, bound in rows]
    if unknowns > 2:
        return _solvable(fixed, unknowns - 1)
    found = _one(fixed)
    return found[0] is None or found[1] is None or found[0] <= found[1]
