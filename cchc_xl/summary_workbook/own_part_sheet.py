"""The sheet "Phần của cấp tổng hợp": the units' sum, the parent's own part (open), and the total for the form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cchc_xl.catalogue.model import CellKind
from cchc_xl.consolidation.line_label import figure_label
from cchc_xl.consolidation.lines import SummaryCell
from cchc_xl.consolidation.own_parts import asks_own_part
from cchc_xl.consolidation.summary import Summary
from cchc_xl.form_workbook.styles import BAD_FILL, COMPUTED_FILL, INPUT_FILL, Styles
from cchc_xl.form_workbook.validation import condition, validation
from cchc_xl.layout import cell_address, form_layout
from cchc_xl.own_part import CHILDREN_KEY, LINE_KEY, MERGED_KEY, OWN_KEY, OWN_SHEET, OwnPart, cell_key
from cchc_xl.summary_workbook.page import SIZE, Page, plain_format
from cchc_xl.summary_workbook.plan import OWN_CHILDREN, OWN_HEADER_ROW, OWN_TOTAL, SheetPlan
from cchc_xl.summary_workbook.totals import own_formulas
from cchc_xl.values import State

_COLUMNS = (
    ("Phụ lục", 9.0),
    ("STT", 8.0),
    ("Chỉ tiêu", 58.0),
    ("Đơn vị tính", 12.0),
    ("Các đơn vị cộng lại", 13.0),
    ("Phần của cấp tổng hợp (nhập)", 15.0),
    ("Tổng", 13.0),
    ("Tình trạng", 27.0),
)
_APPENDIX, _STT, _LABEL, _MEASURE, _CHILDREN, _OWN, _TOTAL, _STATE = range(len(_COLUMNS))
_MERGED, _KEYS = len(_COLUMNS), len(_COLUMNS) + 1
_KEY_ROW = OWN_HEADER_ROW - 1
_WAITING, _ENTERED, _NONE, _WRONG = (
    "Chờ nhập phần của cấp tổng hợp",
    "Đã nhập",
    "Cấp tổng hợp không có phần riêng",
    "Số không hợp lệ: hãy gõ lại",
)


def write_own_parts(workbook: Any, styles: Styles, summary: Summary, plan: SheetPlan) -> None:
    """Add the sheet, if the form has such rows."""
    cells = [cell for cell in summary.cells if asks_own_part(cell)]
    if not cells:
        return
    page = Page(workbook, styles, OWN_SHEET, [width for _, width in _COLUMNS])
    page.heading(0, "PHẦN CỦA CẤP TỔNG HỢP", bold=True, font_size=14)
    page.heading(
        1,
        "Các chỉ tiêu dưới đây gồm cả phần của chính cấp tổng hợp: nhập phần đó vào ô nền vàng (không có thì gõ dấu -);"
        " biểu chỉ hiện tổng khi phần này đã nhập.",
        italic=True,
    )
    page.header(OWN_HEADER_ROW, [heading for heading, _ in _COLUMNS])
    for cell in cells:
        _line(page, cell, plan)
    _keys(page, cells, plan)
    last = OWN_HEADER_ROW + len(cells)
    waiting = page.styles.workbook.add_format({"bg_color": BAD_FILL})
    letter = cell_address(OWN_HEADER_ROW + 1, _STATE)
    test = f'=AND(${letter}<>"{_ENTERED}",${letter}<>"{_NONE}")'
    page.sheet.conditional_format(
        OWN_HEADER_ROW + 1, _STATE, last, _STATE, {"type": "formula", "criteria": test, "format": waiting}
    )
    first = plan.own_rows[cells[0].spec.ref]
    page.sheet.set_selection(first, _OWN, first, _OWN)
    page.sheet.freeze_panes(OWN_HEADER_ROW + 1, _LABEL + 1)
    page.sheet.print_area(0, 0, last, _STATE)
    page.finish()
    page.sheet.protect("", {"format_rows": True, "format_columns": True})


def _line(page: Page, cell: SummaryCell, plan: SheetPlan) -> None:
    at, spec = plan.own_rows[cell.spec.ref], cell.spec
    numbers = [source.number for source in cell.sources if source.number is not None]
    number_format = plain_format([*numbers, *([cell.own.number] if cell.own.number is not None else [])])
    computed = page.style(align="right", bg_color=COMPUTED_FILL, num_format=number_format)
    place = form_layout(plan.form).appendices[spec.ref.appendix]
    link = f"internal:'{place.sheet}'!{place.address(spec.ref)}"
    blue = page.style(align="center", font_color="#0563C1", underline=1)
    page.sheet.write_url(at, _APPENDIX, link, blue, spec.ref.appendix, "Về ô của biểu")
    page.put(at, _STT, spec.row.stt, align="center")
    page.put(at, _LABEL, figure_label(cell))
    page.put(at, _MEASURE, " ".join(spec.row.unit.split()), align="center")
    formulas = own_formulas(spec, plan)
    if _CHILDREN in formulas:
        shown = "" if cell.children is None else float(cell.children)
        page.sheet.write_formula(at, _CHILDREN, formulas[_CHILDREN], computed, shown)
    else:
        page.sheet.write_blank(at, _CHILDREN, None, computed)
    _own(page, cell, at, number_format)
    own = cell_address(at, _OWN)
    fits = condition(spec, own) or f"ISNUMBER({own})"
    part = OwnPart(cell.own, cell.children, spec.kind is CellKind.COUNT)
    result = part.total.number
    bold = page.style(align="right", bg_color=COMPUTED_FILL, num_format=number_format, bold=True)
    page.sheet.write_formula(at, _TOTAL, formulas[_TOTAL], bold, "" if result is None else float(result))
    state = f'=IF({own}="","{_WAITING}",IF({own}="-","{_NONE}",IF({fits},"{_ENTERED}","{_WRONG}")))'
    page.sheet.write_formula(at, _STATE, state, page.style(), _state(part))


def _own(page: Page, cell: SummaryCell, at: int, number_format: str) -> None:
    style = page.styles.cell(
        font_size=SIZE, valign="top", align="right", bg_color=INPUT_FILL, locked=False, num_format=number_format
    )
    if cell.own.number is not None:
        page.sheet.write_number(at, _OWN, float(cell.own.number), style)
    elif cell.own.filled:
        page.sheet.write_string(at, _OWN, cell.own.text, style)
    else:
        page.sheet.write_blank(at, _OWN, None, style)
    address = cell_address(at, _OWN)
    options = validation(cell.spec, address)
    if options is not None:
        page.sheet.data_validation(at, _OWN, at, _OWN, options)
        wrong = page.styles.workbook.add_format({"bg_color": BAD_FILL, "font_color": "#9C0006"})
        test = f'=AND({address}<>"",NOT({condition(cell.spec, address)}))'
        page.sheet.conditional_format(at, _OWN, at, _OWN, {"type": "formula", "criteria": test, "format": wrong})


def _state(part: OwnPart) -> str:
    match part.own.state:
        case State.BLANK:
            return _WAITING
        case State.NOT_APPLICABLE:
            return _NONE
    return _ENTERED if part.fits else _WRONG


def _keys(page: Page, cells: Sequence[SummaryCell], plan: SheetPlan) -> None:
    sheet = page.sheet
    for column, key in ((_CHILDREN, CHILDREN_KEY), (_OWN, OWN_KEY), (_MERGED, MERGED_KEY), (_KEYS, LINE_KEY)):
        sheet.write_string(_KEY_ROW, column, key)
    for cell in cells:
        at = plan.own_rows[cell.spec.ref]
        sheet.write_string(at, _KEYS, cell_key(cell.spec.ref))
        if cell.children is not None:
            sheet.write_number(at, _MERGED, float(cell.children))
    sheet.set_row(_KEY_ROW, None, None, {"hidden": True})
    sheet.set_column(_MERGED, _KEYS, None, None, {"hidden": True})


assert (_CHILDREN, _TOTAL) == (OWN_CHILDREN, OWN_TOTAL)
