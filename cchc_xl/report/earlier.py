"""What an earlier report holds, in a workbook of its own or inside the checked one: findings and explanations.

An explanation travels with the rule and the value that it explains, and lapses when the value changes
(semantics.md, "Severity").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from cchc_xl.errors import WorkbookFault
from cchc_xl.finding import Finding
from cchc_xl.layout import REPORT_SHEET
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
    PAGE,
    RULE,
    SEVERITY,
    STATUS,
)
from cchc_xl.values import from_cell, plain


class FindingKey(NamedTuple):
    """What makes two findings of two runs the same: the rule at the place of the form, wherever that stands now."""

    file: str
    rule: str
    place: str


@dataclass(frozen=True, slots=True)
class EarlierFinding:
    """A row of an earlier report."""

    severity: str
    message: str
    page: str
    cell: str
    actual: str
    expected: str
    explanation: str


def finding_key(file: str, finding: Finding) -> FindingKey:
    """The key of a finding of this run."""
    return FindingKey(file, finding.rule, finding_place(finding))


def finding_place(finding: Finding) -> str:
    """``PL1/45/value``: appendix, row and column of the form."""
    return f"{finding.appendix}/{finding.order}/{finding.column}"


def shown_value(value: object) -> str:
    """A value as it is compared between runs: 100 and 100.0 are the same, as are 80,583 and 80,58 (what is shown)."""
    read = from_cell(value)
    return str(plain(round(read.number, 2)) if read.number is not None else read.text)


def read_earlier(path: Path) -> Mapping[FindingKey, EarlierFinding] | None:
    """The findings of the report at ``path``; ``None`` when there is no report of ours."""
    if not path.is_file():
        return None
    # What a click on Kiểm tra does without: it reads the report in the open workbook.
    from cchc_xl.ooxml.limits import SUMMARY as SUMMARY_LIMITS
    from cchc_xl.readers.file_book import FileBook

    try:
        with FileBook(path, limits=SUMMARY_LIMITS) as book:  # of many files it is as long as a summary
            return earlier_findings(book.grid(REPORT_SHEET)) if REPORT_SHEET in book.sheet_names else None
    except WorkbookFault:
        return None


def earlier_findings(rows: Sequence[Sequence[object]]) -> Mapping[FindingKey, EarlierFinding] | None:
    """The findings on a report sheet, mended ones aside; ``None`` when it is no report sheet."""
    top = next((index for index, row in enumerate(rows) if RULE in row and EXPLANATION in row), None)
    if top is None:
        return None
    header = {str(title): index for index, title in enumerate(rows[top])}
    found: dict[FindingKey, EarlierFinding] = {}
    for row in rows[top + 1 :]:

        def text(title: str, row: Sequence[object] = row) -> str:
            index = header.get(title, len(row))
            return str(row[index] or "").strip() if index < len(row) else ""

        def figure(title: str, row: Sequence[object] = row) -> str:
            index = header.get(title, len(row))
            return shown_value(row[index]) if index < len(row) else ""

        if text(RULE) and text(STATUS) != FIXED:
            found[FindingKey(text(FILE), text(RULE), text(KEY))] = EarlierFinding(
                text(SEVERITY),
                text(MESSAGE),
                text(PAGE),
                text(ADDRESS if ADDRESS in header else CELL),
                figure(ACTUAL),
                figure(EXPECTED),
                text(EXPLANATION),
            )
    return found


def explanation(earlier: Mapping[FindingKey, EarlierFinding], key: FindingKey, finding: Finding) -> str:
    """The explanation that still holds for a finding: what was found and what was expected are as they were."""
    old = earlier.get(key)
    if old is None or old.actual != shown_value(finding.actual) or old.expected != shown_value(finding.expected):
        return ""
    return old.explanation
