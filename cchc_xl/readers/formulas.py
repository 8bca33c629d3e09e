"""The formulas of a sheet, by a look at its XML (ECMA-376 part 1 §18.3.1.4 c, §18.3.1.40 f); the sheet without them.

Half of a form's XML is formulas that nobody compares (the live checks): what reads the values need not read those.
A program may write a formula once and only point to it from the cells that it was filled into (``t="shared"``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from html import unescape
from typing import Any

from cchc_xl.layout import column_letters

Position = tuple[int, int]

# No part of a pattern runs over a tag's end or beyond its cell: else a crafted sheet would keep it busy for hours.
_FORMULA = re.compile(rb"<f(?:\s[^<>]*)?(?:/>|>([^<]*)</f>)")
_ERROR_CELL = re.compile(rb'<c r="([A-Z]+[0-9]+)"[^<>]* t="e"[^<>]*>(?:<f\b[^<>]*(?:/>|>[^<]*</f>))?<v>([^<]*)<')
_PLACE = re.compile(rb"([A-Z]{1,3})([1-9][0-9]{0,6})")
_PLACED = b'<c r="'
_SHARED = re.compile(rb'<f(?=[^<>]*\st="shared")[^<>]*\ssi="([0-9]{1,9})"')
# Texts and names of sheets, in which nothing moves, and references to cells.
_PIECES = re.compile(r"""("[^"]*"|'[^']*'!?)|(?<![\w.$])(\$?)([A-Z]{1,3})(\$?)([1-9][0-9]{0,6})(?![\w.(!])""", re.ASCII)
_LONGEST_SHARED = 1_000  # the forms' own have up to 60 letters
_ROWS, _COLUMNS = 1_048_576, 16_384


class Formulas(Mapping[Position, str]):
    """Formula texts by zero-based (row, column), decoded when they are asked for."""

    def __init__(self, raw: dict[Position, bytes], shared: Mapping[Position, Position] | None = None) -> None:
        """``shared``: by cell the one with the formula that it was filled from."""
        self._raw = raw
        self._shared = shared or {}

    def __getitem__(self, position: Position) -> str:
        source = self._shared.get(position, position)
        text = unescape(self._raw[source].decode("utf-8", "replace"))
        return text if source == position else moved(text, position[0] - source[0], position[1] - source[1])

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
    pieces = []
    last = 0
    cells = list(_cells(xml))
    for start, end, _, _ in cells:
        pieces.append(xml[last:start])
        last = end
    return b"".join((*pieces, xml[last:])), _gathered(xml, cells)


def formulas(xml: bytes) -> Formulas:
    """The formulas of a sheet in the dialect."""
    return _gathered(xml, list(_cells(xml)))


def moved(formula: str, down: int, right: int) -> str:
    """A formula as it stands in a cell that it was filled into; empty where a reference would leave the sheet."""
    if len(formula) > _LONGEST_SHARED:
        return ""
    left = False

    def reference(match: re.Match[str]) -> str:
        nonlocal left
        if match[1]:
            return match[1]
        column = _column(match[3].encode()) + (0 if match[2] else right)
        row = int(match[5]) + (0 if match[4] else down)
        left = left or not (0 <= column < _COLUMNS and 0 < row <= _ROWS)
        return f"{match[2]}{column_letters(max(column, 0))}{match[4]}{row}"

    text = _PIECES.sub(reference, formula)
    return "" if left else text


def _gathered(xml: bytes, cells: Sequence[tuple[int, int, bytes, Position | None]]) -> Formulas:
    found = {position: text for _, _, text, position in cells if position is not None}
    if b't="shared"' not in xml:
        return Formulas(found)
    firsts: dict[bytes, Position] = {}
    shared: dict[Position, Position] = {}
    for start, _, text, position in cells:
        number = _SHARED.match(xml, start)
        if number is None or position is None:
            continue
        if text:
            firsts.setdefault(number[1], position)
        elif number[1] in firsts:
            shared[position] = firsts[number[1]]
    return Formulas(found, shared)


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
