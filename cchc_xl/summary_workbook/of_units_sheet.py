"""The hidden sheet that tells the next level's merge what one number in the form does not (``of_units``)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from cchc_xl.catalogue.model import Rollup
from cchc_xl.consolidation.lines import SummaryCell
from cchc_xl.consolidation.summary import Summary
from cchc_xl.of_units import OF_UNITS_SHEET, OfUnits
from cchc_xl.own_part import cell_key

_RANGES = (Rollup.SHARED, Rollup.DISTINCT, Rollup.SPREAD)


def write_of_units(workbook: Any, summary: Summary) -> None:
    """Add the sheet: one cell of the form in each line."""
    sheet = workbook.add_worksheet(OF_UNITS_SHEET)
    told = [(cell_key(cell.spec.ref), together) for cell in summary.cells if (together := together_of(cell))]
    for at, (key, together) in enumerate(told):
        for column, text in enumerate((key, *together.row())):
            sheet.write_string(at, column, text)
    sheet.very_hidden()
    sheet.protect("")


def together_of(cell: SummaryCell) -> OfUnits | None:
    """What a line's units gave together; ``None`` where the figure of the form says it all."""
    if cell.n_units and cell.counts and cell.rollup in (Rollup.COUNT_YES, Rollup.DISTRIBUTION):
        return OfUnits(counts=cell.counts)
    if cell.rollup is Rollup.RECOMPUTE and cell.minimum is None:
        pairs = cell.sources.parts.values()
        return OfUnits(parts=(Decimal(sum(top for top, _ in pairs)), Decimal(sum(bottom for _, bottom in pairs))))
    if cell.minimum is None or cell.maximum is None:
        return None
    if cell.rollup is Rollup.DISTINCT and cell.value is not None:
        return OfUnits(cell.value, cell.value)
    if cell.rollup in _RANGES or cell.rollup is Rollup.RECOMPUTE:
        return OfUnits(cell.minimum, cell.maximum)
    return None
