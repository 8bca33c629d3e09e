"""The sheets of an .xls file, through calamine, once their records show how much it would lay out.

[MS-XLS] §2.4: records of cells begin with their row and column; §2.4.265 SST holds the shared texts (§2.5.293), which
go on in CONTINUE records (§2.4.58); §2.4.117 FILEPASS stands where the file is encrypted.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from cchc_xl.ooxml.limits import Limits
from cchc_xl.readers.foreign.table import ForeignTable, SparseRows, TooLarge
from cchc_xl.readers.percentages import BUILT_IN, as_shown, is_percentage
from cchc_xl.values import from_cell

STREAMS = frozenset({"workbook", "book"})
_BEGIN, _SHARED, _CONTINUE, _PASSWORD, _DIMENSIONS, _SHARED_TEXT = 0x809, 0xFC, 0x3C, 0x2F, 0x200, 0xFD
# Formula, number, label, rich label, RK, error; with several cells in one: MULRK (its last column stands at the end).
_CELLS = frozenset({0x006, 0x203, 0x204, 0x0D6, 0x27E, 0x205, _SHARED_TEXT})
_SEVERAL = 0x0BD
_FORMAT, _CELL_FORMAT, _SHEET = 0x41E, 0xE0, 0x85
_NUMBERS = frozenset({0x006, 0x203, 0x27E})
_WIDE, _EXTENDED, _RICH = 1, 4, 8


class Encrypted(Exception):
    """The file asks for a password."""


def old_excel_tables(content: bytes, streams: Mapping[str, bytes], limits: Limits) -> list[ForeignTable]:
    """The sheets in their order. ``streams``: those of the file, for its records.

    Raises ``ValueError`` when it is damaged, ``TooLarge`` for what no form holds and ``Encrypted``.
    """
    shares: list[set[tuple[int, int]]] = []
    for name in STREAMS:
        shares = _measure(streams.get(name, b""), limits) or shares
    try:
        with _without_panic():
            return _read(content, shares, limits)
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise ValueError("a damaged file that calamine cannot cope with") from None


@contextmanager
def _without_panic() -> Iterator[None]:
    """Within the block the error stream is closed: a damaged file makes calamine panic, which writes pages there."""
    try:
        kept = os.dup(2)
    except OSError:  # a program without one
        yield
        return
    try:
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _read(content: bytes, shares: Sequence[set[tuple[int, int]]], limits: Limits) -> list[ForeignTable]:
    from python_calamine import CalamineError, CalamineWorkbook

    tables = []
    try:
        with CalamineWorkbook.from_filelike(BytesIO(content)) as workbook:
            for index, name in enumerate(workbook.sheet_names):
                mine = shares[index] if index < len(shares) else set()
                rows = SparseRows(limits)
                for number, row in enumerate(workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)):
                    for column, raw in enumerate(row):
                        value = from_cell(raw)
                        rows.put(number, column, as_shown(value) if (number, column) in mine else value)
                tables.append(ForeignTable(name, rows.laid_out(), worksheet=True))
    except (CalamineError, OSError) as error:
        raise ValueError(str(error)) from error
    return tables


def _measure(stream: bytes, limits: Limits) -> list[set[tuple[int, int]]]:
    """By sheet the cells that show a percentage.

    Refuses what calamine would lay out beyond the limits: cells up to the last, texts as often as they are shown.
    """
    formats = _Formats()
    rows = columns = area = shown = 0
    lengths: list[int] = []
    shared: list[bytes] = []
    last = 0
    for at, kind, data in _records(stream):
        formats.record(at, kind, data)
        if kind == _PASSWORD:
            raise Encrypted
        if kind == _BEGIN:
            area, rows, columns = area + rows * columns, 0, 0
        elif kind == _SHARED or (kind == _CONTINUE and last == _SHARED):
            shared.append(data)
            kind = _SHARED
        elif kind == _DIMENSIONS and len(data) >= 12:
            # calamine reserves room for as much.
            first_row, end_row, first_column, end_column = struct.unpack_from("<IIHH", data)
            if max(0, end_row - first_row) * max(0, end_column - first_column) > limits.cells:
                raise TooLarge
        elif (kind in _CELLS or kind == _SEVERAL) and len(data) >= 6:
            row, column = struct.unpack_from("<HH", data)
            if kind == _SEVERAL:
                column = max(column, struct.unpack_from("<H", data, len(data) - 2)[0])
            rows, columns = max(rows, row + 1), max(columns, column + 1)
            if kind == _SHARED_TEXT and len(data) >= 10:
                lengths = lengths or _lengths(shared)
                index = struct.unpack_from("<I", data, 6)[0]
                shown += lengths[index] if index < len(lengths) else 0
        if area + rows * columns > limits.cells or shown > limits.text:
            raise TooLarge
        last = kind
    return formats.percentages()


class _Formats:
    """Which cells have a format that shows a percentage (§2.4.126 Format, §2.4.353 XF, §2.4.28 BoundSheet8)."""

    def __init__(self) -> None:
        self._codes: dict[int, bool] = {}
        self._formats: list[int] = []
        self._begins: list[int] = []  # of the sheets, in their order
        self._cells: dict[int, list[tuple[int, int, int]]] = {}  # by where the sheet begins: row, column, format
        self._sheet = -1

    def record(self, at: int, kind: int, data: bytes) -> None:
        """Note what a record says of formats."""
        if kind == _BEGIN:
            self._sheet = at
        elif kind == _FORMAT and len(data) >= 5:
            wide = data[4] & _WIDE
            code = data[5:].decode("utf-16-le" if wide else "latin-1", "replace")
            self._codes[struct.unpack_from("<H", data)[0]] = is_percentage(code)
        elif kind == _CELL_FORMAT and len(data) >= 4:
            self._formats.append(struct.unpack_from("<H", data, 2)[0])
        elif kind == _SHEET and len(data) >= 4:
            self._begins.append(struct.unpack_from("<I", data)[0])
        elif kind in _NUMBERS and len(data) >= 6:
            self._cells.setdefault(self._sheet, []).append(struct.unpack_from("<HHH", data))
        elif kind == _SEVERAL and len(data) >= 6:
            row, first = struct.unpack_from("<HH", data)
            for number in range((len(data) - 6) // 6):
                style = struct.unpack_from("<H", data, 4 + 6 * number)[0]
                self._cells.setdefault(self._sheet, []).append((row, first + number, style))

    def percentages(self) -> list[set[tuple[int, int]]]:
        """By sheet the cells that show a percentage."""
        shares = [self._codes.get(code, code in BUILT_IN) for code in self._formats]
        return [
            {
                (row, column)
                for row, column, style in self._cells.get(begin, ())
                if style < len(shares) and shares[style]
            }
            for begin in self._begins
        ]


def _records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Where each record begins, its kind and its data."""
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield at, kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _lengths(parts: list[bytes]) -> list[int]:
    """How many letters each shared text has. A text that goes on in the next part begins there with its width again."""
    if not parts or len(parts[0]) < 8:
        return [0]
    found: list[int] = []
    part, at = 0, 8
    try:
        for _ in range(struct.unpack_from("<I", parts[0], 4)[0]):
            if at >= len(parts[part]):
                part, at = part + 1, 0
            count, flags = struct.unpack_from("<HB", parts[part], at)
            at += 3
            after = 0
            if flags & _RICH:
                after += 4 * struct.unpack_from("<H", parts[part], at)[0]
                at += 2
            if flags & _EXTENDED:
                after += struct.unpack_from("<I", parts[part], at)[0]
                at += 4
            found.append(count)
            wide, left = flags & _WIDE, count
            while left:
                here = min(left, (len(parts[part]) - at) >> wide)
                at, left = at + (here << wide), left - here
                if left:
                    part += 1
                    wide, at = parts[part][0] & _WIDE, 1
            while after:
                here = min(after, len(parts[part]) - at)
                at, after = at + here, after - here
                if after:
                    part, at = part + 1, 0
    except (IndexError, struct.error) as error:
        raise ValueError("shared texts that end too early") from error
    return found or [0]
