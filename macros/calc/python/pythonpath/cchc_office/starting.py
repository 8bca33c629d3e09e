"""Finds the private Python and starts ``cchc_xl.hosts.calc`` in it, once for as long as LibreOffice runs.

Nothing is taken from a document or its folder: the program's place comes from the user's own environment and profile.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import subprocess
import sys
import threading
from pathlib import Path

from cchc_office.texts import HELPER_ENDED, NO_PYTHON, OTHER_VERSION, TOO_SLOW

PROTOCOL = 1
VARIABLE = "CCHC_PYTHON"
_MODULE = "cchc_xl.hosts.calc"
_GREETING_WITHIN = 30.0  # seconds: the first start after installing may have to compile
# LibreOffice sets these for its own Python; another Python would load modules of the wrong version.
_FOREIGN_VARIABLES = ("PYTHONHOME", "PYTHONPATH")


class NotStarted(Exception):
    """No Python with cchc_xl; the message is for the user."""


class Ended(Exception):
    """The helper is gone; the message is for the user."""


def own_folder():
    """The user's folder for settings, as ``cchc_xl.hosts.excel.remembered`` and the installer know it."""
    base = os.environ.get("LOCALAPPDATA")
    return Path(base) / "CCHC" if base else Path.home() / ".cchc"


def candidates():
    """Command lines that may start the helper, the surest first.

    The installer's private Python runs isolated (``-I``); a Python that the user named or has on PATH keeps its user
    packages, but takes nothing from the current folder (``-P``, which came with 3.11 as ``cchc_xl`` needs it).
    """
    named = os.environ.get(VARIABLE)
    if named:
        return [[named, "-P"]]
    found = []
    installed = _installed()
    if installed:
        found.append([installed, "-I"])
    names = ("pythonw", "python") if sys.platform == "win32" else ("python3", "python")
    found.extend([program, "-P"] for program in map(shutil.which, names) if program)
    return found


def _installed():
    """The private Python: where ``python.txt`` says, else at its usual place."""
    folder = own_folder()
    try:
        program = Path((folder / "python.txt").read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        program = folder / "python" / ("pythonw.exe" if sys.platform == "win32" else "bin/python3")
    return str(program) if program.is_file() else ""


class Helper:
    """The running helper: lines of JSON out, lines of JSON in."""

    def __init__(self, command):
        environment = {name: value for name, value in os.environ.items() if name not in _FOREIGN_VARIABLES}
        flags = subprocess.CREATE_NO_WINDOW if sys.platform == "win32" else 0
        self.process = subprocess.Popen(
            [*command, "-X", "utf8", "-m", _MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=str(Path.home()),
            env=environment,
            creationflags=flags,
        )
        self._lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def send(self, message):
        """Send one message. Raises ``Ended``."""
        try:
            self.process.stdin.write(json.dumps(message).encode("ascii") + b"\n")
            self.process.stdin.flush()
        except OSError as error:
            raise Ended(HELPER_ENDED) from error

    def receive(self, timeout):
        """The next message; ``None`` when there is none within ``timeout`` seconds. Raises ``Ended``."""
        try:
            line = self._lines.get(timeout=timeout)
        except queue.Empty:
            return None
        try:
            message = json.loads(line) if line is not None else None
        except ValueError:
            message = None
        if not isinstance(message, dict):
            self.end()
            raise Ended(HELPER_ENDED)
        return message

    @property
    def alive(self):
        """Whether it still runs."""
        return self.process.poll() is None

    def end(self):
        """End it, whatever it is doing."""
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        with contextlib.suppress(OSError):
            self.process.kill()
        self.process.wait()


_running = None


def helper():
    """The helper, started when there is none. Raises ``NotStarted``."""
    global _running
    if _running is None or not _running.alive:
        _running = _started()
    return _running


def _started():
    problem = NO_PYTHON
    for command in candidates():
        try:
            found = Helper(command)
        except OSError:
            continue
        try:
            greeting = found.receive(_GREETING_WITHIN)
        except Ended:
            continue
        if greeting is not None and greeting.get("protocol") == PROTOCOL:
            return found
        problem = TOO_SLOW if greeting is None else OTHER_VERSION
        found.end()
    raise NotStarted(problem)
