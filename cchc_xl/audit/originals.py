"""The units' files as they are today: found by their content, wherever they lie, and what stands in them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from cchc_xl.catalogue.model import CellKind, CellSpec, Form, RowRole
from cchc_xl.consolidation.contribution import figure_cells, standard_places, told
from cchc_xl.errors import WorkbookFault
from cchc_xl.expressions import CellRef, Ratio, evaluate
from cchc_xl.of_units import OfUnits
from cchc_xl.ooxml.limits import MAX_FILE_BYTES
from cchc_xl.readers.file_book import FileBook
from cchc_xl.readers.read_submission import read_book
from cchc_xl.submission import Submission, SubmissionFigures

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class UnitFile:
    """What a unit's file gives: numbers, words that are none, ratios' parts, and the figures that stand elsewhere."""

    name: str
    form: Form
    code: str
    numbers: Mapping[CellRef, Decimal]
    words: Mapping[CellRef, str] = field(default_factory=dict)
    parts: Mapping[CellRef, tuple[Decimal, Decimal]] = field(default_factory=dict)
    moved: Mapping[CellRef, tuple[str, str]] = field(default_factory=dict)
    # Of a summary: what its own units gave together in lines that one number does not tell.
    of_units: Mapping[CellRef, OfUnits] = field(default_factory=dict)

    def place(self, ref: CellRef) -> tuple[str, str]:
        """Sheet and address of a figure."""
        return self.moved.get(ref) or form_places(self.form)[ref]


def form_places(form: Form) -> dict[CellRef, tuple[str, str]]:
    """Where the form has its figures."""
    if form.id not in _PLACES:
        refs = (spec.ref for spec in figure_cells(form))
        _PLACES[form.id] = dict(zip(refs, standard_places(form), strict=True))
    return _PLACES[form.id]


_PLACES: dict[str, dict[CellRef, tuple[str, str]]] = {}


def by_content(paths: Sequence[Path]) -> tuple[dict[str, list[Path]], list[Path]]:
    """Files by the SHA-256 of their content, and those that cannot be read."""
    found: dict[str, list[Path]] = {}
    unreadable = []
    for path in paths:
        try:
            with path.open("rb") as handle:
                digest = hashlib.sha256()
                while chunk := handle.read(_CHUNK):
                    digest.update(chunk)
        except OSError:
            unreadable.append(path)
            continue
        found.setdefault(digest.hexdigest(), []).append(path)
    return found, unreadable


def read_original(path: Path, sha256: str) -> UnitFile:
    """Read a unit's file. Raises ``CchcError`` when it cannot be read, or is no longer what was found."""
    try:
        with path.open("rb") as handle:
            content = handle.read(MAX_FILE_BYTES + 1)
    except OSError:
        raise WorkbookFault(f"Không đọc được tệp {path.name}: hãy kiểm tra quyền và thử lại.") from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise WorkbookFault(f"Tệp {path.name} bị thay đổi trong lúc đối chiếu: hãy đối chiếu lại.")
    with FileBook(path, content) as book:
        return _figures(read_book(book, path.name))


def _figures(submission: Submission) -> UnitFile:
    figures, form = SubmissionFigures(submission), submission.form
    numbers: dict[CellRef, Decimal] = {}
    texts: dict[CellRef, str] = {}
    parts: dict[CellRef, tuple[Decimal, Decimal]] = {}
    moved: dict[CellRef, tuple[str, str]] = {}
    of_units: dict[CellRef, OfUnits] = {}
    used = {appendix.id: set(figures.spare_in_use(appendix.id)) for appendix in form.appendices if appendix.spare_cells}
    standard = form_places(form)
    for spec in figure_cells(form):
        ref = spec.ref
        if spec.row.spare and ref.order not in used.get(ref.appendix, ()):
            continue
        number = _number(spec, submission, figures)
        if number is not None:
            numbers[ref] = number
        elif text := submission.value(ref).text:
            texts[ref] = " ".join(text.split())
        pair = _parts(spec, figures)
        if pair is not None:
            parts[ref] = pair
        together = submission.together(ref)
        if together is not None:
            of_units[ref] = together
            if together.parts is not None:
                parts.pop(ref, None)
                if any(together.parts):
                    parts[ref] = together.parts
            else:
                numbers.pop(ref, None)
                texts[ref] = told(together)
                if together.number is not None:
                    numbers[ref] = together.number
        entry = submission.entries.get(ref)
        if entry is not None and (entry.sheet, entry.address) != standard[ref]:
            moved[ref] = entry.sheet, entry.address
    return UnitFile(submission.file, form, submission.stamp.unit_code, numbers, texts, parts, moved, of_units)


def _number(spec: CellSpec, submission: Submission, figures: SubmissionFigures) -> Decimal | None:
    """A figure; of a task's mark 1, and 0 where the task is marked in another column."""
    if spec.kind is not CellKind.MARK or spec.row.role is RowRole.TOTAL:
        return figures.number(spec.ref)
    appendix = submission.form.appendix(spec.ref.appendix)
    marked = {
        column.key
        for column in appendix.columns
        if column.kind is CellKind.MARK and figures.marked(CellRef(appendix.id, spec.row.order, column.key))
    }
    return Decimal(spec.column.key in marked) if marked else None


def _parts(spec: CellSpec, figures: SubmissionFigures) -> tuple[Decimal, Decimal] | None:
    ratio = spec.derived[0] if spec.derived else None
    if not isinstance(ratio, Ratio):
        return None
    top, bottom = (evaluate(part, figures, spec.row.order) for part in (ratio.numerator, ratio.denominator))
    return None if top is None or bottom is None else (top, bottom)
