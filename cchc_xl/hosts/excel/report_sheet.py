"""The sheet "Kết quả kiểm tra" of the open workbook: read before a run, written after it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from cchc_xl.hosts.excel.open_book import OpenBook
from cchc_xl.hosts.excel.undisturbed import insist, unprotected
from cchc_xl.layout import REPORT_SHEET
from cchc_xl.report.annotation import Annotation
from cchc_xl.report.earlier import earlier_findings
from cchc_xl.report.lines import Earlier, ReportLine
from cchc_xl.report_layout import (
    ACTUAL,
    ADDRESS,
    CELL,
    COLUMNS,
    EXPECTED,
    EXPLANATION,
    FIRST_ROW,
    HEADER_ROW,
    NOT_YET,
    OF_SUMMARY,
    PAGE,
    TEXT_ROWS,
    TEXT_TOP,
)
from cchc_xl.stamp import STAMP_SHEET

_EXPLANATION = COLUMNS.index(EXPLANATION)


def _own_name(open_book: OpenBook, name: str) -> str:
    """The name, numbered where somebody's own sheet bears it: only an empty sheet or an earlier report is ours."""
    number = 1
    shown = name
    taken = {sheet.casefold() for sheet in open_book.sheet_names}  # to Excel, names in other letters are the same
    while shown.casefold() in taken:
        if shown in open_book.sheet_names:
            grid = open_book.grid(shown)
            if earlier_findings(grid) is not None or not any(any(row) for row in grid):
                break
        number += 1
        shown = f"{name} ({number})"
    return shown


class ReportSheet:
    """The report of the last run, and the place of the next."""

    def __init__(self, open_book: OpenBook, *, of_summary: bool) -> None:
        self.open_book = open_book
        self.name = _own_name(open_book, OF_SUMMARY if of_summary else REPORT_SHEET)
        there = self.name in open_book.sheet_names
        self.rows: Sequence[Sequence[object]] = open_book.grid(self.name) if there else ()
        findings = earlier_findings(self.rows)
        # A sheet of ours whose columns somebody has moved is written anew in our order.
        self.laid_out = len(self.rows) > HEADER_ROW and tuple(self.rows[HEADER_ROW][: len(COLUMNS)]) == COLUMNS
        self.existing = (self.name,) if there else ()
        was_run = findings is not None and not (self.laid_out and self.rows[TEXT_TOP][0] == NOT_YET)
        self.earlier: Earlier | None = findings if was_run else None

    @property
    def wants_room(self) -> bool:
        """Whether the sheet has to be added or shown, which a protected structure forbids."""
        return not self.existing or not self._sheet().visible

    def write(self, annotation: Annotation) -> None:
        """Replace the last run's lines by this one's. If Excel refuses midway, what stood there is put back."""
        sheet = self._sheet()
        with unprotected(sheet):
            with suppress(Exception):  # no filter stands
                sheet.api.ShowAllData()
            if not self.laid_out:
                from cchc_xl.hosts.excel.report_look import lay_out  # few presses need it

                lay_out(sheet)
            height = max(len(self.rows) - FIRST_ROW, len(annotation.lines))
            text = [*annotation.text, *[""] * TEXT_ROWS][:TEXT_ROWS]
            try:
                self._put(sheet, text, [_cells(line) for line in annotation.lines], height)
            except Exception:
                # Patiently: explanations are written apart from their findings and must not end beside others.
                insist(lambda: self._put(sheet, *self._before(), height))
                raise
            with suppress(Exception):  # heights are a convenience
                sheet.range((FIRST_ROW + 1, 1), (FIRST_ROW + max(height, 1), len(COLUMNS))).rows.autofit()

    def show(self) -> None:
        """Bring the report to the front, also when somebody has hidden it."""
        sheet = self._sheet()
        if not sheet.visible:
            sheet.visible = True
        sheet.activate()

    def _sheet(self) -> Any:
        if self.name in self.open_book.sheet_names:
            return self.open_book.sheet(self.name)
        book = self.open_book.book
        names = [sheet.name for sheet in book.sheets]
        if self.name in names:
            return book.sheets[self.name]
        last = [name for name in names if name != STAMP_SHEET][-1]
        return book.sheets.add(self.name, after=book.sheets[last])

    def _before(self) -> tuple[list[str], list[list[object]]]:
        text = [str(row[0] or "") for row in self.rows[TEXT_TOP : TEXT_TOP + TEXT_ROWS]]
        lines: list[list[object]] = []
        for row in self.rows[FIRST_ROW:]:
            values = dict(zip(COLUMNS, row, strict=False))
            lines.append([_content(title, values) for title in COLUMNS])
        return text, lines

    def _put(self, sheet: Any, text: Sequence[str], lines: Sequence[Sequence[object]], height: int) -> None:
        sheet.range((TEXT_TOP + 1, 1)).value = [[kept_text(line)] for line in text]
        if not height:
            return
        empty: list[object] = [None] * len(COLUMNS)
        table = [*map(list, lines), *[empty] * (height - len(lines))]
        row = FIRST_ROW + 1
        sheet.range((row, 1)).value = [line[:_EXPLANATION] for line in table]
        # Cells of format text take what is written as it is; pasting may have brought another format.
        open_cells = sheet.range((row, _EXPLANATION + 1), (row + height - 1, _EXPLANATION + 1))
        open_cells.number_format = "@"
        open_cells.api.Locked = False
        sheet.range((row, _EXPLANATION + 1)).value = [[line[_EXPLANATION]] for line in table]
        sheet.range((row, _EXPLANATION + 2)).value = [line[_EXPLANATION + 1 :] for line in table]


def _cells(line: ReportLine) -> list[object]:
    return [_content(title, dict(line.values)) for title in COLUMNS]


def _content(title: str, values: dict[str, Any]) -> object:
    value = values.get(title)
    if title == CELL:
        return _link(str(values.get(PAGE) or ""), str(values.get(ADDRESS) or ""))
    if title == EXPLANATION:
        return str(value) if value else None
    if title == EXPECTED and isinstance(value, float):
        return round(value, 2)  # a computed ratio; what stands in a cell is shown as it stands
    if title in (ACTUAL, EXPECTED) and isinstance(value, int | float):
        return value
    return kept_text(str(value)) if value not in (None, "") else None


def kept_text(text: str) -> str | None:
    """A text as Excel keeps it a text, whatever it looks like: texts of the workbook come back in the report."""
    return "'" + text if text else None


def _link(page: str, address: str) -> str | None:
    """A formula: links made so need no call for each cell, and there is no limit to their number."""
    if not address:
        return None
    target = "#'" + page.replace("'", "''") + "'!" + address
    return f'=HYPERLINK("{_quoted(target)}","{_quoted(address)}")'


def _quoted(text: str) -> str:
    return text.replace('"', '""')
