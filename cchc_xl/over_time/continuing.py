"""A new workbook from the last period's: what it takes over, and what it shows beside its cells. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from cchc_xl.catalogue.model import CellSpec, Keeps
from cchc_xl.errors import InputFault
from cchc_xl.expressions import CellRef
from cchc_xl.periods import parse_period
from cchc_xl.stamp import Stamp
from cchc_xl.submission import FormulaState, Submission, SubmissionFigures, blank_submission
from cchc_xl.values import State, Value, number_value


@dataclass(frozen=True, slots=True)
class Continued:
    """``values``: bases and rows that the unit added; ``before``: every figure of the last period, to be shown."""

    submission: Submission
    values: Mapping[CellRef, Value] = field(default_factory=dict)
    before: Mapping[CellRef, Value] = field(default_factory=dict)
    before_words: str = ""


def check_follows(previous: Submission, period: str) -> None:
    """Raise ``InputFault`` when the new workbook's period is not after that of the workbook it is made from."""
    if not period or not previous.stamp.period:
        return
    new, old = parse_period(period), parse_period(previous.stamp.period)
    if (new.end, new.start) == (old.end, old.start):
        raise InputFault(
            f"Sổ kỳ trước {previous.file} cũng là của {old.words}: hãy ghi --ky của kỳ mới, hoặc chọn sổ kỳ trước khác."
        )
    if new.end < old.end:
        raise InputFault(
            f"Sổ kỳ trước {previous.file} là của {old.words}, sau {new.words}: hãy chọn sổ của kỳ trước đó."
        )


def continue_from(previous: Submission, stamp: Stamp) -> Continued:
    """The new workbook's contents. Bases of a year go along within that year only; without a period none of them."""
    figures = SubmissionFigures(previous)
    form = previous.form
    same_year = bool(stamp.period and previous.stamp.period) and stamp.period[:4] == previous.stamp.period[:4]
    added = {appendix.id: frozenset(figures.spare_in_use(appendix.id)) for appendix in form.appendices}
    values: dict[CellRef, Value] = {}
    before: dict[CellRef, Value] = {}
    for spec in form.specs():
        used = not spec.row.spare or spec.row.order in added[spec.ref.appendix]
        value = _shown(spec, previous, figures)
        if not used or value is None:
            continue
        if spec.quantity and not spec.column.given:
            before[spec.ref] = value
            keeps = spec.quantity.keeps
            if not spec.derived and (keeps is Keeps.ALWAYS or (keeps is Keeps.YEAR and same_year)):
                values[spec.ref] = value
        elif spec.row.spare and form.appendix(spec.ref.appendix).column(spec.column.key).given:
            values[spec.ref] = value  # the name of a row that the unit added, and what else names it
    blank = blank_submission(form, stamp)
    entries = dict(blank.entries)
    for ref, value in values.items():
        entries[ref] = replace(entries[ref], value=value, formula=FormulaState.NONE)
    words = parse_period(previous.stamp.period).words if previous.stamp.period else ""
    return Continued(replace(blank, entries=entries), values, before, words)


def _shown(spec: CellSpec, previous: Submission, figures: SubmissionFigures) -> Value | None:
    """The number in a cell, else the words; ``None`` where nothing stands or what stands is an error."""
    value = previous.value(spec.ref)
    if spec.quantity and spec.kind.numeric:
        number = figures.number(spec.ref)
        if number is not None:
            return number_value(number)
    return value if value.state in (State.NUMBER, State.TEXT, State.NOT_APPLICABLE) else None
