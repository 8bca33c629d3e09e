"""The gates of a merge: readable → our form → expected unit and period → newest → structure → figures → rules.

Pure: it judges what was read. Nothing is dropped silently: files in = files judged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from cchc_xl.checks.run import CheckResult
from cchc_xl.consolidation.same_unit import without_shared_codes
from cchc_xl.consolidation.states import FileState, JudgedFile, ReceivedFile
from cchc_xl.errors import InputFault
from cchc_xl.periods import parse_period
from cchc_xl.severity import Severity
from cchc_xl.stamp import SUMMARY
from cchc_xl.submission import Submission
from cchc_xl.units import Unit
from cchc_xl.values import normalise


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
    readable = [file for file in received if file.submission]
    return [file for file in readable if not _is_summary(file)] or readable


def _is_summary(file: ReceivedFile) -> bool:
    return file.submission is not None and file.submission.stamp.kind == SUMMARY


def agreed_period(received: Sequence[ReceivedFile], overrides: Mapping[str, str]) -> str:
    """The period of most submissions; the later one on a tie.

    Files of another period are then left out by name, so a wrong choice shows at once. Files that the officer includes
    by name do not vote while others are there: they may be of another period.
    """
    dated = [f for f in received if f.submission and f.submission.stamp.period]
    voters = reporting([f for f in dated if f.file not in overrides]) or reporting(dated)
    votes = Counter(f.submission.stamp.period for f in voters if f.submission)
    return max(votes, key=lambda period: (votes[period], _end(period)), default="")


def _end(period: str) -> str:
    try:
        return parse_period(period).end.isoformat()
    except InputFault:
        return ""


def judge(
    received: Sequence[ReceivedFile], admission: Admission, check: Callable[[Submission], CheckResult]
) -> list[JudgedFile]:
    """The state of every file, in the order they came. ``check`` runs only on files that reach the last gate."""
    only_summaries = all(_is_summary(file) for file in received if file.submission)
    judged = [_identify(file, admission, only_summaries) for file in received]
    judged = without_shared_codes(judged, admission.expected, frozenset(admission.overrides))
    judged = _newest_only(judged, admission)
    return [_inspect(file, admission, check) if file.state is FileState.INCLUDED else file for file in judged]


def _identify(file: ReceivedFile, admission: Admission, only_summaries: bool) -> JudgedFile:
    submission = file.submission
    if submission is None:
        return JudgedFile(file, file.fault_state, file.fault)
    stamp = submission.stamp
    code, name = stamp.unit_code, stamp.unit
    if _is_summary(file) and file.file not in admission.overrides:
        # Without a list nobody says that a summary is owed: beside submissions its figures would count twice.
        owed = admission.expected is not None or only_summaries
        if not owed or (code and code == admission.parent) or not (code or name):
            return JudgedFile(file, FileState.EXCLUDED, _summary_words(name, code))
    if not code and not name:
        reason = "Sổ chưa ghi tên đơn vị: đề nghị đơn vị ghi tên và mã ở trang Bìa."
        if submission.cover is None and submission.faults:
            reason = f"Cấu trúc biểu bị thay đổi: {submission.faults[0].message}."
        return JudgedFile(file, FileState.EXCLUDED, reason)
    if admission.expected is not None:
        unit = _find(admission.expected, code, name)
        if unit is None:
            shown = f"{name} ({code})" if name and code else name or code
            reason = f"Đơn vị {shown} không có trong danh sách đơn vị phải nộp."
            if _is_summary(file):
                reason = _summary_words(name, code)
            return JudgedFile(file, FileState.UNEXPECTED_UNIT, reason, code or name, name or code)
        code, name = unit.code, unit.full_name
    found = JudgedFile(file, FileState.INCLUDED, "", code or name, name or code)
    if stamp.period != admission.period:
        theirs = _period_words(stamp.period)
        reason = f"Sổ của kỳ {theirs}, trong khi tổng hợp kỳ {_period_words(admission.period)}."
        if file.file not in admission.overrides:
            return replace(found, state=FileState.EXCLUDED, reason=reason)
        return replace(found, reason=reason)
    return found


def _summary_words(name: str, code: str) -> str:
    whose = f"của {name or code}" if name or code else "chưa ghi tên đơn vị"
    return (
        f"Đây là sổ tổng hợp {whose}, không phải sổ nộp của một đơn vị phải nộp: hãy để sổ này ngoài thư mục; "
        "nếu đơn vị đó phải nộp thì ghi vào danh sách đơn vị, hoặc đưa vào bằng --ke-ca."
    )


def _find(expected: Sequence[Unit], code: str, name: str) -> Unit | None:
    """The expected unit that a stamp speaks of. A code decides alone: names recur, a wrong code is not guessed away."""
    if code:
        return next((unit for unit in expected if unit.code == code), None)
    wanted = normalise(name)
    for shown in (attrgetter("full_name"), attrgetter("name")):
        bearers = [unit for unit in expected if normalise(shown(unit)) == wanted]
        if bearers:
            return bearers[0] if len(bearers) == 1 else None
    return None


def _period_words(key: str) -> str:
    if not key:
        return "chưa ghi"
    try:
        return f"{parse_period(key).words} ({key})"
    except InputFault:
        return f"“{key}”"


def _newest_only(judged: list[JudgedFile], admission: Admission) -> list[JudgedFile]:
    """Of several submissions of one unit the one with the highest submission number counts, then the later saved.

    A file that the officer includes by name goes before others of its unit.
    """
    best: dict[str, JudgedFile] = {}

    def rank(file: JudgedFile) -> tuple[bool, bool, int, float, str]:
        submission = file.received.submission
        assert submission is not None
        right_period = submission.stamp.period == admission.period
        named = file.received.file in admission.overrides
        return named, right_period, submission.stamp.submission, file.received.saved, file.received.file

    for file in judged:
        if file.state is FileState.INCLUDED:
            current = best.get(file.unit_code)
            if current is None or rank(file) > rank(current):
                best[file.unit_code] = file
    out = []
    for file in judged:
        taken = best.get(file.unit_code)
        if file.state is FileState.INCLUDED and taken is not None and taken is not file:
            same = file.received.sha256 == taken.received.sha256
            named = taken.received.file in admission.overrides
            why = "nội dung giống hệt" if same else "được chỉ định" if named else "lần nộp mới hơn"
            reason = f"Đơn vị {file.unit} có nhiều tệp; tệp được xét là {taken.received.file} ({why})."
            file = replace(file, state=FileState.DUPLICATE, reason=reason)
        out.append(file)
    return out


def _inspect(file: JudgedFile, admission: Admission, check: Callable[[Submission], CheckResult]) -> JudgedFile:
    submission = file.received.submission
    assert submission is not None
    if submission.faults:
        fault = submission.faults[0]
        more = f" (và {len(submission.faults) - 1} lỗi cấu trúc khác)" if len(submission.faults) > 1 else ""
        reason = f"Cấu trúc biểu bị thay đổi, trang {fault.sheet}: {fault.message}{more}."
        return replace(file, state=FileState.EXCLUDED, reason=reason, result=check(submission))
    if not submission.has_figures():
        return replace(file, state=FileState.EXCLUDED, reason="Sổ chưa có số liệu.")
    result = check(submission)
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
    elif warnings:
        remarks.append(f"Có {warnings} cảnh báo.")
    state = FileState.INCLUDED_WITH_WARNINGS if remarks else FileState.INCLUDED
    return replace(file, state=state, reason=" ".join(remarks), result=result)
