"""Excel is left as it was found: screen, calculation, status bar, the active sheet, protection of sheets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from cchc_xl.errors import WorkbookFault

# Worksheet.Protection's flags, in the order of Worksheet.Protect's last arguments.
_PERMISSIONS = (
    "AllowFormattingCells",
    "AllowFormattingColumns",
    "AllowFormattingRows",
    "AllowInsertingColumns",
    "AllowInsertingRows",
    "AllowInsertingHyperlinks",
    "AllowDeletingColumns",
    "AllowDeletingRows",
    "AllowSorting",
    "AllowFiltering",
    "AllowUsingPivotTables",
)


@contextmanager
def undisturbed(book: Any, doing: str) -> Iterator[None]:
    """Show ``doing`` in the status bar, hold screen updates and recalculation, and restore them whatever happens.

    When the work fails the sheet that was active becomes active again.
    """
    app = book.app
    updating, calculation, active = app.screen_updating, app.calculation, book.sheets.active
    app.screen_updating = False
    try:
        app.calculation = "manual"
        app.status_bar = doing
        yield
    except BaseException:
        with suppress(Exception):
            active.activate()
        raise
    finally:
        # Each on its own: one that Excel refuses shall not keep the others from being restored.
        with suppress(Exception):
            app.calculation = calculation
        with suppress(Exception):
            app.status_bar = False
        app.screen_updating = updating


def refuse_passwords(sheets: Iterable[Any]) -> None:
    """Raise ``WorkbookFault`` before anything is written when one of the sheets is under a password."""
    for sheet in sheets:
        with unprotected(sheet):
            pass


@contextmanager
def unprotected(sheet: Any) -> Iterator[None]:
    """Lift the sheet's protection (ours has no password) and put it back with the same permissions.

    Raises ``WorkbookFault`` when somebody has set a password.
    """
    api = sheet.api
    if not api.ProtectContents:
        yield
        return
    permissions = [bool(getattr(api.Protection, name)) for name in _PERMISSIONS]
    drawings, scenarios = bool(api.ProtectDrawingObjects), bool(api.ProtectScenarios)
    try:
        api.Unprotect("")
    except Exception as refused:
        raise WorkbookFault(
            f"Trang {sheet.name} được bảo vệ bằng mật khẩu: hãy bỏ mật khẩu (Xem lại > Bỏ bảo vệ trang) rồi làm lại."
        ) from refused
    try:
        yield
    finally:
        # By position: late-bound COM objects take no keywords. UserInterfaceOnly stays off.
        api.Protect("", drawings, True, scenarios, False, *permissions)
