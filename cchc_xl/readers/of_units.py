"""What the units of a summary gave together, from its hidden sheet; input like any other, nothing in it is trusted."""

from __future__ import annotations

from cchc_xl.catalogue.model import Form
from cchc_xl.expressions import CellRef
from cchc_xl.of_units import OF_UNITS_SHEET, OfUnits, of_units_from
from cchc_xl.own_part import cell_key
from cchc_xl.readers.grid import Book


def read_of_units(book: Book, form: Form) -> dict[CellRef, OfUnits]:
    """By cell of the form; nothing where the summary has no such sheet."""
    grid = book.grid(OF_UNITS_SHEET) if OF_UNITS_SHEET in book.sheet_names else ()
    known = {cell_key(spec.ref): spec.ref for spec in form.specs() if spec.quantity} if grid else {}
    found: dict[CellRef, OfUnits] = {}
    for row in grid:
        texts = [cell if isinstance(cell, str) else "" for cell in row[:6]]
        ref = known.get(texts[0]) if texts else None
        together = of_units_from([*texts[1:], *[""] * (6 - len(texts))])
        if ref is not None and together is not None:
            found.setdefault(ref, together)
    return found
