"""A press of each button: answers of the user in, workbooks and one Vietnamese sentence out; nothing is raised."""

from __future__ import annotations

import shutil
import zipfile
from collections import deque
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from excel_engine import open_book
from openpyxl.cell.cell import MergedCell
from submissions import make

from cchc_xl.addin.build import build_macro_workbook
from cchc_xl.catalogue.load import load_form
from cchc_xl.hosts.excel.buttons import BUTTONS, press
from cchc_xl.hosts.excel.nop import file_name
from cchc_xl.layout import REPORT_SHEET
from cchc_xl.periods import format_date
from cchc_xl.readers.read_submission import read_file
from cchc_xl.report_layout import TEXT_TOP
from cchc_xl.stamp import Stamp

FORM = "cam-giang-2024"
CLEAN = {35: "12", 36: "12"}
ERROR = {35: "10", 36: "12"}


class Answers:
    """Dialogs that give prepared answers; what was said is kept. ``...`` stands for the default that is offered."""

    def __init__(self, *answers: object) -> None:
        self.answers = deque(answers)
        self.said: list[str] = []
        self.asked: list[str] = []

    def say(self, text: str) -> None:
        self.said.append(text)

    def _next(self, question: str, default: object = None) -> object:
        self.asked.append(question)
        answer = self.answers.popleft()
        return default if answer is ... else answer

    def agree(self, question: str) -> bool:
        return bool(self._next(question, True))

    def text(self, question: str, default: str = "") -> str | None:
        return self._next(question, default)

    def folder(self, title: str, start: str = "") -> Path | None:
        return self._next(title, Path(start))

    def file(self, title: str, start: str = "") -> Path | None:
        return self._next(title, Path(start))

    def save_as(self, title: str, start: str) -> Path | None:
        return self._next(title, Path(start))


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings and log lie in a folder of the test's own."""
    home = tmp_path_factory.mktemp("own")
    monkeypatch.setenv("LOCALAPPDATA", str(home))
    return home


def one_sentence(dialogs: Answers) -> str:
    """The only thing that was said; no traceback in it."""
    assert len(dialogs.said) == 1
    assert "Traceback" not in dialogs.said[0]
    return dialogs.said[0]


def test_kiem_tra_shows_the_report_with_the_final_message_on_top(tmp_path: Path) -> None:
    """One press: report sheet in front, the counts above its frozen head, no box to click away, Excel's own status."""
    book = open_book(make(tmp_path, "1", "xã A", {"PL1": ERROR}, form=FORM))
    dialogs = Answers()
    press("kiem-tra", book.app, dialogs)
    assert book.sheets.active.name == REPORT_SHEET
    said = book.sheets.active.range((TEXT_TOP + 1, 1), (TEXT_TOP + 2, 1)).value
    assert "1 lỗi" in said[0]
    assert said[1] == "Chưa hoàn thành: còn phải sửa 1 lỗi."
    assert book.app.status_bar is False
    assert dialogs.said == []


def test_a_foreign_workbook_gives_one_sentence(tmp_path: Path) -> None:
    """Kiểm tra on somebody's own workbook."""
    openpyxl.Workbook().save(tmp_path / "rieng.xlsx")
    book = open_book(tmp_path / "rieng.xlsx")
    press("kiem-tra", book.app, dialogs := Answers())
    assert one_sentence(dialogs).startswith("rieng.xlsx: không phải sổ CCHC")


@pytest.mark.parametrize("button", sorted(set(BUTTONS) - {"tong-hop", "cong-ky", "tao-so", "huong-dan"}))
def test_without_a_workbook_the_buttons_say_what_to_open(tmp_path: Path, button: str) -> None:
    """No workbook is open, or it is in Protected View."""
    openpyxl.Workbook().save(tmp_path / "x.xlsx")
    book = open_book(tmp_path / "x.xlsx")
    app = book.app
    book.close()
    press(button, app, dialogs := Answers())
    assert one_sentence(dialogs).startswith("Chưa mở sổ nào")


@pytest.mark.parametrize("button", ["kiem-tra", "nop", "xoa-danh-dau"])
def test_a_busy_excel_is_named(tmp_path: Path, button: str) -> None:
    """A cell is being typed into: Excel rejects every call."""
    book = open_book(make(tmp_path, "1", "xã A", {"PL1": CLEAN}, form=FORM))
    app = book.app
    app.impl.busy = True
    press(button, app, dialogs := Answers())
    assert one_sentence(dialogs).startswith("Excel đang bận")


def test_the_unexpected_goes_to_a_log_without_figures(
    tmp_path: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of ours: the message names the log, the log says where, and holds no text of the fault."""

    def broken(*_: object) -> None:
        raise ValueError("số 12345 của ai đó")

    monkeypatch.setattr("cchc_xl.hosts.excel.kiem_tra.annotate", broken)
    book = open_book(make(tmp_path, "1", "xã A", {"PL1": CLEAN}, form=FORM))
    press("kiem-tra", book.app, dialogs := Answers())
    log = own_home / "CCHC" / "nhat-ky.txt"
    assert str(log) in one_sentence(dialogs)
    text = log.read_text(encoding="utf-8")
    assert "kiem-tra: ValueError" in text
    assert "test_buttons.py" in text
    assert "12345" not in text


def test_nop_numbers_and_saves_a_copy(tmp_path: Path) -> None:
    """A complete workbook: the copy bears the number, the day and the standard name; sending again counts on."""
    book = open_book(make(tmp_path, "06373", "UBND xã Tân Hải", {"PL1": CLEAN}, form=FORM, period="2024-Q1"))
    today = {format_date(date.today())}
    press("nop", book.app, dialogs := Answers())
    copy = tmp_path / "CCHC_cam-giang-2024_06373_2024-Q1_lan-1.xlsx"
    assert copy.name in one_sentence(dialogs)
    assert read_file(copy).stamp.submission == 1
    assert read_file(copy).stamp.submitted in today | {format_date(date.today())}
    assert read_file(copy).stamp.completed
    press("nop", book.app, Answers())
    assert read_file(tmp_path / copy.name.replace("lan-1", "lan-2")).stamp.submission == 2


@pytest.fixture
def with_macros(tmp_path: Path) -> Path:
    """The .xlsm form with buttons, filled in."""
    path = tmp_path / "so.xlsm"
    build_macro_workbook(load_form(FORM), path, Stamp(FORM, 1, "UBND xã A", "1", "2024-Q1"))
    filled = make(tmp_path, "1", "UBND xã A", {"PL1": CLEAN}, form=FORM, period="2024-Q1", file="mau.xlsx")
    wanted = openpyxl.load_workbook(filled)
    book = openpyxl.load_workbook(path, keep_vba=True)
    for sheet in book.worksheets:
        for row in wanted[sheet.title].iter_rows():
            for cell in row:
                if cell.value is not None and not isinstance(cell, MergedCell):
                    sheet[cell.coordinate].value = cell.value
    book.save(path)
    filled.unlink()
    return path


def kind(path: Path) -> tuple[str, bool]:
    """What a file says it is, and whether it has macros."""
    with zipfile.ZipFile(path) as archive:
        types = archive.read("[Content_Types].xml").decode()
        macros = any("vba" in name.lower() for name in archive.namelist()) or "vbaProject" in types
        macros = macros or "vbaProject" in archive.read("xl/_rels/workbook.xml.rels").decode()
    return "xlsm" if "macroEnabled.main" in types else "xlsx", macros


def test_nop_of_a_workbook_with_buttons_sends_none_of_its_macros(with_macros: Path) -> None:
    """Mail filters refuse .xlsm: the copy is an .xlsx, inside too, with the same figures."""
    book = open_book(with_macros)
    press("nop", book.app, dialogs := Answers())
    copy = with_macros.with_name("CCHC_cam-giang-2024_1_2024-Q1_lan-1.xlsx")
    assert copy.name in one_sentence(dialogs)
    assert kind(copy) == ("xlsx", False)
    assert read_file(copy).stamp.submission == 1
    assert read_file(copy).stamp.completed
    assert openpyxl.load_workbook(copy).sheetnames == [sheet.name for sheet in book.sheets]
    assert sorted(path.name for path in with_macros.parent.iterdir()) == sorted([copy.name, with_macros.name])


def test_nhap_into_a_workbook_with_buttons_gives_one_that_excel_opens(with_macros: Path, tmp_path: Path) -> None:
    """The copy is called .xlsx: Excel refuses one that says inside that it has macros."""
    tables = tmp_path / "bang"
    tables.mkdir()
    (tables / "PL1.tsv").write_text("order\tvalue\n35\t14\n36\t14\n", encoding="utf-8")
    before = with_macros.read_bytes()
    press("nhap", open_book(with_macros).app, dialogs := Answers(True, tables, ...))
    assert one_sentence(dialogs).startswith("Đã nhập 2 ô")
    assert kind(tmp_path / "so (đã nhập).xlsx") == ("xlsx", False)
    assert with_macros.read_bytes() == before
    assert kind(with_macros) == ("xlsm", True)


@pytest.mark.parametrize("ending", [".xls", ".xlsb", ".ods"])
def test_nop_of_another_kind_of_workbook_says_how_to_save_it(tmp_path: Path, ending: str) -> None:
    """Excel's copy would be of that kind too, and nobody above could read it."""
    book = open_book(make(tmp_path, "1", "xã A", {"PL1": CLEAN}, form=FORM, period="2024-Q1"))
    book.impl._path = book.impl._path.with_suffix(ending)
    press("nop", book.app, dialogs := Answers())
    assert "Lưu thành" in one_sentence(dialogs)
    assert not list(tmp_path.glob("CCHC_*"))


@pytest.mark.parametrize(("button", "said"), [("kiem-tra", "Đã kiểm tra. Sổ"), ("nop", "Chưa nộp được: sổ")])
def test_a_format_that_nobody_takes_is_told(tmp_path: Path, button: str, said: str) -> None:
    """Saved as .xltx, .xls or .xlsb the workbook would be left out by Tổng hợp."""
    path = make(tmp_path, "1", "xã A", {"PL1": CLEAN}, form=FORM)
    book = open_book(path.rename(path.with_suffix(".xltx")))
    press(button, book.app, dialogs := Answers())
    assert one_sentence(dialogs).startswith(f"{said} đang ở dạng .xltx")
    assert [file.suffix for file in tmp_path.iterdir()] == [".xltx"]


def test_nop_refuses_what_is_not_complete(tmp_path: Path) -> None:
    """With an error nothing is saved, and the sentence says what is left to do."""
    path = make(tmp_path, "1", "xã A", {"PL1": ERROR}, form=FORM)
    book = open_book(path)
    press("nop", book.app, dialogs := Answers())
    assert "còn phải sửa 1 lỗi" in one_sentence(dialogs)
    assert list(tmp_path.iterdir()) == [path]


def test_a_copy_that_cannot_be_saved_leaves_the_number_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Disk full in the middle of Nộp: the next press counts from the same number."""
    book = open_book(make(tmp_path, "1", "xã A", {"PL1": CLEAN}, form=FORM, period="2024-Q1"))
    from excel_engine.com import BookApi

    def full(self: object, path: str) -> None:
        raise OSError(28, "disk full")

    with monkeypatch.context() as patch:
        patch.setattr(BookApi, "SaveCopyAs", full)
        press("nop", book.app, dialogs := Answers())
    assert "Ổ đĩa đã đầy" in one_sentence(dialogs)
    press("nop", book.app, Answers())
    assert [path.name for path in tmp_path.glob("CCHC_*")] == ["CCHC_cam-giang-2024_1_2024-Q1_lan-1.xlsx"]


def test_submission_names_are_ascii() -> None:
    """A unit without a code is named without accents; nothing that a path cannot hold."""
    name = file_name(Stamp("cam-giang-2024", 1, unit="UBND xã Đồng Ý / số 2", period="2024-Q1"), 3, ".xlsx")
    assert name == "CCHC_cam-giang-2024_UBND-xa-Dong-Y-so-2_2024-Q1_lan-3.xlsx"
    long = file_name(Stamp("cam-giang-2024", 1, unit="Ủy ban nhân dân " * 20, period="2024-Q1"), 3, ".xlsx")
    assert len(long) < 110


@pytest.fixture
def received(tmp_path: Path) -> Path:
    """A folder with three submissions, one of them with an error."""
    folder = tmp_path / "Nhận về"
    folder.mkdir()
    for code, figures in (("1", CLEAN), ("2", {35: "20", 36: "18"}), ("3", ERROR)):
        make(folder, code, f"xã {code}", {"PL1": figures}, form=FORM, period="2024-Q1")
    return folder


@pytest.fixture
def app(tmp_path: Path):
    """A running Excel with some workbook open."""
    openpyxl.Workbook().save(tmp_path / "nao do.xlsx")
    return open_book(tmp_path / "nao do.xlsx").app


def test_cong_ky_joins_the_periods_and_opens_the_result(tmp_path: Path, app) -> None:
    """Two workbooks chosen one by one, the name of the longer period offered; the result opens."""
    files = [
        make(tmp_path, "1", "xã A", {"PL1": CLEAN}, form=FORM, period=f"2024-{part}", file=f"{part}.xlsx")
        for part in ("Q1", "Q2")
    ]
    press("cong-ky", app, dialogs := Answers(*files, False, ...))
    assert one_sentence(dialogs).startswith("Đã lập sổ 6 tháng đầu năm 2024 từ 2 sổ.")
    assert app.books.active.name == "Cong ky 2024-6T.xlsx"
    press("cong-ky", app, again := Answers(files[0], files[0]))
    assert "đã được chọn" in one_sentence(again)
    press("cong-ky", app, gave_up := Answers(files[0], None))
    assert gave_up.said == []


def test_tong_hop_merges_and_opens_the_summary(received: Path, app) -> None:
    """Folder, period, no list, target: the summary opens and the message says who is in and who is not."""
    target = received / "Tổng.xlsx"
    press("tong-hop", app, dialogs := Answers(received, "2024-Q1", "", False, target, False))
    assert target.is_file()
    assert app.books.active.name == "Tổng.xlsx"
    assert one_sentence(dialogs).startswith("Đã tổng hợp: 2/3 đơn vị.")
    assert "3.xlsx (không đưa vào)" in dialogs.said[0]
    assert app.status_bar is False


def test_tong_hop_takes_in_a_workbook_with_a_reason(received: Path, app) -> None:
    """The officer includes the workbook with an error: the reason is recorded in the summary."""
    target = received / "Tổng.xlsx"
    answers = Answers(received, "2024-Q1", "", False, target, True, "số đã xác minh qua điện thoại")
    press("tong-hop", app, answers)
    assert one_sentence(answers).startswith("Đã tổng hợp: 3/3 đơn vị.")
    sheet = openpyxl.load_workbook(target)["Tình hình nộp"]
    assert any("số đã xác minh" in str(cell.value) for row in sheet.iter_rows() for cell in row)


def test_tong_hop_tells_what_moved_since_the_summary_before_not_since_its_own_first_step(received: Path, app) -> None:
    """Merging once, asking for reasons and merging again is one press: changes are those since the press before."""
    target = received / "Tổng.xlsx"
    press("tong-hop", app, Answers(received, "2024-Q1", "", False, target, True, "số đã xác minh"))
    app.books.active.close()
    (received / "1.xlsx").unlink()
    make(received, "1", "xã 1", {"PL1": {35: "13", 36: "12"}}, form=FORM, period="2024-Q1")
    press("tong-hop", app, dialogs := Answers(..., ..., ..., False, target, True, "số đã xác minh"))
    assert "So với bản trước có 2 chỉ tiêu có tổng thay đổi" in one_sentence(dialogs)
    sheet = openpyxl.load_workbook(target)["Thay đổi"]
    assert [sheet.cell(7, column).value for column in (1, 3, 4)] == [1, "xã 1", "nộp lại"]
    assert sheet.cell(8, 1).value in (None, "")


def test_tong_hop_finds_the_list_and_remembers(received: Path, app, own_home: Path) -> None:
    """A list of units beside the folder is used unasked; folder and period are offered the next time."""
    (received.parent / "danh-sach-don-vi.tsv").write_text(
        "code\tname\tparent\n" + "".join(f"{n}\txã {n}\thuyện H\n" for n in "1234"), encoding="utf-8"
    )
    target = received / "Tổng.xlsx"
    press("tong-hop", app, dialogs := Answers(received, "2024-Q1", "", target, False))
    assert "2/4 đơn vị" in one_sentence(dialogs)
    assert "Chưa nộp: xã 4" in dialogs.said[0]
    app.books.active.close()
    target.unlink()
    press("tong-hop", app, again := Answers(..., ..., ..., target, False))
    assert "2/4 đơn vị" in one_sentence(again)


def test_tong_hop_asks_for_the_deadline_until_it_is_a_date(received: Path, app) -> None:
    """A deadline that is no date is asked for again; it is offered the next time the same period is merged."""
    target = received / "Tổng.xlsx"
    press("tong-hop", app, dialogs := Answers(received, "2024-Q1", "mai", "20-3-2024", False, target, False))
    assert "Ngày “mai” không hợp lệ" in dialogs.asked[3]
    sheet = openpyxl.load_workbook(target)["Tình hình nộp"]
    assert any("hạn nộp 20/03/2024" in str(cell.value) for cell in sheet["A"])
    app.books.active.close()
    press("tong-hop", app, Answers(..., ..., ..., False, target, False))
    sheet = openpyxl.load_workbook(target)["Tình hình nộp"]
    assert any("hạn nộp 20/03/2024" in str(cell.value) for cell in sheet["A"])


def test_tong_hop_asks_for_the_form_of_mixed_submissions(received: Path, app) -> None:
    """Submissions of two forms: the summary's form is asked for by number, never guessed."""
    make(received, "9", "xã 9", {"PL6": {56: "10"}}, form="vinh-thanh-2023", period="2024-Q1")
    target = received / "Tổng.xlsx"
    press("tong-hop", app, dialogs := Answers(received, "2024-Q1", "", False, target, "9", "x", "1", False))
    assert "Chọn biểu" in "".join(dialogs.asked)
    assert one_sentence(dialogs).startswith("Đã tổng hợp")
    assert read_file(target).form.id == "cam-giang-2024"


@pytest.mark.parametrize("answers", [(None,), (..., None), (..., "2024-Q1", None), (..., "2024-Q1", "", False, None)])
def test_giving_up_leaves_nothing(received: Path, app, answers: tuple[object, ...]) -> None:
    """Hủy in any box: nothing written, nothing said."""
    before = sorted(received.rglob("*"))
    given = [received if answer is ... and index == 0 else answer for index, answer in enumerate(answers)]
    press("tong-hop", app, dialogs := Answers(*given))
    assert dialogs.said == []
    assert sorted(received.rglob("*")) == before


def test_an_open_target_is_refused_before_the_work(received: Path, app) -> None:
    """The summary of last time is still open in Excel."""
    target = received / "Tổng.xlsx"
    press("tong-hop", app, Answers(received, "2024-Q1", "", False, target, False))
    press("tong-hop", app, dialogs := Answers(received, "2024-Q1", "", False, target))
    assert "đang mở trong Excel" in one_sentence(dialogs)


def test_an_empty_folder_gives_one_sentence(tmp_path: Path, app) -> None:
    """A folder without any workbook."""
    folder = tmp_path / "trong"
    folder.mkdir()
    press("tong-hop", app, dialogs := Answers(folder, "", "", False, tmp_path / "t.xlsx"))
    assert "không có sổ Excel nào" in one_sentence(dialogs)


def test_tao_so_builds_and_opens(tmp_path: Path, app) -> None:
    """Form by number, unit, code, period, target; the new workbook is in front."""
    target = tmp_path / "Sổ mới.xlsx"
    press("tao-so", app, Answers("1", "UBND xã A", "00123", "2024-Q1", target))
    assert app.books.active.name == "Sổ mới.xlsx"
    stamp = read_file(target).stamp
    assert (stamp.form, stamp.unit, stamp.unit_code, stamp.period) == (FORM, "UBND xã A", "00123", "2024-Q1")


def test_a_name_with_letters_that_no_file_takes_is_offered_without_them(tmp_path: Path, app, monkeypatch) -> None:
    """“UBND xã A/B” is a unit's name, and would be a folder in the name of a file."""
    offered: list[str] = []
    monkeypatch.setattr(Answers, "save_as", lambda self, title, start: offered.append(Path(start).name))
    press("tao-so", app, Answers("1", 'UBND xã A/B "mới": 2', "", "Q1?"))
    press("tong-hop", app, Answers(tmp_path, "Quý I/2024", "", False, "2024-Q1"))
    assert offered == ["cam-giang-2024 UBND xã A-B -mới- 2 Q1-.xlsx", "Tong hop Quý I-2024.xlsx"]


def test_tao_so_says_what_is_wrong_with_a_period(tmp_path: Path, app) -> None:
    """A period in words is refused with the notation to use."""
    press("tao-so", app, dialogs := Answers("1", "xã A", "", "quý một", tmp_path / "s.xlsx"))
    assert "2024-Q1" in one_sentence(dialogs)
    assert not (tmp_path / "s.xlsx").exists()


def test_nhap_fills_a_copy(tmp_path: Path) -> None:
    """Figures from a folder of tables go into a copy that opens; the open workbook's file stays as it was."""
    source = make(tmp_path, "1", "xã A", {}, form=FORM)
    before = source.read_bytes()
    tables = tmp_path / "bang"
    tables.mkdir()
    (tables / "PL1.tsv").write_text("order\tvalue\n35\t12\n36\t12\n", encoding="utf-8")
    book = open_book(source)
    press("nhap", book.app, dialogs := Answers(True, tables, ...))
    assert one_sentence(dialogs).startswith("Đã nhập 2 ô")
    assert book.app.books.active.name == "1 (đã nhập).xlsx"
    assert source.read_bytes() == before


def test_huong_dan_helps_without_a_guide_sheet(app) -> None:
    """With no workbook of ours in front the button says the steps."""
    press("huong-dan", app, dialogs := Answers())
    said = one_sentence(dialogs)
    assert "Tổng hợp" in said
    assert "LibreOffice không có nút này" in said


def test_settings_that_are_damaged_do_no_harm(received: Path, app, own_home: Path) -> None:
    """A settings file that is no JSON is as none."""
    (own_home / "CCHC").mkdir()
    (own_home / "CCHC" / "ghi-nho.json").write_text("{hỏng", encoding="utf-8")
    press("tong-hop", app, dialogs := Answers(received, "2024-Q1", "", False, received / "T.xlsx", False))
    assert one_sentence(dialogs).startswith("Đã tổng hợp")
    shutil.rmtree(own_home / "CCHC")
