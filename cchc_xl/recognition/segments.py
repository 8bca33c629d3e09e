"""A foreign table → the tables that stand in it: head rows, headings by column, body rows.

A head row is known by the words of heads; where one stands again with the same words, the table goes on (a new page).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from cchc_xl.readers.foreign.table import ForeignTable
from cchc_xl.recognition.target import LABEL, STT, UNIT, folded_heading
from cchc_xl.values import State, Value

VALUE, NOTE = "value", "note"
# Heads as offices word them, folded (``folded_heading``), by what the column holds.
HEAD_WORDS: Mapping[str, frozenset[str]] = {
    STT: frozenset({"stt", "tt", "so tt", "so thu tu", "muc", "so muc"}),
    LABEL: frozenset(
        {
            "chi tieu",
            "chi tieu thong ke",
            "chi tieu bao cao",
            "ten chi tieu",
            "noi dung chi tieu",
            "noi dung",
            "tieu chi",
            "nhiem vu",
            "noi dung nhiem vu",
            "noi dung cong viec",
            "linh vuc",
            "thu tuc",
            "ten thu tuc",
        }
    ),
    UNIT: frozenset({"don vi tinh", "dvt", "don vi", "dv tinh"}),
    VALUE: frozenset(
        {
            "so lieu",
            "so lieu bao cao",
            "so lieu thong ke",
            "ket qua",
            "ket qua thuc hien",
            "ket qua thong ke",
            "ket qua bao cao",
            "gia tri",
            "so",
            "thuc hien",
        }
    ),
    NOTE: frozenset({"ghi chu", "giai trinh", "dien giai"}),
}
_ROLES = {words: role for role, group in HEAD_WORDS.items() for words in group}
_INDEX = re.compile(r"\(?(?:(\d{1,2})|[A-Z])\)?(?:\s*=.*)?")
# What an Excel head has of years: numbers, as figures are.
_YEARS = range(1990, 2100)
_MOST_HEAD_ROWS = 6


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of body rows under one head. ``headings``: by column its tiers from above; empty without a head."""

    table: ForeignTable
    number: int  # of the table in the file, from 0
    rows: tuple[int, ...]
    head: tuple[int, ...]
    headings: tuple[tuple[str, ...], ...]
    # What stands in the rows above the head.
    above: str = ""

    @property
    def width(self) -> int:
        """How many columns hold anything."""
        return max((len(row) for row in self.table.rows), default=0)


def segments(table: ForeignTable, number: int, tiers: Collection[str]) -> list[Segment]:
    """The segments of a table. ``tiers``: the forms' own headings, tier by tier, folded."""
    texts = [[_text(value) for value in row] for row in table.rows]
    found: list[Segment] = []
    head: tuple[int, ...] = ()
    body: list[int] = []
    above = table.above
    at = 0

    def close() -> None:
        if any(any(texts[row]) for row in body):
            headings = _headings(texts, head, table)
            found.append(Segment(table, number, tuple(body), head, headings, above))

    while at < len(texts):
        if not _is_head(texts[at], tiers):
            if head or any(texts[at]):
                body.append(at)
            at += 1
            continue
        rows = _head_rows(texts, at, table)
        again = head and [texts[row] for row in rows] == [texts[row] for row in head]
        if not again:
            if not head and not any(_tabular(texts[row]) for row in body):
                above = "\n".join([above, *(" ".join(filter(None, texts[row])) for row in body)])
            else:
                close()
                above = ""
            head, body = tuple(rows), []
        at = rows[-1] + 1
    close()
    return found


def _is_head(row: Sequence[str], tiers: Collection[str]) -> bool:
    words = [folded_heading(text) for text in row if text]
    roles = {_ROLES.get(text, text) for text in words if text in _ROLES or text in tiers}
    return len(roles) > 1 and bool(roles & {STT, LABEL}) and 2 * len(roles) >= len(words)


def _tabular(row: Sequence[str]) -> bool:
    return sum(map(bool, row)) > 2


def _head_rows(texts: Sequence[Sequence[str]], first: int, table: ForeignTable) -> list[int]:
    """The tiers below the first one, and the row that numbers the columns."""
    named = [column for column, text in enumerate(texts[first]) if _ROLES.get(folded_heading(text)) in (STT, LABEL)]
    rows = [first]
    for row in range(first + 1, min(first + _MOST_HEAD_ROWS, len(texts))):
        cells = [text for text in texts[row] if text]
        if is_index_row(cells):
            return [*rows, row]
        numbers = any(value.state is State.NUMBER and not _is_year(value) for value in table.rows[row])
        if not cells or numbers or any(texts[row][column] for column in named if column < len(texts[row])):
            break
        rows.append(row)
    return rows


def _text(value: Value) -> str:
    return f"{value.number:f}" if value.number is not None and _is_year(value) else value.text.strip()


def _is_year(value: Value) -> bool:
    return value.number is not None and value.number == int(value.number) and int(value.number) in _YEARS


def is_index_row(cells: Sequence[str]) -> bool:
    """Whether a row only numbers the columns, one by one: ``(1) (2) (3) = (4) + (5)``, ``A B 1 2``."""
    matches = [_INDEX.fullmatch(cell.strip()) for cell in cells if cell.strip()]
    numbers = [int(match[1]) for match in matches if match is not None and match[1]]
    one_by_one = all(after == before + 1 for before, after in pairwise(numbers))
    return len(matches) > 2 and all(matches) and bool(numbers) and numbers[0] < 4 and one_by_one


def _headings(texts: Sequence[Sequence[str]], head: Sequence[int], table: ForeignTable) -> tuple[tuple[str, ...], ...]:
    """By column its tiers. A heading stands above all columns of its box.

    Where no box is told, a tier that is blank above a filled one belongs to the merged cell at its left.
    """
    rows = [row for row in head if not is_index_row(texts[row])]
    tiers = [list(texts[row]) for row in rows]
    width = max((len(tier) for tier in tiers), default=0)
    for row, tier in zip(rows, tiers, strict=True):
        tier += [""] * (width - len(tier))
        for column in range(width):
            for beside in range(column + 1, column + table.boxes.get((row, column), (1, 1))[1]):
                if beside < width:
                    tier[beside] = tier[column]
    for level, tier in enumerate(tiers):
        for column in range(1, width):
            below = any(lower[column] for lower in tiers[level + 1 :])
            same_box = all(upper[column] == upper[column - 1] for upper in tiers[:level])
            if not tier[column] and below and same_box:
                tier[column] = tier[column - 1]
    return tuple(tuple(filter(None, (tier[column] for tier in tiers))) for column in range(width))
