"""Excel is left as it was found: screen, calculation, status bar, the active sheet, protection of sheets."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from cchc_xl.errors import InputFault, WorkbookFault
from cchc_xl.hosts.excel.faults import is_busy

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


# While the user types into a cell Excel takes nothing: so long and so often it is asked to take its settings back.
_PATIENCE, _PAUSE = 120.0, 0.25  # seconds


@contextmanager
def undisturbed(book: Any, doing: str) -> Iterator[None]:
    """Show ``doing`` in the status bar, hold screen updates and recalculation, and restore them whatever happens.

    When the work fails the sheet that was active becomes active again. Raises ``WorkbookFault`` for a shared workbook.
    """
    app = book.app
    refuse_shared(book)
    updating, calculation, active = app.screen_updating, app.calculation, book.sheets.active
    try:
        app.screen_updating = False
        app.calculation = "manual"
        app.status_bar = doing
        yield
    except BaseException:
        insist(active.activate)
        raise
    finally:
        # Each on its own: one that Excel refuses shall not keep the others from being restored.
        insist(partial(setattr, app, "calculation", calculation))
        insist(partial(setattr, app, "status_bar", False))
        insist(partial(setattr, app, "screen_updating", updating))


def insist(restore: Callable[[], object]) -> None:
    """Put something back as it was, also when the user is typing just now. That it cannot be done is no fault."""
    with suppress(Exception):
        patiently(restore)


def patiently(action: Callable[[], object]) -> None:
    """Do it as soon as the user leaves Excel a moment; raises what Excel says when that takes too long."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            action()
            return
        except Exception as refused:
            if not is_busy(refused) or time.monotonic() > until:
                raise
            time.sleep(_PAUSE)


def open_written(app: Any, path: Path) -> None:
    """Open a workbook that was just written, also when the user has gone on typing elsewhere meanwhile.

    Raises ``WorkbookFault`` when Excel does not: the work is done all the same, and the sentence says where it lies.
    """
    try:
        patiently(lambda: app.books.open(str(path)))
    except Exception as refused:
        raise WorkbookFault(f"Đã ghi {path} nhưng Excel không mở được: hãy mở tệp ấy bằng tay.") from refused


def refuse_open(app: Any, target: Path) -> None:
    """Raise ``InputFault`` before the work: Excel opens no second workbook of one name, wherever it lies."""
    for book in app.books:
        if str(book.name).lower() == target.name.lower():
            raise InputFault(f"Tệp {target.name} đang mở trong Excel: hãy đóng nó rồi bấm lại nút.")


def asks(book: Any, name: str) -> bool:
    """A yes or no of Excel's own workbook object; no where the host has no such thing."""
    try:
        return bool(getattr(book.api, name))
    except (AttributeError, NotImplementedError):
        return False


def refuse_shared(book: Any) -> None:
    """Raise ``WorkbookFault`` for a workbook shared the old way, whose sheets stay protected and take no notes."""
    if asks(book, "MultiUserEditing"):
        raise WorkbookFault(
            f"Sổ {book.name} đang dùng chung (Share Workbook) nên Excel không cho ghi kết quả: "
            "hãy bỏ dùng chung (Xem lại > Chia sẻ sổ làm việc), lưu sổ rồi bấm lại."
        )


def refuse_closed_structure(book: Any) -> None:
    """Raise ``WorkbookFault`` where no sheet can be added or shown."""
    if asks(book, "ProtectStructure"):
        raise WorkbookFault(
            f"Cấu trúc sổ {book.name} đang được bảo vệ nên không thêm được trang kết quả: "
            "hãy bỏ bảo vệ (Xem lại > Bảo vệ sổ làm việc) rồi bấm lại."
        )


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
        if is_busy(refused):
            raise
        raise WorkbookFault(
            f"Trang {sheet.name} được bảo vệ bằng mật khẩu: hãy bỏ mật khẩu (Xem lại > Bỏ bảo vệ trang) rồi làm lại."
        ) from refused
    try:
        yield
    finally:
        # By position: late-bound COM objects take no keywords. UserInterfaceOnly stays off.
        patiently(lambda: api.Protect("", drawings, True, scenarios, False, *permissions))
