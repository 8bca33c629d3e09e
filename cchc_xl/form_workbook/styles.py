"""Cell formats of our workbooks, made once each. Print style by decree 30/2020: Times New Roman, black on white."""

from __future__ import annotations

from typing import Any

from cchc_xl.pages import BOTTOM, LEFT, NUMBER_FROM_EDGE, PAGE_NUMBER_SIZE, RIGHT, TOP
from cchc_xl.severity import Severity

FONT = "Times New Roman"
TABLE_SIZE = 12
INPUT_FILL = "#FFF9E3"
COMPUTED_FILL = "#E8EEF7"
HEADER_FILL = "#F2F2F2"
CORRECT_COLOUR = "#00703C"
BAD_FILL = "#F8CBAD"
GOOD_FILL = "#E2EFDA"
# Cells in question, in the report and in the appendices; each also bears its severity in words.
MARK_FILLS = {Severity.ERROR: "#F8CBAD", Severity.WARNING: "#FFE699", Severity.INFO: "#DDEBF7"}

NUMBER_FORMATS = {
    "count": "#,##0",
    "fraction": "#,##0.0##",
    # 100 and 0 need no decimals; everything else shows two. The value itself is not rounded.
    "ratio": "[=100]0;[=0]0;#,##0.00",
    "general": "General",
    "text": "@",
    "date": "dd/mm/yyyy",
    "moment": "dd/mm/yyyy hh:mm:ss",
    "time": "hh:mm:ss",
    "duration": "[h]:mm:ss",
}


def workbook_options() -> dict[str, Any]:
    """How our workbooks are opened in XlsxWriter (which writes into what it is given: a new one for each).

    No text that others wrote becomes a formula or a link. The default font is the unit of column widths: a digit of
    this one is 7 pixels wide like one of Excel's own, Calibri 11, and where Calibri is missing (LibreOffice) columns do
    not come out a third too wide.
    """
    return {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "default_format_properties": {"font_name": FONT, "font_size": 10.5},
    }


class Styles:
    """The formats of one workbook."""

    def __init__(self, workbook: Any) -> None:
        self.workbook = workbook
        self._made: dict[tuple[tuple[str, object], ...], Any] = {}

    def get(self, **properties: object) -> Any:
        """A format with these XlsxWriter properties on top of the house style."""
        full: dict[str, object] = {"font_name": FONT, "font_size": TABLE_SIZE, "valign": "vcenter", **properties}
        key = tuple(sorted(full.items()))
        if key not in self._made:
            self._made[key] = self.workbook.add_format(full)
        return self._made[key]

    def cell(self, **properties: object) -> Any:
        """A bordered table cell."""
        return self.get(**{"border": 1, "text_wrap": True, **properties})


def fit_rows_while_typing(sheet: Any) -> None:
    """Let Excel go on fitting the heights that we set: a note typed later makes its row grow.

    XlsxWriter marks every height as the user's own (``customHeight``), which stops Excel. Without the mark the height
    is a cached one (ECMA-376 part 1 §18.3.1.73) and other programs still have a true height to show.
    """
    start_tag = sheet._xml_start_tag_unencoded

    def without_mark(tag: str, attributes: list[tuple[str, object]]) -> None:
        if tag == "row":
            attributes = [pair for pair in attributes if pair[0] != "customHeight"]
        start_tag(tag, attributes)

    sheet._xml_start_tag_unencoded = without_mark


def decree_page(sheet: Any) -> None:
    """A4 by decree 30/2020: margins, one page wide, page number centred in the top margin from the second page on.

    XlsxWriter has no option for another first page (``differentFirst``, ECMA-376 part 1 §18.3.1.46).
    """
    sheet.set_paper(9)
    # XlsxWriter wants inches.
    sheet.set_margins(left=LEFT / 25.4, right=RIGHT / 25.4, top=TOP / 25.4, bottom=BOTTOM / 25.4)
    # The number keeps its size where the sheet is printed smaller.
    number = f'&C&"{FONT},Regular"&{PAGE_NUMBER_SIZE}&P'
    sheet.set_header(number, {"margin": NUMBER_FROM_EDGE / 25.4, "scale_with_doc": False})
    # Each appendix has page numbers of its own.
    sheet.set_start_page(1)
    sheet.hide_gridlines(2)
    start_tag = sheet._xml_start_tag

    def with_first_page(tag: str, attributes: list[tuple[str, object]] = []) -> None:  # noqa: B006 - XlsxWriter's own
        start_tag(tag, [("differentFirst", 1), *attributes] if tag == "headerFooter" else attributes)

    sheet._xml_start_tag = with_first_page
