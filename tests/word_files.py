"""Distorted tables as real files: Word documents through python-docx, workbooks through openpyxl."""

from __future__ import annotations

from pathlib import Path

import docx
import openpyxl

from cchc_xl.readers.foreign.table import ForeignTable


def write_word(tables: tuple[ForeignTable, ...], path: Path) -> Path:
    """A Word document with the tables, each under its title."""
    document = docx.Document()
    for table in tables:
        document.add_paragraph(table.above)
        made = document.add_table(len(table.rows), max(map(len, table.rows)))
        for row, values in zip(made.rows, table.rows, strict=True):
            cells = row.cells
            for cell, value in zip(cells, values, strict=False):
                if value.text:
                    cell.text = value.text
    document.save(str(path))
    return path


def write_workbook(tables: tuple[ForeignTable, ...], path: Path) -> Path:
    """A workbook with one table a sheet; whole numbers as numbers."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for number, table in enumerate(tables, start=1):
        sheet = workbook.create_sheet(f"Trang {number}")
        for row, values in enumerate(table.rows, start=1):
            for column, value in enumerate(values, start=1):
                if value.text:
                    number_like = value.text.isdecimal() and (value.text == "0" or not value.text.startswith("0"))
                    sheet.cell(row, column, int(value.text) if number_like else value.text)
    workbook.save(path)
    return path
