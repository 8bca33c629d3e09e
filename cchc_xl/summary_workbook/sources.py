"""The sheet "Nguồn số liệu": where every figure comes from.

The source of a figure is its unit's file × its row's cell. The files stand once, with their hashes; the cells stand
once for each form of the units; cell by cell only what stands elsewhere than in the form or in a row that the unit
added, or is one of several cells that make up a unit's figure. A hidden column says which line of "Theo đơn vị" is
meant: titles recur.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

from cchc_xl import excel_limits
from cchc_xl.catalogue.model import Form, Rollup
from cchc_xl.consolidation.changes import figure_key
from cchc_xl.consolidation.contribution import Number, figure_cells, figure_index, is_ratio, standard_places
from cchc_xl.consolidation.line_label import figure_label
from cchc_xl.consolidation.lines import Child, SummaryCell
from cchc_xl.consolidation.summary import Summary
from cchc_xl.expressions import cell_refs
from cchc_xl.form_workbook.styles import Styles
from cchc_xl.summary_workbook.continued import goes_on, part_name, split
from cchc_xl.summary_workbook.page import Page, TableRow, plain_format
from cchc_xl.summary_workbook.plan import ROW_KEYS
from cchc_xl.summary_workbook.remarks import ROLLUP_WORDS, number
from cchc_xl.summary_workbook.tables import header_row, make_table

SOURCES_SHEET = "Nguồn số liệu"
FILES = ("Mã đơn vị", "Đơn vị", "Tệp", "Biểu mẫu", "SHA-256")
CELLS = ("Phụ lục", "STT", "Chỉ tiêu", "Biểu mẫu", "Trang và ô", "Số đơn vị", "Cách tổng hợp", "Đóng góp")
SINGLE = ("Phụ lục", "STT", "Chỉ tiêu", "Mã đơn vị", "Trang và ô", "Đơn vị", "Cách tổng hợp", "Đóng góp")
_WIDTHS = (10.0, 22.0, 46.0, 18.0, 34.0, 16.0, 24.0, 30.0)
_SECTIONS = (
    ("TỆP CỦA CÁC ĐƠN VỊ", FILES, "TepNguon"),
    ("Ô CỦA TỪNG CHỈ TIÊU TRONG CÁC TỆP TRÊN", CELLS, "ONguon"),
    ("SỐ LIỆU LẤY TỪ Ô KHÁC, HOẶC CỘNG TỪ NHIỀU Ô CỦA MỘT ĐƠN VỊ", SINGLE, "OKhac"),
)
_WORDS = (
    "Mỗi số ở trang “Theo đơn vị” lấy từ tệp của đơn vị (bảng thứ nhất) tại trang và ô của chỉ tiêu (bảng thứ hai);"
    " bảng thứ ba liệt kê từng số lấy từ ô khác."
)
# Rows: of the first table, of a table's title and headings, and between two tables.
_FIRST, _HEAD, _GAP = 3, 2, 2
_GIVEN = 7
_KEYS = len(_WIDTHS)
_KEY_WIDTH = 8.43


@dataclass(slots=True)
class _Common:
    """The figures that stand in one cell of one form: how many units gave them, and what they add up to."""

    place: int
    units: int = 0
    yes: int = 0
    total: Number = 0
    top: Number = 0
    bottom: Number = 0


@dataclass(slots=True)
class _Origins:
    """Where the figures of one line come from: by form in the form's own cell, and single cells elsewhere."""

    common: dict[Form, _Common] = field(default_factory=dict)
    single: list[tuple[Child, int, Number | None, tuple[Number, Number] | None]] = field(default_factory=list)


def write_sources(workbook: Any, styles: Styles, summary: Summary) -> None:
    """Add the sheet; its last table goes on in further sheets, when there are too many figures for one."""
    origins = [(cell, _origins(cell)) for cell in summary.cells]
    files, cells, single = list(_files(summary)), list(_cells(origins)), list(_single(origins))
    heads = _FIRST + _HEAD
    above = heads + sum(len(table) + _HEAD + _GAP for table in (files, cells))
    parts = split(single, excel_limits.ROWS - above - 1, excel_limits.ROWS - heads - 1)
    for count, part in enumerate(parts, start=1):
        title, headings, name = _SECTIONS[-1]
        tables = [Table(title, headings, part_table(name, count), part)]
        if count == 1:
            tables[:0] = [Table(*_SECTIONS[0], files), Table(*_SECTIONS[1], cells)]
        words = f"{_WORDS} {goes_on(SOURCES_SHEET, count, len(parts))}".strip()
        _write_sheet(workbook, styles, part_name(SOURCES_SHEET, count), words, tables)


@dataclass(frozen=True, slots=True)
class Table:
    """One of the sheet's tables. ``name``: as Excel knows it."""

    title: str
    headings: tuple[str, ...]
    name: str
    lines: Sequence[tuple[str | Number, ...]]


def part_table(name: str, number: int) -> str:
    """The name of the Excel table in a further sheet."""
    return name if number == 1 else f"{name}{number}"


def _write_sheet(workbook: Any, styles: Styles, name: str, words: str, tables: Sequence[Table]) -> None:
    page = Page(workbook, styles, name, (*_WIDTHS, _KEY_WIDTH))
    page.heading(0, "NGUỒN SỐ LIỆU", bold=True, font_size=14)
    page.heading(1, words, italic=True)
    starts, at = [], _FIRST
    for table in tables:
        starts.append(at)
        at += _HEAD + len(table.lines) + _GAP
    last = at - _GAP
    page.stream(_FIRST, last, _rows(page, tables, starts))
    for table, start in zip(tables, starts, strict=True):
        make_table(page, table.headings, start + 1, start + 1 + len(table.lines), table.name)
    page.sheet.set_column(_KEYS, _KEYS, None, None, {"hidden": True})
    page.sheet.print_area(0, 0, last, _KEYS - 1)
    page.sheet.freeze_panes(_FIRST, 0)
    page.sheet.repeat_rows(0)


def _rows(page: Page, tables: Sequence[Table], starts: Sequence[int]) -> Iterator[TableRow]:
    for table, start in zip(tables, starts, strict=True):
        row = TableRow(page, start)
        row.text(0, f"{table.title}: {len(table.lines)}", page.styles.get(bold=True))
        yield row
        heads = header_row(page, start + 1, table.headings)
        if table.headings is not FILES:
            heads.text(_KEYS, ROW_KEYS, page.style())
        yield heads
        for at, line in enumerate(table.lines, start=start + _HEAD):
            row = TableRow(page, at)
            for column, content in enumerate(line):
                _put(page, row, column, content)
            yield row


def _put(page: Page, row: TableRow, column: int, content: str | Number) -> None:
    if isinstance(content, str):
        row.text(column, content, page.style(**({"align": "right"} if column == _GIVEN else {})))
    else:
        row.number(column, content, page.style(align="right", num_format=plain_format([content])))


def _files(summary: Summary) -> Iterator[tuple[str, ...]]:
    files = summary.taken_files
    for child in summary.children:
        sha256 = files[child.unit_code].sha256
        yield child.unit_code, child.unit, child.given.file, child.given.form.id, sha256


def _origins(cell: SummaryCell) -> _Origins:
    found = _Origins()
    sources = cell.sources
    seen = Counter((child.given.form, place) for child, place in zip(sources.children, sources.cells, strict=True))
    usual: dict[Form, int] = {}
    for (form, place), _ in seen.most_common():
        if not figure_cells(form)[place].row.spare:  # the same spare row of another unit is another thing
            usual.setdefault(form, place)
    for index, (child, place, figure) in enumerate(zip(sources.children, sources.cells, sources.numbers, strict=True)):
        parts = sources.parts.get(index)
        if figure is None and parts is None:
            continue
        given = child.given
        if index in sources.addends:
            for single in sources.addends[index]:
                found.single.append((child, single, given.numbers[single], given.parts.get(single)))
        elif (
            cell.name or place != usual.get(given.form) or not given.moved.keys().isdisjoint(_parts(given.form, place))
        ):
            found.single.append((child, place, figure, parts))
        else:
            common = found.common.setdefault(given.form, _Common(place))
            common.units += 1
            common.yes += figure == 1
            common.total += figure or 0
            if parts is not None:
                common.top, common.bottom = common.top + parts[0], common.bottom + parts[1]
    return found


def _cells(origins: Iterable[tuple[SummaryCell, _Origins]]) -> Iterator[tuple[str | Number, ...]]:
    for cell, found in origins:
        for form, common in found.common.items():
            place = _address(*standard_places(form)[common.place])
            halves = [_address(*standard_places(form)[part]) for part in _parts(form, common.place)]
            given = _given(cell.rollup, common.total, (common.top, common.bottom), common.yes, halves)
            words, key = ROLLUP_WORDS[cell.rollup], figure_key(cell.spec.ref)
            yield (*_titles(cell), form.id, place, common.units, words, given, key)


def _single(origins: Iterable[tuple[SummaryCell, _Origins]]) -> Iterator[tuple[str | Number, ...]]:
    for cell, found in origins:
        for child, place, figure, parts in found.single:
            at = _address(*child.given.place(place))
            halves = [_address(*child.given.place(part)) for part in _parts(child.given.form, place)]
            given = _given(cell.rollup, figure, parts, int(figure == 1), halves)
            words, key = ROLLUP_WORDS[cell.rollup], figure_key(cell.spec.ref)
            yield (*_titles(cell), child.unit_code, at, child.unit, words, given, key)


@cache
def _parts(form: Form, place: int) -> tuple[int, ...]:
    """The cells that a figure is taken from: of a ratio those of its numerator and denominator."""
    spec = figure_cells(form)[place]
    if not is_ratio(spec):
        return (place,)
    index = figure_index(form)
    refs = [part.at(spec.row.order) for part in cell_refs(spec.derived[0])]
    return tuple(index[ref] for ref in refs if ref in index) or (place,)


def _titles(cell: SummaryCell) -> tuple[str, str, str]:
    return cell.spec.ref.appendix, cell.spec.row.stt, figure_label(cell)


def _address(sheet: str, address: str) -> str:
    """``PL6!E62``."""
    return f"{sheet}!{address}"


def _given(
    rollup: Rollup, figure: Number | None, parts: tuple[Number, Number] | None, yes: int, halves: Sequence[str]
) -> str | Number:
    """What the figures do in the total: the amount that is added, or in words what they are used for.

    ``halves``: the cells of a ratio's numerator and denominator.
    """
    match rollup:
        case Rollup.SUM | Rollup.OWN_PLUS_CHILDREN:
            return figure if figure is not None else ""
        case Rollup.COUNT_YES:
            return yes
        case Rollup.RECOMPUTE if parts is not None:
            said = (f"tử số {number(Decimal(parts[0]))}", f"mẫu số {number(Decimal(parts[1]))}")
            if len(halves) == len(said):
                said = (f"{said[0]} ({halves[0]})", f"{said[1]} ({halves[1]})")
            return ", ".join(said)
        case Rollup.RECOMPUTE:
            return "không tính: thiếu tử số hoặc mẫu số"
        case Rollup.SHARED:
            return "đối chiếu danh mục chung"
        case Rollup.DISTINCT:
            return "giới hạn thấp nhất, cao nhất"
        case Rollup.SPREAD:
            return "thấp nhất, cao nhất"
    return "đếm theo lựa chọn"
