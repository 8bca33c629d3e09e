"""A form, filled with what was carried from an older version, and the sheet of what was not."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from cchc_xl.atomic import replacing
from cchc_xl.catalogue.model import Form
from cchc_xl.form_workbook.build import write_form
from cchc_xl.form_workbook.package import BUILD_DATE, new_workbook
from cchc_xl.form_workbook.sheet import Contents, moment_format
from cchc_xl.form_workbook.styles import HEADER_FILL, Styles
from cchc_xl.layout import FIRST_COLUMN, KEY_COLUMN, KEY_ROW, LINE_HEIGHT, MAX_ROW_HEIGHT
from cchc_xl.leftovers import LEFTOVER_COLUMNS, LEFTOVER_KEY, LEFTOVER_SHEET, Leftover
from cchc_xl.lettering import text_lines
from cchc_xl.stamp import Stamp

_TITLE_ROW, _NOTE_ROW, _HEADER_ROW = 1, 2, 4
_NOTE = (
    "Các số liệu dưới đây có trong sổ cũ nhưng biểu mới không còn chỗ cho chúng. Hãy nhập lại vào ô thích hợp nếu cần, "
    "rồi xóa dòng tương ứng ở đây; trang này không tham gia kiểm tra và tổng hợp."
)


def build_upgraded_workbook(
    form: Form, stamp: Stamp, contents: Contents, leftovers: Sequence[Leftover], target: Path
) -> None:
    """Write the workbook to ``target``, whole or not at all."""
    # Texts come from a workbook that others filled: none of them may become a formula or a link.
    with replacing(target) as temporary, new_workbook(temporary) as workbook:
        workbook.set_properties({"title": form.name, "created": BUILD_DATE})
        write_form(workbook, form, stamp, contents)
        if leftovers:
            _write_leftovers(workbook, leftovers)


def _write_leftovers(workbook: Any, leftovers: Sequence[Leftover]) -> None:
    styles = Styles(workbook)
    sheet = workbook.add_worksheet(LEFTOVER_SHEET)
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(2)
    sheet.set_column(KEY_COLUMN, KEY_COLUMN, None, None, {"hidden": True})
    sheet.set_row(KEY_ROW, None, None, {"hidden": True})
    sheet.write_string(KEY_ROW, KEY_COLUMN, LEFTOVER_KEY)
    last = FIRST_COLUMN + len(LEFTOVER_COLUMNS) - 1
    title = styles.get(bold=True, font_size=14)
    sheet.write_string(_TITLE_ROW, FIRST_COLUMN, LEFTOVER_SHEET.upper(), title)
    sheet.merge_range(_NOTE_ROW, FIRST_COLUMN, _NOTE_ROW, last, _NOTE, styles.get(italic=True, text_wrap=True))
    sheet.set_row(_NOTE_ROW, 2 * LINE_HEIGHT + 3)
    header = styles.cell(bold=True, align="center", bg_color=HEADER_FILL)
    for index, (key, heading, width) in enumerate(LEFTOVER_COLUMNS, start=FIRST_COLUMN):
        sheet.set_column(index, index, width)
        sheet.write_string(KEY_ROW, index, key)
        sheet.write_string(_HEADER_ROW, index, heading, header)
    sheet.set_row(_HEADER_ROW, 2 * LINE_HEIGHT + 3)
    sheet.freeze_panes(_HEADER_ROW + 1, 0)
    sheet.repeat_rows(_HEADER_ROW)
    for at, leftover in enumerate(leftovers, start=_HEADER_ROW + 1):
        _write_line(sheet, styles, at, leftover)


def _write_line(sheet: Any, styles: Styles, at: int, leftover: Leftover) -> None:
    plain, value = styles.cell(valign="top"), leftover.value
    lines = 1
    for index, (key, _, width) in enumerate(LEFTOVER_COLUMNS, start=FIRST_COLUMN):
        content = getattr(leftover, key)
        if key == "row":
            sheet.write_number(at, index, leftover.row, styles.cell(valign="top", align="center"))
        elif isinstance(content, str):
            sheet.write_string(at, index, content, plain)
            lines = max(lines, text_lines(content, width))
    at_value = FIRST_COLUMN + [key for key, _, _ in LEFTOVER_COLUMNS].index("value")
    if isinstance(value, Decimal):
        sheet.write_number(at, at_value, float(value), styles.cell(valign="top", align="right"))
    elif not isinstance(value, str):
        style = styles.cell(valign="top", align="right", num_format=moment_format(value))
        sheet.write_datetime(at, at_value, value, style)
    sheet.set_row(at, min(MAX_ROW_HEIGHT, LINE_HEIGHT * lines + 3))
