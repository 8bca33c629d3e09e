"""The sheet "Theo đơn vị": every figure of every unit, with the live total that the form links to."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import quote

from cchc_xl.catalogue.model import CellKind, Rollup
from cchc_xl.consolidation.changes import figure_key
from cchc_xl.consolidation.rollup import Source, SummaryCell
from cchc_xl.consolidation.summary import Summary
from cchc_xl.errors import InputFault
from cchc_xl.form_workbook.styles import COMPUTED_FILL, HEADER_FILL, NUMBER_FORMATS, Styles
from cchc_xl.periods import parse_period
from cchc_xl.summary_workbook.page import SIZE, Page, clean, plain_format
from cchc_xl.summary_workbook.plan import (
    APPENDIX,
    BY_UNIT_SHEET,
    COUNTED,
    FIRST_UNIT,
    HEADER_ROW,
    HIGHEST,
    KEY_COLUMN,
    KEY_ROW,
    LABEL,
    LOWEST,
    MEASURE,
    REMARK,
    ROLLUP,
    ROW_KEYS,
    STT,
    TOTAL,
    TOTAL_KEY,
    UNIT_KEY,
    Line,
    SheetPlan,
    UnitColumn,
)
from cchc_xl.summary_workbook.remarks import ROLLUP_WORDS, remark
from cchc_xl.summary_workbook.totals import count_formula, range_formulas, range_values, total_formula

ABSENT_FILL = "#D9D9D9"
_LEFT = (("Phụ lục", 6.5), ("STT", 6.5), ("Chỉ tiêu", 42.0), ("Đơn vị tính", 12.0), ("Cách tổng hợp", 14.0))
_RIGHT = (("Tổng hợp", 11.0), ("Số đơn vị có số liệu", 8.0), ("Thấp nhất", 9.0), ("Cao nhất", 9.0), ("Ghi chú", 36.0))
_UNIT_WIDTH = 9.5
# So many units still read well across one A4 page; more go on further pages with the row titles repeated.
_UNITS_PER_PAGE = 14


def write_by_unit(workbook: Any, styles: Styles, summary: Summary, plan: SheetPlan) -> None:
    """Add the sheet."""
    _ByUnit(workbook, styles, summary, plan).write()


def period_words(period: str) -> str:
    """``Năm 2023``; the key itself when it is none of ours."""
    try:
        words = parse_period(period).words
    except InputFault:
        return period or "chưa ghi"
    return words


class _ByUnit:
    def __init__(self, workbook: Any, styles: Styles, summary: Summary, plan: SheetPlan) -> None:
        self.summary = summary
        self.plan = plan
        widths = [*(w for _, w in _LEFT), *(_UNIT_WIDTH for _ in plan.units), *(w for _, w in _RIGHT)]
        self.page = Page(workbook, styles, BY_UNIT_SHEET, widths)
        self.sheet = self.page.sheet
        self.columns = {unit.code: FIRST_UNIT + index for index, unit in enumerate(plan.units)}

    def write(self) -> None:
        plan, page, sheet = self.plan, self.page, self.sheet
        page.heading(0, "TỔNG HỢP SỐ LIỆU THEO ĐƠN VỊ", bold=True, font_size=14)
        whose = f"{self.summary.parent}, " if self.summary.parent else ""
        included = f"có số liệu của {len(self.summary.children)}/{self.summary.units_expected} đơn vị"
        page.heading(1, f"{whose}kỳ báo cáo: {period_words(self.summary.period)}; {included}", italic=True)
        headings = [*(h for h, _ in _LEFT), *(_unit_heading(u) for u in plan.units), *(h for h, _ in _RIGHT)]
        page.header(HEADER_ROW, headings)
        for index, unit in enumerate(plan.units):
            if unit.absent:
                style = page.styles.cell(bold=True, italic=True, align="center", font_size=SIZE, bg_color=ABSENT_FILL)
                page.text(HEADER_ROW, FIRST_UNIT + index, _unit_heading(unit), style)
        for line in plan.lines:
            if line.cell is None:
                self._heading(line)
            elif line.part is None:
                self._figure(line, line.cell)
            else:
                self._part(line, line.cell, line.part)
        self._keys()
        last = plan.lines[-1].at if plan.lines else HEADER_ROW
        sheet.autofilter(HEADER_ROW, 0, last, plan.after_units(REMARK))
        sheet.freeze_panes(HEADER_ROW + 1, LABEL + 1)
        sheet.repeat_columns(APPENDIX, LABEL)
        sheet.print_area(0, 0, last, plan.after_units(REMARK))
        sheet.fit_to_pages(max(1, -(-len(plan.units) // _UNITS_PER_PAGE)), 0)
        page.finish()
        sheet.protect("", {"format_rows": True, "format_columns": True, "autofilter": True})

    def _keys(self) -> None:
        """Hidden: whose figures stand in a column and from which file, and what a line is."""
        plan, sheet = self.plan, self.sheet
        files = self.summary.taken_files
        for unit in plan.units:
            if unit.code in files:
                key = f"{UNIT_KEY}{quote(unit.code, errors='replace')}|{files[unit.code].sha256}"
                sheet.write_string(KEY_ROW, self.columns[unit.code], clean(key))
        sheet.write_string(KEY_ROW, plan.after_units(TOTAL), TOTAL_KEY)
        keys = plan.after_units(KEY_COLUMN)
        sheet.write_string(KEY_ROW, keys, ROW_KEYS)
        for ref, row in plan.rows.items():
            sheet.write_string(row, keys, figure_key(ref))
        sheet.set_row(KEY_ROW, None, None, {"hidden": True})
        sheet.set_column(keys, keys, None, None, {"hidden": True})

    def _heading(self, line: Line) -> None:
        fill: dict[str, object] = {"bg_color": HEADER_FILL} if line.top else {}
        style = self.page.style(bold=True, **fill)
        self.page.text(line.at, APPENDIX, line.appendix, self.page.style(bold=True, align="center", **fill))
        self.page.put(line.at, STT, line.stt, bold=True, **fill)
        if line.top:  # an appendix's title runs across the table
            last = self.plan.after_units(REMARK)
            self.sheet.merge_range(line.at, LABEL, line.at, last, "", style)
            self.sheet.write_string(line.at, LABEL, line.label, style)
            return
        self.page.text(line.at, LABEL, line.label, style)
        for column in range(LABEL + 1, self.plan.after_units(REMARK) + 1):
            self.page.put(line.at, column, None)

    def _figure(self, line: Line, cell: SummaryCell) -> None:
        plan, page, at = self.plan, self.page, line.at
        self._titles(line, ROLLUP_WORDS[cell.rollup])
        number_format = _number_format(cell)
        self._units(
            at, {s.child.unit_code: s.number if s.number is not None else s.shown for s in cell.sources}, number_format
        )
        total = page.style(bold=True, align="right", bg_color=COMPUTED_FILL, num_format=_total_format(cell))
        self._formula(at, TOTAL, total_formula(cell, plan), _shown(cell.value), total)
        counted = f"{cell.n_units}/{self.summary.units_expected}"
        self._formula(
            at, COUNTED, count_formula(cell, plan, self.summary.units_expected), counted, page.style(align="center")
        )
        formulas, values = range_formulas(cell, plan) or (None, None), range_values(cell) or (None, None)
        for column, formula, value in zip((LOWEST, HIGHEST), formulas, values, strict=True):
            self._formula(at, column, formula, _shown(value), page.style(align="right", num_format=number_format))
        said = remark(cell)
        if cell.rollup is Rollup.RECOMPUTE and plan.parts.get(cell.spec.ref, (0, 0))[0] == at + 1:
            said = f"Tính từ tử số, mẫu số ở hai hàng dưới. {said}".strip()
        page.put(at, plan.after_units(REMARK), said)

    def _part(self, line: Line, cell: SummaryCell, part: int) -> None:
        """The numerators or denominators of a ratio whose parts stand nowhere else in the sheet."""
        self._titles(line, "", italic=True)
        numbers = {s.child.unit_code: _part_of(s, part) for s in cell.sources}
        present = [number for number in numbers.values() if number is not None]
        self._units(line.at, dict(numbers), plain_format(present))
        for column in range(len(_RIGHT)):
            self.page.put(line.at, self.plan.after_units(column), None)

    def _titles(self, line: Line, rollup: str, **properties: object) -> None:
        put = self.page.put
        put(line.at, APPENDIX, line.appendix, align="center")
        put(line.at, STT, line.stt)
        put(line.at, LABEL, line.label, **properties)
        put(line.at, MEASURE, line.measure, align="center")
        put(line.at, ROLLUP, rollup)

    def _units(self, at: int, contents: dict[str, Any], number_format: str) -> None:
        for unit in self.plan.units:
            column, content = self.columns[unit.code], contents.get(unit.code)
            if unit.absent:
                self.page.put(at, column, None, bg_color=ABSENT_FILL)
            elif isinstance(content, Decimal):
                self.page.put(at, column, content, align="right", num_format=number_format)
            else:
                self.page.put(at, column, content, align="right")

    def _formula(self, at: int, column: int, formula: str | None, value: float | str, style: Any) -> None:
        index = self.plan.after_units(column)
        if formula is None:
            self.sheet.write_blank(at, index, None, style)
        else:
            self.sheet.write_formula(at, index, formula, style, value)


def _unit_heading(unit: UnitColumn) -> str:
    code = f"\n({unit.code})" if unit.code and unit.code != unit.name else ""
    return f"{unit.name}{code}" + (f"\n– {unit.absent} –" if unit.absent else "")


def _part_of(source: Source, part: int) -> Decimal | None:
    return source.parts[part] if source.parts is not None else None


def _shown(value: Decimal | None) -> float | str:
    return "" if value is None else float(value)


def _number_format(cell: SummaryCell) -> str:
    if cell.spec.kind is CellKind.PERCENT:
        return NUMBER_FORMATS["ratio"]
    return plain_format([source.number for source in cell.sources if source.number is not None])


def _total_format(cell: SummaryCell) -> str:
    return NUMBER_FORMATS["count"] if cell.rollup is Rollup.COUNT_YES else _number_format(cell)
