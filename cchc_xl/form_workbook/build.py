"""A form and a stamp → a blank form workbook (.xlsx, no macros)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from cchc_xl.atomic import replacing
from cchc_xl.catalogue.model import Form
from cchc_xl.form_workbook.report_sheet import write_report_sheet
from cchc_xl.form_workbook.sheet import AppendixSheet, Contents
from cchc_xl.form_workbook.styles import Styles
from cchc_xl.layout import form_layout
from cchc_xl.live_checks.states import states_of
from cchc_xl.stamp import STAMP_SHEET, SUBMISSION, Stamp
from cchc_xl.submission import blank_submission, computed_results

# A fixed date makes two builds of one source equal, part by part.
BUILD_DATE = datetime(2024, 1, 1)


def build_form_workbook(form: Form, stamp: Stamp, target: Path) -> None:
    """Write the blank workbook of a form to ``target``, whole or not at all."""
    import xlsxwriter

    with replacing(target) as temporary:
        workbook = xlsxwriter.Workbook(str(temporary), {"strings_to_formulas": False, "strings_to_urls": False})
        workbook.set_properties({"title": form.name, "created": BUILD_DATE})
        blank = blank_submission(form, stamp)
        contents = Contents(results=computed_results(blank), states=states_of(blank))
        write_form(workbook, form, stamp, contents)
        workbook.close()


def write_form(workbook: Any, form: Form, stamp: Stamp, contents: Contents) -> None:
    """Add a form's appendix sheets and its stamp to a workbook that is being built."""
    styles = Styles(workbook)
    layout = form_layout(form)
    for appendix in form.appendices:
        AppendixSheet(workbook, styles, layout, appendix, stamp, contents).write()
    if stamp.kind == SUBMISSION:  # a summary's findings have a sheet of their own
        write_report_sheet(workbook, styles)
    sheet = workbook.add_worksheet(STAMP_SHEET)
    for row, (key, value) in enumerate(stamp.rows()):
        sheet.write_string(row, 0, key)
        if isinstance(value, int):
            sheet.write_number(row, 1, value)
        else:
            sheet.write_string(row, 1, value)
    sheet.very_hidden()
    sheet.protect("")
