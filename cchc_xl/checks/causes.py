"""One cause in one cell gives one finding: consequences of another finding are taken out."""

from __future__ import annotations

from collections.abc import Sequence

from cchc_xl.catalogue.model import CellKind, RowRole, RuleKind
from cchc_xl.checks.checklists import Checklists
from cchc_xl.expressions import CellRef, ColumnRef, Expression, cell_refs, column_refs
from cchc_xl.finding import Finding
from cchc_xl.severity import Severity
from cchc_xl.submission import Submission, SubmissionFigures, is_computed

# In the order in which they are kept: what can say the figure says more.
_PRESENCE = ("tong-trong", "ty-le-trong", "thieu-so-lieu", "thieu-tu-hoac-mau")
ABOUT_TOTALS = ("R22-", "R23-", "R24-")
_WRONG_RATIO = frozenset({"ty-le-sai", "ty-le-hai-mau-so", "mau-so-bang-0"})
_BAD_FIGURES = frozenset({"so-am", "so-le"})
COMPARED = frozenset(
    {"khong-khop", "vuot-qua", "duoi-muc", "khong-nho-hon", "tong-sai", "ty-le-sai", "hai-noi-khac-nhau"}
)
_Cell = tuple[str, str]


def without_consequences(
    findings: Sequence[Finding], submission: Submission, figures: SubmissionFigures
) -> list[Finding]:
    """The findings less those that only repeat another one in other words.

    * A cell that is missing is reported once, by the gravest rule that wants it.
    * Numerator above a zero denominator: the comparison of the two cells says the same; the graver one stays.
    * Marks done + not done ≠ number of tasks (R20): said already by a wrong total (R19).
    * What compares totals of marks (R19, R20, R23) waits while marks are wrong, or may mend it (``checklists``).
    * A comparison that reads a figure which cannot be right itself (−3, 2,5 files) waits until that one is mended.
    * What counts rows by a code that is on no list (procedures of level 7), or compares it, waits until it is mended.
    * What else a wrong typed total contradicts (its row, other appendices) waits until the total is mended.
    * A typed ratio above 100 %: said already by a ratio that does not fit its inputs, or by a numerator too large.
    * A matrix identity that fails in a computed total row: said already by the row in which it fails.
    """
    missing = _missing(findings)
    zero = {frozenset(_inputs(f)): f for f in findings if f.code == "mau-so-bang-0"}
    compared = {cells: f for f in findings if f.code == "vuot-qua" for cells in zero if cells <= _cells(f)}
    wrong_ratios = {(f.sheet, f.cell) for f in findings if f.code in _WRONG_RATIO}
    above = {frozenset(_cells(f)) for f in findings if f.code == "vuot-qua"}
    wrong_totals = {(f.sheet, f.cell) for f in findings if f.code == "tong-sai"}
    checklists = Checklists(findings, submission, figures)
    bad = _dependents({(f.sheet, f.cell) for f in findings if f.code in _BAD_FIGURES}, submission)
    waiting = _counting_by_wrong_codes(findings, submission)
    wrong_rows = {f.appendix for f in findings if _of_matrix(f) and not _computed_total(f, submission)}

    def consequence(finding: Finding) -> bool:
        if finding.code in _PRESENCE:
            return missing[finding.sheet, finding.cell] is not finding
        if finding.code == "mau-so-bang-0":
            other = compared.get(frozenset(_inputs(finding)))
            return other is not None and other.severity is Severity.ERROR
        if finding.code == "vuot-qua" and finding.severity is not Severity.ERROR:
            return finding in compared.values()
        if finding.code == "tren-100":
            return (finding.sheet, finding.cell) in wrong_ratios or frozenset(_inputs(finding)) in above
        if finding.code in COMPARED and (_cells(finding) & bad or checklists.wait(finding)):
            return True
        if finding.rule in waiting and finding.code != "trung-ma":
            return True
        if finding.rule.startswith(ABOUT_TOTALS) and finding.code != "tong-sai" and _cells(finding) & wrong_totals:
            return True
        if finding.rule.startswith("R20-"):
            return bool(_cells(finding) & wrong_totals)
        return _of_matrix(finding) and finding.appendix in wrong_rows and _computed_total(finding, submission)

    return [finding for finding in findings if not consequence(finding)]


def _counting_by_wrong_codes(findings: Sequence[Finding], submission: Submission) -> set[str]:
    """The rules that pick or compare rows by a column of codes in which one is on no list."""
    form = submission.form
    columns = {
        ColumnRef(f.appendix, column.key)
        for f in findings
        if f.code == "ngoai-danh-sach"
        for column in form.appendix(f.appendix).columns
        if column.name == f.column and column.kind is CellKind.CODE
    }
    if not columns:
        return set()
    return {
        rule.id
        for rule in form.rules
        if rule.kind in (RuleKind.COMPARE, RuleKind.LIST_CODES)
        for part in (rule.left, *rule.right)
        if part is not None and not columns.isdisjoint(_columns(part))
    }


def _columns(part: Expression) -> set[ColumnRef]:
    """The columns of which an expression reads more than one certain row."""
    own = [ColumnRef(part.appendix, part.column)] if isinstance(part, CellRef) and part.order is None else []
    return {*column_refs(part), *own}


def _dependents(bad: set[_Cell], submission: Submission) -> set[_Cell]:
    """The cells and the computed cells that read them."""
    if not bad:
        return bad
    reached = {ref for ref, entry in submission.entries.items() if (entry.sheet, entry.address) in bad}
    specs = [spec for spec in submission.form.specs() if spec.derived and is_computed(submission.entries[spec.ref])]
    growing = True
    while growing:
        found = {
            spec.ref
            for spec in specs
            if spec.ref not in reached
            and any(part.at(spec.row.order) in reached for part in cell_refs(spec.derived[0]))
        }
        found |= {
            spec.ref
            for spec in specs
            for column in column_refs(spec.derived[0])
            if spec.ref not in reached
            and any((ref.appendix, ref.column) == (column.appendix, column.column) for ref in reached)
        }
        reached |= found
        growing = bool(found)
    return {(submission.entries[ref].sheet, submission.entries[ref].address) for ref in reached}


def _missing(findings: Sequence[Finding]) -> dict[_Cell, Finding]:
    kept: dict[_Cell, Finding] = {}
    for finding in findings:
        if finding.code in _PRESENCE:
            key = (finding.sheet, finding.cell)
            if key not in kept or _weight(finding) < _weight(kept[key]):
                kept[key] = finding
    return kept


def _weight(finding: Finding) -> tuple[int, int]:
    return finding.severity.rank, _PRESENCE.index(finding.code)


def _of_matrix(finding: Finding) -> bool:
    return finding.rule.startswith("R22-") and finding.code == "khong-khop"


def _computed_total(finding: Finding, submission: Submission) -> bool:
    appendix = submission.form.appendix(finding.appendix)
    row = appendix.row(finding.order)
    key = next((column.key for column in appendix.columns if column.name == finding.column), "")
    entry = submission.entries.get(CellRef(finding.appendix, finding.order, key))
    return row.role is RowRole.TOTAL and entry is not None and is_computed(entry)


def _inputs(finding: Finding) -> set[_Cell]:
    return {(cell.sheet, cell.cell) for cell in finding.related}


def _cells(finding: Finding) -> set[_Cell]:
    return {(finding.sheet, finding.cell), *_inputs(finding)}
