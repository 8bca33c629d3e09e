"""The engine that lets button handlers run without Excel: it answers, and refuses, as Excel does through COM."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import struct
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
import xlwings as xw
from excel_engine import ComError, calls, open_book
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill, Protection
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.workbook.protection import WorkbookProtection

FLAGS = {"AllowFormattingRows": True, "AllowFormattingColumns": True, "AllowFiltering": True}
VERY_HIDDEN = 2
NONE = -4142


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A small workbook: a table, a protected sheet, a very hidden one."""
    wb = openpyxl.Workbook()
    table = wb.active
    table.title = "Bảng"
    for row in (["Tên", "Số", "Ngày"], ["Cẩm Giang", 5, dt.datetime(2024, 3, 14)], ["Ninh Hải", 2.5, None], [True]):
        table.append(row)
    table["E1"], table["E2"] = "=B2+B3", "#N/A"
    table["F1"].number_format = "@"
    table["B2"].fill = PatternFill("solid", fgColor="FFF2CC")
    table["A2"].comment = Comment("Xã", "Sở")
    wb.defined_names["TongSo"] = DefinedName("TongSo", attr_text="'Bảng'!$E$1")
    form = wb.create_sheet("Khóa")
    form["A1"], form["B1"] = "Nhãn", 1
    form["B1"].protection = Protection(locked=False)
    form.protection.sheet = form.protection.objects = True
    form.protection.formatRows = form.protection.formatColumns = form.protection.autoFilter = False
    wb.create_sheet("Chìa").sheet_state = "veryHidden"
    wb.save(tmp_path / "thử.xlsx")
    return tmp_path / "thử.xlsx"


@pytest.fixture
def book(path: Path) -> xw.Book:
    return open_book(path)


def saved(book: xw.Book, tmp_path: Path) -> openpyxl.Workbook:
    """The book as openpyxl reads it after saving."""
    book.save(tmp_path / "lưu.xlsx")
    return openpyxl.load_workbook(tmp_path / "lưu.xlsx")


# Values


def test_a_block_is_read_in_one_call_as_floats_texts_dates_and_none(book: xw.Book) -> None:
    values = book.sheets["Bảng"].range("A1:C4").value
    assert calls["Range.raw_value"] == 1
    assert values == [
        ["Tên", "Số", "Ngày"],
        ["Cẩm Giang", 5.0, dt.datetime(2024, 3, 14)],
        ["Ninh Hải", 2.5, None],
        [True, None, None],
    ]
    assert type(values[1][1]) is float


def test_xlwings_own_converters_shape_what_is_read(book: xw.Book) -> None:
    table = book.sheets["Bảng"]
    assert table["A1"].value == "Tên"
    assert table["A1:C1"].value == ["Tên", "Số", "Ngày"]
    assert table["B2:B3"].options(ndim=2).value == [[5.0], [2.5]]
    assert table["B2"].options(numbers=int).value == 5
    assert table["C2"].options(dates=dt.date).value == dt.date(2024, 3, 14)
    assert table["C3"].options(empty="").value == ""


def test_an_error_value_is_none_or_its_text_and_raw_its_code(book: xw.Book) -> None:
    cell = book.sheets["Bảng"]["E2"]
    assert cell.value is None
    assert cell.options(err_to_str=True).value == "#N/A"
    assert cell.raw_value == -2146826246


def test_looking_at_empty_cells_does_not_widen_the_used_range(book: xw.Book) -> None:
    table = book.sheets["Bảng"]
    assert table["A1:Z99"].value[98][25] is None
    assert table["Z99"].number_format == "General"
    assert table.used_range.address == "$A$1:$F$4"


def test_a_written_block_is_one_call_and_reaches_the_file(book: xw.Book, tmp_path: Path) -> None:
    book.sheets["Bảng"]["A6"].value = [["x", 1, None], ["y", 2.5, dt.date(2024, 1, 2)]]
    assert calls["Range.raw_value="] == 1
    table = saved(book, tmp_path)["Bảng"]
    assert [[cell.value for cell in row] for row in table["A6:C7"]] == [
        ["x", 1, None],
        ["y", 2.5, dt.datetime(2024, 1, 2)],
    ]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("00123", 123.0),
        ("50%", 0.5),
        ("TRUE", True),
        ("03/2024", dt.datetime(2024, 3, 1)),
        ("'00123", "00123"),
        ("'=A1", "=A1"),
        ("''x", "'x"),
        ("-", "-"),
        ("12/KH-UBND", "12/KH-UBND"),
        ("", None),
    ],
)
def test_a_text_is_read_as_if_it_were_typed(book: xw.Book, typed: str, read: object) -> None:
    cell = book.sheets["Bảng"]["H1"]
    cell.value = typed
    assert cell.value == read
    assert type(cell.value) is type(read)


@pytest.mark.parametrize("typed", ["=B2*2", "00123", "#N/A", "- gạch đầu dòng", "03/2024"])
def test_a_text_cell_keeps_every_text(book: xw.Book, tmp_path: Path, typed: str) -> None:
    cell = book.sheets["Bảng"]["F1"]
    cell.value = typed
    assert cell.value == cell.formula == typed
    cell.formula = typed
    assert saved(book, tmp_path)["Bảng"]["F1"].data_type == "s"


def test_a_text_that_excel_takes_for_a_broken_formula_is_refused(book: xw.Book) -> None:
    with pytest.raises(ComError, match="gạch đầu dòng"):
        book.sheets["Bảng"]["H1"].value = "- gạch đầu dòng"


def test_a_decimal_is_refused_because_it_becomes_currency(book: xw.Book) -> None:
    with pytest.raises(TypeError, match="currency"):
        book.sheets["Bảng"]["H1"].value = Decimal("1.5")


# Formulas


def test_formulas_are_texts_and_so_are_the_constants_beside_them(book: xw.Book) -> None:
    table = book.sheets["Bảng"]
    assert table["B2"].formula == "5"
    assert table["A2:E2"].formula == (("Cẩm Giang", "5", "45365", "", "#N/A"),)
    assert table["E1"].formula2 == "=B2+B3"
    assert table["A4"].formula == "TRUE"


def test_a_formula_gives_the_files_result_until_it_is_written_anew(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "kết quả.xlsx") as workbook:
        workbook.add_worksheet("PL").write_formula("A1", "=1+1", None, 2)
    cell = open_book(tmp_path / "kết quả.xlsx").sheets["PL"]["A1"]
    cell.sheet.book.app.calculate()
    assert cell.value == 2.0
    cell.formula = "=1+1"
    assert cell.value is None
    assert cell.formula == "=1+1"


def test_one_formula_written_to_many_cells_moves_its_references(book: xw.Book) -> None:
    cells = book.sheets["Bảng"]["H2:H3"]
    cells.formula = "=B2*$B$3"
    assert cells.formula == (("=B2*$B$3",), ("=B3*$B$3",))


# Protection


def test_a_protected_sheet_refuses_and_nothing_of_the_block_is_written(book: xw.Book) -> None:
    form = book.sheets["Khóa"]
    form["B1"].value = 7
    with pytest.raises(ComError, match="protected"):
        form["A1:B1"].value = [["x", 8]]
    with pytest.raises(ComError):
        form["A1"].clear_contents()
    with pytest.raises(ComError):
        form["B1"].color = (255, 0, 0)
    with pytest.raises(ComError):
        form["B1"].api.AddComment("x")
    with pytest.raises(ComError):
        form["B1"].api.Locked = True
    with pytest.raises(ComError):
        form["B1"].add_hyperlink("https://example.org")
    assert form["A1:B1"].value == ["Nhãn", 7.0]
    form["B1"].api.EntireRow.AutoFit()
    form["B1"].column_width = 20


def test_protection_lifted_and_put_back_keeps_its_flags_in_the_file(book: xw.Book, tmp_path: Path) -> None:
    form = book.sheets["Khóa"]
    names = ("AllowFormattingCells", "AllowFormattingRows", "AllowFormattingColumns", "AllowFiltering")
    form.api.EnableSelection = 1
    flags = {name: getattr(form.api.Protection, name) for name in names}
    assert flags == {"AllowFormattingCells": False, **FLAGS}
    form.api.Unprotect()
    assert not form.api.ProtectContents
    assert not form.api.Protection.AllowFiltering
    form["A1"].value = "mới"
    form["A1"].color = "#ff0000"
    form.api.Protect(**flags)
    assert form.api.ProtectContents
    protection = saved(book, tmp_path)["Khóa"].protection
    assert (protection.sheet, protection.objects, protection.formatCells) == (True, True, True)
    assert (protection.formatRows, protection.formatColumns, protection.autoFilter) == (False, False, False)
    assert protection.selectLockedCells
    assert not protection.selectUnlockedCells


def test_a_password_must_be_the_right_one_also_after_saving(book: xw.Book, tmp_path: Path) -> None:
    book.sheets["Khóa"].api.Protect(Password="bí mật")
    book.save(tmp_path / "lưu.xlsx")
    form = open_book(tmp_path / "lưu.xlsx").sheets["Khóa"]
    for wrong in (None, "sai"):
        with pytest.raises(ComError, match="password") as refusal:
            form.api.Unprotect(wrong)
        assert refusal.value.hresult == refusal.value.args[0]
    form.api.Unprotect(Password="bí mật")
    form["A1"].value = "mới"


def test_the_newer_password_hash_of_excel_is_understood(path: Path) -> None:
    salt, spins = bytes(range(16)), 1000
    digest = hashlib.sha512(salt + "bí mật".encode("utf-16-le")).digest()
    for turn in range(spins):
        digest = hashlib.sha512(digest + struct.pack("<I", turn)).digest()
    wb = openpyxl.load_workbook(path)
    protection = wb["Khóa"].protection
    protection.algorithmName, protection.spinCount = "SHA-512", spins
    protection.saltValue, protection.hashValue = (base64.b64encode(part).decode() for part in (salt, digest))
    wb.save(path)
    form = open_book(path).sheets["Khóa"]
    with pytest.raises(ComError, match="password"):
        form.api.Unprotect("sai")
    form.api.Unprotect("bí mật")
    assert not form.api.ProtectContents


def test_user_interface_only_lets_the_handler_write(book: xw.Book, tmp_path: Path) -> None:
    form = book.sheets["Khóa"]
    form.api.Protect(UserInterfaceOnly=True)
    form["A1"].value = "mới"
    form["A1"].api.AddComment("x")
    book.save(tmp_path / "lưu.xlsx")
    with pytest.raises(ComError):
        open_book(tmp_path / "lưu.xlsx").sheets["Khóa"]["A1"].value = "no file keeps that"


def test_a_protected_structure_refuses_new_hidden_renamed_and_deleted_sheets(path: Path) -> None:
    wb = openpyxl.load_workbook(path)
    wb.security = WorkbookProtection(lockStructure=True)
    wb.save(path)
    book = open_book(path)
    assert book.api.ProtectStructure
    with pytest.raises(ComError):
        book.sheets.add("Mới")
    with pytest.raises(ComError):
        book.sheets["Bảng"].visible = False
    with pytest.raises(ComError):
        book.sheets["Bảng"].name = "Khác"
    with pytest.raises(ComError):
        book.sheets["Bảng"].delete()


# Notes and links


def test_notes_are_listed_changed_added_and_deleted(book: xw.Book, tmp_path: Path) -> None:
    table = book.sheets["Bảng"]
    assert table["A1"].note is None
    table["A2"].note.text = "Xã, thị trấn"
    comment = table["B3"].api.AddComment("Lệch 2")
    comment.Visible = False
    comment.Shape.TextFrame.AutoSize = True
    assert [(c.Parent.Address, c.Parent.Row, c.Parent.Column, c.Text()) for c in table.api.Comments] == [
        ("$A$2", 2, 1, "Xã, thị trấn"),
        ("$B$3", 3, 2, "Lệch 2"),
    ]
    with pytest.raises(ComError, match="already"):
        table["B3"].api.AddComment("x")
    table["A2"].note.delete()
    assert table.api.Comments.Count == 1
    assert saved(book, tmp_path)["Bảng"]["B3"].comment.text == "Lệch 2"
    table["A1:C9"].api.ClearComments()
    assert table["B3"].api.Comment is None


def test_notes_also_come_through_xlwings_own_members(book: xw.Book) -> None:
    table = book.sheets["Bảng"]
    note = table["D4"].add_note("Mới")
    note.api.Shape.Width, note.api.Shape.Height = 330, 52
    assert (note.api.Shape.Width, note.api.Shape.Height) == (330, 52)
    assert [(note.location.address, note.text) for note in table.notes] == [("$A$2", "Xã"), ("$D$4", "Mới")]
    with pytest.raises(ValueError, match="already"):
        table["D4"].add_note("x")


def test_comments_are_deleted_while_they_are_listed(book: xw.Book) -> None:
    table = book.sheets["Bảng"]
    table["B3"].api.AddComment("x")
    for comment in table.api.Comments:
        comment.Delete()
    assert table.api.Comments.Count == 0
    with pytest.raises(ComError, match="deleted"):
        comment.Text()


def test_hyperlinks_lead_out_or_to_a_place_in_the_book(book: xw.Book, tmp_path: Path) -> None:
    table = book.sheets["Bảng"]
    table["H1"].add_hyperlink("https://example.org", "Mẫu")
    table["H2"].add_hyperlink("#'Khóa'!B1", "Đến ô")
    assert table["H1"].hyperlink == "https://example.org"
    assert table["H1:H2"].value == ["Mẫu", "Đến ô"]
    with pytest.raises(Exception, match="hyperlink"):
        _ = table["A1"].hyperlink
    links = saved(book, tmp_path)["Bảng"]
    assert links["H1"].hyperlink.target == "https://example.org"
    assert links["H2"].hyperlink.location == "'Khóa'!B1"


# Formats


def test_formats_reach_the_file(book: xw.Book, tmp_path: Path) -> None:
    cells = book.sheets["Bảng"]["A6:B6"]
    cells.color = (255, 199, 206)
    cells.number_format = "#,##0.0"
    cells.font.bold, cells.font.color, cells.font.size = True, "#9c0006", 13
    cells.wrap_text = True
    cells.api.VerticalAlignment = -4108
    cells.api.Borders.LineStyle = 1
    cells.column_width, cells.row_height = 30, 40
    assert (cells.color, cells.number_format, cells.wrap_text) == ((255, 199, 206), "#,##0.0", True)
    assert (cells.column_width, cells.row_height, cells.font.color) == (30, 40, (0x9C, 0, 6))
    assert (cells.api.WrapText, cells.api.VerticalAlignment, cells.api.HorizontalAlignment) == (True, -4108, 1)
    assert cells.api.Interior.Color == 255 + (199 << 8) + (206 << 16)
    sheet = saved(book, tmp_path)["Bảng"]
    cell = sheet["B6"]
    assert (cell.fill.fgColor.rgb, cell.font.b, cell.font.sz, cell.alignment.vertical) == (
        "00FFC7CE",
        True,
        13,
        "center",
    )
    assert cell.border.top.style == "thin"
    assert sheet.row_dimensions[6].height == 40
    cells.color = None
    assert cells.color is None
    assert cells.api.Interior.ColorIndex == NONE


def test_what_differs_between_cells_is_none(book: xw.Book) -> None:
    table = book.sheets["Bảng"]
    table["A1"].font.bold = True
    table["A1"].column_width = 30
    assert table["A1:A2"].font.bold is None
    assert table["A1:B1"].column_width is None
    with pytest.raises(NotImplementedError, match="colours differ"):
        _ = table["B1:B2"].color


def test_a_cell_that_the_file_lacks_has_its_columns_format_and_lock(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "cột.xlsx") as workbook:
        sheet = workbook.add_worksheet("PL")
        sheet.set_column("B:D", 20, workbook.add_format({"locked": False, "num_format": "@"}))
        sheet.protect("")
    cell = (book := open_book(tmp_path / "cột.xlsx")).sheets["PL"]["C9"]
    assert (cell.number_format, cell.api.Locked) == ("@", False)
    cell.value = "007"
    assert saved(book, tmp_path)["PL"]["C9"].value == "007"
    with pytest.raises(ComError):
        book.sheets["PL"]["C9:E9"].value = 1


def test_one_column_of_a_group_is_widened_alone(path: Path, tmp_path: Path) -> None:
    wb = openpyxl.load_workbook(path)
    wb["Bảng"].column_dimensions.group("B", "D", outline_level=0)
    wb["Bảng"].column_dimensions["B"].width = 10
    wb.save(path)
    book = open_book(path)
    book.sheets["Bảng"]["C:C"].column_width = 40
    saved(book, tmp_path)
    widths = [open_book(tmp_path / "lưu.xlsx").sheets["Bảng"][0, column].column_width for column in (1, 2, 3)]
    assert widths == pytest.approx([9.29, 40, 9.29], abs=0.01)


def test_clearing_contents_keeps_formats_and_clearing_does_not(book: xw.Book) -> None:
    cell = book.sheets["Bảng"]["B2"]
    cell.clear_contents()
    assert (cell.value, cell.color) == (None, (255, 242, 204))
    cell.clear()
    assert cell.color is None


def test_a_part_of_merged_cells_cannot_be_cleared_and_loses_what_is_written(path: Path) -> None:
    wb = openpyxl.load_workbook(path)
    wb["Bảng"].merge_cells("A6:B7")
    wb.save(path)
    table = open_book(path).sheets["Bảng"]
    assert table["B7"].merge_area.address == "$A$6:$B$7"
    assert table["C7"].merge_area.address == "$C$7"
    with pytest.raises(ComError, match="merged"):
        table["A6"].clear_contents()
    table["A6:B7"].value = [[1, 2], [3, 4]]
    assert table["A6:B7"].value == [[1.0, None], [None, None]]


# Ranges, sheets, books and the app


def test_ranges_are_found_by_address_name_and_number(book: xw.Book) -> None:
    table = book.sheets["Bảng"]
    assert table.range((2, 1), (3, 2)).address == table["A2:B3"].address == table[1:3, 0:2].address == "$A$2:$B$3"
    assert table["TongSo"].address == "$E$1"
    assert (table["A:B"].address, table["2:3"].address) == ("$A:$B", "$2:$3")
    assert table["B2"].offset(1, 1).resize(2, 3).shape == (2, 3)
    assert table["B2"].get_address(False, False, external=True) == "[thử.xlsx]Bảng!B2"
    assert [column.address for column in table["A1:B2"].columns] == ["$A$1:$A$2", "$B$1:$B$2"]
    with pytest.raises(ComError):
        table.range("KhongCo")


def test_sheets_are_added_activated_renamed_and_deleted(book: xw.Book, tmp_path: Path) -> None:
    added = book.sheets.add("Lỗi", after=book.sheets["Bảng"])
    assert book.sheets.active == added
    assert book.sheet_names == ["Bảng", "Lỗi", "Khóa", "Chìa"]
    assert (added.index, book.sheets[1].name, len(book.sheets)) == (2, "Lỗi", 4)
    added.name = "Báo cáo"
    with pytest.raises(ComError):
        added.name = "BẢNG"
    book.sheets["Khóa"].delete()
    wb = saved(book, tmp_path)
    assert wb.sheetnames == ["Bảng", "Báo cáo", "Chìa"]
    assert [ws.sheet_view.tabSelected for ws in wb] == [False, True, False]
    with pytest.raises(ComError):
        book.sheets["Khóa"]


def test_a_very_hidden_sheet_looks_visible_to_xlwings(book: xw.Book, tmp_path: Path) -> None:
    sheet = book.sheets["Chìa"]
    assert sheet.visible
    assert sheet.api.Visible == VERY_HIDDEN
    with pytest.raises(ComError, match="Activate"):
        sheet.activate()
    book.sheets["Bảng"].visible = False
    assert book.sheets.active.name == "Khóa"
    with pytest.raises(ComError, match="visible"):
        book.sheets["Khóa"].api.Visible = VERY_HIDDEN
    sheet.visible = True
    assert sheet.api.Visible == -1
    assert saved(book, tmp_path)["Bảng"].sheet_state == "hidden"


def test_cells_are_selected_on_the_active_sheet_only(book: xw.Book) -> None:
    with pytest.raises(ComError, match="Select"):
        book.sheets["Khóa"]["B1"].select()
    book.sheets["Khóa"].activate()
    book.sheets["Khóa"]["B1:C2"].select()
    assert book.app.selection == book.selection == book.sheets["Khóa"]["B1:C2"]
    book.sheets["Bảng"].activate()
    assert book.app.selection.address == "$A$1"


def test_the_apps_settings_are_restored(book: xw.Book) -> None:
    app = book.app
    assert app.status_bar is False
    with app.properties(screen_updating=False, calculation="manual", status_bar="Đang kiểm tra…"):
        assert (app.screen_updating, app.calculation, app.status_bar) == (False, "manual", "Đang kiểm tra…")
    assert (app.screen_updating, app.calculation, app.status_bar) == (True, "automatic", False)


def test_alerts_are_recorded_and_answered(book: xw.Book) -> None:
    book.app.impl.answers.append("no")
    assert book.app.alert("Ghi đè?", "cchc", buttons="yes_no") == "no"
    assert book.app.alert("Xong", mode="info") == "ok"
    assert [(alert.prompt, alert.title, alert.answer) for alert in book.app.impl.alerts] == [
        ("Ghi đè?", "cchc", "no"),
        ("Xong", None, "ok"),
    ]


def test_the_pcs_signs_can_be_asked_for_and_set(book: xw.Book) -> None:
    book.app.impl.international = {3: ".", 4: ",", 5: ","}
    signs = book.app.api.International
    assert (signs(3), signs(4), signs(5)) == signs[2:5] == (".", ",", ",")


def test_a_second_book_opens_in_the_same_app(book: xw.Book, tmp_path: Path) -> None:
    book.save(tmp_path / "hai.xlsx")
    third = book.app.books.open(tmp_path / "thử.xlsx")
    assert [open_one.name for open_one in book.app.books] == ["hai.xlsx", "thử.xlsx"]
    assert book.app.books.active == third
    book.activate()
    assert book.app.books.active == book
    assert xw.Book(str(tmp_path / "thử.xlsx")) == third
    third.close()
    assert len(book.app.books) == 1


def test_a_book_knows_whether_it_was_saved(book: xw.Book, tmp_path: Path) -> None:
    assert book.api.Saved
    book.sheets["Bảng"]["H1"].value = 1
    assert not book.api.Saved
    book.save(tmp_path / "lưu.xlsx")
    assert book.api.Saved
    assert book.fullname == str((tmp_path / "lưu.xlsx").resolve())
    copy = book.app.books.open(tmp_path / "thử.xlsx", read_only=True)
    assert copy.api.ReadOnly
    with pytest.raises(ComError, match="read-only"):
        copy.save()


def test_the_caller_of_a_button_is_the_book(book: xw.Book) -> None:
    book.set_mock_caller()
    try:
        assert xw.Book.caller() == book
    finally:
        del xw.Book._mock_caller


# The engine itself


def test_calls_are_counted_from_zero_for_every_book(path: Path) -> None:
    sheet = open_book(path).sheets["Bảng"]
    for cell in sheet["A1:C2"]:
        _ = cell.value
    assert calls["Range.raw_value"] == 6
    open_book(path)
    assert not calls


def test_a_busy_excel_rejects_every_call_but_the_message_box(book: xw.Book) -> None:
    app, cell = book.app, book.sheets["Bảng"]["A1"]
    app.impl.busy = True
    for call in (
        lambda: cell.value,
        lambda: setattr(cell, "value", 1),
        lambda: book.sheets["Bảng"],
        lambda: book.save(),
        lambda: app.api.Ready,
        lambda: setattr(app, "status_bar", "x"),
    ):
        with pytest.raises(ComError) as refusal:
            call()
        assert refusal.value.hresult == -2147418111
    app.alert("Excel đang bận")
    app.impl.busy = False
    assert cell.value == "Tên"


def test_what_the_engine_lacks_raises_with_its_name(book: xw.Book) -> None:
    table = book.sheets["Bảng"]
    for name, call in {
        "Range.current_region": lambda: table["A1"].current_region,
        "Range.insert": lambda: table["A1"].insert("down"),
        "Sheet.charts": lambda: table.charts,
        "Book.names": lambda: book.names,
        "App.hwnd": lambda: book.app.hwnd,
        "Font.underline": lambda: setattr(table["A1"].font.impl, "underline", True),
    }.items():
        with pytest.raises(NotImplementedError, match=name):
            call()
    for name, call in {
        "Sheet.api.AutoFilterMode": lambda: table.api.AutoFilterMode,
        "Range.api.Orientation": lambda: setattr(table["A1"].api, "Orientation", 90),
        "Book.api.Worksheets": lambda: book.api.Worksheets,
    }.items():
        with pytest.raises(AttributeError, match=name):
            call()
    with pytest.raises(NotImplementedError, match="sheet_names"):
        _ = "Bảng" in book.sheets
