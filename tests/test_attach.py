"""The running Excel as its guest finds it: xlwings' habits on Windows that we take away, and Excel's own boxes."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import pytest

from cchc_xl.catalogue.load import form_ids, load_form
from cchc_xl.errors import WorkbookFault
from cchc_xl.hosts.excel import __main__ as start
from cchc_xl.hosts.excel import attach
from cchc_xl.hosts.excel.dialogs import ExcelDialogs, choose
from cchc_xl.hosts.excel.faults import BUSY, sentence
from cchc_xl.hosts.turn import Turn, our_turn
from cchc_xl.hosts.window import AT_WORK, LABELS, Window

ROOT = Path(__file__).parent.parent


# xlwings on Windows ---------------------------------------------------------------------------------------------------


def test_xlwings_still_has_the_habits_that_are_taken_from_it() -> None:
    """What ``attach`` names stands in the installed xlwings: a later version shall not go its own way unnoticed."""
    package = Path(str(find_spec("xlwings").origin)).parent  # type: ignore[union-attr]
    source = (package / "_xlwindows.py").read_text(encoding="utf-8")
    assert "@atexit.register\ndef cleanup():" in source
    assert "taskkill" in source
    assert "\nN_COM_ATTEMPTS = 0" in source
    assert "class ExcelBusyError(Exception)" in source


@pytest.mark.parametrize("taken", ["attach.running_excel()", "attach.end_no_excel()"])
def test_no_excel_is_killed_when_python_ends(taken: str) -> None:
    """xlwings would end every Excel that shows no workbook, whoever it belongs to, with ``taskkill /F``."""
    code = (
        "import atexit, sys, types, xlwings\n"
        "windows = types.ModuleType('xlwings._xlwindows')\n"
        "windows.cleanup = atexit.register(lambda: print('KILLED'))\n"
        "sys.modules['xlwings._xlwindows'] = windows\n"
        "xlwings.engines = [1]\n"
        "xlwings.apps = types.SimpleNamespace(active=None)\n"
        "from cchc_xl.hosts.excel import attach\n"
    )
    killed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert killed.stdout == "KILLED\n"
    spared = subprocess.run([sys.executable, "-c", code + taken], capture_output=True, text=True, check=True, cwd=ROOT)
    assert spared.stdout == ""


def test_libreoffice_ends_no_excel_either() -> None:
    """The helper of the extension ends with LibreOffice, and has loaded xlwings, too."""
    code = (
        "import atexit, sys, types\n"
        "windows = types.ModuleType('xlwings._xlwindows')\n"
        "windows.cleanup = atexit.register(lambda: print('KILLED', file=sys.stderr))\n"
        "sys.modules['xlwings._xlwindows'] = windows\n"
        "from cchc_xl.hosts.calc.__main__ import main\n"
        "sys.exit(main())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture
def two_excels(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Two Excels as on Windows; the second one's process shows the window 4711."""
    import xlwings

    windows = SimpleNamespace(N_COM_ATTEMPTS=0, cleanup=lambda: None)
    monkeypatch.setitem(sys.modules, "xlwings._xlwindows", windows)  # type: ignore[arg-type]
    apps = [SimpleNamespace(pid=1), SimpleNamespace(pid=2)]
    monkeypatch.setattr(xlwings, "engines", [1])
    monkeypatch.setattr(xlwings, "apps", type("Apps", (list,), {"active": apps[0]})(apps))
    monkeypatch.setattr(attach, "_process_of", lambda hwnd: 2 if hwnd == 4711 else 0)
    return windows


def test_a_busy_excel_is_not_asked_for_ever(two_excels: SimpleNamespace) -> None:
    """Ribbon and small window alike: without an end to it a press would hang while a cell is typed into."""
    assert attach.running_excel().pid == 1
    assert two_excels.N_COM_ATTEMPTS > 0


def test_the_button_is_pressed_in_the_excel_that_asked_or_in_none(two_excels: SimpleNamespace) -> None:
    """By the process of its window; when that is gone another Excel, with other workbooks, is not taken for it."""
    assert attach.running_excel(4711).pid == 2
    assert attach.running_excel(4712) is None


class ExcelBusyError(Exception):
    """As xlwings calls it: no number of COM's, only a name."""


def test_the_busy_error_of_xlwings_is_understood() -> None:
    """xlwings raises its own error when Excel rejects the look-up of a member."""
    assert sentence("kiem-tra", ExcelBusyError("Excel application is not responding")) == BUSY


# One press at a time --------------------------------------------------------------------------------------------------


@pytest.fixture
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings and log lie in a folder of the test's own."""
    home: Path = tmp_path_factory.mktemp("own")
    monkeypatch.setenv("LOCALAPPDATA", str(home))
    return home


@pytest.fixture
def pressed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The buttons that were pressed."""
    from cchc_xl.hosts.excel import buttons

    found: list[str] = []
    monkeypatch.setattr(buttons, "press", lambda button, app: found.append(button))
    return found


def test_a_double_click_is_one_press(own_home: Path, pressed: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """The second process finds the first at work, and leaves its settings alone: no word, no second report."""
    with our_turn() as first:
        assert first is Turn.OURS
        assert start.main(["kiem-tra"], lambda hwnd: "Excel") == 0
    assert pressed == []
    assert capsys.readouterr().err == ""
    assert start.main(["kiem-tra"], lambda hwnd: "Excel") == 0
    assert pressed == ["kiem-tra"]


def test_a_press_during_a_long_one_says_what_to_wait_for(
    own_home: Path, pressed: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tổng hợp still reads its files, or has a box open: the ribbon and the small window say so."""
    with our_turn():
        monkeypatch.setattr("cchc_xl.hosts.turn._DOUBLE_CLICK", 0.0)
        assert start.main(["kiem-tra"], lambda hwnd: "Excel") == 2
        window = Window({LABELS[0].id: lambda app: pytest.fail("pressed")}, lambda: "Excel")
        window.press(LABELS[0])
    assert "hãy đợi xong" in capsys.readouterr().err
    assert window.status == AT_WORK
    assert pressed == []


def test_a_press_that_was_killed_holds_nobody_up(own_home: Path) -> None:
    """The turn ends with its process, however that ends."""
    code = "import os\nfrom cchc_xl.hosts.turn import our_turn\nwith our_turn():\n    os._exit(9)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    with our_turn() as turn:
        assert turn is Turn.OURS
    assert (own_home / "CCHC" / "dang-chay.lock").exists()
    assert done.returncode == 9


def test_without_a_folder_of_ones_own_buttons_work_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pressed: list[str]
) -> None:
    """A profile that cannot be written to: better two presses at once than none."""
    (tmp_path / "tệp").write_text("", encoding="utf-8")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "tệp"))
    assert start.main(["kiem-tra"], lambda hwnd: "Excel") == 0
    assert pressed == ["kiem-tra"]


# Excel's boxes --------------------------------------------------------------------------------------------------------


class Dialog:
    """Excel's FileDialog."""

    def __init__(self, chosen: str) -> None:
        self.Title = self.InitialFileName = ""
        self.SelectedItems = {1: chosen}.__getitem__
        self.Show = lambda: -1 if chosen else 0


class Application:
    """Excel's Application as Microsoft documents its boxes, and its ``xlwings.App`` in one."""

    def __init__(self, *answers: object, chosen: str = "", agrees: bool = True) -> None:
        self.answers = [*answers]
        self.chosen = chosen
        self.agrees = agrees
        self.alerts: list[str] = []
        self.asked: list[tuple[object, ...]] = []
        self.api = self

    def alert(self, prompt: str, title: str, buttons: str = "ok") -> str:
        self.alerts.append(prompt)
        return ("yes" if self.agrees else "no") if buttons == "yes_no" else "ok"

    def InputBox(self, *arguments: object) -> object:  # noqa: N802
        prompt = str(arguments[0])
        if len(prompt) > 255:
            return -2146826273  # "Maximum length is 255 characters, otherwise there is no prompt": Error 2015
        self.asked.append(arguments)
        return self.answers.pop(0)

    def FileDialog(self, kind: int) -> Dialog:  # noqa: N802
        self.dialog = Dialog(self.chosen)
        self.kind = kind
        return self.dialog


def test_a_form_can_be_chosen_although_their_names_are_longer_than_a_question() -> None:
    """The forms are listed in a box of their own; the input box, which takes 255 characters, asks for the number."""
    excel = Application("9", "2")
    options = [(form, f"{form} – {load_form(form).name}") for form in form_ids()]
    assert choose(ExcelDialogs(excel), "Chọn biểu mẫu:", options) == form_ids()[1]
    assert all(words in excel.alerts[0] for _, words in options)
    assert [str(asked[0]) for asked in excel.asked] == ["Ghi số thứ tự (1–5):"] * 2


def test_a_short_question_is_one_box() -> None:
    """Text and default; what is not given is left out, Hủy is no text, and no box at all is no Hủy."""
    excel = Application(" 2024-Q1 ", False, -2146826273)
    dialogs = ExcelDialogs(excel)
    assert dialogs.text("Kỳ?", "x") == "2024-Q1"
    assert dialogs.text("Kỳ?") is None
    with pytest.raises(WorkbookFault, match="ô hỏi"):
        dialogs.text("Kỳ?")
    assert excel.alerts == []
    assert (excel.asked[0][:3], excel.asked[0][-1]) == (("Kỳ?", "CCHC", "x"), 2)


def test_what_is_left_out_is_not_null(monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows ``None`` would reach Excel as the value Null, where it wants a place on the screen."""
    monkeypatch.setitem(sys.modules, "pythoncom", SimpleNamespace(Missing="missing"))  # type: ignore[arg-type]
    excel = Application("x")
    ExcelDialogs(excel).text("Kỳ?")
    assert excel.asked[0][3:7] == ("missing",) * 4


@pytest.mark.parametrize(
    ("chosen", "written"),
    [
        ("Sổ.xlsx", "Sổ.xlsx"),
        ("Sổ.XLSX", "Sổ.XLSX"),
        ("Sổ.xlsm", "Sổ.xlsx"),
        ("Sổ", "Sổ.xlsx"),
        ("Báo cáo 1.2", "Báo cáo 1.2.xlsx"),
    ],
)
def test_a_new_workbook_ends_in_xlsx(tmp_path: Path, chosen: str, written: str) -> None:
    """Whatever the save box gives; a dot within the name is no ending."""
    excel = Application(chosen=str(tmp_path / chosen))
    assert ExcelDialogs(excel).save_as("Ghi", "") == tmp_path / written
    assert excel.alerts == []


def test_a_file_that_excel_did_not_ask_about_is_asked_about(tmp_path: Path) -> None:
    """The box asked about Sổ.xlsm, the file that would be overwritten is Sổ.xlsx."""
    (tmp_path / "Sổ.xlsx").touch()
    refusing = Application(chosen=str(tmp_path / "Sổ.xlsm"), agrees=False)
    assert ExcelDialogs(refusing).save_as("Ghi", "") is None
    assert "Sổ.xlsx đã có" in refusing.alerts[0]
    assert ExcelDialogs(Application(chosen=str(tmp_path / "Sổ.xlsm"))).save_as("Ghi", "") == tmp_path / "Sổ.xlsx"


def test_boxes_for_files_start_in_the_folder_and_show_every_file(tmp_path: Path) -> None:
    """A list of units may be a .tsv, which Excel's own open box would not show."""
    excel = Application(chosen=str(tmp_path / "danh-sach-don-vi.tsv"))
    assert ExcelDialogs(excel).file("Chọn", str(tmp_path)) == tmp_path / "danh-sach-don-vi.tsv"
    assert excel.kind == 3  # msoFileDialogFilePicker
    assert excel.dialog.InitialFileName.rstrip("/\\") == str(tmp_path)
    assert excel.dialog.InitialFileName.endswith(("/", "\\"))
    assert ExcelDialogs(Application()).folder("Chọn") is None
