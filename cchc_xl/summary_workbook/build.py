"""A merge's result → one workbook: the parent's form, then the sheets that account for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from cchc_xl.atomic import Seen, replacing
from cchc_xl.catalogue.load import load_charts
from cchc_xl.consolidation.summary import Summary, given_stamp
from cchc_xl.form_workbook.build import write_form
from cchc_xl.form_workbook.package import BUILD_DATE, new_workbook
from cchc_xl.form_workbook.styles import Styles
from cchc_xl.summary_workbook.by_unit import write_by_unit
from cchc_xl.summary_workbook.changes import write_changes
from cchc_xl.summary_workbook.charts import write_charts
from cchc_xl.summary_workbook.data import write_data
from cchc_xl.summary_workbook.findings import write_findings
from cchc_xl.summary_workbook.form_contents import form_contents, merge_writing
from cchc_xl.summary_workbook.of_units_sheet import write_of_units
from cchc_xl.summary_workbook.own_part_sheet import write_own_parts
from cchc_xl.summary_workbook.plan import plan_sheet
from cchc_xl.summary_workbook.received import write_received
from cchc_xl.summary_workbook.record import write_record
from cchc_xl.summary_workbook.sources import write_sources


def build_summary_workbook(
    summary: Summary,
    target: Path,
    links: Mapping[str, str] | None = None,
    seen: Seen | None = None,
) -> None:
    """Write the summary workbook to ``target``, whole or not at all. The summary must have a form.

    ``links``: the submissions' paths as seen from the target's folder. ``seen``: what lay at the target when the
    merge looked; if something else lies there when all is written, nothing is replaced. Raises ``InputFault`` when
    Excel cannot hold it.

    It bears the parent's stamp, so that it is itself a submission for the next level.
    """
    form = summary.form
    if form is None:
        raise ValueError("a summary without a form has no workbook")
    stamp = replace(given_stamp(form, summary), **summary.carried.stamp)  # type: ignore[arg-type]  # fields of a stamp
    plan = plan_sheet(form, summary)
    with replacing(target, seen) as temporary, new_workbook(temporary) as workbook:
        workbook.set_properties({"title": f"Tổng hợp: {form.name}", "created": BUILD_DATE})
        writing = merge_writing(form, stamp, summary)
        write_form(workbook, form, stamp, form_contents(form, stamp, summary, plan, writing))
        write_record(workbook, writing.record)
        write_of_units(workbook, summary)
        styles = Styles(workbook)
        write_own_parts(workbook, styles, summary, plan)
        write_by_unit(workbook, styles, summary, plan)
        write_charts(workbook, styles, summary, plan, load_charts())
        write_received(workbook, styles, summary)
        write_changes(workbook, styles, summary)
        write_findings(workbook, styles, summary, links or {})
        write_sources(workbook, styles, summary)
        write_data(workbook, styles, summary)
