"""Rows of a long sheet, written straight into its XML while the workbook is closed: they never stand in memory.

XlsxWriter keeps every cell as an object; with a thousand units that would be most of the time and memory of a merge.
Here a row is a text of XML by ECMA-376 part 1 §18.3.1.73 (row) and §18.3.1.4 (c); texts are inline strings (§18.4.8).
A cell holds a number, a text, nothing, or a formula of ours: a text from a submission can only ever become a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from cchc_xl.form_workbook.bounded_sheet import BoundedSheet
from cchc_xl.layout import column_letters

# What XML 1.0 cannot hold is _xHHHH_ (§22.9.2.19), so a literal "_xHHHH_" needs its "_" escaped.
_CONTROL = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)|[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_EXACT = 2**53  # whole numbers up to here are what a double holds


class StreamedSheet(BoundedSheet):
    """A worksheet with a head that is written as usual and rows below it that are made when the file is written."""

    def __init__(self) -> None:
        super().__init__()
        self.dim_rowmax: int | None
        self._streamed: Iterable[str] = ()
        self._head_end: int | None = None

    def stream(self, first: int, last: int, last_column: int, rows: Iterable[str]) -> None:
        """Put rows of XML (``Row.xml``), numbered from ``first`` to ``last``, below everything written so far."""
        if self.dim_rowmax is not None and self.dim_rowmax >= first:
            raise ValueError(f"rows {first + 1}-{self.dim_rowmax + 1} of the head stand where the long rows begin")
        self._head_end = -1 if self.dim_rowmax is None else self.dim_rowmax
        self._check_dimensions(first, 0)
        self._check_dimensions(last, last_column)
        self._streamed = rows

    def _write_rows(self) -> None:
        if self._head_end is None:
            super()._write_rows()
            return
        last, self.dim_rowmax = self.dim_rowmax, self._head_end
        if self._head_end >= 0:
            super()._write_rows()
        self.dim_rowmax = last
        for row in self._streamed:
            self.fh.write(row)


class Row:
    """One row that is being put together, cell after cell from left to right."""

    __slots__ = ("_cells", "_number")

    def __init__(self, row: int) -> None:
        self._number = row + 1
        self._cells: list[str] = []

    def text(self, column: int, text: str, style: Any) -> None:
        """A text; always stored as text, whatever it looks like."""
        if not text:
            self.blank(column, style)
            return
        place = f'r="{column_letters(column)}{self._number}" s="{style._get_xf_index()}"'
        inline = _short_inline(text) if len(text) <= _SHORT else _inline(text)
        self._cells.append(f'<c {place} t="inlineStr">{inline}</c>')

    def number(self, column: int, number: int | float | Decimal, style: Any) -> None:
        """A number."""
        place = f'r="{column_letters(column)}{self._number}" s="{style._get_xf_index()}"'
        self._cells.append(f"<c {place}><v>{digits(number)}</v></c>")

    def blank(self, column: int, style: Any) -> None:
        """A cell with its borders and fill only."""
        self._cells.append(f'<c r="{column_letters(column)}{self._number}" s="{style._get_xf_index()}"/>')

    def formula(self, column: int, formula: str, result: int | float | Decimal | str, style: Any) -> None:
        """A formula of ours with its result."""
        place = f'r="{column_letters(column)}{self._number}" s="{style._get_xf_index()}"'
        source = escaped(formula.removeprefix("="))
        if isinstance(result, str):
            self._cells.append(f'<c {place} t="str"><f>{source}</f><v>{escaped(result)}</v></c>')
        else:
            self._cells.append(f"<c {place}><f>{source}</f><v>{digits(result)}</v></c>")

    def numbers(self, letters: Sequence[str], numbers: Iterable[int | Decimal | None], style: Any) -> None:
        """Many numbers of one style side by side; blank cells where there is none. ``letters``: their columns."""
        end, at = f'{self._number}" s="{style._get_xf_index()}"', '<c r="'
        self._cells += [
            f"{at}{column}{end}/>" if number is None else f"{at}{column}{end}><v>{digits(number)}</v></c>"
            for column, number in zip(letters, numbers, strict=True)
        ]

    def xml(self, height: float | None = None) -> str:
        """The row as XML. ``height`` in points."""
        high = f' ht="{height:g}" customHeight="1"' if height else ""
        return f'<row r="{self._number}"{high}>{"".join(self._cells)}</row>'


def _inline(text: str) -> str:
    """A text as an inline string."""
    keep = ' xml:space="preserve"' if text != text.strip() or "\n" in text else ""
    return f"<is><t{keep}>{escaped(text)}</t></is>"


# Units, rows and measures return in thousands of rows; long texts would only fill the memory.
_SHORT = 200
_short_inline = lru_cache(maxsize=32_768)(_inline)


def escaped(text: str) -> str:
    """A text as XML holds it."""
    return _CONTROL.sub(_escape, text).translate(_MARKUP)


def _escape(match: re.Match[str]) -> str:
    return "_x005F_" if match[0] == "_" else f"_x{ord(match[0]):04X}_"


def digits(number: int | float | Decimal) -> str:
    """A number as XlsxWriter writes it: sixteen digits, as many as a double has."""
    if type(number) is int and -_EXACT < number < _EXACT:
        return str(number)
    return f"{float(number):.16G}"
