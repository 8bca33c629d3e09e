"""The gates of a merge: readable → our form → expected unit and period → newest → structure → figures → rules.

Pure: it judges what was read. Nothing is dropped silently: files in = files judged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cchc_xl.consolidation.same_unit import Senders, unit_name, with_one_name, without_shared_codes
from cchc_xl.consolidation.states import FileState, JudgedFile, ReceivedFile
from cchc_xl.errors import InputFault
from cchc_xl.periods import parse_period, period_words
from cchc_xl.severity import Severity
from cchc_xl.stamp import SUMMARY
from cchc_xl.units import Unit


@dataclass(frozen=True, slots=True)
class Admission:
    """What the officer asked for: period, expected units (``None`` = any), files included in spite of faults.

    ``parent``: the code of the unit whose summary this is; empty when nobody said.
    """

    period: str
    expected: Sequence[Unit] | None
    overrides: Mapping[str, str]
    parent: str = ""


def reporting(received: Sequence[ReceivedFile]) -> list[ReceivedFile]:
    """The files whose form and period speak for all: submissions, or summaries where there is nothing else.

    An earlier summary that lies among the submissions has no say in what is merged.
    """
    readable = [file for file in received if file.given]
    return [file for file in readable if not _is_summary(file)] or readable


def _is_summary(file: ReceivedFile) -> bool:
    return file.given is not None and file.given.stamp.kind == SUMMARY


def agreed_period(received: Sequence[ReceivedFile], overrides: Mapping[str, str]) -> str:
    """The period of most submissions; the later one on a tie.

    Files of another period are then left out by name, so a wrong choice shows at once. Files that the officer includes
    by name do not vote while others are there: they may be of another period.
    """
    dated = [f for f in received if f.given and f.given.stamp.period]
    voters = reporting([f for f in dated if f.file not in overrides]) or reporting(dated)
    votes = Counter(f.given.stamp.period for f in voters if f.given)
    return max(votes, key=lambda period: (votes[period], _end(period)), default="")


def _end(period: str) -> str:
    try:
        return parse_period(period).end.isoformat()
    except InputFault:
        return ""


def judge(received: Sequence[ReceivedFile], admission: Admission) -> list[JudgedFile]:
    """The state of every file, in the order they came."""
    directory = None if admission.expected is None else _Directory(admission.expected)
    only_summaries = all(_is_summary(file) for file in received if file.given)
    senders = Senders((file.given.stamp.unit_code, file.given.stamp.unit) for file in received if file.given)
    judged = [_identify(file, admission, directory, senders, only_summaries) for file in received]
    judged = without_shared_codes(judged, admission.expected, frozenset(admission.overrides))
    judged = _newest_only(judged, admission)
    if directory is None:
        judged = with_one_name(judged)
    inspected = [_inspect(file, admission) if file.state is FileState.INCLUDED else file for file in judged]
    return _with_fate_of_the_newer(judged, inspected)


def _with_fate_of_the_newer(judged: Sequence[JudgedFile], inspected: Sequence[JudgedFile]) -> list[JudgedFile]:
    """Where the file that went before others of its unit was left out, the others say that nothing counts now."""
    fate = {before.unit_code: after for before, after in zip(judged, inspected, strict=True) if before.state.taken}
    out = []
    for file in inspected:
        newer = fate.get(file.unit_code)
        if file.state is FileState.DUPLICATE and newer is not None and not newer.state.taken:
            said = "Tệp đó không được đưa vào, nên đơn vị chưa có số liệu"
            file = replace(file, reason=f"{file.reason} {said}: hãy xin nộp lại, hoặc đưa tệp này vào kèm lý do.")
        out.append(file)
    return out


def _identify(
    file: ReceivedFile, admission: Admission, directory: _Directory | None, senders: Senders, only_summaries: bool
) -> JudgedFile:
    given = file.given
    if given is None:
        return JudgedFile(file, file.fault_state, file.fault)
    stamp = given.stamp
    code, name = stamp.unit_code, stamp.unit
    if _is_summary(file) and file.file not in admission.overrides:
        # Without a list nobody says that a summary is owed: beside submissions its figures would count twice.
        owed = admission.expected is not None or only_summaries
        if not owed or (code and code == admission.parent) or not (code or name):
            return JudgedFile(file, FileState.EXCLUDED, _summary_words(name, code))
    if not code and not name:
        reason = "Sổ chưa ghi tên đơn vị: đề nghị đơn vị ghi tên và mã ở trang Bìa."
        if not given.has_cover and given.fault_count:
            reason = f"Cấu trúc biểu bị thay đổi: {given.fault[1]}."
        return JudgedFile(file, FileState.EXCLUDED, reason)
    if directory is not None:
        unit = directory.find(code, name)
        if unit is None:
            shown = f"{name} ({code})" if name and code else name or code
            reason = f"Đơn vị {shown} không có trong danh sách đơn vị phải nộp."
            if file.file in admission.overrides:
                reason += " Yêu cầu đưa vào không áp dụng cho đơn vị ngoài danh sách: hãy ghi đơn vị vào danh sách."
            if _is_summary(file):
                reason = _summary_words(name, code)
            return JudgedFile(file, FileState.UNEXPECTED_UNIT, reason, code or name, name or code)
        code, name = unit.code, unit.full_name
    elif not code:
        found_units = senders.find(name)
        if len(found_units) > 1:
            listed = ", ".join(found_units)
            reason = f"Sổ không ghi mã, mà {name} là tên của nhiều đơn vị (mã {listed}): hãy ghi mã ở trang Bìa."
            return JudgedFile(file, FileState.EXCLUDED, reason, name, name)
        code, name = next(iter(found_units.items()), (name, name))
    found = JudgedFile(file, FileState.INCLUDED, "", code or name, name or code)
    if stamp.period != admission.period:
        theirs = _named_period(stamp.period)
        reason = f"Sổ của kỳ {theirs}, trong khi tổng hợp kỳ {_named_period(admission.period)}."
        if file.file not in admission.overrides:
            return replace(found, state=FileState.EXCLUDED, reason=reason)
        return replace(found, reason=reason)
    return found


class _Directory:
    """The expected units by code and by name."""

    def __init__(self, expected: Sequence[Unit]) -> None:
        self.by_code: dict[str, Unit] = {}
        self.by_name: tuple[dict[str, list[Unit]], ...] = ({}, {})
        for unit in expected:
            self.by_code.setdefault(unit.code, unit)
            for names, shown in zip(self.by_name, (unit.full_name, unit.name), strict=True):
                names.setdefault(unit_name(shown), []).append(unit)

    def find(self, code: str, name: str) -> Unit | None:
        """The unit that a stamp speaks of. A code decides alone: names recur, a wrong code is not guessed away."""
        if code:
            return self.by_code.get(code)
        wanted = unit_name(name)
        bearers = next((names[wanted] for names in self.by_name if wanted in names), [])
        return bearers[0] if len(bearers) == 1 else None


def _summary_words(name: str, code: str) -> str:
    whose = f"của {name or code}" if name or code else "chưa ghi tên đơn vị"
    return (
        f"Đây là sổ tổng hợp {whose}, không phải sổ nộp của một đơn vị phải nộp: hãy để sổ này ngoài thư mục; "
        "nếu đơn vị đó phải nộp thì ghi vào danh sách đơn vị, hoặc đưa vào bằng --ke-ca."
    )


def _named_period(key: str) -> str:
    words = period_words(key)
    return words if not key else f"“{key}”" if words == key else f"{words} ({key})"


def _newest_only(judged: list[JudgedFile], admission: Admission) -> list[JudgedFile]:
    """Of several submissions of one unit the one with the highest submission number counts, then the later saved.

    A file that the officer includes by name goes before others of its unit.
    """
    best: dict[str, JudgedFile] = {}

    def rank(file: JudgedFile) -> tuple[bool, bool, int, float, str]:
        given = file.received.given
        assert given is not None
        right_period = given.stamp.period == admission.period
        named = file.received.file in admission.overrides
        return named, right_period, given.stamp.submission, file.received.saved, file.received.file

    for file in judged:
        if file.state is FileState.INCLUDED:
            current = best.get(file.unit_code)
            if current is None or rank(file) > rank(current):
                best[file.unit_code] = file
    out = []
    for file in judged:
        taken = best.get(file.unit_code)
        if file.state is FileState.INCLUDED and taken is not None and taken is not file:
            why = _why_taken(file, taken, rank(file)[:-1] == rank(taken)[:-1], admission)
            reason = f"Đơn vị {file.unit} có nhiều tệp; tệp được xét là {taken.received.file} ({why})."
            file = replace(file, state=FileState.DUPLICATE, reason=reason + _other_form(file, taken))
        out.append(file)
    return out


def _why_taken(file: JudgedFile, taken: JudgedFile, equal: bool, admission: Admission) -> str:
    if file.received.sha256 == taken.received.sha256:
        return "nội dung giống hệt"
    if taken.received.file in admission.overrides:
        return "được chỉ định"
    return "cùng số lần nộp, cùng lúc lưu nên lấy theo tên tệp: hãy hỏi lại đơn vị" if equal else "lần nộp mới hơn"


def _other_form(file: JudgedFile, taken: JudgedFile) -> str:
    """That figures of another form are not in the summary by this: the newer workbook does not ask for them."""
    mine, theirs = file.received.given, taken.received.given
    if mine is None or theirs is None or mine.form is theirs.form:
        return ""
    return (
        f" Tệp này theo biểu {mine.form.id}, tệp được xét theo biểu {theirs.form.id}: hãy hỏi lại đơn vị lấy tệp nào."
    )


def _inspect(file: JudgedFile, admission: Admission) -> JudgedFile:
    given = file.received.given
    assert given is not None
    result = given.result
    if given.fault_count:
        sheet, message = given.fault
        more = f" (và {given.fault_count - 1} lỗi cấu trúc khác)" if given.fault_count > 1 else ""
        reason = f"Cấu trúc biểu bị thay đổi, trang {sheet}: {message}{more}."
        return replace(file, state=FileState.EXCLUDED, reason=reason, result=result)
    if not given.has_figures:
        return replace(file, state=FileState.EXCLUDED, reason="Sổ chưa có số liệu.")
    assert result is not None, "a submission that reaches this gate was checked when it was read"
    errors, warnings = result.count(Severity.ERROR), result.count(Severity.WARNING)
    remarks = [file.reason] if file.reason else []
    if errors:
        first = next(finding for finding in result.findings if finding.severity is Severity.ERROR)
        remarks.append(f"Có {errors} lỗi, lỗi đầu ở trang {first.sheet} ô {first.cell}: {first.message}")
    override = admission.overrides.get(file.received.file)
    if errors and override is None:
        return replace(file, state=FileState.EXCLUDED, reason=" ".join(remarks), result=result)
    if override is not None:
        remarks.insert(0, f"Đưa vào theo yêu cầu: {override}.")
    if warnings:
        remarks.append(f"Có {warnings} cảnh báo.")
    state = FileState.INCLUDED_WITH_WARNINGS if remarks else FileState.INCLUDED
    return replace(file, state=state, reason=" ".join(remarks), result=result)
