"""The button Kiểm tra on an open workbook: the real handler through xlwings, on the engine of ``excel_engine``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from excel_engine import calls, open_book
from excel_engine.dimensions import width
from excel_engine.grid import blank_cell
from submissions import make

from cchc_xl.catalogue.load import load_form
from cchc_xl.completion import Completion, completion
from cchc_xl.errors import ForeignWorkbook, WorkbookFault
from cchc_xl.hosts.excel.kiem_tra import kiem_tra, xoa_danh_dau
from cchc_xl.hosts.excel.open_book import OpenBook
from cchc_xl.layout import REPORT_SHEET
from cchc_xl.merging import MergeRequest, merge
from cchc_xl.operations import check_file
from cchc_xl.readers.read_submission import read_book, read_file
from cchc_xl.report.as_json import checked_json
from cchc_xl.report.as_text import checked_text
from cchc_xl.report_layout import COLUMNS, EXPLANATION, FIRST_ROW, HEADER_ROW, HIDDEN, OF_SUMMARY, RULE, TEXT_TOP
from cchc_xl.severity import Severity
from cchc_xl.stamp import STAMP_SHEET

FORM = "cam-giang-2024"
NOW = datetime(2024, 3, 1, 9, 30)
# 3.3.1 settled 10 (row 35), on time 12 (row 36): an error. 4.1.1 (row 45) is not below 4.2.1 (row 49): a warning.
ERROR = {35: "10", 36: "12"}
WARNING = {45: "18", 49: "18", 35: "10", 36: "10"}
CLEAN = {35: "12", 36: "12"}


@pytest.fixture
def opened(tmp_path: Path):
    """Opens a filled workbook."""

    def call(figures: dict[int, str], form: str = FORM):
        (tmp_path / "xa.xlsx").unlink(missing_ok=True)
        return open_book(make(tmp_path, "1", "xã A", {"PL1": figures}, form=form, file="xa.xlsx"))

    return call


def table(book) -> list[dict[str, object]]:
    """The report's rows, as far as they hold a finding."""
    sheet = book.sheets[REPORT_SHEET]
    values = sheet.range((FIRST_ROW + 1, 1), (FIRST_ROW + 60, len(COLUMNS))).options(ndim=2).value
    return [dict(zip(COLUMNS, row, strict=True)) for row in values if row[COLUMNS.index(RULE)]]


def text(book) -> str:
    """The lines above the table."""
    values = book.sheets[REPORT_SHEET].range((TEXT_TOP + 1, 1), (HEADER_ROW, 1)).value
    return "\n".join(filter(None, values))


def value_cell(book, order: int):
    """The cell of a row's figure, found by the hidden keys."""
    keys = book.sheets["PL1"].range((1, 1), (300, 1)).value
    return book.sheets["PL1"].range((keys.index(float(order)) + 1, 5))


def mark(book, order: int) -> float | None:
    """What stands in the hidden mark column beside a figure."""
    sheet = book.sheets["PL1"]
    header = sheet.range((1, 1), (1, 30)).value
    return sheet.range((value_cell(book, order).row, header.index("mark.value") + 1)).value


def explain(book, rule: str, words: str) -> None:
    """What the clerk types under Giải trình (the column is open)."""
    row = next(i for i, line in enumerate(table(book)) if line[RULE] == rule)
    book.sheets[REPORT_SHEET].range((FIRST_ROW + 1 + row, COLUMNS.index(EXPLANATION) + 1)).value = words


def type_in(book, order: int, number: float) -> None:
    """What the clerk types into a figure's cell."""
    value_cell(book, order).value = number


def test_the_open_workbook_reads_as_its_file_does(opened, tmp_path: Path) -> None:
    """Entries read through xlwings are those read from the saved file, formulas and all."""
    book = opened(ERROR)
    assert read_book(OpenBook(book), "xa.xlsx") == read_file(tmp_path / "xa.xlsx")


def test_a_finding_stands_in_the_report_with_link_colour_and_note(opened) -> None:
    """One error: its row in the report, a link to its cell, the mark that colours it, a note in words."""
    book = opened(ERROR)
    kiem_tra(book, NOW)
    line = next(line for line in table(book) if line["Mức độ"] == "Lỗi")
    assert line["Trang"] == "PL1"
    row = next(i for i, row in enumerate(table(book)) if row == line)
    link = book.sheets[REPORT_SHEET].range((FIRST_ROW + 1 + row, COLUMNS.index("Ô") + 1)).formula
    assert link == f'=HYPERLINK("#\'PL1\'!{line["Địa chỉ"]}","{line["Địa chỉ"]}")'
    assert mark(book, 36) == 3
    note = value_cell(book, 36).note.text
    assert note.startswith("[CCHC] Lỗi (")
    assert "Cách xử lý:" in note
    assert "Kiểm tra lúc 09:30 ngày 01/03/2024: 1 lỗi" in text(book)
    assert "Chưa hoàn thành: còn phải sửa 1 lỗi" in text(book)


def test_a_second_run_leaves_no_residue(opened) -> None:
    """Mended: mark and note are gone, the report says "đã sửa", the run after that forgets it."""
    book = opened(ERROR)
    kiem_tra(book, NOW)
    type_in(book, 36, 10)
    kiem_tra(book, NOW)
    assert mark(book, 36) is None
    assert value_cell(book, 36).note is None
    assert [line["Tình trạng"] for line in table(book) if line["Mức độ"] == "Lỗi"] == ["đã sửa"]
    kiem_tra(book, NOW)
    assert not [line for line in table(book) if line["Mức độ"] == "Lỗi"]


def test_findings_are_new_or_still_open(opened) -> None:
    """The first run says nothing of the past; later ones tell old findings from new ones."""
    book = opened(ERROR)
    kiem_tra(book, NOW)
    assert {line["Tình trạng"] for line in table(book)} == {None}
    type_in(book, 45, 18)
    type_in(book, 49, 18)
    kiem_tra(book, NOW)
    states = {line[RULE]: line["Tình trạng"] for line in table(book)}
    assert states["R12-PL1-45"] == "mới"
    assert states[next(line[RULE] for line in table(book) if line["Mức độ"] == "Lỗi")] == "còn"


def test_a_users_own_note_survives(opened) -> None:
    """Our note is added below the user's and taken away again without touching it."""
    book = opened(ERROR)
    with_note = value_cell(book, 36)
    sheet = book.sheets["PL1"]
    sheet.api.Unprotect("")
    with_note.add_note("Hỏi lại phòng Nội vụ")
    kiem_tra(book, NOW)
    assert with_note.note.text.startswith("Hỏi lại phòng Nội vụ\n[CCHC] Lỗi")
    type_in(book, 36, 10)
    kiem_tra(book, NOW)
    assert with_note.note.text == "Hỏi lại phòng Nội vụ"


def test_an_explanation_is_kept_and_completes_the_workbook(opened) -> None:
    """A warning that is explained no longer stands in the way; the stamp names the day and the figures."""
    book = opened(WARNING)
    kiem_tra(book, NOW)
    assert "sửa hoặc giải trình 1 cảnh báo" in text(book)
    assert completion(read_book(OpenBook(book), "")) is Completion.OPEN
    explain(book, "R12-PL1-45", "Xã không có cán bộ chuyên trách")
    kiem_tra(book, NOW)
    assert next(line[EXPLANATION] for line in table(book) if line[RULE] == "R12-PL1-45").startswith("Xã không")
    assert "HOÀN THÀNH" in text(book)
    submission = read_book(OpenBook(book), "")
    assert completion(submission) is Completion.COMPLETE
    assert submission.stamp.completed == "01/03/2024"


def test_completion_lapses_with_a_figure(opened) -> None:
    """A figure changed after "Hoàn thành": the stamp no longer holds; the next run takes it back or renews it."""
    book = opened(CLEAN)
    kiem_tra(book, NOW)
    assert completion(read_book(OpenBook(book), "")) is Completion.COMPLETE
    type_in(book, 35, 40)
    assert completion(read_book(OpenBook(book), "")) is Completion.LAPSED
    kiem_tra(book, datetime(2024, 3, 5))
    assert read_book(OpenBook(book), "").stamp.completed == "05/03/2024"
    type_in(book, 36, 41)
    kiem_tra(book, NOW)
    assert completion(read_book(OpenBook(book), "")) is Completion.OPEN


def test_the_command_line_says_whether_completion_holds(opened, tmp_path: Path) -> None:
    """A stamped workbook, saved, then changed: text and JSON of kiem-tra tell the two apart."""
    book = opened(CLEAN)
    kiem_tra(book, NOW)
    book.save(tmp_path / "nop.xlsx")
    assert checked_json(check_file(tmp_path / "nop.xlsx"))["completed"] == {"date": "01/03/2024", "holds": True}
    assert "còn giá trị" in checked_text(check_file(tmp_path / "nop.xlsx"))
    type_in(book, 35, 40)
    book.save(tmp_path / "nop.xlsx")
    assert checked_json(check_file(tmp_path / "nop.xlsx"))["completed"] == {"date": "01/03/2024", "holds": False}
    assert "hết giá trị" in checked_text(check_file(tmp_path / "nop.xlsx"))


def test_an_explanation_lapses_with_its_value(opened) -> None:
    """An explanation of 18 does not explain 20."""
    book = opened(WARNING)
    kiem_tra(book, NOW)
    explain(book, "R12-PL1-45", "Xã không có cán bộ")
    type_in(book, 45, 20)
    type_in(book, 49, 20)
    kiem_tra(book, NOW)
    assert next(line[EXPLANATION] for line in table(book) if line[RULE] == "R12-PL1-45") is None


def test_excel_is_left_as_it_was(opened) -> None:
    """Screen updating, calculation, status bar and every sheet's protection are restored; the report is shown."""
    book = opened(ERROR)
    before = protection(book)
    book.app.calculation = "semiautomatic"
    kiem_tra(book, NOW)
    assert (book.app.screen_updating, book.app.calculation, book.app.status_bar) == (True, "semiautomatic", False)
    assert protection(book) == before
    assert book.sheets.active.name == REPORT_SHEET


def protection(book) -> dict[str, tuple[bool, ...]]:
    return {
        sheet.name: (
            sheet.api.ProtectContents,
            sheet.api.Protection.AllowFormattingRows,
            sheet.api.Protection.AllowFiltering,
            sheet.api.Protection.AllowFormattingCells,
        )
        for sheet in book.sheets
    }


def test_a_failure_midway_restores_everything(opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """Excel refuses in the middle: explanations, protection, calculation and the active sheet are as before."""
    book = opened(WARNING)
    kiem_tra(book, NOW)
    explain(book, "R12-PL1-45", "Xã không có cán bộ")
    lines, states = table(book), protection(book)
    book.sheets["PL1"].activate()
    monkeypatch.setattr(
        "cchc_xl.hosts.excel.report_sheet._cells", lambda _line: [object()] * len(COLUMNS)
    )  # nothing that Excel takes
    with pytest.raises(Exception, match=r".+"):
        kiem_tra(book, NOW)
    assert [{**line, "Ô": None} for line in table(book)] == [{**line, "Ô": None} for line in lines]
    assert protection(book) == states
    assert (book.app.screen_updating, book.app.calculation) == (True, "automatic")
    assert book.sheets.active.name == "PL1"


def test_a_sheet_under_password_is_named(opened) -> None:
    """Somebody protected a sheet with a password: one sentence says which and what to do."""
    book = opened(ERROR)
    book.sheets["PL1"].api.Unprotect("")
    book.sheets["PL1"].api.Protect("bí mật")
    with pytest.raises(WorkbookFault, match=r"Trang PL1 được bảo vệ bằng mật khẩu"):
        kiem_tra(book, NOW)


def test_a_foreign_workbook_is_refused(tmp_path: Path) -> None:
    """A workbook that is none of ours is left alone."""
    openpyxl.Workbook().save(tmp_path / "khac.xlsx")
    book = open_book(tmp_path / "khac.xlsx")
    with pytest.raises(ForeignWorkbook, match=r"không phải sổ CCHC"):
        kiem_tra(book, NOW)
    assert [sheet.name for sheet in book.sheets] == ["Sheet"]


def test_a_deleted_report_sheet_comes_back(opened, tmp_path: Path) -> None:
    """Without the sheet that the form brought along the report is written on a new one, before the stamp."""
    book = opened(ERROR)
    book.sheets[REPORT_SHEET].delete()
    kiem_tra(book, NOW)
    assert [line["Mức độ"] for line in table(book)].count("Lỗi") == 1
    names = [sheet.name for sheet in book.sheets]
    assert names.index(REPORT_SHEET) < names.index(STAMP_SHEET)
    kiem_tra(book, NOW)
    assert {line["Tình trạng"] for line in table(book)} == {"còn"}


def test_texts_of_the_workbook_stay_texts(opened) -> None:
    """What a cell holds comes back in the report as text, never as a formula."""
    book = opened(CLEAN)
    value_cell(book, 35).value = '\'=HYPERLINK("http://xau.vn")'
    kiem_tra(book, NOW)
    line = next(line for line in table(book) if line["Số đã ghi"])
    assert line["Số đã ghi"] == '=HYPERLINK("http://xau.vn")'


def test_no_cell_by_cell_calls(opened) -> None:
    """Reads and writes go in blocks: their number depends on the sheets, not on the rows or findings."""
    few, many = opened(ERROR), None
    kiem_tra(few, NOW)
    assert calls["Range.raw_value"] <= 2 * len(few.sheets)
    assert calls["Range.raw_value="] <= 5 + 3 * len(few.sheets)
    small = dict(calls)
    rows = load_form(FORM).appendices[0].rows
    many = opened({row.order: "-5" for row in rows if row.kind is not None and row.kind.numeric})
    annotation = kiem_tra(many, NOW)
    assert len(annotation.lines) > 60
    for member in ("Range.raw_value", "Range.raw_value=", "Range.formula"):
        assert calls[member] <= small[member] + 2, member


def test_marks_can_be_taken_off(opened) -> None:
    """Xóa đánh dấu removes colours and notes and leaves the report."""
    book = opened(ERROR)
    kiem_tra(book, NOW)
    xoa_danh_dau(book)
    assert mark(book, 36) is None
    assert value_cell(book, 36).note is None
    assert table(book)


def test_the_colours_follow_the_marks(opened, tmp_path: Path) -> None:
    """Each severity's mark has a conditional format on the figures; the words stand in note and report."""
    book = opened(ERROR)
    kiem_tra(book, NOW)
    book.save(tmp_path / "saved.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "saved.xlsx")["PL1"]
    formulas = [
        rule.formula[0]
        for ranges in sheet.conditional_formatting
        for rule in ranges.rules
        if rule.formula and f"E{value_cell(book, 36).row}" in ranges
    ]
    for number in (1, 2, 3):
        assert any(formula.endswith(f"={number}") for formula in formulas)
    assert len(Severity) == 3


def test_a_summarys_own_sheets_are_left_alone(tmp_path: Path) -> None:
    """Kiểm tra of a summary reports on a sheet of its own: the units' findings stay as they are."""
    folder = tmp_path / "nop"
    folder.mkdir()
    make(folder, "1", "xã A", {"PL1": WARNING}, form=FORM)
    merge(MergeRequest(folder, tmp_path / "th.xlsx"))
    book = open_book(tmp_path / "th.xlsx")
    before = book.sheets[REPORT_SHEET].used_range.value
    kiem_tra(book, NOW)
    assert book.sheets[REPORT_SHEET].used_range.value == before
    assert book.sheets.active.name == OF_SUMMARY
    kiem_tra(book, NOW)
    assert [sheet.name for sheet in book.sheets].count(OF_SUMMARY) == 1


def test_a_sheet_laid_out_anew_prints_one_page_wide(opened) -> None:
    """Landscape, its header on every page."""
    book = opened(ERROR)
    book.sheets[REPORT_SHEET].delete()
    kiem_tra(book, NOW)
    page = book.sheets[REPORT_SHEET].api.PageSetup
    assert (page.Orientation, page.Zoom, page.FitToPagesWide, page.FitToPagesTall) == (2, False, 1, False)
    assert page.PrintTitleRows.replace("$", "") == f"{HEADER_ROW + 1}:{HEADER_ROW + 1}"


@pytest.mark.parametrize("name", [REPORT_SHEET, REPORT_SHEET.upper()])
def test_somebodys_own_sheet_under_the_reports_name_is_left_alone(opened, name: str) -> None:
    """The report sheet was deleted and the name taken for notes: the report gets a number."""
    book = opened(ERROR)
    book.sheets[REPORT_SHEET].delete()
    book.sheets.add(name).range("A1").value = "ghi chép riêng"
    kiem_tra(book, NOW)
    assert book.sheets[name].range("A1").value == "ghi chép riêng"
    assert book.sheets.active.name == f"{REPORT_SHEET} (2)"


def explained(book, rule: str) -> object:
    return next(line[EXPLANATION] for line in table(book) if line[RULE] == rule)


def test_an_explanation_follows_its_cell(opened, tmp_path: Path) -> None:
    """A row inserted above, a sheet renamed: the finding is still the same one and keeps its explanation."""
    book = opened(WARNING)
    kiem_tra(book, NOW)
    explain(book, "R12-PL1-45", "Xã không có cán bộ")
    book.save(tmp_path / "luu.xlsx")
    raw = openpyxl.load_workbook(tmp_path / "luu.xlsx")
    raw["PL1"].title = "Phụ lục '1'!"
    raw.save(tmp_path / "doi.xlsx")
    again = open_book(tmp_path / "doi.xlsx")
    kiem_tra(again, NOW)
    assert explained(again, "R12-PL1-45") == "Xã không có cán bộ"
    assert {line["Tình trạng"] for line in table(again) if line[RULE] == "R12-PL1-45"} == {"còn"}


def test_an_explanation_lapses_with_what_was_expected(opened) -> None:
    """18 against 18 was explained; 18 against 10 is another finding to explain."""
    book = opened(WARNING)
    kiem_tra(book, NOW)
    explain(book, "R12-PL1-45", "hai số bằng nhau")
    type_in(book, 49, 10)
    kiem_tra(book, NOW)
    assert explained(book, "R12-PL1-45") is None


def test_a_damaged_workbook_forgets_nothing(opened) -> None:
    """A row's key is gone: no rule runs, nothing is "đã sửa", and the explanation is there when all is whole again."""
    book = opened(WARNING)
    kiem_tra(book, NOW)
    explain(book, "R12-PL1-45", "Xã không có cán bộ")
    sheet = book.sheets["PL1"]
    sheet.api.Unprotect("")
    key = sheet.range((value_cell(book, 50).row, 1))
    key.value = None
    for _ in range(2):
        kiem_tra(book, NOW)
        assert "đã sửa" not in {line["Tình trạng"] for line in table(book)}
        assert "chưa có số liệu" not in text(book)
        assert "chưa kiểm tra lại" in {line["Tình trạng"] for line in table(book)}
    key.value = 50
    kiem_tra(book, NOW)
    assert explained(book, "R12-PL1-45") == "Xã không có cán bộ"


def test_completion_lapses_when_a_formula_is_deleted(opened) -> None:
    """An emptied ratio is a change too."""
    book = opened(CLEAN)
    kiem_tra(book, NOW)
    book.sheets["PL1"].api.Unprotect("")
    value_cell(book, 34).clear_contents()
    assert completion(read_book(OpenBook(book), "")) is Completion.LAPSED


def test_a_blank_workbook_is_not_complete(opened) -> None:
    """Nothing wrong, but nothing entered either."""
    book = opened(CLEAN)
    type_in(book, 35, None)
    type_in(book, 36, None)
    assert kiem_tra(book, NOW).completed == ""
    assert "sổ chưa có số liệu" in text(book)


def test_taking_marks_off_leaves_foreign_workbooks_alone(tmp_path: Path) -> None:
    """Somebody's own table with a heading "mark.math" is no mark of ours."""
    own = openpyxl.Workbook()
    own.active.append(["name", "mark.math", "x", "mark.lit"])
    own.active.append(["a", 1, "keep", 2])
    own.save(tmp_path / "diem.xlsx")
    book = open_book(tmp_path / "diem.xlsx")
    with pytest.raises(ForeignWorkbook):
        xoa_danh_dau(book)
    assert book.sheets[0].range("A2:D2").value == ["a", 1, "keep", 2]


def test_a_line_added_below_our_note_stays(opened) -> None:
    """What the clerk writes below ours, and a note that merely names us, are the clerk's."""
    book = opened(ERROR)
    sheet = book.sheets["PL1"]
    sheet.api.Unprotect("")
    value_cell(book, 35).add_note("Theo công văn [CCHC] 12/SNV")
    kiem_tra(book, NOW)
    note = value_cell(book, 36).note
    note.text = note.text + "\nđã hỏi lại"
    type_in(book, 36, 10)
    kiem_tra(book, NOW)
    assert value_cell(book, 36).note.text == "đã hỏi lại"
    assert value_cell(book, 35).note.text == "Theo công văn [CCHC] 12/SNV"


def test_a_password_stops_before_anything_is_written(opened) -> None:
    """One sheet under a password: report, marks and stamp are as they were."""
    book = opened(WARNING)
    kiem_tra(book, NOW)
    explain(book, "R12-PL1-45", "Xã không có cán bộ")
    before = text(book)
    book.sheets["PL1"].api.Unprotect("")
    book.sheets["PL1"].api.Protect("bí mật")
    with pytest.raises(WorkbookFault):
        kiem_tra(book, datetime(2024, 4, 1))
    assert text(book) == before


def test_a_finding_on_the_cover_carries_a_note(opened) -> None:
    """The cover has no mark column, but its cell says what is wrong."""
    book = opened(CLEAN)
    cover = book.sheets["Bìa"]
    keys = cover.range((1, 1), (60, 1)).value
    cell = cover.range((keys.index("year") + 1, cover.range((1, 1), (1, 12)).value.index("value") + 1))
    cell.value = "hai nghìn"
    kiem_tra(book, NOW)
    assert any("[CCHC] Lỗi (B01" in note.text for note in cover.notes)


def test_a_sheet_laid_out_anew_looks_as_the_one_that_came_with_the_form(opened) -> None:
    """Headings, widths, alignments, colours by severity and frozen panes: one layout for builder and button."""
    book = opened(ERROR)
    wb = book.impl._wb
    built = wb[REPORT_SHEET]
    wanted = {name: value for name, value in look(built).items() if name != "rows"}
    book.sheets[REPORT_SHEET].delete()
    kiem_tra(book, NOW)
    anew = look(wb[REPORT_SHEET])
    assert {name: value for name, value in anew.items() if name != "rows"} == wanted
    assert anew["rows"] == FIRST_ROW + 500


def look(sheet) -> dict[str, object]:
    """What a person sees of a report sheet before anything stands in it."""
    head, first = sheet[HEADER_ROW + 1], sheet[FIRST_ROW + 1]
    formats = []
    last = 0
    for area in sheet.conditional_formatting:
        (cells,) = area.sqref.ranges
        last = max(last, cells.max_row)
        for rule in area.rules:
            fill = rule.dxf.fill.bgColor.rgb[-6:] if rule.dxf.fill else None
            border = rule.dxf.border.left.style if rule.dxf.border else None
            bold = bool(rule.dxf.font and rule.dxf.font.b)
            formats.append((cells.min_col, cells.max_col, *rule.formula, fill, bold, border))
    columns = []
    for index, title in enumerate(COLUMNS, start=1):
        # A cell that is not in the file is formatted as its column.
        style = first[index - 1] if first[index - 1].has_style else blank_cell(sheet, FIRST_ROW + 1, index)
        columns.append(
            (title, title in HIDDEN or round(width(sheet, index)), style.alignment.horizontal, style.alignment.vertical,
             style.alignment.wrap_text, style.font.size, style.font.name, style.number_format, style.protection.locked)
        )  # fmt: skip
    return {
        "title": (sheet["A1"].value, sheet["A1"].font.size, sheet["A1"].font.bold),
        "header": [(c.value, c.font.bold, c.font.size, c.fill.fgColor.rgb[-6:], c.border.left.style) for c in head],
        "columns": columns,
        "formats": sorted(formats, key=str),
        "panes": sheet.freeze_panes,
        "gridlines": sheet.sheet_view.showGridLines,
        "rows": last,
    }


def test_an_error_value_that_xlwings_does_not_know_is_no_figure(opened) -> None:
    """#SPILL! in an input cell comes as a number of COM's: an error, not a figure of minus two thousand million."""
    book = opened(CLEAN)
    keys = book.sheets["PL1"].range((1, 1), (300, 1)).value
    cell = book.impl._wb["PL1"].cell(keys.index(35.0) + 1, 5)
    cell.value, cell.data_type = "#SPILL!", "e"
    kiem_tra(book, NOW)
    said = " ".join(str(line["Nội dung"]) for line in table(book))
    assert "đang báo lỗi #SPILL!" in said
    assert "2.146" not in said


def test_a_cell_in_the_last_corner_is_named_instead_of_read(tmp_path: Path) -> None:
    """A figure typed far away by mistake makes thousands of millions of cells, which no PC can hold."""
    path = make(tmp_path, "1", "xã A", {"PL1": CLEAN}, form=FORM)
    workbook = openpyxl.load_workbook(path)
    workbook.create_sheet("Nháp")["XFD1048576"] = 5
    workbook.save(path)
    with pytest.raises(WorkbookFault, match="Trang Nháp có nội dung hoặc định dạng đến tận hàng 1048576, cột XFD"):
        kiem_tra(open_book(path), NOW)
