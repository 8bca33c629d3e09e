"""Cộng kỳ and So sánh, without any host: workbooks of several periods → one workbook."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cchc_xl.atomic import keep_beside, look
from cchc_xl.checks.run import CheckResult, check
from cchc_xl.errors import CchcError, InputFault, WorkbookFault
from cchc_xl.ooxml.limits import SUMMARY as SUMMARY_LIMITS
from cchc_xl.operations import check_output, keep_foreign
from cchc_xl.over_time.by_unit import UnitComparison, compare_units
from cchc_xl.over_time.comparison import Comparison, compare, last_years_books, previous_books
from cchc_xl.over_time.joined import Joined
from cchc_xl.over_time.joining import join
from cchc_xl.over_time.sequence import PeriodBook, in_sequence, period_book
from cchc_xl.period_workbook.joined import build_joined_workbook, read_waiting
from cchc_xl.readers.file_book import FileBook
from cchc_xl.readers.read_submission import read_file
from cchc_xl.severity import Severity
from cchc_xl.stamp import SUMMARY
from cchc_xl.submission import FormulaState, Submission
from cchc_xl.units import UnitList


@dataclass(frozen=True, slots=True)
class JoinRequest:
    """What ``cong-ky`` is asked for. ``period``: the key of the longer period; empty: what the files make together.

    ``units_file``: the list of units, by whose dates a unit is known to be another one since. ``overrides``: file name
    → the reason for joining it in spite of its errors.
    """

    files: Sequence[Path]
    target: Path
    period: str = ""
    units_file: Path | None = None
    overrides: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JoinedWorkbook:
    """What was joined, and what the check of the result says."""

    joined: Joined
    result: CheckResult


def join_periods(request: JoinRequest) -> JoinedWorkbook:
    """Join workbooks or summaries of one unit and write the workbook of the longer period to ``request.target``.

    Raises ``CchcError`` when a file cannot serve, or they do not make a period together (``sequence``).
    """
    from cchc_xl.units import read_units

    check_output(request.target, request.files)
    seen = look(request.target)
    existing = keep_foreign(request.target)
    units = read_units(request.units_file) if request.units_file else None
    reasons = _reasons(request)
    books = [read_period(path, shown) for path, shown in zip(request.files, shown_names(request.files), strict=True)]
    ordered, period = in_sequence(books, request.period, units)
    for book in ordered:
        _refuse_errors(book, reasons)
    joined = join(ordered, period)
    if existing is not None and existing.has_figures() and not _same_report(existing.stamp, joined):
        raise InputFault(f"Sổ {request.target.name} đã có số liệu của báo cáo khác: hãy đặt tên khác.")
    if existing is not None and _typed_since(existing, joined):
        keep_beside(request.target, "bản trước")  # figures that were open may have been typed into it
    build_joined_workbook(joined, request.target, reasons, seen)
    return JoinedWorkbook(joined, check(joined.submission))


def _typed_since(existing: Submission, joined: Joined) -> bool:
    """Whether the earlier workbook holds anything that this one will not."""
    now = joined.values
    return any(
        entry.value.filled and entry.formula is not FormulaState.INTACT and entry.value != now.get(ref)
        for ref, entry in existing.entries.items()
        if not existing.form.cells[ref].column.given
    )


@dataclass(frozen=True, slots=True)
class CompareRequest:
    """What ``so-sanh`` is asked for. ``previous``, ``last_year``: one workbook, or those of all units since merged."""

    now: Path
    target: Path
    previous: Sequence[Path] = ()
    last_year: Sequence[Path] = ()
    units_file: Path | None = None


def compare_periods(request: CompareRequest) -> Comparison:
    """Compare a workbook or summary with those of earlier periods and write the comparison to ``request.target``.

    Raises ``CchcError`` when a file cannot serve or is of another unit, form or period.
    """
    from cchc_xl.period_workbook.compared import COMPARED_SHEET, build_compared_workbook
    from cchc_xl.units import read_units

    files = [request.now, *request.previous, *request.last_year]
    if len(files) == 1:
        raise InputFault("Chưa có sổ để so sánh: hãy ghi --ky-truoc, --cung-ky hoặc cả hai.")
    check_output(request.target, files)
    if (
        request.target.is_file()
        and request.target.stat().st_size
        and not _is_comparison(request.target, COMPARED_SHEET)
    ):
        raise InputFault(f"Tệp {request.target.name} đã có và không phải sổ so sánh: hãy đặt tên khác.")
    units = read_units(request.units_file) if request.units_file else None
    now = read_period(request.now)
    others = []
    if request.previous:
        others.append(previous_books(now, [read_period(path) for path in request.previous], units))
    if request.last_year:
        others.append(last_years_books(now, [read_period(path) for path in request.last_year], units))
    comparison = compare(now, others)
    by_unit = _by_unit(comparison, units)
    build_compared_workbook(comparison, request.target, by_unit)
    return comparison


def _by_unit(comparison: Comparison, units: UnitList | None) -> list[UnitComparison]:
    """Summaries, unit by unit; nothing where one of the two is none."""
    now = comparison.now
    found: list[UnitComparison] = []
    for other in comparison.others:
        theirs = other.summary
        if now.summary is not None and theirs is not None and now.summary.units and theirs.units:
            periods = (now.period, now.summary), (other.period, theirs)
            found.extend(compare_units(comparison.form, other.words, *periods, units))
    return found


def _is_comparison(path: Path, sheet: str) -> bool:
    try:
        with FileBook(path, limits=SUMMARY_LIMITS) as book:
            return sheet in book.sheet_names
    except CchcError:
        return False


def _same_report(stamp: object, joined: Joined) -> bool:
    mine = joined.stamp
    fields = ("form", "unit_code", "unit", "period", "kind")
    return all(getattr(stamp, name) == getattr(mine, name) for name in fields)


def shown_names(paths: Sequence[Path]) -> list[str]:
    """How messages name the files: by their names, where two bear one by their paths."""
    names = [path.name for path in paths]
    return [path.name if names.count(path.name) == 1 else str(path) for path in paths]


def _reasons(request: JoinRequest) -> dict[str, str]:
    """Why files are joined in spite of their errors, by the names that messages give them."""
    reasons = {}
    for wanted, reason in request.overrides.items():
        shown = [
            name
            for path, name in zip(request.files, shown_names(request.files), strict=True)
            if wanted in (name, path.name, str(path))
        ]
        if len(shown) != 1:
            what = "có nhiều tệp" if shown else "không có tệp"
            raise InputFault(f"--ke-ca: {what} “{wanted}” trong các sổ cần cộng: hãy ghi đúng tên và thư mục của tệp.")
        reasons[shown[0]] = reason
    return reasons


def read_period(path: Path, shown: str = "") -> PeriodBook:
    """A workbook or summary of one period. Raises ``CchcError`` when it cannot serve."""
    if path.is_dir():
        raise InputFault(f"{path} là thư mục: hãy ghi các tệp sổ.")
    if not path.is_file():
        raise InputFault(f"Không tìm thấy sổ {path}: hãy kiểm tra lại đường dẫn.")
    submission = read_file(path, shown or path.name, SUMMARY_LIMITS)
    if submission.faults:
        raise WorkbookFault(f"{path.name}: {submission.faults[0].message}. {submission.faults[0].remedy}.")
    if not submission.has_figures():
        raise InputFault(f"{path.name} chưa có số liệu: hãy chọn sổ đã nhập.")
    with path.open("rb") as handle:
        sha256 = hashlib.file_digest(handle, "sha256").hexdigest()
    summary = None
    if submission.stamp.kind == SUMMARY:
        from cchc_xl.summary_workbook.earlier import read_earlier

        earlier = read_earlier(path)
        summary = earlier if earlier.found else None
    return period_book(submission, sha256, read_waiting(path, submission.form), summary)


def _refuse_errors(book: PeriodBook, reasons: Mapping[str, str]) -> None:
    if book.file in reasons:
        return
    result = check(book.submission)
    errors = result.count(Severity.ERROR)
    if errors:
        first = next(finding for finding in result.findings if finding.severity is Severity.ERROR)
        what = "sổ tổng hợp" if book.submission.stamp.kind == SUMMARY else "sổ"
        raise InputFault(
            f"{book.file} ({what} {book.period.words}) còn {errors} lỗi, lỗi đầu ở trang {first.sheet} ô {first.cell}: "
            f"{first.message} Hãy sửa sổ, hoặc đưa vào bằng --ke-ca {book.file} --ly-do “…”."
        )
