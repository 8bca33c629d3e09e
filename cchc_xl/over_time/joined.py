"""A figure of the longer period and the workbook of them, as data."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from cchc_xl.catalogue.model import CellSpec, Form
from cchc_xl.expressions import CellRef
from cchc_xl.over_time.given import Given
from cchc_xl.over_time.sequence import PeriodBook
from cchc_xl.over_time.units_counted import units_words
from cchc_xl.periods import Period
from cchc_xl.stamp import Stamp
from cchc_xl.submission import FormulaState, Submission, blank_submission
from cchc_xl.values import UNCALCULATED, Value, format_number

_SHOWN_PLACES = 2


class Way(StrEnum):
    """How a figure of the longer period came about. ``OPEN``: there is none, somebody has to say it."""

    ADDED = "added"
    LATEST = "latest"
    FIRST = "first"
    COMPUTED = "computed"
    ANY_YES = "any_yes"
    SAME = "same"
    LISTED = "listed"
    EQUAL = "equal"
    OPEN = "open"
    BLANK = "blank"


@dataclass(frozen=True, slots=True)
class JoinedCell:
    """A figure of the longer period, with what each period gave. ``remark``: what has to be known or done."""

    spec: CellSpec
    way: Way
    value: Value
    given: tuple[Given, ...]
    remark: str = ""
    # What the unit calls a row that it added.
    name: str = ""
    # Of summaries: how many of their units are in the figure, where these are not all or not the same.
    counted: str = ""


@dataclass(frozen=True, slots=True)
class Joined:
    """The longer period: its figures, the texts that go with them, and the workbook's identity."""

    form: Form
    period: Period
    books: Sequence[PeriodBook]
    stamp: Stamp
    cells: Sequence[JoinedCell]
    # What is written into the workbook: figures, names of added rows, texts.
    submission: Submission
    values: dict[CellRef, Value]
    # Totals whose formula waits, because it would count a part that is open as 0.
    waiting_totals: frozenset[CellRef] = frozenset()

    @property
    def waiting(self) -> frozenset[CellRef]:
        """The cells of which the workbook says that somebody has to enter them (``PeriodBook.waiting``)."""
        return frozenset(cell.spec.ref for cell in self.open_cells)

    @property
    def partial_cells(self) -> list[JoinedCell]:
        """Figures of summaries in which some unit's part is missing, or not in all periods."""
        return [
            cell
            for cell in self.cells
            if cell.counted and cell.value.filled and any(one.number is not None for one in cell.given)
        ]

    def units_words(self, book: PeriodBook) -> str:
        """Which units a summary among the workbooks lacks; empty where none, or of a unit's own workbook."""
        others = [other.summary for other in self.books if other is not book and other.summary is not None]
        return units_words(book.summary, others) if book.summary is not None else ""

    @property
    def open_cells(self) -> list[JoinedCell]:
        """Figures that could not be joined."""
        return [cell for cell in self.cells if cell.way is Way.OPEN]


def filled_form(
    form: Form, stamp: Stamp, values: Mapping[CellRef, Value], waiting: Collection[CellRef] = ()
) -> Submission:
    """The form with these values; ``waiting``: totals whose formula waits for an open part."""
    blank = blank_submission(form, stamp)
    entries = dict(blank.entries)
    for ref, value in values.items():
        entries[ref] = replace(entries[ref], value=value, formula=FormulaState.NONE)
    for ref in waiting:
        entries[ref] = replace(entries[ref], value=UNCALCULATED, formula=FormulaState.ALTERED)
    return replace(blank, entries=entries)


def number_words(number: Decimal) -> str:
    """A number in a sentence: never more than two decimals."""
    return format_number(number) if number == round(number, _SHOWN_PLACES) else format_number(number, _SHOWN_PLACES)
