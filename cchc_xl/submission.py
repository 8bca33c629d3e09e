"""A workbook's content as typed values with the cells they came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cache, cached_property

from cchc_xl.catalogue.model import CellKind, CellSpec, Form
from cchc_xl.cover import Cover
from cchc_xl.expressions import CellRef, ColumnRef, cell_refs, evaluate
from cchc_xl.layout import cell_address, form_layout
from cchc_xl.of_units import OfUnits
from cchc_xl.own_part import OwnPart
from cchc_xl.stamp import Stamp
from cchc_xl.values import BLANK, Reading, State, Value, normalise, read_number

NOTE = "note"
LABEL = "label"
_YES, _NO = "có", "không"
_MARK = ("x", "X")
_WORDS = (CellKind.TEXT, CellKind.HEADING, CellKind.PROCEDURE_CODE)


class FormulaState(StrEnum):
    """What became of a computed cell's formula."""

    NONE = "none"  # no formula stands there: an input cell, or a formula that was typed over or deleted
    INTACT = "intact"
    ALTERED = "altered"


_INTACT = FormulaState.INTACT  # asked of every cell: up to Python 3.11 a look-up in an enum costs a call


@dataclass(frozen=True, slots=True)
class Entry:
    """One cell as found in the workbook. ``row`` and ``column`` are zero-based."""

    value: Value
    sheet: str
    row: int
    column: int
    formula: FormulaState = FormulaState.NONE

    @property
    def address(self) -> str:
        """``E15``."""
        return cell_address(self.row, self.column)

    @property
    def place(self) -> str:
        """How a message speaks of the cell: ``ô E15``."""
        return f"ô {self.address}"


@dataclass(frozen=True, slots=True)
class StructureFault:
    """Something that is wrong with the workbook as a form, before any figure is looked at."""

    appendix: str
    order: int
    sheet: str
    message: str
    remedy: str
    cell: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Submission:
    """What one unit sent for one period."""

    file: str
    form: Form
    stamp: Stamp
    entries: Mapping[CellRef, Entry]
    faults: tuple[StructureFault, ...] = ()
    # ``None`` for a submission that was made in memory, or whose cover is gone.
    cover: Cover | None = None
    # Where the formulas of the rows' states stand, by appendix and order: sheet and address.
    state_cells: Mapping[tuple[str, int], tuple[str, str]] = field(default_factory=dict)
    # Of a summary: what the parent entered as its own part of rows that count it and its units.
    own_parts: Mapping[CellRef, OwnPart] = field(default_factory=dict)
    # Of a summary: what its units gave together in lines that one number does not tell.
    of_units: Mapping[CellRef, OfUnits] = field(default_factory=dict)
    # Whether it was made from the last period's workbook, whose figures stand beside its tables.
    continued: bool = False

    def __repr__(self) -> str:
        return f"<Submission {self.file or 'blank'} {self.form.id}>"

    def value(self, ref: CellRef) -> Value:
        """What stands in a cell."""
        entry = self.entries.get(ref)
        return entry.value if entry else BLANK

    def together(self, ref: CellRef) -> OfUnits | None:
        """What a summary's units gave together in a cell, unless the parent settled it by a figure of its own.

        How many units have something is told apart from what the parent answered for itself.
        """
        found = self.of_units.get(ref)
        entry = self.entries.get(ref)
        if found is None or entry is None or found.counts:
            return found
        spec = self.form.cells[ref]
        if found.parts is not None and spec.derived:
            halves = (part.at(ref.order) for part in cell_refs(spec.derived[0]))
            if any(half in self.own_parts for half in halves):
                return None  # the form computes the ratio from its own rows, the parent's own part in them
        typed = entry.formula is FormulaState.NONE and read_figure(spec.kind, entry.value) is not None
        return None if typed else found

    def has_figures(self) -> bool:
        """Whether anybody entered a figure of the period.

        What the form prints or computes does not count, nor do bases that came from the last period's workbook.
        """
        return any(
            self._is_typed_figure(spec)
            for appendix in self.form.appendices
            for spec in appendix.cells.values()
            if not spec.column.given and not (self.continued and spec.quantity and spec.quantity.keeps)
        )

    def typed_inputs(self) -> int:
        """How many figures a person typed into cells that the workbook leaves open (no formula, no link)."""
        own = sum(part.own.filled for part in self.own_parts.values())
        return own + sum(
            self._is_typed_figure(spec) and self.entries[spec.ref].formula is FormulaState.NONE
            for spec in self.form.cells.values()
            if not spec.column.given and not spec.derived
        )

    def _is_typed_figure(self, spec: CellSpec) -> bool:
        entry = self.entries.get(spec.ref)
        return (
            spec.kind.figure and entry is not None and entry.value.filled and entry.formula is not FormulaState.INTACT
        )


class SubmissionFigures:
    """Figures of a submission for expressions (``expressions.Figures``).

    A computed cell whose formula stands is computed here, exactly; cached results are never trusted.
    """

    def __init__(self, submission: Submission) -> None:
        self.submission = submission
        self.form = submission.form
        self._numbers: dict[CellRef, Decimal | None] = {}
        self._derived: dict[CellRef, Decimal | None] = {}
        self._of_column: dict[ColumnRef, list[Decimal]] = {}
        self._keys: dict[CellRef, str] = {}
        self._by_key: dict[ColumnRef, Mapping[str | Decimal, list[int]]] = {}
        self._spare: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {}

    def number(self, ref: CellRef) -> Decimal | None:
        """The number in a cell, computed where its formula stands; ``None`` when it holds none."""
        try:
            return self._numbers[ref]
        except KeyError:
            number = self._numbers[ref] = self._number(ref)
            return number

    def _number(self, ref: CellRef) -> Decimal | None:
        entry = self.submission.entries.get(ref)
        if entry is None:
            return None
        spec = self.form.cells.get(ref)
        if spec is None:
            return None
        # A computed cell that was emptied still has its value for everything that depends on it; that its formula is
        # missing is the cell's own finding.
        # A formula of another kind without a result waits: a summary's total for the parent's own part.
        if is_computed(entry):
            return self.derived(spec)
        if spec.derived and entry.value.state is State.BLANK and entry.formula is not FormulaState.ALTERED:
            return self.derived(spec)
        return read_figure(spec.kind, entry.value)

    def derived(self, spec: CellSpec) -> Decimal | None:
        """What the cell's own formula gives, whatever stands in the cell."""
        if not spec.derived:
            return None
        if spec.ref not in self._derived:
            self._derived[spec.ref] = evaluate(spec.derived[0], self, spec.row.order)
        return self._derived[spec.ref]

    def filled(self, ref: CellRef) -> bool:
        """Whether a cell holds anything, ``-`` included; a formula without a result holds nothing."""
        entry = self.submission.entries.get(ref)
        if entry is None:
            return False
        return self.number(ref) is not None if is_computed(entry) else entry.value.filled

    def matching_key(self, ref: CellRef) -> str:
        """The normalised text of a cell."""
        if ref not in self._keys:
            self._keys[ref] = self._key(ref)
        return self._keys[ref]

    def _key(self, ref: CellRef) -> str:
        entry = self.submission.entries.get(ref)
        if entry is not None:
            return normalise(entry.value.text)
        return normalise(self.form.appendix(ref.appendix).row(ref.order or 1).given.get(ref.column, ""))

    def column(self, ref: ColumnRef) -> Sequence[CellRef]:
        """The cells of a column over the task or item rows, of the spare ones those in use."""
        used, _ = self._spare_rows(ref.appendix)
        printed = _column_cells(self.form, ref)
        return (*printed, *(CellRef(ref.appendix, order, ref.column) for order in used)) if used else printed

    def numbers(self, ref: ColumnRef) -> Sequence[Decimal]:
        """The numbers that stand in a column, task or item rows only."""
        if ref not in self._of_column:
            numbers = map(self.number, self.column(ref))
            self._of_column[ref] = [number for number in numbers if number is not None]
        return self._of_column[ref]

    def orders_by_key(self, ref: ColumnRef) -> Mapping[str | Decimal, list[int]]:
        """Rows of a column by what stands in them: the number, else the normalised text."""
        if ref not in self._by_key:
            index: dict[str | Decimal, list[int]] = {}
            for cell in self.column(ref):
                number = self.number(cell)
                key = number if number is not None else self.matching_key(cell)
                if key != "":
                    index.setdefault(key, []).append(cell.order or 0)
            self._by_key[ref] = index
        return self._by_key[ref]

    def rows(self, appendix: str) -> Sequence[int]:
        """The orders of the task or item rows, of the spare ones those that the unit has named."""
        _, named = self._spare_rows(appendix)
        printed = self.form.appendix(appendix).printed_items
        return (*printed, *named) if named else printed

    def spare_in_use(self, appendix: str) -> Sequence[int]:
        """The orders of the spare rows in which anything was entered."""
        return self._spare_rows(appendix)[0]

    def _spare_rows(self, appendix: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Spare rows in which anything was entered, and those among them that have a name."""
        if appendix not in self._spare:
            entries, value = self.submission.entries, self.submission.value
            rows = self.form.appendix(appendix).spare_cells.items()
            # The reader gives all cells of a row or, where it is blank, none.
            there = [(order, [entries[spec.ref] for spec in specs]) for order, specs in rows if specs[0].ref in entries]
            used = tuple(order for order, row in there if any(e.value.filled and not is_computed(e) for e in row))
            named = tuple(order for order in used if value(CellRef(appendix, order, LABEL)).filled)
            self._spare[appendix] = used, named
        return self._spare[appendix]

    def note(self, ref: CellRef) -> str:
        """The note beside a cell."""
        return self.submission.value(CellRef(ref.appendix, ref.order, NOTE)).text

    def marked(self, ref: CellRef) -> bool:
        """Whether a cell holds the mark x."""
        return ref in self._marks

    @cached_property
    def _marks(self) -> frozenset[CellRef]:
        return frozenset(ref for ref, entry in self.submission.entries.items() if is_mark(entry.value))


@cache
def _column_cells(form: Form, ref: ColumnRef) -> tuple[CellRef, ...]:
    return tuple(CellRef(ref.appendix, order, ref.column) for order in form.appendix(ref.appendix).printed_items)


def is_computed(entry: Entry) -> bool:
    """Whether the cell still holds the form's own formula."""
    return entry.formula is _INTACT


def is_mark(value: Value) -> bool:
    """Whether a value is the mark x, as formulas count it."""
    return value.text.strip(" ") in _MARK and value.state is State.TEXT


def read_figure(kind: CellKind, value: Value) -> Decimal | None:
    """The number that a value stands for in a cell of this kind; ``None`` when it stands for none.

    Texts go through the Vietnamese number reader; what is odd about them is the type check's to say.
    """
    if kind in _WORDS:
        return None
    if value.number is not None:
        return value.number
    if value.state is not State.TEXT:
        return None
    if kind is CellKind.YESNO:
        word = normalise(value.text)
        return Decimal(1) if word == _YES else Decimal(0) if word == _NO else None
    if kind is CellKind.MARK and is_mark(value):
        return None
    reading = read_number(value.text)
    if not kind.numeric and kind is not CellKind.MARK and reading.reading is not Reading.CLEAN:
        return None
    return reading.number


def blank_submission(form: Form, stamp: Stamp) -> Submission:
    """A form in which nothing has been entered and every formula stands."""
    layout = form_layout(form)
    entries = {}
    for spec in form.specs():
        place = layout.appendices[spec.ref.appendix]
        row, column = place.position(spec.ref)
        given = Value(State.TEXT, text=spec.row.given.get(spec.column.key, "")) if spec.column.given else BLANK
        formula = FormulaState.INTACT if spec.derived else FormulaState.NONE
        entries[spec.ref] = Entry(given, place.sheet, row, column, formula)
    return Submission("", form, stamp, entries)


def computed_results(submission: Submission) -> dict[CellRef, Decimal | None]:
    """The true result of every formula that stands in the submission."""
    figures = SubmissionFigures(submission)
    return {ref: figures.number(ref) for ref, entry in submission.entries.items() if is_computed(entry)}
