"""Ranges of a sheet in LibreOffice: every read and every write is one request, however many cells it takes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cchc_xl.hosts.calc.api import RangeApi
from cchc_xl.hosts.calc.formats import Font, color_number, color_parts
from cchc_xl.hosts.calc.formulas import from_calc
from cchc_xl.hosts.calc.notes import Note, note_at, set_note
from cchc_xl.hosts.calc.values import Written, read_block, written
from cchc_xl.layout import cell_position, column_letters

if TYPE_CHECKING:
    from cchc_xl.hosts.calc.engine import Sheet

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
_ADDRESS = re.compile(r"[A-Z]{1,3}[1-9]\d*")
_EPOCH = dt.datetime(1899, 12, 30)
_DATE_FORMAT, _TRUTH_FORMAT = "DD/MM/YYYY", "BOOLEAN"
_CHARACTER, _CHARACTERS_MARGIN = 185.2, 132.3  # hundredths of a millimetre: 7 and 5 pixels, as Excel counts a column
_POINT = 2540 / 72
Block = Sequence[Sequence[Any]]


class Range:
    """A rectangle of cells."""

    # xlwings splits what is larger into several calls.
    max_cells_per_read = 4_000_000
    max_cells_per_write = 1_000_000

    def __init__(self, sheet: Sheet, row: int, column: int, rows: int, columns: int) -> None:
        self.sheet = sheet
        self.row, self.column = row, column
        self._rows, self._columns = rows, columns
        self.options: dict[str, Any] = {}  # xlwings keeps its converter's options here

    def ask(self, request: str, **arguments: Any) -> Any:
        """A request about these cells."""
        return self.sheet.ask(request, place=self.place, **arguments)

    @property
    def place(self) -> tuple[int, int, int, int]:
        """Row, column (from 0), rows, columns."""
        return self.row - 1, self.column - 1, self._rows, self._columns

    @property
    def api(self) -> RangeApi:
        """What there is of Excel's Range."""
        return RangeApi(self)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self._rows, self._columns

    @property
    def address(self) -> str:
        """The absolute address."""
        return self.get_address(True, True, False)

    def get_address(self, row_absolute: bool, column_absolute: bool, external: bool) -> str:
        """The address; that with the workbook's name is not here."""
        if external:
            raise NotImplementedError("an external address")

        def one(row: int, column: int) -> str:
            return f"{'$' * column_absolute}{column_letters(column - 1)}{'$' * row_absolute}{row}"

        first = one(self.row, self.column)
        last = one(self.row + self._rows - 1, self.column + self._columns - 1)
        return first if first == last else f"{first}:{last}"

    def __len__(self) -> int:
        return self._rows * self._columns

    def __call__(self, row: int, column: int | None = None) -> Range:
        """One cell, counted from the range's first one; or the nth cell, row by row."""
        if column is None:
            row, column = (row - 1) // self._columns + 1, (row - 1) % self._columns + 1
        return Range(self.sheet, self.row + row - 1, self.column + column - 1, 1, 1)

    # contents

    @property
    def raw_value(self) -> Any:
        """A value for one cell, else rows."""
        block = read_block(self.ask("cells.read"), self.row - 1, self.column - 1)
        return block[0][0] if len(self) == 1 else block

    @raw_value.setter
    def raw_value(self, data: Any) -> None:
        block = self._block(data)
        content = written(block, _EPOCH)
        self.ask("cells.write", rows=content.rows, formulas=content.formulas)
        self._give_formats(content)

    def _block(self, data: Any) -> Block:
        """One value for all cells, or a value for each."""
        if not isinstance(data, list | tuple):
            if isinstance(data, str) and data.startswith("=") and len(self) > 1:
                raise NotImplementedError("one formula for several cells")
            return [[data] * self._columns] * self._rows
        if len(data) != self._rows or any(len(row) != self._columns for row in data):
            raise ValueError(f"a block of another size was written to {self.address}")
        return data

    def _give_formats(self, content: Written) -> None:
        """Dates and truth values are numbers that a format makes what they are."""
        for cells, code in ((content.dates, _DATE_FORMAT), (content.truths, _TRUTH_FORMAT)):
            for row, column in cells:
                self(row + 1, column + 1).number_format = code

    @property
    def formula(self) -> Any:
        """A text for one cell, else rows: the formula as Excel writes it, or the content."""
        rows = [
            [from_calc(text) if text.startswith("=") else text for text in row] for row in self.ask("cells.formulas")
        ]
        return rows[0][0] if len(self) == 1 else tuple(map(tuple, rows))

    @formula.setter
    def formula(self, data: Any) -> None:
        self.raw_value = data

    def clear_contents(self) -> None:
        """Empty the cells; formats, notes and validation stay."""
        self.ask("cells.clear", contents_only=True)

    def clear(self) -> None:
        """Take everything off the cells."""
        self.ask("cells.clear", contents_only=False)

    # formats

    def read_format(self, name: str) -> Any:
        """One format, of the first cell."""
        return self.ask("formats.read", names=[name])[name]

    def write_formats(self, **wanted: Any) -> None:
        """Set formats."""
        self.ask("formats.write", **wanted)

    @property
    def number_format(self) -> str:
        """The number format of the first cell."""
        return str(self.read_format("number_format"))

    @number_format.setter
    def number_format(self, value: str) -> None:
        self.write_formats(number_format=value)

    @property
    def color(self) -> tuple[int, int, int] | None:
        """The background of the first cell."""
        return color_parts(self.read_format("background"))

    @color.setter
    def color(self, value: tuple[int, int, int] | str | int | None) -> None:
        self.write_formats(background=color_number(value))

    @property
    def wrap_text(self) -> bool:
        """Whether the first cell breaks its lines."""
        return bool(self.read_format("wrap"))

    @wrap_text.setter
    def wrap_text(self, value: bool) -> None:
        self.write_formats(wrap=bool(value))

    @property
    def font(self) -> Font:
        """The font."""
        return Font(self)

    @property
    def column_width(self) -> float:
        """In characters; 0: hidden."""
        width = float(self.read_format("column_width"))
        return max(0.0, (width - _CHARACTERS_MARGIN) / _CHARACTER)

    @column_width.setter
    def column_width(self, value: float) -> None:
        self.write_formats(column_width=round(value * _CHARACTER + _CHARACTERS_MARGIN) if value else 0)

    @property
    def row_height(self) -> float:
        """In points."""
        return float(self.read_format("row_height")) / _POINT

    @row_height.setter
    def row_height(self, value: float) -> None:
        self.write_formats(row_height=round(value * _POINT))

    def autofit(self, axis: str | None = None) -> None:
        """Make rows as high as their contents."""
        if axis not in ("r", "rows"):
            raise NotImplementedError("only rows are fitted to their contents")
        self.ask("formats.fit_rows")

    def select(self) -> None:
        """Select the cells."""
        self.ask("cells.select")

    # notes

    @property
    def note(self) -> Note | None:
        """The note on the first cell."""
        return note_at(self.sheet, self.row, self.column)

    def add_note(self, text: str) -> Note:
        """Put a note on a cell that has none."""
        if self.note is not None:
            raise ValueError(f"{self.address} has a note already")
        return set_note(self.sheet, self.row, self.column, text)


def find_range(sheet: Sheet, what: Any) -> Range:
    """The range that an address, a tuple or a range stands for on ``sheet``."""
    if isinstance(what, Range):
        return what
    if isinstance(what, tuple):
        if 0 in what[:2]:
            raise IndexError("rows and columns are counted from 1")
        row, column, rows, columns = what if len(what) == 4 else (*what, 1, 1)
        return Range(sheet, row, column, rows, columns)
    corners = what.replace("$", "").upper().split(":")
    if len(corners) > 2 or not all(map(_ADDRESS.fullmatch, corners)):
        raise NotImplementedError(f"the range {what!r}")
    first, last = (find_range(sheet, _from_one(corner)) for corner in (corners[0], corners[-1]))
    return spanning(first, last)


def _from_one(address: str) -> tuple[int, int]:
    row, column = cell_position(address)
    return row + 1, column + 1


def spanning(first: Range, last: Range) -> Range:
    """The smallest rectangle with both ranges in it."""
    top, left = min(first.row, last.row), min(first.column, last.column)
    bottom = max(part.row + part.shape[0] for part in (first, last))
    right = max(part.column + part.shape[1] for part in (first, last))
    return Range(first.sheet, top, left, bottom - top, right - left)
