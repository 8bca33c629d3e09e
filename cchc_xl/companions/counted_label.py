"""The label of a total that states how many rows there are ("Tổng: 23 nhiệm vụ") follows the rows that a unit adds."""

from __future__ import annotations

import re

from cchc_xl.catalogue.model import Appendix, Row, RowRole
from cchc_xl.layout import AppendixLayout, counted_rows
from cchc_xl.values import normalise


def around_count(appendix: Appendix, row: Row) -> tuple[str, str] | None:
    """What stands before and after the number in a total's label; ``None`` where it states no number of rows.

    Only a list to which rows may be added has such a label: anywhere else the printed number stays true.
    """
    if row.role is not RowRole.TOTAL or not appendix.spare_cells:
        return None
    found = re.fullmatch(rf"(\D*)0*{len(appendix.printed_items)}(\D.*|)", row.label)
    return (found[1], found[2]) if found else None


def label_formula(appendix: Appendix, row: Row, place: AppendixLayout) -> str | None:
    """Native formula of the label; ``None`` where it is a plain text."""
    around = around_count(appendix, row)
    if around is None:
        return None
    before, after = around
    return f'="{before}"&{counted_rows(appendix, place.rows, place.columns["label"])}&"{after}"'


def label_text(appendix: Appendix, row: Row, rows: int) -> str:
    """What the formula shows in a list of so many rows."""
    before, after = around_count(appendix, row) or (row.label, "")
    return f"{before}{rows}{after}"


def is_label(appendix: Appendix, row: Row, shown: str, formula: str | None) -> bool:
    """Whether a text is the row's label: as printed, with another number of rows, or not computed yet."""
    if shown == row.label or normalise(shown) == normalise(row.label):
        return True
    around = around_count(appendix, row)
    if around is None:
        return False
    if formula is not None and not shown:
        return True
    before, after = map(re.escape, map(normalise, around))
    return re.fullmatch(rf"{before}\s*\d+\s*{after}", normalise(shown)) is not None
