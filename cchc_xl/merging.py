"""Tổng hợp, without any host: a folder of submissions → one summary workbook that accounts for every file."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cchc_xl.atomic import Seen, keep_beside, look, replacing
from cchc_xl.catalogue.load import load_form
from cchc_xl.catalogue.model import Form
from cchc_xl.consolidation.changes import Earlier, compare
from cchc_xl.consolidation.gates import Admission, agreed_period, judge, reporting
from cchc_xl.consolidation.lines import Child
from cchc_xl.consolidation.rollup import consolidate
from cchc_xl.consolidation.self_proof import prove
from cchc_xl.consolidation.states import FileState, ReceivedFile
from cchc_xl.consolidation.summary import Summary
from cchc_xl.errors import InputFault, SeveralForms
from cchc_xl.operations import check_output, check_target, keep_foreign
from cchc_xl.periods import parse_date, parse_period
from cchc_xl.readers.grid import WORKBOOKS
from cchc_xl.receiving.batch import Progress, receive_all
from cchc_xl.receiving.folder import submissions_in
from cchc_xl.receiving.one import OTHER_WORKBOOKS
from cchc_xl.stamp import SUBMISSION
from cchc_xl.submission import Submission

if TYPE_CHECKING:
    from cchc_xl.units import Unit


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
    # ``csv`` or ``parquet``: also write the tidy table beside the workbook, however short it is.
    data: str = ""
    # Whether findings lead to their cells in the submissions; not where the summary will be looked at without them.
    links: bool = True
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
    seen = look(request.target)
    existing = keep_foreign(request.target)
    if existing is not None and existing.stamp.kind == SUBMISSION:
        raise InputFault(f"Tệp kết quả {request.target.name} là một sổ nộp: hãy đặt tên khác để không ghi đè lên nó.")
    if request.units_file and request.target.exists() and request.units_file.exists():
        check_output(request.target, [request.units_file])
    named_form = load_form(request.form) if request.form else None
    period = parse_period(request.period).key if request.period else ""
    deadline = parse_date(request.deadline) if request.deadline.strip() else None
    units = read_units(request.units_file) if request.units_file else None
    paths = submissions_in(request.folder, request.target)
    if not any(path.suffix.lower() in (*WORKBOOKS, *OTHER_WORKBOOKS) for path in paths):
        raise InputFault(f"Thư mục {request.folder} không có sổ Excel nào: hãy chọn thư mục chứa các sổ nộp.")
    received = receive_all([(path, path.relative_to(request.folder).as_posix()) for path in paths], progress)
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
    judged = judge(received, Admission(period, expected, overrides, parent_code))
    children = [
        Child(file.unit_code, file.unit, file.received.given)
        for file in judged
        if file.state.taken and file.received.given is not None
    ]
    if expected is not None:
        rank = {unit.code: index for index, unit in enumerate(expected)}
        children.sort(key=lambda child: rank.get(child.unit_code, len(rank)))
    cells = consolidate(form, children) if form else []
    summary = Summary(form, period, parent_code, parent, expected, judged, children, cells, deadline)
    if form is not None:
        earlier = request.earlier or _earlier_summary(request.target, existing, summary)
        summary = replace(summary, proof=prove(form, cells, children))
        summary = _with_typed(request.target, existing, summary)
        summary = replace(summary, earlier=earlier, changes=compare(earlier, summary.cells, summary.taken_files))
        summary = _write(summary, request, paths, seen)
    return summary


def _write(summary: Summary, request: MergeRequest, paths: Sequence[Path], seen: Seen) -> Summary:
    """The workbook, and the file with the tidy table where it is too long for a sheet or was asked for."""
    from cchc_xl.summary_workbook.build import build_summary_workbook
    from cchc_xl.summary_workbook.data_file import (
        CSV,
        data_paths,
        files_beside,
        is_data_file,
        wants_file,
        write_data_files,
    )

    target, links = request.target, _links(paths, request) if request.links else {}
    kind = request.data or (CSV if wants_file(summary) else "")
    paths_beside = data_paths(summary, target, kind) if kind else []
    with ExitStack() as files:
        temporaries = [files.enter_context(replacing(path)) for path in paths_beside]
        write_data_files(summary, temporaries, kind)
        summary = replace(summary, beside=tuple(path.name for path in paths_beside))
        build_summary_workbook(summary, target, links, seen=seen)
    for path in files_beside(target):
        # Of an earlier merge: its figures would contradict the sheet, or stand beside those of this one.
        if path not in paths_beside and is_data_file(path):
            path.unlink()
    return summary


def _links(paths: Sequence[Path], request: MergeRequest) -> dict[str, str]:
    """The submissions as seen from the folder of the summary, by the names they bear in the merge."""
    links = {}
    for path in paths:
        name = path.relative_to(request.folder).as_posix()
        try:
            links[name] = os.path.relpath(path.absolute(), request.target.absolute().parent)
        except ValueError:  # on another drive
            links[name] = str(path.absolute())
    return links


def _with_typed(target: Path, existing: Submission | None, summary: Summary) -> Summary:
    """The summary with what the parent typed into the one at the target; a copy is kept of what has no place in it."""
    from cchc_xl.summary_workbook.carrying import carried_words, carry_over, explained, same_report

    if existing is None:
        return summary
    if not summary.children and existing.has_figures():  # a slip of the pen (a wrong period) must cost nothing
        said = f"Sổ tổng hợp cũ có số liệu, sổ mới không có: bản cũ được giữ ở {_keep_copy(target)}."
        if not existing.faults and same_report(existing.stamp, summary):
            summary = carry_over(target, existing, summary)
            said = f"{said} {carried_words(summary.carried, 0, '')}".strip()
        return replace(summary, kept=said)
    if not existing.faults and same_report(existing.stamp, summary):
        summary = carry_over(target, existing, summary)
        explanations = explained(target)
        copy = _keep_copy(target) if summary.carried.without_place or explanations else ""
        return replace(summary, kept=carried_words(summary.carried, explanations, copy))
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
    return keep_beside(target, "bản trước").name


def _earlier_summary(target: Path, existing: Submission | None, summary: Summary) -> Earlier:
    """The figures of the summary that lies at the target, if it is one of the same parent, form and period."""
    from cchc_xl.summary_workbook.carrying import same_report
    from cchc_xl.summary_workbook.earlier import read_earlier

    if existing is None or not same_report(existing.stamp, summary):
        return Earlier()
    return read_earlier(target)


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
            if matches:
                raise InputFault(f"--ke-ca: có nhiều tệp tên “{wanted}”: hãy ghi cả thư mục con: {', '.join(matches)}.")
            raise InputFault(f"--ke-ca: trong thư mục {folder} không có tệp “{wanted}”: hãy ghi đúng tên tệp.")
        if next(file for file in received if file.file == matches[0]).fault_state is FileState.IGNORED:
            raise InputFault(f"--ke-ca: tệp “{wanted}” không phải sổ Excel nên không thể đưa vào.")
        resolved[matches[0]] = reason
    return resolved


def _common_form(received: Sequence[ReceivedFile], expected: Sequence[Unit] | None) -> Form | None:
    """The form of the submissions; with a list of units, of those that are expected."""
    files = reporting(received)
    if expected is not None:
        codes = {unit.code for unit in expected}
        files = [f for f in received if f.given and f.given.stamp.unit_code in codes] or files
    forms = {file.given.form for file in files if file.given}
    if len(forms) > 1:
        raise SeveralForms(sorted(form.id for form in forms))
    return next(iter(forms), None)
