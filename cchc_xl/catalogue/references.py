"""What formulas of a form refer to: cells and columns that are there, and no circle."""

from __future__ import annotations

from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter

from cchc_xl.catalogue.model import Appendix, RowRole
from cchc_xl.catalogue.tables import Faults
from cchc_xl.expressions import CellRef, cell_refs, column_refs


def check_references(form_id: str, appendices: Sequence[Appendix], faults: Faults) -> None:
    """Derived figures are computed from cells and columns that the form has, and never from themselves."""
    cells = {ref for appendix in appendices for ref in appendix.cells}
    column_names = {(appendix.id, column.key) for appendix in appendices for column in appendix.columns}
    for appendix in appendices:
        place = f"{form_id}/{appendix.id}.tsv"
        for spec in appendix.cells.values():
            for expression in spec.derived:
                for ref in cell_refs(expression):
                    if ref.at(spec.row.order) not in cells:
                        faults.add(f"{place}:{spec.row.order + 1}", f"derived gọi dòng {ref.order} không có số")
                    if ref.at(spec.row.order) == spec.ref:
                        faults.add(f"{place}:{spec.row.order + 1}", "derived gọi chính nó")
                for column in column_refs(expression):
                    if (column.appendix, column.column) not in column_names:
                        faults.add(place, f"derived gọi cột {column.column} không có")


def check_cycles(form_id: str, appendices: Sequence[Appendix], faults: Faults) -> None:
    """Derived figures that need each other could never be computed."""
    cells = {ref: spec for appendix in appendices for ref, spec in appendix.cells.items()}
    items: dict[tuple[str, str], list[CellRef]] = {}
    for ref, spec in cells.items():
        if spec.row.role is RowRole.ITEM:
            items.setdefault((ref.appendix, ref.column), []).append(ref)
    needs: dict[CellRef, set[CellRef]] = {}
    for ref, spec in cells.items():
        if spec.derived:
            parts = {part.at(ref.order) for part in cell_refs(spec.derived[0])}
            for column in column_refs(spec.derived[0]):
                parts.update(items.get((column.appendix, column.column), ()))
            needs[ref] = parts
    try:
        tuple(TopologicalSorter(needs).static_order())
    except CycleError as error:
        first = error.args[1][0]
        faults.add(f"{form_id}/{first.appendix}.tsv:{first.order + 1}", "derived gọi vòng tròn về chính nó")
