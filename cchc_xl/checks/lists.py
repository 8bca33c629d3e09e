"""R31: a procedure list's codes: one code, one level, one field."""

from __future__ import annotations

from functools import cache

from cchc_xl.catalogue.model import Appendix, CellKind, Rule
from cchc_xl.catalogue.wording import short_heading
from cchc_xl.checks.context import Context, Outcome, Silent, number_words
from cchc_xl.expressions import CellRef
from cchc_xl.finding import Finding


def check_list_codes(rule: Rule, context: Context) -> Outcome:
    """A code that stands twice is a hint; with two values of another column (``right``) it is of the rule's severity.

    Rows without any figure do not count: the form prints the codes of all procedures, used or not.
    """
    at = rule.at
    assert at is not None
    by_code: dict[str, list[int]] = {}
    for order in context.figures.rows(at.appendix):
        if _used(context, at.appendix, order):
            key = context.figures.matching_key(CellRef(at.appendix, order, at.column))
            by_code.setdefault(key, []).append(order)
    found = [
        _repeated(rule, context, at, orders, index)
        for key, orders in by_code.items()
        for index in range(1, len(orders))
        if key
    ]
    if found:
        return found
    return Silent.PASSED if by_code else Silent.NOT_EVALUATED


def _repeated(rule: Rule, context: Context, at: CellRef, orders: list[int], index: int) -> Finding:
    """The finding at a row whose code stands above already."""
    place = CellRef(at.appendix, orders[index], at.column)
    cells = [CellRef(at.appendix, order, at.column) for order in orders]
    actual = context.submission.value(place).text
    for other in rule.right:
        assert isinstance(other, CellRef)
        values = [_value(context, CellRef(at.appendix, order, other.column)) for order in orders[: index + 1]]
        earlier = sorted({value for value in values[:index] if value})
        if values[index] and earlier and values[index] not in earlier:
            return context.finding(
                rule,
                "ma-hai-noi-dung",
                place,
                actual=actual,
                related=[*cells, CellRef(at.appendix, orders[index], other.column)],
                heading=short_heading(context.form.appendix(at.appendix).column(other.column).heading),
                value=values[index],
                values=", ".join(earlier),
            )
    return context.finding(
        rule, "trung-ma", place, severity=rule.softer, actual=actual, related=cells, count=len(orders)
    )


def _value(context: Context, ref: CellRef) -> str:
    number = context.figures.number(ref)
    return number_words(number) if number is not None else context.figures.matching_key(ref)


def _used(context: Context, appendix: str, order: int) -> bool:
    return any(context.figures.filled(ref) for ref in _figures_by_row(context.form.appendix(appendix)).get(order, ()))


@cache
def _figures_by_row(appendix: Appendix) -> dict[int, list[CellRef]]:
    """The cells of each row whose figures show that the row is used."""
    found: dict[int, list[CellRef]] = {}
    for spec in appendix.cells.values():
        if spec.kind in (CellKind.COUNT, CellKind.FLAG, CellKind.CODE) and not spec.column.given:
            found.setdefault(spec.row.order, []).append(spec.ref)
    return found
