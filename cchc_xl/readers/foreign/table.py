"""What every reader of foreign files gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cchc_xl.layout import cell_address
from cchc_xl.ooxml.limits import Limits
from cchc_xl.values import BLANK, Value


@dataclass(frozen=True, slots=True)
class ForeignTable:
    """A table as it stands in the file: a sheet, or a table of a Word document.

    Of merged cells the first holds the content, the others are blank. ``above``: the text between the table before and
    this one (Word). ``worksheet``: whether its cells have addresses.
    """

    name: str
    rows: Sequence[Sequence[Value]]
    above: str = ""
    worksheet: bool = False
    remarks: tuple[str, ...] = ()

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

    def laid_out(self) -> list[list[Value]]:
        """All rows from the first on, equally long."""
        grid = [[BLANK] * self.columns for _ in range(self.rows)]
        for (row, column), value in self._cells.items():
            grid[row][column] = value
        return grid


class TooLarge(Exception):
    """A file holds far more than any form does; who opens it says so with its name."""


def attributes(flat: Sequence[str]) -> Mapping[str, str]:
    """The attributes of an element by local name."""
    return {name.rpartition(" ")[2]: value for name, value in zip(flat[::2], flat[1::2], strict=True)}
