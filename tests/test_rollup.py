"""Roll-up: the units' figures → the parent's, one small table for each kind, and what holds for any figures."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from submissions import child, make

from cchc_xl.catalogue.load import load_form
from cchc_xl.catalogue.model import Rollup
from cchc_xl.consolidation.lines import Child
from cchc_xl.consolidation.rollup import consolidate
from cchc_xl.consolidation.summary import Summary
from cchc_xl.merging import MergeRequest, merge
from cchc_xl.report.as_json import summary_json
from cchc_xl.values import format_number

COMMUNE, OTHER_COMMUNE = "vinh-thanh-2023", "cam-giang-2024"
DISTRICT, OTHER_DISTRICT = "ninh-hai-2023", "cu-lao-dung-2024"
Texts = dict[str, str]


def unit(code: str, texts: Texts, form: str = COMMUNE) -> Child:
    """A unit by its filled cells: ``{"PL6.56": "1.200", "PL4.1.online": "5"}``."""
    figures: dict[str, dict[int, dict[str, str]]] = {}
    for place, text in texts.items():
        appendix, order, *column = place.split(".")
        figures.setdefault(appendix, {}).setdefault(int(order), {})[column[0] if column else "value"] = text
    return child(code, figures, form)


def rolled_up(*units: Child, form: str = COMMUNE) -> dict[str, dict]:
    """The rows as tong-hop prints them, by place."""
    summary_form = load_form(form)
    cells = consolidate(summary_form, units)
    rows = summary_json(Summary(summary_form, "2023-NAM", "", "", None, [], units, cells), None)["rows"]
    places = [cell.spec.ref for cell in cells]
    return {
        f"{ref.appendix}.{ref.order}" + ("" if ref.column == "value" else f".{ref.column}"): row
        for ref, row in zip(places, rows, strict=True)
    }


def lines(table: str) -> list[list[str]]:
    """The cells of a text table; ``.`` is a blank."""
    return [["" if cell == "." else cell for cell in line.split()] for line in table.strip().splitlines()]


def number(text: str) -> float | None:
    return float(text) if text else None


# kind          row      A       B       C        value   min  max   n  counts
TABLE = """
sum             PL6.2    15      7       3        25      .    .     3  .
sum             PL6.2    15      0       .        15      .    .     2  .
sum             PL6.2    0       0       .        0       .    .     2  .
sum             PL6.2    .       .       .        .       .    .     0  .
sum             PL6.2    -       .       -        .       .    .     0  .
sum             PL6.2    -       4       0        4       .    .     2  .
sum             PL6.95   0,5     1.200,25 0,25    1201    .    .     3  .
sum             PL6.95   0,1     0,2     .        0.3     .    .     2  .
sum             PL6.133  999.999.999.999 1 .      1e12    .    .     2  .
shared          PL6.45   108     108     108      108     108  108   3  .
shared          PL6.45   108     .       -        108     108  108   1  .
shared          PL6.45   108     110     108      .       108  110   3  .
shared          PL6.45   0       108     .        .       0    108   2  .
shared          PL6.45   0       0       0        0       0    0     3  .
shared          PL6.45   .       -       .        .       .    .     0  .
distinct        PL6.120  5       3       4        .       5    12    3  .
distinct        PL6.120  5       5       .        .       5    10    2  .
distinct        PL6.120  5       0       .        5       5    5     2  .
distinct        PL6.120  5       .       .        5       5    5     1  .
distinct        PL6.120  0       0       -        0       0    0     2  .
distinct        PL6.120  .       .       .        .       .    .     0  .
spread          PL6.128  99,5    80      100      .       80   100   3  .
spread          PL6.128  50      50      .        .       50   50    2  .
spread          PL6.128  0       .       -        .       0    0     1  .
spread          PL6.128  .       .       .        .       .    .     0  .
count_yes       PL6.16   1       0       1        2       .    .     3  1:2,0:1
count_yes       PL6.16   1       .       -        1       .    .     1  1:1,0:0
count_yes       PL6.16   0       0       0        0       .    .     3  1:0,0:3
count_yes       PL6.16   .       -       .        .       .    .     0  .
distribution    PL6.18   0       2       2        .       .    .     3  0:1,1:0,2:2
distribution    PL6.18   1       -       .        .       .    .     1  0:0,1:1,2:0
"""


@pytest.mark.parametrize("line", lines(TABLE), ids=" ".join)
def test_each_kind(line):
    kind, place, *texts, value, low, high, n, counts = line
    row = rolled_up(*(unit(code, {place: text}) for code, text in zip("ABC", texts, strict=True)))[place]
    assert row["rollup"] == kind
    assert row["value"] == number(value)
    assert (row.get("min"), row.get("max")) == (number(low), number(high))
    assert row["n_units"] == int(n)
    wanted = {key: int(count) for key, count in (pair.split(":") for pair in counts.split(",") if pair)}
    assert row.get("counts", {}) == wanted
    # Each unit's own figure stands beside: a blank, a zero and a dash are three things.
    shown = {
        text: None if not text else "-" if text == "-" else float(text.replace(".", "").replace(",", "."))
        for text in texts
    }
    assert row["units"] == {code: shown[text] for code, text in zip("ABC", texts, strict=True)}
    assert not {"children", "left_out"} & set(row)


def test_yes_and_no_in_words():
    units = (unit(code, {"PL1.11": word}, OTHER_COMMUNE) for code, word in zip("ABC", ("Có", "không", ""), strict=True))
    row = rolled_up(*units, form=OTHER_COMMUNE)["PL1.11"]
    assert (row["value"], row["n_units"], row["counts"]) == (1, 2, {"1": 1, "0": 1})
    assert row["units"] == {"A": 1, "B": 0, "C": None}


def test_a_code_of_the_list_that_nobody_has_is_counted_too():
    assert rolled_up(unit("A", {}))["PL6.18"]["counts"] == {"0": 0, "1": 0, "2": 0}


def test_a_code_out_of_the_list_is_no_no():
    row = rolled_up(unit("A", {"PL6.16": "1"}), unit("B", {"PL6.16": "2"}))["PL6.16"]
    assert row["counts"]["0"] == 0


class TestRecompute:
    """PL6.54 = 100 · r57 / r56."""

    # n/d of A, B, C           value     n   left out
    TABLE = """
    99/100  1/2     .          98.0392156862745  2  C
    99/100  1/2     0/0        98.0392156862745  3  .
    1/2     1/2     1/2        50        3   .
    .       0/4     /8         0         1   A,C
    5/      /8      .          .         0   A,B,C
    3/4     5/-     .          75        1   B,C
    0/0     .       .          .         1   B,C
    """

    @pytest.mark.parametrize("line", lines(TABLE), ids=" ".join)
    def test_from_the_sums_of_those_that_have_both(self, line):
        *fractions, value, n, left_out = line
        units = []
        for code, fraction in zip("ABC", fractions, strict=True):
            top, _, bottom = fraction.partition("/")
            units.append(unit(code, {"PL6.57": top, "PL6.56": bottom}))
        row = rolled_up(*units)["PL6.54"]
        assert row["rollup"] == "recompute"
        assert row["value"] == pytest.approx(number(value), abs=1e-12)
        assert row["n_units"] == int(n)
        assert row.get("left_out", []) == [f"xã {code}" for code in left_out.split(",") if code]

    def test_what_was_typed_over_the_formula_does_not_count(self):
        row = rolled_up(
            unit("A", {"PL6.57": "1", "PL6.56": "2", "PL6.54": "99"}), unit("B", {"PL6.57": "1", "PL6.56": "2"})
        )["PL6.54"]
        assert row["value"] == 50
        assert row["units"] == {"A": 50, "B": 50}

    def test_a_figure_without_its_parts_names_its_unit(self):
        row = rolled_up(unit("A", {"PL6.54": "99"}), unit("B", {"PL6.57": "1", "PL6.56": "2"}))["PL6.54"]
        assert (row["value"], row["left_out"]) == (50, ["xã A"])

    def test_units_counted_are_those_recomputed(self):
        row = rolled_up(unit("A", {"PL6.54": "99"}), unit("B", {"PL6.57": "1", "PL6.56": "2"}))["PL6.54"]
        assert row["n_units"] == 1

    def test_the_whole_form_has_no_average(self):
        """Weights differ: (0 + 300)/(100 + 300) is 75, the average of 0 and 100 is 50."""
        zero, full = {"PL6.57": "0", "PL6.56": "100"}, {"PL6.57": "300", "PL6.56": "300"}
        assert rolled_up(unit("A", zero), unit("B", full))["PL6.54"]["value"] == 75


class TestTables:
    def test_marks(self):
        """A has done task 2, B has not, C says nothing."""
        rows = rolled_up(unit("A", {"PL1.2.done": "x"}), unit("B", {"PL1.2.not_done": "X"}), unit("C", {}))
        done, undone = rows["PL1.2.done"], rows["PL1.2.not_done"]
        assert (done["rollup"], done["value"], done["n_units"]) == ("count_yes", 1, 2)
        assert (done["counts"], done["units"]) == ({"1": 1, "0": 1}, {"A": 1, "B": 0, "C": None})
        assert (undone["value"], undone["units"]) == (1, {"A": 0, "B": 1, "C": None})
        assert (rows["PL1.3.done"]["value"], rows["PL1.3.done"]["n_units"]) == (None, 0)

    def test_totals_of_marks_count_tasks(self):
        texts = [{"PL1.2.done": "x", "PL1.3.done": "x"}, {"PL1.2.not_done": "x"}]
        rows = rolled_up(*(unit(code, marks) for code, marks in zip("AB", texts, strict=True)))
        total = rows["PL1.31.done"]
        assert (total["rollup"], total["value"], total["units"]) == ("sum", 2, {"A": 2, "B": 0})
        assert rows["PL1.31.not_done"]["value"] == 1

    def test_matrix(self):
        rows = rolled_up(
            unit("A", {"PL4.1.online": "5", "PL4.1.direct": "2", "PL4.2.online": "10", "PL4.1.late": "0"}),
            unit("B", {"PL4.1.online": "1.000"}),
        )
        online = rows["PL4.1.online"]
        assert (online["value"], online["n_units"], online["units"]) == (1005, 2, {"A": 5, "B": 1000})
        # Totals of rows and columns are the form's formulas, in each unit.
        assert (rows["PL4.1.received"]["value"], rows["PL4.1.received"]["units"]) == (1007, {"A": 7, "B": 1000})
        assert (rows["PL4.6.online"]["value"], rows["PL4.6.online"]["units"]) == (1015, {"A": 15, "B": 1000})
        assert rows["PL4.6.received"]["value"] == 1017
        # Zero of one unit is a zero; a column that nobody filled is blank.
        assert (rows["PL4.1.late"]["value"], rows["PL4.1.late"]["n_units"]) == (0, 1)
        assert (rows["PL4.1.carried"]["value"], rows["PL4.6.carried"]["value"]) == (None, None)
        assert rows["PL4.1.received"]["column"] == "Số hồ sơ nhận giải quyết > Tổng số"

    def test_procedure_list(self):
        rows = rolled_up(
            unit("A", {"PL5.1.level": "4", "PL5.1.integrated": "1", "PL5.1.online": "5", "PL5.1.total": "9"}),
            unit("B", {"PL5.1.level": "3", "PL5.1.integrated": "1", "PL5.1.online": "0", "PL5.2.online": "8"}),
        )
        level, integrated = rows["PL5.1.level"], rows["PL5.1.integrated"]
        assert (level["rollup"], level["value"], level["min"], level["max"]) == ("shared", None, 3, 4)
        assert (integrated["rollup"], integrated["value"]) == ("shared", 1)
        assert (rows["PL5.1.online"]["value"], rows["PL5.1.total"]["value"]) == (5, 9)
        assert rows["PL5.1.total"]["units"] == {"A": 9, "B": None}
        # Rows 1 and 2 bear the same name and code and stay two rows.
        assert rows["PL5.2.online"]["value"] == 8

    def test_the_rows_are_those_of_the_form_in_its_order(self):
        rows = list(rolled_up(unit("A", {})))
        form = load_form(COMMUNE)
        assert len(rows) == len(set(rows))
        orders = [tuple(place.split(".")[:2]) for place in rows]
        printed = [(a.id, str(r.order)) for a in form.appendices for r in a.in_sheet]
        assert orders == sorted(orders, key=printed.index)
        # Every figure that is asked for, and no heading, text or note.
        assert {place for place in rows if place.startswith("PL6.")} == {
            f"PL6.{row.order}" for row in form.appendix("PL6").rows if row.code
        }
        assert "PL6.1" not in rows
        assert "PL6.2.note" not in rows


class TestAcrossForms:
    VINH_THANH: Texts = {  # noqa: RUF012
        "PL6.2": "5", "PL6.26": "1", "PL6.27": "2", "PL6.45": "108", "PL6.55": "1.010", "PL6.56": "1.000",
        "PL6.57": "990", "PL6.114": "90", "PL6.115": "100", "PL6.126": "1.100", "PL6.127": "900",
    }  # fmt: skip
    CAM_GIANG: Texts = {  # noqa: RUF012
        "PL1.2": "7", "PL1.28": "108", "PL1.35": "300", "PL1.36": "300", "PL1.38": "200", "PL1.39": "150",
        "PL1.85": "220", "PL1.86": "100",
    }  # fmt: skip

    def merged(self, form: str, **changes: Texts) -> dict[str, dict]:
        a = unit("A", self.VINH_THANH | changes.get("a", {}))
        b = unit("B", self.CAM_GIANG | changes.get("b", {}), OTHER_COMMUNE)
        return rolled_up(a, b, form=form)

    # place    kind               A      B      value  children  min  max
    TO_DISTRICT = """
    PL3.21     sum                1000   200    1200   .         .    .
    PL3.22     sum                990    150    1140   .         .    .
    PL3.20     recompute          99     75     95     .         .    .
    PL3.15     own_plus_children  1000   200    .      1200      .    .
    PL3.16     own_plus_children  990    150    .      1140      .    .
    PL3.39     own_plus_children  1100   220    .      1320      .    .
    PL3.40     own_plus_children  900    100    .      1000      .    .
    PL3.8      shared             108    108    108    .         108  108
    PL2.3      sum                3      absent 3      .         .    .
    PL7.13     recompute          90     absent 90     .         .    .
    PL7.9      spread             absent absent .      .         .    .
    PL1.1      none               absent absent .      .         .    .
    PL3.5      none               absent absent .      .         .    .
    PL3.14     none               absent absent .      .         .    .
    PL3.18     none               absent absent .      .         .    .
    PL3.38     none               absent absent .      .         .    .
    """
    TO_OTHER_DISTRICT = """
    SL.10      shared             108    108    108    .         108  108
    SL.17      sum                1010   absent 1010   .         .    .
    SL.18      sum                1000   200    1200   .         .    .
    SL.19      recompute          99     75     95     .         .    .
    SL.20      sum                absent absent .      .         .    .
    SL.21      spread             absent absent .      .         .    .
    SL.47      recompute          absent absent .      .         .    .
    SL.1       none               absent absent .      .         .    .
    SL.8       none               absent absent .      .         .    .
    """

    @pytest.mark.parametrize(
        ("form", "line"),
        [(DISTRICT, line) for line in lines(TO_DISTRICT)]
        + [(OTHER_DISTRICT, line) for line in lines(TO_OTHER_DISTRICT)],
        ids=lambda value: value if isinstance(value, str) else " ".join(value),
    )
    def test_by_canonical_code(self, form, line):
        place, kind, a, b, value, children, low, high = line
        row = self.merged(form)[place]
        assert row["rollup"] == kind
        assert row["units"] == {code: number(text) for code, text in (("A", a), ("B", b)) if text != "absent"}
        assert row["value"] == number(value)
        assert row.get("children") == number(children)
        assert (row.get("min"), row.get("max")) == (number(low), number(high))
        assert row["n_units"] == len(row["units"])

    def test_a_shared_list_in_dispute(self):
        row = self.merged(DISTRICT, b={"PL1.28": "110"})["PL3.8"]
        assert (row["value"], row["min"], row["max"], row["units"]) == (None, 108, 110, {"A": 108, "B": 110})

    def test_own_part_with_nothing_from_below(self):
        row = rolled_up(unit("A", {}), form=DISTRICT)["PL3.15"]
        assert (row["value"], row["n_units"], row.get("children")) == (None, 0, None)

    def test_own_part_with_zeros_and_dashes_from_below(self):
        row = rolled_up(unit("A", {"PL6.56": "0"}), unit("B", {"PL6.56": "-"}), form=DISTRICT)["PL3.15"]
        assert (row["value"], row["n_units"], row["children"]) == (None, 1, 0)
        assert row["units"] == {"A": 0, "B": "-"}

    def test_a_ratio_names_the_unit_without_parts(self):
        row = self.merged(DISTRICT, b={"PL1.39": ""})["PL3.20"]
        assert (row["value"], row["left_out"], row["n_units"]) == (99, ["xã B"], 1)

    def test_a_ratio_names_the_unit_whose_form_does_not_ask(self):
        assert self.merged(DISTRICT)["PL7.13"]["left_out"] == ["xã B"]

    def test_the_same_forms_are_of_one_level(self):
        """Districts into a province: rows that take nothing from communes add up."""
        texts = {"PL3.15": "10", "PL3.16": "9", "PL3.5": "300", "PL1.1": "4"}
        rows = rolled_up(unit("A", texts, DISTRICT), unit("B", texts, DISTRICT), form=DISTRICT)
        assert (rows["PL3.15"]["rollup"], rows["PL3.15"]["value"]) == ("sum", 20)
        assert (rows["PL3.14"]["rollup"], rows["PL3.14"]["value"]) == ("recompute", 90)
        assert (rows["PL3.5"]["rollup"], rows["PL3.5"]["value"]) == ("shared", 300)
        assert rows["PL1.1"]["value"] == 8

    def test_rows_of_one_name_stay_apart_beside_another_form(self):
        """PL5 rows 1 and 2 bear one name: a unit of the summary's own form keeps its rows where others differ."""
        a = unit("A", {"PL5.1.online": "5", "PL5.2.online": "8"})
        rows = rolled_up(a, unit("B", self.CAM_GIANG, OTHER_COMMUNE))
        assert (rows["PL5.1.online"]["value"], rows["PL5.2.online"]["value"]) == (5, 8)

    def test_rows_of_one_code_keep_their_figures_beside_another_form(self):
        """Rows 49, 54 and 61 ask for the same quantity; only the second is filled."""
        b = unit("B", {"PL1.54": "20"}, OTHER_COMMUNE)
        rows = rolled_up(unit("A", self.VINH_THANH), b, form=OTHER_COMMUNE)
        assert rows["PL1.54"]["value"] == 20


def test_every_kind_of_the_catalogue_is_tried_above():
    tried = {line[0] for line in lines(TABLE)}
    for table in (TestAcrossForms.TO_DISTRICT, TestAcrossForms.TO_OTHER_DISTRICT):
        tried |= {line[1] for line in lines(table)}
    assert tried == {kind.value for kind in Rollup}


def test_the_same_through_workbooks(tmp_path):
    """What was typed into real workbooks rolls up as the same figures do in memory."""
    (tmp_path / "nop").mkdir()
    texts = {
        "A": {"PL6": {56: "1.000.000.000.001", 57: "999.999.999.999", 2: "0", 7: "-"}, "PL4": {1: {"online": "5"}}},
        "B": {"PL6": {56: "2", 57: "1", 45: "108"}, "PL1": {2: {"done": "x"}, 3: {"not_done": "x"}}},
    }
    for code, figures in texts.items():
        make(tmp_path / "nop", code, f"xã {code}", figures)
    files = {f"{code}.xlsx": "thử" for code in texts}
    summary = merge(MergeRequest(tmp_path / "nop", tmp_path / "o.xlsx", overrides=files))
    assert [code.unit_code for code in summary.children] == ["A", "B"]
    by_files = summary_json(summary, None)["rows"]
    assert by_files == list(rolled_up(*(child(code, figures) for code, figures in texts.items())).values())


# Whatever the figures ----------------------------------------------------------------------------------------------

FIGURE = st.one_of(st.none(), st.integers(0, 10**12))
REPORTS = st.lists(st.tuples(FIGURE, FIGURE, FIGURE), min_size=1, max_size=12)


def shown(figure: int | None) -> str:
    return "" if figure is None else format_number(Decimal(figure))


def reports(figures: list[tuple[int | None, int | None, int | None]]) -> list[Child]:
    """Files settled, settled on time, and đồng paid online, on the two commune forms in turn."""
    units = []
    for index, (settled, on_time, paid) in enumerate(figures):
        if index % 2:
            units.append(unit(str(index), {"PL1.38": shown(settled), "PL1.39": shown(on_time)}, OTHER_COMMUNE))
        else:
            texts = {"PL6.56": shown(settled), "PL6.57": shown(on_time), "PL6.133": shown(paid)}
            units.append(unit(str(index), texts))
    return units


@settings(max_examples=60, deadline=None)
@given(REPORTS, st.randoms(use_true_random=False))
def test_totals_are_exact_in_any_order(figures, random):
    units = reports(figures)
    cells = {cell.spec.ref: cell for cell in consolidate(load_form(DISTRICT), units)}
    by_place = {f"{ref.appendix}.{ref.order}": cell for ref, cell in cells.items()}
    for place, which in (("PL3.21", 0), ("PL3.22", 1)):
        there = [figure[which] for figure in figures if figure[which] is not None]
        assert by_place[place].value == (sum(there) if there else None)
        assert by_place[place].n_units == len(there)
    settled = [figure[0] for figure in figures if figure[0] is not None]
    assert by_place["PL3.15"].children == (sum(settled) if settled else None)

    both = [(on_time, total) for total, on_time, _ in figures if total is not None and on_time is not None]
    ratio = by_place["PL3.20"]
    below = sum(total for _, total in both)
    if below:
        exact = Fraction(100 * sum(on_time for on_time, _ in both), below)
        # 28 digits of the true quotient, whatever its size.
        assert abs(Fraction(ratio.value) - exact) <= exact / 10**26
    else:
        assert ratio.value is None
    assert len(ratio.left_out) == len(figures) - len(both)

    shuffled = list(units)
    random.shuffle(shuffled)
    for cell in consolidate(load_form(DISTRICT), shuffled):
        was = cells[cell.spec.ref]
        assert (cell.value, cell.minimum, cell.maximum, cell.children, dict(cell.counts), set(cell.left_out)) == (
            was.value, was.minimum, was.maximum, was.children, dict(was.counts), set(was.left_out),
        )  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(REPORTS)
def test_totals_of_money_and_of_columns_are_exact(figures):
    columns = ("online", "carried", "direct")
    units = [
        unit(str(i), {"PL6.133": shown(row[2])} | {f"PL4.1.{c}": shown(v) for c, v in zip(columns, row, strict=True)})
        for i, row in enumerate(figures)
    ]
    rows = rolled_up(*units)
    there = [row[2] for row in figures if row[2] is not None]
    assert rows["PL6.133"]["value"] == rows["PL4.6.direct"]["value"] == (sum(there) if there else None)
    everything = [figure for row in figures for figure in row if figure is not None]
    assert rows["PL4.6.received"]["value"] == (sum(everything) if everything else None)


def test_a_ratio_of_shared_lists_is_no_average():
    """7.2.1: 28 of 28 in one commune and 14 of 28 in another is neither 75 nor any other single figure."""
    agree = rolled_up(unit("A", {"PL6.118": "28", "PL6.119": "28"}), unit("B", {"PL6.118": "28", "PL6.119": "28"}))
    differ = rolled_up(unit("A", {"PL6.118": "28", "PL6.119": "28"}), unit("B", {"PL6.118": "28", "PL6.119": "14"}))
    assert agree["PL6.117"]["value"] == 100
    row = differ["PL6.117"]
    assert (row["value"], row["min"], row["max"]) == (None, 50, 100)


def test_a_ratio_the_childs_form_does_not_ask_for_comes_from_its_parts():
    """cam-giang 7.2.4 beside vinh-thanh units: both parts are asked for there, under another ratio."""
    units = [unit("A", {"PL6.126": "100", "PL6.127": "50"}), unit("B", {"PL6.126": "300", "PL6.127": "100"})]
    rows = rolled_up(*units, form=OTHER_COMMUNE)
    assert (rows["PL1.85"]["value"], rows["PL1.86"]["value"]) == (400, 150)
    assert (rows["PL1.84"]["value"], rows["PL1.84"]["n_units"]) == (37.5, 2)
    assert "left_out" not in rows["PL1.84"]


def test_parts_of_shared_lists_are_not_averaged_across_forms_either():
    """cam-giang 7.2.1 asks for procedures that vinh-thanh units share among them: no ratio of their sums."""
    from cchc_xl.consolidation.rollup import _additive

    form = load_form(OTHER_COMMUNE)
    ratios = {order: next(s for s in form.specs() if s.row.order == order and s.derived) for order in (73, 84)}
    assert not _additive(ratios[73], form)
    assert _additive(ratios[84], form)
