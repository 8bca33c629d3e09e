"""The workbook "Ghép dòng" as a person left it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cchc_xl.errors import InputFault
from cchc_xl.readers.file_book import FileBook
from cchc_xl.recognition.mapping_layout import (
    COLUMNS_SHEET,
    CONFIRM,
    FIGURES,
    FORM_COLUMN,
    FORMAT,
    HIDDEN_SHEET,
    IDENTITY,
    KEY,
    MARK,
    OTHER,
    OTHER_COLUMN,
    PERIOD,
    PROPOSED,
    ROWS_SHEET,
    UNIT,
    UNIT_CODE,
    code_of,
)
from cchc_xl.values import from_cell


@dataclass(frozen=True, slots=True)
class Answer:
    """What stands beside a row or column: the word under "Xác nhận", another code that was chosen, the sheet's row.

    ``proposed``: the code of the proposal to which the word is the answer.
    """

    word: str
    other: str
    proposed: str
    figures: str
    line: int


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The workbook's answers by key, and what it was made from."""

    name: str
    form: str
    version: int
    sha256: str
    unit: str
    unit_code: str
    period: str
    rows: Mapping[str, Answer]
    columns: Mapping[str, Answer]


def read_confirmation(path: Path) -> Confirmation:
    """Read the answers. Raises ``WorkbookFault``, and ``InputFault`` when it is another workbook or damaged."""
    with FileBook(path) as book:
        names = book.sheet_names
        if not {ROWS_SHEET, COLUMNS_SHEET, HIDDEN_SHEET} <= set(names):
            raise InputFault(f"{path.name} không phải sổ “{ROWS_SHEET}”: hãy lập sổ đó bằng lệnh nhan-dang TỆP -o.")
        hidden = {str(row[0]): row[1] for row in book.grid(HIDDEN_SHEET) if len(row) > 1}
        rows, columns = book.grid(ROWS_SHEET), book.grid(COLUMNS_SHEET)
    if _text(hidden.get("format")) != FORMAT or _text(hidden.get("mark")) != MARK:
        raise InputFault(f"{path.name} do một bản khác của bộ công cụ lập: hãy lập lại bằng lệnh nhan-dang TỆP -o.")
    identity = {
        name: next((_text(row[at + 1]) for row in rows for at, cell in enumerate(row[:-1]) if _text(cell) == name), "")
        for name in IDENTITY
    }
    version = _text(hidden.get("version"))
    return Confirmation(
        path.name,
        _text(hidden.get("form")),
        int(version) if version.isdecimal() and len(version) < 6 else 0,
        _text(hidden.get("sha256")),
        identity[UNIT],
        identity[UNIT_CODE],
        identity[PERIOD],
        dict(_answers(path, rows, OTHER, PROPOSED)),
        dict(_answers(path, columns, OTHER_COLUMN, FORM_COLUMN)),
    )


def _answers(path: Path, grid: Sequence[Sequence[object]], other: str, proposed: str) -> Iterator[tuple[str, Answer]]:
    header = next((row for row in grid if CONFIRM in row and KEY in row and other in row), None)
    if header is None:
        raise InputFault(f"{path.name} mất hàng tiêu đề của bảng: hãy lập lại bằng lệnh nhan-dang TỆP -o.")
    places = {str(title): at for at, title in enumerate(header) if title}
    first = list(grid).index(header) + 1
    seen: set[str] = set()
    for line, row in enumerate(grid[first:], start=first + 1):

        def text(title: str, row: Sequence[object] = row) -> str:
            at = places.get(title, len(row))
            return _text(row[at]) if at < len(row) else ""

        key = text(KEY)
        if not key:
            continue
        if key in seen:
            raise InputFault(f"{path.name}: hàng {line} là bản chép của một hàng khác: hãy xóa hàng chép thừa.")
        seen.add(key)
        yield key, Answer(text(CONFIRM), code_of(text(other)), code_of(text(proposed)), text(FIGURES), line)


def _text(cell: object) -> str:
    value = from_cell(cell)
    # A code that was typed is a number for Excel, and has no thousands.
    return f"{value.number.normalize():f}" if value.number is not None else value.text.strip()
