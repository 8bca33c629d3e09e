"""Blanks in a form's words: what the printed report says of itself and every other report says otherwise.

``{ky}`` is the period in words (quý III năm 2024), ``{nam}`` its year, ``{tu_ngay}`` and ``{den_ngay}`` the days of the
figures, ``{don_vi}`` the unit. A workbook takes them from its cover.
"""

from __future__ import annotations

import re

PERIOD, YEAR, FROM, TO, UNIT = "ky", "nam", "tu_ngay", "den_ngay", "don_vi"
BLANKS = (PERIOD, YEAR, FROM, TO, UNIT)
_BLANK = re.compile(r"\{([^{}]*)\}")


def pieces(text: str) -> list[tuple[str, bool]]:
    """The text in its order: fixed words, and with ``True`` the names of blanks."""
    parts = _BLANK.split(text)
    return [(part, index % 2 == 1) for index, part in enumerate(parts) if part or index % 2]


def has_blanks(text: str) -> bool:
    """Whether anything in the text follows the cover."""
    return _BLANK.search(text) is not None


def unknown_blanks(text: str) -> list[str]:
    """Names in braces that mean nothing."""
    return [part for part, blank in pieces(text) if blank and part not in BLANKS]
