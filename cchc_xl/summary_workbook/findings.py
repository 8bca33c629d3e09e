"""The sheet "Kết quả kiểm tra": every finding in every submission that was checked."""

from __future__ import annotations

from typing import Any

from cchc_xl.consolidation.self_proof import FailedRule, SelfProof
from cchc_xl.consolidation.summary import Summary
from cchc_xl.form_workbook.styles import BAD_FILL, Styles
from cchc_xl.layout import form_layout
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


def write_findings(workbook: Any, styles: Styles, summary: Summary) -> None:
    """Add the sheet."""
    page = Page(workbook, styles, FINDINGS_SHEET, [width for _, width in _COLUMNS])
    checked = [(file, file.result) for file in summary.files if file.result is not None]
    counts = {severity: sum(result.count(severity) for _, result in checked) for severity in Severity}
    page.heading(0, "KẾT QUẢ KIỂM TRA CÁC SỔ NỘP", bold=True, font_size=14)
    said = ", ".join(f"{count} {severity.word.lower()}" for severity, count in counts.items())
    page.heading(1, f"Đã kiểm tra {len(checked)} sổ: {said}.", italic=True)
    page.heading(2, proof_words(summary.proof), italic=True)
    page.header(_HEADER_ROW, [heading for heading, _ in _COLUMNS])
    page.sheet.freeze_panes(_HEADER_ROW + 1, 2)
    at = _HEADER_ROW
    for failed in summary.proof.failed:
        at += 1
        texts = (summary.parent_code, summary.parent, "(phép tổng hợp)", Severity.ERROR.word, failed.at.appendix)
        for column, text in enumerate(texts):
            page.put(at, column, text, bg_color=_FILLS[Severity.ERROR])
        page.put(at, 5, cell_of(failed, summary), align="center")
        for column, text in enumerate((failed.sentence, FAILED_REMEDY, failed.rule), start=6):
            page.put(at, column, text)
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
