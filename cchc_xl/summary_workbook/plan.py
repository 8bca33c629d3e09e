"""Where everything stands in "Theo đơn vị": its columns, its lines, and the addresses that formulas need. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cchc_xl import excel_limits
from cchc_xl.catalogue.model import Appendix, CellSpec, Form, Rollup, Row
from cchc_xl.companions.titles import appendix_line
from cchc_xl.consolidation.line_label import figure_label
from cchc_xl.consolidation.lines import SummaryCell
from cchc_xl.consolidation.own_parts import asks_own_part
from cchc_xl.consolidation.states import FileState
from cchc_xl.consolidation.summary import Summary, given_stamp
from cchc_xl.errors import InputFault
from cchc_xl.expressions import CellRef, Ratio
from cchc_xl.layout import cell_address, column_letters
from cchc_xl.own_part import OWN_SHEET

BY_UNIT_SHEET = "Theo đơn vị"
HEADER_ROW = 3
APPENDIX, STT, LABEL, MEASURE, ROLLUP, FIRST_UNIT = range(6)
# Columns after the units, counted from the first of them.
TOTAL, COUNTED, LOWEST, HIGHEST, REMARK = range(5)
NOT_SENT = "chưa nộp"
# Hidden keys, by which the next merge finds the figures of this one: a row above the headings (unit and hash of its
# file), and a column behind the last one (appendix/order/column).
KEY_ROW = HEADER_ROW - 1
KEY_COLUMN = REMARK + 1
UNIT_KEY, TOTAL_KEY, ROW_KEYS, LABEL_KEY = "cchc:unit:", "cchc:total", "cchc:row", "cchc:label"
# The sheet in which the parent enters its own parts: its header row, the columns of the units' sum and of the totals.
OWN_HEADER_ROW = 3
OWN_CHILDREN, OWN_TOTAL = 4, 6


@dataclass(frozen=True, slots=True)
class UnitColumn:
    """A unit's column. ``absent`` says why nothing stands in it; empty when the unit is in the summary."""

    code: str
    name: str
    absent: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the sheet: a heading of the form (no ``cell``), a figure, or a ratio's numerator or denominator."""

    appendix: str
    stt: str
    label: str
    at: int = 0
    measure: str = ""
    top: bool = False
    cell: SummaryCell | None = None
    part: int | None = None


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """The sheet's columns and lines. ``parts``: the lines of numerator and denominator of each recomputed ratio.

    ``own_rows``: the lines of "Phần của cấp tổng hợp".
    """

    form: Form
    units: Sequence[UnitColumn]
    lines: Sequence[Line]
    rows: Mapping[CellRef, int]
    parts: Mapping[CellRef, tuple[int, int]]
    own_rows: Mapping[CellRef, int]

    def after_units(self, column: int) -> int:
        """Index of one of the columns after the units."""
        return FIRST_UNIT + len(self.units) + column

    def unit_range(self, row: int) -> str:
        """``F12:N12``; empty when there is no unit at all."""
        if not self.units:
            return ""
        return f"{cell_address(row, FIRST_UNIT)}:{cell_address(row, FIRST_UNIT + len(self.units) - 1)}"

    def unit_range_outside(self, row: int) -> str:
        """The same as formulas of other sheets write it."""
        area = self.unit_range(row)
        return f"'{BY_UNIT_SHEET}'!{area}" if area else ""

    def own_total(self, ref: CellRef) -> str:
        """Where the total of own part and units stands: ``'Phần của cấp tổng hợp'!G5``."""
        return f"'{OWN_SHEET}'!{cell_address(self.own_rows[ref], OWN_TOTAL)}"

    def awaited(self) -> dict[str, str]:
        """The same of all lines of an appendix: ``'Phần của cấp tổng hợp'!$G$5:$G$8``."""
        areas: dict[str, list[int]] = {}
        for ref, row in self.own_rows.items():
            areas.setdefault(ref.appendix, []).append(row)
        column = column_letters(OWN_TOTAL)
        return {
            appendix: f"'{OWN_SHEET}'!${column}${min(rows) + 1}:${column}${max(rows) + 1}"
            for appendix, rows in areas.items()
        }

    def own_input(self, ref: CellRef) -> str:
        """Where the own part is entered."""
        return f"'{OWN_SHEET}'!{cell_address(self.own_rows[ref], OWN_TOTAL - 1)}"

    def total_address(self, ref: CellRef) -> str:
        """``'Theo đơn vị'!O12``."""
        return f"'{BY_UNIT_SHEET}'!{cell_address(self.rows[ref], self.after_units(TOTAL))}"


def plan_sheet(form: Form, summary: Summary) -> SheetPlan:
    """Lay the sheet out: every figure of the summary has a line, in form order below the form's headings.

    Raises ``InputFault`` when a sheet has too few columns for the units.
    """
    cells = {cell.spec.ref: cell for cell in summary.cells}
    stamp = given_stamp(form, summary)
    lines: list[Line] = []
    rows: dict[CellRef, int] = {}
    helpers: dict[CellRef, tuple[int, int]] = {}
    first = HEADER_ROW + 1

    def add(line: Line) -> int:
        lines.append(replace(line, at=first + len(lines)))
        return lines[-1].at

    for appendix in form.appendices:
        add(Line(appendix.id, "", appendix_line(form, appendix, stamp), top=True))
        for row in appendix.in_sheet:
            found = [spec for spec in _specs(appendix, row) if spec.ref in cells]
            if not found and (row.label or row.stt):
                add(Line(appendix.id, row.stt, row.label))
            for spec in found:
                cell = cells[spec.ref]
                label = figure_label(cell)
                measure = " ".join(row.unit.split())
                rows[spec.ref] = add(Line(appendix.id, row.stt, label, measure=measure, cell=cell))
                if cell.rollup is Rollup.RECOMPUTE and cell.sources and _part_cells(cell, cells) is None:
                    top = add(Line(appendix.id, "", f"Tử số của “{label}”", cell=cell, part=0))
                    bottom = add(Line(appendix.id, "", f"Mẫu số của “{label}”", cell=cell, part=1))
                    helpers[spec.ref] = top, bottom
    units = _units(summary)
    room = excel_limits.COLUMNS - FIRST_UNIT - KEY_COLUMN - 1
    if len(units) > room:
        raise InputFault(
            f"Có {len(units)} đơn vị nhưng trang “{BY_UNIT_SHEET}” chỉ chứa được {room} đơn vị, vì Excel có "
            f"{excel_limits.COLUMNS} cột: hãy chia các sổ nộp thành nhóm, tổng hợp từng nhóm rồi tổng hợp các sổ đó."
        )
    parts = dict(helpers)
    for cell in summary.cells:
        pair = _part_cells(cell, cells) if cell.rollup is Rollup.RECOMPUTE and cell.spec.ref not in parts else None
        if pair is not None:
            parts[cell.spec.ref] = rows[pair[0]], rows[pair[1]]
    asked = [cell.spec.ref for cell in summary.cells if asks_own_part(cell)]
    own_rows = {ref: OWN_HEADER_ROW + 1 + index for index, ref in enumerate(asked)}
    return SheetPlan(form, units, lines, rows, parts, own_rows)


def _specs(appendix: Appendix, row: Row) -> list[CellSpec]:
    refs = (CellRef(appendix.id, row.order, column.key) for column in appendix.columns)
    return [appendix.cells[ref] for ref in refs if ref in appendix.cells]


def _units(summary: Summary) -> list[UnitColumn]:
    taken = {child.unit_code for child in summary.children}
    sent = {file.unit_code for file in summary.files if file.state is not FileState.UNEXPECTED_UNIT}
    columns = []
    for unit in summary.expected or ():
        absent = "" if unit.code in taken else "không đưa vào" if unit.code in sent else NOT_SENT
        columns.append(UnitColumn(unit.code, unit.full_name, absent))
    known = {column.code for column in columns}
    columns += [UnitColumn(c.unit_code, c.unit) for c in summary.children if c.unit_code not in known]
    return columns


def _part_cells(cell: SummaryCell, cells: Mapping[CellRef, SummaryCell]) -> tuple[CellRef, CellRef] | None:
    """The lines of numerator and denominator, when they hold the very numbers that the ratio was computed from."""
    ratio = cell.spec.derived[0] if cell.spec.derived else None
    if not isinstance(ratio, Ratio):
        return None
    top, bottom = ratio.numerator, ratio.denominator
    if not isinstance(top, CellRef) or not isinstance(bottom, CellRef):
        return None
    top, bottom = top.at(cell.spec.row.order), bottom.at(cell.spec.row.order)
    if top not in cells or bottom not in cells:
        return None
    tops, bottoms = dict(cells[top].sources.by_unit()), dict(cells[bottom].sources.by_unit())
    for index, child in enumerate(cell.sources.children):
        shown = tops.get(child.unit_code), bottoms.get(child.unit_code)
        if (None if None in shown else shown) != cell.sources.parts.get(index):
            return None
    return top, bottom
