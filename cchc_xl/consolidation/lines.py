"""A line of the summary: what each unit gave, as columns of numbers, and the figure they become. Data only.

What stands in a place of a form is the same for all its submissions and is looked up once (``counterparts``), so that
thousands of units cost no more than their numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from cchc_xl.catalogue.model import CellSpec, Rollup
from cchc_xl.consolidation.contribution import Contribution, Number, Parts, figure_cells
from cchc_xl.expressions import CellRef
from cchc_xl.of_units import OfUnits
from cchc_xl.values import BLANK, Value


@dataclass(frozen=True, slots=True)
class Child:
    """One unit's submission in a merge."""

    unit_code: str
    unit: str
    given: Contribution

    def single(self, cell: int) -> Source:
        """What the unit gave in one cell of its form (a place of ``figure_cells``)."""
        number, parts = self.given.numbers[cell], self.given.parts.get(cell)
        return Source(
            self,
            figure_cells(self.given.form)[cell].ref,
            None if number is None else Decimal(number),
            self.given.words.get(cell, ""),
            None if parts is None else (Decimal(parts[0]), Decimal(parts[1])),
        )


@dataclass(frozen=True, slots=True)
class Source:
    """A unit's contribution: its cell, the number that counts, and what is shown when it is no number."""

    child: Child
    ref: CellRef
    number: Decimal | None
    shown: str = ""
    # Ratios: the numerator and denominator that enter the recomputed ratio, when the unit has both.
    parts: tuple[Decimal, Decimal] | None = None
    # The single cells, where the figure adds up several: rows of one name, of which the unit added some itself.
    addends: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Sources(Sequence[Source]):
    """What the units gave of one line, as columns side by side; a single ``Source`` is made when it is asked for.

    ``cells``: the place of the figure in each unit's form (``figure_cells``). ``words``, ``parts`` and ``addends`` are
    keyed by the place among the units; ``addends`` are the places of several cells that one figure adds up, ``printed``
    the ratios that a unit gave otherwise than its own parts say.
    """

    children: Sequence[Child] = ()
    cells: Sequence[int] = ()
    numbers: Sequence[Number | None] = ()
    words: Mapping[int, str] = field(default_factory=dict)
    parts: Mapping[int, Parts] = field(default_factory=dict)
    addends: Mapping[int, Sequence[int]] = field(default_factory=dict)
    printed: Mapping[int, Number] = field(default_factory=dict)
    # Of summaries among the units: what their own units gave together (``OfUnits``).
    of_units: Mapping[int, OfUnits] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.children)

    def __getitem__(self, index: int) -> Source:  # type: ignore[override]  # nobody asks for a slice
        child, number, parts = self.children[index], self.numbers[index], self.parts.get(index)
        return Source(
            child,
            figure_cells(child.given.form)[self.cells[index]].ref,
            None if number is None else Decimal(number),
            self.words.get(index, ""),
            None if parts is None else (Decimal(parts[0]), Decimal(parts[1])),
            tuple(child.single(cell) for cell in self.addends.get(index, ())),
        )

    def __iter__(self) -> Iterator[Source]:
        return map(self.__getitem__, range(len(self.children)))

    def present(self) -> list[Number]:
        """The numbers that are there."""
        return [number for number in self.numbers if number is not None]

    def lows(self) -> list[Number]:
        """The lowest of each unit: its number, or of a summary the lowest of its own units."""
        return self._ends([(index, found.low) for index, found in self.of_units.items()])

    def highs(self) -> list[Number]:
        """The highest of each unit."""
        return self._ends([(index, found.high) for index, found in self.of_units.items()])

    def _ends(self, ends: Sequence[tuple[int, Decimal | None]]) -> list[Number]:
        known = {index: end for index, end in ends if end is not None}
        plain = (number for index, number in enumerate(self.numbers) if number is not None and index not in known)
        return [*plain, *known.values()]

    def without_number(self) -> int:
        """How many summaries say something that is no single number."""
        return sum(self.numbers[index] is None for index, found in self.of_units.items() if found.parts is None)

    def by_unit(self) -> Iterator[tuple[str, Number | None]]:
        """Unit codes with their numbers."""
        return zip((child.unit_code for child in self.children), self.numbers, strict=True)


@dataclass(frozen=True, slots=True)
class SummaryCell:
    """A figure of the summary. ``value`` is ``None`` where no single figure is right; the others say what is known.

    ``n_units``: how many units gave a figure; of a recomputed ratio, how many entered it with both parts.
    ``children``: the sum over the units of an own_plus_children row, whose total waits for the parent's own part.
    ``left_out``: units without both parts of a recomputed ratio.
    """

    spec: CellSpec
    rollup: Rollup
    value: Decimal | None
    sources: Sources
    n_units: int = 0
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    children: Decimal | None = None
    # The parent's own part of such a row, as entered; ``value`` is then the total of both.
    own: Value = BLANK
    counts: Mapping[str, int] = field(default_factory=dict)
    # A distinct count: whether it is exact by the units' lists; else the units whose lists do not explain their figure.
    listed: bool = False
    unlisted: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    # What the units call a spare row of the form; empty for a printed row.
    name: str = ""
