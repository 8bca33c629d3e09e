"""Tree → native Excel formula (functions of Excel 2010, none volatile, the same in LibreOffice)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from cchc_xl.expressions.notes import READINGS
from cchc_xl.expressions.tree import (
    Argument,
    Arithmetic,
    Call,
    CellRef,
    ColumnRef,
    Comparison,
    Expression,
    Logic,
    Number,
    Ratio,
    RowsRef,
)


class NotNative(ValueError):
    """The expression has no sensible native formula (joins by normalised name, distinct counts)."""


class Addresses(Protocol):
    """Where the cells of a form stand in the workbook."""

    def cell(self, ref: CellRef) -> str:
        """Address as it is written in the formula, with the sheet when it is another one."""

    def column(self, ref: ColumnRef) -> str:
        """Range over the rows of a table."""

    def row_count(self, appendix: str) -> int | str:
        """Number of task or item rows; a formula where spare rows count as soon as they have a name."""


def as_excel(node: Expression, addresses: Addresses, order: int | None = None) -> str:
    """The formula of an expression, with its leading ``=``.

    It shows the same value as ``evaluate`` and ``""`` where that gives none, never an error value or a false 0;
    conditions show 1 or 0. Only a text that reads as a number differs: Excel does not count it, so there is no value.
    """
    return "=" + _Rendering(addresses, order).whole(node)


def excel_condition(condition: Expression, addresses: Addresses, order: int | None = None) -> str:
    """Part of a formula: TRUE where a condition is known to hold, else FALSE."""
    return _Rendering(addresses, order).true(condition)


def excel_values(
    nodes: Sequence[Expression], addresses: Addresses, order: int | None = None, *, blank_is_zero: bool = False
) -> tuple[str, tuple[str, ...]]:
    """Parts of a formula: when all the nodes have a value (empty: always), and their values then, as ``evaluate``."""
    rendering = _Rendering(addresses, order, blank_is_zero=blank_is_zero)
    return rendering.known(*nodes), tuple(rendering.text(node) for node in nodes)


class _Rendering:
    """Renders a node in parts: what must be known for it to have a value (``needs``), and the value then (``text``)."""

    def __init__(self, addresses: Addresses, order: int | None, *, blank_is_zero: bool = False) -> None:
        self.addresses = addresses
        self.order = order
        self.blank_is_zero = blank_is_zero

    def whole(self, node: Expression) -> str:
        """A formula of its own."""
        if _is_condition(node):
            return f'IF({self.true(node)},1,IF({self.false(node)},0,""))'
        known = self.known(node)
        return f'IF({known},{self.text(node)},"")' if known else self.text(node)

    def known(self, *nodes: Expression) -> str:
        """The condition under which the nodes have a value; empty when they always have one."""
        cells, others = self.merged(*nodes)
        tests = []
        if cells:
            tests.append(f"COUNT({','.join(cells)})={len(cells)}")
        tests.extend(others)
        return tests[0] if len(tests) == 1 else f"AND({','.join(tests)})" if tests else ""

    def needs(self, node: Argument) -> tuple[list[str], list[str]]:
        """Cells that must hold numbers, and further conditions."""
        match node:
            case CellRef():
                return ([] if self.blank_is_zero else [self.text(node)]), []
            case Call(name="sum" | "max" | "min", args=args):
                return [], [] if self.blank_is_zero else [f"COUNT({self.listed(args)})>0"]
            case Ratio(numerator=numerator, denominator=denominator):
                cells, others = self.merged(numerator, denominator)
                return cells, [*others, f"{self.text(denominator)}<>0"]
            case Arithmetic(left=left, right=right) | Comparison(left=left, right=right):
                return self.merged(left, right)
        return [], []

    def merged(self, *nodes: Argument) -> tuple[list[str], list[str]]:
        cells: list[str] = []
        others: list[str] = []
        for node in nodes:
            more_cells, more_others = self.needs(node)
            cells.extend(more_cells)
            others.extend(more_others)
        return list(dict.fromkeys(cells)), list(dict.fromkeys(others))

    def true(self, node: Expression) -> str:
        """Known and true: conditions are three-valued, so that one true settles an "or" whatever else is blank."""
        match node:
            case Logic(op="not", operands=(operand,)):
                return self.false(operand)
            case Logic(op=op, operands=operands):
                return f"{op.upper()}({','.join(self.true(operand) for operand in operands)})"
        return self._decided(node, self._test(node))

    def false(self, node: Expression) -> str:
        """Known and false."""
        match node:
            case Logic(op="not", operands=(operand,)):
                return self.true(operand)
            case Logic(op=op, operands=operands):
                dual = "OR" if op == "and" else "AND"
                return f"{dual}({','.join(self.false(operand) for operand in operands)})"
        return self._decided(node, f"NOT({self._test(node)})")

    def _test(self, node: Expression) -> str:
        return self.text(node) if _is_condition(node) else f"({self.text(node)}<>0)"

    def _decided(self, node: Expression, test: str) -> str:
        known = self.known(node)
        return f"IF({known},{test},FALSE)" if known else test

    def text(self, node: Argument) -> str:
        """The value, given that what it needs is known."""
        match node:
            case CellRef():
                address = self.addresses.cell(node.at(self.order))
                return f"N({address})" if self.blank_is_zero else address
            case ColumnRef():
                return self.addresses.column(node)
            case Number(number=number):
                return f"{number:f}"
            case Arithmetic(op=op, left=left, right=right):
                return f"({self.text(left)}{op}{self.text(right)})"
            case Ratio(numerator=numerator, denominator=denominator):
                return f"100*{self.text(numerator)}/{self.text(denominator)}"
            case Comparison(op=op, left=left, right=right):
                sign = {"==": "=", "!=": "<>"}.get(op, op)
                return f"({self.text(left)}{sign}{self.text(right)})"
            case Logic():
                return self.true(node)
            case Call(name=name, args=args):
                return _FUNCTIONS[name](self, args)
        raise TypeError(f"not an expression: {node!r}")

    def listed(self, args: Sequence[Argument]) -> str:
        """Arguments of a function that looks only at the numbers among its cells."""
        return ",".join(
            self.addresses.cell(arg.at(self.order)) if isinstance(arg, CellRef) else self.text(arg) for arg in args
        )


def _is_condition(node: Expression) -> bool:
    return isinstance(node, Comparison | Logic) or (isinstance(node, Call) and node.name == "present")


def _simple(function: str) -> Callable[[_Rendering, Sequence[Argument]], str]:
    return lambda rendering, args: f"{function}({rendering.listed(args)})"


def _present(rendering: _Rendering, args: Sequence[Argument]) -> str:
    return f'(TRIM({rendering.listed(args)})<>"")'


def marks_in(area: str) -> str:
    """How many marks x stand in an area, also with spaces beside them, which COUNTIF would pass over."""
    return f'SUMPRODUCT(--(TRIM({area})="x"))'


def _count_x(rendering: _Rendering, args: Sequence[Argument]) -> str:
    return marks_in(rendering.text(args[0]))


def _count_rows(rendering: _Rendering, args: Sequence[Argument]) -> str:
    (rows,) = args
    assert isinstance(rows, RowsRef)
    return str(rendering.addresses.row_count(rows.appendix))


def _not_native(rendering: _Rendering, args: Sequence[Argument]) -> str:
    raise NotNative("phép nối theo tên, đếm mã khác nhau và số trong ghi chú không có công thức Excel")


_FUNCTIONS: dict[str, Callable[[_Rendering, Sequence[Argument]], str]] = {
    "sum": _simple("SUM"),
    "max": _simple("MAX"),
    "min": _simple("MIN"),
    "present": _present,
    "count_x": _count_x,
    "count_rows": _count_rows,
    "sum_where": _not_native,
    "count_where": _not_native,
    "count_distinct": _not_native,
    "count_groups": _not_native,
    **dict.fromkeys(READINGS, _not_native),
}
