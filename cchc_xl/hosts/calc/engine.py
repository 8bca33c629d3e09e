"""Engine, app, books and sheets over LibreOffice, as xlwings' objects call them. What is not here does not exist."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import PurePath
from typing import Any

import xlwings

from cchc_xl.hosts.calc import values
from cchc_xl.hosts.calc.api import AppApi, BookApi, SheetApi
from cchc_xl.hosts.calc.channel import Channel, Gone
from cchc_xl.hosts.calc.notes import Note, sheet_notes
from cchc_xl.hosts.calc.ranges import LAST_COLUMN, LAST_ROW, Range, find_range, spanning

NAME = "libreoffice"


class Engine:
    """The engine "libreoffice"; ``desktop`` because xlwings then treats it as it treats Excel."""

    name = NAME
    type = "desktop"

    def __init__(self) -> None:
        self.apps = Apps()

    @staticmethod
    def clean_value_data(
        data: Any,
        datetime_builder: Callable[..., Any],
        empty_as: Any,
        number_builder: Callable[[float], Any] | None,
        err_to_str: bool,
    ) -> list[list[Any]]:
        """Values that were read, as xlwings gives them to its user."""
        return values.clean(data, datetime_builder, empty_as, number_builder, err_to_str)

    @staticmethod
    def prepare_xl_data_element(value: Any, _options: Any = None) -> Any:
        """A value that will be written."""
        return values.prepare(value)


class Apps:
    """The one LibreOffice that this process serves."""

    def __init__(self) -> None:
        self.only: App | None = None

    def __iter__(self) -> Iterator[App]:
        return iter([self.only] if self.only else [])

    def __len__(self) -> int:
        return 1 if self.only else 0

    def keys(self) -> list[int]:
        """xlwings counts apps by process; there is one."""
        return [1] if self.only else []

    def __getitem__(self, pid: int) -> App:
        if self.only is None or pid != self.only.pid:
            raise KeyError(pid)
        return self.only


ENGINE = Engine()
_REGISTERED = xlwings.Engine(impl=ENGINE)


def running(channel: Channel) -> Any:
    """The LibreOffice behind a channel as ``xlwings.App``; from now on the active one of xlwings."""
    if NAME not in [engine.name for engine in xlwings.engines]:
        xlwings.engines.add(_REGISTERED)
    _REGISTERED.activate()
    ENGINE.apps.only = App(channel)
    return xlwings.App(impl=ENGINE.apps.only)


class App:
    """LibreOffice."""

    pid = 1

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self._held = False
        self._status: str | bool = False

    @property
    def engine(self) -> Engine:
        """The engine."""
        return ENGINE

    @property
    def api(self) -> AppApi:
        """What there is of Excel's Application."""
        return AppApi(self)

    @property
    def books(self) -> Books:
        """The open workbooks."""
        return Books(self)

    def activate(self, steal_focus: bool = False) -> None:
        """There is one LibreOffice; its workbooks come to the front by themselves."""

    @property
    def screen_updating(self) -> bool:
        """Whether the open workbooks are repainted."""
        return not self._held

    @screen_updating.setter
    def screen_updating(self, value: bool) -> None:
        self.channel.ask("hold_screen", hold=not value)
        self._held = not value

    @property
    def status_bar(self) -> str | bool:
        """What was put into the status bar; False: it is LibreOffice's own."""
        return self._status

    @status_bar.setter
    def status_bar(self, text: str | bool) -> None:
        self.channel.ask("status", text=text if isinstance(text, str) else "")
        self._status = text

    @property
    def calculation(self) -> str:
        """``automatic`` or ``manual``, of the workbook in front: each has its own."""
        recalculates = self.channel.ask("book.recalculates", book=self.books.active.key)
        return "automatic" if recalculates else "manual"

    @calculation.setter
    def calculation(self, value: str) -> None:
        if value not in ("automatic", "manual"):
            raise NotImplementedError(f"LibreOffice has no calculation {value!r}")
        self.channel.ask("book.set_recalculates", book=self.books.active.key, value=value == "automatic")

    def alert(self, prompt: str, *_others: Any) -> str:
        """A message box."""
        self.channel.ask("say", text=prompt)
        return "ok"


class Books:
    """The open workbooks."""

    def __init__(self, app: App) -> None:
        self.app = app

    def _open(self) -> list[Book]:
        return [Book(self.app, **found) for found in self.app.channel.ask("books")["open"]]

    @property
    def active(self) -> Book:
        """The workbook in front. Raises ``Gone`` when there is none."""
        answer = self.app.channel.ask("books")
        for found in answer["open"]:
            if found["key"] == answer["front"]:
                return Book(self.app, **found)
        raise Gone("no workbook is open")

    def __iter__(self) -> Iterator[Book]:
        return iter(self._open())

    def __len__(self) -> int:
        return len(self._open())

    def __call__(self, key: int | str) -> Book:
        books = self._open()
        if isinstance(key, int):
            return books[key - 1]
        for book in books:
            if key.lower() in (book.name.lower(), book.fullname.lower()):
                return book
        raise KeyError(key)

    def open(self, fullname: str, *_others: Any) -> Book:
        """Open a workbook and bring it to the front."""
        key = self.app.channel.ask("book.open", path=str(fullname))
        return next(book for book in self._open() if book.key == key)


class Book:
    """A workbook."""

    def __init__(self, app: App, key: str, path: str, title: str) -> None:
        self.app = app
        self.key = key
        self._path, self._title = path, title

    def ask(self, request: str, **arguments: Any) -> Any:
        """A request about this workbook."""
        return self.app.channel.ask(request, book=self.key, **arguments)

    @property
    def api(self) -> BookApi:
        """What there is of Excel's Workbook."""
        return BookApi(self)

    @property
    def name(self) -> str:
        """The file's name; the window's title as long as there is no file."""
        return PurePath(self._path).name or self._title

    @property
    def fullname(self) -> str:
        """The file's path."""
        return self._path or self._title

    @property
    def sheets(self) -> Sheets:
        """The sheets."""
        return Sheets(self)

    def activate(self) -> None:
        """Bring the workbook to the front."""
        self.ask("book.show")

    def close(self) -> None:
        """Close it without saving."""
        self.ask("book.close")


class Sheets:
    """The sheets of a workbook."""

    def __init__(self, book: Book) -> None:
        self.book = book

    def _names(self) -> list[str]:
        names: list[str] = self.book.ask("sheets")["names"]
        return names

    @property
    def active(self) -> Sheet:
        """The sheet in front."""
        return Sheet(self.book, self.book.ask("sheets")["active"])

    def __iter__(self) -> Iterator[Sheet]:
        return iter([Sheet(self.book, name) for name in self._names()])

    def __len__(self) -> int:
        return len(self._names())

    def __call__(self, key: int | str) -> Sheet:
        names = self._names()
        if isinstance(key, int):
            return Sheet(self.book, names[key - 1])
        for name in names:
            if name.lower() == key.lower():
                return Sheet(self.book, name)
        raise Gone(f"no sheet {key!r}")

    def add(self, before: Sheet | None = None, after: Sheet | None = None, name: str | None = None) -> Sheet:
        """Add a sheet, before the active one where nothing else is said, and activate it."""
        if name is None:
            raise NotImplementedError("a sheet without a name")
        names = self._names()
        beside = before or after or self.active
        position = names.index(beside.name) + (after is not None and before is None)
        self.book.ask("sheet.add", name=name, position=position)
        return Sheet(self.book, name)


class Sheet:
    """A sheet, known by its name."""

    def __init__(self, book: Book, name: str) -> None:
        self.book = book
        self._name = name

    def ask(self, request: str, **arguments: Any) -> Any:
        """A request about this sheet."""
        return self.book.ask(request, sheet=self._name, **arguments)

    @property
    def api(self) -> SheetApi:
        """What there is of Excel's Worksheet."""
        return SheetApi(self)

    @property
    def name(self) -> str:
        """Its name."""
        return self._name

    @name.setter
    def name(self, value: str) -> None:
        self.ask("sheet.rename", name=value)
        self._name = value

    @property
    def index(self) -> int:
        """Its place, from 1."""
        names: list[str] = self.book.ask("sheets")["names"]
        return names.index(self._name) + 1

    @property
    def visible(self) -> bool:
        """Whether the sheet's tab is there."""
        return self._name in self.book.ask("sheets")["visible"]

    @visible.setter
    def visible(self, value: bool) -> None:
        self.ask("sheet.show", visible=value)

    @property
    def cells(self) -> Range:
        """All cells."""
        return Range(self, 1, 1, LAST_ROW, LAST_COLUMN)

    @property
    def used_range(self) -> Range:
        """Every cell with content or format."""
        row, column, rows, columns = self.ask("sheet.used")
        return Range(self, row + 1, column + 1, rows, columns)

    @property
    def notes(self) -> list[Note]:
        """The notes, row by row."""
        return sheet_notes(self)

    def range(self, first: Any, last: Any = None) -> Range:
        """The cells that an address, (row, column), (row, column, rows, columns) or a range stands for."""
        return find_range(self, first) if last is None else spanning(find_range(self, first), find_range(self, last))

    def activate(self) -> None:
        """Bring the sheet to the front."""
        self.ask("sheet.activate")

    def clear(self) -> None:
        """Take everything off the sheet's cells."""
        self.used_range.clear()
        for note in self.notes:
            with suppress(Gone):
                note.delete()

    def delete(self) -> None:
        """Delete the sheet."""
        self.ask("sheet.delete")
