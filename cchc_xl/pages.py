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
# A row may be lower by so many points: that is still what Excel itself gives it.
_LOWEST = 3.0
# It may be higher by such a part, low ones by so many points, to send a heading on.
_MOST_OF_HEIGHT, _MOST_FOR_A_ROW = 0.25, 6.0
# Costs beside those of changed heights, which are squares of the part that rows get; of emptiness its part's square.
_OF_A_LONELY_HEADING, _OF_A_PAGE, _OF_AN_EMPTY_PAGE = 1.0, 0.02, 0.1
# How far from the page's end the next row stands then, for programs that fit a little more.
_SAFE = 8.0
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

    Of all ways to part the table into pages the one that changes the rows least; it holds on a page that is a little
    smaller too. Rows that cannot be helped stay as they are.
    """
    plain = [0.0] * len(table.rows)
    for smaller in (table.page * _SMALLER, table.page):
        changes = _parted(table, smaller)
        if changes is not None and _ugliness(table, changes) < _ugliness(table, plain):
            return changes
    return plain


def _ugliness(table: PrintedTable, changes: Sequence[float]) -> tuple[bool, bool, int]:
    """Whether the foot is alone on full pages, or on smaller ones; how many pages of all sizes end with a heading."""
    sizes = (table.page, table.page * (1 + _SMALLER) / 2, table.page * _SMALLER)
    changed = table.changed(changes)
    return (
        not changed.has_company(sizes[:1]),
        not changed.has_company(sizes),
        sum(len(changed.orphans(page)) for page in sizes),
    )


def _parted(table: PrintedTable, smaller: float) -> list[float] | None:
    """The changes of the cheapest way to part the table into pages; ``None`` where its foot would stand alone."""
    count = len(table.rows)
    # By the row that begins a page: the cost of that page and all after it, where it ends, and what its rows get.
    best: list[tuple[float, int, float]] = [(math.inf, count, 0.0)] * count + [(0.0, count, 0.0)]
    for start in reversed(range(count)):
        used = table.header + (0 if start else table.head)
        room = table.page - used
        for end in range(start + 1, count + 1):
            used += table.rows[end - 1]
            height = sum(table.rows[start:end])
            if height - _LOWEST * (end - start) > room:
                break
            more = _wanted(table, used, smaller, start, end)
            if more is None or not _bearable(more, table.rows[start:end]):
                continue
            cost = (more / height) ** 2 + _OF_A_PAGE + best[end][0]
            if end < count:
                cost += _OF_AN_EMPTY_PAGE * ((table.page - used - more) / table.page) ** 2
                cost += _OF_A_LONELY_HEADING * (end - 1 in table.headings)
            if cost < best[start][0]:
                best[start] = cost, end, more
    if best[0][0] == math.inf:
        return None
    changes: list[float] = []
    while len(changes) < count:
        _, end, more = best[len(changes)]
        changes += _shares(more, table.rows[len(changes) : end])
    return changes


def _wanted(table: PrintedTable, used: float, smaller: float, start: int, end: int) -> float | None:
    """What the rows of a page get together so that it ends there, on the smaller page and on the full one."""
    if end == len(table.rows):
        alone = end - start < min(_COMPANY, end)
        return None if alone else min(0.0, smaller - used - table.foot)
    # The next row must not fit, not even where the changes of its own page make it lower.
    following = table.rows[end] - _LOWEST
    least, most = table.page - used - following, smaller - used
    if least >= most:
        return None
    return min(most, least + min(following / 2, _SAFE)) if least >= 0 else min(0.0, most)


def _bearable(more: float, rows: Sequence[float]) -> bool:
    if more <= 0:
        return -more <= _LOWEST * len(rows)
    return more <= max(_MOST_OF_HEIGHT * sum(rows), _MOST_FOR_A_ROW * len(rows))


def _shares(more: float, rows: Sequence[float]) -> list[float]:
    """Parts of what a page's rows get, in whole pixels: high rows more, while each loses the same."""
    weights = rows if more > 0 else [1.0] * len(rows)
    whole, passed, shares = sum(weights), 0.0, []
    for weight in weights:
        before, passed = _pixels(more * passed / whole), passed + weight
        shares.append(_pixels(more * passed / whole) - before)
    return shares


def _pixels(points: float) -> float:
    """Programs keep heights in whole pixels, of 0,75 points."""
    return math.floor(points / 0.75) * 0.75
