"""Which ratios of the units are drawn, and in which order the units stand. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from cchc_xl.catalogue.charts import ChartSpec
from cchc_xl.catalogue.model import Rollup, RowRole
from cchc_xl.consolidation.line_label import figure_label
from cchc_xl.consolidation.lines import SummaryCell
from cchc_xl.consolidation.summary import Summary
from cchc_xl.expressions import CellRef
from cchc_xl.summary_workbook.plan import SheetPlan, UnitColumn

MOST_BARS = 40
_NO_FIGURES = "không có số liệu"
_NO_RATIO = "mẫu số bằng 0"
# A chart keeps copies of names in its own part of the file, where XML cannot carry these.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]+")


@dataclass(frozen=True, slots=True)
class Bar:
    """A unit with its ratio. ``index``: its place among the units of "Theo đơn vị"."""

    name: str
    index: int
    ratio: Decimal
    parts: tuple[Decimal, Decimal] | None = None


@dataclass(frozen=True, slots=True)
class Ranking:
    """A chart's content. ``rows``: the lines of numerator and denominator, or of the ratio alone.

    ``whole``: the ratio of all units together, ``total`` the line of "Theo đơn vị" that holds it (without it it is
    computed from the two lines). ``silent``: units that are not drawn, each with the reason.
    """

    spec: ChartSpec
    basis: str
    rows: tuple[int, ...]
    bars: Sequence[Bar]
    silent: Sequence[tuple[str, str]]
    whole: Decimal | None = None
    total: CellRef | None = None

    @property
    def shown(self) -> Sequence[Bar]:
        """The bars that are drawn: of very many units the best and the worst."""
        if len(self.bars) <= MOST_BARS:
            return self.bars
        return [*self.bars[: MOST_BARS // 2], *self.bars[-(MOST_BARS // 2) :]]

    @property
    def title(self) -> str:
        """The chart's title; it says when units are left out."""
        if len(self.bars) <= MOST_BARS:
            return self.spec.title
        half = MOST_BARS // 2
        return f"{self.spec.title} ({half} đơn vị cao nhất và {half} thấp nhất trong {len(self.bars)} đơn vị)"


def rank_units(charts: Sequence[ChartSpec], summary: Summary, plan: SheetPlan) -> list[Ranking]:
    """The charts of which the summary has figures."""
    cells = _by_code(summary.cells)
    return [ranking for chart in charts if (ranking := _ranking(chart, cells, plan)) is not None]


def _by_code(cells: Sequence[SummaryCell]) -> dict[str, SummaryCell]:
    """One cell for each code: where a table asks for it in many rows, its total row."""
    found: dict[str, list[SummaryCell]] = {}
    for cell in cells:
        found.setdefault(cell.spec.code, []).append(cell)
    chosen = {}
    for code, same in found.items():
        candidates = same if len(same) == 1 else [cell for cell in same if cell.spec.row.role is RowRole.TOTAL]
        if len(candidates) == 1:
            chosen[code] = candidates[0]
    return chosen


def _ranking(chart: ChartSpec, cells: Mapping[str, SummaryCell], plan: SheetPlan) -> Ranking | None:
    for code in chart.ratios:
        cell = cells.get(code)
        drawn = _of_ratio(chart, cell, plan) if cell is not None and cell.sources else None
        if drawn is not None and drawn.bars:
            return drawn
    for top, bottom in chart.parts:
        pair = cells.get(top), cells.get(bottom)
        if pair[0] is not None and pair[1] is not None:
            drawn = _of_parts(chart, pair[0], pair[1], plan)
            if drawn.bars:
                return drawn
    return None


def _of_ratio(chart: ChartSpec, cell: SummaryCell, plan: SheetPlan) -> Ranking | None:
    if cell.rollup is Rollup.RECOMPUTE:
        parts = {source.child.unit_code: source.parts for source in cell.sources if source.parts is not None}
        ranking = _ranked(chart, plan, {code: _percent(*pair) for code, pair in parts.items()}, parts)
        total = cell.spec.ref if cell.value is not None else None
        return replace(ranking, basis=_basis(cell), rows=plan.parts[cell.spec.ref], whole=cell.value, total=total)
    if cell.rollup is Rollup.SPREAD:
        return replace(_ranked(chart, plan, _numbers(cell), {}), basis=_basis(cell), rows=(plan.rows[cell.spec.ref],))
    return None


def _of_parts(chart: ChartSpec, top: SummaryCell, bottom: SummaryCell, plan: SheetPlan) -> Ranking:
    tops, bottoms = _numbers(top), _numbers(bottom)
    parts = {code: (tops[code], bottoms[code]) for code in tops if code in bottoms}
    ranking = _ranked(chart, plan, {code: _percent(*pair) for code, pair in parts.items()}, parts)
    additive = top.rollup is Rollup.SUM and bottom.rollup is Rollup.SUM
    sums = [sum((pair[index] for pair in parts.values()), Decimal(0)) for index in (0, 1)]
    return replace(
        ranking,
        basis=f"{_basis(top)} / {_basis(bottom)}",
        rows=(plan.rows[top.spec.ref], plan.rows[bottom.spec.ref]),
        whole=_percent(*sums) if additive else None,
    )


def _numbers(cell: SummaryCell) -> dict[str, Decimal]:
    return {code: Decimal(number) for code, number in cell.sources.by_unit() if number is not None}


def _percent(top: Decimal, bottom: Decimal) -> Decimal | None:
    return 100 * top / bottom if bottom else None


def _ranked(
    chart: ChartSpec,
    plan: SheetPlan,
    ratios: Mapping[str, Decimal | None],
    parts: Mapping[str, tuple[Decimal, Decimal]],
) -> Ranking:
    bars, silent = [], []
    for index, unit in enumerate(plan.units):
        ratio = ratios.get(unit.code)
        if ratio is None:
            silent.append((printable(unit.name), _why(unit, unit.code in ratios)))
        else:
            bars.append(Bar(printable(unit.name), index, ratio, parts.get(unit.code)))
    bars.sort(key=lambda bar: -bar.ratio)
    return Ranking(chart, "", (), bars, silent)


def _why(unit: UnitColumn, known: bool) -> str:
    return unit.absent or (_NO_RATIO if known else _NO_FIGURES)


def _basis(cell: SummaryCell) -> str:
    stt = cell.spec.row.stt.strip()
    return " ".join(filter(None, (cell.spec.ref.appendix, stt, f"“{printable(figure_label(cell))}”")))


def printable(text: str) -> str:
    """A text without what a chart cannot hold."""
    return " ".join(_UNPRINTABLE.sub(" ", text).split())
