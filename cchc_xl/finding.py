"""Findings are data: what is wrong, where, what was expected, what to do."""

from __future__ import annotations

from dataclasses import dataclass

from cchc_xl.severity import Severity


@dataclass(frozen=True, slots=True)
class RelatedCell:
    """Another cell that takes part in the finding."""

    appendix: str
    order: int
    sheet: str
    cell: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. ``order`` is the row's number in the appendix (0 = whole sheet), ``column`` its name in the .tsv.

    ``actual`` and ``expected`` are numbers where they are numbers, else the text that stands there; ``imbalance`` is
    actual − expected, ``None`` where there is no such thing.
    """

    code: str
    rule: str
    severity: Severity
    appendix: str
    order: int
    column: str
    sheet: str
    cell: str
    actual: int | float | str | None
    expected: int | float | str | None
    imbalance: int | float | None
    message: str
    remedy: str
    related: tuple[RelatedCell, ...] = ()
