"""Where the pages of a printed appendix end, told beforehand: the signature shall not stand alone on the last one.

Rows that are a little higher or lower move the end of the table. They bind nobody: where a printer's page is another,
or notes make rows grow, pages break as they would have done. A manual page break would stay where it is and part a
table that has grown.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

# A4 by decree 30/2020, annex I, part I: left 30-35 mm, right 15-20, top and bottom 20-25; in millimetres. The page
# number stands in the middle of the top margin.
SHORT_SIDE, LONG_SIDE = 210.0, 297.0
LEFT, RIGHT, TOP, BOTTOM = 30.0, 15.0, 20.0, 20.0
NUMBER_FROM_EDGE = 10.0
PAGE_NUMBER_SIZE = 13
MM = 72 / 25.4  # points
# What is added to every row: as little as helps. 3 points less is still what Excel itself gives a row.
_CHANGES = (0, 0.75, -0.75, 1.5, -1.5, 2.25, -2.25, 3, -3, 3.75, 4.5, 5.25, 6, 7.5, 9)
# Rows that shall stand above the signature: with one, a slightly smaller page would do away with it.
_COMPANY = 2
# Printers and programs differ by so much in what they fit to a page.
_SMALLER = 0.98


def page_size(*, landscape: bool) -> tuple[float, float]:
    """Width and height of the sheet in millimetres."""
    return (LONG_SIDE, SHORT_SIDE) if landscape else (SHORT_SIDE, LONG_SIDE)


def text_width_on_page(*, landscape: bool) -> float:
    """Width between the margins, in points."""
    return (page_size(landscape=landscape)[0] - LEFT - RIGHT) * MM


def page_height(width: float, *, landscape: bool) -> float:
    """Height of what fits a page when a table of so many points is printed one page wide; never enlarged."""
    # Programs scale by whole per cents.
    percent = min(100, math.floor(100 * text_width_on_page(landscape=landscape) / width))
    return (page_size(landscape=landscape)[1] - TOP - BOTTOM) * MM * 100 / percent


def rows_above_foot(head: float, header: float, rows: Sequence[float], foot: float, page: float) -> int:
    """How many rows of the table stand on the page of its foot; every page repeats the header."""
    used, count = head + header, 0
    for height in rows:
        if used + height > page:
            used, count = header, 0
        used += height
        count += 1
    return count if used + foot <= page else 0


def row_change(head: float, header: float, rows: Sequence[float], foot: float, page: float) -> float:
    """Points to add to every row so that the foot has company; 0 where nothing helps."""
    wanted = min(_COMPANY, len(rows))
    for pages in ((page, page * _SMALLER), (page,)):
        for change in _CHANGES:
            changed = [height + change for height in rows]
            if all(rows_above_foot(head, header, changed, foot, height) >= wanted for height in pages):
                return change
    return 0
