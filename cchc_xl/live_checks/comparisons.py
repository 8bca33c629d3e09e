"""Comparisons as tests: missing modes, what is certain in spite of blanks, tolerance, the milder case.

The counterpart of ``checks.comparisons``, step by step.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from cchc_xl.catalogue.model import Form, Missing, Rule
from cchc_xl.checks.checklists import checklists_behind
from cchc_xl.expressions import (
    CellRef,
    Expression,
    NotNative,
    cell_refs,
    column_refs,
    excel_condition,
    excel_values,
)
from cchc_xl.expressions.tree import Arithmetic, Call, ColumnRef, Number, RowsRef, children
from cchc_xl.live_checks.cells import Cells, both, constant, either, exceeds, guarded, rounds
from cchc_xl.live_checks.codes import GAP
from cchc_xl.live_checks.waiting import Waits, totals_elsewhere, waits
from cchc_xl.severity import Severity

_GAPS = {"<=": ("<=",), "<": ("<",), ">=": (">=",), ">": (">",), "=": ("<=", ">=")}


def compare_cases(form: Form, rule: Rule, at: CellRef) -> Iterator[tuple[str, Severity | None, str]]:
    """Code, severity and test of every finding that a comparison can give; without severity it waits for another."""
    comparison = _Comparison(form, rule, at)
    failures = [comparison.failures(right) for right in rule.right]
    if rule.soften is None and len(failures) == 1:
        for code, severity, test in _waiting(form, rule, at, failures[0]):
            yield code, severity, comparison.gated(test)
    elif checklists_behind(form, rule):
        raise NotNative("nhiều cách tính hoặc mức sai lệch cho phép cùng với số dấu x: công thức không nói được")
    elif rule.soften is None:
        yield "khong-khop", rule.severity, comparison.gated(both(*(_either(cases) for cases in failures)))
    elif len(failures) > 1:
        raise NotNative("nhiều cách tính và mức sai lệch cho phép: công thức không nói được cách nào gần hơn")
    else:
        known, (allowed,) = excel_values([rule.soften], comparison.cells.addresses, at.order)
        for severity, softened in ((rule.severity, False), (rule.softer, True)):
            cases = [case.softened(known, allowed, softened=softened) for case in failures[0]]
            yield "khong-khop", severity, comparison.gated(_either(cases))
    gap = comparison.gap()
    if gap:
        yield GAP, Severity.INFO, comparison.gated(gap)


def _waiting(
    form: Form, rule: Rule, at: CellRef, failures: list[_Case], code: str = "khong-khop"
) -> Iterator[tuple[str, Severity | None, str]]:
    """The failures that hold already, and those that wait for something else (``waiting``)."""
    totals = [test for other in totals_elsewhere(form, rule, at) for test in _wrong_total(form, other, at.appendix)]
    waiting = [dict(waits(form, rule, at, case.gap)) for case in failures]
    excuses = [either(*totals, *tests.values()) if totals or tests else "" for tests in waiting]
    now = [case.also(f"NOT({excuse})" if excuse else "") for case, excuse in zip(failures, excuses, strict=True)]
    yield code, rule.severity, _either(now)
    if totals:
        yield Waits.WRONG_TOTAL, None, both(_either(failures), either(*totals))
    for why in dict.fromkeys(why for tests in waiting for why in tests):
        yield why, None, _either([case.also(tests[why]) for case, tests in zip(failures, waiting, strict=True)])


def total_cases(form: Form, rule: Rule, at: CellRef) -> Iterator[tuple[str, Severity | None, str]]:
    """Code, severity and test of a typed total against its parts."""
    yield from _waiting(form, rule, at, [_total_case(form, rule, at, at.appendix)], "tong-sai")


def _wrong_total(form: Form, rule: Rule, home: str) -> list[str]:
    assert rule.at is not None
    return [_either([_total_case(form, rule, rule.at, home)])]


def _total_case(form: Form, rule: Rule, at: CellRef, home: str) -> _Case:
    cells = Cells(form, home)
    node, cell = rule.right[0], cells.at(at)
    known, (value,) = excel_values([node], cells.addresses, at.order)
    refs = [at, *(ref.at(at.order) for ref in cell_refs(node)), *_of_columns(form, node)]
    slack = cells.slack(refs)
    differs, gap = f"{cell}<>{value}", f"ABS({cell}-{value})"
    if slack:
        differs = both(differs, exceeds(gap, slack))
    return _Case(both(cells.number(at), known), differs, gap)


def _of_columns(form: Form, node: Expression) -> list[CellRef]:
    return [
        CellRef(column.appendix, order, column.column)
        for column in column_refs(node)
        for order in form.appendix(column.appendix).items
    ]


@dataclass(frozen=True, slots=True)
class _Case:
    """A way to fail: ``gap`` is above ``slack`` (or reaches it) where ``known`` holds."""

    known: str
    test: str
    gap: str

    def also(self, test: str) -> _Case:
        """The same where a further test holds."""
        return _Case(self.known, both(self.test, test), self.gap)

    def softened(self, known: str, allowed: str, *, softened: bool) -> _Case:
        """The same where the gap is within what is allowed, or beyond it."""
        within = guarded(known, f"ROUND(ABS({self.gap})-{allowed},9)<=0")
        return _Case(self.known, both(self.test, within if softened else f"NOT({within})"), self.gap)


def _either(cases: list[_Case]) -> str:
    return either(*(guarded(case.known, case.test) for case in cases))


class _Comparison:
    def __init__(self, form: Form, rule: Rule, at: CellRef) -> None:
        assert rule.left is not None
        self.form, self.rule, self.at, self.left = form, rule, at, rule.left
        self.order = at.order
        self.cells = Cells(form, at.appendix)
        self.zero = rule.missing is not Missing.SKIP_ANY

    def gated(self, test: str) -> str:
        """The test, where the rule's gate is open."""
        when = self.rule.when
        return test if when is None else both(excel_condition(when, self.cells.addresses, self.order), test)

    def failures(self, right: Expression) -> list[_Case]:
        """The ways in which a comparison with one of the alternatives fails."""
        slack = self.cells.slack(ref.at(self.order) for side in (self.left, right) for ref in self._refs(side))
        certain = not self.zero and self.rule.op in ("=", "<=", ">=")
        if certain and not _calls(self.left) and not _calls(right):
            # With all numbers there the bounds are the values.
            return self._certain(right, slack)
        known, (left, expected) = excel_values(
            [self.left, right], self.cells.addresses, self.order, blank_is_zero=self.zero
        )
        if self.rule.missing is Missing.SKIP_ALL:
            refs = dict.fromkeys(ref.at(self.order) for side in (self.left, right) for ref in self._refs(side))
            known = both(f"COUNT({','.join(map(self.cells.at, refs))})>0", known)
        cases = [_case(self.rule.op, known, left, expected, slack)]
        if certain:
            unknown = f"NOT({known})"
            cases += [_Case(both(unknown, case.known), case.test, case.gap) for case in self._certain(right, slack)]
        return cases

    def _refs(self, node: Expression) -> list[CellRef]:
        if column_refs(node):
            raise NotNative("so cả cột: công thức không nói được từng ô")
        return list(cell_refs(node))

    def _certain(self, right: Expression, slack: str) -> list[_Case]:
        cases = []
        for op in _GAPS[self.rule.op]:
            bounds = _Bounds(self, {}, {}, [])
            low, high = (self.left, right) if op == "<=" else (right, self.left)
            lowest, highest = bounds.text(low, lowest=True), bounds.text(high, lowest=False)
            cases.append(_case("<=", bounds.known(), lowest, highest, slack))
        return cases

    def gap(self) -> str:
        """Parts that do not reach their whole, all of them given."""
        rule, right = self.rule, self.rule.right[0]
        summed = isinstance(self.left, Call) and self.left.name == "sum"
        if rule.op != "<=" or not summed or right != rule.at or len(rule.right) > 1:
            return ""
        refs = dict.fromkeys(ref.at(self.order) for side in (self.left, right) for ref in self._refs(side))
        _, (parts, whole) = excel_values([self.left, right], self.cells.addresses, self.order, blank_is_zero=True)
        less = f"ROUND({whole}-{parts},9)>0" if any(rounds(self.form, ref) for ref in refs) else f"{parts}<{whole}"
        return both(f"COUNT({','.join(map(self.cells.at, refs))})={len(refs)}", less)


def _case(op: str, known: str, left: str, right: str, slack: str) -> _Case:
    over, under, off = f"{left}-{right}", f"{right}-{left}", f"ABS({left}-{right})"
    gap = {"=": off, "<=": over, "<": over}.get(op, under)
    if slack:
        return _Case(known, exceeds(gap, slack, strictly=op in ("=", "<=", ">=")), gap)
    sign = {"=": "<>", "<=": ">", "<": ">=", ">=": "<", ">": "<="}[op]
    return _Case(known, f"{left}{sign}{right}", gap)


def _calls(node: Expression) -> bool:
    """Whether an expression has a value in spite of blanks in it (what counts marks or rows meets no blanks)."""
    return (isinstance(node, Call) and not node.name.startswith("count_")) or any(
        _calls(child) for child in children(node) if not isinstance(child, ColumnRef | RowsRef)
    )


@dataclass(slots=True)
class _Bounds:
    """The lowest or highest value of an expression, each blank being somewhere from 0 up (``expressions.bounds``).

    A blank adds nothing to the lowest value and may take everything from the highest; ``-`` and texts are not blanks.
    """

    comparison: _Comparison
    fixed: dict[CellRef, None] = field(default_factory=dict)
    free: dict[CellRef, None] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)

    def text(self, node: Expression, *, lowest: bool) -> str:
        """The bound, given what ``known`` asks for."""
        cells, order = self.comparison.cells, self.comparison.order
        match node:
            case CellRef():
                ref = node.at(order)
                (self.free if lowest else self.fixed)[ref] = None
                return f"N({cells.at(ref)})"
            case Number(number=number):
                return constant(number)
            case Arithmetic(op="+", left=left, right=right):
                return f"({self.text(left, lowest=lowest)}+{self.text(right, lowest=lowest)})"
            case Arithmetic(op="-", left=left, right=right):
                return f"({self.text(left, lowest=lowest)}-{self.text(right, lowest=not lowest)})"
            case Call(name="sum", args=args) if not any(isinstance(arg, ColumnRef | RowsRef) for arg in args):
                parts = [self.text(arg, lowest=lowest) for arg in args if not isinstance(arg, ColumnRef | RowsRef)]
                return f"({'+'.join(parts)})"
        known, (value,) = excel_values([node], cells.addresses, order)
        if known:
            self.others.append(known)
        return value

    def known(self) -> str:
        """The cells that must hold a number, and those that hold a number or nothing."""
        at = self.comparison.cells.at
        tests = []
        fixed = [at(ref) for ref in self.fixed]
        free = [at(ref) for ref in self.free if ref not in self.fixed]
        if fixed:
            tests.append(f"COUNT({','.join(fixed)})={len(fixed)}")
        if free:
            blanks = "+".join(f'(TRIM({cell})="")' for cell in free)
            tests.append(f"COUNT({','.join(free)})+{blanks}={len(free)}")
        return both(*tests, *self.others) if tests or self.others else ""
