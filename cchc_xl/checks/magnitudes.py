"""E01–E03: figures that Excel has silently turned into something else (domain.md, "Numbers as people write them")."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from cchc_xl.catalogue.model import CellKind, CellSpec, Form, RowRole, Rule
from cchc_xl.checks.context import NOT_EVALUATED, PASSED, Context, Outcome, number_words
from cchc_xl.expressions import CellRef
from cchc_xl.submission import is_computed
from cchc_xl.values import plain

_ZERO = Decimal(0)
_THOUSAND = Decimal(1000)
_HALF = Decimal("0.5")
# Serial numbers of the dates from mid-2009 to late 2036 (Excel counts days from 30/12/1899).
_SERIALS = (Decimal(40000), Decimal(50000))
_EPOCH = date(1899, 12, 30)
# A lone brother proves nothing: "late: 2" beside "settled: 1.117" is as it should be.
_MIN_BROTHERS = 2


def check_magnitude(rule: Rule, context: Context) -> Outcome:
    """A count below 1.000 whose brothers (same group, unit and column) all are about a thousand times as large: a hint.

    On a PC whose decimal sign is the point, typing 2.000 gives 2.
    """
    ref = rule.at
    assert ref is not None
    number = context.figures.number(ref)
    if number is None or not _ZERO < number < _THOUSAND or is_computed(context.entry(ref)):
        return NOT_EVALUATED
    brothers = [context.figures.number(other) for other in brothers_of(context.form)[ref]]
    known = [other for other in brothers if other is not None]
    if len(known) < _MIN_BROTHERS:
        return NOT_EVALUATED
    if min(known) < _THOUSAND:
        return PASSED
    middle = sorted(known)[len(known) // 2]
    if not middle / 2 <= number * _THOUSAND <= middle * 2:
        return PASSED
    meant = number * _THOUSAND
    return [
        context.finding(
            rule,
            "thieu-hang-nghin",
            ref,
            actual=context.shown(ref),
            related=brothers_of(context.form)[ref],
            thousands=f"{number.normalize():f}.000",
            plain=plain(meant),
        )
    ]


def check_serial_date(rule: Rule, context: Context) -> Outcome:
    """E03: a typed 4/5 becomes a date, and a date in a number cell shows as its serial number near 45.000."""
    ref = rule.at
    assert ref is not None
    number = context.figures.number(ref)
    if number is None or is_computed(context.entry(ref)):
        return NOT_EVALUATED
    if not _SERIALS[0] <= number <= _SERIALS[1] or number != number.to_integral_value():
        return PASSED
    brothers = [context.figures.number(other) for other in brothers_of(context.form)[ref]]
    known = [other for other in brothers if other is not None]
    if not known:
        return NOT_EVALUATED
    if max(known) >= _THOUSAND:
        return PASSED
    day = (_EPOCH + timedelta(days=int(number))).strftime("%d/%m/%Y")
    return [context.finding(rule, "so-thanh-ngay", ref, actual=context.shown(ref), day=day)]


def check_fraction(rule: Rule, context: Context) -> Outcome:
    """A percentage between 0 and 1: Excel stores a typed 99% as 0,99. Below one half it may well be meant: softer."""
    ref = rule.at
    assert ref is not None
    number = context.figures.number(ref)
    if number is None:
        return NOT_EVALUATED
    if not 0 < number < 1:
        return PASSED
    severity = rule.severity if number >= _HALF else rule.softer
    percent = number_words(number * 100)
    return [context.finding(rule, "phan-tram-le", ref, severity=severity, actual=context.shown(ref), percent=percent)]


@cache
def brothers_of(form: Form) -> dict[CellRef, tuple[CellRef, ...]]:
    """Cells that count the same kind of thing in the same group."""
    groups: dict[tuple[object, ...], list[CellSpec]] = {}
    for appendix in form.appendices:
        for row in appendix.rows:
            if row.role is not RowRole.ITEM or row.spare:
                continue
            for column in appendix.columns:
                spec = appendix.cells.get(CellRef(appendix.id, row.order, column.key))
                if spec is not None and spec.kind in (CellKind.COUNT, CellKind.MONEY) and not spec.derived:
                    groups.setdefault((appendix.id, column.key, row.parent, row.unit), []).append(spec)
    return {
        spec.ref: tuple(other.ref for other in members if other is not spec)
        for members in groups.values()
        for spec in members
    }
