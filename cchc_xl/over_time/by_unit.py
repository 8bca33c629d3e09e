"""Two summaries compared unit by unit, across mergers and changed codes. Pure.

A unit of now is compared with itself, or with all the units that it was made from by the list of units; where that is
not the same territory, or not all of these are in the earlier summary, it says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cchc_xl.catalogue.model import CellKind, Form, Rollup
from cchc_xl.consolidation.changes import Earlier, figure_key
from cchc_xl.consolidation.contribution import figure_cells
from cchc_xl.consolidation.line_label import column_label
from cchc_xl.consolidation.same_unit import same_unit
from cchc_xl.over_time.comparison import LACKING, ComparedRow, difference, scope_remarks
from cchc_xl.over_time.units_counted import Line
from cchc_xl.periods import Period
from cchc_xl.units import UnitList
from cchc_xl.values import exact, normalise

_ABSENT, _NOTHING = "Không có trong sổ kỳ so sánh.", "không có số của kỳ so sánh"


@dataclass(frozen=True, slots=True)
class UnitComparison:
    """A figure of one unit in two summaries. ``same``: whether both speak of one and the same territory.

    ``row``: ``None`` of a unit of which this period's summary has nothing.
    """

    other: str
    unit: str
    row: ComparedRow | None
    same: bool
    remark: str = ""


def compare_units(
    form: Form, words: str, now: tuple[Period, Earlier], before: tuple[Period, Earlier], units: UnitList | None
) -> Iterator[UnitComparison]:
    """Unit by unit, each figure that both summaries have or one of them; amounts and percentages alone."""
    (period, ours), (other, theirs) = now, before
    place = {code: at for at, code in enumerate(theirs.units)}
    rows = [
        (line, ours.figures.get(ours.key(line), ()), theirs.figures.get(theirs.key(line), ()))
        for line in _lines(form, ours, theirs)
    ]
    compared: set[str] = set()
    for at, code in enumerate(ours.units):
        name = ours.units[code].name
        matched, same, remark, why = _matched(code, name, period, other, theirs, units)
        compared.update(matched)
        for line, row, row_before in rows:
            spec = line.spec
            assert spec.quantity is not None
            number = _number(row, at)
            numbers = [_number(row_before, place[found]) for found in matched]
            figure, cause = _together(numbers, spec.quantity.rollup)
            if number is None and figure is None and not any(one is not None for one in numbers):
                continue
            found = difference(spec, (period, number), (other, figure), why or cause)
            reason = _capital(found.why) if found.change is not None else f"Không so sánh: {found.why}"
            said = " ".join(filter(None, (remark, f"{reason}." if found.why else "")))
            yield UnitComparison(words, name, ComparedRow(spec, number, (found,), line.name), same, said)
    gone = [unit.name for code, unit in theirs.units.items() if code not in compared]
    for name in gone:
        yield UnitComparison(words, name, None, False, "Có trong sổ kỳ so sánh, không có trong sổ kỳ này.")


def _lines(form: Form, ours: Earlier, theirs: Earlier) -> list[Line]:
    """Amounts and percentages; of the rows that units added each by its name, for its place says nothing."""
    lines, seen = [], set()
    for spec in figure_cells(form):
        if spec.kind not in (CellKind.COUNT, CellKind.MONEY, CellKind.DECIMAL, CellKind.PERCENT):
            continue
        if not spec.row.spare:
            lines.append(Line(spec))
            continue
        for summary in (ours, theirs):
            name = summary.labels.get(figure_key(spec.ref), "").removesuffix(f" – {column_label(spec)}")
            key = (spec.ref.appendix, spec.ref.column, normalise(name))
            if name and key not in seen:
                seen.add(key)
                lines.append(Line(spec, name))
    return lines


def _matched(
    code: str, name: str, period: Period, other: Period, theirs: Earlier, units: UnitList | None
) -> tuple[list[str], bool, str, str]:
    """The units of the earlier summary that a unit of now is compared with, whether they are the same territory, what
    has to be known, and why nothing can be compared."""
    present = units.find(code, name, period.calendar_end) if units else None
    if units is None or present is None:
        if code not in theirs.units:
            return [], False, _ABSENT, _NOTHING
        theirs_name = theirs.units[code].name
        if units is None and not same_unit(theirs_name, name):
            return [code], False, f"Mã {code} ở kỳ so sánh là của {theirs_name}.", "cùng mã nhưng khác tên"
        return [code], True, "", ""
    before = units.predecessors(present, other.calendar_end, period.calendar_end)
    given = [unit for unit in before if unit.code in theirs.units]
    said, same = scope_remarks(present, before, given)
    remark = " ".join(said)
    if not given:
        return [], False, remark or _ABSENT, _NOTHING
    return [unit.code for unit in given], same, remark, LACKING if len(given) < len(before) else ""


def _number(figures: Sequence[object], at: int) -> Decimal | None:
    found = figures[at] if at < len(figures) else None
    return exact(found) if isinstance(found, int | float) and not isinstance(found, bool) else None


def _together(numbers: Sequence[Decimal | None], rollup: Rollup) -> tuple[Decimal | None, str]:
    """The figure of several old units."""
    if len(numbers) <= 1:
        return (numbers[0] if numbers else None), ""
    there = [number for number in numbers if number is not None]
    if rollup is not Rollup.SUM:
        return None, "số của các đơn vị cũ không cộng được"
    if len(there) < len(numbers):
        return None, "có đơn vị cũ để trống"
    return sum(there, Decimal(0)), ""


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
