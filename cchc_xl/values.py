"""What a cell can hold, and how Vietnamese offices write numbers.

Blank, ``0``, ``-`` (not applicable) and "not calculated" are four things and stay four things.
Numbers are exact decimals: amounts in đồng reach 10⁹ and a sum must not lose the last one.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache


class State(StrEnum):
    """What kind of thing stands in a cell."""

    BLANK = "blank"
    NUMBER = "number"
    NOT_APPLICABLE = "not_applicable"
    TEXT = "text"
    DATE = "date"
    ERROR = "error"
    UNCALCULATED = "uncalculated"


class Reading(StrEnum):
    """How surely a text was read as a number."""

    CLEAN = "clean"  # written the Vietnamese way: 15.667  43,2  02
    LOOSE = "loose"  # a number with something around it: 99%  76/84  16 (88,9%)  1032 lượt
    NONE = "none"  # not a number, or one that could be read in two ways: 0.500


@dataclass(frozen=True, slots=True)
class Value:
    """The content of one cell: its state, the exact number if it is one, and the text as it stands there."""

    state: State
    number: Decimal | None = None
    text: str = ""

    @property
    def filled(self) -> bool:
        """Whether a person put anything there (``-`` counts, a formula without a result does not)."""
        return self.state not in _UNFILLED

    def shown(self) -> int | float | str:
        """The value for JSON and reports: a number where it is one, else the text that stands there."""
        return plain(self.number) if self.number is not None else self.text


_UNFILLED = (State.BLANK, State.UNCALCULATED)
BLANK = Value(State.BLANK)
UNCALCULATED = Value(State.UNCALCULATED)
NOT_APPLICABLE = Value(State.NOT_APPLICABLE, text="-")

DASHES = "-–—−"
# domain.md, "Numbers as people write them": dot for thousands only in this exact shape.
_THOUSANDS = re.compile(r"-?[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?")
_PLAIN = re.compile(r"-?\d+(?:,\d+)?")
# A dot with one or two digits after it is a decimal point written the foreign way.
_POINT = re.compile(r"-?\d+\.\d{1,2}")
_NUMBER_AT_START = re.compile(r"(-?\d[\d.,]*)\s*(.*)", re.DOTALL)
_ZERO_WORDS = frozenset({"không", "không có", "chưa", "chưa có"})
# Excel itself knows no number of more than 308 digits; Python refuses to write one of more than 4,300.
_MOST_SIGNS = 400
_HALF = Decimal("0.5")
_SPACES = re.compile(r"\s+")
_ANY_DASH = re.compile("[\u2010-\u2015\u2212]")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")


# What was typed may have more digits than the default context of 28.
WIDE = Context(prec=500, rounding=ROUND_HALF_UP, Emax=10**6, Emin=-(10**6))


@dataclass(frozen=True, slots=True)
class NumberReading:
    """A text read as a number: the number (``None`` when unreadable), how surely, and what was odd about it."""

    number: Decimal | None
    reading: Reading
    remark: str = ""


def read_number(text: str) -> NumberReading:
    """Read a number as Vietnamese offices write it.

    ``15.667`` is 15667, ``43,2`` is 43.2, ``02`` is 2. ``76/84`` ("present of assigned") reads as 76 and
    ``16 (88,9%)`` as 16, loosely. What can be read in two ways (``0.500``, ``1.5000``) is not read at all.

    >>> read_number("4.136.000").number
    Decimal('4136000')
    """
    stripped = text.strip()
    if len(stripped) > _MOST_SIGNS:
        return NumberReading(None, Reading.NONE, "quá dài để là một con số")
    clean = _read_clean(stripped)
    if clean is not None:
        return NumberReading(clean, Reading.CLEAN)
    if _POINT.fullmatch(stripped):
        return NumberReading(Decimal(stripped), Reading.LOOSE, "dấu chấm dùng thay dấu phẩy thập phân")
    if stripped.lower() in _ZERO_WORDS:
        return NumberReading(Decimal(0), Reading.LOOSE, "ghi bằng chữ")
    match = _NUMBER_AT_START.fullmatch(stripped)
    if match is None:
        return NumberReading(None, Reading.NONE, "không phải là số")
    head, rest = match[1].rstrip(".,"), match[2].strip()
    number = _read_clean(head)
    if number is None and _POINT.fullmatch(head):
        number = Decimal(head)
    if number is None or (not rest and head != match[1]):
        return NumberReading(None, Reading.NONE, "không rõ dấu chấm là dấu nghìn hay dấu thập phân")
    if rest == "%":
        return NumberReading(number, Reading.LOOSE, "ghi kèm dấu %")
    if re.fullmatch(r"/\s*\d[\d.,]*", rest):
        return NumberReading(number, Reading.LOOSE, "ghi kèm mẫu số")
    if rest.startswith("("):
        return NumberReading(number, Reading.LOOSE, "ghi kèm phần trong ngoặc")
    if rest[:1].isalpha() and not any(c.isdigit() for c in rest):
        return NumberReading(number, Reading.LOOSE, "ghi kèm chữ")
    return NumberReading(None, Reading.NONE, "không phải là một số")


def _read_clean(text: str) -> Decimal | None:
    if _THOUSANDS.fullmatch(text):
        return Decimal(text.replace(".", "").replace(",", "."))
    if _PLAIN.fullmatch(text):
        return Decimal(text.replace(",", "."))
    return None


def from_cell(raw: object) -> Value:
    """The value of a cell as a reader gives it: ``None``/``''``, number, text, bool, date."""
    if raw is None or raw == "":
        return BLANK
    if isinstance(raw, str):
        return from_text(raw)
    if isinstance(raw, bool):
        return Value(State.TEXT, text="TRUE" if raw else "FALSE")
    if isinstance(raw, int | float | Decimal):
        return _from_number(raw)
    if isinstance(raw, datetime):
        return Value(State.DATE, text=raw.strftime("%d/%m/%Y"))
    if isinstance(raw, date):
        return Value(State.DATE, text=raw.strftime("%d/%m/%Y"))
    if isinstance(raw, time | timedelta):
        return Value(State.DATE, text=str(raw))
    return Value(State.TEXT, text=str(raw))


# Figures of many workbooks repeat: most are small whole numbers. Typed: an int may have more digits than Excel keeps.
@lru_cache(maxsize=32768, typed=True)
def _from_number(raw: int | float | Decimal) -> Value:
    number = exact(raw)
    return Value(State.NUMBER, number, format_number(number)) if number is not None else Value(State.ERROR)


def from_typed(raw: object) -> Value:
    """The value of a cell of our own workbook, with the blanks that its formulas see.

    Excel's TRIM knows the plain space alone. A no-break space, tab or line end, as they come along with what is pasted
    from Word, leaves a cell that looks blank, or like "-", and is neither for any formula.
    """
    if isinstance(raw, str) and padded_oddly(raw):
        return Value(State.TEXT, text=raw)
    return from_cell(raw)


def padded_oddly(text: str) -> bool:
    """Whether spaces stand around a text that Excel's TRIM leaves."""
    return text.strip() != text.strip(" ")


def from_text(text: str) -> Value:
    """The value of a text: blank when only spaces, ``-`` when a lone dash, else the text as it stands."""
    return _from_short(text) if len(text) <= _SHORT else _from_text(text)


def _from_text(text: str) -> Value:
    stripped = text.strip()
    if not stripped:
        return BLANK
    if len(stripped) == 1 and stripped in DASHES:
        return NOT_APPLICABLE
    return Value(State.TEXT, text=text)


# Marks, codes and set phrases return in every workbook; long texts would only fill the memory.
_SHORT = 60
_from_short = lru_cache(maxsize=32768)(_from_text)


def number_value(number: Decimal | int) -> Value:
    """A value that is this number."""
    exact_number = Decimal(number)
    return Value(State.NUMBER, exact_number, format_number(exact_number))


def exact(raw: int | float | Decimal) -> Decimal | None:
    """The decimal that a person sees in the cell: Excel keeps 15 significant digits, so more is noise of binary floats.

    ``None`` for what is no finite number.
    """
    if isinstance(raw, Decimal):
        return raw if raw.is_finite() else None
    if isinstance(raw, int):
        return Decimal(raw)
    try:
        # ``normalize`` takes away the trailing zero of 5.0; ``+ 0`` would not.
        number = Decimal(format(raw, ".15g"))
    except InvalidOperation:
        return None
    if not number.is_finite():
        return None
    if not number:
        return Decimal(0)  # minus zero is zero
    return number.quantize(Decimal(1)) if number == number.to_integral_value() and abs(number) < 10**20 else number


def decimals(number: Decimal) -> int:
    """Digits after the decimal sign, as printed (43.20 read from a cell is 43.2: one digit)."""
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def half_unit(number: Decimal) -> Decimal:
    """By how much a rounded figure may be off: one with d decimals stands for ± 0,5·10⁻ᵈ."""
    return _HALF.scaleb(-decimals(number))


def rounded(number: Decimal, places: int) -> Decimal:
    """A number rounded half up to so many decimals."""
    return WIDE.quantize(number, Decimal(1).scaleb(-places))


def plain(number: Decimal) -> int | float:
    """A Python number for JSON: an int when whole, else a float."""
    return int(number) if number == number.to_integral_value() else float(number)


def format_number(number: Decimal, places: int | None = None) -> str:
    """A number as Vietnamese offices write it: ``15.667``, ``43,2``; rounded half up to ``places`` when given."""
    if places is not None:
        number = rounded(number, places)
    return _vietnamese(f"{WIDE.normalize(number):,f}")


def format_fixed(number: Decimal, places: int) -> str:
    """The same with exactly so many decimals: ``43,20``."""
    return _vietnamese(f"{rounded(number, places):,f}")


def _vietnamese(text: str) -> str:
    return text.replace(",", "\0").replace(".", ",").replace("\0", ".")


@lru_cache(maxsize=4096)
def normalise(text: str) -> str:
    """A text prepared for matching, never for storing: NFC, lower case, one kind of dash, single spaces.

    >>> normalise("Thi đua –  Khen thưởng") == normalise("Thi đua - khen thưởng")
    True
    """
    visible = _INVISIBLE.sub("", text)
    folded = unicodedata.normalize("NFC", visible).casefold()
    return _SPACES.sub(" ", _move_tone(_ANY_DASH.sub("-", folded))).strip()


# hòa/hoà: the tone on the first or the second vowel of oa, oe, uy at the end of a syllable is a matter of taste.
_OLD_TO_NEW = {
    old: new
    for olds, news in (
        ("òa óa ỏa õa ọa", "oà oá oả oã oạ"),
        ("òe óe ỏe õe ọe", "oè oé oẻ oẽ oẹ"),
        ("ùy úy ủy ũy ụy", "uỳ uý uỷ uỹ uỵ"),
    )
    for old, new in zip(olds.split(), news.split(), strict=True)
}
_TONES = re.compile("(?:" + "|".join(_OLD_TO_NEW) + r")(?!\w)")


def _move_tone(text: str) -> str:
    return _TONES.sub(lambda match: _OLD_TO_NEW[match[0]], text)
