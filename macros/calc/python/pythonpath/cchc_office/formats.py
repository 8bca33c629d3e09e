"""Requests about formats. Lengths are hundredths of a millimetre, colours 0xRRGGBB or -1 for none."""

from __future__ import annotations

import itertools

import uno
from com.sun.star.beans.PropertyState import AMBIGUOUS_VALUE
from com.sun.star.sheet.ConditionFormatOperator import EXPRESSION

from cchc_office.cells import area
from cchc_office.sheets import every_sheet_open, writable

_BOLD, _PLAIN = 150.0, 100.0  # com.sun.star.awt.FontWeight
_THIN = 18  # hundredths of a millimetre
_CONDITION = 0  # com.sun.star.sheet.ConditionEntryType
_STYLES, _STYLE = "CellStyles", "CCHC"
_VERTICAL = {"standard": 0, "top": 1, "center": 2, "bottom": 3}


def _format_key(book, code):
    """The workbook's number for a format in English notation."""
    formats, english = book.getNumberFormats(), uno.createUnoStruct("com.sun.star.lang.Locale", "en", "US", "")
    found = formats.queryKey(code, english, False)
    return formats.addNew(code, english) if found == -1 else found


def _format_code(book, key):
    return book.getNumberFormats().getByKey(key).FormatString


def write(office, book, sheet, place, **wanted):
    """Set formats of a rectangle, by name."""
    found = area(writable(office, book, sheet), place)
    for name, value in wanted.items():
        if name in _PROPERTIES:
            key, translated = _PROPERTIES[name]
            _set(found, key, translated(value))
        elif name == "locked":
            protection = found.CellProtection
            protection.IsLocked = value
            _set(found, "CellProtection", protection)
        elif name == "number_format":
            # Formats of one code may have several numbers, one for each language.
            if _differ(found, "NumberFormat") or _format_code(office.book(book), found.NumberFormat) != value:
                found.NumberFormat = _format_key(office.book(book), value)
        elif name == "bordered":
            _draw_borders(found, value)
        elif name == "column_width":
            found.getColumns().IsVisible = bool(value)
            if value:
                found.getColumns().Width = value
        elif name == "row_height":
            found.getRows().Height = value
        else:
            raise ValueError(f"no format {name!r}")


def _draw_borders(cells, drawn):
    """Thin lines around cells, or none."""
    line = uno.createUnoStruct("com.sun.star.table.BorderLine2")
    line.OuterLineWidth = line.LineWidth = _THIN if drawn else 0
    for side in ("LeftBorder", "RightBorder", "TopBorder", "BottomBorder"):
        cells.setPropertyValue(side, line)


def add_condition(office, book, sheet, place, formula):
    """Give cells another look where a formula, written as for the first of them, is true; the name of that look."""
    found = area(writable(office, book, sheet), place)
    styles = office.book(book).getStyleFamilies().getByName(_STYLES)
    name = next(f"{_STYLE} {n}" for n in itertools.count(1) if not styles.hasByName(f"{_STYLE} {n}"))
    styles.insertByName(name, office.book(book).createInstance("com.sun.star.style.CellStyle"))
    # Not ``found.ConditionalFormat``: that takes the place of what cells have already.
    ranges = office.book(book).createInstance("com.sun.star.sheet.SheetCellRanges")
    ranges.addRangeAddress(found.getRangeAddress(), False)
    formats = found.getSpreadsheet().ConditionalFormats
    number = formats.createByRange(ranges)
    own = next(each for each in formats.getConditionalFormats() if number == each.ID)
    own.createEntry(_CONDITION, 0)
    entry = own.getByIndex(0)
    for key, value in {"Operator": EXPRESSION, "Formula1": formula, "StyleName": name}.items():
        entry.setPropertyValue(key, value)
    return name


def style(office, book, style, **wanted):
    """Set formats of a look. LibreOffice lets styles alone while any sheet is protected."""
    found = office.book(book).getStyleFamilies().getByName(_STYLES).getByName(style)
    with every_sheet_open(office.book(book)):
        for name, value in wanted.items():
            if name == "bordered":
                _draw_borders(found, value)
            else:
                key, translated = _PROPERTIES[name]
                found.setPropertyValue(key, translated(value))


def _set(cells, key, value):
    """Set a property of cells, unless all have it: undoing what changes nothing doubles conditional formats."""
    if _differ(cells, key) or cells.getPropertyValue(key) != value:
        cells.setPropertyValue(key, value)


def _differ(cells, key):
    return cells.getPropertyState(key) == AMBIGUOUS_VALUE


def _enumeration(name, values):
    return lambda value: uno.Enum(name, values(value))


_PROPERTIES = {
    "wrap": ("IsTextWrapped", lambda value: value),
    "bold": ("CharWeight", lambda value: _BOLD if value else _PLAIN),
    "italic": ("CharPosture", _enumeration("com.sun.star.awt.FontSlant", lambda it: "ITALIC" if it else "NONE")),
    "size": ("CharHeight", lambda value: value),
    "font": ("CharFontName", lambda value: value),
    "color": ("CharColor", lambda value: value),
    "background": ("CellBackColor", lambda value: value),
    "vertical": ("VertJustify", lambda value: _VERTICAL[value]),
    "horizontal": ("HoriJustify", _enumeration("com.sun.star.table.CellHoriJustify", str.upper)),
}


def read(office, book, sheet, place, names):
    """Formats of a rectangle by name; those of its first cell where the cells differ."""
    found = area(office.sheet(book, sheet), (place[0], place[1], 1, 1))
    return {name: _READ[name](office.book(book), found) for name in names}


_READ = {
    "number_format": lambda book, cell: _format_code(book, cell.NumberFormat),
    "locked": lambda book, cell: cell.CellProtection.IsLocked,
    "wrap": lambda book, cell: cell.IsTextWrapped,
    "bold": lambda book, cell: cell.CharWeight > _PLAIN,
    "italic": lambda book, cell: cell.CharPosture.value == "ITALIC",
    "size": lambda book, cell: cell.CharHeight,
    "font": lambda book, cell: cell.CharFontName,
    "color": lambda book, cell: cell.CharColor,
    "background": lambda book, cell: cell.CellBackColor,
    "column_width": lambda book, cell: cell.getColumns().Width if cell.getColumns().IsVisible else 0,
    "row_height": lambda book, cell: cell.getRows().Height,
}


def fit_rows(office, book, sheet, place):
    """Make rows as high as their contents."""
    area(writable(office, book, sheet), place).getRows().OptimalHeight = True
