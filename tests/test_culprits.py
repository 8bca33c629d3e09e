"""Likely culprits: the printed forms, the slips, and all smallest sets against brute force on small random systems."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations, product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from submissions import filled

import cchc_xl
from cchc_xl.catalogue.load import form_ids, load_form
from cchc_xl.catalogue.model import (
    Appendix,
    AppendixKind,
    CellKind,
    CellSpec,
    Column,
    Form,
    Missing,
    Row,
    RowRole,
    Rule,
    RuleKind,
)
from cchc_xl.checks import run
from cchc_xl.checks.context import Context, Silent
from cchc_xl.checks.culprits import Culprit, CulpritGroup, likely_culprits
from cchc_xl.checks.culprits.constraints import Demand
from cchc_xl.checks.culprits.integers import Row as Inequality
from cchc_xl.checks.culprits.integers import Undecided, solvable
from cchc_xl.checks.culprits.search import Search
from cchc_xl.checks.culprits.slips import explained
from cchc_xl.checks.ratios import agrees
from cchc_xl.checks.run import CheckResult, check
from cchc_xl.expressions import CellRef, Expression, Names, parse, parse_alternatives
from cchc_xl.operations import NewWorkbook, check_file, create_workbook, fill_workbook
from cchc_xl.severity import Severity
from cchc_xl.stamp import Stamp
from cchc_xl.submission import Entry, FormulaState, Submission, SubmissionFigures, blank_submission
from cchc_xl.values import BLANK, NOT_APPLICABLE, State, Value, number_value

PRINTED = Path(cchc_xl.__file__).parent / "samples" / "printed"
PLENTY = 60.0  # seconds: tests of what is found must not depend on the machine


def _words(group: CulpritGroup) -> tuple[list[str], list[tuple[str, str]]]:
    """Rules, and the culprits as ``PL1.r84 + PL1.r86`` with the suggestion."""
    return list(group.rules), [(_cells(culprit), _suggestion(culprit)) for culprit in group.culprits]


def _cells(culprit: Culprit) -> str:
    return " + ".join(
        f"{c.appendix}.r{c.order}" + ("" if c.column == "value" else f".{c.column}") for c in culprit.cells
    )


def _suggestion(culprit: Culprit) -> str:
    return "" if culprit.suggestion is None else f"{culprit.suggestion}: {culprit.slip}"


# The printed forms ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Submission, CheckResult]]:
    """The three forms with printed values, through real workbooks."""
    checked = {}
    for folder in sorted(PRINTED.iterdir()):
        path = tmp_path_factory.mktemp(folder.name) / "so.xlsx"
        create_workbook(NewWorkbook(folder.name, "UBND xã Thử", period="2023-NAM"), path)
        fill_workbook(path, folder)
        file = check_file(path)
        assert file.submission is not None
        assert file.result is not None
        checked[folder.name] = file.submission, file.result
    return checked


def _found(printed: Mapping[str, tuple[Submission, CheckResult]], form: str) -> list[CulpritGroup]:
    return likely_culprits(*printed[form], budget=PLENTY)


def test_cam_giang(printed: dict[str, tuple[Submission, CheckResult]]) -> None:
    """93,3 for 100 × 7/29, and 7 files for 3 + 5 procedures: no single figure explains both.

    29 files leave no whole number of online files at 93,3 % (27 would be 93,1); 14 of 15 would be.
    """
    (group,) = _found(printed, "cam-giang-2024")
    assert _words(group) == (
        ["R01-PL1-84", "R10-PL1-86"],
        [
            ("PL1.r76 + PL1.r84", ""),
            ("PL1.r80 + PL1.r84", ""),
            ("PL1.r84 + PL1.r86", ""),
            ("PL1.r85 + PL1.r86", ""),
        ],
    )


def test_vinh_thanh(printed: dict[str, tuple[Submission, CheckResult]]) -> None:
    """3.2.2: 1.117 stands in the matrix too, so only the typed 98,5 can be wrong."""
    found = {group.rules: _words(group)[1] for group in _found(printed, "vinh-thanh-2023")}
    assert found[("R01-PL6-54",)] == [("PL6.r54", "")]
    # 47 printed, 48 marks: a mark less or more would leave its task with none or two.
    assert found[("R19-PL2-55-done",)] == [("PL2.r55.done", "48: sai một chữ số")]
    assert found[("R19-PL2-55-not_done",)] == [("PL2.r55.not_done", "")]
    # 848 in the matrix agrees with its parts and with all that is summed from it.
    assert found[("R25-PL4-received",)] == [("PL5.r8.total", ""), ("PL5.r9.total", "")]
    assert found[("R01-PL6-113",)] == [("PL6.r113", ""), ("PL6.r114", ""), ("PL6.r115", "")]


def test_ninh_hai(printed: dict[str, tuple[Submission, CheckResult]]) -> None:
    """PL5 4: the total or the one part that is not 0; PL6 2.1: 3 is asked for in PL4 as well, so never one cell."""
    found = {group.rules: _words(group)[1] for group in _found(printed, "ninh-hai-2023")}
    assert found[("R06-PL5-12",)] == [("PL5.r12", ""), ("PL5.r15", "")]
    assert found[("R06-PL6-5",)] == [("PL4.r9 + PL6.r5", ""), ("PL6.r7 + PL6.r12", "")]
    assert found[("R01-PL3-14",)] == [("PL3.r14", ""), ("PL3.r15", ""), ("PL3.r16", "")]


def test_nothing_without_time(printed: dict[str, tuple[Submission, CheckResult]]) -> None:
    """The time limit is kept: no time, no answer; and never a part of one."""
    for submission, result in printed.values():
        assert likely_culprits(submission, result, budget=0) == []
        whole = likely_culprits(submission, result, budget=PLENTY)
        for budget in (1e-5, 1e-4, 1e-3, 3e-3):
            some = likely_culprits(submission, result, budget=budget)
            assert all(group in whole for group in some)


def test_a_busy_machine_hides_no_culprit(
    printed: dict[str, tuple[Submission, CheckResult]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Time in which other programs have the processor does not count."""
    submission, result = printed["ninh-hai-2023"]
    whole, tick = likely_culprits(submission, result, PLENTY), Search._tick

    def interrupted(search: Search) -> None:
        if next(ticks) < 20:
            time.sleep(0.1)
        tick(search)

    ticks = itertools.count()
    monkeypatch.setattr(Search, "_tick", interrupted)
    assert likely_culprits(submission, result, budget=1.5) == whole


def test_same_answer_twice(printed: dict[str, tuple[Submission, CheckResult]]) -> None:
    """Pure and deterministic."""
    for submission, result in printed.values():
        assert likely_culprits(submission, result, PLENTY) == likely_culprits(submission, result, PLENTY)


# Slips ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("standing", "meant", "words"),
    [
        ("1034", "1043", "đảo hai chữ số"),
        ("98.5", "89.5", "đảo hai chữ số"),
        ("98.5", "95.8", "đảo hai chữ số"),
        ("48", "480", "viết nhỏ đi 10 lần"),
        ("480", "48", "viết lớn lên 10 lần"),
        ("985", "98.5", "viết lớn lên 10 lần"),
        ("2", "2000", "viết nhỏ đi 1.000 lần"),
        ("4136000", "4136", "viết lớn lên 1.000 lần"),
        ("1117", "117", "gõ lặp một chữ số"),
        ("117", "1117", "thiếu một chữ số"),
        ("744", "7484", "thiếu một chữ số"),
        ("1297", "127", "thừa một chữ số"),
        ("47", "48", "sai một chữ số"),
        ("98.5", "98.7", "sai một chữ số"),
        ("0", "3", ""),
        ("3", "46", ""),
        ("105", "5", ""),  # nobody writes 05
        ("93.3", "24.1", ""),
        ("1117", "1134", ""),
    ],
)
def test_slips(standing: str, meant: str, words: str) -> None:
    """Each kind of slip, from what stands there to the one figure that would be right."""
    wanted = Decimal(meant)
    found = explained(Decimal(standing), lambda figure: figure == wanted, lambda figure: True)
    assert found == ((wanted, words) if words else (None, ""))


def test_a_guess_is_no_slip() -> None:
    """Two figures that fit, or a wrong digit within a range: no suggestion."""
    assert explained(Decimal(15667), lambda figure: 15668 <= figure <= 15906, lambda figure: False) == (None, "")
    assert explained(Decimal(50), lambda figure: figure <= 40, lambda figure: False) == (None, "")
    assert explained(Decimal(47), lambda figure: figure == 48, lambda figure: False) == (None, "")
    assert explained(Decimal(4800), lambda figure: 470 <= figure <= 480, lambda figure: False)[0] == 480


@pytest.mark.parametrize(
    ("rows", "cell", "suggestion"),
    [
        # a ratio typed without its comma
        ({50: "985", 51: "200", 52: "200", 53: "197"}, "PL6.r50", "98.5: viết lớn lên 10 lần"),
        # a total against its parts: swapped in the total, nothing explains the part
        ({97: "145", 98: "90", 99: "64"}, "PL6.r97", "154: đảo hai chữ số"),
        ({97: "145", 98: "90", 99: "64"}, "PL6.r98", ""),
        # a bound leaves a range, and many slips lead into it
        ({52: "1034", 51: "1010"}, "PL6.r52", ""),
    ],
)
def test_suggestion_through_the_rules(rows: dict[int, str], cell: str, suggestion: str) -> None:
    """A slip that the rules of a real form point to."""
    submission = filled("x", {"PL6": rows})
    (group,) = likely_culprits(submission, check(submission), PLENTY)
    assert dict(_words(group)[1])[cell] == suggestion


def test_blanks_and_computed_cells() -> None:
    """A blank that counts 0 may be what is missing; of a computed cell its inputs are named, blank as they are."""
    submission = filled("x", {"PL6": {5: "10", 6: "3", 7: "2"}}, "ninh-hai-2023")
    (group,) = likely_culprits(submission, check(submission), PLENTY)
    named = {cell for cell, _ in _words(group)[1]}
    assert named == {f"PL6.r{order}" for order in (5, 6, 7, 9, 10, 11, 12)}
    whole = filled("x", {"PL6": {5: "10", 6: "30", 7: "2"}}, "ninh-hai-2023")
    (group,) = likely_culprits(whole, check(whole), PLENTY)
    assert _words(group)[1] == [("PL6.r5", ""), ("PL6.r6", "")]


# Small random systems against brute force -------------------------------------------------------------------------


@dataclass(frozen=True)
class Law:
    """A rule as text, and the same in plain Python."""

    text: tuple[str, str, str]
    cells: frozenset[int]
    holds: Callable[[Mapping[int, Decimal]], bool]
    kind: RuleKind = RuleKind.COMPARE


def _form(size: int, laws: list[Law], kinds: Mapping[int, CellKind] | None = None) -> Form:
    def column(key: str, given: bool) -> Column:
        return Column(key, key, key, given, None, "", None, None)

    value = column("value", False)
    columns = (column("stt", True), column("label", True), value)
    names = Names("T", {"T": frozenset({"value"})})
    rows, cells, rules = [], {}, []
    derived: dict[int, tuple[Expression, ...]] = {}
    for law in laws:
        if law.kind is not RuleKind.COMPARE:
            derived[min(law.cells)] = parse_alternatives(law.text[2], names)
    for order in range(1, size + 1):
        kind = (kinds or {}).get(order, CellKind.COUNT)
        own = derived.get(order, ())
        row = Row(order, str(order), 1, f"dòng {order}", RowRole.ITEM, kind, "", frozenset({"xa"}), "", None, own, ())
        rows.append(row)
        ref = CellRef("T", order, "value")
        cells[ref] = CellSpec(ref, row, value, kind, None, own)
    for number, law in enumerate(laws):
        left, op, right = law.text
        at = CellRef("T", min(law.cells), "value")
        rules.append(
            Rule(
                f"L{number}", law.kind, "T", at, parse(left, names), op, parse_alternatives(right, names), None, False,
                Missing.SKIP_ANY, Severity.ERROR, Severity.WARNING, None, True, "yes", lambda: "luật",
            )
        )  # fmt: skip
    appendix = Appendix("T", AppendixKind.INDICATORS, "T", "T", "", columns, tuple(rows), cells)
    return Form("t", 1, "t", "", "xa", "2023-Q1", None, (appendix,), tuple(rules))


def _submission(form: Form, figures: Mapping[int, Decimal]) -> Submission:
    entries = {
        CellRef("T", order, "value"): Entry(number_value(figure), "T", order, 1) for order, figure in figures.items()
    }
    return Submission("t.xlsx", form, Stamp("t", 1), entries)


def _brute(
    figures: Mapping[int, Decimal], laws: list[Law], values: Callable[[int, int], list[Decimal]], largest: int
) -> Iterator[tuple[set[int], list[tuple[int, ...]]]]:
    """Each connected group of failing laws with all smallest sets, by trying every value."""
    failing = [number for number, law in enumerate(laws) if not law.holds(figures)]
    groups: list[set[int]] = []
    for number in failing:
        near = [g for g in groups if any(laws[other].cells & laws[number].cells for other in g)]
        groups = [g for g in groups if g not in near]
        groups.append({number}.union(*near))
    passing = [law for number, law in enumerate(laws) if number not in failing]
    for group in groups:
        wanted = [laws[number] for number in group]
        for size in range(1, largest + 1):
            sets = []
            for cells in combinations(sorted(figures), size):
                touched = wanted + [law for law in passing if law.cells & set(cells)]
                for tried in product(*(values(cell, size) for cell in cells)):
                    changed = {**figures, **dict(zip(cells, tried, strict=True))}
                    if all(law.holds(changed) for law in touched):
                        sets.append(cells)
                        break
            if sets:
                yield group, sets
                break


def _compare(figures: Mapping[int, Decimal], laws: list[Law], form: Form, values: object, largest: int) -> int:
    submission = _submission(form, figures)
    found = {
        frozenset(int(rule[1:]) for rule in group.rules): [
            tuple(cell.order for cell in culprit.cells) for culprit in group.culprits
        ]
        for group in likely_culprits(submission, check(submission), PLENTY)
    }
    expected = {frozenset(group): sets for group, sets in _brute(figures, laws, values, largest)}  # type: ignore[arg-type]
    shown = (dict(figures), [law.text for law in laws])
    for group, sets in expected.items():
        assert found.get(group) == sets, shown
    for group, sets in found.items():
        assert group in expected or len(sets[0]) > largest, shown
    return len(expected)


_OPERATORS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "=": lambda a, b: a == b,
    "<=": lambda a, b: a <= b,
    "<": lambda a, b: a < b,
    ">=": lambda a, b: a >= b,
    ">": lambda a, b: a > b,
}


@st.composite
def _systems(draw: st.DrawFn) -> tuple[dict[int, Decimal], list[Law]]:
    size = draw(st.integers(3, 6))
    figures = {order: Decimal(draw(st.integers(0, 6))) for order in range(1, size + 1)}
    laws = []
    for _ in range(draw(st.integers(1, 4))):
        order = draw(st.permutations(range(1, size + 1)))
        count = draw(st.integers(2, size))
        left, rest = order[0], order[1:count]
        op = draw(st.sampled_from(("=", "=", "<=", ">=", "<", ">")))
        cut = draw(st.integers(1, len(rest)))
        readings = [rest[:cut]] if cut == len(rest) else draw(st.sampled_from(([rest], [rest[:cut], rest[cut:]])))
        form = draw(st.sampled_from(("sum", "+", "max")))
        texts = []
        for reading in readings:
            names = [f"r{cell}" for cell in reading]
            texts.append(" + ".join(names) if form == "+" else f"{form}({', '.join(names)})")

        def holds(
            values: Mapping[int, Decimal],
            left: int = left,
            op: str = op,
            readings: list[list[int]] = readings,
            form: str = form,
        ) -> bool:
            total = max if form == "max" else sum
            return any(_OPERATORS[op](values[left], total(values[cell] for cell in part)) for part in readings)

        laws.append(Law((f"r{left}", op, " | ".join(texts)), frozenset((left, *rest)), holds))
    return figures, laws


@settings(max_examples=120, deadline=None)
@given(_systems())
def test_all_smallest_sets(system: tuple[dict[int, Decimal], list[Law]]) -> None:
    """Counts 0–6 with random sums, bounds and alternatives: the same sets as trying every value."""
    figures, laws = system

    def values(cell: int, size: int) -> list[Decimal]:
        return [Decimal(value) for value in range(80 if size == 1 else 40)]

    _compare(figures, laws, _form(len(figures), laws), values, 2)


@pytest.mark.parametrize("seed", range(12))
def test_all_smallest_sets_with_ratios(seed: int) -> None:
    """A typed ratio, its numerator and denominator, and bounds on all three, with the tolerance of the check."""
    draw = random.Random(seed)
    figures = {1: Decimal(draw.randint(0, 1000)) / 10, 2: Decimal(draw.randint(0, 6)), 3: Decimal(draw.randint(0, 6))}
    figures[4] = Decimal(draw.randint(0, 6))

    def ratio(values: Mapping[int, Decimal]) -> bool:
        if not values[3]:
            return not values[2] and not values[1]
        return agrees(values[1], 100 * values[2] / values[3])

    laws = [
        Law(("r1", "=", "ratio(r2, r3)"), frozenset({1, 2, 3}), ratio, RuleKind.RATIO),
        Law(("r2", "<=", "r3"), frozenset({2, 3}), lambda v: v[2] <= v[3]),
    ]
    if draw.random() < 0.7:
        op = draw.choice(("=", "<=", ">="))
        side = draw.choice((2, 3))
        laws.append(Law((f"r{side}", op, "r4"), frozenset({side, 4}), lambda v: _OPERATORS[op](v[side], v[4])))
    form = _form(4, laws, {1: CellKind.PERCENT})

    def values(cell: int, size: int) -> list[Decimal]:
        if cell != 1:
            return [Decimal(value) for value in range(1200 if size == 1 else 130)]
        return [Decimal(value) / 10 for value in range(0, 1001)] if size == 1 else [Decimal(v) for v in range(101)]

    if 0 in (figures[2], figures[3]):
        figures[2], figures[3] = figures[2] + 1, figures[3] + 2
    _compare(figures, laws, form, values, 2)


@settings(max_examples=300, deadline=None)
@given(
    st.integers(1, 3).flatmap(
        lambda n: st.tuples(
            st.just(n), st.lists(st.tuples(st.tuples(*[st.integers(-3, 3)] * n), st.integers(-8, 8)), max_size=6)
        )
    )
)
def test_whole_number_solutions(system: tuple[int, list[Inequality]]) -> None:
    """Inequalities with coefficients −3…3: a solution is found where one exists, and only there."""
    unknowns, rows = system

    def exists(below: int) -> bool:
        return any(
            all(sum(a * x for a, x in zip(coefficients, point, strict=True)) <= bound for coefficients, bound in rows)
            for point in product(range(below), repeat=unknowns)
        )

    try:
        found = solvable(rows, unknowns)
    except Undecided:
        assert not exists(26)
        return
    # few systems as small as these have their first solution further out
    assert exists(26) == found or (found and exists(101))


# The constraints say what the checks say --------------------------------------------------------------------------


def _random_submission(form: Form, draw: random.Random) -> Submission:
    fill, typed_over, top = draw.choice((0.3, 0.9, 1.0)), draw.choice((0, 0.1, 0.5, 1)), draw.choice((2, 5, 50))
    blank = blank_submission(form, Stamp(form.id, 1, "x", "x", period="2023-NAM"))
    entries = dict(blank.entries)

    def put(ref: CellRef, value: Value) -> None:
        entries[ref] = replace(entries[ref], value=value, formula=FormulaState.NONE)

    for ref, spec in form.cells.items():
        if spec.column.given or (spec.derived and draw.random() > typed_over):
            continue
        figure = spec.kind.figure and spec.kind is not CellKind.YESNO
        if draw.random() > fill:
            if draw.random() < 0.05 and figure:
                put(ref, NOT_APPLICABLE)
            elif spec.derived:
                put(ref, BLANK)
        elif spec.kind is CellKind.MARK and spec.row.role is not RowRole.TOTAL:
            if draw.random() < 0.5:
                put(ref, Value(State.TEXT, text="x"))
        elif figure:
            decimals = spec.kind in (CellKind.PERCENT, CellKind.DECIMAL, CellKind.MONEY)
            put(ref, number_value(Decimal(draw.randint(0, top)) / (draw.choice((1, 10)) if decimals else 1)))
        elif spec.column.key == "field":
            put(ref, Value(State.TEXT, text=draw.choice(("Hộ tịch", "Chứng thực", "abc"))))
    return Submission("x.xlsx", form, blank.stamp, entries)


@pytest.mark.parametrize("form_id", sorted(form_ids()))
def test_constraints_agree_with_the_checks(form_id: str) -> None:
    """Every error rule of every form, on random figures with blanks: passes, fails or is softened as the check says."""
    form = load_form(form_id)
    draw = random.Random(form_id)
    outcomes = set()
    for _ in range(15):
        submission = _random_submission(form, draw)
        context = Context(submission, SubmissionFigures(submission))
        search = Search(context, time.thread_time() + PLENTY)
        for instance in (instance for instances in search.index.by_rule.values() for instance in instances):
            rule, order = instance
            if rule.kind in run._ONCE:
                outcome = run._ONCE[rule.kind](rule, context)
            else:
                outcome = run._EACH_ROW[rule.kind](rule, context, order)
            constraint = search.constraint(instance)
            keep, no_worse = (search.holds(constraint, demand) for demand in (Demand.KEEP, Demand.NO_WORSE))
            # A gap that is left is no contradiction: the rule holds.
            gaps = ("chua-het", "chua-danh-dau")
            failed = not isinstance(outcome, Silent) and any(f.code not in gaps for f in outcome)
            error = not isinstance(outcome, Silent) and any(f.severity is Severity.ERROR for f in outcome)
            outcomes.add((failed, error))
            assert (not keep, not no_worse) == (failed, error), (rule.id, order, outcome)
            assert not (failed and search.holds(constraint, Demand.MEND)), rule.id
    assert {(False, False), (True, True)} <= outcomes


@pytest.mark.parametrize("form_id", sorted(form_ids()))
def test_answers_mend_the_form(form_id: str) -> None:
    """On random figures of the real forms: each single cell that is named has a value that mends its group."""
    form = load_form(form_id)
    draw = random.Random(form_id)
    tried = 0
    for _ in range(4):
        submission = _random_submission(form, draw)
        before = check(submission)
        broken = {(f.rule, f.cell, f.sheet) for f in before.findings if f.severity is Severity.ERROR}
        for group in likely_culprits(submission, before, budget=0.5)[:10]:
            for culprit in group.culprits[:3]:
                if len(culprit.cells) > 1 or tried > 40:
                    continue
                (ref,) = culprit.cells
                spec, entry = form.cells[ref], submission.entries[ref]
                if spec.kind is CellKind.MARK and spec.row.role is not RowRole.TOTAL:
                    values = [BLANK, Value(State.TEXT, text="x")]
                else:
                    values = [number_value(number) for number in range(0, 400)]
                    if spec.kind is CellKind.PERCENT:
                        values += [number_value(Decimal(n) / 10) for n in range(0, 2000)]
                tried += 1
                assert any(
                    _mends({**submission.entries, ref: replace(entry, value=value)}, submission, group, broken)
                    for value in values
                ), (group.rules, ref)
    assert tried or not broken


def _mends(
    entries: Mapping[CellRef, Entry], submission: Submission, group: CulpritGroup, broken: set[tuple[str, str, str]]
) -> bool:
    after = check(replace(submission, entries=entries))
    errors = {(f.rule, f.cell, f.sheet) for f in after.findings if f.severity is Severity.ERROR}
    before = {key for key in broken if key[0] in group.rules}
    return len({key for key in errors if key[0] in group.rules}) < len(before)
