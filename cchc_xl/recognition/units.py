"""Units of measure: when two of them count the same, so that a figure means the same in both. Pure."""

from __future__ import annotations

import re

from cchc_xl.recognition.wording import fold

# Money: a figure in another one of these is another number.
_MONEY = re.compile(r"\b(nghin|ngan|trieu|tr|ty|ti)?[.\s]*(dong|vnd|d)\b")
_SCALES = {"nghin": 3, "ngan": 3, "trieu": 6, "tr": 6, "ty": 9, "ti": 9, None: 0}


def same_measure(theirs: str, ours: str) -> bool:
    """Whether a figure in one unit can stand in the other. One that is not named contradicts nothing.

    What is counted may be worded in many ways ("Người", "cán bộ, công chức"); a percentage is no count, and a million
    đồng is no đồng.
    """
    return not theirs or not ours or _measure(theirs) == _measure(ours)


def is_money(unit: str) -> bool:
    """Whether figures in this unit are amounts of money."""
    return _MONEY.search(fold(unit.casefold())) is not None


def _measure(unit: str) -> object:
    folded = fold(unit.casefold())
    money = _MONEY.search(folded)
    if money is not None:
        return "money", _SCALES[money[1]]
    return "%" in folded or "phan tram" in folded
