"""Units of measure: when two of them count the same, so that a figure means the same in both. Pure."""

from __future__ import annotations

import re

from cchc_xl.recognition.wording import fold

# Money: a figure in another one of these is another number. Persons ("đồng chí") and contracts ("hợp đồng") are none.
_MONEY = re.compile(r"(?<!hop )(?<!hoi )(?<!cong )(?:(?<![a-z])|(?<=tr))(?:dong|vnd|d)(?![a-z]| chi)")
_SCALE = re.compile(r"(?<![a-z])(?:(tram|nghin|ngan|trieu|tr|ty|ti)(?![a-ce-z])|10\s*\^\s*(\d)|(1(?:[. ]?000)+)(?!\d))")
_SCALES = {"tram": 2, "nghin": 3, "ngan": 3, "trieu": 6, "tr": 6, "ty": 9, "ti": 9}
# Of counts: "tỷ lệ" and "trạm" count nothing in thousands.
_COUNT_SCALES = frozenset({"nghin", "ngan", "trieu"})


def same_measure(theirs: str, ours: str) -> bool:
    """Whether a figure in one unit can stand in the other. One that is not named contradicts nothing.

    What is counted may be worded in many ways ("Người", "cán bộ, công chức"); a percentage is no count, a thousand
    files are no file, and a million đồng is no đồng.
    """
    return not theirs or not ours or _measure(theirs) == _measure(ours)


def is_money(unit: str) -> bool:
    """Whether figures in this unit are amounts of money."""
    return _MONEY.search(fold(unit.casefold())) is not None


def _measure(unit: str) -> tuple[str, int]:
    folded = fold(unit.casefold())
    money = _MONEY.search(folded)
    if money is not None:
        return "money", sum(_power(match) for match in _SCALE.finditer(folded[: money.end()]))
    if "%" in folded or "phan tram" in folded:
        return "percent", 0
    scales = [match for match in _SCALE.finditer(folded) if match[1] is None or match[1] in _COUNT_SCALES]
    return "permille" if "‰" in folded else "count", sum(map(_power, scales))


def _power(match: re.Match[str]) -> int:
    if match[1]:
        return _SCALES[match[1]]
    return int(match[2]) if match[2] else match[3].count("0")
