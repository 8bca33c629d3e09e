"""Where the pages of a printed appendix end, told beforehand: the signature shall not stand alone on the last one, and
no heading of a group at the foot of any.

Rows that are a little higher or lower move the end of the table. They bind nobody: where a printer's page is another,
or notes make rows grow, pages break as they would have done. A manual page break would stay where it is and part a
table that has grown.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

# A4 by decree 30/2020, annex I, part I: left 30-35 mm, right 15-20, top and bottom 20-25; in millimetres. The page
# number stands in the middle of the top margin.
SHORT_SIDE, LONG_SIDE = 210.0, 297.0
LEFT, RIGHT, TOP, BOTTOM = 30.0, 15.0, 20.0, 20.0
NUMBER_FROM_EDGE = 10.0
PAGE_NUMBER_SIZE = 13
MM = 72 / 25.4  # points
# What is added to every row: as little as helps. 3 points less is still what Excel itself gives a row.
_CHANGES = (0, 0.75, -0.75, 1.5, -1.5, 2.25, -2.25, 3, -3, 3.75, 4.5, 5.25, 6, 7.5, 9)
# What a heading at a page's foot is worth: points for all rows of the table, for those of its page.
_MOST_FOR_HEADINGS, _MOST_ON_ONE_PAGE = 3.75, 6
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


def page_starts(head: float, header: float, rows: Sequence[float], page: float) -> tuple[list[int], float]:
    """Which rows of the table begin a page, and what the last page has used; every page repeats the header."""
    used, starts = head + header, [0]
    for index, height in enumerate(rows):
        if used + height > page:
            used = header
            starts.append(index)
        used += height
    return starts, used


def rows_above_foot(head: float, header: float, rows: Sequence[float], foot: float, page: float) -> int:
    """How many rows of the table stand on the page of its foot."""
    starts, used = page_starts(head, header, rows, page)
    return len(rows) - starts[-1] if used + foot <= page else 0


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """Heights in points of what stands on the pages: head, repeated header, rows, foot; ``page``: of a page.

    ``headings``: indices of rows that head the rows below them.
    """

    head: float
    header: float
    rows: Sequence[float]
    foot: float
    page: float
    headings: Collection[int] = ()

    def changed(self, changes: Sequence[float]) -> PrintedTable:
        """The same with rows that are higher or lower by so much each."""
        return replace(self, rows=[height + change for height, change in zip(self.rows, changes, strict=True)])

    def starts(self, page: float) -> list[int]:
        """Which rows begin a page."""
        return page_starts(self.head, self.header, self.rows, page)[0]

    def has_company(self, pages: Sequence[float]) -> bool:
        """Whether rows stand above the foot on its page, for all of these page heights."""
        wanted = min(_COMPANY, len(self.rows))
        return all(rows_above_foot(self.head, self.header, self.rows, self.foot, page) >= wanted for page in pages)

    def orphans(self, page: float) -> list[tuple[int, int]]:
        """Of each page that ends with headings its first row and the first of these headings."""
        found = []
        for start, end in pairwise(self.starts(page)):
            first = end
            while first > start and first - 1 in self.headings:
                first -= 1
            if start < first < end:
                found.append((start, first))
        return found


def row_changes(table: PrintedTable) -> list[float]:
    """Points that each row gets more or less, so that the foot has company and no heading is a page's last row.

    All rows get the same; then those of a page that still ends with a heading get what sends it to the next one.
    """
    both = (table.page, table.page * _SMALLER)

    def same(change: float) -> PrintedTable:
        return table.changed([change] * len(table.rows))

    pages: Sequence[float] = both
    good: list[float] = [change for change in _CHANGES if same(change).has_company(pages)]
    if not good:
        pages = both[:1]
        good = [change for change in _CHANGES if same(change).has_company(pages)]
    if not good:
        return [0.0] * len(table.rows)
    small = [change for change in good if abs(change) <= _MOST_FOR_HEADINGS] or good[:1]
    change = min(small, key=lambda change: sum(len(same(change).orphans(page)) for page in both))
    changes = [change] * len(table.rows)
    passed: set[int] = set()
    while True:
        now = table.changed(changes)
        found = next((pair for pair in now.orphans(table.page) if pair[1] not in passed), None)
        if found is None:
            return changes
        start, first = found
        passed.add(first)
        used = sum(now.rows[start:first]) + now.header + (0 if start else now.head)
        # Halfway between just too high and so high that another row would leave the page.
        more = _pixels((now.page - used - now.rows[first] / 2) / (first - start))
        lifted = [one + more * (start <= index < first) for index, one in enumerate(changes)]
        after = table.changed(lifted)
        if more <= _MOST_ON_ONE_PAGE and after.has_company(pages) and first in after.starts(table.page):
            changes = lifted


def _pixels(points: float) -> float:
    """Programs keep heights in whole pixels, of 0,75 points."""
    return math.ceil(points / 0.75) * 0.75
