"""What must be filled when something else is: R03, R07, R13, R14 of the forms, and evidence texts."""

from __future__ import annotations

from functools import cache

from cchc_xl.catalogue.model import Form, Rule
from cchc_xl.checks.context import NOT_EVALUATED, PASSED, Context, Outcome
from cchc_xl.expressions import CellRef, cell_refs, holds


def check_required(rule: Rule, context: Context, order: int | None = None) -> Outcome:
    """The cell is filled when the gate holds; silent where another level answers or a note explains the blank."""
    assert rule.at is not None
    at = rule.at.at(order)
    if rule.when is not None and not holds(rule.when, context.figures, order):
        return NOT_EVALUATED
    if context.figures.filled(at):
        return PASSED
    if context.excused(at):
        return NOT_EVALUATED
    related = [ref.at(order) for ref in cell_refs(rule.when)] if rule.when is not None else []
    return [context.finding(rule, "thieu-so-lieu", at, actual="", related=related)]


def check_sibling(rule: Rule, context: Context) -> Outcome:
    """R14: a blank between rows of the same group that are filled is a hint, unless something excuses it."""
    at = rule.at
    assert at is not None
    if context.figures.filled(at):
        return PASSED
    brothers = siblings_of(context.form).get(at, ())
    if not any(context.figures.filled(other) for other in brothers) or context.excused(at):
        return NOT_EVALUATED
    return [context.finding(rule, "thieu-so-lieu", at, actual="", related=brothers)]


@cache
def siblings_of(form: Form) -> dict[CellRef, tuple[CellRef, ...]]:
    """Figures of one group: rows of one level under one heading, answered by the same level of government."""
    groups: dict[tuple[object, ...], list[CellRef]] = {}
    for appendix in form.appendices:
        for row in appendix.rows:
            spec = appendix.cells.get(CellRef(appendix.id, row.order, "value"))
            # Without a heading above them rows have nothing in common but the appendix.
            if spec is not None and spec.kind.figure and not spec.derived and row.parent:
                groups.setdefault((appendix.id, row.parent, row.answers), []).append(spec.ref)
    return {ref: tuple(other for other in members if other != ref) for members in groups.values() for ref in members}


def check_evidence(rule: Rule, context: Context, order: int | None = None) -> Outcome:
    """A text is given when the gate holds."""
    assert rule.at is not None
    at = rule.at.at(order)
    if rule.when is not None and not holds(rule.when, context.figures, order):
        return NOT_EVALUATED
    if context.submission.value(at).filled:
        return PASSED
    return [context.finding(rule, "thieu-ket-qua", at, actual="")]
