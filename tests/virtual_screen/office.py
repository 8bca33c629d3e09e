"""One LibreOffice with a profile of its own, and the eyes that look into it."""

from __future__ import annotations

import json
import select
import shutil
import subprocess
import time
import uuid
from pathlib import Path
from typing import Any

from calc_host import find_uno_python
from judge import find_soffice, write_profile

from virtual_screen.display import SIZE
from virtual_screen.processes import Family

_RESTART = 81  # EXITHELPER_NORMAL_RESTART: the profile has been set up, start again
_START = 90.0  # seconds: the first start of a profile, on a busy machine
_ANSWER = 60.0
_CLOSING = 5.0
_LOCALE = "vi-VN"  # decimal comma, as on the offices' PCs
_FULL_SCREEN = f"0,0,{SIZE[0]},{SIZE[1]};5;0,0,0,0;"
_SETTINGS = (
    ("Office.Common/Misc", "ShowTipOfTheDay", "false"),
    ("Office.Common/Misc", "UseSystemFileDialog", "false"),  # its own file dialogs, on every desktop
    ("Office.Common/Save/Document", "WarnAlienFormat", "false"),
    ("Office.Recovery/AutoSave", "Enabled", "false"),
    ("Office.UI.Infobar/Enabled", "Donate", "false"),
    ("Office.UI.Infobar/Enabled", "GetInvolved", "false"),
    ("Office.UI.Infobar/Enabled", "WhatsNew", "false"),
    (
        "Setup/Office/Factories/org.openoffice.Setup:Factory['com.sun.star.frame.StartModule']",
        "ooSetupFactoryWindowAttributes",
        _FULL_SCREEN,
    ),
    (
        "Setup/Office/Factories/org.openoffice.Setup:Factory['com.sun.star.sheet.SpreadsheetDocument']",
        "ooSetupFactoryWindowAttributes",
        _FULL_SCREEN,
    ),
    ("Setup/L10N", "ooLocale", "en-US"),  # the words on its own buttons and menus
)


class OfficeError(AssertionError):
    """LibreOffice did not start, does not answer or has ended."""


class Ended(OfficeError):
    """LibreOffice is not there any more."""


def find_office() -> Path | None:
    """LibreOffice proper, not the script that starts it: its process id is the one to end."""
    program = find_soffice()
    binary = program and program.resolve().with_name("soffice.bin")
    return binary if binary and binary.is_file() else None


class Office:
    """A running LibreOffice. What it knows is asked by ``ask``; see ``observer.py`` for the questions."""

    def __init__(self, family: Family, profile: Path, log: Path, **environment: str) -> None:
        self.family = family
        self.profile = profile
        self.log = log
        self._environment = {"SAL_USE_VCLPLUGIN": "gen", **environment}
        self._pipe = f"cchc{uuid.uuid4().hex}"
        self._process: subprocess.Popen[bytes] | None = None
        self._eyes: subprocess.Popen[bytes] | None = None

    def start(self) -> Office:
        """Start it and wait until it answers."""
        python = find_uno_python()
        assert python, "a Python with uno must be there"
        if not (self.profile / "user").exists():
            write_profile(self.profile, _LOCALE, _SETTINGS)
        accept = f"--accept=pipe,name={self._pipe};urp;StarOffice.ComponentContext"
        self._eyes = self.family.start(
            [python, "-B", Path(__file__).with_name("observer.py"), self._pipe],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log.open("ab"),
        )  # fmt: skip
        self._process = self._launch(accept)
        deadline = time.monotonic() + _START
        while not self.ask("connect"):
            code = self._process.poll()
            if code == _RESTART:
                self._process = self._launch(accept)
            elif code is not None:
                raise Ended(f"LibreOffice ended at its start, code {code}\n{self._tail()}")
            elif time.monotonic() > deadline:
                raise OfficeError(f"LibreOffice does not answer\n{self._tail()}")
            else:
                time.sleep(0.05)
        return self

    def double_click(self, file: Path) -> None:
        """What a double click on a file does: a second start hands the file over to the first, and ends."""
        self._launch(file).wait(_ANSWER)

    def _launch(self, *words: str | Path) -> subprocess.Popen[bytes]:
        program = find_office()
        assert program, "LibreOffice must be there"
        own = f"-env:UserInstallation={self.profile.as_uri()}"
        command = [program, own, "--norestore", "--nologo", "--nolockcheck", *words]
        with self.log.open("ab") as log:
            return self.family.start(command, stdout=log, stderr=log, env=self._environment)

    def ask(self, question: str, **words: Any) -> Any:
        """The observer's answer. ``LookupError`` for what is not there, ``OfficeError`` where nothing answers."""
        assert self._eyes, "not started"
        assert self._eyes.stdin and self._eyes.stdout  # noqa: PT018 - for the reader of types
        self._eyes.stdin.write(json.dumps({"ask": question, "with": words}).encode() + b"\n")
        self._eyes.stdin.flush()
        if not select.select([self._eyes.stdout], [], [], _ANSWER)[0]:
            raise OfficeError(f"LibreOffice does not answer ({question} {words})")
        line = self._eyes.stdout.readline()
        if not line:
            raise OfficeError(f"the observer has ended ({question} {words})\n{self._tail()}")
        told = json.loads(line)
        if "failed" in told:
            if self._process and self._process.poll() is not None:
                raise Ended(f"LibreOffice has ended, code {self._process.returncode}: {told['failed']}\n{self._tail()}")
            raise LookupError(f"{question} {words}: {told['failed']}")
        return told["answer"]

    def tidy(self) -> bool:
        """Close what is open; whether the start centre is all that is left, without a dialog."""
        deadline = time.monotonic() + _CLOSING
        try:
            self.ask("close_all")
            while time.monotonic() < deadline:
                windows = self.ask("windows")
                if not self.ask("books") and [window["role"] for window in windows] == ["ROOT_PANE"]:
                    return True
                time.sleep(0.02)
        except (LookupError, OfficeError):
            pass
        return False

    @property
    def home(self) -> Path:
        """The user's folder."""
        return Path(self.family.environment["HOME"])

    @property
    def running(self) -> bool:
        """Whether the program is there."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """Close everything and end; what does not go by itself is ended."""
        try:
            if self.running and self.tidy():
                self.ask("terminate")
                assert self._process
                self._process.wait(_CLOSING)
        except (LookupError, OfficeError, OSError, subprocess.TimeoutExpired):
            pass  # a dialog stands in the way, or it is gone already
        for process in (self._process, self._eyes):
            if process is not None:
                self.family.end(process)
        if self._eyes and self._eyes.stdin and self._eyes.stdout:
            self._eyes.stdin.close()
            self._eyes.stdout.close()

    def _tail(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")[-2000:] if self.log.exists() else ""


def copy_profile(source: Path, target: Path) -> Path:
    """The same profile for another start."""
    shutil.copytree(source, target, ignore=lambda _, names: [name for name in names if name in {".lock"}])
    return target


def environment(home: Path, **more: str) -> dict[str, str]:
    """What programs see of the machine: a home of their own, no settings of the user's."""
    # Not the tests' PATH: the Python inside LibreOffice takes its library from the first python3 that stands there.
    home.mkdir(parents=True, exist_ok=True)
    return {"PATH": "/usr/bin:/bin", "HOME": str(home), "LC_ALL": "C.UTF-8", **more}
