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
_PREFIXED_FORMULA_CELL = re.compile(
    rb"<(?:\w+:)?c\s([^<>]*[^<>/])>\s*<(?:\w+:)?f\b([^<>]*?)(?:/>|>([^<]*)</(?:\w+:)?f>)",
)
_FORMULA = re.compile(rb"<f(?:\s[^<>]*)?(?:/>|>([^<]*)</f>)")
_ERROR_CELL = re.compile(
    rb'<(?:\w+:)?c\s([^<>]*\bt="e"[^<>]*(?<!/))>\s*'
    rb"(?:<(?:\w+:)?f\b[^<>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*)?<(?:\w+:)?v>([^<]*)<"
)
_ATTRIBUTE = re.compile(rb"""(?:^|\s)r\s*=\s*["']([A-Z]{1,3}[1-9][0-9]{0,6})["']""")
_PLACE = re.compile(rb"([A-Z]{1,3})([1-9][0-9]{0,6})")
_ROOT = 4096  # bytes in which the root element begins
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

    They stay in a sheet in which a comment, CDATA or a processing instruction could make a formula of something else.
    """
    if _prefixed(xml):
        return xml, formulas(xml)
    found: dict[Position, bytes] = {}
    pieces = []
    last = 0
    for start, end, text, position in _cells(xml):
        pieces.append(xml[last:start])
        last = end
        if position is not None:
            found[position] = text
    bare = b"".join((*pieces, xml[last:]))
    # No "<" was taken away but that of formulas, so what these may stand in is still there.
    return xml if b"<!" in bare or bare.count(b"<?") > 1 else bare, Formulas(found)


def formulas(xml: bytes) -> Formulas:
    """The formulas of a sheet."""
    if _prefixed(xml):
        cells = ((_position(attributes), text) for attributes, _, text in _PREFIXED_FORMULA_CELL.findall(xml))
    else:
        cells = ((position, text) for _, _, text, position in _cells(xml))
    return Formulas({position: text for position, text in cells if position is not None})


def error_values(xml: bytes) -> dict[Position, str]:
    """The cells that show an error value."""
    if b't="e"' not in xml:
        return {}
    cells = ((_position(attributes), text) for attributes, text in _ERROR_CELL.findall(xml))
    return {position: text.decode("utf-8", "replace") for position, text in cells if position is not None}


def _prefixed(xml: bytes) -> bool:
    """Elements have a prefix; Excel and LibreOffice write none."""
    return b":worksheet" in xml[:_ROOT]


def _cells(xml: bytes) -> Iterator[tuple[int, int, bytes, Position | None]]:
    """Start, end and text of each formula in a cell, and where the cell is."""
    # A sheet has thousands of cells and few formulas: looking back from these is much faster than a look at each cell.
    for match in _FORMULA.finditer(xml):
        at = match.start()
        start = xml.rfind(b"<", 0, at)
        tag = xml[start:at]
        if tag.startswith(_PLACED) and tag.endswith(b'">'):  # as every office program writes it
            yield at, match.end(), match[1] or b"", _place(tag[6 : tag.index(b'"', 6)])
        elif tag.startswith(b"<c "):
            attributes = tag[3:].rstrip()
            if attributes.endswith(b">") and not attributes.endswith(b"/>"):
                yield at, match.end(), match[1] or b"", _position(attributes[:-1])


def _position(attributes: bytes) -> Position | None:
    match = _ATTRIBUTE.search(attributes)
    return _place(match[1]) if match else None


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
