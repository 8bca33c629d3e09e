"""The guide: one screen on how to fill, what colours and signs mean, what the buttons and sheets do."""

from __future__ import annotations

from typing import Any

from cchc_xl.cover import GUIDE_SHEET
from cchc_xl.form_workbook.guide_texts import FILLING, FILLING_TITLE, OF_SUMMARY, SUMMARY_TITLE
from cchc_xl.form_workbook.styles import Styles, decree_page
from cchc_xl.layout import LINE_HEIGHT
from cchc_xl.lettering import text_lines

_WIDTHS = (20.0, 88.0)


def write_guide(workbook: Any, styles: Styles, *, of_summary: bool) -> None:
    """Add the sheet."""
    title, lines = (SUMMARY_TITLE, OF_SUMMARY) if of_summary else (FILLING_TITLE, FILLING)
    sheet = workbook.add_worksheet(GUIDE_SHEET)
    decree_page(sheet)
    sheet.fit_to_pages(1, 1)
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.merge_range(0, 0, 0, 1, title, styles.get(bold=True, font_size=14, align="center"))
    sheet.set_row(0, 24)
    for row, line in enumerate(lines, start=1):
        if isinstance(line, str):
            sheet.merge_range(row, 0, row, 1, line, styles.get(bold=True, valign="bottom"))
            sheet.set_row(row, LINE_HEIGHT + 5)
            continue
        sign, meaning, look = line
        sheet.write_string(row, 0, sign, styles.cell(align="center", **look))
        sheet.write_string(row, 1, meaning, styles.cell(indent=1))
        sheet.set_row(row, LINE_HEIGHT * text_lines(meaning, _WIDTHS[1] - 1.5) + 3)
    sheet.print_area(0, 0, len(lines), len(_WIDTHS) - 1)
    sheet.protect("")
