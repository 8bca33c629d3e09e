"""What the units gave of one line of the summary, gathered from their cells. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from cchc_xl.catalogue.model import CellSpec, Form, Rollup
from cchc_xl.checks.ratios import agrees
from cchc_xl.consolidation.contribution import Number, Parts, figure_cells, is_ratio
from cchc_xl.consolidation.counterparts import counterparts
from cchc_xl.consolidation.lines import Child, Sources
from cchc_xl.expressions import CellRef, Ratio, percentage
from cchc_xl.of_units import OfUnits
from cchc_xl.stamp import SUMMARY


def gather(
    children: Sequence[Child],
    asked: Sequence[int],
    found: Sequence[tuple[int, ...]],
    added: Mapping[int, Sequence[int]],
    rollup: Rollup,
) -> Sources:
    """The column of a line: of each unit that is asked for it its one cell, or of several the one that counts.

    ``asked``: the units (their places) whose forms or spare rows have the line; ``found``: by unit its cells with the
    line (``counterparts``); ``added``: by unit the cells of its spare rows that count in it.
    """
    units = children if len(asked) == len(children) else [children[index] for index in asked]
    cells: list[int] = []
    for index, child in zip(asked, units, strict=True):
        places = found[index]
        if len(places) > 1:
            numbers = child.given.numbers
            cells.append(next((place for place in places if numbers[place] is not None), places[0]))
        else:
            cells.append(places[0] if places else added[index][0])
    numbers = [child.given.numbers[cell] for child, cell in zip(units, cells, strict=True)]
    words, parts, addends = {}, {}, {}
    of_units: dict[int, OfUnits] = {}
    wants_parts = rollup is Rollup.RECOMPUTE
    for at, (child, cell) in enumerate(zip(units, cells, strict=True)):
        if numbers[at] is None and cell in child.given.words:
            words[at] = child.given.words[cell]
        if wants_parts and cell in child.given.parts:
            parts[at] = child.given.parts[cell]
        if cell in child.given.of_units:
            of_units[at] = child.given.of_units[cell]
    if added:
        where = {index: at for at, index in enumerate(asked)}
        for index, more in added.items():
            at = where[index]
            own = (cells[at],) if found[index] else ()
            places = (*own, *more)
            if len(places) > 1:
                cells[at], numbers[at], pair, single = _one(children[index], places, rollup)
                parts.pop(at, None)
                of_units.pop(at, None)
                if pair is not None:
                    parts[at] = pair
                if single:
                    addends[at] = single
                if numbers[at] is not None:
                    words.pop(at, None)
    return Sources(units, cells, numbers, words, parts, addends, of_units=of_units)


def _one(
    child: Child, places: Sequence[int], rollup: Rollup
) -> tuple[int, Number | None, Parts | None, tuple[int, ...]]:
    """What a unit gives of one row of the summary, where it has several rows of that name: cell, number, parts, cells.

    Amounts add up; a mark or a flag is given once it is given in one of the rows; of a list that all units share the
    first row counts (that a unit gives one thing in two ways is its own finding).
    """
    numbers, parts = child.given.numbers, child.given.parts
    given = [place for place in places if numbers[place] is not None] or list(places)
    if rollup is Rollup.COUNT_YES:
        chosen = max(given, key=lambda place: numbers[place] or 0)
        return chosen, numbers[chosen], None, ()
    if rollup not in (Rollup.SUM, Rollup.OWN_PLUS_CHILDREN, Rollup.RECOMPUTE) or len(given) == 1:
        return given[0], numbers[given[0]], parts.get(given[0]), ()
    pairs = [parts[place] for place in given if place in parts]
    both = (sum(top for top, _ in pairs), sum(bottom for _, bottom in pairs)) if pairs else None
    if rollup is Rollup.RECOMPUTE:
        return given[0], None if both is None else percentage(Decimal(both[0]), Decimal(both[1])), both, tuple(given)
    there = [number for place in given if (number := numbers[place]) is not None]
    return given[0], sum(there) if there else None, both, tuple(given)


def gives_ratio(child: Child, cells: Sequence[int], added: Sequence[int]) -> bool:
    """Whether a unit gives a percentage with its parts, so that a common one can be computed."""
    place, given = (*cells, *added)[0], child.given
    if is_ratio(figure_cells(given.form)[place]):
        return True
    if place in given.of_units:
        return given.of_units[place].parts is not None
    # A summary none of whose units has both parts says nothing of them.
    return given.stamp.kind == SUMMARY and given.numbers[place] is None and place not in given.words


def with_ratios_of_parts(
    form: Form, spec: CellSpec, children: Sequence[Child], asked: Sequence[int], sources: Sources
) -> Sources:
    """With the ratios that a child's form does not ask for, from the rows that it does ask for."""
    ratio = spec.derived[0] if is_ratio(spec) else None
    if not isinstance(ratio, Ratio) or not isinstance(ratio.numerator, CellRef):
        return sources
    if not isinstance(ratio.denominator, CellRef) or spec.row.below is not None or len(asked) == len(children):
        return sources
    known = set(asked)
    halves = [ratio.numerator.at(spec.row.order), ratio.denominator.at(spec.row.order)]
    units, cells, parts = list(sources.children), list(sources.cells), dict(sources.parts)
    for index, child in enumerate(children):
        if index in known:
            continue
        places = [_filled(child, counterparts(form, half, child.given.form)) for half in halves]
        top, bottom = (None if place is None else child.given.numbers[place] for place in places)
        if top is not None and bottom is not None and places[0] is not None:
            parts[len(units)] = top, bottom
            units.append(child)
            cells.append(places[0])
    numbers = [*sources.numbers, *[None] * (len(units) - len(sources.children))]
    return replace(sources, children=units, cells=cells, numbers=numbers, parts=parts)


def recomputed(sources: Sources) -> Sources:
    """With each unit's own ratio computed from its parts, as the common one is; what it printed stays beside it."""
    ratios = {index: percentage(Decimal(top), Decimal(bottom)) for index, (top, bottom) in sources.parts.items()}
    numbers, printed = list(sources.numbers), {}
    for index, ratio in ratios.items():
        number = numbers[index]
        if ratio is not None:
            if number is not None and not agrees(Decimal(number), ratio):
                printed[index] = number
            numbers[index] = ratio
    return replace(sources, numbers=numbers, printed=printed)


def _filled(child: Child, places: Sequence[int]) -> int | None:
    """The first of the cells that holds a number; ``None`` when none does."""
    return next((place for place in places if child.given.numbers[place] is not None), None)
