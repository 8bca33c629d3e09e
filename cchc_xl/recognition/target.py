"""The form's side of the comparison: its rows as they are looked for, and the words that forms know. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from cchc_xl.catalogue.load import form_ids, load_form
from cchc_xl.catalogue.model import Appendix, Form, Row
from cchc_xl.recognition.wording import Wording, fold, wording
from cchc_xl.values import normalise

STT, LABEL, UNIT = "stt", "label", "unit"


@dataclass(frozen=True, slots=True, eq=False)
class TargetRow:
    """A printed row of the form. ``others``: what else the form prints in it and tells it from rows of its name."""

    appendix: Appendix
    row: Row
    wording: Wording
    stt: str
    unit: str
    others: Mapping[str, str]
    # Place in the list of targets: of this row, and of the row that contains it (-1: none).
    index: int
    parent: int

    @property
    def code(self) -> str:
        """How the row is named for good: ``PL1.3``."""
        return f"{self.appendix.id}.{self.row.order}"


def targets(appendices: Sequence[Appendix]) -> list[TargetRow]:
    """The printed rows of the appendices in their order."""
    found: list[TargetRow] = []
    for appendix in appendices:
        first = len(found)
        # Words of the form in a column of notes tell no row from another.
        compared = {column.key for column in appendix.columns if column.given} - {STT, LABEL, UNIT}
        for row in appendix.printed:
            found.append(
                TargetRow(
                    appendix,
                    row,
                    wording(name_of(row)),
                    stt_key(row.stt) if row.label.strip() else "",
                    normalise(row.unit),
                    {key: normalise(text) for key, text in row.given.items() if key in compared and text},
                    first + row.order - 1,
                    first + row.parent - 1 if row.parent else -1,
                )
            )
    return found


def name_of(row: Row) -> str:
    """By what a row is looked for: its label, or what stands for one ("Tổng cộng" under STT)."""
    return row.label if row.label.strip() else row.stt


def stt_key(stt: str) -> str:
    """An STT for comparison: without the dot at its end. A dash before a label is no number."""
    key = normalise(stt).strip(". )(")
    return key if any(letter.isalnum() for letter in key) else ""


@cache
def label_keys(form: Form) -> Mapping[str, frozenset[str]]:
    """By folded label the appendices of the form that print it; labels of one word say nothing and are left out."""
    found: dict[str, set[str]] = {}
    for appendix in form.appendices:
        for row in appendix.printed:
            folded = wording(name_of(row)).folded
            if len(folded) > 1:
                found.setdefault(" ".join(folded), set()).add(appendix.id)
    return {label: frozenset(ids) for label, ids in found.items()}


@cache
def known_words() -> frozenset[str]:
    """Every word of the forms' labels and headings, lower case."""
    texts = _texts(map(load_form, form_ids()))
    words = frozenset(word for text in texts for word in wording(text).words)
    return words | frozenset(word for text in texts for word in normalise(text).split())


def _texts(forms: Iterable[Form]) -> list[str]:
    return [
        text
        for form in forms
        for appendix in form.appendices
        for text in (
            *(row.label for row in appendix.printed),
            *(row.unit for row in appendix.printed),
            *(column.heading for column in appendix.columns),
            appendix.title,
        )
    ]


def folded_key(text: str) -> str:
    """A text as ``label_keys`` has it."""
    return " ".join(wording(text).folded)


def folded_heading(text: str) -> str:
    """A heading for comparison: without case, diacritics, punctuation and what stands in brackets."""
    plain = text.split("(")[0] if text.split("(")[0].strip() else text
    return " ".join(fold(word) for word in wording(plain).words)
