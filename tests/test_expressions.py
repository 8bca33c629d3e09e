"""The expression language: what it refuses, what blanks mean, and that Python and Excel compute the same."""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from judge import recalculate

from cchc_xl.expressions import (
    CellRef,
    ColumnRef,
    ExpressionFault,
    Names,
    NotNative,
    as_excel,
    cell_refs,
    column_refs,
    evaluate,
    holds,
    parse,
    parse_alternatives,
)
from cchc_xl.layout import cell_address
from cchc_xl.values import State, Value, from_cell, normalise

NAMES = Names(
    "A",
    {
        "A": frozenset({"stt", "label", "value", "note"}),
        "T": frozenset({"label", "code", "field", "level", "online", "done"}),
    },
)
T_ROWS = (1, 2, 3)


@dataclass(frozen=True)
class Cells:
    """Figures over cells written as `r1` (value of A) or `T.1.online`."""

    contents: Mapping[CellRef, Value]

    def number(self, ref: CellRef) -> Decimal | None:
        return self.contents[ref].number if ref in self.contents else None

    def filled(self, ref: CellRef) -> bool:
        return ref in self.contents and self.contents[ref].filled

    def matching_key(self, ref: CellRef) -> str:
        return normalise(self.contents[ref].text) if ref in self.contents else ""

    def column(self, ref: ColumnRef) -> Sequence[CellRef]:
        return [CellRef(ref.appendix, order, ref.column) for order in T_ROWS]

    def numbers(self, ref: ColumnRef) -> Sequence[Decimal]:
        return [number for cell in self.column(ref) if (number := self.number(cell)) is not None]

    def rows(self, appendix: str) -> Sequence[int]:
        return T_ROWS

    def orders_by_key(self, ref: ColumnRef) -> dict[str | Decimal, list[int]]:
        index: dict[str | Decimal, list[int]] = {}
        for cell in self.column(ref):
            number = self.number(cell)
            index.setdefault(number if number is not None else self.matching_key(cell), []).append(cell.order or 0)
        return index

    def note(self, ref: CellRef) -> str:
        return ""

    def marked(self, ref: CellRef) -> bool:
        return ref in self.contents and self.contents[ref].text == "x"


def cells(**contents: object) -> Cells:
    """`r1=5` is a cell of A; `online=[1, None, 3]` a column of T."""
    found: dict[CellRef, Value] = {}
    for name, content in contents.items():
        if isinstance(content, list):
            found |= {CellRef("T", order, name): from_cell(raw) for order, raw in zip(T_ROWS, content, strict=True)}
        else:
            found[CellRef("A", int(name[1:]), "value")] = from_cell(content)
    return Cells(found)


# the parser -----------------------------------------------------------------------------------------------------------

REFUSED = [
    "", "r1 +", "r1;r2", "r1 = r2", "r1 := 2", "r1\0",
    "__import__('os')", "open('x')", "eval('1')", "abs(r1)", "Sum(r1)", "sum(r1)(r2)", "(lambda: 1)()",
    "r1.__class__", "A.__class__", "A.r1.__class__", "sum.__globals__", "r1.value.real",
    "r0", "r01", "r1.foo", "foo", "B.r1", "T.foo", "A.r1.foo",
    "'x'", "\"x\" == r1", "f'{r1}'", "b'x'", "True", "None", "...", "1j",
    "lambda: 1", "r1 if r2 else r3", "[r1]", "(r1, r2)", "{r1}", "{r1: r2}", "[x for x in r1]", "r1[0]", "(yield)",
    "sum(r1, start=r2)", "sum(*r1)", "sum(**r1)",
    "r1/r2", "r1//r2", "r1**2", "r1 % 2", "r1 << 2", "~r1", "+r1", "1 < r1 < 3", "r1 in r2", "r1 is r2",
    "A.value", "T.online", "T", "T.online + 1", "T.online > 0", "not T", "ratio(T.online, r1)", "max(T.online)",
    "present(T.online)", "count_rows(r1)", "count_rows(T.online)", "count_x(r1)", "sum_where(r1, T.field, r2)",
    "sum()", "present()", "present(r1, r2)", "ratio(r1)", "ratio(r1, r2, r3)", "count_where(T.level, 4)",
    "r1 | r2", "sum(r1 | r2)",
]  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_the_parser_refuses_what_is_not_in_the_language(text: str) -> None:
    """Calls outside the whitelist, attribute tricks, unknown names, texts and Python's other syntax are faults."""
    with pytest.raises(ExpressionFault):
        parse(text, NAMES)


@pytest.mark.parametrize(
    "text",
    [pytest.param("-" * 5000 + "r1", id="minus"), pytest.param("(" * 5000 + "r1", id="brackets")],
)
def test_absurd_nesting_is_a_fault_too(text: str) -> None:
    """A text nested beyond reason is refused like any other."""
    with pytest.raises(ExpressionFault):
        parse(text, NAMES)


def test_an_infinite_number_is_a_fault() -> None:
    """A constant beyond all floats is refused."""
    with pytest.raises(ExpressionFault):
        parse("1e999", NAMES)


def test_names_mean_cells_columns_and_the_current_row() -> None:
    """`r15` is a cell of this appendix, `T.r2.online` of a table, `note` of the current row, `T.online` a column."""
    node = parse("sum(r15, A.r3, T.r2.online, note, T.online)", NAMES)
    assert cell_refs(node) == (
        CellRef("A", 15, "value"),
        CellRef("A", 3, "value"),
        CellRef("T", 2, "online"),
        CellRef("A", None, "note"),
    )
    assert column_refs(node) == (ColumnRef("T", "online"),)


def test_readings_joined_by_a_bar_are_alternatives_in_order() -> None:
    """The first reading is the one that is computed."""
    assert parse_alternatives("r1 | r2 + r3 | 5", NAMES) == tuple(parse(t, NAMES) for t in ("r1", "r2 + r3", "5"))


# blanks ---------------------------------------------------------------------------------------------------------------

T = {
    "online": [5, None, 7],
    "done": ["x", None, "x"],
    "field": ["Đất đai", "HỘ TỊCH", "đất  đai"],
    "code": ["1.1.1.1", "1.1.2.1", "1.1.1.2"],
    "level": [4, 4, 4],
}
VALUES: list[tuple[str, dict[str, object], object]] = [
    ("r1", {"r1": 0}, 0),
    ("r1", {}, None),
    ("r1", {"r1": "-"}, None),
    ("r1 + r2", {"r1": 1, "r2": 2}, 3),
    ("r1 + r2", {"r1": 1}, None),
    ("r1 - r2 * 2", {"r1": 1, "r2": "-"}, None),
    ("-r1", {"r1": 4}, -4),
    ("0.1 + 0.2", {}, "0.3"),
    ("ratio(r1, r2)", {"r1": 1, "r2": 8}, "12.5"),
    ("ratio(r1, r2)", {"r1": 0, "r2": 8}, 0),
    ("ratio(r1, r2)", {"r1": 0, "r2": 0}, None),
    ("ratio(r1, r2)", {"r1": 1}, None),
    ("ratio(r1, r2)", {"r2": 1}, None),
    ("sum(r1, r2, r3)", {"r1": 1, "r3": 2}, 3),
    ("sum(r1, r2)", {}, None),
    ("sum(r1, r2)", {"r1": "-"}, None),
    ("sum(r1, r2)", {"r1": 0}, 0),
    ("sum(T.online)", T, 12),
    ("sum(T.online)", {"online": [None, "-", None]}, None),
    ("max(r1, r2)", {"r1": -3}, -3),
    ("min(r1, r2)", {"r1": 3, "r2": 2}, 2),
    ("max(r1, r2)", {}, None),
    ("present(r1)", {}, 0),
    ("present(r1)", {"r1": 0}, 1),
    ("present(r1)", {"r1": "-"}, 1),
    ("present(r1)", {"r1": "  "}, 0),
    ("count_x(T.done)", T, 2),
    ("count_x(T.done)", {}, 0),
    ("count_rows(T)", {}, 3),
    ("sum_where(T.online, T.field, T.r1.field)", T, 12),
    ("sum_where(T.online, T.field, T.r2.field)", T, 0),
    ("count_where(T.level, 4, T.online)", T, 2),
    ("count_distinct(T.code, T.level, 4, T.online)", T, 2),
    ("count_groups(T.code, T.level, 4, T.online)", T, 1),
    ("count_groups(T.code, T.level, 3, T.online)", T, 0),
    ("r1 == r2", {"r1": 1, "r2": 1}, 1),
    ("r1 != r2", {"r1": 1, "r2": 1}, 0),
    ("r1 < r2", {"r1": 1}, None),
]


@pytest.mark.parametrize(("text", "contents", "value"), VALUES)
def test_blanks_mean_what_the_language_says(text: str, contents: dict[str, object], value: object) -> None:
    """Blank, zero and dash lead to a value or to none, as README.md states for each function."""
    assert evaluate(parse(text, NAMES), cells(**contents)) == (None if value is None else Decimal(str(value)))


@pytest.mark.parametrize(("text", "value"), [("r1 + r2", 5), ("sum(r1, r3)", 5), ("max(r2, r3)", 0), ("r2 == 0", 1)])
def test_a_rule_may_count_blanks_as_zero(text: str, value: int) -> None:
    """The missing modes skip_all and never put 0 in place of a blank."""
    assert evaluate(parse(text, NAMES), cells(r1=5), blank_is_zero=True) == value


def test_the_current_row_of_a_rule_is_filled_in() -> None:
    """A bare column name is the cell of the row at hand."""
    names = Names("T", NAMES.columns)
    assert [evaluate(parse("online", names), cells(**T), order) for order in T_ROWS] == [5, None, 7]


_KNOWN = {True: {"r1": 1}, False: {"r1": 0}, None: {}}
THREE_VALUED = [
    # left, right, and, or
    (True, True, True, True),
    (True, False, False, True),
    (False, False, False, False),
    (True, None, None, True),
    (False, None, False, None),
    (None, None, None, None),
]


@pytest.mark.parametrize(("left", "right", "both", "either"), THREE_VALUED)
def test_and_or_not_are_three_valued(
    left: bool | None, right: bool | None, both: bool | None, either: bool | None
) -> None:
    """One false decides an `and`, one true an `or`; otherwise the unknown stays unknown."""
    figures = cells(r1=None if left is None else int(left), r2=None if right is None else int(right))
    for one, other in (("r1", "r2"), ("r2", "r1")):
        assert holds(parse(f"{one} == 1 and {other} == 1", NAMES), figures) is both
        assert holds(parse(f"{one} == 1 or {other} == 1", NAMES), figures) is either
    assert holds(parse("not r1 == 1", NAMES), figures) is (None if left is None else not left)


@pytest.mark.parametrize(
    "text",
    ["sum_where(T.online, T.field, r1)", "count_where(T.level, 4, T.online)",
     "count_distinct(T.code, T.level, 4, T.online)", "r1 + count_groups(T.code, T.level, 4, T.online)"],
)  # fmt: skip
def test_joins_by_name_have_no_native_formula(text: str) -> None:
    """What Excel cannot state sensibly says so instead of giving a wrong formula."""
    with pytest.raises(NotNative):
        as_excel(parse(text, NAMES), _Line(0))


# Python and Excel -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Line:
    """Addresses of one case, all in one line of the sheet: r1 … r4 in A … D, online in E … G, done in H … J."""

    row: int

    def cell(self, ref: CellRef) -> str:
        return cell_address(self.row, (ref.order or 1) - 1)

    def column(self, ref: ColumnRef) -> str:
        first = 4 if ref.column == "online" else 7
        return f"{cell_address(self.row, first)}:{cell_address(self.row, first + 2)}"

    def row_count(self, appendix: str) -> int:
        return len(T_ROWS)


AGREEING = [
    "r1", "-r1", "7", "r1 + r2 - r3", "(r1 - r2) * 2 + 0.5", "r1 * r2",
    "ratio(r1, r2)", "ratio(r1, r1)", "ratio(r1, sum(r2, r3))",
    "sum(r1, r2, r3, r4)", "sum(r1)", "max(r1, r2, r3)", "min(r1, r2, r3)",
    "sum(T.online)", "sum(T.online, r1)", "count_x(T.done)", "count_rows(T)", "present(r1)",
    "r1 == r2", "r1 != r2", "r1 < r2", "r1 <= r2", "r1 > 0", "r1 + r2 >= r3", "not r1 == r2",
]  # fmt: skip
NESTED = [
    "sum(r1, r2) - r3",
    "max(r1, r2) + r3",
    "sum(r1, r2) <= r3",
    "max(r1, r2) - sum(T.online)",
    "r1 + sum(T.online)",
    "ratio(sum(r1, r2), r3)",
    "ratio(r1 - r2, r1)",
    "present(r1) and r2 > 0",
    "not present(r1)",
    "r1 > 0 and r2 > 0",
    "r1 > 0 or r2 > 0",
]
CASES = 250


def _random_case(rng: random.Random) -> dict[str, object]:
    """Numbers, blanks, zeros and dashes; small numbers often, so that equalities occur."""

    def figure() -> object:
        kinds = [None, 0, "-", rng.randint(0, 3), rng.randint(0, 3), rng.randint(0, 20000),
                 rng.randint(0, 9_999_999_999), round(rng.uniform(0, 100), 2)]  # fmt: skip
        return rng.choice(kinds)

    def mark() -> object:
        return rng.choice([None, "x", "-"])

    blank_rows = rng.random() < 0.2
    contents: dict[str, object] = {f"r{n}": None if blank_rows and n < 4 else figure() for n in range(1, 5)}
    contents["online"] = [None if rng.random() < 0.3 else figure() for _ in T_ROWS]
    contents["done"] = [mark() for _ in T_ROWS]
    return contents


@pytest.fixture(scope="module")
def judged(
    soffice: Path, tmp_path_factory: pytest.TempPathFactory
) -> list[tuple[dict[str, object], dict[str, object]]]:
    """Random cases with LibreOffice's result of every expression; one workbook, one recalculation."""
    rng = random.Random(20240614)
    cases = [_random_case(rng) for _ in range(CASES)]
    texts = AGREEING + NESTED
    folder = tmp_path_factory.mktemp("expressions")
    path = folder / "cases.xlsx"
    with xlsxwriter.Workbook(str(path)) as workbook:
        sheet = workbook.add_worksheet("S")
        for row, case in enumerate(cases):
            flat = [case[f"r{n}"] for n in range(1, 5)] + [*case["online"], *case["done"]]  # type: ignore[misc]
            for column, content in enumerate(flat):
                if content is not None:
                    sheet.write(row, column, content)
            for column, text in enumerate(texts, start=12):
                sheet.write_formula(row, column, as_excel(parse(text, NAMES), _Line(row)))
    [answer] = recalculate([path], folder / "judged")
    shown = openpyxl.load_workbook(answer, data_only=True)["S"]
    return [
        (case, {text: shown.cell(row, column).value for column, text in enumerate(texts, start=13)})
        for row, case in enumerate(cases, start=1)
    ]


def _differences(text: str, judged: list[tuple[dict[str, object], dict[str, object]]]) -> list[str]:
    node = parse(text, NAMES)
    found = []
    for case, results in judged:
        value, shown = evaluate(node, cells(**case)), results[text]
        if value is None:
            same = shown in (None, "")
        else:
            same = isinstance(shown, int | float) and math.isclose(float(value), shown, rel_tol=1e-12, abs_tol=1e-9)
        if not same:
            found.append(f"{case}: Python {value}, LibreOffice {shown!r}")
    return found


@pytest.mark.parametrize("text", AGREEING)
def test_python_and_the_workbook_compute_the_same(
    text: str, judged: list[tuple[dict[str, object], dict[str, object]]]
) -> None:
    """On random figures the native formula shows Python's value, and "" exactly where Python has none."""
    assert _differences(text, judged) == []


@pytest.mark.parametrize("text", NESTED)
def test_python_and_the_workbook_compute_the_same_when_nested(
    text: str, judged: list[tuple[dict[str, object], dict[str, object]]]
) -> None:
    """The same for functions inside expressions and for conditions over blanks."""
    assert _differences(text, judged) == []


def test_the_random_cases_reach_both_values_and_blanks(
    judged: list[tuple[dict[str, object], dict[str, object]]],
) -> None:
    """The comparison is no empty one: each expression with cells has cases with a value, most also without."""
    for text in AGREEING:
        values = [evaluate(parse(text, NAMES), cells(**case)) for case, _ in judged]
        assert any(value is not None for value in values)
    assert any(evaluate(parse("sum(r1, r2, r3)", NAMES), cells(**case)) is None for case, _ in judged)
    assert {from_cell(case["r1"]).state for case, _ in judged} == {State.BLANK, State.NUMBER, State.NOT_APPLICABLE}
