"""The summary workbook of a real merge: right figures, live formulas, nothing lost, nothing executed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from judge import recalculate
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from submissions import make

from cchc_xl.catalogue.load import load_form
from cchc_xl.consolidation.lines import SummaryCell
from cchc_xl.consolidation.states import FileState
from cchc_xl.consolidation.summary import Summary
from cchc_xl.cover import COVER_SHEET, GUIDE_SHEET
from cchc_xl.expressions import CellRef
from cchc_xl.layout import form_layout
from cchc_xl.merging import MergeRequest, merge
from cchc_xl.operations import NewWorkbook, create_workbook, fill_workbook
from cchc_xl.own_part import OWN_SHEET
from cchc_xl.readers.read_submission import read_file
from cchc_xl.submission import FormulaState
from cchc_xl.summary_workbook.plan import BY_UNIT_SHEET, COUNTED, HIGHEST, LOWEST, REMARK, TOTAL, plan_sheet
from cchc_xl.summary_workbook.tidy import COLUMNS, tidy

CHILD, PARENT, PERIOD = "vinh-thanh-2023", "ninh-hai-2023", "2023-NAM"
UNITS = (("11", "xã Một"), ("12", "xã Hai"), ("13", "xã Ba"), ("14", "xã Bốn"))
FORMULA_NAME = "=HYPERLINK(1) @x.xlsx"

# Rows of PL6 as printed. 54 is the ratio 57/56; 16 counts the units with a survey, 18 the way it was done; 45 is one
# list for all communes; 118 and 119 as well; 120 counts procedures that may be the same ones; 112 has no parts.
FIGURES: dict[str, dict[int, str]] = {
    "11": {
        16: "1",
        17: "10",
        18: "1",
        45: "108",
        55: "40",
        56: "30",
        57: "20",
        94: "10,1",
        95: "0,1",
        118: "54",
        119: "54",
        120: "7",
    },
    "12": {
        16: "1",
        17: "20",
        18: "2",
        45: "108",
        55: "60",
        56: "50",
        57: "49",
        94: "10,2",
        95: "0,2",
        118: "54",
        119: "50",
        120: "9",
    },
    # No files settled on time: the ratio of this commune is not known, and its 70 files stay out of the total ratio.
    "13": {16: "0", 17: "-", 45: "108", 55: "80", 56: "70", 118: "54", 119: "54"},
}
NOTES = {"12": {55: "=1+1", 56: "@x"}}
INDICATORS = "PL6"


@dataclass(frozen=True)
class Merged:
    """A merge with its workbook as formulas and as cached results."""

    summary: Summary
    path: Path
    live: Workbook
    cached: Workbook

    def cell(self, order: int, appendix: str = INDICATORS, column: str = "value") -> SummaryCell:
        ref = CellRef(appendix, order, column)
        return next(cell for cell in self.summary.cells if cell.spec.ref == ref)

    def in_form(self, book: Workbook, order: int, appendix: str = INDICATORS, column: str = "value") -> object:
        assert self.summary.form
        place = form_layout(self.summary.form).appendices[appendix]
        return book[place.sheet][place.address(CellRef(appendix, order, column))].value

    def in_units(
        self, book: Workbook, order: int, column: int, appendix: str = INDICATORS, key: str = "value"
    ) -> object:
        assert self.summary.form
        plan = plan_sheet(self.summary.form, self.summary)
        row = plan.rows[CellRef(appendix, order, key)]
        return book[BY_UNIT_SHEET].cell(row + 1, plan.after_units(column) + 1).value


def _submit(folder: Path, name: str, code: str, unit: str, rows: Mapping[int, str]) -> None:
    printed = folder.parent / f"so-lieu-{code}"
    printed.mkdir(exist_ok=True)
    lines = ["order\tvalue\tnote"]
    lines += [f"{order}\t{text}\t{NOTES.get(code, {}).get(order, '')}" for order, text in rows.items()]
    (printed / f"{INDICATORS}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    create_workbook(NewWorkbook(CHILD, unit, code, PERIOD), folder / name)
    fill_workbook(folder / name, printed)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three communes of four, one of them twice; a stranger, a broken file, an old format, a text file."""
    folder = tmp_path_factory.mktemp("tong-hop") / "nop"
    folder.mkdir()
    for code, unit in UNITS[:3]:
        _submit(folder, FORMULA_NAME if code == "12" else f"{code}.xlsx", code, unit, FIGURES[code])
    _submit(folder, "la.xlsx", "99", "=xã Lạ", {55: "1"})
    shutil.copyfile(folder / "11.xlsx", folder / "11 (1).xlsx")
    os.utime(folder / "11 (1).xlsx", (0, 0))  # of two equal submissions the later saved one is taken
    (folder / "hong.xlsx").write_text("hỏng", encoding="utf-8")
    (folder / "cu.xls").write_text("cũ", encoding="utf-8")
    (folder / "ghi-chu.txt").write_text("ghi chú", encoding="utf-8")
    units = ["ma\tten\tcap tren", "1\thuyện Trên\t", *(f"{code}\t{unit}\t1" for code, unit in UNITS)]
    (folder.parent / "don-vi.tsv").write_text("\n".join(units) + "\n", encoding="utf-8")
    return folder


def _merge(folder: Path, form: str, target: Path) -> Merged:
    overrides = {f.name: "kiểm thử" for f in folder.iterdir() if f.name in ("11.xlsx", "13.xlsx", FORMULA_NAME)}
    summary = merge(MergeRequest(folder, target, form, folder.parent / "don-vi.tsv", "1", PERIOD, overrides))
    return Merged(summary, target, openpyxl.load_workbook(target), openpyxl.load_workbook(target, data_only=True))


@pytest.fixture(scope="module")
def same(folder: Path) -> Merged:
    """Communes put together on their own form."""
    return _merge(folder, CHILD, folder.parent / "cung-bieu.xlsx")


@pytest.fixture(scope="module")
def up(folder: Path) -> Merged:
    """Communes put together on the district's form."""
    return _merge(folder, PARENT, folder.parent / "bieu-huyen.xlsx")


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Merged:
    """A folder in which nothing can be taken and no list of units is given."""
    folder = tmp_path_factory.mktemp("trong") / "nop"
    folder.mkdir()
    (folder / "hong.xlsx").write_text("hỏng", encoding="utf-8")
    target = folder.parent / "th.xlsx"
    summary = merge(MergeRequest(folder, target, CHILD, period=PERIOD))
    return Merged(summary, target, openpyxl.load_workbook(target), openpyxl.load_workbook(target, data_only=True))


def test_the_fixture_is_what_it_should_be(same: Merged) -> None:
    assert [child.unit_code for child in same.summary.children] == ["11", "12", "13"]


# the figures ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "value"),
    [(55, 180), (56, 150), (57, 69), (17, 30), (45, 108), (118, 54), (54, 100 * 69 / 80), (94, 20.3), (95, 0.3)],
)
def test_totals_stand_in_the_form_as_live_links(same: Merged, order: int, value: float) -> None:
    assert str(same.in_form(same.live, order)).startswith(f"='{BY_UNIT_SHEET}'!")
    assert same.in_form(same.cached, order) == pytest.approx(value, rel=1e-14)
    assert same.in_units(same.cached, order, TOTAL) == pytest.approx(value, rel=1e-14)
    assert str(same.in_units(same.live, order, TOTAL)).startswith("=IF(")


@pytest.mark.parametrize("order", [16, 18, 119, 120])
def test_no_figure_in_the_form_where_none_is_right(same: Merged, order: int) -> None:
    """Counted flags, codes, a list that differs, things that may coincide: the form's cell is left open."""
    assert same.in_form(same.live, order) is None


def test_a_computed_row_does_not_compute_what_the_rollup_refuses(same: Merged) -> None:
    """43 = 44 + 45 is one list: with its parts agreed it is linked. 117 = 119/118 is of shared lists that differ."""
    assert str(same.in_form(same.live, 43)).startswith(f"='{BY_UNIT_SHEET}'!")
    assert not same.in_form(same.cached, 117)
    assert same.in_units(same.live, 117, TOTAL) is None


def test_flags_are_counted_and_codes_distributed(same: Merged) -> None:
    assert same.in_units(same.cached, 16, TOTAL) == 2
    assert same.in_units(same.cached, 16, COUNTED) == "3/4"
    assert "Có: 2/3" in str(same.in_units(same.cached, 16, REMARK))
    assert same.in_units(same.live, 18, TOTAL) is None
    assert same.in_units(same.cached, 18, REMARK) == ("Trực tuyến: 0; Phát phiếu: 1; Kết hợp: 1. Để trống: xã Ba.")


def test_a_shared_list_is_not_added_and_who_differs_is_named(same: Merged) -> None:
    assert same.in_units(same.cached, 45, TOTAL) == 108
    assert same.in_units(same.cached, 119, TOTAL) in (None, "")
    assert (same.in_units(same.cached, 119, LOWEST), same.in_units(same.cached, 119, HIGHEST)) == (50, 54)
    assert "54 (xã Một, xã Ba); 50 (xã Hai)" in str(same.in_units(same.cached, 119, REMARK))


def test_distinct_things_lie_between_the_largest_and_the_sum(same: Merged) -> None:
    assert same.in_units(same.cached, 120, TOTAL) in (None, "")
    assert (same.in_units(same.cached, 120, LOWEST), same.in_units(same.cached, 120, HIGHEST)) == (7, 9)
    assert "từ 9 đến 16" in str(same.in_units(same.cached, 120, REMARK))


def test_a_ratio_counts_exactly_the_units_with_both_parts(same: Merged) -> None:
    assert "SUMPRODUCT" in str(same.in_units(same.live, 54, TOTAL))
    assert same.in_units(same.cached, 54, COUNTED) == "2/4"
    assert "xã Ba" in str(same.in_units(same.cached, 54, REMARK))


def test_every_total_and_count_is_the_merges_own(same: Merged, up: Merged) -> None:
    for merged in (same, up):
        for cell in merged.summary.cells:
            ref = cell.spec.ref
            shown = merged.in_units(merged.cached, ref.order or 0, TOTAL, ref.appendix, ref.column)
            assert (shown or (0 if shown == 0 else None)) == (None if cell.value is None else float(cell.value)), ref
            if cell.rollup.value != "none":
                counted = merged.in_units(merged.cached, ref.order or 0, COUNTED, ref.appendix, ref.column)
                assert counted == f"{cell.n_units}/4", ref


def test_own_part_is_awaited_when_merging_upwards(up: Merged) -> None:
    """PL3 3.1.1 (row 15) counts district and communes: no total, the communes' sum is said beside it."""
    assert up.cell(15, "PL3").children == 150
    assert not up.in_form(up.cached, 15, "PL3")
    assert not up.in_units(up.cached, 15, TOTAL, "PL3")
    assert "150" in str(up.in_units(up.cached, 15, REMARK, "PL3"))


def test_upwards_the_communes_own_rows_are_linked_and_the_districts_keep_their_formulas(up: Merged) -> None:
    assert up.in_form(up.cached, 21, "PL3") == 150
    assert up.in_form(up.cached, 20, "PL3") == pytest.approx(100 * 69 / 80)
    assert "COUNT(" in str(up.in_form(up.live, 17, "PL3"))
    assert BY_UNIT_SHEET not in str(up.in_form(up.live, 17, "PL3"))


# the judge --------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("soffice")
def test_libreoffice_computes_the_same_figures(same: Merged, up: Merged, bare: Merged, tmp_path: Path) -> None:
    everything = (same, up, bare)
    for merged, path in zip(everything, recalculate([m.path for m in everything], tmp_path / "tinh-lai"), strict=True):
        judged = openpyxl.load_workbook(path, data_only=True)
        formulas = 0
        for sheet in merged.live:
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.data_type != "f":
                        continue
                    formulas += 1
                    ours = merged.cached[sheet.title][cell.coordinate].value
                    theirs = judged[sheet.title][cell.coordinate].value
                    where = f"{sheet.title}!{cell.coordinate} {cell.value}"
                    if isinstance(ours, int | float):
                        assert theirs == pytest.approx(ours, rel=1e-12), where
                    else:
                        assert (theirs or "") == (ours or ""), where
        assert formulas or merged is bare


# what came from submissions ---------------------------------------------------------------------------------------


def test_texts_from_submissions_never_become_formulas(same: Merged, up: Merged) -> None:
    for merged in (same, up):
        assert merged.summary.form
        sheets = {place.sheet for place in form_layout(merged.summary.form).appendices.values()}
        sheets |= {BY_UNIT_SHEET, COVER_SHEET, "Biểu đồ", OWN_SHEET}
        for sheet in merged.live:
            for row in sheet.iter_rows():
                for cell in row:
                    # Our own links lead to sheets of this workbook.
                    link = cell.hyperlink
                    ours = sheet.title in (COVER_SHEET, OWN_SHEET) or (link and OWN_SHEET in str(link.location))
                    if sheet.title == "Kết quả kiểm tra" and link is not None:
                        assert str(link.target).endswith(".xlsx")  # a finding's cell in the unit's file
                        assert ":" not in str(link.target)
                    else:
                        assert link is None or (ours and link.location and not link.target)
                    if cell.data_type == "f":
                        assert sheet.title in sheets, f"{sheet.title}!{cell.coordinate}"
                        assert "HYPERLINK" not in str(cell.value)
        received = [cell.value for cell in merged.cached["Tình hình nộp"]["D"]]
        assert FORMULA_NAME in received


def test_every_file_is_listed_exactly_once(same: Merged, bare: Merged) -> None:
    for merged in (same, bare):
        sheet = merged.cached["Tình hình nộp"]
        listed = [cell.value for cell in sheet["D"] if cell.value and cell.value != "Tệp"]
        assert sorted(listed) == sorted(file.received.file for file in merged.summary.files)
    words = {str(cell.value) for cell in same.cached["Tình hình nộp"]["E"]}
    assert {state.word for state in FileState if state is not FileState.INCLUDED} | {"Chưa nộp"} <= words
    heading = [str(same.cached["Tình hình nộp"].cell(row, 1).value) for row in range(3, 10)]
    assert heading == [
        "Đơn vị phải nộp: 4",
        "Đơn vị đã nộp: 3",
        "Đơn vị đã tổng hợp: 3",
        "Đơn vị đã nộp nhưng không đưa vào: 0",
        "Đơn vị chưa nộp: 1",
        "Số tệp trong thư mục: 8",
        "Đơn vị có dấu hoàn thành còn giá trị: 0/4",
    ]


def test_a_missing_unit_has_a_column_that_says_so(same: Merged) -> None:
    headings = [str(cell.value) for cell in same.cached[BY_UNIT_SHEET][4]]
    assert headings[5:9] == ["xã Một\n(11)", "xã Hai\n(12)", "xã Ba\n(13)", "xã Bốn\n(14)\n– chưa nộp –"]


def test_a_text_that_is_no_number_is_shown_and_not_counted(same: Merged) -> None:
    plan = plan_sheet(load_form(CHILD), same.summary)
    row = plan.rows[CellRef(INDICATORS, 17, "value")]
    assert [same.cached[BY_UNIT_SHEET].cell(row + 1, column).value for column in range(6, 10)] == [10, 20, "-", None]
    assert "xã Ba “-”" in str(same.in_units(same.cached, 17, REMARK))


def test_findings_of_every_checked_submission(same: Merged) -> None:
    checked = [file for file in same.summary.files if file.result]
    sheet = same.cached["Kết quả kiểm tra"]
    assert sheet.max_row - 4 == sum(len(file.result.findings) for file in checked if file.result) > 0
    assert sheet.auto_filter.ref


def test_every_figure_can_be_traced(same: Merged) -> None:
    """A unit's file by its hash × the row's cell; the units and their sum stand beside the cell."""
    tables = _tables(same.cached["Nguồn số liệu"])
    shas = {file.received.file: file.received.sha256 for file in same.summary.files}
    assert {row[2]: row[4] for row in tables["TepNguon"]} == {
        child.given.file: shas[child.given.file] for child in same.summary.children
    }
    received = [row for row in tables["ONguon"] if row[0] == INDICATORS and row[4] == f"{INDICATORS}!E65"]
    assert [(row[5], row[7]) for row in received] == [(3, 180)]
    [ratio] = [
        row
        for row in tables["ONguon"]
        if str(row[2]).startswith("Tỷ lệ hồ sơ TTHC được giải quyết đúng hạn của UBND cấp xã")
    ]
    assert ratio[5:] == (2, "Tính lại từ tử số và mẫu số", "tử số 69 (PL6!E67), mẫu số 80 (PL6!E66)")


def test_every_figure_has_one_origin(same: Merged) -> None:
    """The units of the common cells and the single cells add up to the figures that were given."""
    tables = _tables(same.cached["Nguồn số liệu"])
    figures = sum(s.number is not None or s.parts is not None for cell in same.summary.cells for s in cell.sources)
    assert sum(row[5] for row in tables["ONguon"]) + len(tables["OKhac"]) == figures


def _tables(sheet: Worksheet) -> dict[str, list[tuple[Any, ...]]]:
    """The bodies of a sheet's tables; the row that Excel wants in an empty one is none."""
    bodies = {}
    for name, area in sheet.tables.items():
        rows = [tuple(cell.value for cell in row) for row in sheet[area]][1:]
        bodies[name] = [row for row in rows if any(value is not None for value in row)]
    return bodies


def test_the_tidy_table(same: Merged) -> None:
    frame = tidy(same.summary)
    assert list(frame.columns) == list(COLUMNS)
    assert frame.loc[frame["Mã chỉ tiêu"] == "tthc.hs.xa.tiep_nhan", "Giá trị"].sum() == 180
    sheet = same.cached["Dữ liệu"]
    assert sheet.max_row - 1 == len(frame)
    assert list(sheet.tables) == ["DuLieu"]


# the workbook -----------------------------------------------------------------------------------------------------


def test_sheets_stand_in_order_and_the_cover_is_open(same: Merged) -> None:
    visible = [sheet.title for sheet in same.live if sheet.sheet_state == "visible"]
    ours = [BY_UNIT_SHEET, "Biểu đồ", "Tình hình nộp", "Kết quả kiểm tra", "Nguồn số liệu", "Dữ liệu"]
    assert visible == [COVER_SHEET, GUIDE_SHEET, "PL1", "PL2", "PL3", "PL4", "PL5", "PL6", *ours]
    assert same.live.active is same.live[COVER_SHEET]
    for name in ours:
        if name == "Biểu đồ":
            continue
        sheet = same.live[name]
        assert sheet.freeze_panes
        assert sheet.print_title_rows
        assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth or 1) == ("landscape", 1)


def test_the_summary_is_itself_a_submission(same: Merged, up: Merged) -> None:
    for merged, form in ((same, CHILD), (up, PARENT)):
        submission = read_file(merged.path)
        stamp = submission.stamp
        assert (stamp.form, stamp.kind, stamp.unit, stamp.unit_code, stamp.period) == (
            form, "summary", "UBND huyện Trên", "1", PERIOD
        )  # fmt: skip
        assert not submission.faults
    entry = read_file(same.path).entries[CellRef(INDICATORS, 55, "value")]
    assert (entry.value.number, entry.formula) == (180, FormulaState.ALTERED)


def test_merging_again_gives_the_same_workbook(folder: Path, same: Merged) -> None:
    again = _merge(folder, CHILD, folder.parent / "lan-hai.xlsx")
    for sheet in same.live:
        ours = [[cell.value for cell in row] for row in sheet.iter_rows()]
        assert ours == [[cell.value for cell in row] for row in again.live[sheet.title].iter_rows()]


def test_nothing_to_merge_still_gives_a_readable_workbook(bare: Merged) -> None:
    assert not bare.summary.children
    assert bare.in_form(bare.live, 55) is None
    assert not read_file(bare.path).faults
    assert tidy(bare.summary).empty


def test_a_ratio_whose_parts_stand_elsewhere_has_lines_for_them(same: Merged) -> None:
    """Taken to be so by breaking the tie between the ratio and its rows: the lines appear and carry the numbers."""
    from dataclasses import replace

    ratio = same.cell(54)
    parts = {index: (top + 1, bottom) for index, (top, bottom) in ratio.sources.parts.items()}
    sources = replace(ratio.sources, parts=parts)
    cells = [replace(cell, sources=sources) if cell is ratio else cell for cell in same.summary.cells]
    plan = plan_sheet(load_form(CHILD), replace(same.summary, cells=cells))
    at = plan.rows[ratio.spec.ref]
    assert plan.parts[ratio.spec.ref] == (at + 1, at + 2)
    assert [line.part for line in plan.lines if line.cell and line.cell.spec is ratio.spec] == [None, 0, 1]


def test_a_checklist_says_of_how_many_units_it_has_which_mark(tmp_path: Path) -> None:
    """No x can speak for several units: their number stands beside the task, and a task that nobody marked is blank."""
    (tmp_path / "nop").mkdir()
    for code, marks in (("11", {2: "done", 3: "done"}), ("12", {2: "done", 3: "not_done"})):
        tasks = {order: {mark: "x", "result_note": "của xã"} for order, mark in marks.items()}
        make(tmp_path / "nop", code, f"xã {code}", {"PL1": tasks}, CHILD, PERIOD)
    merge(MergeRequest(tmp_path / "nop", tmp_path / "th.xlsx"))
    sheet = openpyxl.load_workbook(tmp_path / "th.xlsx", data_only=True)["PL1"]
    place = form_layout(load_form(CHILD)).appendices["PL1"]
    said = [sheet[place.address(CellRef("PL1", order, "result_note"))].value for order in (2, 3, 5)]
    assert said == ["Đã thực hiện: 2 (2/2 đơn vị)", "Đã thực hiện: 1; Chưa thực hiện: 1 (2/2 đơn vị)", None]
    marks = {sheet[place.address(CellRef("PL1", 2, key))].value for key in ("done", "not_done")}
    assert marks == {None}
