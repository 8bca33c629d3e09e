"""The sheet "Tình hình nộp": who owes, who sent and when, what was taken, whom to remind – and every file once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cchc_xl.completion import Completion
from cchc_xl.consolidation.owing import OwingUnit, with_reminders
from cchc_xl.consolidation.states import FileState, JudgedFile
from cchc_xl.consolidation.summary import Summary
from cchc_xl.consolidation.timing import days_late, sent_day
from cchc_xl.form_workbook.styles import BAD_FILL, Styles
from cchc_xl.periods import format_date, period_words
from cchc_xl.severity import Severity
from cchc_xl.summary_workbook.by_unit import ABSENT_FILL
from cchc_xl.summary_workbook.page import Page

RECEIVED_SHEET = "Tình hình nộp"
_HASH_HEADING = "Mã băm SHA-256 (12 ký tự đầu)"
_COLUMNS = (
    ("TT", 4.5),
    ("Mã đơn vị", 9.0),
    ("Đơn vị", 20.0),
    ("Tệp", 24.0),
    ("Tình trạng", 15.0),
    ("Lý do", 42.0),
    ("Số lỗi", 6.0),
    ("Số cảnh báo", 7.0),
    ("Ngày nộp", 13.0),
    ("Đúng hạn", 11.0),
    ("Hoàn thành", 12.0),
    ("Nội dung nhắc", 58.0),
    (_HASH_HEADING, 14.0),
)
_TEXTS = ("Đơn vị", "Tệp", "Lý do", "Nội dung nhắc")
_NOT_SENT = "Chưa nộp"
_FILLS = {FileState.INCLUDED: "#E2EFDA", FileState.INCLUDED_WITH_WARNINGS: "#FFF2CC", FileState.EXCLUDED: BAD_FILL}
_HASH = 12


def write_received(workbook: Any, styles: Styles, summary: Summary) -> None:
    """Add the sheet."""
    page = Page(workbook, styles, RECEIVED_SHEET, [width for _, width in _COLUMNS])
    reminded = with_reminders(summary)
    units = [unit for unit, _ in reminded]
    page.heading(0, "TÌNH HÌNH NỘP BÁO CÁO", bold=True, font_size=14)
    whose = f"{summary.parent}, " if summary.parent else ""
    page.heading(1, f"{whose}kỳ báo cáo: {period_words(summary.period)}", italic=True)
    at = 1
    for words, count in _counts(summary, units):
        at += 1
        page.heading(at, f"{words}: {count}", bold=at == 2)
    at += 2
    page.header(at, [heading for heading, _ in _COLUMNS])
    page.sheet.freeze_panes(at + 1, 3)
    for number, (unit, text) in enumerate(reminded, start=1):
        at += 1
        _line(page, at, number, unit, summary, text)
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
        _line(page, at, number, OwingUnit(file.unit_code, file.unit, file), summary)
    page.finish()


def _counts(summary: Summary, units: Sequence[OwingUnit]) -> list[tuple[str, str]]:
    sent = sum(unit.file is not None for unit in units)
    included = len(summary.children)
    listed = summary.expected is not None
    counts = [
        ("Đơn vị phải nộp", str(len(units)) if listed else "chưa có danh sách"),
        ("Đơn vị đã nộp", str(sent)),
        ("Đơn vị đã tổng hợp", str(included)),
        ("Đơn vị đã nộp nhưng không đưa vào", str(sent - included)),
        ("Đơn vị chưa nộp", str(len(units) - sent) if listed else "chưa có danh sách"),
        ("Số tệp trong thư mục", str(len(summary.files))),
    ]
    if summary.deadline is not None:
        late = [days_late(unit.file, summary.deadline) for unit in units if unit.file is not None]
        named = f"Nộp đúng hạn (hạn nộp {format_date(summary.deadline)})"
        counts.append((named, f"{late.count(0)}/{len(units)}; quá hạn: {sum(1 for days in late if days)}"))
    complete = sum(_completed(unit.file) == Completion.COMPLETE for unit in units)
    counts.append(("Đơn vị có dấu hoàn thành còn giá trị", f"{complete}/{len(units)}"))
    return counts


def _completed(file: JudgedFile | None) -> Completion:
    given = file.received.given if file else None
    return given.completion if given is not None else Completion.OPEN


def _line(page: Page, at: int, number: int, unit: OwingUnit, summary: Summary, reminded: str = "") -> None:
    file = unit.file
    result = file.result if file else None
    fill = _FILLS.get(file.state, ABSENT_FILL) if file else ABSENT_FILL
    late = days_late(file, summary.deadline) if file else None
    contents: dict[str, str | int | None] = {
        "TT": number,
        "Mã đơn vị": unit.code,
        "Đơn vị": unit.name,
        "Tệp": file.received.file if file else None,
        "Tình trạng": file.state.word if file else _NOT_SENT,
        "Lý do": file.reason if file else None,
        "Số lỗi": result.count(Severity.ERROR) if result else None,
        "Số cảnh báo": result.count(Severity.WARNING) if result else None,
        "Ngày nộp": _sent_words(file) if file else None,
        "Đúng hạn": None if late is None else f"Quá hạn {late} ngày" if late else "Đúng hạn",
        "Hoàn thành": _completed_words(file) if file else None,
        "Nội dung nhắc": reminded,
        _HASH_HEADING: file.received.sha256[:_HASH] if file else None,
    }
    for column, (heading, _) in enumerate(_COLUMNS):
        style: dict[str, object] = {"align": "center"} if heading not in _TEXTS else {}
        if heading == "Tình trạng":
            style = {"bold": True, "bg_color": fill}
        elif heading == "Đúng hạn" and late:
            style["bg_color"] = BAD_FILL
        page.put(at, column, contents[heading], **style)


def _sent_words(file: JudgedFile) -> str:
    """The stamped day; where there is none the day of saving, which says so."""
    sent = sent_day(file)
    if sent is None:
        return ""
    return format_date(sent.day) + ("" if sent.stamped else "\n(ngày lưu tệp)")


def _completed_words(file: JudgedFile) -> str:
    match _completed(file):
        case Completion.COMPLETE:
            assert file.received.given is not None
            return file.received.given.stamp.completed
        case Completion.LAPSED:
            return "số liệu đã đổi"
    return ""
