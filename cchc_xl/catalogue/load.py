"""The loader: catalogue files → frozen types. Reports every fault of a catalogue, not just the first."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from cchc_xl.catalogue.blanks import BLANKS, unknown_blanks
from cchc_xl.catalogue.changes import ChangeLoader
from cchc_xl.catalogue.charts import ChartSpec, read_charts
from cchc_xl.catalogue.model import (
    USUAL_SIGNERS,
    Appendix,
    AppendixKind,
    Below,
    CellKind,
    CellSpec,
    Column,
    Form,
    Keeps,
    PeriodKind,
    Quantity,
    Rollup,
    Row,
    RowRole,
    sheet_order,
)
from cchc_xl.catalogue.rules import RuleLoader
from cchc_xl.catalogue.tables import Faults, Line, read_table
from cchc_xl.errors import CatalogueFault, InputFault
from cchc_xl.expressions import (
    CellRef,
    Expression,
    ExpressionFault,
    Names,
    cell_refs,
    column_refs,
    parse,
    parse_alternatives,
)
from cchc_xl.expressions.evaluate import NAMED_COUNTS
from cchc_xl.expressions.tree import Call
from cchc_xl.periods import format_date, parse_date, parse_period

_CODE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
_KEY = re.compile(r"[a-z][a-z_0-9]*")
_NUMBERED = re.compile(r"[\dIVX]")
_DIGITS = re.compile(r"[0-9]{1,6}")
_LEVELS = frozenset({"tinh", "huyen", "xa"})
_MOST_SPARE = 500
_LONGEST_LIST = 255
_ROLES = {"heading": RowRole.HEADING, "total": RowRole.TOTAL, "item": RowRole.ITEM, "task": RowRole.ITEM}
# Kinds of appendices that are lists, to which a unit may add rows of its own.
_LISTS = frozenset(AppendixKind) - {AppendixKind.INDICATORS}
_ROW_COLUMNS = ("order", "stt", "level", "label", "kind")
_INDICATOR_COLUMNS = (*_ROW_COLUMNS, "unit", "answers", "code", "below", "derived", "options")


_elsewhere: list[Traversable] = []
_loaded: dict[tuple[str, str], Form] = {}


def catalogue_root() -> Traversable:
    """The folder of the catalogue's files: inside the package, or where ``catalogue_at`` points to."""
    return _elsewhere[-1] if _elsewhere else files("cchc_xl.catalogue")


@contextmanager
def catalogue_at(root: Traversable) -> Iterator[None]:
    """Within the block every form comes from another catalogue folder: a form that is being changed, an older version.

    The files there must not change any more: a form is loaded once.
    """
    _elsewhere.append(root)
    try:
        yield
    finally:
        _elsewhere.pop()


def form_ids(root: Traversable | None = None) -> list[str]:
    """Ids of all forms, sorted."""
    folder = (root or catalogue_root()).joinpath("forms")
    return sorted(entry.name for entry in folder.iterdir() if entry.joinpath("form.toml").is_file())


def load_form(form_id: str) -> Form:
    """One form of the catalogue, always the same object.

    Raises ``InputFault`` for an unknown form and ``CatalogueFault`` for a faulty one.
    """
    root = catalogue_root()
    # Not functools.cache: a folder inside a zip archive is not equal to itself.
    key = (str(root), form_id)
    if key not in _loaded:
        _loaded[key] = _load_form(root, form_id)
    return _loaded[key]


def _load_form(root: Traversable, form_id: str) -> Form:
    known = form_ids(root)
    if form_id not in known:
        raise InputFault(f"Không có biểu mẫu “{form_id}”. Các biểu mẫu hiện có: {', '.join(known)}.")
    faults = Faults()
    form = FormLoader(root, faults).load(form_id)
    if faults.found:
        raise CatalogueFault(faults.found)
    return form


def load_catalogue(root: Traversable | None = None) -> dict[str, Form]:
    """Every form, by id. Raises ``CatalogueFault`` with all faults of all files."""
    faults = Faults()
    loader = FormLoader(root or catalogue_root(), faults)
    forms = {form_id: loader.load(form_id) for form_id in form_ids(root)}
    for code in loader.quantities:
        if not any(spec.code == code for form in forms.values() for spec in form.specs()):
            faults.add("quantities.tsv", f"mã {code} không biểu mẫu nào dùng")
    read_charts(loader.root, loader.quantities, faults)
    if faults.found:
        raise CatalogueFault(faults.found)
    return forms


@cache
def load_charts() -> tuple[ChartSpec, ...]:
    """The charts of a summary. Raises ``CatalogueFault`` when their table is faulty."""
    faults = Faults()
    charts = read_charts(catalogue_root(), FormLoader(catalogue_root(), faults).quantities, faults)
    if faults.found:
        raise CatalogueFault(faults.found)
    return charts


class FormLoader:
    """Loads forms from one catalogue folder, noting faults."""

    def __init__(self, root: Traversable, faults: Faults) -> None:
        self.root = root
        self.faults = faults
        self.quantities = self._quantities()

    def _quantities(self) -> dict[str, Quantity]:
        quantities: dict[str, Quantity] = {}
        table = self.root.joinpath("quantities.tsv")
        for line in read_table(table, "quantities.tsv", ("code", "name", "rollup", "period"), self.faults):
            code = line["code"]
            if not _CODE.fullmatch(code):
                self.faults.add(line.place, f"mã '{code}' phải là chữ ASCII thường, nối bằng dấu chấm")
            if code in quantities:
                self.faults.add(line.place, f"mã {code} đã có ở trên")
            rollup = self.faults.choice(line.place, "rollup", line["rollup"], Rollup, Rollup.NONE)
            if rollup is Rollup.OWN_PLUS_CHILDREN:
                self.faults.add(line.place, "own_plus_children thuộc về cặp dòng (cột below), không thuộc về mã")
            period = self.faults.choice(line.place, "period", line["period"], PeriodKind, PeriodKind.TIMELESS)
            keeps = self.faults.choice(line.place, "keeps", line["keeps"], Keeps, Keeps.NEVER)
            quantities[code] = Quantity(code, line["name"], rollup, period, keeps)
        return quantities

    def load(self, form_id: str) -> Form:
        """One form. Faults go to the collector; what comes back is whole only if none was added."""
        folder = self.root.joinpath("forms", form_id)
        place = f"{form_id}/form.toml"
        try:
            raw = tomllib.loads(folder.joinpath("form.toml").read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            self.faults.add(place, f"không đọc được TOML: {error}")
            raw = {}
        for key in ("id", "version", "name", "locality", "level", "period", "appendix"):
            if key not in raw:
                self.faults.add(place, f"thiếu {key}")
        if raw.get("id", form_id) != form_id:
            self.faults.add(place, f"id '{raw.get('id')}' khác tên thư mục")
        if raw.get("level", "xa") not in _LEVELS:
            self.faults.add(place, f"level '{raw.get('level')}' không hợp lệ")
        tables: list[dict[str, Any]] = raw.get("appendix", [])
        column_keys: dict[str, frozenset[str]] = {}
        for table in tables:
            if not table.get("id"):
                self.faults.add(place, "phụ lục thiếu id")
            elif table["id"] in column_keys:
                self.faults.add(place, f"hai phụ lục cùng id {table['id']}")
            column_keys[str(table.get("id", ""))] = frozenset(str(c.get("key")) for c in table.get("column", []))
        level = str(raw.get("level", ""))
        appendices = tuple(self._appendix(folder, form_id, table, column_keys, level) for table in tables)
        self._check_references(form_id, appendices)
        self._check_cycles(form_id, appendices)
        rules = RuleLoader(self.root, form_id, appendices, column_keys, self.faults).load()
        version = raw.get("version", 0)
        if not isinstance(version, int):
            self.faults.add(place, f"version '{version}' phải là số nguyên")
            version = 0
        return Form(
            id=form_id,
            version=version,
            name=str(raw.get("name", "")),
            locality=str(raw.get("locality", "")),
            level=level,
            period=str(raw.get("period", "")),
            dates=self._dates(place, raw),
            appendices=appendices,
            rules=rules,
            changes=ChangeLoader(folder, form_id, version, appendices, self.faults).load(),
            signers=self._signers(place, raw),
            live_name=self._live(place, raw, "name"),
        )

    def _live(self, place: str, raw: dict[str, Any], key: str) -> str:
        """A printed text with blanks for what follows the cover; left out where nothing does."""
        text = str(raw.get(f"{key}_live", raw.get(key, "")))
        for name in unknown_blanks(text):
            self.faults.add(place, f"{key}_live: '{{{name}}}' không hợp lệ (được phép: {', '.join(BLANKS)})")
        return text

    def _signers(self, place: str, raw: dict[str, Any]) -> tuple[str, ...]:
        """The words above the signature; Excel holds a list of up to 255 characters, parted by commas."""
        signers = raw.get("signers", list(USUAL_SIGNERS))
        if not isinstance(signers, list) or not signers or not all(isinstance(s, str) and s.strip() for s in signers):
            self.faults.add(place, "signers phải là danh sách chức danh ký")
            return USUAL_SIGNERS
        if any("," in signer or '"' in signer for signer in signers) or len(",".join(signers)) > _LONGEST_LIST:
            self.faults.add(place, f'signers không được có dấu , và ", tổng cộng không quá {_LONGEST_LIST} ký tự')
        return tuple(signers)

    def _dates(self, place: str, raw: dict[str, Any]) -> tuple[str, str] | None:
        """The printed from-to dates; the period is checked along with them."""
        dates = raw.get("dates")
        try:
            if "period" in raw:
                parse_period(str(raw["period"]))
            if dates is None:
                return None
            if not isinstance(dates, list) or len(dates) != 2:
                raise InputFault("dates phải gồm hai ngày")
            start, end = (format_date(parse_date(str(day))) for day in dates)
        except InputFault as fault:
            self.faults.add(place, str(fault))
            return None
        return start, end

    def _appendix(
        self,
        folder: Traversable,
        form_id: str,
        table: dict[str, Any],
        column_keys: Mapping[str, frozenset[str]],
        level: str,
    ) -> Appendix:
        appendix_id = str(table.get("id", ""))
        place = f"{form_id}/form.toml [{appendix_id}]"
        kind = self.faults.choice(place, "kind", str(table.get("kind", "")), AppendixKind, AppendixKind.INDICATORS)
        names = Names(appendix_id, column_keys)
        columns = tuple(self._column(place, raw, names) for raw in table.get("column", []))
        keys = [column.key for column in columns]
        for missing in {"stt", "label"} - set(keys):
            self.faults.add(place, f"thiếu cột {missing}")
        if len(set(keys)) != len(keys):
            self.faults.add(place, "hai cột cùng key")
        required = _INDICATOR_COLUMNS if kind is AppendixKind.INDICATORS else _ROW_COLUMNS
        file_name = f"{form_id}/{appendix_id}.tsv"
        lines = read_table(folder.joinpath(f"{appendix_id}.tsv"), file_name, required, self.faults)
        rows = _with_parents(
            [self._row(line, index, kind, columns, names, level) for index, line in enumerate(lines, start=1)]
        )
        rows += self._spare_rows(place, table, kind, columns, rows, level)
        in_sheet = sheet_order(rows)
        cells = {spec.ref: spec for row in in_sheet for spec in self._row_cells(appendix_id, kind, row, columns)}
        return Appendix(
            id=appendix_id,
            kind=kind,
            printed_id=str(table.get("printed_id", appendix_id)),
            title=str(table.get("title", "")),
            office=str(table.get("office", "")),
            columns=columns,
            rows=rows,
            cells=cells,
            live_title=self._live(place, table, "title"),
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
        options = self._options(place, str(raw.get("options", "")))
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
        level: str,
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
                answers=frozenset({level}),
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

    def _row(
        self,
        line: Line,
        index: int,
        appendix_kind: AppendixKind,
        columns: tuple[Column, ...],
        names: Names,
        level: str,
    ) -> Row:
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
        answers = frozenset(filter(None, line["answers"].split("+"))) or frozenset({level})
        if answers - _LEVELS:
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
            options=self._options(line.place, line["options"]),
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

    def _options(self, place: str, text: str) -> tuple[tuple[str, str], ...]:
        options: list[tuple[str, str]] = []
        for part in filter(None, text.split(";")):
            value, separator, meaning = part.partition("=")
            if not separator or not _DIGITS.fullmatch(value.strip()):
                self.faults.add(place, f"options '{part}' phải có dạng số=nghĩa")
            if value.strip() in dict(options):
                self.faults.add(place, f"options có hai nghĩa cho {value.strip()}")
            options.append((value.strip(), meaning.strip()))
        return tuple(options)

    def _row_cells(
        self, appendix_id: str, appendix_kind: AppendixKind, row: Row, columns: tuple[Column, ...]
    ) -> list[CellSpec]:
        specs = []
        if row.spare:
            columns = tuple(_opened(column) for column in columns if not column.given or column.spare is not None)
        for column in columns:
            kind = column.kind or row.kind or CellKind.TEXT
            heading = row.role is RowRole.HEADING and kind is not CellKind.TEXT
            if heading or (column.key in ("stt", "label", "unit") and not row.spare):
                continue
            if column.given and appendix_kind is not AppendixKind.PROCEDURE_LIST:
                continue  # printed by the form; only a list's own columns (code, field) take part in checks
            if not column.given and row.given.get(column.key):
                continue  # words of the form in a column of notes
            derived = row.derived if column.kind is None else ()
            expression = column.total if row.role is RowRole.TOTAL else column.derived
            if expression is not None:
                derived = (expression,)
            code = row.code if column.kind is None else column.code
            specs.append(
                CellSpec(
                    ref=CellRef(appendix_id, row.order, column.key),
                    row=row,
                    column=column,
                    kind=kind,
                    quantity=self.quantities.get(code),
                    derived=derived,
                )
            )
        return specs

    def _check_cycles(self, form_id: str, appendices: tuple[Appendix, ...]) -> None:
        """Derived figures that need each other could never be computed."""
        cells = {ref: spec for appendix in appendices for ref, spec in appendix.cells.items()}
        items: dict[tuple[str, str], list[CellRef]] = {}
        for ref, spec in cells.items():
            if spec.row.role is RowRole.ITEM:
                items.setdefault((ref.appendix, ref.column), []).append(ref)
        needs: dict[CellRef, set[CellRef]] = {}
        for ref, spec in cells.items():
            if spec.derived:
                parts = {part.at(ref.order) for part in cell_refs(spec.derived[0])}
                for column in column_refs(spec.derived[0]):
                    parts.update(items.get((column.appendix, column.column), ()))
                needs[ref] = parts
        try:
            tuple(TopologicalSorter(needs).static_order())
        except CycleError as error:
            first = error.args[1][0]
            self.faults.add(f"{form_id}/{first.appendix}.tsv:{first.order + 1}", "derived gọi vòng tròn về chính nó")

    def _check_references(self, form_id: str, appendices: tuple[Appendix, ...]) -> None:
        cells = {ref for appendix in appendices for ref in appendix.cells}
        column_names = {(appendix.id, column.key) for appendix in appendices for column in appendix.columns}
        for appendix in appendices:
            place = f"{form_id}/{appendix.id}.tsv"
            for spec in appendix.cells.values():
                for expression in spec.derived:
                    for ref in cell_refs(expression):
                        if ref.at(spec.row.order) not in cells:
                            self.faults.add(
                                f"{place}:{spec.row.order + 1}", f"derived gọi dòng {ref.order} không có số"
                            )
                        if ref.at(spec.row.order) == spec.ref:
                            self.faults.add(f"{place}:{spec.row.order + 1}", "derived gọi chính nó")
                    for column in column_refs(expression):
                        if (column.appendix, column.column) not in column_names:
                            self.faults.add(place, f"derived gọi cột {column.column} không có")


@cache
def _opened(column: Column) -> Column:
    """A column as it is in spare rows: what the form prints elsewhere is the unit's to write."""
    return replace(column, given=False, kind=column.spare) if column.given else column


def _with_parents(rows: list[Row]) -> tuple[Row, ...]:
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
