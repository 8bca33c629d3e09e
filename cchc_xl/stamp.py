"""Whose workbook it is: which form, which unit, for which period, and whether it was completed.

What people may see and change stands on the cover (``cover``). The rest stands in a very hidden sheet, key and value
side by side: the form, and what only the program says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields

STAMP_SHEET = "_CCHC"
# The same of a workbook in which the mapping of a foreign file is confirmed: figures, but no submission.
MAPPING_SHEET = "_GHEP"
STAMP_MARK = "cchc_xl"
STAMP_FORMAT = "2"

# Of what kind the figures are; ``OWN_TABLE``: a range of an officer's own workbook, never stored.
SUBMISSION, SUMMARY, OWN_TABLE = "submission", "summary", "own-table"


# What the hidden sheet holds, in this order; all else is read from the cover.
_HIDDEN = ("form", "version", "kind", "submission", "parent_code", "completed", "fingerprint", "checksum", "submitted")


@dataclass(frozen=True, slots=True)
class Stamp:
    """Identity of a workbook. Dates are dd/mm/yyyy, ``submission`` counts the times it was sent (0 = never).

    Kiểm tra writes the last three when nothing is left to mend: ``completed`` (the day), ``fingerprint`` (hex digits of
    all that was entered) and ``checksum`` (``companions.checksum_text``, which the cover compares with the live one).
    """

    form: str
    version: int
    unit: str = ""
    unit_code: str = ""
    parent_code: str = ""
    period: str = ""
    date_from: str = ""
    date_to: str = ""
    submission: int = 0
    kind: str = SUBMISSION
    report_number: str = ""
    report_date: str = ""
    completed: str = ""
    fingerprint: str = ""
    checksum: str = ""
    # Written by Nộp together with the number: the day of sending.
    submitted: str = ""
    # Of the cover, like number and date: where it is signed, and as what (empty: as the form has it).
    place: str = ""
    signer: str = ""

    def rows(self) -> list[tuple[str, str | int]]:
        """The stamp sheet's rows."""
        return [(STAMP_MARK, STAMP_FORMAT), *((name, getattr(self, name)) for name in _HIDDEN)]


def stamp_address(name: str) -> str:
    """Where our builder puts a field in the stamp sheet: ``B7``."""
    return f"B{_HIDDEN.index(name) + 2}"


def read_stamp(rows: Mapping[str, object]) -> Stamp | None:
    """The stamp from the sheet's rows, without what the cover says; ``None`` when it is none of ours."""
    if STAMP_MARK not in rows or not rows.get("form"):
        return None
    values: dict[str, object] = {}
    for item in fields(Stamp):
        if item.name in _HIDDEN:
            raw = rows.get(item.name)
            values[item.name] = _whole(raw) if item.name in ("version", "submission") else _text(raw)
    return Stamp(**values)  # type: ignore[arg-type]  # types were fitted to the fields just above


def _whole(raw: object) -> int:
    text = _text(raw)
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0


def _text(raw: object) -> str:
    if raw is None:
        return ""
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    return str(raw).strip()
