"""What Kiểm tra leaves inside the checked workbook, as data: lines of the report sheet, colours and notes of cells.

Hosts only carry it over; nothing here knows Excel.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from cchc_xl.checks.run import CheckResult
from cchc_xl.companions import checksum_text
from cchc_xl.completion import fingerprint
from cchc_xl.layout import cell_position
from cchc_xl.operations import CheckedFile
from cchc_xl.report.lines import (
    Earlier,
    ReportLine,
    completeness_text,
    counts_text,
    culprit_lines,
    is_complete,
    mended_lines,
    report_lines,
)
from cchc_xl.report_layout import TEXT_ROWS
from cchc_xl.severity import Severity
from cchc_xl.submission import Submission

# Excel shows a longer note badly, and the report says it all.
_LONGEST_NOTE = 700


@dataclass(frozen=True, slots=True)
class CellMark:
    """A cell in question: where it stands (zero-based), its column in the form, the gravest severity, the words."""

    sheet: str
    row: int
    column: int
    key: str
    severity: Severity
    note: str


@dataclass(frozen=True, slots=True)
class Annotation:
    """``text`` stands above the table. The last three go into the stamp; empty: not complete."""

    text: tuple[str, ...]
    lines: tuple[ReportLine, ...]
    marks: tuple[CellMark, ...]
    completed: str
    fingerprint: str
    checksum: str


def annotate(checked: CheckedFile, earlier: Earlier | None, now: datetime) -> Annotation:
    """The annotation of a workbook that was checked; ``earlier``: the lines of its last run, if there was one."""
    submission, result = checked.submission, checked.result
    if submission is None or result is None:
        raise ValueError("a workbook that was not checked has no annotation")
    complete = is_complete("", result, earlier) and submission.has_figures()
    figures = fingerprint(submission) if complete else ""
    unchanged = complete and submission.stamp.fingerprint == figures and bool(submission.stamp.completed)
    completed = (submission.stamp.completed if unchanged else f"{now:%d/%m/%Y}") if complete else ""
    return Annotation(
        tuple(_text(checked, result, earlier, now)),
        (*report_lines("", result, earlier), *mended_lines("", result, earlier)),
        tuple(_marks(submission, result)),
        completed,
        figures,
        checksum_text(submission) if complete else "",
    )


def _text(checked: CheckedFile, result: CheckResult, earlier: Earlier | None, now: datetime) -> Iterator[str]:
    """When, how many, complete or not, and where to look first."""
    yield (
        f"Kiểm tra lúc {now:%H:%M ngày %d/%m/%Y}: {counts_text(result)}; {result.passed} phép kiểm tra đúng, "
        f"{result.not_evaluated} chưa đủ số liệu để kiểm tra."
    )
    submission = checked.submission
    if submission is not None and not submission.faults and not submission.has_figures():
        yield "Chưa hoàn thành: sổ chưa có số liệu."
    else:
        yield completeness_text("", result, earlier)
    hints = list(culprit_lines(checked))
    room = TEXT_ROWS - 3
    if hints:
        yield "Nên xem trước (sửa một trong các nhóm ô là đủ hết mâu thuẫn; công cụ không tự sửa):"
        yield from (f"• {hint}" for hint in hints[:room])


def _marks(submission: Submission, result: CheckResult) -> Iterator[CellMark]:
    keys = {(entry.sheet, entry.address): ref.column for ref, entry in submission.entries.items()}
    texts: dict[tuple[str, str], list[str]] = {}
    gravest: dict[tuple[str, str], Severity] = {}
    for finding in sorted(result.findings, key=lambda finding: finding.severity.rank):
        place = finding.sheet, finding.cell
        if finding.cell:
            gravest.setdefault(place, finding.severity)
            texts.setdefault(place, []).append(
                f"{finding.severity.word} ({finding.rule}): {finding.message} Cách xử lý: {finding.remedy}"
            )
    for place, severity in gravest.items():
        row, column = cell_position(place[1])
        yield CellMark(place[0], row, column, keys.get(place, ""), severity, _joined(texts[place]))


def _joined(texts: Sequence[str]) -> str:
    text = "\n".join(texts)
    return text if len(text) <= _LONGEST_NOTE else text[: _LONGEST_NOTE - 1] + "…"
