"""Set cell values inside an existing .xlsx/.xlsm and leave everything else in the package byte for byte.

openpyxl rebuilds the package and so loses shapes, buttons, cached results and more. Here only the XML of the touched
worksheets changes, plus, when a formula goes, the calculation chain. Results of formulas that depend on a written cell
are not recomputed: Excel or the caller (``keep_formula``) has to do that.
Formats: ECMA-376 part 1 §18.3.1 (worksheet), §18.2 (workbook), §18.6 (calcChain); part 2 (package).
"""

from __future__ import annotations

import re
import struct
import unicodedata
import zipfile
import zlib
from bisect import bisect, insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from cchc_xl import excel_limits
from cchc_xl.atomic import replacing
from cchc_xl.errors import WorkbookFault
from cchc_xl.ooxml.limits import MAX_UNPACKED_BYTES
from cchc_xl.ooxml.package import entries_fault
from cchc_xl.ooxml.parts import drop_calc_chain, drop_macros, parse, part_of, serialise

_MAX_NUMBER, _MIN_NUMBER = Decimal("9.99999999999999E+307"), Decimal("2.2250738585072E-308")  # Excel's, absolute
_REF = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
# ST_Xstring (part 1 §22.9.2.19): what XML 1.0 cannot hold is _xHHHH_, so a literal "_xHHHH_" needs its "_" escaped.
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)|[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
_OLE_MAGIC = b"\xd0\xcf\x11\xe0"  # a workbook with an opening password, or an .xls, is an OLE file and no zip
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, ValueError, KeyError)


@dataclass(frozen=True, slots=True)
class CellWrite:
    """What a cell shall hold: exactly one of a number, a text, or nothing; or only a new cached result of its formula.

    ``value``: Decimal or int is a number, str is always a text (even "=1+1"), None empties the cell.
    ``keep_formula``: leave the formula and replace its cached result by ``value`` (None: an empty text).
    ``where_formula``: as ``keep_formula``, and a cell without a formula is left alone.
    Raises TypeError for bool, float and others: their meaning in a cell would be a guess.
    """

    value: Decimal | int | str | None
    keep_formula: bool = False
    where_formula: bool = False

    def __post_init__(self) -> None:
        """Refuse types that would pass silently as numbers."""
        if self.where_formula:
            object.__setattr__(self, "keep_formula", True)
        if isinstance(self.value, bool) or not isinstance(self.value, Decimal | int | str | None):
            raise TypeError(f"CellWrite.value: {type(self.value).__name__}")


def patch_cells(
    source: Path,
    target: Path,
    writes: Mapping[str, Mapping[str, CellWrite]],
    row_heights: Mapping[str, Mapping[int, float]] | None = None,
    shown_rows: Mapping[str, Iterable[int]] | None = None,
) -> None:
    """Copy the workbook ``source`` to ``target`` (may be the same file) with the given cells changed, all or nothing.

    Macros stay in an .xlsm and stay behind when the target is an .xlsx.
    ``writes``: sheet name (compared exactly after NFC) -> {"E15": CellWrite}. Cells keep their style; a cell that is
    not there is created with the style of its row or column.
    ``row_heights``: sheet name -> {row number from 1: points}, for written sheets; Excel goes on fitting these rows.
    ``shown_rows``: sheet name -> row numbers from 1, for written sheets: rows that are hidden no longer.

    Raises:
        WorkbookFault: package broken, encrypted or too large; unknown sheet; value or cell reference Excel cannot hold;
            ``keep_formula`` without formula; a write that would break an array, data table or shared formula.
        CchcError: the target cannot be written.
    """
    try:
        members, parts, comment = _load(source)
        if _patch(parts, writes, row_heights or {}, shown_rows or {}, source.name):
            drop_calc_chain(parts)
        if target.suffix.lower() == ".xlsx":
            drop_macros(parts)
    except _BROKEN as error:
        raise WorkbookFault(
            f"Tệp {source.name} bị hỏng hoặc không phải tệp Excel: hãy mở bằng Excel, lưu lại rồi thử lại."
        ) from error
    # The source is closed by now: Windows would not let an open file be replaced.
    with replacing(target) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        archive.comment = comment
        for member in members:
            if member.filename in parts:
                info = zipfile.ZipInfo(member.filename, member.date_time)
                info.compress_type, info.external_attr = member.compress_type, member.external_attr
                info.create_system, info.comment = member.create_system, member.comment
                archive.writestr(info, parts[member.filename])


def _load(source: Path) -> tuple[list[zipfile.ZipInfo], dict[str, bytes], bytes]:
    """Read the whole package: its directory, content by entry name, and the archive comment."""
    start = f"Tệp {source.name}"
    try:
        with source.open("rb") as file:
            if file.read(4) == _OLE_MAGIC:
                raise WorkbookFault(f"{start} có mật khẩu mở hoặc là tệp .xls cũ: hãy bỏ mật khẩu, lưu thành .xlsx.")
            with zipfile.ZipFile(file) as archive:
                members = archive.infolist()
                if sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
                    limit = MAX_UNPACKED_BYTES // 2**20
                    raise WorkbookFault(f"{start} khi giải nén vượt {limit} MB: hãy xóa bớt dữ liệu, hình rồi làm lại.")
                fault = entries_fault(members)
                if fault:
                    raise WorkbookFault(f"{start} {fault}")
                return members, {member.filename: _read(archive, member) for member in members}, archive.comment
    except FileNotFoundError as error:
        raise WorkbookFault(f"Không tìm thấy tệp {source.name}: hãy kiểm tra lại đường dẫn {source}.") from error
    except OSError as error:
        raise WorkbookFault(f"Không đọc được tệp {source.name}: hãy đóng chương trình đang giữ tệp.") from error


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    # Never more than the directory promised, whose sum has been checked; asking for one more byte finds a lie.
    with archive.open(member) as stream:
        data = stream.read(member.file_size + 1)
    if len(data) != member.file_size:
        raise zipfile.BadZipFile(f"{member.filename}: size differs from directory")
    return data


def _patch(
    parts: dict[str, bytes],
    writes: Mapping[str, Mapping[str, CellWrite]],
    row_heights: Mapping[str, Mapping[int, float]],
    shown_rows: Mapping[str, Iterable[int]],
    file: str,
) -> bool:
    """Replace the touched sheets in ``parts``; True if a formula was dropped."""
    by_id = {rel.get("Id"): rel for rel in parse(parts["xl/_rels/workbook.xml.rels"])}
    sheets: dict[str, str] = {}
    for node in parse(parts["xl/workbook.xml"]).iterfind("{*}sheets/{*}sheet"):
        # r:id has another namespace in Strict files, but only the relationship attribute is namespaced.
        identity = next((value for key, value in node.attrib.items() if key.endswith("}id")), None)
        sheets[unicodedata.normalize("NFC", node.get("name", ""))] = part_of(parts, by_id[identity])
    dropped = False
    for name, cells in writes.items():
        part = sheets.get(unicodedata.normalize("NFC", name))
        if part is None:
            raise WorkbookFault(f"Tệp {file} không có trang tính '{name}': hãy kiểm tra tên trang tính.")
        if not cells:
            continue
        sheet = _Sheet(parse(parts[part]), f"trang '{name}' của tệp {file}")
        for ref, write in cells.items():
            sheet.write(ref, write)
        for number, points in row_heights.get(name, {}).items():
            sheet.set_height(number, points)
        for number in shown_rows.get(name, ()):
            sheet.show(number)
        sheet.finish()
        parts[part] = serialise(sheet.root)
        dropped = dropped or sheet.dropped
    return dropped


class _Sheet:
    """A parsed worksheet part (§18.3.1.99); ``label`` names it in messages, ``dropped``: a formula was removed."""

    def __init__(self, root: Any, label: str) -> None:
        self.root, self.label, self.dropped = root, label, False
        self.ns = root.tag.rpartition("}")[0] + "}"  # transitional or Strict
        self.data = root.find(f"{self.ns}sheetData")
        if root.tag != f"{self.ns}worksheet" or self.data is None:
            raise WorkbookFault(f"Không ghi được vào {label} vì không phải trang tính có ô: hãy chọn trang khác.")
        self.rows = self._numbered(self.data, "row")
        self.row_numbers = sorted(self.rows)
        self.cells: dict[int, dict[int, Any]] = {}
        self.orphaned: dict[str, str] = {}  # si of a dropped shared formula's master -> its cell
        self.blocks = [
            _corners(formula.get("ref")) for formula in self.data.iter(f"{self.ns}f")
            if formula.get("t") in ("array", "dataTable") and formula.get("ref")
        ]  # fmt: skip

    def set_height(self, number: int, points: float) -> None:
        """Set the cached height of a row that is there (§18.3.1.73); a height of the user's own is left alone."""
        row = self.rows.get(number)
        if row is not None and row.get("customHeight") not in ("1", "true"):
            row.set("ht", f"{points:g}")

    def show(self, number: int) -> None:
        """Un-hide a row (§18.3.1.73)."""
        row = self.rows.get(number)
        if row is not None:
            row.attrib.pop("hidden", None)

    def _numbered(self, parent: Any, tag: str, row: int = 0) -> dict[int, Any]:
        """Children by row or column number; ``r`` may be missing (then: previous + 1) and is written out."""
        found: dict[int, Any] = {}
        number = 0
        for node in parent.iterfind(self.ns + tag):
            if (r := node.get("r")) is None:
                number += 1
                node.set("r", f"{_letters(number)}{row}" if row else str(number))
            else:
                number = _position(r)[1] if row else int(r)
            found[number] = node
        return found

    def write(self, ref: str, write: CellWrite) -> None:
        """Apply one write to the tree."""
        try:
            row, col = _position(ref)
        except ValueError as error:
            raise self._fault(ref, "không phải địa chỉ ô hợp lệ, hãy sửa địa chỉ") from error
        cell = self._cell(row, col)
        formula = None if cell is None else cell.find(f"{self.ns}f")
        block = next((b for b in self.blocks if b[0] <= row <= b[2] and b[1] <= col <= b[3]), None)
        if write.keep_formula:
            if formula is None and (block is None or cell is None):
                if write.where_formula:
                    return
                raise self._fault(ref, "không có công thức để giữ, hãy kiểm tra lại mẫu")
        elif block is not None and block[:2] != block[2:]:
            raise self._fault(ref, "thuộc công thức mảng hoặc bảng dữ liệu nên không ghi đè được, hãy xóa nó")
        elif cell is None:
            if write.value is None:
                return
            cell = self._create(row, col)
        elif formula is not None:
            self.dropped = True
            if formula.get("t") == "shared" and formula.get("ref"):
                self.orphaned[formula.get("si", "")] = ref
            cell.remove(formula)
        self._fill(cell, ref, write)

    def _fill(self, cell: Any, ref: str, write: CellWrite) -> None:
        """Set value and type of ``c`` (§18.3.1.4: children f, v, is, extLst in this order); ``s`` stays."""
        for child in [*cell.iterfind(f"{self.ns}v"), *cell.iterfind(f"{self.ns}is")]:
            cell.remove(child)
        # vm belongs to the old value (rich data), cm to a dynamic array formula.
        for attribute in ("t", "vm") if write.keep_formula else ("t", "vm", "cm"):
            cell.attrib.pop(attribute, None)
        value = "" if write.value is None and write.keep_formula else write.value
        if value is None:
            return
        text = self._text(ref, value) if isinstance(value, str) else self._number(ref, value)
        if isinstance(value, str):
            cell.set("t", "str" if write.keep_formula else "inlineStr")
        content = cell.makeelement(f"{self.ns}v", nsmap=cell.nsmap)
        cell.insert(0 if cell.find(f"{self.ns}f") is None else 1, content)
        if cell.get("t") == "inlineStr":
            content.tag = f"{self.ns}is"
            content.append(content.makeelement(f"{self.ns}t", nsmap=cell.nsmap))
            content = content[0]
            content.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        content.text = text

    def _text(self, ref: str, text: str) -> str:
        text = _LONE_SURROGATE.sub("", text)
        if excel_limits.text_length(text) > excel_limits.TEXT:
            raise self._fault(ref, f"nhận văn bản dài quá {excel_limits.TEXT} ký tự, hãy rút ngắn")
        return _ESCAPED.sub(lambda match: f"_x{ord(match[0]):04X}_", text)

    def _number(self, ref: str, number: Decimal | int) -> str:
        exact = Decimal(number)
        if not exact.is_finite() or exact.copy_abs() > _MAX_NUMBER:
            raise self._fault(ref, "nhận số mà Excel không chứa được, hãy kiểm tra số liệu")
        # Below the limit Excel reads 0 anyway, and plain notation could be millions of digits.
        return "0" if exact.copy_abs() < _MIN_NUMBER else format(exact, "f")

    def _cell(self, row: int, col: int) -> Any:
        if row in self.rows and row not in self.cells:
            self.cells[row] = self._numbered(self.rows[row], "c", row)
        return self.cells.get(row, {}).get(col)

    def _create(self, row: int, col: int) -> Any:
        """Insert an empty cell (and its row) in order, styled as Excel would: by row, else by column."""
        if row not in self.rows:
            node = self.data.makeelement(f"{self.ns}row", {"r": str(row)}, nsmap=self.data.nsmap)
            after = bisect(self.row_numbers, row)
            if after == len(self.row_numbers):
                self.data.append(node)
            else:
                self.rows[self.row_numbers[after]].addprevious(node)
            insort(self.row_numbers, row)
            self.rows[row], self.cells[row] = node, {}
        parent, cells = self.rows[row], self.cells[row]
        cell = parent.makeelement(f"{self.ns}c", {"r": f"{_letters(col)}{row}"}, nsmap=parent.nsmap)
        parent.insert(sum(other < col for other in cells), cell)  # behind the cells may be an extLst
        cells[col] = cell
        parent.attrib.pop("spans", None)  # only a hint (§18.3.1.73), and possibly wrong from now on
        columns = (
            column for column in self.root.iterfind(f"{self.ns}cols/{self.ns}col")
            if int(column.get("min", "0")) <= col <= int(column.get("max", "0"))
        )  # fmt: skip
        column = next(columns, None)
        style = None if column is None else column.get("style")
        if parent.get("customFormat") in ("1", "true"):
            style = parent.get("s")
        if style:
            cell.set("s", style)
        self._extend_dimension(row, col)
        return cell

    def _extend_dimension(self, row: int, col: int) -> None:
        # §18.3.1.35; streaming readers trust it and would not see a cell outside.
        if (node := self.root.find(f"{self.ns}dimension")) is not None:
            top, left, bottom, right = _corners(node.get("ref", "A1"))
            top, left, bottom, right = min(top, row), min(left, col), max(bottom, row), max(right, col)
            node.set("ref", f"{_letters(left)}{top}:{_letters(right)}{bottom}")

    def finish(self) -> None:
        """Refuse if a cell still refers to the text of a shared formula (§18.3.1.40) that has been dropped."""
        for formula in self.data.iter(f"{self.ns}f") if self.orphaned else ():
            if formula.get("t") == "shared" and formula.get("si", "") in self.orphaned:
                raise self._fault(
                    self.orphaned[formula.get("si", "")],
                    "giữ công thức dùng chung cho các ô khác, hãy ghi đè cả vùng hoặc nhập lại công thức",
                )

    def _fault(self, ref: str, problem: str) -> WorkbookFault:
        return WorkbookFault(f"Ô {ref}, {self.label}, {problem} rồi làm lại.")


def _position(ref: str) -> tuple[int, int]:
    """Row and column number of a reference such as E15; ValueError outside Excel's grid."""
    match = _REF.fullmatch(ref)
    row, col = (int(match[2]), 0) if match else (0, 0)
    for letter in match[1] if match else "":
        col = col * 26 + ord(letter) - 64
    if not (1 <= row <= excel_limits.ROWS and 1 <= col <= excel_limits.COLUMNS):
        raise ValueError(f"cell reference {ref!r}")
    return row, col


def _letters(col: int) -> str:
    """Column number in letters: 28 -> AB."""
    return (_letters((col - 1) // 26) if col > 26 else "") + chr((col - 1) % 26 + 65)


def _corners(area: str) -> tuple[int, int, int, int]:
    """Top, left, bottom, right of "B2:C9" or "B2"."""
    first, _, last = area.partition(":")
    return (*_position(first), *_position(last or first))
