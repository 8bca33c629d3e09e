"""Tree → exact value on the figures of a submission."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
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
    children,
)

_ZERO = Decimal(0)
_HUNDRED = Decimal(100)
_OPERATORS: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}
COMPARISONS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "=": operator.eq,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Figures(Protocol):
    """What an expression is evaluated on."""

    def number(self, ref: CellRef) -> Decimal | None:
        """The number in a cell; ``None`` when it holds none."""

    def filled(self, ref: CellRef) -> bool:
        """Whether a cell holds anything at all, ``-`` included."""

    def matching_key(self, ref: CellRef) -> str:
        """The normalised text of a cell, for joins by name."""

    def column(self, ref: ColumnRef) -> Sequence[CellRef]:
        """The cells of a column over the task or item rows, of the spare ones those in use."""

    def numbers(self, ref: ColumnRef) -> Sequence[Decimal]:
        """The numbers that stand in a column, task or item rows only."""

    def rows(self, appendix: str) -> Sequence[int]:
        """The orders of the task or item rows, of the spare ones those that have a name."""

    def orders_by_key(self, ref: ColumnRef) -> Mapping[str | Decimal, list[int]]:
        """Orders of the task or item rows by what stands in a column: the number, else the normalised text."""

    def marked(self, ref: CellRef) -> bool:
        """Whether a cell holds the mark x."""

    def note(self, ref: CellRef) -> str:
        """The note beside a cell; empty when there is none."""


def percentage(top: Decimal, bottom: Decimal) -> Decimal | None:
    """100 × top / bottom; ``None`` where the denominator is 0."""
    return _HUNDRED * top / bottom if bottom else None


def evaluate(
    node: Expression, figures: Figures, order: int | None = None, *, blank_is_zero: bool = False
) -> Decimal | None:
    """The value of an expression.

    ``order`` is the current row of an ``each`` rule; ``blank_is_zero`` makes a cell without a number count 0
    (missing modes ``skip_all`` and ``never``). ``None`` when there is no value. Conditions give 1 or 0.
    """
    return _Evaluation(figures, order, _ZERO if blank_is_zero else None).value(node)


def holds(condition: Expression, figures: Figures, order: int | None = None) -> bool | None:
    """The truth of a condition; ``None`` when it cannot be known because something is blank."""
    value = evaluate(condition, figures, order)
    return None if value is None else value != 0


def involved(node: Expression, figures: Figures, order: int | None = None) -> list[CellRef]:
    """The cells that the expression's value comes from: of a column, only the rows that were matched."""
    return _Evaluation(figures, order, None).involved(node)


def note_slack(node: Expression, figures: Figures, order: int | None = None) -> Decimal:
    """Sum of the half-units of the rounded figures that the expression takes from notes."""
    match node:
        case Call(name=name, args=(CellRef() as ref,)) if name in READINGS:
            reading = READINGS[name](figures.note(ref.at(order)))
            return reading.half_unit if reading else _ZERO
        case Call(args=args):
            parts: Sequence[Argument] = args
        case _:
            parts = children(node)
    return sum((note_slack(part, figures, order) for part in parts if not isinstance(part, ColumnRef | RowsRef)), _ZERO)


# Functions that count different names: with them the counts of several units can be put together exactly.
NAMED_COUNTS = ("count_distinct", "count_groups")
_GROUP_PARTS = 3


def counted_names(node: Expression, figures: Figures) -> frozenset[str] | None:
    """The different names that such a function counts; ``None`` where a counted row has no name."""
    assert isinstance(node, Call)
    assert node.name in NAMED_COUNTS
    names = _Evaluation(figures, None, None).codes(node.args, None if node.name == NAMED_COUNTS[0] else _GROUP_PARTS)
    return None if "" in names else frozenset(names)


class _Evaluation:
    def __init__(self, figures: Figures, order: int | None, blank: Decimal | None) -> None:
        self.figures = figures
        self.order = order
        self.blank = blank

    def value(self, node: Argument) -> Decimal | None:
        match node:
            case CellRef():
                number = self.figures.number(node.at(self.order))
                return self.blank if number is None else number
            case Number(number=number):
                return number
            case Arithmetic(op=op, left=left, right=right):
                a, b = self.value(left), self.value(right)
                return None if a is None or b is None else _OPERATORS[op](a, b)
            case Ratio(numerator=numerator, denominator=denominator):
                a, b = self.value(numerator), self.value(denominator)
                return None if a is None or b is None else percentage(a, b)
            case Comparison(op=op, left=left, right=right):
                a, b = self.value(left), self.value(right)
                return None if a is None or b is None else Decimal(COMPARISONS[op](a, b))
            case Logic():
                return self._logic(node)
            case Call(name=name, args=args):
                return _FUNCTIONS[name](self, args)
        raise TypeError(f"not an expression: {node!r}")

    def _logic(self, node: Logic) -> Decimal | None:
        values = [self.value(operand) for operand in node.operands]
        if node.op == "not":
            return None if values[0] is None else Decimal(values[0] == 0)
        decisive = node.op == "or"  # one true decides an "or", one false an "and", whatever is unknown
        if any(value is not None and (value != 0) is decisive for value in values):
            return Decimal(decisive)
        return None if None in values else Decimal(not decisive)

    def numbers(self, args: Sequence[Argument]) -> list[Decimal]:
        """The numbers that are there among cells, expressions and columns."""
        found: list[Decimal] = []
        for arg in args:
            if isinstance(arg, ColumnRef):
                found += self.figures.numbers(arg)
                continue
            number = self.figures.number(arg.at(self.order)) if isinstance(arg, CellRef) else self.value(arg)
            if number is not None:
                found.append(number)
        return found

    def total(self, args: Sequence[Argument]) -> Decimal | None:
        numbers = self.numbers(args)
        return sum(numbers, _ZERO) if numbers else self.blank

    def matching_rows(self, column: ColumnRef, wanted: Argument) -> list[int]:
        """Orders of the rows whose cell in ``column`` equals ``wanted``: a number, or a name normalised."""
        assert not isinstance(wanted, ColumnRef | RowsRef)
        key: str | Decimal | None
        if isinstance(wanted, CellRef):
            ref = wanted.at(self.order)
            number = self.figures.number(ref)
            key = number if number is not None else self.figures.matching_key(ref)
        else:
            key = self.value(wanted)
        return self.figures.orders_by_key(column).get(key, []) if key is not None and key != "" else []

    def counted_rows(self, column: Argument, wanted: Argument, positive: Argument) -> list[int]:
        """The matching rows whose cell in ``positive`` is above 0."""
        assert isinstance(column, ColumnRef)
        assert isinstance(positive, ColumnRef)
        return [
            order
            for order in self.matching_rows(column, wanted)
            if (self.figures.number(CellRef(positive.appendix, order, positive.column)) or _ZERO) > 0
        ]

    def involved(self, node: Argument) -> list[CellRef]:
        match node:
            case CellRef():
                return [node.at(self.order)]
            case ColumnRef():
                return list(self.figures.column(node))
            case Call(name="sum_where", args=(ColumnRef() as column, ColumnRef() as matched, wanted)):
                return [CellRef(column.appendix, o, column.column) for o in self.matching_rows(matched, wanted)]
            case Call(name=name, args=args) if name.startswith("count_") and isinstance(args[-1], ColumnRef):
                counted = args[-1]
                orders = self.counted_rows(*args[-3:]) if len(args) >= 3 else self.figures.rows(counted.appendix)
                return [CellRef(counted.appendix, o, counted.column) for o in orders]
        return [cell for child in children(node) for cell in self.involved(child)]

    def codes(self, args: Sequence[Argument], parts: int | None) -> set[str]:
        """The different codes among the counted rows, each cut to its first ``parts`` parts; "" for a row without."""
        code, column, wanted, positive = args
        assert isinstance(code, ColumnRef)
        keys = (
            self.figures.matching_key(CellRef(code.appendix, order, code.column))
            for order in self.counted_rows(column, wanted, positive)
        )
        return {".".join(key.split(".")[:parts]) for key in keys}


def _sum(evaluation: _Evaluation, args: Sequence[Argument]) -> Decimal | None:
    return evaluation.total(args)


def _max(evaluation: _Evaluation, args: Sequence[Argument]) -> Decimal | None:
    return max(evaluation.numbers(args), default=evaluation.blank)


def _min(evaluation: _Evaluation, args: Sequence[Argument]) -> Decimal | None:
    return min(evaluation.numbers(args), default=evaluation.blank)


def _present(evaluation: _Evaluation, args: Sequence[Argument]) -> Decimal | None:
    (arg,) = args
    if isinstance(arg, CellRef):
        return Decimal(evaluation.figures.filled(arg.at(evaluation.order)))
    return Decimal(evaluation.value(arg) is not None)


def _count_x(evaluation: _Evaluation, args: Sequence[Argument]) -> Decimal | None:
    (column,) = args
    assert isinstance(column, ColumnRef)
    return Decimal(sum(evaluation.figures.marked(ref) for ref in evaluation.figures.column(column)))


def _count_rows(evaluation: _Evaluation, args: Sequence[Argument]) -> Decimal | None:
    (rows,) = args
    assert isinstance(rows, RowsRef)
    return Decimal(len(evaluation.figures.rows(rows.appendix)))


def _sum_where(evaluation: _Evaluation, args: Sequence[Argument]) -> Decimal | None:
    column, matched, wanted = args
    assert isinstance(column, ColumnRef)
    assert isinstance(matched, ColumnRef)
    orders = evaluation.matching_rows(matched, wanted)
    return sum((evaluation.figures.number(CellRef(column.appendix, o, column.column)) or _ZERO for o in orders), _ZERO)


def _note(name: str) -> Callable[[_Evaluation, Sequence[Argument]], Decimal | None]:
    def read(evaluation: _Evaluation, args: Sequence[Argument]) -> Decimal | None:
        (ref,) = args
        assert isinstance(ref, CellRef)
        reading = READINGS[name](evaluation.figures.note(ref.at(evaluation.order)))
        return reading.number if reading else None

    return read


def _count_where(evaluation: _Evaluation, args: Sequence[Argument]) -> Decimal | None:
    return Decimal(len(evaluation.counted_rows(*args)))


_FUNCTIONS: dict[str, Callable[[_Evaluation, Sequence[Argument]], Decimal | None]] = {
    "sum": _sum,
    "max": _max,
    "min": _min,
    "present": _present,
    "count_x": _count_x,
    "count_rows": _count_rows,
    "sum_where": _sum_where,
    "count_where": _count_where,
    "count_distinct": lambda evaluation, args: Decimal(len(evaluation.codes(args, None) - {""})),
    "count_groups": lambda evaluation, args: Decimal(len(evaluation.codes(args, _GROUP_PARTS) - {""})),
    **{name: _note(name) for name in READINGS},
}
