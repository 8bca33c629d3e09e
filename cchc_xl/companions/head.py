"""The head of an appendix and the words of its signature, line by line: what stands where, and how it is printed.

Form and place follow decree 30/2020, annex I, part II. Shared by all that print an appendix: a workbook writes the live
formulas, a document what they show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto

from cchc_xl.catalogue.blanks import has_blanks
from cchc_xl.catalogue.model import Appendix, Form
from cchc_xl.companions import letterhead, titles
from cchc_xl.cover import Cover, CoverPlace
from cchc_xl.layout import AGENCY_ROW, ATTACHED_ROW, NUMBER_ROW, OFFICE_ROW, TITLE_ROW, UNDER_AGENCY_ROW
from cchc_xl.row_heights import printed_number


class Part(Enum):
    """Where a line of the head stands: in the left or right half, or across the page."""

    LEFT = auto()
    RIGHT = auto()
    WHOLE = auto()


@dataclass(frozen=True, slots=True)
class HeadLine:
    """One line. ``formula``: native formula from the cover's place; ``None`` where ``words`` never change."""

    row: int
    part: Part
    size: float
    words: Callable[[Cover], str]
    formula: Callable[[CoverPlace], str] | None = None
    bold: bool = False
    italic: bool = False
    underline: bool = False
    valign: str = "vcenter"
    wrap: bool = False


def head_lines(appendix: Appendix) -> Iterator[HeadLine]:
    """The head in printed order: agency and motto, number and title of the appendix, the report that it belongs to."""
    yield HeadLine(
        AGENCY_ROW,
        Part.LEFT,
        13,
        letterhead.agency_text,
        letterhead.agency,
        bold=True,
        valign="bottom",
        wrap=True,
    )
    yield HeadLine(AGENCY_ROW, Part.RIGHT, 12, _fixed(letterhead.NATION), bold=True, valign="bottom")
    # The decree's lines: a third of the agency's name, the whole of the motto.
    yield HeadLine(UNDER_AGENCY_ROW, Part.LEFT, 12, _fixed(letterhead.LINE_BELOW_AGENCY), valign="top")
    yield HeadLine(UNDER_AGENCY_ROW, Part.RIGHT, 13, _fixed(letterhead.MOTTO), bold=True, underline=True, valign="top")
    if appendix.office:
        yield HeadLine(OFFICE_ROW, Part.LEFT, 12, _fixed(f"({appendix.office} phụ trách)"), italic=True)
    day = letterhead.place_and_date_text
    yield HeadLine(OFFICE_ROW, Part.RIGHT, 13, day, letterhead.place_and_date, italic=True, wrap=True)
    number = _fixed(printed_number(appendix))
    yield HeadLine(NUMBER_ROW, Part.WHOLE, 14, number, bold=True, valign="bottom")
    title = appendix.live_title
    if has_blanks(title):
        yield HeadLine(
            TITLE_ROW,
            Part.WHOLE,
            14,
            lambda cover: titles.words_text(title, cover),
            lambda place: titles.words(title, place),
            bold=True,
            wrap=True,
        )
    else:
        yield HeadLine(TITLE_ROW, Part.WHOLE, 14, _fixed(title), bold=True, wrap=True)
    attached = letterhead.attached_text
    yield HeadLine(ATTACHED_ROW, Part.WHOLE, 13, attached, letterhead.attached, italic=True, wrap=True)


def signature_line(form: Form, row: int) -> HeadLine:
    """The words above the signature; no person's name."""
    usual = form.signers[0]
    return HeadLine(
        row,
        Part.RIGHT,
        13,
        lambda cover: letterhead.signature_text(cover, usual),
        lambda place: letterhead.signature(place, usual),
        bold=True,
        valign="top",
        wrap=True,
    )


def _fixed(text: str) -> Callable[[Cover], str]:
    return lambda cover: text
