"""Row × columns → the cells of the form: what each asks for, and how it is computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from cchc_xl.catalogue.model import AppendixKind, CellKind, CellSpec, Column, Quantity, Row, RowRole
from cchc_xl.expressions import CellRef


def row_cells(
    quantities: Mapping[str, Quantity],
    appendix_id: str,
    appendix_kind: AppendixKind,
    row: Row,
    columns: tuple[Column, ...],
) -> list[CellSpec]:
    """The cells of a row that take part: those to fill in, and of a list what tells its rows apart."""
    specs = []
    if row.spare:
        columns = tuple(_opened(column) for column in columns if not column.given or column.spare is not None)
    for column in columns:
        kind = column.kind or row.kind or CellKind.TEXT
        heading = row.role is RowRole.HEADING and kind is not CellKind.TEXT
        if heading or (column.key in ("stt", "label", "unit") and not row.spare):
            continue
        if column.given and appendix_kind is not AppendixKind.PROCEDURE_LIST:
            continue  # printed by the form; only a list's own columns (code, field) take part in checks
        if not column.given and row.given.get(column.key):
            continue  # words of the form in a column of notes
        derived = row.derived if column.kind is None else ()
        expression = column.total if row.role is RowRole.TOTAL else column.derived
        if expression is not None:
            derived = (expression,)
        code = row.code if column.kind is None else column.code
        specs.append(
            CellSpec(
                ref=CellRef(appendix_id, row.order, column.key),
                row=row,
                column=column,
                kind=kind,
                quantity=quantities.get(code),
                derived=derived,
            )
        )
    return specs


@cache
def _opened(column: Column) -> Column:
    """A column as it is in spare rows: what the form prints elsewhere is the unit's to write."""
    return replace(column, given=False, kind=column.spare) if column.given else column
