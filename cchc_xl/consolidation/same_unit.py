"""Whether two names on covers speak of one unit, and what becomes of files that give one code to two units. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from cchc_xl.consolidation.states import FileState, JudgedFile
from cchc_xl.units import Unit
from cchc_xl.values import normalise

# What people write before the name itself, or leave out: the office, and the kind of unit.
_OFFICE = re.compile(r"^(?:ủy ban nhân dân|uỷ ban nhân dân|ubnd)\s+")
_KIND = re.compile(r"^(?:xã|phường|thị trấn|đặc khu|huyện|quận|thị xã|thành phố|tp\.?|tỉnh)\s+")

# The unit above, behind a name.
_DISTRICT = re.compile(r"\s*[,(]|\s+[–-]\s+(?=(?:huyện|quận|thị xã|thành phố|tp\.?|tỉnh)\s)")


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


class Senders:
    """Without a list of units: who sent the files, so that a cover without a code, or with the name in other letters,
    is not taken for another unit's."""

    def __init__(self, covers: Iterable[tuple[str, str]]) -> None:
        """``covers``: code and name on each."""
        self._by_name: dict[str, dict[str, str]] = {}
        self._by_bare: dict[str, dict[str, str]] = {}
        named = list(covers)
        for code, name in named:
            if code and name:
                self._add(code, name)
        # Names with the kind of the unit first, so that a bare one finds them.
        for _, name in sorted((cover for cover in named if not cover[0]), key=lambda cover: not _kind_of(cover[1])):
            if name and not self.find(name):
                self._add(name, name)

    def _add(self, code: str, name: str) -> None:
        self._by_name.setdefault(unit_name(name), {}).setdefault(code, name)
        self._by_bare.setdefault(_bare(name), {}).setdefault(code, name)

    def find(self, name: str) -> dict[str, str]:
        """The units that a name without a code may be: codes (of those without one the name) and names."""
        bare = _bare(name)
        return self._by_name.get(unit_name(name)) or (self._by_name if _kind_of(name) else self._by_bare).get(bare, {})


def _bare(name: str) -> str:
    return _KIND.sub("", unit_name(name))


def _kind_of(name: str) -> bool:
    return _KIND.match(unit_name(name)) is not None


def with_one_name(judged: Sequence[JudgedFile]) -> list[JudgedFile]:
    """Say of files that count under several codes and bear one name that they may be one unit's, counted twice."""
    by_name: dict[str, dict[str, str]] = {}
    for file in judged:
        if file.state is FileState.INCLUDED and _name(file):
            by_name.setdefault(_without_district(_name(file)), {})[file.unit_code] = file.received.file
    out = []
    for file in judged:
        bearers = by_name.get(_without_district(_name(file)), {})
        if file.state is FileState.INCLUDED and len(bearers) > 1:
            other = next(name for code, name in bearers.items() if code != file.unit_code)
            more = f" và {len(bearers) - 2} sổ khác" if len(bearers) > 2 else ""
            said = (
                f"Tên {file.unit} cũng đứng ở sổ {other}{more} với mã khác: nếu là một đơn vị thì số bị tính hai lần, "
                "hãy sửa mã ở trang Bìa rồi tổng hợp lại."
            )
            file = replace(file, reason=f"{file.reason} {said}".strip())
        out.append(file)
    return out


def _without_district(name: str) -> str:
    """``xã tân hải`` of ``xã Tân Hải, huyện Ninh Hải``; a dash may belong to the name."""
    return _DISTRICT.split(unit_name(name), maxsplit=1)[0]


def without_shared_codes(
    judged: Sequence[JudgedFile], expected: Sequence[Unit] | None, chosen: frozenset[str]
) -> list[JudgedFile]:
    """Leave out workbooks that give one code to units of different names, so that none passes for another's copy.

    Where the list of units knows the code, the workbook that bears the list's name stays; one that bears the name of
    another unit of the list does not, even alone. ``chosen``: files that the officer includes by name; with one of them
    the question is settled.
    """
    out = list(judged)
    by_code: dict[str, list[int]] = {}
    listed_units = {unit.code: unit for unit in reversed(expected or ())}
    owners: dict[str, set[str]] = {}
    for one in expected or ():
        for named in (one.full_name, one.name):
            owners.setdefault(unit_name(named), set()).add(one.code)
    for index, file in enumerate(judged):
        given = file.received.given
        if file.state is FileState.INCLUDED and given is not None and given.stamp.unit_code:
            by_code.setdefault(file.unit_code, []).append(index)
    for code, bearers in by_code.items():
        names = {i: _name(judged[i]) for i in bearers}
        unit = listed_units.get(code)
        others = {i for i, name in names.items() if code not in owners.get(unit_name(name), {code})}
        if not others and all(same_unit(names[bearers[0]], name) for name in names.values()):
            continue
        if any(judged[i].received.file in chosen for i in bearers):
            continue
        listed = [i for i in bearers if unit is not None and names[i] and same_unit(names[i], unit.full_name)]
        for i in bearers:
            if i in listed:
                continue
            if unit is not None and (listed or i in others):
                reason = (
                    f"Sổ ghi mã {code} của {unit.full_name} nhưng tên đơn vị là “{names[i]}”: hãy sửa mã hoặc tên ở "
                    "trang Bìa rồi nộp lại."
                )
            else:
                whose = ", ".join(f"“{names[j]}” ({judged[j].received.file})" for j in bearers)
                reason = (
                    f"Mã {code} đứng ở sổ của các đơn vị khác nhau: {whose}; hãy sửa mã ở trang Bìa của sổ ghi sai "
                    "rồi tổng hợp lại."
                )
            out[i] = replace(judged[i], state=FileState.EXCLUDED, reason=reason)
    return out


def _name(file: JudgedFile) -> str:
    given = file.received.given
    return given.stamp.unit if given is not None else ""
