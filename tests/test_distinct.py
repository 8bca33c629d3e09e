"""Counts of different things: exact where the units' lists show what each counted, else a range that says why."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from submissions import child, make

from cchc_xl.catalogue.load import load_form
from cchc_xl.consolidation.lines import Child, SummaryCell
from cchc_xl.consolidation.rollup import consolidate
from cchc_xl.expressions import CellRef
from cchc_xl.merging import MergeRequest, merge
from cchc_xl.summary_workbook.plan import BY_UNIT_SHEET, TOTAL, plan_sheet
from cchc_xl.summary_workbook.remarks import remark

FORM = "vinh-thanh-2023"
# Procedures of level 3 with online files; rows of the list with codes of their own.
WITH_FILES = CellRef("PL6", 120, "value")
CODES = {row.order: row.given["code"] for row in load_form(FORM).appendix("PL5").printed}
ROWS = list({code: order for order, code in reversed(CODES.items())}.values())[:8]


def unit(code: str, figure: str, rows: list[int]) -> Child:
    listed = {order: {"level": "3", "online": "2", "total": "2"} for order in rows}
    return child(code, {"PL6": {120: figure}, "PL5": listed})


def rolled(*units: Child) -> SummaryCell:
    return next(cell for cell in consolidate(load_form(FORM), units) if cell.spec.ref == WITH_FILES)


def test_the_codes_of_all_units_are_counted_once_each() -> None:
    """Two units with two procedures each, one in common: three, where the figures say two to four."""
    cell = rolled(unit("A", "2", ROWS[:2]), unit("B", "2", ROWS[1:3]))
    assert (cell.value, cell.minimum, cell.maximum, cell.listed) == (3, 2, 4, True)
    assert "nếu cộng các số đã ghi thì là 4" in remark(cell)


def test_a_list_that_does_not_explain_the_figure_is_not_trusted() -> None:
    """The unit says 3 and lists 2: the range stays and names the unit."""
    cell = rolled(unit("A", "2", ROWS[:2]), unit("B", "3", ROWS[1:3]))
    assert (cell.value, cell.minimum, cell.maximum, cell.listed, cell.unlisted) == (None, 3, 5, False, ("xã B",))
    assert "danh sách không khớp số đã ghi: xã B" in remark(cell)


def test_all_units_are_counted_in_the_same_way() -> None:
    """By whole code or by its first three parts, but never one unit this way and another that way."""
    parts = [order for order, code in CODES.items() if code in ("016.07.001.1", "016.07.001.2")]
    assert (rolled(unit("A", "2", parts), unit("B", "2", parts)).value, rolled(unit("A", "2", parts)).value) == (2, 2)
    assert rolled(unit("A", "1", parts), unit("B", "1", parts)).value == 1
    mixed = rolled(unit("A", "1", parts), unit("B", "2", parts))
    assert (mixed.value, mixed.minimum, mixed.maximum) == (None, 2, 3)


def test_a_form_without_a_list_gives_the_range() -> None:
    """cam-giang asks for the figure and has no list of procedures."""
    units = [child(code, {"PL1": {76: "4"}}, "cam-giang-2024") for code in "AB"]
    cell = next(c for c in consolidate(load_form("cam-giang-2024"), units) if c.spec.ref == CellRef("PL1", 76, "value"))
    assert (cell.value, cell.minimum, cell.maximum) == (None, 4, 8)
    assert "cũng có danh sách" in remark(cell)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sets(st.sampled_from(ROWS)), min_size=1, max_size=6))
def test_the_count_is_that_of_the_union(sets: list[set[int]]) -> None:
    """Whatever the units list, as long as their figures agree with it."""
    codes = [{CODES[order] for order in rows} for rows in sets]
    cell = rolled(
        *(unit(str(n), str(len(own)), list(rows)) for n, (rows, own) in enumerate(zip(sets, codes, strict=True)))
    )
    assert cell.value == len(set().union(*codes))


def test_in_the_workbook_it_stands_as_long_as_it_fits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The form links to it; the formula lets go of a count that the figures contradict."""
    import os

    import openpyxl

    monkeypatch.setattr(os, "fsync", lambda _: None)
    (tmp_path / "nop").mkdir()
    for code, rows in {"1": ROWS[:2], "2": ROWS[1:3]}.items():
        listed = {order: {"level": "3", "online": "2", "total": "2"} for order in rows}
        make(tmp_path / "nop", code, f"xã {code}", {"PL6": {120: "2"}, "PL5": listed})
    files = {f"{code}.xlsx": "thử" for code in "12"}
    summary = merge(MergeRequest(tmp_path / "nop", tmp_path / "o.xlsx", overrides=files))
    assert summary.form
    plan = plan_sheet(summary.form, summary)
    at = plan.rows[WITH_FILES] + 1, plan.after_units(TOTAL) + 1
    assert openpyxl.load_workbook(tmp_path / "o.xlsx", data_only=True)[BY_UNIT_SHEET].cell(*at).value == 3
    assert "MAX(" in openpyxl.load_workbook(tmp_path / "o.xlsx")[BY_UNIT_SHEET].cell(*at).value
