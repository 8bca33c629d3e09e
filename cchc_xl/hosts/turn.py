"""One press of a button at a time: each is a process of its own, and a double click on the ribbon starts two.

Two at work in one Excel would find each other's settings and take them for the user's: the second would leave Excel
with the manual calculation that the first had set, and totals that look right and are not.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum
from pathlib import Path
from typing import IO

from cchc_xl.own_folder import own_folder

_FILE = "dang-chay.lock"
_HELD = frozenset({errno.EACCES, errno.EAGAIN, errno.EDEADLK})  # what a lock in other hands is called
_DOUBLE_CLICK = 2.0  # seconds, from the start of one Python to that of the other


class Turn(Enum):
    """Whether this press may go on."""

    OURS = "ours"
    TAKEN = "taken"  # another is at work
    DOUBLE = "double"  # another has just begun: a double click, about which there is nothing to say


@contextmanager
def our_turn() -> Iterator[Turn]:
    """Take the turn for as long as the block lasts. The system gives it back when the process dies."""
    try:
        path = own_folder() / _FILE
        handle = path.open("ab")
    except (OSError, RuntimeError):  # no folder of the user's own: better two presses than none
        yield Turn.OURS
        return
    with handle:
        if _locked(handle):
            with suppress(OSError):
                os.utime(path)  # when this press began
            yield Turn.OURS
        else:
            yield Turn.DOUBLE if _since(path) < _DOUBLE_CLICK else Turn.TAKEN


def _locked(handle: IO[bytes]) -> bool:
    """Lock the file, unless another process has; gives whether this one may work."""
    try:
        if sys.platform == "win32":
            import msvcrt

            handle.seek(0)
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as refused:
        return refused.errno not in _HELD  # a disk that knows no locks keeps nobody from working
    return True


def _since(path: Path) -> float:
    """Seconds since the other one began."""
    try:
        return abs(time.time() - path.stat().st_mtime)
    except OSError:
        return _DOUBLE_CLICK
