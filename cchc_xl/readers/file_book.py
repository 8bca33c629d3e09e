"""A workbook file: values through calamine (the fastest reader), formulas and errors by a look at the sheets' XML.

calamine gives values only: an error value and a formula without a result are both ``''`` for it. Nor does it keep to
any limit, it reads a zip in its own way, and XML only as office programs write it. So it never sees the file itself: it
gets a package of the parts that were unpacked, measured, found sound here and brought into that dialect.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import suppress
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from cchc_xl.errors import WorkbookFault
from cchc_xl.ooxml.limits import SUBMISSION, Limits
from cchc_xl.ooxml.package import crowded, entries_fault
from cchc_xl.readers.appearance import Appearance, appearance
from cchc_xl.readers.contents import RELATIONSHIPS, WORKBOOK, Contents, plain_package, read_contents
from cchc_xl.readers.dialect import reach
from cchc_xl.readers.extent import SharedTexts, too_far, too_many_formulas
from cchc_xl.readers.formulas import Formulas, error_values, formulas, split
from cchc_xl.readers.grid import CellFacts
from cchc_xl.readers.number_scales import scaled_cells, scaled_styles

# What zipfile raises on damaged, encrypted or exotic packages.
BROKEN_ZIP = (
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
# Sheets are handed to calamine together up to this much; a larger one alone, when it is asked for.
_COUNTED = 256 * 1024  # what is shorter is no trouble
_TOGETHER = 12 * 1024 * 1024

_MUCH_TEXT = "có quá nhiều chữ"
_MANY_CELLS = "có quá nhiều hàng, ô (kể cả ô trống đã định dạng)"
_ROOT = 4096  # bytes in which the root element begins
_END_OF_CELLS = b"</sheetData>"
_LONG = 4 * 1024 * 1024
_BLANK_CELLS = re.compile(rb'(?:<c r="[A-Z]{1,3}[0-9]{1,7}"(?: s="[0-9]*")?/>)++')
_EMPTY_ROWS = re.compile(rb'(?:<row r="[0-9]{1,7}"[^<>]*(?:/>|></row>))++')


class FileBook:
    """An .xlsx or .xlsm file. Raises ``WorkbookFault`` when it is not one, is damaged, encrypted or far too large.

    ``content``: the file's bytes, when they were read already; else they are read once, now. What changes in the file
    later is not seen.
    """

    def __init__(self, path: Path, content: bytes | None = None, limits: Limits = SUBMISSION) -> None:
        self.path = path
        self._limits = limits
        self._content = self._bytes() if content is None else content
        if not self._content:
            raise WorkbookFault(f"Tệp {path.name} trống (0 byte): hãy xin lại tệp.")
        if crowded(self._content, limits.entries):
            raise self._too_large()
        try:
            self._zip = zipfile.ZipFile(BytesIO(self._content))
        except BROKEN_ZIP:
            raise WorkbookFault(self._not_a_workbook()) from None
        self._names = {entry.filename.lower(): entry.filename for entry in self._zip.infolist()}
        self._check_entries()
        self._contents = self._read_contents()
        # Of all sheets that are asked for, together: where an appendix is missing, that is every sheet.
        self._cells_left, self._bytes_left, self._tags_left = limits.cells, limits.sheet, limits.tags
        self._rewritten_left = limits.rewritten
        self._reach: dict[str, tuple[int, int]] = {}
        self._kept: dict[str, bytes] = {}
        self._formulas: dict[str, Formulas] = {}
        self._texts: SharedTexts | None = None
        self._measured: set[str] = set()
        self._opened: Any = None
        self._in_opened: frozenset[str] = frozenset()

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()
        if self._opened is not None:
            self._opened.close()

    def __enter__(self) -> FileBook:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _bytes(self) -> bytes:
        name = self.path.name
        try:
            if self.path.is_dir():
                raise WorkbookFault(f"{name} là thư mục, không phải sổ Excel: hãy chọn tệp trong thư mục đó.")
            if self.path.exists() and not self.path.is_file():
                raise WorkbookFault(f"{name} không phải là tệp: hãy chọn một sổ Excel.")
            if self.path.stat().st_size > self._limits.file:
                raise WorkbookFault(f"Tệp {name} lớn hơn {self._limits.file // 2**20} MB: không mở vì an toàn.")
            return self.path.read_bytes()
        except FileNotFoundError:
            raise WorkbookFault(f"Không tìm thấy tệp {name}: hãy kiểm tra lại tên và thư mục.") from None
        except PermissionError:
            raise WorkbookFault(f"Không được phép đọc tệp {name}: hãy kiểm tra quyền hoặc đóng tệp.") from None
        except (OSError, ValueError):
            raise WorkbookFault(f"Không đọc được tệp {name}: hãy kiểm tra tên, ổ đĩa và thử lại.") from None

    def _not_a_workbook(self) -> str:
        if self._content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
            return f"Tệp {self.path.name} có mật khẩu hoặc ở dạng .xls cũ: hãy bỏ mật khẩu và lưu lại dạng .xlsx."
        return f"Tệp {self.path.name} không phải là sổ Excel hoặc đã hỏng: hãy xin lại tệp .xlsx."

    def _too_large(self) -> WorkbookFault:
        return WorkbookFault(f"Tệp {self.path.name} lớn bất thường khi giải nén: không mở vì an toàn.")

    def _check_entries(self) -> None:
        entries = self._zip.infolist()
        if sum(entry.file_size for entry in entries) > self._limits.unpacked:
            raise self._too_large()
        fault = entries_fault(entries)
        if fault:
            raise WorkbookFault(f"Tệp {self.path.name} {fault}")
        if WORKBOOK not in self._names:
            raise WorkbookFault(self._not_a_workbook())

    def _read_contents(self) -> Contents:
        try:
            contents = _contents(self._read(WORKBOOK), self._read(RELATIONSHIPS))
        except ValueError:
            raise WorkbookFault(f"Tệp {self.path.name} đã hỏng, không đọc được: hãy xin lại tệp.") from None
        if contents.twice:
            raise WorkbookFault(f"Tệp {self.path.name} có hai trang cùng tên “{contents.twice}”: hãy xin lại tệp.")
        if len(contents.sheets) > self._limits.sheets:
            raise WorkbookFault(f"Tệp {self.path.name} có hơn {self._limits.sheets} trang: không mở vì an toàn.")
        return contents

    @property
    def sheet_names(self) -> Sequence[str]:
        """Names of the sheets, in order."""
        return list(self._contents.sheets)

    @property
    def hidden_sheets(self) -> Set[str]:
        """Names of the sheets whose tabs are not shown."""
        return self._contents.hidden

    def grid(self, sheet: str) -> Sequence[Sequence[object]]:
        """The values of a sheet from A1 on; blank cells are ``''``.

        Raises ``WorkbookFault`` when it is damaged, or reaches or shows far more than any form does.
        """
        from python_calamine import CalamineError

        if not self._has_cells(sheet):
            return []
        try:
            found = self._calamine(sheet).get_sheet_by_name(sheet)
            self._cells_left -= found.total_height * found.total_width
            if self._cells_left < 0:
                raise self._too_many_sheets()
            rows: list[list[object]] = found.to_python(skip_empty_area=False)
        except (CalamineError, OSError, ValueError):
            raise self._broken_sheet(sheet) from None
        return rows

    def rows(self, sheet: str) -> Iterator[Sequence[object]]:
        """The rows of a sheet one after the other, for sheets that are too large to be held as a grid."""
        from python_calamine import CalamineError

        if not self._has_cells(sheet):
            return
        try:
            yield from self._calamine(sheet).get_sheet_by_name(sheet).iter_rows()
        except (CalamineError, OSError, ValueError):
            raise self._broken_sheet(sheet) from None

    def _too_many_sheets(self) -> WorkbookFault:
        return WorkbookFault(
            f"Các trang của tệp {self.path.name} có quá nhiều ô, vượt xa một biểu mẫu: "
            "hãy xóa các trang thừa rồi lưu lại."
        )

    def _too_much(self, sheet: str, what: str) -> WorkbookFault:
        return WorkbookFault(
            f"Trang “{sheet}” của tệp {self.path.name} {what}, vượt xa một biểu mẫu: "
            "hãy xóa phần thừa ngoài biểu rồi lưu lại."
        )

    def _has_cells(self, sheet: str) -> bool:
        """Whether it is a worksheet and no chart."""
        if sheet not in self._contents.sheets:
            raise self._broken_sheet(sheet)
        return bool(self._contents.sheets[sheet])

    def _broken_sheet(self, sheet: str) -> WorkbookFault:
        return WorkbookFault(f"Trang “{sheet}” của tệp {self.path.name} đã hỏng: hãy xin lại tệp.")

    def _calamine(self, sheet: str) -> Any:
        """calamine on a package with this sheet, which is within the limits."""
        if self._opened is None:
            self._keep_small_sheets()
            self._open(self._kept)
        self._measure(sheet)
        if sheet not in self._in_opened:
            self._opened.close()
            self._open({sheet: self._read_sheet(sheet)})
        return self._opened

    def _measure(self, sheet: str) -> None:
        if sheet in self._measured:
            return
        entry = self._entry(self._contents.sheets[sheet])
        self._bytes_left -= entry.file_size if entry is not None else 0
        if min(self._bytes_left, self._tags_left, self._cells_left) < 0 and self._measured:
            raise self._too_many_sheets()
        xml = self._read_sheet(sheet)
        if len(xml) > _COUNTED:
            self._tags_left -= xml.count(b"<")
        if self._texts is None:
            self._texts = SharedTexts(self._part(self._contents.shared))
        much = too_far(*self._reach[sheet], self._limits)
        if not much and self._texts.too_long(xml, self._limits):
            much = _MUCH_TEXT
        if much:
            raise self._too_much(sheet, much)
        self._measured.add(sheet)

    def _keep_small_sheets(self) -> None:
        room = _TOGETHER
        for sheet, part in self._contents.sheets.items():
            entry = self._entry(part) if part else None
            if entry is not None and entry.file_size <= min(room, _LONG):
                room -= entry.file_size
                with suppress(WorkbookFault):  # said when the sheet is asked for
                    self._read_sheet(sheet)

    def _open(self, sheets: dict[str, bytes]) -> None:
        from python_calamine import CalamineError, CalamineWorkbook

        shared, styles = self._part(self._contents.shared), self._part(self._contents.styles)
        package = plain_package(self._contents, sheets, shared, styles)
        self._in_opened = frozenset(sheets)
        del sheets, shared, styles
        try:
            self._opened = CalamineWorkbook.from_filelike(package)
        except (CalamineError, OSError, ValueError):
            raise WorkbookFault(f"Tệp {self.path.name} đã hỏng, không đọc được: hãy xin lại tệp.") from None

    def _part(self, part: str) -> bytes:
        """Shared texts or styles; empty where there are none."""
        if not part or self._entry(part) is None:
            return b""
        return self._read(part, self._limits.shared)

    def _read_sheet(self, sheet: str) -> bytes:
        """The XML of a sheet up to its last cell, in the dialect; of one that is kept, to be asked twice, no formulas.

        Raises ``WorkbookFault`` when it is damaged, or would take too long.
        """
        if sheet in self._kept:
            return self._kept[sheet]
        xml = _cells(self._read(self._contents.sheets[sheet], self._limits.sheet, sheet))
        if sheet in self._reach:  # a long one, which was found to be in the dialect
            return xml
        if too_many_formulas(xml, self._limits):
            raise self._too_much(sheet, f"có hơn {self._limits.formulas} công thức")
        if xml.count(b"<") > self._limits.tags:
            raise self._too_much(sheet, _MANY_CELLS)
        keep = len(xml) <= _LONG and len(xml) + sum(map(len, self._kept.values())) <= _TOGETHER
        if keep:
            xml, self._formulas[sheet] = split(xml)
        reached = reach(xml)
        if reached is None:
            keep = True
            del xml  # a long one would be here twice
            xml, self._formulas[sheet] = split(self._rewritten(sheet))
            reached = reach(xml)
            if reached is None:
                raise self._broken_sheet(sheet)
        self._reach[sheet] = reached
        if keep:
            self._kept[sheet] = xml
        return xml

    def _rewritten(self, sheet: str) -> bytes:
        from cchc_xl.readers.rewriting import rewritten

        # Unpacked once more: what was left out of a long one may have been no blank cell but words in a comment.
        xml = self._read(self._contents.sheets[sheet], self._limits.sheet, sheet)
        if len(xml) > self._limits.text:
            raise self._too_much(sheet, _MUCH_TEXT)
        self._rewritten_left -= xml.count(b"<")
        if self._rewritten_left < 0:
            raise self._too_much(sheet, _MANY_CELLS)
        try:
            return rewritten(xml)
        except ValueError:
            raise self._broken_sheet(sheet) from None

    def facts(self, sheet: str) -> CellFacts:
        """Formulas and error values of a sheet, straight from its XML."""
        if not self._contents.sheets.get(sheet):
            return CellFacts()
        self._measure(sheet)
        xml = self._read_sheet(sheet)
        known = self._formulas.get(sheet)
        return CellFacts(formulas(xml) if known is None else known, error_values(xml))

    def scales(self, sheet: str) -> Mapping[tuple[int, int], int]:
        """By zero-based (row, column) the power of ten by which a cell shows another number than it holds."""
        if not self._contents.sheets.get(sheet):
            return {}
        self._measure(sheet)
        try:
            styles = scaled_styles(self._part(self._contents.styles)) if self._contents.styles else {}
        except ValueError:
            return {}
        return scaled_cells(self._read_sheet(sheet), styles)

    def appearance(self, sheet: str) -> Appearance:
        """What of a sheet is hidden, and which cells are merged."""
        if not self._contents.sheets.get(sheet):
            return Appearance()
        self._measure(sheet)
        # Merged cells are told after the cells, which is more of the sheet than is kept.
        return appearance(self._read(self._contents.sheets[sheet], self._limits.sheet, sheet))

    def _entry(self, part: str) -> zipfile.ZipInfo | None:
        name = self._names.get(part.lower())
        return None if name is None else self._zip.getinfo(name)

    def _read(self, part: str, most: int | None = None, sheet: str = "") -> bytes:
        """A part, unpacked: never more than ``most`` bytes of it."""
        entry = self._entry(part)
        most = self._limits.shared if most is None else most
        if entry is not None and entry.file_size > most:
            if sheet:
                raise WorkbookFault(
                    f"Trang “{sheet}” của tệp {self.path.name} lớn hơn {most // 2**20} MB khi giải nén: "
                    "hãy xóa các hàng, cột và định dạng thừa ngoài biểu rồi lưu lại."
                )
            raise self._too_large()
        try:
            with self._zip.open(self._names[part.lower()]) as handle:
                # Asked for so much, zipfile unpacks no more; asked for all, it would unpack whatever is there.
                return handle.read(most + 1 if entry is None else entry.file_size)
        except BROKEN_ZIP:
            raise WorkbookFault(f"Tệp {self.path.name} đã hỏng (phần {part}): hãy xin lại tệp.") from None


def _cells(xml: bytes) -> bytes:
    """A worksheet without what follows its cells (§18.3.1.99): conditional formats and validations are half of it.

    Of a long one, whose rows or columns were formatted to the end of the sheet, also without what holds nothing.
    """
    end = xml.rfind(_END_OF_CELLS)
    if end < 0 or b"<worksheet" not in xml[:_ROOT]:
        return xml
    if len(xml) <= _LONG or len(xml) - end > len(xml) // 8:  # else a copy would cost more than what it leaves out
        xml = b"".join((memoryview(xml)[: end + len(_END_OF_CELLS)], b"</worksheet>"))
    # Cells without a place stand beside the one before them, but they are not of the dialect.
    if len(xml) > _LONG:
        xml = _BLANK_CELLS.sub(b"", xml)
        xml = _EMPTY_ROWS.sub(b"", xml)
    return xml


@lru_cache(maxsize=16)  # the same for every workbook of a form
def _contents(workbook: bytes, relationships: bytes) -> Contents:
    return read_contents(workbook, relationships)
