"""What the toolkit does with one workbook, without any host: build, fill, upgrade, check, export.

Hosts translate arguments and results only. Merging many is in ``merging``: a click on Kiểm tra does not load it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from cchc_xl.catalogue.load import load_form
from cchc_xl.catalogue.model import Form
from cchc_xl.checks.run import CheckResult
from cchc_xl.checks.run import check as check_submission
from cchc_xl.errors import CchcError, ForeignWorkbook, InputFault, WorkbookFault, own_fault
from cchc_xl.periods import Period, format_date, parse_date, parse_period
from cchc_xl.readers.read_submission import identify_older, read_book, read_file
from cchc_xl.severity import Severity
from cchc_xl.stamp import SUMMARY, Stamp
from cchc_xl.submission import Submission

if TYPE_CHECKING:
    from cchc_xl.checks.culprits import CulpritGroup
    from cchc_xl.filling import Filling
    from cchc_xl.form_workbook.sheet import Contents
    from cchc_xl.readers.grid import Book

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
    # The last period's workbook, from which unit, bases and rows that the unit added are taken over.
    previous: Path | None = None


def create_workbook(request: NewWorkbook, target: Path) -> Stamp:
    """Build a form workbook at ``target``: blank, or from the last period's.

    Raises ``InputFault`` for an unknown form, period or date, and when the last period's workbook cannot serve.
    """
    from cchc_xl.form_workbook.build import build_filled_workbook, build_form_workbook

    previous = read_previous(request.previous) if request.previous else None
    form = _form_of(request.form, previous)
    check_target(target)
    if request.previous:
        check_output(target, [request.previous])
    keep_foreign(target)
    _keep_figures(target)
    period = parse_period(request.period) if request.period else None
    start = parse_date(request.date_from) if request.date_from else period.start if period else None
    if previous is not None and period is not None and not request.date_from:
        start = first_day_after(previous, period) or start
    end = parse_date(request.date_to) if request.date_to else period.end if period else None
    if start and end and start > end:
        raise InputFault(f"Ngày bắt đầu {format_date(start)} sau ngày kết thúc {format_date(end)}: hãy kiểm tra lại.")
    before = previous.stamp if previous else Stamp(form.id, form.version)
    if previous is not None:
        _check_unit(request, previous)
    stamp = Stamp(
        form=form.id,
        version=form.version,
        unit=request.unit.strip() or before.unit,
        unit_code=request.unit_code.strip() or before.unit_code,
        parent_code=before.parent_code,
        period=period.key if period else "",
        date_from=format_date(start) if start else "",
        date_to=format_date(end) if end else "",
        place=before.place,
        signer=before.signer,
    )
    if previous is None:
        build_form_workbook(form, stamp, target)
    else:
        build_filled_workbook(form, stamp, _contents_from(previous, stamp), target)
    return stamp


def _check_unit(request: NewWorkbook, previous: Submission) -> None:
    """Raise ``InputFault`` where a name or a code of another unit would stand beside the last period's other half."""
    from cchc_xl.consolidation.same_unit import same_unit

    before, name, code = previous.stamp, request.unit.strip(), request.unit_code.strip()
    other_name = bool(name) and not same_unit(name, before.unit)
    other_code = bool(code and before.unit_code) and code != before.unit_code
    if (other_name and not code and before.unit_code) or (other_code and not name and before.unit):
        raise InputFault(
            f"Sổ kỳ trước {previous.file} là của {before.unit} ({before.unit_code}), không phải {name or code}: hãy "
            "chọn sổ của đơn vị này; nếu đơn vị đã đổi tên, đổi mã thì ghi cả --don-vi và --ma."
        )


def first_day_after(previous: Submission, period: Period) -> date | None:
    """The day after the last one of the period just before; ``None`` where the two do not follow each other."""
    stamp = previous.stamp
    before = parse_period(stamp.period) if stamp.period else None
    if before is None or not stamp.date_to or before.year != period.year:
        return None
    follows = before.quarters[-1] + 1 == period.quarters[0]
    return parse_date(stamp.date_to) + timedelta(days=1) if follows else None


def _form_of(wanted: str, previous: Submission | None) -> Form:
    if not wanted and previous is None:
        raise InputFault("Chưa ghi biểu mẫu: hãy ghi mã biểu (xem lệnh bieu-mau), hoặc --ky-truoc với sổ kỳ trước.")
    if previous is not None and wanted and load_form(wanted) is not previous.form:
        raise InputFault(
            f"Sổ kỳ trước {previous.file} theo biểu {previous.form.id}, khác biểu {wanted}: hãy chọn sổ cùng biểu."
        )
    return previous.form if previous is not None else load_form(wanted)


def _contents_from(previous: Submission, stamp: Stamp) -> Contents:
    """What a new workbook takes over from the last period's, and what it shows grey beside its cells."""
    from cchc_xl.form_workbook.sheet import Contents
    from cchc_xl.live_checks.states import states_of
    from cchc_xl.over_time.continuing import check_follows, continue_from
    from cchc_xl.submission import computed_results

    check_follows(previous, stamp.period)
    continued = continue_from(previous, stamp)
    return Contents(
        continued.values,
        computed_results(continued.submission),
        states=states_of(continued.submission),
        before=continued.before,
        before_words=continued.before_words,
    )


def check_target(target: Path, suffix: str = ".xlsx") -> None:
    if target.suffix.lower() != suffix:
        raise InputFault(f"Tên tệp “{target}” phải có đuôi {suffix}.")
    if not target.parent.is_dir():
        raise InputFault(f"Không có thư mục {target.parent} để ghi tệp {target.name}: hãy tạo thư mục trước.")
    if target.is_dir():
        raise InputFault(f"{target} là thư mục, không phải tệp: hãy đặt tên tệp khác.")


def _keep_figures(target: Path) -> None:
    """Refuse to build a blank workbook over one that somebody has filled."""
    existing = existing_workbook(target)
    if existing is not None and (existing.has_figures() or existing.typed_inputs()):
        raise InputFault(f"Sổ {target.name} đã có số liệu: hãy đặt tên khác, hoặc xóa tệp cũ trước.")


def keep_foreign(target: Path) -> Submission | None:
    """The workbook of ours that lies at an output's place, if any. Raises ``InputFault`` for a file that is none."""
    existing = existing_workbook(target)
    if existing is None and target.is_file() and target.stat().st_size:
        raise InputFault(
            f"Tệp {target.name} đã có và không phải sổ CCHC của bản này: hãy đặt tên khác để không ghi đè lên nó."
        )
    return existing


def existing_workbook(target: Path) -> Submission | None:
    """The workbook of ours that lies at an output's place."""
    if not target.is_file():
        return None
    from cchc_xl.ooxml.limits import SUMMARY as SUMMARY_LIMITS

    try:
        return read_file(target, limits=SUMMARY_LIMITS)
    except CchcError:
        return None


# nhap -------------------------------------------------------------------------------------------------------------


def fill_workbook(workbook: Path, folder: Path, target: Path | None = None) -> Filling:
    """Fill ``workbook`` from the printed figures in ``folder`` and store it as ``target`` (default: itself)."""
    from cchc_xl.filling import fill, read_printed

    out = target or workbook
    if target is not None:
        check_target(target)
        keep_foreign(target)
    submission = read_file(workbook)
    _refuse_broken(submission)
    existing = existing_workbook(out)
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
        keep_foreign(out)
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
        return _checked(name, read_file(path, path.name), previous)
    except ForeignWorkbook as fault:
        return CheckedFile(name, "foreign", fault=str(fault))
    except WorkbookFault as fault:
        return CheckedFile(name, "unreadable", fault=str(fault))
    except CchcError:  # of the earlier workbook: it is the user's question that is wrong
        raise
    except Exception as error:  # the other files are checked all the same
        return CheckedFile(name, "unreadable", fault=own_fault(path.name, error))


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
    from cchc_xl.ooxml.limits import SUMMARY as SUMMARY_LIMITS

    submission = read_file(path, path.name, SUMMARY_LIMITS)
    _refuse_broken(submission, f"{path.name} (kỳ trước)")
    return submission


def _refuse_broken(submission: Submission, name: str = "") -> None:
    """Raise ``WorkbookFault`` when rows or columns are lost or moved: nobody knows which figure is whose."""
    if submission.faults:
        fault = submission.faults[0]
        raise WorkbookFault(f"{name or submission.file}: {fault.message}. {fault.remedy}.")


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
    check_target(target)
    if target.exists() and any(path.exists() and path.samefile(target) for path in inputs):
        raise InputFault(f"Tệp kết quả {target.name} trùng với một tệp đầu vào: hãy đặt tên khác.")


# xuat-word --------------------------------------------------------------------------------------------------------

# What nobody can make again is kept beside the new document.
EARLIER_DOCUMENT = "bản trước"
_NAMED_CELLS = 3


@dataclass(frozen=True, slots=True)
class WordExport:
    """A document that was written, and its workbook's findings. ``kept``: the copy of what lay in its place."""

    target: Path
    submission: Submission
    result: CheckResult
    kept: Path | None = None


def export_word(workbook: Path, target: Path | None = None) -> WordExport:
    """Write the appendices of a workbook or summary as a Word document (default: beside it, by the same name).

    A workbook with errors is exported as it stands: its findings are in the answer. Raises ``CchcError`` when the
    workbook cannot be read, is damaged in its structure or holds formulas that nobody has computed.
    """
    out = target or workbook.with_suffix(".docx")
    check_target(out, ".docx")
    from cchc_xl.ooxml.limits import SUMMARY as SUMMARY_LIMITS

    submission = read_file(workbook, limits=SUMMARY_LIMITS)
    _refuse_broken(submission)
    from cchc_xl.atomic import keep_beside, look
    from cchc_xl.word.build import write_word
    from cchc_xl.word.package import is_untouched
    from cchc_xl.word.shown import uncalculated

    waiting = [submission.entries[ref] for ref in uncalculated(submission)]
    if waiting:
        cells = ", ".join(f"{entry.sheet}!{entry.address}" for entry in waiting[:_NAMED_CELLS])
        more = f" và {len(waiting) - _NAMED_CELLS} ô nữa" if len(waiting) > _NAMED_CELLS else ""
        raise WorkbookFault(
            f"{workbook.name}: công thức ở ô {cells}{more} chưa có kết quả nên chưa xuất được: "
            "hãy mở sổ bằng Excel hoặc LibreOffice, lưu lại rồi xuất lần nữa."
        )
    seen = look(out)
    kept = keep_beside(out, EARLIER_DOCUMENT) if seen and not is_untouched(out) else None
    write_word(submission, out, seen)
    return WordExport(out, submission, check_submission(submission), kept)
