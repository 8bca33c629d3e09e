"""Numbers in notes. A note is read only by a pattern that says what its numbers mean; anything else is not read.

Which pattern fits which row's note is data (rules R29 of the forms): the same ``84/93`` may mean "84 left of 93" beside
a reduction and "84 present of 93" beside a head count.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from cchc_xl.values import half_unit, read_number

_NUMBER = r"\d[\d.,]*\d|\d"
# "TTYTé: 186; TTVHTT&TT: 15" and "TTYTé: 167/186; TTPTQĐ:4/5": one name and one number in each part.
_NAMED = re.compile(rf"[^:;]*\D:\s*({_NUMBER})(?:\s*/\s*({_NUMBER}))?(?![\d/%])[^:;]*")
_FRACTION = re.compile(rf"(?<![\d/])({_NUMBER})\s*/\s*({_NUMBER})(?![\d/])")
_PERCENT = re.compile(rf"({_NUMBER})\s*%")
_FALL = re.compile(rf"là\s+({_NUMBER})\D.*?còn\s+(?:lại\s+)?({_NUMBER})", re.DOTALL)
_PROCEDURES = re.compile(rf"({_NUMBER})\s+thủ tục")
_RECRUITED = re.compile(rf"\(({_NUMBER})\)|({_NUMBER})\s+thí sinh trúng tuyển")


@dataclass(frozen=True, slots=True)
class NoteReading:
    """The number that a note states, and the half-unit by which it may be rounded."""

    number: Decimal
    half_unit: Decimal = Decimal(0)


def _number(text: str) -> Decimal | None:
    return read_number(text.rstrip(".,")).number


def _total(texts: list[str]) -> NoteReading | None:
    numbers = [_number(text) for text in texts]
    if len(numbers) < 2 or None in numbers:
        return None
    return NoteReading(sum((n for n in numbers if n is not None), Decimal(0)))


def _named(note: str, group: int) -> NoteReading | None:
    parts = [part for part in note.split(";") if part.strip()]
    matches = [_NAMED.fullmatch(part) for part in parts]
    if not all(matches):
        return None
    return _total([match[group] or "" for match in matches if match])


def parts(note: str) -> NoteReading | None:
    """``A: 186; B: 15; C: 5`` → 206; of ``A: 167/186`` the first number."""
    return _named(note, 1)


def wholes(note: str) -> NoteReading | None:
    """``A: 167/186; B: 14/15; C: 4/5`` → 206."""
    return _named(note, 2)


def reduction(note: str) -> NoteReading | None:
    """``84/93``: 84 left of 93, a reduction of 100 × (93 − 84) / 93."""
    found = _FRACTION.findall(note)
    if len(found) != 1:
        return None
    return _fall(_number(found[0][1]), _number(found[0][0]))


def fall(note: str) -> NoteReading | None:
    """``Năm 2015 là 5 …, còn 4 …``: a reduction of 100 × (5 − 4) / 5."""
    match = _FALL.search(note)
    return _fall(_number(match[1]), _number(match[2])) if match else None


def _fall(base: Decimal | None, left: Decimal | None) -> NoteReading | None:
    return NoteReading(100 * (base - left) / base) if base and left is not None else None


def percent(note: str) -> NoteReading | None:
    """``… đạt 66% so với KH`` → 66, when the note has one percentage only."""
    found = _PERCENT.findall(note)
    number = _number(found[0]) if len(found) == 1 else None
    return NoteReading(number, half_unit(number)) if number is not None else None


def procedures(note: str) -> NoteReading | None:
    """``Cấp huyện 111 thủ tục, cấp xã 54 thủ tục`` → 165."""
    return _total(_PROCEDURES.findall(note))


def recruited(note: str) -> NoteReading | None:
    """``TTYT (6), … 49 thí sinh trúng tuyển`` → 55."""
    return _total([a or b for a, b in _RECRUITED.findall(note)])


READINGS: dict[str, Callable[[str], NoteReading | None]] = {
    "note_parts": parts,
    "note_wholes": wholes,
    "note_reduction": reduction,
    "note_fall": fall,
    "note_percent": percent,
    "note_procedures": procedures,
    "note_recruited": recruited,
}
