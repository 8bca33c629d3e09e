"""R17/R18: what is odd about a form as it is printed: numbers that jump or repeat, a ratio's label without its %.

These are remarks on the form, not on anybody's figures: a clerk cannot mend them, so they are shown with the rules
(``quy-tac``) and never among the findings of a workbook.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cchc_xl.catalogue.model import Appendix, CellKind, Form, Row

_NUMBER = re.compile(r"(?:(.*)\.)?(\d+)\.?")
_ROMAN = {text: value for value, text in enumerate(("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"), 1)}


def form_remarks(form: Form) -> list[str]:
    """Every remark on the form, in form order, each naming its appendix and row."""
    return [remark for appendix in form.appendices for remark in (*_sequence(appendix), *_labels(appendix))]


def _sequence(appendix: Appendix) -> Iterator[str]:
    """Numbers of one level under one number: 3.1, 3.2, 3.4 jumps, 3.1, 3.1 repeats."""
    # A prefix that comes again after a higher number began anew opens a new sequence (tables numbered by section).
    last: dict[str, tuple[int, Row]] = {}
    for row in appendix.rows:
        key = _key(row.stt)
        if key is None:
            continue
        prefix, number = key
        before = last.get(prefix)
        if before is not None and number == before[0]:
            yield f"{appendix.id}: số thứ tự {row.stt.strip()} có hai lần: “{_short(before[1])}” và “{_short(row)}”."
        elif before is not None and number != before[0] + 1 and number != 1:
            passed, here = f"{before[1].stt.strip()} “{_short(before[1])}”", f"{row.stt.strip()} “{_short(row)}”"
            yield f"{appendix.id}: sau {passed} là {here}."
        last[prefix] = (number, row)
        stem = f"{prefix}.{number}" if prefix else str(number)
        for deeper in [known for known in last if known == stem or known.startswith(stem + ".")]:
            del last[deeper]


def _key(stt: str) -> tuple[str, int] | None:
    """``3.1.2.`` → (``3.1``, 2); Roman numbers count on their own; signs and letters have no number."""
    text = stt.strip().rstrip(".")
    if text in _ROMAN:
        return "roman", _ROMAN[text]
    match = _NUMBER.fullmatch(text)
    if match is None or (match[1] and not re.fullmatch(r"[\d.]+", match[1])):
        return None
    return (match[1] or "").strip("."), int(match[2])


def _labels(appendix: Appendix) -> Iterator[str]:
    """A label of a ratio has the unit %, a label of a count has not."""
    for row in appendix.rows:
        if row.kind in (None, CellKind.HEADING, CellKind.TEXT) or not row.unit.strip():
            continue
        label = row.label.strip().lstrip("-+ ").casefold()
        ratio = label.startswith(("tỷ lệ", "tỉ lệ", "% ", "phần trăm"))
        if ratio and "%" not in row.unit:
            yield f"{appendix.id}: dòng {row.title()} là tỷ lệ nhưng đơn vị tính in là “{row.unit.strip()}”."
        elif "%" in row.unit and label.startswith(("số ", "tổng số")):
            yield f"{appendix.id}: dòng {row.title()} là số đếm nhưng đơn vị tính in là “{row.unit.strip()}”."


def _short(row: Row) -> str:
    label = row.label.strip().lstrip("-+ ")
    return label if len(label) <= 50 else label[:49].rstrip() + "…"
