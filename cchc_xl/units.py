"""The list of units that owe a report: who is expected below which parent on which day.

The key of a unit is its code PLUS its valid-from date, never the code alone: codes are used again (22834 is thị trấn
Khánh Hải until 30/6/2025 and phường Ninh Chử from 1/7/2025), and names recur as well. So every question to the list
names a day.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path

from cchc_xl.errors import InputFault, WorkbookFault
from cchc_xl.periods import format_date, parse_date
from cchc_xl.values import normalise

_TEXT_SUFFIXES = frozenset({".tsv", ".csv", ".txt"})
_WORKBOOK_SUFFIXES = frozenset({".xlsx", ".xlsm"})
# Headers as people write them, without diacritics and case.
_HEADERS = {
    "code": ("code", "ma", "ma so", "ma don vi", "ma dvhc"),
    "name": ("name", "ten", "ten don vi", "ten dvhc", "don vi"),
    "kind": ("kind", "loai", "loai don vi"),
    "parent": ("parent", "cap tren", "ma cap tren", "truc thuoc", "cap tren/truc thuoc"),
    "valid_from": ("valid from", "tu ngay", "hieu luc tu", "hieu luc tu ngay"),
    "valid_to": ("valid to", "den ngay", "hieu luc den", "hieu luc den ngay"),
    "became": ("became", "thanh", "tro thanh"),
    "remark": ("remark", "ghi chu"),
}
_COLUMNS = {header: column for column, headers in _HEADERS.items() for header in headers}
_SHOWN = {"code": "mã", "name": "tên"}
# A title may stand above the header, but not a whole page.
_HEADER_WITHIN = 20
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit of government for as long as it exists. Its key is ``code`` plus ``valid_from``: codes are reused."""

    code: str
    name: str
    kind: str
    parent: str
    valid_from: date | None
    valid_to: date | None
    became: str
    remark: str

    @property
    def full_name(self) -> str:
        """``xã Tân Hải``."""
        return f"{self.kind} {self.name}".strip()

    def valid_on(self, day: date) -> bool:
        """Whether the unit exists on a day; an open end has no limit."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)

    def overlaps(self, other: Unit) -> bool:
        """Whether there is a day on which both exist."""
        latest_start = max(self.valid_from or date.min, other.valid_from or date.min)
        return latest_start <= min(self.valid_to or date.max, other.valid_to or date.max)


@dataclass(frozen=True)
class UnitList:
    """The units of one list, in its order. A code stands for one unit on one day only."""

    file: str
    units: tuple[Unit, ...]

    @property
    def flat(self) -> bool:
        """Whether the list names no parents at all: then every unit owes its report to the one who asks."""
        return not any(unit.parent for unit in self.units)

    def valid(self, day: date) -> list[Unit]:
        """The units that exist on a day."""
        return [unit for unit in self.units if unit.valid_on(day)]

    def expected(self, parent: str | None, day: date) -> list[Unit]:
        """The units that owe ``parent`` a report for a period whose last day is ``day``.

        Raises ``InputFault`` for an unknown parent, for one without children on that day, and when ``parent`` is
        ``None`` and the list does not settle which it is.
        """
        chosen = self.parent_of(parent, day)
        if self.flat:
            children = [unit for unit in self.valid(day) if unit.code != chosen]
        else:
            children = [unit for unit in self.valid(day) if unit.parent == chosen]
        if not children:
            raise InputFault(self._nobody(chosen, day))
        return children

    def parent_of(self, parent: str | None, day: date) -> str:
        """The code of the parent whose report is put together: the one asked for, else the only one it can be.

        Empty for a flat list when nobody was asked for. Raises ``InputFault`` as ``expected`` does.
        """
        if parent is not None:
            chosen = parent.strip()
            if not self.flat and chosen not in {unit.parent for unit in self.units}:
                known = self._titles({unit.parent: None for unit in self.units if unit.parent}, day)
                raise InputFault(
                    f"Danh sách {self.file} không có đơn vị nào trực thuộc mã {chosen}: "
                    f"hãy ghi --cap-tren bằng một trong các mã: {known}."
                )
            return chosen
        units = self.valid(day)
        candidates = dict.fromkeys(unit.parent for unit in units if unit.parent)
        if len(candidates) > 1:
            # 586 huyện Ninh Hải is a row and 58 is not: the list is that of the district, not of its province.
            rows = {unit.code for unit in units}
            candidates = dict.fromkeys(code for code in candidates if code in rows) or candidates
        if len(candidates) > 1:
            raise InputFault(
                f"Danh sách {self.file} có nhiều đơn vị cấp trên: hãy ghi rõ --cap-tren là một trong các mã: "
                f"{self._titles(candidates, day)}."
            )
        if not candidates and not self.flat:
            raise InputFault(self._nobody("", day))
        return next(iter(candidates), "")

    def find(self, code: str, name: str, day: date) -> Unit | None:
        """The unit that a workbook speaks of: by its code, else by its name where only one of that day bears it."""
        by_code, by_name = self._on(day)
        if code.strip() in by_code:
            return by_code[code.strip()]
        bearers = next((names[normalise(name)] for names in by_name if normalise(name) in names), [])
        return bearers[0] if len(bearers) == 1 else None

    def _on(self, day: date) -> tuple[Mapping[str, Unit], Sequence[Mapping[str, Sequence[Unit]]]]:
        """The units of a day by code, and by name with the kind and without."""
        if day not in self._days:
            units = self.valid(day)
            by_name: tuple[dict[str, list[Unit]], ...] = ({}, {})
            for unit in units:
                for names, name in zip(by_name, (unit.full_name, unit.name), strict=True):
                    names.setdefault(normalise(name), []).append(unit)
            self._days[day] = {unit.code: unit for unit in reversed(units)}, by_name
        return self._days[day]

    @cached_property
    def _days(self) -> dict[date, tuple[Mapping[str, Unit], Sequence[Mapping[str, Sequence[Unit]]]]]:
        return {}

    def predecessors(self, unit: Unit, day: date, now: date) -> list[Unit]:
        """The units of an earlier ``day`` whose territory is that of a unit of ``now``, in the order of the list.

        Itself, and those that went into it since by ``became``, at once or in steps: a unit that goes on under its code
        may have taken in others. Raises ``InputFault`` where ``became`` may mean several units.
        """
        found: list[Unit] = []
        waiting, seen = [unit], {unit}
        while waiting:
            one = waiting.pop()
            if one.valid_on(day):
                found.append(one)
            for before in self._went_into.get(one, ()):
                ended = before.valid_to is None or before.valid_to < now
                if before not in seen and ended and (before.valid_to is None or before.valid_to >= day):
                    self._check_successor(before)
                    seen.add(before)
                    waiting.append(before)
        return sorted(found, key=self._place.__getitem__)

    @cached_property
    def _place(self) -> Mapping[Unit, int]:
        return {unit: at for at, unit in reversed(list(enumerate(self.units)))}

    @cached_property
    def _went_into(self) -> Mapping[Unit, Sequence[Unit]]:
        """By unit those that name it as what they became; one that may mean several stands with each of them."""
        found: dict[Unit, list[Unit]] = {}
        for before in self.units:
            for unit in self._successors(before):
                found.setdefault(unit, []).append(before)
        return found

    @cached_property
    def _named(self) -> Mapping[str, Sequence[Unit]]:
        """Units by code, by name with the kind and by bare name."""
        found: dict[str, list[Unit]] = {}
        for unit in self.units:
            for name in dict.fromkeys((unit.code, normalise(unit.full_name), normalise(unit.name))):
                found.setdefault(name, []).append(unit)
        return found

    def _successors(self, before: Unit) -> Sequence[Unit]:
        """The units that ``became`` may mean: those of the day after the last one, else the next of the name."""
        wanted = normalise(before.became)
        end = before.valid_to
        later = [
            unit
            for unit in self._named.get(wanted, ())
            if unit != before and (end is None or unit.valid_to is None or unit.valid_to > end)
        ]
        whole = [unit for unit in later if wanted in (unit.code, normalise(unit.full_name))] or later
        start = min((unit.valid_from or date.min for unit in whole), default=None)
        next_day = None if end is None else end + timedelta(days=1)
        there = [unit for unit in whole if next_day is not None and unit.valid_on(next_day)]
        there = there or [unit for unit in whole if (unit.valid_from or date.min) == start]
        return [unit for unit in there if unit.parent == before.parent] or there

    def _check_successor(self, before: Unit) -> None:
        units = self._successors(before)
        if len(units) > 1:
            codes = ", ".join(unit.code for unit in units)
            raise InputFault(
                f"Danh sách {self.file}: {before.full_name} ({before.code}) trở thành “{before.became}”, mà có nhiều "
                f"đơn vị tên đó (mã {codes}): hãy ghi mã thay cho tên ở cột trở thành."
            )

    def title(self, code: str, day: date) -> str:
        """``586 (huyện Ninh Hải)``; the bare code where the list has no such row on that day."""
        unit = next((unit for unit in self.valid(day) if unit.code == code), None)
        return f"{code} ({unit.full_name})" if unit else code

    def _nobody(self, parent: str, day: date) -> str:
        whose = f" trực thuộc {self.title(parent, day)}" if parent else ""
        return (
            f"Danh sách {self.file} không có đơn vị nào{whose} còn hiệu lực vào ngày {format_date(day)}: "
            "hãy kiểm tra kỳ báo cáo và cột từ ngày, đến ngày."
        )

    def _titles(self, codes: Iterable[str], day: date) -> str:
        return ", ".join(self.title(code, day) for code in codes)


def read_units(path: Path) -> UnitList:
    """The list of units in a .tsv, .csv, .txt or .xlsx file; columns are found by their headers.

    Raises ``InputFault`` with every fault of the list at once, each with its row.
    """
    return _Parser(path.name).parse(_rows(path))


def _rows(path: Path) -> Sequence[Sequence[object]]:
    suffix = path.suffix.lower()
    if not path.exists():
        raise InputFault(f"Không tìm thấy danh sách đơn vị {path.name}: hãy kiểm tra lại tên và thư mục.")
    if not path.is_file() or suffix not in _TEXT_SUFFIXES | _WORKBOOK_SUFFIXES:
        raise InputFault(
            f"Danh sách đơn vị {path.name} không phải là bảng đọc được: hãy lưu dạng .xlsx, .tsv hoặc .csv (UTF-8)."
        )
    try:
        return _workbook_rows(path) if suffix in _WORKBOOK_SUFFIXES else _text_rows(path)
    except OSError:
        raise InputFault(
            f"Không mở được danh sách đơn vị {path.name}: hãy đóng tệp nếu đang mở và kiểm tra quyền đọc."
        ) from None


def _workbook_rows(path: Path) -> Sequence[Sequence[object]]:
    # Only here: a list that is a text file must not wait for the reader of workbooks.
    from cchc_xl.readers.file_book import FileBook

    try:
        with FileBook(path) as book:
            return [list(row) for row in book.grid(book.sheet_names[0])] if book.sheet_names else []
    except WorkbookFault as fault:
        raise InputFault(f"Danh sách đơn vị: {fault}") from None


def _text_rows(path: Path) -> Sequence[Sequence[object]]:
    content = path.read_bytes()
    # "Unicode text" of Excel is UTF-16; everything else that is sound is UTF-8.
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(encoding)
        if "\0" in text:
            raise ValueError
        # The separator is the one that makes the headers known: commas and semicolons stand in remarks as well.
        tables = [list(csv.reader(io.StringIO(text, newline=""), delimiter=sign)) for sign in "\t;,"]
        return max(tables, key=lambda rows: len(_header(rows)[1]))
    except (ValueError, csv.Error):
        raise InputFault(
            f"Danh sách đơn vị {path.name} không phải là văn bản UTF-8: hãy lưu lại dạng “CSV UTF-8” hoặc .xlsx."
        ) from None


class _Parser:
    """Turns rows into units, collecting faults instead of stopping at the first."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[str] = []

    def parse(self, rows: Sequence[Sequence[object]]) -> UnitList:
        header, columns = _header(rows)
        self._check_header(rows, header, columns)
        found: list[tuple[int, Unit]] = []
        if not self.faults:
            for number, row in enumerate(rows[header + 1 :], start=header + 2):
                if any(_text(cell) for cell in row):
                    found.append((number, self._unit(number, row, columns)))
            if not found:
                self.faults.append(f"{self.file}: danh sách không có đơn vị nào, hãy ghi mỗi đơn vị một dòng.")
            self._check_codes(found)
        if self.faults:
            raise InputFault("Danh sách đơn vị có lỗi:\n" + "\n".join(self.faults))
        return UnitList(self.file, tuple(unit for _, unit in found))

    def _check_header(self, rows: Sequence[Sequence[object]], header: int, columns: dict[str, int]) -> None:
        if not any(_text(cell) for row in rows for cell in row):
            self.faults.append(f"{self.file}: tệp trống, hãy ghi dòng tiêu đề (mã, tên, …) và các đơn vị.")
            return
        for column, shown in _SHOWN.items():
            if column not in columns:
                self.faults.append(
                    f"{self.file}, dòng {header + 1}: thiếu cột “{shown}”, hãy thêm tiêu đề “{shown}” (hoặc {column})."
                )

    def _unit(self, number: int, row: Sequence[object], columns: dict[str, int]) -> Unit:
        def cell(column: str) -> object:
            position = columns.get(column)
            return row[position] if position is not None and position < len(row) else ""

        for column, shown in _SHOWN.items():
            if not _text(cell(column)):
                self.faults.append(f"{self.file}, dòng {number}: thiếu {shown} đơn vị, hãy ghi thêm hoặc xóa dòng.")
        unit = Unit(
            code=_text(cell("code")),
            name=_text(cell("name")),
            kind=_text(cell("kind")),
            parent=_text(cell("parent")),
            valid_from=self._date(number, cell("valid_from")),
            valid_to=self._date(number, cell("valid_to")),
            became=_text(cell("became")),
            remark=_text(cell("remark")),
        )
        if unit.valid_from and unit.valid_to and unit.valid_from > unit.valid_to:
            self.faults.append(
                f"{self.file}, dòng {number}: từ ngày {format_date(unit.valid_from)} sau đến ngày "
                f"{format_date(unit.valid_to)}, hãy sửa lại một trong hai."
            )
        return unit

    def _date(self, number: int, raw: object) -> date | None:
        if isinstance(raw, datetime):
            return raw.date()
        if isinstance(raw, date):
            return raw
        text = _text(raw)
        if not text:
            return None
        try:
            return date.fromisoformat(text) if _ISO_DATE.fullmatch(text) else parse_date(text)
        except (ValueError, InputFault):
            self.faults.append(
                f"{self.file}, dòng {number}: không đọc được ngày “{text}”, hãy ghi ngày/tháng/năm như 01/07/2025."
            )
            return None

    def _check_codes(self, found: Sequence[tuple[int, Unit]]) -> None:
        earlier: dict[str, list[tuple[int, Unit]]] = {}
        for number, unit in found:
            for other_number, other in earlier.get(unit.code, []) if unit.code else []:
                if unit.overlaps(other):
                    self.faults.append(
                        f"{self.file}, dòng {number}: mã {unit.code} đã có ở dòng {other_number} với thời gian "
                        "hiệu lực trùng nhau, hãy sửa mã hoặc cột từ ngày, đến ngày."
                    )
            earlier.setdefault(unit.code, []).append((number, unit))


def _header(rows: Sequence[Sequence[object]]) -> tuple[int, dict[str, int]]:
    """The index of the row with the most known headers, and the position of each column."""
    best, best_columns = 0, dict[str, int]()
    for index, row in enumerate(rows[:_HEADER_WITHIN]):
        columns: dict[str, int] = {}
        for position, cell in enumerate(row):
            column = _COLUMNS.get(_folded(_text(cell)))
            if column is not None:
                columns.setdefault(column, position)
        if len(columns) > len(best_columns):
            best, best_columns = index, columns
    return best, best_columns


def _text(raw: object) -> str:
    """A cell as text. Excel keeps a code as a float: 586.0 is ``586``; a text keeps its zeros."""
    if raw is None:
        return ""
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    return unicodedata.normalize("NFC", str(raw)).strip()


def _folded(header: str) -> str:
    """A header without case, diacritics and underscores."""
    plain = unicodedata.normalize("NFD", normalise(header).replace("_", " ").replace("đ", "d"))
    return " ".join("".join(sign for sign in plain if not unicodedata.combining(sign)).replace(" / ", "/").split())
