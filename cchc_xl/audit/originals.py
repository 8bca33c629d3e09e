"""The units' files as they are today: found by their content, wherever they lie, and what stands in them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from cchc_xl.catalogue.load import load_catalogue, load_form
from cchc_xl.catalogue.model import CellKind, CellSpec, Form, RowRole
from cchc_xl.consolidation.contribution import figure_cells, figure_index, standard_places, told
from cchc_xl.errors import CchcError, WorkbookFault, own_fault
from cchc_xl.expressions import CellRef, Ratio, evaluate
from cchc_xl.of_units import OfUnits
from cchc_xl.ooxml.limits import MAX_FILE_BYTES
from cchc_xl.readers.file_book import FileBook
from cchc_xl.readers.read_submission import read_book
from cchc_xl.receiving.helpers import side_by_side, worth_helpers
from cchc_xl.submission import Submission, SubmissionFigures

_CHUNK = 1 << 20

Wanted = tuple[Path, str]  # a file and the hash of the content that is asked for
_Kept = dict[str, Decimal]


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


def read_originals(files: Sequence[Wanted]) -> Iterator[tuple[int, UnitFile | str]]:
    """Index and content of each file, as they come; where it cannot be read the sentence that says why.

    On all cores where they are many; what is read is the same.
    """
    kept: _Kept = {}
    if worth_helpers(len(files)):
        load_catalogue()  # helpers inherit the forms
        read = side_by_side(files, _read_some, _lost)
    else:
        read = ((index, _read_some([file])[0]) for index, file in enumerate(files))
    for index, packed in read:
        yield index, packed if isinstance(packed, str) else _unpacked(packed, kept)


def _read_some(files: Sequence[Wanted]) -> list[_Packed | str]:
    packed: list[_Packed | str] = []
    for path, sha256 in files:
        try:
            packed.append(_pack(read_original(path, sha256)))
        except CchcError as fault:
            packed.append(str(fault))
        except Exception as error:  # it costs this file's figures, and not the audit
            packed.append(own_fault(path.name, error))
    return packed


def _lost(file: Wanted) -> str:
    return f"Tệp {file[0].name} làm chương trình đọc bị dừng: không mở vì an toàn, hãy xin lại tệp."


@dataclass(frozen=True, slots=True)
class _Packed:
    """A unit's file on its way from a helper: cells by their places in ``figure_cells``, without the form itself."""

    name: str
    form: str
    code: str
    numbers: dict[int, Decimal]
    words: dict[int, str]
    parts: dict[int, tuple[Decimal, Decimal]]
    moved: dict[int, tuple[str, str]]


def _pack(file: UnitFile) -> _Packed:
    index = figure_index(file.form)
    return _Packed(
        file.name,
        file.form.id,
        file.code,
        {index[ref]: number for ref, number in file.numbers.items()},
        {index[ref]: text for ref, text in file.words.items()},
        {index[ref]: pair for ref, pair in file.parts.items()},
        {index[ref]: place for ref, place in file.moved.items()},
    )


def _unpacked(packed: _Packed, kept: _Kept) -> UnitFile:
    form = load_form(packed.form)
    refs = [spec.ref for spec in figure_cells(form)]
    return UnitFile(
        packed.name,
        form,
        packed.code,
        # Small figures return in thousands of files: each is kept once.
        {refs[place]: kept.setdefault(str(number), number) for place, number in packed.numbers.items()},
        {refs[place]: text for place, text in packed.words.items()},
        {refs[place]: pair for place, pair in packed.parts.items()},
        {refs[place]: where for place, where in packed.moved.items()},
    )


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
