"""Checklists: exactly one mark a task (M01), and evidence for it (R21)."""

from __future__ import annotations

from cchc_xl.catalogue.model import Rule
from cchc_xl.checks.checklists import DONE, NOT_DONE
from cchc_xl.checks.context import NOT_EVALUATED, PASSED, Context, Outcome
from cchc_xl.expressions import CellRef
from cchc_xl.values import State

_NO_MARK = (State.BLANK, State.UNCALCULATED, State.NOT_APPLICABLE)


def check_single_mark(rule: Rule, context: Context) -> Outcome:
    """Each task has one x, in one of the two columns; silent while the checklist has no mark at all.

    Two marks contradict each other. No mark in a list that is begun is a gap: the softer severity.
    """
    done = rule.at
    assert done is not None
    not_done = CellRef(done.appendix, done.order, NOT_DONE)
    marked = context.figures.marked(done)
    if marked != context.figures.marked(not_done):
        return PASSED
    if marked:
        return [context.finding(rule, "danh-dau-hai-o", done, actual="x", related=(not_done,))]
    if any(context.submission.value(ref).state not in _NO_MARK for ref in (done, not_done)):
        return NOT_EVALUATED  # something else than x stands there: R16 says so
    if not _any_mark(context, done.appendix):
        return NOT_EVALUATED
    return [context.finding(rule, "chua-danh-dau", done, severity=rule.softer, actual="", related=(not_done,))]


def _any_mark(context: Context, appendix: str) -> bool:
    return any(
        context.figures.marked(CellRef(appendix, order, column))
        for order in context.figures.rows(appendix)
        for column in (DONE, NOT_DONE)
    )


def check_evidence_of_mark(rule: Rule, context: Context) -> Outcome:
    """A marked task says what was done (warning), or why not (hint)."""
    at = rule.at
    assert at is not None
    done = context.figures.marked(CellRef(at.appendix, at.order, DONE))
    not_done = context.figures.marked(CellRef(at.appendix, at.order, NOT_DONE))
    if not done and not not_done:
        return NOT_EVALUATED
    if context.submission.value(at).filled:
        return PASSED
    severity = rule.severity if done else rule.softer
    mark = CellRef(at.appendix, at.order, DONE if done else NOT_DONE)
    return [context.finding(rule, "thieu-ket-qua", at, severity=severity, actual="", related=(mark,))]
