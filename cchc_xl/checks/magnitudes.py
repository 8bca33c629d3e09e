"""E01–E03: figures that Excel has silently turned into something else (domain.md, "Numbers as people write them")."""

from __future__ import annotations

from collections.abc import Container, Iterable
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from cchc_xl.catalogue.model import CellKind, CellSpec, Form, RowRole, Rule
from cchc_xl.checks.context import NOT_EVALUATED, PASSED, Context, Outcome, number_words
from cchc_xl.expressions import CellRef
from cchc_xl.submission import is_computed
from cchc_xl.values import normalise, plain

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
    """E03: a typed 4/5 becomes a date, and a date in a number cell shows as its serial number near 45.000.

    A cell in which the date shows as one is a date to the reader (R15). Here the number alone is left: beside brothers
    below 1.000 a warning. Without brothers a hint, and only for a date of the report's own year or the next, in which
    the typing fell, and where nothing else that is counted in the same unit, or at all, reaches 1.000.
    """
    ref = rule.at
    assert ref is not None
    number = context.figures.number(ref)
    if number is None or is_computed(context.entry(ref)):
        return NOT_EVALUATED
    if not _SERIALS[0] <= number <= _SERIALS[1] or number != number.to_integral_value():
        return PASSED
    day = _EPOCH + timedelta(days=int(number))
    known = _known(brothers_of(context.form)[ref], context)
    severity = rule.severity
    if not known:
        severity = rule.softer
        if context.spec(ref).kind is not CellKind.COUNT or day.year not in _years_of_typing(context):
            return NOT_EVALUATED
        known = next(filter(None, (_known(kin, context) for kin in kin_of(context.form, ref))), [])
    if max(known, default=_ZERO) >= _THOUSAND:
        return PASSED
    shown = day.strftime("%d/%m/%Y")
    return [context.finding(rule, "so-thanh-ngay", ref, severity=severity, actual=context.shown(ref), day=shown)]


def _known(refs: Iterable[CellRef], context: Context) -> list[Decimal]:
    return [number for ref in refs if (number := context.figures.number(ref)) is not None]


def _years_of_typing(context: Context) -> Container[int]:
    """Excel takes 4/5 for a day of the year in which it is typed: the report's own, or the next when it closes late."""
    year = context.submission.stamp.period[:4]
    return (int(year), int(year) + 1) if year.isdigit() else ()


@cache
def kin_of(form: Form, ref: CellRef) -> tuple[tuple[CellRef, ...], ...]:
    """The other counts of the appendix: first those of the same unit, then all."""
    own = form.cells[ref]
    counts = [
        spec
        for spec in form.appendix(ref.appendix).printed_cells
        if spec.kind is CellKind.COUNT and not spec.derived and spec.ref != ref
    ]
    unit = normalise(own.row.unit)
    return tuple(s.ref for s in counts if normalise(s.row.unit) == unit), tuple(s.ref for s in counts)


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
