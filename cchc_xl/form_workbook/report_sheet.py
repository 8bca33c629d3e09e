"""The empty sheet "Kết quả kiểm tra": formats and colours stand ready, so that Kiểm tra only writes values."""

from __future__ import annotations

from typing import Any

from cchc_xl.form_workbook.report_look import (
    CENTRED,
    FIGURES,
    FROZEN,
    HEADER_HEIGHT,
    LINK_COLOUR,
    SIZE,
    TITLE_SIZE,
    colours,
)
from cchc_xl.form_workbook.styles import HEADER_FILL, Styles, decree_page, fit_rows_while_typing
from cchc_xl.layout import REPORT_SHEET
from cchc_xl.report_layout import (
    CELL,
    COLUMNS,
    EXPLANATION,
    FIRST_ROW,
    HEADER_ROW,
    HIDDEN,
    NOT_YET,
    STYLED_ROWS,
    TEXT_ROWS,
    TEXT_TOP,
    TITLE,
    WIDTHS,
)


def write_report_sheet(workbook: Any, styles: Styles) -> None:
    """Add the sheet to a workbook that is being built."""
    sheet = workbook.add_worksheet(REPORT_SHEET)
    fit_rows_while_typing(sheet)
    _page(sheet)
    for index, title in enumerate(COLUMNS):
        sheet.set_column(index, index, WIDTHS[title], _column_style(styles, title), {"hidden": title in HIDDEN})
    above = styles.get(text_wrap=False, num_format="@")
    sheet.write_string(0, 0, TITLE, styles.get(bold=True, font_size=TITLE_SIZE))
    for row in range(TEXT_TOP, TEXT_TOP + TEXT_ROWS + 1):
        for index in range(len(COLUMNS)):
            sheet.write_blank(row, index, None, above)
    for index in range(1, len(COLUMNS)):
        sheet.write_blank(0, index, None, above)
    sheet.write_string(TEXT_TOP, 0, NOT_YET, above)
    header = styles.cell(bold=True, align="center", bg_color=HEADER_FILL, font_size=SIZE)
    for index, title in enumerate(COLUMNS):
        sheet.write_string(HEADER_ROW, index, title, header)
    sheet.set_row(HEADER_ROW, HEADER_HEIGHT)
    sheet.freeze_panes(FIRST_ROW, COLUMNS.index(FROZEN) + 1)
    sheet.autofilter(HEADER_ROW, 0, FIRST_ROW + STYLED_ROWS, len(COLUMNS) - 1)
    _colours(sheet, styles)
    sheet.protect("", {"format_rows": True, "format_columns": True, "autofilter": True})


def _page(sheet: Any) -> None:
    decree_page(sheet)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADER_ROW)


def _column_style(styles: Styles, title: str) -> Any:
    """What Kiểm tra writes into the column takes this format."""
    properties: dict[str, object] = {"valign": "top", "text_wrap": True, "font_size": SIZE}
    if title in CENTRED:
        properties["align"] = "center"
    if title == CELL:
        properties |= {"font_color": LINK_COLOUR, "underline": 1}
    if title in FIGURES:
        properties |= {"align": "right"}
    if title == EXPLANATION:
        properties |= {"locked": False, "num_format": "@"}
    return styles.get(**properties)


def _colours(sheet: Any, styles: Styles) -> None:
    for colour in colours():
        properties: dict[str, object] = {"bg_color": colour.fill} if colour.fill else {}
        if colour.bold:
            properties["bold"] = True
        if colour.border:
            properties["border"] = 1
        left, right = COLUMNS.index(colour.first), COLUMNS.index(colour.last)
        style = styles.workbook.add_format(properties)
        rule = {"type": "formula", "criteria": f"={colour.test}", "format": style}
        sheet.conditional_format(FIRST_ROW, left, FIRST_ROW + STYLED_ROWS - 1, right, rule)
