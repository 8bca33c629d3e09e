"""Reading the catalogue's tab-separated files, with every fault noted at its file and row."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from importlib.resources.abc import Traversable
from typing import TypeVar

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(slots=True)
class Faults:
    """Collects faults instead of stopping at the first."""

    found: list[str] = field(default_factory=list)

    def add(self, place: str, message: str) -> None:
        """Note a fault; ``place`` is ``file:row``."""
        self.found.append(f"{place}: {message}")

    def choice(self, place: str, column: str, text: str, choices: type[Choice], default: Choice) -> Choice:
        """The member of an enumeration, or a fault and the default."""
        try:
            return choices(text)
        except ValueError:
            allowed = ", ".join(member.value or "(trống)" for member in choices)
            self.add(place, f"{column} '{text}' không hợp lệ (được phép: {allowed})")
            return default


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table: its cells by column name and its place for messages."""

    place: str
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


def read_table(file: Traversable, name: str, required: Sequence[str], faults: Faults) -> list[Line]:
    """The lines of a TSV file below its header. ``name`` stands in messages."""
    if not file.is_file():
        faults.add(name, "thiếu tệp")
        return []
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        faults.add(name, "không phải tệp văn bản UTF-8")
        return []
    rows = list(csv.reader(io.StringIO(text, newline=""), "excel-tab"))
    if not rows:
        faults.add(name, "tệp trống")
        return []
    header = rows[0]
    for column in required:
        if column not in header:
            faults.add(f"{name}:1", f"thiếu cột {column}")
    lines = []
    for number, row in enumerate(rows[1:], start=2):
        place = f"{name}:{number}"
        if len(row) > len(header):
            faults.add(place, f"có {len(row)} ô nhưng tiêu đề chỉ có {len(header)} cột")
        if any(row):
            lines.append(Line(place, dict(zip(header, row, strict=False))))
    return lines
