"""The tidy table – the sheet "Dữ liệu", or the CSV files beside – against "Theo đơn vị", figure by figure.

What stands in "Theo đơn vị" is compared with the units' files elsewhere; here only whether the two tables agree.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from itertools import islice
from pathlib import Path

from cchc_xl.audit.claims import Claims, address, at
from cchc_xl.audit.discrepancy import Discrepancy, Kind
from cchc_xl.audit.figures import Row, Truth
from cchc_xl.audit.totals import as_number, same
from cchc_xl.audit.wording import said
from cchc_xl.summary_workbook.data import BESIDE, DATA_SHEET
from cchc_xl.summary_workbook.data_file import CSV, ENCODING, PARQUET, harmless
from cchc_xl.summary_workbook.plan import BY_UNIT_SHEET
from cchc_xl.summary_workbook.tidy import COLUMNS

_AGAIN = "hãy hỏi lại ai đã sửa bảng, hoặc tổng hợp lại từ tệp gốc"
_NAMED = re.compile(rf"Bảng được ghi ở {BESIDE}(.+), cùng thư mục với sổ này; mở bằng Excel\.")
_HEAD_ROWS = 5
_UNIT, _CODE, _LABEL, _NUMBER, _APPENDIX = (
    COLUMNS.index(name) for name in ("Mã đơn vị", "Mã chỉ tiêu", "Chỉ tiêu", "Giá trị", "Phụ lục")
)
# A table that was sorted in part, or of another merge, differs everywhere: the first lines say enough.
_MOST = 1_000

_Line = tuple[str, Sequence[object]]  # where it stands, its cells


def table_disagrees(claims: Claims, rows: Mapping[str, Row], summary: Path, truth: Truth) -> Iterator[Discrepancy]:
    """Every line of the table has its figure, and every figure its line. The order of the lines is free.

    ``truth``: what should stand in cells of "Theo đơn vị" that were found to be wrong.
    """
    found = _compared(claims, _Figures(claims, rows, truth), summary)
    yield from islice(found, _MOST)
    if next(found, None) is not None:
        yield _wrong(f"Bảng số liệu gốc còn nhiều sai lệch khác, chỉ liệt kê {_MOST} sai lệch đầu: {_AGAIN}.")


def _compared(claims: Claims, figures: _Figures, summary: Path) -> Iterator[Discrepancy]:
    if not claims.data:
        yield _wrong(f"Sổ tổng hợp mất trang “{DATA_SHEET}”: {_AGAIN}.")
        return
    named = next((match for row in claims.data[:_HEAD_ROWS] if (match := _NAMED.fullmatch(str(at(row, 0))))), None)
    if named is None:
        lines = ((f"“{DATA_SHEET}” hàng {number}", row) for number, row in enumerate(claims.data[1:], start=2))
        yield from figures.lines(line for line in lines if any(cell not in ("", None) for cell in line[1]))
        return
    paths = [summary.parent / name for name in named[1].split("; ")]
    if any(path.suffix == f".{PARQUET}" for path in paths):
        return  # for other programs; what it holds can be written again at any time
    # The sheet may say anything: only a plain name in the summary's own folder is looked at.
    lost = [p for p in paths if p.parent != summary.parent or p.suffix != f".{CSV}" or not p.is_file()]
    if lost:
        yield _wrong(
            f"Không thấy tệp bảng số liệu {lost[0].name} cạnh sổ tổng hợp nên chưa đối chiếu bảng này: hãy để tệp cùng "
            "thư mục với sổ rồi đối chiếu lại.",
            lost[0].name,
        )
        return
    try:
        yield from figures.lines(_of_files(paths))
    except (OSError, UnicodeError, csv.Error):
        yield _wrong(f"Không đọc được bảng số liệu cạnh sổ tổng hợp: {_AGAIN}.", paths[0].name)


def _of_files(paths: Sequence[Path]) -> Iterator[_Line]:
    for path in paths:
        with path.open(encoding=ENCODING, newline="") as handle:
            reader = csv.reader(handle, delimiter="\t")
            next(reader, None)
            for line in reader:
                yield f"Tệp {path.name} dòng {reader.line_num}", line


class _Figures:
    """The figures of "Theo đơn vị", each to be found once."""

    def __init__(self, claims: Claims, rows: Mapping[str, Row], truth: Truth) -> None:
        self.columns = [column for column in claims.columns if column.sha256]
        self.places = {harmless(column.code): place for place, column in enumerate(self.columns)}
        self.rows = list(rows.values())
        self.truth = truth
        self.titled: dict[tuple[str, ...], list[int]] = {}
        for index, row in enumerate(self.rows):
            appendix, _, label = row.line.titles
            self.titled.setdefault((appendix, row.spec.code, harmless(label)), []).append(index)
        self.seen = bytearray(len(self.rows) * len(self.columns))

    def lines(self, lines: Iterator[_Line]) -> Iterator[Discrepancy]:
        """Compare all lines; then what no line held."""
        for where, cells in lines:
            yield from self._line(where, cells)
        for index, row in enumerate(self.rows):
            for place, column in enumerate(self.columns):
                figure = self._figure(index, place)
                if figure is not None and not self.seen[index * len(self.columns) + place]:
                    what = f"thiếu số {said(figure)} của {column.heading}, {row.words}"
                    yield _wrong(f"Bảng số liệu gốc {what}: {_AGAIN}.", unit=column.code)

    def _line(self, where: str, cells: Sequence[object]) -> Iterator[Discrepancy]:
        unit, code, label, appendix = (str(at(cells, column)) for column in (_UNIT, _CODE, _LABEL, _APPENDIX))
        code = code.replace("\r", "_xd_")  # LibreOffice takes these signs of a code for a line end
        indices = self.titled.get((appendix, code, label)) or self.titled.get((appendix, code, harmless(label)), [])
        place = self.places.get(unit, self.places.get(harmless(unit)))
        number = _number(at(cells, _NUMBER))
        if place is None or not indices:
            what = f"đơn vị mã {unit[:60]}" if place is None else f"chỉ tiêu {appendix[:20]} “{label[:80]}”"
            yield _wrong(f"{where}: trang “{BY_UNIT_SHEET}” không có {what}: {_AGAIN}.")
            return
        column = self.columns[place]
        free = [index for index in indices if not self.seen[index * len(self.columns) + place]]
        if not free:
            words = self.rows[indices[0]].words
            yield _wrong(f"{where} lặp lại số liệu của {column.heading}, {words}: {_AGAIN}.")
            return
        chosen = next((index for index in free if _same(self._figure(index, place), number)), free[0])
        self.seen[chosen * len(self.columns) + place] = 1
        figure, row = self._figure(chosen, place), self.rows[chosen]
        if not _same(figure, number):
            cell = address(BY_UNIT_SHEET, row.line.row, column.index)
            yield Discrepancy(
                Kind.TABLE,
                f"{where} ghi {said(at(cells, _NUMBER))} cho {column.heading}, {row.words}; số của trang {cell} là "
                f"{said(figure)}: {_AGAIN}.",
                column.code,
                column.heading,
                row=row.words,
                cell=where,
                shown=number,
                source=cell,
                expected=figure,
            )

    def _figure(self, index: int, place: int) -> Decimal | None:
        line, column = self.rows[index].line, self.columns[place].index
        if (line.key, column) in self.truth:
            return self.truth[line.key, column]
        return as_number(at(line.cells, column))


def _number(cell: object) -> Decimal | None:
    """A figure; of a CSV with whatever decimal sign the PC has."""
    if not isinstance(cell, str):
        return as_number(cell)
    try:
        number = Decimal(re.sub(r"[^0-9-]", ".", cell)) if cell else None
    except InvalidOperation:
        return None
    return number


def _same(one: Decimal | None, other: Decimal | None) -> bool:
    return one is not None and other is not None and same(one, other)


def _wrong(message: str, file: str = "", unit: str = "") -> Discrepancy:
    return Discrepancy(Kind.TABLE, message, unit, file=file)
