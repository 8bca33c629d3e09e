"""An xlwings engine without Excel: a real `xlwings.Book`, kept by openpyxl, that answers as Excel does through COM.

    from excel_engine import ComError, calls, open_book

    def test_handler(tmp_path: Path) -> None:
        book = open_book(tmp_path / "form.xlsx")
        handler(book)
        assert calls["Range.raw_value"] == 1  # one block was read; blocks written: calls["Range.raw_value="]
        assert book.app.impl.alerts[0].prompt == "…"
        book.save(tmp_path / "saved.xlsx")

Beside the API of xlwings a test may use, on `book.app.impl`: `alerts` (what was shown), `answers` (buttons that the
user will press, first in first out), `busy` (True: every call is rejected, as while a cell is being typed into),
`international` (what `app.api.International` gives). What the engine lacks raises `NotImplementedError` with the
member's name, behind `.api` `AttributeError`. Nothing recalculates: a formula gives the result that the file held,
and None once it was written anew; a saved file holds no results at all.
"""

from __future__ import annotations

from os import PathLike

import xlwings as xw

from .core import ComError, calls
from .objects import ENGINE, Alert

__all__ = ["Alert", "ComError", "activate", "calls", "open_book"]

_ENGINE = xw.Engine(impl=ENGINE)


def activate() -> None:
    """Register the engine as "openpyxl" with xlwings, once, and make it the active one."""
    if ENGINE.name not in [engine.name for engine in xw.engines]:
        xw.engines.add(_ENGINE)
    _ENGINE.activate()


def open_book(path: str | PathLike[str]) -> xw.Book:
    """Open a workbook in a new app of its own and begin to count calls from zero."""
    activate()
    book = xw.App(impl=ENGINE.apps.add()).books.open(path)
    calls.clear()
    return book
