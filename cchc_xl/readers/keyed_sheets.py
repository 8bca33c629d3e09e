"""The appendix sheets of a workbook by their hidden keys alone, whatever version of a form they are of."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from cchc_xl.cover import COVER_ID, GUIDE_SHEET
from cchc_xl.errors import WorkbookFault
from cchc_xl.layout import (
    CHECK_KEY,
    FOOT_KEY,
    KEY_PREFIX,
    REPORT_SHEET,
    appendix_key,
    column_letters,
)
from cchc_xl.leftovers import LEFTOVER_COLUMNS, LEFTOVER_KEY, Content, Leftover
from cchc_xl.readers.grid import Book, CellFacts, key_corner
from cchc_xl.report_layout import ADDRESS, EXPLANATION, FIXED, MESSAGE, PAGE, RULE, STATUS
from cchc_xl.stamp import STAMP_SHEET
from cchc_xl.values import Value, exact, from_cell

_ORDER = re.compile(r"[1-9][0-9]{0,4}")
_MOST_ORDER = 100_000
_COLUMN_KEY = re.compile(r"[a-z][a-z_0-9]*")
AGAIN = "giải trình của sổ cũ: ghi lại sau khi kiểm tra sổ mới"
# Sheets of the toolkit's own in which nobody writes.
_WITHOUT_WORK = (STAMP_SHEET, GUIDE_SHEET)
_BESIDE = re.compile(rf"{re.escape(CHECK_KEY)}|[a-z]+\..*")


@dataclass(frozen=True, slots=True)
class KeyedCell:
    """A cell as it stands. ``order`` 0 or ``column`` empty: it stands beside the form's own rows or columns.

    ``content`` is what a person sees there (``None``: nothing), ``formula`` its text (``None`` where none stands).
    """

    order: int
    column: str
    row: int
    index: int
    value: Value
    content: Content | None
    formula: str | None


@dataclass(frozen=True, slots=True)
class KeyedSheet:
    """A sheet with the key of an appendix. ``columns`` and ``rows``: where its keys stand (zero-based)."""

    appendix: str
    sheet: str
    top: int
    left: int
    columns: Mapping[str, int]
    rows: Mapping[int, int]
    grid: Sequence[Sequence[object]]
    facts: CellFacts

    def text(self, row: int, column: int) -> str:
        """What stands in a cell, as text."""
        return str(_at(self.grid, row, column))

    def label(self, row: int) -> str:
        """The label that stands in a row."""
        return self.text(row, self.columns["label"]).strip() if "label" in self.columns else ""

    def heading(self, column: int) -> str:
        """The nearest heading above a column, else its letters."""
        for row in range(min(self.rows.values()) - 1, self.top, -1):
            text = self.text(row, column).strip()
            if text:
                return text
        return column_letters(column)

    def cells(self) -> list[KeyedCell]:
        """Every cell from the first row of the form on; what the toolkit writes beside the table is not there."""
        if not self.rows:
            return []
        orders = {index: order for order, index in self.rows.items()}
        keys = {index: key for key, index in self.columns.items()}
        passed = {self.left} | {
            index for index, cell in enumerate(self.grid[self.top]) if isinstance(cell, str) and _BESIDE.fullmatch(cell)
        }
        found = []
        for row in range(min(orders), len(self.grid)):
            if _at(self.grid, row, self.left) == FOOT_KEY:
                continue
            for index, raw in enumerate(self.grid[row]):
                if index in passed:
                    continue
                error = self.facts.errors.get((row, index))
                formula = self.facts.formulas.get((row, index))
                value = from_cell(raw)
                content = error if error is not None else _content(raw, value)
                if content is not None or formula is not None:
                    found.append(
                        KeyedCell(orders.get(row, 0), keys.get(index, ""), row, index, value, content, formula)
                    )
        return found


@dataclass(frozen=True, slots=True)
class KeyedBook:
    """The appendix sheets, what an earlier upgrade could not carry, and the names of all other sheets."""

    sheets: tuple[KeyedSheet, ...]
    leftovers: tuple[Leftover, ...]
    other_sheets: tuple[str, ...]


def read_keyed(book: Book, name: str) -> KeyedBook:
    """Read the keys of every sheet. Raises ``WorkbookFault`` where a key stands twice: nothing is guessed."""
    sheets: dict[str, KeyedSheet] = {}
    leftovers: list[Leftover] = []
    others = []
    for sheet in book.sheet_names:
        grid = book.grid(sheet)
        corner = key_corner(grid)
        if corner is None:
            if sheet == REPORT_SHEET:
                leftovers.extend(explanations(grid))
            elif sheet not in _WITHOUT_WORK:
                others.append(sheet)
            continue
        top, left = corner
        key = str(grid[top][left])
        if key == appendix_key(COVER_ID):
            continue
        if key == LEFTOVER_KEY:
            lines = _leftovers(grid, top, left)
            if lines is None:
                others.append(sheet)
            else:
                leftovers.extend(lines)
            continue
        keyed = _keyed(book, name, sheet, key.removeprefix(KEY_PREFIX), grid, top, left)
        if keyed.appendix in sheets:
            raise WorkbookFault(
                f"{name}: hai trang “{sheets[keyed.appendix].sheet}” và “{sheet}” cùng là phụ lục {keyed.appendix}: "
                "hãy xóa trang chép thừa rồi chạy lại."
            )
        sheets[keyed.appendix] = keyed
    return KeyedBook(tuple(sheets.values()), tuple(leftovers), tuple(others))


def _keyed(
    book: Book, name: str, sheet: str, appendix: str, grid: Sequence[Sequence[object]], top: int, left: int
) -> KeyedSheet:
    columns: dict[str, int] = {}
    for index, cell in enumerate(grid[top]):
        if index > left and isinstance(cell, str) and _COLUMN_KEY.fullmatch(cell) and cell != CHECK_KEY:
            if cell in columns:
                raise WorkbookFault(
                    f"{name}: trang “{sheet}” có cột {column_letters(columns[cell])} và {column_letters(index)} là một "
                    "cột của biểu chép thành hai: hãy xóa cột chép thừa rồi chạy lại."
                )
            columns[cell] = index
    rows: dict[int, int] = {}
    for index in range(top + 1, len(grid)):
        order = _order(_at(grid, index, left))
        if order is None:
            continue
        if order in rows:
            raise WorkbookFault(
                f"{name}: trang “{sheet}” có hàng {rows[order] + 1} và {index + 1} là một dòng của biểu "
                "chép thành hai: hãy xóa hàng chép thừa rồi chạy lại."
            )
        rows[order] = index
    return KeyedSheet(appendix, sheet, top, left, columns, rows, grid, book.facts(sheet) if rows else CellFacts())


def _leftovers(grid: Sequence[Sequence[object]], top: int, left: int) -> list[Leftover] | None:
    """The lines of an earlier upgrade; ``None`` when the sheet's keys are damaged."""
    places = {cell: index for index, cell in enumerate(grid[top]) if index > left and isinstance(cell, str) and cell}
    if not all(key in places for key, _, _ in LEFTOVER_COLUMNS):
        return None
    heading = next(heading for key, heading, _ in LEFTOVER_COLUMNS if key == "value")
    found = []
    below = False
    for row in range(top + 1, len(grid)):
        raw = _at(grid, row, places["value"])
        content = _content(raw, from_cell(raw))
        if below and content is not None:
            number = _order(_at(grid, row, places["row"])) or 0
            appendix, label, column, reason = (
                str(_at(grid, row, places[key])) for key in ("appendix", "label", "column", "reason")
            )
            found.append(Leftover(appendix, number, label, column, content, reason))
        below = below or raw == heading
    return found


def explanations(grid: Sequence[Sequence[object]]) -> list[Leftover]:
    """Explanations on the report sheet belong to findings of the old workbook, but they are a person's words."""
    top = next((index for index, row in enumerate(grid) if RULE in row and EXPLANATION in row), len(grid))
    found = []
    for row in grid[top + 1 :]:
        texts = {str(title): str(cell).strip() for title, cell in zip(grid[top], row, strict=False)}
        if texts.get(EXPLANATION) and texts.get(STATUS) != FIXED:
            at = re.search(r"[1-9][0-9]*$", texts.get(ADDRESS, ""))
            message = texts.get(MESSAGE, "")
            found.append(
                Leftover(texts.get(PAGE, ""), int(at[0]) if at else 0, message, EXPLANATION, texts[EXPLANATION], AGAIN)
            )
    return found


def _content(raw: object, value: Value) -> Content | None:
    """What is carried of a raw cell: an exact number, a date or time as it is, else the text."""
    if isinstance(raw, date | time | timedelta):
        return raw
    if not value.filled:
        return None
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return exact(raw)
    return value.text


def _at(grid: Sequence[Sequence[object]], row: int, column: int) -> object:
    return grid[row][column] if row < len(grid) and column < len(grid[row]) else ""


def _order(cell: object) -> int | None:
    if isinstance(cell, str):
        return int(cell) if _ORDER.fullmatch(cell.strip()) else None
    if isinstance(cell, int | float) and not isinstance(cell, bool) and 0 < cell < _MOST_ORDER and cell == int(cell):
        return int(cell)
    return None
