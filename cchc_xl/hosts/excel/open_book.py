"""The open workbook as a ``readers.grid.Book``: unsaved edits included, a sheet in two bulk reads (vast ones: more)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cchc_xl.errors import WorkbookFault
from cchc_xl.hosts.excel.error_values import error_text
from cchc_xl.layout import column_letters
from cchc_xl.ooxml.limits import SUMMARY
from cchc_xl.readers.grid import WORKBOOKS, CellFacts

_AT_ONCE = 500_000  # cells of one call: each takes some 60 bytes on its way


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

    What reads a sheet raises ``WorkbookFault`` when it has far more cells than a form.
    """

    def __init__(self, book: Any) -> None:
        self.book = book
        self._sheets = {sheet.name: sheet for sheet in book.sheets}
        self._grids: dict[str, list[list[object]]] = {}
        self._facts: dict[str, CellFacts] = {}

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
                for row, line in enumerate(_lines(self._rows(sheet, 1, len(grid), len(grid[0])).formula))
                for column, text in enumerate(line)
                # A text that begins with "=" is the same as value and as formula.
                if isinstance(text, str) and text.startswith("=") and text != grid[row][column]
            }
            self._facts[sheet] = CellFacts(formulas, facts.errors)
        return self._facts[sheet]

    def _rows(self, sheet: str, first: int, last: int, columns: int) -> Any:
        return self._sheets[sheet].range((first, 1), (last, columns))

    def _values(self, sheet: str) -> list[list[object]]:
        """Everything from A1 to the last used cell. A format, too, makes a cell used: often a million blank rows."""
        last = self._sheets[sheet].used_range.last_cell
        rows, columns = last.row, last.column
        if rows * columns > SUMMARY.cells:
            raise WorkbookFault(
                f"Trang {sheet} có nội dung hoặc định dạng đến tận hàng {rows}, cột {column_letters(columns - 1)} nên "
                "không đọc được: hãy xóa các hàng, các cột thừa (chọn, nhấp phải > Xóa), lưu sổ rồi bấm lại."
            )
        step = max(1, _AT_ONCE // columns)
        values: list[list[object]] = []
        for first in range(1, rows + 1, step):
            block = self._rows(sheet, first, min(first + step - 1, rows), columns)
            lines: list[list[object]] = block.options(ndim=2, err_to_str=True).value
            filled = len(lines)
            while first > 1 and filled and all(value is None for value in lines[filled - 1]):
                filled -= 1
            if filled:
                values += [[None] * columns for _ in range(first - 1 - len(values))]
                values += lines[:filled]
        return values

    def _read(self, sheet: str) -> None:
        values = self._values(sheet)
        errors = {
            (row, column): error
            for row, line in enumerate(values)
            for column, value in enumerate(line)
            if isinstance(value, str | int) and (error := error_text(value))
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
