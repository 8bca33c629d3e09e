"""Submission → the text of each row's state, as its formula shows it: the formula's true cached result.

The findings are those of the checks, on the figures as a formula sees them (``_as_excel_sees``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cache

from cchc_xl.catalogue.model import CellKind, Form, Rule, RuleKind
from cchc_xl.catalogue.wording import choice_list
from cchc_xl.checks.causes import COMPARED
from cchc_xl.checks.checklists import Checklists, Wait
from cchc_xl.checks.context import Context
from cchc_xl.checks.ratios import bounds_of_ratios, check_ratio
from cchc_xl.checks.run import raw_findings
from cchc_xl.companions import Companions, companion_results
from cchc_xl.expressions import CellRef, evaluate
from cchc_xl.finding import Finding
from cchc_xl.live_checks.cells import percent_of_text
from cchc_xl.live_checks.clauses import rank, said_of_inputs
from cchc_xl.live_checks.codes import NO_MARK, TEXT_FOR_NUMBER, WRONG_TYPE, ZERO_DENOMINATOR
from cchc_xl.live_checks.formulas import LiveChecks, Place, correct_word, counts_marks, live_checks
from cchc_xl.live_checks.messages import message, state_text
from cchc_xl.live_checks.waiting import Waits, totals_elsewhere
from cchc_xl.severity import Severity
from cchc_xl.submission import Entry, FormulaState, Submission, SubmissionFigures, is_computed
from cchc_xl.values import BLANK, State, Value, from_text, number_value

_EPOCH = datetime(1899, 12, 30)
_NOISE = Decimal("1e-13")  # of a binary float, relative to its value
_CHOICES = (CellKind.CODE, CellKind.FLAG, CellKind.YESNO)


def row_states(submission: Submission) -> dict[Place, str]:
    """The state of every row that has one, by appendix and order. The submission must be whole."""
    live = live_checks(submission.form)
    seen = _as_excel_sees(submission)
    figures = _ExcelFigures(seen)
    rules = {rule.id: rule for rule in submission.form.rules if rule.id in live.rank}
    findings = [*raw_findings(Context(seen, figures)), *_ratios_as_text(seen)]
    waiting = _Waiting(findings, seen, figures)
    gravest: dict[Place, tuple[int, int, _Case]] = {}
    for finding in findings:
        if finding.rule not in rules or not finding.cell:
            continue
        case = _case(finding, rules[finding.rule], seen, waiting)
        for place, said in (((finding.appendix, finding.order), case), *_of_ratios(finding, case, figures)):
            candidate = rank(said.severity), live.rank[said.rule.id], said
            if place not in gravest or candidate[:2] < gravest[place][:2]:
                gravest[place] = candidate
    return {
        place: _text(gravest[place][2], seen, figures) if place in gravest else _silent(live, place, figures)
        for place in live.formulas
    }


@dataclass(frozen=True, slots=True)
class _Case:
    """What the state of the row of ``at`` says."""

    rule: Rule
    code: str
    severity: Severity | None
    at: CellRef


def _ratios_as_text(seen: Submission) -> Iterator[Finding]:
    """R01 of ratios that were typed as 99%: the only texts in which a formula sees a number."""
    said = {
        ref: replace(entry, value=number_value(percent))
        for ref, entry in seen.entries.items()
        if (percent := percent_of_text(entry.value)) is not None
    }
    if said:
        read = replace(seen, entries={**seen.entries, **said})
        # The other figures stay as formulas see them: a text among the inputs is no number.
        context = Context(read, _ExcelFigures(read))
        for rule in seen.form.rules:
            if rule.kind is RuleKind.RATIO and rule.active and rule.at in said:
                outcome = check_ratio(rule, context)
                if isinstance(outcome, list):
                    yield from outcome


def _of_ratios(finding: Finding, case: _Case, figures: SubmissionFigures) -> Iterator[tuple[Place, _Case]]:
    """A ratio follows from its inputs: where the numerator is too large, the ratio's row says so."""
    if case.severity is None or finding.code not in COMPARED:
        return
    form = figures.form
    for ref in ratios_by_bound(form).get(finding.rule, ()):
        rule = next(r for r in form.rules if r.kind is RuleKind.RATIO and r.at == ref)
        if figures.number(ref) is not None:
            yield (ref.appendix, ref.order or 0), _Case(rule, Waits.WRONG_INPUT, None, ref)


@cache
def ratios_by_bound(form: Form) -> dict[str, list[CellRef]]:
    """The ratios whose numerator a rule bounds, by the rule's id."""
    found: dict[str, list[CellRef]] = {}
    for ref, bound in bounds_of_ratios(form).items():
        if bound.soften is None:
            found.setdefault(bound.id, []).append(ref)
    return found


class _Waiting:
    """Which findings wait for another one to be mended (``live_checks.waiting``)."""

    def __init__(self, findings: Sequence[Finding], seen: Submission, figures: SubmissionFigures) -> None:
        self.form = seen.form
        self.checklists = Checklists(findings, seen, figures)
        self.wrong_totals = {f.rule for f in findings if f.code == "tong-sai"}

    def code(self, finding: Finding, rule: Rule, at: CellRef) -> Waits | None:
        """What the finding waits for."""
        if finding.code not in COMPARED:
            return None
        if any(other.id in self.wrong_totals for other in totals_elsewhere(self.form, rule, at)):
            return Waits.WRONG_TOTAL
        why = self.checklists.wait(finding)
        return _WAITS[why] if why is not None else None


_WAITS = {Wait.WRONG_MARKS: Waits.WRONG_MARKS, Wait.UNMARKED: Waits.UNMARKED}


def _case(finding: Finding, rule: Rule, seen: Submission, waiting: _Waiting) -> _Case:
    at = _cell(finding, seen)
    why = waiting.code(finding, rule, at)
    if why is not None:
        return _Case(rule, why, None, at)
    code, severity = finding.code, finding.severity
    if code == NO_MARK:
        return _Case(rule, code, None, at)
    if code == ZERO_DENOMINATOR and said_of_inputs(seen.form, at):
        return _Case(rule, Waits.WRONG_INPUT, None, at)
    if rule.kind is RuleKind.TYPE:
        # A formula cannot read a text, so it judges by how the text begins.
        number = _begins_with_digit(seen.entries[at].value)
        code, severity = (TEXT_FOR_NUMBER, rule.softer) if number else (WRONG_TYPE, rule.severity)
    return _Case(rule, code, severity, at)


def _silent(live: LiveChecks, place: Place, figures: SubmissionFigures) -> str:
    spare = figures.form.appendix(place[0]).spare_cells.get(place[1])
    if spare is not None and place[1] not in figures.spare_in_use(place[0]):
        return ""
    filled = live.filled[place]
    word = correct_word(figures.form, place)
    if filled and all(counts_marks(figures.form, ref) for ref in filled):
        return word if sum((figures.number(ref) or Decimal(0) for ref in filled), Decimal(0)) > 0 else ""
    return word if any(map(figures.filled, filled)) else ""


def _text(case: _Case, seen: Submission, figures: SubmissionFigures) -> str:
    said = message(seen.form, case.rule, case.code, case.at)
    number = None
    if said.number is not None:
        assert case.rule.at is not None
        order = case.at.order if case.rule.at.order is None else case.rule.at.order
        number = evaluate(said.number, figures, order, blank_is_zero=said.blank_is_zero)
    return state_text(case.severity, said, number)


def _cell(finding: Finding, seen: Submission) -> CellRef:
    column = next(c for c in seen.form.appendix(finding.appendix).columns if c.name == finding.column)
    return CellRef(finding.appendix, finding.order, column.key)


def _begins_with_digit(value: Value) -> bool:
    return value.state is State.TEXT and value.text.strip(" ")[:1] in tuple("0123456789")


# as Excel sees it -----------------------------------------------------------------------------------------------------


class _ExcelFigures(SubmissionFigures):
    """Figures as formulas see them: a text is no number, whatever it says, and an emptied formula has no value."""

    def _number(self, ref: CellRef) -> Decimal | None:
        entry = self.submission.entries.get(ref)
        if entry is None or (not is_computed(entry) and entry.value.number is None):
            return None
        return super()._number(ref)


def _as_excel_sees(submission: Submission) -> Submission:
    """Dates are their serial numbers, a formula without a result is an empty text, choices are compared as texts.

    A formula cannot see whether a figure was typed over a formula: one that equals its formula counts as computed.
    """
    entries = {
        ref: entry if entry.value.number is not None else replace(entry, value=_value(submission, ref, entry.value))
        for ref, entry in submission.entries.items()
    }
    seen = replace(submission, entries=entries)
    figures = _ExcelFigures(seen)
    typed: dict[CellRef, Entry] = {}
    for ref, entry in entries.items():
        spec = submission.form.cells[ref]
        number = entry.value.number
        if spec.derived and number is not None and not is_computed(entry):
            computed = figures.derived(spec)
            if computed is not None and abs(computed - number) <= _NOISE * abs(computed):
                typed[spec.ref] = replace(entry, formula=FormulaState.INTACT)
    return replace(seen, entries={**entries, **typed}) if typed else seen


def _value(submission: Submission, ref: CellRef, value: Value) -> Value:
    if value.state is State.UNCALCULATED:
        return BLANK
    if value.state is State.DATE:
        try:
            return number_value((datetime.strptime(value.text, "%d/%m/%Y") - _EPOCH).days)
        except ValueError:
            return value
    spec = submission.form.cells[ref]
    if value.state is State.TEXT and spec.kind in _CHOICES:
        choices = [choice.casefold() for choice in choice_list(spec) or ()]
        # 01 and "1 " read as 1 in Python; a formula compares what stands there.
        return value if value.text.strip(" ").casefold() in choices else from_text(f"“{value.text}”")
    return value


def by_address(texts: Mapping[Place, str], cells: Mapping[Place, tuple[str, str]]) -> Companions:
    """The states by sheet and address; ``cells``: where their formulas stand. What has no cell is left out."""
    shown: dict[str, dict[str, str | Decimal | int | None]] = {}
    for place, text in texts.items():
        if place in cells:
            sheet, address = cells[place]
            shown.setdefault(sheet, {})[address] = text
    return shown


def shown_results(submission: Submission) -> Companions:
    """What every formula beside the figures of a workbook shows: states of rows, cover, heads of the sheets."""
    return companion_results(submission, by_address(row_states(submission), submission.state_cells))


def states_of(submission: Submission) -> Mapping[Place, tuple[str, str]]:
    """Formula and cached result of every row's state."""
    texts = row_states(submission)
    return {place: (formula, texts[place]) for place, formula in live_checks(submission.form).formulas.items()}
