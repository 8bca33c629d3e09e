"""Sheet protection as Excel enforces it, kept in openpyxl's `worksheet.protection` so that saved files carry it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from openpyxl.utils.protection import hash_password
from openpyxl.worksheet.protection import SheetProtection
from openpyxl.worksheet.worksheet import Worksheet

from .core import ComError
from .grid import blank_cell

if TYPE_CHECKING:
    from .objects import Sheet

# Excel says what is allowed, the file (and openpyxl) what is forbidden.
FLAGS = {
    "AllowFormattingCells": "formatCells",
    "AllowFormattingColumns": "formatColumns",
    "AllowFormattingRows": "formatRows",
    "AllowInsertingColumns": "insertColumns",
    "AllowInsertingRows": "insertRows",
    "AllowInsertingHyperlinks": "insertHyperlinks",
    "AllowDeletingColumns": "deleteColumns",
    "AllowDeletingRows": "deleteRows",
    "AllowSorting": "sort",
    "AllowFiltering": "autoFilter",
    "AllowUsingPivotTables": "pivotTables",
}

# EnableSelection → (locked cells cannot be selected, unlocked cells cannot be selected)
SELECTION = {0: (False, False), 1: (True, False), -4142: (True, True)}


def protect(
    sheet: Sheet, password: str | None, allowed: dict[str, bool], *, contents: bool, objects: bool, scenarios: bool
) -> None:
    """Protect, or change the protection of, a sheet; a password that is set already must be given again."""
    old = sheet._ws.protection
    if old.sheet and not _opens(old, password):
        raise ComError("The password you supplied is not correct.")
    new = SheetProtection(
        sheet=contents,
        objects=objects,
        scenarios=scenarios,
        selectLockedCells=old.selectLockedCells,
        selectUnlockedCells=old.selectUnlockedCells,
        **{FLAGS[name]: not value for name, value in allowed.items()},
    )
    if password:
        new.set_password(hash_password(password), already_hashed=True)
        new.sheet = contents
    sheet._ws.protection = new


def unprotect(sheet: Sheet, password: str | None) -> None:
    """Lift the protection; the flags are gone with it, so a handler must have read them before."""
    old = sheet._ws.protection
    if old.sheet and not _opens(old, password):
        raise ComError("The password you supplied is not correct.")
    sheet._ws.protection = SheetProtection(
        selectLockedCells=old.selectLockedCells, selectUnlockedCells=old.selectUnlockedCells
    )
    sheet._macro_may_write = False


def require_flag(sheet: Sheet, flag: str | None, action: str) -> None:
    """Raise unless the sheet is open or its protection has `flag`; None stands for what no flag allows."""
    protection = sheet._ws.protection
    if protection.sheet and not sheet._macro_may_write and (flag is None or getattr(protection, FLAGS[flag])):
        raise ComError(f"Unable to {action}: the sheet is protected.")


def require_objects(sheet: Sheet) -> None:
    """Raise where drawing objects, and with them comments, are protected."""
    if sheet._ws.protection.objects and not sheet._macro_may_write:
        raise ComError("Application-defined or object-defined error: drawing objects are protected.")


def require_unlocked(sheet: Sheet, places: Iterable[tuple[int, int]]) -> None:
    """Raise where one of the cells is locked on a protected sheet; then nothing of the block is written."""
    if sheet._ws.protection.sheet and not sheet._macro_may_write and any(_locked(sheet._ws, at) for at in places):
        raise ComError("The cell or chart you're trying to change is on a protected sheet.")


def _locked(ws: Worksheet, place: tuple[int, int]) -> bool:
    cell = ws._cells.get(place) or blank_cell(ws, *place)
    return bool(cell.protection.locked)


def _opens(protection: SheetProtection, password: str | None) -> bool:
    """Whether `password` is the sheet's: old 16-bit hash or salted and iterated hash; without one everything is."""
    if protection.hashValue:
        algorithm = str(protection.algorithmName).replace("-", "").lower()
        salt = base64.b64decode(protection.saltValue or "")
        digest = hashlib.new(algorithm, salt + (password or "").encode("utf-16-le")).digest()
        for turn in range(protection.spinCount or 0):
            digest = hashlib.new(algorithm, digest + turn.to_bytes(4, "little")).digest()
        return base64.b64encode(digest).decode() == protection.hashValue
    if protection.password:
        return bool(password) and int(hash_password(password), 16) == int(protection.password, 16)
    return True
