"""Properties of the check on all forms: a random consistent fill gives no false alarm, one fault is found at its cell.

Fills are drawn at random and then mended until they are consistent by the catalogue's rules (`_Mender`). The mender
evaluates expressions but shares no code with ``cchc_xl.checks``; tables (marks, matrix, list) are built from parts.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

import pytest

from cchc_xl.catalogue.load import form_ids, load_form
from cchc_xl.catalogue.model import AppendixKind, CellKind, CellSpec, Form, Missing, Rule, RuleKind
from cchc_xl.checks.ratios import agrees
from cchc_xl.checks.run import check
from cchc_xl.expressions import CellRef, ColumnRef, Ratio, cell_refs, column_refs, evaluate, holds
from cchc_xl.expressions.tree import Argument, Arithmetic, Call, RowsRef, children
from cchc_xl.finding import Finding
from cchc_xl.operations import NewWorkbook, check_file, create_workbook, fill_workbook
from cchc_xl.severity import Severity
from cchc_xl.stamp import Stamp
from cchc_xl.submission import Entry, FormulaState, Submission, SubmissionFigures, blank_submission
from cchc_xl.values import BLANK, NOT_APPLICABLE, State, Value, format_number, number_value

FORMS = sorted(form_ids())
FILLS = 12  # consistent fills for each form
TRIES = 4  # injections of a fault for each fill of its form

Changes = dict[CellRef, Value]


# Submissions ------------------------------------------------------------------------------------------------------


@cache
def _blank(form_id: str) -> Submission:
    form = load_form(form_id)
    return blank_submission(form, Stamp(form.id, form.version, "đơn vị thử", period=form.period))


def _submission(form: Form, changes: Mapping[CellRef, Value]) -> Submission:
    """The blank form with these values; whatever stands in a computed cell stands there instead of its formula."""
    blank = _blank(form.id)
    entries = dict(blank.entries)
    for ref, value in changes.items():
        place = entries[ref]
        entries[ref] = Entry(value, place.sheet, place.row, place.column, FormulaState.NONE)
    return replace(blank, entries=entries)


def _is_input(spec: CellSpec) -> bool:
    return not spec.derived and not spec.column.given


def _other_level(form: Form, spec: CellSpec) -> bool:
    """Whether somebody else answers the row; a district answers for its communes."""
    levels = ("xa", "huyen", "tinh")
    return all(levels.index(answer) > levels.index(form.level) for answer in spec.row.answers)


def _number(number: Decimal | int | str) -> Value:
    return number_value(Decimal(number))


# Consistent fills -------------------------------------------------------------------------------------------------


@dataclass
class Fill:
    """A consistent fill, and the hints that are due on it: typed-over formulas, undone tasks without a reason."""

    form: Form
    values: Changes
    typed_over: set[CellRef] = field(default_factory=set)
    without_reason: set[CellRef] = field(default_factory=set)

    def submission(self, changes: Mapping[CellRef, Value] | None = None) -> Submission:
        return _submission(self.form, {**self.values, **(changes or {})})


class Unmendable(Exception):
    """The draw cannot be made consistent: draw again."""


class _Mender:
    """Random values first, then every violated rule is mended by changing one of its cells, until all hold."""

    def __init__(self, form: Form, rng: random.Random) -> None:
        self.form = form
        self.rng = rng
        self.values: Changes = {}
        self.pinned: set[CellRef] = set()
        self.without_reason: set[CellRef] = set()
        self.blanks = rng.choice((0.0, 0.1, 0.4))
        self.others = rng.choice((0.0, 0.0, 0.6))  # rows of other levels: mostly nobody fills them
        self.most = rng.choice((9, 60, 900, 40_000))

    # the draw

    def draw(self) -> None:
        for appendix in self.form.appendices:
            match appendix.kind:
                case AppendixKind.TASKS:
                    self._tasks(appendix.id)
                case AppendixKind.TASK_SUMMARY:
                    self._task_summary(appendix.id)
                case AppendixKind.INDICATORS:
                    for spec in appendix.cells.values():
                        self._indicator(spec)
        lists = [a.id for a in self.form.appendices if a.kind is AppendixKind.PROCEDURE_LIST]
        for appendix in self.form.appendices:
            if appendix.kind is AppendixKind.CASE_MATRIX:
                self._matrix(appendix.id, lists[0])

    def _pin(self, ref: CellRef, value: Value) -> None:
        self.values[ref] = value
        self.pinned.add(ref)

    def _lines(self, appendix: str) -> tuple[int, ...]:
        """The printed rows and, now and then, rows that the unit has added and named."""
        spare = tuple(self.form.appendix(appendix).spare_cells)[: self.rng.choice((0, 0, 1, 3))]
        for order in spare:
            self._pin(CellRef(appendix, order, "label"), Value(State.TEXT, text=f"Lĩnh vực thêm {order}"))
        return (*self.form.appendix(appendix).printed_items, *spare)

    def _indicator(self, spec: CellSpec) -> None:
        if not _is_input(spec):
            return
        if spec.kind is CellKind.TEXT:
            if self.rng.random() < 0.05:
                self.values[spec.ref] = Value(State.TEXT, text="Số liệu theo báo cáo của bộ phận chuyên môn")
            return
        filled = self.others if _other_level(self.form, spec) else 1 - self.blanks
        if self.rng.random() < filled:
            dash = self.rng.random() < 0.04
            self.values[spec.ref] = NOT_APPLICABLE if dash else self.any_value(spec)

    def any_value(self, spec: CellSpec) -> Value:
        rng = self.rng
        match spec.kind:
            case CellKind.CODE:
                return _number(rng.choice([option for option, _ in spec.row.options]))
            case CellKind.YESNO:
                return Value(State.TEXT, text=rng.choice(("Có", "Không", "có")))
            case CellKind.PERCENT:
                # Between 0 and 1 a percentage looks like a fraction that Excel made of it.
                return _number(rng.choice((0, 100, rng.randint(1, 99), Decimal(rng.randint(100, 10_000)) / 100)))
            case CellKind.MONEY | CellKind.DECIMAL:
                return _number(rng.choice((rng.randint(0, 10**9), Decimal(rng.randint(0, 10**6)) / 10)))
        return _number(rng.choice((0, rng.randint(0, 3), rng.randint(0, self.most))))

    def _tasks(self, appendix: str) -> None:
        if self.rng.random() < 0.1:
            return  # a checklist that nobody has begun
        undone = self.rng.random() / 2
        for order in self._lines(appendix):
            done = self.rng.random() >= undone
            mark = Value(State.TEXT, text=self.rng.choice("xX"))
            self._pin(CellRef(appendix, order, "done" if done else "not_done"), mark)
            note = CellRef(appendix, order, "result_note")
            if done or self.rng.random() < 0.7:
                self._pin(note, Value(State.TEXT, text="Đã ban hành văn bản" if done else "Chuyển sang kỳ sau"))
            else:
                self.without_reason.add(note)

    def _task_summary(self, appendix: str) -> None:
        parts = ("done_on_time", "done_late", "open_in_time", "open_overdue")
        for order in self._lines(appendix):
            if self.rng.random() < self.blanks / 2:
                continue
            figures = {part: self.rng.randint(0, self.most) for part in parts if self.rng.random() > self.blanks}
            for part, figure in figures.items():
                self._pin(CellRef(appendix, order, part), _number(figure))
            if figures:
                self._pin(CellRef(appendix, order, "main"), _number(sum(figures.values())))

    def _matrix(self, appendix: str, listing: str) -> None:
        """The list first; each field of the matrix from its rows, with or without the files carried over."""
        rng = self.rng
        totals: dict[str, list[int]] = {}
        levels: dict[str, int] = {}
        listed = rng.random() > 0.15
        fields = self._lines(appendix)
        for order in self._lines(listing):
            row = self.form.appendix(listing).row(order)
            code, name = row.given["code"], row.given["field"]
            if row.spare:
                code, name = f"016.99.{order:03}", self._label(CellRef(appendix, fields[-1], "label"))
                self._pin(CellRef(listing, order, "code"), Value(State.TEXT, text=code))
                self._pin(CellRef(listing, order, "field"), Value(State.TEXT, text=name))
            total = totals.setdefault(_name(name), [0, 0])
            if not listed or rng.random() < 0.2:
                continue
            level = levels.setdefault(code, rng.choice((2, 3, 4)))
            files = rng.randint(0, self.most)
            online = rng.randint(0, files) if level > 2 else 0
            total[0] += files
            total[1] += online
            figures = {"level": level, "integrated": rng.randint(0, 1), "online": online, "total": files}
            for key, figure in figures.items():
                self._pin(CellRef(listing, row.order, key), _number(figure))
        for row in map(self.form.appendix(appendix).row, fields):
            files, online = totals.get(_name(self._label(CellRef(appendix, row.order, "label"))), [0, 0])
            if not listed:
                files = rng.randint(0, self.most)
                online = rng.randint(0, files)
            inside = rng.random() < 0.5
            carried = rng.randint(0, files - online) if inside else rng.randint(0, self.most)
            direct = files - online - (carried if inside else 0)
            received = online + carried + direct
            cuts = sorted(rng.randint(0, received) for _ in range(3))
            shares = (cuts[0], cuts[1] - cuts[0], cuts[2] - cuts[1], received - cuts[2])
            figures = {"online": online, "carried": carried, "direct": direct}
            figures |= dict(zip(("on_time", "late", "in_time", "overdue"), shares, strict=True))
            if received == 0 and rng.random() < 0.5:
                continue  # a field without files is left blank
            for key, figure in figures.items():
                if figure or rng.random() > self.blanks / 2 or key in ("online", "on_time", "in_time"):
                    self._pin(CellRef(appendix, row.order, key), _number(figure))

    def _label(self, ref: CellRef) -> str:
        row = self.form.appendix(ref.appendix).row(ref.order or 0)
        return self.values[ref].text if row.spare else row.label

    # the mending

    def mend(self) -> None:
        rules = [rule for rule in self.form.rules if rule.active and rule.severity is not Severity.INFO]
        mends = {
            RuleKind.COMPARE: self._mend_compare,
            RuleKind.REQUIRED: self._mend_required,
            RuleKind.SAME_CODE: self._mend_same_code,
            RuleKind.INPUTS_PARTIAL: self._mend_inputs,
        }
        for _ in range(60):
            changed = False
            figures = SubmissionFigures(_submission(self.form, self.values))
            for rule in rules:
                if rule.kind not in mends:
                    continue
                orders = figures.rows(rule.appendix) if rule.each else (None,)
                for order in orders:
                    if mends[rule.kind](rule, order, figures):
                        changed = True
                        figures = SubmissionFigures(_submission(self.form, self.values))
            if not changed:
                return
        raise Unmendable

    def _excused(self, ref: CellRef) -> bool:
        if _other_level(self.form, self.form.spec(ref)):
            return True
        return CellRef(ref.appendix, ref.order, "note") in self.values

    def _mend_required(self, rule: Rule, order: int | None, figures: SubmissionFigures) -> bool:
        assert rule.at is not None
        at = rule.at.at(order)
        if (rule.when is not None and not holds(rule.when, figures, order)) or figures.filled(at) or self._excused(at):
            return False
        self.values[at] = self.any_value(self.form.spec(at))
        return True

    def _mend_same_code(self, rule: Rule, order: int | None, figures: SubmissionFigures) -> bool:
        (first,) = rule.right
        assert isinstance(first, CellRef)
        assert rule.at is not None
        a, b = figures.number(first), figures.number(rule.at)
        if a is None or b is None or a == b:
            return False
        self.values[rule.at] = _number(a)
        return True

    def _mend_inputs(self, rule: Rule, order: int | None, figures: SubmissionFigures) -> bool:
        ratio = rule.right[0]
        assert isinstance(ratio, Ratio)
        top, bottom = ratio.numerator, ratio.denominator
        if not isinstance(top, CellRef) or not isinstance(bottom, CellRef):
            return False
        if figures.number(bottom) == 0 and (figures.number(top) or 0) > 0:
            self._set(top, Decimal(0))
            return True
        blank = [ref for ref in (top, bottom) if not figures.filled(ref)]
        other = bottom if blank == [top] else top
        if len(blank) != 1 or figures.number(other) is None or self._excused(blank[0]):
            return False
        if other in self.values and other not in self.pinned and self.rng.random() < 0.5:
            del self.values[other]
        elif _is_input(self.form.spec(blank[0])):
            self.values[blank[0]] = self.any_value(self.form.spec(blank[0]))
        else:
            inputs = self._inputs(blank[0], 1, order, figures, blanks=True)
            ref, _ = self.rng.choice(inputs)
            self.values[ref] = self.any_value(self.form.spec(ref))
        return True

    def _mend_compare(self, rule: Rule, order: int | None, figures: SubmissionFigures) -> bool:
        assert rule.left is not None
        if rule.when is not None and not holds(rule.when, figures, order):
            return False
        if not _violated(rule, order, figures):
            return False
        right = self.rng.choice(rule.right)
        left_value, right_value = (evaluate(n, figures, order, blank_is_zero=True) for n in (rule.left, right))
        if left_value is None or right_value is None:
            raise Unmendable
        step = {"<": 1, ">": -1}.get(rule.op, 0)
        excess = left_value - right_value + step
        cells = [
            *self._inputs(rule.left, 1, order, figures),
            *self._inputs(right, -1, order, figures),
        ]
        if not cells:
            raise Unmendable
        # Lowering always comes to an end, so it is tried more often than raising.
        lowering = [cell for cell in cells if (cell[1] > 0) == (excess > 0) and figures.number(cell[0])]
        ref, sign = self.rng.choice(lowering if lowering and self.rng.random() < 0.7 else cells)
        self._set(ref, max(Decimal(0), (figures.number(ref) or Decimal(0)) - sign * excess))
        return True

    def _set(self, ref: CellRef, number: Decimal) -> None:
        spec = self.form.spec(ref)
        if ref in self.pinned:
            raise Unmendable
        if spec.kind is CellKind.PERCENT:
            number = Decimal(0) if number < 1 else min(number, Decimal(100))
        if spec.kind is CellKind.CODE and str(number) not in dict(spec.row.options):
            raise Unmendable
        self.values[ref] = _number(number)

    def _inputs(
        self, node: Argument, sign: int, order: int | None, figures: SubmissionFigures, *, blanks: bool = False
    ) -> list[tuple[CellRef, int]]:
        """The cells that may be changed, with the sign by which they enter a sum; those that are blank only at need."""
        match node:
            case CellRef():
                ref = node.at(order)
                spec = self.form.spec(ref)
                if spec.derived:
                    return self._inputs(spec.derived[0], sign, spec.row.order, figures, blanks=blanks)
                usable = ref not in self.pinned and (blanks or figures.number(ref) is not None)
                return [(ref, sign)] if usable and _is_input(spec) else []
            case Arithmetic(op=("+" | "-") as op, left=left, right=right):
                second = sign if op == "+" else -sign
                return [
                    *self._inputs(left, sign, order, figures, blanks=blanks),
                    *self._inputs(right, second, order, figures, blanks=blanks),
                ]
            case Call(name=("sum" | "max"), args=args):
                return [cell for arg in args for cell in self._inputs(arg, sign, order, figures, blanks=blanks)]
        return []

    # formulas typed over with the figure that they gave

    def type_over(self) -> set[CellRef]:
        figures = SubmissionFigures(_submission(self.form, self.values))
        typed = set()
        for spec in self.form.specs():
            result = figures.number(spec.ref) if spec.derived else None
            if result is None or self.rng.random() > 0.15:
                continue
            if isinstance(spec.derived[0], Ratio):
                unit = Decimal(1).scaleb(-self.rng.randint(0, 2))
                result = result.quantize(unit, self.rng.choice((ROUND_HALF_UP, ROUND_DOWN)))
            self.values[spec.ref] = _number(result)
            typed.add(spec.ref)
        return typed


def _name(text: str) -> str:
    return " ".join(text.casefold().replace("–", "-").split())


def _violated(rule: Rule, order: int | None, figures: SubmissionFigures) -> bool:
    """Whether a comparison fails for every value that its blanks can have."""
    assert rule.left is not None
    parts = (rule.left, *rule.right)
    if any(isinstance(n, Call) and n.name.startswith("note_") for part in parts for n in _nodes(part)):
        return False  # no note of these fills states a number
    if rule.missing is Missing.SKIP_ALL:
        cells = [ref.at(order) for part in parts for ref in cell_refs(part)]
        cells += [ref for part in parts for column in column_refs(part) for ref in figures.column(column)]
        if all(figures.number(ref) is None for ref in cells):
            return False
    zero = rule.missing is not Missing.SKIP_ANY
    return all(not _possible(rule.op, _range(rule.left, figures, order, zero), _range(right, figures, order, zero))
               for right in rule.right)  # fmt: skip


def _nodes(node: Argument) -> Iterator[Argument]:
    yield node
    for child in children(node):
        yield from _nodes(child)


Range = tuple[Decimal | None, Decimal | None]


def _range(node: Argument, figures: SubmissionFigures, order: int | None, zero: bool) -> Range:
    """Lowest and highest value that blanks ≥ 0 leave possible; ``None`` = no limit."""
    if isinstance(node, CellRef) and not zero and figures.number(node.at(order)) is None:
        return (None, None) if figures.filled(node.at(order)) else (Decimal(0), None)
    if isinstance(node, Arithmetic) and node.op in "+-":
        (a, b), (c, d) = (_range(part, figures, order, zero) for part in (node.left, node.right))
        c, d = (c, d) if node.op == "+" else (None if d is None else -d, None if c is None else -c)
        return None if a is None or c is None else a + c, None if b is None or d is None else b + d
    assert not isinstance(node, ColumnRef | RowsRef)
    value = evaluate(node, figures, order, blank_is_zero=zero)
    return value, value


def _possible(op: str, left: Range, right: Range) -> bool:
    low = left[0] is None or right[1] is None or (left[0] < right[1] if op == "<" else left[0] <= right[1])
    high = left[1] is None or right[0] is None or (left[1] > right[0] if op == ">" else left[1] >= right[0])
    return {"=": low and high, "<=": low, "<": low, ">=": high, ">": high}[op]


@cache
def consistent_fills(form_id: str) -> tuple[Fill, ...]:
    form = load_form(form_id)
    fills: list[Fill] = []
    for seed in range(FILLS * 20):
        mender = _Mender(form, random.Random(f"{form_id}/{seed}"))
        try:
            mender.draw()
            mender.mend()
        except Unmendable:
            continue
        typed = mender.type_over() if seed % 2 else set()
        fills.append(Fill(form, mender.values, typed, mender.without_reason))
        if len(fills) == FILLS:
            return tuple(fills)
    raise AssertionError(f"only {len(fills)} consistent fills of {form_id}")


# Property 1: no false alarm ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("form_id", FORMS)
def test_consistent_fills_give_no_error_and_no_warning(form_id: str) -> None:
    """Nothing graver than a hint, and the hints are those that semantics.md asks for."""
    for fill in consistent_fills(form_id):
        submission = fill.submission()
        result = check(submission)
        alarms = [f"{f.rule} {f.code}: {f.message}" for f in result.findings if f.severity is not Severity.INFO]
        assert alarms == []
        refs = {(entry.sheet, entry.address): ref for ref, entry in submission.entries.items()}
        hints: dict[str, set[CellRef]] = {}
        for finding in result.findings:
            hints.setdefault(finding.code, set()).add(refs[finding.sheet, finding.cell])
        assert hints.pop("go-de-cong-thuc", set()) == fill.typed_over
        assert hints.pop("thieu-ket-qua", set()) == fill.without_reason
        assert all(not submission.value(ref).filled for ref in hints.pop("thieu-so-lieu", ()))
        assert {ref.column for ref in hints.pop("trung-ma", ())} <= {"code"}
        wholes = {r.at for r in submission.form.rules if r.op == "<=" and r.right and r.right[0] == r.at}
        assert hints.pop("chua-het", set()) <= wholes
        hints.pop("thieu-hang-nghin", None)  # a guess by size; random sizes may meet it
        assert hints == {}
        assert result.passed > 0


@pytest.mark.parametrize("form_id", FORMS)
def test_blank_form_has_no_findings(form_id: str) -> None:
    assert check(_blank(form_id)).findings == ()


def test_fills_are_not_empty() -> None:
    """The property would hold for blank forms, too: most cells that this level answers are filled, many above 0."""
    for form_id in FORMS:
        fills = consistent_fills(form_id)
        numbers = [value.number for fill in fills for value in fill.values.values() if value.number is not None]
        cells = sum(
            _is_input(s) and s.kind.numeric and not s.row.spare and not _other_level(f.form, s)
            for f in fills
            for s in f.form.specs()
        )
        assert len(numbers) > cells / 2
        assert sum(number > 0 for number in numbers) > len(numbers) / 3


# Property 2: one fault is found at its cell -----------------------------------------------------------------------


@dataclass(frozen=True)
class Fault:
    """What is changed, and the finding that is due: any of ``codes`` at one of ``places``.

    ``alone``: the fault gives this one error or warning and no other.
    """

    changes: Changes
    places: frozenset[CellRef]
    codes: frozenset[str]
    alone: bool = False


def _fault(changes: Changes, place: CellRef, *codes: str, alone: bool = False) -> Fault:
    return Fault(changes, frozenset({place}), frozenset(codes), alone)


Faults = Iterator[Fault]


class Bench:
    """A fill with what fault makers need."""

    def __init__(self, fill: Fill, rng: random.Random) -> None:
        self.fill, self.form, self.rng = fill, fill.form, rng
        self.submission = fill.submission()
        self.figures = SubmissionFigures(self.submission)

    def number(self, ref: CellRef) -> Decimal | None:
        return self.figures.number(ref)

    def shuffled(self, kinds: tuple[CellKind, ...], *, derived: bool = False) -> list[CellSpec]:
        """Cells of these kinds that hold a number: typed ones, or computed ones whose formula stands."""
        found = [
            spec
            for spec in self.form.specs()
            if spec.kind in kinds
            and self.number(spec.ref) is not None
            and (bool(spec.derived) and spec.ref not in self.fill.typed_over if derived else _is_input(spec))
        ]
        return self.rng.sample(found, len(found))

    def ratios(self) -> Iterator[tuple[CellSpec, CellRef, CellRef]]:
        for spec in self.rng.sample(self.form.specs(), len(self.form.specs())):
            ratio = spec.derived[0] if spec.derived else None
            if (
                isinstance(ratio, Ratio)
                and isinstance(ratio.numerator, CellRef)
                and isinstance(ratio.denominator, CellRef)
                and spec.ref not in self.fill.typed_over
            ):
                yield spec, ratio.numerator, ratio.denominator

    def rules(self, kind: RuleKind) -> list[Rule]:
        found = [r for r in self.form.rules if r.active and r.kind is kind and r.severity is not Severity.INFO]
        return self.rng.sample(found, len(found))

    def excused(self, ref: CellRef) -> bool:
        note = CellRef(ref.appendix, ref.order, "note")
        return _other_level(self.form, self.form.spec(ref)) or self.submission.value(note).filled

    def gate(self, rule: Rule, changes: Changes, order: int | None = None) -> bool:
        figures = SubmissionFigures(self.fill.submission(changes))
        return rule.when is None or holds(rule.when, figures, order) is True

    def fails(self, rule: Rule, changes: Changes, order: int | None = None) -> bool:
        """Whether the comparison fails on the changed figures, by more than figures printed with decimals explain."""
        assert rule.left is not None
        figures = SubmissionFigures(self.fill.submission(changes))
        if not self.gate(rule, changes, order):
            return False
        left = evaluate(rule.left, figures, order)
        for right in rule.right:
            value = evaluate(right, figures, order)
            if left is None or value is None:
                return False
            loose = max(Decimal(2), abs(value) / 1000)
            if not (_violated(rule, order, figures) and (rule.op in "<>" or abs(left - value) >= loose)):
                return False
        return True


NUMERIC = (CellKind.COUNT, CellKind.DECIMAL, CellKind.PERCENT, CellKind.MONEY)
COMPARE_CODES = {"=": "khong-khop", "<=": "vuot-qua", "<": "khong-nho-hon", ">=": "duoi-muc", ">": "duoi-muc"}


def typed_ratio_wrong(bench: Bench) -> Faults:
    for spec, _, _ in bench.ratios():
        computed = [evaluate(reading, bench.figures) for reading in spec.derived]
        if computed[0] is None:
            continue
        typed = computed[0].quantize(Decimal("0.1")) + bench.rng.choice((Decimal("1.5"), Decimal(7), Decimal(30)))
        if all(value is None or abs(typed - value) > 1 for value in computed):
            code = "ty-le-hai-mau-so" if len(computed) > 1 else "ty-le-sai"
            yield _fault({spec.ref: _number(typed)}, spec.ref, code, alone=True)


def total_wrong(bench: Bench) -> Faults:
    for spec in bench.shuffled((*NUMERIC, CellKind.MARK), derived=True):
        number = bench.number(spec.ref)
        if not isinstance(spec.derived[0], Ratio) and number is not None:
            yield _fault({spec.ref: _number(number + bench.rng.choice((1, 10)))}, spec.ref, "tong-sai")


def ratio_deleted(bench: Bench) -> Faults:
    for spec, _, _ in bench.ratios():
        if bench.number(spec.ref) is not None:
            yield _fault({spec.ref: BLANK}, spec.ref, "ty-le-trong", alone=True)


def total_deleted(bench: Bench) -> Faults:
    for spec in bench.shuffled(NUMERIC, derived=True):
        kind = bench.form.appendix(spec.ref.appendix).kind
        if not isinstance(spec.derived[0], Ratio) and kind is AppendixKind.INDICATORS and not bench.excused(spec.ref):
            yield _fault({spec.ref: BLANK}, spec.ref, "tong-trong", "thieu-so-lieu", "thieu-tu-hoac-mau")


def ratio_without_inputs(bench: Bench) -> Faults:
    for spec, top, bottom in bench.ratios():
        inputs = [bench.form.spec(ref) for ref in (top, bottom)]
        if all(_is_input(part) for part in inputs) and not any(bench.excused(ref) for ref in (top, bottom)):
            changes = {top: BLANK, bottom: BLANK, spec.ref: _number(50)}
            yield _fault(changes, spec.ref, "ty-le-thieu-dau-vao")


def zero_denominator(bench: Bench) -> Faults:
    for spec, top, bottom in bench.ratios():
        if _is_input(bench.form.spec(bottom)) and (bench.number(top) or 0) > 0 and bench.number(bottom) is not None:
            places = frozenset({spec.ref, top})  # where a rule compares the two, it speaks for both
            yield Fault({bottom: _number(0)}, places, frozenset({"mau-so-bang-0", "vuot-qua"}))


def part_above_whole(bench: Bench) -> Faults:
    for rule in bench.rules(RuleKind.COMPARE):
        left = rule.left
        if rule.op == "=" or not isinstance(left, CellRef) or left.order is None:
            continue
        right = evaluate(rule.right[0], bench.figures)
        if not _is_input(bench.form.spec(left)) or right is None or bench.number(left) is None:
            continue
        change = right + 5 if rule.op in ("<", "<=") else right - 5 if rule.op == ">=" else right
        changes = {left: _number(change)}
        assert rule.at is not None
        if change >= 0 and bench.fails(rule, changes):
            yield _fault(changes, rule.at, COMPARE_CODES[rule.op])


def parts_above_whole(bench: Bench) -> Faults:
    for rule in bench.rules(RuleKind.COMPARE):
        if rule.op != "<=" or not isinstance(rule.left, Call) or rule.left.name != "sum" or rule.each:
            continue
        parts = [ref for ref in cell_refs(rule.left) if _is_input(bench.form.spec(ref)) and bench.number(ref)]
        right = evaluate(rule.right[0], bench.figures)
        assert rule.at is not None
        if parts and right is not None:
            # Reported at the whole, which is then too small; at the first part where the whole is a constant.
            code = "duoi-muc" if rule.right[0] == rule.at else "vuot-qua"
            yield _fault({bench.rng.choice(parts): _number(right + 3)}, rule.at, code)


def cross_mismatch(bench: Bench) -> Faults:
    for rule in bench.rules(RuleKind.COMPARE):
        cells = [ref for part in (rule.left, *rule.right) if part is not None for ref in cell_refs(part)]
        columns = [c for part in rule.right for c in column_refs(part)]
        if rule.op != "=" or len({r.appendix for r in (*cells, *columns)}) < 2 or not isinstance(rule.left, CellRef):
            continue
        for order in bench.figures.rows(rule.appendix) if rule.each else (None,):
            at = rule.left.at(order)
            number = bench.number(at)
            if number is None or not _is_input(bench.form.spec(at)):
                continue
            changes = {at: _number(number + bench.rng.randint(2, 90))}
            if bench.fails(rule, changes, order):
                yield _fault(changes, at, "khong-khop")


def matrix_row(bench: Bench) -> Faults:
    for rule in bench.rules(RuleKind.COMPARE):
        if not rule.each or rule.op != "=" or any(column_refs(right) for right in rule.right):
            continue
        assert rule.at is not None
        for order in bench.figures.rows(rule.appendix):
            for part in {part.at(order) for right in rule.right for part in cell_refs(right)}:
                spec = bench.form.spec(part)
                parts = [r.at(order) for r in cell_refs(spec.derived[0])] if spec.derived else [part]
                changed = bench.rng.choice(parts)
                changes = {changed: _number((bench.number(changed) or Decimal(0)) + 4)}
                if part not in bench.fill.typed_over and bench.fails(rule, changes, order):
                    yield _fault(changes, rule.at.at(order), "khong-khop")


def same_code_differs(bench: Bench) -> Faults:
    for rule in bench.rules(RuleKind.SAME_CODE):
        (first,) = rule.right
        assert isinstance(first, CellRef)
        assert rule.at is not None
        number = bench.number(rule.at)
        if number is not None and bench.number(first) is not None and _is_input(bench.form.spec(rule.at)):
            yield _fault({rule.at: _number(number + 3)}, rule.at, "hai-noi-khac-nhau")


def required_missing(bench: Bench) -> Faults:
    for rule in bench.rules(RuleKind.REQUIRED):
        at = rule.at
        assert at is not None
        # Rules that share one condition want any of their cells: all of them must be blank.
        group = [r.at for r in bench.form.rules if r.kind is RuleKind.REQUIRED and r.when == rule.when and r.at]
        changes: Changes = dict.fromkeys(group, BLANK)
        if not bench.figures.filled(at) or bench.excused(at) or not bench.gate(rule, changes):
            continue
        yield Fault(changes, frozenset({at}), frozenset({"thieu-so-lieu", "thieu-tu-hoac-mau"}))


def one_input_missing(bench: Bench) -> Faults:
    for _, top, bottom in bench.ratios():
        ref, other = bench.rng.sample((top, bottom), 2)
        if not _is_input(bench.form.spec(ref)) or bench.excused(ref):
            continue
        if bench.figures.filled(ref) and bench.number(other) is not None:
            yield _fault({ref: BLANK}, ref, "thieu-tu-hoac-mau", "thieu-so-lieu")


def text_in_number(bench: Bench) -> Faults:
    for spec in bench.shuffled(NUMERIC):
        for text in ("nhiều", "0.500", "12-15"):
            yield _fault({spec.ref: Value(State.TEXT, text=text)}, spec.ref, "khong-phai-so")


def number_with_words(bench: Bench) -> Faults:
    """The figure is still known, so this one warning is all."""
    for spec in bench.shuffled(NUMERIC):
        number = bench.number(spec.ref)
        assert number is not None
        ending = bench.rng.choice(("%", " (88,9%)", " lượt", "/999"))
        yield _fault(
            {spec.ref: Value(State.TEXT, text=format_number(number) + ending)}, spec.ref, "so-doc-duoc", alone=True
        )


def number_as_text(bench: Bench) -> Faults:
    for spec in bench.shuffled(NUMERIC):
        number = bench.number(spec.ref)
        assert number is not None
        yield _fault({spec.ref: Value(State.TEXT, text=format_number(number))}, spec.ref, "so-dang-chu", alone=True)


def date_in_number(bench: Bench) -> Faults:
    for spec in bench.shuffled(NUMERIC):
        yield _fault({spec.ref: Value(State.DATE, text="04/05/2024")}, spec.ref, "ngay-thang")


def error_in_number(bench: Bench) -> Faults:
    for spec in bench.shuffled(NUMERIC):
        yield _fault({spec.ref: Value(State.ERROR, text="#REF!")}, spec.ref, "o-bao-loi")


def decimal_in_count(bench: Bench) -> Faults:
    for spec in bench.shuffled((CellKind.COUNT,)):
        number = bench.number(spec.ref)
        assert number is not None
        yield _fault({spec.ref: _number(number + Decimal("0.5"))}, spec.ref, "so-le")


def negative(bench: Bench) -> Faults:
    for spec in bench.shuffled(NUMERIC):
        number = bench.number(spec.ref)
        assert number is not None
        yield _fault({spec.ref: _number(-number - 1)}, spec.ref, "so-am")


def fraction_of_one(bench: Bench) -> Faults:
    for spec in bench.shuffled((CellKind.PERCENT,)):
        if bench.number(spec.ref) == 0:
            continue  # a share above 0 calls for its total
        yield _fault({spec.ref: _number("0.99")}, spec.ref, "phan-tram-le", alone=True)


def code_outside_list(bench: Bench) -> Faults:
    for spec in bench.shuffled((CellKind.CODE, CellKind.FLAG, CellKind.YESNO)):
        wrong = Value(State.TEXT, text="có thể") if spec.kind is CellKind.YESNO else _number(7)
        yield _fault({spec.ref: wrong}, spec.ref, "ngoai-danh-sach", alone=True)


def _tasks(bench: Bench) -> Iterator[tuple[CellRef, CellRef, CellRef]]:
    """(done, not_done, result_note) of marked tasks."""
    for appendix in bench.form.appendices:
        if appendix.kind is AppendixKind.TASKS:
            for order in bench.rng.sample(appendix.items, len(appendix.items)):
                refs = (CellRef(appendix.id, order, key) for key in ("done", "not_done", "result_note"))
                done, not_done, note = refs
                if bench.figures.marked(done) or bench.figures.marked(not_done):
                    yield done, not_done, note


def other_mark(bench: Bench) -> Faults:
    for done, not_done, _ in _tasks(bench):
        marked = done if bench.figures.marked(done) else not_done
        yield _fault({marked: Value(State.TEXT, text="v")}, marked, "ngoai-danh-sach")


def double_mark(bench: Bench) -> Faults:
    mark = Value(State.TEXT, text="x")
    for done, not_done, note in _tasks(bench):
        words = Value(State.TEXT, text="Đã có báo cáo")
        yield _fault({done: mark, not_done: mark, note: words}, done, "danh-dau-hai-o")


def missing_mark(bench: Bench) -> Faults:
    for done, not_done, _ in _tasks(bench):
        yield _fault({done: BLANK, not_done: BLANK}, done, "chua-danh-dau")


def done_without_result(bench: Bench) -> Faults:
    for done, _, note in _tasks(bench):
        if bench.figures.marked(done):
            yield _fault({note: BLANK}, note, "thieu-ket-qua", alone=True)


def _listed(bench: Bench) -> Iterator[tuple[str, int]]:
    for appendix in bench.form.appendices:
        if appendix.kind is AppendixKind.PROCEDURE_LIST:
            for order in bench.rng.sample(appendix.items, len(appendix.items)):
                if bench.number(CellRef(appendix.id, order, "level")) is not None:
                    yield appendix.id, order


def level_two_online(bench: Bench) -> Faults:
    for appendix, order in _listed(bench):
        level, online, total = (CellRef(appendix, order, key) for key in ("level", "online", "total"))
        if bench.number(level) == 2 and (bench.number(total) or 0) > 0:
            yield _fault({online: _number(1)}, online, "khong-khop")


def duplicate_with_two_levels(bench: Bench) -> Faults:
    listed = dict.fromkeys(_listed(bench))
    for appendix, order in listed:
        code = bench.figures.matching_key(CellRef(appendix, order, "code"))
        same = (bench.figures.matching_key(CellRef(a, o, "code")) == code for a, o in listed if o < order)
        if any(same):
            level = CellRef(appendix, order, "level")
            other = 3 if bench.number(level) == 4 else 4
            yield _fault({level: _number(other)}, CellRef(appendix, order, "code"), "ma-hai-noi-dung")


_EVERY = frozenset(FORMS)
_WITH_MARKS = frozenset({"vinh-thanh-2023"})
_WITH_RATIOS = _EVERY - {"tinh-chau-2023"}  # all its percentages are typed
_WITH_REQUIRED = _EVERY - {"cu-lao-dung-2024"}
KINDS: list[tuple[Callable[[Bench], Faults], frozenset[str]]] = [
    (typed_ratio_wrong, _WITH_RATIOS),
    (total_wrong, _EVERY),
    (ratio_deleted, _WITH_RATIOS),
    (total_deleted, _WITH_RATIOS),
    (ratio_without_inputs, _WITH_RATIOS),
    (zero_denominator, _WITH_RATIOS),
    (part_above_whole, _EVERY),
    (parts_above_whole, _EVERY),
    (cross_mismatch, frozenset({"tinh-chau-2023", "vinh-thanh-2023"})),
    (matrix_row, frozenset({"tinh-chau-2023", "vinh-thanh-2023"})),
    (same_code_differs, frozenset({"cam-giang-2024", "cu-lao-dung-2024"})),
    (required_missing, _WITH_REQUIRED),
    (one_input_missing, _WITH_RATIOS),
    (text_in_number, _EVERY),
    (number_with_words, _EVERY),
    (number_as_text, _EVERY),
    (date_in_number, _EVERY),
    (error_in_number, _EVERY),
    (decimal_in_count, _EVERY),
    (negative, _EVERY),
    (fraction_of_one, _EVERY),
    (code_outside_list, _EVERY - {"cu-lao-dung-2024"}),
    (other_mark, _WITH_MARKS),
    (double_mark, _WITH_MARKS),
    (missing_mark, _WITH_MARKS),
    (done_without_result, _WITH_MARKS),
    (level_two_online, _WITH_MARKS),
    (duplicate_with_two_levels, _WITH_MARKS),
]
CASES = [(kind, form_id) for kind, forms in KINDS for form_id in sorted(forms)]


@cache
def _readers(form: Form) -> dict[CellRef, set[CellRef]]:
    """The computed cells that take from a cell directly."""
    readers: dict[CellRef, set[CellRef]] = {}
    for spec in form.specs():
        for node in spec.derived:
            cells = {ref.at(spec.row.order) for ref in cell_refs(node)}
            for column in column_refs(node):
                cells |= {CellRef(column.appendix, o, column.column) for o in form.appendix(column.appendix).items}
            for cell in cells:
                readers.setdefault(cell, set()).add(spec.ref)
    return readers


def _dependents(form: Form, changed: set[CellRef]) -> set[CellRef]:
    """The changed cells and every cell whose formula takes from them, at any distance."""
    touched: set[CellRef] = set()
    waiting = set(changed)
    while waiting:
        touched |= waiting
        waiting = {reader for cell in waiting for reader in _readers(form).get(cell, ())} - touched
    return touched


def _counted(rule: Rule) -> set[tuple[str, str]]:
    """The columns that a count or a sum by name selects its rows by."""
    calls = [n for right in rule.right for n in _nodes(right) if isinstance(n, Call)]
    chosen = [n for n in calls if n.name.startswith("count_") or n.name == "sum_where"]
    return {(column.appendix, column.column) for call in chosen for column in column_refs(call)}


def _inject(fill: Fill, fault: Fault) -> tuple[Finding, ...]:
    return check(fill.submission(fault.changes)).findings


def _complaints(fill: Fill, fault: Fault, findings: tuple[Finding, ...]) -> list[str]:
    """What is wrong with the findings on a faulty fill."""
    entries = _blank(fill.form.id).entries
    at: dict[tuple[str, str], CellRef] = {(e.sheet, e.address): ref for ref, e in entries.items()}
    alarms = [f for f in findings if f.severity is not Severity.INFO]
    found = [f for f in alarms if f.code in fault.codes and at[f.sheet, f.cell] in fault.places]
    shown = [f"{f.rule} {f.code} {f.cell} {f.message}" for f in alarms]
    if not found:
        return [f"{sorted(fault.codes)} not found at {sorted(fault.places)} after {fault.changes}: {shown}"]
    if fault.alone and len(alarms) > 1:
        return [f"more than one finding after {fault.changes}: {shown}"]
    touched = _dependents(fill.form, set(fault.changes))
    # A finding about a code speaks of all that stands in its row; a count, of the rows that it no longer counts, too.
    touched |= {CellRef(ref.appendix, ref.order, "code") for ref in touched}
    columns = {(ref.appendix, ref.column) for ref in touched}
    counted = {rule.id for rule in fill.form.rules if columns & _counted(rule)}
    wrong = []
    for finding in alarms:
        cells = {at[finding.sheet, finding.cell], *(at[c.sheet, c.cell] for c in finding.related)}
        if not cells & touched and finding.rule not in counted:
            wrong.append(f"unrelated to {fault.changes}: {finding.rule} {finding.cell} {finding.message}")
    return wrong


def _first(faults: Faults, count: int) -> list[Fault]:
    return [fault for fault, _ in zip(faults, range(count), strict=False)]


@pytest.mark.parametrize(("kind", "form_id"), CASES, ids=[f"{k.__name__}-{f}" for k, f in CASES])
def test_one_fault_is_found_at_its_cell(kind: Callable[[Bench], Faults], form_id: str) -> None:
    """The fault is found with its code where it is, and nothing is said of cells that have no part in it."""
    injected = 0
    complaints: list[str] = []
    for number, fill in enumerate(consistent_fills(form_id)):
        rng = random.Random(f"{kind.__name__}/{form_id}/{number}")
        for fault in _first(kind(Bench(fill, rng)), TRIES):
            injected += 1
            complaints += _complaints(fill, fault, _inject(fill, fault))
    assert complaints == []
    assert injected, "the fault was never injected"


@pytest.mark.parametrize(
    ("form_id", "appendix", "bottom", "top"),
    [
        ("cam-giang-2024", "PL1", 66, 67),
        ("cu-lao-dung-2024", "SL", 33, 34),
        ("ninh-hai-2023", "PL6", 2, 3),
        ("vinh-thanh-2023", "PL6", 94, 95),
    ],
)
def test_figure_over_zero_is_an_error(form_id: str, appendix: str, bottom: int, top: int) -> None:
    """Also where the comparison of the two figures is only a warning (paid above plan)."""
    changes = {CellRef(appendix, bottom, "value"): _number(0), CellRef(appendix, top, "value"): _number(5)}
    findings = check(_submission(load_form(form_id), changes)).findings
    assert [f.severity for f in findings if f.severity is not Severity.INFO] == [Severity.ERROR]


@pytest.mark.parametrize("kind", [double_mark, missing_mark, other_mark], ids=lambda kind: kind.__name__)
def test_a_wrong_mark_is_one_finding(kind: Callable[[Bench], Faults]) -> None:
    for number, fill in enumerate(consistent_fills("vinh-thanh-2023")):
        for fault in _first(kind(Bench(fill, random.Random(number))), 1):
            alarms = [f for f in _inject(fill, fault) if f.severity is not Severity.INFO]
            assert [f.rule for f in alarms] == [f.rule for f in alarms if f.code in fault.codes]


# The same through the real writer and reader -----------------------------------------------------------------------


THROUGH_FILES = (
    typed_ratio_wrong,
    total_wrong,
    part_above_whole,
    text_in_number,
    negative,
    code_outside_list,
    double_mark,
)


def _printed(value: Value) -> str:
    return format_number(value.number) if value.number is not None else value.text


def _through_file(fill: Fill, changes: Changes, folder: Path) -> tuple[Finding, ...]:
    """The findings on a workbook that tao-so and nhap have written."""
    folder.mkdir()
    rows: dict[str, dict[int, dict[str, str]]] = {}
    for ref, value in {**fill.values, **changes}.items():
        name = fill.form.appendix(ref.appendix).column(ref.column).name
        rows.setdefault(ref.appendix, {}).setdefault(ref.order or 0, {})[name] = _printed(value)
    for appendix, lines in rows.items():
        names = sorted({name for line in lines.values() for name in line})
        with (folder / f"{appendix}.tsv").open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, ["order", *names], dialect="excel-tab")
            writer.writeheader()
            writer.writerows({"order": str(order), **line} for order, line in lines.items())
    workbook = folder / "so.xlsx"
    create_workbook(NewWorkbook(fill.form.id, unit="đơn vị thử", period=fill.form.period), workbook)
    fill_workbook(workbook, folder)
    checked = check_file(workbook)
    assert checked.result is not None
    return checked.result.findings


@pytest.mark.parametrize("form_id", FORMS)
def test_files_give_the_same_findings(form_id: str, tmp_path: Path) -> None:
    """Reader and writer change nothing: the findings on a file are those in memory, addresses and words included."""
    fills = consistent_fills(form_id)
    assert _through_file(fills[1], {}, tmp_path / "whole") == check(fills[1].submission()).findings
    for number, kind in enumerate(THROUGH_FILES):
        if form_id not in dict(KINDS)[kind]:
            continue
        fill = fills[number]
        for fault in _first(kind(Bench(fill, random.Random(number))), 1):
            findings = _through_file(fill, fault.changes, tmp_path / kind.__name__)
            assert _complaints(fill, fault, findings) == []
            assert findings == _inject(fill, fault)


@pytest.mark.parametrize(
    ("printed", "computed", "fits"),
    [
        ("20.54", "20.547", True), ("20.55", "20.547", True), ("20.56", "20.547", False), ("-20.54", "-20.547", True),
        ("0", "0.4", True), ("1", "-0.4", False), ("0.0000000000000000000000000001", "99999999999", False),
    ],
)  # fmt: skip
def test_a_printed_ratio_is_rounded_or_cut_off(printed: str, computed: str, fits: bool) -> None:
    """However many digits the two have between them."""
    assert agrees(Decimal(printed), Decimal(computed)) is fits
