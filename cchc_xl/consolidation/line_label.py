"""How a line of figures is called: by the form's words, or by what units call a row that they added. Pure."""

from __future__ import annotations

from typing import Protocol

from cchc_xl.catalogue.model import CellSpec


class Named(Protocol):
    """A figure of a form, and what the unit calls the row where it added it."""

    @property
    def spec(self) -> CellSpec: ...

    @property
    def name(self) -> str: ...


def figure_label(cell: Named) -> str:
    """The row's label, in tables with the column's heading."""
    return spec_label(cell.spec, cell.name)


def spec_label(spec: CellSpec, name: str = "") -> str:
    """The same of a cell of the form; ``name``: what the unit calls the row."""
    label = " ".join((name or spec.row.label).split())
    if spec.column.kind is None:
        return label
    heading = column_label(spec)
    return f"{label} – {heading}" if label else heading


def column_label(spec: CellSpec) -> str:
    """The heading of a table's column in one line."""
    return spec.column.heading.replace(" > ", ", ")
