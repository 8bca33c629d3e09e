"""Heights of rows in points, as LibreOffice finds them and as it would fit them to their texts (for ``bridge.py``)."""

from pathlib import Path

import uno  # noqa: F401 - finds what comes from com.sun.star
from com.sun.star.beans import PropertyValue


def row_heights(desktop: object, path: str) -> dict:
    """By the names of a workbook's sheets: the heights that stand there, and those that would fit."""
    hidden = PropertyValue()
    hidden.Name, hidden.Value = "Hidden", True
    book = desktop.loadComponentFromURL(Path(path).as_uri(), "_blank", 0, (hidden,))
    try:
        return {name: _of_sheet(book.Sheets.getByName(name)) for name in book.Sheets.ElementNames}
    finally:
        book.close(True)


def _of_sheet(sheet: object) -> list:
    sheet.unprotect("")
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)
    rows = range(cursor.RangeAddress.EndRow + 1)
    ours = [sheet.Rows.getByIndex(row).Height * 72 / 2540 for row in rows]
    sheet.Rows.OptimalHeight = True
    return [ours, [sheet.Rows.getByIndex(row).Height * 72 / 2540 for row in rows]]
