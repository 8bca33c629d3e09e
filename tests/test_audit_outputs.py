"""doi-chieu over what a summary shows once more: the tidy table, the charts, lowest and highest; and on all cores."""

from __future__ import annotations

import dataclasses
import os
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from judge import recalculate, requires_libreoffice
from submissions import make
from test_audit import grid, kinds, spoilt, where

from cchc_xl.audit import originals
from cchc_xl.audit.charts import HEADINGS
from cchc_xl.audit.discrepancy import Audit, Kind
from cchc_xl.audit.run import audit
from cchc_xl.catalogue.load import load_form
from cchc_xl.expressions import CellRef
from cchc_xl.hosts.cli import main
from cchc_xl.layout import form_layout
from cchc_xl.merging import MergeRequest, merge
from cchc_xl.of_units import OF_UNITS_SHEET
from cchc_xl.receiving import helpers
from cchc_xl.summary_workbook import data_file
from cchc_xl.summary_workbook.charts import CHARTS_SHEET
from cchc_xl.summary_workbook.data import DATA_SHEET
from cchc_xl.summary_workbook.data_file import data_path
from cchc_xl.summary_workbook.plan import BY_UNIT_SHEET

ROW = "PL1/36/value"  # a sum of the communes' form


@pytest.fixture(autouse=True)
def _no_wait_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture(scope="module")
def merged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three communes with figures that charts are drawn of, one of them named like a formula: ``nop``, ``th.xlsx``."""
    root = tmp_path_factory.mktemp("goc")
    (root / "nop").mkdir()
    for code, figures in {
        "1": {35: "40", 36: "30", 4: "10", 5: "5", 42: "7,25"},
        "2": {35: "60", 36: "50", 4: "10", 5: "10", 42: "7,1"},
        "3": {35: "90", 36: "80", 4: "10", 5: "7"},
    }.items():
        make(root / "nop", code, f"=xã  Số {code}", {"PL1": figures}, form="cam-giang-2024")
    faulty = {path.name: "kiểm thử" for path in (root / "nop").iterdir()}
    merge(MergeRequest(root / "nop", root / "th.xlsx", overrides=faulty))
    return root


@pytest.fixture
def case(merged: Path, tmp_path: Path) -> Path:
    """The same, to be spoilt."""
    shutil.copytree(merged, tmp_path / "case")
    return tmp_path / "case"


@pytest.fixture
def beside(case: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same with its table in files of ten lines beside it."""
    monkeypatch.setattr(data_file, "_rows_of_a_file", lambda: 10)
    overrides = {path.name: "kiểm thử" for path in (case / "nop").iterdir()}
    merge(MergeRequest(case / "nop", case / "th.xlsx", data="csv", overrides=overrides))
    assert data_path(case / "th.xlsx", number=2).is_file()
    return case


def audited(case: Path) -> Audit:
    return audit(case / "th.xlsx", case / "nop")


def test_all_that_a_merge_writes_agrees(case: Path) -> None:
    """Charts were drawn and the table is full: nothing is compared with nothing."""
    assert audited(case).found == ()
    assert any(tuple(row[:4]) == HEADINGS[:4] for row in grid(case, CHARTS_SHEET))
    assert len(grid(case, DATA_SHEET)) > 10


# the tidy table ------------------------------------------------------------------------------------------------------


def test_a_figure_changed_in_the_table_is_named(case: Path) -> None:
    """Where it stands, whose it is, and both figures."""
    rows = grid(case, DATA_SHEET)
    at = next(number for number, row in enumerate(rows, start=1) if (row[0], row[5]) == ("2", 50))
    spoilt(case / "th.xlsx", DATA_SHEET, {f"F{at}": 51})
    (found,) = audited(case).found
    assert (found.kind, found.shown, found.expected, found.unit_code) == (Kind.TABLE, 51, 50, "2")
    assert f"hàng {at}" in found.message


@pytest.mark.parametrize("column", ["A", "D", "H"])
def test_a_line_of_another_unit_or_row_is_named(case: Path, column: str) -> None:
    """A line that belongs nowhere, and the figure that is missing because of it."""
    spoilt(case / "th.xlsx", DATA_SHEET, {f"{column}2": "99"})
    found = audited(case).found
    assert {item.kind for item in found} == {Kind.TABLE}
    assert len(found) == 2


def test_a_line_that_is_there_twice_is_named(case: Path) -> None:
    rows = grid(case, DATA_SHEET)
    first, second = rows[1], rows[2]
    spoilt(
        case / "th.xlsx",
        DATA_SHEET,
        {f"{letter}3": first[index] for index, letter in enumerate("ABCDEFGH") if first[index] != second[index]},
    )
    messages = [item.message for item in audited(case).found]
    assert any("lặp lại" in message for message in messages)
    assert any("thiếu số" in message for message in messages)


def test_a_table_that_was_sorted_still_agrees(case: Path) -> None:
    """Officers sort it: two lines change places."""
    rows = grid(case, DATA_SHEET)
    one, two = 1, len(rows) - 1
    cells = {}
    for index, letter in enumerate("ABCDEFGH"):
        for at, content in ((one, rows[two][index]), (two, rows[one][index])):
            if content != rows[at][index]:
                cells[f"{letter}{at + 1}"] = content
    spoilt(case / "th.xlsx", DATA_SHEET, cells)
    assert audited(case).found == ()


def test_the_files_beside_are_compared_too(beside: Path) -> None:
    """All of them, with decimals and names as a CSV writes them."""
    assert audited(beside).found == ()
    path = data_path(beside / "th.xlsx", number=2)
    text = path.read_text(encoding="utf-16")
    assert "\t'=xã Số" in text
    changed = re.sub(r"\t(\d+)\t", "\t99999\t", text, count=1)
    path.write_text(changed, encoding="utf-16")
    (found,) = audited(beside).found
    assert (found.kind, found.shown) == (Kind.TABLE, 99999)
    assert path.name in found.message


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe\x00", b"PK\x03\x04", b'\xff\xfe"\x00' + b"x\x00" * 200_000])
def test_a_file_beside_that_is_gone_or_none_is_named(beside: Path, content: bytes | None) -> None:
    path = data_path(beside / "th.xlsx", number=2)
    path.unlink() if content is None else path.write_bytes(content)
    found = audited(beside).found
    assert found
    assert {item.kind for item in found} == {Kind.TABLE}


def test_a_sheet_that_names_a_file_elsewhere_is_not_followed(beside: Path) -> None:
    """Nothing outside the summary's folder is opened."""
    (beside / "nop" / "x.csv").write_bytes(data_path(beside / "th.xlsx").read_bytes())
    for name in ("../case/nop/x.csv", "/etc/passwd.csv", "nop/x.csv", r"nop\\x.csv"):
        words = f"Bảng được ghi ở tệp {name}, cùng thư mục với sổ này; mở bằng Excel."
        spoilt(beside / "th.xlsx", DATA_SHEET, {"A2": words})
        table = [item for item in audited(beside).found if item.kind is Kind.TABLE]
        assert len(table) == 1
        assert "Không thấy tệp" in table[0].message


# charts --------------------------------------------------------------------------------------------------------------


def bars(case: Path) -> list[int]:
    """The rows of the first chart's bars, counted from 1."""
    rows = grid(case, CHARTS_SHEET)
    head = next(number for number, row in enumerate(rows) if tuple(row[:4]) == HEADINGS[:4])
    return [head + 2, head + 3]


@pytest.mark.parametrize("column", ["C", "D", "E", "F"])
def test_a_figure_of_a_chart_that_was_overwritten_is_named(case: Path, column: str) -> None:
    """Numerator, denominator, ratio, the ratio of all units."""
    spoilt(case / "th.xlsx", CHARTS_SHEET, {f"{column}{bars(case)[0]}": 1})
    found = audited(case).found
    assert kinds(audited(case)) == {Kind.CHART}
    assert found[0].cell.endswith(f"{bars(case)[0]}")


def test_units_swapped_in_a_chart_are_named(case: Path) -> None:
    """The best unit's bar under the name of another."""
    one, two = bars(case)
    rows = grid(case, CHARTS_SHEET)
    assert rows[one - 1][1] != rows[two - 1][1]
    spoilt(case / "th.xlsx", CHARTS_SHEET, {f"B{one}": rows[two - 1][1], f"B{two}": rows[one - 1][1]})
    assert kinds(audited(case)) == {Kind.CHART}


# "Theo đơn vị" -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("heading", ["Thấp nhất", "Cao nhất"])
def test_a_wrong_lowest_or_highest_is_named(case: Path, heading: str) -> None:
    cell = where(case, heading, ROW)
    spoilt(case / "th.xlsx", BY_UNIT_SHEET, {cell: 55})
    (found,) = audited(case).found
    assert (found.kind, found.shown) == (Kind.TOTAL, 55)
    assert cell in found.message


def test_a_wrong_number_of_units_that_owe_a_report_is_named(case: Path) -> None:
    """The text "3/3" is the result of a formula."""
    cell = where(case, "Số đơn vị có số liệu", ROW)
    spoilt(case / "th.xlsx", BY_UNIT_SHEET, {cell: "3/4"})
    (found,) = audited(case).found
    assert "4 đơn vị phải nộp" in found.message


@pytest.mark.parametrize("shown", ["", "2", "2 / 3", "hai đơn vị", 2])
def test_a_counter_that_is_no_longer_one_is_named(case: Path, shown: str | float) -> None:
    """Of how many units a figure is: changed, deleted, or made another kind of cell."""
    cell = where(case, "Số đơn vị có số liệu", ROW)
    spoilt(case / "th.xlsx", BY_UNIT_SHEET, {cell: shown})
    (found,) = audited(case).found
    assert (found.kind, found.expected) == (Kind.TOTAL, "3/3")


@pytest.mark.parametrize("heading", ["=xã  Số 1", "Tổng hợp", "Thấp nhất"])
def test_a_figure_beside_a_heading_is_named(case: Path, heading: str) -> None:
    """Lines without a figure of the form show none."""
    rows = grid(case, BY_UNIT_SHEET)
    heads = next(number for number, row in enumerate(rows) if "Cách tổng hợp" in row)
    line = next(number for number in range(heads + 1, len(rows)) if not rows[number][-1])
    cell = re.sub(r"[0-9]+", str(line + 1), where(case, heading, ROW))
    spoilt(case / "th.xlsx", BY_UNIT_SHEET, {cell: 500})
    (found,) = audited(case).found
    assert (found.kind, found.shown) == (Kind.SOURCE, 500)


# formulas ------------------------------------------------------------------------------------------------------------


def falsified(path: Path, sheet: str, cell: str, change: Callable[[str], str]) -> None:
    """Another formula with the result of the true one; an empty one leaves the result alone."""
    with zipfile.ZipFile(path) as package:
        parts = {info.filename: package.read(info) for info in package.infolist()}
    relation = re.search(rf'name="{sheet}"[^>]*r:id="rId(\d+)"', parts["xl/workbook.xml"].decode())
    assert relation
    part = f"xl/worksheets/sheet{relation[1]}.xml"

    def other(match: re.Match[str]) -> str:
        formula = change(match[2])
        return match[1] + (f"<f>{formula}</f>" if formula else "")

    xml, count = re.subn(rf'(<c r="{cell}"[^>]*>)<f>([^<]*)</f>', other, parts[part].decode())
    assert count == 1, cell
    parts[part] = xml.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)


FALSE: dict[str, Callable[[str], str]] = {
    "plus": lambda text: f"{text}+1000",
    "later": lambda text: f"IF(TODAY()&gt;60000,7,{text})",
    "none": lambda _: "",
}


@pytest.mark.parametrize("change", FALSE)
@pytest.mark.parametrize("heading", ["Tổng hợp", "Thấp nhất", "Cao nhất"])
def test_a_false_formula_with_a_true_result_is_named(case: Path, heading: str, change: str) -> None:
    """Excel computes it when it opens the summary, or next year; a constant does not follow a correction."""
    cell = where(case, heading, ROW)
    falsified(case / "th.xlsx", BY_UNIT_SHEET, cell, FALSE[change])
    (found,) = audited(case).found
    assert found.kind is Kind.FORMULA
    assert cell in found.message


@pytest.mark.parametrize("change", FALSE)
def test_a_false_formula_in_the_form_is_named(case: Path, change: str) -> None:
    """The cell that is printed and signed."""
    place = form_layout(load_form("cam-giang-2024")).appendices["PL1"].address(CellRef("PL1", 36, "value"))
    falsified(case / "th.xlsx", "PL1", place, FALSE[change])
    (found,) = audited(case).found
    assert found.kind is Kind.FORMULA
    assert place in found.cell


@pytest.mark.parametrize("column", ["E", "F"])
@pytest.mark.parametrize("change", FALSE)
def test_a_false_formula_of_a_chart_is_named(case: Path, column: str, change: str) -> None:
    """A bar's ratio, and that of all units."""
    falsified(case / "th.xlsx", CHARTS_SHEET, f"{column}{bars(case)[0]}", FALSE[change])
    assert kinds(audited(case)) == {Kind.CHART}


def test_a_false_rank_is_named(case: Path) -> None:
    spoilt(case / "th.xlsx", CHARTS_SHEET, {f"A{bars(case)[1]}": 1})
    (found,) = audited(case).found
    assert (found.kind, found.shown, found.expected) == (Kind.CHART, 1, 2)


@requires_libreoffice
def test_a_summary_saved_by_another_program_agrees(case: Path) -> None:
    """LibreOffice writes formulas and numbers in its own way."""
    (saved,) = recalculate([case / "th.xlsx"], case / "lo")
    assert [found.message for found in audit(saved, case / "nop").found] == []


# what no unit gave ---------------------------------------------------------------------------------------------------


def test_a_figure_that_the_parent_typed_is_listed(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where no unit gave one the parent may; who reads the audit is told that it has no source."""
    place = form_layout(load_form("cam-giang-2024")).appendices["PL1"].address(CellRef("PL1", 37, "value"))
    assert audited(case).typed == ()
    spoilt(case / "th.xlsx", "PL1", {place: 500})
    result = audited(case)
    assert (result.found, len(result.typed)) == ((), 1)
    assert main(["doi-chieu", str(case / "th.xlsx"), str(case / "nop")]) == 0
    assert f"PL1 ô {place}" in capsys.readouterr().out


def test_what_the_next_level_is_told_is_compared(case: Path) -> None:
    """A hidden sheet, from which a province's merge takes what a district's form cannot say."""
    rows = grid(case, OF_UNITS_SHEET)
    at = next(number for number, row in enumerate(rows, start=1) if row[3])
    spoilt(case / "th.xlsx", OF_UNITS_SHEET, {f"D{at}": "99"})
    (found,) = audited(case).found
    assert (found.kind, OF_UNITS_SHEET in found.message) == (Kind.TOTAL, True)


# on all cores --------------------------------------------------------------------------------------------------------


def test_helpers_find_what_one_process_finds(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same discrepancies in the same order, whatever came first; a file that cannot be read is named."""
    spoilt(case / "th.xlsx", BY_UNIT_SHEET, {where(case, "=xã  Số 2", ROW): 51, where(case, "=xã  Số 3", ROW): "x"})
    (case / "nop" / "1.xlsx").unlink()
    monkeypatch.setattr(originals, "worth_helpers", lambda _: False)
    alone = audited(case)
    monkeypatch.setattr(originals, "worth_helpers", lambda _: True)
    monkeypatch.setattr(helpers, "_CHUNK", 1)
    together = audited(case)
    assert dataclasses.asdict(together) == dataclasses.asdict(alone)
    assert len(alone.found) > 2


def test_a_file_that_kills_its_helper_is_named(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are compared all the same."""
    parent, true_read = os.getpid(), originals.read_original

    def deadly(path: Path, sha256: str) -> originals.UnitFile:
        if path.name == "2.xlsx" and os.getpid() != parent:
            os._exit(9)
        return true_read(path, sha256)

    monkeypatch.setattr(originals, "read_original", deadly)
    monkeypatch.setattr(originals, "worth_helpers", lambda _: True)
    found = audited(case).found
    assert [item.unit_code for item in found if "bị dừng" in item.message] == ["2"]


def test_a_reader_that_fails_costs_one_file(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of ours: the file is named, with the kind of fault and nothing of its content."""

    def broken(*_: object) -> None:
        raise ValueError("987654321")

    monkeypatch.setattr(originals, "_figures", broken)
    found = [item for item in audited(case).found if item.kind is Kind.FILE]
    assert len(found) == 3
    assert all("ValueError" in item.message and "987654321" not in item.message for item in found)
