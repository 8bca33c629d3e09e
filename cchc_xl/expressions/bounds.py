"""What is certain about an expression in spite of blanks: quantities are never negative."""

from __future__ import annotations

from decimal import Decimal

from cchc_xl.expressions.evaluate import Figures, evaluate
from cchc_xl.expressions.tree import Argument, Arithmetic, Call, CellRef, ColumnRef, Expression, Number, RowsRef

Bounds = tuple[Decimal | None, Decimal | None]
_ZERO = Decimal(0)
_UNKNOWN: Bounds = (None, None)


def bounds(node: Expression, figures: Figures, order: int | None = None) -> Bounds:
    """Lowest and highest possible value, each blank cell being somewhere from 0 up; ``None`` = without limit."""
    return _bounds(node, figures, order)


def _bounds(node: Argument, figures: Figures, order: int | None) -> Bounds:
    match node:
        case CellRef():
            ref = node.at(order)
            number = figures.number(ref)
            if number is not None:
                return number, number
            # "-" and texts are not blanks: nothing is certain about them.
            return _UNKNOWN if figures.filled(ref) else (_ZERO, None)
        case Number(number=number):
            return number, number
        case Arithmetic(op="+", left=left, right=right):
            return _add(_bounds(left, figures, order), _bounds(right, figures, order))
        case Arithmetic(op="-", left=left, right=right):
            low, high = _bounds(right, figures, order)
            negated = (None if high is None else -high, None if low is None else -low)
            return _add(_bounds(left, figures, order), negated)
        case Call(name="sum", args=args) if not any(isinstance(arg, ColumnRef | RowsRef) for arg in args):
            total: Bounds = (_ZERO, _ZERO)
            for arg in args:
                total = _add(total, _bounds(arg, figures, order))
            return total
        case ColumnRef() | RowsRef():
            return _UNKNOWN
    value = evaluate(node, figures, order)
    return value, value


def _add(a: Bounds, b: Bounds) -> Bounds:
    low = None if a[0] is None or b[0] is None else a[0] + b[0]
    high = None if a[1] is None or b[1] is None else a[1] + b[1]
    return low, high
