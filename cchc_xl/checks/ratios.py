"""R01–R05, R32: ratios against their own numerator and denominator (semantics.md, "Ratios")."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from cchc_xl.catalogue.model import CellKind, Form, Rule, RuleKind
from cchc_xl.checks.context import NOT_EVALUATED, PASSED, Context, Outcome, Silent, number_words
from cchc_xl.expressions import CellRef, Ratio, cell_refs, evaluate
from cchc_xl.severity import Severity
from cchc_xl.submission import FormulaState, is_computed
from cchc_xl.values import State, decimals

_HALF = Decimal("0.5")
_HUNDRED = Decimal(100)


def agrees(printed: Decimal, computed: Decimal) -> bool:
    """Whether a printed ratio stands for the computed one: rounded or cut off at its last printed digit."""
    unit = Decimal(1).scaleb(-decimals(printed))
    above = computed - printed
    # Not by ``quantize``: a tiny figure beside a huge one has more digits than the arithmetic keeps.
    return abs(above) <= _HALF * unit or 0 <= (above if computed >= 0 else -above) < unit


def _inputs(rule: Rule) -> tuple[CellRef, CellRef] | None:
    """The two cells of the ratio that the workbook computes; ``None`` when a part is an expression."""
    ratio = rule.right[0]
    if isinstance(ratio, Ratio) and isinstance(ratio.numerator, CellRef) and isinstance(ratio.denominator, CellRef):
        return ratio.numerator, ratio.denominator
    return None


@cache
def bounds_of_ratios(form: Form) -> dict[CellRef, Rule]:
    """The form's own rule that the numerator of a ratio is at most its denominator, by the ratio's cell.

    Its severity says whether such a ratio cannot exceed 100 % (error) or only hardly does (warning: a plan surpassed).
    """
    compared = {
        (rule.left, rule.right[0]): rule
        for rule in form.rules
        if rule.kind is RuleKind.COMPARE and rule.active and rule.op == "<=" and rule.when is None
        if len(rule.right) == 1 and not rule.each
    }
    found = {}
    for spec in form.specs():
        ratio = spec.derived[0] if spec.derived else None
        if isinstance(ratio, Ratio) and (ratio.numerator, ratio.denominator) in compared:
            found[spec.ref] = compared[ratio.numerator, ratio.denominator]
    return found


def over_hundred(rule: Rule, bound: Rule) -> Severity:
    """How grave a ratio above 100 % is where its numerator is bounded so."""
    return rule.severity if bound.severity is Severity.ERROR else rule.softer


def check_over_hundred(rule: Rule, context: Context) -> Outcome:
    """R32: a ratio that was typed is at most 100 where its numerator is a part of its denominator."""
    ref = rule.at
    assert ref is not None
    bound = bounds_of_ratios(context.form).get(ref)
    entry, printed = context.entry(ref), context.figures.number(ref)
    if bound is None or printed is None:
        return NOT_EVALUATED
    if is_computed(entry) or (context.of_summary and entry.formula is FormulaState.ALTERED) or printed <= _HUNDRED:
        return PASSED
    severity = over_hundred(rule, bound)
    limit = "không thể" if severity is rule.severity else "thường không"
    inputs = _inputs(rule) or ()
    return [
        context.finding(
            rule,
            "tren-100",
            ref,
            severity=severity,
            actual=context.shown(ref),
            expected=_HUNDRED,
            imbalance=printed - _HUNDRED,
            related=inputs,
            limit=limit,
        )
    ]


def check_ratio(rule: Rule, context: Context) -> Outcome:
    """R01: a figure that stands in a ratio cell is 100 × numerator / denominator by a reading that the label allows."""
    ref = rule.at
    assert ref is not None
    entry = context.entry(ref)
    inputs = _inputs(rule)
    if inputs is not None:
        top, bottom = (context.figures.number(part) for part in inputs)
        if bottom == 0 and top is not None and top > 0:
            numerator = number_words(top)
            return [
                context.finding(
                    rule, "mau-so-bang-0", ref, actual=context.shown(ref), related=inputs, numerator=numerator
                )
            ]
    if is_computed(entry) or (context.of_summary and entry.formula is FormulaState.ALTERED):
        return PASSED  # a summary's ratio counts the units that have both parts, its totals all units
    printed = context.figures.number(ref)
    computed = [value for value in (evaluate(reading, context.figures) for reading in rule.right) if value is not None]
    if printed is None or not computed:
        return NOT_EVALUATED
    if any(agrees(printed, value) for value in computed):
        return PASSED
    parts = [part for reading in rule.right for part in cell_refs(reading)]
    several = len(rule.right) > 1
    return [
        context.finding(
            rule,
            "ty-le-hai-mau-so" if several else "ty-le-sai",
            ref,
            severity=rule.softer if several else rule.severity,
            actual=context.shown(ref),
            expected=computed[0],
            imbalance=printed - computed[0],
            related=parts,
            cells=context.cells_words(dict.fromkeys(parts), ref.appendix),
            computed=" hoặc ".join(_reckoning(context, reading) for reading in rule.right),
            other_denominator=_other_denominator(rule, context, printed),
            overwritten=("" if context.of_own_table else " Ô này vốn là công thức, đã bị gõ đè.")
            + _turned_by_excel(printed, computed),
        )
    ]


def _turned_by_excel(printed: Decimal, computed: list[Decimal]) -> str:
    """Excel stores a typed 99% as 0.99."""
    if 0 < printed < 1 and any(agrees(100 * printed, value) for value in computed):
        return f" Có lẽ đã gõ {number_words(100 * printed)}% nên Excel lưu thành {number_words(printed)}."
    return ""


def _reckoning(context: Context, reading: object) -> str:
    assert isinstance(reading, Ratio)
    figures = context.figures
    top, bottom = evaluate(reading.numerator, figures), evaluate(reading.denominator, figures)
    value = evaluate(reading, figures)
    return f"100 × {number_words(top)} / {number_words(bottom)} = {number_words(value)}"


def _other_denominator(rule: Rule, context: Context, printed: Decimal) -> str:
    """Names the denominator that explains a printed ratio, when a row of the same section does.

    A whole number fits too many rows by chance, so only ratios with decimals are explained.
    """
    inputs = _inputs(rule)
    if inputs is None or not decimals(printed):
        return ""
    top = context.figures.number(inputs[0])
    own = context.spec(inputs[1])
    appendix = context.form.appendix(own.ref.appendix)
    section = _section(appendix.rows[: own.row.order])
    for spec in appendix.cells.values():
        if spec.ref in inputs or spec.kind is not CellKind.COUNT or spec.row.unit != own.row.unit:
            continue
        if _section(appendix.rows[: spec.row.order]) != section:
            continue
        other = context.figures.number(spec.ref)
        if top and other and other != context.figures.number(inputs[1]) and agrees(printed, 100 * top / other):
            return (
                f" Số đã ghi khớp với {number_words(top)} / {number_words(other)}, "
                f"tức là chia cho {context.name(spec.ref)} ({context.entry(spec.ref).place})."
            )
    return ""


def _section(rows: tuple[object, ...]) -> int:
    """The order of the level-1 row under which the last of these rows stands."""
    return next((row.order for row in reversed(rows) if row.level == 1), 0)  # type: ignore[attr-defined]


def check_ratio_missing(rule: Rule, context: Context) -> Outcome:
    """R02: a ratio whose inputs are there is not blank (its formula was deleted)."""
    ref = rule.at
    assert ref is not None
    entry = context.entry(ref)
    computed = context.figures.derived(context.spec(ref))
    if computed is None:
        return NOT_EVALUATED
    if is_computed(entry) or entry.value.state is not State.BLANK:
        return PASSED
    return [context.finding(rule, "ty-le-trong", ref, actual="", expected=computed, related=cell_refs(rule.right[0]))]


def check_ratio_without_inputs(rule: Rule, context: Context) -> Outcome:
    """R03: a ratio that is given has its numerator and denominator on the form; a ratio of 0 is only a hint."""
    ref, inputs = rule.at, _inputs(rule)
    assert ref is not None
    entry = context.entry(ref)
    printed = None if is_computed(entry) else context.figures.number(ref)
    if printed is None or inputs is None:
        return NOT_EVALUATED
    blank = [part for part in inputs if not context.figures.filled(part)]
    # One blank input without an excuse is R05's to report: one cause, one finding.
    if not blank or (len(blank) == 1 and not context.excused(blank[0])):
        return PASSED
    return [
        context.finding(
            rule,
            "ty-le-thieu-dau-vao",
            ref,
            severity=rule.softer if printed == 0 else rule.severity,
            actual=context.shown(ref),
            related=inputs,
            cells=context.cells_words(blank, ref.appendix),
        )
    ]


def check_zero_over_zero(rule: Rule, context: Context) -> Outcome:
    """R04: 0/0 is written as blank, 0 or -; another figure is a hint."""
    ref, inputs = rule.at, _inputs(rule)
    assert ref is not None
    if inputs is None or any(context.figures.number(part) != 0 for part in inputs):
        return NOT_EVALUATED
    entry = context.entry(ref)
    if is_computed(entry) or context.figures.number(ref) in (None, 0):
        return PASSED
    return [context.finding(rule, "khong-tren-khong", ref, actual=context.shown(ref), related=inputs)]


def check_inputs_partial(rule: Rule, context: Context) -> Outcome:
    """R05: numerator and denominator stand together or not at all."""
    inputs = _inputs(rule)
    if inputs is None:
        return NOT_EVALUATED
    blank = [part for part in inputs if not context.figures.filled(part)]
    if len(blank) != 1:
        return NOT_EVALUATED if blank else Silent.PASSED
    filled = inputs[0] if blank[0] == inputs[1] else inputs[1]
    if context.figures.number(filled) is None or context.excused(blank[0]):
        return NOT_EVALUATED
    return [
        context.finding(
            rule,
            "thieu-tu-hoac-mau",
            blank[0],
            actual="",
            related=(filled,),
            other=context.name(filled),
            other_value=number_words(context.shown(filled)),
        )
    ]
