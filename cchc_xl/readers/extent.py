"""How far a sheet reaches and how much text it shows, before calamine lays it out as a grid.

calamine allocates every cell from the first to the last one that holds something: one letter in XFD1048576 would take
half a terabyte.
"""

from __future__ import annotations

import re
from xml.parsers import expat

from cchc_xl.layout import column_letters
from cchc_xl.ooxml.limits import Limits

_NUMBER = re.compile(rb"<v>([0-9]{1,9})<")
_TAG = re.compile(rb"<[^<>]*>")
_SHARED = re.compile(rb"<(?:\w+:)?si(?=[\s/>])")
# Bytes that a cell with a formula, or one that shows a shared text, takes at least: <c><f/></c>, <c t="s"><v>0</v></c>.
_FORMULA, _SHOWN = 11, 21
_CHUNK = 2**20


def too_far(rows: int, columns: int, limits: Limits) -> str:
    """What of a sheet that reaches so far is beyond the limits: the middle of a sentence, empty when nothing is."""
    if rows * columns > limits.cells:
        return f"có nội dung đến tận hàng {rows}, cột {column_letters(columns - 1)}"
    return ""


def too_many_formulas(xml: bytes, limits: Limits) -> bool:
    """Whether a sheet has more formulas than the limits allow."""
    # Counting takes a while: what is short cannot hold so many.
    return len(xml) > _FORMULA * limits.formulas and xml.count(b"<f") > limits.formulas


def too_much_text(xml: bytes, limits: Limits) -> bool:
    """Whether there is more text in a sheet itself than the limits allow."""
    return len(xml) > limits.text and len(_TAG.sub(b"", xml)) > limits.text


class SharedTexts:
    """How long the shared texts of a workbook are (part 1 §18.4.9), for a bound on what its sheets show."""

    def __init__(self, xml: bytes) -> None:
        # In a comment or CDATA a text could seem to begin: then each may be all there is.
        self._apart = b"<!" not in xml
        self._lengths = [len(text) for text in _SHARED.split(xml)[1:]] if self._apart else []
        self._longest = max(self._lengths, default=0) if self._apart else len(xml)

    def too_long(self, xml: bytes, limits: Limits) -> bool:
        """Whether the cells of a sheet (``dialect``) may show more text than the limits allow."""
        if too_much_text(xml, limits):
            return True
        # A cell that shows a shared text takes four tags.
        if self._longest * (len(xml) // _SHOWN) <= limits.text or self._longest * (xml.count(b"<") // 4) <= limits.text:
            return False
        if not self._apart:
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
