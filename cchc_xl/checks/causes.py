"""One cause in one cell gives one finding: consequences of another finding are taken out."""

from __future__ import annotations

from collections.abc import Sequence

from cchc_xl.finding import Finding

_PRESENCE = frozenset({"thieu-so-lieu", "thieu-tu-hoac-mau", "tong-trong", "ty-le-trong"})
_Cell = tuple[str, str]


def without_consequences(findings: Sequence[Finding]) -> list[Finding]:
    """The findings less those that only repeat another one in other words.

    * A cell that is missing is reported once, by the gravest rule that wants it.
    * Numerator above a zero denominator: the comparison of the two cells says it already.
    * Marks done + not done ≠ number of tasks (R20): said already when a printed total of marks is wrong (R19).
    """
    compared = {(f.sheet, f.cell): f for f in findings if f.code == "vuot-qua"}
    wrong_totals = {(f.sheet, f.cell) for f in findings if f.code == "tong-sai"}
    missing: dict[_Cell, Finding] = {}
    for finding in findings:
        if finding.code in _PRESENCE:
            key = (finding.sheet, finding.cell)
            kept = missing.get(key)
            if kept is None or finding.severity.rank < kept.severity.rank:
                missing[key] = finding
    kept_findings = []
    for finding in findings:
        key = (finding.sheet, finding.cell)
        if finding.code in _PRESENCE and missing[key] is not finding:
            continue
        if finding.code == "mau-so-bang-0" and _compared(finding, compared):
            continue
        if finding.rule.startswith("R20-") and _cells(finding) & wrong_totals:
            continue
        kept_findings.append(finding)
    return kept_findings


def _cells(finding: Finding) -> set[_Cell]:
    return {(finding.sheet, finding.cell), *((cell.sheet, cell.cell) for cell in finding.related)}


def _compared(finding: Finding, compared: dict[_Cell, Finding]) -> bool:
    inputs = {(cell.sheet, cell.cell) for cell in finding.related}
    return any(cell in compared and inputs <= _cells(compared[cell]) for cell in inputs)
