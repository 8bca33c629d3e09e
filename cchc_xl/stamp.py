"""The hidden stamp of a workbook: which form, whose, for which period. One sheet, key and value side by side."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

STAMP_SHEET = "_CCHC"
STAMP_MARK = "cchc_xl"
STAMP_FORMAT = "1"


SUBMISSION, SUMMARY = "submission", "summary"


@dataclass(frozen=True, slots=True)
class Stamp:
    """Identity of a workbook. Dates are dd/mm/yyyy, ``submission`` counts the times it was sent (0 = never)."""

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
    # Written by Kiểm tra when the workbook is complete: the day, and the figures that this was said of.
    completed: str = ""
    fingerprint: str = ""
    # Written by Nộp together with the number: the day of sending.
    submitted: str = ""

    def rows(self) -> list[tuple[str, str | int]]:
        """The stamp sheet's rows."""
        return [(STAMP_MARK, STAMP_FORMAT), *asdict(self).items()]


def read_stamp(rows: Mapping[str, object]) -> Stamp | None:
    """The stamp from the sheet's rows; ``None`` when it is none of ours."""
    if STAMP_MARK not in rows or not rows.get("form"):
        return None
    values: dict[str, object] = {}
    for item in fields(Stamp):
        raw = rows.get(item.name)
        if item.name in ("version", "submission"):
            values[item.name] = _whole(raw)
        else:
            values[item.name] = _text(raw)
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
