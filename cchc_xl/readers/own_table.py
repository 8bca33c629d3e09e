"""An officer's own table → submission: its rows are those of one appendix, recognised by STT.

Rows that share an STT, or have none, stand under the numbered row before them and go by their order there, when there
are as many of them as on the form. What cannot be told apart is left out by name, never guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from cchc_xl.catalogue.model import Appendix, CellSpec, Form, Row
from cchc_xl.catalogue.parts import part_of_form
from cchc_xl.errors import InputFault
from cchc_xl.expressions import CellRef
from cchc_xl.stamp import OWN_TABLE, Stamp
from cchc_xl.submission import Entry, FormulaState, Submission
from cchc_xl.values import BLANK, State, Value, normalise

_TOTAL = "tổng"


@dataclass(frozen=True, slots=True)
class TableEntry(Entry):
    """A cell of the officer's table: it has no address that we know, only a place in the range (from 0)."""

    several: bool = False  # whether the range has several columns
    given: bool = False  # printed on the form, so not among the columns of the range

    @property
    def address(self) -> str:
        """Tells cells apart: ``dòng 7, cột 2``."""
        return f"dòng {self.row + 1}, {'cột in sẵn' if self.given else 'cột'} {self.column + 1}"

    @property
    def place(self) -> str:
        """How a message speaks of the cell: ``dòng 7 của vùng``."""
        return f"{self.address if self.several and not self.given else f'dòng {self.row + 1}'} của vùng"


@dataclass(frozen=True, slots=True)
class AbsentEntry(Entry):
    """A cell of the form that the officer's table does not have. ``row`` is its order in the form."""

    @property
    def address(self) -> str:
        """Tells absent cells apart; no message of a rule names them."""
        return f"ngoài vùng {self.row}.{self.column}"

    @property
    def place(self) -> str:
        """How a message speaks of the cell."""
        return "ngoài vùng"


@dataclass(frozen=True, slots=True)
class UnknownRow:
    """A row with figures that was not recognised: its place in the range (from 0), its STT, and why."""

    row: int
    stt: str
    reason: str


@dataclass(frozen=True, slots=True)
class OwnTable:
    """The table as a submission on a part of the form; what of the table, and of the form, is not in it."""

    submission: Submission
    unknown: tuple[UnknownRow, ...]
    absent: tuple[Row, ...]


def read_own_table(
    form: Form, appendix: Appendix, stt: Sequence[Value], figures: Sequence[Sequence[Value]]
) -> OwnTable:
    """Read the columns of a table; ``figures`` has the input columns of the appendix from the left on.

    Raises ``InputFault`` when the two ranges do not fit each other or the appendix.
    """
    if len(stt) != len(figures):
        raise InputFault(
            f"Vùng STT có {len(stt)} dòng, vùng số liệu có {len(figures)} dòng: hãy chọn hai vùng có cùng số dòng."
        )
    keys = _columns(appendix, len(figures[0]) if figures else 0)
    rows = [_TableRow(index, _candidates(cell), cell.text) for index, cell in enumerate(stt)]
    filled = {index for index, line in enumerate(figures) if any(value.filled for value in line)}
    matching = _Matching(appendix, filled)
    matching.match(rows)
    part = part_of_form(form, appendix.id, frozenset(keys), frozenset(matching.found))
    entries: dict[CellRef, Entry] = {}
    for index, spec in enumerate(appendix.cells.values()):
        row = matching.found.get(spec.row.order)
        if row is not None and spec.column.given:
            given = Value(State.TEXT, text=spec.row.given.get(spec.column.key, ""))
            entries[spec.ref] = TableEntry(given, appendix.id, row, index, given=True)
        elif row is None or spec.column.key not in keys:
            # A computed cell that the table lacks is computed all the same.
            formula = FormulaState.INTACT if spec.derived else FormulaState.NONE
            entries[spec.ref] = AbsentEntry(BLANK, appendix.id, spec.row.order, index, formula)
        else:
            column = keys.index(spec.column.key)
            entries[spec.ref] = TableEntry(figures[row][column], appendix.id, row, column, several=len(keys) > 1)
    absent = tuple(
        row
        for row in appendix.printed
        if row.order not in matching.found and any(spec.kind.figure for spec in _inputs(appendix, row))
    )
    stamp = Stamp(form.id, form.version, kind=OWN_TABLE)
    left = sorted((row for row in matching.left if row.index in filled), key=lambda row: row.index)
    unknown = tuple(UnknownRow(row.index, row.stt, matching.reason(row)) for row in left)
    return OwnTable(Submission("", part, stamp, entries), unknown, absent)


def _inputs(appendix: Appendix, row: Row) -> list[CellSpec]:
    refs = (CellRef(appendix.id, row.order, column.key) for column in appendix.columns if not column.given)
    return [appendix.cells[ref] for ref in refs if ref in appendix.cells]


def _columns(appendix: Appendix, count: int) -> list[str]:
    inputs = [column for column in appendix.columns if not column.given]
    # Texts at the right end (notes) may be left out.
    least = max((i for i, c in enumerate(inputs, start=1) if c.kind is None or c.kind.figure), default=0)
    if least <= count <= len(inputs):
        return [column.key for column in inputs[:count]]
    names = "; ".join(column.heading.replace(" > ", " – ") for column in inputs)
    wanted = str(least) if least == len(inputs) else f"{least} đến {len(inputs)}"
    raise InputFault(f"Vùng số liệu của {appendix.id} phải có {wanted} cột ({names}), vùng đã chọn có {count} cột.")


# STT ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _TableRow:
    index: int
    keys: tuple[str, ...]  # what its STT may stand for; empty: no STT
    stt: str


def _key(stt: str) -> str:
    return normalise(stt).rstrip(".")


def _candidates(stt: Value) -> tuple[str, ...]:
    """Excel turns a typed 1.10 into the number 1.1, which may stand for either."""
    if stt.number is not None:
        text = f"{stt.number.normalize():f}"
        return (text, text + "0") if "." in text else (text,)
    key = _key(stt.text)
    return (key,) if key else ()


@dataclass(frozen=True, slots=True)
class _Group:
    """A numbered row, the rows after it that repeat its number, and those after them that have none."""

    keys: tuple[str, ...]
    rows: tuple[_TableRow, ...]
    numbered: int


def _groups(rows: Sequence[_TableRow]) -> list[_Group]:
    groups: list[_Group] = []
    for keys, run in groupby(rows, key=lambda row: row.keys):
        members = tuple(run)
        if keys or not groups:
            groups.append(_Group(keys, members, len(members) if keys else 0))
        else:
            last = groups[-1]
            groups[-1] = _Group(last.keys, last.rows + members, last.numbered)
    return groups


class _Matching:
    """Finds the row of the table for each row of the appendix: ``found`` by order; ``left`` are the others."""

    def __init__(self, appendix: Appendix, filled: set[int]) -> None:
        self.appendix = appendix
        self.filled = filled
        self.found: dict[int, int] = {}
        self.left: list[_TableRow] = []
        self._known = {_key(row.stt) for row in appendix.printed}

    def match(self, rows: Sequence[_TableRow]) -> None:
        theirs = _groups([self._total(row) for row in rows])
        ours = _groups(
            [_TableRow(row.order, (_key(row.stt),) if _key(row.stt) else (), row.stt) for row in self.appendix.printed]
        )
        pairs = _pairs(theirs, ours)
        for index, group in enumerate(theirs):
            partner = pairs.get(index)
            if partner is None:
                self.left += group.rows
            else:
                self._match_group(group, ours[partner])

    def _total(self, row: _TableRow) -> _TableRow:
        """A total row has no STT on most forms; people write “Tổng cộng” there."""
        unnamed = row.keys and row.keys[0].startswith(_TOTAL) and row.keys[0] not in self._known
        return _TableRow(row.index, (), row.stt) if unnamed else row

    def _match_group(self, group: _Group, ours: _Group) -> None:
        numbered = len(group.rows[: group.numbered]) == ours.numbered
        if numbered:
            self._take(group.rows[: group.numbered], ours.rows[: ours.numbered])
        else:
            self.left += group.rows[: group.numbered]
        followers = self._without_spacers(group.rows[group.numbered :], len(ours.rows) - ours.numbered)
        if numbered and len(followers) == len(ours.rows) - ours.numbered:
            self._take(followers, ours.rows[ours.numbered :])
        else:
            self.left += followers

    def _without_spacers(self, rows: Sequence[_TableRow], wanted: int) -> list[_TableRow]:
        """The rows less as many wholly empty ones, from the end, as there are too many."""
        surplus = len(rows) - wanted
        empty = [row.index for row in rows if row.index not in self.filled]
        spacers = set(empty[-surplus:]) if surplus > 0 else set()
        return [row for row in rows if row.index not in spacers]

    def _take(self, theirs: Sequence[_TableRow], ours: Sequence[_TableRow]) -> None:
        for row, own in zip(theirs, ours, strict=True):
            self.found[own.index] = row.index

    def reason(self, row: _TableRow) -> str:
        """Why a row was not recognised."""
        if not row.keys:
            return "không có STT, và số dòng không có STT ở chỗ này khác biểu"
        if self._known.isdisjoint(row.keys):
            return f"STT “{row.stt}” không có trong {self.appendix.id}"
        return f"STT “{row.stt}” có số dòng khác biểu, hoặc đứng sai chỗ"


def _pairs(theirs: Sequence[_Group], ours: Sequence[_Group]) -> dict[int, int]:
    """Groups with one key: the longest common sequence, then, in any order, those left once on each side."""
    same = [[_same(a, b) for b in ours] for a in theirs]
    length = [[0] * (len(ours) + 1) for _ in range(len(theirs) + 1)]
    for i in reversed(range(len(theirs))):
        for j in reversed(range(len(ours))):
            length[i][j] = length[i + 1][j + 1] + 1 if same[i][j] else max(length[i + 1][j], length[i][j + 1])
    pairs: dict[int, int] = {}
    i = j = 0
    while i < len(theirs) and j < len(ours):
        if same[i][j] and length[i][j] == length[i + 1][j + 1] + 1:
            pairs[i] = j
            i, j = i + 1, j + 1
        elif length[i + 1][j] >= length[i][j + 1]:
            i += 1
        else:
            j += 1
    taken = set(pairs.values())
    open_theirs = [i for i in range(len(theirs)) if i not in pairs]
    open_ours = [j for j in range(len(ours)) if j not in taken]
    for i in open_theirs:
        fitting = [j for j in open_ours if same[i][j]]
        if len(fitting) == 1 and [k for k in open_theirs if same[k][fitting[0]]] == [i]:
            pairs[i] = fitting[0]
    return pairs


def _same(theirs: _Group, ours: _Group) -> bool:
    return (not theirs.keys and not ours.keys) or not set(theirs.keys).isdisjoint(ours.keys)
