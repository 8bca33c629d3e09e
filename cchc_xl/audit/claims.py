"""What a summary says in its own sheets of where its figures come from: read as it stands, nothing in it is trusted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from cchc_xl.catalogue.model import Form
from cchc_xl.errors import WorkbookFault
from cchc_xl.expressions import CellRef
from cchc_xl.layout import cell_address
from cchc_xl.of_units import OfUnits
from cchc_xl.ooxml import limits
from cchc_xl.own_part import OWN_SHEET, OwnPart, cell_key
from cchc_xl.readers.file_book import FileBook
from cchc_xl.readers.read_submission import read_book
from cchc_xl.stamp import SUMMARY, Stamp
from cchc_xl.submission import FormulaState, Submission
from cchc_xl.summary_workbook.charts import CHARTS_SHEET
from cchc_xl.summary_workbook.continued import parts_of
from cchc_xl.summary_workbook.data import DATA_SHEET
from cchc_xl.summary_workbook.plan import BY_UNIT_SHEET, ROW_KEYS, TOTAL_KEY, UNIT_KEY
from cchc_xl.summary_workbook.received import RECEIVED_SHEET
from cchc_xl.summary_workbook.sources import CELLS, FILES, SINGLE, SOURCES_SHEET

_UNIT = re.compile(re.escape(UNIT_KEY) + r"(.*)\|([0-9a-f]{64})", re.DOTALL)
_PLACE = re.compile(r"(.{1,31})!([A-Z]{1,3}[1-9][0-9]{0,6})", re.DOTALL)
_COUNTED = re.compile(r"Số tệp trong thư mục: ([0-9]{1,9})")
_OWING = re.compile(r"Đơn vị phải nộp: ([0-9]{1,9})")
_KEY_ROWS = 20  # how far a user's own rows may have pushed the row of keys

Grid = Sequence[Sequence[object]]


@dataclass(frozen=True, slots=True)
class UnitClaim:
    """A unit and its file, from the first table of the sources."""

    code: str
    name: str
    file: str
    form: str
    sha256: str


@dataclass(frozen=True, slots=True)
class ColumnClaim:
    """A column of figures. ``code`` and ``sha256`` are empty where no unit's figures should stand."""

    index: int
    code: str
    sha256: str
    heading: str


@dataclass(frozen=True, slots=True)
class SourceClaim:
    """Where a line's figures stand: in every file of ``form``, or in that of ``unit``."""

    at: str
    key: str
    form: str
    unit: str
    place: tuple[str, str]
    units: object
    given: object


@dataclass(frozen=True, slots=True)
class LineClaim:
    """A line of the sheet. ``titles``: appendix, STT, label; ``key`` is empty where no figure of the form stands."""

    row: int
    key: str
    titles: tuple[str, str, str]
    rollup: str
    cells: Sequence[object]


@dataclass(frozen=True, slots=True)
class FileClaim:
    """A file that the merge accounts for."""

    code: str
    file: str
    state: str
    digest: str


@dataclass(frozen=True, slots=True)
class Claims:
    """Everything that is compared."""

    stamp: Stamp
    form: Form
    units: Sequence[UnitClaim]
    columns: Sequence[ColumnClaim]
    total: int
    lines: Sequence[LineClaim]
    sources: Sequence[SourceClaim]
    files: Sequence[FileClaim]
    counted: int | None
    # How many units owe a report: what counts of units are out of.
    owing: int
    own: Mapping[CellRef, OwnPart]
    # What the next level's merge is told besides the form's figures.
    together: Mapping[CellRef, OfUnits]
    # Sheet, address and what stands there, of each cell of the form; which of them hold no formula.
    shown: Mapping[CellRef, tuple[str, str, object]]
    typed: Set[CellRef]
    # The formulas of "Theo đơn vị" and of the sheet for own parts by place, of the form by cell, and the lines of own
    # parts.
    formulas: Mapping[tuple[int, int], str]
    own_formulas: Mapping[tuple[int, int], str]
    form_formulas: Mapping[CellRef, str]
    own_rows: Mapping[CellRef, int]
    # The sheets "Dữ liệu" and "Biểu đồ"; of the latter also the formulas. Without a row where they were deleted.
    data: Grid = ()
    charts: Grid = ()
    chart_formulas: Mapping[tuple[int, int], str] = field(default_factory=dict)


def read_claims(path: Path) -> Claims:
    """Read a summary. Raises ``CchcError`` when it is none, or one of the sheets that account for it is not there."""
    with FileBook(path, limits=limits.SUMMARY) as book:
        submission = read_book(book, path.name)
        if submission.stamp.kind != SUMMARY:
            raise WorkbookFault(f"{path.name} là sổ nộp, không phải sổ tổng hợp: hãy chọn sổ lập bằng lệnh tong-hop.")
        lost = [name for name in (BY_UNIT_SHEET, SOURCES_SHEET, RECEIVED_SHEET) if name not in book.sheet_names]
        if lost:
            raise WorkbookFault(f"Sổ {path.name} mất trang “{lost[0]}” nên không đối chiếu được: hãy lấy lại sổ gốc.")
        by_unit, received = book.grid(BY_UNIT_SHEET), book.grid(RECEIVED_SHEET)
        sources = {name: book.grid(name) for name in parts_of(SOURCES_SHEET, book.sheet_names)}
        columns, total, lines = _by_unit(by_unit, path.name)
        units, places = _sources(sources, path.name)
        grids: dict[str, Grid] = {}
        shown = {}
        for ref, entry in submission.entries.items():
            if entry.sheet not in grids:
                grids[entry.sheet] = book.grid(entry.sheet)
            shown[ref] = entry.sheet, entry.address, at(at_row(grids[entry.sheet], entry.row), entry.column)
        files, counted, owing = _files(received, path.name)
        data, charts = (book.grid(name) if name in book.sheet_names else () for name in (DATA_SHEET, CHARTS_SHEET))
        formulas = book.facts(CHARTS_SHEET).formulas if charts else {}
        return Claims(
            submission.stamp,
            submission.form,
            units,
            columns,
            total,
            lines,
            places,
            files,
            counted,
            owing,
            submission.own_parts,
            submission.of_units,
            shown,
            {ref for ref, entry in submission.entries.items() if entry.formula is FormulaState.NONE},
            book.facts(BY_UNIT_SHEET).formulas,
            book.facts(OWN_SHEET).formulas if OWN_SHEET in book.sheet_names else {},
            _formulas(submission, book),
            _own_rows(submission.form, book),
            data,
            charts,
            formulas,
        )


def _formulas(submission: Submission, book: FileBook) -> dict[CellRef, str]:
    """The formulas of the form that are not its own: what the merge wrote."""
    places = {ref: entry for ref, entry in submission.entries.items() if entry.formula is FormulaState.ALTERED}
    facts = {sheet: book.facts(sheet).formulas for sheet in {entry.sheet for entry in places.values()}}
    return {ref: facts[entry.sheet][entry.row, entry.column] for ref, entry in places.items()}


def _own_rows(form: Form, book: FileBook) -> dict[CellRef, int]:
    grid = book.grid(OWN_SHEET) if OWN_SHEET in book.sheet_names else ()
    known = {cell_key(spec.ref): spec.ref for spec in form.specs() if spec.quantity}
    return {known[cell]: at for at, row in enumerate(grid) for cell in row if isinstance(cell, str) and cell in known}


def at_row(grid: Grid, row: int) -> Sequence[object]:
    """A row; empty below the last one."""
    return grid[row] if 0 <= row < len(grid) else ()


def at(row: Sequence[object], column: int) -> object:
    """A cell of a row; blank behind the last one."""
    return row[column] if 0 <= column < len(row) else ""


def words(cell: object) -> str:
    """A cell's text with its spaces put in order."""
    return " ".join(cell.split()) if isinstance(cell, str) else ""


def _by_unit(grid: Grid, name: str) -> tuple[list[ColumnClaim], int, list[LineClaim]]:
    found = next((r for r, row in enumerate(grid[:_KEY_ROWS]) if ROW_KEYS in row and TOTAL_KEY in row), None)
    if found is None:
        raise _without_keys(name, BY_UNIT_SHEET)
    keys, heads = grid[found], at_row(grid, found + 1)
    row_keys, total = list(keys).index(ROW_KEYS), list(keys).index(TOTAL_KEY)
    if "Cách tổng hợp" not in heads[:total]:
        raise _without_keys(name, BY_UNIT_SHEET)
    rollup = list(heads).index("Cách tổng hợp")
    columns = []
    for column in range(rollup + 1, total):
        key = keys[column]
        match = _UNIT.fullmatch(key) if isinstance(key, str) else None
        code, sha256 = (unquote(match[1]), match[2]) if match else ("", "")
        columns.append(ColumnClaim(column, code, sha256, str(at(heads, column)).split("\n")[0]))
    lines = []
    for number in range(found + 2, len(grid)):
        row = grid[number]
        titles = str(at(row, rollup - 4)), words(at(row, rollup - 3)), words(at(row, rollup - 2))
        key = at(row, row_keys)
        lines.append(LineClaim(number, key if isinstance(key, str) else "?", titles, words(at(row, rollup)), row))
    return columns, total, lines


def _sources(grids: Mapping[str, Grid], name: str) -> tuple[list[UnitClaim], list[SourceClaim]]:
    units: list[UnitClaim] = []
    places: list[SourceClaim] = []
    seen: set[tuple[str, ...]] = set()
    table: tuple[str, ...] = ()
    keys = 0
    for sheet, number, row in ((sheet, *line) for sheet, grid in grids.items() for line in enumerate(grid)):
        heads = next((h for h in (CELLS, SINGLE, FILES) if tuple(row[: len(h)]) == h), None)
        if heads is not None:
            table = heads
            seen.add(heads)
            if heads is not FILES:
                if ROW_KEYS not in row:
                    raise _without_keys(name, SOURCES_SHEET)
                keys = list(row).index(ROW_KEYS)
        elif not any(cell not in ("", None) for cell in row):
            table = ()
        elif table is FILES:
            units.append(UnitClaim(*(str(at(row, column)) for column in range(len(FILES)))))
        elif table:
            place = _PLACE.fullmatch(str(at(row, 4)))
            single = table is SINGLE
            places.append(
                SourceClaim(
                    f"“{sheet}” hàng {number + 1}",
                    str(at(row, keys)),
                    "" if single else str(at(row, 3)),
                    str(at(row, 3)) if single else "",
                    (place[1], place[2]) if place else ("", ""),
                    "" if single else at(row, 5),
                    at(row, 7),
                )
            )
    if len(seen) < 3:
        raise _without_keys(name, SOURCES_SHEET)
    return units, places


def _files(grid: Grid, name: str) -> tuple[list[FileClaim], int | None, int]:
    files: list[FileClaim] = []
    counted = owing = None
    columns: tuple[int, ...] = ()
    for row in grid:
        match = _COUNTED.fullmatch(str(at(row, 0)))
        counted = int(match[1]) if match and counted is None else counted
        match = _OWING.fullmatch(str(at(row, 0)))
        owing = int(match[1]) if match and owing is None else owing
        heads = [str(cell) for cell in row]
        if all(head in heads for head in ("Mã đơn vị", "Tệp", "Tình trạng")):
            digest = next((c for c, head in enumerate(heads) if head.startswith("Mã băm")), len(heads))
            columns = heads.index("Mã đơn vị"), heads.index("Tệp"), heads.index("Tình trạng"), digest
        elif columns and (file := at(row, columns[1])):
            code, state, digest_text = (str(at(row, column)) for column in (columns[0], columns[2], columns[3]))
            files.append(FileClaim(code, str(file), state, digest_text))
    if not columns:
        raise _without_keys(name, RECEIVED_SHEET)
    return files, counted, len({file.code for file in files if file.code}) if owing is None else owing


def _without_keys(name: str, sheet: str) -> WorkbookFault:
    return WorkbookFault(
        f"Trang “{sheet}” của sổ {name} mất khóa ẩn hoặc tiêu đề, hoặc sổ do bản cũ của bộ công cụ lập: hãy lấy lại sổ "
        "gốc, hoặc tổng hợp lại rồi mới đối chiếu."
    )


def address(sheet: str, row: int, column: int) -> str:
    """``“Theo đơn vị” ô F12``."""
    return f"“{sheet}” ô {cell_address(row, column)}"


def lines_with_parts(lines: Sequence[LineClaim]) -> Iterator[tuple[LineClaim, Sequence[LineClaim]]]:
    """Every line with the lines without a key below it: a ratio's parts, headings, and what somebody added."""
    for index, line in enumerate(lines):
        if line.key:
            below = []
            for other in lines[index + 1 :]:
                if other.key:
                    break
                below.append(other)
            yield line, below
