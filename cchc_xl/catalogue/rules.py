"""The rules of a form: those that follow from its cells (``standard_rules.tsv``) and its own (``rules.tsv``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.resources.abc import Traversable

from cchc_xl.catalogue.model import (
    NATIVE,
    Appendix,
    AppendixKind,
    CellKind,
    CellSpec,
    Missing,
    PeriodKind,
    RowRole,
    Rule,
    RuleKind,
)
from cchc_xl.catalogue.tables import Faults, Line, read_table
from cchc_xl.catalogue.wording import allowed_values, cell_title, formula_words
from cchc_xl.expressions import (
    CellRef,
    Expression,
    ExpressionFault,
    Names,
    NotNative,
    Ratio,
    as_excel,
    cell_refs,
    column_refs,
    parse,
    parse_alternatives,
)
from cchc_xl.severity import Severity

_OPERATORS = ("=", "<=", "<", ">=", ">")
_COLUMNS = [
    "id",
    "kind",
    "appendix",
    "at",
    "left",
    "op",
    "right",
    "when",
    "each",
    "missing",
    "severity",
    "soften",
    "active",
    "native",
    "words",
]
_OWN_KINDS = (RuleKind.COMPARE, RuleKind.REQUIRED, RuleKind.EVIDENCE, RuleKind.LIST_CODES)


@dataclass(frozen=True, slots=True)
class _Standard:
    id: str
    kind: RuleKind
    severity: Severity
    softer: Severity
    active: bool
    native: str
    words: str


class RuleLoader:
    """Builds the rules of one form, noting faults."""

    def __init__(
        self,
        root: Traversable,
        form_id: str,
        appendices: tuple[Appendix, ...],
        column_keys: Mapping[str, frozenset[str]],
        faults: Faults,
    ) -> None:
        self.root = root
        self.form_id = form_id
        self.appendices = {appendix.id: appendix for appendix in appendices}
        self.column_keys = column_keys
        self.faults = faults

    def load(self) -> tuple[Rule, ...]:
        """All rules in form order: by appendix, then by row, standard ones before the form's own."""
        rules: dict[str, Rule] = {}
        for rule in self._from_cells(self._standards()):
            rules[rule.id] = rule
        seen: set[str] = set()
        table = self.root.joinpath("forms", self.form_id, "rules.tsv")
        for line in read_table(table, f"{self.form_id}/rules.tsv", _COLUMNS, self.faults):
            rule_id = line["id"]
            if rule_id in seen:
                self.faults.add(line.place, f"hai quy tắc cùng id {rule_id}")
            seen.add(rule_id)
            own = self._own(line)
            if own is not None:
                rules[rule_id] = own
        appendix_order = {appendix_id: index for index, appendix_id in enumerate(self.appendices)}
        return tuple(
            sorted(
                rules.values(),
                key=lambda rule: (
                    appendix_order.get(rule.appendix, 0),
                    (rule.at.order or 0) if rule.at else 0,
                ),
            )
        )

    def _standards(self) -> list[_Standard]:
        standards = []
        columns = ("id", "kind", "severity", "softer", "active", "native", "words")
        table = self.root.joinpath("standard_rules.tsv")
        for line in read_table(table, "standard_rules.tsv", columns, self.faults):
            choice = self.faults.choice
            standards.append(
                _Standard(
                    id=line["id"],
                    kind=choice(line.place, "kind", line["kind"], RuleKind, RuleKind.TYPE),
                    severity=choice(line.place, "severity", line["severity"], Severity, Severity.ERROR),
                    softer=choice(line.place, "softer", line["softer"], Severity, Severity.WARNING),
                    active=self._active(line),
                    native=line["native"],
                    words=self._words(line),
                )
            )
        return standards

    def _active(self, line: Line) -> bool:
        if line["active"] not in ("yes", "no"):
            self.faults.add(line.place, f"active '{line['active']}' phải là yes hoặc no")
        return line["active"] == "yes"

    def _words(self, line: Line) -> str:
        try:
            line["words"].format(at="", what="", formula="", other="")
        except (KeyError, IndexError, ValueError):
            self.faults.add(line.place, "words chỉ được dùng {at}, {what}, {formula}, {other}")
            return ""
        return line["words"]

    def _from_cells(self, standards: list[_Standard]) -> Iterator[Rule]:
        # Cells that are alike in all that ``_applies`` asks for have the same rules.
        alike: dict[tuple[object, ...], list[_Standard]] = {}
        for appendix in self.appendices.values():
            for spec in appendix.cells.values():
                derived = type(spec.derived[0]) if spec.derived else None
                row, column, kind = spec.row, spec.column, appendix.kind
                key = (kind, spec.kind, row.role, row.spare, column.key, column.kind, derived, _period(spec))
                if key not in alike:
                    alike[key] = [standard for standard in standards if _applies(standard, spec, kind)]
                for standard in alike[key]:
                    yield self._instance(standard, spec)
        yield from self._same_codes(standards)

    def _instance(self, standard: _Standard, spec: CellSpec, other: CellSpec | None = None) -> Rule:
        appendix = self.appendices[spec.ref.appendix]
        right: tuple[Expression, ...] = spec.derived
        if other is not None:
            right = (other.ref,)
        suffix = "" if spec.column.kind is None else f"-{spec.column.key}"
        return Rule(
            id=f"{standard.id}-{appendix.id}-{spec.row.order}{suffix}",
            kind=standard.kind,
            appendix=appendix.id,
            at=spec.ref,
            left=spec.ref,
            op="=",
            right=right,
            when=None,
            each=False,
            missing=Missing.SKIP_ANY,
            severity=standard.severity,
            softer=standard.softer,
            soften=None,
            active=standard.active,
            native=standard.native,
            wording=partial(self._in_words, standard.words, spec, other),
        )

    def _in_words(self, words: str, spec: CellSpec, other: CellSpec | None) -> str:
        return words.format(
            at=cell_title(self.appendices[spec.ref.appendix], spec),
            what=allowed_values(spec),
            formula=" hoặc ".join(formula_words(e, self.appendices, spec.row.order) for e in spec.derived),
            other=cell_title(self.appendices[other.ref.appendix], other) if other else "",
        )

    def _same_codes(self, standards: list[_Standard]) -> Iterator[Rule]:
        """The same canonical code twice in one form must agree: each later cell with the first one."""
        first: dict[str, CellSpec] = {}
        for standard in standards:
            if standard.kind is not RuleKind.SAME_CODE:
                continue
            for appendix in self.appendices.values():
                for spec in appendix.cells.values():
                    if spec.code and spec.column.kind is None:
                        earlier = first.setdefault(spec.code, spec)
                        if earlier is not spec:
                            yield self._instance(standard, spec, earlier)

    def _own(self, line: Line) -> Rule | None:
        place = line.place
        appendix = self.appendices.get(line["appendix"])
        if appendix is None:
            self.faults.add(place, f"không có phụ lục {line['appendix']}")
            return None
        kind = self.faults.choice(place, "kind", line["kind"], RuleKind, RuleKind.COMPARE)
        names = Names(appendix.id, self.column_keys)
        left = self._expressions(line, "left", names)
        right = self._expressions(line, "right", names)
        when = self._expressions(line, "when", names)
        soften = self._expressions(line, "soften", names)
        at = self._at(line, names, left)
        if kind is RuleKind.COMPARE and (not left or not right or line["op"] not in _OPERATORS):
            self.faults.add(place, f"compare cần left, right và op thuộc {' '.join(_OPERATORS)}")
            return None
        if kind in _OWN_KINDS and at is None:
            self.faults.add(place, "thiếu ô at")
        if line["each"] not in ("", "item", "task"):
            self.faults.add(place, f"each '{line['each']}' không hợp lệ")
        if not line["native"] or not line["words"]:
            self.faults.add(place, "thiếu native hoặc words")
        each = bool(line["each"])
        self._check_cells(line, each, (*left, *right, *when, *soften), at)
        severity = self.faults.choice(place, "severity", line["severity"], Severity, Severity.ERROR)
        missing_text = line["missing"] or "skip_any"
        rule = Rule(
            id=line["id"],
            kind=kind,
            appendix=appendix.id,
            at=at,
            left=left[0] if left else None,
            op=line["op"] or "=",
            right=right,
            when=when[0] if when else None,
            each=each,
            missing=self.faults.choice(place, "missing", missing_text, Missing, Missing.SKIP_ANY),
            severity=severity,
            softer=Severity.WARNING if severity is Severity.ERROR else Severity.INFO,
            soften=soften[0] if soften else None,
            active=self._active(line),
            native=line["native"],
            wording=partial(str, line["words"]),
        )
        self._check_native(line, rule)
        return rule

    def _expressions(self, line: Line, column: str, names: Names) -> tuple[Expression, ...]:
        if not line[column]:
            return ()
        try:
            return parse_alternatives(line[column], names)
        except ExpressionFault as fault:
            self.faults.add(line.place, f"{column}: {fault}")
            return ()

    def _at(self, line: Line, names: Names, left: tuple[Expression, ...]) -> CellRef | None:
        if line["at"]:
            try:
                node = parse(line["at"], names)
            except ExpressionFault as fault:
                self.faults.add(line.place, f"at: {fault}")
                return None
            if isinstance(node, CellRef):
                return node
            self.faults.add(line.place, "at phải là một ô")
        refs = cell_refs(left[0]) if left else ()
        return refs[0] if refs else None

    def _check_cells(self, line: Line, each: bool, parts: tuple[Expression, ...], at: CellRef | None) -> None:
        for part in (*parts, *((at,) if at else ())):
            for ref in cell_refs(part):
                if ref.order is None:
                    if not each and line["kind"] != "list_codes":
                        self.faults.add(line.place, f"tên cột {ref.column} chỉ dùng khi each = item hoặc task")
                elif ref.appendix not in self.appendices or ref not in self.appendices[ref.appendix].cells:
                    self.faults.add(line.place, f"dòng {ref.order} cột {ref.column} của {ref.appendix} không có số")
            for column in column_refs(part):
                if column.column not in self.column_keys.get(column.appendix, frozenset()):
                    self.faults.add(line.place, f"không có cột {column.appendix}.{column.column}")

    def _check_native(self, line: Line, rule: Rule) -> None:
        if rule.native != NATIVE:
            return
        try:
            for part in (rule.left, *rule.right, rule.when):
                if part is not None:
                    as_excel(part, _AnyAddress(), 1)
        except NotNative as reason:
            self.faults.add(line.place, f"native = yes nhưng {reason}")


class _AnyAddress:
    """Addresses for a trial rendering."""

    def cell(self, ref: CellRef) -> str:
        return "A1"

    def column(self, ref: object) -> str:
        return "A1:A2"

    def row_count(self, appendix: str) -> int:
        return 1


_RATIO_KINDS = {
    RuleKind.RATIO,
    RuleKind.RATIO_MISSING,
    RuleKind.RATIO_WITHOUT_INPUTS,
    RuleKind.ZERO_OVER_ZERO,
    RuleKind.INPUTS_PARTIAL,
    RuleKind.OVER_HUNDRED,
}
# Tables with one row for each field of work: a second row of the same name would be counted apart.
_ONE_ROW_EACH = (AppendixKind.CASE_MATRIX, AppendixKind.TASK_SUMMARY)
_TOTAL_IDS = {
    AppendixKind.INDICATORS: "R06",
    AppendixKind.TASKS: "R19",
    AppendixKind.CASE_MATRIX: "R22",
    AppendixKind.TASK_SUMMARY: "R22",
    AppendixKind.PROCEDURE_LIST: "R22",
}


def _applies(standard: _Standard, spec: CellSpec, appendix_kind: AppendixKind) -> bool:
    """Whether a standard rule speaks about this cell: it follows from the cell's kind and its derived expression."""
    is_ratio = bool(spec.derived) and isinstance(spec.derived[0], Ratio)
    is_total = bool(spec.derived) and not is_ratio
    task = appendix_kind is AppendixKind.TASKS and spec.row.role is RowRole.ITEM
    match standard.kind:
        case RuleKind.SPARE_UNNAMED:
            return spec.row.spare and spec.column.key == "label"
        case RuleKind.SPARE_REPEATS:
            return spec.row.spare and spec.column.key == "label" and appendix_kind in _ONE_ROW_EACH
        case RuleKind.TYPE:
            return spec.kind.numeric or _total_of_marks(spec)
        case RuleKind.PROCEDURE_CODE:
            return spec.kind is CellKind.PROCEDURE_CODE
        case RuleKind.OPTION:
            marks = spec.kind in (CellKind.MARK, CellKind.FLAG) and not _total_of_marks(spec)
            return marks or spec.kind in (CellKind.CODE, CellKind.YESNO)
        case RuleKind.TOTAL:
            return is_total and standard.id == _TOTAL_IDS[appendix_kind]
        case RuleKind.TOTAL_MISSING:
            return is_total
        case RuleKind.SIBLING:
            return spec.column.kind is None and spec.kind.figure and not spec.derived
        case RuleKind.MAGNITUDE | RuleKind.SERIAL_DATE:
            countable = spec.kind in (CellKind.COUNT, CellKind.MONEY)
            return countable and not spec.derived and appendix_kind is AppendixKind.INDICATORS
        case RuleKind.FRACTION:
            return spec.kind is CellKind.PERCENT and not spec.derived
        case RuleKind.CUMULATIVE_FALLS:
            return spec.kind.numeric and not is_ratio and _period(spec) is PeriodKind.CUMULATIVE
        case RuleKind.AT_DATE_JUMPS:
            return spec.kind.numeric and not spec.derived and _period(spec) is PeriodKind.AT_DATE
        case RuleKind.EMPTIED:
            return spec.column.kind is None and spec.kind.figure and not spec.derived
        case RuleKind.OVERWRITTEN:
            return bool(spec.derived)
        case RuleKind.SINGLE_MARK:
            return task and spec.column.key == "done"
        case RuleKind.MARK_EVIDENCE:
            return task and spec.column.key == "result_note"
    return is_ratio and standard.kind in _RATIO_KINDS


def _period(spec: CellSpec) -> PeriodKind:
    return spec.quantity.period if spec.quantity else PeriodKind.TIMELESS


def _total_of_marks(spec: CellSpec) -> bool:
    return spec.kind is CellKind.MARK and spec.row.role is RowRole.TOTAL
