"""Notes of Kiểm tra beside the users' own: ours begin with a mark of their own, theirs stay."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

_OURS = "[CCHC] "
_WIDTH, _LINE = 330, 13  # points
_LINE_CHARACTERS = 62


def set_notes(sheet: Any, wanted: Mapping[tuple[int, int], str]) -> None:
    """Make our notes on a sheet those of ``wanted`` (by row and column from 1); users' own texts stay."""
    existing = {(note.location.row, note.location.column): note for note in sheet.notes}
    for place in sorted({*existing, *wanted}):
        note = existing.get(place)
        text = note.text if note is not None else ""
        theirs = text.split(_OURS, 1)[0].rstrip("\n")
        ours = _OURS + wanted[place] if place in wanted else ""
        new = "\n".join(filter(None, (theirs, ours)))
        if new == text:
            continue
        if note is not None:
            note.delete()
        if new:
            _fit(sheet.range(place).add_note(new), new)


def _fit(note: Any, text: str) -> None:
    """Excel's default box shows four lines."""
    lines = sum(1 + len(line) // _LINE_CHARACTERS for line in text.split("\n"))
    with suppress(Exception):  # a box of the default size is no reason to fail
        note.api.Shape.Width = _WIDTH
        note.api.Shape.Height = _LINE * (lines + 1)
