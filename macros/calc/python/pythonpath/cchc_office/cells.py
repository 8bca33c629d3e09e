"""Requests about the contents of cells, whole rectangles at once: (row, column, rows, columns), counted from 0."""

from __future__ import annotations

from com.sun.star.beans.PropertyState import AMBIGUOUS_VALUE

from cchc_office import rewriting
from cchc_office.office import Refused
from cchc_office.sheets import LOCKED, writable

# com.sun.star.util.NumberFormat; com.sun.star.sheet.CellFlags
_DATE_OR_TIME, _TRUTH = 2 | 4, 1024
_VALUE, _DATETIME, _TEXT, _ANNOTATION, _FORMULA = 1, 2, 4, 8, 16
_CONTENTS = _VALUE | _DATETIME | _TEXT | _FORMULA
_EVERYTHING = 1023
_ERRORS = 4  # com.sun.star.sheet.FormulaResult.ERROR


def area(sheet, place):
    """The UNO range of a rectangle."""
    row, column, rows, columns = place
    return sheet.getCellRangeByPosition(column, row, column + columns - 1, row + rows - 1)


def rectangle(address):
    """A UNO address as a rectangle."""
    return [
        address.StartRow,
        address.StartColumn,
        address.EndRow - address.StartRow + 1,
        address.EndColumn - address.StartColumn + 1,
    ]


def open_area(office, book, sheet, place):
    """A rectangle whose contents may be changed: on a protected sheet all its cells must be open ones."""
    found = area(office.sheet(book, sheet), place)
    if office.sheet(book, sheet).isProtected():
        alike = found.getPropertyState("CellProtection") != AMBIGUOUS_VALUE
        if not alike or found.CellProtection.IsLocked:
            raise Refused(LOCKED)
    return found


def read(office, book, sheet, place):
    """The values; where among them are dates and truth values (which come as numbers) and errors with their codes.

    Blank and "" are ``""``.
    """
    found = area(office.sheet(book, sheet), place)
    formats = office.book(book).getNumberFormats()
    dates, truths = [], []
    kinds = {}
    for alike in _each(found.getUniqueCellFormatRanges()):
        key = alike.NumberFormat
        if key not in kinds:
            kinds[key] = formats.getByKey(key).Type
        if kinds[key] & (_DATE_OR_TIME | _TRUTH):
            places = [rectangle(address) for address in alike.getRangeAddresses()]
            (truths if kinds[key] & _TRUTH else dates).extend(places)
    return {
        "rows": found.getDataArray(),
        "dates": dates,
        "truths": truths,
        "errors": [
            [cell.getCellAddress().Row, cell.getCellAddress().Column, cell.getError()]
            for cell in _enumerated(found.queryFormulaCells(_ERRORS).getCells())
        ],
        "epoch": _epoch(office.book(book)),
    }


def _each(access):
    return [access.getByIndex(index) for index in range(access.getCount())]


def _enumerated(access):
    cells = access.createEnumeration()
    while cells.hasMoreElements():
        yield cells.nextElement()


def _epoch(book):
    day = book.NullDate
    return [day.Year, day.Month, day.Day]


def formulas(office, book, sheet, place):
    """Formulas in LibreOffice's own English notation, other contents as texts."""
    return area(office.sheet(book, sheet), place).getFormulaArray()


def write(office, book, sheet, place, rows, formulas=()):
    """Write a block of numbers and texts ("" empties a cell), then formulas: [row, column, formula], from 0 in it."""
    found = open_area(office, book, sheet, place)
    rewriting.write(office.book(book), found, rows, formulas)


def clear(office, book, sheet, place, contents_only):
    """Empty cells; or take everything off them."""
    if contents_only:
        open_area(office, book, sheet, place).clearContents(_CONTENTS)
    else:
        found = area(writable(office, book, sheet), place)
        found.merge(False)
        found.clearContents(_EVERYTHING)




def select(office, book, sheet, place):
    """Select a rectangle of the active sheet."""
    controller = office.book(book).getCurrentController()
    if controller is not None:
        controller.select(area(office.sheet(book, sheet), place))
