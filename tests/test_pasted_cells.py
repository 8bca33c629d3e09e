"""What is pasted from Word into a form workbook: the sheet's formulas, its colours and Kiểm tra see the same."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from judge import recalculate, requires_libreoffice
from submissions import make

from cchc_xl.catalogue.load import load_form
from cchc_xl.catalogue.model import RowRole
from cchc_xl.expressions import CellRef
from cchc_xl.finding import Finding
from cchc_xl.form_workbook.validation import condition
from cchc_xl.layout import form_layout
from cchc_xl.operations import check_file
from cchc_xl.severity import Severity

FORM = "vinh-thanh-2023"
LIST, TOTAL = "PL1", 31
TASKS = [row.order for row in load_form(FORM).appendix(LIST).printed if row.role is RowRole.ITEM]


def _pasted(folder: Path, cells: dict[CellRef, object]) -> Path:
    """A unit's workbook with these contents pasted, recalculated by LibreOffice."""
    path = make(folder, "22855", "UBND xã Tân Hải", {})
    workbook = openpyxl.load_workbook(path)
    for ref, content in cells.items():
        place = form_layout(load_form(FORM)).appendices[ref.appendix]
        workbook[place.sheet][place.address(ref)].value = content
    workbook.save(path)
    [judged] = recalculate([path], folder / "judged")
    return judged


def _findings(path: Path) -> dict[int, list[Finding]]:
    found: dict[int, list[Finding]] = {}
    for finding in check_file(path).result.findings:
        found.setdefault(finding.order, []).append(finding)
    return found


def _shown(path: Path, ref: CellRef) -> object:
    place = form_layout(load_form(FORM)).appendices[ref.appendix]
    return openpyxl.load_workbook(path, data_only=True)[place.sheet][place.address(ref)].value


def _state(path: Path, order: int) -> str:
    place = form_layout(load_form(FORM)).appendices[LIST]
    sheet = openpyxl.load_workbook(path, data_only=True)[place.sheet]
    return str(sheet.cell(place.rows[order] + 1, place.check_column + 1).value or "")


@requires_libreoffice
def test_marks_with_spaces_beside_them_are_counted_where_they_are_printed(tmp_path: Path) -> None:
    """The printed total is the number of marks that Kiểm tra accepts: COUNTIF would pass over "x "."""
    marks = ["x ", " x", "X ", *["x"] * (len(TASKS) - 3)]
    path = _pasted(tmp_path, {CellRef(LIST, o, "done"): m for o, m in zip(TASKS, marks, strict=True)})
    assert _shown(path, CellRef(LIST, TOTAL, "done")) == len(TASKS)
    assert _state(path, TOTAL) == "Đúng"
    assert TOTAL not in _findings(path)


@requires_libreoffice
@pytest.mark.parametrize("pasted", ["x\u00a0", "\u00a0", "-\u00a0"])
def test_a_no_break_space_that_formulas_do_not_pass_over_is_an_error_in_both(tmp_path: Path, pasted: str) -> None:
    """What no formula takes for x, "-" or blank is none for Kiểm tra either, and it says why."""
    path = _pasted(tmp_path, {CellRef(LIST, TASKS[0], "done"): pasted})
    [finding] = [f for f in _findings(path)[TASKS[0]] if f.severity is Severity.ERROR]
    assert "dấu cách lạ" in finding.message
    assert _state(path, TASKS[0]).startswith("Lỗi")


def test_what_kiem_tra_accepts_is_not_coloured_red() -> None:
    """A long dash, as a word processor makes it, and spaces beside a mark are no fault in the sheet's colour either."""
    form = load_form(FORM)
    for ref in (CellRef(LIST, TASKS[0], "done"), CellRef("PL6", 55, "value"), CellRef("PL6", 16, "value")):
        test = condition(form.spec(ref), "E1")
        assert test is not None
        assert '"||-|–|—|−|"' in test
        assert '="-"' not in test
        assert '&""=' not in test
