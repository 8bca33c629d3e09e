"""The sheets of an OpenDocument spreadsheet (.ods).

OpenDocument 1.3 part 3: §9.1 (table, table-row, table-cell, and how often each is repeated), §19.385 (value-type);
``table:visibility`` hides rows and columns, ``table:display`` in its style a sheet; ``number:display-factor`` divides
what a cell shows.
Not through calamine: it lays out every repeated row without a limit, and does not tell a percentage from a fraction.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping

from cchc_xl.ooxml.limits import Limits
from cchc_xl.readers.extent import parse
from cchc_xl.readers.foreign.table import ForeignTable, SparseRows, TooLarge, attributes
from cchc_xl.readers.number_scales import PERCENT, as_shown
from cchc_xl.values import BLANK, State, Value, from_cell, from_text

CONTENT, STYLES = "content.xml", "styles.xml"
SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"
TEXT = b"application/vnd.oasis.opendocument.text"

_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
_STYLE = "urn:oasis:names:tc:opendocument:xmlns:style:1.0 style"
_NUMBER = "urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0 number"
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0 "
_ANNOTATION = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 annotation"
_EXTENSION = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 value-type"
_SIGNS = {f"{_TEXT}tab": " ", f"{_TEXT}line-break": "\n"}
_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384


def open_document_tables(content: bytes, styles: bytes, limits: Limits) -> list[ForeignTable]:
    """The sheets in their order. Raises ``ValueError`` for no XML and ``TooLarge`` for what no form holds."""
    if content.count(b"<") + styles.count(b"<") > limits.tags:
        raise TooLarge
    reading = _Reading(limits)
    if styles:
        parse(styles, reading.note_style, namespaces=True)
    parse(content, reading.start, reading.end, reading.text, namespaces=True)
    return [
        ForeignTable(
            sheet.name,
            sheet.cells.laid_out(),
            worksheet=True,
            boxes=sheet.cells.boxes,
            hidden_rows=frozenset(
                row for first, end in sheet.hidden_rows for row in range(first, min(end, sheet.rows))
            ),
            hidden_columns=frozenset(sheet.hidden_columns),
            hidden=sheet.hidden,
        )
        for sheet in reading.sheets
    ]


class _Sheet:
    """A sheet while it is read."""

    def __init__(self, name: str, limits: Limits, *, hidden: bool) -> None:
        self.name = name
        self.hidden = hidden
        self.cells = SparseRows(limits)
        self.hidden_rows: list[tuple[int, int]] = []
        self.hidden_columns: set[int] = set()
        # Runs of columns: up to where, and the style of their cells.
        self.ends: list[int] = []
        self.styles: list[str] = []

    @property
    def rows(self) -> int:
        """How many rows hold anything."""
        return self.cells.rows


class _Reading:
    """What the parser calls."""

    def __init__(self, limits: Limits) -> None:
        self.sheets: list[_Sheet] = []
        self._limits = limits
        self._depth = self._skipped = 0
        self._row = self._column = 0
        self._rows = self._columns = 1  # how often the row and the cell that were begun last are repeated
        self._line: list[tuple[int, int, Value]] = []
        self._style = ""
        self._powers: dict[str, int] = {}  # of the styles that divide what is shown
        self._hidden_styles: set[str] = set()
        self._defined = 0  # columns whose visibility was told
        self._cell: dict[str, str] | None = None
        self._paragraphs: list[list[str]] = []
        self._in_paragraph = 0

    def start(self, name: str, flat: list[str]) -> None:
        if self._skipped or name == _ANNOTATION:
            self._skipped += 1
        elif name == f"{_TABLE}table":
            self._depth += 1
            if self._depth == 1:
                self._begin_sheet(attributes(flat))
        elif not self._depth:
            self.note_style(name, flat)
        elif self._depth != 1:
            return  # a table within a cell belongs to a chart or a form
        elif name == f"{_TABLE}table-column":
            self._note_column(flat)
        elif name == f"{_TABLE}table-row":
            self._rows = _repeated(flat, "number-rows-repeated", _MOST_ROWS)
            self._column, self._line = 0, []
            if _hidden(flat):
                self.sheets[-1].hidden_rows.append((self._row, self._row + self._rows))
        elif name in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            self._columns = _repeated(flat, "number-columns-repeated", _MOST_COLUMNS)
            self._cell = dict(attributes(flat))
            if _EXTENSION in flat[::2]:
                self._cell["value-type"] = flat[2 * flat[::2].index(_EXTENSION) + 1]
            self._paragraphs = []
        elif name == f"{_TEXT}p":
            self._paragraphs.append([])
            self._in_paragraph += 1
        elif self._in_paragraph and name in _SIGNS:
            self._paragraphs[-1].append(_SIGNS[name])
        elif self._in_paragraph and name == f"{_TEXT}s":
            self._paragraphs[-1].append(" ")

    def end(self, name: str) -> None:
        if self._skipped:
            self._skipped -= 1
        elif name == f"{_TABLE}table":
            self._depth -= 1
        elif self._depth != 1:
            return
        elif name == f"{_TEXT}p":
            self._in_paragraph -= 1
        elif name == f"{_TABLE}table-row":
            self._end_row()
        elif name in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell") and self._cell is not None:
            shown = "\n".join("".join(paragraph) for paragraph in self._paragraphs)
            # What lies behind a merged cell is not shown.
            power = self._powers.get(self._cell.get("style-name") or self._default_style(), 0)
            value = _value(self._cell, shown, power) if name == f"{_TABLE}table-cell" else BLANK
            if value.filled:
                high, wide = (_count(self._cell.get(f"number-{side}-spanned", "1")) for side in ("rows", "columns"))
                self.sheets[-1].cells.merge(self._row, self._column, high, wide)
                self._line.append((self._column, self._columns, value))
            self._column += self._columns
            self._cell = None

    def text(self, part: str) -> None:
        if self._in_paragraph and not self._skipped and self._depth == 1:
            self._paragraphs[-1].append(part)

    def _begin_sheet(self, given: Mapping[str, str]) -> None:
        if len(self.sheets) == self._limits.sheets:
            raise TooLarge
        hidden = given.get("style-name", "") in self._hidden_styles
        self.sheets.append(_Sheet(given.get("name", ""), self._limits, hidden=hidden))
        self._row = self._defined = 0

    def note_style(self, name: str, flat: list[str]) -> None:
        """What a style says of numbers and sheets."""
        given = attributes(flat)
        if name == _STYLE or name.endswith("-style"):
            self._style = given.get("name", "")
            self._powers[self._style] = self._powers.get(given.get("data-style-name", ""), 0)
        elif name == _NUMBER and re.fullmatch("10+", given.get("display-factor", "")):
            self._powers[self._style] = 1 - len(given["display-factor"])
        elif name.endswith(" table-properties") and given.get("display") == "false":
            self._hidden_styles.add(self._style)

    def _note_column(self, flat: list[str]) -> None:
        end = min(self._defined + _repeated(flat, "number-columns-repeated", _MOST_COLUMNS), _MOST_COLUMNS)
        if _hidden(flat):
            self.sheets[-1].hidden_columns.update(range(self._defined, end))
        if end > self._defined:
            self.sheets[-1].ends.append(end)
            self.sheets[-1].styles.append(attributes(flat).get("default-cell-style-name", ""))
        self._defined = end

    def _default_style(self) -> str:
        sheet = self.sheets[-1]
        run = bisect_right(sheet.ends, self._column)
        return sheet.styles[run] if run < len(sheet.styles) else ""

    def _end_row(self) -> None:
        if self._line and self._rows * sum(columns for _, columns, _ in self._line) > self._limits.cells:
            raise TooLarge
        sheet = self.sheets[-1].cells
        for row in range(self._row, self._row + (self._rows if self._line else 0)):
            for first, columns, value in self._line:
                for column in range(first, first + columns):
                    sheet.put(row, column, value)
        self._row += self._rows


def _value(cell: dict[str, str], shown: str, power: int) -> Value:
    match cell.get("value-type", ""):
        case "float" | "currency" | "percentage" as kind:
            try:
                number = from_cell(float(cell.get("value", "")))
            except ValueError:
                return from_text(shown)
            return as_shown(number, PERCENT if kind == "percentage" else power)
        case "date" | "time":
            return Value(State.DATE, text=shown)
        case "error":
            return Value(State.ERROR, text=shown)
    return from_text(shown)


def _repeated(flat: list[str], name: str, most: int) -> int:
    times = _count(attributes(flat).get(name, "1"))
    if times > most:
        raise TooLarge
    return times


def _count(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise TooLarge
    return max(1, int(text))


def _hidden(flat: list[str]) -> bool:
    return attributes(flat).get("visibility", "visible") != "visible"
