"""Figures of a file that no row and no column takes up: each place is named, so that none is lost without a word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cchc_xl.readers.foreign.table import ForeignTable
from cchc_xl.recognition.segments import Segment
from cchc_xl.recognition.source_rows import SourceRow
from cchc_xl.values import Reading, read_number


def unknown_figures(tables: Sequence[ForeignTable], runs: Iterable[tuple[Segment, bool]]) -> list[str]:
    """Tables of no appendix, and such runs of others (``runs``: each with whether it is of one), with figures in them.

    Without figures they are letterheads, and places to sign.
    """
    runs = list(runs)
    used = {run.number for run, known in runs if known}
    found = []
    for number, table in enumerate(tables):
        if number not in used and (count := _figures(table, range(len(table.rows)))):
            found.append(f"{table.name} ({count} ô có số)")
    for run, known in runs:
        if not known and run.number in used and (count := _figures(run.table, run.rows)):
            found.append(f"{run.table.name}, hàng {run.rows[0] + 1} đến {run.rows[-1] + 1} ({count} ô có số)")
    return found


def stray_figures(rows: Iterable[SourceRow]) -> list[str]:
    """Figures under the unit's heading, where cells were merged or have moved."""
    return [
        f"{row.place}: “{row.unit}” đứng ở cột đơn vị tính, không lấy"
        for row in rows
        if not row.has_figures and read_number(row.unit).reading is Reading.CLEAN
    ]


def _figures(table: ForeignTable, rows: Sequence[int]) -> int:
    readings = (read_number(value.text).reading for row in rows for value in table.rows[row] if value.filled)
    return sum(reading is not Reading.NONE for reading in readings)
