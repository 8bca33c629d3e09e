"""The live formulas of a summary against what they have to be: a right result beside a false formula turns wrong as
soon as Excel computes it, and a constant in place of a formula does not follow what is corrected."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from cchc_xl.audit.claims import Claims, LineClaim, address, at
from cchc_xl.audit.discrepancy import Discrepancy, Kind
from cchc_xl.audit.figures import Given, Row, part_lines
from cchc_xl.audit.totals import Expected, as_number
from cchc_xl.audit.wording import AGAIN
from cchc_xl.catalogue.model import CellKind, Rollup
from cchc_xl.consolidation.changes import figure_key
from cchc_xl.consolidation.lines import Sources, SummaryCell
from cchc_xl.expressions import CellRef, Ratio
from cchc_xl.layout import cell_address
from cchc_xl.own_part import OWN_SHEET
from cchc_xl.summary_workbook.plan import BY_UNIT_SHEET, COUNTED, HIGHEST, LOWEST, TOTAL, SheetPlan, UnitColumn
from cchc_xl.summary_workbook.totals import count_formula, own_formulas, range_formulas, total_formula

_DECIMALS = re.compile(r"[0-9]+\.[0-9]+|[0-9]{16,}")


@dataclass(frozen=True)
class _Seen(SheetPlan):
    """The sheet as it stands: a user's own rows and columns may have pushed its lines."""

    first: int = 0
    last: int = 0
    total: int = 0

    def unit_range(self, row: int) -> str:
        return f"{cell_address(row, self.first)}:{cell_address(row, self.last)}" if self.units else ""

    def after_units(self, column: int) -> int:
        return self.total + column


class Formulas:
    """What every line's formulas have to be."""

    def __init__(self, claims: Claims, rows: Mapping[str, Row]) -> None:
        columns = claims.columns
        self.claims = claims
        self.rows = rows
        self._parts_of: dict[CellRef, tuple[int, int]] = {}
        self.plan = _Seen(
            claims.form,
            [UnitColumn(column.code, column.heading) for column in columns],
            (),
            {row.spec.ref: row.line.row for row in rows.values()},
            self._parts_of,
            claims.own_rows,
            columns[0].index if columns else 0,
            columns[-1].index if columns else 0,
            claims.total,
        )

    def line(self, row: Row, below: Sequence[LineClaim], given: Given, expected: Expected) -> Iterator[Discrepancy]:
        """The formulas of a line of "Theo đơn vị", of the parent's own sheet and of the form."""
        cell = self._cell(row, given)
        parts = self._parts(row, below)
        if parts is None and row.rollup is Rollup.RECOMPUTE:
            return  # the lines of its parts are missing, which is said elsewhere
        if parts is not None:
            self._parts_of[row.spec.ref] = parts
        low, high = range_formulas(cell, self.plan) or (None, None)
        counts = [count_formula(cell, self.plan, self.claims.owing)]
        if not given.numbers and not given.parts:  # perhaps no unit was asked: then it is no ratio of theirs
            counts.append(count_formula(replace(cell, sources=Sources()), self.plan, self.claims.owing))
        rights: dict[int, list[str | None]] = {
            TOTAL: [total_formula(cell, self.plan)],
            COUNTED: counts,
            LOWEST: [low],
            HIGHEST: [high],
        }
        for column, right in rights.items():
            place = row.line.row, self.claims.total + column
            shown = at(row.line.cells, place[1])
            yield from _compared(row, address(BY_UNIT_SHEET, *place), self.claims.formulas.get(place), right, shown)
        own = self.claims.own_rows.get(row.spec.ref)
        if own is not None:
            for column, formula in own_formulas(row.spec, self.plan).items():
                there = self.claims.own_formulas.get((own, column))
                yield from _compared(row, address(OWN_SHEET, own, column), there, [formula], 0)
        yield from self._form(row, expected, asked=own is not None)

    def _form(self, row: Row, expected: Expected, *, asked: bool) -> Iterator[Discrepancy]:
        spec = row.spec
        place = self.claims.shown.get(spec.ref)
        if place is None or spec.kind is CellKind.YESNO:
            return
        if asked:
            right = self.plan.own_total(spec.ref)
        elif (row.rollup is Rollup.COUNT_YES and not spec.kind.numeric) or expected.low is None or expected.blank:
            return
        else:
            right = self.plan.total_address(spec.ref)
        formula = self.claims.form_formulas.get(spec.ref)
        yield from _compared(row, f"{place[0]} ô {place[1]}", formula, [right], place[2])

    def _cell(self, row: Row, given: Given) -> SummaryCell:
        """As much of the line as its formulas depend on."""
        codes = list(dict.fromkeys((*given.numbers, *given.of_units, *given.parts))) or [""]
        told = {place: given.of_units[code] for place, code in enumerate(codes) if code in given.of_units}
        sources = Sources(
            children=[None] * len(codes),  # type: ignore[list-item]  # only their number counts
            numbers=[given.numbers.get(code) for code in codes],
            of_units=told,
        )
        shown = as_number(at(row.line.cells, self.claims.total))
        lows, highs = sources.lows(), sources.highs()
        low: Decimal | None = None
        listed = False
        if row.rollup is Rollup.DISTINCT and lows and shown is not None:
            listed = Decimal(max(lows)) != sum(highs, Decimal(0))
        elif row.rollup is Rollup.RECOMPUTE and not given.additive:
            ends = (found.low for found in told.values())
            ratios = [top / bottom for top, bottom in given.parts.values() if bottom]
            low = min([*ratios, *(end for end in ends if end is not None)], default=None)
        return SummaryCell(row.spec, row.rollup, shown, sources, minimum=low, listed=listed)

    def _parts(self, row: Row, below: Sequence[LineClaim]) -> tuple[int, int] | None:
        lines = part_lines(below)
        if lines:
            return lines[0].row, lines[1].row
        ratio = row.spec.derived[0] if row.spec.derived else None
        if not isinstance(ratio, Ratio):
            return None
        halves = (
            half.at(row.spec.row.order) for half in (ratio.numerator, ratio.denominator) if isinstance(half, CellRef)
        )
        found = [self.rows[key].line.row for key in map(figure_key, halves) if key in self.rows]
        return (found[0], found[1]) if len(found) == 2 else None


def _compared(
    row: Row, cell: str, formula: str | None, right: Sequence[str | None], shown: object
) -> Iterator[Discrepancy]:
    """``right``: the formulas that may stand there; ``shown``: what the cell shows."""
    wanted = [bare(one) for one in right if one is not None]
    if formula is None:
        if not wanted or shown in ("", None):
            return  # what stands there is compared elsewhere
        wrong = "không còn công thức mà là nội dung gõ vào"
    elif bare(formula) in wanted:
        return
    else:
        wrong = f"có công thức khác với công thức của bộ công cụ ({formula[:60]})"
    yield Discrepancy(Kind.FORMULA, f"Trang {cell} ({row.words}) {wrong}: {AGAIN}.", row=row.words, cell=cell)


def bare(formula: str) -> str:
    """For comparison: programs differ in spaces, letter case, signs of absolute places, and keep 15 digits."""
    text = re.sub(r"[\s$]+", "", formula).lstrip("=").upper()
    text = text.replace("FALSE()", "FALSE").replace("TRUE()", "TRUE")
    return _DECIMALS.sub(lambda match: format(float(match[0]), ".15g"), text)
