"""Rows that count the parent's own offices and its units: which they are, and their totals once the own part is there.

Pure (semantics.md, "Roll-up": no total until that part is entered; then own + Σ units, both shown).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cchc_xl.catalogue.model import CellKind, Rollup
from cchc_xl.consolidation.lines import SummaryCell
from cchc_xl.expressions import CellRef
from cchc_xl.own_part import OwnPart
from cchc_xl.values import Value


def asks_own_part(cell: SummaryCell) -> bool:
    """Whether the parent enters a part of its own. A computed row needs none: its parts are asked for."""
    return cell.rollup is Rollup.OWN_PLUS_CHILDREN and not cell.spec.derived


def with_own_parts(cells: Sequence[SummaryCell], own: Mapping[CellRef, Value]) -> list[SummaryCell]:
    """The figures of a merge with the parent's own parts, where they were entered."""
    return [
        replace(
            cell, own=own[ref], value=OwnPart(own[ref], cell.children, cell.spec.kind is CellKind.COUNT).total.number
        )
        if (ref := cell.spec.ref) in own and asks_own_part(cell)
        else cell
        for cell in cells
    ]
