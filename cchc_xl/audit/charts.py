"""What the charts are drawn from – the tables of "Biểu đồ" – against the cells of "Theo đơn vị" that they link to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from cchc_xl.audit.claims import Claims, ColumnClaim, LineClaim, address, at, words
from cchc_xl.audit.discrepancy import Discrepancy, Kind
from cchc_xl.audit.figures import Truth
from cchc_xl.audit.formulas import bare
from cchc_xl.audit.totals import as_number, same
from cchc_xl.layout import cell_address, column_index
from cchc_xl.summary_workbook.charts import CHARTS_SHEET, HEADINGS, bar_formula
from cchc_xl.summary_workbook.plan import BY_UNIT_SHEET
from cchc_xl.summary_workbook.ranking import MOST_BARS, printable
from cchc_xl.summary_workbook.totals import ratio_formula
from cchc_xl.values import format_number

_AGAIN = "hãy hỏi lại ai đã sửa sổ, hoặc tổng hợp lại từ tệp gốc"
_LINK = re.compile(rf"=?\$?'?{re.escape(BY_UNIT_SHEET)}'?[!.]\$?([A-Z]{{1,3}})\$?([1-9][0-9]{{0,6}})")
_RANK, _UNIT, _TOP, _BOTTOM, _RATIO, _WHOLE = range(6)

_Linked = tuple[LineClaim, int]  # a line and a column of "Theo đơn vị"


def charts_disagree(claims: Claims, truth: Truth) -> Iterator[Discrepancy]:
    """Every bar: its unit, the figures that it links to, its ratio, and the line of all units together.

    ``truth``: what should stand in cells of "Theo đơn vị" that were found to be wrong.
    """
    if not claims.charts:
        yield Discrepancy(Kind.CHART, f"Sổ tổng hợp mất trang “{CHARTS_SHEET}”: {_AGAIN}.")
        return
    checked = _Charts(claims, truth)
    bars: list[int] | None = None
    for number, row in enumerate([*claims.charts, ()]):
        if tuple(words(at(row, column)) for column in range(_RATIO)) == HEADINGS[:_RATIO]:
            bars = []
        elif bars is not None and as_number(at(row, _RANK)) is not None:
            yield from checked.bar(number)
            bars.append(number)
        elif not words(at(row, _RANK)) and bars is not None:
            yield from checked.ranks(bars)
            bars = None


class _Charts:
    def __init__(self, claims: Claims, truth: Truth) -> None:
        self.claims = claims
        self.truth = truth
        self.lines = {line.row: line for line in claims.lines}
        self.columns: dict[int, ColumnClaim] = {column.index: column for column in claims.columns}

    def bar(self, number: int) -> Iterator[Discrepancy]:
        """One row of a chart's table."""
        row = self.claims.charts[number]
        links = {column: self._linked(number, column) for column in (_TOP, _BOTTOM, _RATIO)}
        drawn = [column for column, link in links.items() if link is not None]
        if drawn not in ([_TOP, _BOTTOM], [_RATIO]):
            yield self._wrong(number, _RATIO, "không còn liên kết đến số liệu của đơn vị")
            return
        for column in drawn:
            line, unit = links[column] or (None, 0)
            shown = as_number(at(row, column))
            there = self._figure(line, unit) if line is not None else None
            if shown is None or there is None or not same(shown, there):
                yield self._wrong(number, column, "không phải số của đơn vị", shown, there)
            heading = self.columns.get(unit)
            if heading is None or printable(heading.heading) != words(at(row, _UNIT)):
                name = heading.heading if heading is not None else "cột khác"
                yield self._wrong(number, _UNIT, f"ghi tên khác với đơn vị có số được vẽ ({name})")
        top, bottom, ratio = (as_number(at(row, column)) for column in (_TOP, _BOTTOM, _RATIO))
        if len(drawn) == 2:
            right = 100 * top / bottom if top is not None and bottom else None
            if ratio is None or right is None or not same(ratio, right):
                yield self._wrong(number, _RATIO, "không phải tỷ lệ của tử số, mẫu số bên cạnh", ratio, right)
            elif self._formula(number, _RATIO) != bare(bar_formula(number)):
                yield self._wrong(number, _RATIO, "không còn công thức của tỷ lệ")
        yield from self._whole(number, [link[0] for link in links.values() if link is not None])

    def ranks(self, bars: Sequence[int]) -> Iterator[Discrepancy]:
        """The bars of a chart stand from the highest ratio down; equal ones bear one rank."""
        before: tuple[Decimal, Decimal] | None = None
        for place, number in enumerate(bars, start=1):
            row = self.claims.charts[number]
            rank, ratio = as_number(at(row, _RANK)), as_number(at(row, _RATIO))
            if rank is None or ratio is None:
                before = None
                continue
            right = Decimal(place)
            if before is not None and same(ratio, before[1]):
                right = before[0]
            elif len(bars) >= MOST_BARS and place > MOST_BARS // 2:
                right = rank  # of very many units the middle is not drawn
            if rank != right or (before is not None and ratio > before[1] and not same(ratio, before[1])):
                yield self._wrong(number, _RANK, "không đúng thứ hạng theo tỷ lệ", rank, right)
            before = right, ratio

    def _whole(self, number: int, lines: list[LineClaim]) -> Iterator[Discrepancy]:
        """The ratio of all units: the total that it links to, or computed from the lines of both parts."""
        shown = as_number(at(self.claims.charts[number], _WHOLE))
        formula = self.claims.chart_formulas.get((number, _WHOLE), "")
        link = self._linked(number, _WHOLE)
        if not formula:
            if shown is not None:
                yield self._wrong(number, _WHOLE, "không còn công thức của tỷ lệ toàn bộ", shown)
            return
        if link is not None:
            right = as_number(at(link[0].cells, link[1])) if link[1] == self.claims.total else None
        else:
            right = self._ratio_of_all(lines) if len(lines) == 2 else None
        if shown is None or right is None or not same(shown, right):
            yield self._wrong(number, _WHOLE, "không phải tỷ lệ toàn bộ", shown, right)
        elif link is None and self._formula(number, _WHOLE) != bare(ratio_formula(*map(self._range, lines))):
            yield self._wrong(number, _WHOLE, "không còn công thức của tỷ lệ toàn bộ")

    def _ratio_of_all(self, lines: list[LineClaim]) -> Decimal | None:
        tops = bottoms = Decimal(0)
        for column in self.columns:
            top, bottom = (self._figure(line, column) for line in lines)
            if top is not None and bottom is not None:
                tops, bottoms = tops + top, bottoms + bottom
        return 100 * tops / bottoms if bottoms else None

    def _figure(self, line: LineClaim, column: int) -> Decimal | None:
        if (line.key, column) in self.truth:
            return self.truth[line.key, column]
        return as_number(at(line.cells, column))

    def _formula(self, row: int, column: int) -> str:
        return bare(self.claims.chart_formulas.get((row, column), ""))

    def _range(self, line: LineClaim) -> str:
        first, last = (cell_address(line.row, end(self.columns)) for end in (min, max))
        return f"'{BY_UNIT_SHEET}'!{first}:{last}"

    def _linked(self, row: int, column: int) -> _Linked | None:
        match = _LINK.fullmatch(self.claims.chart_formulas.get((row, column), ""))
        line = self.lines.get(int(match[2]) - 1) if match else None
        return (line, column_index(match[1])) if match and line is not None else None

    def _wrong(
        self, row: int, column: int, why: str, shown: Decimal | None = None, right: Decimal | None = None
    ) -> Discrepancy:
        cell, unit = address(CHARTS_SHEET, row, column), words(at(self.claims.charts[row], _UNIT))[:80]
        seen = f" ghi {format_number(shown)}" if shown is not None else ""
        wanted = f", trang “{BY_UNIT_SHEET}” cho {format_number(right)}" if right is not None else ""
        message = f"Trang {cell} ({unit}){seen}, {why}{wanted}: {_AGAIN}."
        return Discrepancy(Kind.CHART, message, unit=unit, cell=cell, shown=shown, expected=right)
