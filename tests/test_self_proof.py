"""The merge's own proof: what holds in every unit holds on the sums, or the merge is suspect and says so."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from submissions import child, make

from cchc_xl.catalogue.load import load_form
from cchc_xl.consolidation.lines import Child, SummaryCell
from cchc_xl.consolidation.rollup import consolidate
from cchc_xl.consolidation.self_proof import prove
from cchc_xl.expressions import CellRef
from cchc_xl.merging import MergeRequest, merge
from cchc_xl.report.as_json import summary_json
from cchc_xl.report.as_text import summary_text
from cchc_xl.summary_workbook.build import build_summary_workbook

FORM, DISTRICT = "cam-giang-2024", "ninh-hai-2023"
# Files settled, and of these on time.
SETTLED, ON_TIME = CellRef("PL1", 35, "value"), CellRef("PL1", 36, "value")


def units(*figures: tuple[str, str]) -> list[Child]:
    return [child(str(n), {"PL1": {35: a, 36: b}}, FORM) for n, (a, b) in enumerate(figures, start=1)]


def moved(cells: list[SummaryCell], ref: CellRef, by: int) -> list[SummaryCell]:
    """The figures with one wrong total."""
    return [replace(c, value=(c.value or 0) + by) if c.spec.ref == ref else c for c in cells]


def test_rules_that_hold_in_every_unit_are_proved_on_the_sums() -> None:
    """On time ≤ settled in both units: proved on the totals; blanks and other rows do no harm."""
    children = units(("10", "9"), ("20", ""))
    proof = prove(load_form(FORM), consolidate(load_form(FORM), children), children)
    assert proof.proved > 0
    assert not proof.failed


def test_a_planted_wrong_total_is_named() -> None:
    """A total that the roll-up got wrong breaks a rule that no unit breaks."""
    children = units(("10", "9"), ("20", "20"))
    cells = moved(consolidate(load_form(FORM), children), ON_TIME, 5)
    proof = prove(load_form(FORM), cells, children)
    assert {(failed.left, failed.right) for failed in proof.failed} == {(34, 30)}
    assert "đúng ở mọi đơn vị nhưng không đúng trên số tổng (34 so với 30)" in proof.failed[0].sentence


def test_a_rule_that_a_unit_breaks_proves_nothing() -> None:
    """A unit included in spite of its error: the sums may break the rule as well, and the merge is not to blame."""
    children = units(("10", "30"), ("20", "20"))
    proof = prove(load_form(FORM), consolidate(load_form(FORM), children), children)
    assert not proof.failed


def test_across_forms_by_what_was_taken() -> None:
    """Communes into a district's form: its rules are tried on the communes' figures as they were taken."""
    children = [child("1", {"PL1": {38: "10", 39: "9"}}, FORM), child("2", {"PL6": {56: "7", 57: "7"}})]
    cells = consolidate(load_form(DISTRICT), children)
    assert not prove(load_form(DISTRICT), cells, children).failed
    wrong = prove(load_form(DISTRICT), moved(cells, CellRef("PL3", 22, "value"), 9), children)
    assert wrong.failed
    assert all(failed.at.appendix == "PL3" for failed in wrong.failed)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.dictionaries(st.integers(1, 6), st.tuples(*[st.integers(0, 99)] * 3), max_size=6), min_size=1))
def test_a_sound_merge_is_never_suspect(matrices: list[dict[int, tuple[int, int, int]]]) -> None:
    """Random matrices and figures of many units: no false alarm."""
    children = [
        child(
            str(n),
            {
                "PL4": {
                    row: dict(zip(("online", "carried", "direct"), map(str, figures), strict=True))
                    for row, figures in matrix.items()
                    if row != 6
                },
                "PL6": {55: str(sum(sum(figures) for row, figures in matrix.items() if row != 6))},
            },
        )
        for n, matrix in enumerate(matrices)
    ]
    form = load_form("vinh-thanh-2023")
    proof = prove(form, consolidate(form, children), children)
    assert not proof.failed
    given = any(any(figures) for matrix in matrices for row, figures in matrix.items() if row != 6)
    assert (proof.proved > 0) is given


def test_the_summary_says_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line in "Kết quả kiểm tra"; a failed proof is a line of the table, of the text and of the JSON."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
    (tmp_path / "nop").mkdir()
    for code in "12":
        make(tmp_path / "nop", code, f"xã {code}", {"PL1": {35: "10", 36: "9"}}, form=FORM)
    path = tmp_path / "o.xlsx"
    summary = merge(MergeRequest(tmp_path / "nop", path))
    said = openpyxl.load_workbook(path)["Kết quả kiểm tra"]["A3"].value
    assert said.startswith(f"Phép tổng hợp tự kiểm tra: {summary.proof.proved} quy tắc")
    cells = moved(list(summary.cells), ON_TIME, 50)
    assert summary.form
    broken = replace(summary, cells=cells, proof=prove(summary.form, cells, summary.children))
    build_summary_workbook(broken, path)
    sheet = openpyxl.load_workbook(path)["Kết quả kiểm tra"]
    assert "ĐÁNG NGỜ" in sheet["A3"].value
    assert sheet["D5"].value == "Lỗi"
    assert "đúng ở mọi đơn vị" in sheet["G5"].value
    assert "Phép tổng hợp đáng ngờ" in summary_text(broken, path)
    assert summary_json(broken, None)["self_proof"]["failed"]
