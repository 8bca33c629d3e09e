"""The window for PCs without macros: what it does, without a display; and once on one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from judge import unavailable
from virtual_screen.display import Display
from virtual_screen.processes import Family

from cchc_xl.errors import InputFault
from cchc_xl.hosts.excel.faults import BUSY
from cchc_xl.hosts.window import BUTTONS, LABELS, NO_EXCEL, NO_TK, READY, Window, running_excel


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Log and turn lie in a folder of the test's own."""
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path_factory.mktemp("own")))


class Excel:
    """Stands for a running Excel."""


CHECK = LABELS[0]


def test_every_label_has_its_button() -> None:
    """The eight buttons of the ribbon, each with an action and an Alt key of its own."""
    assert [button.label for button in LABELS] == [
        "Kiểm tra", "Tổng hợp", "Cộng kỳ", "Tạo sổ mới", "Nhập số liệu", "Nộp", "Xóa đánh dấu", "Hướng dẫn",
    ]  # fmt: skip
    assert list(BUTTONS) == [button.id for button in LABELS]
    assert all(button.id.isascii() for button in LABELS)
    keys = [button.key for button in LABELS]
    assert len(set(keys)) == len(keys)
    assert all(key.isascii() and key.isalpha() for key in keys)


def test_a_press_goes_to_its_button_with_the_running_excel() -> None:
    """The button's function gets the app that Excel runs in, and the status says that it is done."""
    excel, pressed = Excel(), []

    def pressing(button: str):
        return lambda app: pressed.append((button, app)) is None

    window = Window({button.id: pressing(button.id) for button in LABELS}, lambda: excel)
    for button in LABELS:
        window.press(button)
        assert window.status == f"Đã xong: {button.label}."
    assert pressed == [(button.id, excel) for button in LABELS]


def test_without_excel_it_says_so() -> None:
    """No Excel: a sentence, and no button's function is called."""
    window = Window({CHECK.id: lambda app: pytest.fail("called")}, lambda: None)
    assert window.status == READY
    window.press(CHECK)
    assert window.status == NO_EXCEL


def test_here_no_excel_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where xlwings has no engine there is no Excel, and that is no error."""
    monkeypatch.setattr("xlwings.engines", [])
    assert running_excel() is None


def test_the_status_says_so_when_a_button_could_not_do_it() -> None:
    """The button has shown its sentence in Excel: the window does not call that done."""
    window = Window({CHECK.id: lambda app: False}, Excel)
    window.press(CHECK)
    assert window.status.startswith("Chưa làm được: Kiểm tra")


def test_nothing_starts_while_a_button_is_at_work() -> None:
    """A second press during the work is passed over; the window shows that it works, and then that it does not."""
    seen, presses = [], []

    def handler(app: object) -> None:
        presses.append(app)
        window.press(CHECK)

    window = Window({CHECK.id: handler}, Excel)
    window.changed = lambda: seen.append(window.working)
    window.press(CHECK)
    assert len(presses) == 1
    assert seen == [True, False]


class Rejected(Exception):
    """As pywin32 reports a call that Excel rejects."""


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (InputFault("Không tìm thấy thư mục A."), "Không tìm thấy thư mục A."),
        (Rejected(-2147418111, "Call was rejected by callee."), BUSY),
        (ValueError("lạ"), "nhat-ky.txt"),
    ],
)
def test_faults_become_sentences(
    fault: Exception, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever fails, the window says it and is ready for the next press; what nobody foresaw stands in the log."""
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))

    def handler(app: object) -> None:
        raise fault

    window = Window({CHECK.id: handler}, Excel)
    window.press(CHECK)
    assert said in window.status
    assert not window.working


def test_without_tk_it_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The module imports without Tk, and starting it gives a sentence and exit code 2."""
    from cchc_xl.hosts import window

    monkeypatch.setitem(sys.modules, "tkinter", None)
    assert window.main() == 2
    assert NO_TK in capsys.readouterr().err


def test_the_import_is_light() -> None:
    """The window stands before xlwings and Tk are loaded."""
    code = (
        "import sys, cchc_xl.hosts.window\nsys.exit(str({'xlwings', 'pandas', 'tkinter', 'openpyxl'} & set(sys.modules)"
        " or ''))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == ""


ON_SCREEN = """
import tkinter as tk
from cchc_xl.hosts.window import LABELS, Window, build
pressed = []

def handler(app):
    pressed.append(app)
    assert widgets["kiem-tra"]["state"] == "disabled"
    widgets["tong-hop"].event_generate("<Button-1>", when="tail")
    widgets["tong-hop"].event_generate("<ButtonRelease-1>", when="tail")
    return True

root = tk.Tk()
window = Window({button.id: handler for button in LABELS}, lambda: "excel")
widgets = build(root, window)
root.update()
assert root.attributes("-topmost")
assert [widgets[b.id]["text"] for b in LABELS] == [b.label for b in LABELS]
widgets["kiem-tra"].invoke()
assert pressed == ["excel"], pressed
assert window.status == "Đã xong: Kiểm tra.", window.status
assert widgets["kiem-tra"]["state"] == "normal"
root.focus_force()
root.update()
root.event_generate("<Alt-t>")
root.update()
assert len(pressed) == 2 and "Tổng hợp" in window.status, window.status
root.event_generate("<Escape>")
try:
    root.winfo_exists()
except tk.TclError:
    print("closed")
"""


def test_on_a_screen(tmp_path: Path) -> None:
    """Buttons are off during the work, clicks made meanwhile are lost, Alt keys press, Escape closes."""
    pytest.importorskip("tkinter")
    for program in ("Xvfb", "xdotool"):
        if shutil.which(program) is None:
            unavailable(f"no {program}: nobody presses the buttons of the small window")
    script = tmp_path / "on_screen.py"
    script.write_text(ON_SCREEN, encoding="utf-8")
    family = Family({"PATH": os.environ["PATH"]})
    try:
        screen = Display(family, tmp_path / "screen").environment
        done = subprocess.run(
            [sys.executable, str(script)],
            env={**os.environ, **screen},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    finally:
        family.end()
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "closed"
