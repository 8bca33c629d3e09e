"""The units that owe a report, each with the one file that stands for it, and what to write to those that still owe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cchc_xl.consolidation.states import FileState, JudgedFile
from cchc_xl.consolidation.summary import Summary
from cchc_xl.consolidation.timing import days_late
from cchc_xl.periods import format_date, period_words
from cchc_xl.severity import Severity

_SHOWN_FAULTS = 3
_MOST_TEXT = 220


@dataclass(frozen=True, slots=True)
class OwingUnit:
    """A unit with the file that stands for it (``None``: nothing came)."""

    code: str
    name: str
    file: JudgedFile | None

    @property
    def settled(self) -> bool:
        """Whether its figures are in the summary."""
        return self.file is not None and self.file.state.taken


def owing_units(summary: Summary) -> list[OwingUnit]:
    """Units of the list, or without a list those that were seen."""
    if summary.expected is not None:
        units = [(unit.code, unit.full_name) for unit in summary.expected]
    else:
        units = list({file.unit_code: (file.unit_code, file.unit) for file in summary.files if file.unit_code}.values())
    sent: dict[str, list[JudgedFile]] = {}
    for file in summary.files:
        if file.state is not FileState.UNEXPECTED_UNIT:
            sent.setdefault(file.unit_code, []).append(file)
    return [OwingUnit(code, name, _decisive(sent.get(code, ()))) for code, name in units]


def _decisive(own: Sequence[JudgedFile]) -> JudgedFile | None:
    """The file that was taken; else the one that got furthest."""

    def rank(file: JudgedFile) -> tuple[bool, bool, bool]:
        return not file.state.taken, file.result is None, file.state is FileState.DUPLICATE

    return min(own, key=rank, default=None)


# Reminders --------------------------------------------------------------------------------------------------------


def _reminder(unit: OwingUnit, summary: Summary, when: str) -> str:
    if unit.settled:
        return ""
    report = f"số liệu báo cáo cải cách hành chính {period_words(summary.period) if summary.period else ''}".rstrip()
    if unit.file is None:
        return (
            f"Kính gửi {unit.name}: đến nay chưa nhận được sổ {report} của đơn vị. "
            f"Đề nghị đơn vị hoàn thành và gửi {when}. Trân trọng."
        )
    return (
        f"Kính gửi {unit.name}: sổ {report} của đơn vị (tệp {unit.file.received.file}) chưa được tổng hợp. "
        f"{_what_is_wrong(unit.file)} Đề nghị đơn vị rà soát, chỉnh sửa và gửi lại {when}. Trân trọng."
    )


def with_reminders(summary: Summary) -> list[tuple[OwingUnit, str]]:
    """Every unit with a text ready to be sent to it; empty when nothing is owed.

    The text names no person and no current date.
    """
    when = _by_when(summary)
    return [(unit, _reminder(unit, summary, when)) for unit in owing_units(summary)]


def reminders(summary: Summary) -> list[tuple[OwingUnit, str]]:
    """The units to be reminded, in the order of the list."""
    return [(unit, text) for unit, text in with_reminders(summary) if text]


def _what_is_wrong(file: JudgedFile) -> str:
    """The first errors with their cells, or where it was no figure's fault the reason."""
    errors = [f for f in file.result.findings if f.severity is Severity.ERROR] if file.result else []
    if not errors:
        return f"Lý do: {_sentence(file.reason)}"
    shown = [
        f"({number}) trang {error.sheet}{f' ô {error.cell}' if error.cell else ''}: {_short(error.message)}"
        for number, error in enumerate(errors[:_SHOWN_FAULTS], start=1)
    ]
    more = len(errors) - len(shown)
    rest = f"; và {more} lỗi khác" if more else ""
    return f"Sổ còn {len(errors)} lỗi: {'; '.join(shown)}{rest}."


def _by_when(summary: Summary) -> str:
    """The deadline while it can still be kept: once a file came after it, it has passed."""
    deadline = summary.deadline
    if deadline is None:
        return "sớm nhất có thể"
    if passed(summary, deadline):
        return f"sớm nhất có thể (hạn nộp là ngày {format_date(deadline)})"
    return f"chậm nhất ngày {format_date(deadline)}"


def passed(summary: Summary, deadline: date) -> bool:
    """Whether a submission of this merge came after the deadline."""
    return any(days_late(file, deadline) for file in summary.files if file.state is not FileState.IGNORED)


def _short(text: str) -> str:
    text = " ".join(text.split()).rstrip(".")
    return text if len(text) <= _MOST_TEXT else text[: _MOST_TEXT - 1].rstrip() + "…"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else text + "."
