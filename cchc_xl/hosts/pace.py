"""How far a long reading has come, how fast it goes and how long it will still take, in words."""

from __future__ import annotations

import time

_SURE_AFTER = 2.0  # seconds: before that a rate is a guess


class Pace:
    """The words of one reading, from its first file on."""

    def __init__(self) -> None:
        self.started = time.monotonic()

    def words(self, done: int, total: int) -> str:
        """``120/1000 tệp, 85 tệp/giây, còn khoảng 11 giây``."""
        counted = f"{done}/{total} tệp"
        passed = time.monotonic() - self.started
        if passed < _SURE_AFTER or not done:
            return counted
        rate = done / passed
        shown = f"{rate:.0f}" if rate >= 10 else f"{rate:.1f}".replace(".", ",")
        return f"{counted}, {shown} tệp/giây, còn khoảng {_duration((total - done) / rate)}"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} giây"
    return f"{seconds / 60:.0f} phút"
