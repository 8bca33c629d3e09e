"""The button Tổng hợp: ask for folder, period, deadline and list of units, merge, and open the summary."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from cchc_xl.catalogue.load import form_ids, load_form
from cchc_xl.consolidation.states import FileState
from cchc_xl.consolidation.summary import Summary
from cchc_xl.errors import InputFault, SeveralForms
from cchc_xl.hosts.excel.dialogs import Dialogs, as_file_name, choose
from cchc_xl.hosts.excel.remembered import recall, remember
from cchc_xl.hosts.excel.undisturbed import insist, open_written, refuse_open
from cchc_xl.hosts.pace import Pace
from cchc_xl.merging import MergeRequest, merge
from cchc_xl.periods import format_date, parse_date
from cchc_xl.severity import Severity

_LISTS = tuple(f"danh-sach-don-vi.{suffix}" for suffix in ("xlsx", "tsv", "csv"))
_BETWEEN_MESSAGES = 0.3  # seconds: each message in the status bar is a call into Excel
_ASKED_AT_MOST = 10


def tong_hop(app: Any, dialogs: Dialogs) -> Summary | None:
    """Merge a folder that the user chooses; ``None`` when the user gives up.

    Reading and merging run outside Excel, which stays usable; its status bar shows how far the work is.
    """
    known = recall()
    folder = dialogs.folder("Chọn thư mục chứa các sổ nộp", known.get("thu-muc", ""))
    if folder is None:
        return None
    period = dialogs.text(
        "Kỳ báo cáo, như 2024-Q1 (quý I), 2024-6T, 2024-9T, 2024-NAM.\nĐể trống: lấy kỳ của đa số sổ nộp.",
        known.get("ky", ""),
    )
    if period is None:
        return None
    deadline = _deadline(dialogs, known.get("han-nop", "") if period == known.get("ky") else "")
    if deadline is None:
        return None
    units = _units_file(folder, known, dialogs)
    if units is not None and not period:
        period = dialogs.text("Danh sách đơn vị cần biết kỳ báo cáo. Ghi kỳ, như 2024-Q1 hoặc 2024-NAM:")
        if not period:
            return None
    target = dialogs.save_as("Ghi sổ tổng hợp vào tệp", str(folder / f"{as_file_name(f'Tong hop {period}')}.xlsx"))
    if target is None:
        return None
    refuse_open(app, target)
    remember({"thu-muc": str(folder), "ky": period, "danh-sach": str(units or ""), "han-nop": deadline})
    request = MergeRequest(folder=folder, target=target, units_file=units, period=period, deadline=deadline)
    try:
        summary = _merged(app, dialogs, request)
    finally:
        insist(partial(setattr, app, "status_bar", False))
    if summary is None:
        return None
    if summary.form is None:
        dialogs.say("Không đọc được sổ nào trong thư mục nên chưa có sổ tổng hợp. " + _left_out(summary))
        return summary
    open_written(app, target)
    dialogs.say(_outcome(summary))
    return summary


def _units_file(folder: Path, known: dict[str, str], dialogs: Dialogs) -> Path | None:
    """The list of units that owe a report: beside the submissions, the last one used, or chosen now."""
    for place in (folder, folder.parent):
        for name in _LISTS:
            if (place / name).is_file():
                return place / name
    last = Path(known["danh-sach"]) if known.get("danh-sach") else None
    if last is not None and last.is_file():
        if dialogs.agree(f"Dùng lại danh sách đơn vị phải nộp {last.name}?"):
            return last
    elif not dialogs.agree("Có danh sách đơn vị phải nộp không? (Không có thì không biết đơn vị nào chưa nộp.)"):
        return None
    return dialogs.file("Chọn danh sách đơn vị phải nộp", str(folder.parent))


def _deadline(dialogs: Dialogs, offered: str) -> str | None:
    """The last day for sending, asked until it is a date or nothing; ``None``: Hủy."""
    question = "Hạn nộp, ghi ngày/tháng/năm như 20/03/2024.\nĐể trống: không xét đúng hạn."
    while True:
        answer = dialogs.text(question, offered)
        if not answer:
            return answer
        try:
            return format_date(parse_date(answer))
        except InputFault as fault:
            question, offered = f"{fault}\nĐể trống: không xét đúng hạn.", answer


def _merged(app: Any, dialogs: Dialogs, request: MergeRequest) -> Summary | None:
    """Merge; ask for the form when the submissions are of several, and for reasons to include workbooks with errors."""
    try:
        summary = merge(request, _Progress(app))
    except SeveralForms as several:
        found = [*several.forms, *(form for form in form_ids() if form not in several.forms)]
        words = [(form, f"{form} – {load_form(form).name}") for form in found]
        form = choose(dialogs, "Các sổ nộp theo nhiều biểu. Chọn biểu của sổ tổng hợp:", words)
        if form is None:
            return None
        request = replace(request, form=form)
        summary = merge(request, _Progress(app))
    reasons = _reasons(summary, dialogs)
    if not reasons:
        return summary
    # The merge just made lies at the target now: what moved is told against the summary before it.
    again = merge(replace(request, overrides=reasons, earlier=summary.earlier), _Progress(app))
    return replace(again, kept=summary.kept)


class _Progress:
    """Shows in the status bar how many files are read, not more often than a person can see."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.shown = 0.0
        self.pace = Pace()

    def __call__(self, done: int, total: int, name: str) -> None:
        now = time.monotonic()
        if now - self.shown < _BETWEEN_MESSAGES and done < total:
            return
        self.shown = now
        with suppress(Exception):  # Excel may be busy with the user: a message less is no harm
            self.app.status_bar = f"CCHC: đang đọc {self.pace.words(done, total)}: {name}"


def _reasons(summary: Summary, dialogs: Dialogs) -> dict[str, str]:
    """Workbooks that were left out for errors and that the officer wants in, each with a reason."""
    wrong = [file for file in summary.left_out if file.state is FileState.EXCLUDED and file.result is not None]
    wrong = [file for file in wrong if file.result and file.result.count(Severity.ERROR)]
    if not wrong or not dialogs.agree(
        f"{len(wrong)} sổ không được đưa vào vì còn lỗi: {', '.join(file.unit for file in wrong[:_ASKED_AT_MOST])}.\n"
        "Bạn có muốn đưa sổ nào vào kèm lý do không?"
    ):
        return {}
    reasons = {}
    for file in wrong[:_ASKED_AT_MOST]:
        reason = dialogs.text(f"{file.unit}: {file.reason}\n\nGhi lý do để đưa vào; để trống thì bỏ qua.")
        if reason:
            reasons[file.received.file] = reason
    return reasons


def _outcome(summary: Summary) -> str:
    whose = f" cho {summary.parent}" if summary.parent else ""
    lines = [f"Đã tổng hợp{whose}: {len(summary.children)}/{summary.units_expected} đơn vị."]
    received = {file.unit_code for file in summary.files}
    silent = [unit.full_name for unit in summary.missing if unit.code not in received]
    if silent:
        lines.append(f"Chưa nộp: {_listed(silent)}.")
    lines.append(_left_out(summary))
    lines.extend(failed.sentence + "." for failed in summary.proof.failed)
    if summary.changes is not None:
        lines.append(
            f"So với bản trước có {summary.changes.moved_totals} chỉ tiêu có tổng thay đổi: xem trang “Thay đổi”."
        )
    lines.append(summary.earlier.remark if summary.earlier else "")
    lines.append(summary.kept)
    if summary.beside:
        lines.append(f"Bảng số liệu gốc ở tệp {', '.join(summary.beside)}, cùng thư mục với sổ tổng hợp.")
    lines.append("Xem trang “Tình hình nộp” và “Kết quả kiểm tra” trong sổ tổng hợp.")
    return "\n".join(filter(None, lines))


def _left_out(summary: Summary) -> str:
    files = [file for file in summary.left_out if file.state is not FileState.DUPLICATE]
    if not files:
        return ""
    shown = _listed([f"{file.received.file} ({file.state.word.lower()})" for file in files])
    return f"Không đưa vào {len(files)} tệp: {shown}."


def _listed(names: list[str]) -> str:
    more = len(names) - _ASKED_AT_MOST
    return ", ".join(names[:_ASKED_AT_MOST]) + (f" và {more} nữa" if more > 0 else "")
