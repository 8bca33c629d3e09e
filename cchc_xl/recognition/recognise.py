"""A foreign file → what of it is which cell of which form. Pure but for the catalogue: nothing is written or asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from cchc_xl.catalogue.load import form_ids, load_form
from cchc_xl.catalogue.model import Appendix, Form
from cchc_xl.catalogue.wording import prints
from cchc_xl.errors import InputFault
from cchc_xl.expressions import CellRef
from cchc_xl.legacy_letters import certainly_unicode, encoding_of_texts, to_unicode
from cchc_xl.readers.foreign.open_file import ForeignFile
from cchc_xl.readers.foreign.table import ForeignTable
from cchc_xl.recognition.columns import ACCEPTED as COLUMN_ACCEPTED
from cchc_xl.recognition.columns import ColumnMatch, Columns, label_column, match_columns
from cchc_xl.recognition.matching import DOUBTFUL, Match, match_rows
from cchc_xl.recognition.segments import Segment, segments
from cchc_xl.recognition.source_rows import SourceRow, source_rows
from cchc_xl.recognition.target import TargetRow, folded_heading, folded_key, known_words, label_keys, targets
from cchc_xl.recognition.wording import Comparer
from cchc_xl.values import State, Value

# Fewer labels of a form than this are an accident.
_FEWEST_LABELS = 3
# Another form with so many of the first one's labels could be meant as well.
_TIE = 0.9
_OWN_LABELS = 3
_MOST_TEXTS, _MOST_ROWS = 25_000, 3_000  # of rows all much like the forms' own: some 5 s
# An appendix with so many of the best one's labels is looked at by its columns, too.
_CLOSE = 0.6
# Of a table's rows so many must be rows of the form: else it is a table of something else.
_OF_THE_FORM = 0.6


@dataclass(frozen=True, slots=True, eq=False)
class FoundRow:
    """A row of the file with what was found. ``remarks``: what a person must know before confirming it."""

    source: SourceRow
    target: TargetRow | None
    match: Match
    candidates: tuple[TargetRow, ...]
    remarks: tuple[str, ...]
    # Whether the row is taken without a person; a figure goes on only where its column is taken, too.
    accepted: bool
    columns_accepted: bool

    @property
    def figures(self) -> Mapping[str, tuple[int, Value]]:
        """The figures by the form's column, each with the table's column."""
        return self.source.figures


@dataclass(frozen=True, slots=True, eq=False)
class FoundColumn:
    """A column of figures of one run of the table, with what was found."""

    segment: Segment
    match: ColumnMatch
    appendix: Appendix

    @property
    def choices(self) -> tuple[str, ...]:
        """The keys of the form's columns that it can be."""
        return tuple(column.key for column in self.appendix.columns if not column.given)

    @property
    def accepted(self) -> bool:
        """Whether it is taken without a person."""
        return bool(self.match.key) and self.match.confidence >= COLUMN_ACCEPTED


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """The tables of the file that hold the same appendices, as one."""

    appendices: tuple[Appendix, ...]
    columns: tuple[FoundColumn, ...]
    rows: tuple[FoundRow, ...]
    targets: tuple[TargetRow, ...]
    # Why no row is taken without a person, where that is so of all.
    remark: str = ""

    @property
    def missing(self) -> list[TargetRow]:
        """Rows of the form with cells to fill in for which the file has no row."""
        found = {row.target.index for row in self.rows if row.target is not None}
        return [target for target in self.targets if target.index not in found and has_cells(target)]


@dataclass(frozen=True, slots=True, eq=False)
class Recognition:
    """A file as recognised. ``unknown``: tables of no appendix of the form; ``absent``: appendices without a table."""

    file: ForeignFile
    form: Form
    parts: tuple[Part, ...]
    unknown: tuple[ForeignTable, ...]
    absent: tuple[Appendix, ...]
    remarks: tuple[str, ...]

    def rows(self) -> list[FoundRow]:
        """Every row in the order of the file."""
        return [row for part in self.parts for row in part.rows]

    def columns(self) -> list[FoundColumn]:
        """Every column of figures in the order of the file."""
        return [column for part in self.parts for column in part.columns]


def recognise(file: ForeignFile, form: Form | None = None) -> Recognition:
    """Recognise a file, as of the given form or of the one whose labels it has.

    Raises ``InputFault`` when it has the labels of no form, or of several.
    """
    tables, remarks = _in_unicode(file.tables)
    _refuse_crowds(tables, file.name)
    form = form or _form_of(tables, file.name)
    keys = label_keys(form)
    tiers = _tiers(form)
    read = [_ReadSegment(segment, form) for n, table in enumerate(tables) for segment in segments(table, n, tiers)]
    before: _ReadSegment | None = None
    for segment in read:
        segment.find_columns(before, keys)
        if segment.appendices:
            before = segment
    if not any(segment.appendices for segment in read):
        raise InputFault(f"Tệp {file.name} không có bảng nào của biểu {form.id}: hãy xem lại tệp, hoặc ghi --mau khác.")
    parts = tuple(_part(form, group) for group in _groups([segment for segment in read if segment.appendices]))
    seen = {appendix.id for part in parts for appendix in part.appendices}
    used = {segment.segment.number for segment in read if segment.appendices}
    return Recognition(
        replace(file, tables=tuple(tables)),
        form,
        parts,
        tuple(table for number, table in enumerate(tables) if number not in used),
        tuple(appendix for appendix in form.appendices if appendix.id not in seen),
        (
            *remarks,
            *(f"{table.name}: {remark}" for table in tables for remark in table.remarks),
            *(f"{', '.join(a.id for a in part.appendices)}: {part.remark}" for part in parts if part.remark),
        ),
    )


def has_cells(target: TargetRow) -> bool:
    """Whether the form asks for figures in the row."""
    return any(
        spec.kind.figure
        for column in target.appendix.columns
        if (spec := target.appendix.cells.get(CellRef(target.appendix.id, target.row.order, column.key))) is not None
    )


# Letters ------------------------------------------------------------------------------------------------------------


def _in_unicode(tables: Sequence[ForeignTable]) -> tuple[list[ForeignTable], list[str]]:
    """The tables with old letters converted, where they have any, and what must be said of that."""
    out, remarks = [], []
    for table in tables:
        texts = [value.text for row in table.rows for value in row if value.state is State.TEXT]
        encoding = encoding_of_texts(texts, known_words())
        if encoding is None:
            out.append(table)
            continue
        rows = [
            [
                replace(value, text=to_unicode(value.text, encoding))
                if value.state is State.TEXT and not certainly_unicode(value.text)
                else value
                for value in row
            ]
            for row in table.rows
        ]
        out.append(replace(table, rows=rows))
        remarks.append(f"{table.name}: chữ theo bảng mã {encoding.value}, đã đổi sang Unicode để nhận dạng")
    return out, remarks


def _refuse_crowds(tables: Sequence[ForeignTable], name: str) -> None:
    """Every text is compared with the forms' labels: of too many a person would wait too long."""
    texts = sum(value.state is State.TEXT for table in tables for row in table.rows for value in row)
    rows = sum(any(value.state is State.TEXT for value in row) for table in tables for row in table.rows)
    if texts > _MOST_TEXTS or rows > _MOST_ROWS:
        raise InputFault(
            f"Tệp {name} có quá nhiều chữ, vượt xa một biểu mẫu: hãy bỏ các bảng, trang thừa rồi chạy lại."
        )


# Which form, which appendix -----------------------------------------------------------------------------------------


def _form_of(tables: Sequence[ForeignTable], name: str) -> Form:
    present = {folded_key(value.text) for table in tables for row in table.rows for value in row if value.filled}
    scores = {form_id: len(present & label_keys(load_form(form_id)).keys()) for form_id in form_ids()}
    ranked = sorted(scores, key=lambda form_id: -scores[form_id])
    best = ranked[0]
    if scores[best] < _FEWEST_LABELS:
        raise InputFault(
            f"Tệp {name} không có chỉ tiêu của biểu mẫu nào đã biết: hãy xem lại tệp, hoặc ghi --mau nếu chắc chắn."
        )
    rivals = [form_id for form_id in ranked if scores[form_id] >= _TIE * scores[best]]
    if len(rivals) > 1:
        raise InputFault(f"Tệp {name} có thể theo biểu {' hoặc '.join(rivals)}: hãy ghi rõ --mau.")
    return load_form(best)


@cache
def _tiers(form: Form) -> frozenset[str]:
    headings = (column.heading for appendix in form.appendices for column in appendix.columns)
    return frozenset(folded_heading(tier) for heading in headings for tier in heading.split(" > "))


class _ReadSegment:
    """A segment on its way to becoming rows."""

    def __init__(self, segment: Segment, form: Form) -> None:
        self.segment = segment
        self.form = form
        self.appendices: tuple[Appendix, ...] = ()
        self.columns = Columns(-1, -1, -1)
        # Appendices that the segment could be of as well.
        self.rivals: tuple[str, ...] = ()

    def find_columns(self, before: _ReadSegment | None, keys: Mapping[str, frozenset[str]]) -> None:
        """Find the appendices and columns; a segment without a head goes on as the one before it."""
        label, count = label_column(self.segment, keys)
        if before is not None and self._goes_on(before, label, keys):
            self.columns, self.appendices, self.rivals = before.columns, before.appendices, before.rivals
        elif count and count >= min(_FEWEST_LABELS, len(self.segment.rows)):
            self.appendices, self.rivals = self._appendices(label, keys)
            self.columns = match_columns(self.segment, self.appendices[0], label)

    def _goes_on(self, before: _ReadSegment, label: int, keys: Mapping[str, frozenset[str]]) -> bool:
        """Whether it is the next page of the segment before: no head, as wide, labels of the same appendix."""
        if self.segment.head or self.segment.width != before.segment.width or label not in (-1, before.columns.label):
            return False
        mine, _ = self._appendices(before.columns.label, keys)
        return not mine or mine[0] in before.appendices

    def _appendices(
        self, label: int, keys: Mapping[str, frozenset[str]]
    ) -> tuple[tuple[Appendix, ...], tuple[str, ...]]:
        """The appendix with most of the labels, and others of its shape that have labels of their own here.

        Second, the appendices for which as much speaks: of these the one is taken of which the table has the most.
        Where the text above the table has the title of just one of them, nothing is left to doubt.
        """
        votes: Counter[str] = Counter()
        own: Counter[str] = Counter()
        for row in self.segment.rows:
            ids = keys.get(folded_key(self.segment.table.value(row, label).text), frozenset())
            votes.update(ids)
            if len(ids) == 1:
                own.update(ids)
        if not votes:
            return (), ()
        close = [key for key in votes if votes[key] >= _CLOSE * max(votes.values())]
        fits = {key: self._fit(self.form.appendix(key), label) if len(close) > 1 else 0 for key in close}
        evidence = {key: (fits[key], own[key], votes[key]) for key in close}
        most = max(evidence.values())
        tied = sorted(key for key in close if evidence[key] == most)
        above = f" {folded_key(self.segment.above)} "
        titled = [key for key in tied if f" {folded_key(self.form.appendix(key).title)} " in above]
        if len(titled) == 1:
            tied = titled
        best = min((self.form.appendix(key) for key in tied), key=lambda appendix: len(appendix.printed))
        shape = [column.key for column in best.columns]
        # Labels of several appendices in one table: an office has put them into one.
        appendices = tuple(
            appendix
            for appendix in self.form.appendices
            if appendix is best
            or (own[appendix.id] >= _OWN_LABELS and [column.key for column in appendix.columns] == shape)
        )
        return appendices, tuple(key for key in tied if key != best.id)

    def _fit(self, appendix: Appendix, label: int) -> float:
        """How much of the appendix's columns the headings name."""
        sure = {m.key for m in match_columns(self.segment, appendix, label).figures if m.confidence >= COLUMN_ACCEPTED}
        return len(sure) / sum(not column.given for column in appendix.columns)


def _groups(read: Sequence[_ReadSegment]) -> list[list[_ReadSegment]]:
    """Segments that have an appendix in common belong together."""
    groups: list[list[_ReadSegment]] = []
    for segment in read:
        mine = {appendix.id for appendix in segment.appendices}
        joined = [g for g in groups if mine & {a.id for s in g for a in s.appendices}]
        groups = [g for g in groups if g not in joined]
        groups.append([*(s for g in joined for s in g), segment])
    return groups


# Rows ---------------------------------------------------------------------------------------------------------------


def _part(form: Form, read: Sequence[_ReadSegment]) -> Part:
    ids = {appendix.id for segment in read for appendix in segment.appendices}
    appendices = tuple(appendix for appendix in form.appendices if appendix.id in ids)
    wanted = targets(appendices)
    sources = [row for segment in read for row in source_rows(segment.segment, segment.columns)]
    columns = tuple(FoundColumn(s.segment, match, s.appendices[0]) for s in read for match in s.columns.figures)
    sure = {(id(column.segment), column.match.key) for column in columns if column.accepted}
    matches = match_rows(sources, wanted, _comparer())
    labelled = [match for match in matches if sources[match.source].wording.words]
    known = sum(match.target is not None for match in labelled)
    remark = ""
    if known < _OF_THE_FORM * len(labelled):
        # Other forms have rows of the same words, which count something else there.
        remark = f"chỉ {known}/{len(labelled)} dòng của bảng là chỉ tiêu của biểu, có thể bảng theo biểu khác"
        matches = [replace(match, confidence=min(match.confidence, DOUBTFUL)) for match in matches]
    rivals = {id(segment.segment): segment.rivals for segment in read if segment.rivals}
    matches = [_unsure(match, rivals.get(id(sources[match.source].segment), ())) for match in matches]
    rows = tuple(_found(form, sources[match.source], match, wanted, sure) for match in matches)
    return Part(appendices, columns, rows, tuple(wanted), remark)


def _unsure(match: Match, rivals: Sequence[str]) -> Match:
    """A match in a table that could be another appendix as well: its words stand in both and count other things."""
    if not rivals or match.target is None:
        return match
    doubts = (*match.doubts, f"bảng này cũng có thể là biểu {', '.join(rivals)}")
    return replace(match, confidence=min(match.confidence, DOUBTFUL), doubts=doubts)


@cache
def _comparer() -> Comparer:
    return Comparer(known_words())


def _found(
    form: Form, source: SourceRow, match: Match, wanted: Sequence[TargetRow], sure: set[tuple[int, str]]
) -> FoundRow:
    target = wanted[match.target] if match.target is not None else None
    remarks = list(match.doubts)
    if target is not None:
        remarks += [
            remark
            for key, (_, value) in source.figures.items()
            if (remark := doubt(form, target.appendix.id, target.row.order, key, value))
        ]
    columns_sure = all((id(source.segment), key) in sure for key in source.figures)
    return FoundRow(
        source,
        target,
        match,
        tuple(wanted[j] for j in match.candidates),
        tuple(remarks),
        match.accepted and len(remarks) == len(match.doubts),
        columns_sure,
    )


def doubt(form: Form, appendix: str, order: int, key: str, value: Value) -> str:
    """What is doubtful about a figure in a cell of the form; empty when nothing is."""
    spec = form.cells.get(CellRef(appendix, order, key))
    if spec is None and prints(form.appendix(appendix).row(order), key, value.text):
        return ""
    if spec is None:
        return f"dòng này của biểu không có ô cho “{value.text}”"
    if value.state is State.ERROR:
        return f"ô ghi lỗi {value.text}"
    if spec.kind.figure and value.state is State.DATE:
        return f"Excel đã đổi số liệu thành ngày {value.text}"
    part = value.number is not None and 0 < value.number < 1
    if part and "%" in spec.row.unit and spec.kind.figure:
        return f"{value.text} có thể là phần trăm mà Excel ghi thành số thập phân"
    return ""
