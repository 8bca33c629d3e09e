"""What stands in the parent's form: links to "Theo đơn vị", the form's own formulas, and cells left open. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from cchc_xl.catalogue.model import CellKind, CellSpec, Form, Rollup
from cchc_xl.consolidation.rollup import SummaryCell
from cchc_xl.expressions import CellRef, Ratio, as_excel, cell_refs
from cchc_xl.form_workbook.sheet import Contents
from cchc_xl.layout import form_layout
from cchc_xl.stamp import Stamp
from cchc_xl.submission import (
    NOTE,
    Entry,
    FormulaState,
    Submission,
    SubmissionFigures,
    blank_submission,
    computed_results,
)
from cchc_xl.summary_workbook.plan import BY_UNIT_SHEET, SheetPlan
from cchc_xl.values import BLANK, State, Value, format_number, from_text, number_value


def form_contents(
    form: Form,
    stamp: Stamp,
    cells: Sequence[SummaryCell],
    plan: SheetPlan,
    units_expected: int,
    names: Mapping[CellRef, str] | None = None,
) -> Contents:
    """Contents of the appendix sheets.

    A figure that comes from below is a link to its total. A computed row without a figure from below keeps the form's
    own formula, unless that would give a figure where the roll-up says that none is right: then the cell is left open.
    ``names``: the texts of the spare rows that the units bring.
    """
    linked = {cell.spec.ref: cell.value for cell in cells if cell.value is not None and _fits(cell)}
    entries = dict(blank_submission(form, stamp).entries)
    for ref, value in linked.items():
        entries[ref] = replace(entries[ref], value=number_value(value), formula=FormulaState.ALTERED)
    emptied = _misleading(form, stamp, cells, entries)
    for ref in emptied:
        entries[ref] = replace(entries[ref], formula=FormulaState.NONE)
    waiting = _waiting_totals(form, cells)
    for ref in waiting:
        entries[ref] = replace(entries[ref], formula=FormulaState.NONE)
    own: dict[CellRef, Decimal | None] = computed_results(Submission("", form, stamp, entries))
    open_cells: dict[CellRef, Value] = dict.fromkeys(emptied, BLANK)
    open_cells.update({ref: from_text(text) for ref, text in (names or {}).items()})
    return Contents(
        values={**open_cells, **_notes(form, cells, units_expected)},
        results={**own, **linked},
        formulas={**waiting, **{ref: "=" + plan.total_address(ref) for ref in linked}},
    )


def _notes(form: Form, cells: Sequence[SummaryCell], units_expected: int) -> dict[CellRef, Value]:
    """Beside every figure, of how many units it is; beside a row that waits for the parent, what the units give."""
    notes = {}
    for cell in cells:
        ref = CellRef(cell.spec.ref.appendix, cell.spec.row.order, NOTE)
        if ref not in form.cells or not cell.n_units:
            continue
        counted = f"{cell.n_units}/{units_expected} đơn vị"
        if cell.children is not None:
            text = f"Các đơn vị: {format_number(cell.children)} ({counted}); chưa gồm phần của cấp tổng hợp"
        elif cell.value is None:
            text = f"{counted}; không có một số chung, xem trang “{BY_UNIT_SHEET}”"
        else:
            text = counted + (f"; không tính: {', '.join(cell.left_out)}" if cell.left_out else "")
        notes[ref] = Value(State.TEXT, text=text)
    return notes


def _waiting_totals(form: Form, cells: Sequence[SummaryCell]) -> dict[CellRef, str]:
    """Totals of the parent's own (roll-up none) that wait until each of their parts is there.

    The form's own formula counts a blank part as 0; here a blank is a part that the parent has not entered yet, and the
    children's part alone would look like the total.
    """
    layout = form_layout(form)
    formulas = {}
    for cell in cells:
        ref, derived = cell.spec.ref, cell.spec.derived
        if cell.rollup is not Rollup.NONE or not derived or isinstance(derived[0], Ratio):
            continue
        addresses = layout.addresses(ref.appendix)
        parts = [part for part in cell_refs(derived[0]) if _answered_here(form, form.spec(part.at(ref.order)))]
        if parts:
            listed = ",".join(addresses.cell(part.at(ref.order)) for part in parts)
            own = as_excel(derived[0], addresses, ref.order).removeprefix("=")
            formulas[ref] = f'=IF(COUNT({listed})={len(parts)},{own},"")'
    return formulas


def _answered_here(form: Form, spec: CellSpec) -> bool:
    """Whether the row is filled at the form's level or below: a province's row stays blank in a district's summary."""
    higher = {"xa": {"huyen", "tinh"}, "huyen": {"tinh"}, "tinh": set()}[form.level]
    return bool(spec.row.answers - higher)


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
