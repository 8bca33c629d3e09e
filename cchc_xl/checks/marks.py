"""Checklists: exactly one mark a task (R19), and evidence for it (R21)."""

from __future__ import annotations

from cchc_xl.catalogue.model import Rule
from cchc_xl.checks.context import NOT_EVALUATED, PASSED, Context, Outcome
from cchc_xl.expressions import CellRef

_DONE, _NOT_DONE = "done", "not_done"


def check_single_mark(rule: Rule, context: Context) -> Outcome:
    """Each task has one x, in one of the two columns; silent while the checklist has no mark at all."""
    done = rule.at
    assert done is not None
    not_done = CellRef(done.appendix, done.order, _NOT_DONE)
    marked = context.figures.marked(done)
    if marked != context.figures.marked(not_done):
        return PASSED
    if marked:
        return [context.finding(rule, "danh-dau-hai-o", done, actual="x", related=(not_done,))]
    if any(context.submission.value(ref).filled for ref in (done, not_done)):
        return NOT_EVALUATED  # something else than x stands there: R16 says so
    if not _any_mark(context, done.appendix):
        return NOT_EVALUATED
    return [context.finding(rule, "chua-danh-dau", done, actual="", related=(not_done,))]


def _any_mark(context: Context, appendix: str) -> bool:
    return any(
        context.figures.marked(CellRef(appendix, order, column))
        for order in context.figures.rows(appendix)
        for column in (_DONE, _NOT_DONE)
    )


def check_evidence_of_mark(rule: Rule, context: Context) -> Outcome:
    """A marked task says what was done (warning), or why not (hint)."""
    at = rule.at
    assert at is not None
    done = context.figures.marked(CellRef(at.appendix, at.order, _DONE))
    not_done = context.figures.marked(CellRef(at.appendix, at.order, _NOT_DONE))
    if not done and not not_done:
        return NOT_EVALUATED
    if context.submission.value(at).filled:
        return PASSED
    severity = rule.severity if done else rule.softer
    mark = CellRef(at.appendix, at.order, _DONE if done else _NOT_DONE)
    return [context.finding(rule, "thieu-ket-qua", at, severity=severity, actual="", related=(mark,))]
