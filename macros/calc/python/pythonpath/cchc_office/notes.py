"""Requests about notes, which UNO calls annotations."""

from __future__ import annotations

from cchc_office.cells import area
from cchc_office.sheets import writable

_ANNOTATION = 8  # com.sun.star.sheet.CellFlags


def all_on(office, book, sheet):
    """Every note of a sheet: [row, column, text], row by row."""
    found = []
    notes = office.sheet(book, sheet).getAnnotations().createEnumeration()
    while notes.hasMoreElements():
        note = notes.nextElement()
        place = note.getPosition()
        found.append([place.Row, place.Column, note.getString()])
    return sorted(found)


def at(office, book, sheet, row, column):
    """The text of the note on a cell, "" without one."""
    return _text(office.sheet(book, sheet).getCellRangeByPosition(column, row, column, row))


def put(office, book, sheet, row, column, text):
    """Make the note of a cell this one; an empty text takes it off."""
    found = writable(office, book, sheet)
    cell = area(found, (row, column, 1, 1))
    if _text(cell):
        cell.clearContents(_ANNOTATION)
    if text:
        found.getAnnotations().insertNew(cell.getCellByPosition(0, 0).getCellAddress(), text)


def _text(cell):
    # A cell whose note was deleted still gives it out; a query knows better.
    if not cell.queryContentCells(_ANNOTATION).getCount():
        return ""
    return cell.getCellByPosition(0, 0).getAnnotation().getString()
