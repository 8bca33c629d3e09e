"""Text → tree. Python's own grammar over a whitelist of names and operators."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

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


class ExpressionFault(ValueError):
    """An expression that the catalogue must not hold; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names an expression may use: the columns of every appendix, and the appendix it stands in."""

    appendix: str
    columns: Mapping[str, frozenset[str]] = field(default_factory=dict)


# Far above any rule, far below what Python's own parser stumbles over by nesting.
MAX_LENGTH = 500
_ROW = re.compile(r"r([1-9]\d*)")
_ARITHMETIC = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}
_COMPARISONS = {ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}

_CELL, _COLUMN, _ROWS = "value", "column", "rows"
# Excel's SUM skips blanks among cells, not inside expressions: what "blank counts 0" applies to must be a cell.
_REF, _PLACE = "cell", "cell or column"
_KINDS = {_CELL: {_CELL, _REF}, _REF: {_REF}, _COLUMN: {_COLUMN}, _ROWS: {_ROWS}, _PLACE: {_REF, _COLUMN}}
# Kinds of the arguments; a trailing "*" repeats the last one.
_SIGNATURES: dict[str, tuple[str, ...]] = {
    "sum": (_PLACE, "*"),
    "max": (_REF, "*"),
    "min": (_REF, "*"),
    "present": (_REF,),
    "count_x": (_COLUMN,),
    "count_rows": (_ROWS,),
    "sum_where": (_COLUMN, _COLUMN, _CELL),
    "count_where": (_COLUMN, _CELL, _COLUMN),
    "count_distinct": (_COLUMN, _COLUMN, _CELL, _COLUMN),
    "count_groups": (_COLUMN, _COLUMN, _CELL, _COLUMN),
    **dict.fromkeys(READINGS, (_REF,)),
}


def parse(text: str, names: Names) -> Expression:
    """Parse one expression. Raises ``ExpressionFault`` for anything outside the language."""
    alternatives = parse_alternatives(text, names)
    if len(alternatives) != 1:
        raise ExpressionFault(f"'{text}': chỉ được một biểu thức, không có '|'")
    return alternatives[0]


def parse_alternatives(text: str, names: Names) -> tuple[Expression, ...]:
    """Parse expressions joined by ``|``: readings of which one must hold, the first being the one computed."""
    if len(text) > MAX_LENGTH:
        raise ExpressionFault(f"'{text[:60]}…': dài quá {MAX_LENGTH} ký tự")
    try:
        body = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError) as error:
        raise ExpressionFault(f"'{text}': viết sai cú pháp") from error
    nodes: list[ast.expr] = []
    while isinstance(body, ast.BinOp) and isinstance(body.op, ast.BitOr):
        nodes.insert(0, body.right)
        body = body.left
    nodes.insert(0, body)
    return tuple(_expression(node, names) for node in nodes)


def _expression(node: ast.expr, names: Names) -> Expression:
    built = _argument(node, names)
    if isinstance(built, ColumnRef | RowsRef):
        raise ExpressionFault(f"'{ast.unparse(node)}': cả một cột chỉ được dùng làm đối số của hàm")
    return built


def _argument(node: ast.expr, names: Names) -> Argument:
    match node:
        case ast.Constant(value=bool()):
            pass
        case ast.Constant(value=int() | float() as number):
            if math.isfinite(number):
                return Number(Decimal(str(number)))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return Arithmetic("-", Number(Decimal(0)), _expression(operand, names))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return Logic("not", (_expression(operand, names),))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
            return Arithmetic(_ARITHMETIC[type(op)], _expression(left, names), _expression(right, names))
        case ast.BoolOp(op=op, values=values):
            return Logic("and" if isinstance(op, ast.And) else "or", tuple(_expression(v, names) for v in values))
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARISONS:
            return Comparison(_COMPARISONS[type(op)], _expression(left, names), _expression(right, names))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            return _call(name, [_argument(arg, names) for arg in args], ast.unparse(node))
        case ast.Name() | ast.Attribute():
            return _reference(node, names)
    raise ExpressionFault(f"'{ast.unparse(node)}': không thuộc ngôn ngữ biểu thức")


def _call(name: str, args: list[Argument], text: str) -> Expression:
    if name == "ratio":
        match args:
            case [numerator, denominator] if not isinstance(numerator, ColumnRef | RowsRef) and not isinstance(
                denominator, ColumnRef | RowsRef
            ):
                return Ratio(numerator, denominator)
        raise ExpressionFault(f"'{text}': ratio cần tử số và mẫu số")
    signature = _SIGNATURES.get(name)
    if signature is None:
        raise ExpressionFault(f"'{text}': không có hàm {name}")
    kinds = signature
    if signature[-1] == "*":
        kinds = (signature[0],) * max(1, len(args))
    if len(kinds) != len(args):
        raise ExpressionFault(f"'{text}': hàm {name} cần {len(kinds)} đối số")
    for kind, arg in zip(kinds, args, strict=True):
        if _kind(arg) not in _KINDS[kind]:
            raise ExpressionFault(f"'{text}': đối số của hàm {name} không đúng loại")
    return Call(name, tuple(args))


def _kind(arg: Argument) -> str:
    match arg:
        case ColumnRef():
            return _COLUMN
        case RowsRef():
            return _ROWS
        case CellRef():
            return _REF
    return _CELL


def _reference(node: ast.Name | ast.Attribute, names: Names) -> Argument:
    text = ast.unparse(node)
    if re.fullmatch(r"\w+(\.\w+){0,2}", text) is None:
        raise ExpressionFault(f"'{text}': không phải là tên ô")
    parts = text.split(".")
    appendix = names.appendix
    if parts[0] in names.columns:
        appendix = parts.pop(0)
        if not parts:
            return RowsRef(appendix)
    columns = names.columns.get(appendix, frozenset())
    row = _ROW.fullmatch(parts[0])
    if row is not None:
        column = parts[1] if len(parts) > 1 else "value"
        if len(parts) > 2 or column not in columns:
            raise ExpressionFault(f"'{text}': biểu {appendix} không có cột {column}")
        return CellRef(appendix, int(row[1]), column)
    if len(parts) > 1 or parts[0] not in columns:
        raise ExpressionFault(f"'{text}': không có biểu hoặc cột này")
    if "." in text:
        return ColumnRef(appendix, parts[0])
    return CellRef(appendix, None, parts[0])
