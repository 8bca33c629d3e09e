"""How rules and messages speak of the form's cells: by STT, label and column heading, never by an id."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache

from cchc_xl.catalogue.model import Appendix, CellKind, CellSpec, Row, RowRole
from cchc_xl.expressions import CellRef, ColumnRef, Expression, Ratio
from cchc_xl.expressions.tree import Argument, Arithmetic, Call, Number
from cchc_xl.values import normalise

_NUMBER = re.compile(r"[0-9IVX][0-9A-Za-z.]*")
_WHAT = {
    CellKind.COUNT: "số nguyên từ 0 trở lên",
    CellKind.DECIMAL: "số từ 0 trở lên",
    CellKind.PERCENT: "số phần trăm, không kèm dấu %",
    CellKind.MONEY: "số tiền từ 0 trở lên",
    CellKind.PROCEDURE_CODE: "mã thủ tục có dạng 016.07.044.3",
    CellKind.YESNO: "Có, Không",
    CellKind.FLAG: "0, 1",
    CellKind.MARK: "x hoặc để trống",
}


def cell_title(appendix: Appendix, spec: CellSpec, named: str = "") -> str:
    """The name of a cell in a message: its row, and its column where the table has several.

    ``named``: what a submission calls a spare row, which the form itself cannot name.
    """
    title = named or spec.row.title() or "dòng tổng"
    name = "D" + title[1:] if title.startswith("dòng ") else f"Dòng {title}"
    if spec.column.kind is None:
        return name
    return f"{name}, cột “{short_heading(spec.column.heading)}”"


def short_heading(heading: str) -> str:
    """The innermost tiers of a printed heading that still tell columns apart."""
    tiers = [tier for tier in heading.split(" > ") if tier not in ("Trong đó", "Kết quả giải quyết")]
    return " – ".join(tiers[-2:])


def allowed_values(spec: CellSpec) -> str:
    """What a cell accepts, in words."""
    if spec.kind is CellKind.CODE:
        return ", ".join(f"{value} = {meaning}" for value, meaning in spec.options)
    if spec.kind is CellKind.MARK and spec.row.role is RowRole.TOTAL:
        return _WHAT[CellKind.COUNT]
    return _WHAT.get(spec.kind, "")


def choice_list(spec: CellSpec) -> list[str] | None:
    """The values of a drop-down; ``None`` for a cell that has none."""
    match spec.kind:
        case CellKind.CODE:
            return [value for value, _ in spec.options]
        case CellKind.YESNO:
            return ["Có", "Không"]
        case CellKind.FLAG:
            return ["0", "1"]
        case CellKind.MARK if not spec.derived:
            return ["x"]
    return None


def formula_words(expression: Expression, appendices: Mapping[str, Appendix], order: int) -> str:
    """A derived expression in words: ``100 × 3.1.2 / 3.1.1``."""
    return _words(expression, appendices, order)


def cell_name(ref: CellRef, appendices: Mapping[str, Appendix], home: str = "", named: str = "") -> str:
    """The shortest name of a cell that a reader of the form recognises: a number of its own, else the label.

    ``named``: what a submission calls a spare row.
    """
    appendix = appendices[ref.appendix]
    order = ref.order or 1
    if order > len(appendix.rows):
        return f"dòng {order}"  # a faulty catalogue: the loader reports it
    row = appendix.row(order)
    number = row.stt.strip().rstrip(".")
    name = named or (number if number in _own_numbers(appendix) else row.title(60))
    column = appendix.column(ref.column)
    if column.kind is not None:
        heading = short_heading(column.heading)
        name = f"“{heading}”" if not home else f"{name}, cột “{heading}”"
    return name if not home or home == ref.appendix else f"{name} ({ref.appendix})"


def prints(row: Row, key: str, text: str) -> bool:
    """Whether the form itself prints this text in a column of the row: words among the notes are nobody's figures."""
    words = row.given.get(key, "")
    return bool(words) and normalise(words) == normalise(text)


@cache
def _own_numbers(appendix: Appendix) -> frozenset[str]:
    """The numbers by which one row alone goes: not those of a section that many rows bear, nor words (“Trong đó”)."""
    counted = Counter(row.stt.strip().rstrip(".") for row in appendix.printed)
    return frozenset(number for number, rows in counted.items() if rows == 1 and _NUMBER.fullmatch(number))


def _words(node: Argument, appendices: Mapping[str, Appendix], order: int) -> str:
    match node:
        case CellRef():
            return cell_name(node.at(order), appendices)
        case ColumnRef(appendix=appendix, column=column):
            return f"cộng cả cột “{short_heading(appendices[appendix].column(column).heading)}”"
        case Ratio(numerator=numerator, denominator=denominator):
            return f"100 × {_words(numerator, appendices, order)} / {_words(denominator, appendices, order)}"
        case Call(name="sum", args=args):
            return " + ".join(_words(arg, appendices, order) for arg in args)
        case Call(name="count_rows"):
            return "số dòng"
        case Call(name="count_x"):
            return "số dấu x trong cột"
        case Arithmetic(op=op, left=left, right=right):
            sign = {"-": "−", "*": "×"}.get(op, op)
            return f"{_words(left, appendices, order)} {sign} {_words(right, appendices, order)}"
        case Number(number=number):
            return f"{number:f}"
    return "số tính được"
