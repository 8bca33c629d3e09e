"""Lines of an appendix's table → rows of the form."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from cchc_xl.catalogue.model import (
    AppendixKind,
    Below,
    CellKind,
    Column,
    Quantity,
    Rollup,
    Row,
    RowRole,
)
from cchc_xl.catalogue.tables import Faults, Line
from cchc_xl.expressions import Expression, ExpressionFault, Names, parse_alternatives
from cchc_xl.expressions.evaluate import NAMED_COUNTS
from cchc_xl.expressions.tree import Call

LEVELS = frozenset({"tinh", "huyen", "xa"})
_NUMBERED = re.compile(r"[\dIVX]")
_DIGITS = re.compile(r"[0-9]{1,6}")
_ROLES = {"heading": RowRole.HEADING, "total": RowRole.TOTAL, "item": RowRole.ITEM, "task": RowRole.ITEM}


class RowLoader:
    """Reads the rows of one form's appendices, noting faults. ``level``: the form's level of government."""

    def __init__(self, quantities: Mapping[str, Quantity], level: str, faults: Faults) -> None:
        self.quantities = quantities
        self.level = level
        self.faults = faults

    def row(
        self, line: Line, index: int, appendix_kind: AppendixKind, columns: tuple[Column, ...], names: Names
    ) -> Row:
        """One line, which must be the ``index``-th; without the row that contains it (``with_parents``)."""
        place = line.place
        if line["order"] != str(index):
            self.faults.add(place, f"order '{line['order']}' phải là {index}")
        kind: CellKind | None = None
        if appendix_kind is AppendixKind.INDICATORS:
            kind = self.faults.choice(place, "kind", line["kind"], CellKind, CellKind.HEADING)
            role = RowRole.HEADING if kind is CellKind.HEADING else RowRole.ITEM
            self._check_indicator(line, kind)
        else:
            role = _ROLES.get(line["kind"], RowRole.ITEM)
            if line["kind"] not in _ROLES:
                self.faults.add(place, f"kind '{line['kind']}' không hợp lệ (được phép: {', '.join(_ROLES)})")
        answers = frozenset(filter(None, line["answers"].split("+"))) or frozenset({self.level})
        if answers - LEVELS:
            self.faults.add(place, f"answers '{line['answers']}' không hợp lệ")
        derived: tuple[Expression, ...] = ()
        if line["derived"]:
            try:
                derived = parse_alternatives(line["derived"], names)
            except ExpressionFault as fault:
                self.faults.add(place, str(fault))
        if not _DIGITS.fullmatch(line["level"]):
            self.faults.add(place, f"level '{line['level']}' phải là số")
        return Row(
            order=index,
            stt=line["stt"],
            level=int(line["level"]) if _DIGITS.fullmatch(line["level"]) else 1,
            label=line["label"],
            role=role,
            kind=kind,
            unit=line["unit"],
            answers=answers,
            code=line["code"],
            below=self._below(line),
            derived=derived,
            options=read_options(line.place, line["options"], self.faults),
            given={
                column.key: line[column.key]
                for column in columns
                if column.given or (column.kind is CellKind.TEXT and line[column.key])
            },
            counts=self._counts(line, names),
        )

    def _counts(self, line: Line, names: Names) -> tuple[Expression, ...]:
        """How a distinct figure is counted from a list of the form: only what gives names that can be put together."""
        if not line["counts"]:
            return ()
        try:
            ways = parse_alternatives(line["counts"], names)
        except ExpressionFault as fault:
            self.faults.add(line.place, str(fault))
            return ()
        quantity = self.quantities.get(line["code"])
        if quantity is None or quantity.rollup is not Rollup.DISTINCT:
            self.faults.add(line.place, "counts chỉ dùng cho mã có rollup distinct")
        if not all(isinstance(way, Call) and way.name in NAMED_COUNTS for way in ways):
            self.faults.add(line.place, f"counts chỉ gồm {', '.join(NAMED_COUNTS)}, nối bằng |")
            return ()
        return ways

    def _check_indicator(self, line: Line, kind: CellKind) -> None:
        code = line["code"]
        if kind in (CellKind.HEADING, CellKind.TEXT):
            if kind is CellKind.HEADING and (code or line["derived"]):
                self.faults.add(line.place, "dòng tiêu đề không được có code hoặc derived")
        elif code not in self.quantities:
            self.faults.add(line.place, f"mã '{code}' không có trong quantities.tsv" if code else "dòng thiếu code")
        if kind is CellKind.CODE and not line["options"]:
            self.faults.add(line.place, "dòng mã thiếu options")

    def _below(self, line: Line) -> Below | None:
        text = line["below"].strip()
        if not text:
            return None
        if text == "-":
            return Below(())
        own = text.startswith("+")
        codes = tuple(filter(None, text.removeprefix("+").split("|"))) or (line["code"],)
        for code in codes:
            if code not in self.quantities:
                self.faults.add(line.place, f"below: mã {code} không có trong quantities.tsv")
        return Below(codes, own)


def read_options(place: str, text: str, faults: Faults) -> tuple[tuple[str, str], ...]:
    """A code list, ``1=Có;0=Không``: values with their meanings."""
    options: list[tuple[str, str]] = []
    for part in filter(None, text.split(";")):
        value, separator, meaning = part.partition("=")
        if not separator or not _DIGITS.fullmatch(value.strip()):
            faults.add(place, f"options '{part}' phải có dạng số=nghĩa")
        if value.strip() in dict(options):
            faults.add(place, f"options có hai nghĩa cho {value.strip()}")
        options.append((value.strip(), meaning.strip()))
    return tuple(options)


def with_parents(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Rows with the row that contains them; rows without an STT also with that of the nearest numbered one."""
    above: list[Row] = []
    done = []
    for row in rows:
        while above and above[-1].level >= row.level:
            above.pop()
        stt = row.stt.strip().rstrip(".")
        numbered = [parent.stt.strip().rstrip(".") for parent in above if _NUMBERED.match(parent.stt.strip())]
        row = replace(
            row, parent=above[-1].order if above else 0, parent_stt=numbered[-1] if numbered and not stt else ""
        )
        above.append(row)
        done.append(row)
    return tuple(done)
