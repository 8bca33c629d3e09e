"""The workbook of a longer period: the form, filled, and a sheet that says where each figure comes from."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from cchc_xl.atomic import Seen, replacing
from cchc_xl.catalogue.model import CellKind, Form, RowRole
from cchc_xl.companions.titles import appendix_line
from cchc_xl.consolidation.line_label import figure_label
from cchc_xl.expressions import CellRef, as_excel
from cchc_xl.form_workbook.build import write_form
from cchc_xl.form_workbook.package import BUILD_DATE, new_workbook
from cchc_xl.form_workbook.sheet import Contents
from cchc_xl.form_workbook.styles import BAD_FILL, COMPUTED_FILL, HEADER_FILL, NUMBER_FORMATS, Styles
from cchc_xl.layout import cell_address, form_layout
from cchc_xl.live_checks.states import states_of
from cchc_xl.ooxml.limits import SUMMARY as SUMMARY_LIMITS
from cchc_xl.over_time.given import parts_of
from cchc_xl.over_time.joined import Joined, JoinedCell, Way
from cchc_xl.own_part import cell_key
from cchc_xl.periods import format_date
from cchc_xl.readers.file_book import FileBook
from cchc_xl.stamp import SUMMARY
from cchc_xl.submission import NOTE, computed_results
from cchc_xl.summary_workbook.page import Page, TableRow, plain_format

WAITING_SHEET = "_CCHC_KY"
SOURCES_SHEET = "Nguồn các kỳ"
WAY_WORDS = {
    Way.ADDED: "Cộng các kỳ",
    Way.LATEST: "Lấy kỳ cuối",
    Way.FIRST: "Lấy đầu kỳ thứ nhất",
    Way.COMPUTED: "Biểu tự tính",
    Way.ANY_YES: "Có ở ít nhất một kỳ",
    Way.SAME: "Các kỳ như nhau",
    Way.LISTED: "Đếm theo danh sách",
    Way.EQUAL: "Bằng tổng của phụ lục khác",
    Way.OPEN: "CHƯA CÓ SỐ: hãy nhập",
}
_LEFT = (("Phụ lục", 8.0), ("STT", 7.0), ("Chỉ tiêu", 46.0), ("Đơn vị tính", 12.0))
_RIGHT = (("Cả kỳ", 13.0), ("Cách tính", 16.0), ("Ô trong các sổ", 15.0), ("Ghi chú", 46.0))
_PERIOD_WIDTH = 13.0
_FILES_AT = 4


def build_joined_workbook(joined: Joined, target: Path, reasons: dict[str, str], seen: Seen | None = None) -> None:
    """Write the workbook to ``target``, whole or not at all.

    ``reasons``: file → why it was joined in spite of its errors.
    """
    lines = [cell for cell in joined.cells if _worth_a_line(cell)]
    first = _FILES_AT + len(joined.books) + 3
    rows = dict(zip((cell.spec.ref for cell in lines), _rows(lines, first), strict=True))
    with replacing(target, seen) as temporary, new_workbook(temporary) as workbook:
        workbook.set_properties({"title": joined.form.name, "created": BUILD_DATE})
        links = {
            (ref.appendix, ref.order or 0): (
                f"'{SOURCES_SHEET}'!{cell_address(rows[ref], 0)}",
                f"→ Chưa có số cả kỳ: xem “{SOURCES_SHEET}”",
            )
            for cell in reversed(joined.open_cells)
            if (ref := cell.spec.ref) in rows
        }
        contents = Contents(
            joined.values,
            computed_results(joined.submission),
            _waiting_formulas(joined),
            states_of(joined.submission),
            links=links,
        )
        write_form(workbook, joined.form, joined.stamp, contents)
        write_waiting(workbook, joined.waiting)
        _Sources(workbook, Styles(workbook), joined, lines, first, reasons).write()


def _waiting_formulas(joined: Joined) -> dict[CellRef, str]:
    """The form's own total, once each of its open parts is there."""
    form, waiting, formulas = joined.form, joined.waiting, {}
    for ref in joined.waiting_totals:
        derived = form.cells[ref].derived[0]
        addresses = form_layout(form).addresses(ref.appendix)
        parts = [part for part in parts_of(form, derived, ref.order or 0) if part in waiting]
        wanted = "+".join(f"ISNUMBER({addresses.cell(part)})" for part in parts)
        own = as_excel(derived, addresses, ref.order).removeprefix("=")
        formulas[ref] = f'=IF({wanted}={len(parts)},{own},"")'
    return formulas


def write_waiting(workbook: Any, waiting: Collection[CellRef]) -> None:
    """Add the hidden sheet that remembers which figures somebody has to enter: a blank there is never nothing."""
    sheet = workbook.add_worksheet(WAITING_SHEET)
    for at, ref in enumerate(sorted(waiting)):
        sheet.write_string(at, 0, cell_key(ref))
    sheet.very_hidden()
    sheet.protect("")


def read_waiting(path: Path, form: Form) -> frozenset[CellRef] | None:
    """The same cells of a workbook that was joined; ``None`` of any other."""
    with FileBook(path, limits=SUMMARY_LIMITS) as book:
        if WAITING_SHEET not in book.sheet_names:
            return None
        grid = book.grid(WAITING_SHEET)
    known = {cell_key(ref): ref for ref in form.cells} if grid else {}
    return frozenset(known[str(row[0])] for row in grid if row and str(row[0]) in known)


def _worth_a_line(cell: JoinedCell) -> bool:
    """Whether any period says anything of the figure; of a task only the column in which a mark stands."""
    if cell.spec.kind is CellKind.MARK:
        return cell.way is Way.OPEN or any(one.number for one in cell.given)
    return cell.way is Way.OPEN or any(one.number is not None or one.shown for one in cell.given)


def _rows(lines: Sequence[JoinedCell], first: int) -> Iterator[int]:
    """Where each line stands: a line with the appendix's title goes before its first figure."""
    at, appendix = first, ""
    for cell in lines:
        if cell.spec.ref.appendix != appendix:
            appendix = cell.spec.ref.appendix
            at += 1
        yield at
        at += 1


class _Sources:
    def __init__(
        self,
        workbook: Any,
        styles: Styles,
        joined: Joined,
        lines: Sequence[JoinedCell],
        first: int,
        reasons: dict[str, str],
    ) -> None:
        self.joined = joined
        self.lines = lines
        self.first = first
        self.reasons = reasons
        self.periods = len(joined.books)
        widths = [*(w for _, w in _LEFT), *[_PERIOD_WIDTH] * self.periods, *(w for _, w in _RIGHT)]
        self.page = Page(workbook, styles, SOURCES_SHEET, widths)
        self.last_column = len(widths) - 1

    def write(self) -> None:
        page, joined = self.page, self.joined
        page.heading(0, f"NGUỒN SỐ LIỆU CÁC KỲ: {joined.period.words.upper()}", bold=True, font_size=14)
        page.heading(1, joined.stamp.unit or "chưa ghi tên đơn vị", italic=True)
        waiting, partial = len(joined.open_cells), len(joined.partial_cells)
        said = [f"{len(self.lines)} số"]
        said += [f"còn {waiting} ô chưa có số của cả kỳ (nền cam): hãy nhập vào biểu"] if waiting else []
        said += [f"{partial} số không đủ hoặc không cùng các đơn vị ở các kỳ (xem Ghi chú)"] if partial else []
        said += [] if len(said) > 1 else ["ô nào cũng có số của cả kỳ"]
        page.heading(2, f"{'; '.join(said)}.", bold=bool(waiting or partial))
        self._files()
        self._header()
        rows = list(self._table())
        page.stream(self.first, self.first + len(rows) - 1, rows)
        page.sheet.freeze_panes(self.first, 3)
        page.sheet.print_area(0, 0, self.first + len(rows) - 1, self.last_column)
        page.finish()
        page.sheet.protect("", {"format_rows": True, "format_columns": True, "autofilter": True})

    def _files(self) -> None:
        """Which file each period is."""
        page = self.page
        page.sheet.merge_range(_FILES_AT - 1, 0, _FILES_AT - 1, 1, "Kỳ", page.header_style())
        for column, heading in enumerate(("Tệp, mã băm SHA-256", "Loại sổ", "Số liệu từ", "Đến ngày"), start=2):
            page.text(_FILES_AT - 1, column, heading, page.header_style())
        for at, book in enumerate(self.joined.books, start=_FILES_AT):
            stamp = book.submission.stamp
            reason = self.reasons.get(book.file, "")
            units = self.joined.units_words(book)
            named = f"{book.file}\n{book.sha256}" + (f"\nĐưa vào dù có lỗi: {reason}" if reason else "")
            named += f"\n{units}" if units else ""
            page.sheet.merge_range(at, 0, at, 1, _capital(book.period.span_words), page.style())
            page.put(at, 2, named)
            page.put(at, 3, "tổng hợp" if stamp.kind == SUMMARY else "sổ nộp")
            page.put(at, 4, format_date(book.start), align="center")
            page.put(at, 5, format_date(book.end), align="center")

    def _header(self) -> None:
        periods = [_capital(book.period.span_words) for book in self.joined.books]
        self.page.header(self.first - 1, [*(h for h, _ in _LEFT), *periods, *(h for h, _ in _RIGHT)])

    def _table(self) -> Iterator[TableRow]:
        appendix = ""
        for cell, at in zip(self.lines, _rows(self.lines, self.first), strict=True):
            if cell.spec.ref.appendix != appendix:
                appendix = cell.spec.ref.appendix
                yield self._title(appendix, at - 1)
            yield self._line(cell, at)

    def _title(self, appendix: str, at: int) -> TableRow:
        found, style = self.joined.form.appendix(appendix), self.page.style
        row = TableRow(self.page, at)
        look = {"bg_color": HEADER_FILL, "text_wrap": False}
        row.text(0, appendix, style(bold=True, align="center", **look))
        row.text(1, "", style(**look))
        row.text(2, appendix_line(self.joined.form, found, self.joined.stamp), style(bold=True, **look))
        for column in range(3, self.last_column + 1):
            row.blank(column, style(bg_color=HEADER_FILL, left=0, right=0))
        return row

    def _line(self, cell: JoinedCell, at: int) -> TableRow:
        page, style, spec = self.page, self.page.style, cell.spec
        row = TableRow(page, at)
        row.text(0, spec.ref.appendix, style(align="center"))
        row.text(1, spec.row.stt, style(align="center"))
        row.text(2, figure_label(cell), style())
        row.text(3, " ".join(spec.row.unit.split()), style(align="center"))
        for column, one in enumerate(cell.given, start=len(_LEFT)):
            if spec.kind is CellKind.MARK and spec.row.role is not RowRole.TOTAL:
                self._figure(row, column, None, "x" if one.number else one.shown, {})
            else:
                self._figure(row, column, one.number, one.shown, {})
        column = len(_LEFT) + self.periods
        look: dict[str, object] = {"bold": True, "bg_color": BAD_FILL if cell.way is Way.OPEN else COMPUTED_FILL}
        self._figure(row, column, cell.value.number, cell.value.text, look)
        fill = {"bg_color": BAD_FILL, "bold": True} if cell.way is Way.OPEN else {}
        row.text(column + 1, WAY_WORDS.get(cell.way, ""), style(**fill))
        row.text(column + 2, self._places(cell), style())
        counted = f"{cell.counted}." if cell.counted else ""
        row.text(column + 3, " ".join(filter(None, (cell.remark, counted, self._notes(cell)))), style())
        return row

    def _figure(self, row: TableRow, column: int, number: Decimal | None, words: str, look: dict[str, object]) -> None:
        style = self.page.style
        if number is not None:
            shown = number if number == round(number, 2) else round(number, 2)
            number_format = plain_format([shown]) if shown == number else NUMBER_FORMATS["ratio"]
            row.number(column, number, style(align="right", indent=1, num_format=number_format, **look))
        elif words:
            row.text(column, words, style(align="center", **look))
        else:
            row.blank(column, style(**look))

    def _places(self, cell: JoinedCell) -> str:
        """One cell where it is the same in every file."""
        there = [(book, one.place) for book, one in zip(self.joined.books, cell.given, strict=True) if one.place]
        if len({place for _, place in there}) == 1:
            return there[0][1]
        return "; ".join(f"{book.period.span_words}: {place}" for book, place in there)

    def _notes(self, cell: JoinedCell) -> str:
        """What the periods noted beside the row, where the joined row does not bear it itself."""
        ref = cell.spec.ref._replace(column=NOTE)
        if ref not in self.joined.form.cells or ref in self.joined.values:
            return ""
        said = [
            f"{book.period.span_words}: {text}"
            for book in self.joined.books
            if (text := book.submission.value(ref).text.strip())
        ]
        return f"Ghi chú ở các kỳ – {'; '.join(said)}" if said else ""


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
