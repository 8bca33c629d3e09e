"""What every check works on, and the one place where findings are made."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from cchc_xl.catalogue.model import CellSpec, Form, Rule
from cchc_xl.catalogue.wording import cell_name, cell_title
from cchc_xl.expressions import CellRef
from cchc_xl.finding import Finding, RelatedCell
from cchc_xl.messages import TEMPLATES
from cchc_xl.severity import Severity
from cchc_xl.stamp import OWN_TABLE, SUMMARY
from cchc_xl.submission import LABEL, NOTE, Entry, Submission, SubmissionFigures
from cchc_xl.values import decimals, format_number, plain


class Silent(StrEnum):
    """A rule that has nothing to say. Not evaluated is never counted as passed."""

    PASSED = "passed"
    NOT_EVALUATED = "not_evaluated"


# What most rules return, under plain names: up to Python 3.11 a look-up in an enum costs a call.
PASSED, NOT_EVALUATED = Silent.PASSED, Silent.NOT_EVALUATED
Outcome = Silent | list[Finding]


@dataclass(frozen=True, slots=True)
class Context:
    """A submission under check, and an earlier one of the same unit and form where it is compared with one."""

    submission: Submission
    figures: SubmissionFigures
    previous: SubmissionFigures | None = None
    form: Form = field(init=False)
    # Whether the workbook is a summary: its figures are links, its checklists hold counts and no marks.
    of_summary: bool = field(init=False)
    # Whether it is an officer's own table, in which no formula of ours has stood.
    of_own_table: bool = field(init=False)
    # What a cell asks for, and the cell as found in the workbook: the two look-ups that every rule makes.
    spec: Callable[[CellRef], CellSpec] = field(init=False)
    entry: Callable[[CellRef], Entry] = field(init=False)

    def __post_init__(self) -> None:
        """Note what every rule asks for."""
        form = self.submission.form
        object.__setattr__(self, "form", form)
        object.__setattr__(self, "of_summary", self.submission.stamp.kind == SUMMARY)
        object.__setattr__(self, "of_own_table", self.submission.stamp.kind == OWN_TABLE)
        object.__setattr__(self, "spec", form.cells.__getitem__)
        object.__setattr__(self, "entry", self.submission.entries.__getitem__)

    def shown(self, ref: CellRef) -> int | float | str:
        """The value of a cell for a report: its number, computed where a formula stands, else its text."""
        number = self.figures.number(ref)
        return plain(number) if number is not None else self.entry(ref).value.text

    def excused(self, ref: CellRef) -> bool:
        """Whether a blank cell needs no remark: another level answers the row, or a note explains it."""
        return self.of_another_level(ref) or self.submission.value(CellRef(ref.appendix, ref.order, NOTE)).filled

    def of_another_level(self, ref: CellRef) -> bool:
        """Whether the row is answered by a level of government above the form's or beside it."""
        return of_another_level(self.form, ref)

    def finding(
        self,
        rule: Rule,
        code: str,
        at: CellRef,
        *,
        severity: Severity | None = None,
        actual: int | float | str | None = None,
        expected: Decimal | str | None = None,
        imbalance: Decimal | None = None,
        related: Iterable[CellRef] = (),
        **words: object,
    ) -> Finding:
        """A finding at a cell, its message filled from the template of its code."""
        spec, entry = self.spec(at), self.entry(at)
        others = [ref for ref in dict.fromkeys(related) if ref != at and ref in self.submission.entries]
        fields = {
            "at": cell_title(self.form.appendix(at.appendix), spec, self.spare_title(at)),
            "actual": number_words(actual, exact=True),
            "expected": number_words(expected),
            "imbalance": number_words(abs(imbalance)) if imbalance is not None else "",
            "words": rule.words.rstrip("."),
            "overwritten": "",
            **words,
        }
        template = TEMPLATES[code]
        if template.names_cells and "cells" not in words:
            fields["cells"] = self.cells_words([at, *others], at.appendix)
        return Finding(
            code=code,
            rule=rule.id,
            severity=severity or rule.severity,
            appendix=at.appendix,
            order=spec.row.order,
            column=spec.column.name,
            sheet=entry.sheet,
            cell=entry.address,
            actual=actual,
            expected=plain(expected) if isinstance(expected, Decimal) else expected,
            imbalance=plain(imbalance) if imbalance is not None else None,
            message=" ".join(template.message.format(**fields).split()),
            remedy=template.remedy.format(**fields),
            related=tuple(self.related_cell(ref) for ref in others),
        )

    def related_cell(self, ref: CellRef) -> RelatedCell:
        """The address of a cell that takes part."""
        entry = self.entry(ref)
        return RelatedCell(ref.appendix, ref.order or 0, entry.sheet, entry.address)

    def cells_words(self, refs: Iterable[CellRef], home: str, limit: int = 6) -> str:
        """Cells in words with their addresses: ``3.1.2 (ô E16)``."""
        named = tuple(refs)
        names = []
        for ref in named[:limit]:
            entry = self.entry(ref)
            place = entry.place if ref.appendix == home else f"trang {entry.sheet}, {entry.place}"
            names.append(f"{self.name(ref)} ({place})")
        if len(named) > limit:
            names.append(f"và {len(named) - limit} ô khác")
        return "; ".join(names)

    def name(self, ref: CellRef) -> str:
        """The shortest name of a cell that a reader of the form recognises."""
        return cell_name(ref, self.form.by_id, ref.appendix, self.spare_title(ref))

    def spare_title(self, ref: CellRef, length: int = 60) -> str:
        """How a message names a spare row: by what the unit wrote there, and its place; empty for a printed row."""
        order = ref.order or 0
        if order not in self.form.by_id[ref.appendix].spare_cells:
            return ""
        line = self.entry(ref).row + 1
        label = " ".join(self.submission.value(CellRef(ref.appendix, order, LABEL)).text.split())
        if not label:
            return f"dòng thêm ở hàng {line}"
        return f"“{label if len(label) <= length else label[: length - 1].rstrip() + '…'}” (dòng thêm, hàng {line})"


def number_words(value: object, *, exact: bool = False) -> str:
    """A value in a message: numbers the Vietnamese way, texts as they stand.

    Computed figures show two decimals; ``exact``: what stands in a cell is shown as it stands.
    """
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int | float | Decimal):
        number = Decimal(str(value))
        return format_number(number, None if exact or decimals(number) <= 2 else 2)
    return str(value)


def of_another_level(form: Form, ref: CellRef) -> bool:
    """Whether a cell's row is answered by a level of government above the form's or beside it."""
    return not form.asks(form.cells[ref].row)
