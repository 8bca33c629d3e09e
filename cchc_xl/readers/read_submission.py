"""Grid + layout → submission. Cells are found by the hidden keys, wherever they have moved to."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from cchc_xl.catalogue.load import form_ids, load_form
from cchc_xl.catalogue.model import Appendix, CellSpec, Form
from cchc_xl.companions.counted_label import is_label
from cchc_xl.cover import (
    COVER_ID,
    COVER_SHEET,
    DEFAULT_DATES,
    FIELDS,
    LATER_FIELDS,
    SIGNER,
    VALUE,
    Cover,
    CoverCell,
    CoverPlace,
    default_date,
    read_identity,
    signer_cell,
)
from cchc_xl.errors import ForeignWorkbook, WorkbookFault
from cchc_xl.expressions import CellRef, ColumnRef, as_excel
from cchc_xl.layout import (
    BEFORE_KEY,
    CHECK_KEY,
    KEY_COLUMN,
    KEY_PREFIX,
    KEY_ROW,
    absolute_range,
    appendix_key,
    cell_address,
    counted_rows,
    form_layout,
)
from cchc_xl.readers.grid import Book, CellFacts
from cchc_xl.readers.of_units import read_of_units
from cchc_xl.readers.own_parts import read_own_parts
from cchc_xl.stamp import MAPPING_SHEET, STAMP_SHEET, SUMMARY, Stamp, read_stamp
from cchc_xl.submission import Entry, FormulaState, StructureFault, Submission
from cchc_xl.values import BLANK, UNCALCULATED, State, Value, from_cell, from_typed

if TYPE_CHECKING:
    from cchc_xl.ooxml.limits import Limits

# How far a user's own rows and columns may have pushed the corner key.
_CORNER_ROWS, _CORNER_COLUMNS = 40, 20
_MAX_ORDER = 100_000
_NOTHING = frozenset(("", None))
_KEY_CELL = re.compile(r"[1-9][0-9]{0,4}")


def read_file(path: Path, shown_as: str | None = None, limits: Limits | None = None) -> Submission:
    """Read a workbook file. ``limits``: how much it may hold, by default what a submission may.

    Raises ``WorkbookFault`` when it cannot be read and ``ForeignWorkbook`` when it is not one of our forms.
    """
    # What a click on Kiểm tra does without: it reads the open workbook.
    from cchc_xl.ooxml.limits import SUBMISSION
    from cchc_xl.readers.file_book import FileBook

    with FileBook(path, limits=limits or SUBMISSION) as book:
        return read_book(book, shown_as or path.name)


def read_book(book: Book, name: str) -> Submission:
    """Read any book that gives grids. Raises ``ForeignWorkbook`` when it is not one of our forms."""
    stamp, form = identify(book, name)
    if stamp.version != form.version:
        raise ForeignWorkbook(
            f"{name}: sổ theo phiên bản {stamp.version} của biểu mẫu {form.id}, bản này dùng phiên bản {form.version}: "
            "hãy chuyển số liệu sang phiên bản này bằng lệnh nang-cap."
        )
    reading = _Reading(form, book, of_summary=stamp.kind == SUMMARY)
    cover = reading.cover()
    stamp = _with_cover(stamp, cover)
    for appendix in form.appendices:
        reading.appendix(appendix)
    faults = tuple(reading.faults)
    return Submission(
        name,
        form,
        stamp,
        reading.entries,
        faults,
        cover,
        reading.state_cells,
        reading.own_parts,
        reading.of_units,
        reading.continued,
    )


def identify_older(book: Book, name: str) -> tuple[Stamp, Form]:
    """Like ``identify``, with what the cover says; without a readable cover the unit and period stay blank."""
    stamp, form = identify(book, name)
    cover = _Reading(form, book, of_summary=False).cover()
    return _with_cover(stamp, cover), form


def _with_cover(stamp: Stamp, cover: Cover | None) -> Stamp:
    return read_identity(cover).stamped(stamp) if cover is not None else stamp


def identify(book: Book, name: str) -> tuple[Stamp, Form]:
    """Which form a workbook is of, and that form as it is now; the workbook may be of an older version.

    Raises ``ForeignWorkbook`` when it is none of ours, of an unknown form, or of a version newer than ours.
    """
    stamp = _stamp(book, name)
    if stamp.form not in form_ids():
        raise ForeignWorkbook(f"{name}: sổ theo biểu mẫu “{stamp.form}” mà bản này chưa biết: hãy cập nhật bộ công cụ.")
    form = load_form(stamp.form)
    if stamp.version > form.version:
        raise ForeignWorkbook(
            f"{name}: sổ theo phiên bản {stamp.version} của biểu mẫu {form.id}, mới hơn phiên bản {form.version} "
            "mà bản này biết: hãy cập nhật bộ công cụ."
        )
    if stamp.version < 1:
        raise ForeignWorkbook(f"{name}: dấu phiên bản của sổ đã hỏng: hãy lấy lại sổ gốc.")
    return stamp, form


def _stamp(book: Book, name: str) -> Stamp:
    stamp = None
    if STAMP_SHEET in book.sheet_names:
        rows = {str(row[0]): row[1] for row in book.grid(STAMP_SHEET) if len(row) > 1}
        stamp = read_stamp(rows)
    if stamp is None and MAPPING_SHEET in book.sheet_names:
        raise ForeignWorkbook(f"{name}: là sổ “Ghép dòng” để xác nhận, không phải sổ nộp: hãy để ngoài thư mục nhận.")
    if stamp is None:
        raise ForeignWorkbook(
            f"{name}: không phải sổ CCHC (thiếu dấu của biểu mẫu): hãy nhận dạng bằng lệnh nhan-dang, "
            "hoặc nhập số liệu vào sổ lập bằng lệnh tao-so."
        )
    return stamp


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an appendix was found: its sheet and the positions of its keys."""

    sheet: str
    columns: dict[str, int]
    rows: dict[int, int]


def _blank_entries(appendix: Appendix, place: _Place) -> tuple[tuple[CellSpec, Entry], ...]:
    """The cells of the printed rows, each with the entry of a blank cell in its place."""
    return tuple(
        (spec, Entry(BLANK, place.sheet, place.rows[spec.row.order], place.columns[spec.column.key]))
        for spec in appendix.printed_cells
    )


@lru_cache(maxsize=64)
def _standard_blanks(form: Form, appendix: str, sheet: str) -> tuple[tuple[CellSpec, Entry], ...]:
    """The same where every row and column stands as the form has it."""
    standard = form_layout(form).appendices[appendix]
    return _blank_entries(form.appendix(appendix), _Place(sheet, dict(standard.columns), dict(standard.rows)))


class _Entries(dict[CellRef, Entry]):
    """Entries by cell. Those of blank spare rows, most of them never asked for, are made when they are looked up."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: dict[str, Callable[[CellRef], Entry]] = {}

    def __missing__(self, ref: CellRef) -> Entry:
        if ref.appendix not in self.waiting:
            raise KeyError(ref)
        return self.waiting[ref.appendix](ref)


class _Reading:
    def __init__(self, form: Form, book: Book, *, of_summary: bool) -> None:
        self.form = form
        self.book = book
        # A summary has formulas of its own in computed cells; they show nothing while they wait for the parent's part.
        self.of_summary = of_summary
        self.own_parts = read_own_parts(book, form) if of_summary else {}
        self.continued = False
        self.of_units = read_of_units(book, form) if of_summary else {}
        self.entries = _Entries()
        self.faults: list[StructureFault] = []
        self.state_cells: dict[tuple[str, int], tuple[str, str]] = {}
        self.grids: dict[str, Sequence[Sequence[object]]] = {}

    def grid(self, sheet: str) -> Sequence[Sequence[object]]:
        if sheet not in self.grids:
            self.grids[sheet] = self.book.grid(sheet)
        return self.grids[sheet]

    def cover(self) -> Cover | None:
        """The cover as found; without its sheet or one of its fields a fault."""
        found = self._find_corner(COVER_ID, COVER_SHEET)
        remedy = "Lấy lại trang Bìa từ sổ gốc rồi điền lại; không xóa trang, hàng 1 và cột A ẩn của trang"
        if found is None:
            self.faults.append(StructureFault(COVER_ID, 0, COVER_SHEET, "Không tìm thấy trang Bìa", remedy))
            return None
        sheet, top, left = found
        grid = self.grid(sheet)
        rows: dict[str, int] = {}
        for index in range(top + 1, len(grid)):
            key = _at(grid, index, left)
            if isinstance(key, str) and key:
                rows.setdefault(key, index)
        columns = {key: index for index, key in enumerate(grid[top]) if index > left and isinstance(key, str) and key}
        lost = [name for key, name in FIELDS.items() if key not in rows and key not in LATER_FIELDS]
        if lost or VALUE not in columns:
            message = f"Trang Bìa mất ô {', '.join(f'“{name}”' for name in lost) or 'để điền'}"
            self.faults.append(StructureFault(COVER_ID, 0, sheet, message, remedy))
            return None
        place = CoverPlace(sheet, rows, columns)
        formulas = self.book.facts(sheet).formulas
        cells = {}
        for key in filter(rows.__contains__, FIELDS):
            formula = formulas.get((rows[key], columns[VALUE]))
            own = formula is not None and key in DEFAULT_DATES and _is_default(formula, place, key)
            value = from_cell(_at(grid, rows[key], columns[VALUE]))
            cells[key] = signer_cell(self.form, value) if key == SIGNER else CoverCell(value, own)
        return Cover(place, cells)

    def appendix(self, appendix: Appendix) -> None:
        found = self._find_corner(appendix.id, appendix.id)
        if found is None:
            self._fault(
                appendix,
                0,
                appendix.id,
                f"Không tìm thấy trang của {appendix.printed_id}",
                "Lấy lại trang này từ sổ gốc; không xóa trang, hàng 1 và cột A ẩn của trang",
            )
            return
        sheet, top, left = found
        place = self._place(appendix, sheet, top, left)
        if place is None:
            return
        grid = self.grid(sheet)
        facts = self.book.facts(sheet)
        standard = form_layout(self.form).appendices[appendix.id]
        moved = place.rows != standard.rows or any(place.columns[k] != c for k, c in standard.columns.items())
        self._check_labels(appendix, place, grid, facts)
        blank = self._blank_spare_rows(appendix, place, grid, facts)
        if blank:
            self.entries.waiting[appendix.id] = lambda ref: self._entry(appendix.cells[ref], place, "", facts, moved)
        self._printed_cells(appendix, place, grid, facts, moved)
        self.continued |= any(isinstance(cell, str) and cell.startswith(BEFORE_KEY) for cell in grid[top])
        if CHECK_KEY in grid[top]:
            column = list(grid[top]).index(CHECK_KEY)
            for order, row in place.rows.items():
                if (row, column) in facts.formulas:
                    self.state_cells[appendix.id, order] = sheet, cell_address(row, column)
        for spec in (s for order, specs in appendix.spare_cells.items() if order not in blank for s in specs):
            row, column = place.rows[spec.row.order], place.columns[spec.column.key]
            self.entries[spec.ref] = self._entry(spec, place, _at(grid, row, column), facts, moved)

    def _printed_cells(
        self, appendix: Appendix, place: _Place, grid: Sequence[Sequence[object]], facts: CellFacts, moved: bool
    ) -> None:
        """The cells of the printed rows. Most are blank: of these all workbooks share one entry."""
        entries, told = self.entries, frozenset(facts.formulas) | facts.errors.keys()
        if moved:
            blanks = _blank_entries(appendix, place)
        else:
            blanks = _standard_blanks(self.form, appendix.id, place.sheet)
        height = len(grid)
        for spec, blank in blanks:
            row, column = blank.row, blank.column
            cells = grid[row] if row < height else ()
            raw = cells[column] if column < len(cells) else ""
            if raw in _NOTHING and (row, column) not in told:
                entries[spec.ref] = blank
            else:
                entries[spec.ref] = self._entry(spec, place, raw, facts, moved)

    def _blank_spare_rows(
        self, appendix: Appendix, place: _Place, grid: Sequence[Sequence[object]], facts: CellFacts
    ) -> set[int]:
        """Spare rows that hold nothing but the form's own formulas, and those that the sheet does not have."""
        if not appendix.spare_cells:
            return set()
        opened = [place.columns[column.key] for column in appendix.columns if not column.given or column.spare]
        first, last = min(opened), max(opened)
        errors = {row for row, _ in facts.errors}
        blank = set()
        for order, specs in appendix.spare_cells.items():
            row = place.rows.get(order)
            if row is None:
                blank.add(order)
            elif row not in errors and set(grid[row][first : last + 1]) <= _NOTHING:
                typed = ((row, place.columns[spec.column.key]) for spec in specs if not spec.derived)
                if facts.formulas.keys().isdisjoint(typed):
                    blank.add(order)
        return blank

    def _find_corner(self, key_id: str, first: str) -> tuple[str, int, int] | None:
        """Sheet and position of a corner key; the sheet that is called ``first`` is looked at first.

        A sheet of the user's own that is damaged or far too large matters only when what is sought may be in it.
        """
        key = appendix_key(key_id)
        names = list(self.book.sheet_names)
        if first in names:
            names.remove(first)
            names.insert(0, first)
        passed: WorkbookFault | None = None
        for sheet in names:
            try:
                grid = self.grid(sheet)
            except WorkbookFault as fault:
                if sheet == first:
                    raise
                passed = passed or fault
                continue
            if str(_at(grid, KEY_ROW, KEY_COLUMN)).startswith(KEY_PREFIX):
                if _at(grid, KEY_ROW, KEY_COLUMN) == key:
                    return sheet, KEY_ROW, KEY_COLUMN
                continue
            for row, cells in enumerate(grid[:_CORNER_ROWS]):
                for column, cell in enumerate(cells[:_CORNER_COLUMNS]):
                    if cell == key:
                        return sheet, row, column
        if passed is not None:
            raise passed
        return None

    def _place(self, appendix: Appendix, sheet: str, top: int, left: int) -> _Place | None:
        grid = self.grid(sheet)
        remedy = "Lấy lại trang này từ sổ gốc rồi nhập lại số liệu; không xóa, chép hay dời hàng, cột của biểu"
        before = len(self.faults)
        columns: dict[str, int] = {}
        known = {column.key for column in appendix.columns}
        for index, cell in enumerate(grid[top]):
            if index > left and isinstance(cell, str) and cell in known:
                if cell in columns:
                    self._fault(appendix, 0, sheet, f"Cột “{appendix.column(cell).heading}” bị chép thành hai", remedy)
                columns[cell] = index
        for column in appendix.columns:
            if column.key not in columns:
                self._fault(appendix, 0, sheet, f"Mất cột “{column.heading or column.key}”", remedy)
        rows: dict[int, int] = {}
        for index in range(top + 1, len(grid)):
            order = _order(_at(grid, index, left))
            if order is None:
                continue
            if order in rows:
                name = appendix.row(order).title() if 1 <= order <= len(appendix.rows) else str(order)
                self._fault(
                    appendix,
                    order,
                    sheet,
                    f"Dòng {name} xuất hiện hai lần (hàng {rows[order] + 1} và {index + 1})",
                    remedy,
                )
                continue
            rows[order] = index
        previous = -1
        for row in appendix.in_sheet:
            if row.order not in rows:
                if row.spare:
                    continue  # a workbook may have been built before the form got spare rows
                self._fault(appendix, row.order, sheet, f"Mất dòng {row.title()}", remedy)
                continue
            if rows[row.order] < previous:
                self._fault(appendix, row.order, sheet, f"Dòng {row.title()} bị dời khỏi chỗ in sẵn", remedy)
            previous = rows[row.order]
        return None if len(self.faults) > before else _Place(sheet, columns, rows)

    def _check_labels(
        self, appendix: Appendix, place: _Place, grid: Sequence[Sequence[object]], facts: CellFacts
    ) -> None:
        column = place.columns["label"]
        for row in appendix.printed:
            shown = str(_at(grid, place.rows[row.order], column) or "")
            if not is_label(appendix, row, shown, facts.formulas.get((place.rows[row.order], column))):
                self._fault(
                    appendix,
                    row.order,
                    place.sheet,
                    f"Tên chỉ tiêu in sẵn ở hàng {place.rows[row.order] + 1} bị sửa hoặc bị dời: phải là {row.title()}",
                    "Khôi phục đúng tên và vị trí dòng theo sổ gốc",
                    cell_address(place.rows[row.order], column),
                )

    def _entry(self, spec: CellSpec, place: _Place, raw: object, facts: CellFacts, moved: bool) -> Entry:
        row, column = place.rows[spec.row.order], place.columns[spec.column.key]
        error = facts.errors.get((row, column))
        formula = facts.formulas.get((row, column))
        state = FormulaState.NONE
        value = from_typed(raw)
        if error is not None:
            value = Value(State.ERROR, text=error)
        if formula is not None:
            state = FormulaState.ALTERED
            if spec.ref in self.own_parts:  # computed here from what was entered, whatever result is cached
                value = self.own_parts[spec.ref].total
            elif spec.derived and self._is_ours(spec, formula, place, moved):
                state = FormulaState.INTACT
            elif value is BLANK and not (spec.derived and self.of_summary):
                value = UNCALCULATED
        return Entry(value, place.sheet, row, column, state)

    def _is_ours(self, spec: CellSpec, formula: str, place: _Place, moved: bool) -> bool:
        shown = _bare(formula)
        if shown == _own_formulas(self.form).get(spec.ref):
            return True
        if not moved:
            return False
        return shown == _bare(
            as_excel(spec.derived[0], _MovedAddresses(spec.ref.appendix, self.form, place), spec.row.order)
        )

    def _fault(self, appendix: Appendix, order: int, sheet: str, message: str, remedy: str, cell: str = "") -> None:
        self.faults.append(StructureFault(appendix.id, order, sheet, message, remedy, cell))


@dataclass(frozen=True, slots=True)
class _MovedAddresses:
    """Addresses in a sheet whose rows or columns a user has pushed; its own cells only, as derived figures need."""

    home: str
    form: Form
    place: _Place

    def cell(self, ref: CellRef) -> str:
        return cell_address(self.place.rows[ref.order or 0], self.place.columns[ref.column])

    def column(self, ref: ColumnRef) -> str:
        return absolute_range(self.place.rows, self.form.appendix(self.home).items, self.place.columns[ref.column])

    def row_count(self, appendix: str) -> int | str:
        return counted_rows(self.form.appendix(self.home), self.place.rows, self.place.columns["label"])


@cache
def _own_formulas(form: Form) -> dict[CellRef, str]:
    layout = form_layout(form)
    return {
        spec.ref: _bare(as_excel(spec.derived[0], layout.addresses(spec.ref.appendix), spec.row.order))
        for spec in form.specs()
        if spec.derived
    }


def _is_default(formula: str, place: CoverPlace, key: str) -> bool:
    """Whether a date on the cover is still computed from the period."""
    return _bare(formula) == _bare(default_date(place.address("period_part"), place.address("year"), key))


def _bare(formula: str) -> str:
    """A formula for comparison: programs differ in the leading ``=``, spaces and letter case."""
    return re.sub(r"\s+", "", formula).lstrip("=").upper()


def _at(grid: Sequence[Sequence[object]], row: int, column: int) -> object:
    return grid[row][column] if row < len(grid) and column < len(grid[row]) else ""


def _order(cell: object) -> int | None:
    if isinstance(cell, bool):
        return None
    if isinstance(cell, float) and cell.is_integer() and 0 < cell < _MAX_ORDER:
        return int(cell)
    if isinstance(cell, int) and 0 < cell < _MAX_ORDER:
        return cell
    if isinstance(cell, str) and _KEY_CELL.fullmatch(cell.strip()):
        return int(cell)
    return None
