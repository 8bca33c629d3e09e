"""T01–T03: a submission against an earlier one of the same unit and form (``kiem-tra --ky-truoc``)."""

from __future__ import annotations

from decimal import Decimal

from cchc_xl.catalogue.model import Rule
from cchc_xl.checks.context import NOT_EVALUATED, PASSED, Context, Outcome, number_words
from cchc_xl.expressions import CellRef
from cchc_xl.periods import Period
from cchc_xl.submission import LABEL

# A figure at a date that halves or doubles is worth a look; small ones (3 → 1) do so without meaning.
_JUMP = Decimal("0.5")
_SMALL = Decimal(10)


def check_cumulative(rule: Rule, context: Context) -> Outcome:
    """T01: within one year a cumulative figure never falls."""
    ref = rule.at
    assert ref is not None
    assert context.previous is not None
    now, before = context.figures.number(ref), context.previous.number(ref)
    if now is None or before is None or not _same_row(ref, context) or not _same_year(context):
        return NOT_EVALUATED
    if now >= before:
        return PASSED
    return [
        context.finding(rule, "luy-ke-giam", ref, actual=context.shown(ref), expected=before, imbalance=now - before)
    ]


def _same_row(ref: CellRef, context: Context) -> bool:
    """Whether the row speaks of the same thing in both: a spare row is what the unit has named it."""
    assert context.previous is not None
    if ref.order not in context.form.appendix(ref.appendix).spare_cells:
        return True
    label = CellRef(ref.appendix, ref.order, LABEL)
    return context.figures.matching_key(label) == context.previous.matching_key(label)


def _same_year(context: Context) -> bool:
    assert context.previous is not None
    periods = [Period(s.stamp.period) for s in (context.submission, context.previous.submission) if s.stamp.period]
    return len(periods) == 2 and periods[0].end.year == periods[1].end.year and periods[1].end <= periods[0].end


def check_jump(rule: Rule, context: Context) -> Outcome:
    """T02: a figure at a date that changed by more than a half is a hint."""
    ref = rule.at
    assert ref is not None
    assert context.previous is not None
    now, before = context.figures.number(ref), context.previous.number(ref)
    if now is None or not before or not _same_row(ref, context):
        return NOT_EVALUATED
    change = abs(now - before)
    if change <= max(_JUMP * before, _SMALL):
        return PASSED
    percent = number_words(100 * (now - before) / before)
    return [
        context.finding(
            rule,
            "bien-dong-lon",
            ref,
            actual=context.shown(ref),
            expected=before,
            imbalance=now - before,
            percent=percent,
        )
    ]


def check_emptied(rule: Rule, context: Context) -> Outcome:
    """T03: a row that was filled last time and is blank now is a hint, unless a note explains it."""
    ref = rule.at
    assert ref is not None
    assert context.previous is not None
    if not context.previous.filled(ref):
        return NOT_EVALUATED
    if context.figures.filled(ref) or context.excused(ref):
        return PASSED
    before = context.previous.number(ref)
    shown = number_words(before) if before is not None else context.previous.submission.value(ref).text
    return [
        context.finding(
            rule, "truoc-co-nay-trong", ref, actual="", expected=before if before is not None else shown, before=shown
        )
    ]
