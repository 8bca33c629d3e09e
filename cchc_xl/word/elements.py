"""Elements of WordprocessingML (ECMA-376 part 1 §17): paragraphs, cells, rows, tables. Sizes in points.

Children stand in the order that the schema wants: Word refuses a document in which they do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

# What XML 1.0 cannot carry, and what only stirs up the writing direction of all that follows.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")
_LINE_ENDS = re.compile("\r\n|[\r\u2028\u2029]")
# Of a paragraph that shall not be seen.
_TINY = 1.0


@dataclass(frozen=True, slots=True)
class Look:
    """How a paragraph is printed. ``indent`` at the left, ``inset`` at the right, ``before``, ``after``: points."""

    size: float
    align: str = "left"
    bold: bool = False
    italic: bool = False
    underline: bool = False
    indent: float = 0
    inset: float = 0
    before: float = 0
    after: float = 0
    keep_next: bool = False


def element(tag: str, *children: Any, **attributes: object) -> Any:
    """``element("w:tab", val="left")``: attributes are of the same namespace; children that are ``None`` left out."""
    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), str(value))
    made.extend(child for child in children if child is not None)
    return made


def twips(points: float) -> int:
    """Points in twentieths, Word's own measure."""
    return round(points * 20)


def clean(text: str) -> str:
    """A text that a document can hold: line ends of one kind, nothing that XML cannot carry."""
    return _UNPRINTABLE.sub("", _LINE_ENDS.sub("\n", text)).strip("\n")


def run(text: str, look: Look) -> Any:
    """A run of text; line ends become breaks, tabs become spaces."""
    size = twips(look.size) // 10  # half points
    properties = element(
        "w:rPr",
        element("w:b") if look.bold else None,
        element("w:i") if look.italic else None,
        element("w:sz", val=size),
        element("w:szCs", val=size),
        element("w:u", val="single") if look.underline else None,
    )
    parts: list[Any] = []
    for index, line in enumerate(clean(text).replace("\t", " ").split("\n")):
        if index:
            parts.append(element("w:br"))
        if line:
            words = element("w:t")
            words.text = line
            words.set(qn("xml:space"), "preserve")
            parts.append(words)
    return element("w:r", properties, *parts)


def paragraph(look: Look, *runs: Any) -> Any:
    """A paragraph with single line spacing."""
    size = twips(look.size) // 10
    properties = element(
        "w:pPr",
        element("w:keepNext") if look.keep_next else None,
        element("w:spacing", before=twips(look.before), after=twips(look.after), line=240, lineRule="auto"),
        element("w:ind", left=twips(look.indent), right=twips(look.inset)) if look.indent or look.inset else None,
        element("w:jc", val=look.align),
        # A paragraph without a run is as high as its own mark.
        element("w:rPr", element("w:sz", val=size), element("w:szCs", val=size)),
    )
    return element("w:p", properties, *runs)


def text_paragraph(text: str, look: Look) -> Any:
    """A paragraph of one text."""
    return paragraph(look, run(text, look)) if text else paragraph(look)


def spacer(*, keep_next: bool = False) -> Any:
    """A paragraph of no height, as there must be one between and after tables."""
    return paragraph(Look(_TINY, keep_next=keep_next))


def cell(
    width: float,
    paragraphs: Iterable[Any],
    *,
    columns: int = 1,
    merge: str = "",
    valign: str = "center",
) -> Any:
    """A table cell. ``merge``: ``restart`` at the top of cells that are one, ``continue`` in those below it."""
    properties = element(
        "w:tcPr",
        element("w:tcW", w=twips(width), type="dxa"),
        element("w:gridSpan", val=columns) if columns > 1 else None,
        element("w:vMerge", val=merge) if merge else None,
        element("w:vAlign", val=valign),
    )
    return element("w:tc", properties, *paragraphs)


def row(cells: Iterable[Any], *, whole: bool = True, header: bool = False, height: float = 0) -> Any:
    """A table row. ``whole``: no page ends within it; ``header``: every page of the table begins with it."""
    properties = element(
        "w:trPr",
        element("w:cantSplit") if whole else None,
        element("w:trHeight", val=twips(height), hRule="atLeast") if height else None,
        element("w:tblHeader") if header else None,
    )
    return element("w:tr", properties, *cells)


def table(widths: Sequence[float], rows: Iterable[Any], *, lines: bool, beside: float) -> Any:
    """A table of fixed column widths. ``beside``: from the cells' edges to their texts."""
    borders = None
    if lines:
        sides = ("top", "left", "bottom", "right", "insideH", "insideV")
        borders = element("w:tblBorders", *(element(f"w:{side}", val="single", sz=4, space=0) for side in sides))
    margins = (element(f"w:{side}", w=twips(beside), type="dxa") for side in ("left", "right"))
    properties = element(
        "w:tblPr",
        element("w:tblW", w=sum(map(twips, widths)), type="dxa"),
        element("w:jc", val="center"),
        borders,
        element("w:tblLayout", type="fixed"),
        element("w:tblCellMar", *margins),
    )
    grid = element("w:tblGrid", *(element("w:gridCol", w=twips(width)) for width in widths))
    return element("w:tbl", properties, grid, *rows)
