"""A summary as a tidy table: one figure of one unit in each row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cchc_xl.consolidation.summary import Summary
from cchc_xl.summary_workbook.plan import figure_label

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("Mã đơn vị", "Đơn vị", "Kỳ", "Mã chỉ tiêu", "Chỉ tiêu", "Giá trị", "Đơn vị tính", "Phụ lục")


def tidy(summary: Summary) -> pd.DataFrame:
    """One row for each figure that a unit gave, in form order; what is no number is not in it."""
    import pandas as pd

    rows = [
        (
            source.child.unit_code,
            source.child.unit,
            summary.period,
            cell.spec.code,
            figure_label(cell),
            float(source.number),
            " ".join(cell.spec.row.unit.split()),
            cell.spec.ref.appendix,
        )
        for cell in summary.cells
        for source in cell.sources
        if source.number is not None
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))
