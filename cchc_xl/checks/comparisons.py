"""Comparisons between cells: sums, parts and wholes, bounds, cross-appendix equalities, the same code twice."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from cchc_xl.catalogue.model import CellKind, Missing, Rule
from cchc_xl.checks.context import NOT_EVALUATED, PASSED, Context, Outcome
from cchc_xl.expressions import CellRef, Expression, cell_refs, evaluate, holds, involved, note_slack
from cchc_xl.expressions.bounds import bounds
from cchc_xl.expressions.evaluate import COMPARISONS
from cchc_xl.expressions.notes import READINGS
from cchc_xl.expressions.tree import Argument, Call, children
from cchc_xl.severity import Severity
from cchc_xl.submission import is_computed
from cchc_xl.values import decimals, half_unit, plain

_ZERO = Decimal(0)
_WHOLE = (CellKind.COUNT, CellKind.MARK)
_CODES = {"=": "khong-khop", "<=": "vuot-qua", "<": "khong-nho-hon", ">=": "duoi-muc", ">": "duoi-muc"}


_MIRRORED = {"=": "=", "<=": ">=", "<": ">", ">=": "<=", ">": "<"}


def tolerance(refs: Iterable[CellRef], context: Context) -> Decimal:
    """Sum of the half-units of the rounded figures involved: counts are exact, so are formulas.

    A percentage or a figure with d decimals stands for ± 0,5·10⁻ᵈ.
    """
    total = _ZERO
    for ref in refs:
        number = context.figures.number(ref)
        if number is None or is_computed(context.entry(ref)):
            continue
        kind = context.spec(ref).kind
        if kind in _WHOLE:
            continue  # 2,5 files are wrong by themselves, not a rounded figure
        if kind is CellKind.PERCENT or decimals(number):
            total += half_unit(number)
    return total


def check_compare(rule: Rule, context: Context, order: int | None = None) -> Outcome:
    """left op right, where one of the alternatives of ``right`` must hold."""
    assert rule.left is not None
    assert rule.at is not None
    if rule.when is not None and not holds(rule.when, context.figures, order):
        return NOT_EVALUATED
    if context.of_summary and any(_counts(side) for side in (rule.left, *rule.right)):
        return NOT_EVALUATED  # the number of rows is one unit's, the figures are many units'
    failing: list[tuple[Expression, Decimal, Decimal]] = []
    unknown = False
    for right in rule.right:
        pair = _values(rule, rule.left, right, context, order)
        # Most comparisons hold exactly; the tolerance is worked out only for those that do not.
        if pair is not None and (
            _holds(rule.op, *pair, _ZERO) or _holds(rule.op, *pair, _slack(rule.left, right, context, order))
        ):
            return _gap(rule, right, pair, context, order)
        sides = pair or _certain_failure(rule, rule.left, right, context, order)
        if sides is None:
            unknown = True
        else:
            failing.append((right, *sides))
    if unknown or not failing:
        return NOT_EVALUATED
    right, actual, expected = min(failing, key=lambda side: abs(side[1] - side[2]))
    at = rule.at.at(order)
    cells = _cells(rule.left, right, context, order)
    if rule.when is not None:
        cells += [ref.at(order) for ref in cell_refs(rule.when)]
    severity = rule.severity
    if rule.soften is not None:
        allowed = evaluate(rule.soften, context.figures, order)
        if allowed is not None and abs(actual - expected) <= allowed:
            severity = rule.softer
    single, op = isinstance(rule.left, CellRef), rule.op
    if not single and isinstance(right, CellRef) and right.at(order) == at:
        # Σ parts ≤ whole, reported at the whole: what stands there is the whole, what it must reach is the sum.
        actual, expected, single, op = expected, actual, True, _MIRRORED[op]
    of_note = isinstance(rule.left, Call) and rule.left.name in READINGS
    return [
        context.finding(
            rule,
            _CODES[op],
            at,
            severity=severity,
            actual=plain(actual),
            expected=expected,
            imbalance=actual - expected,
            related=cells,
            left="số đã ghi" if single else "số trong ghi chú" if of_note else "số tính được",
        )
    ]


def _counts(node: Argument) -> bool:
    """Whether an expression counts rows: only rules without such constants hold on sums (semantics.md, self-proof)."""
    counted = isinstance(node, Call) and node.name.startswith("count_")
    return counted or any(_counts(child) for child in children(node))


def _gap(rule: Rule, right: Expression, pair: tuple[Decimal, Decimal], context: Context, order: int | None) -> Outcome:
    """Parts that do not reach their whole, all of them given: what is left is a hint (R08)."""
    assert rule.at is not None
    parts, whole = pair
    summed = isinstance(rule.left, Call) and rule.left.name == "sum"
    if rule.op != "<=" or not summed or right != rule.at or parts >= whole:
        return PASSED
    assert rule.left is not None
    cells = _cells(rule.left, right, context, order)
    if any(context.figures.number(ref) is None for ref in cells):
        return PASSED
    return [
        context.finding(
            rule,
            "chua-het",
            rule.at,
            severity=Severity.INFO,
            actual=context.shown(rule.at),
            expected=parts,
            imbalance=whole - parts,
            related=cells,
        )
    ]


def _slack(left: Expression, right: Expression, context: Context, order: int | None) -> Decimal:
    of_notes = note_slack(left, context.figures, order) + note_slack(right, context.figures, order)
    return tolerance(_cells(left, right, context, order), context) + of_notes


def _holds(op: str, actual: Decimal, expected: Decimal, slack: Decimal) -> bool:
    if op == "=":
        return abs(actual - expected) <= slack
    if op in ("<=", "<"):
        return COMPARISONS[op](actual - slack, expected)
    return COMPARISONS[op](actual + slack, expected)


def _values(
    rule: Rule, left: Expression, right: Expression, context: Context, order: int | None
) -> tuple[Decimal, Decimal] | None:
    """Both sides by the rule's missing mode; ``None`` when it is not to be evaluated."""
    if rule.missing is Missing.SKIP_ALL:
        cells = (ref for side in (left, right) for ref in involved(side, context.figures, order))
        if all(context.figures.number(ref) is None for ref in cells):
            return None
    zero = rule.missing is not Missing.SKIP_ANY
    actual = evaluate(left, context.figures, order, blank_is_zero=zero)
    expected = evaluate(right, context.figures, order, blank_is_zero=zero)
    return None if actual is None or expected is None else (actual, expected)


def _certain_failure(
    rule: Rule, left: Expression, right: Expression, context: Context, order: int | None
) -> tuple[Decimal, Decimal] | None:
    """The nearest bounds of both sides when the comparison fails whatever the blanks are: 10 + ? = 5 with ? ≥ 0."""
    if rule.missing is not Missing.SKIP_ANY:
        return None
    left_low, left_high = bounds(left, context.figures, order)
    right_low, right_high = bounds(right, context.figures, order)
    for op, actual, expected in (("<=", left_low, right_high), (">=", left_high, right_low)):
        if rule.op not in ("=", op) or actual is None or expected is None or _holds(op, actual, expected, _ZERO):
            continue
        if not _holds(op, actual, expected, _slack(left, right, context, order)):
            return actual, expected
    return None


def _cells(left: Expression, right: Expression, context: Context, order: int | None) -> list[CellRef]:
    cells = (*involved(left, context.figures, order), *involved(right, context.figures, order))
    known = context.submission.entries
    return [ref for ref in dict.fromkeys(cells) if ref in known]


def check_same_code(rule: Rule, context: Context) -> Outcome:
    """K01: one quantity asked for twice has one figure."""
    ref = rule.at
    other = rule.right[0]
    assert ref is not None
    assert isinstance(other, CellRef)
    actual, expected = context.figures.number(ref), context.figures.number(other)
    if actual is None or expected is None:
        return NOT_EVALUATED
    if abs(actual - expected) <= tolerance((ref, other), context):
        return PASSED
    return [
        context.finding(
            rule,
            "hai-noi-khac-nhau",
            ref,
            actual=context.shown(ref),
            expected=expected,
            imbalance=actual - expected,
            related=(other,),
            other=context.name(other),
        )
    ]
