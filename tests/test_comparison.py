"""So sánh: this period against the previous one and the same one of last year, across units that were reorganised."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from submissions import Figures, filled, make

from cchc_xl import excel_limits
from cchc_xl.catalogue.load import load_form
from cchc_xl.errors import CchcError
from cchc_xl.expressions import CellRef
from cchc_xl.hosts.cli import main
from cchc_xl.merging import MergeRequest, merge
from cchc_xl.over_time.comparison import ComparedRow, Difference, compare, last_years_books, previous_books
from cchc_xl.over_time.sequence import PeriodBook, period_book
from cchc_xl.period_operations import CompareRequest, compare_periods, read_period
from cchc_xl.period_workbook.compared import COMPARED_SHEET
from cchc_xl.period_workbook.compared_units import BY_UNIT_SHEET
from cchc_xl.units import UnitList, read_units

FORM = "vinh-thanh-2023"
# Of PL6: files settled, settled on time (in the period), their ratio, tasks planned and done (cumulative), staff.
SETTLED, ON_TIME, RATE, PLANNED, DONE, STAFF = 56, 57, 54, 4, 5, 74
UNITS = (
    "code\tname\tkind\tparent\tvalid_from\tvalid_to\tbecame\tremark\n"
    "586\tNinh Hải\thuyện\t58\t\t\t\t\n"
    "22861\tHộ Hải\txã\t586\t\t2025-06-30\tXã Xuân Hải\t\n"
    "22855\tTân Hải\txã\t586\t\t2025-06-30\tXã Xuân Hải\t\n"
    "22867\tNhơn Hải\txã\t586\t\t2025-06-30\tXã Vĩnh Hải\t\n"
    "22846\tVĩnh Hải\txã\t586\t\t2025-06-30\tXã Vĩnh Hải\t\n"
    "22861\tXuân Hải\txã\t586\t2025-07-01\t\t\t\n"
    "22846\tVĩnh Hải\txã\t586\t2025-07-01\t\t\tgồm thêm một thôn của xã khác\n"
)


def book(period: str, figures: Figures, unit: str = "xã Tân Hải", code: str = "22855", **fields: str) -> PeriodBook:
    submission = filled(code, figures, FORM)
    stamp = replace(submission.stamp, unit=unit, unit_code=code, period=period, **fields)
    return period_book(replace(submission, file=f"{period}-{code}.xlsx", stamp=stamp))


@pytest.fixture
def units(tmp_path: Path) -> UnitList:
    path = tmp_path / "don-vi.tsv"
    path.write_text(UNITS, encoding="utf-8")
    return read_units(path)


def row(rows: object, order: int) -> ComparedRow:
    return next(r for r in rows.rows if r.spec.ref == CellRef("PL6", order, "value"))  # type: ignore[attr-defined]


def against(now: PeriodBook, *before: PeriodBook, units: UnitList | None = None) -> object:
    return compare(now, [previous_books(now, before, units)])


@pytest.mark.parametrize("seed", range(8))
def test_differences_are_exact(seed: int) -> None:
    """Absolute, percent, points of a percentage: as an independent computation has them."""
    rnd = random.Random(seed)

    def figures() -> dict[int, int]:
        settled = rnd.randint(1, 10**10)
        return {SETTLED: settled, ON_TIME: rnd.randint(0, settled), STAFF: rnd.randint(0, 50)}

    new, old = figures(), figures()
    rows = against(
        *(book(p, {"PL6": {o: str(n) for o, n in f.items()}}) for p, f in (("2024-Q2", new), ("2024-Q1", old)))
    )
    for order in (SETTLED, ON_TIME, STAFF):
        change = Decimal(new[order] - old[order])
        percent = 100 * change / old[order] if old[order] else None
        assert row(rows, order).differences == (Difference(Decimal(old[order]), change, percent),)
    ratios = [100 * Decimal(f[ON_TIME]) / f[SETTLED] for f in (new, old)]
    [found] = row(rows, RATE).differences
    assert (found.number, found.change, found.percent) == (ratios[1], ratios[0] - ratios[1], None)


def test_what_is_not_like_for_like_has_no_difference_and_says_why() -> None:
    """A quarter against half a year; cumulative figures over the turn of the year; a blank; the ratio in points."""
    figures = {"PL6": {SETTLED: "10", DONE: "5", STAFF: "20"}}
    longer = against(book("2024-6T", figures), book("2024-Q1", figures))
    assert "kỳ dài khác nhau" in row(longer, SETTLED).differences[0].why
    assert row(longer, SETTLED).differences[0].change is None
    assert row(longer, STAFF).differences[0].change == 0
    turned = against(book("2024-Q1", figures), book("2023-Q4", figures))
    assert row(turned, SETTLED).differences[0].change == 0
    assert row(turned, DONE).differences[0].why == "lũy kế tính lại từ đầu năm"
    grown = against(book("2024-Q2", figures), book("2024-Q1", {"PL6": {DONE: "3"}}))
    [done] = row(grown, DONE).differences
    assert (done.change, done.percent) == (2, None)
    [blank] = row(grown, SETTLED).differences
    assert (blank.number, blank.change) == (None, None)


def test_growth_from_nothing_has_no_percentage() -> None:
    """0 → 5 is five more, not a percentage."""
    rows = against(book("2024-Q2", {"PL6": {SETTLED: "5"}}), book("2024-Q1", {"PL6": {SETTLED: "0"}}))
    [found] = row(rows, SETTLED).differences
    assert (found.change, found.percent) == (5, None)


def test_a_merged_unit_is_compared_with_all_that_it_was_made_from(units: UnitList) -> None:
    """By the list's dates and successors: amounts add, ratios recompute, the head says what the unit was before."""
    now = book("2025-Q3", {"PL6": {SETTLED: "300", ON_TIME: "300", STAFF: "40"}}, "xã Xuân Hải", "22861")
    old = [
        book("2025-Q2", {"PL6": {SETTLED: "100", ON_TIME: "50", STAFF: "20"}}, "xã Hộ Hải", "22861"),
        book("2025-Q2", {"PL6": {SETTLED: "300", ON_TIME: "150", STAFF: "19"}}, "xã Tân Hải", "22855"),
    ]
    other = previous_books(now, old, units)
    assert "gồm xã Hộ Hải, xã Tân Hải trước đây" in other.remarks[0]
    rows = compare(now, [other])
    assert row(rows, SETTLED).differences[0].change == -100
    assert row(rows, RATE).differences[0].number == 50
    lacking = compare(now, [previous_books(now, old[:1], units)])
    assert row(lacking, SETTLED).differences[0].change is None
    assert "đơn vị cũ" in row(lacking, SETTLED).differences[0].why


def test_a_code_that_went_on_with_another_territory_is_marked(units: UnitList) -> None:
    """Vĩnh Hải before and after 1 July 2025: same code, same name, not the same commune."""
    now = book("2025-Q3", {"PL6": {SETTLED: "300"}}, "xã Vĩnh Hải", "22846")
    old = book("2025-Q2", {"PL6": {SETTLED: "100"}}, "xã Vĩnh Hải", "22846")
    other = previous_books(now, [old], units)
    assert any("Thiếu số liệu của xã Nhơn Hải" in text for text in other.remarks)
    assert row(compare(now, [other]), SETTLED).differences[0].change is None
    assert any("gồm thêm một thôn" in text for text in other.remarks)


@pytest.mark.parametrize(
    ("now", "before", "last", "word"),
    [
        ("2024-Q1", "2024-Q2", "", "không trước"),
        ("2024-Q1", "2024-Q1", "", "không trước"),
        ("2024-Q2", "2024-6T", "", "không trước"),
        ("2024-Q1", "", "2023-Q2", "không phải cùng kỳ năm trước"),
        ("2024-Q3", "", "2023-9T", "không phải cùng kỳ năm trước"),
    ],
)
def test_other_periods_are_refused(now: str, before: str, last: str, word: str) -> None:
    """One sentence each; "Quý III" has nothing to do with "9 tháng"."""
    figures = {"PL6": {SETTLED: "1"}}
    present = book(now, figures)
    choose, period = (previous_books, before) if before else (last_years_books, last)
    with pytest.raises(CchcError, match=word):
        choose(present, [book(period, figures)], None)


def test_another_unit_is_refused_without_a_list(units: UnitList) -> None:
    """And with one that knows nothing of the two."""
    figures = {"PL6": {SETTLED: "1"}}
    now, old = book("2024-Q2", figures), book("2024-Q1", figures, "xã Nhơn Hải", "22867")
    for known in (None, units):
        with pytest.raises(CchcError, match="Nhơn Hải"):
            previous_books(now, [old], known)


def test_the_sheet_holds_live_differences(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Formulas with true cached results; points for percentages; the reason where there is no difference."""
    files = {}
    for period, settled in (("2024-Q2", "150"), ("2024-Q1", "100"), ("2023-Q2", "200")):
        figures = {"PL6": {SETTLED: settled, ON_TIME: "75"}}
        files[period] = str(make(tmp_path, "1", "UBND xã A", figures, period=period, file=f"{period}.xlsx"))
    target = tmp_path / "ss.xlsx"
    arguments = ["so-sanh", files["2024-Q2"], "-o", str(target)]
    assert main(arguments) == 2
    assert "--ky-truoc" in capsys.readouterr().err
    assert main([*arguments, "--ky-truoc", files["2024-Q1"], "--cung-ky", files["2023-Q2"]]) == 0
    assert main([*arguments, "--ky-truoc", files["2024-Q1"], "--cung-ky", files["2023-Q2"]]) == 0
    shown, live = (openpyxl.load_workbook(target, data_only=v)[COMPARED_SHEET] for v in (True, False))
    lines = [[c.value for c in r] for r in shown.iter_rows()]
    assert [150, 100, 50, 50, 200, -50, -25] in [line[3:10] for line in lines]
    assert [50, 75, -25, "điểm %"] in [line[3:7] for line in lines]
    at = next(i for i, line in enumerate(lines, 1) if line[3:5] == [150, 100])
    assert live.cell(at, 6).value == f"=D{at}-E{at}"
    other = tmp_path / "khac.xlsx"
    openpyxl.Workbook().save(other)
    assert main(["so-sanh", files["2024-Q2"], "--ky-truoc", files["2024-Q1"], "-o", str(other)]) == 2


def test_summaries_are_compared_unit_by_unit_over_a_merger(tmp_path: Path, units: UnitList) -> None:
    """Two old communes against the new one, each figure; a unit with more territory is marked as not the same."""
    listed = tmp_path / "don-vi.tsv"
    paths = {}
    communes = {
        "2025-Q2": {"22861": ("Hộ Hải", "100"), "22855": ("Tân Hải", "50"), "22846": ("Vĩnh Hải", "70")},
        "2025-Q3": {"22861": ("Xuân Hải", "180"), "22846": ("Vĩnh Hải", "90")},
    }
    for period, found in communes.items():
        folder = tmp_path / period
        folder.mkdir()
        for code, (name, settled) in found.items():
            make(folder, code, f"xã {name}", {"PL6": {SETTLED: settled}}, period=period)
        paths[period] = tmp_path / f"{period}.xlsx"
        merge(MergeRequest(folder, paths[period], FORM, listed, "586", period))
    target = tmp_path / "ss.xlsx"
    compare_periods(CompareRequest(paths["2025-Q3"], target, [paths["2025-Q2"]], (), listed))
    lines = [[c.value for c in r] for r in openpyxl.load_workbook(target)[BY_UNIT_SHEET].iter_rows(min_row=4)]
    merged = next(line for line in lines if line[1] == "xã Xuân Hải" and line[5] == 180)
    assert (merged[6], merged[9]) == (150, "Có")
    assert "xã Hộ Hải, xã Tân Hải trước đây" in merged[10]
    grown = next(line for line in lines if line[1] == "xã Vĩnh Hải" and line[5] == 90)
    assert (grown[7], grown[9]) == (None, "Không")
    assert "Thiếu số liệu của xã Nhơn Hải" in grown[10]


def of_units(tmp_path: Path, rows: str) -> UnitList:
    path = tmp_path / "ds.tsv"
    path.write_text(UNITS.splitlines()[0] + "\n" + rows, encoding="utf-8")
    return read_units(path)


def test_a_unit_that_took_in_another_is_not_compared_with_itself_alone(tmp_path: Path) -> None:
    """Its row of the list goes on; what it took in belongs to what it is compared with."""
    listed = of_units(tmp_path, "1\tTân Hải\txã\t9\t\t\t\t\n2\tHộ Hải\txã\t9\t\t2025-06-30\tXã Tân Hải\t\n")
    now = book("2025-Q3", {"PL6": {SETTLED: "300"}}, "xã Tân Hải", "1")
    old = [
        book("2025-Q2", {"PL6": {SETTLED: "100"}}, "xã Tân Hải", "1"),
        book("2025-Q2", {"PL6": {SETTLED: "150"}}, "xã Hộ Hải", "2"),
    ]
    assert row(against(now, *old, units=listed), SETTLED).differences[0].change == 50
    alone = row(against(now, old[0], units=listed), SETTLED).differences[0]
    assert (alone.change, alone.why) == (None, "thiếu số liệu của đơn vị cũ")


def test_units_that_changed_twice_are_followed_through(tmp_path: Path) -> None:
    """A became B, later B and D became C: of C's territory a year ago there are A and D."""
    listed = of_units(
        tmp_path,
        "1\tA\txã\t9\t\t2024-12-31\tXã B\t\n2\tB\txã\t9\t2025-01-01\t2025-06-30\tXã C\t\n"
        "3\tD\txã\t9\t\t2025-06-30\tXã C\t\n4\tC\txã\t9\t2025-07-01\t\t\t\n",
    )
    now = book("2025-Q3", {"PL6": {SETTLED: "300"}}, "xã C", "4")
    old = [book("2024-Q3", {"PL6": {SETTLED: "100"}}, f"xã {name}", code) for name, code in (("A", "1"), ("D", "3"))]
    assert row(compare(now, [last_years_books(now, old, listed)]), SETTLED).differences[0].change == 100
    lacking = last_years_books(now, old[1:], listed)
    assert row(compare(now, [lacking]), SETTLED).differences[0].change is None
    assert any("Thiếu số liệu của xã A" in text for text in lacking.remarks)


def test_a_name_that_two_later_units_bear_is_not_guessed(tmp_path: Path) -> None:
    """A province has two communes C: the list has to say by its code which of them A became."""
    rows = "1\tA\txã\t7\t\t2025-06-30\t{}\t\n3\tC\txã\t8\t2025-07-01\t\t\t\n4\tC\txã\t9\t2025-07-01\t\t\t\n"
    now = book("2025-Q3", {"PL6": {SETTLED: "300"}}, "xã C", "4")
    old = book("2025-Q2", {"PL6": {SETTLED: "100"}}, "xã A", "1")
    with pytest.raises(CchcError, match=r"nhiều đơn vị tên đó \(mã 3, 4\): hãy ghi mã"):
        against(now, old, units=of_units(tmp_path, rows.format("Xã C")))
    assert row(against(now, old, units=of_units(tmp_path, rows.format("4"))), SETTLED).differences[0].change == 200


def test_two_workbooks_of_one_old_unit_are_not_added(units: UnitList) -> None:
    """The same file named twice, or a resubmission beside the first."""
    now = book("2025-Q2", {"PL6": {SETTLED: "300"}})
    old = book("2025-Q1", {"PL6": {SETTLED: "100"}})
    with pytest.raises(CchcError, match="cùng là sổ của xã Tân Hải"):
        against(now, old, old, units=units)


def test_unit_by_unit_as_in_the_whole(tmp_path: Path) -> None:
    """Cumulative figures have no growth in percent within the year, in either sheet; units that are gone are named."""
    paths = {}
    for period, done, units_of in (("2025-Q1", "10", ("1", "2")), ("2025-Q2", "15", ("1",))):
        folder = tmp_path / period
        folder.mkdir()
        for code in units_of:
            make(folder, code, f"xã {code}", {"PL6": {PLANNED: "20", DONE: done, SETTLED: "7"}}, period=period)
        paths[period] = tmp_path / f"{period}.xlsx"
        merge(MergeRequest(folder, paths[period], FORM, None, "586", period))
    target = tmp_path / "ss.xlsx"
    compare_periods(CompareRequest(paths["2025-Q2"], target, [paths["2025-Q1"]]))
    lines = [[c.value for c in r] for r in openpyxl.load_workbook(target)[BY_UNIT_SHEET].iter_rows(min_row=4)]
    done = next(line for line in lines if line[5:7] == [15, 10])
    assert done[7] is not None
    assert (done[8], done[10]) == (None, "Số lũy kế, chênh lệch là phần thay đổi trong kỳ.")
    [gone] = [line for line in lines if line[1] == "xã 2"]
    assert gone[10] == "Có trong sổ kỳ so sánh, không có trong sổ kỳ này."
    assert not any(gone[2:9])


def test_more_lines_than_a_sheet_holds_go_on_in_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A province's communes against both periods are more than a million lines: none is cut."""
    paths = {}
    for period in ("2025-Q1", "2025-Q2"):
        folder = tmp_path / period
        folder.mkdir()
        for code in "123456789":
            figures = {SETTLED: "10", ON_TIME: "5", STAFF: "2", PLANNED: "9", DONE: "8"}
            make(folder, code, f"xã {code}", {"PL6": figures}, period=period)
        paths[period] = tmp_path / f"{period}.xlsx"
        merge(MergeRequest(folder, paths[period], FORM, None, "586", period))
    target = tmp_path / "ss.xlsx"
    request = CompareRequest(paths["2025-Q2"], target, [paths["2025-Q1"]])

    def lines() -> list[list[object]]:
        book = openpyxl.load_workbook(target)
        sheets = [sheet for sheet in book.worksheets if sheet.title.startswith(BY_UNIT_SHEET)]
        return [[sheet.title, *(c.value for c in r[:7])] for sheet in sheets for r in sheet.iter_rows(min_row=4)]

    compare_periods(request)
    whole = lines()
    monkeypatch.setattr(excel_limits, "ROWS", 40)
    compare_periods(request)
    assert [line[1:] for line in lines()] == [line[1:] for line in whole]
    assert len({line[0] for line in lines()}) > 1


def test_totals_over_other_units_are_marked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Three communes this year and two the last: the difference is shown with a word, a growth in percent is not."""
    paths = {}
    for period, sent in (("2024-Q1", "12"), ("2025-Q1", "123")):
        folder = tmp_path / period
        folder.mkdir()
        for code in sent:
            staff = {STAFF: "5"} if code == "1" else {}
            make(folder, code, f"xã {code}", {"PL6": {SETTLED: "10", **staff}}, period=period)
        paths[period] = tmp_path / f"{period}.xlsx"
        merge(MergeRequest(folder, paths[period], FORM, None, "586", period))
    target = tmp_path / "ss.xlsx"
    assert main(["so-sanh", str(paths["2025-Q1"]), "--cung-ky", str(paths["2024-Q1"]), "-o", str(target)]) == 0
    assert "kỳ so sánh không có xã 3" in capsys.readouterr().out
    now, old = (read_period(paths[period]) for period in ("2025-Q1", "2024-Q1"))
    other = last_years_books(now, [old], None)
    assert other.unlike
    rows = compare(now, [other])
    [settled] = row(rows, SETTLED).differences
    assert (settled.change, settled.percent) == (10, None)
    assert "kỳ này 3 đơn vị, kỳ so sánh 2" in settled.why
    [staff] = row(rows, STAFF).differences
    assert (staff.change, staff.percent, staff.why) == (0, 0, "")


def test_rows_that_units_added_are_compared_by_name(tmp_path: Path) -> None:
    """The first row that was added to last quarter's summary and to this one's may be two things."""
    land, works = {"label": "Đất rừng", "direct": "5"}, {"label": "Xây dựng", "direct": "100"}
    first, second = tuple(load_form(FORM).appendix("PL4").spare_cells)[:2]
    paths = {}
    for period, rows in (("2025-Q1", {first: land, second: works}), ("2025-Q2", {first: {**works, "direct": "130"}})):
        folder = tmp_path / period
        folder.mkdir()
        make(folder, "1", "xã 1", {"PL4": rows}, period=period)
        paths[period] = tmp_path / f"{period}.xlsx"
        merge(MergeRequest(folder, paths[period], FORM, None, "586", period))
    target = tmp_path / "ss.xlsx"
    compare_periods(CompareRequest(paths["2025-Q2"], target, [paths["2025-Q1"]]))
    lines = [[c.value for c in r] for r in openpyxl.load_workbook(target)[BY_UNIT_SHEET].iter_rows(min_row=4)]
    found = {(str(line[4]).split(" – ")[0], line[5], line[6]) for line in lines if "trực tiếp" in str(line[4])}
    assert found >= {("Xây dựng", 130, 100), ("Đất rừng", None, 5)}
    assert (130, 5) not in {(now, before) for _, now, before in found}
