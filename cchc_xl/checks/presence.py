"""What must be filled when something else is: R03, R07, R13, R14 of the forms, and evidence texts."""

from __future__ import annotations

from cchc_xl.catalogue.model import Rule
from cchc_xl.checks.context import Context, Outcome, Silent
from cchc_xl.expressions import cell_refs, holds


def check_required(rule: Rule, context: Context, order: int | None = None) -> Outcome:
    """The cell is filled when the gate holds; silent where another level answers or a note explains the blank."""
    assert rule.at is not None
    at = rule.at.at(order)
    if rule.when is not None and not holds(rule.when, context.figures, order):
        return Silent.NOT_EVALUATED
    if context.figures.filled(at):
        return Silent.PASSED
    if context.excused(at):
        return Silent.NOT_EVALUATED
    related = [ref.at(order) for ref in cell_refs(rule.when)] if rule.when is not None else []
    return [context.finding(rule, "thieu-so-lieu", at, actual="", related=related)]


def check_evidence(rule: Rule, context: Context, order: int | None = None) -> Outcome:
    """A text is given when the gate holds."""
    assert rule.at is not None
    at = rule.at.at(order)
    if rule.when is not None and not holds(rule.when, context.figures, order):
        return Silent.NOT_EVALUATED
    if context.submission.value(at).filled:
        return Silent.PASSED
    return [context.finding(rule, "thieu-ket-qua", at, actual="")]
