"""Which cells show a percentage: 98,5% stands in a workbook as 0.985, and 100% as 1.

Number formats: ECMA-376 part 1 §18.8.30 (numFmt; 9 and 10 are built in), §18.8.10 (cellXfs), §18.3.1.4 (s).
"""

from __future__ import annotations

import re
from decimal import Decimal

from cchc_xl.readers.extent import parse
from cchc_xl.values import State, Value, format_number

BUILT_IN = frozenset({9, 10})
_CELL = re.compile(rb"<(?:\w+:)?c\s([^<>]*)>")
_PLACE = re.compile(rb"""(?:^|\s)r\s*=\s*["']([A-Z]{1,3})([1-9][0-9]{0,6})["']""")
_STYLE = re.compile(rb"""(?:^|\s)s\s*=\s*["']([0-9]{1,6})["']""")
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


def is_percentage(code: str) -> bool:
    """Whether a number format shows a percentage: a ``%`` that is no literal text."""
    return "%" in _LITERAL.sub("", code)


def as_shown(value: Value) -> Value:
    """A number in such a cell as people see it, with all its digits: ``98,5%``."""
    if value.number is None:
        return value
    return Value(State.TEXT, text=f"{format_number(value.number * Decimal(100))}%")


def percentage_styles(styles: bytes) -> frozenset[int]:
    """The indices of cell formats that show percentages. Raises ``ValueError`` when the part is no XML."""
    codes: dict[str, str] = {}
    formats: list[str] = []
    inside = False

    def start(name: str, flat: list[str]) -> None:
        nonlocal inside
        given = dict(zip(flat[::2], flat[1::2], strict=True))
        match name.rpartition(":")[2]:
            case "numFmt":
                codes[given.get("numFmtId", "")] = given.get("formatCode", "")
            case "cellXfs":
                inside = True
            case "xf" if inside:
                formats.append(given.get("numFmtId", ""))

    def end(name: str) -> None:
        nonlocal inside
        inside = inside and name.rpartition(":")[2] != "cellXfs"

    parse(styles, start, end)
    built_in = {str(number) for number in BUILT_IN}
    return frozenset(
        index
        for index, number in enumerate(formats)
        if (is_percentage(codes[number]) if number in codes else number in built_in)
    )


def percentage_cells(xml: bytes, styles: frozenset[int]) -> set[tuple[int, int]]:
    """Row and column (from 0) of the cells of a sheet that have one of these formats."""
    found = set()
    if styles:
        for attributes in _CELL.findall(xml):
            style, place = _STYLE.search(attributes), _PLACE.search(attributes)
            if style and place and int(style[1]) in styles:
                found.add((int(place[2]) - 1, _column(place[1])))
    return found


def _column(letters: bytes) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + letter - 64
    return column - 1
