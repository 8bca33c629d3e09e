"""Rows that units added to a list of their form, and the rows of the summary in which they are counted. Pure.

A spare row has no place of its own: what stands in the third one of two units has nothing in common. Rows are matched
by procedure code where there is one, else by name (normalised): with a row that the summary's form prints, else with
one of its own spare rows, in the order in which the units bring them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cchc_xl.catalogue.model import Appendix, CellKind, CellSpec, Form, RowRole
from cchc_xl.consolidation.contribution import SpareRow, figure_index
from cchc_xl.consolidation.lines import Child
from cchc_xl.errors import InputFault
from cchc_xl.expressions import CellRef
from cchc_xl.submission import LABEL
from cchc_xl.values import normalise

UNNAMED = "(chưa ghi tên)"
_MOST_NAMES = 10


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the units' spare rows are counted.

    ``texts``: what stands in the text cells of the summary's spare rows that are used, by appendix and row, from the
    first unit that brings the row. ``cells``: for the summary's cell and a unit (its place among the units), the places
    (``contribution.figure_cells``) of the cells in its spare rows that count there.
    """

    texts: dict[tuple[str, int], dict[str, str]] = field(default_factory=dict)
    cells: dict[CellRef, dict[int, list[int]]] = field(default_factory=dict)

    def name(self, spec: CellSpec) -> str:
        """The name of a spare row of the summary."""
        return self.texts.get((spec.ref.appendix, spec.row.order), {}).get(LABEL, "")

    def counts(self, spec: CellSpec) -> bool:
        """Whether the summary's row is one of the form's own or one that a unit brings."""
        return not spec.row.spare or (spec.ref.appendix, spec.row.order) in self.texts


def place_spare_rows(form: Form, children: Sequence[Child]) -> Placed:
    """Match the units' spare rows with the rows of the summary.

    Raises ``InputFault`` when they bring more different rows than the summary's form has room for.
    """
    placed = Placed()
    for appendix in form.appendices:
        if appendix.printed_items:
            _Matching(appendix, placed).match(children)
    return placed


class _Matching:
    def __init__(self, appendix: Appendix, placed: Placed) -> None:
        self.appendix = appendix
        self.placed = placed
        self.columns = {spec.code: spec.column.key for spec in appendix.cells.values() if spec.code}
        self.code_column = _code_column(appendix)
        self.orders = _printed_keys(appendix, self.code_column)
        self.free = list(appendix.spare_cells)
        self.without_room: dict[str, str] = {}

    def match(self, children: Sequence[Child]) -> None:
        for index, child in enumerate(children):
            for appendix, rows in child.given.spare.items():
                for row in rows:
                    self._row(index, child, child.given.form.appendix(appendix), row)
        if self.without_room:
            names = [f"“{name}” ({unit})" for name, unit in self.without_room.items()]
            listed = ", ".join(names[:_MOST_NAMES]) + (
                f" và {len(names) - _MOST_NAMES} tên khác" * (len(names) > _MOST_NAMES)
            )
            raise InputFault(
                f"{self.appendix.printed_id} ({self.appendix.id}) của biểu tổng hợp chỉ có "
                f"{len(self.appendix.spare_cells)} dòng thêm, không còn chỗ cho dòng mà đơn vị tự thêm: {listed}; hãy "
                "thống nhất tên gọi giữa các đơn vị rồi tổng hợp lại, hoặc tăng số dòng thêm (spare_rows) của biểu mẫu."
            )

    def _row(self, index: int, child: Child, theirs: Appendix, row: SpareRow) -> None:
        cells = {spec.column.key: spec for spec in theirs.spare_cells[row.order]}
        figures = [cells[key] for key in row.filled if cells[key].code in self.columns]
        if not figures:
            return  # a name alone brings nothing
        texts = row.texts
        name = texts.get(LABEL, "")
        code = texts.get(_code_column(theirs), "") if self.code_column else ""
        key = (True, normalise(code)) if code else (False, normalise(name))
        ours = self.orders.get(key)
        if ours is None and not self.free:
            self.without_room.setdefault(code or name or UNNAMED, child.unit)
            return
        if ours is None:
            ours = self.orders[key] = self.free.pop(0)
            self._name(ours, {**texts, LABEL: name or UNNAMED})
        for spec in figures:
            ref = CellRef(self.appendix.id, ours, self.columns[spec.code])
            place = figure_index(child.given.form)[spec.ref]
            self.placed.cells.setdefault(ref, {}).setdefault(index, []).append(place)

    def _name(self, order: int, texts: Mapping[str, str]) -> None:
        """What the form prints elsewhere, taken from the unit; numbers and remarks of its own stay with it."""
        opened = {column.key for column in self.appendix.columns if column.spare is not None} - {"stt"}
        self.placed.texts[self.appendix.id, order] = {
            key: text for key, text in texts.items() if key in opened and text
        }


def _code_column(appendix: Appendix) -> str:
    """The column with the procedure codes; empty in other tables."""
    return next((c.key for c in appendix.columns if CellKind.PROCEDURE_CODE in (c.kind, c.spare)), "")


def _printed_keys(appendix: Appendix, code_column: str) -> dict[tuple[bool, str], int]:
    """The printed rows by procedure code and by name; of several the first."""
    keys: dict[tuple[bool, str], int] = {}
    for row in appendix.printed:
        if row.role is RowRole.ITEM:
            for key in _keys(row.label, row.given.get(code_column, "")):
                keys.setdefault(key, row.order)
    return keys


def _keys(name: str, code: str) -> Iterator[tuple[bool, str]]:
    if code:
        yield True, normalise(code)
    if name:
        yield False, normalise(name)


def texts_of_spare_rows(form: Form, children: Sequence[Child]) -> dict[CellRef, str]:
    """What stands in the text cells of the summary's spare rows: names, and what else the form prints elsewhere."""
    return {
        CellRef(appendix, order, column): text
        for (appendix, order), texts in place_spare_rows(form, children).texts.items()
        for column, text in texts.items()
    }
