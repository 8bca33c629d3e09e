"""How high the rows of a printed appendix are: head, table header, table and foot. Shared by builder and filler."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from cchc_xl.catalogue.model import Appendix, Row
from cchc_xl.layout import (
    AGENCY_ROW,
    ATTACHED_ROW,
    HEAD_ROWS,
    LINE_HEIGHT,
    NUMBER_ROW,
    OFFICE_ROW,
    TITLE_ROW,
    UNDER_AGENCY_ROW,
    AppendixLayout,
    cell_address,
    column_width,
    is_group_heading,
    is_landscape,
    printed_width,
)
from cchc_xl.lettering import text_lines
from cchc_xl.pages import PrintedTable, page_height, row_changes

GAP = 8.0
# Three lines of words and 25 mm to sign and stamp.
SIGNATURE_HEIGHT = 3 * LINE_HEIGHT + 70


def printed_number(appendix: Appendix) -> str:
    """The number of an appendix above its title. Sources name a table without one in brackets: nothing to print."""
    return "" if appendix.printed_id.startswith("(") else appendix.printed_id.strip(". ").upper()


def head_heights(appendix: Appendix, place: AppendixLayout, shown: Mapping[str, object]) -> dict[int, float]:
    """Height of each row of the head; ``shown``: by address the results of its formulas."""

    def text(row: int) -> str:
        return str(shown.get(cell_address(row, place.left)) or "")

    columns = [column for column in appendix.columns if column.heading]
    width = sum(column_width(appendix, column) for column in columns)
    room = sum(column_width(appendix, c) for c in columns if place.columns[c.key] < place.right_half)
    return {
        AGENCY_ROW: 17 * text_lines(text(AGENCY_ROW), room, 13, bold=True) + 2,
        UNDER_AGENCY_ROW: 17,
        OFFICE_ROW: 17,
        NUMBER_ROW: 24 if printed_number(appendix) else GAP,
        TITLE_ROW: 18.5 * text_lines(text(TITLE_ROW) or appendix.live_title, width, 14, bold=True),
        ATTACHED_ROW: 17.5 * text_lines(text(ATTACHED_ROW), width, 13),
        HEAD_ROWS: GAP,
    }


def header_cells(appendix: Appendix, tier: int) -> Iterator[tuple[str, int, int, int]]:
    """The cells of one tier of the table header: text, first and last column (indices), and how many tiers it takes."""
    paths = [tuple(column.heading.split(" > ")) for column in appendix.columns]
    tiers = max(map(len, paths))
    index = 0
    while index < len(paths):
        path, end = paths[index], index + 1
        if tier < len(path):
            last_tier = tier == len(path) - 1
            while not last_tier and end < len(paths) and paths[end][: tier + 1] == path[: tier + 1]:
                end += 1
            yield path[tier], index, end - 1, tiers - tier if last_tier else 1
        index = end


def header_heights(appendix: Appendix, place: AppendixLayout) -> dict[int, float]:
    """Height of each row of the table header."""
    heights = {}
    for tier in range(place.header_tiers):
        tallest = 1
        for text, first, last, tiers in header_cells(appendix, tier):
            width = sum(column_width(appendix, column) for column in appendix.columns[first : last + 1])
            tallest = max(tallest, math.ceil(text_lines(text, width, bold=True) / tiers))
        heights[place.header_top + tier] = LINE_HEIGHT * tallest + 3
    return heights


def changes_of_rows(
    appendix: Appendix, place: AppendixLayout, shown: Mapping[str, object], rows: Mapping[Row, float]
) -> dict[int, float]:
    """By order the points that a row gets more or less, so that the pages end where they should (``pages``).

    ``rows``: those that are printed, in their order, with the heights that their texts need.
    """
    width = sum(printed_width(appendix, column) for column in appendix.columns if column.heading)
    table = PrintedTable(
        head=sum(head_heights(appendix, place, shown).values()),
        header=sum(header_heights(appendix, place).values()),
        rows=list(rows.values()),
        foot=(place.signature_row - place.last_row - 1) * GAP + SIGNATURE_HEIGHT,
        page=page_height(width, landscape=is_landscape(appendix)),
        headings={index for index, row in enumerate(rows) if is_group_heading(appendix, row)},
    )
    return {row.order: change for row, change in zip(rows, row_changes(table), strict=True)}
