"""The sheet "Theo đơn vị": every figure of every unit, with the live total that the form links to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import quote

from cchc_xl.catalogue.model import CellKind, Rollup
from cchc_xl.consolidation.changes import figure_key
from cchc_xl.consolidation.contribution import Number
from cchc_xl.consolidation.lines import Sources, SummaryCell
from cchc_xl.consolidation.summary import Summary
from cchc_xl.form_workbook.styles import COMPUTED_FILL, HEADER_FILL, NUMBER_FORMATS, Styles
from cchc_xl.layout import column_letters
from cchc_xl.periods import period_words
from cchc_xl.summary_workbook.page import SIZE, Page, TableRow, clean, plain_format
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
    LABEL_KEY,
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
_KEY_WIDTH = 8.43
# So many units still read well across one A4 page; more go on further pages with the row titles repeated.
_UNITS_PER_PAGE = 14


def write_by_unit(workbook: Any, styles: Styles, summary: Summary, plan: SheetPlan) -> None:
    """Add the sheet."""
    _ByUnit(workbook, styles, summary, plan).write()


class _ByUnit:
    def __init__(self, workbook: Any, styles: Styles, summary: Summary, plan: SheetPlan) -> None:
        self.summary = summary
        self.plan = plan
        widths = [*(w for _, w in _LEFT), *(_UNIT_WIDTH for _ in plan.units), *(w for _, w in _RIGHT), _KEY_WIDTH]
        self.page = Page(workbook, styles, BY_UNIT_SHEET, widths)
        self.sheet = self.page.sheet
        self.columns = {unit.code: FIRST_UNIT + index for index, unit in enumerate(plan.units)}
        self.letters = [column_letters(FIRST_UNIT + index) for index in range(len(plan.units))]
        self.absent = [index for index, unit in enumerate(plan.units) if unit.absent]

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
        self._keys()
        last = plan.lines[-1].at if plan.lines else HEADER_ROW
        if plan.lines:
            page.stream(plan.lines[0].at, last, map(self._row, plan.lines))
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
        sheet.write_string(KEY_ROW, LABEL, LABEL_KEY)
        sheet.write_string(KEY_ROW, plan.after_units(TOTAL), TOTAL_KEY)
        keys = plan.after_units(KEY_COLUMN)
        sheet.write_string(KEY_ROW, keys, ROW_KEYS)
        sheet.set_row(KEY_ROW, None, None, {"hidden": True})
        sheet.set_column(keys, keys, None, None, {"hidden": True})

    def _row(self, line: Line) -> TableRow:
        row = TableRow(self.page, line.at)
        if line.cell is None:
            self._heading(row, line)
        elif line.part is None:
            self._figure(row, line, line.cell)
        else:
            self._part(row, line, line.cell, line.part)
        return row

    def _heading(self, row: TableRow, line: Line) -> None:
        style, plan = self.page.style, self.plan
        # An appendix's title runs on over the cells to its right.
        look: dict[str, object] = {"bg_color": HEADER_FILL, "text_wrap": False} if line.top else {}
        row.text(APPENDIX, line.appendix, style(bold=True, align="center", **look))
        row.text(STT, line.stt, style(bold=True, **look))
        row.text(LABEL, line.label, style(bold=True, **look))
        empty = style(bg_color=HEADER_FILL, left=0, right=0) if line.top else style()
        for column in range(LABEL + 1, plan.after_units(REMARK) + 1):
            row.blank(column, empty)

    def _figure(self, row: TableRow, line: Line, cell: SummaryCell) -> None:
        plan, style, at = self.plan, self.page.style, line.at
        self._titles(row, line, ROLLUP_WORDS[cell.rollup])
        number_format = _number_format(cell)
        self._units(row, cell.sources.numbers, cell.sources, number_format)
        total = style(bold=True, align="right", bg_color=COMPUTED_FILL, num_format=_total_format(cell))
        self._formula(row, TOTAL, total_formula(cell, plan), _shown(cell.value), total)
        counted = f"{cell.n_units}/{self.summary.units_expected}"
        self._formula(
            row, COUNTED, count_formula(cell, plan, self.summary.units_expected), counted, style(align="center")
        )
        formulas, values = range_formulas(cell, plan) or (None, None), range_values(cell) or (None, None)
        for column, formula, value in zip((LOWEST, HIGHEST), formulas, values, strict=True):
            self._formula(row, column, formula, _shown(value), style(align="right", num_format=number_format))
        said = remark(cell)
        if cell.rollup is Rollup.RECOMPUTE and plan.parts.get(cell.spec.ref, (0, 0))[0] == at + 1:
            said = f"Tính từ tử số, mẫu số ở hai hàng dưới. {said}".strip()
        row.text(plan.after_units(REMARK), said, style())
        row.text(plan.after_units(KEY_COLUMN), figure_key(cell.spec.ref), style())

    def _part(self, row: TableRow, line: Line, cell: SummaryCell, part: int) -> None:
        """The numerators or denominators of a ratio whose parts stand nowhere else in the sheet."""
        self._titles(row, line, "", italic=True)
        parts = cell.sources.parts
        numbers = [parts[index][part] if index in parts else None for index in range(len(cell.sources))]
        present = [number for number in numbers if number is not None]
        self._units(row, numbers, replace(cell.sources, words={}), plain_format(present))
        for column in range(len(_RIGHT)):
            row.blank(self.plan.after_units(column), self.page.style())

    def _titles(self, row: TableRow, line: Line, rollup: str, **properties: object) -> None:
        style = self.page.style
        row.text(APPENDIX, line.appendix, style(align="center"))
        row.text(STT, line.stt, style())
        row.text(LABEL, line.label, style(**properties))
        row.text(MEASURE, line.measure, style(align="center"))
        row.text(ROLLUP, rollup, style())

    def _units(self, row: TableRow, numbers: Sequence[Number | None], sources: Sources, number_format: str) -> None:
        """The units' figures; a word where a unit gave no number, grey where there is nothing of a unit."""
        units, style = self.plan.units, self.page.style
        figure = style(align="right", num_format=number_format)
        places = [self.columns[child.unit_code] - FIRST_UNIT for child in sources.children]
        in_order: list[Number | None]
        if len(places) == len(units) and places == self._all_places:
            in_order = list(numbers)
        else:
            in_order = [None] * len(units)
            for place, number in zip(places, numbers, strict=True):
                in_order[place] = number
        special = {**dict.fromkeys(self.absent, ""), **{places[index]: word for index, word in sources.words.items()}}
        # Of a summary: how many of its own units have it, of how many.
        told = {places[at]: sum(found.counts.values()) for at, found in sources.of_units.items() if found.counts}
        told = {place: count for place, count in told.items() if in_order[place] is not None}
        start = 0
        for place in sorted(special.keys() | told.keys()):
            row.numbers(self.letters[start:place], in_order[start:place], figure)
            number = in_order[place]
            if place in told and number is not None:
                row.number(FIRST_UNIT + place, number, style(align="right", num_format=f'0"/{told[place]}"'))
            elif units[place].absent:
                row.blank(FIRST_UNIT + place, style(bg_color=ABSENT_FILL))
            else:
                row.text(FIRST_UNIT + place, special[place], style(align="right"))
            start = place + 1
        row.numbers(self.letters[start:], in_order[start:], figure)

    @cached_property
    def _all_places(self) -> list[int]:
        return list(range(len(self.plan.units)))

    def _formula(self, row: TableRow, column: int, formula: str | None, value: float | str, style: Any) -> None:
        index = self.plan.after_units(column)
        if formula is None:
            row.blank(index, style)
        else:
            row.formula(index, formula, value, style)


def _unit_heading(unit: UnitColumn) -> str:
    code = f"\n({unit.code})" if unit.code and unit.code != unit.name else ""
    return f"{unit.name}{code}" + (f"\n– {unit.absent} –" if unit.absent else "")


def _shown(value: Decimal | None) -> float | str:
    return "" if value is None else float(value)


def _number_format(cell: SummaryCell) -> str:
    if cell.spec.kind is CellKind.PERCENT:
        return NUMBER_FORMATS["ratio"]
    return plain_format(cell.sources.present())


def _total_format(cell: SummaryCell) -> str:
    return NUMBER_FORMATS["count"] if cell.rollup is Rollup.COUNT_YES else _number_format(cell)
