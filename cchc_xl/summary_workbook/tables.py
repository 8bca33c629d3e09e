"""Excel tables whose rows are streamed."""

from __future__ import annotations

from collections.abc import Sequence

from cchc_xl.summary_workbook.page import Page, TableRow


def header_row(page: Page, at: int, headings: Sequence[str]) -> TableRow:
    """A table's header among streamed rows."""
    row = TableRow(page, at)
    for column, heading in enumerate(headings):
        row.text(column, heading, page.header_style())
    return row


def make_table(page: Page, headings: Sequence[str], first: int, last: int, name: str) -> None:
    """Make an Excel table of the header in row ``first`` and the rows below it; after its rows were streamed."""
    columns = [{"header": heading, "header_format": page.header_style()} for heading in headings]
    # A table needs one row even when there is nothing to show.
    page.sheet.add_table(
        first,
        0,
        max(last, first + 1),
        len(headings) - 1,
        {"name": name, "columns": columns, "style": "Table Style Light 1"},
    )
