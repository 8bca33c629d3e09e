"""Arguments and results of worksheet functions: blocks of cells ↔ typed values."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from math import isinf
from typing import Any

from cchc_xl.catalogue.model import CellKind
from cchc_xl.errors import InputFault
from cchc_xl.hosts.excel.error_values import error_text
from cchc_xl.submission import read_figure
from cchc_xl.values import State, Value, from_cell, read_number

Block = list[list[Value]]
Result = float | str
_Shape = tuple[int, int]

_SHOWN = 60  # letters of a text that a complaint repeats


class Unreadable(InputFault):
    """A cell that should hold a number and holds none; its message says what stands there."""


def read_cell(raw: object) -> Value:
    """The value of one cell as xlwings gives it: ``None``, float, text, bool, date, or an error as text or code."""
    error = error_text(raw)
    return Value(State.ERROR, text=error) if error else from_cell(raw)


def read_block(raw: object) -> Block:
    """An argument as rows of values; one cell is a block of one."""
    lines: Any = raw if isinstance(raw, list | tuple) else [raw]
    if not any(isinstance(line, list | tuple) for line in lines):
        lines = [lines]
    return [[read_cell(cell) for cell in line] for line in lines]


def shape(block: Block) -> _Shape:
    """Rows and columns."""
    return len(block), len(block[0]) if block else 0


def single(raw: object, name: str) -> Value:
    """An argument that must be one cell. Raises ``InputFault`` for a range."""
    block = read_block(raw)
    if shape(block) != (1, 1):
        raise InputFault(f"{name} phải là một ô hoặc một giá trị")
    return block[0][0]


def text(raw: object, name: str) -> str:
    """An argument that is a text, without spaces around it. Raises ``InputFault`` for an error value."""
    value = single(raw, name)
    if value.state is State.ERROR:
        raise Unreadable(f"{name}: {_complaint(value)}")
    return value.text.strip()


def number(value: Value) -> Decimal | None:
    """The number that stands in a cell, read as a form's figure is; ``None`` for blank and ``-``.

    Raises ``Unreadable`` for anything else.
    """
    found = read_figure(CellKind.DECIMAL, value)
    if found is None and value.filled and value.state is not State.NOT_APPLICABLE:
        raise Unreadable(_complaint(value))
    return found


def _complaint(value: Value) -> str:
    match value.state:
        case State.ERROR:
            return f"ô đang báo lỗi {value.text}".strip()
        case State.DATE:
            return f"ô là ngày tháng {value.text}, không phải số"
    shown_text = value.text if len(value.text) <= _SHOWN else value.text[:_SHOWN] + "…"
    return f'không đọc được số: "{shown_text}" ({read_number(value.text).remark})'


def shown(number: Decimal) -> Result:
    """A number as a worksheet takes it: Excel computes with binary floats."""
    result = float(number)
    return "kết quả quá lớn" if isinf(result) else result


def each(function: Callable[..., Result], *blocks: Block) -> Any:
    """Apply to the cells that stand at the same place; blocks of one shape → a block, single cells → one value."""
    if len({shape(block) for block in blocks}) > 1:
        sizes = " và ".join("×".join(map(str, shape(block))) for block in blocks)
        raise InputFault(f"các vùng phải bằng nhau (số dòng × số cột: {sizes})")
    result = [[said(function, *cells) for cells in zip(*lines, strict=True)] for lines in zip(*blocks, strict=True)]
    return result[0][0] if shape(blocks[0]) == (1, 1) else result


def said(function: Callable[..., Result], *cells: Any) -> Result:
    """One result; a fault of one cell is said in its place and leaves the others alone."""
    try:
        return function(*cells)
    except InputFault as fault:
        return str(fault)
