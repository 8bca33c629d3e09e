"""The sheet "Nguồn số liệu": for every contributing figure its unit, file, hash, sheet and cell."""

from __future__ import annotations

from typing import Any

from cchc_xl.consolidation.summary import Summary
from cchc_xl.form_workbook.styles import Styles
from cchc_xl.summary_workbook.page import Page
from cchc_xl.summary_workbook.plan import figure_label
from cchc_xl.summary_workbook.remarks import contribution

SOURCES_SHEET = "Nguồn số liệu"
_COLUMNS = (
    ("Phụ lục", 8.0),
    ("STT", 8.0),
    ("Chỉ tiêu", 46.0),
    ("Mã đơn vị", 10.0),
    ("Đơn vị", 22.0),
    ("Tệp", 28.0),
    ("SHA-256", 34.0),
    ("Trang", 8.0),
    ("Ô", 8.0),
    ("Giá trị", 13.0),
    ("Đóng góp", 30.0),
)


def write_sources(workbook: Any, styles: Styles, summary: Summary) -> None:
    """Add the sheet."""
    page = Page(workbook, styles, SOURCES_SHEET, [width for _, width in _COLUMNS])
    hashes = {file.received.file: file.received.sha256 for file in summary.files}
    at = 0
    for cell in summary.cells:
        label = figure_label(cell)
        for source in (single for given in cell.sources for single in given.addends or (given,)):
            if source.number is None and source.parts is None:
                continue
            at += 1
            child = source.child
            entry = child.submission.entries[source.ref]
            file = child.submission.file
            titles = (
                cell.spec.ref.appendix,
                cell.spec.row.stt,
                label,
                child.unit_code,
                child.unit,
                file,
                hashes.get(file, ""),
                entry.sheet,
                entry.address,
            )
            for column, text in enumerate(titles):
                page.put(at, column, text)
            page.put(at, 9, source.number)
            page.put(at, 10, contribution(cell, source), align="right")
    make_table(page, [heading for heading, _ in _COLUMNS], at, "NguonSoLieu")


def make_table(page: Page, headings: list[str], last: int, name: str) -> None:
    """Make the rows below row 1 an Excel table with these headings."""
    page.header(0, headings)
    columns = [{"header": heading, "header_format": page.header_style()} for heading in headings]
    # A table needs one row even when there is nothing to show.
    page.sheet.add_table(
        0, 0, max(last, 1), len(headings) - 1, {"name": name, "columns": columns, "style": "Table Style Light 1"}
    )
    page.sheet.freeze_panes(1, 0)
    page.finish()
