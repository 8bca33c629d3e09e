"""What a handler changes in a workbook, as cells: to compare hosts that write files in ways of their own.

Two hosts store the same workbook differently (styles, empty cells, caches). So each stores it untouched and after the
handler, and what has changed between the two is compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl

Facts = Mapping[tuple[str, str], Any]
_PERMISSIONS = [
    *("sheet", "objects", "scenarios", "formatCells", "formatColumns", "formatRows", "insertColumns", "insertRows"),
    *("insertHyperlinks", "deleteColumns", "deleteRows", "sort", "autoFilter", "pivotTables"),
    *("selectLockedCells", "selectUnlockedCells"),
]


def facts(path: Path) -> dict[tuple[str, str], Any]:
    """Everything that a handler may change, by (sheet, cell or name of the property)."""
    book = openpyxl.load_workbook(path)
    found: dict[tuple[str, str], Any] = {("", "sheets"): tuple(book.sheetnames), ("", "active"): book.active.title}
    for sheet in book.worksheets:
        found[sheet.title, "state"] = sheet.sheet_state
        found[sheet.title, "protection"] = {name: bool(getattr(sheet.protection, name)) for name in _PERMISSIONS}
        found[sheet.title, "conditions"] = _conditions(sheet)
        found[sheet.title, "validated"] = sum(map(_size, (v.cells for v in sheet.data_validations.dataValidation)))
        for row in sheet.iter_rows():
            for cell in row:
                content = _content(cell)
                if content is not None:
                    found[sheet.title, cell.coordinate] = content
    return found


def _conditions(sheet: Any) -> Mapping[str, int]:
    """How many cells each condition colours, however it is written down in pieces."""
    found: Counter[str] = Counter()
    for ranges in sheet.conditional_formatting:
        for rule in ranges.rules:
            found[rule.type] += _size(ranges.cells)
    return found


def _size(cells: Any) -> int:
    return sum(part.size["rows"] * part.size["columns"] for part in cells.ranges)


def _content(cell: Any) -> tuple[object, ...] | None:
    value = cell.value
    if isinstance(value, bool | str) or value is None:
        shown: object = value or None
    elif isinstance(value, datetime):
        shown = value
    else:
        shown = float(value)
    if isinstance(shown, str):  # the two write ends of lines and spaces of formulas each in its way
        shown = shown.replace("\r\n", "\n")
        shown = shown.replace(" ", "") if shown.startswith("=") else shown
    opened = not cell.protection.locked
    note = cell.comment.text.replace("\r\n", "\n").strip() if cell.comment is not None else None
    return (shown, note, opened, cell.number_format) if shown is not None or note is not None else None


def changes(before: Facts, after: Facts) -> dict[tuple[str, str], Any]:
    """What is other than before."""
    return {key: after.get(key) for key in {*before, *after} if before.get(key) != after.get(key)}


def compared(
    source: Path,
    folder: Path,
    steps: Callable[[Any], None],
    open_imitated: Callable[[Path], Any],
    open_calc: Callable[[Path], Any],
) -> tuple[dict[tuple[str, str], Any], dict[tuple[str, str], Any], int]:
    """What ``steps`` change in the imitated Excel and in Calc, and how many cells and properties were compared."""
    found = []
    size = 0
    for name, opener in (("excel", open_imitated), ("calc", open_calc)):
        stored = []
        for moment in ("before", "after"):
            book = opener(source)
            if moment == "after":
                steps(book)
            target = folder / f"{name}-{moment}.xlsx"
            book.api.SaveCopyAs(str(target))
            stored.append(facts(target))
        found.append(changes(*stored))
        size = max(size, len({*stored[0], *stored[1]}))
    return found[0], found[1], size
