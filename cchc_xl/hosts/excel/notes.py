"""Notes of Kiểm tra beside the users' own: ours begin with a mark of their own, theirs stay."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from cchc_xl.hosts.excel.faults import is_busy
from cchc_xl.hosts.excel.undisturbed import insist

_OURS, _END = "[CCHC] ", "[CCHC hết]"
_BLOCK = re.compile(r"^\[CCHC\] (?:Lỗi|Cảnh báo|Gợi ý) \(.*?(?:^\[CCHC hết\]\n?|\Z)", re.MULTILINE | re.DOTALL)
_WIDTH, _LINE = 330, 13  # points
_LINE_CHARACTERS = 62


def has_notes(sheet: Any) -> bool:
    """Whether a note of ours stands on the sheet."""
    return any(_BLOCK.search(note.text) for note in sheet.notes)


def set_notes(sheet: Any, wanted: Mapping[tuple[int, int], str]) -> None:
    """Make our notes on a sheet those of ``wanted`` (by row and column from 1); users' own texts stay."""
    existing = {(note.location.row, note.location.column): note for note in sheet.notes}
    for place in sorted({*existing, *wanted}):
        note = existing.get(place)
        text = note.text if note is not None else ""
        theirs = _BLOCK.sub("", text).rstrip("\n")
        ours = f"{_OURS}{wanted[place]}\n{_END}" if place in wanted else ""
        new = "\n".join(filter(None, (theirs, ours)))
        if new == text.rstrip("\n"):
            continue
        if note is not None:
            note.delete()
        if new:
            _write(sheet.range(place), new, text)


def _write(cell: Any, text: str, before: str) -> None:
    """Put a note on a cell; when Excel refuses it, what stood there (``before``) is put back."""
    try:
        note = cell.add_note(text)
    except Exception as refused:
        if before:
            insist(lambda: cell.add_note(before))
        if is_busy(refused):
            raise
        return  # a cell with a threaded comment takes no note; the report says it all
    _fit(note, text)


def _fit(note: Any, text: str) -> None:
    """Excel's default box shows four lines."""
    lines = sum(1 + len(line) // _LINE_CHARACTERS for line in text.split("\n"))
    with suppress(Exception):  # a box of the default size is no reason to fail
        note.api.Shape.Width = _WIDTH
        note.api.Shape.Height = _LINE * (lines + 1)
