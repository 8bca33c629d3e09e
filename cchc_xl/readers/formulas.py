"""The formulas of a sheet, by a look at its XML (ECMA-376 part 1 §18.3.1.4 c, §18.3.1.40 f); the sheet without them.

Half of a form's XML is formulas that nobody compares (the live checks): what reads the values need not read those.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from html import unescape
from typing import Any

Position = tuple[int, int]

# No part of a pattern runs over a tag's end or beyond its cell: else a crafted sheet would keep it busy for hours.
_FORMULA = re.compile(rb"<f(?:\s[^<>]*)?(?:/>|>([^<]*)</f>)")
_ERROR_CELL = re.compile(rb'<c r="([A-Z]+[0-9]+)"[^<>]* t="e"[^<>]*>(?:<f\b[^<>]*(?:/>|>[^<]*</f>))?<v>([^<]*)<')
_PLACE = re.compile(rb"([A-Z]{1,3})([1-9][0-9]{0,6})")
_PLACED = b'<c r="'


class Formulas(Mapping[Position, str]):
    """Formula texts by zero-based (row, column), decoded when they are asked for."""

    def __init__(self, raw: dict[Position, bytes]) -> None:
        self._raw = raw

    def __getitem__(self, position: Position) -> str:
        return unescape(self._raw[position].decode("utf-8", "replace"))

    def get(self, position: Position, default: Any = None) -> Any:  # most cells have none: no exception for them
        return self[position] if position in self._raw else default

    def __contains__(self, position: object) -> bool:
        return position in self._raw

    def __iter__(self) -> Iterator[Position]:
        return iter(self._raw)

    def __len__(self) -> int:
        return len(self._raw)


def split(xml: bytes) -> tuple[bytes, Formulas]:
    """A sheet without its formulas, and these.

    Of any sheet: where what is left is in the dialect (``dialect``), it is what the sheet was, but for the formulas.
    """
    found: dict[Position, bytes] = {}
    pieces = []
    last = 0
    for start, end, text, position in _cells(xml):
        pieces.append(xml[last:start])
        last = end
        if position is not None:
            found[position] = text
    return b"".join((*pieces, xml[last:])), Formulas(found)


def formulas(xml: bytes) -> Formulas:
    """The formulas of a sheet in the dialect."""
    return Formulas({position: text for _, _, text, position in _cells(xml) if position is not None})


def error_values(xml: bytes) -> dict[Position, str]:
    """The cells of a sheet in the dialect that show an error value."""
    if b't="e"' not in xml:
        return {}
    cells = ((_place(reference), text) for reference, text in _ERROR_CELL.findall(xml))
    return {position: text.decode("utf-8", "replace") for position, text in cells if position is not None}


def _cells(xml: bytes) -> Iterator[tuple[int, int, bytes, Position | None]]:
    """Start, end and text of each formula in a cell, and where the cell is."""
    # A sheet has thousands of cells and few formulas: looking back from these is much faster than a look at each cell.
    for match in _FORMULA.finditer(xml):
        at = match.start()
        start = xml.rfind(b"<", 0, at)
        tag = xml[start:at]
        if tag.startswith(_PLACED) and tag.endswith(b'">'):
            yield at, match.end(), match[1] or b"", _place(tag[6 : tag.index(b'"', 6)])


@lru_cache(maxsize=32768)  # the same cells in every workbook of a form
def _place(reference: bytes) -> Position | None:
    match = _PLACE.fullmatch(reference)
    return (int(match[2]) - 1, _column(match[1])) if match else None


@cache
def _column(letters: bytes) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + letter - 64
    return column - 1
