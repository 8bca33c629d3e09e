"""An appendix of a form: its columns, its printed rows, the spare rows below them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.resources.abc import Traversable
from typing import Any

from cchc_xl.catalogue.blanks import live_text
from cchc_xl.catalogue.cells import row_cells
from cchc_xl.catalogue.model import (
    Appendix,
    AppendixKind,
    CellKind,
    Column,
    Quantity,
    Row,
    RowRole,
    sheet_order,
)
from cchc_xl.catalogue.rows import RowLoader, read_options, with_parents
from cchc_xl.catalogue.tables import Faults, read_table
from cchc_xl.expressions import Expression, ExpressionFault, Names, parse

_KEY = re.compile(r"[a-z][a-z_0-9]*")
_MOST_SPARE = 500
# Kinds of appendices that are lists, to which a unit may add rows of its own.
_LISTS = frozenset(AppendixKind) - {AppendixKind.INDICATORS}
_ROW_COLUMNS = ("order", "stt", "level", "label", "kind")
_INDICATOR_COLUMNS = (*_ROW_COLUMNS, "unit", "answers", "code", "below", "derived", "options")


class AppendixLoader:
    """Reads the appendices of one form, noting faults.

    ``folder``: of the form; ``column_keys``: of every appendix, for what formulas may name.
    """

    def __init__(
        self,
        folder: Traversable,
        form_id: str,
        column_keys: Mapping[str, frozenset[str]],
        level: str,
        quantities: Mapping[str, Quantity],
        faults: Faults,
    ) -> None:
        self.folder = folder
        self.form_id = form_id
        self.column_keys = column_keys
        self.level = level
        self.quantities = quantities
        self.faults = faults
        self.rows = RowLoader(quantities, level, faults)

    def load(self, table: dict[str, Any]) -> Appendix:
        """One appendix: its table of ``form.toml`` and its own file of rows."""
        appendix_id = str(table.get("id", ""))
        place = f"{self.form_id}/form.toml [{appendix_id}]"
        kind = self.faults.choice(place, "kind", str(table.get("kind", "")), AppendixKind, AppendixKind.INDICATORS)
        names = Names(appendix_id, self.column_keys)
        columns = tuple(self._column(place, raw, names) for raw in table.get("column", []))
        keys = [column.key for column in columns]
        for missing in {"stt", "label"} - set(keys):
            self.faults.add(place, f"thiếu cột {missing}")
        if len(set(keys)) != len(keys):
            self.faults.add(place, "hai cột cùng key")
        required = _INDICATOR_COLUMNS if kind is AppendixKind.INDICATORS else _ROW_COLUMNS
        file_name = f"{self.form_id}/{appendix_id}.tsv"
        lines = read_table(self.folder.joinpath(f"{appendix_id}.tsv"), file_name, required, self.faults)
        rows = with_parents([self.rows.row(line, n, kind, columns, names) for n, line in enumerate(lines, start=1)])
        rows += self._spare_rows(place, table, kind, columns, rows)
        in_sheet = sheet_order(rows)
        cells = {
            spec.ref: spec for row in in_sheet for spec in row_cells(self.quantities, appendix_id, kind, row, columns)
        }
        return Appendix(
            id=appendix_id,
            kind=kind,
            printed_id=str(table.get("printed_id", appendix_id)),
            title=str(table.get("title", "")),
            office=str(table.get("office", "")),
            columns=columns,
            rows=rows,
            cells=cells,
            live_title=live_text(place, table, "title", self.faults),
        )

    def _column(self, place: str, raw: dict[str, Any], names: Names) -> Column:
        key = str(raw.get("key", ""))
        place = f"{place} cột {key}"
        if not _KEY.fullmatch(key):
            self.faults.add(place, f"key '{key}' phải là tên ASCII thường")
        role = raw.get("role", "")
        if role not in ("given", "input"):
            self.faults.add(place, f"role '{role}' không hợp lệ (được phép: given, input)")
        kind_text = str(raw.get("kind", "text" if role == "given" else ""))
        kind = None
        if kind_text != "row":
            kind = self.faults.choice(place, "kind", kind_text, CellKind, CellKind.TEXT)
        spare = None
        if "spare" in raw:
            spare = self.faults.choice(place, "spare", str(raw["spare"]), CellKind, CellKind.TEXT)
            if role != "given":
                self.faults.add(place, "spare chỉ dùng cho cột given: cột input vốn đã mở")
            elif spare.figure:
                self.faults.add(place, f"spare '{spare}' phải là text hoặc procedure_code")
        if raw.get("group", False) not in (False, True) or (raw.get("group") and (role != "given" or key == "label")):
            self.faults.add(place, "group chỉ là true, của cột given khác label")
        options = read_options(place, str(raw.get("options", "")), self.faults)
        if (kind is CellKind.CODE) is not bool(options):
            self.faults.add(place, "cột kind = code cần options, cột khác không được có options")
        code = str(raw.get("code", ""))
        if code and code not in self.quantities:
            self.faults.add(place, f"mã {code} không có trong quantities.tsv")
        if role == "input" and kind is not None and kind.figure and not code:
            self.faults.add(place, "cột số liệu thiếu code")
        name = str(raw.get("name", key))
        return Column(
            key=key,
            name=name,
            heading=str(raw.get("heading", name)),
            given=role == "given",
            kind=kind,
            code=code,
            derived=self._expression(place, raw.get("derived"), names),
            total=self._expression(place, raw.get("total"), names),
            options=options,
            spare=spare,
            group=raw.get("group", False) is True,
        )

    def _spare_rows(
        self,
        place: str,
        table: dict[str, Any],
        kind: AppendixKind,
        columns: tuple[Column, ...],
        printed: tuple[Row, ...],
    ) -> tuple[Row, ...]:
        """Blank rows below the printed items that a unit may name and fill."""
        count = table.get("spare_rows", 0)
        opened = {column.key for column in columns if column.spare is not None}
        if not isinstance(count, int) or isinstance(count, bool) or not 0 <= count <= _MOST_SPARE:
            self.faults.add(place, f"spare_rows '{count}' phải là số nguyên từ 0 đến {_MOST_SPARE}")
            return ()
        if opened and not count:
            self.faults.add(place, "cột có spare nhưng phụ lục không có spare_rows")
        if not count:
            return ()
        if kind not in _LISTS:
            self.faults.add(place, "spare_rows không dùng cho phụ lục chỉ tiêu (indicators)")
        if "label" not in opened:
            self.faults.add(place, "spare_rows cần cột label có spare")
        items = [row for row in printed if row.role is RowRole.ITEM]
        if not items:
            self.faults.add(place, "spare_rows cần ít nhất một dòng in sẵn để đứng bên dưới")
            return ()
        return tuple(
            Row(
                order=len(printed) + number,
                stt="",
                level=items[-1].level,
                label="",
                role=RowRole.ITEM,
                kind=None,
                unit="",
                answers=frozenset({self.level}),
                code="",
                below=None,
                derived=(),
                options=(),
                given={column.key: "" for column in columns if column.given},
                spare_number=number,
            )
            for number in range(1, count + 1)
        )

    def _expression(self, place: str, text: object, names: Names) -> Expression | None:
        if not text:
            return None
        try:
            return parse(str(text), names)
        except ExpressionFault as fault:
            self.faults.add(place, str(fault))
            return None
