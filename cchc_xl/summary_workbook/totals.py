"""The live formulas of "Theo đơn vị": each says in Excel what ``consolidation.rollup`` says in Python. Pure."""

from __future__ import annotations

from decimal import Decimal

from cchc_xl.catalogue.model import CellSpec, Rollup
from cchc_xl.consolidation.lines import SummaryCell
from cchc_xl.form_workbook.validation import condition
from cchc_xl.layout import cell_address
from cchc_xl.summary_workbook.plan import OWN_CHILDREN, OWN_TOTAL, SheetPlan

_TOTALS = {
    Rollup.SUM: "SUM({r})",
    Rollup.COUNT_YES: "COUNTIF({r},1)",
    Rollup.SHARED: 'IF(MAX({r})=MIN({r}),MAX({r}),"")',
    Rollup.DISTINCT: 'IF(MAX({r})=SUM({r}),MAX({r}),"")',
}
_BOTH = "--ISNUMBER({n}),--ISNUMBER({d})"
_RATIO = f'=IF(SUMPRODUCT({_BOTH},{{d}})=0,"",100*SUMPRODUCT({_BOTH},{{n}})/SUMPRODUCT({_BOTH},{{d}}))'
# Codes and flags have no lowest and highest: they are counted.
_RANGES = {
    Rollup.SUM: ("MIN", "MAX"),
    Rollup.OWN_PLUS_CHILDREN: ("MIN", "MAX"),
    Rollup.RECOMPUTE: ("MIN", "MAX"),
    Rollup.SHARED: ("MIN", "MAX"),
    Rollup.SPREAD: ("MIN", "MAX"),
    Rollup.DISTINCT: ("MIN", "MAX"),
}
RANGED = frozenset(_RANGES)


def total_formula(cell: SummaryCell, plan: SheetPlan) -> str | None:
    """The formula of "Tổng hợp"; ``None`` where no single figure is right."""
    ref = cell.spec.ref
    if ref in plan.own_rows:
        return "=" + plan.own_total(ref)
    if not plan.units or not cell.sources:
        return None
    if cell.rollup is Rollup.RECOMPUTE:
        if cell.value is None and cell.minimum is not None:
            return None  # shared lists that disagree: adding them up would be an average
        top, bottom = plan.parts[ref]
        return ratio_formula(plan.unit_range(top), plan.unit_range(bottom))
    if cell.listed and cell.value is not None:
        # Counted in the units' lists: no formula can, but one can see whether it still fits the figures.
        area = plan.unit_range(plan.rows[ref])
        return f'=IF(AND(COUNT({area})>0,MAX({area})<={cell.value},SUM({area})>={cell.value}),{cell.value},"")'
    total = _TOTALS.get(cell.rollup)
    if total is None:
        return None
    area = plan.unit_range(plan.rows[ref])
    lows, highs = _constants(cell)
    if cell.rollup is Rollup.COUNT_YES and cell.sources.of_units:
        total = "SUM({r})"  # of a summary the cell holds how many of its units have it, of any other unit 1 or 0
    elif lows and cell.rollup is Rollup.SHARED:
        return f'=IF(MAX({area},{highs})=MIN({area},{lows}),MAX({area},{highs}),"")'
    elif lows and cell.rollup is Rollup.DISTINCT:
        return f'=IF(MAX({area},{lows})=SUM({area},{highs}),MAX({area},{lows}),"")'
    return _unless_blank(total, area)


def ratio_formula(tops: str, bottoms: str) -> str:
    """The ratio of all units that have both parts."""
    return _RATIO.format(n=tops, d=bottoms)


def count_formula(cell: SummaryCell, plan: SheetPlan, expected: int) -> str | None:
    """How many units gave a figure, of how many: ``7/9``."""
    if not plan.units or cell.rollup is Rollup.NONE:
        return None
    if cell.rollup is Rollup.RECOMPUTE and cell.sources:
        top, bottom = (plan.unit_range(row) for row in plan.parts[cell.spec.ref])
        return f'=SUMPRODUCT(--ISNUMBER({top}),--ISNUMBER({bottom}))&"/{expected}"'
    more = cell.sources.without_number()
    plus = f"+{more}" if more else ""
    return f'=COUNT({plan.unit_range(plan.rows[cell.spec.ref])}){plus}&"/{expected}"'


def range_formulas(cell: SummaryCell, plan: SheetPlan) -> tuple[str, str] | None:
    """Lowest and highest figure."""
    functions = _RANGES.get(cell.rollup)
    if functions is None or not plan.units or not cell.sources:
        return None
    area = plan.unit_range(plan.rows[cell.spec.ref])
    lows, highs = _constants(cell)
    if lows:
        return f"={functions[0]}({area},{lows})", f"={functions[1]}({area},{highs})"
    low, high = (_unless_blank(f"{function}({{r}})", area) for function in functions)
    return low, high


def own_formulas(spec: CellSpec, plan: SheetPlan) -> dict[int, str]:
    """Of a line of the sheet for own parts, by column: what the units give together, the total with the own part."""
    ref = spec.ref
    at = plan.own_rows[ref]
    children, own = (cell_address(at, column) for column in (OWN_CHILDREN, OWN_TOTAL - 1))
    fits = condition(spec, own) or f"ISNUMBER({own})"
    found = {OWN_TOTAL: f'=IF({own}="","",IF({own}="-",{children},IF({fits},{own}+N({children}),"")))'}
    units = plan.unit_range_outside(plan.rows[ref])
    return {OWN_CHILDREN: _unless_blank("SUM({r})", units), **found} if units else found


def range_values(cell: SummaryCell) -> tuple[Decimal, Decimal] | None:
    """The true results of ``range_formulas``."""
    lows, highs = cell.sources.lows(), cell.sources.highs()
    if not lows:
        return None
    return Decimal(min(lows)), Decimal(max(highs))


def _constants(cell: SummaryCell) -> tuple[str, str]:
    """What summaries say of their units where the cell holds no number, lowest and highest, as formulas write them."""
    sources = cell.sources
    told = [found for at, found in sources.of_units.items() if sources.numbers[at] is None and found.low is not None]
    return ",".join(f"{found.low:f}" for found in told), ",".join(f"{found.high:f}" for found in told)


def _unless_blank(total: str, area: str) -> str:
    return f'=IF(COUNT({area})=0,"",{total.format(r=area)})'
