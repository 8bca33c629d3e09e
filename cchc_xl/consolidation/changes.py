"""What moved since an earlier merge of the same report, and by whose figures. Pure."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from cchc_xl.consolidation.line_label import Named, figure_label
from cchc_xl.consolidation.lines import SummaryCell
from cchc_xl.expressions import CellRef
from cchc_xl.values import normalise

# Programs store the last of a double's 17 digits in their own ways; a change of 1 in 10¹³ is still seen.
_SAME = 1e-14

Figure = float | str  # what a cell of "Theo đơn vị" shows; "" when nothing stands there
ReportRow = tuple[str, tuple[Figure, ...]]


@dataclass(frozen=True, slots=True)
class EarlierUnit:
    """A unit of the earlier summary and the file that its figures came from."""

    name: str
    sha256: str


@dataclass(frozen=True)
class Earlier:
    """The summary that a merge writes over: its units by code, figures by cell in the order of the units, totals.

    ``labels``: what its lines are called, by cell: rows that units added are known by their names alone.
    ``absent``: names of units that owed a report and are not in it.
    ``report``: the rows of its own sheet "Thay đổi". ``remark`` says why it could not be read. Without units and remark
    there was no such summary.
    """

    units: Mapping[str, EarlierUnit] = field(default_factory=dict)
    figures: Mapping[str, Sequence[Figure]] = field(default_factory=dict)
    totals: Mapping[str, Figure] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    report: tuple[ReportRow, ...] = ()
    remark: str = ""
    found: bool = False

    def key(self, cell: Named) -> str:
        """The key of a line in this summary; empty where it has no such line."""
        spec = cell.spec
        if not spec.row.spare:
            return figure_key(spec.ref)
        return self._by_label.get((spec.ref.appendix, spec.ref.column, normalise(figure_label(cell))), "")

    @cached_property
    def _by_label(self) -> Mapping[tuple[str, str, str], str]:
        found: dict[tuple[str, str, str], str] = {}
        for key, label in self.labels.items():
            appendix, _, column = (*key.split("/"), "", "")[:3]
            found.setdefault((appendix, column, normalise(label)), key)
        return found


class UnitMove(StrEnum):
    """What happened to a unit's submission."""

    NEW = "mới"
    GONE = "không còn"
    RESUBMITTED = "nộp lại"


@dataclass(frozen=True, slots=True)
class MovedUnit:
    """A unit whose file is not the one of the earlier summary."""

    code: str
    name: str
    move: UnitMove
    sha256_before: str
    sha256_after: str


@dataclass(frozen=True, slots=True)
class MovedFigure:
    """A line of the summary that moved: its total before and after, and the units whose figures moved."""

    cell: SummaryCell
    before: Figure
    after: Figure
    whose: Sequence[tuple[MovedUnit, Figure, Figure]]


@dataclass(frozen=True, slots=True)
class Changes:
    """The difference of two merges. The digests name the two sets of files."""

    units: Sequence[MovedUnit]
    figures: Sequence[MovedFigure]
    count_before: int
    count_after: int
    digest_before: str
    digest_after: str

    @property
    def moved_totals(self) -> int:
        """How many totals moved; of the other figures only the units' parts did."""
        return sum(not same(figure.before, figure.after) for figure in self.figures)


def figure_key(ref: CellRef) -> str:
    """``PL6/55/value``: the key of a line."""
    return f"{ref.appendix}/{ref.order}/{ref.column}"


def compare(earlier: Earlier, cells: Sequence[SummaryCell], units: Mapping[str, EarlierUnit]) -> Changes | None:
    """What moved; ``None`` when no figure and no unit did. ``units``: those of this merge by code.

    A unit whose file is the same, byte for byte, has the same figures: only the others are compared.
    """
    if not earlier.found:
        return None
    moved = _moved_units(earlier.units, units)
    if not moved:
        return None
    places = {code: place for place, code in enumerate(earlier.units)}
    figures = [found for cell in cells if (found := _moved_figure(earlier, places, cell, moved)) is not None]
    if not figures and all(unit.move is UnitMove.RESUBMITTED for unit in moved):
        return None
    return Changes(moved, figures, len(earlier.units), len(units), _digest(earlier.units), _digest(units))


def _moved_units(before: Mapping[str, EarlierUnit], after: Mapping[str, EarlierUnit]) -> list[MovedUnit]:
    moved = []
    for code, unit in after.items():
        old = before.get(code)
        if old is None:
            moved.append(MovedUnit(code, unit.name, UnitMove.NEW, "", unit.sha256))
        elif old.sha256 != unit.sha256:
            moved.append(MovedUnit(code, unit.name, UnitMove.RESUBMITTED, old.sha256, unit.sha256))
    moved += [
        MovedUnit(code, unit.name, UnitMove.GONE, unit.sha256, "") for code, unit in before.items() if code not in after
    ]
    return moved


def _moved_figure(
    earlier: Earlier, places: Mapping[str, int], cell: SummaryCell, units: Sequence[MovedUnit]
) -> MovedFigure | None:
    key = earlier.key(cell)
    if key not in earlier.totals:
        return None  # a line that the earlier summary did not have
    before, after = earlier.totals[key], shown_number(cell.value)
    sources, wanted = cell.sources, {unit.code for unit in units}
    figures = {
        child.unit_code: shown(sources.numbers[index], sources.words.get(index, ""))
        for index, child in enumerate(sources.children)
        if child.unit_code in wanted
    }
    row = earlier.figures.get(key, ())
    old = {unit.code: row[places[unit.code]] for unit in units if unit.code in places} if row else {}
    whose = [
        (unit, old.get(unit.code, ""), figures.get(unit.code, ""))
        for unit in units
        if not same(old.get(unit.code, ""), figures.get(unit.code, ""))
    ]
    return MovedFigure(cell, before, after, whose) if whose or not same(before, after) else None


def shown(number: int | Decimal | None, text: str) -> Figure:
    """A unit's figure as "Theo đơn vị" shows it."""
    return float(number) if number is not None else " ".join(text.split())


def shown_number(number: Decimal | None) -> Figure:
    """A total as "Theo đơn vị" shows it."""
    return "" if number is None else float(number)


def same(one: Figure, other: Figure) -> bool:
    """Whether two cells show the same."""
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    return math.isclose(one, other, rel_tol=_SAME)


def _digest(units: Mapping[str, EarlierUnit]) -> str:
    """One name for a set of files, whatever their order."""
    lines = "\n".join(sorted(f"{code}|{unit.sha256}" for code, unit in units.items()))
    return hashlib.sha256(lines.encode("utf-8", "replace")).hexdigest()
