"""Cell formats of our workbooks, made once each. Print style by decree 30/2020: Times New Roman, black on white."""

from __future__ import annotations

from typing import Any

from cchc_xl.severity import Severity

FONT = "Times New Roman"
TABLE_SIZE = 12
INPUT_FILL = "#FFF9E3"
COMPUTED_FILL = "#E8EEF7"
HEADER_FILL = "#F2F2F2"
CHECK_SIZE = 10
CORRECT_COLOUR = "#00703C"
BAD_FILL = "#F8CBAD"
# Cells in question, in the report and in the appendices; each also bears its severity in words.
MARK_FILLS = {Severity.ERROR: "#F8CBAD", Severity.WARNING: "#FFE699", Severity.INFO: "#DDEBF7"}
MENDED_FILL = "#E2EFDA"

NUMBER_FORMATS = {
    "count": "#,##0",
    "money": "#,##0.###;-#,##0.###;0",
    # 100 and 0 need no decimals; everything else shows two. The value itself is not rounded.
    "ratio": "[=100]0;[=0]0;#,##0.00",
    "general": "General",
    "text": "@",
    "date": "dd/mm/yyyy",
    "moment": "dd/mm/yyyy hh:mm:ss",
    "time": "hh:mm:ss",
    "duration": "[h]:mm:ss",
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
