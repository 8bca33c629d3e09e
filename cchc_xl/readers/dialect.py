"""How office programs write the cells of a sheet, of all the ways that XML allows.

ECMA-376 part 1 §18.3.1.4 (c), §18.3.1.40 (f), §18.3.1.53 (is), §18.3.1.73 (row), §18.3.1.80 (sheetData),
§18.3.1.96 (v).

What looks at XML by patterns, and calamine too, reads a figure wrong that is written in another way: with CDATA, a
comment or a character reference in it (``<v>1&#48;</v>`` is 10), with spaces around it, twice, in another encoding. So
a sheet is in this dialect from the first cell to the last, or it is rewritten (``rewriting``) before anything else
looks at it.
"""

from __future__ import annotations

import re
from operator import lt

from cchc_xl.layout import column_index

# What stands before the cells: no other encoding, no prefix.
_HEAD = re.compile(
    rb"""(?:\xef\xbb\xbf)?(?:<\?xml(?: [a-z]+=["'](?:1\.0|[uU][tT][fF]-8|yes|no)["'])* ?\?>)?\s*<worksheet\s"""
)
_CELLS, _END = b"<sheetData", b"</sheetData>"
_MOST_CELLS = b"16384"  # of a row

# Only single signs are repeated possessively: up to Python 3.11.4 groups are not safe (python/cpython#106052).
_FORMULA = rb"(?:<f(?: [^<>]*)?(?:/>|>[^<]*+</f>))?"
_NUMBER = rb"(?:<v(?: ?/>|>[0-9.Ee+-]*+</v>))?"
_TEXT = rb'(?: xml:space="preserve")?>[^<]*+</'
_STYLE = rb'(?: s="[0-9]++")?'
_META = rb'(?: [cv]m="[0-9]++")*'
ERRORS = ("#N/A", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!")
_ERROR = "|".join(map(re.escape, ERRORS)).encode()
_BY_TYPE = b"|".join(
    kind + b'"' + _STYLE + _META + b">" + inner
    for kind, inner in (
        (b"s", _FORMULA + rb"<v>[0-9]++</v>"),
        (b"n", _FORMULA + _NUMBER),
        (b"str", _FORMULA + rb"(?:<v(?: ?/>|" + _TEXT + rb"v>))?"),
        (b"inlineStr", rb"(?:<is><t(?: ?/>|" + _TEXT + rb"t>)</is>)?"),
        (b"e", _FORMULA + b"<v>(?:" + _ERROR + b")</v>"),
        (b"b", _FORMULA + rb"<v>[01]</v>"),
        (b"d", _FORMULA + rb"<v>[0-9T:.Z+-]++</v>"),
    )
)
_CELL = (
    rb'<c r="[A-Z]{1,3}+\1"' + _STYLE
    + rb'(?:/>| t="(?:' + _BY_TYPE + rb")</c>|" + _META + b">" + _FORMULA + _NUMBER + rb'</c>|(?: t="n")? ?/>)'
)  # fmt: skip
_ROW = (
    rb'<row r="([1-9][0-9]{0,6})"(?: (?:[A-Za-z0-9:]{2,}|s)="[^"<>]*+")*'
    rb"(?: ?/>|>(?:" + _CELL + rb"){0," + _MOST_CELLS + rb"}</row>)"
)
_ROWS = re.compile(rb"(?:" + _ROW + rb"){1,16}")  # more at once would take memory
_NUMBERS = re.compile(rb'<row r="([0-9]+)')
_FILLED = re.compile(rb'<c r="([^"]+)"[^>]*(?<!/)><[^/]')
_DIGITS, _LETTERS = b"0123456789", bytes(range(65, 91))


def reach(xml: bytes) -> tuple[int, int] | None:
    """Number of rows and columns up to the last cells that hold something; ``None`` for a sheet not in the dialect.

    In the dialect rows come in order, each cell stands once and in its row, and begins with its place.
    """
    start = xml.find(_CELLS)
    head = _HEAD.match(xml)
    if head is None or not _plain_head(xml, head.end(), start):
        return None
    at = start + len(_CELLS)
    if xml.startswith((b"/>", b" />"), at):
        return None if _CELLS in xml[at:] else (0, 0)
    at += 1
    last = rows = 0
    columns: set[bytes] = set()
    while found := _ROWS.match(xml, at):
        several = found[0]
        numbers = [last, *map(int, _NUMBERS.findall(several))]
        filled = _FILLED.findall(several)
        if not all(map(lt, numbers, numbers[1:])) or len(set(filled)) < len(filled):
            return None
        if filled:
            rows = int(filled[-1].translate(None, _LETTERS))
            columns.update(b" ".join(filled).translate(None, _DIGITS).split())
        last = numbers[-1]
        at = found.end()
    if not xml.startswith(_END, at) or xml.find(_CELLS[1:], at + len(_END)) >= 0:
        return None
    return rows, 1 + max((column_index(letters.decode()) for letters in columns), default=-1)


def _plain_head(xml: bytes, root: int, start: int) -> bool:
    """Whether the first cells are the cells: no comment, CDATA or processing instruction could hold others."""
    return root <= start and xml.find(b"<!", 0, start) < 0 and xml.find(b"<?", root, start) < 0
