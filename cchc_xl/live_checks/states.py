"""Submission → the text of each row's state, as its formula shows it: the formula's true cached result.

The findings are those of the checks, on the figures as a formula sees them (``_as_excel_sees``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from cchc_xl.catalogue.model import CellKind, Rule, RuleKind
from cchc_xl.catalogue.wording import choice_list
from cchc_xl.checks.context import Context
from cchc_xl.checks.run import raw_findings
from cchc_xl.companions import Companions, companion_results
from cchc_xl.expressions import CellRef, evaluate
from cchc_xl.finding import Finding
from cchc_xl.live_checks.formulas import LiveChecks, Place, correct_word, counts_marks, live_checks
from cchc_xl.live_checks.messages import TEXT_FOR_NUMBER, WRONG_TYPE, message, state_text
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
    gravest: dict[Place, tuple[int, int, Finding]] = {}
    for finding in raw_findings(Context(seen, figures)):
        if finding.rule not in rules or not finding.cell:
            continue
        place = finding.appendix, finding.order
        candidate = _severity(finding, rules[finding.rule], seen).rank, live.rank[finding.rule], finding
        if place not in gravest or candidate[:2] < gravest[place][:2]:
            gravest[place] = candidate
    return {
        place: _text(gravest[place][2], rules[gravest[place][2].rule], seen, figures)
        if place in gravest
        else _silent(live, place, figures)
        for place in live.formulas
    }


def _silent(live: LiveChecks, place: Place, figures: SubmissionFigures) -> str:
    filled = live.filled[place]
    word = correct_word(figures.form, place)
    if filled and all(counts_marks(figures.form, ref) for ref in filled):
        return word if sum((figures.number(ref) or Decimal(0) for ref in filled), Decimal(0)) > 0 else ""
    return word if any(map(figures.filled, filled)) else ""


def _text(finding: Finding, rule: Rule, seen: Submission, figures: SubmissionFigures) -> str:
    at = _cell(finding, rule, seen)
    severity = _severity(finding, rule, seen)
    code = finding.code
    if rule.kind is RuleKind.TYPE:
        code = TEXT_FOR_NUMBER if _begins_with_digit(seen.entries[at].value) else WRONG_TYPE
    said = message(seen.form, rule, code, at)
    number = None
    if said.number is not None:
        assert rule.at is not None
        order = at.order if rule.at.order is None else rule.at.order
        number = evaluate(said.number, figures, order, blank_is_zero=said.blank_is_zero)
    return state_text(severity, said, number)


def _cell(finding: Finding, rule: Rule, seen: Submission) -> CellRef:
    column = next(c for c in seen.form.appendix(finding.appendix).columns if c.name == finding.column)
    return CellRef(finding.appendix, finding.order, column.key)


def _severity(finding: Finding, rule: Rule, seen: Submission) -> Severity:
    """Of the finding; a formula cannot read a text, so it judges by how the text begins."""
    if rule.kind is not RuleKind.TYPE:
        return finding.severity
    value = seen.entries[_cell(finding, rule, seen)].value
    return rule.softer if _begins_with_digit(value) else rule.severity


def _begins_with_digit(value: Value) -> bool:
    return value.state is State.TEXT and value.text.strip()[:1] in tuple("0123456789")


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
        return value if value.text.strip().casefold() in choices else from_text(f"“{value.text}”")
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
