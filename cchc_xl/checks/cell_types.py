"""R15 type and R16 code list: does a cell hold what it asks for?"""

from __future__ import annotations

import re
from decimal import Decimal

from cchc_xl.catalogue.model import CellKind, CellSpec, Rule
from cchc_xl.catalogue.wording import allowed_values
from cchc_xl.checks.context import PASSED, Context, Outcome, number_words
from cchc_xl.submission import is_computed, is_mark, read_figure
from cchc_xl.values import DASHES, Reading, State, Value, padded_oddly, read_number

# 016.07.044.3 of the provinces, 1.004746.000.00.00.H42 of the national portal.
_PROCEDURE_CODE = re.compile(r"\d{1,4}(?:\.[0-9A-Za-z]{1,6})+")

_EMPTY = (State.BLANK, State.NOT_APPLICABLE)
_WHOLE = (CellKind.COUNT, CellKind.MARK)
_ZERO = Decimal(0)
# What looks blank, or like "-" or x, and is not (``values.from_typed``).
_ODD_SPACES = "có dấu cách lạ, thường do dán từ Word"


def check_type(rule: Rule, context: Context) -> Outcome:
    """A numeric cell holds a number of its kind; what is readable with good will is softer than what is not."""
    ref = rule.at
    assert ref is not None
    entry = context.entry(ref)
    value = entry.value
    if value.state in _EMPTY or is_computed(entry):
        return PASSED
    spec = context.spec(ref)
    if value.number is not None and spec.kind is not CellKind.PROCEDURE_CODE:
        bad = _bad_number(spec, value.number)
        if not bad:
            return PASSED
        return [context.finding(rule, bad, ref, actual=value.shown(), what=allowed_values(spec))]
    what = allowed_values(spec)
    if spec.kind is CellKind.PROCEDURE_CODE:
        if _PROCEDURE_CODE.fullmatch(value.text.strip()):
            return PASSED
        return [context.finding(rule, "ma-thu-tuc-sai", ref, severity=rule.softer, actual=value.shown())]
    match value.state:
        case State.DATE:
            return [context.finding(rule, "ngay-thang", ref, actual=value.text)]
        case State.ERROR:
            return [context.finding(rule, "o-bao-loi", ref, actual=value.text)]
        case State.UNCALCULATED:
            return [context.finding(rule, "chua-tinh", ref, actual="")]
    reading = read_number(value.text)
    if reading.number is None:
        remark = reading.remark if value.text.strip().strip(DASHES).strip() else _ODD_SPACES
        return [context.finding(rule, "khong-phai-so", ref, actual=value.text, remark=remark, what=what)]
    bad = _bad_number(spec, reading.number)
    if bad:
        return [context.finding(rule, bad, ref, actual=value.text, what=what)]
    code = "so-dang-chu" if reading.reading is Reading.CLEAN else "so-doc-duoc"
    return [
        context.finding(
            rule,
            code,
            ref,
            severity=rule.softer,
            actual=value.text,
            expected=reading.number,
            number=number_words(reading.number),
            remark=reading.remark,
        )
    ]


def _bad_number(spec: CellSpec, number: Decimal) -> str:
    """The code of what is wrong with a number in a cell of this kind; empty when it fits."""
    if number < _ZERO:
        return "so-am"
    if spec.kind in _WHOLE and number != number.to_integral_value():
        return "so-le"
    return ""


def check_option(rule: Rule, context: Context) -> Outcome:
    """A cell with a list of values holds one of them."""
    ref = rule.at
    assert ref is not None
    value = context.entry(ref).value
    if value.state in _EMPTY:
        return PASSED
    spec = context.spec(ref)
    odd = value.state is State.TEXT and padded_oddly(value.text)
    if not odd and _fits(spec, value):
        return PASSED
    actual = f"{value.text.strip()} ({_ODD_SPACES})".strip() if odd else value.shown()
    return [context.finding(rule, "ngoai-danh-sach", ref, actual=actual, what=allowed_values(spec))]


def _fits(spec: CellSpec, value: Value) -> bool:
    """Whether a value is one of its cell's list."""
    if spec.kind is CellKind.MARK:
        return is_mark(value)
    number = read_figure(spec.kind, value)
    match spec.kind:
        case CellKind.YESNO:
            return value.state is State.TEXT and number is not None
        case CellKind.FLAG:
            return number in (0, 1)
    return number is not None and any(number == int(option) for option, _ in spec.options)
