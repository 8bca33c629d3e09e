"""Distorted tables as real files: Word through python-docx, workbooks through openpyxl, OpenDocument by hand."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import docx
import openpyxl

from cchc_xl.readers.foreign.open_document import SPREADSHEET
from cchc_xl.readers.foreign.table import ForeignTable

_ODS = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    "{}</office:spreadsheet></office:body></office:document-content>"
)


def ods(path: Path, tables: str) -> Path:
    """An OpenDocument spreadsheet with these tables, given as XML."""
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("mimetype", SPREADSHEET)
        package.writestr("content.xml", _ODS.format(tables))
    return path


def cell(text: str, attributes: str = 'office:value-type="string"') -> str:
    """A cell of such a table."""
    return f"<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>"


def write_ods(tables: tuple[ForeignTable, ...], path: Path) -> Path:
    """An OpenDocument spreadsheet with one table a sheet."""
    made = []
    for table in tables:
        rows = ("".join(cell(escape(value.text)) for value in row) for row in table.rows)
        lines = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
        made.append(f'<table:table table:name="{escape(table.name)}">{lines}</table:table>')
    return ods(path, "".join(made))


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
