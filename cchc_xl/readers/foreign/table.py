"""What every reader of foreign files gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cchc_xl.layout import cell_address
from cchc_xl.ooxml.limits import Limits
from cchc_xl.values import BLANK, Value


@dataclass(frozen=True, slots=True)
class ForeignTable:
    """A table as it stands in the file: a sheet, or a table of a Word document.

    Of merged cells the first holds the content, the others are blank. ``above``: the text between the table before and
    this one (Word). ``worksheet``: whether its cells have addresses.
    ``boxes``: by the first of merged cells over how many rows and columns they go.
    """

    name: str
    rows: Sequence[Sequence[Value]]
    above: str = ""
    worksheet: bool = False
    remarks: tuple[str, ...] = ()
    boxes: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    # What its reader's screen does not show: rows, columns, the sheet.
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    hidden: bool = False

    def value(self, row: int, column: int) -> Value:
        """What stands in a cell (zero-based); blank beyond the row's end."""
        cells = self.rows[row]
        return cells[column] if column < len(cells) else BLANK

    def place(self, row: int, column: int) -> str:
        """How people find the cell: ``PL1!D12``, ``Bảng 2, hàng 5`` (nobody counts cells in Word)."""
        if self.worksheet:
            return f"{self.name}!{cell_address(row, column)}"
        return f"{self.name}, hàng {row + 1}"


class SparseRows:
    """Cells noted by place, laid out as rows at the end: no more than the limits allow. Raises ``TooLarge``."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._cells: dict[tuple[int, int], Value] = {}
        self._boxes: dict[tuple[int, int], tuple[int, int]] = {}
        self._text = 0
        self.rows = self.columns = 0

    def put(self, row: int, column: int, value: Value) -> None:
        """Note what stands in a cell; blanks need not be noted."""
        if not value.filled:
            return
        self.rows, self.columns = max(self.rows, row + 1), max(self.columns, column + 1)
        self._text += len(value.text)
        if self.rows * self.columns > self._limits.cells or self._text > self._limits.text:
            raise TooLarge
        self._cells[row, column] = value

    def merge(self, row: int, column: int, rows: int, columns: int) -> None:
        """Note that cells from this one on are one box."""
        if rows > 1 or columns > 1:
            self._boxes[row, column] = rows, columns
            if len(self._boxes) > self._limits.cells:
                raise TooLarge

    @property
    def boxes(self) -> dict[tuple[int, int], tuple[int, int]]:
        """The boxes that hold anything."""
        return {place: size for place, size in self._boxes.items() if place in self._cells}

    def laid_out(self) -> list[list[Value]]:
        """All rows from the first on, equally long. What lies hidden behind the first cell of a box is left out."""
        grid = [[BLANK] * self.columns for _ in range(self.rows)]
        for (row, column), value in self._cells.items():
            grid[row][column] = value
        room = self._limits.cells
        for (row, column), (rows, columns) in self._boxes.items():
            below, beside = range(row, min(row + rows, self.rows)), range(column, min(column + columns, self.columns))
            room -= len(below) * len(beside)  # boxes that overlap could take for ever
            if room < 0:
                raise TooLarge
            for r in below:
                for c in beside:
                    if (r, c) != (row, column):
                        grid[r][c] = BLANK
        return grid


class TooLarge(Exception):
    """A file holds far more than any form does; who opens it says so with its name."""


def attributes(flat: Sequence[str]) -> Mapping[str, str]:
    """The attributes of an element by local name."""
    return {name.rpartition(" ")[2]: value for name, value in zip(flat[::2], flat[1::2], strict=True)}
