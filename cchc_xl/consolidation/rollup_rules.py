"""The ways to make one figure of many, one small function for each (semantics.md, "Roll-up"). Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from cchc_xl.catalogue.model import CellSpec, Rollup
from cchc_xl.consolidation.contribution import Number
from cchc_xl.consolidation.distinct import count_together
from cchc_xl.consolidation.lines import Sources, SummaryCell
from cchc_xl.expressions import percentage

_ZERO = Decimal(0)


def _total(numbers: Sequence[Number]) -> Decimal:
    return Decimal(sum(numbers, _ZERO)) if numbers else _ZERO


def _sum(spec: CellSpec, sources: Sources) -> SummaryCell:
    numbers = sources.present()
    return SummaryCell(spec, Rollup.SUM, _total(numbers) if numbers else None, sources)


def _own_plus_children(spec: CellSpec, sources: Sources) -> SummaryCell:
    """No total until the parent's own part is entered."""
    numbers = sources.present()
    children = _total(numbers) if numbers else None
    return SummaryCell(spec, Rollup.OWN_PLUS_CHILDREN, None, sources, children=children)


def _recompute(spec: CellSpec, sources: Sources) -> SummaryCell:
    """From the rolled-up numerator and denominator over the units that have both; never an average of percentages."""
    both = list(sources.parts.values())
    top, bottom = _total([parts[0] for parts in both]), _total([parts[1] for parts in both])
    return SummaryCell(spec, Rollup.RECOMPUTE, percentage(top, bottom), sources)


def _shared(spec: CellSpec, sources: Sources) -> SummaryCell:
    """One and the same list in every unit: never added."""
    lows, highs = sources.lows(), sources.highs()
    if not lows:
        return SummaryCell(spec, Rollup.SHARED, None, sources)
    low, high = Decimal(min(lows)), Decimal(max(highs))
    return SummaryCell(spec, Rollup.SHARED, low if low == high else None, sources, minimum=low, maximum=high)


def _distinct(spec: CellSpec, sources: Sources) -> SummaryCell:
    """Different things that may coincide: between the largest and the sum."""
    lows, highs = sources.lows(), sources.highs()
    if not lows:
        return SummaryCell(spec, Rollup.DISTINCT, None, sources)
    low, high = Decimal(max(lows)), _total(highs)
    return SummaryCell(spec, Rollup.DISTINCT, low if low == high else None, sources, minimum=low, maximum=high)


def by_lists(cell: SummaryCell) -> SummaryCell:
    """A distinct count from the lists on the units' forms, where they show what each unit counted."""
    sources = cell.sources
    given = [index for index, number in enumerate(sources.numbers) if number is not None]
    if sources.of_units:
        return cell  # what the units of a summary named is not on its form
    rows = [(sources.children[i].given.counted.get(sources.cells[i], ()), sources.numbers[i] or 0) for i in given]
    together = count_together(rows)
    if together.count is not None:
        return replace(cell, value=together.count, listed=True)
    return replace(cell, unlisted=tuple(sources.children[given[index]].unit for index in together.unexplained))


def _spread(spec: CellSpec, sources: Sources) -> SummaryCell:
    """Percentages whose parts are not on the form: lowest and highest, no total."""
    lows, highs = sources.lows(), sources.highs()
    if not lows:
        return SummaryCell(spec, Rollup.SPREAD, None, sources)
    low, high = Decimal(min(lows)), Decimal(max(highs))
    return SummaryCell(spec, Rollup.SPREAD, None, sources, minimum=low, maximum=high)


def _count_yes(spec: CellSpec, sources: Sources) -> SummaryCell:
    """How many units have it."""
    given = bool(sources.present() or sources.without_number())
    counts = _counted({"1": 0, "0": 0} if given else {}, sources)
    return SummaryCell(spec, Rollup.COUNT_YES, Decimal(counts["1"]) if given else None, sources, counts=counts)


def _distribution(spec: CellSpec, sources: Sources) -> SummaryCell:
    """How many units chose each code."""
    counts = _counted({value: 0 for value, _ in spec.options}, sources)
    return SummaryCell(spec, Rollup.DISTRIBUTION, None, sources, counts=counts)


def _counted(counts: dict[str, int], sources: Sources) -> dict[str, int]:
    """How many units gave each answer; of a summary how many of its own units."""
    for index, number in enumerate(sources.numbers):
        if index in sources.of_units:
            for key, count in sources.of_units[index].counts.items():
                counts[key] = counts.get(key, 0) + count
        elif number is not None:
            key = str(number) if isinstance(number, int) else f"{number.normalize():f}"
            counts[key] = counts.get(key, 0) + 1
    return counts


def _none(spec: CellSpec, sources: Sources) -> SummaryCell:
    """The parent's own figure."""
    return SummaryCell(spec, Rollup.NONE, None, sources)


RULES: dict[Rollup, Callable[[CellSpec, Sources], SummaryCell]] = {
    Rollup.SUM: _sum,
    Rollup.OWN_PLUS_CHILDREN: _own_plus_children,
    Rollup.RECOMPUTE: _recompute,
    Rollup.SHARED: _shared,
    Rollup.DISTINCT: _distinct,
    Rollup.SPREAD: _spread,
    Rollup.COUNT_YES: _count_yes,
    Rollup.DISTRIBUTION: _distribution,
    Rollup.NONE: _none,
}


def common_ratio(cell: SummaryCell) -> SummaryCell:
    """A ratio of shared lists: the units' own ratio where they agree, else lowest and highest and no figure."""
    parts, told = cell.sources.parts, cell.sources.of_units
    found = [percentage(Decimal(top), Decimal(bottom)) for at, (top, bottom) in parts.items() if at not in told]
    found += [end for together in told.values() for end in (together.low, together.high)]
    ratios = [ratio for ratio in found if ratio is not None]
    if not ratios:
        return replace(cell, value=None)
    low, high = min(ratios), max(ratios)
    return replace(cell, value=low if low == high else None, minimum=low, maximum=high)
