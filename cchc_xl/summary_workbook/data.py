"""The sheet "Dữ liệu": the tidy table, ready for a PivotTable."""

from __future__ import annotations

from typing import Any

from cchc_xl.consolidation.summary import Summary
from cchc_xl.form_workbook.styles import Styles
from cchc_xl.summary_workbook.page import Page
from cchc_xl.summary_workbook.sources import make_table
from cchc_xl.summary_workbook.tidy import COLUMNS, tidy

DATA_SHEET = "Dữ liệu"
_WIDTHS = (10.0, 24.0, 11.0, 38.0, 60.0, 14.0, 18.0, 9.0)


def write_data(workbook: Any, styles: Styles, summary: Summary) -> None:
    """Add the sheet."""
    page = Page(workbook, styles, DATA_SHEET, _WIDTHS)
    at = 0
    for at, row in enumerate(tidy(summary).itertuples(index=False), start=1):
        for column, content in enumerate(row):
            page.put(at, column, content)
    make_table(page, list(COLUMNS), at, "DuLieu")
    page.finish()
