"""The Excel that is running already, through xlwings: found, never started, never ended."""

from __future__ import annotations

import atexit
import sys
from typing import Any

# By default xlwings asks a busy Excel again without end, and a press would hang for as long as a cell is typed into.
_ATTEMPTS = 20
_WINDOWS = "xlwings._xlwindows"


def running_excel(hwnd: int = 0) -> Any:
    """The Excel (``xlwings.App``) whose process shows this window, without a window the one in front; else ``None``.

    xlwings does not see an Excel in which no workbook is open.
    """
    import xlwings

    if not xlwings.engines:
        return None
    end_no_excel()
    if _WINDOWS in sys.modules:
        sys.modules[_WINDOWS].N_COM_ATTEMPTS = _ATTEMPTS  # type: ignore[attr-defined]
        if hwnd:
            # Not its front window's handle: the user may have gone on to another workbook meanwhile. And never another
            # Excel: the button would be pressed on a workbook that nobody meant.
            process = _process_of(hwnd)
            return next((app for app in xlwings.apps if app.pid == process), None)
    return xlwings.apps.active


def end_no_excel() -> None:
    """Keep xlwings from killing, when Python ends, every Excel that shows no workbook (``taskkill /F``).

    It takes them for its own leftovers. We start none, so they are somebody else's: one in which the user has closed
    the last workbook, one that another program works with unseen.
    """
    windows = sys.modules.get(_WINDOWS)
    if windows is not None:
        atexit.unregister(windows.cleanup)


def _process_of(hwnd: int) -> int:
    """The process that shows a window; 0 when the window is gone."""
    import ctypes

    process = ctypes.c_ulong()
    ctypes.windll.user32.GetWindowThreadProcessId(ctypes.c_void_p(hwnd), ctypes.byref(process))  # type: ignore[attr-defined]
    return process.value
