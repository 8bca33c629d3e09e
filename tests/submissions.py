"""Small submissions for tests: real workbooks through the toolkit's own commands, or the same figures in memory.

Figures are in printed notation, by appendix and order: ``{"PL6": {56: "1.200"}, "PL4": {1: {"online": "5"}}}``. A text
stands in the column ``value``; a table's cells are named by column key, as in expressions.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import openpyxl

from cchc_xl.catalogue.load import load_form
from cchc_xl.consolidation.contribution import contribution
from cchc_xl.consolidation.lines import Child
from cchc_xl.cover import COVER_SHEET, VALUE
from cchc_xl.expressions import CellRef
from cchc_xl.filling import printed_value
from cchc_xl.operations import NewWorkbook, create_workbook, fill_workbook
from cchc_xl.periods import PART_NAMES
from cchc_xl.stamp import STAMP_SHEET, Stamp
from cchc_xl.submission import FormulaState, Submission, blank_submission

Figures = Mapping[str, Mapping[int, "str | Mapping[str, str]"]]

FORM = "vinh-thanh-2023"
PERIOD = "2023-NAM"


def cells(figures: Figures) -> dict[CellRef, str]:
    """Printed texts by cell."""
    return {
        CellRef(appendix, order, column): text
        for appendix, rows in figures.items()
        for order, row in rows.items()
        for column, text in ({"value": row} if isinstance(row, str) else row).items()
    }


def make(
    folder: Path,
    code: str,
    name: str,
    figures: Figures,
    form: str = FORM,
    period: str = PERIOD,
    submission: int = 0,
    file: str = "",
) -> Path:
    """A unit's workbook ``<folder>/<file, else code>.xlsx`` as ``tao-so`` and ``nhap`` leave it."""
    path = folder / (file or f"{code or name or 'blank'}.xlsx")
    create_workbook(NewWorkbook(form, unit=name, unit_code=code, period=period), path)
    if figures:
        with tempfile.TemporaryDirectory() as printed:
            write_printed(Path(printed), figures, form)
            fill_workbook(path, Path(printed))
    if submission:
        stamp(path, submission=submission)
    return path


def write_printed(folder: Path, figures: Figures, form: str = FORM) -> None:
    """``<folder>/<appendix>.tsv`` with the columns named as printed."""
    for appendix, rows in figures.items():
        names = {column.key: column.name for column in load_form(form).appendix(appendix).columns}
        keys = sorted({ref.column for ref in cells({appendix: rows})})
        with (folder / f"{appendix}.tsv").open("w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle, dialect="excel-tab")
            writer.writerow(["order", *(names[key] for key in keys)])
            for order, row in rows.items():
                line = {"value": row} if isinstance(row, str) else row
                writer.writerow([order, *(line.get(key, "") for key in keys)])


def stamp(path: Path, **fields: str | int) -> None:
    """Change the workbook's hidden stamp."""
    workbook = openpyxl.load_workbook(path)
    for row in workbook[STAMP_SHEET].iter_rows():
        if row[0].value in fields:
            row[1].value = fields.pop(row[0].value)
    assert not fields, f"the stamp has no {', '.join(fields)}"
    workbook.save(path)


def set_period(path: Path, period: str) -> None:
    """Change the period on the cover."""
    workbook = openpyxl.load_workbook(path)
    cover = workbook[COVER_SHEET]
    year, part = period.split("-")
    wanted = {"year": int(year), "period_part": PART_NAMES[part]}
    column = next(cell.column for cell in cover[1] if cell.value == VALUE)
    for row in cover.iter_rows():
        if row[0].value in wanted:
            cover.cell(row[0].row, column).value = wanted.pop(row[0].value)
    assert not wanted
    workbook.save(path)


def child(code: str, figures: Figures, form: str = FORM) -> Child:
    """The same without a file, as a merge keeps it."""
    submission = filled(code, figures, form)
    return Child(code, submission.stamp.unit, contribution(submission))


def filled(code: str, figures: Figures, form: str = FORM) -> Submission:
    """The same without a file: formulas stand where nothing was printed over them."""
    blank = blank_submission(load_form(form), Stamp(form, 1, f"xã {code}", code, period=PERIOD))
    entries = dict(blank.entries)
    for ref, text in cells(figures).items():
        value = printed_value(blank.form.spec(ref), text)
        if value.filled:
            entries[ref] = replace(entries[ref], value=value, formula=FormulaState.NONE)
    return Submission(f"{code}.xlsx", blank.form, blank.stamp, entries)
