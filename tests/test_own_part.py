"""Rows that count the parent and its units: no total until the own part is entered; and what the parent typed stays."""

from __future__ import annotations

import os
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from judge import recalculate
from openpyxl.workbook import Workbook
from submissions import make, stamp

from cchc_xl.catalogue.load import load_form
from cchc_xl.checks.run import check
from cchc_xl.consolidation.summary import Summary
from cchc_xl.cover import standard_place
from cchc_xl.expressions import CellRef
from cchc_xl.layout import form_layout
from cchc_xl.merging import MergeRequest, merge
from cchc_xl.own_part import OWN_SHEET, OwnPart
from cchc_xl.readers.read_submission import read_file
from cchc_xl.report_layout import COLUMNS, EXPLANATION, MESSAGE, OF_SUMMARY, TITLE
from cchc_xl.severity import Severity
from cchc_xl.submission import Submission
from cchc_xl.values import BLANK, State, Value, from_cell, from_text

PARENT, CHILD = "ninh-hai-2023", "cam-giang-2024"
# Of the district's form: files settled and settled on time in the whole locality; their ratio; one of the district's.
SETTLED, ON_TIME, RATIO, OWN_ROW = (CellRef("PL3", order, "value") for order in (15, 16, 14, 6))
NOTE = CellRef("PL3", 15, "note")


@pytest.fixture(autouse=True)
def _no_wait_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two communes: files settled, settled on time."""
    folder = tmp_path / "nop"
    folder.mkdir()
    for code, figures in {"1": {38: "100", 39: "90"}, "2": {38: "50", 39: "50"}}.items():
        make(folder, code, f"xã {code}", {"PL1": figures}, form=CHILD)
    return folder


def run(folder: Path, form: str = PARENT, **options: object) -> Summary:
    """Merge over the one target."""
    return merge(MergeRequest(folder, folder.parent / "th.xlsx", form, **options))  # type: ignore[arg-type]


def target(folder: Path) -> Path:
    return folder.parent / "th.xlsx"


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def place(book: Workbook, ref: CellRef, form: str = PARENT) -> object:
    """A cell of the form."""
    return book[ref.appendix][form_layout(load_form(form)).appendices[ref.appendix].address(ref)]


def own_cell(book: Workbook, stt: str) -> object:
    """Where the own part of a row is entered."""
    sheet = book[OWN_SHEET]
    return next(sheet.cell(row, 6) for row in range(5, sheet.max_row + 1) if sheet.cell(row, 2).value == stt)


def type_into(folder: Path, own: dict[str, object], cells: dict[CellRef, object], cover: dict[str, object]) -> None:
    """Type as an officer does, and let LibreOffice store the results where it is there."""
    book = openpyxl.load_workbook(target(folder))
    for stt, content in own.items():
        own_cell(book, stt).value = content
    for ref, content in cells.items():
        place(book, ref).value = content
    for field, content in cover.items():
        book["Bìa"][standard_place(load_form(PARENT)).address(field)].value = content
    book.save(target(folder))


def figure(submission: Submission, ref: CellRef) -> Decimal | None:
    return submission.value(ref).number


@pytest.mark.parametrize(
    ("own", "children", "total"),
    [
        ("", "150", None), ("20", "150", 170), ("0", "150", 150), ("-", "150", 150),
        ("20", "", 20), ("-", "", None), ("", "", None),
    ],
)  # fmt: skip
def test_no_total_until_the_own_part_is_entered(own: str, children: str, total: int | None) -> None:
    """Blank, 0 and - are three things; without units the own part is all there is."""
    entered = from_cell(int(own)) if own.isdigit() else from_text(own) if own else BLANK
    found = OwnPart(entered, Decimal(children) if children else None).total
    assert found.number == total


def test_a_text_for_the_own_part_gives_no_total_but_an_error() -> None:
    """A number that Excel keeps as a text would be left out of the total without a word."""
    assert OwnPart(Value(State.TEXT, text="20 hồ sơ"), Decimal(5)).total.state is State.ERROR


def test_the_total_waits_and_the_units_sum_stands_beside(folder: Path) -> None:
    """The form's cell is a locked formula without a result; own part and units' sum stand in a sheet of their own."""
    summary = run(folder)
    book = openpyxl.load_workbook(target(folder))
    results = openpyxl.load_workbook(target(folder), data_only=True)
    assert str(place(book, SETTLED).value).startswith(f"='{OWN_SHEET}'!")
    assert place(book, SETTLED).protection.locked
    assert not place(results, SETTLED).value
    assert not own_cell(book, "3.1.1.").protection.locked
    sheet = results[OWN_SHEET]
    line = {
        sheet.cell(row, 2).value: [sheet.cell(row, column).value for column in (5, 6, 7, 8)] for row in (5, 6, 7, 8)
    }
    assert line["3.1.1."] == [150, None, None, "Chờ nhập phần của cấp tổng hợp"]
    assert len([cell for cell in summary.cells if cell.rollup.value == "own_plus_children"]) == len(line)
    # A link both ways, outside the print.
    layout = form_layout(load_form(PARENT)).appendices["PL3"]
    link = book["PL3"].cell(layout.rows[15] + 1, max(layout.check_column, *layout.marks.values()) + 2).hyperlink
    assert link.location == f"'{OWN_SHEET}'!F5"
    assert sheet["A5"].hyperlink.location == f"'PL3'!{layout.address(SETTLED)}"
    assert "150" in str(place(results, NOTE).value)


@pytest.mark.usefixtures("soffice")
@pytest.mark.parametrize("typed", [-5, 3105.5, "ba nghìn"])
def test_an_own_part_that_cannot_be_one_gives_no_total(folder: Path, tmp_path: Path, typed: float | str) -> None:
    """Pasted past the validation: no total that looks right, in the workbook as in Python, and the state says so."""
    run(folder)
    type_into(folder, {"3.1.1.": typed}, {}, {})
    assert figure(read_file(target(folder)), SETTLED) is None
    [judged] = recalculate([target(folder)], tmp_path / "tinh-lai")
    book = openpyxl.load_workbook(judged, data_only=True)
    assert not place(book, SETTLED).value
    assert book[OWN_SHEET].cell(5, 8).value == "Số không hợp lệ: hãy gõ lại"


@pytest.mark.usefixtures("soffice")
def test_the_total_is_live_and_read_back_as_own_and_units(folder: Path, tmp_path: Path) -> None:
    """After the own part is typed every program shows the total, the ratio of totals follows, and we read the same."""
    run(folder)
    type_into(folder, {"3.1.1.": 20, "3.1.2.": "-"}, {}, {})
    waiting = read_file(target(folder))
    assert (figure(waiting, SETTLED), figure(waiting, ON_TIME)) == (170, 140)  # no cached result was there
    [judged] = recalculate([target(folder)], tmp_path / "tinh-lai")
    book = openpyxl.load_workbook(judged, data_only=True)
    assert (place(book, SETTLED).value, place(book, ON_TIME).value) == (170, 140)
    assert place(book, RATIO).value == pytest.approx(100 * 140 / 170)
    assert {book[OWN_SHEET].cell(row, 8).value for row in (5, 6)} == {"Đã nhập", "Cấp tổng hợp không có phần riêng"}
    assert waiting.own_parts[SETTLED] == OwnPart(from_cell(20), Decimal(150), whole=True)


def test_kiem_tra_understands_the_total(folder: Path) -> None:
    """More on time than settled is found on the totals; a total that waits is no contradiction."""
    run(folder)
    assert not check(read_file(target(folder))).count(Severity.ERROR)
    type_into(folder, {"3.1.1.": 1, "3.1.2.": 100}, {}, {})
    errors = [f for f in check(read_file(target(folder))).findings if f.severity is Severity.ERROR]
    assert any((finding.appendix, finding.order) in (("PL3", 15), ("PL3", 16)) for finding in errors)


def test_what_the_parent_typed_is_carried(folder: Path) -> None:
    """Own parts, open cells, notes and the cover: cell by cell, and the second merge gives the very same workbook."""
    run(folder, parent_code="586")
    typed = {OWN_ROW: 300, CellRef("PL3", 6, "note"): "theo QĐ 12"}
    cover = {"unit": "huyện Ninh Hải", "report_number": "125", "place": "Ninh Hải", "report_date": "06/12/2023"}
    cover["signer"] = "KT. CHỦ TỊCH"
    note = "; đã đối chiếu"
    book = openpyxl.load_workbook(target(folder))
    type_into(folder, {"3.1.1.": 20, "3.1.2.": 18}, typed | {NOTE: str(place(book, NOTE).value) + note}, cover)
    summary = run(folder, parent_code="586")
    assert summary.kept == "Đã giữ lại 10 ô do cấp tổng hợp nhập trong sổ cũ."
    assert not list(folder.parent.glob("*bản trước*"))
    first = parts(target(folder))
    again = run(folder, parent_code="586")
    assert again.kept == summary.kept
    assert parts(target(folder)) == first
    submission = read_file(target(folder))
    assert (figure(submission, SETTLED), figure(submission, ON_TIME), figure(submission, OWN_ROW)) == (170, 158, 300)
    said = submission.stamp
    assert (said.unit, said.report_number, said.place, said.report_date, said.signer) == (
        "huyện Ninh Hải", "125", "Ninh Hải", "06/12/2023", "KT. CHỦ TỊCH"
    )  # fmt: skip
    results = openpyxl.load_workbook(target(folder), data_only=True)
    assert place(results, RATIO).value == pytest.approx(100 * 158 / 170)
    assert place(results, CellRef("PL3", 6, "note")).value == "theo QĐ 12"
    assert str(place(results, NOTE).value).endswith(note)


def test_own_parts_stay_while_the_units_figures_move(folder: Path) -> None:
    """A unit sends again: its sum moves, the own part stays, the total is of both; the remark follows the new sum."""
    run(folder)
    type_into(folder, {"3.1.1.": 20}, {}, {})
    make(folder, "2", "xã 2", {"PL1": {38: "60", 39: "50"}}, form=CHILD, submission=1, file="2b.xlsx")
    summary = run(folder)
    cell = next(cell for cell in summary.cells if cell.spec.ref == SETTLED)
    assert (cell.children, cell.own.number, cell.value) == (160, 20, 180)
    assert "160" in read_file(target(folder)).value(NOTE).text


def test_what_has_no_place_any_more_is_kept_in_a_copy(folder: Path) -> None:
    """A figure typed for want of one, which a unit has sent since: the unit's counts, the old workbook stays."""
    for path in folder.iterdir():
        path.unlink()
    make(folder, "1", "xã 1", {"PL1": {35: "5"}}, form=CHILD)
    run(folder, CHILD)
    book = openpyxl.load_workbook(target(folder))
    cell = CellRef("PL1", 45, "value")
    assert place(book, cell, CHILD).value is None
    place(book, cell, CHILD).value = 7
    book.save(target(folder))
    typed = target(folder).read_bytes()
    make(folder, "2", "xã 2", {"PL1": {45: "9"}}, form=CHILD)
    summary = run(folder, CHILD)
    copy = folder.parent / "th - bản trước 1.xlsx"
    assert copy.name in summary.kept
    assert f"PL1!{place(book, cell, CHILD).coordinate}" in summary.kept
    assert copy.read_bytes() == typed
    assert run(folder, CHILD).kept == ""


def test_an_unnamed_parent_names_itself_on_the_cover(folder: Path) -> None:
    """Without a list the officer writes who reports; merging again it is the same parent's summary, and stays named."""
    run(folder)
    type_into(folder, {"3.1.1.": 5}, {}, {"unit": "huyện Ninh Hải", "unit_code": "586"})
    assert run(folder).kept == "Đã giữ lại 3 ô do cấp tổng hợp nhập trong sổ cũ."
    first = parts(target(folder))
    summary = run(folder)
    assert (summary.parent, summary.parent_code) == ("huyện Ninh Hải", "586")
    assert parts(target(folder)) == first


def test_how_often_it_was_sent_stays_and_what_cannot_be_read_is_named(folder: Path) -> None:
    """The next level takes the higher number; a date that is none stands in the copy, with its cell in the message."""
    run(folder, parent_code="586")
    type_into(folder, {}, {}, {"report_date": "hôm nay"})
    stamp(target(folder), submission=3)
    summary = run(folder, parent_code="586")
    assert summary.carried.without_place == (f"Bìa!{standard_place(load_form(PARENT)).address('report_date')}",)
    assert "bản trước 1.xlsx" in summary.kept
    assert read_file(target(folder)).stamp.submission == 3


def test_a_total_typed_over_the_formula_is_not_lost(folder: Path) -> None:
    """Somebody took off the protection and typed the whole as before: it is no own part, the old workbook stays."""
    run(folder)
    type_into(folder, {}, {SETTLED: 999}, {})
    summary = run(folder)
    assert "bản trước 1.xlsx" in summary.kept
    assert summary.carried.without_place == (
        f"PL3!{form_layout(load_form(PARENT)).appendices['PL3'].address(SETTLED)}",
    )


def test_nothing_taken_still_carries_what_the_parent_typed(folder: Path) -> None:
    """Every submission has errors now: the copy has the old figures, the new summary still has the own parts."""
    run(folder)
    type_into(folder, {"3.1.1.": 20}, {}, {})
    for code in "12":
        (folder / f"{code}.xlsx").unlink()
        make(folder, code, f"xã {code}", {"PL1": {38: "1", 39: "2"}}, form=CHILD)
    summary = run(folder)
    assert "bản trước 1.xlsx" in summary.kept
    assert "Đã giữ lại 1 ô" in summary.kept
    assert read_file(target(folder)).own_parts[SETTLED].own.number == 20


def test_explanations_of_its_own_findings_stay_in_a_copy(folder: Path) -> None:
    """They belong to figures that may have changed: the officer is told where they are, once."""
    run(folder)
    book = openpyxl.load_workbook(target(folder))
    sheet = book.create_sheet(OF_SUMMARY)
    sheet.append([TITLE])
    sheet.append(list(COLUMNS))
    sheet.append([{MESSAGE: "thiếu số", EXPLANATION: "chưa có báo cáo"}.get(title) for title in COLUMNS])
    book.save(target(folder))
    summary = run(folder)
    assert f"1 giải trình ở trang “{OF_SUMMARY}”" in summary.kept
    copy = folder.parent / "th - bản trước 1.xlsx"
    assert copy.name in summary.kept
    assert OF_SUMMARY in openpyxl.load_workbook(copy).sheetnames
    assert run(folder).kept == ""


def test_of_another_period_nothing_is_carried_and_a_copy_stays(folder: Path) -> None:
    """The figures of one period are never those of another."""
    run(folder)
    type_into(folder, {"3.1.1.": 20}, {}, {})
    for path in folder.iterdir():
        path.unlink()
    make(folder, "1", "xã 1", {"PL1": {38: "1", 39: "1"}}, form=CHILD, period="2023-Q4")
    summary = run(folder)
    assert "th - bản trước 1.xlsx" in summary.kept
    assert next(cell for cell in summary.cells if cell.spec.ref == SETTLED).value is None


def test_rows_that_the_parent_added_stay_apart_from_those_of_units(tmp_path: Path) -> None:
    """A spare row that units now need: the parent's own row moves to a free one, with all that stands in it."""
    folder = tmp_path / "nop"
    folder.mkdir()
    make(folder, "1", "xã 1", {"PL4": {1: {"online": "5"}}, "PL6": {2: "1"}}, form="vinh-thanh-2023")
    run(folder, "vinh-thanh-2023")
    form = load_form("vinh-thanh-2023")
    appendix = next(a for a in form.appendices if a.spare_cells)
    orders = list(appendix.spare_cells)
    label, figures = CellRef(appendix.id, orders[0], "label"), [
        spec.ref for spec in appendix.spare_cells[orders[0]] if spec.kind.figure and not spec.derived
    ]  # fmt: skip
    book = openpyxl.load_workbook(target(folder))
    place(book, label, form.id).value = "Việc của huyện"
    place(book, figures[0], form.id).value = "x"
    book.save(target(folder))
    theirs = {orders[0]: {"label": "Việc của xã", figures[0].column: "x"}}
    make(folder, "2", "xã 2", {appendix.id: theirs}, form=form.id)
    summary = run(folder, form.id, overrides={"2.xlsx": "thử"})
    assert summary.carried.count == 2
    submission = read_file(target(folder))
    names = [submission.value(CellRef(appendix.id, order, "label")).text for order in orders[:2]]
    assert names == ["Việc của xã", "Việc của huyện"]
