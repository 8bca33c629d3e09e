"""Blanks in a form's words: what the printed report says of itself and every other report says otherwise.

``{ky}`` is the period in words (quý III năm 2024), ``{nam}`` its year, ``{tu_ngay}`` and ``{den_ngay}`` the days of the
figures, ``{don_vi}`` the unit. A workbook takes them from its cover.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from cchc_xl.catalogue.tables import Faults

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


def live_text(place: str, raw: Mapping[str, object], key: str, faults: Faults) -> str:
    """A printed text of the form's file with blanks for what follows the cover; left out where nothing does."""
    text = str(raw.get(f"{key}_live", raw.get(key, "")))
    for name in unknown_blanks(text):
        faults.add(place, f"{key}_live: '{{{name}}}' không hợp lệ (được phép: {', '.join(BLANKS)})")
    return text
