"""Whether two names on covers speak of one unit, and what becomes of files that give one code to two units. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from cchc_xl.consolidation.states import FileState, JudgedFile
from cchc_xl.units import Unit
from cchc_xl.values import normalise

# What people write before the name itself, or leave out: the office, and the kind of unit.
_OFFICE = re.compile(r"^(?:ủy ban nhân dân|uỷ ban nhân dân|ubnd)\s+")
_KIND = re.compile(r"^(?:xã|phường|thị trấn|đặc khu|huyện|quận|thị xã|thành phố|tp\.?|tỉnh)\s+")


def unit_name(name: str) -> str:
    """A unit's name as it is matched: in order, and without the office that people write before it."""
    return _OFFICE.sub("", normalise(name))


def office_of(unit: str) -> str:
    """``UBND huyện Ninh Hải``: the office that signs for a unit; a name that is none of a unit stays as it is."""
    return f"UBND {unit}" if _KIND.match(normalise(unit)) else unit


def same_unit(one: str, other: str) -> bool:
    """Whether two names may be of one unit: the same words, or all words of one in the other (a district added)."""
    ours, theirs = _words(one), _words(other)
    return not ours or not theirs or ours <= theirs or theirs <= ours


def _words(name: str) -> frozenset[str]:
    bare = _KIND.sub("", unit_name(name))
    return frozenset(re.findall(r"\w+", bare))


def without_shared_codes(
    judged: Sequence[JudgedFile], expected: Sequence[Unit] | None, chosen: frozenset[str]
) -> list[JudgedFile]:
    """Leave out workbooks that give one code to units of different names, so that none passes for another's copy.

    Where the list of units knows the code, the workbook that bears the list's name stays. ``chosen``: files that the
    officer includes by name; with one of them the question is settled.
    """
    out = list(judged)
    by_code: dict[str, list[int]] = {}
    listed_units = {unit.code: unit for unit in reversed(expected or ())}
    for index, file in enumerate(judged):
        given = file.received.given
        if file.state is FileState.INCLUDED and given is not None and given.stamp.unit_code:
            by_code.setdefault(file.unit_code, []).append(index)
    for code, bearers in by_code.items():
        names = {i: _name(judged[i]) for i in bearers}
        if all(same_unit(names[bearers[0]], name) for name in names.values()):
            continue
        if any(judged[i].received.file in chosen for i in bearers):
            continue
        unit = listed_units.get(code)
        listed = [i for i in bearers if unit is not None and names[i] and same_unit(names[i], unit.full_name)]
        for i in bearers:
            if i in listed:
                continue
            if unit is not None and listed:
                reason = (
                    f"Sổ ghi mã {code} của {unit.full_name} nhưng tên đơn vị là “{names[i]}”: hãy sửa mã hoặc tên ở "
                    "trang Bìa rồi nộp lại."
                )
            else:
                others = ", ".join(f"“{names[j]}” ({judged[j].received.file})" for j in bearers)
                reason = (
                    f"Mã {code} đứng ở sổ của các đơn vị khác nhau: {others}; hãy sửa mã ở trang Bìa của sổ ghi sai "
                    "rồi tổng hợp lại."
                )
            out[i] = replace(judged[i], state=FileState.EXCLUDED, reason=reason)
    return out


def _name(file: JudgedFile) -> str:
    given = file.received.given
    return given.stamp.unit if given is not None else ""
