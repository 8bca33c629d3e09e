"""Failures that wait for something else to be mended: what Kiểm tra leaves out as a consequence, a state says calmly.

The counterpart of ``checks.checklists`` and, for wrong totals in other rows, of ``checks.causes``: as far as a formula
can know it cheaply.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from cchc_xl.catalogue.model import Form, Rule, RuleKind
from cchc_xl.checks.causes import ABOUT_TOTALS
from cchc_xl.checks.checklists import checklists_behind, mark_columns
from cchc_xl.expressions import CellRef, cell_refs, marks_in
from cchc_xl.live_checks.cells import Cells, either
from cchc_xl.values import DASHES


class Waits(StrEnum):
    """What a failure waits for; the codes of its states."""

    WRONG_MARKS = "cho-sua-dau-x"
    UNMARKED = "cho-danh-dau"
    WRONG_TOTAL = "cho-sua-so-tong"
    WRONG_INPUT = "so-dau-vao-sai"


def waits(form: Form, rule: Rule, at: CellRef, gap: str) -> Iterator[tuple[Waits, str]]:
    """What a failure of this gap may wait for, each with its test. The first that holds counts."""
    cells = Cells(form, at.appendix)
    behind = checklists_behind(form, rule)
    if behind:
        yield Waits.WRONG_MARKS, either(*(_wrong_marks(cells, appendix) for appendix in behind))
        unmarked = "+".join(_unmarked(cells, appendix) for appendix in behind)
        yield Waits.UNMARKED, f"{gap if gap.startswith('ABS(') else f'ABS({gap})'}<={unmarked}"


def totals_elsewhere(form: Form, rule: Rule, at: CellRef) -> list[Rule]:
    """The rules of the totals that a rule reads in other rows and that may be typed over wrongly."""
    if rule.kind is not RuleKind.COMPARE or not rule.id.startswith(ABOUT_TOTALS):
        return []
    parts = (rule.left, *rule.right, rule.when)
    refs = {ref.at(at.order) for part in parts if part is not None for ref in cell_refs(part)}
    return [
        other
        for other in form.rules
        if other.kind is RuleKind.TOTAL and other.active and other.at in refs and other.at[:2] != at[:2]
    ]


def _unmarked(cells: Cells, appendix: str) -> str:
    columns = [cells.addresses.column(column) for column in mark_columns(appendix)]
    # Wrong marks are asked for before: what holds an x is one.
    begun = "+".join(f'COUNTIF({column},"*x*")' for column in columns)
    return f"({begun}>0)*({cells.addresses.row_count(appendix)}-{'-'.join(map(marks_in, columns))})"


def _wrong_marks(cells: Cells, appendix: str) -> str:
    done, not_done = map(cells.addresses.column, mark_columns(appendix))
    allowed = "|".join(("", "", *DASHES, "x", "X", ""))
    others = (f'SUMPRODUCT(--ISERROR(FIND("|"&TRIM({area})&"|","{allowed}")))' for area in (done, not_done))
    return f'SUMPRODUCT((TRIM({done})="x")*(TRIM({not_done})="x"))+{"+".join(others)}>0'
