"""LibreOffice Calc as a host: what is left behind by a click, how the helper is found, what the engine costs."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import calc_host
import openpyxl
import pytest
from calc_host.parity import facts
from judge import to_ods
from submissions import make

from cchc_xl.catalogue.load import form_ids, load_form
from cchc_xl.hosts.built import BLANK, WORKBOOKS
from cchc_xl.hosts.calc.channel import Refusal
from cchc_xl.hosts.calc.dialogs import in_words_of_calc
from cchc_xl.hosts.calc.formulas import from_calc, to_calc
from cchc_xl.hosts.excel.buttons import press
from cchc_xl.hosts.excel.kiem_tra import kiem_tra
from cchc_xl.layout import REPORT_SHEET

FORM = "cam-giang-2024"
NOW = datetime(2024, 3, 1, 9, 30)
ERROR = {35: "10", 36: "12"}
ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "macros" / "calc" / "python"

in_calc = pytest.mark.usefixtures("calc")


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """A filled workbook with an error."""
    return make(tmp_path, "1", "xã A", {"PL1": ERROR}, form=FORM, file="xa.xlsx")


@pytest.fixture
def many_findings(tmp_path: Path) -> Path:
    """A workbook with a finding in every row."""
    rows = load_form(FORM).appendices[0].rows
    figures = {row.order: "-5" for row in rows if row.kind is not None and row.kind.numeric}
    return make(tmp_path, "2", "xã B", {"PL1": figures}, form=FORM)


def state(book, folder: Path, name: str):
    """All that a handler may change."""
    return facts(calc_host.store(book, folder / f"{name}.xlsx"))


# undo -------------------------------------------------------------------------------------------------------------


@in_calc
def test_one_undo_takes_back_a_whole_kiem_tra(many_findings: Path, tmp_path: Path) -> None:
    """Report, marks, notes and stamp of a workbook full of findings go with one undo; protection is as it was."""
    book, ask = calc_host.open_book(many_findings), calc_host.office().channel.ask
    before = state(book, tmp_path, "before")
    for now in (NOW, datetime(2024, 3, 2)):
        ask("test.one_undo", begin=True)
        kiem_tra(book, now)
        ask("test.one_undo", begin=False)
    assert len(ask("test.titles")) == 2
    assert state(book, tmp_path, "checked") != before
    ask("test.undo")
    ask("test.undo")
    after = state(book, tmp_path, "after")
    after["", "active"] = before["", "active"]  # which sheet is in front is no change of the workbook
    assert after == before


@in_calc
def test_notes_stay_where_blocks_are_written(workbook: Path) -> None:
    """LibreOffice takes notes off cells that a block is written to: ours puts the block around them."""
    book = calc_host.open_book(workbook)
    sheet = book.sheets.add("Nháp")
    sheet.range("B2").add_note("của tôi")
    sheet.range("A1:C3").value = [[1, "a", None], ["=1+1", "=2*3", 'x"y'], [None, 2.5, "=LEN(\"a,b\")"]]
    assert sheet.range("A1:C3").value == [[1, "a", None], [2, 6, 'x"y'], [None, 2.5, 3]]
    assert [(note.location.address, note.text) for note in sheet.notes] == [("$B$2", "của tôi")]
    sheet.range("A1:C3").value = [[None] * 3] * 3
    assert sheet.range("A1:C3").value == [[None] * 3] * 3
    assert [note.text for note in sheet.notes] == ["của tôi"]


# the engine -------------------------------------------------------------------------------------------------------


@in_calc
def test_the_number_of_requests_does_not_grow_with_the_findings(workbook: Path, many_findings: Path) -> None:
    """Cells are read and written in blocks; only notes, which each need their own box, are set one by one."""
    channel = calc_host.office().channel
    costs = []
    for path in (workbook, many_findings):
        book = calc_host.open_book(path)
        annotation = kiem_tra(book, NOW)
        costs.append(channel.asked - 3 * len(annotation.marks))
    assert costs[1] <= costs[0] + 4


@in_calc
def test_a_protected_sheet_refuses_aloud(workbook: Path) -> None:
    """LibreOffice drops formats and notes on a protected sheet without a word; the engine says so."""
    sheet = calc_host.open_book(workbook).sheets["PL1"]
    closed = sheet.range("A1")
    for change in (
        lambda: setattr(closed, "value", 1),
        lambda: setattr(closed, "color", (255, 0, 0)),
        lambda: closed.add_note("x"),
        lambda: sheet.clear(),
    ):
        with pytest.raises(Refusal, match="protected"):
            change()


@in_calc
def test_values_come_as_excel_gives_them(workbook: Path) -> None:
    """Dates, truth values, error values, blanks and texts that look like something else."""
    sheet = calc_host.open_book(workbook).sheets.add("Nháp")
    block = [[datetime(2024, 3, 1), True, None], ["'00123", "'=1+1", -0.5], ["=1/0", "=NA()", '="" & ""']]
    sheet.range("A1").value = block
    cells = sheet.range("A1:C3").options(ndim=2, err_to_str=True)
    assert cells.value == [
        [datetime(2024, 3, 1), True, None],
        ["00123", "=1+1", -0.5],
        ["#DIV/0!", "#N/A", None],
    ]
    assert sheet.range("A3:B3").formula == (("=1/0", "=NA()"),)


@in_calc
def test_a_number_beyond_all_dates_stays_a_number(workbook: Path) -> None:
    """A figure in a cell that is formatted as a date may be later than the year 9999."""
    cell = calc_host.open_book(workbook).sheets.add("Nháp").range("A1")
    cell.number_format = "DD/MM/YYYY"
    for number in (99_999_999.0, 1e300, -1e9):
        cell.value = number
        assert cell.value == number


@in_calc
def test_a_failure_midway_leaves_screen_calculation_and_protection(
    workbook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was held for the press is given back."""
    book = calc_host.open_book(workbook)
    book.app.calculation = "manual"
    monkeypatch.setattr("cchc_xl.hosts.excel.kiem_tra.write_stamp", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        kiem_tra(book, NOW)
    assert (book.app.screen_updating, book.app.calculation, book.app.status_bar) == (True, "manual", False)
    assert all(sheet.api.ProtectContents for sheet in book.sheets)
    assert book.sheets.active.name != REPORT_SHEET


@in_calc
def test_a_received_file_is_never_stored_in_another_format(workbook: Path, tmp_path: Path) -> None:
    """The copy has the format of the workbook; the workbook itself is not written."""
    before = workbook.read_bytes()
    book = calc_host.open_book(workbook)
    kiem_tra(book, NOW)
    copy = calc_host.store(book, tmp_path / "ban-sao.xlsx")
    assert openpyxl.load_workbook(copy)[REPORT_SHEET]["A2"].value.startswith("Kiểm tra lúc 09:30")
    assert workbook.read_bytes() == before
    assert book.fullname == str(workbook)


@in_calc
def test_a_workbook_saved_as_ods_is_checked_and_told_apart(workbook: Path, tmp_path: Path) -> None:
    """Tổng hợp leaves such a file out: who checks it must hear of it."""
    said: list[str] = []
    book = calc_host.open_book(to_ods(workbook, tmp_path / "ods"))
    press("kiem-tra", book.app, SimpleNamespace(say=said.append))
    assert book.sheets.active.name == REPORT_SHEET
    assert len(said) == 1
    assert said[0].startswith("Đã kiểm tra. Sổ đang ở dạng .ods")


@in_calc
def test_an_incomplete_workbook_is_not_stored_for_sending(workbook: Path, tmp_path: Path) -> None:
    """Nộp of a workbook with an error stores nothing."""
    said: list[str] = []
    press("nop", calc_host.open_book(workbook).app, SimpleNamespace(say=said.append))
    assert "còn phải sửa 1 lỗi" in said[0]
    assert list(tmp_path.glob("*.xlsx")) == [workbook]


@in_calc
def test_a_condition_colours_cells_while_sheets_are_protected(workbook: Path, tmp_path: Path) -> None:
    """LibreOffice lets styles alone while any sheet is protected: they are opened for the moment."""
    book = calc_host.open_book(workbook)
    cells = book.sheets.add("Nháp").range("A2:C9")
    condition = cells.api.FormatConditions.Add(2, 3, '=$B2="a,b"')
    condition.Interior.Color = 0x0000FF  # red, as Excel counts
    condition.Font.Bold = True
    condition.Borders.LineStyle = 1
    assert all(sheet.api.ProtectContents for sheet in book.sheets if sheet.name != "Nháp")
    sheet = openpyxl.load_workbook(calc_host.store(book, tmp_path / "mau.xlsx"))["Nháp"]
    [ranges] = sheet.conditional_formatting
    [rule] = ranges.rules
    assert (str(ranges.sqref), rule.formula) == ("A2:C9", ['$B2="a,b"'])
    assert rule.dxf.fill.bgColor.rgb.endswith("FF0000")
    assert rule.dxf.font.b


@pytest.mark.parametrize("form", form_ids())
def test_formulas_survive_the_way_to_calc_and_back(form: str) -> None:
    """Every formula of every form, in LibreOffice's notation and back, is the same."""
    book = openpyxl.load_workbook(WORKBOOKS / BLANK / f"{form}.xlsx")
    formulas = [
        cell.value for sheet in book for row in sheet.iter_rows() for cell in row
        if isinstance(cell.value, str) and cell.value.startswith("=")
    ]  # fmt: skip
    assert len(formulas) > 50
    for formula in formulas:
        assert from_calc(to_calc(formula)) == formula


def test_formulas_are_written_in_calcs_notation() -> None:
    """Separators, sheets and arrays; texts stay."""
    assert to_calc("=IF('PL 1'!$A$1>1,\"a,b!c\",SUM(Bìa!B2:B3,{1,2;3,4}))") == (
        "=IF($'PL 1'.$A$1>1;\"a,b!c\";SUM($Bìa.B2:B3;{1;2|3;4}))"
    )
    assert from_calc("=IF($'PL 1'.A1>0.5;\"x;y.z\";$Bìa.$B$2)") == "=IF('PL 1'!A1>0.5,\"x;y.z\",Bìa!$B$2)"


def test_sentences_name_the_program_that_the_user_sits_at() -> None:
    """Excel as a program becomes LibreOffice; Excel as a kind of file stays."""
    said = "Tệp a.xlsx đang mở trong Excel: hãy đóng Excel. Excel đang bận. Thư mục không có sổ Excel nào."
    assert in_words_of_calc(said) == (
        "Tệp a.xlsx đang mở trong LibreOffice: hãy đóng LibreOffice. LibreOffice đang bận. "
        "Thư mục không có sổ Excel nào."
    )


# a click ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def own_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Python that has this package, as a program of its own; it is the one that the extension finds."""
    program = tmp_path / "python-cchc"
    paths = os.pathsep.join([str(Path(__file__).parents[1])])
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{paths}" exec "{sys.executable}" "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    return program


@pytest.fixture
def desk(calc: Path, own_python: Path, tmp_path: Path):
    """An office of its own, with the extension installed for its user."""
    environment = {"CCHC_PYTHON": str(own_python), "LOCALAPPDATA": str(tmp_path)}
    office = calc_host.HeadlessOffice(environment)
    yield office.channel.ask
    office.stop()


@in_calc
def test_a_click_in_a_fresh_profile(desk, workbook: Path) -> None:
    """The extension is installed for a user, and its component does Kiểm tra: twice, with one helper, one undo each."""
    extension = Path(__file__).parents[1] / "macros" / "CCHC.oxt"
    assert desk("test.install", path=str(extension)) == "vn.cchc.calc"
    key = desk("book.open", path=str(workbook))
    for _ in range(2):
        desk("test.click", button="kiem-tra")
        assert desk("sheets", book=key)["active"] == REPORT_SHEET
    report = desk("cells.read", book=key, sheet=REPORT_SHEET, place=[1, 0, 1, 1])["rows"][0][0]
    assert "1 lỗi" in report
    assert desk("test.titles") == ["CCHC: Kiểm tra"] * 2
    desk("test.undo")
    desk("test.undo")
    report = desk("cells.read", book=key, sheet=REPORT_SHEET, place=[1, 0, 1, 1])["rows"][0][0]
    assert report.startswith("Chưa kiểm tra")


@in_calc
def test_sentences_instead_of_faults(desk, workbook: Path, tmp_path: Path) -> None:
    """No workbook, somebody's own workbook, one that is open to read only."""
    assert [text.partition(":")[0] for text in desk("test.press", button="kiem-tra")] == ["Chưa mở sổ nào"]
    openpyxl.Workbook().save(tmp_path / "rieng.xlsx")
    desk("test.open", path=str(tmp_path / "rieng.xlsx"), read_only=False)
    [said] = desk("test.press", button="kiem-tra")
    assert said.startswith("rieng.xlsx: không phải sổ CCHC")
    assert (desk("test.titles"), desk("test.modified")) == ([], False)
    desk("test.fresh")
    desk("test.open", path=str(workbook), read_only=True)
    [said] = desk("test.press", button="kiem-tra")
    assert "chỉ đọc" in said


@in_calc
def test_a_missing_helper_is_named(calc: Path, workbook: Path, tmp_path: Path) -> None:
    """No private Python, or one without the package: one sentence says what to install."""
    office = calc_host.HeadlessOffice({"CCHC_PYTHON": str(tmp_path / "khong-co")})
    try:
        office.channel.ask("test.open", path=str(workbook), read_only=False)
        [said] = office.channel.ask("test.press", button="kiem-tra")
    finally:
        office.stop()
    assert said.startswith("Chưa thấy bộ công cụ CCHC trên máy này.")


def test_the_private_python_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The maintainer's variable, the installer's Python (isolated), then PATH; a document has no say."""
    monkeypatch.syspath_prepend(str(SOURCES / "pythonpath"))
    from cchc_office import starting

    installed = tmp_path / "CCHC" / "python" / "bin" / "python3"
    installed.parent.mkdir(parents=True)
    installed.touch()
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    monkeypatch.delenv("CCHC_PYTHON", raising=False)
    first, *others = starting.candidates()
    assert first == [str(installed), "-I"]
    assert all(command[1:] == ["-P"] for command in others)
    (tmp_path / "CCHC" / "python.txt").write_text(f"{sys.executable}\r\n", encoding="ascii")
    assert starting.candidates()[0] == [sys.executable, "-I"]
    monkeypatch.setenv("CCHC_PYTHON", "/opt/python")
    assert starting.candidates() == [["/opt/python", "-P"]]


DYING = """
import os, sys
from cchc_xl.hosts.calc import channel
from cchc_xl.hosts.calc.__main__ import main

ask = channel.Channel.ask

def dying(self, request, **arguments):
    if request == "{request}":
        os._exit(3)
    return ask(self, request, **arguments)

channel.Channel.ask = dying
sys.exit(main())
"""


@in_calc
@pytest.mark.parametrize("request_of_death", ["cells.write", "note.set", "sheet.protect"])
def test_a_helper_that_dies_midway_leaves_the_workbook_as_it_was(
    calc: Path, workbook: Path, tmp_path: Path, request_of_death: str
) -> None:
    """Sheets were unprotected, marks half written, the recalculation held: all of it is taken back."""
    script, dying = tmp_path / "chet.py", tmp_path / "python-chet"
    script.write_text(DYING.format(request=request_of_death), encoding="utf-8")
    dying.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" "{script}"\n', encoding="utf-8")
    dying.chmod(0o755)
    office = calc_host.HeadlessOffice({"CCHC_PYTHON": str(dying), "LOCALAPPDATA": str(tmp_path)})
    ask = office.channel.ask
    try:
        ask("test.open", path=str(workbook), read_only=False)
        key = ask("books")["front"]
        before = as_it_stands(ask, key)
        [said] = ask("test.press", button="kiem-tra")
        assert said.startswith("Bộ công cụ CCHC dừng giữa chừng; sổ đang mở vẫn như trước khi bấm")
        assert as_it_stands(ask, key) == before
        assert ask("book.recalculates", book=key)
        assert (ask("test.titles"), ask("test.modified")) == ([], False)
    finally:
        office.stop()


def as_it_stands(ask, key: str) -> list[object]:
    """Protection, contents and notes of every sheet; which one is in front."""
    found = ask("sheets", book=key)
    return [found] + [
        (
            ask("sheet.protected", book=key, sheet=name),
            ask("cells.formulas", book=key, sheet=name, place=ask("sheet.used", book=key, sheet=name)),
            ask("notes", book=key, sheet=name),
        )
        for name in found["names"]
    ]


@in_calc
def test_a_workbook_in_the_print_preview_is_not_checked(desk, workbook: Path) -> None:
    """There is no sheet in front: one sentence says what to close."""
    desk("test.open", path=str(workbook), read_only=False)
    desk("test.dispatch", command="PrintPreview")
    for button in ("kiem-tra", "xoa-danh-dau"):
        [said] = desk("test.press", button=button)
        assert said.startswith("Sổ đang ở chế độ xem trước khi in")


def test_a_slow_start_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy PC, or a virus scanner at work: to install anew would be of no use; what hangs is ended."""
    monkeypatch.syspath_prepend(str(SOURCES / "pythonpath"))
    from cchc_office import starting

    slow = tmp_path / "python-cham"
    slow.write_text(f'#!/bin/sh\necho $$ >"{tmp_path / "so"}"\nexec sleep 600\n', encoding="utf-8")
    slow.chmod(0o755)
    monkeypatch.setenv("CCHC_PYTHON", str(slow))
    monkeypatch.setattr(starting, "_GREETING_WITHIN", 0.5)
    with pytest.raises(starting.NotStarted, match="chưa khởi động xong"):
        starting.helper()
    assert not (tmp_path / "so").exists() or not Path(f"/proc/{(tmp_path / 'so').read_text().strip()}").exists()


@in_calc
def test_a_helper_that_dies_is_named_and_comes_back(
    calc: Path, own_python: Path, workbook: Path, tmp_path: Path
) -> None:
    """The helper ends in the middle of a press: one sentence; the next press starts another."""
    once = tmp_path / "da-chet"
    dying = tmp_path / "python-chet"
    dying.write_text(
        f'#!/bin/sh\nif [ -e "{once}" ]; then exec "{own_python}" "$@"; fi\ntouch "{once}"\n'
        'echo \'{"protocol": 1}\'\nread line\nexit 3\n',
        encoding="utf-8",
    )
    dying.chmod(0o755)
    office = calc_host.HeadlessOffice({"CCHC_PYTHON": str(dying), "LOCALAPPDATA": str(tmp_path)})
    try:
        office.channel.ask("test.open", path=str(workbook), read_only=False)
        [said] = office.channel.ask("test.press", button="kiem-tra")
        assert said.startswith("Bộ công cụ CCHC dừng giữa chừng")
        assert office.channel.ask("test.press", button="kiem-tra") == []
    finally:
        office.stop()
