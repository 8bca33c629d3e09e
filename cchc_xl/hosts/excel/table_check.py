"""What CCHC_KIEMTRA spills: the check's findings on an officer's own table, and what of it was not checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from cchc_xl.catalogue.load import load_form
from cchc_xl.catalogue.model import Appendix, Form, Row
from cchc_xl.checks.run import check
from cchc_xl.errors import InputFault
from cchc_xl.expressions import CellRef
from cchc_xl.finding import Finding
from cchc_xl.hosts.excel.blocks import Block, shape
from cchc_xl.readers.own_table import OwnTable, TableEntry, UnknownRow, read_own_table
from cchc_xl.severity import Severity

HEADINGS = ["Mức độ", "STT", "Nội dung", "Cách xử lý"]
NOTHING = [["Không có phát hiện nào."]]
_EMPTY = [["Vùng chưa có số liệu."]]
_MOST_NAMES = 10

Lines = list[list[str]]


def appendix_of(form_id: str, appendix_id: str) -> tuple[Form, Appendix]:
    """A form and one of its appendices; of a form with one appendix its name may be left out."""
    if not form_id:
        raise InputFault("Chưa ghi mã biểu, ví dụ vinh-thanh-2023.")
    form = load_form(form_id.lower())
    if not appendix_id and len(form.appendices) == 1:
        return form, form.appendices[0]
    for appendix in form.appendices:
        if appendix.id.lower() == appendix_id.lower():
            return form, appendix
    names = ", ".join(appendix.id for appendix in form.appendices)
    fault = f"Biểu {form.id} không có phụ lục “{appendix_id}”" if appendix_id else f"Biểu {form.id} có nhiều phụ lục"
    raise InputFault(f"{fault}: hãy ghi một trong các phụ lục {names}.")


def check_table(stt: Block, figures: Block, form_id: str, appendix_id: str) -> Lines:
    """The findings as rows, headings first; a single cell when there is nothing to say."""
    if shape(stt)[1] != 1:
        raise InputFault("Vùng STT phải là một cột.")
    if len(stt) != len(figures):
        raise InputFault(
            f"Vùng STT có {len(stt)} dòng, vùng số liệu có {len(figures)} dòng: hãy chọn hai vùng có cùng số dòng."
        )
    form, appendix = appendix_of(form_id, appendix_id)
    last = max((i for i, line in enumerate(figures, start=1) if any(cell.filled for cell in line)), default=0)
    if not last:
        return [list(line) for line in _EMPTY]
    # Rows below the last figure: those of the form that nobody has filled, or the rest of a whole column.
    end = max(last, max((i for i, line in enumerate(stt, start=1) if line[0].filled), default=0))
    end = min(len(stt), end + len(appendix.printed))
    table = read_own_table(form, appendix, [line[0] for line in stt[:end]], figures[:end])
    if not any(isinstance(entry, TableEntry) for entry in table.submission.entries.values()):
        raise InputFault(f"Không dòng nào của vùng có STT của {appendix.id}, biểu {form.id}: hãy kiểm tra vùng STT.")
    repeated = Counter(row.stt for row in appendix.printed)
    lines = [_finding_line(finding, table, appendix, repeated) for finding in check(table.submission).findings]
    lines += [_unknown_line(row) for row in table.unknown]
    if table.absent:
        lines.append(_absent_line(appendix, table.absent))
    return [HEADINGS, *lines] if lines else [list(line) for line in NOTHING]


def _finding_line(finding: Finding, table: OwnTable, appendix: Appendix, repeated: Counter[str]) -> list[str]:
    stt = ""
    if finding.order:
        row = appendix.row(finding.order)
        stt = row.stt.strip().rstrip(".")
        if not stt or repeated[row.stt] > 1:
            place = _place(finding, table, appendix)
            stt = f"{stt} ({place})" if stt else place
    return [finding.severity.word, stt, finding.message, finding.remedy]


def _place(finding: Finding, table: OwnTable, appendix: Appendix) -> str:
    key = next((column.key for column in appendix.columns if column.name == finding.column), "")
    entry = table.submission.entries.get(CellRef(appendix.id, finding.order, key))
    return f"dòng {entry.row + 1}" if isinstance(entry, TableEntry) else ""


def _unknown_line(row: UnknownRow) -> list[str]:
    return [
        Severity.WARNING.word,
        row.stt,
        f"Dòng {row.row + 1} của vùng: {row.reason}; số liệu của dòng chưa được kiểm tra.",
        "Sửa STT và thứ tự dòng cho đúng biểu, hoặc bỏ dòng này khỏi vùng.",
    ]


def _absent_line(appendix: Appendix, rows: Sequence[Row]) -> list[str]:
    names = "; ".join(row.title(40) or "dòng tổng" for row in rows[:_MOST_NAMES])
    more = f" và {len(rows) - _MOST_NAMES} dòng khác" if len(rows) > _MOST_NAMES else ""
    return [
        Severity.INFO.word,
        "",
        f"Vùng không có {len(rows)} dòng của {appendix.id}: {names}{more}. Chưa kiểm tra quy tắc cần các dòng này.",
        "Thêm các dòng còn thiếu vào vùng nếu muốn kiểm tra đủ.",
    ]
