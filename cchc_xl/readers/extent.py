"""How far a sheet reaches and how much text it shows, before calamine lays it out as a grid.

calamine allocates every cell from the first to the last one that holds something: one letter in XFD1048576 would take
half a terabyte. Positions by ECMA-376 part 1 §18.3.1.73 (row) and §18.3.1.4 (c): ``r``, else the one after the last.
"""

from __future__ import annotations

import re
from xml.parsers import expat

from cchc_xl.layout import column_letters
from cchc_xl.ooxml.limits import Limits

# Most sheets are small and written as Excel does: every row and cell begins with its place, none of them far.
_NEAR_ROWS, _NEAR_COLUMNS = 999, 702
_CELLS = b"<sheetData>"
_OTHER = re.compile(
    rb"<(?!/|v>|t>|is>|[vtf][ />]|f>|"  # whatever stands in cells, their ends and those of the rows
    rb'c r="[A-Z]{1,2}[0-9]{1,3}"(?: [st]="[a-zA-Z0-9]*")*+/?>|'
    rb'row r="[0-9]{1,3}"(?![^<>]*[^<>\w:.-]r\s*=))'
)
_NUMBER = re.compile(rb"<(?:\w+:)?v(?:\s[^<>]*)?>\s*([0-9]{1,9})")
_TAG = re.compile(rb"<[^<>]*>")
_REFERENCE = re.compile(r"([A-Za-z]*)([0-9]{0,10})")
# Bytes that a cell with a formula, or one that shows a shared text, takes at least: <c><f/></c>, <c t="s"><v>0</v></c>.
_FORMULA, _SHOWN = 11, 21
_CHUNK = 2**20
_FILLED = ("v", "is", "f")


def too_much(xml: bytes, limits: Limits) -> str:
    """What of a sheet's XML is beyond the limits: the middle of a sentence, empty when nothing is.

    Raises ``ValueError`` when it is no XML, or declares entities of its own (a DTD).
    """
    if too_many_formulas(xml, limits):
        return f"có hơn {limits.formulas} công thức"
    if limits.cells >= _NEAR_ROWS * _NEAR_COLUMNS and _near(xml):
        return ""
    if xml.count(b"<") > limits.tags:
        return "có quá nhiều hàng, ô (kể cả ô trống đã định dạng)"
    rows, columns = _reach(xml)
    if rows * columns > limits.cells:
        return f"có nội dung đến tận hàng {rows}, cột {column_letters(columns - 1)}"
    return ""


def _near(xml: bytes) -> bool:
    """Whether every row and cell begins with its place, near A1: a look that is much faster than reading the XML."""
    start = xml.find(_CELLS[1:-1])
    return xml.startswith(_CELLS, start - 1) and _OTHER.search(xml, start + len(_CELLS) - 1) is None


def too_many_formulas(xml: bytes, limits: Limits) -> bool:
    """Whether a sheet has more formulas than the limits allow."""
    # Counting takes a while: what is short cannot hold so many.
    return len(xml) > _FORMULA * limits.formulas and xml.count(b"<f") > limits.formulas


class SharedTexts:
    """How long the shared texts of a workbook are (part 1 §18.4.9), for a bound on what its sheets show."""

    def __init__(self, xml: bytes) -> None:
        # A comment or CDATA could hide where a text ends: then all is one text.
        self._lengths = [len(xml)] if b"<!" in xml else [len(text) for text in xml.split(b"</si>")]
        self._longest = max(self._lengths)

    def too_long(self, xml: bytes, limits: Limits) -> bool:
        """Whether the cells of a sheet may show more text than the limits allow."""
        if len(xml) > limits.text and len(_TAG.sub(b"", xml)) > limits.text:
            return True
        # A cell that shows a shared text takes four tags.
        if self._longest * (len(xml) // _SHOWN) <= limits.text or self._longest * (xml.count(b"<") // 4) <= limits.text:
            return False
        if b"<!" in xml:
            return True
        count, lengths = len(self._lengths), self._lengths
        shown = 0
        for match in _NUMBER.finditer(xml):
            index = int(match[1])
            if index < count:
                shown += lengths[index]
                if shown > limits.text:
                    return True
        return False


def _reach(xml: bytes) -> tuple[int, int]:
    """Number of rows and columns up to the last cells that hold something."""
    row = column = 0  # of the element that was begun last, from 1
    rows = columns = 0

    def start(name: str, attributes: list[str]) -> None:
        nonlocal row, column, rows, columns
        if ":" in name:
            name = name.rpartition(":")[2]
        if name == "row":
            row, column = _place(attributes, row + 1, 0)
            column = 0
        elif name == "c":
            row, column = _place(attributes, row, column + 1)
        elif name in _FILLED:
            rows, columns = max(rows, row), max(columns, column)

    parse(xml, start)
    return rows, columns


def _place(attributes: list[str], row: int, column: int) -> tuple[int, int]:
    if "r" in attributes[::2]:
        match = _REFERENCE.fullmatch(attributes[2 * attributes[::2].index("r") + 1])
        if match is None:
            raise ValueError("not a reference")
        letters, digits = match[1].upper(), match[2]
        if digits:
            row = int(digits)
        if letters:
            column = 0
            for letter in letters[:8]:
                column = column * 26 + ord(letter) - 64
    return row, column


def parse(xml: bytes, start: object, end: object = None, text: object = None, *, namespaces: bool = False) -> None:
    """Call ``start(name, [name, value, …])`` for every element. Raises ``ValueError`` for no XML, or one with a DTD.

    ``end(name)`` and ``text(part)`` where they are wanted; with ``namespaces`` a name is ``<namespace> <local name>``.
    """
    parser = expat.ParserCreate(namespace_separator=" ") if namespaces else expat.ParserCreate()
    parser.ordered_attributes = True
    parser.buffer_text = True
    parser.StartElementHandler = start  # type: ignore[assignment]  # a callable; typeshed knows only dicts
    parser.EndElementHandler = end  # type: ignore[assignment]
    parser.CharacterDataHandler = text  # type: ignore[assignment]
    parser.StartDoctypeDeclHandler = _refuse
    try:
        for at in range(0, len(xml), _CHUNK):  # the parser keeps a copy of what it is given
            parser.Parse(xml[at : at + _CHUNK])
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError) as error:  # an encoding that nobody knows is a LookupError
        raise ValueError(str(error)) from None


def _refuse(*_: object) -> None:
    raise ValueError("a package part must not hold a DTD (part 2 §8.1.4)")
