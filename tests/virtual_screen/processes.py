"""Processes that a test starts: each ends with the test, together with whatever it started itself.

Every process carries a mark in its environment, which its children inherit, whatever session they move to. So what is
ours can be told from what is not, and nothing is ever ended by its name.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

_MARK = "CCHC_TEST_MARK"
_PR_SET_PDEATHSIG = 1
_PATIENCE = 5.0  # seconds between the polite and the final word
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def end_with_parent() -> None:
    """In the child: die when the test run dies, even by SIGKILL."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Family:
    """Processes under one mark."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.mark = uuid.uuid4().hex
        self.environment = {**environment, _MARK: self.mark}

    def start(self, command: Sequence[str | Path], **options: Any) -> subprocess.Popen[bytes]:
        """Start a program in a session of its own; ``env`` among the options adds to the family's environment."""
        environment = {**self.environment, **options.pop("env", {})}
        options.setdefault("stdin", subprocess.DEVNULL)
        return subprocess.Popen(
            [str(word) for word in command],
            env=environment,
            start_new_session=True,
            preexec_fn=end_with_parent,
            **options,
        )

    def living(self) -> dict[int, str]:
        """Process ids and command lines of all that carry the mark, zombies aside."""
        wanted = f"{_MARK}={self.mark}".encode()
        found = {}
        for place in Path("/proc").iterdir():
            if not place.name.isdigit() or int(place.name) == os.getpid():
                continue
            with suppress(OSError):  # it ended while we looked, or belongs to somebody else
                if wanted in (place / "environ").read_bytes().split(b"\0"):
                    line = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
                    if line:  # a zombie has none
                        found[int(place.name)] = line
        return found

    def end(self, process: subprocess.Popen[bytes] | None = None) -> None:
        """End one process, or all that carry the mark: by word first, then by force."""
        for word in (signal.SIGTERM, signal.SIGKILL):
            for pid in [process.pid] if process else self.living():
                with suppress(ProcessLookupError):
                    os.kill(pid, word)
            deadline = time.monotonic() + _PATIENCE
            while time.monotonic() < deadline:
                if process is not None and process.poll() is not None:
                    return
                if process is None and not self.living():
                    return
                time.sleep(0.02)
        if process is not None:
            process.wait()
