"""Rows that a unit adds to a list of its form: in the workbook, in the check, and in a merge."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judge import recalculate, requires_libreoffice
from submissions import FORM, Figures, child, filled, make, write_printed
from test_catalogue import _change, _faults
from test_catalogue import copy as copy  # the fixture

from cchc_xl.catalogue.load import load_catalogue, load_form
from cchc_xl.catalogue.model import RowRole
from cchc_xl.checks.culprits import likely_culprits
from cchc_xl.checks.run import CheckResult, check
from cchc_xl.companions import companion_results
from cchc_xl.consolidation.contribution import contribution
from cchc_xl.consolidation.lines import SummaryCell
from cchc_xl.consolidation.rollup import consolidate
from cchc_xl.errors import InputFault
from cchc_xl.expressions import CellRef, Names, as_excel, evaluate, parse
from cchc_xl.layout import form_layout
from cchc_xl.live_checks.states import row_states
from cchc_xl.merging import MergeRequest, merge
from cchc_xl.operations import NewWorkbook, create_workbook, fill_workbook
from cchc_xl.readers.read_submission import read_file
from cchc_xl.severity import Severity
from cchc_xl.submission import SubmissionFigures, computed_results
from cchc_xl.values import normalise

VINH_THANH = load_form(FORM)
MATRIX, TASKS, LIST = (VINH_THANH.appendix(key) for key in ("PL4", "PL1", "PL5"))
PLACE = form_layout(VINH_THANH).appendices["PL4"]
FIRST, SECOND, THIRD = tuple(MATRIX.spare_cells)[:3]
TASK = next(iter(TASKS.spare_cells))
PROCEDURE = next(iter(LIST.spare_cells))
TOTAL = 6
LAND = {"stt": "6", "label": "Đất đai", "online": "3", "carried": "1", "direct": "2", "on_time": "4", "in_time": "2"}
WORKS = {"label": "Xây dựng", "online": "0", "direct": "5", "on_time": "5"}


def found(result: CheckResult) -> list[tuple[str, int]]:
    return [(f.code, f.order) for f in result.findings]


# the form ---------------------------------------------------------------------------------------------------------


def test_spare_rows_follow_the_printed_orders_and_stand_above_the_total() -> None:
    """Orders are lasting, ``rows[order - 1]`` stays true, and in the sheet the total still closes the table."""
    for form in load_catalogue().values():
        for appendix in form.appendices:
            assert [row.order for row in appendix.rows] == list(range(1, len(appendix.rows) + 1))
            place = form_layout(form).appendices[appendix.id]
            assert [place.rows[row.order] for row in appendix.in_sheet] == list(
                range(place.first_row, place.last_row + 1)
            )
            totals = [place.rows[row.order] for row in appendix.rows if row.role is RowRole.TOTAL]
            assert all(place.rows[order] < total for order in appendix.spare_cells for total in totals)
    assert PLACE.rows[TOTAL] == PLACE.last_row


def test_what_is_open_in_a_spare_row_is_data_of_the_form() -> None:
    """Every input column and the given ones with ``spare`` are cells of a spare row, with the kind named there."""
    kinds = {spec.column.key: spec.kind.value for spec in LIST.spare_cells[PROCEDURE]}
    assert kinds == {
        "stt": "text", "label": "text", "code": "procedure_code", "field": "text",
        "level": "code", "integrated": "flag", "online": "count", "total": "count",
    }  # fmt: skip
    assert not any(spec.column.given for spec in LIST.spare_cells[PROCEDURE])


BREAKS = [
    ("spare_rows = 15", "spare_rows = -1", "spare_rows '-1' phải là số nguyên"),
    ("spare_rows = 15", "", "không có spare_rows"),
    ('spare = "procedure_code"', 'spare = "count"', "phải là text hoặc procedure_code"),
    ('spare = "procedure_code"', 'spare = "txt"', "spare 'txt' không hợp lệ"),
    ('options = "1=', 'options = "một=', "options 'một="),
]


@pytest.mark.parametrize(("old", "new", "fault"), BREAKS)
def test_a_faulty_form_says_what_is_wrong_with_its_spare_rows(copy: Path, old: str, new: str, fault: str) -> None:
    """Numbers, kinds and options that make no sense are faults of the catalogue."""
    _change(copy / "forms" / FORM / "form.toml", old, new)
    assert any(fault in line for line in _faults(copy)), _faults(copy)


# the workbook -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("blank"), "1", "xã Một", {})


def test_spare_rows_are_hidden_and_a_prompt_above_them_says_how_to_show_them(blank: Path) -> None:
    """A blank spare row prints nothing; the label above the hidden rows names them."""
    book = openpyxl.load_workbook(blank)
    for appendix in VINH_THANH.appendices:
        place, sheet = form_layout(VINH_THANH).appendices[appendix.id], book[appendix.id]
        for row in appendix.rows:
            assert bool(sheet.row_dimensions[place.rows[row.order] + 1].hidden) is row.spare
        if appendix.spare_cells:
            above = f"C{place.rows[appendix.printed_items[-1]] + 1}" if appendix.id != "PL2" else "E63"
            prompts = [v.prompt for v in sheet.data_validations.dataValidation if above in v.sqref]
            assert len(prompts) == 1
            assert f"{len(appendix.spare_cells)} dòng thêm" in prompts[0]


def test_filling_a_spare_row_shows_it(blank: Path, tmp_path: Path) -> None:
    """A row that received something is hidden no longer; its neighbours stay hidden."""
    write_printed(tmp_path, {"PL4": {FIRST: LAND}})
    fill_workbook(blank, tmp_path, tmp_path / "so.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "so.xlsx")["PL4"]
    assert not sheet.row_dimensions[PLACE.rows[FIRST] + 1].hidden
    assert sheet.row_dimensions[PLACE.rows[SECOND] + 1].hidden
    submission = read_file(tmp_path / "so.xlsx")
    assert submission.value(CellRef("PL4", FIRST, "label")).text == "Đất đai"
    assert SubmissionFigures(submission).number(CellRef("PL4", FIRST, "received")) == 6
    assert SubmissionFigures(submission).number(CellRef("PL4", TOTAL, "settled")) == 4


def test_lines_without_an_order_take_the_next_free_spare_row(blank: Path, tmp_path: Path) -> None:
    """A line that bears a name only goes below the rows that the file names by order; a printed name is not taken."""
    names = {column.key: column.name for column in MATRIX.columns}
    lines = [
        ["order", "label", names["direct"]],
        [str(FIRST), "Đất đai", "5"],
        ["", "Xây dựng", "7"],
        ["", "Hộ tịch", "9"],
    ]
    (tmp_path / "PL4.tsv").write_text("\n".join("\t".join(line) for line in lines), encoding="utf-8")
    filling = fill_workbook(blank, tmp_path, tmp_path / "so.xlsx")
    figures = SubmissionFigures(read_file(tmp_path / "so.xlsx"))
    assert [figures.number(CellRef("PL4", order, "direct")) for order in (3, FIRST, SECOND, THIRD)] == [
        None,
        5,
        7,
        None,
    ]
    assert any("Hộ tịch" in remark for remark in filling.remarks)


def test_filling_never_mixes_two_rows_of_different_names(blank: Path, tmp_path: Path) -> None:
    """A spare row that bears another name is not written over, nor is a line dropped for want of room."""
    write_printed(tmp_path, {"PL4": {FIRST: LAND}})
    fill_workbook(blank, tmp_path, tmp_path / "so.xlsx")
    write_printed(tmp_path, {"PL4": {FIRST: {**WORKS}}})
    with pytest.raises(InputFault, match="đã ghi “Đất đai”"):
        fill_workbook(tmp_path / "so.xlsx", tmp_path)
    many = "\n".join(f"\tLĩnh vực {n}\t1" for n in range(len(MATRIX.spare_cells) + 1))
    (tmp_path / "PL4.tsv").write_text(f"order\tlabel\t{MATRIX.column('direct').name}\n{many}", encoding="utf-8")
    with pytest.raises(InputFault, match="chỉ có 15 dòng thêm"):
        fill_workbook(blank, tmp_path, tmp_path / "khac.xlsx")


@requires_libreoffice
def test_libreoffice_and_python_agree_on_spare_rows(blank: Path, tmp_path: Path) -> None:
    """Totals, marks and numbers of rows, recalculated natively, are what Python computes; a name of spaces is none."""
    write_printed(
        tmp_path,
        {
            "PL4": {1: {"online": "4", "on_time": "4"}, FIRST: LAND, THIRD: WORKS},
            "PL1": {2: {"done": "x"}, TASK: {"label": "Việc mới", "done": "x"}, TASK + 1: {"label": "Việc khác"}},
        },
    )
    source = tmp_path / "so.xlsx"
    fill_workbook(blank, tmp_path, source)
    book = openpyxl.load_workbook(source)
    counts = {key: parse(f"count_rows({key})", Names(key, {key: frozenset()})) for key in ("PL1", "PL4", "PL5")}
    for index, expression in enumerate(counts.values(), start=1):
        book["PL1"].cell(index, 30, as_excel(expression, form_layout(VINH_THANH).addresses("PL1")))
        assert "SUMPRODUCT" in book["PL1"].cell(index, 30).value
    book["PL1"].cell(form_layout(VINH_THANH).appendices["PL1"].rows[TASK + 2] + 1, 3, "  ")
    book.save(source)
    [judged] = recalculate([source], tmp_path / "judged")
    submission = read_file(judged)
    assert submission.faults == ()
    figures = SubmissionFigures(submission)
    native = openpyxl.load_workbook(judged, data_only=True)["PL1"]
    for index, expression in enumerate(counts.values(), start=1):
        assert native.cell(index, 30).value == evaluate(expression, figures)
    assert [evaluate(e, figures) for e in counts.values()] == [25, 7, 30]
    label = f"C{form_layout(VINH_THANH).appendices['PL1'].rows[31] + 1}"
    assert native[label].value == "Tổng: 25 nhiệm vụ"
    assert companion_results(submission)["PL1"][label] == "Tổng: 25 nhiệm vụ"
    results = computed_results(submission)
    assert results[CellRef("PL4", TOTAL, "received")] == 15
    assert results[CellRef("PL1", 31, "done")] == 2
    for ref, result in results.items():
        assert submission.entries[ref].value.number == result, ref


def test_a_total_states_the_number_of_tasks_live(blank: Path, tmp_path: Path) -> None:
    """The label follows added tasks, is the row's label with any number or none computed yet, and no other text is."""
    label = f"C{form_layout(VINH_THANH).appendices['PL1'].rows[31] + 1}"
    assert openpyxl.load_workbook(blank, data_only=True)["PL1"][label].value == "Tổng: 23 nhiệm vụ"
    write_printed(tmp_path, {"PL1": {TASK: {"label": "Việc mới", "done": "x"}}})
    fill_workbook(blank, tmp_path, tmp_path / "so.xlsx")
    assert openpyxl.load_workbook(tmp_path / "so.xlsx", data_only=True)["PL1"][label].value == "Tổng: 24 nhiệm vụ"
    book = openpyxl.load_workbook(blank)  # openpyxl stores no results
    for text, faults in (
        (book["PL1"][label].value, 0),
        ("Tổng: 30 nhiệm vụ", 0),
        ("Tổng: 23 hồ sơ", 1),
        ("", 1),
        ("Tổng: nhiệm vụ", 1),
    ):
        book["PL1"][label].value = text
        book.save(tmp_path / "typed.xlsx")
        assert len(read_file(tmp_path / "typed.xlsx").faults) == faults, text


def test_spare_rows_have_a_live_state_once_in_use() -> None:
    """Blank while nobody uses the row; then what the other rows say, and whether it lacks its name."""
    unused = row_states(filled("1", {}))
    assert {unused["PL4", FIRST], unused["PL1", TASK], unused["PL5", PROCEDURE]} == {""}
    states = row_states(
        filled("1", {"PL4": {FIRST: {**LAND, "on_time": "5"}, SECOND: {"direct": "5"}}, "PL1": {
            TASK: {"label": "Việc mới"}, 2: {"done": "x"}}})
    )  # fmt: skip
    assert states["PL4", FIRST].startswith("Lỗi: ")
    assert states["PL4", SECOND].startswith("Cảnh báo: ") or states["PL4", SECOND].startswith("Lỗi: ")
    assert states["PL4", THIRD] == ""
    assert states["PL1", TASK] == states["PL1", 3] == "Chưa đánh dấu x"


def test_a_workbook_built_before_the_form_had_spare_rows_is_read(tmp_path: Path) -> None:
    """Without its spare rows a sheet is whole, its shorter sums are ours, and every figure is found."""
    path = make(tmp_path, "1", "xã Một", {"PL4": {1: {"online": "4", "on_time": "4"}}})
    book = openpyxl.load_workbook(path)
    sheet = book["PL4"]
    first, count = PLACE.rows[FIRST] + 1, len(MATRIX.spare_cells)
    sheet.delete_rows(first, count)
    for cell in (cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)):
        if cell.value.startswith("="):
            cell.value = re.sub(rf"\$([A-Z]+)\${first + count - 1}\b", rf"$\1${first - 1}", cell.value)
    book.save(path)
    submission = read_file(path)
    assert submission.faults == ()
    assert SubmissionFigures(submission).number(CellRef("PL4", TOTAL, "received")) == 4
    assert found(check(submission)) == []


def test_a_spare_row_that_was_moved_below_the_total_is_a_fault(blank: Path, tmp_path: Path) -> None:
    """There it would be outside the sums: the structure check names it."""
    book = openpyxl.load_workbook(blank)
    last = tuple(MATRIX.spare_cells)[-1]
    book["PL4"].cell(PLACE.rows[last] + 1, 1).value, book["PL4"].cell(PLACE.rows[TOTAL] + 1, 1).value = TOTAL, last
    book.save(tmp_path / "moved.xlsx")
    faults = read_file(tmp_path / "moved.xlsx").faults
    assert any("dòng thêm thứ 15" in fault.message or "bị dời" in fault.message for fault in faults)


def test_a_figure_alone_in_a_spare_row_is_read(blank: Path, tmp_path: Path) -> None:
    """A 0, an error value or a formula without result in an otherwise blank row is content, not blank."""
    book = openpyxl.load_workbook(blank)
    for order, content in ((FIRST, 0), (SECOND, "=1/0"), (THIRD, '=""')):
        book["PL4"][PLACE.address(CellRef("PL4", order, "direct"))] = content
    book.save(tmp_path / "so.xlsx")
    submission = read_file(tmp_path / "so.xlsx")
    assert {ref.order for ref in submission.entries if ref.appendix == "PL4" and MATRIX.row(ref.order or 0).spare} == {
        FIRST, SECOND, THIRD
    }  # fmt: skip
    assert ("dong-them-chua-ten", FIRST) in found(check(submission))


# the check --------------------------------------------------------------------------------------------------------


def checked(figures: Figures) -> CheckResult:
    return check(filled("1", figures))


def test_blank_spare_rows_are_silent() -> None:
    """Nothing is found and nothing is even evaluated in them."""
    assert checked({}).findings == ()
    without = replace(filled("1", {}))
    assert checked({}).passed == check(without).passed


def test_a_named_spare_row_is_checked_as_the_others_are() -> None:
    """Its identity, its types and its join with the list by name are checked; the total counts it."""
    assert found(checked({"PL4": {FIRST: LAND}})) == []
    wrong = {**LAND, "on_time": "5"}
    assert found(checked({"PL4": {FIRST: wrong}})) == [("khong-khop", FIRST)]
    typed = checked({"PL4": {FIRST: {**LAND, "direct": "hai"}}})
    assert ("khong-phai-so", FIRST) in found(typed)
    listed = {
        "PL5": {
            PROCEDURE: {
                "label": "Cấp giấy",
                "code": "016.99.001",
                "field": "ĐẤT ĐAI",
                "level": "3",
                "online": "4",
                "total": "6",
            }
        },
        "PL4": {FIRST: LAND},
    }
    assert ("khong-khop", FIRST) in found(checked(listed))


def test_a_spare_row_without_a_name_is_one_warning() -> None:
    """Figures without a name are reported at the label, and the row's other rules wait for it."""
    result = checked({"PL4": {FIRST: {**LAND, "label": "", "on_time": "5"}}})
    warnings = [f for f in result.findings if f.order == FIRST]
    assert [(f.code, f.severity, f.cell) for f in warnings] == [
        ("dong-them-chua-ten", Severity.WARNING, PLACE.address(CellRef("PL4", FIRST, "label")))
    ]


def test_a_named_spare_task_without_a_mark_is_as_other_tasks() -> None:
    """It is silent in a checklist that nobody has begun, else it wants its mark; its number counts."""
    assert found(checked({"PL1": {TASK: {"label": "Việc mới"}}})) == []
    done = {order: {"done": "x", "result_note": "xong"} for order in TASKS.printed_items}
    codes = found(checked({"PL1": {**done, TASK: {"label": "Việc mới"}}, "PL6": {4: "24", 5: "23"}}))
    assert ("chua-danh-dau", TASK) in codes
    marked = {**done, TASK: {"label": "Việc mới", "done": "x", "result_note": "xong"}}
    assert found(checked({"PL1": marked, "PL6": {4: "24", 5: "24"}})) == []


@pytest.mark.parametrize("name", ["hộ  TỊCH", "Thi đua - khen thưởng", "Tổng cộng"])
def test_a_name_that_the_form_prints_is_a_warning(name: str) -> None:
    """However it is spelled, a second row of one name would be counted apart."""
    result = checked({"PL4": {FIRST: {**WORKS, "label": name}}})
    assert found(result) == [("dong-them-trung-ten", FIRST)]
    assert found(checked({"PL4": {FIRST: WORKS, SECOND: {**WORKS, "label": "XÂY DỰNG"}}})) == [
        ("dong-them-trung-ten", SECOND)
    ]


def test_messages_name_a_spare_row_by_what_the_unit_wrote() -> None:
    """The label and the row of the sheet, never an empty title or a number of ours."""
    [finding] = checked({"PL4": {FIRST: {**LAND, "on_time": "5"}}}).findings
    assert f"Dòng “Đất đai” (dòng thêm, hàng {PLACE.rows[FIRST] + 1})" in finding.message
    assert "“”" not in finding.message + finding.remedy


def test_findings_of_spare_rows_stand_where_the_rows_stand() -> None:
    """In form order a spare row comes before the total that closes the table."""
    result = checked({"PL4": {FIRST: {**LAND, "on_time": "5"}, TOTAL: {"received": "99"}}})
    assert [f.order for f in result.findings] == [FIRST, TOTAL]


def test_an_earlier_workbook_is_compared_by_name() -> None:
    """The third spare row of two periods has nothing in common unless it bears one name."""
    spare = next(iter(load_form("tinh-chau-2023").appendix("BNV").spare_cells))

    def of(name: str, done: str) -> Figures:
        return {"BNV": {spare: {"label": name, "main": done, "done_on_time": done}}}

    now, same, other = (
        filled("1", of(*row), "tinh-chau-2023") for row in (("A", "3"), ("a", "9"), ("B", "9"))
    )
    assert ("luy-ke-giam", spare) in found(check(now, same))
    assert ("luy-ke-giam", spare) not in found(check(now, other))


def test_no_culprit_is_a_blank_spare_row() -> None:
    """A total that is short of its parts is not mended by filling a row that nobody added."""
    submission = filled("1", {"PL4": {1: {"online": "4", "on_time": "4"}, TOTAL: {"online": "6"}}})
    groups = likely_culprits(submission, check(submission), budget=5)
    assert groups
    assert all(
        not MATRIX.row(ref.order or 0).spare
        for g in groups
        for c in g.culprits
        for ref in c.cells
        if ref.appendix == "PL4"
    )


# merging ----------------------------------------------------------------------------------------------------------


def rolled(*units: Figures) -> dict[tuple[str, int, str], SummaryCell]:
    children = [child(f"{n:05}", figures) for n, figures in enumerate(units, start=1)]
    return {(c.spec.ref.appendix, c.spec.row.order, c.spec.column.key): c for c in consolidate(VINH_THANH, children)}


def test_spare_rows_are_matched_by_name_and_not_by_place() -> None:
    """One name in two spellings is one row, in the order in which units bring the names; the first one's name stays."""
    cells = rolled(
        {"PL4": {FIRST: LAND}},
        {"PL4": {FIRST: WORKS, SECOND: {**LAND, "label": "ĐẤT  đai "}}},
        {"PL4": {THIRD: {**WORKS, "label": "hộ tịch"}, 3: {"direct": "10", "on_time": "10"}}},
    )
    land, works = cells["PL4", FIRST, "received"], cells["PL4", SECOND, "received"]
    assert (land.name, land.value, land.n_units) == ("Đất đai", 12, 2)
    assert (works.name, works.value, works.n_units) == ("Xây dựng", 5, 1)
    assert [source.ref.order for source in land.sources] == [FIRST, SECOND]
    civil = cells["PL4", 3, "received"]
    assert civil.value == 15
    assert [[addend.ref.order for addend in source.addends] for source in civil.sources] == [[], [], [3, THIRD]]
    assert ("PL4", THIRD, "received") not in cells
    assert cells["PL4", TOTAL, "received"].value == 32


def test_procedures_are_matched_by_code() -> None:
    """One code is one procedure whatever it is called, printed ones included; without a code the name counts."""
    row = {"level": "3", "online": "1", "total": "2"}
    cells = rolled(
        {"PL5": {PROCEDURE: {**row, "label": "Cấp giấy A", "code": "016.99.001"}}},
        {"PL5": {PROCEDURE: {**row, "label": "Cấp giấy phép A", "code": "016.99.001"},
                 PROCEDURE + 1: {**row, "label": "Đăng ký kết hôn", "code": "016.07.002"}}},
        {"PL5": {PROCEDURE: {**row, "label": "Đăng ký khai TỬ"}}},
    )  # fmt: skip
    assert (cells["PL5", PROCEDURE, "total"].name, cells["PL5", PROCEDURE, "total"].value) == ("Cấp giấy A", 4)
    assert cells["PL5", PROCEDURE, "level"].value == 3
    assert (cells["PL5", 10, "total"].value, cells["PL5", 16, "total"].value) == (2, 2)
    assert ("PL5", PROCEDURE + 1, "total") not in cells


def test_rows_without_a_name_are_counted_all_the_same() -> None:
    """Their figures stand in a row that says so: nothing is dropped."""
    cells = rolled({"PL4": {FIRST: {**WORKS, "label": ""}}}, {"PL4": {SECOND: {**WORKS, "label": ""}}})
    assert (cells["PL4", FIRST, "received"].name, cells["PL4", FIRST, "received"].value) == ("(chưa ghi tên)", 10)


def test_more_names_than_room_fail_with_one_sentence() -> None:
    """No figure is dropped: the merge names the rows that have no place, their unit, and what to do."""
    room = len(MATRIX.spare_cells)
    full = {"PL4": {order: {**WORKS, "label": f"Lĩnh vực {n}"} for n, order in enumerate(MATRIX.spare_cells)}}
    assert (
        len([key for key in rolled(full, full) if key[0] == "PL4" and key[1] >= FIRST and key[2] == "received"]) == room
    )
    with pytest.raises(InputFault, match=r"chỉ có 15 dòng thêm.*“Đất đai” \(xã 00002\).*hãy") as raised:
        rolled(full, {"PL4": {FIRST: LAND}})
    assert "\n" not in str(raised.value)


NAMES = ["Đất đai", "ĐẤT ĐAI", "đất  đai", "Xây dựng", "xây DỰNG", "Hộ tịch", "hộ tịch", "Thi đua - khen thưởng", ""]
UNIT = st.dictionaries(
    st.sampled_from([1, 2, 3, FIRST, SECOND, THIRD]),
    st.tuples(st.sampled_from(NAMES), st.integers(0, 9999), st.one_of(st.none(), st.integers(0, 99))),
    max_size=5,
)


@settings(max_examples=60)
@given(st.lists(UNIT, min_size=1, max_size=4))
def test_every_figure_of_a_spare_row_is_in_the_sum_of_its_name(
    units: list[Mapping[int, tuple[str, int, int | None]]],
) -> None:
    """Rows and column totals of the summary are what a plain dictionary of names gives, spare rows included."""
    figures: list[Figures] = []
    wanted: dict[str, int] = {}
    for unit in units:
        rows = {}
        for order, (name, direct, online) in unit.items():
            spare = order >= FIRST
            rows[order] = {"direct": str(direct), "online": "" if online is None else str(online)}
            if spare:
                rows[order]["label"] = name
            key = normalise(name if spare else MATRIX.row(order).label) or "(chưa ghi tên)"
            wanted[key] = wanted.get(key, 0) + direct + (online or 0)
        figures.append({"PL4": rows})
    cells = rolled(*figures)
    given_sums = {
        normalise(cell.name or cell.spec.row.label): cell.value
        for (appendix, order, column), cell in cells.items()
        if appendix == "PL4" and column == "received" and order != TOTAL and cell.value is not None
    }
    assert given_sums == wanted
    total = cells["PL4", TOTAL, "received"].value
    assert (total or 0) == sum(wanted.values())


@pytest.fixture(scope="module")
def merged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three communes with rows of their own, merged by the command."""
    folder = tmp_path_factory.mktemp("merged")
    (folder / "in").mkdir()
    field = {3: {"direct": "10", "on_time": "10"}}
    procedure = {"label": "Cấp giấy A", "code": "016.99.001", "field": "Đất đai", "level": "3", "integrated": "1"}
    make(folder / "in", "1", "xã Một", {"PL4": {**field, FIRST: LAND}})
    make(folder / "in", "2", "xã Hai", {"PL4": {FIRST: WORKS, SECOND: {**LAND, "label": "ĐẤT đai"}}})
    tasks = {2: {"not_done": "x", "result_note": "chưa"}, TASK: {"label": "Việc mới"}}
    listed = {PROCEDURE: {**procedure, "online": "2", "total": "3"}}
    make(folder / "in", "3", "xã Ba", {"PL1": tasks, "PL5": listed})
    overrides = {f"{n}.xlsx": "thử" for n in (1, 2, 3)}
    merge(MergeRequest(folder / "in", folder / "tong-hop.xlsx", overrides=overrides))
    return folder / "tong-hop.xlsx"


@requires_libreoffice
def test_the_summary_shows_and_computes_the_units_rows(merged: Path, tmp_path: Path) -> None:
    """Named, un-hidden, live: recalculated natively, rows and totals are the sums; it reads as a submission."""
    [judged] = recalculate([merged], tmp_path)
    submission = read_file(judged)
    assert submission.faults == ()
    figures = SubmissionFigures(submission)
    texts = {order: submission.value(CellRef("PL4", order, "label")).text for order in (FIRST, SECOND, THIRD)}
    assert texts == {FIRST: "Đất đai", SECOND: "Xây dựng", THIRD: ""}
    native = [submission.value(CellRef("PL4", order, "received")).number for order in (3, FIRST, SECOND, TOTAL)]
    assert native == [10, 12, 5, 27]
    assert [figures.number(CellRef("PL5", PROCEDURE, key)) for key in ("level", "online", "total")] == [3, 2, 3]
    assert submission.value(CellRef("PL5", PROCEDURE, "code")).text == "016.99.001"
    sheet = openpyxl.load_workbook(merged)["PL4"]
    hidden = [bool(sheet.row_dimensions[PLACE.rows[order] + 1].hidden) for order in (FIRST, SECOND, THIRD)]
    assert hidden == [False, False, True]
    assert not [f for f in check(submission).findings if f.code.startswith("dong-them")]


def test_the_sources_name_the_true_cells(merged: Path) -> None:
    """ "Nguồn số liệu" has the unit's own cell of each contribution, by the unit's place and the summary's name."""
    sheet = openpyxl.load_workbook(merged)["Nguồn số liệu"]
    lines = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    column = MATRIX.column("direct")
    land = [
        (line[5], line[4], line[7])
        for line in lines
        if str(line[2]).startswith("Đất đai – ") and line[2].endswith(column.heading.split(" > ")[-1])
    ]
    first, second = (PLACE.address(CellRef("PL4", order, "direct")) for order in (FIRST, SECOND))
    assert land == [("xã Một", f"PL4!{first}", 2), ("xã Hai", f"PL4!{second}", 2)]


def test_a_summary_is_a_submission_whose_spare_rows_roll_up_again(merged: Path, tmp_path: Path) -> None:
    """A province that merges two districts' summaries finds the communes' rows by name."""
    for name in ("a", "b"):
        shutil.copy(merged, tmp_path / f"{name}.xlsx")
    children = []
    for name in ("a", "b"):
        submission = read_file(tmp_path / f"{name}.xlsx")
        children.append(replace(child(name, {}), given=contribution(submission)))
    cells = {(c.spec.ref.appendix, c.spec.row.order, c.spec.column.key): c for c in consolidate(VINH_THANH, children)}
    assert (cells["PL4", FIRST, "direct"].name, cells["PL4", FIRST, "direct"].value) == ("Đất đai", 8)


def test_another_form_without_such_a_list_is_merged_as_before() -> None:
    """A parent's form that has no such appendix takes nothing from it and complains of nothing."""
    parent = load_form("ninh-hai-2023")
    with_rows, without = (
        consolidate(parent, [child("1", {"PL6": {55: "9"}, **extra})]) for extra in ({"PL4": {FIRST: LAND}}, {})
    )
    assert [(c.spec.ref, c.value) for c in with_rows] == [(c.spec.ref, c.value) for c in without]


def test_json_names_the_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``bieu-mau --json`` says how many spare rows a list has; printed rows are counted apart."""
    from cchc_xl.hosts.cli import main

    assert main(["bieu-mau", "--json"]) == 0
    [form] = [form for form in json.loads(capsys.readouterr().out) if form["id"] == FORM]
    assert {a["id"]: (a["rows"], a["spare_rows"]) for a in form["appendices"]}["PL4"] == (6, 15)


# options of a column ----------------------------------------------------------------------------------------------


def test_a_column_with_options_is_a_drop_down_and_a_rule(blank: Path) -> None:
    """The level of a procedure is chosen from a list, stays a number, and another one is an error."""
    place = form_layout(VINH_THANH).appendices["PL5"]
    sheet = openpyxl.load_workbook(blank)["PL5"]
    for order in (1, PROCEDURE):
        address = place.address(CellRef("PL5", order, "level"))
        [rule] = [v for v in sheet.data_validations.dataValidation if address in v.sqref]
        assert (rule.type, rule.formula1) == ("list", '"1,2,3,4"')
    five = checked({"PL5": {1: {"level": "5", "online": "1", "total": "1"}}})
    assert ("ngoai-danh-sach", 1) in found(five)
    four = SubmissionFigures(filled("1", {"PL5": {1: {"level": "4", "online": "1"}}}))
    assert four.number(CellRef("PL5", 1, "level")) == Decimal(4)
    counted = parse(
        "count_distinct(PL5.code, PL5.level, 4, PL5.online)",
        Names("PL5", {"PL5": frozenset(("code", "level", "online"))}),
    )
    assert evaluate(counted, four) == 1


def test_creating_over_a_workbook_with_spare_rows_only_is_refused(tmp_path: Path) -> None:
    """Figures in a spare row are figures: they are not written over."""
    make(tmp_path, "1", "xã Một", {"PL4": {FIRST: LAND}})
    with pytest.raises(InputFault, match="đã có số liệu"):
        create_workbook(NewWorkbook(FORM, unit="xã Một", unit_code="1"), tmp_path / "1.xlsx")
