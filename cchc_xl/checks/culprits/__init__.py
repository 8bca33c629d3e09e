"""Likely culprits: for failing error rules, the smallest sets of cells whose change would satisfy them all.

Source: semantics.md, "Likely culprit". A suggestion for the reader of a report; no figure is ever changed.

* ``slips``: what a clerk may have meant by what stands there
* ``rules_by_cell``: which rules a cell touches
* ``linear``, ``constraints``: the rules as exact linear constraints on the cells that could change
* ``integers``: whole-number solutions of a few inequalities
* ``search``: groups, sets of cells in order of size
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from time import thread_time

from cchc_xl.checks.context import Context
from cchc_xl.checks.culprits.integers import Undecided
from cchc_xl.checks.culprits.linear import NotLinear
from cchc_xl.checks.culprits.search import LARGEST, Group, OutOfTime, Search
from cchc_xl.checks.run import CheckResult
from cchc_xl.expressions import CellRef
from cchc_xl.submission import Submission, SubmissionFigures

# Seconds of the processor for one submission: what else the PC is busy with must not change the report. Typical ones
# need a few milliseconds; nobody notices twentieths of a second in a report that opens Excel, and a folder of a hundred
# tangled workbooks is held up by no more than five seconds.
BUDGET = 0.05


@dataclass(frozen=True, slots=True)
class Culprit:
    """Cells that could be wrong together, in form order; for a single one the figure meant, if a slip explains it."""

    cells: tuple[CellRef, ...]
    suggestion: Decimal | None
    slip: str


@dataclass(frozen=True, slots=True)
class CulpritGroup:
    """Failing rules that hang together, and all smallest sets of cells that would mend them, in form order."""

    rules: tuple[str, ...]
    culprits: tuple[Culprit, ...]


def likely_culprits(submission: Submission, result: CheckResult, budget: float = BUDGET) -> list[CulpritGroup]:
    """The smallest sets (1, else 2, else 3 cells) for each connected group of failing error rules.

    Their change satisfies every rule of the group and breaks no error rule that holds now. What may change: figures
    that were typed, blanks that count 0 or are missing, marks; what is given, computed or excused stays.
    Groups without an answer, or with one that was not complete when ``budget`` seconds of work were over, are left out.
    """
    if submission.faults or budget <= 0:
        return []
    search = Search(Context(submission, SubmissionFigures(submission)), thread_time() + budget)
    found: dict[Group, CulpritGroup] = {}
    groups: list[Group] = []
    try:
        groups = search.groups(result.findings)
        # All groups by single cells first: a tangled group must not use up the time of the simple ones.
        waiting = list(groups)
        for _ in range(LARGEST):
            unanswered = []
            for group in waiting:
                try:
                    sets = search.enlarge(group)
                    if sets:
                        found[group] = _named(search, group, sets)
                    else:
                        unanswered.append(group)
                except (NotLinear, Undecided):
                    continue
            waiting = unanswered
    except OutOfTime:
        pass
    return [found[group] for group in groups if group in found]


def _named(search: Search, group: Group, sets: list[frozenset[CellRef]]) -> CulpritGroup:
    rank = search.index.rank
    ordered = sorted((tuple(sorted(cells, key=rank.__getitem__)) for cells in sets), key=lambda c: [rank[r] for r in c])
    culprits = tuple(Culprit(cells, *search.slip(group, frozenset(cells))) for cells in ordered)
    return CulpritGroup(tuple(dict.fromkeys(group.rules)), culprits)
