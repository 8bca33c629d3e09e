"""Writing a block of contents so that notes stay and LibreOffice can undo it."""

from __future__ import annotations

from com.sun.star.beans.PropertyState import AMBIGUOUS_VALUE

from cchc_office.texts import WRITING
from cchc_office.undoing import each_cell

_ANNOTATION = 8  # com.sun.star.sheet.CellFlags


def write(book, cells, rows, formulas):
    """Write numbers and texts ("" empties a cell), then formulas: [row, column, formula], counted from 0 in ``cells``.

    Rows in which nothing changes are left alone: LibreOffice lays out every row that is written. A block is written in
    one call. LibreOffice's (7.4) takes the notes off the cells, so that rows with a note are written cell by cell.
    """
    coming = {(row, column): formula for row, column, formula in formulas}
    same = _unchanged(cells, rows, coming)
    if len(same) == len(rows):
        return
    columns = [cells.getCellRangeByPosition(at, 0, at, len(rows) - 1) for at in range(len(rows[0]))]
    formats = [_number_format(column) for column in columns]
    noted = _rows_with_notes(cells)
    singly = [(row, column) for row in noted - same for column in range(len(rows[row]))]
    if singly:
        each_cell(book, WRITING, singly, lambda place: _put(cells, place, rows, coming))
    for top, bottom in _between(sorted(noted | same), len(rows)):
        part = cells.getCellRangeByPosition(0, top, len(rows[0]) - 1, bottom - 1)
        inside = [(row - top, column, formula) for row, column, formula in formulas if top <= row < bottom]
        _write_block(book, part, rows[top:bottom], inside)
    # A text that looks like a number has made its cell one of format text.
    for column, before in zip(columns, formats):
        if before is not None and _number_format(column) != before:
            column.NumberFormat = before


def _number_format(cells):
    """The number format that all cells have; ``None`` where they differ."""
    alike = cells.getPropertyState("NumberFormat") != AMBIGUOUS_VALUE
    return cells.NumberFormat if alike else None


def _unchanged(cells, rows, formulas):
    """Numbers of the rows that hold what is to be written."""
    found = set()
    for row, (values, texts) in enumerate(zip(cells.getDataArray(), cells.getFormulaArray())):
        standing = [_content(value, text) for value, text in zip(values, texts)]
        wanted = [
            ("formula", formulas[row, column]) if (row, column) in formulas else ("value", value)
            for column, value in enumerate(rows[row])
        ]
        if standing == wanted:
            found.add(row)
    return found


def _content(value, text):
    # A text that begins with "=" is the same as value and as formula.
    return ("formula", text) if text.startswith("=") and text != value else ("value", value)


def _write_block(book, cells, rows, formulas):
    """A block in cells without notes.

    What LibreOffice records for ``setDataArray`` puts back what stood in cells, but does not empty those that were
    blank before. So these are first filled one by one, which it does know to undo.
    """
    coming = {(row, column) for row, column, _ in formulas}
    filled = [
        (row, column)
        for row, line in enumerate(cells.getFormulaArray())
        for column, before in enumerate(line)
        if before == "" and (rows[row][column] != "" or (row, column) in coming)
    ]
    if filled:
        each_cell(book, WRITING, filled, lambda place: cells.getCellByPosition(place[1], place[0]).setValue(0))
    cells.setDataArray(tuple(map(tuple, rows)))
    for top, column, run in _runs(formulas):
        below = cells.getCellRangeByPosition(column, top, column, top + len(run) - 1)
        below.setFormulaArray(tuple((formula,) for formula in run))


def _put(cells, place, rows, formulas):
    row, column = place
    cell, value = cells.getCellByPosition(column, row), rows[row][column]
    if place in formulas:
        cell.setFormula(formulas[place])
    elif isinstance(value, str):
        cell.setString(value)
    else:
        cell.setValue(value)


def _rows_with_notes(cells):
    """Numbers of the rows in which a cell has a note."""
    top = cells.getRangeAddress().StartRow
    found = cells.queryContentCells(_ANNOTATION).getRangeAddresses()
    return {row - top for address in found for row in range(address.StartRow, address.EndRow + 1)}


def _between(rows, count):
    """The stretches (first row, row after the last) of ``count`` rows without ``rows``."""
    edges = [-1, *rows, count]
    return [(low + 1, high) for low, high in zip(edges, edges[1:]) if low + 1 < high]


def _runs(formulas):
    """Formulas that stand below each other: one call writes them all."""
    runs = []
    for row, column, formula in sorted(formulas, key=lambda entry: (entry[1], entry[0])):
        if runs and runs[-1][1] == column and runs[-1][0] + len(runs[-1][2]) == row:
            runs[-1][2].append(formula)
        else:
            runs.append((row, column, [formula]))
    return runs
