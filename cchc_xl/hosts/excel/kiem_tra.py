"""The button Kiểm tra: check the open workbook and leave the result in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cchc_xl.hosts.excel.notes import has_notes, set_notes
from cchc_xl.hosts.excel.open_book import OpenBook
from cchc_xl.hosts.excel.report_sheet import ReportSheet, kept_text
from cchc_xl.hosts.excel.undisturbed import refuse_closed_structure, refuse_passwords, undisturbed, unprotected
from cchc_xl.layout import MARK_KEY, MARKS
from cchc_xl.operations import CheckedFile, check_book
from cchc_xl.readers.grid import key_corner
from cchc_xl.readers.read_submission import identify
from cchc_xl.report.annotation import Annotation, CellMark, annotate
from cchc_xl.stamp import STAMP_SHEET, SUMMARY


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
        keyed = _keyed_sheets(open_book)
        refuse_passwords(open_book.sheet(name) for name in (*keyed, STAMP_SHEET, *report.existing))
        if report.wants_room:
            refuse_closed_structure(book)
        _mark(open_book, keyed, annotation.marks)
        report.write(annotation)
        write_stamp(open_book, {name: getattr(annotation, name) for name in ("completed", "fingerprint", "checksum")})
        report.show()
    return annotation


def _is_summary(checked: CheckedFile) -> bool:
    return checked.submission is not None and checked.submission.stamp.kind == SUMMARY


def xoa_danh_dau(book: Any) -> None:
    """The button Xóa đánh dấu: take colours and notes of Kiểm tra off the sheets; the report stays.

    Raises ``ForeignWorkbook`` for a workbook that is none of ours.
    """
    with undisturbed(book, "CCHC: đang xóa đánh dấu…"):
        open_book = OpenBook(book)
        identify(open_book, book.name)
        keyed = _keyed_sheets(open_book)
        refuse_passwords(open_book.sheet(name) for name in keyed)
        _mark(open_book, keyed, ())


def _keyed_sheets(open_book: OpenBook) -> dict[str, int]:
    """The sheets of a form (copies too) with the row of their keys."""
    corners = {name: key_corner(open_book.grid(name)) for name in open_book.sheet_names}
    return {name: corner[0] for name, corner in corners.items() if corner is not None}


def _mark(open_book: OpenBook, keyed: Mapping[str, int], marks: Sequence[CellMark]) -> None:
    """Make colours and notes of all sheets of the form those of ``marks``."""
    for name, key_row in keyed.items():
        own = [mark for mark in marks if mark.sheet == name]
        _mark_sheet(open_book, name, key_row, own)


def _mark_sheet(open_book: OpenBook, name: str, key_row: int, marks: Sequence[CellMark]) -> None:
    """Write the mark columns of a sheet in blocks from the first to the last row that changes, and its notes."""
    grid, sheet = open_book.grid(name), open_book.sheet(name)
    numbers = {(mark.row, mark.key): MARKS[mark.severity] for mark in marks}
    blocks = []
    for first, keys in _mark_columns(grid[key_row]):
        rows = range(key_row + 1, len(grid))
        block = [[numbers.get((row, key)) for key in keys] for row in rows]
        before = [[grid[row][first + index] or None for index in range(len(keys))] for row in rows]
        changed = [index for index, line in enumerate(block) if line != before[index]]
        if changed:
            blocks.append((key_row + 1 + changed[0], first, block[changed[0] : changed[-1] + 1]))
    notes = {(mark.row + 1, mark.column + 1): mark.note for mark in marks}
    if not blocks and not notes and not has_notes(sheet):
        return
    with unprotected(sheet):
        for top, left, block in blocks:
            sheet.range((top + 1, left + 1)).value = block
        set_notes(sheet, notes)


def _mark_columns(header: Sequence[object]) -> list[tuple[int, list[str]]]:
    """Runs of adjacent mark columns: the first one's index, and what column of the form each marks."""
    runs: list[tuple[int, list[str]]] = []
    for index, cell in enumerate(header):
        if isinstance(cell, str) and cell.startswith(MARK_KEY):
            if runs and runs[-1][0] + len(runs[-1][1]) == index:
                runs[-1][1].append(cell.removeprefix(MARK_KEY))
            else:
                runs.append((index, [cell.removeprefix(MARK_KEY)]))
    return runs


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
            content = kept_text(value) if isinstance(value, str) else value
            sheet.range((row + 1, 1)).value = [[key, content]]


def _second(grid: Sequence[Sequence[object]], row: int | None) -> object:
    return grid[row][1] if row is not None and len(grid[row]) > 1 else ""
