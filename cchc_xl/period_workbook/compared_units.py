"""Two summaries unit by unit, as a sheet of the comparison; what is longer than a sheet goes on in further ones."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from cchc_xl import excel_limits
from cchc_xl.catalogue.model import CellKind
from cchc_xl.consolidation.line_label import figure_label
from cchc_xl.form_workbook.styles import HEADER_FILL, Styles, decree_page
from cchc_xl.layout import LINE_HEIGHT, MAX_ROW_HEIGHT
from cchc_xl.lettering import text_lines
from cchc_xl.over_time.by_unit import UnitComparison
from cchc_xl.over_time.comparison import Comparison, Difference
from cchc_xl.summary_workbook.continued import goes_on, part_name, split
from cchc_xl.summary_workbook.page import clean

BY_UNIT_SHEET = "So sánh theo đơn vị"
SIGNED, SIGNED_DECIMAL = "+#,##0;-#,##0;0", "+#,##0.00;-#,##0.00;0"
_PLAIN, _PLAIN_DECIMAL = "#,##0", "#,##0.00"
_COLUMNS = (
    ("So với", 18.0), ("Đơn vị", 22.0), ("Phụ lục", 8.0), ("STT", 7.0), ("Chỉ tiêu", 46.0), ("Kỳ này", 13.0),
    ("Kỳ so sánh", 13.0), ("Tăng, giảm", 13.0), ("%", 9.0), ("Cùng phạm vi", 9.0), ("Ghi chú", 44.0),
)  # fmt: skip
_FIRST = 3


def write_by_unit(workbook: Any, styles: Styles, comparison: Comparison, compared: Sequence[UnitComparison]) -> None:
    """Unit by unit: its figures now and then, and whether it is the same unit."""
    parts = split(compared, excel_limits.ROWS - _FIRST, excel_limits.ROWS - _FIRST)
    for number, lines in enumerate(parts, start=1):
        sheet = workbook.add_worksheet(part_name(BY_UNIT_SHEET, number))
        _write_part(sheet, styles, comparison, lines, goes_on(BY_UNIT_SHEET, number, len(parts)))


def _write_part(
    sheet: Any, styles: Styles, comparison: Comparison, compared: Sequence[UnitComparison], said: str
) -> None:
    decree_page(sheet)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    title = f"SO SÁNH THEO ĐƠN VỊ: {comparison.now.period.words.upper()}"
    sheet.write_string(0, 0, title, styles.get(bold=True, font_size=14))
    sheet.write_string(1, 0, said, styles.get(italic=True))
    head = styles.cell(bold=True, align="center", bg_color=HEADER_FILL)
    for index, (heading, width) in enumerate(_COLUMNS):
        sheet.set_column(index, index, width)
        sheet.write_string(_FIRST - 1, index, heading, head)
    sheet.set_row(_FIRST - 1, 2 * LINE_HEIGHT + 3)
    at = _FIRST
    for line in compared:
        label = _unit_line(sheet, styles, at, line)
        lines = max(text_lines(label, 46.0, 11), text_lines(line.remark, 44.0, 11), text_lines(line.unit, 22.0, 11))
        sheet.set_row(at, min(MAX_ROW_HEIGHT, LINE_HEIGHT * lines + 3))
        at += 1
    sheet.autofilter(_FIRST - 1, 0, max(at - 1, _FIRST), len(_COLUMNS) - 1)
    sheet.freeze_panes(_FIRST, 2)
    sheet.repeat_rows(_FIRST - 1)
    sheet.print_area(0, 0, max(at - 1, _FIRST), len(_COLUMNS) - 1)


def _unit_line(sheet: Any, styles: Styles, at: int, line: UnitComparison) -> str:
    """A line of the sheet; gives the label of its row."""
    row = line.row
    label = figure_label(row) if row else ""
    texts = {0: line.other, 1: line.unit, 9: "Có" if line.same else "Không", 10: line.remark}
    if row is not None:
        texts |= {2: row.spec.ref.appendix, 3: row.spec.row.stt, 4: label}
    for column in (0, 1, 2, 3, 4, 9, 10):
        look = styles.cell(align="center" if column in (2, 3, 9) else "left", font_size=11)
        sheet.write_string(at, column, clean(texts.get(column, "")), look)
    found = row.differences[0] if row else Difference()
    kind = row.spec.kind if row else CellKind.COUNT
    for column, number in ((5, row.number if row else None), (6, found.number)):
        style = styles.cell(align="right", indent=1, num_format=plain_number(kind, number), font_size=11)
        if number is None:
            sheet.write_blank(at, column, None, style)
        else:
            sheet.write_number(at, column, float(number), style)
    _changes(sheet, styles, at, kind, found)
    return label


def _changes(sheet: Any, styles: Styles, at: int, kind: CellKind, found: Difference) -> None:
    plain = styles.cell(font_size=11)
    if found.change is None:
        sheet.write_blank(at, 7, None, plain)
    else:
        whole = found.change == found.change.to_integral_value()
        style = styles.cell(align="right", indent=1, font_size=11, num_format=SIGNED if whole else SIGNED_DECIMAL)
        sheet.write_formula(at, 7, f"=F{at + 1}-G{at + 1}", style, float(found.change))
    if kind is CellKind.PERCENT and found.change is not None:
        sheet.write_string(at, 8, "điểm %", styles.cell(align="center", font_size=10, italic=True))
    elif found.percent is None:
        sheet.write_blank(at, 8, None, plain)
    else:
        style = styles.cell(align="right", indent=1, font_size=11, num_format=SIGNED_DECIMAL)
        sheet.write_formula(at, 8, f"=100*(F{at + 1}-G{at + 1})/G{at + 1}", style, float(found.percent))


def plain_number(kind: CellKind, number: Decimal | None) -> str:
    """The number format of a figure: with decimals only where it has any."""
    whole = number is None or number == number.to_integral_value()
    return _PLAIN if whole else _PLAIN_DECIMAL
