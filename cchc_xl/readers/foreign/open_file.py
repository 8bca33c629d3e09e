"""Any file that an office may send → its tables, or one sentence that says what to do.

What a file is, its content says; its name may lie. How much it may hold, ``ooxml.limits`` says.
"""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from cchc_xl.errors import InputFault, WorkbookFault
from cchc_xl.ooxml.limits import FOREIGN, MAX_FILE_BYTES, Limits
from cchc_xl.ooxml.package import crowded, entries_fault
from cchc_xl.readers.contents import WORKBOOK
from cchc_xl.readers.file_book import BROKEN_ZIP, FileBook
from cchc_xl.readers.foreign import compound, old_excel, open_document, word
from cchc_xl.readers.foreign.table import ForeignTable, SparseRows, TooLarge
from cchc_xl.readers.number_scales import as_shown
from cchc_xl.stamp import MAPPING_SHEET, STAMP_SHEET
from cchc_xl.values import State, Value, from_cell

_AGAIN = "hãy mở bằng Excel hoặc Word, lưu lại dạng .xlsx hoặc .docx rồi chạy lại"
# What begins like this holds no table that can be read.
_OTHERS = (
    (b"%PDF", "là tệp PDF (bản in hoặc bản quét), không đọc được bảng: hãy xin đơn vị tệp Word hoặc Excel gốc."),
    (b"{\\rtf", f"là tệp RTF: {_AGAIN}."),
    (b"\x89PNG", "là một tấm ảnh, không đọc được bảng: hãy xin đơn vị tệp Word hoặc Excel gốc."),
    (b"\xff\xd8\xff", "là một tấm ảnh, không đọc được bảng: hãy xin đơn vị tệp Word hoặc Excel gốc."),
    (b"Rar!", "là tệp nén: hãy giải nén rồi chọn tệp bên trong."),
    (b"7z\xbc\xaf", "là tệp nén: hãy giải nén rồi chọn tệp bên trong."),
)


@dataclass(frozen=True, slots=True)
class ForeignFile:
    """A file's tables, and the hash of its content by which it is known again."""

    name: str
    sha256: str
    tables: tuple[ForeignTable, ...]


def read_foreign(path: Path, limits: Limits = FOREIGN) -> ForeignFile:
    """Read a file's tables. Raises ``WorkbookFault`` when it cannot be read, ``InputFault`` for a workbook of ours."""
    content = _bytes(path)
    try:
        tables = _tables(path, content, limits)
    except TooLarge:
        raise WorkbookFault(f"Tệp {path.name} lớn bất thường, vượt xa một biểu mẫu: không mở vì an toàn.") from None
    except ValueError:
        raise WorkbookFault(f"Tệp {path.name} đã hỏng, không đọc được: hãy xin lại tệp.") from None
    tables = [table for table in tables if table.rows]
    if not tables:
        raise WorkbookFault(f"Tệp {path.name} không có bảng nào: hãy xin đơn vị tệp có bảng số liệu.")
    return ForeignFile(path.name, hashlib.sha256(content).hexdigest(), tuple(tables))


def _bytes(path: Path) -> bytes:
    name = path.name
    try:
        if path.is_dir():
            raise WorkbookFault(f"{name} là thư mục: hãy chọn một tệp trong thư mục đó.")
        if not path.is_file():
            raise WorkbookFault(f"Không tìm thấy tệp {name}: hãy kiểm tra lại tên và thư mục.")
        if path.stat().st_size > MAX_FILE_BYTES:
            raise WorkbookFault(f"Tệp {name} lớn hơn {MAX_FILE_BYTES // 2**20} MB: không mở vì an toàn.")
        content = path.read_bytes()
    except (OSError, ValueError):
        raise WorkbookFault(f"Không đọc được tệp {name}: hãy kiểm tra tên, quyền, ổ đĩa và thử lại.") from None
    if not content:
        raise WorkbookFault(f"Tệp {name} trống (0 byte): hãy xin lại tệp.")
    return content


def _tables(path: Path, content: bytes, limits: Limits) -> list[ForeignTable]:
    if content.startswith(compound.MAGIC):
        return _of_compound(path, content, limits)
    if content.startswith(b"PK"):
        return _of_package(path, content, limits)
    head = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    for magic, words in _OTHERS:
        if head.startswith(magic):
            raise WorkbookFault(f"Tệp {path.name} {words}")
    if head[:1] == b"<":
        raise WorkbookFault(f"Tệp {path.name} là trang web hoặc XML, không phải tệp Excel hay Word: {_AGAIN}.")
    raise WorkbookFault(f"Tệp {path.name} không phải tệp Excel, OpenDocument hay Word mà máy đọc được: {_AGAIN}.")


def _of_compound(path: Path, content: bytes, limits: Limits) -> list[ForeignTable]:
    streams = compound.read_streams(content, old_excel.STREAMS)
    locked = WorkbookFault(f"Tệp {path.name} có mật khẩu: hãy bỏ mật khẩu, lưu lại rồi chạy lại.")
    if "encryptedpackage" in streams:
        raise locked
    if "worddocument" in streams:
        raise WorkbookFault(f"Tệp {path.name} ở dạng Word cũ (.doc): hãy mở bằng Word và lưu lại dạng .docx.")
    if old_excel.STREAMS.isdisjoint(streams):
        raise WorkbookFault(f"Tệp {path.name} không phải tệp Excel hay Word: {_AGAIN}.")
    try:
        return old_excel.old_excel_tables(content, streams, limits)
    except old_excel.Encrypted:
        raise locked from None


def _of_package(path: Path, content: bytes, limits: Limits) -> list[ForeignTable]:
    if crowded(content, limits.entries):
        raise TooLarge
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            entries = package.infolist()
            if sum(entry.file_size for entry in entries) > limits.unpacked:
                raise TooLarge
            fault = entries_fault(entries)
            if fault:
                raise WorkbookFault(f"Tệp {path.name} {fault}")
            names = {entry.filename.lower(): entry for entry in entries}
            if WORKBOOK in names:
                return _of_workbook(path, content, limits)
            if word.DOCUMENT in names:
                document = _part(package, names, word.DOCUMENT, limits.sheet)
                return word.word_tables(document, _part(package, names, word.STYLES, limits.shared), limits)
            kind = _part(package, names, "mimetype", limits.shared).strip()
            if kind.startswith(open_document.TEXT):
                raise WorkbookFault(f"Tệp {path.name} là văn bản OpenDocument (.odt): hãy lưu lại dạng .docx.")
            if open_document.CONTENT in names and kind.startswith(open_document.SPREADSHEET):
                content_xml = _part(package, names, open_document.CONTENT, limits.sheet)
                styles = _part(package, names, open_document.STYLES, limits.shared)
                return open_document.open_document_tables(content_xml, styles, limits)
    except BROKEN_ZIP:
        raise WorkbookFault(f"Tệp {path.name} đã hỏng, không đọc được: hãy xin lại tệp.") from None
    if "xl/workbook.bin" in names:
        raise WorkbookFault(f"Tệp {path.name} ở dạng .xlsb: hãy mở bằng Excel và lưu lại dạng .xlsx.")
    raise WorkbookFault(f"Tệp {path.name} không phải tệp Excel, OpenDocument hay Word: {_AGAIN}.")


def _part(package: zipfile.ZipFile, names: dict[str, zipfile.ZipInfo], part: str, most: int) -> bytes:
    """A part, unpacked, never more of it than its entry says; empty when it is not there."""
    entry = names.get(part)
    if entry is None:
        return b""
    if entry.file_size > most:
        raise TooLarge
    with package.open(entry) as handle:
        return handle.read(entry.file_size)


def _of_workbook(path: Path, content: bytes, limits: Limits) -> list[ForeignTable]:
    tables = []
    with FileBook(path, content, limits) as book:
        if STAMP_SHEET in book.sheet_names:
            raise InputFault(
                f"{path.name} đã là sổ CCHC, không cần nhận dạng: hãy dùng kiem-tra hoặc tong-hop "
                "(sổ phiên bản cũ: nang-cap)."
            )
        if MAPPING_SHEET in book.sheet_names:
            raise InputFault(f"{path.name} là sổ “Ghép dòng”: hãy chọn tệp nguồn, và ghi sổ này sau --ghep.")
        for sheet in book.sheet_names:
            grid = book.grid(sheet)
            facts = book.facts(sheet)
            rows = SparseRows(limits)
            scales = book.scales(sheet)
            for number, line in enumerate(grid):
                for column, raw in enumerate(line):
                    value = from_cell(raw)
                    rows.put(number, column, as_shown(value, scales.get((number, column), 0)))
            for (number, column), text in facts.errors.items():
                rows.put(number, column, Value(State.ERROR, text=text))
            look = book.appearance(sheet)
            for (number, column), (high, wide) in look.boxes.items():
                rows.merge(number, column, high, wide)
            waiting = sum(
                not (row < len(grid) and column < len(grid[row]) and from_cell(grid[row][column]).filled)
                and (row, column) not in facts.errors
                for row, column in facts.formulas
            )
            said = f"{waiting} ô công thức chưa có kết quả: hãy mở tệp bằng Excel rồi lưu lại nếu đó là số liệu"
            tables.append(
                ForeignTable(
                    sheet,
                    rows.laid_out(),
                    worksheet=True,
                    remarks=(said,) if waiting else (),
                    boxes=rows.boxes,
                    hidden_rows=frozenset(look.hidden_rows),
                    hidden_columns=frozenset(look.hidden_columns),
                    hidden=sheet in book.hidden_sheets,
                )
            )
    return tables
