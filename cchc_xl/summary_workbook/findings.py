"""The sheet "Kết quả kiểm tra": every finding in every submission that was checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cchc_xl import excel_limits
from cchc_xl.consolidation.self_proof import FailedRule, SelfProof
from cchc_xl.consolidation.states import JudgedFile
from cchc_xl.consolidation.summary import Summary
from cchc_xl.finding import Finding
from cchc_xl.form_workbook.links import file_link
from cchc_xl.form_workbook.styles import BAD_FILL, Styles
from cchc_xl.layout import form_layout
from cchc_xl.severity import Severity
from cchc_xl.summary_workbook.continued import goes_on, part_name, split
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
# Excel opens no more than 65,530 links of a sheet (``excel_limits``), and slowly when they are so many.
_MOST_LINKS = 20_000
FAILED_REMEDY = "Không dùng số tổng này; đối chiếu với trang “Nguồn số liệu” và báo cho người phụ trách bộ công cụ."


def proof_words(proof: SelfProof) -> str:
    """The merge's own proof in one line."""
    if proof.failed:
        rules = ", ".join(dict.fromkeys(failed.rule for failed in proof.failed))
        return (
            f"Phép tổng hợp tự kiểm tra: ĐÁNG NGỜ, {len(proof.failed)} quy tắc đúng ở mọi đơn vị mà sai ở tổng "
            f"({rules}); {proof.proved} quy tắc khác đúng."
        )
    if not proof.proved:
        return "Phép tổng hợp tự kiểm tra: không có quy tắc cộng nào đúng ở mọi đơn vị để thử trên số tổng."
    return f"Phép tổng hợp tự kiểm tra: {proof.proved} quy tắc cộng, so sánh đúng ở mọi đơn vị cũng đúng trên số tổng."


def cell_of(failed: FailedRule, summary: Summary) -> str:
    """The address of the cell in the summary's own form."""
    assert summary.form is not None
    return form_layout(summary.form).appendices[failed.at.appendix].address(failed.at)


def write_findings(workbook: Any, styles: Styles, summary: Summary, links: Mapping[str, str]) -> None:
    """Add the sheet. ``links``: the paths of the files as seen from the summary's folder."""
    checked = [(file, file.result) for file in summary.files if file.result is not None]
    counts = {severity: sum(result.count(severity) for _, result in checked) for severity in Severity}
    said = ", ".join(f"{count} {severity.word.lower()}" for severity, count in counts.items())
    found = [(file, finding) for file, result in checked for finding in result.findings]
    first = _HEADER_ROW + 1 + len(summary.proof.failed)
    parts = split(found, excel_limits.ROWS - first, excel_limits.ROWS - _HEADER_ROW - 1)
    for number, part in enumerate(parts, start=1):
        page = Page(workbook, styles, part_name(FINDINGS_SHEET, number), [width for _, width in _COLUMNS])
        page.heading(0, "KẾT QUẢ KIỂM TRA CÁC SỔ NỘP", bold=True, font_size=14)
        page.heading(2, proof_words(summary.proof), italic=True)
        page.header(_HEADER_ROW, [heading for heading, _ in _COLUMNS])
        page.sheet.freeze_panes(_HEADER_ROW + 1, 2)
        begins = first if number == 1 else _HEADER_ROW + 1
        last = max(_HEADER_ROW + 1, begins + len(part) - 1)
        for at, failed in enumerate(summary.proof.failed if number == 1 else (), _HEADER_ROW + 1):
            _failed_row(page, at, failed, summary)
        words = [f"Đã kiểm tra {len(checked)} sổ: {said}.", goes_on(FINDINGS_SHEET, number, len(parts))]
        if part:
            page.stream(begins, last, (_row(page, at, *pair) for at, pair in enumerate(part, begins)))
            words.append(_link(page, begins, part, links))
        elif not summary.proof.failed:
            nothing = "Không có lỗi, cảnh báo hay gợi ý nào." if checked else "Chưa có sổ nào đến bước kiểm tra."
            page.put(last, _MESSAGE, nothing, italic=True)
        page.heading(1, " ".join(filter(None, words)), italic=True)
        page.sheet.autofilter(_HEADER_ROW, 0, last, len(_COLUMNS) - 1)
        page.finish()


def _failed_row(page: Page, at: int, failed: FailedRule, summary: Summary) -> None:
    texts = (summary.parent_code, summary.parent, "(phép tổng hợp)", Severity.ERROR.word, failed.at.appendix)
    for column, text in enumerate(texts):
        page.put(at, column, text, bg_color=_FILLS[Severity.ERROR])
    page.put(at, _CELL, cell_of(failed, summary), align="center")
    for column, text in enumerate((failed.sentence, FAILED_REMEDY, failed.rule), start=_MESSAGE):
        page.put(at, column, text)


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


def _link(page: Page, first: int, found: Sequence[tuple[JudgedFile, Finding]], links: Mapping[str, str]) -> str:
    """Links from the cell's address to the cell in the unit's file. Says so, if not all have one."""
    made = 0
    for at, (file, finding) in enumerate(found, first):
        if made == _MOST_LINKS:
            return f"Liên kết đến ô trong sổ nộp chỉ có ở {made} dòng đầu của trang; các dòng sau ghi địa chỉ ô."
        path = links.get(file.received.file)
        to = file_link(path, finding.sheet, finding.cell) if path and finding.cell else ""
        if to:
            made += page.sheet.write_url(at, _CELL, to, None, finding.cell) == 0
    return ""
