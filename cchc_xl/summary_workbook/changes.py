"""The sheet "Thay đổi": which figures moved since the merge before, and by whose.

The sheet is a list of rows, each of a kind. The kinds stand in a hidden column, so that a later merge in which nothing
moved reads the rows and writes them again as they are.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from cchc_xl.catalogue.model import CellKind
from cchc_xl.consolidation.changes import Changes, Figure, MovedFigure, MovedUnit, ReportRow, UnitMove
from cchc_xl.consolidation.line_label import figure_label
from cchc_xl.consolidation.summary import Summary
from cchc_xl.form_workbook.styles import NUMBER_FORMATS, Styles
from cchc_xl.summary_workbook.page import Page
from cchc_xl.summary_workbook.remarks import number

CHANGES_SHEET = "Thay đổi"
_WIDTHS = (9.0, 9.0, 52.0, 14.0, 14.0, 13.0, 64.0)
COLUMN_COUNT = len(_WIDTHS)
_DIFFERENCE = 5
_TITLE, _LINE, _SECTION, _HEADER, _UNIT, _FIGURE, _PERCENT = (
    "title",
    "line",
    "section",
    "header",
    "unit",
    "figure",
    "percent",
)
KINDS = frozenset({_TITLE, _LINE, _SECTION, _HEADER, _UNIT, _FIGURE, _PERCENT})
_HEADINGS: dict[str, dict[str, object]] = {
    _TITLE: {"bold": True, "font_size": 14},
    _LINE: {"italic": True},
    _SECTION: {"bold": True},
}
_HASH = 12
_MOST_UNITS = 20
_FROM_BELOW = {UnitMove.NEW: " (mới)", UnitMove.GONE: " (không còn)", UnitMove.RESUBMITTED: ""}


def write_changes(workbook: Any, styles: Styles, summary: Summary) -> None:
    """Add the sheet, if something moved now, or had moved before and nothing has since."""
    rows = _rows(summary.changes) if summary.changes else summary.earlier.report if summary.earlier else ()
    if not rows:
        return
    page = Page(workbook, styles, CHANGES_SHEET, _WIDTHS)
    for at, (kind, cells) in enumerate(rows):
        page.sheet.write_string(at, COLUMN_COUNT, kind)
        if kind in _HEADINGS:
            page.heading(at, str(cells[0]), **_HEADINGS[kind])
        elif kind == _HEADER:
            page.header(at, [str(cell) for cell in cells])
        else:
            for column, content in enumerate(cells):
                page.put(at, column, content, **_style(kind, column, content))
    page.sheet.set_column(COLUMN_COUNT, COLUMN_COUNT, None, None, {"hidden": True})
    page.sheet.freeze_panes(1, 0)
    page.sheet.print_area(0, 0, len(rows) - 1, COLUMN_COUNT - 1)
    page.finish()
    page.sheet.protect("", {"format_rows": True, "format_columns": True})


def _style(kind: str, column: int, content: Figure) -> dict[str, object]:
    if column < 2:
        return {"align": "center"}
    if not isinstance(content, str):
        if column == _DIFFERENCE:
            signed = "0.00" if kind == _PERCENT else "#,##0" if content.is_integer() else "General"
            return {"align": "right", "num_format": f"+{signed};-{signed};0"}
        return {"align": "right", **({"num_format": NUMBER_FORMATS["ratio"]} if kind == _PERCENT else {})}
    return {"align": "right"} if kind != _UNIT and column in (3, 4, 5) else {}


def _rows(changes: Changes) -> list[ReportRow]:
    rows = [
        _row(_TITLE, "THAY ĐỔI SO VỚI BẢN TỔNG HỢP TRƯỚC"),
        _row(
            _LINE,
            f"Bản trước: {changes.count_before} đơn vị (mã các tệp {changes.digest_before[:_HASH]}); "
            f"bản này: {changes.count_after} đơn vị (mã các tệp {changes.digest_after[:_HASH]}).",
        ),
        _row(_LINE, "Trang này giữ nguyên cho đến khi có số liệu thay đổi lần nữa."),
        _row(_LINE, ""),
        _row(_SECTION, f"ĐƠN VỊ CÓ TỆP THAY ĐỔI: {len(changes.units)}"),
        _row(_HEADER, "TT", "Mã đơn vị", "Đơn vị", "Thay đổi", "Tệp trước", "Tệp này", "Số chỉ tiêu thay đổi"),
    ]
    counts: dict[str, int] = {}
    for figure in changes.figures:
        for moved, _, _ in figure.whose:
            counts[moved.code] = counts.get(moved.code, 0) + 1
    for index, unit in enumerate(changes.units, start=1):
        hashes = unit.sha256_before[:_HASH], unit.sha256_after[:_HASH]
        rows.append(_row(_UNIT, float(index), unit.code, unit.name, unit.move.value, *hashes, _counted(unit, counts)))
    rows.append(_row(_LINE, ""))
    unmoved = len(changes.figures) - changes.moved_totals
    also = f" (và {unmoved} chỉ tiêu có số của đơn vị thay đổi mà tổng không đổi)" if unmoved else ""
    rows.append(_row(_SECTION, f"CHỈ TIÊU CÓ TỔNG THAY ĐỔI: {changes.moved_totals}{also}"))
    if changes.figures:
        rows.append(_row(_HEADER, "Phụ lục", "STT", "Chỉ tiêu", "Trước", "Sau", "Chênh lệch", "Do đơn vị"))
    rows.extend(_figure_row(figure) for figure in changes.figures)
    return rows


def _row(kind: str, *cells: Figure) -> ReportRow:
    return kind, (*cells, *[""] * (COLUMN_COUNT - len(cells)))


def _counted(unit: MovedUnit, counts: dict[str, int]) -> Figure:
    return f"{counts[unit.code]} chỉ tiêu" if unit.code in counts else "không chỉ tiêu nào"


def _figure_row(figure: MovedFigure) -> ReportRow:
    spec = figure.cell.spec
    kind = _PERCENT if spec.kind is CellKind.PERCENT else _FIGURE
    titles = spec.ref.appendix, spec.row.stt, figure_label(figure.cell)
    return _row(kind, *titles, figure.before, figure.after, difference(figure.before, figure.after), _whose(figure))


def difference(before: Figure, after: Figure) -> Figure:
    """After − before, as the digits say; nothing where one of them is no number."""
    if isinstance(before, str) or isinstance(after, str):
        return ""
    return float(Decimal(str(after)) - Decimal(str(before)))


def _whose(figure: MovedFigure) -> str:
    said = [
        f"{unit.name}{_FROM_BELOW[unit.move]}: {_words(before)} → {_words(after)}"
        for unit, before, after in figure.whose[:_MOST_UNITS]
    ]
    more = len(figure.whose) - len(said)
    return "; ".join(said) + (f"; và {more} đơn vị khác" if more else "")


def _words(figure: Figure) -> str:
    if isinstance(figure, str):
        return f"“{figure}”" if figure else "trống"
    return number(Decimal(str(figure)))
