"""Requests about sheets: which there are, their protection, what they use."""

from __future__ import annotations

import contextlib

from cchc_office.office import Refused

LOCKED = "the sheet is protected"
PASSWORD = "the sheet is under a password"


def all_of(office, book):
    """Names of all sheets in order, of the visible ones, and of the active one."""
    found = office.book(book)
    sheets = found.getSheets()
    every = [sheets.getByIndex(index) for index in range(sheets.getCount())]
    controller = found.getCurrentController()
    return {
        "names": [sheet.getName() for sheet in every],
        "visible": [sheet.getName() for sheet in every if sheet.IsVisible],
        "active": controller.getActiveSheet().getName() if controller is not None else None,
    }


def add(office, book, name, position):
    """Add a sheet at a position counted from 0 and activate it."""
    found = office.book(book)
    found.getSheets().insertNewByName(name, position)
    activate(office, book, name)


def rename(office, book, sheet, name):
    """Give a sheet another name."""
    office.sheet(book, sheet).setName(name)


def delete(office, book, sheet):
    """Delete a sheet."""
    office.book(book).getSheets().removeByName(sheet)


def show(office, book, sheet, visible):
    """Show or hide a sheet."""
    office.sheet(book, sheet).IsVisible = visible


def activate(office, book, sheet):
    """Bring a sheet to the front of its workbook."""
    controller = office.book(book).getCurrentController()
    if controller is not None:
        controller.setActiveSheet(office.sheet(book, sheet))


def protected(office, book, sheet):
    """Whether a sheet is protected."""
    return office.sheet(book, sheet).isProtected()


def protect(office, book, sheet, password):
    """Protect a sheet; LibreOffice still knows what was allowed on it before it was unprotected."""
    office.sheet(book, sheet).protect(password)


def unprotect(office, book, sheet, password):
    """Lift the protection. Raises ``Refused`` when the password is not this one."""
    _lift(office.sheet(book, sheet), password)


def _lift(sheet, password):
    try:
        sheet.unprotect(password)
    except Exception as refused:
        raise Refused(PASSWORD) from refused
    if sheet.isProtected():
        raise Refused(PASSWORD)


@contextlib.contextmanager
def every_sheet_open(book):
    """No sheet is protected meanwhile. Raises ``Refused`` when one is under a password."""
    sheets = book.getSheets()
    closed = [sheet for sheet in map(sheets.getByIndex, range(sheets.getCount())) if sheet.isProtected()]
    opened = []
    try:
        for sheet in closed:
            _lift(sheet, "")
            opened.append(sheet)
        yield
    finally:
        for sheet in opened:
            sheet.protect("")


def writable(office, book, sheet):
    """A sheet that takes changes. On a protected one LibreOffice would drop many of them without a word."""
    found = office.sheet(book, sheet)
    if found.isProtected():
        raise Refused(LOCKED)
    return found


def used(office, book, sheet):
    """The used area: first row and column from 0, rows, columns."""
    cursor = office.sheet(book, sheet).createCursor()
    cursor.gotoStartOfUsedArea(False)
    cursor.gotoEndOfUsedArea(True)
    area = cursor.getRangeAddress()
    return [
        area.StartRow,
        area.StartColumn,
        area.EndRow - area.StartRow + 1,
        area.EndColumn - area.StartColumn + 1,
    ]


def show_all_rows(office, book, sheet):
    """Take the conditions of a filter away, so that no row is hidden by it."""
    found = office.sheet(book, sheet)
    for place in office.book(book).DatabaseRanges.ElementNames:
        database = office.book(book).DatabaseRanges.getByName(place)
        if database.AutoFilter and database.getDataArea().Sheet == found.getRangeAddress().Sheet:
            database.getFilterDescriptor().setFilterFields(())
            database.refresh()
