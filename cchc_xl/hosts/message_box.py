"""A message where no host can show one: a program started without a console (pythonw) has no other voice."""

from __future__ import annotations

import sys

_MB_ICONWARNING, _MB_SETFOREGROUND = 0x30, 0x10000


def message_box(text: str) -> None:
    """A box of Windows' own; on other systems a line on stderr."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.MessageBoxW(None, text, "CCHC", _MB_ICONWARNING | _MB_SETFOREGROUND)
    elif sys.stderr is not None:
        sys.stderr.write(f"{text}\n")
