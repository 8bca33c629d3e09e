"""Fill a form workbook from printed figures (nhap): a folder with one .tsv for each appendix.

The printed strings go through the Vietnamese number reader. What a numeric cell cannot hold stays there as the text
that was printed, so that the check can say so. A figure printed where the form has a formula replaces the formula, as a
clerk who typed over it would have done; a blank leaves the formula, or the cell, alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from cchc_xl.catalogue.model import Appendix, CellKind, CellSpec, Form, Row
from cchc_xl.catalogue.wording import prints
from cchc_xl.companions import Companions, stands_as_built
from cchc_xl.errors import InputFault
from cchc_xl.expressions import CellRef
from cchc_xl.layout import MAX_ROW_HEIGHT, form_layout, row_height
from cchc_xl.live_checks.states import shown_results
from cchc_xl.ooxml.patch import CellWrite, patch_cells
from cchc_xl.row_heights import changes_of_rows
from cchc_xl.submission import LABEL, FormulaState, Submission, SubmissionFigures, is_computed
from cchc_xl.values import Reading, State, Value, from_text, normalise, number_value, read_number

# With fewer labels, half of them differing proves nothing.
_ENOUGH_LABELS = 4


@dataclass(frozen=True, slots=True)
class Filling:
    """What was filled in: cells by value, and remarks for the user."""

    written: int
    as_text: int
    appendices: tuple[str, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PrintedFigures:
    """Printed strings by cell, as read from the folder."""

    texts: Mapping[CellRef, str]
    appendices: tuple[str, ...]
    remarks: tuple[str, ...]


def read_printed(folder: Path, form: Form) -> PrintedFigures:
    """Read ``<folder>/<appendix>.tsv`` for every appendix that is there; ``order`` finds the row.

    Raises ``InputFault`` for a missing folder, a folder without any of the form's appendices, and for all faults of the
    files at once (no ``order`` column, a row that the form does not have, a row given twice, not UTF-8).
    """
    if folder.is_file():
        raise InputFault(f"{folder} là tệp, không phải thư mục: hãy chọn thư mục có các tệp .tsv.")
    if not folder.is_dir():
        raise InputFault(f"Không tìm thấy thư mục {folder}: hãy kiểm tra lại đường dẫn.")
    texts: dict[CellRef, str] = {}
    faults: list[str] = []
    remarks: list[str] = []
    found = []
    for appendix in form.appendices:
        path = folder / f"{appendix.id}.tsv"
        if path.is_file():
            found.append(appendix.id)
            _read_appendix(path, appendix, texts, faults, remarks)
    if not found:
        wanted = ", ".join(f"{appendix.id}.tsv" for appendix in form.appendices)
        raise InputFault(f"Thư mục {folder} không có tệp số liệu nào của biểu {form.id} (cần: {wanted}).")
    if faults:
        raise InputFault(f"Số liệu trong {folder} không nhập được: " + "; ".join(faults[:10]) + ".")
    return PrintedFigures(texts, tuple(found), tuple(remarks))


def _read_appendix(
    path: Path, appendix: Appendix, texts: dict[CellRef, str], faults: list[str], remarks: list[str]
) -> None:
    try:
        header, lines = read_tsv(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        faults.append(f"{path.name} không phải tệp văn bản UTF-8 ngăn cách bằng tab")
        return
    if "order" not in header:
        faults.append(f"{path.name} thiếu cột order")
        return
    columns = {column.name: column for column in appendix.columns if column.key not in ("stt", "label", "unit")}
    if not any(name in columns for name in header):
        faults.append(f"{path.name} không có cột số liệu nào của {appendix.id} ({', '.join(columns)})")
        return
    seen: set[int] = set()
    spare = _SpareRows(appendix, {(line.get("order") or "").strip() for line in lines})
    labelled = differing = 0
    for number, line in enumerate(lines, start=2):
        if None in line:
            faults.append(f"{path.name} dòng {number}: nhiều ô hơn tiêu đề")
            continue
        order_text = (line.get("order") or "").strip()
        label = line.get("label") or ""
        if not order_text and appendix.spare_cells and label.strip():
            if spare.is_printed(label):
                remarks.append(f"{path.name} dòng {number}: “{label}” là dòng in sẵn nhưng không ghi order, bỏ qua")
                continue
            order_text = spare.take()
            if not order_text:
                faults.append(
                    f"{path.name} dòng {number}: biểu chỉ có {len(appendix.spare_cells)} dòng thêm, "
                    f"không còn chỗ cho “{label}”"
                )
        if not order_text:
            continue
        order = int(order_text) if re.fullmatch(r"[0-9]{1,6}", order_text) else 0
        if not 1 <= order <= len(appendix.rows):
            faults.append(f"{path.name} dòng {number}: biểu không có dòng order {order_text}")
            continue
        if order in seen:
            faults.append(f"{path.name} dòng {number}: order {order} đã có ở trên")
            continue
        seen.add(order)
        row = appendix.row(order)
        if row.spare:
            texts.update(
                (spec.ref, text)
                for spec in appendix.spare_cells[order]
                if (text := line.get(spec.column.name) or "").strip()
            )
            continue
        labelled += bool(label)
        if label and normalise(label) != normalise(row.label):
            differing += 1
            if spare.is_printed(label):  # its figures would stand in the row of another
                faults.append(f"{path.name} dòng {number}: “{label}” không phải dòng order {order}, hãy sửa order")
                continue
            remarks.append(f"{path.name} dòng {number}: tên chỉ tiêu khác biểu mẫu, vẫn nhập vào dòng {row.title()}")
        for name, column in columns.items():
            text = line.get(name) or ""
            ref = CellRef(appendix.id, order, column.key)
            if not text.strip():
                continue
            if ref in appendix.cells:
                texts[ref] = text
            elif not column.given and not prints(row, column.key, text):
                remarks.append(f"{path.name} dòng {number}: dòng {row.title()} không có ô “{name}”, bỏ qua “{text}”")
    if labelled >= _ENOUGH_LABELS and differing > labelled / 2:
        faults.append(
            f"{path.name} có {differing}/{labelled} tên chỉ tiêu khác biểu {appendix.id}: hình như của biểu khác"
        )


class _SpareRows:
    """The spare rows of an appendix that a file fills: those it names by order, then the next free ones."""

    def __init__(self, appendix: Appendix, orders: Collection[str]) -> None:
        self._printed = {normalise(row.label) for row in appendix.printed}
        self._free = [str(order) for order in appendix.spare_cells if str(order) not in orders]

    def is_printed(self, label: str) -> bool:
        """Whether the form prints a row of this name."""
        return normalise(label) in self._printed

    def take(self) -> str:
        """The order of the next free row; empty when there is none."""
        return self._free.pop(0) if self._free else ""


def read_tsv(text: str) -> tuple[list[str], list[dict[str | None, str]]]:
    """Header and lines of a tab-separated text. A line is a line: quotes are text, unless they wrap a whole field.

    Offices' texts begin with quotes ("Một cửa" điện tử), spreadsheet programs wrap fields in them: both are read.
    A field too many stands under ``None``.
    """
    table = [[_unwrapped(field) for field in line.split("\t")] for line in text.splitlines() if line.strip()]
    header = table[0] if table else []
    lines: list[dict[str | None, str]] = []
    for fields in table[1:]:
        line: dict[str | None, str] = dict(zip(header, fields, strict=False))
        if any(fields[len(header) :]):
            line[None] = "\t".join(fields[len(header) :])
        lines.append(line)
    return header, lines


def _unwrapped(field: str) -> str:
    inner = field[1:-1]
    wrapped = len(field) > 1 and field[0] == field[-1] == '"' and '"' not in inner.replace('""', "")
    return inner.replace('""', '"') if wrapped else field


def printed_value(spec: CellSpec, text: str) -> Value:
    """What a clerk's typing leaves in the cell: a number where it is one, ``-``, else the text as printed."""
    value = from_text(text)
    if value.state is not State.TEXT or spec.kind in (CellKind.TEXT, CellKind.PROCEDURE_CODE):
        return value
    reading = read_number(text)
    if reading.reading is Reading.CLEAN and reading.number is not None:
        return number_value(reading.number)
    return Value(State.TEXT, text=text.strip() if spec.kind.numeric else text)


def fill(submission: Submission, source: Path, target: Path, printed: PrintedFigures) -> Filling:
    """Write the printed figures into the workbook ``source`` and store it as ``target`` (may be the same), atomically.

    Everything else in the workbook stays as it is; the formulas that stand get their true results.
    """
    entries = dict(submission.entries)
    shown = _spare_rows(submission, printed)
    entries.update({spec.ref: submission.entries[spec.ref] for row in shown for spec in row})
    writes: dict[str, dict[str, CellWrite]] = {}
    as_text = 0
    for ref, text in printed.texts.items():
        spec = submission.form.spec(ref)
        value = printed_value(spec, text)
        entry = submission.entries[ref]
        if value == entry.value and entry.formula is FormulaState.NONE:
            continue
        entries[ref] = replace(entry, value=value, formula=FormulaState.NONE)
        content = value.number if value.number is not None else value.text
        as_text += spec.kind.figure and value.number is None and value.state is State.TEXT and spec.kind.numeric
        writes.setdefault(entry.sheet, {})[entry.address] = CellWrite(content)
    filled = replace(submission, entries=entries)
    written = sum(len(cells) for cells in writes.values())
    figures = SubmissionFigures(filled)
    for ref, entry in entries.items():
        if is_computed(entry):
            result = CellWrite(figures.number(ref), keep_formula=True)
            writes.setdefault(entry.sheet, {})[entry.address] = result
    shown_after = shown_results(filled)
    for sheet, results in shown_after.items():
        for address, result_text in results.items():
            writes.setdefault(sheet, {}).setdefault(address, CellWrite(result_text, where_formula=True))
    shown_rows: dict[str, set[int]] = {}
    for row in shown:
        entry = entries[row[0].ref]
        shown_rows.setdefault(entry.sheet, set()).add(entry.row + 1)
    patch_cells(source, target, writes, _row_heights(filled, printed, shown_after), shown_rows)
    return Filling(written, as_text, printed.appendices, printed.remarks)


def _spare_rows(submission: Submission, printed: PrintedFigures) -> list[tuple[CellSpec, ...]]:
    """The cells of each spare row that gets something.

    Raises ``InputFault`` where such a row bears another name in the workbook: the figures of two things would mix.
    """
    rows = dict.fromkeys((ref.appendix, ref.order or 0) for ref in printed.texts)
    found = []
    for appendix, order in rows:
        cells = submission.form.appendix(appendix).spare_cells.get(order)
        if cells is None:
            continue
        label = CellRef(appendix, order, LABEL)
        try:
            entry = submission.entries[label]
        except KeyError:
            raise InputFault(
                f"Trang {appendix} của sổ không có dòng thêm này: hãy lập sổ mới bằng lệnh tao-so."
            ) from None
        new = printed.texts.get(label, "")
        if new and entry.value.filled and normalise(new) != normalise(entry.value.text):
            raise InputFault(
                f"Dòng thêm ở trang {entry.sheet} hàng {entry.row + 1} đã ghi “{entry.value.text}”, "
                f"không nhập đè “{new}”: hãy ghi order của một dòng thêm còn trống."
            )
        found.append(cells)
    return found


def _row_heights(submission: Submission, printed: PrintedFigures, shown: Companions) -> dict[str, dict[int, float]]:
    """Heights of the rows that got a text, so that all of it shows, and of their table for the last page's sake."""
    heights: dict[str, dict[int, float]] = {}
    for ref in printed.texts:
        spec = submission.form.spec(ref)
        if spec.kind is CellKind.TEXT:
            entry = submission.entries[ref]
            height = _row_height(submission, submission.form.appendix(ref.appendix), spec.row)
            heights.setdefault(entry.sheet, {})[entry.row + 1] = height
    for appendix in submission.form.appendices:
        sheet = next((submission.entries[ref].sheet for ref in appendix.cells if ref in submission.entries), "")
        if sheet in heights and stands_as_built(submission, appendix):
            place = form_layout(submission.form).appendices[appendix.id]
            rows = {
                row: _row_height(submission, appendix, row)
                for row in appendix.in_sheet
                if not row.spare or _named(submission, appendix, row)
            }
            changes = changes_of_rows(appendix, place, shown.get(sheet, {}), rows)
            heights[sheet] = {
                place.rows[row.order] + 1: min(MAX_ROW_HEIGHT, height + changes[row.order])
                for row, height in rows.items()
            }
    return heights


def _row_height(submission: Submission, appendix: Appendix, row: Row) -> float:
    refs = [(column, CellRef(appendix.id, row.order, column.key)) for column in appendix.columns]
    texts = {
        column.key: submission.value(ref).text
        for column, ref in refs
        if ref in submission.form.cells and (not column.given or row.spare)
    }
    return row_height(appendix, row, texts)


def _named(submission: Submission, appendix: Appendix, row: Row) -> bool:
    return any(submission.value(spec.ref).filled for spec in appendix.spare_cells[row.order])
