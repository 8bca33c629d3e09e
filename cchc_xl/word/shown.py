"""What a printed appendix shows, cell by cell, figures as Vietnamese offices write them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cchc_xl.catalogue.model import Appendix, CellSpec, Column, Row
from cchc_xl.cell_look import CellLook, NumberStyle, open_look, printed_look
from cchc_xl.companions.counted_label import around_count, label_text
from cchc_xl.expressions import CellRef
from cchc_xl.layout import in_box_above, is_bold, printed_text, total_label_columns
from cchc_xl.submission import Submission, SubmissionFigures, is_computed
from cchc_xl.values import State, Value, format_fixed, format_number


@dataclass(frozen=True, slots=True)
class ShownCell:
    """One cell of the table. ``columns``: over how many it goes; ``joined``: it belongs to the box above it."""

    text: str
    look: CellLook
    bold: bool = False
    columns: int = 1
    joined: bool = False
    # In a column of boxes the text stands at the top of its box.
    top: bool = False


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row with its cells from left to right."""

    row: Row
    cells: Sequence[ShownCell]


def shown_columns(appendix: Appendix) -> list[Column]:
    """The columns that are printed: those with a heading."""
    return [column for column in appendix.columns if column.heading]


def shown_rows(submission: Submission, appendix: Appendix) -> Iterator[ShownRow]:
    """The rows that are printed: all of the form, and the spare ones in which anything was entered."""
    figures = SubmissionFigures(submission)
    in_use = frozenset(figures.spare_in_use(appendix.id))
    for row in appendix.in_sheet:
        if not row.spare or row.order in in_use:
            yield ShownRow(row, _cells(figures, appendix, row))


def uncalculated(submission: Submission) -> list[CellRef]:
    """Cells whose formula, of the user or of a summary, no program has computed: nobody knows their figures."""
    return [
        ref
        for ref in submission.form.cells
        if ref in submission.entries and submission.entries[ref].value.state is State.UNCALCULATED
    ]


def number_text(number: Decimal, look: CellLook, spec: CellSpec) -> str:
    """A figure as it is printed. Marks, codes and what stands among words are no quantities and have no thousands."""
    if look.numbers is NumberStyle.RATIO:
        return format_number(number) if number in (0, 100) else format_fixed(number, 2)
    if spec.kind.numeric:
        return format_number(number)
    return format_number(number).replace(".", "")


def _cells(figures: SubmissionFigures, appendix: Appendix, row: Row) -> list[ShownCell]:
    bold = is_bold(appendix, row)
    cells: list[ShownCell] = []
    across = total_label_columns(appendix, row)
    if across:
        columns = sum(bool(column.heading) for column in appendix.columns[:across])
        cells.append(ShownCell(printed_text(row, appendix.columns[0].key), CellLook("center"), True, columns))
    for column in appendix.columns[across:]:
        if column.heading:
            cells.append(_cell(figures, appendix, row, column, bold))
    return cells


def _cell(figures: SubmissionFigures, appendix: Appendix, row: Row, column: Column, bold: bool) -> ShownCell:
    spec = appendix.cells.get(CellRef(appendix.id, row.order, column.key))
    joined = column.group and in_box_above(appendix, row, column.key)
    if spec is None:
        text = printed_text(row, column.key)
        if column.key == "label" and around_count(appendix, row):
            text = label_text(appendix, row, len(figures.rows(appendix.id)))
        look = printed_look(row, column)
        return ShownCell(text, look, bold and not look.words, joined=joined, top=column.group)
    look = CellLook("center") if column.given and not row.spare else open_look(appendix, spec)
    return ShownCell(_open_text(figures, spec, look), look, bold and not look.words, joined=joined, top=column.group)


def _open_text(figures: SubmissionFigures, spec: CellSpec, look: CellLook) -> str:
    entry = figures.submission.entries.get(spec.ref)
    if entry is None:
        return spec.row.given.get(spec.column.key, "")
    if is_computed(entry):
        number = figures.number(spec.ref)
        return "" if number is None else number_text(number, look, spec)
    return _value_text(entry.value, look, spec)


def _value_text(value: Value, look: CellLook, spec: CellSpec) -> str:
    return value.text if value.number is None else number_text(value.number, look, spec)
