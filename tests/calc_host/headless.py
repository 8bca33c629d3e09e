"""Starts and ends a headless LibreOffice and, beside it, the process that answers for it."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from functools import cache
from pathlib import Path

from judge import NO_SOFFICE, find_soffice, write_profile
from virtual_screen.processes import end_with_parent

from cchc_xl.hosts.calc.channel import Channel

BRIDGE = Path(__file__).with_name("bridge.py")
COMPONENT = Path(__file__).parents[2] / "macros" / "calc" / "python" / "pythonpath"
_RESTART = 81  # the first start of a profile
_STARTS_WITHIN = 90.0
_ANSWERS_WITHIN = 240.0  # far above what anything takes here: a box that nobody sees would wait for ever
# No display; Vietnamese file names; the system's programs only: the Python inside LibreOffice takes its library from
# beside the first python3 on PATH, which may be another one's.
_SYSTEM = {"SAL_USE_VCLPLUGIN": "svp", "LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"} if os.name == "posix" else {}


NO_UNO = (
    "KHÔNG CÓ PYTHON-UNO: các nút trong LibreOffice CHƯA được thử! / NO PYTHON HERE HAS UNO: the buttons in "
    "LibreOffice are NOT tried! (Debian: apt-get install python3-uno)"
)


class NotRunning(RuntimeError):
    """LibreOffice could not be started."""


@cache
def find_uno_python() -> Path | None:
    """A Python with `uno`: this one, the system's, or LibreOffice's own."""
    program = find_soffice()
    places = [Path(sys.executable), Path("/usr/bin/python3")]
    if program is not None:
        places += [program.resolve().with_name(name) for name in ("python", "python.exe")]
    return next((place for place in places if place.is_file() and _has_uno(place)), None)


def _has_uno(python: Path) -> bool:
    return subprocess.run([python, "-c", "import uno"], capture_output=True, check=False).returncode == 0


class _Answers:
    """What the bridge says, line by line; an office that says nothing is ended."""

    def __init__(self, office: HeadlessOffice) -> None:
        self._office = office

    def readline(self) -> bytes:
        stream = self._office._bridge.stdout
        # A request has one answer: while we wait, nothing is read ahead.
        if os.name == "posix" and not select.select([stream], [], [], _ANSWERS_WITHIN)[0]:
            self._office.stop()
            raise NotRunning(f"LibreOffice does not answer within {_ANSWERS_WITHIN:g} s")
        return stream.readline()


class HeadlessOffice:
    """A LibreOffice of its own profile and session, without a screen, and the channel to it."""

    def __init__(self, environment: dict[str, str] | None = None) -> None:
        program, python = find_soffice(), find_uno_python()
        if program is None or python is None:
            raise NotRunning(NO_SOFFICE if program is None else NO_UNO)
        self.folder = Path(tempfile.mkdtemp(prefix="cchc_calc_"))
        write_profile(self.folder / "profile", "en-US")
        self._pipe = f"cchc{uuid.uuid4().hex[:12]}"
        # The program itself, not the script around it: this process id is the office.
        binary = program.resolve().with_name("soffice.bin")
        self._command = [
            str(binary if binary.is_file() else program),
            f"-env:UserInstallation={(self.folder / 'profile').as_uri()}",
            "--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck", "--nofirststartwizard",
            f"--accept=pipe,name={self._pipe};urp;StarOffice.ComponentContext",
        ]  # fmt: skip
        self._environment = {**os.environ, **_SYSTEM, **(environment or {})}
        self._log = (self.folder / "log.txt").open("ab")
        self._start()
        self._bridge = subprocess.Popen(
            [python, "-X", "utf8", BRIDGE, COMPONENT, self._pipe], env=self._environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, start_new_session=True,
            preexec_fn=end_with_parent,
        )  # fmt: skip
        self.channel = Channel(_Answers(self), self._bridge.stdin)
        try:
            self._connect()
        except BaseException:
            self.stop()
            raise

    def _start(self) -> None:
        self._process = subprocess.Popen(
            self._command, env=self._environment, stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log,
            start_new_session=True, preexec_fn=end_with_parent,
        )  # fmt: skip

    def _connect(self) -> None:
        end = time.monotonic() + _STARTS_WITHIN
        while not self.channel.ask("test.connect"):
            code = self._process.poll()
            if code == _RESTART:
                self._start()
            elif code is not None or time.monotonic() > end:
                raise NotRunning(f"LibreOffice did not start (exit code {code})")
            time.sleep(0.05)

    @property
    def alive(self) -> bool:
        """Whether the office still runs."""
        return self._process.poll() is None and self._bridge.poll() is None

    def stop(self) -> None:
        """End the office and the bridge, and forget the profile."""
        with contextlib.suppress(Exception):
            self._bridge.stdin.close()
        for process in (self._bridge, self._process):
            for sign in (signal.SIGTERM, signal.SIGKILL):
                try:
                    os.killpg(process.pid, sign)
                    process.wait(3)
                except (ProcessLookupError, subprocess.TimeoutExpired):
                    continue
            process.wait()
        self._log.close()
        shutil.rmtree(self.folder, ignore_errors=True)
