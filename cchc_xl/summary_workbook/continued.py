"""A table that is longer than a sheet goes on in further sheets of its name: "Nguồn số liệu (2)"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

Line = TypeVar("Line")


def part_name(sheet: str, number: int) -> str:
    """The name of a table's sheet, counted from 1."""
    return sheet if number == 1 else f"{sheet} ({number})"


def parts_of(sheet: str, names: Iterable[str]) -> list[str]:
    """The sheets of a table that a workbook has, in order."""
    known = set(names)
    found: list[str] = []
    while (name := part_name(sheet, len(found) + 1)) in known:
        found.append(name)
    return found


def split(lines: Sequence[Line], first: int, later: int) -> list[Sequence[Line]]:
    """The lines in parts: at most ``first`` of them, then ``later`` each; one part, when there are none."""
    parts = [lines[:first]]
    parts += [lines[start : start + later] for start in range(first, len(lines), later)]
    return parts


def goes_on(sheet: str, number: int, count: int) -> str:
    """What a sheet says of the others; empty where there is only one."""
    if count == 1:
        return ""
    following = f"; các dòng tiếp theo ở trang “{part_name(sheet, number + 1)}”" if number < count else ""
    return f"Phần {number}/{count}{following}."
