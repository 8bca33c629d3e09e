"""The sheet "Tình hình nộp": who owes, who sent, what was taken – and every file of the folder exactly once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cchc_xl.consolidation.states import FileState, JudgedFile
from cchc_xl.consolidation.summary import Summary
from cchc_xl.form_workbook.styles import BAD_FILL, Styles
from cchc_xl.severity import Severity
from cchc_xl.summary_workbook.by_unit import ABSENT_FILL, period_words
from cchc_xl.summary_workbook.page import Page

RECEIVED_SHEET = "Tình hình nộp"
_COLUMNS = (
    ("TT", 5.0),
    ("Mã đơn vị", 10.0),
    ("Đơn vị", 24.0),
    ("Tệp", 34.0),
    ("Tình trạng", 20.0),
    ("Lý do", 56.0),
    ("Số lỗi", 8.0),
    ("Số cảnh báo", 10.0),
    ("Mã băm SHA-256 (12 ký tự đầu)", 16.0),
)
_NOT_SENT = "Chưa nộp"
_FILLS = {FileState.INCLUDED: "#E2EFDA", FileState.INCLUDED_WITH_WARNINGS: "#FFF2CC", FileState.EXCLUDED: BAD_FILL}
_HASH = 12
_HEADER_ROW = 9


@dataclass(frozen=True, slots=True)
class _UnitLine:
    code: str
    name: str
    file: JudgedFile | None


def write_received(workbook: Any, styles: Styles, summary: Summary) -> None:
    """Add the sheet."""
    page = Page(workbook, styles, RECEIVED_SHEET, [width for _, width in _COLUMNS])
    units = _unit_lines(summary)
    page.heading(0, "TÌNH HÌNH NỘP BÁO CÁO", bold=True, font_size=14)
    whose = f"{summary.parent}, " if summary.parent else ""
    page.heading(1, f"{whose}kỳ báo cáo: {period_words(summary.period)}", italic=True)
    for index, (words, count) in enumerate(_counts(summary, units), start=2):
        page.heading(index, f"{words}: {count}", bold=index == 2)
    page.header(_HEADER_ROW, [heading for heading, _ in _COLUMNS])
    page.sheet.freeze_panes(_HEADER_ROW + 1, 3)
    at = _HEADER_ROW
    for number, unit in enumerate(units, start=1):
        at += 1
        _line(page, at, number, unit.code, unit.name, unit.file)
    placed = {id(unit.file) for unit in units}
    others = [file for file in summary.files if id(file) not in placed]
    at += 2
    page.heading(at, f"CÁC TỆP KHÁC TRONG THƯ MỤC: {len(others)}", bold=True)
    if others:
        at += 1
        for index, (heading, _) in enumerate(_COLUMNS):
            page.text(at, index, heading, page.header_style())
    for number, file in enumerate(others, start=1):
        at += 1
        _line(page, at, number, file.unit_code, file.unit, file)
    page.finish()


def _unit_lines(summary: Summary) -> list[_UnitLine]:
    """The units of the list, or without a list those that were seen, each with the one file that stands for it."""
    if summary.expected is not None:
        units = [(unit.code, unit.full_name) for unit in summary.expected]
    else:
        units = list({file.unit_code: (file.unit_code, file.unit) for file in summary.files if file.unit_code}.values())
    return [_UnitLine(code, name, _decisive(summary.files, code)) for code, name in units]


def _decisive(files: Sequence[JudgedFile], code: str) -> JudgedFile | None:
    """The file that was taken; else the one that got furthest."""
    own = [file for file in files if file.unit_code == code and file.state is not FileState.UNEXPECTED_UNIT]

    def rank(file: JudgedFile) -> tuple[bool, bool, bool]:
        return not file.state.taken, file.result is None, file.state is FileState.DUPLICATE

    return min(own, key=rank, default=None)


def _counts(summary: Summary, units: Sequence[_UnitLine]) -> list[tuple[str, str]]:
    sent = sum(unit.file is not None for unit in units)
    included = len(summary.children)
    listed = summary.expected is not None
    return [
        ("Đơn vị phải nộp", str(len(units)) if listed else "chưa có danh sách"),
        ("Đơn vị đã nộp", str(sent)),
        ("Đơn vị đã tổng hợp", str(included)),
        ("Đơn vị đã nộp nhưng không đưa vào", str(sent - included)),
        ("Đơn vị chưa nộp", str(len(units) - sent) if listed else "chưa có danh sách"),
        ("Số tệp trong thư mục", str(len(summary.files))),
    ]


def _line(page: Page, at: int, number: int, code: str, name: str, file: JudgedFile | None) -> None:
    result = file.result if file else None
    state = file.state.word if file else _NOT_SENT
    fill = _FILLS.get(file.state, ABSENT_FILL) if file else ABSENT_FILL
    page.put(at, 0, number, align="center")
    page.put(at, 1, code, align="center")
    page.put(at, 2, name)
    page.put(at, 3, file.received.file if file else None)
    page.put(at, 4, state, bold=True, bg_color=fill)
    page.put(at, 5, file.reason if file else None)
    page.put(at, 6, result.count(Severity.ERROR) if result else None, align="center")
    page.put(at, 7, result.count(Severity.WARNING) if result else None, align="center")
    page.put(at, 8, file.received.sha256[:_HASH] if file else None, align="center")
