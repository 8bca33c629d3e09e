"""The table of an appendix in Word: repeated head rows, rows that stay whole, groups and boxes as the form has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cchc_xl.catalogue.model import Appendix
from cchc_xl.form_workbook.styles import TABLE_SIZE
from cchc_xl.layout import MAX_ROW_HEIGHT, heads_group, is_landscape, printed_width, row_height
from cchc_xl.pages import page_height
from cchc_xl.row_heights import header_cells
from cchc_xl.submission import Submission
from cchc_xl.word.elements import Look, cell, row, table, text_paragraph
from cchc_xl.word.shown import ShownCell, ShownRow, shown_columns, shown_rows

_BESIDE, _ABOVE = 3.0, 1.5
# A step of indent at the left and at the right, in points.
_INDENT, _INSET = 9.0, 4.0
_LEAST_SIZE = 9.0
_MOST_OF_PAGE = 0.75
# Rows of the table that stand with the signature on its page.
_WITH_SIGNATURE = 2


def appendix_table(submission: Submission, appendix: Appendix, width: float) -> Any:
    """The table, as wide as the page allows; its letters shrink with its columns as in the workbook's print."""
    columns = shown_columns(appendix)
    natural = [printed_width(appendix, column) for column in columns]
    scale = width / sum(natural)
    widths = [each * scale for each in natural]
    size = max(_LEAST_SIZE, min(TABLE_SIZE, round(2 * TABLE_SIZE * scale) / 2))
    rows = list(shown_rows(submission, appendix))
    body = [
        _row(appendix, shown, rows[index + 1 : index + 2], widths, size, index >= len(rows) - _WITH_SIGNATURE)
        for index, shown in enumerate(rows)
    ]
    return table(widths, [*_header(appendix, widths, size), *body], lines=True, beside=_BESIDE)


def _header(appendix: Appendix, widths: Sequence[float], size: float) -> list[Any]:
    """The heading rows; a heading of several tiers, or of several columns, is one cell."""
    at = {index: n for n, index in enumerate(i for i, column in enumerate(appendix.columns) if column.heading)}
    tiers = max(len(column.heading.split(" > ")) for column in appendix.columns)
    look = Look(size, "center", bold=True, before=_ABOVE, after=_ABOVE, keep_next=True)
    rows: list[dict[int, tuple[str, int, str]]] = [{} for _ in range(tiers)]
    for tier in range(tiers):
        for text, first, last, deep in header_cells(appendix, tier):
            if first not in at:
                continue
            rows[tier][at[first]] = (text, last - first + 1, "restart" if deep > 1 else "")
            for below in range(tier + 1, tier + deep):
                rows[below][at[first]] = ("", last - first + 1, "continue")
    return [
        row(
            [
                cell(sum(widths[n : n + span]), [text_paragraph(text, look)], columns=span, merge=merge)
                for n, (text, span, merge) in sorted(cells.items())
            ],
            header=True,
        )
        for cells in rows
    ]


def _row(
    appendix: Appendix,
    shown: ShownRow,
    below: Sequence[ShownRow],
    widths: Sequence[float],
    size: float,
    at_end: bool,
) -> Any:
    keep = at_end or heads_group(appendix, shown.row)
    cells, at = [], 0
    for index, one in enumerate(shown.cells):
        opens = one.top and bool(below) and index < len(below[0].cells) and below[0].cells[index].joined
        merge = "continue" if one.joined else "restart" if opens else ""
        width = sum(widths[at : at + one.columns])
        at += one.columns
        valign = "top" if one.top else "center"
        words = text_paragraph(one.text, _look(one, size, keep))
        cells.append(cell(width, [words], columns=one.columns, merge=merge, valign=valign))
    return row(cells, whole=_fits_a_page(appendix, shown, widths))


def _look(one: ShownCell, size: float, keep: bool) -> Look:
    side = one.look.align
    # A note stands off its line by the cell's own margin, a figure a little more.
    steps = 0 if one.look.words else one.look.indent
    indent, inset = (steps * _INDENT, 0.0) if side == "left" else (0.0, steps * _INSET)
    return Look(size, side, one.bold, indent=indent, inset=inset, before=_ABOVE, after=_ABOVE, keep_next=keep)


def _fits_a_page(appendix: Appendix, shown: ShownRow, widths: Sequence[float]) -> bool:
    """Whether a row is kept on one page: one that fills most of a page would leave the page before it empty."""
    columns = shown_columns(appendix)
    texts = {}
    if len(shown.cells) == len(columns):
        texts = {column.key: one.text for column, one in zip(columns, shown.cells, strict=True)}
    page = page_height(sum(widths), landscape=is_landscape(appendix))
    return row_height(appendix, shown.row, texts) < min(MAX_ROW_HEIGHT, _MOST_OF_PAGE * page)
