"""Behind ``.api``: the members of Excel's own object model that the handlers use, with LibreOffice's meaning.

What is not here raises ``AttributeError``, as an unknown member of a COM object does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cchc_xl.hosts.calc.engine import Book, Sheet
    from cchc_xl.hosts.calc.ranges import Range


class AppApi:
    """Excel's Application: nothing of it."""


class BookApi:
    """Excel's Workbook."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def SaveCopyAs(self, path: str) -> None:  # noqa: N802 - Excel's name
        """Write a copy in the workbook's own format; the workbook keeps its name and its unsaved state."""
        self._book.ask("book.store_copy", path=path)


class Permissions:
    """What is allowed on a protected sheet: LibreOffice keeps that by itself while a sheet is unprotected.

    It tells nobody, and takes it from nobody, so that every permission reads as not given.
    """

    def __getattr__(self, name: str) -> bool:
        if not name.startswith("Allow"):
            raise AttributeError(name)
        return False


class SheetApi:
    """Excel's Worksheet."""

    ProtectDrawingObjects = ProtectScenarios = False  # as ``Permissions``

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    @property
    def ProtectContents(self) -> bool:  # noqa: N802
        """Whether the sheet is protected."""
        return bool(self._sheet.ask("sheet.protected"))

    @property
    def Protection(self) -> Permissions:  # noqa: N802
        """What is allowed on the protected sheet."""
        return Permissions()

    def Protect(self, password: str = "", *_permissions: Any) -> None:  # noqa: N802
        """Protect the sheet, with what was allowed on it before."""
        self._sheet.ask("sheet.protect", password=password)

    def Unprotect(self, password: str = "") -> None:  # noqa: N802
        """Lift the protection. Raises ``Refusal`` when the password is another."""
        self._sheet.ask("sheet.unprotect", password=password)

    def ShowAllData(self) -> None:  # noqa: N802
        """Show the rows that a filter hides."""
        self._sheet.ask("sheet.show_all_rows")


class RangeApi:
    """Excel's Range."""

    def __init__(self, owner: Range) -> None:
        self._range = owner

    @property
    def Locked(self) -> bool:  # noqa: N802
        """Whether the first cell is closed while the sheet is protected."""
        return bool(self._range.read_format("locked"))

    @Locked.setter
    def Locked(self, value: bool) -> None:  # noqa: N802
        self._range.write_formats(locked=bool(value))
