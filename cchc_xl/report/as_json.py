"""Results as JSON objects. Numbers are numbers where they are numbers; nothing is capped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from cchc_xl.catalogue.model import Form, Rule
from cchc_xl.checks.culprits import CulpritGroup
from cchc_xl.completion import Completion, completion
from cchc_xl.consolidation.changes import Changes, Figure
from cchc_xl.consolidation.lines import Source, SummaryCell
from cchc_xl.consolidation.owing import reminders
from cchc_xl.consolidation.states import JudgedFile
from cchc_xl.consolidation.summary import Summary
from cchc_xl.consolidation.timing import days_late, sent_day
from cchc_xl.finding import Finding
from cchc_xl.operations import CheckedFile
from cchc_xl.periods import format_date
from cchc_xl.severity import Severity
from cchc_xl.submission import Submission
from cchc_xl.values import plain


def form_json(form: Form) -> dict[str, Any]:
    """A form for ``bieu-mau``."""
    return {
        "id": form.id,
        "name": form.name,
        "level": form.level,
        "locality": form.locality,
        "version": form.version,
        "appendices": [
            {
                "id": a.id,
                "title": a.title,
                "kind": a.kind.value,
                "rows": len(a.printed),
                "spare_rows": len(a.spare_cells),
            }
            for a in form.appendices
        ],
    }


def rule_json(rule: Rule) -> dict[str, Any]:
    """A rule for ``quy-tac``."""
    return {
        "id": rule.id,
        "kind": rule.kind.value,
        "appendix": rule.appendix,
        "order": rule.at.order if rule.at else None,
        "severity": rule.severity.value,
        "active": rule.active,
        "native": rule.native,
        "words": rule.words,
    }


def finding_json(finding: Finding) -> dict[str, Any]:
    """A finding for ``kiem-tra``."""
    return {
        "code": finding.code,
        "rule": finding.rule,
        "severity": finding.severity.value,
        "appendix": finding.appendix,
        "order": finding.order,
        "column": finding.column,
        "sheet": finding.sheet,
        "cell": finding.cell,
        "actual": finding.actual,
        "expected": finding.expected,
        "imbalance": finding.imbalance,
        "message": finding.message,
        "remedy": finding.remedy,
        "related": [
            {"appendix": cell.appendix, "order": cell.order, "sheet": cell.sheet, "cell": cell.cell}
            for cell in finding.related
        ],
    }


def checked_json(checked: CheckedFile) -> dict[str, Any]:
    """One file's result for ``kiem-tra``; ``fault`` says why a file could not be checked."""
    submission, result = checked.submission, checked.result
    shown: dict[str, Any] = {
        "file": checked.file,
        "form": submission.form.id if submission else None,
        "unit": (submission.stamp.unit or submission.stamp.unit_code) if submission else None,
        "unit_code": submission.stamp.unit_code if submission else None,
        "period": submission.stamp.period if submission else None,
        "state": checked.state,
        "summary": {
            **{severity.value: result.count(severity) if result else 0 for severity in Severity},
            "passed": result.passed if result else 0,
            "not_evaluated": result.not_evaluated if result else 0,
        },
        "findings": [finding_json(finding) for finding in result.findings] if result else [],
    }
    if submission and submission.stamp.completed:
        holds = completion(submission) is Completion.COMPLETE
        shown["completed"] = {"date": submission.stamp.completed, "holds": holds}
    if submission:
        shown["culprits"] = [_culprits_json(group, submission) for group in checked.culprits]
    if checked.fault:
        shown["fault"] = checked.fault
    return shown


def _culprits_json(group: CulpritGroup, submission: Submission) -> dict[str, Any]:
    """Smallest sets of cells whose change would satisfy a group of failing rules."""
    sets = []
    for culprit in group.culprits:
        cells = [
            {"appendix": ref.appendix, "order": ref.order, "sheet": entry.sheet, "cell": entry.address}
            for ref in culprit.cells
            for entry in (submission.entries[ref],)
        ]
        sets.append({"cells": cells, "suggestion": _number(culprit.suggestion), "slip": culprit.slip})
    return {"rules": list(group.rules), "sets": sets}


def summary_json(summary: Summary, out: str | None) -> dict[str, Any]:
    """A merge for ``tong-hop``."""
    return {
        "form": summary.form.id if summary.form else None,
        "period": summary.period,
        "parent": summary.parent_code,
        "units_expected": summary.units_expected,
        "units_included": len(summary.children),
        "units_missing": [{"code": unit.code, "name": unit.full_name} for unit in summary.missing],
        "deadline": format_date(summary.deadline) if summary.deadline else None,
        "files": [_file_json(file, summary.deadline) for file in summary.files],
        "reminders": [{"code": unit.code, "name": unit.name, "text": text} for unit, text in reminders(summary)],
        "rows": [_row_json(cell) for cell in summary.cells],
        "self_proof": {"proved": summary.proof.proved, "failed": [failed.sentence for failed in summary.proof.failed]},
        "changes": _changes_json(summary.changes) if summary.changes else None,
        "remarks": [said for said in (summary.earlier.remark if summary.earlier else "", summary.kept) if said],
        "out": out,
        "data": list(summary.beside),
    }


def _file_json(file: JudgedFile, deadline: date | None) -> dict[str, Any]:
    """A file with the day it was sent (by its stamp, or the day it was saved) and whether it is complete."""
    sent, given = sent_day(file), file.received.given
    completed = None
    if given is not None and given.completion is not Completion.OPEN:
        completed = {"date": given.stamp.completed, "holds": given.completion is Completion.COMPLETE}
    return {
        "file": file.received.file,
        "unit": file.unit or None,
        "unit_code": file.unit_code or None,
        "state": file.state.value,
        "reason": file.reason,
        "sha256": file.received.sha256,
        "sent": {"date": format_date(sent.day), "stamped": sent.stamped} if sent else None,
        "days_late": days_late(file, deadline),
        "completed": completed,
    }


def _changes_json(changes: Changes) -> dict[str, Any]:
    """What moved since the summary that was replaced. A blank is ``null``."""
    return {
        "units": [
            {
                "code": unit.code,
                "name": unit.name,
                "move": unit.move.name.lower(),
                "sha256_before": unit.sha256_before or None,
                "sha256_after": unit.sha256_after or None,
            }
            for unit in changes.units
        ],
        "rows": [
            {
                "appendix": figure.cell.spec.ref.appendix,
                "order": figure.cell.spec.row.order,
                "column": figure.cell.spec.column.name,
                "before": _figure(figure.before),
                "after": _figure(figure.after),
                "units": {u.code: [_figure(before), _figure(after)] for u, before, after in figure.whose},
            }
            for figure in changes.figures
        ],
    }


def _figure(figure: Figure) -> int | float | str | None:
    if isinstance(figure, str):
        return figure or None
    return int(figure) if figure.is_integer() else figure


def _row_json(cell: SummaryCell) -> dict[str, Any]:
    row: dict[str, Any] = {
        "appendix": cell.spec.ref.appendix,
        "order": cell.spec.row.order,
        "column": cell.spec.column.name,
        "code": cell.spec.code,
        "rollup": cell.rollup.value,
        "value": _number(cell.value),
        "n_units": cell.n_units,
        "units": {source.child.unit_code: _shown(source) for source in cell.sources},
    }
    if cell.name:
        row["name"] = cell.name
    if cell.minimum is not None:
        row["min"] = _number(cell.minimum)
        row["max"] = _number(cell.maximum)
    if cell.counts:
        row["counts"] = dict(cell.counts)
    if cell.children is not None:
        row["children"] = _number(cell.children)
    if cell.own.filled:
        row["own"] = plain(cell.own.number) if cell.own.number is not None else cell.own.text
    if cell.listed:
        row["listed"] = True
    if cell.left_out:
        row["left_out"] = list(cell.left_out)
    return row


def _shown(source: Source) -> int | float | str | None:
    return plain(source.number) if source.number is not None else source.shown or None


def _number(number: Decimal | None) -> int | float | None:
    return None if number is None else plain(number)


def listed(results: Sequence[dict[str, Any]]) -> Any:
    """One file gives an object, several give a list."""
    return results[0] if len(results) == 1 else list(results)
