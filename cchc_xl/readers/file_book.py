"""A workbook file: values through calamine (the fastest reader), formulas and errors by a look at the sheets' XML.

calamine gives values only: an error value and a formula without a result are both ``''`` for it.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from html import unescape
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any

from cchc_xl.errors import WorkbookFault
from cchc_xl.ooxml.limits import MAX_UNPACKED_BYTES
from cchc_xl.readers.grid import CellFacts

# What zipfile raises on damaged, encrypted or exotic packages.
_BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    OSError,
    EOFError,
    KeyError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)

_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*?>")
_RELATIONSHIP = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*?>")
_ATTRIBUTE = re.compile(rb'([\w:]+)\s*=\s*(?:"([^"]*)"|\'([^\']*)\')')
_PREFIXED_FORMULA_CELL = re.compile(
    rb"<(?:\w+:)?c\s([^>]*[^/])>\s*<(?:\w+:)?f\b([^>]*?)(?:/>|>([^<]*)</(?:\w+:)?f>)",
)
_FORMULA = re.compile(rb"<f(?:\s[^<>]*)?(?:/>|>([^<]*)</f>)")
_ROOT = 4096  # bytes in which the root element begins
_ERROR_CELL = re.compile(rb'<(?:\w+:)?c\s([^>]*\bt="e"[^>]*)>.*?<(?:\w+:)?v>([^<]*)<', re.DOTALL)
_REFERENCE = re.compile(rb"""(?:^|\s)r\s*=\s*["']([A-Z]{1,3})([1-9][0-9]{0,6})["']""")


class FileBook:
    """An .xlsx or .xlsm file. Raises ``WorkbookFault`` when it is not one, is damaged, encrypted or far too large.

    ``content``: the file's bytes, when they were read already. ``limit``: how large it may be when unpacked.
    """

    def __init__(self, path: Path, content: bytes | None = None, limit: int = MAX_UNPACKED_BYTES) -> None:
        self.path = path
        self._content = content
        self._limit = limit
        try:
            if (path.stat().st_size if content is None else len(content)) == 0:
                raise WorkbookFault(f"Tệp {path.name} trống (0 byte): hãy xin lại tệp.")
            self._zip = zipfile.ZipFile(path if content is None else BytesIO(content))
        except FileNotFoundError:
            raise WorkbookFault(f"Không tìm thấy tệp {path.name}: hãy kiểm tra lại tên và thư mục.") from None
        except PermissionError:
            raise WorkbookFault(f"Không được phép đọc tệp {path.name}: hãy kiểm tra quyền hoặc đóng tệp.") from None
        except _BROKEN_ZIP:
            raise WorkbookFault(self._not_a_workbook()) from None
        try:
            self._check_size()
            self._calamine = self._open()
        except WorkbookFault:
            self._zip.close()
            raise
        self._parts: dict[str, str] | None = None

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()
        self._calamine.close()

    def __enter__(self) -> FileBook:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _not_a_workbook(self) -> str:
        if self.path.is_dir():
            return f"{self.path.name} là thư mục, không phải sổ Excel: hãy chọn tệp trong thư mục đó."
        if self._content is None:
            with self.path.open("rb") as handle:
                start = handle.read(8)
        else:
            start = self._content[:8]
        if start == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
            return f"Tệp {self.path.name} có mật khẩu hoặc ở dạng .xls cũ: hãy bỏ mật khẩu và lưu lại dạng .xlsx."
        return f"Tệp {self.path.name} không phải là sổ Excel hoặc đã hỏng: hãy xin lại tệp .xlsx."

    def _check_size(self) -> None:
        infos = self._zip.infolist()
        if sum(info.file_size for info in infos) > self._limit:
            raise WorkbookFault(f"Tệp {self.path.name} lớn bất thường khi giải nén: không mở vì an toàn.")
        if "xl/workbook.xml" not in {info.filename for info in infos}:
            raise WorkbookFault(self._not_a_workbook())

    def _open(self) -> Any:
        from python_calamine import CalamineError, CalamineWorkbook

        try:
            if self._content is not None:
                return CalamineWorkbook.from_filelike(BytesIO(self._content))
            return CalamineWorkbook.from_path(str(self.path))
        except (CalamineError, OSError, ValueError):
            raise WorkbookFault(f"Tệp {self.path.name} đã hỏng, không đọc được: hãy xin lại tệp.") from None

    @property
    def sheet_names(self) -> Sequence[str]:
        """Names of the sheets, in order."""
        names: list[str] = self._calamine.sheet_names
        return names

    def grid(self, sheet: str) -> Sequence[Sequence[object]]:
        """The values of a sheet from A1 on; blank cells are ``''``."""
        from python_calamine import CalamineError

        try:
            rows: list[list[object]] = self._calamine.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        except (CalamineError, OSError, ValueError):
            raise WorkbookFault(f"Trang “{sheet}” của tệp {self.path.name} đã hỏng: hãy xin lại tệp.") from None
        return rows

    def rows(self, sheet: str) -> Iterator[Sequence[object]]:
        """The rows of a sheet one after the other, for sheets that are too large to be held as a grid."""
        from python_calamine import CalamineError

        try:
            yield from self._calamine.get_sheet_by_name(sheet).iter_rows()
        except (CalamineError, OSError, ValueError):
            raise WorkbookFault(f"Trang “{sheet}” của tệp {self.path.name} đã hỏng: hãy xin lại tệp.") from None

    def facts(self, sheet: str) -> CellFacts:
        """Formulas and error values of a sheet, straight from its XML."""
        part = self._sheet_parts().get(sheet)
        if part is None:
            return CellFacts()
        xml = self._read(part)
        formulas: dict[tuple[int, int], bytes] = {}
        errors: dict[tuple[int, int], str] = {}
        for attributes, text in _formula_cells(xml):
            position = _position(attributes)
            if position is not None:
                formulas[position] = text
        if b't="e"' in xml:
            for attributes, text in _ERROR_CELL.findall(xml):
                position = _position(attributes)
                if position is not None:
                    errors[position] = text.decode("utf-8", "replace")
        return CellFacts(_Formulas(formulas), errors)

    def _sheet_parts(self) -> dict[str, str]:
        if self._parts is None:
            self._parts = _parts_of_sheets(self._read("xl/workbook.xml"), self._read("xl/_rels/workbook.xml.rels"))
        return self._parts

    def _read(self, part: str) -> bytes:
        try:
            with self._zip.open(part) as handle:
                content = handle.read(self._limit + 1)
        except _BROKEN_ZIP:
            raise WorkbookFault(f"Tệp {self.path.name} đã hỏng (phần {part}): hãy xin lại tệp.") from None
        if len(content) > self._limit:
            raise WorkbookFault(f"Tệp {self.path.name} lớn bất thường khi giải nén: không mở vì an toàn.")
        return content


@lru_cache(maxsize=16)  # the same for every workbook of a form
def _parts_of_sheets(workbook: bytes, relationships: bytes) -> dict[str, str]:
    """The package part of each sheet, by its name."""
    relations = {}
    for tag in _RELATIONSHIP.findall(relationships):
        attributes = _attributes(tag)
        relations[attributes.get("Id", "")] = attributes.get("Target", "")
    parts = {}
    for tag in _SHEET.findall(workbook):
        attributes = _attributes(tag)
        target = relations.get(next((v for k, v in attributes.items() if k.endswith(":id")), ""), "")
        path = target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
        parts[attributes.get("name", "")] = path
    return parts


class _Formulas(Mapping[tuple[int, int], str]):
    """Formula texts, decoded when they are asked for: most are live checks, which nobody compares."""

    def __init__(self, raw: dict[tuple[int, int], bytes]) -> None:
        self._raw = raw

    def __getitem__(self, position: tuple[int, int]) -> str:
        return unescape(self._raw[position].decode("utf-8", "replace"))

    def get(self, position: tuple[int, int], default: Any = None) -> Any:  # most cells have none: no exception for them
        return self[position] if position in self._raw else default

    def __contains__(self, position: object) -> bool:
        return position in self._raw

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return iter(self._raw)

    def __len__(self) -> int:
        return len(self._raw)


def _formula_cells(xml: bytes) -> list[tuple[bytes, bytes]]:
    """Attributes and formula text of each cell that holds a formula."""
    if b":worksheet" in xml[:_ROOT]:  # elements with a prefix; Excel and LibreOffice write none
        return [(attributes, text) for attributes, _, text in _PREFIXED_FORMULA_CELL.findall(xml)]
    found = []
    # A sheet has thousands of cells and few formulas: looking back from these is much faster than a look at each cell.
    for match in _FORMULA.finditer(xml):
        start = xml.rfind(b"<", 0, match.start())
        if xml.startswith(b"<c ", start):
            attributes = xml[start + 3 : match.start()].rstrip()
            if attributes.endswith(b">") and not attributes.endswith(b"/>"):
                found.append((attributes[:-1], match[1] or b""))
    return found


def _attributes(tag: bytes) -> dict[str, str]:
    return {
        key.decode(): unescape((double or single).decode("utf-8", "replace"))
        for key, double, single in _ATTRIBUTE.findall(tag)
    }


def _position(attributes: bytes) -> tuple[int, int] | None:
    match = _REFERENCE.search(attributes)
    return (int(match[2]) - 1, _column(match[1])) if match else None


@cache
def _column(letters: bytes) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + letter - 64
    return column - 1
