"""What CCHC_SO, CCHC_TYLE and CCHC_KHOP say of single cells, by the rules of the check."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, localcontext
from typing import Any

from cchc_xl.errors import InputFault
from cchc_xl.expressions import percentage
from cchc_xl.hosts.excel.blocks import Block, Result, Unreadable, each, number, said, shape, shown, single
from cchc_xl.values import WIDE, State, Value, decimals, format_number, half_unit, rounded

_MOST_PLACES = 10


def as_number(value: Value) -> Result:
    """The number that a cell's text stands for; blank stays blank and ``-`` stays ``-``."""
    found = number(value)
    if found is not None:
        return shown(found)
    return "-" if value.state is State.NOT_APPLICABLE else ""


def places_of(raw: object) -> int:
    """Decimals wanted; 2 when not given."""
    value = single(raw, "số lẻ")
    if not value.filled:
        return 2
    found = number(value)
    if found is None or found != found.to_integral_value() or not 0 <= found <= _MOST_PLACES:
        raise InputFault(f"số lẻ phải là số nguyên từ 0 đến {_MOST_PLACES}")
    return int(found)


def ratios(tops: Block, bottoms: Block, places: int) -> Any:
    """100 × top / bottom of every pair."""

    def ratio(top: Value, bottom: Value) -> Result:
        a, b = _named("tử số", top), _named("mẫu số", bottom)
        if a is None or b is None:
            return ""
        with localcontext(WIDE):
            found = percentage(a, b)
            if found is None:
                return "mẫu số bằng 0" if a else ""
            return shown(rounded(found, places))

    return each(ratio, tops, bottoms)


def comparisons(totals: Block, parts: Block) -> Any:
    """A total against all parts; a column of totals against the rows of parts, a row of totals against the columns."""
    rows, columns = shape(parts)
    match shape(totals):
        case (1, 1):
            return _compare(totals[0][0], [cell for line in parts for cell in line])
        case (n, 1) if n == rows:
            return [[said(_compare, line[0], own)] for line, own in zip(totals, parts, strict=True)]
        case (1, n) if n == columns:
            return [[said(_compare, cell, own) for cell, own in zip(totals[0], zip(*parts, strict=True), strict=True)]]
    raise InputFault("tổng phải là một ô, hoặc một cột (một hàng) dài bằng vùng các phần")


def _compare(total: Value, cells: Sequence[Value]) -> Result:
    whole = _named("tổng", total)
    parts = [_named(f"phần thứ {index}", cell) for index, cell in enumerate(cells, start=1)]
    known = [part for part in parts if part is not None]
    if whole is None and not known:
        return ""
    with localcontext(WIDE):
        added = sum(known, Decimal(0))
        gap = abs((whole or Decimal(0)) - added)
        numbers = known if whole is None else [whole, *known]
        # Rounded figures may be off, counts may not (checks.comparisons.tolerance).
        if gap <= sum((half_unit(n) for n in numbers if decimals(n)), Decimal(0)):
            return "Khớp"
    shown_total = format_number(whole) if whole is not None else "để trống"
    shown_parts = format_number(added) if known else "để trống"
    return f"Lệch {format_number(gap)} (tổng {shown_total}, các phần {shown_parts})"


def _named(name: str, value: Value) -> Decimal | None:
    try:
        return number(value)
    except Unreadable as fault:
        raise Unreadable(f"{name}: {fault}") from fault
