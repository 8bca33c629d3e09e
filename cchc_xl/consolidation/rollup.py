"""Roll-up: the figures of several units → one, by what the quantity means (semantics.md, "Roll-up")."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache

from cchc_xl.catalogue.model import CellKind, CellSpec, Form, Rollup, RowRole
from cchc_xl.consolidation.distinct import count_together
from cchc_xl.consolidation.spare_rows import Placed, place_spare_rows
from cchc_xl.expressions import CellRef, Ratio, cell_refs, evaluate, percentage
from cchc_xl.submission import Submission, SubmissionFigures
from cchc_xl.values import BLANK, Value, normalise

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Child:
    """One unit's submission in a merge."""

    unit_code: str
    unit: str
    submission: Submission
    figures: SubmissionFigures


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
class SummaryCell:
    """A figure of the summary. ``value`` is ``None`` where no single figure is right; the others say what is known.

    ``children``: the sum over the units of an own_plus_children row, whose total waits for the parent's own part.
    ``left_out``: units without both parts of a recomputed ratio.
    """

    spec: CellSpec
    rollup: Rollup
    value: Decimal | None
    sources: tuple[Source, ...]
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

    @property
    def n_units(self) -> int:
        """How many units gave a figure; of a recomputed ratio, how many entered it with both parts."""
        if self.rollup is Rollup.RECOMPUTE:
            return sum(source.parts is not None for source in self.sources)
        return sum(source.number is not None for source in self.sources)


def consolidate(form: Form, children: Sequence[Child]) -> list[SummaryCell]:
    """Every figure of the summary form, in form order; of its spare rows those that a unit brings. Pure.

    Raises ``InputFault`` when the units bring more rows of their own than the form has room for.
    """
    # Of no submission at all nobody knows: the form's own lines on what comes from below hold.
    same_form = bool(children) and all(child.submission.form is form for child in children)
    placed = place_spare_rows(form, children)
    return [
        replace(roll_up(form, spec, children, same_form, placed), name=placed.name(spec))
        for spec in form.specs()
        if spec.quantity and not spec.column.given and placed.counts(spec)
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
    sources: list[Source] = []
    if rollup is not Rollup.NONE:
        pairs = [
            (child, [*_counterpart(spec, child), *placed.cells.get((spec.ref, index), ())])
            for index, child in enumerate(children)
        ]
        found = [(child, theirs) for child, theirs in pairs if theirs]
        if rollup is Rollup.SPREAD and found and all(_is_ratio(theirs[0]) for _, theirs in found):
            rollup = Rollup.RECOMPUTE  # the summary's form lacks the parts, the children's forms have them
        sources = [_one([_source(cell, child) for cell in theirs], rollup) for child, theirs in found]
    if rollup is Rollup.RECOMPUTE:
        asked = {child.unit_code for child, _ in found}
        others = [child for child in children if child.unit_code not in asked]
        sources += [source for child in others if (source := _source_of_parts(form, spec, child)) is not None]
    cell = _RULES[rollup](spec, tuple(sources))
    if rollup is Rollup.DISTINCT and cell.value is None:
        cell = _by_lists(cell)
    if rollup is not Rollup.RECOMPUTE:
        return cell
    if not (_additive(spec, form) and all(_additive(theirs[0], child.submission.form) for child, theirs in found)):
        cell = _common_ratio(cell)
    both = {source.child.unit_code for source in sources if source.parts is not None}
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


def _counterpart(spec: CellSpec, child: Child) -> list[CellSpec]:
    """The cell of a child's form that asks for what the summary's cell asks for: on the same form the same cell.

    A code that stands twice in the child's form agrees with itself; the first place that is filled counts.
    Spare rows have no counterpart by their place (``spare_rows``).
    """
    form = child.submission.form
    if spec.row.spare:
        return []
    if spec.ref in form.cells and form.cells[spec.ref] is spec:
        return [spec]
    below = spec.row.below
    codes = below.codes if below is not None else (spec.code,)
    index = _by_code(form)
    label = normalise(spec.row.label) if spec.column.kind is not None else ""
    found = next((index[code, label] for code in codes if (code, label) in index), None)
    if found is None:
        return []
    return [next((theirs for theirs in found if child.figures.number(theirs.ref) is not None), found[0])]


@cache
def _by_code(form: Form) -> dict[tuple[str, str], list[CellSpec]]:
    """Cells by canonical code; in tables also by the row's name, normalised."""
    index: dict[tuple[str, str], list[CellSpec]] = {}
    for spec in form.specs():
        if spec.code and not spec.row.spare:
            label = normalise(spec.row.label) if spec.column.kind is not None else ""
            index.setdefault((spec.code, label), []).append(spec)
    return index


def _is_ratio(spec: CellSpec) -> bool:
    return bool(spec.derived) and isinstance(spec.derived[0], Ratio)


def _additive(spec: CellSpec, form: Form) -> bool:
    """Whether a ratio's numerator and denominator may be added up: lists that all units share may not."""
    if not _is_ratio(spec):
        return True
    quantities = [form.cells[part.at(spec.row.order)].quantity for part in cell_refs(spec.derived[0])]
    return all(quantity is not None and quantity.rollup is Rollup.SUM for quantity in quantities)


def _common_ratio(cell: SummaryCell) -> SummaryCell:
    """A ratio of shared lists: the units' own ratio where they agree, else lowest and highest and no figure."""
    found = [percentage(*source.parts) for source in cell.sources if source.parts is not None]
    ratios = [ratio for ratio in found if ratio is not None]
    if not ratios:
        return replace(cell, value=None)
    low, high = min(ratios), max(ratios)
    return replace(cell, value=low if low == high else None, minimum=low, maximum=high)


def _source(spec: CellSpec, child: Child) -> Source:
    figures = child.figures
    if spec.kind is CellKind.MARK and spec.row.role is not RowRole.TOTAL:
        return Source(child, spec.ref, _mark(spec, child))
    number = figures.number(spec.ref)
    text = "" if number is not None else child.submission.value(spec.ref).text
    parts = None
    if _is_ratio(spec):
        ratio = spec.derived[0]
        assert isinstance(ratio, Ratio)
        top = evaluate(ratio.numerator, figures, spec.row.order)
        bottom = evaluate(ratio.denominator, figures, spec.row.order)
        parts = (top, bottom) if top is not None and bottom is not None else None
    return Source(child, spec.ref, number, text, parts)


def _source_of_parts(form: Form, spec: CellSpec, child: Child) -> Source | None:
    """A ratio that the child's form does not ask for, from the rows that it does ask for."""
    ratio = spec.derived[0] if _is_ratio(spec) else None
    if not isinstance(ratio, Ratio) or not isinstance(ratio.numerator, CellRef):
        return None
    if not isinstance(ratio.denominator, CellRef) or spec.row.below is not None:
        return None
    parts = (ratio.numerator.at(spec.row.order), ratio.denominator.at(spec.row.order))
    theirs = [_counterpart(form.cells[part], child) for part in parts]
    top, bottom = (child.figures.number(cells[0].ref) if cells else None for cells in theirs)
    if top is None or bottom is None:
        return None
    return Source(child, theirs[0][0].ref, None, "", (top, bottom))


def _one(sources: list[Source], rollup: Rollup) -> Source:
    """What a unit gives of one row of the summary, where it has several rows of that name.

    Amounts add up; a mark or a flag is given once it is given in one of the rows; of a list that all units share the
    first row counts (that a unit gives one thing in two ways is its own finding).
    """
    if len(sources) == 1:
        return sources[0]
    given = [source for source in sources if source.number is not None] or sources
    if rollup is Rollup.COUNT_YES:
        return max(given, key=lambda source: source.number or _ZERO)
    if rollup not in (Rollup.SUM, Rollup.OWN_PLUS_CHILDREN, Rollup.RECOMPUTE) or len(given) == 1:
        return given[0]
    pairs = [source.parts for source in given if source.parts is not None]
    parts = (sum((top for top, _ in pairs), _ZERO), sum((bottom for _, bottom in pairs), _ZERO)) if pairs else None
    numbers = [source.number for source in given if source.number is not None]
    total = sum(numbers, _ZERO) if numbers else None
    return replace(given[0], number=total, parts=parts, addends=tuple(given))


def _mark(spec: CellSpec, child: Child) -> Decimal | None:
    """1 for an x, 0 where the task is marked in another column, ``None`` where it is not marked at all."""
    if child.figures.marked(spec.ref):
        return Decimal(1)
    appendix = child.submission.form.appendix(spec.ref.appendix)
    marked = any(
        child.figures.marked(CellRef(appendix.id, spec.row.order, column.key))
        for column in appendix.columns
        if column.kind is CellKind.MARK
    )
    return _ZERO if marked else None


# One small function for each roll-up ------------------------------------------------------------------------------


def _numbers(sources: Sequence[Source]) -> list[Decimal]:
    return [source.number for source in sources if source.number is not None]


def _sum(spec: CellSpec, sources: tuple[Source, ...]) -> SummaryCell:
    numbers = _numbers(sources)
    return SummaryCell(spec, Rollup.SUM, sum(numbers, _ZERO) if numbers else None, sources)


def _own_plus_children(spec: CellSpec, sources: tuple[Source, ...]) -> SummaryCell:
    """No total until the parent's own part is entered."""
    numbers = _numbers(sources)
    children = sum(numbers, _ZERO) if numbers else None
    return SummaryCell(spec, Rollup.OWN_PLUS_CHILDREN, None, sources, children=children)


def _recompute(spec: CellSpec, sources: tuple[Source, ...]) -> SummaryCell:
    """From the rolled-up numerator and denominator over the units that have both; never an average of percentages."""
    both = [source.parts for source in sources if source.parts is not None]
    top = sum((parts[0] for parts in both), _ZERO)
    bottom = sum((parts[1] for parts in both), _ZERO)
    return SummaryCell(spec, Rollup.RECOMPUTE, percentage(top, bottom), sources)


def _shared(spec: CellSpec, sources: tuple[Source, ...]) -> SummaryCell:
    """One and the same list in every unit: never added."""
    numbers = _numbers(sources)
    if not numbers:
        return SummaryCell(spec, Rollup.SHARED, None, sources)
    low, high = min(numbers), max(numbers)
    return SummaryCell(spec, Rollup.SHARED, low if low == high else None, sources, low, high)


def _distinct(spec: CellSpec, sources: tuple[Source, ...]) -> SummaryCell:
    """Different things that may coincide: between the largest and the sum."""
    numbers = _numbers(sources)
    if not numbers:
        return SummaryCell(spec, Rollup.DISTINCT, None, sources)
    low, high = max(numbers), sum(numbers, _ZERO)
    return SummaryCell(spec, Rollup.DISTINCT, low if low == high else None, sources, low, high)


def _by_lists(cell: SummaryCell) -> SummaryCell:
    """A distinct count from the lists on the units' forms, where they show what each unit counted."""
    given = [source for source in cell.sources if source.number is not None]
    rows = [(s.child.submission.form.cells[s.ref].row.counts, s.child.figures, s.number or _ZERO) for s in given]
    together = count_together(rows)
    if together.count is not None:
        return replace(cell, value=together.count, listed=True)
    return replace(cell, unlisted=tuple(given[index].child.unit for index in together.unexplained))


def _spread(spec: CellSpec, sources: tuple[Source, ...]) -> SummaryCell:
    """Percentages whose parts are not on the form: lowest and highest, no total."""
    numbers = _numbers(sources)
    if not numbers:
        return SummaryCell(spec, Rollup.SPREAD, None, sources)
    return SummaryCell(spec, Rollup.SPREAD, None, sources, min(numbers), max(numbers))


def _count_yes(spec: CellSpec, sources: tuple[Source, ...]) -> SummaryCell:
    """How many units have it."""
    numbers = _numbers(sources)
    counts = {"1": 0, "0": 0} if numbers else {}
    for number in numbers:
        key = f"{number.normalize():f}"
        counts[key] = counts.get(key, 0) + 1
    return SummaryCell(spec, Rollup.COUNT_YES, Decimal(counts["1"]) if numbers else None, sources, counts=counts)


def _distribution(spec: CellSpec, sources: tuple[Source, ...]) -> SummaryCell:
    """How many units chose each code."""
    counts = {value: 0 for value, _ in spec.options}
    for number in _numbers(sources):
        key = f"{number.normalize():f}"
        counts[key] = counts.get(key, 0) + 1
    return SummaryCell(spec, Rollup.DISTRIBUTION, None, sources, counts=counts)


def _none(spec: CellSpec, sources: tuple[Source, ...]) -> SummaryCell:
    """The parent's own figure."""
    return SummaryCell(spec, Rollup.NONE, None, sources)


_RULES: dict[Rollup, Callable[[CellSpec, tuple[Source, ...]], SummaryCell]] = {
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
