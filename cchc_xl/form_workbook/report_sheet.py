"""The empty sheet "Kết quả kiểm tra": formats and colours stand ready, so that Kiểm tra only writes values."""

from __future__ import annotations

from typing import Any

from cchc_xl.form_workbook.styles import (
    GOOD_FILL,
    HEADER_FILL,
    INPUT_FILL,
    MARK_FILLS,
    Styles,
    decree_page,
    fit_rows_while_typing,
)
from cchc_xl.layout import LINE_HEIGHT, REPORT_SHEET, column_letters
from cchc_xl.report_layout import (
    ACTUAL,
    CELL,
    COLUMNS,
    EXPECTED,
    EXPLANATION,
    FIRST_ROW,
    FIXED,
    HEADER_ROW,
    HIDDEN,
    NOT_YET,
    PAGE,
    RULE,
    SEVERITY,
    STATUS,
    STYLED_ROWS,
    TEXT_ROWS,
    TEXT_TOP,
    TITLE,
    WIDTHS,
)
from cchc_xl.severity import Severity

_SIZE = 11
_CENTRED = (STATUS, SEVERITY, PAGE, CELL, RULE)
_FIGURES = (ACTUAL, EXPECTED)


def write_report_sheet(workbook: Any, styles: Styles) -> None:
    """Add the sheet to a workbook that is being built."""
    sheet = workbook.add_worksheet(REPORT_SHEET)
    fit_rows_while_typing(sheet)
    _page(sheet)
    for index, title in enumerate(COLUMNS):
        sheet.set_column(index, index, WIDTHS[title], _column_style(styles, title), {"hidden": title in HIDDEN})
    above = styles.get(text_wrap=False, num_format="@")
    sheet.write_string(0, 0, TITLE, styles.get(bold=True, font_size=14))
    for row in range(TEXT_TOP, TEXT_TOP + TEXT_ROWS + 1):
        for index in range(len(COLUMNS)):
            sheet.write_blank(row, index, None, above)
    for index in range(1, len(COLUMNS)):
        sheet.write_blank(0, index, None, above)
    sheet.write_string(TEXT_TOP, 0, NOT_YET, above)
    header = styles.cell(bold=True, align="center", bg_color=HEADER_FILL, font_size=_SIZE)
    for index, title in enumerate(COLUMNS):
        sheet.write_string(HEADER_ROW, index, title, header)
    sheet.set_row(HEADER_ROW, 2 * LINE_HEIGHT)
    sheet.freeze_panes(FIRST_ROW, COLUMNS.index(CELL) + 1)
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
    properties: dict[str, object] = {"valign": "top", "text_wrap": True, "font_size": _SIZE}
    if title in _CENTRED:
        properties["align"] = "center"
    if title == CELL:
        properties |= {"font_color": "#0563C1", "underline": 1}
    if title in _FIGURES:
        properties |= {"align": "right"}
    if title == EXPLANATION:
        properties |= {"locked": False, "num_format": "@"}
    return styles.get(**properties)


def _colours(sheet: Any, styles: Styles) -> None:
    """Borders where a finding stands, the colour of its severity, and the open cell for its explanation."""
    first, last = FIRST_ROW, FIRST_ROW + STYLED_ROWS - 1
    letter = {title: column_letters(index) for index, title in enumerate(COLUMNS)}
    cell = f"${letter[RULE]}{first + 1}"

    def colour(titles: tuple[str, str], test: str, **properties: object) -> None:
        left, right = (COLUMNS.index(title) for title in titles)
        style = styles.workbook.add_format(properties)
        sheet.conditional_format(first, left, last, right, {"type": "formula", "criteria": f"={test}", "format": style})

    whole = (COLUMNS[0], COLUMNS[-1])
    word = f"${letter[SEVERITY]}{first + 1}"
    mended = f'AND(${letter[STATUS]}{first + 1}="{FIXED}",{cell}<>"")'
    colour((STATUS, SEVERITY), mended, bg_color=GOOD_FILL, bold=True)
    for severity in Severity:
        colour((STATUS, SEVERITY), f'{word}="{severity.word}"', bg_color=MARK_FILLS[severity], bold=True)
    explained = f'AND({word}="{Severity.WARNING.word}",{cell}<>"")'
    colour((EXPLANATION, EXPLANATION), explained, bg_color=INPUT_FILL)
    colour(whole, f'{cell}<>""', border=1)
