"""The parent's own parts, from the sheet of a summary that asks for them."""

from __future__ import annotations

from collections.abc import Sequence

from cchc_xl.catalogue.model import CellKind, Form
from cchc_xl.expressions import CellRef
from cchc_xl.own_part import CHILDREN_KEY, LINE_KEY, MERGED_KEY, OWN_KEY, OWN_SHEET, OwnPart, cell_key
from cchc_xl.readers.grid import Book
from cchc_xl.values import from_cell

_KEY_ROWS = 20  # how far a user's own rows may have pushed the row of keys


def read_own_parts(book: Book, form: Form) -> dict[CellRef, OwnPart]:
    """What stands in each line of the sheet; nothing when the summary has no such sheet."""
    grid = book.grid(OWN_SHEET) if OWN_SHEET in book.sheet_names else ()
    top = next((at for at, row in enumerate(grid[:_KEY_ROWS]) if LINE_KEY in row), None)
    if top is None:
        return {}
    keys = list(grid[top])
    columns = (LINE_KEY, CHILDREN_KEY, MERGED_KEY, OWN_KEY)
    if any(key not in keys for key in columns):
        return {}
    lines, children, merged, own = map(keys.index, columns)
    known = {cell_key(spec.ref): spec.ref for spec in form.specs() if spec.quantity}
    found: dict[CellRef, OwnPart] = {}
    for row in grid[top + 1 :]:
        ref = known.get(str(_at(row, lines)))
        if ref is not None:
            units = from_cell(_at(row, children)).number
            units = units if units is not None else from_cell(_at(row, merged)).number
            found.setdefault(ref, OwnPart(from_cell(_at(row, own)), units, _is_count(form, ref)))
    return found


def _is_count(form: Form, ref: CellRef) -> bool:
    return form.cells[ref].kind is CellKind.COUNT


def _at(row: Sequence[object], column: int) -> object:
    return row[column] if column < len(row) else ""
