"""Ranges over openpyxl cells."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.formula.translate import Translator
from openpyxl.styles import Alignment, PatternFill
from openpyxl.styles.colors import Color
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.utils.cell import range_boundaries
from openpyxl.worksheet.hyperlink import Hyperlink
from xlwings import base_classes

from .com import RangeApi
from .core import ComError, Member, common
from .dimensions import COLUMN_MARGIN, autofit_columns, autofit_rows, height, own_column, width
from .formats import RangeFont, fill_color, hex_code, uniform
from .grid import blank_cell, made_cell
from .notes import Note, add_note
from .protection import require_flag, require_unlocked
from .values import com_formula, com_value, is_formula, store

if TYPE_CHECKING:
    from .objects import Sheet

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
_MOST_GAPS = 20_000
_MOST_CELLS = 1_000_000  # more are never written on purpose
_ADDRESS = re.compile(r"\$?[A-Z]{0,3}\$?\d*(?::\$?[A-Z]{0,3}\$?\d*)?", re.IGNORECASE)

_PLAIN_PLACE = re.compile(r"[][\w.]+")


class Range(Member, label="Range", free=("sheet",)):
    """A rectangle of cells."""

    options: dict[str, Any]  # xlwings keeps its converter's options here

    # Above these numbers xlwings reads and writes in several calls, with Excel as here.
    max_cells_per_read = getattr(base_classes, "DEFAULT_MAX_CELLS_PER_READ", None)
    max_cells_per_write = getattr(base_classes, "DEFAULT_MAX_CELLS_PER_WRITE", None)

    def __init__(self, sheet: Sheet, row: int, column: int, rows: int, columns: int) -> None:
        self._app = sheet._app
        self._sheet = sheet
        self._row, self._column, self._rows, self._columns = row, column, rows, columns
        self.options = {}

    @property
    def api(self) -> RangeApi | None:
        return RangeApi(self) if self._rows and self._columns else None

    @property
    def sheet(self) -> Sheet:
        return self._sheet

    @property
    def row(self) -> int:
        return self._row

    @property
    def column(self) -> int:
        return self._column

    @property
    def shape(self) -> tuple[int, int]:
        return self._rows, self._columns

    @property
    def address(self) -> str:
        return self._address(True, True)

    @property
    def merge_area(self) -> Range:
        for merged in self._sheet._ws.merged_cells.ranges:
            if (self._row, self._column) in _places(merged.bounds):
                left, top, right, bottom = merged.bounds
                return Range(self._sheet, top, left, bottom - top + 1, right - left + 1)
        return self

    def get_address(self, row_absolute: bool, column_absolute: bool, external: bool) -> str:
        """The address, on demand with "[book]sheet!" before it."""
        address = self._address(row_absolute, column_absolute)
        if not external:
            return address
        place = f"[{self._sheet._book._path.name}]{self._sheet._ws.title}"
        return f"{place if _PLAIN_PLACE.fullmatch(place) else quote_sheetname(place)}!{address}"

    def __len__(self) -> int:
        return self._rows * self._columns

    def __call__(self, row: int, column: int | None = None) -> Range:
        """One cell, counted from the range's first one and perhaps outside of it; or the nth cell, row by row."""
        if column is None:
            row, column = (row - 1) // self._columns + 1, (row - 1) % self._columns + 1
        return Range(self._sheet, self._row + row - 1, self._column + column - 1, 1, 1)

    @property
    def raw_value(self) -> Any:
        """What `Range.Value` gives: a value for one cell, else a tuple of rows."""
        return self._read(self._sheet_value)

    @raw_value.setter
    def raw_value(self, data: Any) -> None:
        self._write(data)

    @property
    def formula(self) -> Any:
        """What `Range.Formula` gives: a text for one cell, else a tuple of rows; xlwings does not convert it."""
        return self._read(lambda place: com_formula(self._sheet._ws._cells.get(place)))

    @formula.setter
    def formula(self, data: Any) -> None:
        self._write(data)

    @property
    def formula2(self) -> Any:
        return self._read(lambda place: com_formula(self._sheet._ws._cells.get(place)))

    @formula2.setter
    def formula2(self, data: Any) -> None:
        self._write(data)

    def clear_contents(self) -> None:
        """Empty the cells; formats, notes and links stay."""
        require_unlocked(self._sheet, self._places())
        self._require_whole_merged_areas()
        for cell in self._existing():
            if isinstance(cell, Cell):
                cell.value = None
                self._sheet._results._cells.pop((cell.row, cell.column), None)
        self._sheet._book._saved = False

    def clear(self) -> None:
        """Forget the cells with everything in and on them."""
        require_flag(self._sheet, None, "clear the range")
        self._require_whole_merged_areas()
        ws = self._sheet._ws
        for merged in [merged for merged in ws.merged_cells.ranges if self._overlap(merged.bounds)]:
            ws.unmerge_cells(merged.coord)
        for cell in self._existing():
            del ws._cells[cell.row, cell.column]
            self._sheet._results._cells.pop((cell.row, cell.column), None)
        self._sheet._book._saved = False

    @property
    def color(self) -> tuple[int, int, int] | None:
        return uniform([fill_color(cell) for cell in self._looked_at()], "Range.color")

    @color.setter
    def color(self, value: tuple[int, int, int] | str | int | None) -> None:
        fill = PatternFill() if value is None else PatternFill("solid", fgColor=hex_code(value))
        self._format(lambda cell: setattr(cell, "fill", fill))

    @property
    def number_format(self) -> str | None:
        found: str | None = common(cell.number_format for cell in self._looked_at())
        return found

    @number_format.setter
    def number_format(self, value: str) -> None:
        self._format(lambda cell: setattr(cell, "number_format", value))

    @property
    def wrap_text(self) -> bool | None:
        found: bool | None = common(bool(cell.alignment.wrap_text) for cell in self._looked_at())
        return found

    @wrap_text.setter
    def wrap_text(self, value: bool) -> None:
        self._align(wrap_text=bool(value))

    @property
    def font(self) -> RangeFont:
        return RangeFont(self)

    @property
    def column_width(self) -> float | None:
        """In characters; None where the columns differ."""
        found: float | None = common(width(self._sheet._ws, column) for column in self._column_numbers())
        return found

    @column_width.setter
    def column_width(self, value: float) -> None:
        require_flag(self._sheet, "AllowFormattingColumns", "set the ColumnWidth property of the Range class")
        for column in self._column_numbers():
            own_column(self._sheet._ws, column).width = value + COLUMN_MARGIN
        self._sheet._book._saved = False

    @property
    def row_height(self) -> float | None:
        """In points; None where the rows differ."""
        found: float | None = common(height(self._sheet._ws, row) for row in self._row_numbers())
        return found

    @row_height.setter
    def row_height(self, value: float) -> None:
        require_flag(self._sheet, "AllowFormattingRows", "set the RowHeight property of the Range class")
        for row in self._row_numbers():
            self._sheet._ws.row_dimensions[row].height = value
        self._sheet._book._saved = False

    def autofit(self, axis: str | None = None) -> None:
        """Fit columns ("c"), rows ("r") or both to their contents."""
        if axis in (None, "c", "columns"):
            autofit_columns(self)
        if axis in (None, "r", "rows"):
            autofit_rows(self)

    @property
    def hyperlink(self) -> str:
        """The address without the place in it, as `Hyperlinks(1).Address` gives it."""
        cell = self._sheet._ws._cells.get((self._row, self._column))
        if cell is None or cell.hyperlink is None:
            raise Exception("The cell doesn't seem to contain a hyperlink!")
        return cell.hyperlink.target or ""

    def add_hyperlink(self, address: str, text_to_display: str, screen_tip: str) -> None:
        """Link the first cell; like Excel, write the text and underline it in blue."""
        require_flag(self._sheet, "AllowInsertingHyperlinks", "insert a hyperlink")
        require_unlocked(self._sheet, [(self._row, self._column)])
        target, _, place = address.partition("#")
        cell = made_cell(self._sheet._ws, self._row, self._column)
        cell.hyperlink = Hyperlink(
            ref=cell.coordinate, target=target or None, location=place or None, tooltip=screen_tip
        )
        store(cell, text_to_display)
        font = copy.copy(cell.font)
        font.underline, font.color = "single", Color(theme=10)
        cell.font = font
        self._sheet._book._saved = False

    @property
    def note(self) -> Note | None:
        cell = self._sheet._ws._cells.get((self._row, self._column))
        return Note(self, cell) if cell is not None and cell.comment is not None else None

    def add_note(self, text: str) -> Note:
        """Put a note on a cell that has none."""
        return add_note(self, text)

    def select(self) -> None:
        """Select the cells, which Excel does on the active sheet only."""
        wb = self._sheet._book._wb
        if wb.active is not self._sheet._ws or self._app._books.active is not self._sheet._book:
            raise ComError("Select method of Range class failed.")
        selection = self._sheet._ws.sheet_view.selection[-1]
        selection.activeCell = f"{get_column_letter(self._column)}{self._row}"
        selection.sqref = self._address(False, False)

    # What the engine asks of a range itself.

    def _row_numbers(self) -> range:
        return range(self._row, self._row + self._rows)

    def _column_numbers(self) -> range:
        return range(self._column, self._column + self._columns)

    def _places(self) -> Iterator[tuple[int, int]]:
        return ((row, column) for row in self._row_numbers() for column in self._column_numbers())

    def _existing(self) -> list[Cell | MergedCell]:
        """The cells that the worksheet has in this range; to look at a cell must not make one."""
        cells = self._sheet._ws._cells
        if self._rows * self._columns <= len(cells):
            return [cells[place] for place in self._places() if place in cells]
        rows, columns = self._row_numbers(), self._column_numbers()
        return [cells[row, column] for row, column in sorted(cells) if row in rows and column in columns]

    def _looked_at(self) -> list[Any]:
        """The cells whose format is asked for; where a large range has gaps, its first row stands for them."""
        ws, found = self._sheet._ws, list(self._existing())
        if len(found) == self._rows * self._columns:
            return found
        gaps = self._places() if self._rows * self._columns <= _MOST_GAPS else islice(self._places(), self._columns)
        return [*found, *(blank_cell(ws, *place) for place in gaps if place not in ws._cells)]

    def _made(self) -> list[Cell | MergedCell]:
        """All cells of this range, made where there were none."""
        if self._rows * self._columns > _MOST_CELLS:
            raise NotImplementedError(f"the openpyxl engine writes to at most {_MOST_CELLS} cells at once")
        return [made_cell(self._sheet._ws, row, column) for row, column in self._places()]

    def _sheet_value(self, place: tuple[int, int]) -> Any:
        cell = self._sheet._ws._cells.get(place)
        return com_value(self._sheet._results._cells.get(place) if cell is not None and is_formula(cell) else cell)

    def _read(self, value_at: Callable[[tuple[int, int]], Any]) -> Any:
        if not (self._rows and self._columns):
            return None
        if self._rows == self._columns == 1:
            return value_at((self._row, self._column))
        return tuple(tuple(value_at((row, column)) for column in self._column_numbers()) for row in self._row_numbers())

    def _write(self, data: Any) -> None:
        require_unlocked(self._sheet, self._places())
        scalar = not isinstance(data, list | tuple)
        if not scalar and (len(data) != self._rows or any(len(row) != self._columns for row in data)):
            raise ValueError(f"a block of another size was written to {self._address(True, True)}")
        if self._rows * self._columns > _MOST_CELLS:
            raise NotImplementedError(f"the openpyxl engine writes to at most {_MOST_CELLS} cells at once")
        ws = self._sheet._ws
        for row, column in self._places():
            value = data if scalar else data[row - self._row][column - self._column]
            if value is None and (row, column) not in ws._cells:
                continue  # to empty a cell that is not there makes none
            cell = made_cell(ws, row, column)
            if isinstance(cell, MergedCell):
                continue  # Excel loses it without a word
            if scalar and isinstance(data, str) and data.startswith("="):
                origin = f"{get_column_letter(self._column)}{self._row}"
                value = Translator(data, origin=origin).translate_formula(cell.coordinate)
            store(cell, value)
            self._sheet._results._cells.pop((cell.row, cell.column), None)
        self._sheet._book._saved = False

    def _format(self, change: Callable[[Any], None], *, flag: str | None = "AllowFormattingCells") -> None:
        require_flag(self._sheet, flag, "change the format of the range")
        for cell in self._made():
            change(cell)
        self._sheet._book._saved = False

    def _align(self, **changes: Any) -> None:
        def change(cell: Any) -> None:
            alignment: Alignment = copy.copy(cell.alignment)
            for name, value in changes.items():
                setattr(alignment, name, value)
            cell.alignment = alignment

        self._format(change)

    def _overlap(self, bounds: tuple[int, int, int, int]) -> int:
        """How many cells this range and (left, top, right, bottom) share."""
        left, top, right, bottom = bounds
        columns = min(right, self._column + self._columns - 1) - max(left, self._column) + 1
        rows = min(bottom, self._row + self._rows - 1) - max(top, self._row) + 1
        return max(columns, 0) * max(rows, 0)

    def _require_whole_merged_areas(self) -> None:
        for merged in self._sheet._ws.merged_cells.ranges:
            left, top, right, bottom = merged.bounds
            if 0 < self._overlap(merged.bounds) < (right - left + 1) * (bottom - top + 1):
                raise ComError("We can't do that to a merged cell.")

    def _address(self, row_absolute: bool, column_absolute: bool) -> str:
        row_sign, column_sign = "$" * row_absolute, "$" * column_absolute
        rows = [f"{row_sign}{row}" for row in (self._row, self._row + self._rows - 1)]
        columns = [
            f"{column_sign}{get_column_letter(column)}" for column in (self._column, self._column + self._columns - 1)
        ]
        if self._columns == LAST_COLUMN:
            return ":".join(rows)
        if self._rows == LAST_ROW:
            return ":".join(columns)
        first, last = (column + row for column, row in zip(columns, rows, strict=True))
        return first if first == last else f"{first}:{last}"


def find_range(sheet: Sheet, what: Any) -> Range:
    """The range that an address, a name, a tuple or a range stands for on `sheet`."""
    if isinstance(what, Range):
        return what
    if isinstance(what, tuple):
        if 0 in what[:2]:
            raise IndexError("Attempted to access 0-based Range. xlwings/Excel Ranges are 1-based.")
        row, column, rows, columns = what if len(what) == 4 else (*what, 1, 1)
        return Range(sheet, row, column, rows, columns)
    if not _ADDRESS.fullmatch(what):
        return _named_range(sheet, what)
    try:
        left, top, right, bottom = range_boundaries(what.upper())
    except (ValueError, TypeError):
        return _named_range(sheet, what)
    left, top, right, bottom = left or 1, top or 1, right or LAST_COLUMN, bottom or LAST_ROW
    return Range(sheet, top, left, bottom - top + 1, right - left + 1)


def spanning(first: Range, last: Range) -> Range:
    """The smallest rectangle with both ranges in it."""
    top, left = min(first._row, last._row), min(first._column, last._column)
    bottom = max(part._row + part._rows for part in (first, last))
    right = max(part._column + part._columns for part in (first, last))
    return Range(first._sheet, top, left, bottom - top, right - left)


def _named_range(sheet: Sheet, name: str) -> Range:
    for names in (sheet._ws.defined_names, sheet._book._wb.defined_names):
        for title, definition in names.items():
            if title.lower() == name.lower():
                [(place, address)] = list(definition.destinations)
                return find_range(sheet._book._sheets[sheet._book._wb[place]], address)
    raise ComError(f"Method 'Range' of object '_Worksheet' failed: {name!r}")


def _places(bounds: tuple[int, int, int, int]) -> set[tuple[int, int]]:
    left, top, right, bottom = bounds
    return {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}
