"""Behind ``.api``: the members of Excel's own object model that the handlers use, with LibreOffice's meaning.

What is not here raises ``AttributeError``, as an unknown member of a COM object does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from cchc_xl.hosts.calc.formats import color_number
from cchc_xl.hosts.calc.formulas import to_calc

if TYPE_CHECKING:
    from cchc_xl.hosts.calc.engine import App, Book, Sheet
    from cchc_xl.hosts.calc.ranges import Range


class AppApi:
    """Excel's Application."""

    def __init__(self, app: App) -> None:
        self._app = app

    @property
    def ActiveWindow(self) -> Window:  # noqa: N802
        """The window of the workbook in front."""
        return Window(self._app.books.active)


class Window:
    """Excel's Window: the rows and columns that stay, and the grid. It can be set only."""

    _book: Book
    _split: dict[str, int]

    def __init__(self, book: Book) -> None:
        self.__dict__.update(_book=book, _split={"SplitRow": 0, "SplitColumn": 0})

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self._split:
            self._split[name] = value
        elif name == "FreezePanes":
            rows, columns = self._split.values() if value else (0, 0)
            self._book.ask("book.freeze", rows=rows, columns=columns)
        elif name == "DisplayGridlines":
            self._book.ask("book.show_grid", shown=bool(value))
        elif name not in ("ScrollRow", "ScrollColumn"):  # a sheet that was just laid out shows its top
            raise AttributeError(name)


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


# Excel's numbers (XlHAlign, XlVAlign, XlLineStyle, XlFormatConditionType) for what LibreOffice calls by names.
_HORIZONTAL = {1: "standard", -4131: "left", -4108: "center", -4152: "right"}
_VERTICAL = {-4160: "top", -4108: "center", -4107: "bottom"}
_CONTINUOUS, _EXPRESSION = 1, 2


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

    @property
    def HorizontalAlignment(self) -> int:  # noqa: N802
        """To be set only."""
        raise AttributeError("HorizontalAlignment")

    @HorizontalAlignment.setter
    def HorizontalAlignment(self, value: int) -> None:  # noqa: N802
        self._range.write_formats(horizontal=_HORIZONTAL[value])

    @property
    def VerticalAlignment(self) -> int:  # noqa: N802
        """To be set only."""
        raise AttributeError("VerticalAlignment")

    @VerticalAlignment.setter
    def VerticalAlignment(self, value: int) -> None:  # noqa: N802
        self._range.write_formats(vertical=_VERTICAL[value])

    @property
    def Borders(self) -> Borders:  # noqa: N802
        """All four borders of every cell."""
        return Borders(lambda: self._range.write_formats(bordered=True))

    @property
    def FormatConditions(self) -> FormatConditions:  # noqa: N802
        """The conditional formats of the cells."""
        return FormatConditions(self._range)


class Borders:
    """Borders, which can be drawn."""

    _draw: Callable[[], object]

    def __init__(self, draw: Callable[[], object]) -> None:
        self.__dict__.update(_draw=draw)

    def __setattr__(self, name: str, value: Any) -> None:
        if (name, value) != ("LineStyle", _CONTINUOUS):
            raise AttributeError(f"Borders.{name} = {value}")
        self._draw()


class FormatConditions:
    """Excel's FormatConditions of a range."""

    def __init__(self, owner: Range) -> None:
        self._range = owner

    def Add(self, kind: int, _operator: int, formula: str) -> FormatCondition:  # noqa: N802 - Excel's name
        """A format for the cells for which a formula is true; it is written as for the first cell."""
        if kind != _EXPRESSION:
            raise NotImplementedError("conditions that are no formula")
        style: str = self._range.ask("formats.add_condition", formula=to_calc(formula).removeprefix("="))
        return FormatCondition(self._range, style)


class FormatCondition:
    """A conditional format: how the cells look when it holds."""

    def __init__(self, owner: Range, style: str) -> None:
        self.Interior = _Look(owner, style, {"Color": lambda number: {"background": color_number(number)}})
        self.Font = _Look(owner, style, {"Bold": lambda bold: {"bold": bool(bold)}})
        self.Borders = _Look(owner, style, {"LineStyle": lambda line: {"bordered": line == _CONTINUOUS}})


class _Look:
    """One side of how the cells look; can be set only."""

    _owner: Range
    _style: str
    _settable: Mapping[str, Callable[[Any], dict[str, Any]]]

    def __init__(self, owner: Range, style: str, settable: Mapping[str, Callable[[Any], dict[str, Any]]]) -> None:
        self.__dict__.update(_owner=owner, _style=style, _settable=settable)

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self._settable:
            raise AttributeError(name)
        self._owner.sheet.book.ask("formats.style", style=self._style, **self._settable[name](value))
