"""The sheets of an OpenDocument spreadsheet (.ods).

OpenDocument 1.3 part 3: §9.1 (table, table-row, table-cell, and how often each is repeated), §19.385 (value-type).
Not through calamine: it lays out every repeated row without a limit, and does not tell a percentage from a fraction.
"""

from __future__ import annotations

from cchc_xl.ooxml.limits import Limits
from cchc_xl.readers.extent import parse
from cchc_xl.readers.foreign.table import ForeignTable, SparseRows, TooLarge, attributes
from cchc_xl.readers.percentages import as_shown
from cchc_xl.values import State, Value, from_cell, from_text

CONTENT = "content.xml"
SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"
TEXT = b"application/vnd.oasis.opendocument.text"

_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0 "
_ANNOTATION = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 annotation"
_EXTENSION = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 value-type"
_SIGNS = {f"{_TEXT}tab": " ", f"{_TEXT}line-break": "\n"}
_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384


def open_document_tables(content: bytes, limits: Limits) -> list[ForeignTable]:
    """The sheets in their order. Raises ``ValueError`` for no XML and ``TooLarge`` for what no form holds."""
    if content.count(b"<") > limits.tags:
        raise TooLarge
    reading = _Reading(limits)
    parse(content, reading.start, reading.end, reading.text, namespaces=True)
    return [ForeignTable(name, cells.laid_out(), worksheet=True) for name, cells in reading.sheets]


class _Reading:
    """What the parser calls."""

    def __init__(self, limits: Limits) -> None:
        self.sheets: list[tuple[str, SparseRows]] = []
        self._limits = limits
        self._depth = self._skipped = 0
        self._row = self._column = 0
        self._rows = self._columns = 1  # how often the row and the cell that were begun last are repeated
        self._line: list[tuple[int, int, Value]] = []
        self._cell: dict[str, str] | None = None
        self._paragraphs: list[list[str]] = []
        self._in_paragraph = 0

    def start(self, name: str, flat: list[str]) -> None:
        if self._skipped or name == _ANNOTATION:
            self._skipped += 1
        elif name == f"{_TABLE}table":
            self._depth += 1
            if self._depth == 1:
                if len(self.sheets) == self._limits.sheets:
                    raise TooLarge
                self.sheets.append((attributes(flat).get("name", ""), SparseRows(self._limits)))
                self._row = 0
        elif self._depth != 1:
            return  # a table within a cell belongs to a chart or a form
        elif name == f"{_TABLE}table-row":
            self._rows = _repeated(flat, "number-rows-repeated", _MOST_ROWS)
            self._column, self._line = 0, []
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
            value = _value(self._cell, shown)
            if value.filled:
                self._line.append((self._column, self._columns, value))
            self._column += self._columns
            self._cell = None

    def text(self, part: str) -> None:
        if self._in_paragraph and not self._skipped and self._depth == 1:
            self._paragraphs[-1].append(part)

    def _end_row(self) -> None:
        if self._line and self._rows * sum(columns for _, columns, _ in self._line) > self._limits.cells:
            raise TooLarge
        sheet = self.sheets[-1][1]
        for row in range(self._row, self._row + (self._rows if self._line else 0)):
            for first, columns, value in self._line:
                for column in range(first, first + columns):
                    sheet.put(row, column, value)
        self._row += self._rows


def _value(cell: dict[str, str], shown: str) -> Value:
    match cell.get("value-type", ""):
        case "float" | "currency" | "percentage" as kind:
            try:
                number = from_cell(float(cell.get("value", "")))
            except ValueError:
                return from_text(shown)
            return as_shown(number) if kind == "percentage" else number
        case "date" | "time":
            return Value(State.DATE, text=shown)
        case "error":
            return Value(State.ERROR, text=shown)
    return from_text(shown)


def _repeated(flat: list[str], name: str, most: int) -> int:
    text = attributes(flat).get(name, "1")
    if not text.isdecimal() or len(text) > 9 or int(text) > most:
        raise TooLarge
    return max(1, int(text))
