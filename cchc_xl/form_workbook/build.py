"""A form and a stamp → a blank form workbook (.xlsx, no macros)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from cchc_xl.atomic import replacing
from cchc_xl.catalogue.model import Form
from cchc_xl.companions import companion_results
from cchc_xl.form_workbook.cover_sheet import CoverSheet
from cchc_xl.form_workbook.guide_sheet import write_guide
from cchc_xl.form_workbook.package import BUILD_DATE, new_workbook
from cchc_xl.form_workbook.report_sheet import write_report_sheet
from cchc_xl.form_workbook.sheet import AppendixSheet, Contents
from cchc_xl.form_workbook.styles import Styles
from cchc_xl.layout import form_layout
from cchc_xl.live_checks.states import by_address, states_of
from cchc_xl.stamp import STAMP_SHEET, SUBMISSION, SUMMARY, Stamp
from cchc_xl.submission import FormulaState, Submission, blank_submission, computed_results
from cchc_xl.values import BLANK, number_value


def build_form_workbook(form: Form, stamp: Stamp, target: Path, finish: Callable[[Any], None] | None = None) -> None:
    """Write the blank workbook of a form to ``target``, whole or not at all.

    ``finish`` is given the XlsxWriter workbook when all sheets stand: for the variant with buttons.
    """
    with replacing(target) as temporary, new_workbook(temporary) as workbook:
        workbook.set_properties({"title": form.name, "created": BUILD_DATE})
        blank = blank_submission(form, stamp)
        contents = Contents(results=computed_results(blank), states=states_of(blank))
        write_form(workbook, form, stamp, contents)
        if finish is not None:
            finish(workbook)


def build_filled_workbook(form: Form, stamp: Stamp, contents: Contents, target: Path) -> None:
    """Write the workbook of a form with these contents to ``target``, whole or not at all."""
    with replacing(target) as temporary, new_workbook(temporary) as workbook:
        workbook.set_properties({"title": form.name, "created": BUILD_DATE})
        write_form(workbook, form, stamp, contents)


def write_form(workbook: Any, form: Form, stamp: Stamp, contents: Contents) -> None:
    """Add cover, guide, a form's appendix sheets and its stamp to a workbook that is being built.

    A submission gets its empty report sheet; a summary's caller adds its own under the same name.
    """
    styles = Styles(workbook)
    layout = form_layout(form)
    texts = {place: text for place, (_, text) in contents.states.items()}
    cells = {(appendix, order): layout.appendices[appendix].check_cell(order) for appendix, order in texts}
    shown = companion_results(_as_submission(form, stamp, contents), by_address(texts, cells))
    CoverSheet(workbook, styles, form, stamp, shown, contents.awaited).write()
    write_guide(workbook, styles, of_summary=stamp.kind == SUMMARY)
    for appendix in form.appendices:
        AppendixSheet(workbook, styles, layout, appendix, stamp, contents, shown).write()
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


def _as_submission(form: Form, stamp: Stamp, contents: Contents) -> Submission:
    """What is being written, as a reader would find it."""
    blank = blank_submission(form, stamp)
    entries = dict(blank.entries)
    for ref, value in contents.values.items():
        entries[ref] = replace(entries[ref], value=value, formula=FormulaState.NONE)
    for ref in contents.formulas:
        result = contents.results.get(ref)
        value = BLANK if result is None else number_value(result)
        entries[ref] = replace(entries[ref], value=value, formula=FormulaState.ALTERED)
    return replace(blank, entries=entries)
