"""The workbook of a comparison: one sheet in the official look, and of summaries a sheet unit by unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from cchc_xl.atomic import replacing
from cchc_xl.catalogue.model import CellKind
from cchc_xl.companions.letterhead import LINE_BELOW_AGENCY
from cchc_xl.companions.titles import appendix_line
from cchc_xl.consolidation.line_label import figure_label
from cchc_xl.form_workbook.package import BUILD_DATE, new_workbook
from cchc_xl.form_workbook.styles import HEADER_FILL, Styles, decree_page
from cchc_xl.layout import LINE_HEIGHT, MAX_ROW_HEIGHT, cell_address, is_bold, label_indent
from cchc_xl.lettering import text_lines
from cchc_xl.over_time.by_unit import UnitComparison
from cchc_xl.over_time.comparison import ComparedRow, Comparison, Difference, Other
from cchc_xl.period_workbook.compared_units import SIGNED, SIGNED_DECIMAL, plain_number, write_by_unit
from cchc_xl.summary_workbook.page import clean

COMPARED_SHEET = "So sánh"
_LEFT = (("STT", 7.0), ("Chỉ tiêu", 46.0), ("Đơn vị tính", 11.0), ("Kỳ này", 14.0))
_EACH = (("Số liệu", 14.0), ("Tăng, giảm", 13.0), ("%", 10.5))
_REMARK_WIDTH = 30.0
_AGENCY, _LINE, _TITLE, _PERIODS, _FORM, _NOTES = 0, 1, 3, 4, 5, 6
_SIZE, _REMARK_SIZE = 12, 10


def build_compared_workbook(comparison: Comparison, target: Path, by_unit: Sequence[UnitComparison] = ()) -> None:
    """Write the workbook to ``target``, whole or not at all."""
    with replacing(target) as temporary, new_workbook(temporary) as workbook:
        workbook.set_properties({"title": "So sánh số liệu cải cách hành chính", "created": BUILD_DATE})
        styles = Styles(workbook)
        _Compared(workbook, styles, comparison).write()
        if by_unit:
            write_by_unit(workbook, styles, comparison, by_unit)


class _Compared:
    def __init__(self, workbook: Any, styles: Styles, comparison: Comparison) -> None:
        self.styles = styles
        self.comparison = comparison
        self.sheet = workbook.add_worksheet(COMPARED_SHEET)
        self.widths = [*(w for _, w in _LEFT), *(w for _, w in _EACH * len(comparison.others)), _REMARK_WIDTH]
        self.last = len(self.widths) - 1
        self.said = [text for other in comparison.others for text in _said_of(other)]
        self.top = _NOTES + len(self.said) + 1

    def write(self) -> None:
        sheet = self.sheet
        decree_page(sheet)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        for index, width in enumerate(self.widths):
            sheet.set_column(index, index, width)
        self._head()
        self._header()
        at = self.top + 2
        appendix = ""
        for row in self.comparison.rows:
            if row.spec.ref.appendix != appendix:
                appendix = row.spec.ref.appendix
                self._title(appendix, at)
                at += 1
            self._row(row, at)
            at += 1
        sheet.repeat_rows(self.top, self.top + 1)
        sheet.freeze_panes(self.top + 2, 2)
        sheet.print_area(0, 0, max(at - 1, self.top + 1), self.last)

    def _span(self, row: int, first: int, last: int, text: str, **properties: object) -> None:
        style = self.styles.get(text_wrap=True, **{"align": "center", **properties})
        self.sheet.merge_range(row, first, row, last, "", style)
        self.sheet.write_string(row, first, clean(text), style)

    def _head(self) -> None:
        comparison, stamp = self.comparison, self.comparison.now.submission.stamp
        half = 1
        self._span(_AGENCY, 0, half, (stamp.unit or "…………").upper(), bold=True, font_size=13)
        self._span(_AGENCY, half + 1, self.last, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", bold=True, font_size=12)
        self._span(_LINE, 0, half, LINE_BELOW_AGENCY)
        self._span(_LINE, half + 1, self.last, "Độc lập - Tự do - Hạnh phúc", bold=True, underline=1, font_size=13)
        self._span(_TITLE, 0, self.last, "SO SÁNH SỐ LIỆU CẢI CÁCH HÀNH CHÍNH", bold=True, font_size=14)
        periods = ", ".join(f"{other.words.lower()}: {other.period.words}" for other in comparison.others)
        self._span(_PERIODS, 0, self.last, f"{_capital(comparison.now.period.words)} ({periods})", italic=True)
        files = [comparison.now, *(book for other in comparison.others for book in other.books)]
        listed = "; ".join(f"{book.period.words}: {book.file}" for book in files)
        self._span(_FORM, 0, self.last, f"Nguồn – {listed}", italic=True, font_size=11)
        for at, text in enumerate(self.said, start=_NOTES):
            self._span(at, 0, self.last, text, italic=True, align="left", font_color="#9C0006", font_size=11)
            self.sheet.set_row(at, LINE_HEIGHT * text_lines(text, sum(self.widths), 11) + 2)

    def _header(self) -> None:
        style = self.styles.cell(bold=True, align="center", bg_color=HEADER_FILL)
        top = self.top
        for index, (heading, _) in enumerate(_LEFT):
            text = f"Kỳ này\n({self.comparison.now.period.words})" if heading == "Kỳ này" else heading
            self.sheet.merge_range(top, index, top + 1, index, text, style)
        at = len(_LEFT)
        for other in self.comparison.others:
            self.sheet.merge_range(top, at, top, at + 2, f"{other.words} ({other.period.words})", style)
            for index, (heading, _) in enumerate(_EACH):
                self.sheet.write_string(top + 1, at + index, heading, style)
            at += len(_EACH)
        self.sheet.merge_range(top, self.last, top + 1, self.last, "Ghi chú", style)
        self.sheet.set_row(top, 2 * LINE_HEIGHT + 3)
        self.sheet.set_row(top + 1, 2 * LINE_HEIGHT + 3)

    def _title(self, appendix_id: str, at: int) -> None:
        appendix = self.comparison.form.appendix(appendix_id)
        style = self.styles.cell(bold=True, align="left", bg_color=HEADER_FILL)
        text = appendix_line(self.comparison.form, appendix, self.comparison.now.submission.stamp)
        self.sheet.merge_range(at, 0, at, self.last, text, style)
        self.sheet.set_row(at, LINE_HEIGHT * text_lines(text, sum(self.widths), bold=True) + 3)

    def _row(self, row: ComparedRow, at: int) -> None:
        spec, sheet, cell = row.spec, self.sheet, self.styles.cell
        printed = self.comparison.form.appendix(spec.ref.appendix)
        bold = is_bold(printed, spec.row)
        label = figure_label(row)
        unit = " ".join(spec.row.unit.split()) or ("%" if spec.kind is CellKind.PERCENT else "")
        sheet.write_string(at, 0, clean(spec.row.stt), cell(align="center", bold=bold))
        sheet.write_string(at, 1, clean(label), cell(align="left", bold=bold, indent=label_indent(spec.row)))
        sheet.write_string(at, 2, clean(unit), cell(align="center"))
        self._number(at, 3, row.number, plain_number(spec.kind, row.number))
        column = len(_LEFT)
        for found in row.differences:
            self._difference(row, found, at, column)
            column += len(_EACH)
        said = _remark(self.comparison, row)
        sheet.write_string(at, self.last, clean(said), cell(align="left", font_size=_REMARK_SIZE))
        lines = max(
            text_lines(label, _LEFT[1][1] - 1.5 * label_indent(spec.row), bold=bold),
            text_lines(unit, _LEFT[2][1]),
            text_lines(said, _REMARK_WIDTH, _REMARK_SIZE) * _REMARK_SIZE / _SIZE,
        )
        sheet.set_row(at, min(MAX_ROW_HEIGHT, LINE_HEIGHT * lines + 3))

    def _difference(self, row: ComparedRow, found: Difference, at: int, column: int) -> None:
        """The other figure, and live formulas for what it differs in."""
        kind, cell = row.spec.kind, self.styles.cell
        now, before = cell_address(at, 3), cell_address(at, column)
        self._number(at, column, found.number, plain_number(kind, found.number))
        if found.change is None:
            self.sheet.write_blank(at, column + 1, None, cell())
        else:
            whole = found.change == found.change.to_integral_value()
            style = cell(align="right", indent=1, num_format=SIGNED if whole else SIGNED_DECIMAL)
            self.sheet.write_formula(at, column + 1, f"={now}-{before}", style, float(found.change))
        if kind is CellKind.PERCENT and found.change is not None:
            self.sheet.write_string(at, column + 2, "điểm %", cell(align="center", font_size=10, italic=True))
        elif found.percent is None:
            self.sheet.write_blank(at, column + 2, None, cell())
        else:
            style = cell(align="right", indent=1, num_format=SIGNED_DECIMAL)
            self.sheet.write_formula(at, column + 2, f"=100*({now}-{before})/{before}", style, float(found.percent))

    def _number(self, at: int, column: int, number: Decimal | None, number_format: str) -> None:
        style = self.styles.cell(align="right", indent=1, num_format=number_format)
        if number is None:
            self.sheet.write_blank(at, column, None, style)
        else:
            self.sheet.write_number(at, column, float(number), style)


def _remark(comparison: Comparison, row: ComparedRow) -> str:
    said = []
    for other, found in zip(comparison.others, row.differences, strict=True):
        if found.why and found.change is None:
            said.append(f"{other.words}: không so sánh – {found.why}.")
        elif found.why:
            said.append(f"{other.words}: {found.why}.")
    return " ".join(said)


def _said_of(other: Other) -> Iterator[str]:
    if other.remarks:
        unlike = "không hoàn toàn cùng phạm vi. " if other.unlike else ""
        yield f"{other.words}: {unlike}{' '.join(other.remarks)}"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
