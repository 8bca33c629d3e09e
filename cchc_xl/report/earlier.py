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
from cchc_xl.readers.file_book import FileBook
from cchc_xl.report_layout import ACTUAL, ADDRESS, CELL, EXPLANATION, FILE, FIXED, MESSAGE, PAGE, RULE, SEVERITY, STATUS
from cchc_xl.values import from_cell


class FindingKey(NamedTuple):
    """What makes two findings of two runs the same: the rule at the cell of the file."""

    file: str
    rule: str
    sheet: str
    cell: str


@dataclass(frozen=True, slots=True)
class EarlierFinding:
    """A row of an earlier report."""

    severity: str
    message: str
    actual: str
    explanation: str


def finding_key(file: str, finding: Finding) -> FindingKey:
    """The key of a finding of this run."""
    return FindingKey(file, finding.rule, finding.sheet, finding.cell)


def shown_value(value: object) -> str:
    """A value as it is compared between runs: 100 and 100.0 are the same."""
    read = from_cell(value)
    return str(read.shown())


def read_earlier(path: Path) -> Mapping[FindingKey, EarlierFinding] | None:
    """The findings of the report at ``path``; ``None`` when there is no report of ours."""
    if not path.is_file():
        return None
    try:
        with FileBook(path) as book:
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

        if text(RULE) and text(STATUS) != FIXED:
            key = FindingKey(text(FILE), text(RULE), text(PAGE), text(ADDRESS if ADDRESS in header else CELL))
            actual = shown_value(row[header[ACTUAL]]) if header.get(ACTUAL, len(row)) < len(row) else ""
            found[key] = EarlierFinding(text(SEVERITY), text(MESSAGE), actual, text(EXPLANATION))
    return found


def explanation(earlier: Mapping[FindingKey, EarlierFinding], key: FindingKey, actual: object) -> str:
    """The explanation that still holds for a finding; empty when none was written or the value has changed."""
    old = earlier.get(key)
    return old.explanation if old is not None and old.actual == shown_value(actual) else ""
