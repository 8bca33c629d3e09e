"""The sheet "Kết quả kiểm tra": every finding in every submission that was checked."""

from __future__ import annotations

from typing import Any

from cchc_xl.consolidation.summary import Summary
from cchc_xl.form_workbook.styles import BAD_FILL, Styles
from cchc_xl.severity import Severity
from cchc_xl.summary_workbook.page import Page

FINDINGS_SHEET = "Kết quả kiểm tra"
_COLUMNS = (
    ("Mã đơn vị", 10.0),
    ("Đơn vị", 22.0),
    ("Tệp", 26.0),
    ("Mức độ", 11.0),
    ("Trang", 8.0),
    ("Ô", 7.0),
    ("Nội dung", 70.0),
    ("Cách xử lý", 50.0),
    ("Quy tắc", 14.0),
)
_FILLS = {Severity.ERROR: BAD_FILL, Severity.WARNING: "#FFF2CC"}
_HEADER_ROW = 3


def write_findings(workbook: Any, styles: Styles, summary: Summary) -> None:
    """Add the sheet."""
    page = Page(workbook, styles, FINDINGS_SHEET, [width for _, width in _COLUMNS])
    checked = [(file, file.result) for file in summary.files if file.result is not None]
    counts = {severity: sum(result.count(severity) for _, result in checked) for severity in Severity}
    page.heading(0, "KẾT QUẢ KIỂM TRA CÁC SỔ NỘP", bold=True, font_size=14)
    said = ", ".join(f"{count} {severity.word.lower()}" for severity, count in counts.items())
    page.heading(1, f"Đã kiểm tra {len(checked)} sổ: {said}.", italic=True)
    page.header(_HEADER_ROW, [heading for heading, _ in _COLUMNS])
    page.sheet.freeze_panes(_HEADER_ROW + 1, 2)
    at = _HEADER_ROW
    for file, result in checked:
        for finding in result.findings:
            at += 1
            fill = _FILLS.get(finding.severity)
            for column, text in enumerate((file.unit_code, file.unit, file.received.file)):
                page.put(at, column, text)
            page.put(at, 3, finding.severity.word, bold=True, **({"bg_color": fill} if fill else {}))
            page.put(at, 4, finding.sheet)
            page.put(at, 5, finding.cell, align="center")
            for column, text in enumerate((finding.message, finding.remedy, finding.rule), start=6):
                page.put(at, column, text)
    if at == _HEADER_ROW:
        at += 1
        words = "Không có lỗi, cảnh báo hay gợi ý nào." if checked else "Chưa có sổ nào đến bước kiểm tra."
        page.put(at, 6, words, italic=True)
    page.sheet.autofilter(_HEADER_ROW, 0, at, len(_COLUMNS) - 1)
    page.finish()
