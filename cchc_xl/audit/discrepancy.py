"""What an audit finds and how it ends. Findings are data."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

Shown = Decimal | str | None  # what a cell shows; ``None`` when nothing stands there


class Kind(StrEnum):
    """What does not agree."""

    FILE = "file"  # a file that is gone, changed, unreadable, or accounted for nowhere
    UNIT = "unit"  # the sheets disagree on whose figures stand in a column and from which file
    SOURCE = "source"  # a figure without a source, a source that is none, a figure of a file that is counted nowhere
    FIGURE = "figure"  # a unit's figure is not that of its file
    TOTAL = "total"  # a total is not what the figures give
    FORMULA = "formula"  # a live formula is not the one that belongs there, or a constant took its place
    FORM = "form"  # the form does not show the total
    TABLE = "table"  # "Dữ liệu", or a file beside, does not hold the units' figures
    CHART = "chart"  # what a chart is drawn from is not what "Theo đơn vị" shows


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One thing that does not agree. ``message`` is one sentence: what, where, what to do.

    ``row``: the line as printed; ``cell``: the cell of the summary that is wrong and ``shown`` what stands in it;
    ``source``: the cell of the unit's file (or what was added up) and ``expected`` what it gives.
    """

    kind: Kind
    message: str
    unit_code: str = ""
    unit: str = ""
    file: str = ""
    row: str = ""
    cell: str = ""
    shown: Shown = None
    source: str = ""
    expected: Shown = None


@dataclass(frozen=True, slots=True)
class Audit:
    """How an audit ended: what was compared, and what does not agree.

    ``typed``: figures of the form that come from no unit, each in a few words. The parent may enter them.
    """

    summary: str
    folder: str
    form: str
    period: str
    units: int = 0
    files: int = 0
    figures: int = 0
    totals: int = 0
    found: tuple[Discrepancy, ...] = ()
    typed: tuple[str, ...] = ()
