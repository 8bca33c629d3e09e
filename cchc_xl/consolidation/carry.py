"""What the parent typed into a summary, carried into the next one of the same report. Pure.

Nothing is lost and nothing is guessed: a cell goes to the same row of the form, as long as the new summary leaves it
open; a spare row is known by the name that the units gave it, else by its place. What has no place any more is named.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from cchc_xl.catalogue.model import CellSpec, Form
from cchc_xl.cover import DATES
from cchc_xl.expressions import CellRef
from cchc_xl.stamp import Stamp
from cchc_xl.submission import LABEL, Entry, FormulaState, Submission
from cchc_xl.values import State, Value, from_text, normalise

_CARRIED = (State.NUMBER, State.TEXT, State.NOT_APPLICABLE)
# The remarks of summaries that were written before there were records.
_REMARK = re.compile(r"[0-9]+/[0-9]+ đơn vị|Các đơn vị: ")
_TYPED_FIELDS = ("unit", "unit_code", "report_number", "place", "signer")


@dataclass(frozen=True, slots=True)
class Record:
    """What a merge itself wrote into the form: texts in cells that it leaves open, and the cells with its formulas."""

    texts: Mapping[CellRef, str] = field(default_factory=dict)
    formulas: frozenset[CellRef] = frozenset()


@dataclass(frozen=True, slots=True)
class Typed:
    """What the parent typed into a summary: cells of the form, own parts, and fields of the cover as in a stamp."""

    values: Mapping[CellRef, Entry] = field(default_factory=dict)
    own: Mapping[CellRef, Value] = field(default_factory=dict)
    stamp: Mapping[str, str | int] = field(default_factory=dict)
    # How many times the old summary was sent, and the cells of its cover that cannot be read.
    submission: int = 0
    unreadable: tuple[str, ...] = ()
    record: Record = field(default_factory=Record)


@dataclass(frozen=True, slots=True)
class Carried:
    """What of it stands in the new summary; ``without_place``: the old cells whose content does not."""

    values: Mapping[CellRef, Value] = field(default_factory=dict)
    own: Mapping[CellRef, Value] = field(default_factory=dict)
    stamp: Mapping[str, str | int] = field(default_factory=dict)
    count: int = 0
    without_place: tuple[str, ...] = ()


def written_by_merge(text: str) -> bool:
    """Whether a note is one of those that a merge writes beside its figures."""
    return _REMARK.match(text) is not None


def typed_by_parent(old: Submission, record: Record, given: Stamp) -> Typed:
    """What somebody typed into the summary ``old``; ``given``: the unit that the merge itself named on the cover."""
    values = {}
    for ref, entry in old.entries.items():
        spec = old.form.cells[ref]
        printed = spec.column.given and not spec.row.spare
        shows_own = ref in old.own_parts and entry.formula is not FormulaState.NONE
        if printed or not entry.value.filled or shows_own:
            continue
        if not _merges_own(entry, ref, spec, record):
            values[ref] = entry
    own = {ref: part.own for ref, part in old.own_parts.items() if part.own.filled}
    stamp, cover = old.stamp, old.cover
    kept: dict[str, str | int] = {
        name: getattr(stamp, name) for name in _TYPED_FIELDS if getattr(stamp, name) not in ("", getattr(given, name))
    }
    unreadable = []
    if cover is not None:
        entered = [name for name in DATES if cover.value(name).filled and not cover.cells[name].own]
        kept |= {name: getattr(stamp, name) for name in entered if getattr(stamp, name)}
        unreadable = [f"{cover.place.sheet}!{cover.place.address(name)}" for name in entered if name not in kept]
    return Typed(values, own, kept, stamp.submission, tuple(unreadable), record)


def _merges_own(entry: Entry, ref: CellRef, spec: CellSpec, record: Record) -> bool:
    """Whether the merge wrote the cell, so that its content is not the parent's."""
    recorded = bool(record.formulas)
    if entry.formula is FormulaState.NONE:
        if not recorded and not spec.kind.figure:  # a summary from before there were records
            return spec.row.spare or bool(_REMARK.match(entry.value.text))
        return entry.value.text == record.texts.get(ref)
    return entry.formula is FormulaState.INTACT or not recorded or ref in record.formulas


def carry(typed: Typed, form: Form, new: Record, is_open: Collection[CellRef], asked: Collection[CellRef]) -> Carried:
    """Place what was typed. ``new``: what the new merge writes itself; ``asked``: rows that ask for an own part."""
    rows = _spare_rows(typed, form, new)
    values: dict[CellRef, Value] = {}
    lost = list(typed.unreadable)
    for ref, entry in typed.values.items():
        place: CellRef | None = ref
        if form.cells[ref].row.spare:
            order = rows.get((ref.appendix, ref.order or 0))
            place = CellRef(ref.appendix, order, ref.column) if order else None
        if place is None or place not in is_open or entry.value.state not in _CARRIED:
            lost.append(f"{entry.sheet}!{entry.address}")
            continue
        values[place] = _renewed(entry.value, typed.record.texts.get(ref, ""), new.texts.get(place, ""))
    own = {ref: value for ref, value in typed.own.items() if ref in asked}
    lost += [f"{ref.appendix} dòng {form.appendix(ref.appendix).row(ref.order or 1).title(40)}"
             for ref in typed.own if ref not in asked]  # fmt: skip
    stamp = {**typed.stamp, "submission": typed.submission}
    return Carried(values, own, stamp, len(values) + len(own) + len(typed.stamp), tuple(lost))


def _renewed(value: Value, before: str, after: str) -> Value:
    """A remark that was added to a text of the merge's own follows the new text."""
    if before and value.state is State.TEXT and value.text.startswith(before):
        return from_text(after + value.text[len(before) :])
    return value


def _spare_rows(typed: Typed, form: Form, new: Record) -> dict[tuple[str, int], int]:
    """Where spare rows stand now: those of the units by their name, the parent's own in their place or a free one."""
    found: dict[tuple[str, int], int] = {}
    for appendix in form.appendices:
        named = {order: new.texts.get(CellRef(appendix.id, order, LABEL), "") for order in appendix.spare_cells}
        by_name = {normalise(name): order for order, name in named.items() if name}
        free = [order for order, name in named.items() if not name]
        used = dict.fromkeys(ref.order or 0 for ref in typed.values if ref.appendix == appendix.id)
        own = []
        for order in (order for order in used if order in appendix.spare_cells):
            name = typed.record.texts.get(CellRef(appendix.id, order, LABEL), "")
            if not name:
                own.append(order)
            elif normalise(name) in by_name:
                found[appendix.id, order] = by_name[normalise(name)]
        for order in sorted(own, key=lambda order: order not in free):
            place = order if order in free else free[0] if free else 0
            if place:
                free.remove(place)
                found[appendix.id, order] = place
    return found
