"""Engine, apps, books and sheets over openpyxl, as xlwings' `main.py` calls them."""

from __future__ import annotations

import itertools
import weakref
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from . import values
from .com import AppApi, BookApi, SheetApi
from .core import ComError, Member
from .dimensions import autofit_columns, autofit_rows
from .notes import Note
from .ranges import LAST_COLUMN, LAST_ROW, Range, find_range, spanning

VISIBLE, HIDDEN, VERY_HIDDEN = -1, 0, 2
_STATES = {"visible": VISIBLE, "hidden": HIDDEN, "veryHidden": VERY_HIDDEN}
_FIRST_ANSWER = {"ok": "ok", "ok_cancel": "ok", "yes_no": "yes", "yes_no_cancel": "yes"}
_CALCULATIONS = ("automatic", "manual", "semiautomatic")
_clock = itertools.count(1)  # tells apps apart, and which book was activated last


def _setting(name: str) -> property:
    """An app's property that is kept and given back, and has no effect here."""

    def get(self: App) -> Any:
        return self._settings.get(name, True)

    def put(self: App, value: Any) -> None:
        self._settings[name] = value

    return property(get, put)


class Engine:
    """The engine "openpyxl"; `desktop` because xlwings then treats it as it treats Excel."""

    name = "openpyxl"
    type = "desktop"

    def __init__(self) -> None:
        self.apps = Apps()

    @staticmethod
    def clean_value_data(
        data: Any, datetime_builder: Any, empty_as: Any, number_builder: Any, err_to_str: bool
    ) -> list[list[Any]]:
        """Values that were read, as xlwings gives them to its user."""
        return [
            [values.clean(value, datetime_builder, empty_as, number_builder, err_to_str) for value in row]
            for row in data
        ]

    @staticmethod
    def prepare_xl_data_element(value: Any, _options: Any = None) -> Any:
        """A value that will be written, as xlwings sends it to Excel."""
        return values.prepare(value)


class Apps:
    """The apps that a test still holds a book of; the newest, or the last activated one, comes first."""

    def __init__(self) -> None:
        self._references: list[weakref.ref[App]] = []

    def __iter__(self) -> Iterator[App]:
        return iter([app for reference in self._references if (app := reference()) is not None])

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __getitem__(self, pid: int) -> App:
        for app in self:
            if app.pid == pid:
                return app
        raise KeyError(pid)

    def keys(self) -> list[int]:
        """The process ids, here just numbers."""
        return [app.pid for app in self]

    def add(self, **_options: Any) -> App:
        """Start an app without a book."""
        app = App()
        self.move_first(app)
        return app

    def move_first(self, app: App) -> None:
        """Make `app` the active one."""
        self._references = [weakref.ref(app), *(weakref.ref(other) for other in self if other is not app)]


@dataclass(frozen=True)
class Alert:
    """A message box that was shown, and the button that closed it."""

    prompt: str
    title: str | None
    buttons: str
    mode: str | None
    answer: str


class App(Member, label="App", free=("alert", "engine", "pid")):
    """Excel itself; `alert` also works while Excel is busy, because a message box is not Excel's."""

    alerts: list[Alert]
    answers: deque[str]
    busy: bool
    international: dict[int, str]

    def __init__(self) -> None:
        self._app = self
        self._pid = next(_clock)
        self._books = Books(self)
        self._interactive = True
        self._calculation = "automatic"
        self._settings: dict[str, Any] = {"status_bar": False}
        self.alerts = []
        self.answers = deque()
        self.busy = False
        self._split = (0, 0)  # of the active window: rows and columns before its panes are frozen
        self.international = {3: ",", 4: ".", 5: ";"}

    visible = _setting("visible")
    screen_updating = _setting("screen_updating")
    display_alerts = _setting("display_alerts")
    enable_events = _setting("enable_events")
    status_bar = _setting("status_bar")

    @property
    def engine(self) -> Engine:
        return ENGINE

    @property
    def pid(self) -> int:
        return self._pid

    @property
    def api(self) -> AppApi:
        return AppApi(self)

    @property
    def books(self) -> Books:
        return self._books

    @property
    def calculation(self) -> str:
        return self._calculation

    @calculation.setter
    def calculation(self, value: str) -> None:
        if value not in _CALCULATIONS:
            raise KeyError(value)  # as xlwings on Windows does
        self._calculation = value

    @property
    def selection(self) -> Range | None:
        """The selected cells of the active sheet; in Excel, too, every sheet has its own."""
        if not self._books._open:
            return None
        sheet = self._books.active.sheets.active
        return find_range(sheet, sheet._ws.sheet_view.selection[-1].sqref.split()[0])

    def activate(self, steal_focus: bool = False) -> None:
        ENGINE.apps.move_first(self)

    def calculate(self) -> None:
        """Do nothing: nothing recalculates here."""

    def alert(self, prompt: str, title: str | None, buttons: str, mode: str | None, callback: str | None) -> str:
        """Record the message and press the next of `answers`, else the first button."""
        answer = self.answers.popleft() if self.answers else _FIRST_ANSWER[buttons]
        self.alerts.append(Alert(prompt, title, buttons, mode, answer))
        return answer

    def quit(self) -> None:
        self._books._open.clear()


class Books(Member, label="Books", free=("app",)):
    """The open workbooks of an app."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._open: list[Book] = []

    @property
    def app(self) -> App:
        return self._app

    @property
    def active(self) -> Book:
        if not self._open:
            return NoBook()  # type: ignore[return-value]
        return max(self._open, key=lambda book: book._activated)

    def __iter__(self) -> Iterator[Book]:
        return iter(list(self._open))

    def __len__(self) -> int:
        return len(self._open)

    def __call__(self, key: int | str) -> Book:
        for position, book in enumerate(self._open, 1):
            if key == position or (isinstance(key, str) and key.lower() == book.name.lower()):
                return book
        raise KeyError(key)

    def open(
        self, fullname: str, update_links: bool | None = None, read_only: bool | None = None, *_others: Any
    ) -> Book:
        """Open a workbook and make it the active one."""
        book = Book(self._app, Path(fullname), read_only=bool(read_only))
        self._open.append(book)
        return book


class NoBook:
    """What xlwings gives for the active workbook where there is none: a book around nothing; its use breaks."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"'NoneType' object has no attribute {name!r}")


class Book(Member, label="Book", free=("app",)):
    """A workbook, loaded twice: with its formulas, and with the results that the file holds of them."""

    def __init__(self, app: App, path: Path, *, read_only: bool) -> None:
        self._app = app
        self._path = path
        self._read_only = read_only
        self._saved = True
        self._activated = next(_clock)
        self._wb = openpyxl.load_workbook(path, rich_text=True, keep_vba=path.suffix.lower() == ".xlsm")
        results = openpyxl.load_workbook(path, data_only=True)
        self._sheets = {ws: Sheet(self, ws, results[ws.title]) for ws in self._wb.worksheets}

    @property
    def api(self) -> BookApi:
        return BookApi(self)

    @property
    def app(self) -> App:
        return self._app

    @property
    def name(self) -> str:
        return self._path.name

    @property
    def fullname(self) -> str:
        return str(self._path)

    @property
    def sheets(self) -> Sheets:
        return Sheets(self)

    def save(self, path: str | None = None, password: str | None = None) -> None:
        """Save under the same or, like Excel's SaveAs, from now on under another name."""
        if password is not None:
            raise NotImplementedError("the openpyxl engine has no password for Book.save")
        if path is None and self._read_only:
            raise ComError(f"Cannot access read-only document '{self.name}'.")
        target = Path(path).resolve() if path is not None else self._path
        self._wb.save(target)
        self._read_only = self._read_only and target == self._path
        self._path = target
        self._saved = True

    def close(self) -> None:
        self._app._books._open.remove(self)

    def activate(self) -> None:
        self._activated = next(_clock)

    def _require_open_structure(self) -> None:
        if self._wb.security is not None and self._wb.security.lockStructure:
            raise ComError("Workbook is protected and cannot be changed.")


class Sheets(Member, label="Sheets"):
    """The worksheets of a book."""

    def __init__(self, book: Book) -> None:
        self._app = book._app
        self._book = book

    @property
    def active(self) -> Sheet:
        return self._book._sheets[self._book._wb.active]

    def __iter__(self) -> Iterator[Sheet]:
        return iter([self._book._sheets[ws] for ws in self._book._wb.worksheets])

    def __len__(self) -> int:
        return len(self._book._wb.worksheets)

    def __contains__(self, key: object) -> bool:
        # On Windows xlwings compares the name with sheet objects and always answers False.
        raise NotImplementedError("`name in book.sheets` is always False in Excel: use book.sheet_names")

    def __call__(self, key: int | str) -> Sheet:
        for position, sheet in enumerate(self, 1):
            if key == position or (isinstance(key, str) and key.lower() == sheet.name.lower()):
                return sheet
        raise ComError("Invalid index.")

    def add(self, before: Sheet | None = None, after: Sheet | None = None, name: str | None = None) -> Sheet:
        """Add a sheet before the active one, where nothing else is said, and activate it."""
        book = self._book
        book._require_open_structure()
        at = after._position + 1 if after is not None and before is None else (before or self.active)._position
        taken = {ws.title.lower() for ws in book._wb.worksheets}
        title = name or next(f"Sheet{n}" for n in itertools.count(1) if f"sheet{n}" not in taken)
        ws = book._wb.create_sheet(title, at)
        sheet = book._sheets[ws] = Sheet(book, ws, Workbook().active)
        sheet.activate()
        book._saved = False
        return sheet


class Sheet(Member, label="Sheet", free=("book",)):
    """A worksheet; there is one object for each sheet, however often xlwings asks for it."""

    def __init__(self, book: Book, ws: Worksheet, results: Worksheet) -> None:
        self._app = book._app
        self._book = book
        self._ws = ws
        self._results = results
        self._macro_may_write = False  # UserInterfaceOnly: lasts until the workbook is closed, no file holds it

    @property
    def api(self) -> SheetApi:
        return SheetApi(self)

    @property
    def book(self) -> Book:
        return self._book

    @property
    def name(self) -> str:
        return str(self._ws.title)

    @name.setter
    def name(self, value: str) -> None:
        self._book._require_open_structure()
        others = {ws.title.lower() for ws in self._book._wb.worksheets if ws is not self._ws}
        if value.lower() in others:
            raise ComError("That name is already taken. Try a different one.")
        self._ws.title = value
        self._book._saved = False

    @property
    def index(self) -> int:
        return self._position + 1

    @property
    def notes(self) -> list[Note]:
        """The notes of the sheet, row by row."""
        places = sorted(place for place, cell in self._ws._cells.items() if cell.comment is not None)
        found = [find_range(self, place).note for place in places]
        return [note for note in found if note is not None]

    @property
    def visible(self) -> bool:
        """True also for a very hidden sheet: Excel gives 2 for it, which is true. Ask `api.Visible`."""
        return self._state != HIDDEN

    @visible.setter
    def visible(self, value: bool) -> None:
        self._set_state(VISIBLE if value else HIDDEN)

    @property
    def cells(self) -> Range:
        return Range(self, 1, 1, LAST_ROW, LAST_COLUMN)

    @property
    def used_range(self) -> Range:
        """Every cell with content or format; A1 on an empty sheet."""
        return find_range(self, self._ws.calculate_dimension())

    def range(self, first: Any, last: Any = None) -> Range:
        """The cells that an address, a name, (row, column), (row, column, rows, columns) or a range stands for."""
        return find_range(self, first) if last is None else spanning(find_range(self, first), find_range(self, last))

    def activate(self) -> None:
        if self._state != VISIBLE:
            raise ComError("Activate method of Worksheet class failed.")
        self._book._wb.active = self._ws
        for ws in self._book._wb.worksheets:  # else the saved workbook opens with grouped sheets
            ws.sheet_view.tabSelected = ws is self._ws

    def select(self) -> None:
        self.activate()

    def clear(self) -> None:
        self.cells.clear()

    def clear_contents(self) -> None:
        self.cells.clear_contents()

    def delete(self) -> None:
        self._book._require_open_structure()
        self._leave()
        self._book._wb.remove(self._ws)
        del self._book._sheets[self._ws]
        self._book._saved = False

    def autofit(self, axis: str | None = None) -> None:
        """Fit columns ("c"), rows ("r") or both to their contents."""
        used = self.used_range
        if axis in (None, "r", "rows"):
            autofit_rows(used)
        if axis in (None, "c", "columns"):
            autofit_columns(used)

    @property
    def _position(self) -> int:
        return self._book._wb.worksheets.index(self._ws)

    @property
    def _state(self) -> int:
        return _STATES[self._ws.sheet_state]

    def _set_state(self, state: int) -> None:
        if state != self._state:
            self._book._require_open_structure()
            if state != VISIBLE:
                self._leave()
            self._ws.sheet_state = next(name for name, number in _STATES.items() if number == state)
            self._book._saved = False

    def _leave(self) -> None:
        """Activate another sheet, because this one will not be seen any more."""
        others = [sheet for sheet in self._book._sheets.values() if sheet is not self and sheet._state == VISIBLE]
        if self._state == VISIBLE and not others:
            raise ComError("A workbook must contain at least one visible worksheet.")
        if self._book._wb.active is self._ws:
            min(others, key=lambda sheet: abs(sheet._position - self._position)).activate()


ENGINE = Engine()
