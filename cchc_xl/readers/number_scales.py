"""Which cells show another figure than they hold: 98,5% stands in a workbook as 0.985, 4.136 (million) as 4136000000.

Number formats: ECMA-376 part 1 §18.8.30 (numFmt; 9 and 10 are built in), §18.8.31 (a comma behind the last digit
divides by a thousand), §18.8.10 (cellXfs), §18.3.1.4 (s).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from cchc_xl.layout import column_index
from cchc_xl.readers.extent import parse
from cchc_xl.values import State, Value, format_number, number_value

PERCENT = 2
BUILT_IN = {9: PERCENT, 10: PERCENT}
_CELL = re.compile(rb"<(?:\w+:)?c\s([^<>]*)>")
_PLACE = re.compile(rb"""(?:^|\s)r\s*=\s*["']([A-Z]{1,3})([1-9][0-9]{0,6})["']""")
_STYLE = re.compile(rb"""(?:^|\s)s\s*=\s*["']([0-9]{1,6})["']""")
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_THOUSANDS = re.compile(r"[0#?](,+)(?![,0#?])")


def scale(code: str) -> int:
    """By which power of ten a number format shows a number: 2 for a percentage, -3 for thousands; 0 as it is.

    Signs within literal text change nothing.

    >>> scale("0.0%"), scale('#,##0.0" %"'), scale("#,##0,,")
    (2, 0, -6)
    """
    plain = _LITERAL.sub("", code)
    if "%" in plain:
        return PERCENT
    commas = _THOUSANDS.search(plain.split(";")[0])
    return -3 * len(commas[1]) if commas else 0


def as_shown(value: Value, power: int) -> Value:
    """A number in such a cell as people see it, with all its digits: ``98,5%``, ``4.136``."""
    if value.number is None or not power:
        return value
    shown = value.number * Decimal(10) ** power
    return Value(State.TEXT, text=f"{format_number(shown)}%") if power == PERCENT else number_value(shown)


def scaled_styles(styles: bytes) -> Mapping[int, int]:
    """The powers of the cell formats that change a number, by index. Raises ``ValueError`` when the part is no XML."""
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
    powers = {str(number): power for number, power in BUILT_IN.items()}
    powers |= {number: scale(code) for number, code in codes.items()}
    return {index: powers[number] for index, number in enumerate(formats) if powers.get(number)}


def scaled_cells(xml: bytes, styles: Mapping[int, int]) -> dict[tuple[int, int], int]:
    """By row and column (from 0) the powers of the cells of a sheet that have one of these formats."""
    found = {}
    if styles:
        for attributes in _CELL.findall(xml):
            style, place = _STYLE.search(attributes), _PLACE.search(attributes)
            if style and place and int(style[1]) in styles:
                found[int(place[2]) - 1, column_index(place[1].decode())] = styles[int(style[1])]
    return found
