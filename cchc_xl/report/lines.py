"""The lines of a report: findings with what became of them since the last run, and whether a workbook is complete."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cchc_xl.checks.run import CheckResult
from cchc_xl.finding import Finding
from cchc_xl.operations import CheckedFile
from cchc_xl.report.earlier import EarlierFinding, FindingKey, explanation, finding_key
from cchc_xl.report_layout import (
    ACTUAL,
    ADDRESS,
    CELL,
    EXPECTED,
    EXPLANATION,
    FILE,
    FIXED,
    KEY,
    MESSAGE,
    NOT_CHECKED,
    PAGE,
    REMEDY,
    RULE,
    SEVERITY,
    STATUS,
)
from cchc_xl.severity import Severity
from cchc_xl.values import format_number

Earlier = Mapping[FindingKey, EarlierFinding]
_NEW, _OPEN = "mới", "còn"
_SHOWN_SETS = 4
_STRUCTURE = "cau-truc"


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One row of a report: its texts and figures by column title. ``severity``: ``None`` for what was mended."""

    values: Mapping[str, int | float | str | None]
    severity: Severity | None


def report_lines(file: str, result: CheckResult, earlier: Earlier | None) -> Iterator[ReportLine]:
    """The findings of one workbook; ``earlier``: those of the last run, ``None`` when there was none."""
    for finding in result.findings:
        key = finding_key(file, finding)
        yield ReportLine(
            {
                STATUS: "" if earlier is None else _OPEN if key in earlier else _NEW,
                FILE: file,
                SEVERITY: finding.severity.word,
                PAGE: finding.sheet,
                CELL: finding.cell,
                ADDRESS: finding.cell,
                MESSAGE: finding.message,
                REMEDY: finding.remedy,
                ACTUAL: finding.actual,
                EXPECTED: finding.expected,
                RULE: finding.rule,
                EXPLANATION: explanation(earlier or {}, key, finding),
                KEY: key.place,
            },
            finding.severity,
        )


def mended_lines(file: str, result: CheckResult, earlier: Earlier | None) -> Iterator[ReportLine]:
    """What the last run found in this workbook and this one does not; in a damaged one nothing is called mended."""
    damaged = any(finding.code == _STRUCTURE for finding in result.findings)
    now = {finding_key(file, finding) for finding in result.findings}
    for key, old in (earlier or {}).items():
        if key.file == file and key not in now:
            yield ReportLine(
                {
                    STATUS: NOT_CHECKED if damaged else FIXED,
                    FILE: file,
                    SEVERITY: old.severity,
                    PAGE: old.page,
                    CELL: old.cell,
                    ADDRESS: old.cell,
                    KEY: key.place,
                    MESSAGE: old.message,
                    ACTUAL: old.actual if damaged else None,
                    EXPECTED: old.expected if damaged else None,
                    RULE: key.rule,
                    EXPLANATION: old.explanation,
                },
                None,
            )


def counts_text(result: CheckResult) -> str:
    """``2 lỗi, 1 cảnh báo, 0 gợi ý``."""
    return ", ".join(f"{result.count(severity)} {severity.word.lower()}" for severity in Severity)


def unexplained(file: str, result: CheckResult, earlier: Earlier | None) -> list[Finding]:
    """The warnings without an explanation that still holds."""
    return [
        finding
        for finding in result.findings
        if finding.severity is Severity.WARNING and not explanation(earlier or {}, finding_key(file, finding), finding)
    ]


def is_complete(file: str, result: CheckResult, earlier: Earlier | None) -> bool:
    """Whether no error stands and every warning is explained (semantics.md, "Severity")."""
    return not result.count(Severity.ERROR) and not unexplained(file, result, earlier)


def completeness_text(file: str, result: CheckResult, earlier: Earlier | None) -> str:
    """Whether the workbook is complete, else what is left to do."""
    if is_complete(file, result, earlier):
        return "HOÀN THÀNH."
    todo = []
    if errors := result.count(Severity.ERROR):
        todo.append(f"sửa {errors} lỗi")
    if warnings := len(unexplained(file, result, earlier)):
        todo.append(f"sửa hoặc giải trình {warnings} cảnh báo")
    return f"Chưa hoàn thành: còn phải {' và '.join(todo)}."


def culprit_lines(checked: CheckedFile) -> Iterator[str]:
    """Where to look first: for each group of contradictions the smallest sets of cells that could be wrong."""
    submission = checked.submission
    if submission is None:
        return
    for group in checked.culprits:
        choices = []
        for culprit in group.culprits[:_SHOWN_SETS]:
            cells = " cùng ".join(f"{e.sheet}!{e.address}" for e in map(submission.entries.__getitem__, culprit.cells))
            if culprit.suggestion is not None:
                cells += f" (có lẽ là {format_number(culprit.suggestion)}: {culprit.slip})"
            choices.append(cells)
        more = len(group.culprits) - len(choices)
        text = "; hoặc ".join(choices) + (f"; và {more} khả năng nữa" if more > 0 else "")
        yield f"{text} [{', '.join(group.rules)}]"
