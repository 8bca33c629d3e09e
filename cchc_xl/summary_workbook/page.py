"""What the accounting sheets share: the page, the header row, and cells that can only ever be text or number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from cchc_xl import excel_limits
from cchc_xl.form_workbook.styles import HEADER_FILL, NUMBER_FORMATS, Styles
from cchc_xl.lettering import text_lines
from cchc_xl.summary_workbook.streamed import Row, StreamedSheet

SIZE = 11
_LINE_HEIGHT = 14.5
_MOST_HEIGHT = 409.0  # Excel's own limit, in points
_CUT = "… [cắt bớt: ô Excel không chứa hết]"


class Page:
    """A sheet that is being written: A4 landscape, fit to its width, Times New Roman."""

    def __init__(self, workbook: Any, styles: Styles, name: str, widths: Sequence[float]) -> None:
        self.styles = styles
        self.widths = widths
        self.lines: dict[int, int] = {}
        self.sheet = workbook.add_worksheet(name, StreamedSheet)
        self.sheet.set_paper(9)
        self.sheet.set_landscape()
        self.sheet.set_margins(left=0.6, right=0.4, top=0.7, bottom=0.6)
        self.sheet.set_header('&L&"Times New Roman,Italic"&10&A&R&"Times New Roman,Regular"&10&P')
        self.sheet.fit_to_pages(1, 0)
        for index, width in enumerate(widths):
            self.sheet.set_column(index, index, width)

    def heading(self, row: int, text: str, **properties: object) -> None:
        """A line above the table; it runs over the cells to its right."""
        self.sheet.write_string(row, 0, clean(text), self.styles.get(**properties))

    def header(self, row: int, headings: Sequence[str]) -> None:
        """The table's header row: repeated on every page, and everything above it stays on the screen."""
        style = self.header_style()
        for index, heading in enumerate(headings):
            self.text(row, index, heading, style)
        self.sheet.repeat_rows(row)

    def header_style(self) -> Any:
        """The format of a header cell."""
        return self.styles.cell(bold=True, align="center", font_size=SIZE, bg_color=HEADER_FILL)

    def style(self, **properties: object) -> Any:
        """The format of a table cell."""
        return self.styles.cell(**{"font_size": SIZE, "valign": "top", **properties})

    def text(self, row: int, column: int, text: str, style: Any) -> None:
        """A text; always stored as text, whatever it looks like."""
        safe = clean(text)
        self.sheet.write_string(row, column, safe, style)
        self.lines[row] = max(self.lines.get(row, 1), lines_needed(safe, self.widths[column], style.bold))

    def put(self, row: int, column: int, content: str | int | float | Decimal | None, **properties: object) -> None:
        """A table cell: a number right-aligned, a text, or nothing."""
        if content is None or content == "":
            self.sheet.write_blank(row, column, None, self.style(**properties))
        elif isinstance(content, str):
            self.text(row, column, content, self.style(**properties))
        else:
            number_format = {"num_format": plain_format([Decimal(content)]), **properties}
            self.sheet.write_number(row, column, float(content), self.style(**number_format))

    def stream(self, first: int, last: int, rows: Iterable[TableRow]) -> None:
        """Put the table's long body below what was written so far; its rows are made when the file is written."""
        self.sheet.stream(first, last, len(self.widths) - 1, (row.xml() for row in rows))

    def finish(self) -> None:
        """Set the heights: nothing types into these sheets, and not every program fits rows to their text."""
        for row, lines in self.lines.items():
            self.sheet.set_row(row, _height(lines))


class TableRow(Row):
    """A row of a table's long body; it is made as high as its texts need."""

    __slots__ = ("_lines", "_widths")

    def __init__(self, page: Page, row: int) -> None:
        super().__init__(row)
        self._widths = page.widths
        self._lines = 1

    def text(self, column: int, text: str, style: Any) -> None:
        """A text; always stored as text, whatever it looks like."""
        safe = clean(text)
        super().text(column, safe, style)
        if style.text_wrap:
            self._lines = max(self._lines, lines_needed(safe, self._widths[column], style.bold))

    def xml(self, height: float | None = None) -> str:
        """The row as XML."""
        return super().xml(height or _height(self._lines))


def _height(lines: int) -> float:
    return min(_MOST_HEIGHT, _LINE_HEIGHT * lines + 2)


@lru_cache(maxsize=65536)
def lines_needed(text: str, width: float, bold: bool) -> int:
    """Lines that a text needs in a column of so many characters."""
    if len(text) <= width / 2 and "\n" not in text:  # even of the widest letters
        return 1
    return text_lines(text, width, SIZE, bold=bold)


def clean(text: str) -> str:
    """A text that a workbook can hold, without what XML cannot carry (undecodable file names).

    What is longer than a cell can be says at its end that it was cut: no program writes such a text into a submission.
    """
    return _clean_short(text) if len(text) <= _SHORT else _clean(text)


def _clean(text: str) -> str:
    safe = text.encode("utf-8", "replace").decode("utf-8").replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd")
    if excel_limits.text_length(safe) <= excel_limits.TEXT:
        return safe
    kept = safe.encode("utf-16-le")[: 2 * (excel_limits.TEXT - len(_CUT))]
    return kept.decode("utf-16-le", "ignore") + _CUT


# Units, rows and measures return in thousands of rows; long texts would only fill the memory.
_SHORT = 200
_clean_short = lru_cache(maxsize=32_768)(_clean)


def plain_format(numbers: Sequence[int | Decimal]) -> str:
    """Thousands marks for whole numbers; where there are decimals, all of them are shown."""
    whole = all(isinstance(number, int) or number == number.to_integral_value() for number in numbers)
    return NUMBER_FORMATS["count"] if whole else NUMBER_FORMATS["general"]
