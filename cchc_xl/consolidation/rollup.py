"""Roll-up: the figures of several units → one, by what the quantity means (semantics.md, "Roll-up").

A line of the summary is a column of numbers, one for each unit: what stands in a place of a form is the same for all
its submissions and is looked up once (``counterparts``), so that thousands of units cost no more than their numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache

from cchc_xl.catalogue.model import CellKind, CellSpec, Form, Rollup, RowRole
from cchc_xl.checks.ratios import agrees
from cchc_xl.consolidation.contribution import Contribution, Number, Parts, figure_cells, figure_index, is_ratio
from cchc_xl.consolidation.distinct import count_together
from cchc_xl.consolidation.spare_rows import Placed, place_spare_rows
from cchc_xl.expressions import CellRef, Ratio, cell_refs, percentage
from cchc_xl.of_units import OfUnits
from cchc_xl.stamp import SUMMARY
from cchc_xl.values import BLANK, Value, normalise

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Child:
    """One unit's submission in a merge."""

    unit_code: str
    unit: str
    given: Contribution


@dataclass(frozen=True, slots=True)
class Source:
    """A unit's contribution: its cell, the number that counts, and what is shown when it is no number."""

    child: Child
    ref: CellRef
    number: Decimal | None
    shown: str = ""
    # Ratios: the numerator and denominator that enter the recomputed ratio, when the unit has both.
    parts: tuple[Decimal, Decimal] | None = None
    # The single cells, where the figure adds up several: rows of one name, of which the unit added some itself.
    addends: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Sources(Sequence[Source]):
    """What the units gave of one line, as columns side by side; a single ``Source`` is made when it is asked for.

    ``cells``: the place of the figure in each unit's form (``figure_cells``). ``words``, ``parts`` and ``addends`` are
    keyed by the place among the units; ``addends`` are the places of several cells that one figure adds up, ``printed``
    the ratios that a unit gave otherwise than its own parts say.
    """

    children: Sequence[Child] = ()
    cells: Sequence[int] = ()
    numbers: Sequence[Number | None] = ()
    words: Mapping[int, str] = field(default_factory=dict)
    parts: Mapping[int, Parts] = field(default_factory=dict)
    addends: Mapping[int, Sequence[int]] = field(default_factory=dict)
    printed: Mapping[int, Number] = field(default_factory=dict)
    # Of summaries among the units: what their own units gave together (``OfUnits``).
    of_units: Mapping[int, OfUnits] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.children)

    def __getitem__(self, index: int) -> Source:  # type: ignore[override]  # nobody asks for a slice
        child, number, parts = self.children[index], self.numbers[index], self.parts.get(index)
        return Source(
            child,
            figure_cells(child.given.form)[self.cells[index]].ref,
            None if number is None else Decimal(number),
            self.words.get(index, ""),
            None if parts is None else (Decimal(parts[0]), Decimal(parts[1])),
            tuple(_single(child, cell) for cell in self.addends.get(index, ())),
        )

    def __iter__(self) -> Iterator[Source]:
        return map(self.__getitem__, range(len(self.children)))

    def present(self) -> list[Number]:
        """The numbers that are there."""
        return [number for number in self.numbers if number is not None]

    def lows(self) -> list[Number]:
        """The lowest of each unit: its number, or of a summary the lowest of its own units."""
        return self._ends([(index, found.low) for index, found in self.of_units.items()])

    def highs(self) -> list[Number]:
        """The highest of each unit."""
        return self._ends([(index, found.high) for index, found in self.of_units.items()])

    def _ends(self, ends: Sequence[tuple[int, Decimal | None]]) -> list[Number]:
        known = {index: end for index, end in ends if end is not None}
        plain = (number for index, number in enumerate(self.numbers) if number is not None and index not in known)
        return [*plain, *known.values()]

    def without_number(self) -> int:
        """How many summaries say something that is no single number."""
        return sum(self.numbers[index] is None for index, found in self.of_units.items() if found.parts is None)

    def by_unit(self) -> Iterator[tuple[str, Number | None]]:
        """Unit codes with their numbers."""
        return zip((child.unit_code for child in self.children), self.numbers, strict=True)


@dataclass(frozen=True, slots=True)
class SummaryCell:
    """A figure of the summary. ``value`` is ``None`` where no single figure is right; the others say what is known.

    ``n_units``: how many units gave a figure; of a recomputed ratio, how many entered it with both parts.
    ``children``: the sum over the units of an own_plus_children row, whose total waits for the parent's own part.
    ``left_out``: units without both parts of a recomputed ratio.
    """

    spec: CellSpec
    rollup: Rollup
    value: Decimal | None
    sources: Sources
    n_units: int = 0
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    children: Decimal | None = None
    # The parent's own part of such a row, as entered; ``value`` is then the total of both.
    own: Value = BLANK
    counts: Mapping[str, int] = field(default_factory=dict)
    # A distinct count: whether it is exact by the units' lists; else the units whose lists do not explain their figure.
    listed: bool = False
    unlisted: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    # What the units call a spare row of the form; empty for a printed row.
    name: str = ""


def consolidate(form: Form, children: Sequence[Child]) -> list[SummaryCell]:
    """Every figure of the summary form, in form order; of its spare rows those that a unit brings. Pure.

    Raises ``InputFault`` when the units bring more rows of their own than the form has room for.
    """
    # Of no submission at all nobody knows: the form's own lines on what comes from below hold.
    same_form = bool(children) and all(child.given.form is form for child in children)
    placed = place_spare_rows(form, children)
    return [
        replace(roll_up(form, spec, children, same_form, placed), name=placed.name(spec))
        for spec in figure_cells(form)
        if placed.counts(spec)
    ]


def texts_of_spare_rows(form: Form, children: Sequence[Child]) -> dict[CellRef, str]:
    """What stands in the text cells of the summary's spare rows: names, and what else the form prints elsewhere."""
    return {
        CellRef(appendix, order, column): text
        for (appendix, order), texts in place_spare_rows(form, children).texts.items()
        for column, text in texts.items()
    }


def roll_up(form: Form, spec: CellSpec, children: Sequence[Child], same_form: bool, placed: Placed) -> SummaryCell:
    """One figure of the summary form.

    ``same_form``: all children report on it too; ``placed``: where their spare rows go (``place_spare_rows``).
    """
    rollup = rollup_of(spec, same_form)
    if rollup is Rollup.NONE:
        return SummaryCell(spec, rollup, None, Sources())
    found = [counterparts(form, spec.ref, child.given.form) for child in children]
    added = placed.cells.get(spec.ref, {})
    asked = [index for index, cells in enumerate(found) if cells or index in added]
    if rollup is Rollup.SPREAD and asked and all(_gives_ratio(children[i], found[i], added.get(i, ())) for i in asked):
        rollup = Rollup.RECOMPUTE  # the summary's form lacks the parts, the children's forms have them
    sources = _gather(children, asked, found, added, rollup)
    additive = True
    if rollup is Rollup.RECOMPUTE:
        additive = _additive(spec, form) and all(
            _additive(figure_cells(given)[cell], given)
            for given, cell in {(children[i].given.form, (*found[i], *added.get(i, ()))[0]) for i in asked}
        )
        sources = _recomputed(_with_ratios_of_parts(form, spec, children, asked, sources))
    cell = replace(_RULES[rollup](spec, sources), n_units=_count(sources, rollup))
    if rollup is Rollup.DISTINCT and cell.value is None:
        cell = _by_lists(cell)
    if rollup is not Rollup.RECOMPUTE:
        return cell
    if not additive:
        cell = _common_ratio(cell)
    both = {sources.children[index].unit_code for index in sources.parts}
    return replace(cell, left_out=tuple(child.unit for child in children if child.unit_code not in both))


def rollup_of(spec: CellSpec, same_form: bool) -> Rollup:
    """How a row rolls up: the quantity's own way, unless the pair of forms says otherwise (``below``).

    Submissions on the summary's own form are units of one level: every row is the quantity's own.
    """
    assert spec.quantity is not None
    if spec.kind is CellKind.MARK and spec.row.role is RowRole.TOTAL:
        return Rollup.SUM  # the column's marks are flags of one task, its total row counts tasks
    below = spec.row.below
    if same_form or below is None:
        return spec.quantity.rollup
    if not below.codes:
        return Rollup.NONE
    return Rollup.OWN_PLUS_CHILDREN if below.own else spec.quantity.rollup


@cache
def counterparts(form: Form, ref: CellRef, theirs: Form) -> tuple[int, ...]:
    """The cells of a child's form that ask for what the summary's cell asks for: on the same form the same cell.

    A code that stands twice in the child's form agrees with itself; the first place that is filled counts.
    Spare rows have no counterpart by their place (``spare_rows``).
    """
    spec = form.cells[ref]
    if spec.row.spare:
        return ()
    if form is theirs:
        return (figure_index(form)[ref],)
    below = spec.row.below
    codes = below.codes if below is not None else (spec.code,)
    index = _by_code(theirs)
    label = normalise(spec.row.label) if spec.column.kind is not None else ""
    return next((index[code, label] for code in codes if (code, label) in index), ())


@cache
def _by_code(form: Form) -> dict[tuple[str, str], tuple[int, ...]]:
    """Cells by canonical code; in tables also by the row's name, normalised."""
    index: dict[tuple[str, str], tuple[int, ...]] = {}
    for place, spec in enumerate(figure_cells(form)):
        if spec.code and not spec.row.spare:
            label = normalise(spec.row.label) if spec.column.kind is not None else ""
            index[spec.code, label] = (*index.get((spec.code, label), ()), place)
    return index


# Gathering what the units gave --------------------------------------------------------------------------------------


def _gather(
    children: Sequence[Child],
    asked: Sequence[int],
    found: Sequence[tuple[int, ...]],
    added: Mapping[int, Sequence[int]],
    rollup: Rollup,
) -> Sources:
    """The column of a line: of each unit that is asked for it its one cell, or of several the one that counts."""
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


def _single(child: Child, cell: int) -> Source:
    number, parts = child.given.numbers[cell], child.given.parts.get(cell)
    return Source(
        child,
        figure_cells(child.given.form)[cell].ref,
        None if number is None else Decimal(number),
        child.given.words.get(cell, ""),
        None if parts is None else (Decimal(parts[0]), Decimal(parts[1])),
    )


def _gives_ratio(child: Child, cells: Sequence[int], added: Sequence[int]) -> bool:
    place, given = (*cells, *added)[0], child.given
    if is_ratio(figure_cells(given.form)[place]):
        return True
    if place in given.of_units:
        return given.of_units[place].parts is not None
    # A summary none of whose units has both parts says nothing of them.
    return given.stamp.kind == SUMMARY and given.numbers[place] is None and place not in given.words


def _additive(spec: CellSpec, form: Form) -> bool:
    """Whether a ratio's numerator and denominator may be added up: lists that all units share may not."""
    if not is_ratio(spec):
        return True
    quantities = [form.cells[part.at(spec.row.order)].quantity for part in cell_refs(spec.derived[0])]
    return all(quantity is not None and quantity.rollup is Rollup.SUM for quantity in quantities)


def _with_ratios_of_parts(
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


def _recomputed(sources: Sources) -> Sources:
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


def _count(sources: Sources, rollup: Rollup) -> int:
    if rollup is Rollup.RECOMPUTE:
        return len(sources.parts)
    return len(sources.present()) + sources.without_number()


def _common_ratio(cell: SummaryCell) -> SummaryCell:
    """A ratio of shared lists: the units' own ratio where they agree, else lowest and highest and no figure."""
    parts, told = cell.sources.parts, cell.sources.of_units
    found = [percentage(Decimal(top), Decimal(bottom)) for at, (top, bottom) in parts.items() if at not in told]
    found += [end for together in told.values() for end in (together.low, together.high)]
    ratios = [ratio for ratio in found if ratio is not None]
    if not ratios:
        return replace(cell, value=None)
    low, high = min(ratios), max(ratios)
    return replace(cell, value=low if low == high else None, minimum=low, maximum=high)


# One small function for each roll-up ------------------------------------------------------------------------------


def _total(numbers: Sequence[Number]) -> Decimal:
    return Decimal(sum(numbers, _ZERO)) if numbers else _ZERO


def _sum(spec: CellSpec, sources: Sources) -> SummaryCell:
    numbers = sources.present()
    return SummaryCell(spec, Rollup.SUM, _total(numbers) if numbers else None, sources)


def _own_plus_children(spec: CellSpec, sources: Sources) -> SummaryCell:
    """No total until the parent's own part is entered."""
    numbers = sources.present()
    children = _total(numbers) if numbers else None
    return SummaryCell(spec, Rollup.OWN_PLUS_CHILDREN, None, sources, children=children)


def _recompute(spec: CellSpec, sources: Sources) -> SummaryCell:
    """From the rolled-up numerator and denominator over the units that have both; never an average of percentages."""
    both = list(sources.parts.values())
    top, bottom = _total([parts[0] for parts in both]), _total([parts[1] for parts in both])
    return SummaryCell(spec, Rollup.RECOMPUTE, percentage(top, bottom), sources)


def _shared(spec: CellSpec, sources: Sources) -> SummaryCell:
    """One and the same list in every unit: never added."""
    lows, highs = sources.lows(), sources.highs()
    if not lows:
        return SummaryCell(spec, Rollup.SHARED, None, sources)
    low, high = Decimal(min(lows)), Decimal(max(highs))
    return SummaryCell(spec, Rollup.SHARED, low if low == high else None, sources, minimum=low, maximum=high)


def _distinct(spec: CellSpec, sources: Sources) -> SummaryCell:
    """Different things that may coincide: between the largest and the sum."""
    lows, highs = sources.lows(), sources.highs()
    if not lows:
        return SummaryCell(spec, Rollup.DISTINCT, None, sources)
    low, high = Decimal(max(lows)), _total(highs)
    return SummaryCell(spec, Rollup.DISTINCT, low if low == high else None, sources, minimum=low, maximum=high)


def _by_lists(cell: SummaryCell) -> SummaryCell:
    """A distinct count from the lists on the units' forms, where they show what each unit counted."""
    sources = cell.sources
    given = [index for index, number in enumerate(sources.numbers) if number is not None]
    if sources.of_units:
        return cell  # what the units of a summary named is not on its form
    rows = [(sources.children[i].given.counted.get(sources.cells[i], ()), sources.numbers[i] or 0) for i in given]
    together = count_together(rows)
    if together.count is not None:
        return replace(cell, value=together.count, listed=True)
    return replace(cell, unlisted=tuple(sources.children[given[index]].unit for index in together.unexplained))


def _spread(spec: CellSpec, sources: Sources) -> SummaryCell:
    """Percentages whose parts are not on the form: lowest and highest, no total."""
    lows, highs = sources.lows(), sources.highs()
    if not lows:
        return SummaryCell(spec, Rollup.SPREAD, None, sources)
    low, high = Decimal(min(lows)), Decimal(max(highs))
    return SummaryCell(spec, Rollup.SPREAD, None, sources, minimum=low, maximum=high)


def _count_yes(spec: CellSpec, sources: Sources) -> SummaryCell:
    """How many units have it."""
    given = bool(sources.present() or sources.without_number())
    counts = _counted({"1": 0, "0": 0} if given else {}, sources)
    return SummaryCell(spec, Rollup.COUNT_YES, Decimal(counts["1"]) if given else None, sources, counts=counts)


def _distribution(spec: CellSpec, sources: Sources) -> SummaryCell:
    """How many units chose each code."""
    counts = _counted({value: 0 for value, _ in spec.options}, sources)
    return SummaryCell(spec, Rollup.DISTRIBUTION, None, sources, counts=counts)


def _counted(counts: dict[str, int], sources: Sources) -> dict[str, int]:
    """How many units gave each answer; of a summary how many of its own units."""
    for index, number in enumerate(sources.numbers):
        if index in sources.of_units:
            for key, count in sources.of_units[index].counts.items():
                counts[key] = counts.get(key, 0) + count
        elif number is not None:
            key = str(number) if isinstance(number, int) else f"{number.normalize():f}"
            counts[key] = counts.get(key, 0) + 1
    return counts


def _none(spec: CellSpec, sources: Sources) -> SummaryCell:
    """The parent's own figure."""
    return SummaryCell(spec, Rollup.NONE, None, sources)


_RULES: dict[Rollup, Callable[[CellSpec, Sources], SummaryCell]] = {
    Rollup.SUM: _sum,
    Rollup.OWN_PLUS_CHILDREN: _own_plus_children,
    Rollup.RECOMPUTE: _recompute,
    Rollup.SHARED: _shared,
    Rollup.DISTINCT: _distinct,
    Rollup.SPREAD: _spread,
    Rollup.COUNT_YES: _count_yes,
    Rollup.DISTRIBUTION: _distribution,
    Rollup.NONE: _none,
}
