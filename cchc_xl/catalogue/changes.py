"""How a form changed from version to version (``changes.tsv``): the loader, and the way of a cell through the versions.

The data states what moved, went or is new; everything else kept its place. From the present form and these lines the
shape of every older version follows, step by step backwards, so the loader can prove that no row is forgotten and no
two rows claim one place, without the older form's own files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable

from cchc_xl.catalogue.model import Appendix, AppendixChange, Form, FormChange
from cchc_xl.catalogue.tables import Faults, Line, read_table

FILE = "changes.tsv"
_FIELDS = ("appendix", "new_appendix", "old_order", "new_order", "old_column", "new_column", "printed")
_RANGE = re.compile(r"([1-9][0-9]{0,4})(?:-([1-9][0-9]{0,4}))?")
_LASTING = ("stt", "label")


@dataclass(frozen=True, slots=True)
class Route:
    """The way of one appendix from an older version into the present one. ``new``: ``None`` = the appendix is gone."""

    old_id: str
    steps: tuple[AppendixChange, ...]
    new: Appendix | None

    @property
    def rows(self) -> Sequence[int]:
        """Orders of the older version; empty when they are not known (the appendix is gone)."""
        return tuple(self.steps[0].rows) if self.steps[0].complete else ()

    @property
    def columns(self) -> Sequence[str]:
        """Column keys of the older version; empty when they are not known."""
        return tuple(self.steps[0].columns) if self.steps[0].complete else ()

    def row(self, order: int) -> int:
        """The present order of a row; 0 when it is gone."""
        for step in self.steps:
            order = step.rows.get(order, 0 if step.complete else order)
            if not order or not step.new_id:
                return 0
        return order

    def column(self, key: str) -> str:
        """The present key of a column; empty when it is gone."""
        for step in self.steps:
            key = step.columns.get(key, "" if step.complete else key)
            if not key or not step.new_id:
                return ""
        return key

    def is_printed(self, key: str) -> bool:
        """Whether the column holds what the form prints, so that nobody's work is in it."""
        if key in (*_LASTING, "unit"):
            return True
        for step in self.steps:
            if key in step.printed:
                return True
            key = step.columns.get(key, "" if step.complete else key)
            if not key or not step.new_id:
                return False
        return self.new is not None and any(column.key == key and column.given for column in self.new.columns)


def routes(form: Form, version: int) -> dict[str, Route]:
    """The routes of all appendices of an older version, by their ids in it."""
    steps = [change for change in form.changes if change.version > version]
    found = {}
    for old_id in steps[0].appendices:
        chain: list[AppendixChange] = []
        at = old_id
        for step in steps:
            chain.append(step.appendices[at])
            at = chain[-1].new_id
            if not at:
                break
        found[old_id] = Route(old_id, tuple(chain), form.appendix(at) if at else None)
    return found


@dataclass(slots=True)
class _Shape:
    """Rows and columns that an appendix has in one version; ``None`` when no data tells them (it went later)."""

    rows: frozenset[int]
    columns: tuple[str, ...]


@dataclass(slots=True)
class _Moves:
    """What the lines say of the rows, or the columns, of one appendix in one step."""

    moved: dict[str, str] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    added: set[str] = field(default_factory=set)


class ChangeLoader:
    """Loads ``changes.tsv`` of one form, noting faults."""

    def __init__(
        self, folder: Traversable, form_id: str, version: int, appendices: Iterable[Appendix], faults: Faults
    ) -> None:
        self.file = folder.joinpath(FILE)
        self.name = f"{form_id}/{FILE}"
        self.version = version
        self.faults = faults
        self.shapes: dict[str, _Shape | None] = {
            appendix.id: _Shape(
                frozenset(row.order for row in appendix.rows), tuple(column.key for column in appendix.columns)
            )
            for appendix in appendices
        }

    def load(self) -> tuple[FormChange, ...]:
        """The changes in the order of versions. What comes back is whole only if no fault was added."""
        if self.version <= 1:
            if self.file.is_file():
                self.faults.add(self.name, "biểu phiên bản 1 không có thay đổi: hãy tăng version hoặc xóa tệp này")
            return ()
        steps: dict[int, list[Line]] = {version: [] for version in range(2, self.version + 1)}
        for line in read_table(self.file, self.name, ("version", *_FIELDS), self.faults):
            text = line["version"]
            if not re.fullmatch(r"[0-9]{1,5}", text) or int(text) not in steps:
                self.faults.add(line.place, f"version '{text}' phải là số từ 2 đến {self.version}")
            else:
                steps[int(text)].append(line)
        changes = []
        for version in sorted(steps, reverse=True):
            if not steps[version]:
                self.faults.add(
                    self.name, f"thiếu version {version} (nếu không dòng, cột nào đổi chỗ: một dòng chỉ ghi version)"
                )
            changes.append(self._step(version, steps[version]))
        return tuple(reversed(changes))

    def _step(self, version: int, lines: Sequence[Line]) -> FormChange:
        """One step; leaves the shapes of the version before it in ``self.shapes``."""
        renamed, added, own = self._appendices(lines)
        gone = {old for old, new in renamed.items() if not new}
        old_ids = {new: old for old, new in renamed.items() if new}
        for appendix in self.shapes:
            if appendix not in old_ids and appendix not in added:
                if appendix in renamed:
                    self.faults.add(
                        self._place(version, appendix), "phụ lục cũ đã đổi tên hoặc bỏ: hãy ghi phụ lục mới cùng id"
                    )
                    continue
                old_ids[appendix] = appendix
        shapes: dict[str, _Shape | None] = {}
        changes: dict[str, AppendixChange] = {}
        for new, old in (*old_ids.items(), *(("", old) for old in sorted(gone))):
            shape = self.shapes.get(new) if new else None
            changes[old], shapes[old] = self._appendix(version, old, new, shape, own.pop(old, []))
        for appendix, rest in own.items():
            for line in rest:
                self.faults.add(line.place, f"phiên bản trước không có phụ lục '{appendix}'")
        self.shapes = shapes
        return FormChange(version, changes)

    def _appendices(self, lines: Sequence[Line]) -> tuple[dict[str, str], set[str], dict[str, list[Line]]]:
        """Renamed or gone appendices (old id → new id or nothing), new ones, and the other lines by old id."""
        renamed: dict[str, str] = {}
        added: set[str] = set()
        own: dict[str, list[Line]] = {}
        for line in lines:
            if not any(line[name] for name in _FIELDS):
                continue  # says that this version moved nothing
            old, new = line["appendix"], line["new_appendix"]
            parts = sum(bool(line[a] or line[b]) for a, b in (("old_order", "new_order"), ("old_column", "new_column")))
            if parts == 0:
                if old in renamed or new in added or (new and new in renamed.values()):
                    self.faults.add(line.place, "phụ lục đã có ở trên")
                elif new and new not in self.shapes:
                    self.faults.add(line.place, f"phiên bản này không có phụ lục '{new}'")
                elif old:
                    renamed[old] = new
                else:
                    added.add(new)
            elif parts > 1 or new:
                self.faults.add(line.place, "mỗi dòng chỉ nói một việc: phụ lục, dòng, hoặc cột")
            elif not old:
                self.faults.add(line.place, "thiếu appendix")
            else:
                own.setdefault(old, []).append(line)
        return renamed, added, own

    def _appendix(
        self, version: int, old: str, new: str, shape: _Shape | None, lines: Sequence[Line]
    ) -> tuple[AppendixChange, _Shape | None]:
        rows, columns = _Moves(), _Moves()
        printed = set()
        for line in lines:
            if line["printed"] not in ("", "yes"):
                self.faults.add(line.place, f"printed '{line['printed']}' phải là yes hoặc để trống")
            if line["old_order"] or line["new_order"]:
                if line["printed"]:
                    self.faults.add(line.place, "printed chỉ ghi cho cột bị bỏ")
                before, after = self._orders(line, "old_order"), self._orders(line, "new_order")
                if before and after and len(before) != len(after):
                    self.faults.add(line.place, f"hai khoảng dài khác nhau ({len(before)} và {len(after)} dòng)")
                    continue
                self._note(line, rows, before, after)
            else:
                before, after = [[text] if text else [] for text in (line["old_column"], line["new_column"])]
                if any(key in _LASTING for key in (*before, *after)):
                    self.faults.add(line.place, "cột stt và label không đổi key và không bỏ được")
                    continue
                self._note(line, columns, before, after)
                if line["printed"]:
                    if after:
                        self.faults.add(line.place, "printed chỉ ghi cho cột bị bỏ")
                    printed.update(before)
        place = self._place(version, old)
        if shape is None:
            # It goes now or later: what it held is not known, so what is not named keeps its place until then.
            row_map = {int(o): int(n) for o, n in (rows.moved | dict.fromkeys(rows.gone, "0")).items()}
            column_map = columns.moved | dict.fromkeys(columns.gone, "")
            return AppendixChange(new, row_map, column_map, frozenset(printed), complete=False), None
        row_text = self._whole(place, "dòng", rows, [str(order) for order in sorted(shape.rows)])
        row_map = {int(o): int(n or 0) for o, n in sorted(row_text.items(), key=lambda pair: int(pair[0]))}
        missing = sorted(set(range(1, max(row_map, default=0) + 1)) - set(row_map))
        if missing:
            self.faults.add(place, f"không nói gì về dòng cũ {missing[0]}: hãy ghi dòng đó chuyển đi đâu hoặc bị bỏ")
        column_map = self._whole(place, "cột", columns, shape.columns)
        whole = AppendixChange(new, row_map, column_map, frozenset(printed), complete=True)
        return whole, _Shape(frozenset(row_map), tuple(column_map))

    def _orders(self, line: Line, name: str) -> list[str]:
        text = line[name].strip()
        if not text:
            return []
        match = _RANGE.fullmatch(text)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
        if first > last:
            self.faults.add(line.place, f"{name} '{text}' phải là số thứ tự, hoặc khoảng như 15-40")
            return []
        return [str(order) for order in range(first, last + 1)]

    def _note(self, line: Line, moves: _Moves, before: list[str], after: list[str]) -> None:
        for old in before:
            if old in moves.moved or old in moves.gone:
                self.faults.add(line.place, f"'{old}' cũ đã có ở trên")
        for new in after:
            if new in moves.added or new in moves.moved.values():
                self.faults.add(line.place, f"'{new}' mới đã có ở trên")
        if before and after:
            moves.moved.update(zip(before, after, strict=True))
        moves.gone.update(before if not after else ())
        moves.added.update(after if not before else ())

    def _whole(self, place: str, what: str, moves: _Moves, present: Sequence[str]) -> dict[str, str]:
        """Old → new (empty: gone) for every row or column that the older version had."""
        targets = {new: old for old, new in moves.moved.items()}
        for new in (*targets, *moves.added):
            if new not in present:
                self.faults.add(place, f"phiên bản này không có {what} {new}")
        whole = {}
        for new in present:
            if new in moves.added:
                continue
            old = targets.get(new, new)
            if new not in targets and (new in moves.moved or new in moves.gone):
                self.faults.add(
                    place, f"{what} {new} cũ đã chuyển đi hoặc bị bỏ: hãy ghi {what} {new} mới là thêm hay từ đâu tới"
                )
                continue
            whole[old] = new
        whole.update(dict.fromkeys(sorted(moves.gone), ""))
        return whole

    def _place(self, version: int, appendix: str) -> str:
        return f"{self.name} [version {version}, {appendix}]"


def old_places(route: Route) -> Mapping[int, int]:
    """Old orders by present order, of the rows that are still there."""
    return {new: old for old in route.rows if (new := route.row(old))}
