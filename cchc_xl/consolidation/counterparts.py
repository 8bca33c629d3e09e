"""The same thing on two forms: which cells of a unit's form ask for what a cell of the summary asks for. Pure."""

from __future__ import annotations

from functools import cache

from cchc_xl.catalogue.model import Form
from cchc_xl.consolidation.contribution import figure_cells, figure_index
from cchc_xl.expressions import CellRef
from cchc_xl.values import normalise


@cache
def counterparts(form: Form, ref: CellRef, theirs: Form) -> tuple[int, ...]:
    """The cells of a child's form that ask for what the summary's cell asks for: on the same form the same cell.

    A code that stands twice in the child's form agrees with itself; the first place that is filled counts.
    Spare rows have no counterpart by their place (``spare_rows``).
    """
    spec = form.cells[ref]
    if spec.row.spare:
        return ()
    if form is theirs:
        return (figure_index(form)[ref],)
    below = spec.row.below
    codes = below.codes if below is not None else (spec.code,)
    index = _by_code(theirs)
    label = normalise(spec.row.label) if spec.column.kind is not None else ""
    return next((index[code, label] for code in codes if (code, label) in index), ())


@cache
def _by_code(form: Form) -> dict[tuple[str, str], tuple[int, ...]]:
    """Cells by canonical code; in tables also by the row's name, normalised."""
    index: dict[tuple[str, str], tuple[int, ...]] = {}
    for place, spec in enumerate(figure_cells(form)):
        if spec.code and not spec.row.spare:
            label = normalise(spec.row.label) if spec.column.kind is not None else ""
            index[spec.code, label] = (*index.get((spec.code, label), ()), place)
    return index
