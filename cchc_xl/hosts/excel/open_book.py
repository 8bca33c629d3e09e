"""The open workbook as a ``readers.grid.Book``: unsaved edits included, each sheet in two bulk reads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cchc_xl.errors import WorkbookFault
from cchc_xl.layout import cell_address
from cchc_xl.readers.grid import WORKBOOKS, CellFacts

_ERRORS = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!"})
# Cells from A1 to the last one, of all sheets together. A summary of all the country's communes has some two million; a
# single cell in the last corner of a sheet makes thousands of millions, which no PC holds.
_MOST_CELLS = 5_000_000


def path_of(book: Any) -> Path | None:
    """Where the workbook lies; ``None`` when it was never saved, or not in a folder (OneDrive gives a URL).

    Not xlwings' ``Book.fullname``: for a URL that believes a sheet ``xlwings.conf`` of the workbook, which may come
    from anywhere, and raises where it finds no folder.
    """
    try:
        text = str(book.api.FullName)
    except (AttributeError, NotImplementedError):  # a host without Excel's own object
        text = str(book.fullname)
    path = Path(text)
    return path if path.is_absolute() and "://" not in text else None


def other_format(book: Any) -> str:
    """The ending of the workbook's file where it is none that Tổng hợp takes; "" where it is, or there is no file."""
    suffix = Path(book.name).suffix.lower() if path_of(book) is not None else ""
    return "" if suffix in WORKBOOKS else suffix


class OpenBook:
    """Reads an ``xlwings.Book``. Values are read once: a handler works on what stood there when it began.

    What reads a sheet raises ``WorkbookFault`` when the sheets have far more cells than a form.
    """

    def __init__(self, book: Any) -> None:
        self.book = book
        self._sheets = {sheet.name: sheet for sheet in book.sheets}
        self._grids: dict[str, list[list[object]]] = {}
        self._facts: dict[str, CellFacts] = {}
        self._cells_left = _MOST_CELLS

    @property
    def sheet_names(self) -> Sequence[str]:
        """Names of the sheets, in order."""
        return list(self._sheets)

    def sheet(self, name: str) -> Any:
        """The xlwings sheet of this name."""
        return self._sheets[name]

    def grid(self, sheet: str) -> Sequence[Sequence[object]]:
        """The values of a sheet from A1 on; error values stand as ``""`` and among the facts."""
        if sheet not in self._grids:
            self._read(sheet)
        return self._grids[sheet]

    def facts(self, sheet: str) -> CellFacts:
        """Formulas and error values of a sheet."""
        grid = self.grid(sheet)
        facts = self._facts[sheet]
        if not facts.formulas and grid:
            formulas = {
                (row, column): text
                for row, line in enumerate(_lines(self._used(sheet).formula))
                for column, text in enumerate(line)
                # A text that begins with "=" is the same as value and as formula.
                if isinstance(text, str) and text.startswith("=") and text != grid[row][column]
            }
            self._facts[sheet] = CellFacts(formulas, facts.errors)
        return self._facts[sheet]

    def _used(self, sheet: str) -> Any:
        found = self._sheets[sheet]
        last = found.used_range.last_cell
        if sheet not in self._grids:
            self._cells_left -= last.row * last.column
            if self._cells_left < 0:
                raise WorkbookFault(
                    f"Trang {sheet} dùng tới ô {cell_address(last.row - 1, last.column - 1)}, vượt xa một biểu mẫu: "
                    "hãy xóa các hàng và cột thừa ở cuối trang, lưu sổ rồi bấm lại."
                )
        return found.range((1, 1), (last.row, last.column))

    def _read(self, sheet: str) -> None:
        values: list[list[object]] = self._used(sheet).options(ndim=2, err_to_str=True).value
        errors = {
            (row, column): str(value)
            for row, line in enumerate(values)
            for column, value in enumerate(line)
            if isinstance(value, str) and value in _ERRORS
        }
        for row, column in errors:
            values[row][column] = ""
        self._grids[sheet] = [["" if value is None else value for value in line] for line in values]
        self._facts[sheet] = CellFacts({}, errors)


def _lines(block: object) -> Sequence[Sequence[object]]:
    """A block as rows: one cell comes bare, one row may come flat."""
    if not isinstance(block, list | tuple):
        return [[block]]
    if block and not isinstance(block[0], list | tuple):
        return [list(block)]
    return [list(line) for line in block]
