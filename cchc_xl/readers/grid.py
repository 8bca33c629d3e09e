"""What every reader gives: sheets as grids of raw values, with the formulas and error values that stand in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from cchc_xl.layout import KEY_COLUMN, KEY_PREFIX, KEY_ROW

# Endings of the files that a workbook is taken from; what else Excel and LibreOffice write is none to us.
WORKBOOKS = (".xlsx", ".xlsm")

# How far a user's own rows and columns may have pushed the corner key.
_CORNER_ROWS, _CORNER_COLUMNS = 40, 20


@dataclass(frozen=True, slots=True)
class CellFacts:
    """What values alone do not tell about a sheet: formula texts and error cells, by zero-based (row, column)."""

    formulas: Mapping[tuple[int, int], str] = field(default_factory=dict)
    errors: Mapping[tuple[int, int], str] = field(default_factory=dict)


class Book(Protocol):
    """A workbook that can be read."""

    @property
    def sheet_names(self) -> Sequence[str]:
        """Names of the sheets, in order."""

    def grid(self, sheet: str) -> Sequence[Sequence[object]]:
        """The values of a sheet from A1 on."""

    def facts(self, sheet: str) -> CellFacts:
        """Formulas and error values of a sheet."""


def key_corner(grid: Sequence[Sequence[object]]) -> tuple[int, int] | None:
    """Row and column of the key in the corner of a sheet of ours, wherever it was pushed; ``None`` without one."""
    if len(grid) > KEY_ROW and len(grid[KEY_ROW]) > KEY_COLUMN:
        first = grid[KEY_ROW][KEY_COLUMN]
        if isinstance(first, str) and first.startswith(KEY_PREFIX):
            return KEY_ROW, KEY_COLUMN
    for row, cells in enumerate(grid[:_CORNER_ROWS]):
        for column, cell in enumerate(cells[:_CORNER_COLUMNS]):
            if isinstance(cell, str) and cell.startswith(KEY_PREFIX):
                return row, column
    return None
