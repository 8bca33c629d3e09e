"""Cells that the file does not hold: Excel formats them as their row, or else as their column."""

from __future__ import annotations

from typing import Any

from openpyxl.cell.cell import Cell
from openpyxl.styles.cell_style import StyleArray
from openpyxl.worksheet.worksheet import Worksheet


def blank_cell(ws: Worksheet, row: int, column: int) -> Cell:
    """The cell as it would be made; the worksheet does not get it, for to look at a cell must not make one."""
    return Cell(ws, row=row, column=column, style_array=_style(ws, row, column))


def made_cell(ws: Worksheet, row: int, column: int) -> Any:
    """The worksheet's cell, made where there was none."""
    if (row, column) not in ws._cells:
        ws._add_cell(blank_cell(ws, row, column))
    return ws._cells[row, column]


def _style(ws: Worksheet, row: int, column: int) -> StyleArray:
    if row in ws.row_dimensions and ws.row_dimensions[row].has_style:
        return ws.row_dimensions[row]._style
    for dimension in ws.column_dimensions.values():
        if not (dimension.min and dimension.max):
            dimension.reindex()
        if dimension.min <= column <= dimension.max and dimension.has_style:
            return dimension._style
    return StyleArray()
