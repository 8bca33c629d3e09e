"""The rows of a foreign table as they are compared: number, label, unit, figures, each with its place."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from cchc_xl.recognition.columns import Columns, is_stt
from cchc_xl.recognition.segments import Segment, is_index_row
from cchc_xl.recognition.target import stt_key
from cchc_xl.recognition.wording import Wording, without_numbering, wording
from cchc_xl.values import State, Value, normalise


@dataclass(frozen=True, slots=True, eq=False)
class SourceRow:
    """A row with a label or figures. ``figures`` by the form's column, ``loose`` by the table's (no column known)."""

    segment: Segment
    row: int  # of the table, from 0
    stt: str
    label: str
    unit: str
    others: Mapping[str, str]
    figures: Mapping[str, tuple[int, Value]]
    loose: Mapping[int, Value]
    label_column: int
    wording: Wording

    @property
    def key(self) -> str:
        """The STT for comparison."""
        return stt_key(self.stt)

    @property
    def place(self) -> str:
        """Where the row's label stands."""
        return self.segment.table.place(self.row, max(self.label_column, 0))

    @property
    def is_bare(self) -> bool:
        """Whether there is nothing but a label, or a number and a label."""
        return not (self.unit or self.figures or self.loose or self.others)

    @property
    def has_figures(self) -> bool:
        """Whether anything is at stake in it."""
        return bool(self.figures)


def source_rows(segment: Segment, columns: Columns) -> list[SourceRow]:
    """The rows of a segment, without blank ones, and those that only number the columns."""
    found = []
    for row in segment.rows:
        cells = segment.table.rows[row]
        if not any(value.filled for value in cells) or is_index_row([value.text for value in cells]):
            continue
        found.append(_row(segment, columns, row, cells))
    return found


def join_broken(rows: Sequence[SourceRow], labels: Collection[str]) -> list[SourceRow]:
    """The rows, with those as one whose label goes on in the next row (cells that do not wrap) to one of the form's."""
    found: list[SourceRow] = []
    for row in rows:
        before = found[-1] if found else None
        if before is not None and row.row == before.row + 1 and not row.stt and row.label:
            label = f"{before.label} {row.label}"
            words = wording(label)
            if " ".join(words.folded) in labels and " ".join(row.wording.folded) not in labels:
                if row.is_bare:
                    found[-1] = replace(before, label=label, wording=words)
                    continue
                if before.is_bare:
                    found[-1] = replace(row, stt=before.stt, label=label, wording=words)
                    continue
        found.append(row)
    return found


def _row(segment: Segment, columns: Columns, row: int, cells: Sequence[Value]) -> SourceRow:
    def text(column: int) -> str:
        return cells[column].text.strip() if 0 <= column < len(cells) else ""

    stt, label, at = _stt_text(cells, columns.stt), text(columns.label), columns.label
    if not label and stt and not is_stt(stt):
        stt, label, at = "", stt, columns.stt  # a heading that runs over both
    if not label:
        left = [index for index in range(min(columns.label, len(cells))) if index != columns.stt and text(index)]
        if len(left) == 1 and not is_stt(text(left[0])):
            label, at = text(left[0]), left[0]
    if not stt:
        stt, label = without_numbering(label)
    figures = {
        match.key: (match.index, cells[match.index])
        for match in columns.figures
        if match.key and match.index < len(cells) and cells[match.index].filled and match.index != at
    }
    loose = {
        match.index: cells[match.index]
        for match in columns.figures
        if not match.key and match.index < len(cells) and cells[match.index].filled
    }
    others = {key: text(index) for key, index in columns.others.items() if text(index)}
    return SourceRow(
        segment, row, stt, label, normalise(text(columns.unit)), others, figures, loose, at, wording(label)
    )


def _stt_text(cells: Sequence[Value], column: int) -> str:
    if not 0 <= column < len(cells):
        return ""
    value = cells[column]
    if value.state is State.NUMBER and value.number is not None:
        # Excel has made a number of "1.1"; of 1.10 it made the same, so that one says less than it seems.
        return f"{value.number.normalize():f}"
    return value.text.strip()
