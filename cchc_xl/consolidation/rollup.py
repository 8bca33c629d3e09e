"""Roll-up: the figures of several units → one, by what the quantity means (semantics.md, "Roll-up")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cchc_xl.catalogue.model import CellKind, CellSpec, Form, Rollup, RowRole
from cchc_xl.consolidation.contribution import figure_cells, is_ratio
from cchc_xl.consolidation.counterparts import counterparts
from cchc_xl.consolidation.gathering import gather, gives_ratio, recomputed, with_ratios_of_parts
from cchc_xl.consolidation.lines import Child, Sources, SummaryCell
from cchc_xl.consolidation.rollup_rules import RULES, by_lists, common_ratio
from cchc_xl.consolidation.spare_rows import Placed, place_spare_rows
from cchc_xl.expressions import cell_refs


def consolidate(form: Form, children: Sequence[Child]) -> list[SummaryCell]:
    """Every figure of the summary form, in form order; of its spare rows those that a unit brings. Pure.

    Raises ``InputFault`` when the units bring more rows of their own than the form has room for.
    """
    # Of no submission at all nobody knows: the form's own lines on what comes from below hold.
    same_form = bool(children) and all(child.given.form is form for child in children)
    placed = place_spare_rows(form, children)
    return [
        replace(roll_up(form, spec, children, same_form, placed), name=placed.name(spec))
        for spec in figure_cells(form)
        if placed.counts(spec)
    ]


def roll_up(form: Form, spec: CellSpec, children: Sequence[Child], same_form: bool, placed: Placed) -> SummaryCell:
    """One figure of the summary form.

    ``same_form``: all children report on it too; ``placed``: where their spare rows go (``place_spare_rows``).
    """
    rollup = rollup_of(spec, same_form)
    if rollup is Rollup.NONE:
        return SummaryCell(spec, rollup, None, Sources())
    found = [counterparts(form, spec.ref, child.given.form) for child in children]
    added = placed.cells.get(spec.ref, {})
    asked = [index for index, cells in enumerate(found) if cells or index in added]
    if rollup is Rollup.SPREAD and asked and all(gives_ratio(children[i], found[i], added.get(i, ())) for i in asked):
        rollup = Rollup.RECOMPUTE  # the summary's form lacks the parts, the children's forms have them
    sources = gather(children, asked, found, added, rollup)
    additive = True
    if rollup is Rollup.RECOMPUTE:
        additive = _additive(spec, form) and all(
            _additive(figure_cells(given)[cell], given)
            for given, cell in {(children[i].given.form, (*found[i], *added.get(i, ()))[0]) for i in asked}
        )
        sources = recomputed(with_ratios_of_parts(form, spec, children, asked, sources))
    cell = replace(RULES[rollup](spec, sources), n_units=_count(sources, rollup))
    if rollup is Rollup.DISTINCT and cell.value is None:
        cell = by_lists(cell)
    if rollup is not Rollup.RECOMPUTE:
        return cell
    if not additive:
        cell = common_ratio(cell)
    both = {sources.children[index].unit_code for index in sources.parts}
    return replace(cell, left_out=tuple(child.unit for child in children if child.unit_code not in both))


def rollup_of(spec: CellSpec, same_form: bool) -> Rollup:
    """How a row rolls up: the quantity's own way, unless the pair of forms says otherwise (``below``).

    Submissions on the summary's own form are units of one level: every row is the quantity's own.
    """
    assert spec.quantity is not None
    if spec.kind is CellKind.MARK and spec.row.role is RowRole.TOTAL:
        return Rollup.SUM  # the column's marks are flags of one task, its total row counts tasks
    below = spec.row.below
    if same_form or below is None:
        return spec.quantity.rollup
    if not below.codes:
        return Rollup.NONE
    return Rollup.OWN_PLUS_CHILDREN if below.own else spec.quantity.rollup


def _additive(spec: CellSpec, form: Form) -> bool:
    """Whether a ratio's numerator and denominator may be added up: lists that all units share may not."""
    if not is_ratio(spec):
        return True
    quantities = [form.cells[part.at(spec.row.order)].quantity for part in cell_refs(spec.derived[0])]
    return all(quantity is not None and quantity.rollup is Rollup.SUM for quantity in quantities)


def _count(sources: Sources, rollup: Rollup) -> int:
    if rollup is Rollup.RECOMPUTE:
        return len(sources.parts)
    return len(sources.present()) + sources.without_number()
