"""The sheet "Biểu đồ": a chart for each ratio that a chairman looks at, with the live table that it is drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from cchc_xl.catalogue.charts import ChartSpec
from cchc_xl.consolidation.summary import Summary
from cchc_xl.form_workbook.styles import COMPUTED_FILL, FONT, NUMBER_FORMATS, Styles
from cchc_xl.layout import cell_address
from cchc_xl.periods import period_words
from cchc_xl.summary_workbook.by_unit import ABSENT_FILL
from cchc_xl.summary_workbook.page import Page, clean, plain_format
from cchc_xl.summary_workbook.plan import BY_UNIT_SHEET, FIRST_UNIT, SheetPlan
from cchc_xl.summary_workbook.ranking import MOST_BARS, Bar, Ranking, printable, rank_units
from cchc_xl.summary_workbook.remarks import names, number
from cchc_xl.summary_workbook.totals import ratio_formula

CHARTS_SHEET = "Biểu đồ"
_COLUMNS = (("TT", 4.5), ("Đơn vị", 26.0), ("Tử số", 8.5), ("Mẫu số", 8.5), ("Tỷ lệ", 8.0), ("Toàn bộ", 8.0))
HEADINGS = tuple(heading for heading, _ in _COLUMNS)
_RANK, _UNIT, _TOP, _BOTTOM, _RATIO, _WHOLE = range(6)
_CHART = len(_COLUMNS) + 1
_CHART_COLUMNS, _CHART_COLUMN = 10, 9.0
_SIZE = {"width": 675, "height": 600}
_CHART_ROWS = 30
# Percent: forty rows with their headings fill one A4 page in landscape, also where a program draws columns wider.
_SCALE = 60
_LABELLED = 24  # more bars than this leave no room for figures above them
_TITLE, _LONG_TITLE = 13, 11
_BAR, _LINE = "#2F5D8A", "#C55A11"


def bar_formula(row: int) -> str:
    """The ratio of the numerator and denominator beside it."""
    top, bottom = cell_address(row, _TOP), cell_address(row, _BOTTOM)
    return f'=IF({bottom}=0,"",100*{top}/{bottom})'


def write_charts(workbook: Any, styles: Styles, summary: Summary, plan: SheetPlan, charts: Sequence[ChartSpec]) -> None:
    """Add the sheet."""
    widths = [*(width for _, width in _COLUMNS), 2.0, *[_CHART_COLUMN] * _CHART_COLUMNS]
    page = Page(workbook, styles, CHARTS_SHEET, widths)
    page.sheet.set_print_scale(_SCALE)
    page.sheet.center_horizontally()
    page.heading(0, "BIỂU ĐỒ SO SÁNH CÁC ĐƠN VỊ", bold=True, font_size=14)
    whose = f"{summary.parent}, " if summary.parent else ""
    page.heading(1, f"{whose}kỳ báo cáo: {period_words(summary.period)}", italic=True)
    rankings = rank_units(charts, summary, plan)
    drawn = {ranking.spec.title for ranking in rankings}
    left_out = [f"“{chart.title}”" for chart in charts if chart.title not in drawn]
    at, breaks = 3, []
    for ranking in rankings:
        if at > 3:
            breaks.append(at)
        at = _Block(workbook, page, plan, ranking, at).write() + 2
    if left_out:
        page.heading(at, f"Không có biểu đồ {', '.join(left_out)}: biểu không có chỉ tiêu, hoặc chưa có số liệu.")
        at += 1
    page.sheet.set_h_pagebreaks(breaks)
    page.sheet.print_area(0, 0, at, len(widths) - 1)
    page.finish()


class _Block:
    """One chart and its table, from row ``at`` on."""

    def __init__(self, workbook: Any, page: Page, plan: SheetPlan, ranking: Ranking, at: int) -> None:
        self.workbook = workbook
        self.page = page
        self.plan = plan
        self.ranking = ranking
        self.at = at
        self.header = at + 2
        self.first = self.header + 1

    def write(self) -> int:
        """Write the block; gives the last row that it takes."""
        page, ranking = self.page, self.ranking
        page.heading(self.at, ranking.title, bold=True, font_size=13)
        page.heading(self.at + 1, f"Chỉ tiêu: {ranking.basis}. {self._whole_words()}", italic=True, font_size=10)
        for column, (heading, _) in enumerate(_COLUMNS):
            words = f"{heading} ({ranking.spec.unit})" if column in (_RATIO, _WHOLE) else heading
            page.text(self.header, column, words, page.header_style())
        row = self.first
        for rank, bar in self._ranked():
            self._bar(row, rank, bar)
            row += 1
        marked = ranking.silent if len(ranking.bars) + len(ranking.silent) <= MOST_BARS else ()
        for name, why in marked:
            style = {"bg_color": ABSENT_FILL, "italic": True}
            page.put(row, _RANK, "–", align="center", **style)
            page.put(row, _UNIT, f"{name} ({why})", **style)
            for column in range(_TOP, len(_COLUMNS)):
                page.put(row, column, None, **style)
            row += 1
        last = row - 1
        if ranking.silent and not marked:
            absent = names([f"{name} ({why})" for name, why in ranking.silent])
            page.heading(row, f"Không vẽ {len(ranking.silent)} đơn vị: {absent}.", italic=True, font_size=10)
            row += 1
        self._chart(last)
        return max(row - 1, self.header + _CHART_ROWS)

    def _ranked(self) -> list[tuple[int, Bar]]:
        """The bars with their ranks: equal ratios bear one rank."""
        ranks: dict[Decimal, int] = {}
        for rank, bar in enumerate(self.ranking.bars, start=1):
            ranks.setdefault(bar.ratio, rank)
        return [(ranks[bar.ratio], bar) for bar in self.ranking.shown]

    def _bar(self, row: int, rank: int, bar: Bar) -> None:
        page, sheet = self.page, self.page.sheet
        ratio_style = page.style(align="right", bold=True, num_format=NUMBER_FORMATS["ratio"])
        page.put(row, _RANK, rank, align="center")
        page.put(row, _UNIT, bar.name)
        links = [f"'{BY_UNIT_SHEET}'!{cell_address(line, FIRST_UNIT + bar.index)}" for line in self.ranking.rows]
        if bar.parts is None:
            page.put(row, _TOP, None)
            page.put(row, _BOTTOM, None)
            sheet.write_formula(row, _RATIO, f"={links[0]}", ratio_style, float(bar.ratio))
        else:
            for column, link, part in zip((_TOP, _BOTTOM), links, bar.parts, strict=True):
                style = page.style(align="right", num_format=plain_format([part]))
                sheet.write_formula(row, column, f"={link}", style, float(part))
            sheet.write_formula(row, _RATIO, bar_formula(row), ratio_style, float(bar.ratio))
        whole = page.style(align="right", num_format=NUMBER_FORMATS["ratio"], bg_color=COMPUTED_FILL)
        if self.ranking.whole is None:
            sheet.write_blank(row, _WHOLE, None, whole)
        else:
            sheet.write_formula(row, _WHOLE, self._whole_formula(), whole, float(self.ranking.whole))

    def _whole_formula(self) -> str:
        if self.ranking.total is not None:
            return "=" + self.plan.total_address(self.ranking.total)
        top, bottom = (f"'{BY_UNIT_SHEET}'!{self.plan.unit_range(line)}" for line in self.ranking.rows)
        return ratio_formula(top, bottom)

    def _whole_words(self) -> str:
        if self.ranking.whole is None:
            return "Không có tỷ lệ toàn bộ: chưa đủ tử số và mẫu số của cấp tổng hợp."
        return "Tỷ lệ toàn bộ tính lại từ tổng tử số và tổng mẫu số."

    def _chart(self, last: int) -> None:
        ranking, count = self.ranking, len(self.ranking.shown)
        chart = self.workbook.add_chart({"type": "column"})
        names_at = [CHARTS_SHEET, self.first, _UNIT, last, _UNIT]
        font = {"name": FONT, "size": 9}
        series: dict[str, object] = {
            "name": clean(f"Tỷ lệ của đơn vị ({ranking.spec.unit})"),
            "categories": names_at,
            "values": [CHARTS_SHEET, self.first, _RATIO, last, _RATIO],
            "fill": {"color": _BAR},
            "gap": 55,
        }
        if count <= _LABELLED:
            series["data_labels"] = {"value": True, "num_format": "[=100]0;#,##0.0", "font": font}
        chart.add_series(series)
        if ranking.whole is not None:
            line = self.workbook.add_chart({"type": "line"})
            line.add_series(
                {
                    "name": clean(f"Toàn bộ: {number(ranking.whole)}{ranking.spec.unit}"),
                    "categories": names_at,
                    "values": [CHARTS_SHEET, self.first, _WHOLE, self.first + count - 1, _WHOLE],
                    "line": {"color": _LINE, "width": 2, "dash_type": "dash"},
                }
            )
            chart.combine(line)
        chart.set_title(
            {
                "name": clean(ranking.title),
                "name_font": {"name": FONT, "size": _TITLE if ranking.title == ranking.spec.title else _LONG_TITLE},
                "overlay": False,
            }
        )
        axis: dict[str, object] = {"min": 0, "num_font": font, "num_format": "0"}
        axis["major_gridlines"] = {"visible": True, "line": {"color": "#D9D9D9", "width": 0.5}}
        axis |= {"name": ranking.spec.unit, "name_font": font}
        if all(bar.ratio <= 100 for bar in ranking.bars) and ranking.spec.unit == "%":
            axis["max"] = 100
        chart.set_y_axis(axis)
        chart.set_x_axis({"num_font": {**font, "rotation": -45 if count <= _LABELLED else -90}})
        chart.set_legend({"position": "bottom", "font": {"name": FONT, "size": 10}})
        chart.set_size(_SIZE)
        self.page.sheet.insert_chart(self.header, _CHART, chart, {"description": self._description()})

    def _description(self) -> str:
        """What the chart shows, for who cannot see it."""
        ranking = self.ranking
        best, worst = ranking.bars[0], ranking.bars[-1]
        said = [
            f"Biểu đồ cột: {ranking.title}, {len(ranking.shown)} đơn vị từ cao đến thấp.",
            f"Cao nhất: {best.name} {number(best.ratio)}; thấp nhất: {worst.name} {number(worst.ratio)}.",
        ]
        if ranking.whole is not None:
            said.append(f"Toàn bộ: {number(ranking.whole)}.")
        if ranking.silent:
            said.append(f"Không vẽ: {names([f'{name} ({why})' for name, why in ranking.silent])}.")
        return printable(clean(" ".join(said)))
