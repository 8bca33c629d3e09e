"""A hidden sheet that says what the merge itself wrote into the form: the next one then knows what the parent typed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cchc_xl.catalogue.model import Form
from cchc_xl.consolidation.carry import Record
from cchc_xl.errors import CchcError
from cchc_xl.expressions import CellRef
from cchc_xl.ooxml.limits import SUMMARY as SUMMARY_LIMITS
from cchc_xl.own_part import cell_key
from cchc_xl.readers.file_book import FileBook
from cchc_xl.summary_workbook.page import clean

RECORD_SHEET = "_CCHC_TH"
_FORMULA, _TEXT = "formula", "text"


def write_record(workbook: Any, record: Record) -> None:
    """Add the sheet: one cell of the form in each line."""
    sheet = workbook.add_worksheet(RECORD_SHEET)
    lines = [*((cell_key(ref), _FORMULA, "") for ref in record.formulas)]
    lines += [(cell_key(ref), _TEXT, clean(text)) for ref, text in record.texts.items()]
    for at, line in enumerate(sorted(lines)):
        for column, text in enumerate(line):
            sheet.write_string(at, column, text)
    sheet.very_hidden()
    sheet.protect("")


def read_record(path: Path, form: Form) -> Record:
    """What an earlier merge wrote; an empty record where the sheet is not there or cannot be read."""
    try:
        with FileBook(path, limits=SUMMARY_LIMITS) as book:
            grid = book.grid(RECORD_SHEET) if RECORD_SHEET in book.sheet_names else ()
    except CchcError:
        return Record()
    refs: Mapping[str, CellRef] = {cell_key(ref): ref for ref in form.cells} if grid else {}
    texts, formulas = {}, set()
    for row in grid:
        ref = refs.get(str(row[0])) if row else None
        if ref is not None and len(row) > 1 and row[1] == _FORMULA:
            formulas.add(ref)
        elif ref is not None and len(row) > 2 and row[1] == _TEXT:
            texts[ref] = str(row[2])
    return Record(texts, frozenset(formulas))
