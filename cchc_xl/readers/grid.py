"""What every reader gives: sheets as grids of raw values, with the formulas and error values that stand in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class CellFacts:
    """What values alone do not tell about a sheet: formula texts and error cells, by zero-based (row, column)."""

    formulas: Mapping[tuple[int, int], str] = field(default_factory=dict)
    errors: Mapping[tuple[int, int], str] = field(default_factory=dict)


class Book(Protocol):
    """A workbook that can be read."""

    @property
    def sheet_names(self) -> Sequence[str]:
        """Names of the sheets, in order."""

    def grid(self, sheet: str) -> Sequence[Sequence[object]]:
        """The values of a sheet from A1 on."""

    def facts(self, sheet: str) -> CellFacts:
        """Formulas and error values of a sheet."""
