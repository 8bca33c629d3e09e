"""The sheets of an .xls file, through calamine, once their records show how much it would lay out.

[MS-XLS] §2.4: records of cells begin with their row and column; §2.4.265 SST holds the shared texts (§2.5.293), which
go on in CONTINUE records (§2.4.58); §2.4.117 FILEPASS stands where the file is encrypted. What calamine does not tell:
formats (§2.4.126 Format, §2.4.353 XF), sheets and whether they are hidden (§2.4.28 BoundSheet8), errors (§2.4.24
BoolErr, §2.5.133 FormulaValue, §2.5.10 BErr), hidden rows (§2.4.221 Row) and columns (§2.4.53 ColInfo), merged cells
(§2.4.168 MergeCells).
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from cchc_xl.ooxml.limits import Limits
from cchc_xl.readers.appearance import MOST_BOXES, Appearance
from cchc_xl.readers.foreign.table import ForeignTable, SparseRows, TooLarge
from cchc_xl.readers.number_scales import BUILT_IN, as_shown, scale
from cchc_xl.values import State, Value, from_cell

STREAMS = frozenset({"workbook", "book"})
_BEGIN, _END, _SHARED, _CONTINUE, _PASSWORD, _DIMENSIONS, _SHARED_TEXT = 0x809, 0x0A, 0xFC, 0x3C, 0x2F, 0x200, 0xFD
# Formula, number, label, rich label, RK, error; with several cells in one: MULRK (its last column stands at the end).
_CELLS = frozenset({0x006, 0x203, 0x204, 0x0D6, 0x27E, 0x205, _SHARED_TEXT})
_SEVERAL = 0x0BD
_FORMAT, _CELL_FORMAT, _SHEET = 0x41E, 0xE0, 0x85
_FORMULA, _BOOL_OR_ERROR, _ROW, _COLUMNS, _MERGED = 0x006, 0x205, 0x208, 0x7D, 0xE5
_NUMBERS = frozenset({_FORMULA, 0x203, 0x27E})
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_WIDE, _EXTENDED, _RICH = 1, 4, 8


class Encrypted(Exception):
    """The file asks for a password."""


def old_excel_tables(content: bytes, streams: Mapping[str, bytes], limits: Limits) -> list[ForeignTable]:
    """The sheets in their order. ``streams``: those of the file, for its records.

    Raises ``ValueError`` when it is damaged, ``TooLarge`` for what no form holds and ``Encrypted``.
    """
    sheets: list[_SheetRecords] = []
    for name in sorted(STREAMS):
        sheets = _measure(streams.get(name, b""), limits) or sheets
    try:
        with _without_panic():
            return _read(content, sheets, limits)
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


def _read(content: bytes, sheets: Sequence[_SheetRecords], limits: Limits) -> list[ForeignTable]:
    from python_calamine import CalamineError, CalamineWorkbook

    tables = []
    try:
        with CalamineWorkbook.from_filelike(BytesIO(content)) as workbook:
            for index, name in enumerate(workbook.sheet_names):
                mine = sheets[index] if index < len(sheets) else _SheetRecords()
                rows = SparseRows(limits)
                for number, row in enumerate(workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)):
                    for column, raw in enumerate(row):
                        value = from_cell(raw)
                        rows.put(number, column, as_shown(value, mine.scales.get((number, column), 0)))
                for (number, column), text in mine.errors.items():
                    rows.put(number, column, Value(State.ERROR, text=text))
                for (number, column), (high, wide) in mine.look.boxes.items():
                    rows.merge(number, column, high, wide)
                tables.append(
                    ForeignTable(
                        name,
                        rows.laid_out(),
                        worksheet=True,
                        boxes=rows.boxes,
                        hidden_rows=frozenset(mine.look.hidden_rows),
                        hidden_columns=frozenset(mine.look.hidden_columns),
                        hidden=mine.hidden,
                    )
                )
    except (CalamineError, OSError) as error:
        raise ValueError(str(error)) from error
    return tables


def _measure(stream: bytes, limits: Limits) -> list[_SheetRecords]:
    """By sheet what its records say of its cells.

    Refuses what calamine would lay out beyond the limits: cells up to the last, texts as often as they are shown.
    """
    book = _BookRecords()
    rows = columns = area = shown = 0
    lengths: list[int] = []
    shared: list[bytes] = []
    last = 0
    for at, kind, data in _records(stream):
        book.record(at, kind, data)
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
    return book.sheets()


@dataclass(slots=True)
class _SheetRecords:
    """What the records of a sheet say: number cells (row, column, format), errors, what is merged and hidden."""

    look: Appearance = field(default_factory=Appearance)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    formats: list[tuple[int, int, int]] = field(default_factory=list)
    scales: dict[tuple[int, int], int] = field(default_factory=dict)
    hidden: bool = False

    def record(self, kind: int, data: bytes) -> None:
        """Note what a record of the sheet says."""
        if kind in _NUMBERS:
            self.formats.append(struct.unpack_from("<HHH", data))
            if kind == _FORMULA and len(data) >= 14 and data[6] == 2 and data[12:14] == b"\xff\xff":
                self._error(data, data[8])
        elif kind == _BOOL_OR_ERROR and len(data) >= 8 and data[7]:
            self._error(data, data[6])
        elif kind == _SEVERAL:
            row, first = struct.unpack_from("<HH", data)
            for number in range((len(data) - 6) // 6):
                self.formats.append((row, first + number, struct.unpack_from("<H", data, 4 + 6 * number)[0]))
        elif kind == _ROW and len(data) >= 16 and data[12] & 0x20:
            self.look.hidden_rows.add(struct.unpack_from("<H", data)[0])
        elif kind == _COLUMNS and len(data) >= 10 and data[8] & 1:
            first, last = struct.unpack_from("<HH", data)
            self.look.hidden_columns.update(range(first, min(last, 255) + 1))
        elif kind == _MERGED and len(self.look.boxes) < MOST_BOXES:
            for at in range(2, len(data) - 7, 8):
                top, bottom, left, right = struct.unpack_from("<4H", data, at)
                self.look.boxes[top, left] = bottom - top + 1, right - left + 1

    def _error(self, data: bytes, code: int) -> None:
        row, column = struct.unpack_from("<HH", data)
        self.errors[row, column] = _ERRORS.get(code, "#?")


class _BookRecords:
    """What the records of a workbook say, sheet by sheet."""

    def __init__(self) -> None:
        self._codes: dict[int, int] = {}
        self._formats: list[int] = []
        self._told: list[tuple[int, bool]] = []  # of each sheet: where it begins, and whether it is hidden
        self._sheets: dict[int, _SheetRecords] = {}
        # A chart within a sheet begins and ends in the midst of the sheet's own records.
        self._open = [_SheetRecords()]

    def record(self, at: int, kind: int, data: bytes) -> None:
        """Note what a record says."""
        if kind == _BEGIN:
            self._sheets[at] = _SheetRecords()
            self._open.append(self._sheets[at])
        elif kind == _END and len(self._open) > 1:
            self._open.pop()
        elif kind == _FORMAT and len(data) >= 5:
            wide = data[4] & _WIDE
            code = data[5:].decode("utf-16-le" if wide else "latin-1", "replace")
            self._codes[struct.unpack_from("<H", data)[0]] = scale(code)
        elif kind == _CELL_FORMAT and len(data) >= 4:
            self._formats.append(struct.unpack_from("<H", data, 2)[0])
        elif kind == _SHEET and len(data) >= 6:
            self._told.append((struct.unpack_from("<I", data)[0], bool(data[4] & 3)))
        elif len(data) >= 6:
            self._open[-1].record(kind, data)

    def sheets(self) -> list[_SheetRecords]:
        """The sheets in their order."""
        powers = [self._codes.get(code, BUILT_IN.get(code, 0)) for code in self._formats]
        found = []
        for begin, hidden in self._told:
            sheet = self._sheets.get(begin, _SheetRecords())
            sheet.hidden = hidden
            sheet.scales = {
                (row, column): powers[style]
                for row, column, style in sheet.formats
                if style < len(powers) and powers[style]
            }
            found.append(sheet)
        return found


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
