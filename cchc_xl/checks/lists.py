"""R31: a procedure list's codes: one code, one level."""

from __future__ import annotations

from cchc_xl.catalogue.model import CellKind, Rule
from cchc_xl.checks.context import Context, Outcome, Silent, number_words
from cchc_xl.expressions import CellRef
from cchc_xl.finding import Finding
from cchc_xl.severity import Severity


def check_list_codes(rule: Rule, context: Context) -> Outcome:
    """A code that stands twice is a hint; with two values of the other column it is of the rule's severity.

    Rows without any figure do not count: the form prints the codes of all procedures, used or not.
    """
    at, other = rule.at, rule.right[0]
    assert at is not None
    assert isinstance(other, CellRef)
    by_code: dict[str, list[int]] = {}
    for order in context.figures.rows(at.appendix):
        if _used(context, at.appendix, order):
            key = context.figures.matching_key(CellRef(at.appendix, order, at.column))
            by_code.setdefault(key, []).append(order)
    found: list[Finding] = []
    for key, orders in by_code.items():
        values = {order: context.figures.number(CellRef(at.appendix, order, other.column)) for order in orders}
        for index, order in enumerate(orders):
            if not key or index == 0:
                continue
            earlier = {values[o] for o in orders[:index]} - {None}
            conflict = values[order] is not None and bool(earlier) and values[order] not in earlier
            place = CellRef(at.appendix, order, at.column)
            found.append(
                context.finding(
                    rule,
                    "ma-hai-muc-do" if conflict else "trung-ma",
                    place,
                    severity=rule.severity if conflict else Severity.INFO,
                    actual=context.submission.value(place).text,
                    related=[CellRef(at.appendix, o, at.column) for o in orders],
                    count=len(orders),
                    value=number_words(values[order]),
                    values=", ".join(number_words(value) for value in sorted(v for v in earlier if v is not None)),
                )
            )
    if found:
        return found
    return Silent.PASSED if by_code else Silent.NOT_EVALUATED


def _used(context: Context, appendix: str, order: int) -> bool:
    return any(
        spec.kind in (CellKind.COUNT, CellKind.FLAG) and context.figures.filled(spec.ref)
        for spec in context.form.appendix(appendix).cells.values()
        if spec.row.order == order and not spec.column.given
    )
