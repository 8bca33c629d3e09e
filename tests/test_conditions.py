"""What an office PC does to a press: odd workbooks, a busy Excel, folders that vanish, a broken installation."""

from __future__ import annotations

import ast
import gc
import subprocess
import sys
import tomllib
from pathlib import Path

import openpyxl
import pytest
from excel_engine import ComError, calls, open_book
from excel_engine.com import BookApi, SheetApi
from excel_engine.objects import Book, Books, Sheet
from excel_engine.ranges import Range
from openpyxl.styles import Font
from openpyxl.workbook.protection import WorkbookProtection
from submissions import make
from test_buttons import Answers, one_sentence

from cchc_xl.cover import COVER_SHEET
from cchc_xl.hosts.excel import __main__ as start
from cchc_xl.hosts.excel.buttons import BUTTONS, press
from cchc_xl.hosts.excel.kiem_tra import kiem_tra, xoa_danh_dau
from cchc_xl.hosts.excel.open_book import OpenBook
from cchc_xl.hosts.fault_log import LOG, log_fault
from cchc_xl.layout import REPORT_SHEET
from cchc_xl.report_layout import CELL, COLUMNS, EXPLANATION, FIRST_ROW, RULE

FORM = "cam-giang-2024"
CLEAN = {35: "12", 36: "12"}
ERROR = {35: "10", 36: "12"}
ROOT = Path(__file__).parent.parent
SENT = "CCHC_cam-giang-2024_1_2024-Q1_lan-1.xlsx"


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings and log lie in a folder of the test's own."""
    home = tmp_path_factory.mktemp("own")
    monkeypatch.setenv("LOCALAPPDATA", str(home))
    return home


def rules(book) -> list[str]:
    """The rules of the report's lines."""
    lines = book.sheets[REPORT_SHEET].range((FIRST_ROW + 1, 1), (FIRST_ROW + 60, len(COLUMNS))).value
    return [line[COLUMNS.index(RULE)] for line in lines if line[COLUMNS.index(RULE)]]


def changed(path: Path, change) -> Path:
    """The workbook after somebody has changed it otherwise than by figures."""
    workbook = openpyxl.load_workbook(path)
    change(workbook)
    workbook.save(path)
    return path


def state(book) -> tuple[object, ...]:
    """What of Excel a press must leave as it was."""
    app = book.app
    protected = tuple(sheet.api.ProtectContents for sheet in book.sheets if sheet.name != REPORT_SHEET)
    return app.screen_updating, app.calculation, app.status_bar, protected


# Workbooks ------------------------------------------------------------------------------------------------------------


def test_twenty_more_sheets_cost_reads_and_nothing_else(tmp_path: Path) -> None:
    """A workbook to which somebody added twenty sheets: the same findings, and the sheets are not written to."""
    path = make(tmp_path, "1", "xã A", {"PL1": ERROR}, form=FORM)
    plain = open_book(path)
    kiem_tra(plain)
    few = dict(calls)

    def add(workbook: openpyxl.Workbook) -> None:
        for number in range(20):
            sheet = workbook.create_sheet(f"Riêng {number}")
            sheet["B3"] = number

    book = open_book(changed(path, add))
    kiem_tra(book)
    assert calls["Range.raw_value"] == few["Range.raw_value"] + 20
    assert calls["Range.raw_value="] == few["Range.raw_value="]
    assert rules(book) == rules(plain)
    assert [book.sheets[f"Riêng {number}"]["B3"].value for number in range(20)] == list(range(20))


def test_a_sheet_formatted_far_down_is_read_in_pieces_and_nothing_below_is_lost(tmp_path: Path, monkeypatch) -> None:
    """Formats make a million blank cells used: they are not all kept, and a figure far below them still is."""
    path = changed(make(tmp_path, "1", "xã A", {"PL1": ERROR}, form=FORM), lambda _: None)
    plain = OpenBook(open_book(path))
    whole = plain.grid("PL1")
    rows, columns = len(whole), len(whole[0])

    def spread(workbook: openpyxl.Workbook) -> None:
        workbook["PL1"].cell(30_000, 2).font = Font(bold=True)
        workbook["Bìa"].cell(20_000, 3).value = "xa lắm"

    monkeypatch.setattr("cchc_xl.hosts.excel.open_book._AT_ONCE", 100 * columns)
    spread_out = OpenBook(book := open_book(changed(path, spread)))
    assert [list(line) for line in spread_out.grid("PL1")[:rows]] == [list(line) for line in whole]
    assert len(spread_out.grid("PL1")) <= 100 + rows
    assert spread_out.facts("PL1").formulas == plain.facts("PL1").formulas
    assert (len(spread_out.grid("Bìa")), spread_out.grid("Bìa")[19_999][2]) == (20_000, "xa lắm")
    assert "1 lỗi" in kiem_tra(book).text[0]


def test_a_sheet_used_to_its_end_is_named(tmp_path: Path) -> None:
    """Seventeen thousand million cells: a sentence with the way out instead of an Excel that stands still."""

    def spread(workbook: openpyxl.Workbook) -> None:
        workbook["PL1"]["XFD1048576"].value = "x"

    book = open_book(changed(make(tmp_path, "1", "xã A", {"PL1": ERROR}, form=FORM), spread))
    press("kiem-tra", book.app, dialogs := Answers())
    assert "đến tận hàng 1048576, cột XFD" in one_sentence(dialogs)
    assert book.app.screen_updating


def test_hidden_and_filtered_rows_are_checked_and_stay_hidden(tmp_path: Path) -> None:
    """The row with the error is filtered away and a column is hidden: it is found all the same, nothing is shown."""

    def hide(workbook: openpyxl.Workbook) -> None:
        sheet = workbook["PL1"]
        for row in range(20, 60):
            sheet.row_dimensions[row].hidden = True
        sheet.column_dimensions["C"].hidden = True

    book = open_book(changed(make(tmp_path, "1", "xã A", {"PL1": ERROR}, form=FORM), hide))
    before = state(book)
    annotation = kiem_tra(book)
    assert "1 lỗi" in annotation.text[0]
    assert state(book) == before
    sheet = book.impl._wb["PL1"]
    assert all(sheet.row_dimensions[row].hidden for row in range(20, 60))
    assert sheet.column_dimensions["C"].hidden


def test_merged_cells_are_no_obstacle(tmp_path: Path) -> None:
    """Somebody merged labels of the form and cells of the report: read, checked, and merged as before."""

    def merge(workbook: openpyxl.Workbook) -> None:
        workbook["PL1"].merge_cells("B20:D20")
        workbook[REPORT_SHEET].merge_cells("A2:F2")

    book = open_book(changed(make(tmp_path, "1", "xã A", {"PL1": ERROR}, form=FORM), merge))
    annotation = kiem_tra(book)
    assert book.sheets[REPORT_SHEET]["A2"].value == annotation.text[0]
    assert "1 lỗi" in annotation.text[0]
    assert "B20:D20" in {str(area) for area in book.impl._wb["PL1"].merged_cells.ranges}


def test_a_name_with_diacritics_and_edits_that_are_not_saved(tmp_path: Path) -> None:
    """The workbook as it stands in Excel is checked, not the file; any name will do."""
    folder = tmp_path / "Sổ quý I = “mới”"
    folder.mkdir()
    book = open_book(make(folder, "1", "xã A", {"PL1": CLEAN}, form=FORM, file="Báo cáo xã Đắk Ơ (lần 1).xlsx"))
    keys = book.sheets["PL1"].range((1, 1), (300, 1)).value
    book.sheets["PL1"].range((keys.index(35.0) + 1, 5)).value = 10
    assert not book.api.Saved
    press("kiem-tra", book.app, dialogs := Answers())
    assert dialogs.said == []
    assert "1 lỗi" in book.sheets[REPORT_SHEET]["A2"].value


def test_a_book_that_was_never_saved_asks_where_to_send_from(tmp_path: Path) -> None:
    """Sổ1 has no folder: Nộp asks for one, and writes there."""
    book = open_book(make(tmp_path, "1", "xã A", {"PL1": CLEAN}, form=FORM, period="2024-Q1"))
    book.impl._path = Path("Sổ1")
    (tmp_path / "gửi").mkdir()
    press("nop", book.app, dialogs := Answers(tmp_path / "gửi"))
    assert dialogs.asked == ["Chọn thư mục để ghi bản nộp"]
    assert [path.name for path in (tmp_path / "gửi").iterdir()] == [SENT]


def test_a_book_on_onedrive_asks_where_to_send_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Excel gives a URL for its place: xlwings' guess of a folder, by a sheet of the workbook, is not asked for."""

    def guessed(self: Book) -> str:
        raise AssertionError("xlwings would read the workbook's own settings")

    book = open_book(make(tmp_path, "1", "xã A", {"PL1": CLEAN}, form=FORM, period="2024-Q1"))
    monkeypatch.setattr(BookApi, "FullName", property(lambda self: "https://d.docs.live.net/1/CCHC/xa.xlsx"))
    monkeypatch.setattr(Book, "fullname", property(guessed))
    (tmp_path / "gửi").mkdir()
    press("nop", book.app, dialogs := Answers(tmp_path / "gửi"))
    assert SENT in one_sentence(dialogs)
    press("nhap", book.app, dialogs := Answers())
    assert "lưu sổ vào thư mục trên máy" in one_sentence(dialogs)
    press("tong-hop", book.app, dialogs := Answers(tmp_path, "", "", False, tmp_path / "tong.xlsx"))
    assert "Đã tổng hợp" in dialogs.said[-1]


# Workbooks that Excel does not let us write to ------------------------------------------------------------------------


def test_a_read_only_workbook_is_checked_and_says_how_to_keep_it(tmp_path: Path, monkeypatch) -> None:
    """Opened from a mail or by two people: the report stands there, and the message says that it is not saved."""
    book = open_book(make(tmp_path, "1", "xã A", {"PL1": ERROR}, form=FORM))
    monkeypatch.setattr(book.impl, "_read_only", True)
    press("kiem-tra", book.app, dialogs := Answers())
    assert "chỉ đọc" in one_sentence(dialogs)
    assert "Lưu thành" in dialogs.said[0]
    assert "1 lỗi" in book.sheets[REPORT_SHEET]["A2"].value


def test_a_read_only_workbook_asks_where_to_send_from(tmp_path: Path, monkeypatch) -> None:
    """Opened from a mail it lies in a temporary folder that nobody finds again: the copy goes where the user says."""
    book = open_book(make(tmp_path, "1", "xã A", {"PL1": CLEAN}, form=FORM, period="2024-Q1"))
    monkeypatch.setattr(book.impl, "_read_only", True)
    (tmp_path / "gửi").mkdir()
    press("nop", book.app, dialogs := Answers(tmp_path / "gửi"))
    assert (tmp_path / "gửi" / SENT).exists()
    assert "Lưu thành" in one_sentence(dialogs)


@pytest.mark.parametrize("button", ["kiem-tra", "nop", "xoa-danh-dau"])
def test_a_shared_workbook_is_named_before_anything_is_written(tmp_path: Path, monkeypatch, button: str) -> None:
    """Share Workbook of old: one sentence with the way out, nothing written, no wrong word of a password."""
    monkeypatch.setattr(BookApi, "MultiUserEditing", property(lambda self: True), raising=False)
    book = open_book(make(tmp_path, "1", "xã A", {"PL1": ERROR}, form=FORM))
    before = state(book)
    press(button, book.app, dialogs := Answers())
    assert "dùng chung" in one_sentence(dialogs)
    assert state(book) == before
    assert not calls["Range.raw_value="]


def test_a_closed_structure_is_named_before_anything_is_written(tmp_path: Path) -> None:
    """Without the report sheet, and none may be added: the sentence says what to lift; no mark is set before."""

    def close(workbook: openpyxl.Workbook) -> None:
        del workbook[REPORT_SHEET]
        workbook.security = WorkbookProtection(lockStructure=True)

    book = open_book(changed(make(tmp_path, "1", "xã A", {"PL1": ERROR}, form=FORM), close))
    press("kiem-tra", book.app, dialogs := Answers())
    assert "Bảo vệ sổ làm việc" in one_sentence(dialogs)
    assert not calls["Range.raw_value="]
    assert book.app.screen_updating


# A busy Excel ---------------------------------------------------------------------------------------------------------


def test_what_the_user_types_midway_stops_the_press_and_nothing_stays_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cell is being typed into while the report is written: settings are put back when Enter is pressed."""
    book = open_book(make(tmp_path, "1", "xã A", {"PL1": ERROR}, form=FORM))
    before = state(book)
    app = book.app
    write, waited = Sheet.activate, []

    def typing(sheet: Sheet) -> None:
        if sheet.name == REPORT_SHEET and not waited:
            app.impl.busy = True
            raise ComError("Call was rejected by callee.", -2147418111)
        write(sheet)

    def enter(seconds: float) -> None:
        waited.append(seconds)
        app.impl.busy = len(waited) < 3

    monkeypatch.setattr(Sheet, "activate", typing)
    monkeypatch.setattr("cchc_xl.hosts.excel.undisturbed.time.sleep", enter)
    press("kiem-tra", app, dialogs := Answers())
    assert one_sentence(dialogs).startswith("Excel đang bận")
    assert len(waited) == 3
    assert state(book) == before
    assert book.sheets.active.name == COVER_SHEET


def test_the_status_bar_is_given_back_on_every_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After success, after a refusal and after a fault of ours Excel speaks for itself again."""
    book = open_book(make(tmp_path, "1", "xã A", {"PL1": ERROR}, form=FORM))
    shown = []
    setter = type(book.app.impl).status_bar.fset
    monkeypatch.setattr(
        type(book.app.impl),
        "status_bar",
        property(lambda self: shown[-1], lambda self, text: (shown.append(text), setter(self, text))),
    )
    for button in ("kiem-tra", "xoa-danh-dau", "nop"):
        shown.clear()
        press(button, book.app, Answers())
        assert str(shown[0]).startswith("CCHC: đang")
        assert shown[-1] is False

    def broken(*_: object) -> None:
        raise ValueError

    monkeypatch.setattr("cchc_xl.hosts.excel.kiem_tra.annotate", broken)
    shown.clear()
    press("kiem-tra", book.app, Answers())
    assert shown[-1] is False


def test_the_status_bar_is_given_back_after_a_merge_although_the_user_types(tmp_path: Path, monkeypatch) -> None:
    """The last words of the progress do not stay for good: Excel is asked again when Enter has been pressed."""
    make(tmp_path, "1", "xã A", {"PL1": CLEAN}, form=FORM)
    book = open_book(make(tmp_path, "2", "xã B", {"PL1": CLEAN}, form=FORM, file="b.xlsx"))
    app, kind, waited = book.app, type(book.app.impl), []
    getter, setter = kind.status_bar.fget, kind.status_bar.fset

    def typing(self: object, text: object) -> None:
        if text is False and not waited:
            app.impl.busy = True
        setter(self, text)

    def enter(seconds: float) -> None:
        waited.append(seconds)
        app.impl.busy = len(waited) < 2

    monkeypatch.setattr(kind, "status_bar", property(getter, typing))
    monkeypatch.setattr("cchc_xl.hosts.excel.undisturbed.time.sleep", enter)
    press("tong-hop", app, dialogs := Answers(tmp_path, "", "", False, tmp_path / "tong.xlsx"))
    assert waited
    assert "Đã tổng hợp" in dialogs.said[-1]
    assert app.status_bar is False


@pytest.mark.parametrize("breaks", [3, 10**9])
def test_a_summary_made_while_the_user_types_is_opened_afterwards(tmp_path: Path, monkeypatch, breaks: int) -> None:
    """The merge took long and the user types: it is opened when Enter comes; if it never comes, its place is said."""
    make(tmp_path, "1", "xã A", {"PL1": CLEAN}, form=FORM)
    book = open_book(make(tmp_path, "2", "xã B", {"PL1": CLEAN}, form=FORM, file="b.xlsx"))
    opening, waited = Books.open, []

    def busy(self: Books, *args: object, **kwargs: object) -> object:
        if len(waited) < breaks:
            raise ComError("Call was rejected by callee.", -2147418111)
        return opening(self, *args, **kwargs)

    monkeypatch.setattr(Books, "open", busy)
    monkeypatch.setattr("cchc_xl.hosts.excel.undisturbed.time.sleep", waited.append)
    monkeypatch.setattr("cchc_xl.hosts.excel.undisturbed._PATIENCE", 120.0 if breaks < 10 else 0.05)
    target = tmp_path / "tong.xlsx"
    press("tong-hop", book.app, dialogs := Answers(tmp_path, "", "", False, target))
    assert target.exists()
    if breaks < 10:
        assert book.app.books.active.name == target.name
        assert "Đã tổng hợp" in dialogs.said[-1]
    else:
        assert one_sentence(dialogs) == f"Đã ghi {target} nhưng Excel không mở được: hãy mở tệp ấy bằng tay."


REJECTED = -2147418111


def busy_at(monkeypatch: pytest.MonkeyPatch, owner: type, member: str, app, *, when=lambda *_: True) -> list[float]:
    """From a call of ``member`` on Excel is busy, until it has been waited for twice; gives the pauses."""
    call, waited = getattr(owner, member), []

    def typing(self, *arguments: object) -> object:
        if not waited and when(self, *arguments):
            app.impl.busy = True
            raise ComError("Call was rejected by callee.", REJECTED)
        return call(self, *arguments)

    def enter(seconds: float) -> None:
        waited.append(seconds)
        app.impl.busy = len(waited) < 2

    monkeypatch.setattr(owner, member, typing)
    monkeypatch.setattr("cchc_xl.hosts.excel.undisturbed.time.sleep", enter)
    return waited


def test_a_sheet_is_protected_again_when_the_user_types_just_then(tmp_path: Path, monkeypatch) -> None:
    """Protection is put back as patiently as the other settings: else the sheet stays open to any slip."""
    book = open_book(make(tmp_path, "1", "xã A", {"PL1": ERROR}, form=FORM))
    before = state(book)
    waited = busy_at(monkeypatch, SheetApi, "Protect", book.app)
    press("kiem-tra", book.app, Answers())
    assert waited
    assert state(book) == before
    assert "1 lỗi" in book.sheets[REPORT_SHEET]["A2"].value


def test_a_busy_excel_is_not_taken_for_a_password(tmp_path: Path, monkeypatch) -> None:
    """Excel rejects the call that lifts the protection: the sentence is that of a busy Excel."""
    book = open_book(make(tmp_path, "1", "xã A", {"PL1": ERROR}, form=FORM))
    busy_at(monkeypatch, SheetApi, "Unprotect", book.app)
    press("kiem-tra", book.app, dialogs := Answers())
    assert one_sentence(dialogs).startswith("Excel đang bận")


def test_a_users_own_note_is_not_lost_to_a_busy_excel(tmp_path: Path, monkeypatch) -> None:
    """The cell's note is taken off to be written anew with ours: when that is refused, the user's text comes back."""
    book = open_book(make(tmp_path, "1", "xã A", {"PL1": ERROR}, form=FORM))
    kiem_tra(book)
    (note,) = book.sheets["PL1"].notes
    place = note.location.address
    xoa_danh_dau(book)
    sheet = book.sheets["PL1"]
    sheet.api.Unprotect("")
    sheet.range(place).add_note("Số này do chị ở bộ phận một cửa báo")
    sheet.api.Protect("")
    waited = busy_at(monkeypatch, Range, "add_note", book.app)
    press("kiem-tra", book.app, dialogs := Answers())
    assert waited
    assert one_sentence(dialogs).startswith("Excel đang bận")
    assert [(note.location.address, note.text) for note in sheet.notes] == [
        (place, "Số này do chị ở bộ phận một cửa báo")
    ]


def test_a_report_interrupted_midway_goes_back_to_the_one_before(tmp_path: Path, monkeypatch) -> None:
    """Findings are written, their explanations not yet: nobody's explanation ends beside another finding."""
    book = open_book(make(tmp_path, "1", "xã A", {"PL1": {**ERROR, 45: "18", 49: "18"}}, form=FORM))
    kiem_tra(book)
    sheet = book.sheets[REPORT_SHEET]
    explanation = COLUMNS.index(EXPLANATION) + 1
    sheet.range((FIRST_ROW + 2, explanation)).value = "Xã không có cán bộ"
    lines = sheet.range((FIRST_ROW + 1, 1), (FIRST_ROW + 5, len(COLUMNS))).value
    keys = book.sheets["PL1"].range((1, 1), (300, 1)).value
    book.sheets["PL1"].range((keys.index(35.0) + 1, 5)).value = 12  # the first finding goes, the second moves up
    setter = Range.raw_value.fset
    waited: list[float] = []

    def typing(self: Range, value: object) -> None:
        if not waited and self._sheet.name == REPORT_SHEET and self._column == explanation:
            book.app.impl.busy = True
            raise ComError("Call was rejected by callee.", REJECTED)
        setter(self, value)

    def enter(seconds: float) -> None:
        waited.append(seconds)
        book.app.impl.busy = len(waited) < 2

    monkeypatch.setattr(Range, "raw_value", property(Range.raw_value.fget, typing))
    monkeypatch.setattr("cchc_xl.hosts.excel.undisturbed.time.sleep", enter)
    press("kiem-tra", book.app, dialogs := Answers())
    assert one_sentence(dialogs).startswith("Excel đang bận")
    link = COLUMNS.index(CELL)
    now = sheet.range((FIRST_ROW + 1, 1), (FIRST_ROW + 5, len(COLUMNS))).value
    assert [[*line[:link], *line[link + 1 :]] for line in now] == [[*line[:link], *line[link + 1 :]] for line in lines]


def test_a_joined_workbook_made_while_the_user_types_is_opened_afterwards(tmp_path: Path, monkeypatch) -> None:
    """Cộng kỳ waits for the user as Tổng hợp does: the work is done, the sentence is not that it has to be repeated."""
    files = [
        make(tmp_path, "1", "xã A", {"PL1": CLEAN}, form=FORM, period=f"2024-{part}", file=f"{part}.xlsx")
        for part in ("Q1", "Q2")
    ]
    book = open_book(make(tmp_path, "2", "xã B", {"PL1": CLEAN}, form=FORM, file="b.xlsx"))
    waited = busy_at(monkeypatch, Books, "open", book.app)
    press("cong-ky", book.app, dialogs := Answers(*files, False, ...))
    assert waited
    assert one_sentence(dialogs).startswith("Đã lập sổ")
    assert book.app.books.active.name == "Cong ky 2024-6T.xlsx"


def test_the_sentence_comes_also_when_excel_is_gone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Excel was closed midway and its box with it: the sentence comes in a box of Windows' own."""

    class Gone(Answers):
        def say(self, text: str) -> None:
            raise ComError("The RPC server is unavailable.", -2147023174)

    book = open_book(make(tmp_path, "1", "xã A", {"PL1": CLEAN}, form=FORM))
    app = book.app
    app.impl.busy = True
    press("kiem-tra", app, Gone())
    assert capsys.readouterr().err.startswith("Excel đang bận")


# Folders and drives ---------------------------------------------------------------------------------------------------


def test_a_network_folder_that_vanishes_is_named(tmp_path: Path, own_home: Path, monkeypatch) -> None:
    """The path is gone while the summary is written: which one, what to try, where the details are."""

    def gone(*_: object, **__: object) -> None:
        raise FileNotFoundError(2, "The network path was not found", r"\\maychu\cchc\nop")

    monkeypatch.setattr("cchc_xl.hosts.excel.tong_hop.merge", gone)
    folder = tmp_path / "nop"
    folder.mkdir()
    make(folder, "1", "xã A", {"PL1": CLEAN}, form=FORM)
    book = open_book(make(tmp_path, "1", "xã A", {"PL1": CLEAN}, form=FORM))
    press("tong-hop", book.app, dialogs := Answers(folder, "", "", False, tmp_path / "tong.xlsx"))
    said = one_sentence(dialogs)
    assert r"maychu\cchc\nop" in said
    assert "thư mục mạng" in said
    assert str(own_home / "CCHC" / LOG) in said
    assert book.app.status_bar is False
    assert "FileNotFoundError (2)" in (own_home / "CCHC" / LOG).read_text(encoding="utf-8")
    assert "maychu" not in (own_home / "CCHC" / LOG).read_text(encoding="utf-8")


def test_a_folder_chosen_that_is_gone_by_now(tmp_path: Path) -> None:
    """The folder remembered from last time is no more: one sentence, no summary."""
    book = open_book(make(tmp_path, "1", "xã A", {"PL1": CLEAN}, form=FORM))
    press("tong-hop", book.app, dialogs := Answers(tmp_path / "mất", "", "", False, tmp_path / "tong.xlsx"))
    assert str(tmp_path / "mất") in one_sentence(dialogs)
    assert not (tmp_path / "tong.xlsx").exists()


def test_excel_cannot_write_the_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SaveCopyAs is refused: the folder is named, and the next press counts from the same number."""
    book = open_book(make(tmp_path, "1", "xã A", {"PL1": CLEAN}, form=FORM, period="2024-Q1"))

    def refused(self: BookApi, path: str) -> None:
        raise ComError("Microsoft Excel cannot access the file.")

    with monkeypatch.context() as patch:
        patch.setattr(BookApi, "SaveCopyAs", refused)
        press("nop", book.app, dialogs := Answers())
    assert f"không ghi được bản nộp vào {tmp_path}" in one_sentence(dialogs)
    press("nop", book.app, dialogs := Answers())
    assert (tmp_path / SENT).exists()


def test_the_log_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even the user's own folder is there: the message still comes."""
    blocked = tmp_path / "tệp"
    blocked.write_text("", encoding="utf-8")
    monkeypatch.setenv("LOCALAPPDATA", str(blocked))
    assert "không ghi được" in str(log_fault("kiem-tra", ValueError()))


def test_the_log_does_not_grow_for_ever(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Above its size it is put aside once, and begun anew."""
    monkeypatch.setattr("cchc_xl.hosts.fault_log._LARGEST_LOG", 10)
    for _ in range(3):
        path = log_fault("kiem-tra", ValueError())
    assert len(Path(path).read_text(encoding="utf-8").splitlines()) == 1
    assert sorted(entry.name for entry in (own_home / "CCHC").iterdir()) == ["nhat-ky.cu.txt", "nhat-ky.txt"]


# The installation -----------------------------------------------------------------------------------------------------


def test_a_missing_package_is_named_with_the_remedy(tmp_path: Path, own_home: Path, monkeypatch) -> None:
    """A package that the installation lacks is found out by the button that needs it."""
    monkeypatch.setitem(sys.modules, "cchc_xl.hosts.excel.tong_hop", None)
    book = open_book(make(tmp_path, "1", "xã A", {"PL1": CLEAN}, form=FORM))
    press("tong-hop", book.app, dialogs := Answers())
    said = one_sentence(dialogs)
    assert "thiếu gói cchc_xl.hosts.excel.tong_hop" in said
    assert "cai-dat.cmd" in said
    assert str(own_home / "CCHC" / LOG) in said


def test_a_missing_xlwings_is_named_without_excel(own_home: Path, monkeypatch, capsys) -> None:
    """Nothing can be shown in Excel without xlwings: the start says it in a box of its own, and where the log is."""
    monkeypatch.setitem(sys.modules, "xlwings", None)
    assert start.main(["kiem-tra"]) == 2
    said = capsys.readouterr().err
    assert "thiếu gói xlwings" in said
    assert "cai-dat.cmd" in said
    assert str(own_home / "CCHC" / LOG) in said


def test_an_excel_that_cannot_be_reached_is_named(own_home: Path, capsys) -> None:
    """Whatever goes wrong before a handler can say it is said too: nobody sees a traceback, and nobody nothing."""

    def broken(hwnd: int) -> object:
        raise ComError("Access is denied.", -2147024891)

    assert start.main(["kiem-tra"], broken) == 2
    said = capsys.readouterr().err
    assert said.startswith("Bộ công cụ CCHC không nối được với Excel.")
    assert str(own_home / "CCHC" / LOG) in said


def test_an_old_python_is_named(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    """Another Python than the installer's: its version, the one that is wanted, and the remedy."""
    monkeypatch.setattr(start.sys, "version_info", (3, 8, 10))
    assert start.main(["kiem-tra"]) == 2
    said = capsys.readouterr().err
    assert "cần Python 3.11 trở lên" in said
    assert "cai-dat.cmd" in said


def test_an_old_python_can_read_the_start() -> None:
    """What runs before the version is looked at keeps to the grammar of old Pythons and to the standard library."""
    package = ROOT / "cchc_xl"
    before = (package, package / "hosts", package / "hosts" / "excel")
    assert ast.parse((package / "hosts" / "message_box.py").read_text(encoding="utf-8"), feature_version=(3, 7))
    for path in before:
        for node in ast.parse((path / "__init__.py").read_text(encoding="utf-8"), feature_version=(3, 7)).body:
            assert isinstance(node, ast.Expr | ast.Assign), path
    source = (package / "hosts" / "excel" / "__main__.py").read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 7))
    imported = [name.name for node in tree.body if isinstance(node, ast.Import) for name in node.names]
    assert set(imported) <= sys.stdlib_module_names
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    oldest = ".".join(map(str, start.OLDEST_PYTHON))
    assert pyproject["project"]["requires-python"] == f">={oldest}"


def test_a_click_presses_the_button_of_the_excel_that_asked(tmp_path: Path) -> None:
    """The window's handle finds the Excel; the button is pressed there and garbage is collected again afterwards."""
    book = open_book(make(tmp_path, "1", "xã A", {"PL1": ERROR}, form=FORM))
    asked = []
    assert start.main(["kiem-tra", "--hwnd", "4711"], lambda hwnd: asked.append(hwnd) or book.app) == 0
    assert asked == [4711]
    assert gc.isenabled()
    assert book.sheets.active.name == REPORT_SHEET
    with pytest.raises(SystemExit):
        start.main(["xoa-het"], lambda hwnd: book.app)


def test_no_button_loads_what_it_does_not_need() -> None:
    """A click on Kiểm tra starts a process: no readers of files, no network modules, no writers of workbooks."""
    code = (
        "import sys, cchc_xl.hosts.excel.__main__, cchc_xl.hosts.excel.buttons, cchc_xl.hosts.excel.kiem_tra\n"
        "heavy = {'urllib.request', 'ssl', 'xlsxwriter', 'lxml', 'openpyxl', 'pandas', 'python_calamine', 'xlwings',"
        " 'cchc_xl.readers.file_book', 'cchc_xl.merging', 'cchc_xl.form_workbook'}\n"
        "sys.exit(str(heavy & set(sys.modules) or ''))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.stderr.strip() in ("", "''"), done.stderr
    assert len(BUTTONS) == 8
