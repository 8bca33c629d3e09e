"""What stands in the parent's form: links to "Theo đơn vị", the form's own formulas, and cells left open. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from cchc_xl.catalogue.model import AppendixKind, CellKind, CellSpec, Form, Rollup, RowRole
from cchc_xl.consolidation.carry import Record
from cchc_xl.consolidation.contribution import is_ratio
from cchc_xl.consolidation.lines import SummaryCell
from cchc_xl.consolidation.own_parts import asks_own_part
from cchc_xl.consolidation.spare_rows import texts_of_spare_rows
from cchc_xl.consolidation.summary import Summary
from cchc_xl.expressions import CellRef, Ratio, as_excel, cell_refs
from cchc_xl.form_workbook.sheet import Contents
from cchc_xl.layout import form_layout
from cchc_xl.live_checks.states import states_of
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
from cchc_xl.values import BLANK, Value, format_number, from_text, number_value

LINK_TEXT = "→ Phần của cấp tổng hợp"


@dataclass(frozen=True, slots=True)
class Writing:
    """What the merge itself writes into the form, whatever the parent types into the cells that stay open.

    ``linked``: figures from below; ``asked``: totals of own part and units; ``waiting``: the parent's own totals;
    ``emptied``: computed cells that are left open; ``texts``: remarks and names in open cells.
    """

    entries: Mapping[CellRef, Entry]
    linked: Mapping[CellRef, Decimal]
    asked: Mapping[CellRef, SummaryCell]
    waiting: Mapping[CellRef, str]
    emptied: frozenset[CellRef]
    texts: Mapping[CellRef, str]

    @property
    def record(self) -> Record:
        """The same for the next merge: the texts, and every cell with a formula."""
        computed = {ref for ref, entry in self.entries.items() if entry.formula is FormulaState.INTACT}
        formulas = computed | self.linked.keys() | self.asked.keys() | self.waiting.keys()
        return Record(self.texts, frozenset(formulas))


def merge_writing(form: Form, stamp: Stamp, summary: Summary) -> Writing:
    """What comes from below.

    A figure is a link to its total. A computed row without a figure from below keeps the form's own formula, unless
    that would give a figure where the roll-up says that none is right: then the cell is left open.
    """
    cells = summary.cells
    asked = {cell.spec.ref: cell for cell in cells if asks_own_part(cell)}
    linked = {
        cell.spec.ref: cell.value
        for cell in cells
        if cell.value is not None and _fits(cell) and cell.spec.ref not in asked
    }
    entries = dict(blank_submission(form, stamp).entries)
    for ref, value in linked.items():
        entries[ref] = replace(entries[ref], value=number_value(value), formula=FormulaState.ALTERED)
    emptied = frozenset(_misleading(form, stamp, cells, entries))
    waiting = _waiting_totals(form, cells)
    for ref in emptied:
        entries[ref] = replace(entries[ref], formula=FormulaState.NONE)
    for ref in waiting:
        entries[ref] = replace(entries[ref], formula=FormulaState.ALTERED)
    names = texts_of_spare_rows(form, summary.children)
    remarks = _notes(form, cells, summary.units_expected) | _marks(form, cells, summary.units_expected)
    return Writing(entries, linked, asked, waiting, emptied, {**names, **remarks})


def form_contents(form: Form, stamp: Stamp, summary: Summary, plan: SheetPlan, writing: Writing) -> Contents:
    """Contents of the appendix sheets: what comes from below, and what the parent typed into an earlier summary."""
    carried = summary.carried.values
    entries = dict(writing.entries)
    for ref, cell in writing.asked.items():
        total = BLANK if cell.value is None else number_value(cell.value)
        entries[ref] = replace(entries[ref], value=total, formula=FormulaState.ALTERED)
    for ref, typed in carried.items():
        entries[ref] = replace(entries[ref], value=typed, formula=FormulaState.NONE)
    totals = _totals_of_parts(form, stamp, writing.waiting, entries)
    own = computed_results(Submission("", form, stamp, entries))
    shown: dict[CellRef, Decimal | None] = {**own, **totals, **writing.linked}
    shown |= {ref: cell.value for ref, cell in writing.asked.items()}
    values: dict[CellRef, Value] = dict.fromkeys(writing.emptied, BLANK)
    values |= {ref: from_text(text) for ref, text in writing.texts.items()}
    values |= carried
    for ref, value in values.items():
        entries[ref] = replace(entries[ref], value=value, formula=FormulaState.NONE)
    return Contents(
        values=values,
        states=_states(Submission("", form, stamp, entries), writing),
        results=shown,
        formulas={
            **writing.waiting,
            **{ref: "=" + plan.total_address(ref) for ref in writing.linked},
            **{ref: "=" + plan.own_total(ref) for ref in writing.asked},
        },
        awaited=plan.awaited(),
        links={(ref.appendix, ref.order or 0): (plan.own_input(ref), LINK_TEXT) for ref in writing.asked},
    )


def _states(submission: Submission, writing: Writing) -> dict[tuple[str, int], tuple[str, str]]:
    """The live states of the rows that a summary fills like a submission.

    Not of totals that wait for the parent's part, of ratios that are computed over the units which have both parts, and
    of checklists: of the units' marks only the totals stand here.
    """
    form = submission.form
    ratios = {ref for ref in writing.linked if is_ratio(form.cells[ref])}
    silent = {(ref.appendix, ref.order or 0) for ref in (*writing.waiting, *ratios)}
    tasks = {appendix.id for appendix in form.appendices if appendix.kind is AppendixKind.TASKS}
    return {
        place: state for place, state in states_of(submission).items() if place not in silent and place[0] not in tasks
    }


def _totals_of_parts(
    form: Form, stamp: Stamp, waiting: Mapping[CellRef, str], entries: dict[CellRef, Entry]
) -> dict[CellRef, Decimal | None]:
    """True results of the totals that wait: of those whose parts are all there. Also noted in ``entries``."""
    found: dict[CellRef, Decimal | None] = {}
    settled = True
    while settled:  # a total may be a part of another one
        figures = SubmissionFigures(Submission("", form, stamp, entries))
        ready = [
            (ref, figures.derived(form.spec(ref)))
            for ref in waiting
            if ref not in found and all(figures.number(part) is not None for part in _awaited(form, ref))
        ]
        for ref, number in ready:
            found[ref] = number
            value = BLANK if number is None else number_value(number)
            entries[ref] = replace(entries[ref], value=value, formula=FormulaState.ALTERED)
        settled = bool(ready)
    return found


def _notes(form: Form, cells: Sequence[SummaryCell], units_expected: int) -> dict[CellRef, str]:
    """Beside every figure, of how many units it is; beside a row with an own part, what the units give."""
    notes = {}
    for cell in cells:
        ref = CellRef(cell.spec.ref.appendix, cell.spec.row.order, NOTE)
        if ref not in form.cells or not cell.n_units:
            continue
        counted = f"{cell.n_units}/{units_expected} đơn vị"
        if cell.children is not None:
            text = f"Các đơn vị: {format_number(cell.children)} ({counted}), cộng phần của cấp tổng hợp"
        elif cell.value is None:
            text = f"{counted}; không có một số chung, xem trang “{BY_UNIT_SHEET}”"
        else:
            text = counted + (f"; không tính: {', '.join(cell.left_out)}" if cell.left_out else "")
        notes[ref] = text
    return notes


def _marks(form: Form, cells: Sequence[SummaryCell], units_expected: int) -> dict[CellRef, str]:
    """Beside every task of a checklist, of how many units it has which mark: no x can say that of all of them."""
    rows: dict[tuple[str, int], list[SummaryCell]] = {}
    for cell in cells:
        if cell.spec.kind is CellKind.MARK and cell.spec.row.role is RowRole.ITEM and cell.n_units:
            rows.setdefault((cell.spec.ref.appendix, cell.spec.row.order), []).append(cell)
    texts = {}
    for (appendix, order), marks in rows.items():
        beside = next((c.key for c in form.appendix(appendix).columns if c.kind is CellKind.TEXT and not c.given), "")
        ref = CellRef(appendix, order, beside)
        if ref in form.cells:
            said = "; ".join(f"{cell.spec.column.heading}: {format_number(cell.value)}" for cell in marks if cell.value)
            texts[ref] = f"{said} ({max(cell.n_units for cell in marks)}/{units_expected} đơn vị)"
    return texts


def _waiting_totals(form: Form, cells: Sequence[SummaryCell]) -> dict[CellRef, str]:
    """Totals of the parent's own (roll-up none, or with an own part) that wait until each of their parts is there.

    The form's own formula counts a blank part as 0; here a blank is a part that the parent has not entered yet, and the
    children's part alone would look like the total.
    """
    layout = form_layout(form)
    formulas = {}
    for cell in cells:
        ref, derived = cell.spec.ref, cell.spec.derived
        if cell.rollup not in (Rollup.NONE, Rollup.OWN_PLUS_CHILDREN) or not derived or isinstance(derived[0], Ratio):
            continue
        addresses = layout.addresses(ref.appendix)
        parts = _awaited(form, ref)
        if parts:
            listed = ",".join(addresses.cell(part) for part in parts)
            own = as_excel(derived[0], addresses, ref.order).removeprefix("=")
            formulas[ref] = f'=IF(COUNT({listed})={len(parts)},{own},"")'
    return formulas


def _awaited(form: Form, ref: CellRef) -> list[CellRef]:
    """The parts without which a total of the parent's own is none."""
    parts = [part.at(ref.order) for part in cell_refs(form.spec(ref).derived[0])]
    return [part for part in parts if _answered_here(form, form.spec(part))]


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
