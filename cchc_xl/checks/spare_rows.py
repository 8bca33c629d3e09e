"""D01, D02: rows that the unit added to a list of the form have a name, and one of their own."""

from __future__ import annotations

from functools import cache

from cchc_xl.catalogue.model import CellSpec, Form, Rule
from cchc_xl.checks.context import Context, Outcome, Silent
from cchc_xl.expressions import CellRef
from cchc_xl.submission import LABEL, is_computed
from cchc_xl.values import normalise

# What says nothing without a name is no content of the row.
_TITLES = ("stt", LABEL)


def is_content(spec: CellSpec) -> bool:
    """Whether what stands in a cell of a spare row wants a name beside it."""
    return spec.column.key not in _TITLES


def check_spare_unnamed(rule: Rule, context: Context) -> Outcome:
    """D01: a spare row in which anything was entered has a name."""
    at = rule.at
    assert at is not None
    if context.submission.value(at).filled:
        return Silent.PASSED
    cells = context.form.appendix(at.appendix).spare_cells[at.order or 0]
    content = [
        spec.ref
        for spec in cells
        if is_content(spec) and (entry := context.entry(spec.ref)).value.filled and not is_computed(entry)
    ]
    if not content:
        return Silent.NOT_EVALUATED
    filled = ", ".join(context.entry(ref).address for ref in content)
    return [context.finding(rule, "dong-them-chua-ten", at, actual="", related=content, filled=filled)]


def check_spare_repeats(rule: Rule, context: Context) -> Outcome:
    """D02: a spare row's name is that of no printed row and of no spare row above it: it would be counted apart."""
    at = rule.at
    assert at is not None
    key = context.figures.matching_key(at)
    if not key:
        return Silent.NOT_EVALUATED
    same = _printed_names(context.form)[at.appendix].get(key)
    if same is None:
        above = (order for order in context.figures.rows(at.appendix) if order < (at.order or 0))
        spare = context.form.appendix(at.appendix).spare_cells
        same = next(
            (o for o in above if o in spare and context.figures.matching_key(CellRef(at.appendix, o, LABEL)) == key),
            None,
        )
    if same is None:
        return Silent.PASSED
    other = CellRef(at.appendix, same, LABEL)
    return [
        context.finding(
            rule,
            "dong-them-trung-ten",
            at,
            actual=context.submission.value(at).text,
            other=context.spare_title(other) or context.form.appendix(at.appendix).row(same).title(),
        )
    ]


@cache
def _printed_names(form: Form) -> dict[str, dict[str, int]]:
    """The printed rows of each appendix by name."""
    return {
        appendix.id: {normalise(row.label): row.order for row in reversed(appendix.printed) if row.label.strip()}
        for appendix in form.appendices
    }
