"""The head of an appendix and the place of its signature, in Word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cchc_xl.catalogue.model import Appendix, Form
from cchc_xl.companions import letterhead
from cchc_xl.companions.head import HeadLine, Part, head_lines, signature_line
from cchc_xl.cover import Cover
from cchc_xl.layout import OFFICE_ROW, printed_width, right_half
from cchc_xl.lettering import text_width
from cchc_xl.row_heights import GAP, SIGNATURE_HEIGHT
from cchc_xl.word.elements import Look, cell, paragraph, row, spacer, table, text_paragraph

_BESIDE = 2.0
_ABOVE_DATE, _ABOVE_TITLE, _BELOW_HEAD = 3.0, 12.0, GAP
_NATION_SIZE = 12


def halves(appendix: Appendix, width: float) -> tuple[float, float]:
    """Widths of the left and right half of the head: where the table has its middle, and room for the motto's line."""
    columns = [printed_width(appendix, column) if column.heading else 0.0 for column in appendix.columns]
    right = width * sum(columns[right_half(appendix) :]) / sum(columns)
    # Programs round letters: a line is as wide as 104 % of its letters (``lettering``).
    needed = 1.04 * text_width(letterhead.NATION, _NATION_SIZE, bold=True) + 2 * _BESIDE + 2
    right = max(right, needed)
    return width - right, right


def head(appendix: Appendix, cover: Cover, width: float) -> Iterator[Any]:
    """Agency and motto side by side, below them number and title of the appendix and its report."""
    lines = list(head_lines(appendix))
    left, right = halves(appendix, width)
    cells = [
        _half([line for line in lines if line.part is part], size, cover)
        for part, size in ((Part.LEFT, left), (Part.RIGHT, right))
    ]
    yield table((left, right), [row(cells)], lines=False, beside=_BESIDE)
    whole = [line for line in lines if line.part is Part.WHOLE]
    said = [(line, words) for line in whole if (words := line.words(cover))]
    for index, (line, words) in enumerate(said):
        before = 0 if index else _ABOVE_TITLE
        after = _BELOW_HEAD if index == len(said) - 1 else 0
        yield text_paragraph(words, _look(line, before=before, after=after, keep_next=True))


def signature(form: Form, appendix: Appendix, cover: Cover, width: float) -> Iterator[Any]:
    """The words above the signature, and the room to sign; on one page with the end of the table."""
    left, right = halves(appendix, width)
    line = signature_line(form, 0)
    cells = [_half([], left, cover), _half([line], right, cover)]
    yield paragraph(Look(GAP, keep_next=True))
    yield table((left, right), [row(cells, height=SIGNATURE_HEIGHT)], lines=False, beside=_BESIDE)
    yield spacer()


def _half(lines: Sequence[HeadLine], width: float, cover: Cover) -> Any:
    """Lines below each other from the top on, so that a long name on one side moves nothing on the other."""
    shown = [
        text_paragraph(line.words(cover), _look(line, before=_ABOVE_DATE if line.row == OFFICE_ROW else 0))
        for line in lines
    ]
    return cell(width, shown or [spacer()], valign="top")


def _look(line: HeadLine, before: float = 0, after: float = 0, keep_next: bool = False) -> Look:
    return Look(
        line.size,
        "center",
        line.bold,
        line.italic,
        line.underline,
        before=before,
        after=after,
        keep_next=keep_next,
    )
