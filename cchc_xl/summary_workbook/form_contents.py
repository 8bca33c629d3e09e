"""What stands in the parent's form: links to "Theo đơn vị", the form's own formulas, and cells left open. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from cchc_xl.catalogue.model import CellKind, Form, Rollup
from cchc_xl.consolidation.rollup import SummaryCell
from cchc_xl.expressions import CellRef
from cchc_xl.form_workbook.sheet import Contents
from cchc_xl.stamp import Stamp
from cchc_xl.submission import (
    Entry,
    FormulaState,
    Submission,
    SubmissionFigures,
    blank_submission,
    computed_results,
)
from cchc_xl.summary_workbook.plan import SheetPlan
from cchc_xl.values import BLANK, Value, number_value


def form_contents(form: Form, stamp: Stamp, cells: Sequence[SummaryCell], plan: SheetPlan) -> Contents:
    """Contents of the appendix sheets.

    A figure that comes from below is a link to its total. A computed row without a figure from below keeps the form's
    own formula, unless that would give a figure where the roll-up says that none is right: then the cell is left open.
    """
    linked = {cell.spec.ref: cell.value for cell in cells if cell.value is not None and _fits(cell)}
    entries = dict(blank_submission(form, stamp).entries)
    for ref, value in linked.items():
        entries[ref] = replace(entries[ref], value=number_value(value), formula=FormulaState.ALTERED)
    emptied = _misleading(form, stamp, cells, entries)
    for ref in emptied:
        entries[ref] = replace(entries[ref], formula=FormulaState.NONE)
    own: dict[CellRef, Decimal | None] = computed_results(Submission("", form, stamp, entries))
    open_cells: dict[CellRef, Value] = dict.fromkeys(emptied, BLANK)
    return Contents(
        values=open_cells,
        results={**own, **linked},
        formulas={ref: "=" + plan.total_address(ref) for ref in linked},
    )


def _fits(cell: SummaryCell) -> bool:
    """Whether the form's cell can hold the figure: "7 of 9 units have it" is no yes or no, and no mark."""
    if cell.rollup is Rollup.COUNT_YES:
        return cell.spec.kind.numeric
    return cell.spec.kind is not CellKind.YESNO


def _misleading(
    form: Form, stamp: Stamp, cells: Sequence[SummaryCell], entries: Mapping[CellRef, Entry]
) -> list[CellRef]:
    """Computed rows whose formula would give a figure although the units' figures give none."""
    figures = SubmissionFigures(Submission("", form, stamp, entries))
    return [
        cell.spec.ref
        for cell in cells
        if cell.spec.derived
        and cell.value is None
        and cell.rollup is not Rollup.NONE
        and cell.sources
        and figures.number(cell.spec.ref) is not None
    ]
