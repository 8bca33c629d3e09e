"""The nodes of a parsed expression: frozen, compared by value, free of any workbook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple, TypeAlias


class CellRef(NamedTuple):
    """One cell: appendix, row (``None`` = the current row of an ``each`` rule) and column key.

    A named tuple and not a dataclass: it is the key of every lookup, and tuples hash and compare in C.
    """

    appendix: str
    order: int | None
    column: str

    def at(self, order: int | None) -> CellRef:
        """The same reference with the current row filled in."""
        return self if self.order is not None else CellRef(self.appendix, order, self.column)


@dataclass(frozen=True, slots=True)
class ColumnRef:
    """A whole column of an appendix, its task or item rows only."""

    appendix: str
    column: str


@dataclass(frozen=True, slots=True)
class RowsRef:
    """The task or item rows of an appendix (argument of ``count_rows``)."""

    appendix: str


@dataclass(frozen=True, slots=True)
class Number:
    """A constant."""

    number: Decimal


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """``left op right`` with op one of + - *; a blank operand gives no value."""

    op: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Ratio:
    """100 × numerator / denominator; no value where either is blank or the denominator is 0."""

    numerator: Expression
    denominator: Expression


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the language over its arguments, whose number and kinds were checked by the parser."""

    name: str
    args: tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A condition ``left op right``."""

    op: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Logic:
    """``and``, ``or``, ``not`` over conditions."""

    op: str
    operands: tuple[Expression, ...]


Expression: TypeAlias = CellRef | Number | Arithmetic | Ratio | Call | Comparison | Logic
Argument: TypeAlias = Expression | ColumnRef | RowsRef


def children(node: Argument) -> tuple[Argument, ...]:
    """The direct parts of a node."""
    match node:
        case Arithmetic(left=left, right=right) | Comparison(left=left, right=right):
            return (left, right)
        case Ratio(numerator=numerator, denominator=denominator):
            return (numerator, denominator)
        case Call(args=args):
            return args
        case Logic(operands=operands):
            return operands
    return ()


def _walk(node: Argument) -> Iterator[Argument]:
    yield node
    for child in children(node):
        yield from _walk(child)


def cell_refs(node: Argument) -> tuple[CellRef, ...]:
    """Every cell named in the expression, once, in order of appearance."""
    return tuple(dict.fromkeys(part for part in _walk(node) if isinstance(part, CellRef)))


def column_refs(node: Argument) -> tuple[ColumnRef, ...]:
    """Every column named in the expression, once, in order of appearance."""
    return tuple(dict.fromkeys(part for part in _walk(node) if isinstance(part, ColumnRef)))
