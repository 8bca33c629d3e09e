"""The summary that a merge writes over, read from its own sheets: input like any other, nothing in it is trusted."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from urllib.parse import unquote

from cchc_xl import excel_limits
from cchc_xl.consolidation.changes import Earlier, EarlierUnit, Figure, ReportRow
from cchc_xl.errors import CchcError
from cchc_xl.ooxml.limits import SUMMARY as SUMMARY_LIMITS
from cchc_xl.readers.file_book import FileBook
from cchc_xl.summary_workbook.changes import CHANGES_SHEET, COLUMN_COUNT, KINDS
from cchc_xl.summary_workbook.plan import BY_UNIT_SHEET, LABEL_KEY, ROW_KEYS, TOTAL_KEY, UNIT_KEY

_UNIT = re.compile(re.escape(UNIT_KEY) + r"(.*)\|([0-9a-f]{64})", re.DOTALL)
_ABSENT = re.compile(r"\n– [^\n]+ –$")
_KEY_ROWS = 20  # how far a user's own rows may have pushed the row of keys
# Of "Thay đổi": every unit that went or came, as many as two summaries have columns, and every line of the form.
_MOST_ROWS = 3 * excel_limits.COLUMNS

Grid = Sequence[Sequence[object]]


def read_earlier(path: Path) -> Earlier:
    """The earlier summary's figures; when they cannot be read, a remark that says so."""
    try:
        with FileBook(path, limits=SUMMARY_LIMITS) as book:
            earlier = _figures(book.rows(BY_UNIT_SHEET)) if BY_UNIT_SHEET in book.sheet_names else None
            if earlier is not None:
                report = _report(book.grid(CHANGES_SHEET)) if CHANGES_SHEET in book.sheet_names else ()
                return replace(earlier, report=report, found=True)
    except CchcError:
        pass
    remark = f"Không đọc được trang “{BY_UNIT_SHEET}” của sổ tổng hợp cũ {path.name} nên không biết số nào đã thay đổi."
    return Earlier(remark=remark)


def _figures(rows: Iterator[Sequence[object]]) -> Earlier | None:
    """Units, figures and totals, found by their keys; ``None`` when the keys are not there."""
    found = next((row for row in islice(rows, _KEY_ROWS) if ROW_KEYS in row and TOTAL_KEY in row), None)
    if found is None:
        return None
    keys = [cell if isinstance(cell, str) else "" for cell in found]
    names = next(rows, ())
    units: dict[str, EarlierUnit] = {}
    columns: dict[str, int] = {}
    for column, key in enumerate(keys):
        match = _UNIT.fullmatch(key)
        code = unquote(match[1]) if match else ""
        if match and code not in units:
            units[code] = EarlierUnit(str(_at(names, column)).split("\n")[0] or code, match[2])
            columns[code] = column
    row_keys, total = keys.index(ROW_KEYS), keys.index(TOTAL_KEY)
    label = keys.index(LABEL_KEY) if LABEL_KEY in keys else len(keys)
    labels: dict[str, str] = {}
    figures: dict[str, list[Figure]] = {}
    totals: dict[str, Figure] = {}
    for row in rows:
        name = _at(row, row_keys)
        if isinstance(name, str) and name and name not in totals:
            totals[name] = _figure(_at(row, total))
            labels[name] = str(_at(row, label))
            figures[name] = [_figure(_at(row, column)) for column in columns.values()]
    return Earlier(units, figures, totals, labels, tuple(_absent(keys, names, label, total)))


def _absent(keys: Sequence[str], names: Sequence[object], first: int, last: int) -> Iterator[str]:
    """The units that have a column because they owe a report, and no figures in it."""
    for column in range(first + 1, last):
        heading = _cell(_at(names, column))
        if not keys[column] and isinstance(heading, str) and _ABSENT.search(heading):
            yield heading.split("\n")[0]


def _report(grid: Grid) -> tuple[ReportRow, ...]:
    """The rows of its "Thay đổi" as they stand, to be written again."""
    rows = []
    for row in grid[:_MOST_ROWS]:
        kind = _at(row, COLUMN_COUNT)
        if isinstance(kind, str) and kind in KINDS:
            rows.append((kind, tuple(_cell(_at(row, column)) for column in range(COLUMN_COUNT))))
    return tuple(rows)


def _figure(cell: object) -> Figure:
    """A figure to compare: texts with their spaces put in order."""
    value = _cell(cell)
    return " ".join(value.split()) if isinstance(value, str) else value


def _cell(cell: object) -> Figure:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        try:
            number = float(cell)
        except OverflowError:
            return ""
        return number if math.isfinite(number) else ""
    return "" if cell is None else str(cell)[: excel_limits.TEXT]


def _at(row: Sequence[object], column: int) -> object:
    return row[column] if column < len(row) else ""
