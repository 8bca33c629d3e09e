"""R06/R07/R19/R22 totals against their parts, and K02 formulas typed over."""

from __future__ import annotations

from cchc_xl.catalogue.model import CellKind, RowRole, Rule
from cchc_xl.checks.comparisons import tolerance
from cchc_xl.checks.context import NOT_EVALUATED, PASSED, Context, Outcome
from cchc_xl.checks.ratios import agrees
from cchc_xl.expressions import CellRef, Ratio, cell_refs, column_refs
from cchc_xl.submission import FormulaState, is_computed
from cchc_xl.values import State


def _parts(rule: Rule, context: Context) -> list[CellRef]:
    assert rule.at is not None
    parts = [ref.at(rule.at.order) for ref in cell_refs(rule.right[0])]
    for column in column_refs(rule.right[0]):
        parts.extend(context.figures.column(column))
    return parts


def check_total(rule: Rule, context: Context) -> Outcome:
    """A total that was typed equals the sum of its parts; blank parts count 0."""
    ref = rule.at
    assert ref is not None
    if is_computed(context.entry(ref)):
        return PASSED
    if context.of_summary and context.spec(ref).kind is CellKind.MARK:
        return NOT_EVALUATED
    printed = context.figures.number(ref)
    computed = context.figures.derived(context.spec(ref))
    if printed is None or computed is None:
        return NOT_EVALUATED
    if printed == computed:
        return PASSED
    parts = _parts(rule, context)
    if abs(printed - computed) <= tolerance([ref, *parts], context):
        return PASSED
    of_table = context.spec(ref).row.role is RowRole.TOTAL
    return [
        context.finding(
            rule,
            "tong-sai",
            ref,
            actual=context.shown(ref),
            expected=computed,
            imbalance=printed - computed,
            related=parts,
            cells=context.cells_words([ref], ref.appendix) + " và cả cột phía trên"
            if of_table
            else context.cells_words([ref, *parts], ref.appendix),
        )
    ]


def check_total_missing(rule: Rule, context: Context) -> Outcome:
    """R07: a total whose parts are there is not blank (its formula was deleted)."""
    ref = rule.at
    assert ref is not None
    computed = context.figures.derived(context.spec(ref))
    if computed is None:
        return NOT_EVALUATED
    entry = context.entry(ref)
    if is_computed(entry) or entry.value.state is not State.BLANK or context.of_another_level(ref):
        return PASSED
    if context.of_summary and entry.formula is FormulaState.ALTERED:
        return PASSED  # the summary's own formula waits for the parent's parts
    return [context.finding(rule, "tong-trong", ref, actual="", expected=computed, related=_parts(rule, context))]


def check_overwritten(rule: Rule, context: Context) -> Outcome:
    """K02: a figure typed over a formula is a hint while it agrees; where it does not, the mismatch says so."""
    ref = rule.at
    assert ref is not None
    entry = context.entry(ref)
    if is_computed(entry) or (context.of_summary and entry.formula is FormulaState.ALTERED):
        return PASSED
    if not entry.value.filled or context.of_own_table:
        return NOT_EVALUATED
    printed = context.figures.number(ref)
    computed = context.figures.derived(context.spec(ref))
    if printed is None or computed is None:
        return NOT_EVALUATED
    if isinstance(rule.right[0], Ratio):
        # Another reading that the label allows is no reason to go back to the formula: it would give another figure.
        fits = agrees(printed, computed)
    else:
        fits = printed == computed or abs(printed - computed) <= tolerance([ref, *_parts(rule, context)], context)
    if not fits:
        return NOT_EVALUATED
    return [context.finding(rule, "go-de-cong-thuc", ref, actual=context.shown(ref), expected=computed)]
