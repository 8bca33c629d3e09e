"""What waits for the marks of a checklist: its totals, and what is compared with them, say nothing sooner.

A task without a mark is a gap and no contradiction (semantics.md: a blank is weaker than a contradiction), so a total
that is off by no more than the tasks still unmarked is no contradiction either: one cause, one finding. What no mark
can mend fails at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from enum import Enum
from functools import cache

from cchc_xl.catalogue.model import Appendix, AppendixKind, CellKind, Form, RowRole, Rule
from cchc_xl.expressions import CellRef, ColumnRef, cell_refs
from cchc_xl.finding import Finding
from cchc_xl.submission import Submission, SubmissionFigures

DONE, NOT_DONE = "done", "not_done"
# Findings about the marks themselves: no mark counts as it should until they are mended.
_WRONG = frozenset({"danh-dau-hai-o", "ngoai-danh-sach"})


class Wait(Enum):
    """Why a comparison with the totals of marks waits."""

    WRONG_MARKS = "wrong"
    UNMARKED = "unmarked"


def mark_columns(appendix: str) -> tuple[ColumnRef, ColumnRef]:
    """The two columns of a checklist."""
    return ColumnRef(appendix, DONE), ColumnRef(appendix, NOT_DONE)


def is_checklist(appendix: Appendix) -> bool:
    """Whether the appendix is a list of tasks with one mark each."""
    return appendix.kind is AppendixKind.TASKS


@cache
def mark_totals(form: Form) -> dict[CellRef, str]:
    """The cells that count marks, with their appendix."""
    return {
        spec.ref: spec.ref.appendix
        for spec in form.specs()
        if spec.kind is CellKind.MARK and spec.row.role is RowRole.TOTAL
    }


def checklists_behind(form: Form, rule: Rule) -> tuple[str, ...]:
    """The checklists whose totals a rule reads."""
    parts = (rule.left, *rule.right, rule.when)
    cells = {rule.at, *(ref for part in parts if part is not None for ref in cell_refs(part))}
    return tuple(dict.fromkeys(mark_totals(form)[ref] for ref in mark_totals(form) if ref in cells))


class Checklists:
    """The state of a submission's checklists, from what the checks found of their marks."""

    def __init__(self, findings: Sequence[Finding], submission: Submission, figures: SubmissionFigures) -> None:
        form = submission.form
        self._form, self._figures = form, figures
        lists = {appendix.id for appendix in form.appendices if is_checklist(appendix)}
        self._wrong = {f.appendix for f in findings if f.code in _WRONG} & lists
        self._gaps = {f.appendix for f in findings if f.code == "chua-danh-dau"}
        self._totals = {
            (entry.sheet, entry.address): appendix
            for ref, appendix in mark_totals(form).items()
            if appendix in self._wrong | self._gaps and (entry := submission.entries.get(ref)) is not None
        }

    def unmarked(self, appendix: str) -> Decimal:
        """Tasks that have no mark yet."""
        marks = sum(self._figures.marked(ref) for c in mark_columns(appendix) for ref in self._figures.column(c))
        return Decimal(len(self._figures.rows(appendix)) - marks)

    def wait(self, finding: Finding) -> Wait | None:
        """Why a comparison waits; ``None``: it holds already."""
        if not self._totals:
            return None
        cells = {(finding.sheet, finding.cell), *((cell.sheet, cell.cell) for cell in finding.related)}
        behind = {self._totals[cell] for cell in cells if cell in self._totals}
        if not behind:
            return None
        if behind & self._wrong:
            return Wait.WRONG_MARKS
        if finding.imbalance is None:
            return None
        gap = sum((self.unmarked(appendix) for appendix in behind), Decimal(0))
        return Wait.UNMARKED if abs(Decimal(str(finding.imbalance))) <= gap else None
