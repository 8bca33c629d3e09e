"""Requests about workbooks. A workbook's key is LibreOffice's own id of the open document."""

from __future__ import annotations

from pathlib import Path

import uno

from cchc_office.office import Refused, path_of, properties


def _url(path):
    return uno.systemPathToFileUrl(str(Path(path).absolute()))


def all_open(office):
    """Every open workbook, and the key of the one in front (``None``: no workbook is)."""
    front = office.front_or_none()
    return {
        "front": front.RuntimeUID if front is not None else None,
        "open": [
            {"key": book.RuntimeUID, "path": path_of(book.getURL()), "title": book.getTitle()}
            for book in office.books()
        ],
    }


def open_file(office, path):
    """Open a file, or bring the workbook to the front that has it open; its key."""
    url = _url(path)
    # Macros of the file never run; links are not updated.
    book = office.desktop.loadComponentFromURL(url, "_blank", 0, properties(MacroExecutionMode=0, UpdateDocMode=0))
    if book is None:
        raise Refused("the file could not be opened")
    office.bring_to_front(book)
    return book.RuntimeUID


def close(office, book):
    """Close a workbook without saving it."""
    found = office.book(book)
    found.setModified(False)
    found.close(True)


def show(office, book):
    """Bring a workbook to the front."""
    office.bring_to_front(office.book(book))


def recalculates(office, book):
    """Whether the workbook recalculates by itself."""
    return bool(office.book(book).isAutomaticCalculationEnabled())


def set_recalculates(office, book, value):
    """Let the workbook recalculate by itself, or not."""
    office.recalculate(office.book(book), value)


def freeze(office, book, rows, columns):
    """Let the first rows and columns of the active sheet stay while it is scrolled; none: let them go."""
    controller = office.book(book).getCurrentController()
    if controller is not None:
        controller.freezeAtPosition(columns, rows)


def show_grid(office, book, shown):
    """Show the grid of the active sheet, or not."""
    controller = office.book(book).getCurrentController()
    if controller is not None:
        controller.ShowGrid = shown


def store_copy(office, book, path):
    """Write a copy in the format that the workbook has; it stays what it is, under its own name."""
    found = office.book(book)
    kind = [value.Value for value in found.getArgs() if value.Name == "FilterName"]
    if not found.hasLocation() or not kind:
        raise Refused("the workbook was never saved")
    found.storeToURL(_url(path), properties(FilterName=kind[0]))
