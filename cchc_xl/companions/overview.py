"""The cover's overview: how much of each appendix is filled, what the live checks say, and in which state it is."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from cchc_xl.catalogue.model import Appendix, AppendixKind, CellKind, CellSpec, Form
from cchc_xl.companions.checksum import is_unchanged, unchanged
from cchc_xl.cover import CHECKSUM, COUNT, ERRORS, TOTAL, WARNINGS, CoverPlace, appendix_row
from cchc_xl.layout import AppendixLayout, column_letters
from cchc_xl.severity import Severity
from cchc_xl.stamp import STAMP_SHEET, Stamp, stamp_address
from cchc_xl.submission import Submission
from cchc_xl.values import State

BLANK, UNDER_WAY, WRONG, DOUBTFUL, RIGHT = "Chưa nhập", "Đang nhập", "Có lỗi", "Có cảnh báo", "Chưa thấy sai"
NOT_COMPLETED = "Chưa hoàn thành"
COMPLETED = "Hoàn thành ngày "
CHANGED = "Số liệu đã thay đổi sau khi hoàn thành: hãy Kiểm tra lại"


def form_line(form: Form) -> str:
    """The line of the cover that names the form, with blanks."""
    return f"Báo cáo “{form.live_name}”, theo biểu mẫu của {form.locality}"


def open_cells(form: Form, appendix: Appendix) -> list[CellSpec]:
    """The cells that a unit of the form's level fills with figures; rows that it adds are not waited for."""
    return [
        spec
        for spec in appendix.printed_cells
        if spec.kind.figure and not spec.column.given and not spec.derived and form.asks(spec.row)
    ]


def wanted(form: Form, appendix: Appendix) -> int:
    """How many of them make the appendix full: a task has one mark in one of two columns."""
    cells = open_cells(form, appendix)
    if appendix.kind is AppendixKind.TASKS:
        return len({spec.row.order for spec in cells if spec.kind is CellKind.MARK})
    return len(cells)


def count(form: Form, appendix: Appendix, place: AppendixLayout, awaited: str = "") -> str:
    """Native number of open cells that hold anything; ``awaited``: cells to which some of them are links."""
    sheet = "'" + place.sheet.replace("'", "''") + "'!"
    ranges = ",".join(sheet + area for area in _areas(open_cells(form, appendix), place))
    empty = f'-COUNTIF({awaited},"")' if awaited else ""  # a link to an empty text counts as filled
    return f"=COUNTA({ranges}){empty}" if ranges else "=0"


def _areas(cells: Sequence[CellSpec], place: AppendixLayout) -> list[str]:
    """The cells as few rectangles: runs down a column, put together with the same runs of the next columns."""
    columns: dict[int, list[int]] = {}
    for spec in cells:
        row, column = place.position(spec.ref)
        columns.setdefault(column, []).append(row)
    blocks: list[list[int]] = []
    for column in sorted(columns):
        rows = sorted(columns[column])
        starts = [row for row in rows if row - 1 not in rows]
        ends = [row for row in rows if row + 1 not in rows]
        for top, bottom in zip(starts, ends, strict=True):
            left = next((b for b in blocks if b[0] == top and b[2] == bottom and b[3] == column - 1), None)
            if left is not None:
                left[3] = column
            else:
                blocks.append([top, column, bottom, column])
    return [f"{_absolute(top, left)}:{_absolute(bottom, right)}" for top, left, bottom, right in blocks]


def _absolute(row: int, column: int) -> str:
    return f"${column_letters(column)}${row + 1}"


def filled(submission: Submission, appendix: Appendix) -> int:
    """What ``count`` shows."""
    return sum(
        entry is not None and entry.value.state is not State.BLANK
        for entry in (submission.entries.get(spec.ref) for spec in open_cells(submission.form, appendix))
    )


def found(place: AppendixLayout, severity: Severity) -> str:
    """Native number of rows whose live check begins with the word."""
    sheet = "'" + place.sheet.replace("'", "''") + "'!"
    top, bottom = (_absolute(row, place.check_column) for row in (place.first_row, place.last_row))
    return f'=COUNTIF({sheet}{top}:{bottom},"{severity.word}*")'


def state(place: CoverPlace, row: str, full: int) -> str:
    """Native state of an appendix in a word: while cells are blank, most warnings only say so."""
    count_, errors, warnings = (place.absolute(row, column) for column in (COUNT, ERRORS, WARNINGS))
    filled_in = f'IF({warnings}>0,"{DOUBTFUL}","{RIGHT}")'
    return f'=IF({errors}>0,"{WRONG}",IF({count_}=0,"{BLANK}",IF({count_}<{full},"{UNDER_WAY}",{filled_in})))'


def state_word(count_: int, full: int, errors: int, warnings: int) -> str:
    """What ``state`` shows."""
    if errors:
        return WRONG
    if not count_:
        return BLANK
    return UNDER_WAY if count_ < full else DOUBTFUL if warnings else RIGHT


def total(form: Form, place: CoverPlace, column: str) -> str:
    """Native sum of a column of the overview."""
    first, last = (place.absolute(appendix_row(form.appendices[n].id), column) for n in (0, -1))
    own = "+" + place.absolute("unit", CHECKSUM) if column == CHECKSUM else ""
    return f"=SUM({first}:{last}){own}"


def workbook_state(place: CoverPlace) -> str:
    """Native state of the workbook: completed or not, and whether anybody went on typing since."""
    completed, stamped = (f"'{STAMP_SHEET}'!${a[0]}${a[1:]}" for a in map(stamp_address, ("completed", "checksum")))
    same = unchanged(place.absolute(TOTAL, CHECKSUM), stamped)
    return f'=IF({completed}="","{NOT_COMPLETED}",IF({same},"{COMPLETED}"&{completed},"{CHANGED}"))'


def workbook_state_word(stamp: Stamp, live: Decimal) -> str:
    """What ``workbook_state`` shows."""
    if not stamp.completed:
        return NOT_COMPLETED
    return COMPLETED + stamp.completed if is_unchanged(live, stamp.checksum) else CHANGED
