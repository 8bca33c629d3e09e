"""Form → the formula of each row's state: the gravest case first, then the next, and so on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from cchc_xl.catalogue.model import NATIVE, CellKind, Form, Rule, RuleKind
from cchc_xl.expressions import CellRef, excel_values
from cchc_xl.live_checks.cells import Cells, literal
from cchc_xl.live_checks.clauses import Clause, clauses
from cchc_xl.live_checks.messages import CORRECT, NOTHING_SEEN, UNKNOWN, beginning, message

Place = tuple[str, int]  # appendix and order of a row


@dataclass(frozen=True, slots=True)
class LiveChecks:
    """The live checks of a form.

    ``places``: the rows whose state a rule can change; a rule whose cells all are answered by another level of
    government has none. ``filled``: the cells that must not all be blank for a row to be called correct.
    """

    formulas: Mapping[Place, str]
    places: Mapping[str, frozenset[Place]]
    filled: Mapping[Place, tuple[CellRef, ...]]
    rank: Mapping[str, int]


@cache
def live_checks(form: Form) -> LiveChecks:
    """Compile the native rules of a form."""
    found: dict[Place, list[tuple[int, Rule, Clause]]] = {}
    asked: dict[Place, dict[CellRef, None]] = {}
    places: dict[str, frozenset[Place]] = {}
    rank: dict[str, int] = {}
    for index, rule in enumerate(form.rules):
        if not rule.active or rule.native != NATIVE:
            continue
        rank[rule.id] = index
        own = list(clauses(form, rule))
        for clause in own:
            found.setdefault(_place(clause.at), []).append((index, rule, clause))
        places[rule.id] = frozenset(_place(clause.at) for clause in own)
        assert rule.at is not None
        for order in form.appendix(rule.appendix).items if rule.each else (None,):
            at = rule.at.at(order)
            asked.setdefault(_place(at), {})[at] = None
    filled = {place: _figures(form, asked.get(place, {})) for place in found}
    formulas = {}
    for place, cases in found.items():
        cases.sort(key=lambda case: (case[2].rank, case[0]))
        formulas[place] = _formula(form, place, cases, filled[place])
    return LiveChecks(formulas, places, filled, rank)


def correct_word(form: Form, place: Place) -> str:
    """What a row shows when none of its formulas finds anything."""
    return NOTHING_SEEN if place in _partly_live(form) else CORRECT


_WHOLE_LISTS = (RuleKind.COMPARE, RuleKind.LIST_CODES, RuleKind.SPARE_REPEATS)


@cache
def _partly_live(form: Form) -> frozenset[Place]:
    """Rows with a comparison or a list rule that no formula states."""
    found = set()
    for rule in form.rules:
        if rule.active and rule.native != NATIVE and rule.kind in _WHOLE_LISTS and rule.at:
            every = rule.each or rule.at.order is None
            for order in form.appendix(rule.appendix).items if every else (rule.at.order,):
                found.add((rule.appendix, order or 0))
    return frozenset(found)


def _place(ref: CellRef) -> Place:
    return ref.appendix, ref.order or 0


def _figures(form: Form, asked: Mapping[CellRef, None]) -> tuple[CellRef, ...]:
    """The row's figures among the cells that rules speak of: a note alone is nothing to be right or wrong."""
    return tuple(ref for ref in asked if form.cells[ref].kind.figure) or tuple(asked)


def _formula(form: Form, place: Place, cases: Sequence[tuple[int, Rule, Clause]], filled: Sequence[CellRef]) -> str:
    cells = Cells(form, place[0])
    text = f'IF({_some_filled(form, filled, cells)},"{correct_word(form, place)}","")' if filled else '""'
    for _, rule, clause in reversed(cases):
        text = f"IF({clause.test},{_text(form, rule, clause, cells)},{text})"
    spare = form.appendix(place[0]).spare_cells.get(place[1])
    if spare is not None:
        text = f'IF({cells.in_use([spec.ref for spec in spare])},{text},"")'
    return f'=IFERROR({text},"{UNKNOWN}")'


def _some_filled(form: Form, filled: Sequence[CellRef], cells: Cells) -> str:
    if all(counts_marks(form, ref) for ref in filled):
        return f"SUM({','.join(map(cells.at, filled))})>0"  # no mark yet is nothing yet
    return f'TRIM({"&".join(map(cells.at, filled))})<>""'


def counts_marks(form: Form, ref: CellRef) -> bool:
    """Whether a cell counts the marks of its column."""
    spec = form.cells[ref]
    return spec.kind is CellKind.MARK and bool(spec.derived)


def _text(form: Form, rule: Rule, clause: Clause, cells: Cells) -> str:
    said = message(form, rule, clause.code, clause.at)
    words = beginning(clause.severity, said.words)
    if said.number is None:
        return literal(words)
    order = rule.at.order if rule.at is not None and rule.at.order is not None else clause.at.order
    known, (value,) = excel_values([said.number], cells.addresses, order, blank_is_zero=said.blank_is_zero)
    before, after = said.frame
    # Other tests than comparisons, which may fail in spite of blanks, hold only where the number is known.
    if known and rule.kind is RuleKind.COMPARE:
        return f'{literal(words)}&IF({known},{literal(before)}&ROUND({value},2)&{literal(after)},"")'
    return f"{literal(words + before)}&ROUND({value},2)&{literal(after)}"
