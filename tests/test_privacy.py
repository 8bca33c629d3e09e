"""Nothing leaves the PC, and what people send to others when something fails holds no figure and no name."""

from __future__ import annotations

import ast
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from submissions import FORM, make, write_printed

import cchc_xl
from cchc_xl.catalogue.load import load_form
from cchc_xl.hosts.arguments import build_parser
from cchc_xl.hosts.cli import main
from cchc_xl.hosts.excel.buttons import press
from cchc_xl.hosts.fault_log import LOG, log_fault

ROOT = Path(cchc_xl.__file__).parent
NAME, FIGURE = "xã Bí Mật", "987654321"
SECRET = f"{NAME}: {FIGURE}"

# What starts a program or speaks to another machine raises one of these events (Python's table of audit events).
WATCH = """
import sys
SEEN = ("socket.", "subprocess.", "os.system", "os.exec", "os.spawn", "os.posix_spawn", "os.startfile", "ftplib.",
        "urllib.", "http.", "smtplib.", "webbrowser.", "ctypes.dlopen", "pty.", "winreg.")
def watch(event, details):
    if event.startswith(SEEN):
        sys.stderr.write(f"AUDIT {event} {details}\\n")
sys.addaudithook(watch)
sys.path.insert(0, sys.argv.pop(1))
if __name__ == "__main__":
    from cchc_xl.hosts.cli import main
    sys.exit(main(sys.argv[1:]))
"""
COMMANDS = {
    "bieu-mau": ["--json"],
    "quy-tac": [FORM],
    "tao-so": [FORM, "-o", "moi.xlsx"],
    "nhap": ["1.xlsx", "in", "-o", "nhap.xlsx"],
    "nang-cap": ["1.xlsx"],
    "kiem-tra": ["1.xlsx", "--ky-truoc", "1.xlsx", "--bao-cao", "kq.xlsx"],
    "tong-hop": ["nop", "-o", "tong-hop.xlsx", "--du-lieu", "csv"],
    "doi-chieu": ["tong-hop-cu.xlsx", "nop"],
    "cong-ky": ["Q1.xlsx", "Q2.xlsx", "-o", "6T.xlsx"],
    "so-sanh": ["Q2.xlsx", "--ky-truoc", "Q1.xlsx", "-o", "ss.xlsx"],
    "nhan-dang": ["la.xlsx", "-o", "ghep.xlsx"],
    "xuat-word": ["1.xlsx", "-o", "1.docx"],
    "giay-phep": [],
    "chay-thu": ["thu"],
}
_MAINTAINERS = {"dong-bo-mau"}  # writes into the clone of the repository


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two submissions, printed figures, and a summary."""
    base = tmp_path_factory.mktemp("privacy")
    (base / "nop").mkdir()
    (base / "in").mkdir()
    for code in ("1", "2"):
        path = make(base / "nop", code, NAME + code, {"PL6": {55: FIGURE, 56: "10"}})
        (base / path.name).write_bytes(path.read_bytes())
    for quarter in ("Q1", "Q2"):
        path = make(base, "3", NAME, {"PL6": {55: FIGURE, 56: "10"}}, period=f"2023-{quarter}")
        path.rename(base / f"{quarter}.xlsx")
    foreign = openpyxl.Workbook()
    for row in load_form("cam-giang-2024").appendix("PL1").printed:
        foreign.active.append([row.stt, row.label, row.unit, FIGURE])
    foreign.save(base / "la.xlsx")
    write_printed(base / "in", {"PL6": {55: "3"}})
    main(["tong-hop", str(base / "nop"), "-o", str(base / "tong-hop-cu.xlsx")])
    return base


def test_every_command_is_watched() -> None:
    """A new command has to be added here."""
    found = next(action.choices for action in build_parser()._actions if isinstance(action.choices, dict))
    assert set(found) - _MAINTAINERS == set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_uses_the_network_or_starts_a_program(folder: Path, command: str) -> None:
    """As Python itself reports it, from the first import to the exit."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", WATCH, str(ROOT.parent), command, *COMMANDS[command]],
        cwd=folder,
        capture_output=True,
        env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | {"PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    errors = done.stderr.decode()
    assert "AUDIT" not in errors, errors
    assert done.returncode in (0, 1) or "đúng phiên bản" in errors or command == "nang-cap", errors


def test_no_test_may_use_the_network() -> None:
    """The whole suite runs with connections forbidden: whatever it covers needs none."""
    with pytest.raises(AssertionError, match="network"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with socket.socket() as one, pytest.raises(AssertionError, match="network"):
        one.connect(("127.0.0.1", 9))


# faults --------------------------------------------------------------------------------------------------------------


def fail(*_: object, **__: object) -> None:
    """A fault of ours whose own words hold what stands in the workbook."""
    raise ValueError(SECRET)


def assert_says_nothing(*texts: str) -> None:
    """Neither the unit nor the figure."""
    for text in texts:
        assert NAME not in text
        assert "Bí" not in text
        assert FIGURE not in text


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the log will be."""
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    return tmp_path / "CCHC" / LOG


@pytest.mark.parametrize(
    ("command", "broken"),
    [
        ("tao-so", "cchc_xl.operations.create_workbook"),
        ("nhap", "cchc_xl.operations.fill_workbook"),
        ("nang-cap", "cchc_xl.operations.upgrade_workbook"),
        ("kiem-tra", "cchc_xl.report.as_text.checked_text"),
        ("tong-hop", "cchc_xl.merging.consolidate"),
        ("doi-chieu", "cchc_xl.audit.run.read_claims"),
        ("nhan-dang", "cchc_xl.recognition.run.recognise_file"),
        ("cong-ky", "cchc_xl.period_operations.join_periods"),
        ("xuat-word", "cchc_xl.operations.export_word"),
        ("giay-phep", "cchc_xl.licences.distribution"),
    ],
)
def test_a_fault_of_ours_is_one_sentence_and_a_log_without_figures(
    folder: Path,
    log: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
    broken: str,
) -> None:
    """The sentence names the log; the log says which command and where, and nothing of what was read."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr(broken, fail)
    assert main([command, *COMMANDS[command]]) == 2
    said = capsys.readouterr()
    (sentence,) = said.err.strip().splitlines()
    assert str(log) in sentence
    written = log.read_text(encoding="utf-8")
    assert f"{command}: ValueError" in written
    assert "test_privacy.py" in written
    assert_says_nothing(said.out, sentence, written)


def test_a_file_that_brings_the_reader_down_says_nothing_of_its_content(
    folder: Path, log: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its sentence names the file and the kind of fault, in the check and in the merge, whose other files go on."""
    monkeypatch.setattr("cchc_xl.receiving.one.check", fail)
    monkeypatch.setattr("cchc_xl.operations.check_submission", fail)
    monkeypatch.setenv("CCHC_XL_CACHE", "")
    assert main(["kiem-tra", str(folder / "1.xlsx")]) == 2
    said = capsys.readouterr()
    assert "1.xlsx" in said.err
    assert "ValueError" in said.err
    assert_says_nothing(said.out, said.err)
    target = folder / "hong.xlsx"
    assert main(["tong-hop", str(folder / "nop"), "-o", str(target), "--mau", FORM, "--json"]) == 1
    said = capsys.readouterr()
    assert {file["state"] for file in json.loads(said.out)["files"]} == {"unreadable"}
    assert_says_nothing(said.out, said.err)
    assert not log.exists()


class _Silent:
    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, text: str) -> None:
        self.said.append(text)


@pytest.mark.parametrize("button", ["kiem-tra", "nop", "tong-hop", "tao-so", "nhap", "xoa-danh-dau"])
def test_a_button_that_fails_logs_neither_figure_nor_name(log: Path, button: str) -> None:
    """Excel itself may answer with what stands in a cell, also in the causes of an error."""

    class Book:
        name = NAME

        @property
        def sheets(self) -> object:
            try:
                fail()
            except ValueError as cause:
                raise RuntimeError(f"Không đọc được {SECRET}") from cause

    class App:
        status_bar = screen_updating = None

        class books:  # noqa: N801
            active = Book()

        def __getattr__(self, name: str) -> object:
            return fail()

    press(button, App(), dialogs := _Silent())  # type: ignore[arg-type]
    assert_says_nothing(*dialogs.said)
    assert log.exists()
    assert_says_nothing(log.read_text(encoding="utf-8"))


def test_a_log_that_cannot_be_written_is_no_second_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "CCHC").write_text("", encoding="utf-8")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    assert "không ghi được" in str(log_fault("kiem-tra", ValueError(SECRET)))


def test_nothing_else_writes_a_log() -> None:
    """Tracebacks are looked at in one place only, and no module logs."""
    wrong = []
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            wrong += [
                f"{path.name}: {name}"
                for name in names
                if name.split(".")[0] in ("logging", "traceback", "faulthandler") and path.name != "fault_log.py"
            ]
    assert wrong == []


def test_only_the_build_knows_how_to_download_or_to_start_programs() -> None:
    """What is imported: sockets, downloads and subprocesses are for ``addin`` alone, which no command imports."""
    forbidden = {"socket", "ssl", "urllib.request", "http", "ftplib", "smtplib", "subprocess", "webbrowser", "requests"}
    wrong = []
    for path in ROOT.rglob("*.py"):
        room = path.relative_to(ROOT).parts[0]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            if room != "addin":
                wrong += [f"{path.name}: {name}" for name in names if {name, name.split(".")[0]} & forbidden]
                wrong += [f"{path.name}: {name}" for name in names if name.startswith("cchc_xl.addin")]
    assert wrong == []
