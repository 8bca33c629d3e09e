"""Which units' figures are in the lines of a summary: what joins or compares summaries has to say where they differ.

A total over six communes and one over four are both right, and neither their sum nor their difference is. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cchc_xl.catalogue.model import CellSpec
from cchc_xl.consolidation.changes import Earlier
from cchc_xl.consolidation.line_label import Named
from cchc_xl.periods import Period
from cchc_xl.units import UnitList

_MOST_NAMES = 12


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a summary; ``name``: what units call a row that they added."""

    spec: CellSpec
    name: str = ""


def answering(summary: Earlier, line: Named) -> frozenset[str]:
    """The codes of the units that gave anything in a line (``-`` is an answer, a blank is none)."""
    figures = summary.figures.get(summary.key(line), ())
    return frozenset(code for code, figure in zip(summary.units, figures, strict=False) if figure != "")


def units_words(summary: Earlier, others: Sequence[Earlier] = ()) -> str:
    """``4/9 đơn vị, thiếu xã Nhơn Hải, …``; empty where every unit is there.

    ``others``: summaries of other periods: of their units those are named that this one does not know.
    """
    known = {unit.name for unit in summary.units.values()} | set(summary.absent)
    theirs = (unit.name for other in others for code, unit in other.units.items() if code not in summary.units)
    strange = [name for name in dict.fromkeys(theirs) if name not in known]
    if not summary.absent and not strange:
        return ""
    said = f"{len(summary.units)}/{_owing(summary)} đơn vị"
    said += f", thiếu {_listed(summary.absent)}" if summary.absent else ""
    return said + (f", không có {_listed(strange)} như ở kỳ khác" if strange else "")


def _listed(names: Sequence[str]) -> str:
    more = f" và {len(names) - _MOST_NAMES} đơn vị khác" if len(names) > _MOST_NAMES else ""
    return ", ".join(names[:_MOST_NAMES]) + more


def _owing(summary: Earlier) -> int:
    return len(summary.units) + len(summary.absent)


def periods_counted(line: Named, summaries: Sequence[tuple[str, Earlier]]) -> str:
    """``6/9 đơn vị ở quý I; 4/9 đơn vị ở quý II``, of summaries by period in words; empty where all units gave it."""
    answers = [(words, answering(summary, line), _owing(summary)) for words, summary in summaries]
    whole = all(len(codes) == owing for _, codes, owing in answers)
    alike = len({codes for _, codes, _ in answers}) == 1
    if not any(codes for _, codes, _ in answers) or (whole and alike):
        return ""
    return "; ".join(f"{len(codes)}/{owing} đơn vị ở {words}" for words, codes, owing in answers)


def made_from(
    ours: tuple[Period, Earlier], theirs: tuple[Period, Earlier], units: UnitList | None
) -> Mapping[str, Sequence[str]]:
    """By unit of now the codes of those that it was before; by the list where it knows the unit, else itself."""
    (period, summary), (other, _) = ours, theirs
    found = {}
    for code, unit in summary.units.items():
        present = units.find(code, unit.name, period.calendar_end) if units else None
        before = units.predecessors(present, other.calendar_end, period.calendar_end) if units and present else ()
        found[code] = [one.code for one in before] if present else [code]
    return found


def unlike_units(ours: Earlier, theirs: Earlier, origins: Mapping[str, Sequence[str]]) -> str:
    """Which units only one of two summaries has; empty where none."""
    before = {code for codes in origins.values() for code in codes}
    new = [unit.name for code, unit in ours.units.items() if not set(origins[code]) & theirs.units.keys()]
    gone = [unit.name for code, unit in theirs.units.items() if code not in before]
    if not new and not gone:
        return ""
    said = [f"kỳ so sánh không có {_listed(new)}"] if new else []
    said += [f"kỳ này không có {_listed(gone)}"] if gone else []
    return (
        f"Kỳ này có số liệu của {len(ours.units)} đơn vị, kỳ so sánh của {len(theirs.units)} đơn vị: {'; '.join(said)}."
    )


def counted_otherwise(line: Named, ours: Earlier, theirs: Earlier, origins: Mapping[str, Sequence[str]]) -> str:
    """Why a line's totals are not of the same units; empty where they are."""
    now, before = answering(ours, line), answering(theirs, line)
    if {code for unit in now for code in origins[unit] or ("",)} == before:
        return ""
    return f"khác đơn vị có số (kỳ này {len(now)} đơn vị, kỳ so sánh {len(before)})"
