"""Widths of columns and heights of rows."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from openpyxl.cell.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.dimensions import ColumnDimension
from openpyxl.worksheet.worksheet import Worksheet

from .protection import require_flag
from .values import com_formula

if TYPE_CHECKING:
    from .ranges import Range

COLUMN_MARGIN = 0.7109375  # a file counts the cell's margin as width, Excel's ColumnWidth does not
_DEFAULT_WIDTH, _DEFAULT_HEIGHT = 8.43, 15.0


def autofit_columns(cells: Range) -> None:
    """Make each column about as wide as its longest line."""
    require_flag(cells._sheet, "AllowFormattingColumns", "autofit the columns")
    longest: dict[int, int] = {}
    for cell in cells._existing():
        lines = com_formula(cell).splitlines() if isinstance(cell, Cell) else []
        longest[cell.column] = max([longest.get(cell.column, 0), *map(len, lines)])
    for column, length in longest.items():
        if length:
            own_column(cells._sheet._ws, column).width = min(length, 255) + COLUMN_MARGIN


def autofit_rows(cells: Range) -> None:
    """Leave the rows' heights to the program that shows the file."""
    require_flag(cells._sheet, "AllowFormattingRows", "autofit the rows")
    for row in [row for row in cells._sheet._ws.row_dimensions if row in cells._row_numbers()]:
        cells._sheet._ws.row_dimensions[row].height = None


def height(ws: Worksheet, row: int) -> float:
    """A row's height in points."""
    found = ws.row_dimensions[row].height if row in ws.row_dimensions else None
    return float(found or _DEFAULT_HEIGHT)


def width(ws: Worksheet, column: int) -> float:
    """A column's width in characters."""
    for dimension in ws.column_dimensions.values():
        dimension.reindex()
        if dimension.min <= column <= dimension.max:
            return float(dimension.width) - COLUMN_MARGIN
    default = ws.sheet_format.defaultColWidth
    return float(default) - COLUMN_MARGIN if default else _DEFAULT_WIDTH


def own_column(ws: Worksheet, column: int) -> ColumnDimension:
    """The dimension of this column alone, cut out of the group of columns that the file keeps together."""
    dimensions = ws.column_dimensions
    for letter, group in list(dimensions.items()):
        group.reindex()
        if not (group.min <= column <= group.max and group.min < group.max):
            continue
        del dimensions[letter]
        for first, last in ((group.min, column - 1), (column, column), (column + 1, group.max)):
            if first <= last:
                part = copy.copy(group)
                part.index, part.min, part.max = get_column_letter(first), first, last
                dimensions[part.index] = part
    return dimensions[get_column_letter(column)]
