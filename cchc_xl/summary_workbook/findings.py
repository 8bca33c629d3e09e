"""The sheet "Kết quả kiểm tra": every finding in every submission that was checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cchc_xl.consolidation.states import JudgedFile
from cchc_xl.consolidation.summary import Summary
from cchc_xl.finding import Finding
from cchc_xl.form_workbook.styles import BAD_FILL, Styles
from cchc_xl.severity import Severity
from cchc_xl.summary_workbook.page import Page, TableRow

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
_CELL, _MESSAGE = 5, 6
# Excel opens no more than 65,530 links of a sheet.
_MOST_LINKS = 20_000


def write_findings(workbook: Any, styles: Styles, summary: Summary, links: Mapping[str, str]) -> None:
    """Add the sheet. ``links``: the paths of the files as seen from the summary's folder."""
    page = Page(workbook, styles, FINDINGS_SHEET, [width for _, width in _COLUMNS])
    checked = [(file, file.result) for file in summary.files if file.result is not None]
    counts = {severity: sum(result.count(severity) for _, result in checked) for severity in Severity}
    page.heading(0, "KẾT QUẢ KIỂM TRA CÁC SỔ NỘP", bold=True, font_size=14)
    said = ", ".join(f"{count} {severity.word.lower()}" for severity, count in counts.items())
    page.heading(1, f"Đã kiểm tra {len(checked)} sổ: {said}.", italic=True)
    page.header(_HEADER_ROW, [heading for heading, _ in _COLUMNS])
    page.sheet.freeze_panes(_HEADER_ROW + 1, 2)
    found = [(file, finding) for file, result in checked for finding in result.findings]
    last = _HEADER_ROW + max(1, len(found))
    if found:
        page.stream(_HEADER_ROW + 1, last, (_row(page, at, *pair) for at, pair in enumerate(found, _HEADER_ROW + 1)))
        _link(page, found, links)
    else:
        words = "Không có lỗi, cảnh báo hay gợi ý nào." if checked else "Chưa có sổ nào đến bước kiểm tra."
        page.put(last, _MESSAGE, words, italic=True)
    page.sheet.autofilter(_HEADER_ROW, 0, last, len(_COLUMNS) - 1)
    page.finish()


def _row(page: Page, at: int, file: JudgedFile, finding: Finding) -> TableRow:
    row = TableRow(page, at)
    style = page.style
    fill = _FILLS.get(finding.severity)
    for column, text in enumerate((file.unit_code, file.unit, file.received.file)):
        row.text(column, text, style())
    row.text(3, finding.severity.word, style(bold=True, **({"bg_color": fill} if fill else {})))
    row.text(4, finding.sheet, style())
    row.text(_CELL, finding.cell, style(align="center"))
    for column, text in enumerate((finding.message, finding.remedy, finding.rule), start=_MESSAGE):
        row.text(column, text, style())
    return row


def _link(page: Page, found: Sequence[tuple[JudgedFile, Finding]], links: Mapping[str, str]) -> None:
    """Links from the cell's address to the cell in the unit's file."""
    made = 0
    for at, (file, finding) in enumerate(found, _HEADER_ROW + 1):
        if made == _MOST_LINKS:
            return
        link = links.get(file.received.file)
        if link and finding.cell:
            sheet = finding.sheet.replace("'", "''")
            to = f"external:{link}#'{sheet}'!{finding.cell}"
            made += page.sheet.write_url(at, _CELL, to, None, finding.cell) == 0
