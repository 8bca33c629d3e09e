"""Error values of cells: xlwings puts seven of them into words, the others come as COM's bare numbers."""

from __future__ import annotations

_BASE = -2146828288  # 0x800A0000, to which COM adds Excel's number (XlCVError)
_NUMBERS = range(2000, 3000)
_WORDS = {
    2000: "#NULL!",
    2007: "#DIV/0!",
    2015: "#VALUE!",
    2023: "#REF!",
    2029: "#NAME?",
    2036: "#NUM!",
    2042: "#N/A",
    2043: "#GETTING_DATA",
    2045: "#SPILL!",
    2046: "#CONNECT!",
    2047: "#BLOCKED!",
    2048: "#UNKNOWN!",
    2049: "#FIELD!",
    2050: "#CALC!",
}
_TEXTS = frozenset(_WORDS.values())


def error_text(raw: object) -> str:
    """The error value that a cell holds, as Excel shows it; ``""`` for anything else.

    Figures come as floats: an int of this kind is an error, also one that a later Excel knows (``#2051``).
    """
    if isinstance(raw, str):
        return raw if raw in _TEXTS else ""
    if isinstance(raw, int) and raw - _BASE in _NUMBERS:
        return _WORDS.get(raw - _BASE, f"#{raw - _BASE}")
    return ""
