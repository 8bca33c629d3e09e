"""What of a sheet is hidden, and which of its cells are merged, by a look at its XML.

ECMA-376 part 1 §18.3.1.73 (row), §18.3.1.13 (col), §18.3.1.55 (mergeCell).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice

from cchc_xl.layout import column_index

_HIDDEN = re.compile(rb"<(?:\w+:)?(row|col)\s([^<>]*\bhidden\s*=[^<>]*)>")
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^<>]*\bref\s*=\s*["']([A-Z0-9:]{1,25})["']""")
_ATTRIBUTE = re.compile(rb"""(?:^|\s)(r|hidden|min|max)\s*=\s*["']([^"'<>]{0,40})["']""")
_BOX = re.compile(rb"([A-Z]{1,3})([1-9][0-9]{0,6}):([A-Z]{1,3})([1-9][0-9]{0,6})")
_TRUE = (b"1", b"true")
_MOST_COLUMNS = 16_384
MOST_BOXES = 250_000  # more than a foreign file may have cells


@dataclass(slots=True)
class Appearance:
    """Hidden rows and columns, and by the first of merged cells over how many rows and columns they go; from 0."""

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    boxes: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)


def appearance(xml: bytes) -> Appearance:
    """The appearance of a worksheet, given as XML. What is written in no known way is taken as not there."""
    found = Appearance()
    beyond = 0
    for match in islice(_HIDDEN.finditer(xml), MOST_BOXES):
        given = dict(_ATTRIBUTE.findall(match[2]))
        if given.get(b"hidden") not in _TRUE:
            continue
        if match[1] == b"row":
            found.hidden_rows.add(_number(given.get(b"r", b""), 0) - 1)
        else:
            # They stand in their order; what overlaps could take for ever.
            first, last = _number(given.get(b"min", b""), 1), _number(given.get(b"max", b""), 1)
            found.hidden_columns.update(range(max(first - 1, beyond), min(last, _MOST_COLUMNS)))
            beyond = max(beyond, last)
    for match in islice(_MERGED.finditer(xml), MOST_BOXES):
        box = _BOX.fullmatch(match[1])
        if box is not None:
            left, right = sorted((column_index(box[1].decode()), column_index(box[3].decode())))
            top, bottom = sorted((int(box[2]), int(box[4])))
            found.boxes[top - 1, left] = bottom - top + 1, right - left + 1
    return found


def _number(digits: bytes, otherwise: int) -> int:
    return int(digits) if digits.isdigit() and len(digits) < 8 else otherwise
