"""The frozen types of the catalogue: forms, appendices, rows, columns, cells, rules.

A loaded form is one object: its parts compare by identity (``eq=False``), which also makes them cheap cache keys, and
show themselves in one line, not with all that hangs on them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cchc_xl.expressions import CellRef, Expression
from cchc_xl.severity import Severity

# Authority and office of the signer (decree 30/2020, annex I, part I, section II.7): TM. for a body, KT. for its head,
# TL. and TUQ. by order.
USUAL_SIGNERS = (
    "TM. ỦY BAN NHÂN DÂN / CHỦ TỊCH",
    "TM. ỦY BAN NHÂN DÂN / KT. CHỦ TỊCH / PHÓ CHỦ TỊCH",
    "KT. CHỦ TỊCH / PHÓ CHỦ TỊCH",
    "TL. CHỦ TỊCH / CHÁNH VĂN PHÒNG",
    "TRƯỞNG PHÒNG",
    "THỦ TRƯỞNG ĐƠN VỊ",
)
# Levels of government from below.
LEVELS = ("xa", "huyen", "tinh")


class AppendixKind(StrEnum):
    """Kinds of appendices that offices use (domain.md, "Appendix kinds that occur")."""

    INDICATORS = "indicators"
    TASKS = "tasks"
    CASE_MATRIX = "case_matrix"
    PROCEDURE_LIST = "procedure_list"
    TASK_SUMMARY = "task_summary"


class CellKind(StrEnum):
    """What may stand in a cell."""

    HEADING = "heading"
    COUNT = "count"
    DECIMAL = "decimal"
    PERCENT = "percent"
    MONEY = "money"
    CODE = "code"
    YESNO = "yesno"
    TEXT = "text"
    MARK = "mark"
    FLAG = "flag"
    PROCEDURE_CODE = "procedure_code"

    @property
    def numeric(self) -> bool:
        """Whether the cell asks for a quantity that can be computed with."""
        return self in _NUMERIC

    @property
    def figure(self) -> bool:
        """Whether the cell counts as reported data (a text or a name does not)."""
        return self not in (CellKind.HEADING, CellKind.TEXT, CellKind.PROCEDURE_CODE)


_NUMERIC = frozenset({CellKind.COUNT, CellKind.DECIMAL, CellKind.PERCENT, CellKind.MONEY})


class RowRole(StrEnum):
    """What a row is in its appendix: only item rows enter column sums."""

    HEADING = "heading"
    ITEM = "item"
    TOTAL = "total"


class Rollup(StrEnum):
    """How the figures of several units become one (semantics.md, "Roll-up")."""

    SUM = "sum"
    OWN_PLUS_CHILDREN = "own_plus_children"
    RECOMPUTE = "recompute"
    SHARED = "shared"
    DISTINCT = "distinct"
    SPREAD = "spread"
    COUNT_YES = "count_yes"
    DISTRIBUTION = "distribution"
    NONE = "none"


class PeriodKind(StrEnum):
    """What span of time a figure speaks of; decides how quarters become a year."""

    IN_PERIOD = "in_period"
    CUMULATIVE = "cumulative"
    AT_DATE = "at_date"
    AT_START = "at_start"  # what was open when the period began: of a longer period what its first part began with
    TIMELESS = ""


class Keeps(StrEnum):
    """Whether a figure is a base that the next period starts from: a plan of the year, a list's own property."""

    NEVER = ""
    YEAR = "year"
    ALWAYS = "always"


class Missing(StrEnum):
    """What a rule does with blanks (semantics.md, "Blank, zero, not applicable")."""

    SKIP_ANY = "skip_any"
    SKIP_ALL = "skip_all"
    NEVER = "never"


class RuleKind(StrEnum):
    """Each kind has one small file in ``checks``."""

    TYPE = "type"
    PROCEDURE_CODE = "procedure_code"
    OPTION = "option"
    RATIO = "ratio"
    RATIO_MISSING = "ratio_missing"
    RATIO_WITHOUT_INPUTS = "ratio_without_inputs"
    ZERO_OVER_ZERO = "zero_over_zero"
    INPUTS_PARTIAL = "inputs_partial"
    OVER_HUNDRED = "over_hundred"
    TOTAL = "total"
    TOTAL_MISSING = "total_missing"
    OVERWRITTEN = "overwritten"
    SINGLE_MARK = "single_mark"
    MARK_EVIDENCE = "mark_evidence"
    SAME_CODE = "same_code"
    SIBLING = "sibling"
    MAGNITUDE = "magnitude"
    SERIAL_DATE = "serial_date"
    FRACTION = "fraction"
    CUMULATIVE_FALLS = "cumulative_falls"
    AT_DATE_JUMPS = "at_date_jumps"
    EMPTIED = "emptied"
    SPARE_UNNAMED = "spare_unnamed"
    SPARE_REPEATS = "spare_repeats"
    COMPARE = "compare"
    REQUIRED = "required"
    EVIDENCE = "evidence"
    LIST_CODES = "list_codes"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A canonical quantity: what the same code means in every form."""

    code: str
    name: str
    rollup: Rollup
    period: PeriodKind
    keeps: Keeps = Keeps.NEVER


@dataclass(frozen=True, slots=True)
class Below:
    """Where a row of a summary comes from when the submissions are of other forms, a level below.

    ``codes``: the children's codes, the first that a child's form has; empty = nothing comes from below.
    ``own``: the row counts the parent's own offices as well (own_plus_children).
    """

    codes: tuple[str, ...]
    own: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A column of an appendix. ``kind`` is ``None`` where each row has its own kind.

    ``spare``: the kind of an otherwise given column where a spare row leaves it open; ``None`` = it stays blank.
    """

    key: str
    name: str
    heading: str
    given: bool
    kind: CellKind | None
    code: str
    derived: Expression | None
    total: Expression | None
    options: tuple[tuple[str, str], ...] = ()
    spare: CellKind | None = None
    # A text stands for the rows below it too, up to the next one: one box, as an official table has it.
    group: bool = False


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Row:
    """A row as printed. ``order`` is its lasting identity: STT repeats or is missing.

    ``spare``: the form prints nothing in it; the unit may name and fill it. Its order follows the printed rows' orders.
    """

    order: int
    stt: str
    level: int
    label: str
    role: RowRole
    kind: CellKind | None
    unit: str
    answers: frozenset[str]
    code: str
    below: Below | None
    derived: tuple[Expression, ...]
    options: tuple[tuple[str, str], ...]
    given: Mapping[str, str] = field(default_factory=dict)
    # Order of the row that contains this one (0 = none), and how people speak of a row without a number of its own.
    parent: int = 0
    parent_stt: str = ""
    # Which of the appendix's spare rows it is, from 1 on; 0 = a printed row.
    spare_number: int = 0
    # Of a distinct figure: how it is counted from a list of the same form (readings, of which one explains the figure).
    counts: tuple[Expression, ...] = ()

    @property
    def spare(self) -> bool:
        """Whether the unit may name and fill the row itself."""
        return self.spare_number > 0

    def title(self, length: int = 90) -> str:
        """How a message names the row: by STT and label, never by an id."""
        if self.spare:
            return f"dòng thêm thứ {self.spare_number}"
        label = self.label.strip().lstrip("-+ ")
        if len(label) > length:
            label = label[: length - 1].rstrip() + "…"
        stt = self.stt.strip().rstrip(".")
        if stt:
            return f"{stt} “{label}”" if label else stt
        return f"“{label}” (mục {self.parent_stt})" if self.parent_stt else f"“{label}”"

    def __repr__(self) -> str:
        return f"<Row {self.order} {self.stt} {self.label[:40]}>"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CellSpec:
    """An input cell of a form: what it asks for and how it is computed."""

    ref: CellRef
    row: Row
    column: Column
    kind: CellKind
    quantity: Quantity | None
    derived: tuple[Expression, ...]

    @property
    def code(self) -> str:
        """The canonical code; empty for texts."""
        return self.quantity.code if self.quantity else ""

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """The values of a cell with a list, each with its meaning: the row's own, else the column's."""
        return self.row.options or self.column.options

    def __repr__(self) -> str:
        return f"<CellSpec {self.ref.appendix} {self.ref.order} {self.ref.column}>"


def sheet_order(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Rows as they stand in the sheet: spare rows below the last printed item, above a total that closes the table."""
    printed = tuple(row for row in rows if not row.spare)
    last = max((row.order for row in printed if row.role is RowRole.ITEM), default=len(printed))
    return (*printed[:last], *rows[len(printed) :], *printed[last:])


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Appendix:
    """One appendix: one sheet of the workbook.

    ``rows`` stand in the order of their numbers: printed rows, then spare ones. In the sheet (``in_sheet``) the spare
    rows follow the last printed item row, so that a total row still closes the table.
    """

    id: str
    kind: AppendixKind
    printed_id: str
    title: str
    office: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    cells: Mapping[CellRef, CellSpec]
    # The title with blanks for what follows the cover (``blanks``).
    live_title: str = ""
    # The rows that count in column sums, spare ones included; the printed ones among them; the cells of the spare ones.
    items: tuple[int, ...] = field(init=False)
    printed_items: tuple[int, ...] = field(init=False)
    spare_cells: Mapping[int, tuple[CellSpec, ...]] = field(init=False)
    printed_cells: tuple[CellSpec, ...] = field(init=False)
    printed: tuple[Row, ...] = field(init=False)
    in_sheet: tuple[Row, ...] = field(init=False)
    # Where a row stands among the rows of the sheet, by order.
    rank: Mapping[int, int] = field(init=False)

    def __post_init__(self) -> None:
        """Note what follows from the rows."""
        printed = tuple(row for row in self.rows if not row.spare)
        orders = tuple(row.order for row in printed if row.role is RowRole.ITEM)
        by_row: dict[int, list[CellSpec]] = {row.order: [] for row in self.rows if row.spare}
        for spec in self.cells.values():
            if spec.row.spare:
                by_row[spec.row.order].append(spec)
        object.__setattr__(self, "printed", printed)
        object.__setattr__(self, "printed_cells", tuple(s for s in self.cells.values() if not s.row.spare))
        object.__setattr__(self, "printed_items", orders)
        object.__setattr__(self, "items", (*orders, *by_row))
        object.__setattr__(self, "spare_cells", {order: tuple(specs) for order, specs in by_row.items()})
        object.__setattr__(self, "in_sheet", sheet_order(self.rows))
        object.__setattr__(self, "rank", {row.order: index for index, row in enumerate(self.in_sheet)})

    def row(self, order: int) -> Row:
        """The row with this order number."""
        return self.rows[order - 1]

    def column(self, key: str) -> Column:
        """The column with this key."""
        return next(column for column in self.columns if column.key == key)

    def __repr__(self) -> str:
        return f"<Appendix {self.id}>"


# What ``Rule.native`` says of a rule that also stands in the workbook as a formula; anything else is the reason why
# it does not.
NATIVE = "yes"


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One check. ``right`` holds alternatives of which one must hold; ``softer`` is the severity in the milder case."""

    id: str
    kind: RuleKind
    appendix: str
    at: CellRef | None
    left: Expression | None
    op: str
    right: tuple[Expression, ...]
    when: Expression | None
    each: bool
    missing: Missing
    severity: Severity
    softer: Severity
    soften: Expression | None
    active: bool
    native: str
    # What it demands, put into words when somebody reads it: of thousands of rules a click shows a few.
    wording: Callable[[], str]

    @property
    def words(self) -> str:
        """What the rule demands, in a Vietnamese sentence."""
        return self.wording()


@dataclass(frozen=True, slots=True, eq=False)
class AppendixChange:
    """What became of one appendix from a version to the next. ``new_id``: empty = gone.

    ``rows`` and ``columns``: old → new, 0 or empty = gone; ``printed``: columns gone that held what the form printed.
    ``complete``: every row and column of the older version is named; else what is not named keeps its place.
    """

    new_id: str
    rows: Mapping[int, int]
    columns: Mapping[str, str]
    printed: frozenset[str]
    complete: bool


@dataclass(frozen=True, slots=True, eq=False)
class FormChange:
    """What became of the appendices of the version before ``version``, by their ids in that older version."""

    version: int
    appendices: Mapping[str, AppendixChange]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Form:
    """A form: the appendices that a unit of one level fills for one period."""

    id: str
    version: int
    name: str
    locality: str
    level: str
    period: str
    dates: tuple[str, str] | None
    appendices: tuple[Appendix, ...]
    rules: tuple[Rule, ...]
    changes: tuple[FormChange, ...] = ()
    # What may stand above the signature, the usual first; " / " parts its lines.
    signers: tuple[str, ...] = USUAL_SIGNERS
    # The name with blanks for what follows the cover (``blanks``).
    live_name: str = ""
    by_id: Mapping[str, Appendix] = field(init=False)
    cells: Mapping[CellRef, CellSpec] = field(init=False)

    def __post_init__(self) -> None:
        """Index appendices and cells."""
        object.__setattr__(self, "by_id", {appendix.id: appendix for appendix in self.appendices})
        cells = {ref: spec for appendix in self.appendices for ref, spec in appendix.cells.items()}
        object.__setattr__(self, "cells", cells)

    def appendix(self, appendix_id: str) -> Appendix:
        """The appendix with this id."""
        return self.by_id[appendix_id]

    def spec(self, ref: CellRef) -> CellSpec:
        """What a cell asks for. Raises ``KeyError`` for a cell that the form does not have."""
        return self.cells[ref]

    def specs(self) -> list[CellSpec]:
        """Every input cell in form order."""
        return list(self.cells.values())

    def asks(self, row: Row) -> bool:
        """Whether units that fill this form answer the row: those of its level, or those below that it counts."""
        rank = LEVELS.index(self.level)
        return any(LEVELS.index(level) <= rank for level in row.answers)

    def __repr__(self) -> str:
        return f"<Form {self.id}>"
