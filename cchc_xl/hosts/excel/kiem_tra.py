"""The button Kiểm tra: check the open workbook and leave the result in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cchc_xl.hosts.excel.notes import set_notes
from cchc_xl.hosts.excel.open_book import OpenBook
from cchc_xl.hosts.excel.report_sheet import ReportSheet
from cchc_xl.hosts.excel.undisturbed import undisturbed, unprotected
from cchc_xl.layout import MARK_KEY, MARKS
from cchc_xl.operations import CheckedFile, check_book
from cchc_xl.report.annotation import Annotation, CellMark, annotate
from cchc_xl.stamp import STAMP_SHEET, SUMMARY
from cchc_xl.submission import Submission

_KEY_ROWS = 40  # how far a user's own rows may have pushed the key row


def kiem_tra(book: Any, now: datetime | None = None) -> Annotation:
    """Check the open ``xlwings.Book``; report sheet, colours, notes and stamp are renewed, the report is shown.

    Raises ``ForeignWorkbook`` for a workbook that is none of ours, ``WorkbookFault`` for a sheet under password.
    Whatever happens, screen, calculation and protection are as they were.
    """
    with undisturbed(book, "CCHC: đang kiểm tra…"):
        open_book = OpenBook(book)
        checked = check_book(open_book, book.name)
        report = ReportSheet(open_book, of_summary=_is_summary(checked))
        annotation = annotate(checked, report.earlier, now or datetime.now())
        report.write(annotation)
        _carry_over(open_book, checked, annotation)
        report.show()
    return annotation


def _is_summary(checked: CheckedFile) -> bool:
    return checked.submission is not None and checked.submission.stamp.kind == SUMMARY


def xoa_danh_dau(book: Any) -> None:
    """The button Xóa đánh dấu: take colours and notes of Kiểm tra off the sheets; the report stays."""
    with undisturbed(book, "CCHC: đang xóa đánh dấu…"):
        open_book = OpenBook(book)
        for sheet in open_book.sheet_names:
            _mark_sheet(open_book, sheet, {}, {})


def _carry_over(open_book: OpenBook, checked: CheckedFile, annotation: Annotation) -> None:
    submission = checked.submission
    assert submission is not None
    by_sheet: dict[str, list[CellMark]] = {}
    for mark in annotation.marks:
        by_sheet.setdefault(submission.entries[mark.ref].sheet, []).append(mark)
    for sheet in {entry.sheet: None for entry in submission.entries.values()}:
        marks = by_sheet.get(sheet, [])
        _mark_sheet(open_book, sheet, *_places(marks, submission))
    write_stamp(open_book, {name: getattr(annotation, name) for name in ("completed", "fingerprint", "checksum")})


_Marks = Mapping[tuple[int, str], int]
_Notes = Mapping[tuple[int, int], str]


def _places(marks: Sequence[CellMark], submission: Submission) -> tuple[_Marks, _Notes]:
    """Numbers by (row from 0, column key) and notes by (row, column) from 1."""
    entries = [submission.entries[mark.ref] for mark in marks]
    numbers = {(e.row, mark.ref.column): MARKS[mark.severity] for mark, e in zip(marks, entries, strict=True)}
    notes = {(e.row + 1, e.column + 1): mark.note for mark, e in zip(marks, entries, strict=True)}
    return numbers, notes


def _mark_sheet(open_book: OpenBook, name: str, marks: _Marks, notes: _Notes) -> None:
    """Write the mark columns of a sheet as one block, and its notes; nothing when all is as it was."""
    grid = open_book.grid(name)
    found = _mark_columns(grid)
    if found is None:
        return
    key_row, columns = found
    first, last = min(columns.values()), max(columns.values())
    keys = {index: key for key, index in columns.items()}
    block = [
        [marks.get((row, keys.get(column, ""))) for column in range(first, last + 1)]
        for row in range(key_row + 1, len(grid))
    ]
    before = [[grid[row][column] or None for column in range(first, last + 1)] for row in range(key_row + 1, len(grid))]
    sheet = open_book.sheet(name)
    if block == before and not notes and not any(map(any, before)):
        return
    with unprotected(sheet):
        if block != before:
            sheet.range((key_row + 2, first + 1)).value = block
        set_notes(sheet, notes)


def _mark_columns(grid: Sequence[Sequence[object]]) -> tuple[int, dict[str, int]] | None:
    for index, row in enumerate(grid[:_KEY_ROWS]):
        columns = {
            cell.removeprefix(MARK_KEY): column
            for column, cell in enumerate(row)
            if isinstance(cell, str) and cell.startswith(MARK_KEY)
        }
        if columns:
            return index, columns
    return None


def write_stamp(open_book: OpenBook, wanted: Mapping[str, str | int]) -> None:
    """Change fields of the workbook's stamp; what already stands there is not written again."""
    grid = open_book.grid(STAMP_SHEET)
    rows = {str(row[0]): index for index, row in enumerate(grid) if row}
    changed = {key: value for key, value in wanted.items() if _second(grid, rows.get(key)) != value}
    if not changed:
        return
    sheet = open_book.sheet(STAMP_SHEET)
    with unprotected(sheet):
        end = len(grid)
        for key, value in changed.items():
            row = rows.get(key)
            if row is None:
                row, end = end, end + 1
            content = "'" + value if isinstance(value, str) and value else value
            sheet.range((row + 1, 1)).value = [[key, content]]


def _second(grid: Sequence[Sequence[object]], row: int | None) -> object:
    return grid[row][1] if row is not None and len(grid[row]) > 1 else ""
