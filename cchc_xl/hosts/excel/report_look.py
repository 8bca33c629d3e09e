"""The report's sheet laid out in the open workbook, where it did not come with the form or lost its columns."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from cchc_xl.form_workbook.report_look import (
    CENTRED,
    FIGURES,
    FROZEN,
    HEADER_HEIGHT,
    LINK_COLOUR,
    SIZE,
    TITLE_SIZE,
    Colour,
    colours,
)
from cchc_xl.form_workbook.styles import FONT, HEADER_FILL
from cchc_xl.report_layout import (
    CELL,
    COLUMNS,
    EXPLANATION,
    FIRST_ROW,
    HEADER_ROW,
    HIDDEN,
    TITLE,
    WIDTHS,
)

# Findings beyond these are shown without colours. Fewer than the builder's: each cell costs time while a user waits.
_ROWS = 500
# XlHAlign, XlVAlign, XlFormatConditionType, XlFormatConditionOperator, XlLineStyle.
_CENTRE, _RIGHT, _TOP = -4108, -4152, -4160
_EXPRESSION, _EQUAL = 2, 3
_CONTINUOUS = 1
_A4, _LANDSCAPE = 9, 2  # xlPaperA4, xlLandscape


def lay_out(sheet: Any) -> None:
    """Headings, widths, alignments and colours as in a new workbook of a form. The sheet comes to the front.

    A report says everything in words: without what a host or a moment refuses of its look it is still the report.
    """
    sheet.clear()
    sheet.activate()
    for index, title in enumerate(COLUMNS, start=1):
        sheet.range((1, index), (1, index)).column_width = 0 if title in HIDDEN else WIDTHS[title]
    sheet.range((1, 1)).value = TITLE
    sheet.range((HEADER_ROW + 1, 1)).value = list(COLUMNS)
    _columns(sheet, EXPLANATION, EXPLANATION).number_format = "@"
    for part in (_heads, _body, _colours, _view, _page):
        with suppress(Exception):
            part(sheet)


def _heads(sheet: Any) -> None:
    title = sheet.range((1, 1))
    header = sheet.range((HEADER_ROW + 1, 1), (HEADER_ROW + 1, len(COLUMNS)))
    for cells, size in ((title, TITLE_SIZE), (header, SIZE)):
        cells.font.bold = True
        cells.font.size = size
        cells.font.name = FONT
    header.color = HEADER_FILL
    header.wrap_text = True
    header.row_height = HEADER_HEIGHT
    header.api.HorizontalAlignment = _CENTRE
    header.api.VerticalAlignment = _CENTRE
    header.api.Borders.LineStyle = _CONTINUOUS


def _body(sheet: Any) -> None:
    body = _columns(sheet, COLUMNS[0], COLUMNS[-1])
    body.wrap_text = True
    body.font.size = SIZE
    body.font.name = FONT
    _columns(sheet, CELL, CELL).font.color = LINK_COLOUR
    body.api.VerticalAlignment = _TOP
    _columns(sheet, EXPLANATION, EXPLANATION).api.Locked = False
    for title in CENTRED:
        _columns(sheet, title, title).api.HorizontalAlignment = _CENTRE
    for title in FIGURES:
        _columns(sheet, title, title).api.HorizontalAlignment = _RIGHT


def _colours(sheet: Any) -> None:
    # Excel takes the tests as seen from the active cell.
    sheet.range((FIRST_ROW + 1, 1)).select()
    for colour in colours():
        _colour(sheet, colour)


def _columns(sheet: Any, first: str, last: str) -> Any:
    left, right = COLUMNS.index(first) + 1, COLUMNS.index(last) + 1
    return sheet.range((FIRST_ROW + 1, left), (FIRST_ROW + _ROWS, right))


def _colour(sheet: Any, colour: Colour) -> None:
    # By position: late-bound COM objects take no keywords.
    condition = _columns(sheet, colour.first, colour.last).api.FormatConditions.Add(
        _EXPRESSION, _EQUAL, f"={colour.test}"
    )
    if colour.fill:
        condition.Interior.Color = _rgb(colour.fill)
    if colour.bold:
        condition.Font.Bold = True
    if colour.border:
        condition.Borders.LineStyle = _CONTINUOUS


def _rgb(colour: str) -> int:
    """``#RRGGBB`` as Excel counts colours: red in the lowest byte."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red + (green << 8) + (blue << 16)


def _view(sheet: Any) -> None:
    window = sheet.book.app.api.ActiveWindow
    window.FreezePanes = False
    window.ScrollRow = window.ScrollColumn = 1
    window.SplitRow, window.SplitColumn = FIRST_ROW, COLUMNS.index(FROZEN) + 1
    window.FreezePanes = True
    window.DisplayGridlines = False


def _page(sheet: Any) -> None:
    """Landscape and one page wide. Last: without a printer Excel has no page to set up."""
    page = sheet.api.PageSetup
    page.PaperSize, page.Orientation = _A4, _LANDSCAPE
    page.Zoom = False
    page.FitToPagesWide, page.FitToPagesTall = 1, False
    page.PrintTitleRows = f"${HEADER_ROW + 1}:${HEADER_ROW + 1}"
