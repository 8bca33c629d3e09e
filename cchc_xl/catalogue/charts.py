"""The charts of a summary as data: which ratio of the units each one ranks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable

from cchc_xl.catalogue.model import Quantity, Rollup
from cchc_xl.catalogue.tables import Faults, Line, read_table

_COLUMNS = ("title", "unit", "ratio", "numerator", "denominator")
_RATIOS = (Rollup.RECOMPUTE, Rollup.SPREAD)


@dataclass(frozen=True, slots=True)
class ChartSpec:
    """A chart. ``ratios``: codes, the first that a form has with figures counts; else the first of ``parts``."""

    title: str
    unit: str
    ratios: tuple[str, ...]
    parts: tuple[tuple[str, str], ...]


def read_charts(root: Traversable, quantities: Mapping[str, Quantity], faults: Faults) -> tuple[ChartSpec, ...]:
    """The charts of a catalogue folder; faults go to the collector."""
    lines = read_table(root.joinpath("charts.tsv"), "charts.tsv", _COLUMNS, faults)
    charts = tuple(_chart(line, quantities, faults) for line in lines)
    titles = [chart.title for chart in charts]
    for line, title in zip(lines, titles, strict=True):
        if not title:
            faults.add(line.place, "biểu đồ thiếu title")
        elif titles.index(title) != lines.index(line):
            faults.add(line.place, f"biểu đồ “{title}” đã có ở trên")
    return charts


def _chart(line: Line, quantities: Mapping[str, Quantity], faults: Faults) -> ChartSpec:
    def codes(column: str, allowed: tuple[Rollup, ...]) -> tuple[str, ...]:
        found = tuple(code.strip() for code in line[column].split("|") if code.strip())
        for code in found:
            if code not in quantities:
                faults.add(line.place, f"{column}: mã {code} không có trong quantities.tsv")
            elif quantities[code].rollup not in allowed:
                faults.add(line.place, f"{column}: mã {code} có rollup {quantities[code].rollup.value}, không vẽ được")
        return found

    ratios = codes("ratio", _RATIOS)
    tops, bottoms = codes("numerator", (Rollup.SUM,)), codes("denominator", (Rollup.SUM,))
    if len(tops) != len(bottoms):
        faults.add(line.place, f"có {len(tops)} mã ở numerator nhưng {len(bottoms)} mã ở denominator")
    if not ratios and not tops:
        faults.add(line.place, "biểu đồ thiếu ratio, hoặc numerator và denominator")
    return ChartSpec(line["title"].strip(), line["unit"].strip(), ratios, tuple(zip(tops, bottoms, strict=False)))
