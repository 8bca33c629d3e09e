"""The buttons of the LibreOffice extension pressed by a real mouse, figures typed by real keys, on a virtual screen."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from submissions import make, write_printed
from virtual_screen.desk import Desk

from cchc_xl.layout import REPORT_SHEET
from cchc_xl.operations import check_file
from cchc_xl.report_layout import ADDRESS, COLUMNS, FIRST_ROW, FIXED, RULE, STATUS, TEXT_TOP
from cchc_xl.severity import Severity

pytest_plugins = ("virtual_screen.fixtures",)
pytestmark = pytest.mark.slow

FORM = "cam-giang-2024"
BUTTONS = ["Kiểm tra", "Xóa đánh dấu", "Tổng hợp", "Tạo sổ mới", "Nhập số liệu", "Hướng dẫn"]
# 3.3.1: of the files settled (row 35) those on time (row 36) cannot be more.
SETTLED, ON_TIME = 35, 36


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A commune's workbook without a figure."""
    return make(tmp_path, "1", "xã A", {}, form=FORM, file="xa.xlsx")


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    """The same with more files settled on time than settled."""
    return make(tmp_path, "1", "xã A", {"PL1": {SETTLED: "10", ON_TIME: "12"}}, form=FORM, file="xa.xlsx")


def figure(book: Path, order: int) -> str:
    """The address of a row's figure in PL1."""
    sheet = openpyxl.load_workbook(book)["PL1"]
    return next(f"E{row[0].row}" for row in sheet.iter_rows(max_col=1) if row[0].value == order)


def check(desk: Desk) -> list[dict[str, object]]:
    """Click Kiểm tra, wait for the report to be shown, and read its findings."""
    before = headline(desk)
    desk.press("Kiểm tra")
    desk.until(lambda: desk.active_sheet() == REPORT_SHEET and headline(desk) != before, "the report")
    return findings(desk)


def headline(desk: Desk) -> object:
    """What the report says first: when it was made, and how many findings there are."""
    return desk.cell(REPORT_SHEET, f"A{TEXT_TOP + 1}")["text"]


def report(desk: Desk) -> list[list[object]]:
    """What stands on the report's sheet."""
    return desk.block(REPORT_SHEET)


def findings(desk: Desk) -> list[dict[str, object]]:
    """The report's lines."""
    rows = [dict(zip(COLUMNS, row, strict=False)) for row in report(desk)[FIRST_ROW:]]
    return [row for row in rows if row.get(RULE)]


def note(desk: Desk, address: str) -> str:
    """The note that Kiểm tra has put at a cell of PL1."""
    return desk.cell("PL1", address)["note"]


def test_a_fresh_profile_shows_the_buttons(desk: Desk, book: Path) -> None:
    """After a double click on the extension the toolbar stands there, and the menu CCHC with the same."""
    desk.open(book)
    assert desk.toolbar() == BUTTONS
    assert desk.menu("CCHC") == BUTTONS


def test_a_typed_figure_is_found_mended_and_found_no_more(desk: Desk, book: Path) -> None:
    """The clerk's round: open, type, Kiểm tra, see what is wrong at the cell, mend it, Kiểm tra: it is gone."""
    on_time = figure(book, ON_TIME)
    desk.open_by_hand(book)
    desk.type_into("PL1", figure(book, SETTLED), "10")
    desk.type_into("PL1", on_time, "12")
    [found] = check(desk)
    assert found[ADDRESS] == on_time
    assert "Lỗi" in note(desk, on_time)

    desk.type_into("PL1", on_time, "9")
    [found] = check(desk)
    assert found[STATUS] == FIXED
    assert not note(desk, on_time)


def test_a_figure_still_being_typed_is_not_lost(desk: Desk, wrong: Path) -> None:
    """A click on Kiểm tra takes what was typed without Enter as it stands there."""
    on_time = figure(wrong, ON_TIME)
    desk.open(wrong)
    desk.begin_typing("PL1", on_time, "15")
    [found] = check(desk)
    assert desk.cell("PL1", on_time)["value"] == 15
    assert "15" in str(found)


def test_a_formula_still_being_typed_is_not_lost(desk: Desk, wrong: Path) -> None:
    """LibreOffice would go on with it on the sheet of the report, as if the report were clicked into."""
    remark = figure(wrong, ON_TIME).replace("E", "F")
    desk.open(wrong)
    desk.begin_typing("PL1", remark, "=5+4")
    check(desk)
    assert desk.cell("PL1", remark)["text"] == "=5+4"


def test_a_figure_that_the_cell_refuses_is_told_before_the_check(desk: Desk, wrong: Path) -> None:
    """LibreOffice's own box says why; then the figure that stands is checked."""
    on_time = figure(wrong, ON_TIME)
    desk.open(wrong)
    desk.begin_typing("PL1", on_time, "abc")
    desk.press("Kiểm tra")
    desk.dialog("Ô này chỉ nhận một số nguyên").press("OK")
    desk.until(lambda: desk.active_sheet() == REPORT_SHEET, "the report")
    assert desk.cell("PL1", on_time)["value"] == 12
    assert len(findings(desk)) == 1


def test_one_undo_takes_back_a_whole_check(desk: Desk, wrong: Path) -> None:
    """Marks, notes and the report go with one Ctrl+Z; the sheets are protected as before."""
    on_time = figure(wrong, ON_TIME)
    desk.open(wrong)
    before = report(desk)
    check(desk)
    assert note(desk, on_time)
    desk.undo()
    assert not note(desk, on_time)
    assert report(desk) == before
    assert all(desk.office.ask("protected", file=desk.file, sheet=name) for name in ("PL1", REPORT_SHEET))


def test_marks_are_taken_off(desk: Desk, wrong: Path) -> None:
    """Xóa đánh dấu takes the notes away and leaves the report."""
    on_time = figure(wrong, ON_TIME)
    desk.open(wrong)
    check(desk)
    desk.press("Xóa đánh dấu")
    desk.until(lambda: not note(desk, on_time), "the notes gone")
    assert findings(desk)


def test_a_checked_workbook_stays_what_it_was(desk: Desk, wrong: Path) -> None:
    """Saved with Ctrl+S after Kiểm tra it is still an Excel workbook that the toolkit reads, with the report in it."""
    desk.open(wrong)
    check(desk)
    desk.save()
    assert [book["filter"] for book in desk.books()] == ["Calc MS Excel 2007 XML"]
    rule = openpyxl.load_workbook(wrong)[REPORT_SHEET].cell(FIRST_ROW + 1, COLUMNS.index(RULE) + 1).value
    assert check_file(wrong).result.count(Severity.ERROR) == 1
    assert rule == findings(desk)[0][RULE]


def test_three_communes_are_merged(desk: Desk, tmp_path: Path) -> None:
    """The parent's round: three workbooks filled and saved, Tổng hợp, the folder, the questions, the summary."""
    folder = tmp_path / "nhan"
    folder.mkdir()
    (folder / "danh-sach-don-vi.tsv").write_text("code\tname\n1\txã A\n2\txã B\n3\txã C\n4\txã D\n", encoding="utf-8")
    for code, (name, settled, on_time) in enumerate((("A", 10, 9), ("B", 20, 20), ("C", 12, 7)), 1):
        book = make(folder, str(code), f"xã {name}", {}, form=FORM, file=f"xa {name}.xlsx")
        desk.open(book)
        desk.type_into("PL1", figure(book, SETTLED), str(settled))
        desk.type_into("PL1", figure(book, ON_TIME), str(on_time))
        desk.save()

    desk.press("Tổng hợp")
    desk.dialog(title="Chọn thư mục chứa các sổ nộp").choose(folder)
    desk.dialog("Kỳ báo cáo").answer("2023-NAM")
    desk.dialog("Hạn nộp").answer("")
    target = tmp_path / "Tong hop.xlsx"
    desk.dialog(title="Ghi sổ tổng hợp vào tệp").choose(target)
    said = desk.dialog("Đã tổng hợp")
    assert "3/4 đơn vị" in said.words
    assert "Chưa nộp: xã D" in said.words
    said.press("OK")

    desk.file = target.name
    assert desk.cell("PL1", figure(target, SETTLED))["value"] == 42
    assert desk.cell("PL1", figure(target, ON_TIME))["value"] == 36


def test_names_in_vietnamese_go_through_the_dialogs(desk: Desk, tmp_path: Path) -> None:
    """The folder of the last time is offered; with its letters it becomes the folder of the summary."""
    folder = tmp_path / "Sổ nhận quý I"
    folder.mkdir()
    make(folder, "1", "xã A", {"PL1": {SETTLED: "10", ON_TIME: "9"}}, form=FORM, file="sổ xã Đắk Ơ.xlsx")
    remembered = desk.office.home / ".cchc" / "ghi-nho.json"
    remembered.parent.mkdir(exist_ok=True)
    remembered.write_text(json.dumps({"thu-muc": str(folder), "ky": "2023-NAM"}), encoding="utf-8")

    desk.choose("CCHC", "Tổng hợp")
    desk.dialog(title="Chọn thư mục chứa các sổ nộp").accept()
    desk.dialog("Kỳ báo cáo").press("Đồng ý")
    desk.dialog("Hạn nộp").press("Đồng ý")
    desk.dialog("Có danh sách đơn vị").press("No")
    desk.dialog(title="Ghi sổ tổng hợp vào tệp").accept()
    said = desk.dialog("Đã tổng hợp")
    assert "1/1 đơn vị" in said.words
    said.press("OK")
    assert (folder / "Tong hop 2023-NAM.xlsx").is_file()


def test_a_foreign_workbook_is_left_alone(desk: Desk, tmp_path: Path) -> None:
    """One sentence, and nothing changed."""
    other = openpyxl.Workbook()
    other.active["A1"] = "Danh sách"
    other.save(tmp_path / "khac.xlsx")
    desk.open(tmp_path / "khac.xlsx")
    desk.press("Kiểm tra")
    said = desk.dialog()
    assert "không phải sổ" in said.words
    assert "Traceback" not in said.words
    said.press("OK")
    desk.until(lambda: not desk.books()[0]["modified"], "the workbook as it was")
    assert desk.books()[0]["sheets"] == ["Sheet"]


def test_an_empty_sheet_is_no_workbook_of_ours(desk: Desk) -> None:
    """Calc just started, nothing saved: one sentence."""
    desk.click(desk.element("PUSH_BUTTON", "Calc Spreadsheet")["box"])
    desk.until(lambda: desk.books(), "an empty spreadsheet")
    desk.press("Kiểm tra")
    said = desk.dialog()
    assert "không phải sổ" in said.words
    said.press("OK")


def test_without_a_workbook_there_is_still_a_menu(desk: Desk) -> None:
    """The start centre offers what needs no open workbook, and nothing else; giving up leaves all as it was."""
    assert desk.menu("CCHC") == ["Tổng hợp", "Tạo sổ mới", "Hướng dẫn"]
    desk.choose("CCHC", "Tổng hợp")
    desk.dialog(title="Chọn thư mục chứa các sổ nộp").press("Cancel")
    desk.choose("CCHC", "Hướng dẫn")
    desk.dialog("Tạo sổ mới").press("OK")
    assert not desk.books()


def test_a_read_only_workbook_is_refused(desk: Desk, wrong: Path) -> None:
    """What cannot be written into is not half written: one sentence says what to do."""
    before = wrong.read_bytes()
    desk.open(wrong, read_only=True)
    desk.press("Kiểm tra")
    said = desk.dialog("chỉ đọc")
    said.press("OK")
    assert not note(desk, figure(wrong, ON_TIME))
    assert wrong.read_bytes() == before


def test_a_new_workbook_is_made_and_checked(desk: Desk, tmp_path: Path) -> None:
    """Tạo sổ mới from the start centre: the questions one by one, and the blank workbook opens."""
    desk.choose("CCHC", "Tạo sổ mới")
    desk.dialog("Chọn biểu mẫu").answer("1")
    desk.dialog("Tên đơn vị").answer("xa Tan Hai")
    desk.dialog("Mã đơn vị").answer("22848")
    desk.dialog("Kỳ báo cáo").answer("2024-Q1")
    target = tmp_path / "so moi.xlsx"
    desk.dialog(title="Ghi sổ mới vào tệp").choose(target)
    desk.until(lambda: [book for book in desk.books() if book["file"] == target.name], "the new workbook")
    desk.file = target.name
    check(desk)
    assert not findings(desk)


def test_printed_figures_are_put_into_a_copy(desk: Desk, book: Path, tmp_path: Path) -> None:
    """Nhập số liệu: agree, the folder of tables, the name of the copy; the copy opens with the figures in it."""
    tables = tmp_path / "bang"
    tables.mkdir()
    write_printed(tables, {"PL1": {SETTLED: "1.234", ON_TIME: "1.200"}}, FORM)
    before = book.read_bytes()
    desk.open(book)
    desk.press("Nhập số liệu")
    desk.dialog("Nhập số liệu vào một bản sao").press("Yes")
    desk.dialog(title="Chọn thư mục chứa các tệp PL").choose(tables)
    target = tmp_path / "da nhap.xlsx"
    desk.dialog(title="Ghi sổ đã nhập vào tệp").choose(target)
    desk.dialog("Đã nhập 2 ô").press("OK")
    desk.file = target.name
    assert desk.cell("PL1", figure(target, SETTLED))["value"] == 1234
    assert book.read_bytes() == before


def test_without_the_toolkit_the_extension_says_what_is_missing(bare_desk: Desk, wrong: Path) -> None:
    """The extension alone: one sentence on what to install."""
    bare_desk.open(wrong)
    bare_desk.press("Kiểm tra")
    bare_desk.dialog("Chưa thấy bộ công cụ CCHC").press("OK")
