"""A LibreOffice without a screen, and in it workbooks as real `xlwings.Book`s over the engine of `cchc_xl.hosts.calc`.

    from calc_host import open_book

    @pytest.mark.usefixtures("calc")
    def test_handler(tmp_path: Path) -> None:
        book = open_book(tmp_path / "form.xlsx")
        handler(book)

The extension's own modules answer the engine: `bridge.py` runs them in a Python that has `uno`, over a pipe to the
office. One office serves all tests of a session; every `open_book` closes what was open before.
"""

from __future__ import annotations

import atexit
from os import PathLike
from pathlib import Path
from typing import Any

from .headless import NO_UNO, HeadlessOffice, find_uno_python

__all__ = ["NO_UNO", "HeadlessOffice", "find_uno_python", "office", "open_book", "store"]

_office: HeadlessOffice | None = None


def office() -> HeadlessOffice:
    """The running office, started at the first call."""
    global _office
    if _office is None or not _office.alive:
        _office = HeadlessOffice()
        atexit.register(_office.stop)
    return _office


def open_book(path: str | PathLike[str]) -> Any:
    """Open a workbook in an office with no other workbook open."""
    from cchc_xl.hosts.calc.engine import running

    channel = office().channel
    channel.ask("test.fresh")
    channel.asked = 0
    return running(channel).books.open(str(path))


def store(book: Any, path: Path) -> Path:
    """A copy of the workbook as LibreOffice writes it, in the format that it was opened in."""
    book.api.SaveCopyAs(str(path))
    return path
