"""The sheet "Dữ liệu": the tidy table, ready for a PivotTable, or where the file is that holds it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cchc_xl.consolidation.contribution import Number
from cchc_xl.consolidation.summary import Summary
from cchc_xl.form_workbook.styles import Styles
from cchc_xl.summary_workbook.page import Page, TableRow, plain_format
from cchc_xl.summary_workbook.tables import header_row, make_table
from cchc_xl.summary_workbook.tidy import COLUMNS, tidy_count, tidy_lines

DATA_SHEET = "Dữ liệu"
BESIDE = "tệp "
_WIDTHS = (10.0, 24.0, 11.0, 38.0, 60.0, 14.0, 18.0, 9.0)


def write_data(workbook: Any, styles: Styles, summary: Summary) -> None:
    """Add the sheet; where files beside the workbook hold the table, it names them."""
    page = Page(workbook, styles, DATA_SHEET, _WIDTHS)
    last = tidy_count(summary)
    if summary.beside:
        page.heading(0, f"Bảng số liệu gốc có {last:,} dòng".replace(",", "."), bold=True)
        page.heading(1, f"Bảng được ghi ở {BESIDE}{'; '.join(summary.beside)}, cùng thư mục với sổ này; mở bằng Excel.")
        if len(summary.beside) > 1:
            page.heading(
                2, f"Bảng dài hơn một trang Excel nên được chia thành {len(summary.beside)} tệp nối tiếp nhau."
            )
        page.heading(3, f"Các cột: {', '.join(COLUMNS)}.", italic=True)
        page.finish()
        return
    page.stream(0, last, _rows(page, summary))
    make_table(page, COLUMNS, 0, last, "DuLieu")
    page.sheet.repeat_rows(0)
    page.sheet.freeze_panes(1, 0)


def _rows(page: Page, summary: Summary) -> Iterator[TableRow]:
    yield header_row(page, 0, COLUMNS)
    text = page.style()
    formats: dict[bool, Any] = {}

    def style(number: Number) -> Any:
        whole = isinstance(number, int)
        if whole not in formats:
            formats[whole] = page.style(num_format=plain_format([number]))
        return formats[whole]

    for at, line in enumerate(tidy_lines(summary), start=1):
        row = TableRow(page, at)
        for column, content in enumerate(line):
            if isinstance(content, str):
                row.text(column, content, text)
            else:
                row.number(column, content, style(content))
        yield row
