"""Formulas between the notation of Excel and the English one of LibreOffice's API.

They differ in the separators (``,`` and ``;``; in arrays ``,`` ``;`` and ``;`` ``|``) and in what stands between a
sheet and a cell (``'PL 1'!A1`` and ``$'PL 1'.A1``). Texts in quotes stay as they are. Names of functions are the same
in those that our forms use. The translation works on the text: to ask LibreOffice's parser takes 2 ms for a formula.
"""

from __future__ import annotations

import re

_TEXT = r'"(?:[^"]|"")*"'
_SHEET = r"'(?:[^']|'')*'|[^\W\d][\w]*(?:\.\w+)*"  # as LibreOffice writes names that need no quotes: letters, digits, _
_CELL = r"\$?[A-Za-z]{1,3}\$?\d+|\$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3}|\$?\d+:\$?\d+"
_CALC = re.compile(rf"(?P<text>{_TEXT})|\$?(?P<sheet>'(?:[^']|'')*'|[^\W\d]\w*)\.(?={_CELL})|(?P<sign>[;|{{}}])")
_EXCEL = re.compile(rf"(?P<text>{_TEXT})|(?P<sheet>{_SHEET})!|(?P<sign>[,;{{}}])")


def from_calc(formula: str) -> str:
    """A formula of LibreOffice as Excel writes it."""
    return _translated(formula, _CALC, "!", {";": ","}, {";": ",", "|": ";"}, absolute="")


def to_calc(formula: str) -> str:
    """A formula of Excel as LibreOffice's API takes it."""
    return _translated(formula, _EXCEL, ".", {",": ";"}, {",": ";", ";": "|"}, absolute="$")


def _translated(
    formula: str,
    pattern: re.Pattern[str],
    between: str,
    outside: dict[str, str],
    inside: dict[str, str],
    *,
    absolute: str,
) -> str:
    depth = 0

    def one(found: re.Match[str]) -> str:
        nonlocal depth
        if found["sheet"]:
            return f"{absolute}{found['sheet']}{between}"
        sign = found["sign"]
        if not sign:
            return found[0]
        depth += (sign == "{") - (sign == "}")
        return (inside if depth else outside).get(sign, sign)

    return pattern.sub(one, formula)
