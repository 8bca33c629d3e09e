"""Tổng hợp, without any host: a folder of submissions → one summary workbook that accounts for every file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cchc_xl.atomic import replacing
from cchc_xl.catalogue.load import load_form
from cchc_xl.catalogue.model import Form
from cchc_xl.checks.run import check as check_submission
from cchc_xl.consolidation.changes import Earlier, compare
from cchc_xl.consolidation.gates import Admission, agreed_period, judge, reporting
from cchc_xl.consolidation.rollup import Child, consolidate
from cchc_xl.consolidation.self_proof import prove
from cchc_xl.consolidation.states import FileState, ReceivedFile
from cchc_xl.consolidation.summary import Summary
from cchc_xl.errors import CchcError, ForeignWorkbook, InputFault, SeveralForms
from cchc_xl.operations import check_output, check_target, existing_workbook, keep_foreign
from cchc_xl.periods import parse_date, parse_period
from cchc_xl.readers.read_submission import read_file
from cchc_xl.stamp import SUBMISSION
from cchc_xl.submission import Submission, SubmissionFigures

if TYPE_CHECKING:
    from cchc_xl.units import Unit

Progress = Callable[[int, int, str], None]

_WORKBOOKS = (".xlsx", ".xlsm")
_OTHER_WORKBOOKS = (".xls", ".xlsb", ".ods")


def _silent(done: int, total: int, name: str) -> None:
    """No progress wanted."""


@dataclass(frozen=True, slots=True)
class MergeRequest:
    """What ``tong-hop`` is asked for. ``overrides``: file name → the reason for including it in spite of its faults.

    ``deadline``: the last day for sending, dd/mm/yyyy; empty when there is none.
    """

    folder: Path
    target: Path
    form: str = ""
    units_file: Path | None = None
    parent_code: str | None = None
    period: str = ""
    overrides: Mapping[str, str] | None = None
    deadline: str = ""
    # What an earlier merge found at the target, when that merge was only a step on the way to this one.
    earlier: Earlier | None = None


def merge(request: MergeRequest, progress: Progress = _silent) -> Summary:
    """Merge the folder's submissions and write the summary workbook to ``request.target``.

    Without a readable submission and without a named form no workbook is written (``Summary.form`` is ``None``).
    Raises ``InputFault`` for a wrong folder, form, period, deadline, list of units or override.
    """
    from cchc_xl.units import read_units

    if request.folder.is_file():
        raise InputFault(f"{request.folder} là tệp, không phải thư mục: hãy chọn thư mục chứa các sổ nộp.")
    if not request.folder.is_dir():
        raise InputFault(f"Không tìm thấy thư mục {request.folder}: hãy chọn thư mục chứa các sổ nộp.")
    check_target(request.target)
    keep_foreign(request.target)
    existing = existing_workbook(request.target)
    if existing is not None and existing.stamp.kind == SUBMISSION:
        raise InputFault(f"Tệp kết quả {request.target.name} là một sổ nộp: hãy đặt tên khác để không ghi đè lên nó.")
    if request.units_file and request.target.exists() and request.units_file.exists():
        check_output(request.target, [request.units_file])
    named_form = load_form(request.form) if request.form else None
    period = parse_period(request.period).key if request.period else ""
    deadline = parse_date(request.deadline) if request.deadline.strip() else None
    units = read_units(request.units_file) if request.units_file else None
    paths = submissions_in(request.folder, request.target)
    if not any(path.suffix.lower() in (*_WORKBOOKS, *_OTHER_WORKBOOKS) for path in paths):
        raise InputFault(f"Thư mục {request.folder} không có sổ Excel nào: hãy chọn thư mục chứa các sổ nộp.")
    received = []
    for index, path in enumerate(paths, start=1):
        progress(index, len(paths), path.name)
        received.append(receive(path, path.relative_to(request.folder).as_posix()))
    overrides = _resolve_overrides(request.overrides or {}, request.folder, received)
    period = period or agreed_period(received, overrides)
    expected = None
    parent_code, parent = request.parent_code or "", ""
    if units is not None:
        if not period:
            raise InputFault("Chưa biết kỳ báo cáo: hãy ghi kỳ bằng --ky, như 2024-Q1 hoặc 2024-NAM.")
        day = parse_period(period).calendar_end
        parent_code = units.parent_of(request.parent_code, day)
        expected = units.expected(request.parent_code, day)
        chosen = units.find(parent_code, "", day) if parent_code else None
        parent = chosen.full_name if chosen else ""
    form = named_form or _common_form(received, expected)
    judged = judge(received, Admission(period, expected, overrides, parent_code), check_submission)
    children = [
        Child(file.unit_code, file.unit, file.received.submission, SubmissionFigures(file.received.submission))
        for file in judged
        if file.state.taken and file.received.submission is not None
    ]
    if expected is not None:
        rank = {unit.code: index for index, unit in enumerate(expected)}
        children.sort(key=lambda child: rank.get(child.unit_code, len(rank)))
    cells = consolidate(form, children) if form else []
    summary = Summary(form, period, parent_code, parent, expected, judged, children, cells, deadline)
    if form is not None:
        earlier = request.earlier or _earlier_summary(request.target, existing, summary)
        from cchc_xl.summary_workbook.build import build_summary_workbook

        summary = replace(summary, proof=prove(form, cells, children))
        summary = _with_typed(request.target, existing, summary)
        summary = replace(summary, earlier=earlier, changes=compare(earlier, summary.cells, summary.taken_files))
        build_summary_workbook(summary, request.target)
    return summary


def _with_typed(target: Path, existing: Submission | None, summary: Summary) -> Summary:
    """The summary with what the parent typed into the one at the target; a copy is kept of what has no place in it."""
    from cchc_xl.summary_workbook.carrying import carried_words, carry_over, same_report

    if existing is None:
        return summary
    if not summary.children and existing.has_figures():  # a slip of the pen (a wrong period) must cost nothing
        said = f"Sổ tổng hợp cũ có số liệu, sổ mới không có: bản cũ được giữ ở {_keep_copy(target)}."
        if not existing.faults and same_report(existing.stamp, summary):
            summary = carry_over(target, existing, summary)
            said = f"{said} {carried_words(summary.carried, '')}".strip()
        return replace(summary, kept=said)
    if not existing.faults and same_report(existing.stamp, summary):
        summary = carry_over(target, existing, summary)
        copy = _keep_copy(target) if summary.carried.without_place else ""
        return replace(summary, kept=carried_words(summary.carried, copy))
    typed = existing.typed_inputs()
    if not typed:
        return summary
    said = (
        f"Sổ tổng hợp cũ có {typed} ô do cấp tổng hợp tự nhập, không phải của cùng đơn vị, kỳ và biểu hoặc đã hỏng "
        f"cấu trúc nên không chuyển sang sổ mới: bản cũ được giữ ở {_keep_copy(target)}, hãy chép lại nếu cần."
    )
    return replace(summary, kept=said)


def _keep_copy(target: Path) -> str:
    """Keep a copy of the workbook that is about to be replaced; gives its name."""
    number = 1
    while (copy := target.with_name(f"{target.stem} - bản trước {number}{target.suffix}")).exists():
        number += 1
    with replacing(copy) as temporary:
        temporary.write_bytes(target.read_bytes())
    return copy.name


def _earlier_summary(target: Path, existing: Submission | None, summary: Summary) -> Earlier:
    """The figures of the summary that lies at the target, if it is one of the same parent, form and period."""
    from cchc_xl.summary_workbook.carrying import same_report
    from cchc_xl.summary_workbook.earlier import read_earlier

    if existing is None or not same_report(existing.stamp, summary):
        return Earlier()
    return read_earlier(target)


def submissions_in(folder: Path, target: Path) -> list[Path]:
    """Every file of the folder and its subfolders, sorted; only Office lock files and the output are passed over."""
    found = []
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.name.startswith(("~$", ".~lock.")):
            continue
        if target.exists() and path.samefile(target):
            continue
        found.append(path)
    return found


def receive(path: Path, name: str) -> ReceivedFile:
    """Read one file of the folder; whatever it is, it gets an entry."""
    suffix = path.suffix.lower()
    try:
        sha256 = _sha256(path)
        saved = path.stat().st_mtime
    except OSError:
        return ReceivedFile(name, "", 0.0, fault=f"Không đọc được tệp {name}: hãy kiểm tra quyền và thử lại.")
    if suffix in _OTHER_WORKBOOKS:
        fault = f"Tệp {path.name} ở dạng {suffix}: hãy mở bằng Excel và lưu lại dạng .xlsx."
        return ReceivedFile(name, sha256, saved, fault=fault, fault_state=FileState.EXCLUDED)
    if suffix not in _WORKBOOKS:
        fault = f"Tệp {path.name} không phải sổ Excel."
        return ReceivedFile(name, sha256, saved, fault=fault, fault_state=FileState.IGNORED)
    try:
        return ReceivedFile(name, sha256, saved, read_file(path, name))
    except ForeignWorkbook as fault:
        return ReceivedFile(name, sha256, saved, fault=str(fault), fault_state=FileState.EXCLUDED)
    except CchcError as fault:
        return ReceivedFile(name, sha256, saved, fault=str(fault))


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _resolve_overrides(overrides: Mapping[str, str], folder: Path, received: Sequence[ReceivedFile]) -> dict[str, str]:
    """Overrides by the name the file bears in this merge: a path, a path within the folder, or a bare file name."""
    resolved: dict[str, str] = {}
    for wanted, reason in overrides.items():
        names = [file.file for file in received]
        matches = [name for name in names if wanted in (name, str(folder / name))]
        if not matches:
            path = Path(wanted).resolve()
            matches = [name for name in names if (folder / name).resolve() == path]
        if not matches:
            matches = [name for name in names if Path(name).name == wanted]
        if len(matches) != 1:
            what = "có nhiều tệp tên" if matches else "không có tệp"
            raise InputFault(f"--ke-ca: trong thư mục {folder} {what} “{wanted}”: hãy ghi đúng tên tệp.")
        if next(file for file in received if file.file == matches[0]).fault_state is FileState.IGNORED:
            raise InputFault(f"--ke-ca: tệp “{wanted}” không phải sổ Excel nên không thể đưa vào.")
        resolved[matches[0]] = reason
    return resolved


def _common_form(received: Sequence[ReceivedFile], expected: Sequence[Unit] | None) -> Form | None:
    """The form of the submissions; with a list of units, of those that are expected."""
    files = reporting(received)
    if expected is not None:
        codes = {unit.code for unit in expected}
        files = [f for f in received if f.submission and f.submission.stamp.unit_code in codes] or files
    forms = {file.submission.form for file in files if file.submission}
    if len(forms) > 1:
        raise SeveralForms(sorted(form.id for form in forms))
    return next(iter(forms), None)
