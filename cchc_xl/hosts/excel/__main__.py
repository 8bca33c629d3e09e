"""``python -m cchc_xl.hosts.excel <button> --hwnd <n>``: what the add-in starts at a click.

Nothing comes from the workbook: the button's name and Excel's window handle only. The work is done on the workbook
that is active in that Excel.
"""

from __future__ import annotations

import argparse
import sys
from typing import Any

from cchc_xl.hosts.excel.buttons import BUTTONS, press

# xlwings asks a busy Excel again without end by default; so often is about two seconds.
_ATTEMPTS = 20


def main(arguments: list[str] | None = None) -> int:
    """Press a button in the Excel that asked for it; 2 when that Excel is not there any more."""
    parser = argparse.ArgumentParser(prog="cchc_xl.hosts.excel")
    parser.add_argument("button", choices=sorted(BUTTONS))
    parser.add_argument("--hwnd", type=int, default=0)
    asked = parser.parse_args(arguments)
    app = _app(asked.hwnd)
    if app is None:
        return 2
    press(asked.button, app)
    return 0


def _app(hwnd: int) -> Any:
    """The running Excel with this window, else the active one."""
    import xlwings

    if sys.platform == "win32":
        from xlwings import _xlwindows

        _xlwindows.N_COM_ATTEMPTS = _ATTEMPTS
    apps = list(xlwings.apps)
    return next((app for app in apps if hwnd and app.hwnd == hwnd), xlwings.apps.active if apps else None)


if __name__ == "__main__":
    sys.exit(main())
