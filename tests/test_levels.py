"""Communes → districts → province gives what communes → province gives; a district's own part stays apart."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from submissions import filled, make

from cchc_xl.audit.run import audit
from cchc_xl.catalogue.load import load_form
from cchc_xl.catalogue.model import CellKind, Rollup
from cchc_xl.consolidation.contribution import contribution
from cchc_xl.consolidation.lines import Child, SummaryCell
from cchc_xl.consolidation.own_parts import asks_own_part, with_own_parts
from cchc_xl.consolidation.rollup import consolidate
from cchc_xl.consolidation.self_proof import prove
from cchc_xl.consolidation.summary import Summary
from cchc_xl.expressions import CellRef
from cchc_xl.merging import MergeRequest, merge
from cchc_xl.of_units import OfUnits, of_units_from
from cchc_xl.readers.read_submission import read_file
from cchc_xl.receiving.codec import decode, encode
from cchc_xl.stamp import SUMMARY
from cchc_xl.summary_workbook.build import build_summary_workbook
from cchc_xl.summary_workbook.plan import BY_UNIT_SHEET
from cchc_xl.values import NOT_APPLICABLE

PERIOD = "2023-NAM"


def commune(rnd: random.Random, code: str, form: str) -> Child:
    """A unit with figures in most cells, whatever the rules say of them: sums and ranges must hold for any figures."""
    rows: dict[str, dict[int, dict[str, str]]] = {}
    for spec in load_form(form).specs():
        if not spec.quantity or spec.column.given or spec.derived or spec.row.spare or rnd.random() < 0.3:
            continue
        match spec.kind:
            case CellKind.PERCENT:
                text = str(rnd.choice([0, 50, 100]))
            case CellKind.YESNO:
                text = rnd.choice(["Có", "Không"])
            case CellKind.CODE | CellKind.FLAG:
                text = rnd.choice([value for value, _ in spec.options] or ["0", "1"])
            case CellKind.MARK:
                text = rnd.choice(["x", ""])
            case _:
                text = str(rnd.choice([0, 108, rnd.randint(1, 120), rnd.randint(1, 10**9)]))
        if text:
            rows.setdefault(spec.ref.appendix, {}).setdefault(spec.row.order, {})[spec.column.key] = text
    submission = filled(code, rows, form)
    return Child(code, f"xã {code}", contribution(submission))


def district(code: str, units: list[Child], form_id: str, path: Path) -> Child:
    """The district's summary, written and read back as the province gets it; it has no own part in any row."""
    form = load_form(form_id)
    cells = consolidate(form, units)
    own = {cell.spec.ref: NOT_APPLICABLE for cell in cells if asks_own_part(cell)}
    cells = with_own_parts(cells, own)
    summary = Summary(form, PERIOD, code, f"huyện {code}", None, [], units, cells, proof=prove(form, cells, units))
    build_summary_workbook(summary, path)
    read = read_file(path)
    assert (read.faults, read.stamp.kind) == ((), SUMMARY)
    given = decode(encode(contribution(read)))
    return Child(code, f"huyện {code}", replace(given, file=path.name))


def ends(cell: SummaryCell) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    return cell.value, cell.minimum, cell.maximum


def close(one: Decimal | None, other: Decimal | None) -> bool:
    """The same figure; a ratio that went through a cell has the cell's digits."""
    if one is None or other is None:
        return one is other
    return abs(one - other) <= abs(one) * Decimal("1e-13")


@pytest.mark.parametrize(
    ("seed", "units_form", "parents_form"),
    [
        (1, "vinh-thanh-2023", "vinh-thanh-2023"),
        (2, "cam-giang-2024", "ninh-hai-2023"),
        (3, "vinh-thanh-2023", "ninh-hai-2023"),
        (4, "tinh-chau-2023", "tinh-chau-2023"),
        (5, "cam-giang-2024", "cam-giang-2024"),
        (6, "cam-giang-2024", "ninh-hai-2023"),
    ],
)
def test_two_levels_equal_the_direct_merge(seed: int, units_form: str, parents_form: str, tmp_path: Path) -> None:
    """Every roll-up, on random districts: sums, ratios, shared lists, ranges, who has it, which codes.

    Different things that may coincide are exact through two levels only where they are exact below: else the range
    through two levels lies within the direct one, and what the lists say directly lies within it.
    """
    rnd = random.Random(seed)
    groups = [[commune(rnd, f"{d}{n}", units_form) for n in range(rnd.randint(1, 4))] for d in range(rnd.randint(2, 3))]
    form = load_form(parents_form)
    summaries = [
        district(f"h{index}", units, parents_form, tmp_path / f"h{index}.xlsx") for index, units in enumerate(groups)
    ]
    direct = {cell.spec.ref: cell for cell in consolidate(form, [unit for group in groups for unit in group])}
    through = {cell.spec.ref: cell for cell in consolidate(form, summaries)}
    compared: set[Rollup] = set()
    for ref, one in direct.items():
        two = through[ref]
        if not one.n_units:
            continue
        compared.add(one.rollup)
        match one.rollup:
            case Rollup.SUM:
                assert two.value == one.value, ref
            case Rollup.OWN_PLUS_CHILDREN:
                assert two.value == one.children, ref
            case Rollup.RECOMPUTE:
                assert all(map(close, ends(two), ends(one))), ref
            case Rollup.SHARED | Rollup.SPREAD:
                assert ends(two) == ends(one), ref
            case Rollup.COUNT_YES | Rollup.DISTRIBUTION:
                assert (two.value, two.counts) == (one.value, one.counts), ref
            case Rollup.DISTINCT:
                assert one.minimum <= two.minimum <= two.maximum <= one.maximum, ref
                assert one.value is None or two.minimum <= one.value <= two.maximum, ref
                if not one.listed and not any(cell.listed for cell in (one, two)):
                    assert (two.minimum, two.maximum) == (one.minimum, one.maximum), ref
    assert compared >= {Rollup.SUM, Rollup.SHARED}
    assert not prove(form, list(through.values()), summaries).failed


# Communes on vinh-thanh's form; rows of PL6: settled and on time, their ratio, procedures of the list, a survey held.
FORM, SETTLED, ON_TIME, RATE, LISTED, SURVEY = "vinh-thanh-2023", 56, 57, 54, 45, 16


@pytest.fixture
def province(tmp_path: Path) -> Path:
    """A folder with the summaries of two districts; in one of them a commune states no files settled on time."""
    out = tmp_path / "tinh"
    out.mkdir()
    figures = {
        "a": [
            {SETTLED: "100", ON_TIME: "90", LISTED: "108", SURVEY: "1"},
            {SETTLED: "300", LISTED: "107", SURVEY: "0"},
        ],
        "b": [{SETTLED: "100", ON_TIME: "50", LISTED: "108", SURVEY: "1"}],
    }
    for name, communes in figures.items():
        summary_of(tmp_path, name, communes)
    return out


def summary_of(tmp_path: Path, name: str, communes: Sequence[Mapping[int, str]]) -> None:
    """A district's summary among those for the province."""
    folder = tmp_path / name
    folder.mkdir()
    for index, rows in enumerate(communes):
        make(folder, f"{name}{index}", f"xã {name}{index}", {"PL6": rows})
    units = tmp_path / f"{name}.tsv"
    units.write_text(
        f"code\tname\tkind\tparent\n{name}\t{name}\thuyện\t\n"
        + "".join(f"{name}{i}\t{name}{i}\txã\t{name}\n" for i in range(len(communes))),
        encoding="utf-8",
    )
    merge(MergeRequest(folder, tmp_path / "tinh" / f"{name}.xlsx", FORM, units, name, PERIOD))


def line(path: Path, label: str) -> list[object]:
    """A line of "Theo đơn vị" as its cached results show it."""
    sheet = openpyxl.load_workbook(path, data_only=True)[BY_UNIT_SHEET]
    return next([c.value for c in row] for row in sheet.iter_rows() if str(row[2].value).startswith(label))


def test_a_ratio_counts_the_units_that_have_both_parts_at_the_next_level_too(province: Path) -> None:
    """90 of 100 and 50 of 100; the 300 without files on time are in neither, as in the direct merge."""
    summary = merge(MergeRequest(province, province.parent / "th.xlsx", FORM, period=PERIOD))
    cells = {cell.spec.ref: cell for cell in summary.cells}
    assert cells[CellRef("PL6", SETTLED, "value")].value == 500
    assert cells[CellRef("PL6", RATE, "value")].value == 70


def test_a_list_on_which_units_disagreed_is_no_list_on_which_they_agree(province: Path) -> None:
    """A district shows no number where its communes differ: the next level still says who and how much."""
    summary = merge(MergeRequest(province, province.parent / "th.xlsx", FORM, period=PERIOD))
    cell = next(cell for cell in summary.cells if cell.spec.ref == CellRef("PL6", LISTED, "value"))
    assert (cell.value, cell.minimum, cell.maximum, cell.n_units) == (None, 107, 108, 2)
    book = openpyxl.load_workbook(province.parent / "th.xlsx", data_only=True)[BY_UNIT_SHEET]
    shown = [[c.value for c in row] for row in book.iter_rows()]
    assert any("107 – 108" in row for row in shown)


def test_how_many_units_have_it_is_counted_through_all_levels(province: Path) -> None:
    """2 of 3 communes held a survey: not 0 of 2 districts, whose own cells are blank."""
    summary = merge(MergeRequest(province, province.parent / "th.xlsx", FORM, period=PERIOD))
    cell = next(cell for cell in summary.cells if cell.spec.ref == CellRef("PL6", SURVEY, "value"))
    assert (cell.value, cell.counts) == (2, {"1": 2, "0": 1})


def test_the_summary_of_summaries_stands_the_audit(province: Path) -> None:
    """Its totals come out when they are added up anew from the districts' files."""
    target = province.parent / "th.xlsx"
    merge(MergeRequest(province, target, FORM, period=PERIOD))
    result = audit(target, province)
    assert [found.message for found in result.found] == []


def test_several_units_of_a_district_that_have_it_are_several(tmp_path: Path, province: Path) -> None:
    """In its summary stands how many have it, and not a yes: the audit adds these up."""
    summary_of(tmp_path, "c", [{SURVEY: "1"}, {SURVEY: "1"}, {SURVEY: "0"}])
    target = province.parent / "th.xlsx"
    summary = merge(MergeRequest(province, target, FORM, period=PERIOD))
    assert next(c for c in summary.cells if c.spec.ref == CellRef("PL6", SURVEY, "value")).value == 4
    assert [found.message for found in audit(target, province).found] == []


@pytest.mark.usefixtures("soffice")
def test_the_formulas_of_the_next_level_are_true(province: Path, tmp_path: Path) -> None:
    """LibreOffice computes what stands cached: totals, lowest, highest, how many gave a figure."""
    from judge import recalculate

    target = province.parent / "th.xlsx"
    merge(MergeRequest(province, target, FORM, period=PERIOD))
    [judged] = recalculate([target], tmp_path / "tinh-lai")
    ours, theirs = (openpyxl.load_workbook(path, data_only=True)[BY_UNIT_SHEET] for path in (target, judged))
    for row, other in zip(ours.iter_rows(), theirs.iter_rows(), strict=True):
        for cell, again in zip(row, other, strict=True):
            if isinstance(cell.value, int | float) and isinstance(again.value, int | float):
                assert cell.value == pytest.approx(again.value), cell.coordinate
            else:
                assert (cell.value or "") == (again.value or ""), cell.coordinate


def test_own_part_and_units_are_told_apart_at_the_next_level(tmp_path: Path) -> None:
    """The province sees of a district's total what is its own and what its communes'."""
    folder, out = tmp_path / "xa", tmp_path / "tinh"
    folder.mkdir()
    out.mkdir()
    make(folder, "1", "xã 1", {"PL1": {38: "100", 39: "90"}}, form="cam-giang-2024")
    merge(MergeRequest(folder, out / "h.xlsx", "ninh-hai-2023", parent_code="h"))
    book = openpyxl.load_workbook(out / "h.xlsx")
    own = book["Phần của cấp tổng hợp"]
    for row in range(5, own.max_row + 1):
        own.cell(row, 6).value = 20
    cover = book["Bìa"]
    next(row for row in cover.iter_rows() if row[0].value == "unit")[2].value = "UBND huyện H"
    book.save(out / "h.xlsx")
    summary = merge(MergeRequest(out, tmp_path / "th.xlsx", overrides={"h.xlsx": "thử"}))
    cell = next(cell for cell in summary.cells if cell.spec.ref == CellRef("PL3", 15, "value"))
    assert cell.value == 120
    sheet = openpyxl.load_workbook(tmp_path / "th.xlsx")[BY_UNIT_SHEET]
    said = [str(c.value) for row in sheet.iter_rows() for c in row]
    assert any("phần của chính đơn vị 20, các đơn vị trực thuộc 100" in text for text in said)


@pytest.mark.parametrize(
    "row",
    [["1", "", "", "", ""], ["9", "1", "", "", ""], ["x", "y", "z", "", "="], [], ["1e999", "1", "", "", ""]],
)
def test_a_hidden_line_that_makes_no_sense_says_nothing(row: list[str]) -> None:
    """One end alone, ends the wrong way round, no numbers."""
    assert of_units_from(row) is None


def test_a_hidden_line_is_exact() -> None:
    """Decimals as they were."""
    told = OfUnits(Decimal("0.1"), Decimal("12345678901234567890.123"), (Decimal(1), Decimal(3)), {"1": 7, "0": 2})
    assert of_units_from(told.row()) == told
