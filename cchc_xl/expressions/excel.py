"""Tree → native Excel formula (functions of Excel 2010, none volatile, the same in LibreOffice)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

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
    cell_refs,
)


class NotNative(ValueError):
    """The expression has no sensible native formula (joins by normalised name, distinct counts)."""


class Addresses(Protocol):
    """Where the cells of a form stand in the workbook."""

    def cell(self, ref: CellRef) -> str:
        """Address as it is written in the formula, with the sheet when it is another one."""

    def column(self, ref: ColumnRef) -> str:
        """Range over the rows of a table."""

    def row_count(self, appendix: str) -> int:
        """Number of task or item rows."""


def as_excel(node: Expression, addresses: Addresses, order: int | None = None) -> str:
    """The formula of a derived figure, with its leading ``=``; shows ``""`` where the value cannot be computed."""
    return "=" + _Rendering(addresses, order).guarded(node)


class _Rendering:
    def __init__(self, addresses: Addresses, order: int | None) -> None:
        self.addresses = addresses
        self.order = order

    def guarded(self, node: Expression) -> str:
        """The expression as a formula of its own: no value is the empty text, never an error value or a false 0."""
        match node:
            case Ratio(numerator=numerator, denominator=denominator):
                top, bottom = self.text(numerator), self.text(denominator)
                return f'IF(COUNT({top},{bottom})=2,IF({bottom}<>0,100*{top}/{bottom},""),"")'
            case Call(name="sum" | "max" | "min", args=args):
                listed = self.listed(args)
                return f'IF(COUNT({listed})=0,"",{self.text(node)})'
            case Call() | Number():
                return self.text(node)
        cells = [self.addresses.cell(ref.at(self.order)) for ref in cell_refs(node)]
        return f'IF(COUNT({",".join(cells)})={len(cells)},{self.text(node)},"")'

    def text(self, node: Argument) -> str:
        match node:
            case CellRef():
                return self.addresses.cell(node.at(self.order))
            case ColumnRef():
                return self.addresses.column(node)
            case Number(number=number):
                return f"{number:f}"
            case Arithmetic(op=op, left=left, right=right):
                return f"({self.text(left)}{op}{self.text(right)})"
            case Ratio(numerator=numerator, denominator=denominator):
                return f"(100*{self.text(numerator)}/{self.text(denominator)})"
            case Comparison(op=op, left=left, right=right):
                sign = {"==": "=", "!=": "<>"}.get(op, op)
                return f"({self.text(left)}{sign}{self.text(right)})"
            case Logic(op=op, operands=operands):
                return f"{op.upper()}({','.join(self.text(operand) for operand in operands)})"
            case Call(name=name, args=args):
                return _FUNCTIONS[name](self, args)
        raise TypeError(f"not an expression: {node!r}")

    def listed(self, args: Sequence[Argument]) -> str:
        return ",".join(self.text(arg) for arg in args)


def _simple(function: str) -> Callable[[_Rendering, Sequence[Argument]], str]:
    return lambda rendering, args: f"{function}({rendering.listed(args)})"


def _present(rendering: _Rendering, args: Sequence[Argument]) -> str:
    return f'({rendering.text(args[0])}<>"")'


def _count_x(rendering: _Rendering, args: Sequence[Argument]) -> str:
    return f'COUNTIF({rendering.text(args[0])},"x")'


def _count_rows(rendering: _Rendering, args: Sequence[Argument]) -> str:
    (rows,) = args
    assert isinstance(rows, RowsRef)
    return str(rendering.addresses.row_count(rows.appendix))


def _not_native(rendering: _Rendering, args: Sequence[Argument]) -> str:
    raise NotNative("phép nối theo tên hoặc đếm mã khác nhau không có công thức Excel")


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
}
