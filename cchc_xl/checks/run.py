"""Runs every rule of a form on a submission."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from cchc_xl.catalogue.model import NATIVE, Form, Rule, RuleKind
from cchc_xl.checks.causes import without_consequences
from cchc_xl.checks.cell_types import check_option, check_type
from cchc_xl.checks.comparisons import check_compare, check_same_code
from cchc_xl.checks.context import Context, Outcome, Silent
from cchc_xl.checks.cover import check_cover
from cchc_xl.checks.lists import check_list_codes
from cchc_xl.checks.magnitudes import check_fraction, check_magnitude, check_serial_date
from cchc_xl.checks.marks import check_evidence_of_mark, check_single_mark
from cchc_xl.checks.presence import check_evidence, check_required, check_sibling
from cchc_xl.checks.previous import check_cumulative, check_emptied, check_jump
from cchc_xl.checks.ratios import (
    check_inputs_partial,
    check_over_hundred,
    check_ratio,
    check_ratio_missing,
    check_ratio_without_inputs,
    check_zero_over_zero,
)
from cchc_xl.checks.spare_rows import check_spare_repeats, check_spare_unnamed
from cchc_xl.checks.totals import check_overwritten, check_total, check_total_missing
from cchc_xl.finding import Finding
from cchc_xl.messages import TEMPLATES
from cchc_xl.severity import Severity
from cchc_xl.submission import Submission, SubmissionFigures

_ONCE: dict[RuleKind, Callable[[Rule, Context], Outcome]] = {
    RuleKind.TYPE: check_type,
    RuleKind.PROCEDURE_CODE: check_type,
    RuleKind.OPTION: check_option,
    RuleKind.RATIO: check_ratio,
    RuleKind.RATIO_MISSING: check_ratio_missing,
    RuleKind.RATIO_WITHOUT_INPUTS: check_ratio_without_inputs,
    RuleKind.ZERO_OVER_ZERO: check_zero_over_zero,
    RuleKind.INPUTS_PARTIAL: check_inputs_partial,
    RuleKind.OVER_HUNDRED: check_over_hundred,
    RuleKind.TOTAL: check_total,
    RuleKind.TOTAL_MISSING: check_total_missing,
    RuleKind.OVERWRITTEN: check_overwritten,
    RuleKind.SINGLE_MARK: check_single_mark,
    RuleKind.MARK_EVIDENCE: check_evidence_of_mark,
    RuleKind.SAME_CODE: check_same_code,
    RuleKind.SIBLING: check_sibling,
    RuleKind.MAGNITUDE: check_magnitude,
    RuleKind.SERIAL_DATE: check_serial_date,
    RuleKind.FRACTION: check_fraction,
    RuleKind.LIST_CODES: check_list_codes,
    RuleKind.SPARE_UNNAMED: check_spare_unnamed,
    RuleKind.SPARE_REPEATS: check_spare_repeats,
}
# Only when an earlier submission is given.
_AGAINST_PREVIOUS: dict[RuleKind, Callable[[Rule, Context], Outcome]] = {
    RuleKind.CUMULATIVE_FALLS: check_cumulative,
    RuleKind.AT_DATE_JUMPS: check_jump,
    RuleKind.EMPTIED: check_emptied,
}
_EACH_ROW: dict[RuleKind, Callable[[Rule, Context, int | None], Outcome]] = {
    RuleKind.COMPARE: check_compare,
    RuleKind.REQUIRED: check_required,
    RuleKind.EVIDENCE: check_evidence,
}


@dataclass(frozen=True, slots=True)
class CheckResult:
    """All findings of a submission in form order, and how many rule instances passed or could not be evaluated."""

    findings: tuple[Finding, ...]
    passed: int
    not_evaluated: int

    def count(self, severity: Severity) -> int:
        """Number of findings of one severity."""
        return sum(finding.severity is severity for finding in self.findings)


def check(
    submission: Submission, previous: Submission | None = None, figures: SubmissionFigures | None = None
) -> CheckResult:
    """Check one submission, against an earlier one of the same form too where it is given.

    Structure first, and alone when it is broken: rules on shifted cells would only mislead. ``figures``: those of the
    submission, when somebody else needs them as well.
    """
    if submission.faults:
        return CheckResult(tuple(_structure(submission)), 0, 0)
    context = Context(
        submission, figures or SubmissionFigures(submission), SubmissionFigures(previous) if previous else None
    )
    plan = _plan(submission.form, against_previous=previous is not None)
    outcomes = _outcomes(context, (*plan.printed, *_of_spare_rows(plan, context)))
    found = [finding for outcome in outcomes if isinstance(outcome, list) for finding in outcome]
    found = without_consequences(found, submission, context.figures)
    appendix_rank = {appendix.id: index for index, appendix in enumerate(submission.form.appendices)}
    ranks = {appendix.id: appendix.rank for appendix in submission.form.appendices}
    found.sort(key=lambda f: (appendix_rank[f.appendix], ranks[f.appendix].get(f.order, -1), f.severity.rank))
    found = [*check_cover(submission), *found]
    return CheckResult(tuple(found), outcomes.count(Silent.PASSED), outcomes.count(Silent.NOT_EVALUATED))


def raw_findings(context: Context) -> list[Finding]:
    """What each rule with a native formula says by itself, consequences of others included."""
    plan = _plan(context.form, against_previous=False)
    native = [step for step in (*plan.printed, *_of_spare_rows(plan, context)) if step[0].native == NATIVE]
    return [finding for outcome in _outcomes(context, native) if isinstance(outcome, list) for finding in outcome]


def _outcomes(context: Context, steps: Iterable[_Step]) -> list[Outcome]:
    outcomes: list[Outcome] = []
    for rule, once, each in steps:
        try:
            if once is not None:
                outcomes.append(once(rule, context))
            else:
                for order in context.figures.rows(rule.appendix) if rule.each else (None,):
                    outcomes.append(each(rule, context, order))
        except _STUMBLES:
            outcomes.append([_broken(rule)])
    return outcomes


_Once = Callable[[Rule, Context], Outcome]
_EachRow = Callable[[Rule, Context, int | None], Outcome]
_Step = tuple[Rule, _Once | None, _EachRow]
# What a rule may stumble over: reported as a broken rule, not as bad data, and the others still run.
_STUMBLES = (ArithmeticError, LookupError, TypeError, ValueError, AssertionError)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Rules with the function of their kind; those about cells of a spare row apart, by appendix and row."""

    printed: tuple[_Step, ...]
    spare: dict[str, dict[int, list[_Step]]]


@cache
def _plan(form: Form, *, against_previous: bool) -> _Plan:
    """The active rules; those on an earlier submission only where there is one."""
    once = {**_ONCE, **_AGAINST_PREVIOUS} if against_previous else _ONCE
    printed: list[_Step] = []
    spare: dict[str, dict[int, list[_Step]]] = {}
    for rule in form.rules:
        if not rule.active or (not against_previous and rule.kind in _AGAINST_PREVIOUS):
            continue
        planned = (rule, once.get(rule.kind), _EACH_ROW.get(rule.kind, check_compare))
        order = rule.at.order if rule.at is not None else None
        if order is not None and order in form.appendix(rule.appendix).spare_cells:
            spare.setdefault(rule.appendix, {}).setdefault(order, []).append(planned)
        else:
            printed.append(planned)
    return _Plan(tuple(printed), spare)


def _of_spare_rows(plan: _Plan, context: Context) -> Iterator[_Step]:
    """The rules about spare rows that are in use: a blank one is nobody's concern."""
    for appendix, rows in plan.spare.items():
        for order in context.figures.spare_in_use(appendix):
            yield from rows.get(order, ())


def _broken(rule: Rule) -> Finding:
    template = TEMPLATES["quy-tac-hong"]
    order = (rule.at.order or 0) if rule.at else 0
    return Finding(
        code="quy-tac-hong",
        rule=rule.id,
        severity=Severity.WARNING,
        appendix=rule.appendix,
        order=order,
        column="",
        sheet=rule.appendix,
        cell="",
        actual=None,
        expected=None,
        imbalance=None,
        message=template.message.format(rule=rule.id),
        remedy=template.remedy,
    )


def _structure(submission: Submission) -> Iterator[Finding]:
    template = TEMPLATES["cau-truc"]
    for fault in submission.faults:
        yield Finding(
            code="cau-truc",
            rule="S01",
            severity=Severity.ERROR,
            appendix=fault.appendix,
            order=fault.order,
            column="",
            sheet=fault.sheet,
            cell=fault.cell,
            actual=None,
            expected=None,
            imbalance=None,
            message=template.message.format(message=fault.message),
            remedy=template.remedy.format(remedy=fault.remedy),
        )
