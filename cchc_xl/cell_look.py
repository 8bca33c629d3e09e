"""How the cells of a printed appendix look: where a text stands in its cell, how a figure is written.

Shared by all that print an appendix. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cchc_xl.catalogue.model import Appendix, CellKind, CellSpec, Column, Row
from cchc_xl.expressions import Ratio
from cchc_xl.layout import label_indent

# Given columns that hold running text; the others are centred.
_RUNNING_TEXT = ("label", "content", "component")


class NumberStyle(StrEnum):
    """How a number is written: with thousands marks, as a ratio (two decimals), as it is, as a text."""

    COUNT = "count"
    RATIO = "ratio"
    GENERAL = "general"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class CellLook:
    """``align``: left, center or right. ``indent``: in steps of a level."""

    align: str
    indent: int = 0
    numbers: NumberStyle = NumberStyle.GENERAL
    # A text of a column of notes or of the unit's own, never bold.
    words: bool = False


def printed_look(row: Row, column: Column) -> CellLook:
    """Of a cell in which the form itself prints."""
    if not column.given and column.kind is CellKind.TEXT:
        return CellLook("left", 1, words=True)
    return CellLook(
        "left" if column.key in _RUNNING_TEXT else "center", label_indent(row) if column.key == "label" else 0
    )


def open_look(appendix: Appendix, spec: CellSpec) -> CellLook:
    """Of a cell that is filled in or computed."""
    kind = spec.kind
    words = kind in (CellKind.TEXT, CellKind.PROCEDURE_CODE)
    numbers = NumberStyle.GENERAL
    if spec.derived and isinstance(spec.derived[0], Ratio):
        numbers = NumberStyle.RATIO
    elif kind is CellKind.COUNT or kind is CellKind.MONEY:
        numbers = NumberStyle.COUNT
    elif words:
        numbers = NumberStyle.TEXT
    # Figures and notes stand off the line beside them; what a unit writes in a spare row stands as printed ones do.
    align = "left" if kind is CellKind.TEXT else "center" if not kind.numeric else "right"
    indent = 0 if align == "center" else 1
    if spec.row.spare and words and appendix.column(spec.column.key).given:
        printed = printed_look(spec.row, spec.column)
        align, indent = printed.align, printed.indent
    return CellLook(align, indent, numbers, words)
