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
from cchc_xl.over_time.comparison import LACKING, ComparedRow, Difference, scope_remarks, unlike
from cchc_xl.periods import Period
from cchc_xl.units import Unit, UnitList
from cchc_xl.values import exact

_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class UnitComparison:
    """A figure of one unit in two summaries. ``same``: whether both speak of one and the same unit."""

    other: str
    unit: str
    row: ComparedRow
    same: bool
    remark: str = ""


def compare_units(
    form: Form, words: str, now: tuple[Period, Earlier], before: tuple[Period, Earlier], units: UnitList | None
) -> Iterator[UnitComparison]:
    """Unit by unit, each figure that both summaries have or one of them; amounts and percentages alone."""
    (period, ours), (other, theirs) = now, before
    codes = list(ours.units)
    for at, code in enumerate(codes):
        name = ours.units[code].name
        matched, remark, why = _matched(code, name, period, other, theirs, units)
        same = not remark and bool(matched)
        for spec in figure_cells(form):
            if spec.kind not in (CellKind.COUNT, CellKind.MONEY, CellKind.DECIMAL, CellKind.PERCENT):
                continue
            assert spec.quantity is not None
            key = figure_key(spec.ref)
            number = _number(ours.figures.get(key, ()), at)
            numbers = [_number(theirs.figures.get(key, ()), list(theirs.units).index(found)) for found in matched]
            figure, cause = _together(numbers, spec.quantity.rollup)
            if number is None and figure is None and not any(one is not None for one in numbers):
                continue
            cause = why or cause or unlike(spec.quantity.period, period, other)
            found = _difference(number, figure, cause, percent=spec.kind is not CellKind.PERCENT)
            said = " ".join(
                filter(None, (remark, f"Không so sánh: {cause}." if cause and found.change is None else ""))
            )
            yield UnitComparison(words, name, ComparedRow(spec, number, (found,)), same, said)
    gone = [theirs.units[code].name for code in theirs.units if not _goes_on(code, theirs, ours, period, other, units)]
    for name in gone:
        spec = next(iter(figure_cells(form)))
        empty = ComparedRow(spec, None, (Difference(),))
        yield UnitComparison(words, name, empty, False, "Có trong sổ kỳ so sánh, không có trong sổ kỳ này.")


def _matched(
    code: str, name: str, period: Period, other: Period, theirs: Earlier, units: UnitList | None
) -> tuple[list[str], str, str]:
    """The units of the earlier summary that a unit of now is compared with, what is unlike, and why nothing can be."""
    present = units.find(code, name, period.calendar_end) if units else None
    if units is None or present is None:
        if code in theirs.units:
            if units is None and theirs.units[code].name != name:
                return [code], f"Mã {code} ở kỳ so sánh là của {theirs.units[code].name}.", "cùng mã nhưng khác tên"
            return [code], "", ""
        return [], "Không có trong sổ kỳ so sánh.", "không có số của kỳ so sánh"
    before = units.predecessors(present, other.calendar_end)
    given = [unit for unit in before if unit.code in theirs.units]
    remark = " ".join(scope_remarks(present, before, given))
    if not given:
        return [], remark or "Không có trong sổ kỳ so sánh.", "không có số của kỳ so sánh"
    return [unit.code for unit in given], remark, LACKING if len(given) < len(before) else ""


def _goes_on(code: str, theirs: Earlier, ours: Earlier, period: Period, other: Period, units: UnitList | None) -> bool:
    """Whether a unit of the earlier summary is part of one of now."""
    if units is None:
        return code in ours.units
    known: list[Unit | None] = [units.find(now, ours.units[now].name, period.calendar_end) for now in ours.units]
    return any(
        code in {before.code for before in units.predecessors(unit, other.calendar_end)} for unit in known if unit
    )


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


def _difference(number: Decimal | None, figure: Decimal | None, cause: str, *, percent: bool) -> Difference:
    if number is None or figure is None or cause:
        return Difference(figure, why=cause)
    change = number - figure
    return Difference(figure, change, _HUNDRED * change / figure if percent and figure else None)
