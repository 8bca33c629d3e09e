"""What the toolkit does, without any host: build, fill, check, merge. Hosts translate arguments and results only."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cchc_xl.atomic import replacing
from cchc_xl.catalogue.load import load_form
from cchc_xl.catalogue.model import Form
from cchc_xl.checks.run import CheckResult
from cchc_xl.checks.run import check as check_submission
from cchc_xl.consolidation.changes import Earlier, compare
from cchc_xl.consolidation.gates import Admission, agreed_period, judge
from cchc_xl.consolidation.rollup import Child, consolidate
from cchc_xl.consolidation.states import FileState, ReceivedFile
from cchc_xl.consolidation.summary import Summary
from cchc_xl.errors import CchcError, ForeignWorkbook, InputFault, SeveralForms, WorkbookFault
from cchc_xl.periods import format_date, parse_date, parse_period
from cchc_xl.readers.read_submission import identify_older, read_book, read_file
from cchc_xl.severity import Severity
from cchc_xl.stamp import SUBMISSION, SUMMARY, Stamp
from cchc_xl.submission import Submission, SubmissionFigures

if TYPE_CHECKING:
    from cchc_xl.checks.culprits import CulpritGroup
    from cchc_xl.filling import Filling
    from cchc_xl.readers.grid import Book

Progress = Callable[[int, int, str], None]

_WORKBOOKS = (".xlsx", ".xlsm")
_OTHER_WORKBOOKS = (".xls", ".xlsb", ".ods")


def _silent(done: int, total: int, name: str) -> None:
    """No progress wanted."""


# tao-so -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NewWorkbook:
    """What ``tao-so`` is asked for; dates default to those of the period."""

    form: str
    unit: str = ""
    unit_code: str = ""
    period: str = ""
    date_from: str = ""
    date_to: str = ""


def create_workbook(request: NewWorkbook, target: Path) -> Stamp:
    """Build a blank form workbook at ``target``. Raises ``InputFault`` for an unknown form, period or date."""
    from cchc_xl.form_workbook.build import build_form_workbook

    form = load_form(request.form)
    _check_target(target)
    _keep_foreign(target)
    _keep_figures(target)
    period = parse_period(request.period) if request.period else None
    start = parse_date(request.date_from) if request.date_from else period.start if period else None
    end = parse_date(request.date_to) if request.date_to else period.end if period else None
    if start and end and start > end:
        raise InputFault(f"Ngày bắt đầu {format_date(start)} sau ngày kết thúc {format_date(end)}: hãy kiểm tra lại.")
    stamp = Stamp(
        form=form.id,
        version=form.version,
        unit=request.unit.strip(),
        unit_code=request.unit_code.strip(),
        period=period.key if period else "",
        date_from=format_date(start) if start else "",
        date_to=format_date(end) if end else "",
    )
    build_form_workbook(form, stamp, target)
    return stamp


def _check_target(target: Path) -> None:
    if target.suffix.lower() != ".xlsx":
        raise InputFault(f"Tên tệp “{target}” phải có đuôi .xlsx.")
    if not target.parent.is_dir():
        raise InputFault(f"Không có thư mục {target.parent} để ghi tệp {target.name}: hãy tạo thư mục trước.")
    if target.is_dir():
        raise InputFault(f"{target} là thư mục, không phải tệp: hãy đặt tên tệp khác.")


def _keep_figures(target: Path) -> None:
    """Refuse to build a blank workbook over one that somebody has filled."""
    existing = _existing(target)
    if existing is not None and existing.has_figures():
        raise InputFault(f"Sổ {target.name} đã có số liệu: hãy đặt tên khác, hoặc xóa tệp cũ trước.")


def _keep_foreign(target: Path) -> None:
    """Refuse to replace a file that is no workbook of ours."""
    if target.is_file() and target.stat().st_size and _existing(target) is None:
        raise InputFault(
            f"Tệp {target.name} đã có và không phải sổ CCHC của bản này: hãy đặt tên khác để không ghi đè lên nó."
        )


def _existing(target: Path) -> Submission | None:
    """The workbook of ours that lies at an output's place."""
    if not target.is_file():
        return None
    try:
        return read_file(target)
    except CchcError:
        return None


# nhap -------------------------------------------------------------------------------------------------------------


def fill_workbook(workbook: Path, folder: Path, target: Path | None = None) -> Filling:
    """Fill ``workbook`` from the printed figures in ``folder`` and store it as ``target`` (default: itself)."""
    from cchc_xl.filling import fill, read_printed

    out = target or workbook
    if target is not None:
        _check_target(target)
        _keep_foreign(target)
    submission = read_file(workbook)
    if submission.faults:
        raise WorkbookFault(f"{workbook.name}: {submission.faults[0].message}. {submission.faults[0].remedy}.")
    existing = _existing(out)
    if existing is not None and existing.has_figures() and existing.stamp != submission.stamp:
        raise InputFault(f"Sổ {out.name} đã có số liệu của {existing.stamp.unit or 'sổ khác'}: hãy đặt tên khác.")
    return fill(submission, workbook, out, read_printed(folder, submission.form))


# nang-cap ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Upgraded:
    """What became of a workbook of an older version. ``target`` is ``None`` when it was not older: nothing was written.

    ``cells`` were carried, of them ``typed_over`` stand where the form computes and ``results`` were own formulas.
    """

    stamp: Stamp
    form: Form
    target: Path | None = None
    cells: int = 0
    typed_over: int = 0
    results: int = 0
    leftovers: int = 0
    other_sheets: tuple[str, ...] = ()


def upgrade_workbook(source: Path, target: Path | None = None) -> Upgraded:
    """Carry a workbook of an older version of its form into the present one, stored beside it or as ``target``.

    The source stays as it is. Raises ``CchcError`` when it is no submission of ours, is damaged in its structure, or
    the target holds something else.
    """
    from cchc_xl.form_workbook.upgraded import build_upgraded_workbook
    from cchc_xl.readers.file_book import FileBook
    from cchc_xl.readers.keyed_sheets import read_keyed
    from cchc_xl.upgrade import carry

    with FileBook(source) as book:
        stamp, form = identify_older(book, source.name)
        if stamp.version == form.version:
            return Upgraded(stamp, form)
        if stamp.kind == SUMMARY:
            raise InputFault(
                f"{source.name} là sổ tổng hợp: hãy nâng cấp các sổ nộp bằng nang-cap rồi tổng hợp lại bằng tong-hop."
            )
        out = target or source.with_name(f"{source.stem}-phien-ban-{form.version}.xlsx")
        check_output(out, [source])
        _keep_foreign(out)
        _keep_figures(out)
        keyed = read_keyed(book, source.name)
    carried = carry(keyed, form, stamp.version, source.name)
    # What Kiểm tra said of the old workbook does not hold for the new one.
    present = replace(stamp, version=form.version, completed="", fingerprint="", checksum="", submitted="")
    build_upgraded_workbook(form, present, carried.contents(form, present), carried.leftovers, out)
    return Upgraded(
        stamp,
        form,
        out,
        len(carried.values),
        carried.typed_over,
        carried.results,
        len(carried.leftovers),
        keyed.other_sheets,
    )


# kiem-tra ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file after Kiểm tra. ``state``: ``checked``, ``unreadable`` or ``foreign``; ``fault`` says why."""

    file: str
    state: str
    submission: Submission | None = None
    result: CheckResult | None = None
    culprits: tuple[CulpritGroup, ...] = ()
    fault: str = ""


def check_file(path: Path, previous: Submission | None = None) -> CheckedFile:
    """Read and check one workbook, against an earlier one where it is given; whatever the file is, it gets a state."""
    name = str(path)
    if path.is_dir():
        fault = f"{path} là thư mục: kiem-tra nhận tệp; để tổng hợp cả thư mục hãy dùng tong-hop."
        return CheckedFile(name, "unreadable", fault=fault)
    try:
        submission = read_file(path, path.name)
    except ForeignWorkbook as fault:
        return CheckedFile(name, "foreign", fault=str(fault))
    except WorkbookFault as fault:
        return CheckedFile(name, "unreadable", fault=str(fault))
    return _checked(name, submission, previous)


def check_book(book: Book, name: str, previous: Submission | None = None) -> CheckedFile:
    """Check a workbook that is open in a host. Raises ``ForeignWorkbook`` when it is not one of our forms."""
    return _checked(name, read_book(book, name), previous)


def _checked(name: str, submission: Submission, previous: Submission | None) -> CheckedFile:
    if previous is not None:
        _check_comparable(submission, previous)
    result = check_submission(submission, previous)
    return CheckedFile(name, "checked", submission, result, _culprits(submission, result))


def _culprits(submission: Submission, result: CheckResult) -> tuple[CulpritGroup, ...]:
    """The likely culprits of what contradicts; loaded only when something does."""
    if not result.count(Severity.ERROR):
        return ()
    from cchc_xl.checks.culprits import likely_culprits

    return tuple(likely_culprits(submission, result))


def read_previous(path: Path) -> Submission:
    """An earlier workbook to compare with. Raises ``CchcError`` when it cannot serve."""
    submission = read_file(path, path.name)
    if submission.faults:
        raise WorkbookFault(f"{path.name} (kỳ trước): {submission.faults[0].message}. {submission.faults[0].remedy}.")
    return submission


def _check_comparable(submission: Submission, previous: Submission) -> None:
    if submission.form is not previous.form:
        raise InputFault(
            f"Sổ kỳ trước theo biểu {previous.form.id}, khác biểu {submission.form.id} của {submission.file}: "
            "hãy chọn sổ kỳ trước cùng biểu."
        )
    mine, theirs = submission.stamp, previous.stamp
    same = mine.unit_code == theirs.unit_code if mine.unit_code and theirs.unit_code else mine.unit == theirs.unit
    if not same:
        raise InputFault(
            f"Sổ kỳ trước của {theirs.unit or theirs.unit_code}, không phải của {mine.unit or mine.unit_code}: "
            "hãy chọn sổ kỳ trước của cùng đơn vị."
        )


def check_output(target: Path, inputs: Sequence[Path]) -> None:
    """Refuse an output that is no .xlsx, lies nowhere, or would overwrite a file that was given to be read."""
    _check_target(target)
    if target.exists() and any(path.exists() and path.samefile(target) for path in inputs):
        raise InputFault(f"Tệp kết quả {target.name} trùng với một tệp đầu vào: hãy đặt tên khác.")


# tong-hop ---------------------------------------------------------------------------------------------------------


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

    if not request.folder.is_dir():
        raise InputFault(f"Không tìm thấy thư mục {request.folder}: hãy chọn thư mục chứa các sổ nộp.")
    _check_target(request.target)
    _keep_foreign(request.target)
    existing = _existing(request.target)
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
    form = named_form or _common_form(received)
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
    judged = judge(received, Admission(period, expected, overrides), check_submission)
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
        summary = replace(summary, earlier=earlier, changes=compare(earlier, cells, summary.taken_files))
        from cchc_xl.summary_workbook.build import build_summary_workbook

        summary = replace(summary, kept=_keep_own_part(request.target, existing))
        build_summary_workbook(summary, request.target)
    return summary


def _keep_own_part(target: Path, existing: Submission | None) -> str:
    """Keep a copy of a summary in which the parent has entered figures of its own: the new one does not have them.

    Gives what to tell the user; empty when there was nothing to keep.
    """
    typed = existing.typed_inputs() if existing is not None else 0
    if not typed:
        return ""
    number = 1
    while (copy := target.with_name(f"{target.stem} - bản trước {number}{target.suffix}")).exists():
        number += 1
    with replacing(copy) as temporary:
        temporary.write_bytes(target.read_bytes())
    return (
        f"Sổ tổng hợp cũ có {typed} ô do cấp tổng hợp tự nhập; các số đó chưa có trong sổ mới. "
        f"Bản cũ được giữ ở {copy.name}: hãy chép lại phần của cấp tổng hợp sang sổ mới."
    )


def _earlier_summary(target: Path, existing: Submission | None, summary: Summary) -> Earlier:
    """The figures of the summary that lies at the target, if it is one of the same parent, form and period."""
    from cchc_xl.summary_workbook.earlier import read_earlier

    if existing is None or existing.form is not summary.form:
        return Earlier()
    stamp = existing.stamp
    theirs = (stamp.kind, stamp.unit_code, stamp.unit, stamp.period)
    if theirs != (SUMMARY, summary.parent_code, summary.parent, summary.period):
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


def _common_form(received: Sequence[ReceivedFile]) -> Form | None:
    forms = {file.submission.form for file in received if file.submission}
    if len(forms) > 1:
        raise SeveralForms(sorted(form.id for form in forms))
    return next(iter(forms), None)
