"""What `.api` gives: the part of Excel's own object model that handlers use because xlwings lacks it."""

# The names are Excel's.
# ruff: noqa: N802, N803

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from openpyxl.styles import Border, Protection, Side

from . import notes
from .appearance import FormatConditionsApi, WindowApi
from .core import ComMember, common
from .protection import FLAGS, SELECTION, protect, unprotect

if TYPE_CHECKING:
    from .notes import Note
    from .objects import App, Book, Sheet
    from .ranges import Range

NO_COLOR = -4142  # xlColorIndexNone, and xlLineStyleNone
_SOME_COLOR = 0
_POINTS_PER_PIXEL = 0.75
_LINE_STYLES = {1: "thin", -4115: "dashed", -4118: "dotted", -4119: "double", NO_COLOR: None}
_VERTICAL = {-4160: "top", -4108: "center", -4107: "bottom", -4130: "justify", -4117: "distributed"}
_HORIZONTAL = {
    1: "general",
    -4131: "left",
    -4108: "center",
    -4152: "right",
    5: "fill",
    -4130: "justify",
    7: "centerContinuous",
    -4117: "distributed",
}


class International(tuple[Any, ...]):
    """`Application.International`, as pywin32 gives it bound late (called, from 1) and early (a tuple, from 0)."""

    __slots__ = ()

    def __call__(self, index: int) -> Any:
        """The setting with Excel's number `index`."""
        return self[index - 1]


class AppApi(ComMember, label="App.api"):
    """Excel's Application."""

    def __init__(self, app: App) -> None:
        self._app = app

    @property
    def International(self) -> International:
        settings = self._app.international
        return International(settings.get(index) for index in range(1, max(45, *settings) + 1))

    @property
    def Interactive(self) -> bool:
        return self._app._interactive

    @Interactive.setter
    def Interactive(self, value: bool) -> None:
        self._app._interactive = bool(value)

    @property
    def ActiveWindow(self) -> WindowApi:
        return WindowApi(self._app)

    @property
    def Ready(self) -> bool:
        """Always true: while it is not, the question itself is rejected."""
        return True


class BookApi(ComMember, label="Book.api"):
    """Excel's Workbook."""

    def __init__(self, book: Book) -> None:
        self._app = book._app
        self._book = book

    @property
    def ProtectStructure(self) -> bool:
        security = self._book._wb.security
        return bool(security is not None and security.lockStructure)

    @property
    def FullName(self) -> str:
        return str(self._book._path)

    @property
    def ReadOnly(self) -> bool:
        return self._book._read_only

    def SaveCopyAs(self, path: str) -> None:
        """Write a copy; the open workbook keeps its name and its unsaved state."""
        self._book._wb.save(path)

    @property
    def Saved(self) -> bool:
        return self._book._saved

    @Saved.setter
    def Saved(self, value: bool) -> None:
        self._book._saved = bool(value)


class SheetApi(ComMember, label="Sheet.api"):
    """Excel's Worksheet."""

    def __init__(self, sheet: Sheet) -> None:
        self._app = sheet._app
        self._sheet = sheet

    @property
    def Name(self) -> str:
        return self._sheet.name

    @property
    def Visible(self) -> int:
        """-1 visible, 0 hidden, 2 very hidden."""
        return self._sheet._state

    @Visible.setter
    def Visible(self, value: int) -> None:
        self._sheet._set_state(int(value) * -1 if isinstance(value, bool) else value)

    @property
    def ProtectContents(self) -> bool:
        return bool(self._sheet._ws.protection.sheet)

    @property
    def ProtectDrawingObjects(self) -> bool:
        return bool(self._sheet._ws.protection.objects)

    @property
    def ProtectScenarios(self) -> bool:
        return bool(self._sheet._ws.protection.scenarios)

    @property
    def Protection(self) -> ProtectionApi:
        return ProtectionApi(self._sheet)

    @property
    def EnableSelection(self) -> int:
        """0 all cells, 1 unlocked cells, -4142 none."""
        protection = self._sheet._ws.protection
        forbidden = bool(protection.selectLockedCells), bool(protection.selectUnlockedCells)
        return next((number for number, pair in SELECTION.items() if pair == forbidden), 0)

    @EnableSelection.setter
    def EnableSelection(self, value: int) -> None:
        protection = self._sheet._ws.protection
        protection.selectLockedCells, protection.selectUnlockedCells = SELECTION[value]

    @property
    def Comments(self) -> CommentsApi:
        return CommentsApi(self._sheet)

    @property
    def PageSetup(self) -> PageSetupApi:
        return PageSetupApi(self._sheet)

    def Protect(
        self,
        Password: str | None = None,
        DrawingObjects: bool = True,
        Contents: bool = True,
        Scenarios: bool = True,
        UserInterfaceOnly: bool = False,
        AllowFormattingCells: bool = False,
        AllowFormattingColumns: bool = False,
        AllowFormattingRows: bool = False,
        AllowInsertingColumns: bool = False,
        AllowInsertingRows: bool = False,
        AllowInsertingHyperlinks: bool = False,
        AllowDeletingColumns: bool = False,
        AllowDeletingRows: bool = False,
        AllowSorting: bool = False,
        AllowFiltering: bool = False,
        AllowUsingPivotTables: bool = False,
    ) -> None:
        """Protect the sheet; what is not said to be allowed is forbidden, whatever was allowed before."""
        given = locals()
        allowed = {flag: bool(given[flag]) for flag in FLAGS}
        protect(self._sheet, Password, allowed, contents=Contents, objects=DrawingObjects, scenarios=Scenarios)
        self._sheet._macro_may_write = UserInterfaceOnly
        self._sheet._book._saved = False

    def Unprotect(self, Password: str | None = None) -> None:
        """Lift the protection, and forget what it allowed."""
        unprotect(self._sheet, Password)
        self._sheet._book._saved = False


def _flag(name: str) -> property:
    """One of the eleven flags, to read."""
    return property(lambda self: not getattr(self._sheet._ws.protection, FLAGS[name]), doc=f"{name}, read only.")


class ProtectionApi(ComMember, label="Protection"):
    """Excel's Protection: what is allowed on the protected sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self._app = sheet._app
        self._sheet = sheet

    AllowFormattingCells = _flag("AllowFormattingCells")
    AllowFormattingColumns = _flag("AllowFormattingColumns")
    AllowFormattingRows = _flag("AllowFormattingRows")
    AllowInsertingColumns = _flag("AllowInsertingColumns")
    AllowInsertingRows = _flag("AllowInsertingRows")
    AllowInsertingHyperlinks = _flag("AllowInsertingHyperlinks")
    AllowDeletingColumns = _flag("AllowDeletingColumns")
    AllowDeletingRows = _flag("AllowDeletingRows")
    AllowSorting = _flag("AllowSorting")
    AllowFiltering = _flag("AllowFiltering")
    AllowUsingPivotTables = _flag("AllowUsingPivotTables")


class PageSetupApi(ComMember, label="PageSetup"):
    """Excel's PageSetup: paper, direction, how many pages wide and high, rows that every page repeats."""

    def __init__(self, sheet: Sheet) -> None:
        self._app = sheet._app
        self._sheet = sheet

    @property
    def PaperSize(self) -> int:
        return int(self._sheet._ws.page_setup.paperSize or 1)

    @PaperSize.setter
    def PaperSize(self, value: int) -> None:
        self._sheet._ws.page_setup.paperSize = value

    @property
    def Orientation(self) -> int:
        """1 portrait, 2 landscape."""
        return 2 if self._sheet._ws.page_setup.orientation == "landscape" else 1

    @Orientation.setter
    def Orientation(self, value: int) -> None:
        self._sheet._ws.page_setup.orientation = {1: "portrait", 2: "landscape"}[value]

    @property
    def Zoom(self) -> int | bool:
        """A percentage, or false: the number of pages decides."""
        fit = self._sheet._ws.sheet_properties.pageSetUpPr
        return False if fit is not None and fit.fitToPage else int(self._sheet._ws.page_setup.scale or 100)

    @Zoom.setter
    def Zoom(self, value: int | bool) -> None:
        self._sheet._ws.sheet_properties.pageSetUpPr.fitToPage = value is False
        self._sheet._ws.page_setup.scale = None if value is False else value

    @property
    def FitToPagesWide(self) -> int | bool:
        return int(self._sheet._ws.page_setup.fitToWidth or 0) or False

    @FitToPagesWide.setter
    def FitToPagesWide(self, value: int | bool) -> None:
        self._sheet._ws.page_setup.fitToWidth = int(value)

    @property
    def FitToPagesTall(self) -> int | bool:
        return int(self._sheet._ws.page_setup.fitToHeight or 0) or False

    @FitToPagesTall.setter
    def FitToPagesTall(self, value: int | bool) -> None:
        self._sheet._ws.page_setup.fitToHeight = int(value)

    @property
    def PrintTitleRows(self) -> str:
        return self._sheet._ws.print_title_rows or ""

    @PrintTitleRows.setter
    def PrintTitleRows(self, value: str) -> None:
        self._sheet._ws.print_title_rows = value.replace("$", "")


class CommentsApi(ComMember, label="Comments"):
    """Excel's Comments of a sheet, row by row."""

    def __init__(self, sheet: Sheet) -> None:
        self._app = sheet._app
        self._sheet = sheet

    @property
    def Count(self) -> int:
        return len(self._notes())

    def __len__(self) -> int:
        return len(self._notes())

    def __bool__(self) -> bool:
        return True  # pywin32's collections are true even when they are empty

    def __iter__(self) -> Iterator[NoteApi]:
        return iter([NoteApi(note) for note in self._notes()])

    def _notes(self) -> list[Note]:
        return self._sheet.notes


class NoteApi(ComMember, label="Comment"):
    """Excel's Comment."""

    def __init__(self, note: Note) -> None:
        self._app = note._app
        self._note = note

    @property
    def Parent(self) -> RangeApi:
        api: RangeApi = self._note._sheet.range((self._note._cell.row, self._note._cell.column)).api
        return api

    def Text(self, Text: str | None = None) -> str:
        """The text; with an argument, which replaces the text, the new one."""
        if Text is not None:
            self._note.text = Text
        return self._note.text

    def Delete(self) -> None:
        self._note.delete()

    @property
    def Visible(self) -> bool:
        """Whether the note always shows; no file keeps it here."""
        return bool(getattr(self._note._comment, "shown", False))

    @Visible.setter
    def Visible(self, value: bool) -> None:
        self._note._comment.shown = bool(value)

    @property
    def Shape(self) -> ShapeApi:
        return ShapeApi(self._note)


class ShapeApi(ComMember, label="Comment.Shape"):
    """The shape that shows a comment."""

    def __init__(self, note: Note) -> None:
        self._app = note._app
        self._note = note

    @property
    def Width(self) -> float:
        """In points; openpyxl, and so the file, counts in pixels and forgets them when it loads a file."""
        return float(self._note._comment.width * _POINTS_PER_PIXEL)

    @Width.setter
    def Width(self, value: float) -> None:
        self._note._resize(width=value / _POINTS_PER_PIXEL)

    @property
    def Height(self) -> float:
        return float(self._note._comment.height * _POINTS_PER_PIXEL)

    @Height.setter
    def Height(self, value: float) -> None:
        self._note._resize(height=value / _POINTS_PER_PIXEL)

    @property
    def TextFrame(self) -> TextFrameApi:
        return TextFrameApi(self._note)


class TextFrameApi(ComMember, label="Comment.Shape.TextFrame"):
    """The text in the shape that shows a comment."""

    def __init__(self, note: Note) -> None:
        self._app = note._app
        self._note = note

    @property
    def AutoSize(self) -> bool:
        """Whether the shape grows with its text; no file keeps it here."""
        return bool(getattr(self._note._comment, "auto_size", False))

    @AutoSize.setter
    def AutoSize(self, value: bool) -> None:
        self._note._comment.auto_size = bool(value)


class RangePart(ComMember, label="Range.api"):
    """Something that belongs to a range."""

    def __init__(self, owner: Range) -> None:
        self._app = owner._app
        self._range = owner


class RangeApi(RangePart, label="Range.api"):
    """Excel's Range."""

    @property
    def Address(self) -> str:
        return self._range.address

    @property
    def Row(self) -> int:
        return self._range.row

    @property
    def Column(self) -> int:
        return self._range.column

    @property
    def Comment(self) -> NoteApi | None:
        note = self._range.note
        return NoteApi(note) if note is not None else None

    def AddComment(self, Text: str = "") -> NoteApi:
        """Put a comment on a cell that has none."""
        return NoteApi(notes.add_note(self._range, Text))

    def ClearComments(self) -> None:
        notes.clear_notes(self._range)

    @property
    def WrapText(self) -> bool | None:
        return self._range.wrap_text

    @WrapText.setter
    def WrapText(self, value: bool) -> None:
        self._range.wrap_text = value

    @property
    def Locked(self) -> bool | None:
        found: bool | None = common(bool(cell.protection.locked) for cell in self._range._looked_at())
        return found

    @Locked.setter
    def Locked(self, value: bool) -> None:
        def change(cell: Any) -> None:
            cell.protection = Protection(locked=bool(value), hidden=cell.protection.hidden)

        self._range._format(change, flag=None)

    @property
    def HorizontalAlignment(self) -> int | None:
        return self._alignment("horizontal", _HORIZONTAL, 1)

    @HorizontalAlignment.setter
    def HorizontalAlignment(self, value: int) -> None:
        self._range._align(horizontal=_HORIZONTAL[value])

    @property
    def VerticalAlignment(self) -> int | None:
        return self._alignment("vertical", _VERTICAL, -4107)

    @VerticalAlignment.setter
    def VerticalAlignment(self, value: int) -> None:
        self._range._align(vertical=_VERTICAL[value])

    @property
    def EntireRow(self) -> EntireRowApi:
        return EntireRowApi(self._range)

    @property
    def Interior(self) -> InteriorApi:
        return InteriorApi(self._range)

    @property
    def FormatConditions(self) -> FormatConditionsApi:
        return FormatConditionsApi(self._range)

    @property
    def Borders(self) -> BordersApi:
        return BordersApi(self._range)

    def _alignment(self, name: str, numbers: dict[int, str], default: int) -> int | None:
        words = {word: number for number, word in numbers.items()}
        found: int | None = common(
            words.get(getattr(cell.alignment, name), default) for cell in self._range._looked_at()
        )
        return found


class EntireRowApi(RangePart, label="Range.api.EntireRow"):
    """The rows of a range in their whole length."""

    def AutoFit(self) -> None:
        self._range.autofit("r")


class InteriorApi(RangePart, label="Range.api.Interior"):
    """The fill of a range."""

    @property
    def Color(self) -> int:
        """Red in the lowest byte; white where there is no fill."""
        red, green, blue = self._range.color or (255, 255, 255)
        return red + (green << 8) + (blue << 16)

    @Color.setter
    def Color(self, value: int) -> None:
        self._range.color = int(value)

    @property
    def ColorIndex(self) -> int:
        """-4142 without fill; the numbers of Excel's palette are not imitated."""
        return NO_COLOR if self._range.color is None else _SOME_COLOR

    @ColorIndex.setter
    def ColorIndex(self, value: int) -> None:
        if value != NO_COLOR:
            raise NotImplementedError("the openpyxl engine has no palette of colours")
        self._range.color = None


class BordersApi(RangePart, label="Range.api.Borders"):
    """All four borders of every cell of a range."""

    @property
    def LineStyle(self) -> int | None:
        numbers = {style: number for number, style in _LINE_STYLES.items()}
        found: int | None = common(
            numbers.get(getattr(cell.border, edge).style, 1)
            for cell in self._range._looked_at()
            for edge in ("left", "right", "top", "bottom")
        )
        return found

    @LineStyle.setter
    def LineStyle(self, value: int) -> None:
        side = Side(style=_LINE_STYLES[value])
        border = Border(left=side, right=side, top=side, bottom=side)
        self._range._format(lambda cell: setattr(cell, "border", border))
