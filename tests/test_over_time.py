"""Cộng kỳ: quarters become 6 months, 9 months and years by each row's period kind; what does not fit is refused."""

from __future__ import annotations

import csv
import random
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from submissions import Figures, cells, filled, make

from cchc_xl.catalogue.load import load_form
from cchc_xl.catalogue.model import Rollup
from cchc_xl.checks.run import check
from cchc_xl.consolidation.contribution import contribution
from cchc_xl.consolidation.lines import Child
from cchc_xl.consolidation.rollup import consolidate
from cchc_xl.errors import CchcError
from cchc_xl.expressions import CellRef
from cchc_xl.hosts.cli import main
from cchc_xl.merging import MergeRequest, merge
from cchc_xl.over_time.joined import Joined, JoinedCell, Way
from cchc_xl.over_time.joining import join
from cchc_xl.over_time.sequence import PeriodBook, in_sequence, period_book
from cchc_xl.period_operations import JoinRequest, join_periods
from cchc_xl.period_workbook.joined import SOURCES_SHEET
from cchc_xl.periods import parse_period
from cchc_xl.readers.read_submission import read_file
from cchc_xl.severity import Severity
from cchc_xl.submission import Submission, SubmissionFigures
from cchc_xl.units import read_units

FORM, YEAR = "vinh-thanh-2023", "2024"
QUARTERS = ("Q1", "Q2", "Q3", "Q4")
# Rows of PL6: settled and on time (in the period), their ratio; tasks of the plan (cumulative); a survey and its forms;
# staff present (at a date); a percentage without its parts; procedures that have files online (distinct).
SETTLED, ON_TIME, ON_TIME_RATE, PLANNED = 56, 57, 54, 4
SURVEY, FORMS, SHARE, STAFF, DISTINCT = 16, 17, 111, 74, 120


def book(part: str, figures: Figures, unit: str = "xã Tân Hải", code: str = "22855", **fields: str) -> PeriodBook:
    """A unit's workbook of a period, in memory."""
    submission = filled(code, figures, FORM)
    stamp = replace(submission.stamp, unit=unit, unit_code=code, period=f"{YEAR}-{part}", **fields)
    return period_book(replace(submission, file=f"{part}.xlsx", stamp=stamp))


def joined(*books: PeriodBook, wanted: str = "") -> Joined:
    return join(*in_sequence(list(books), wanted))


def cell(result: Joined, order: int, appendix: str = "PL6", column: str = "value") -> JoinedCell:
    return next(c for c in result.cells if c.spec.ref == CellRef(appendix, order, column))


def kinds() -> dict[str, tuple[str, str]]:
    """Roll-up and period kind by code, read from the table itself."""
    path = Path(str(load_form.__code__.co_filename)).with_name("quantities.tsv")
    with path.open(encoding="utf-8", newline="") as handle:
        return {line["code"]: (line["rollup"], line["period"]) for line in csv.DictReader(handle, delimiter="\t")}


def random_quarter(rnd: random.Random, chosen: list[CellRef], blanks: float) -> Figures:
    rows: dict[str, dict[int, dict[str, str]]] = {}
    for ref in chosen:
        if rnd.random() >= blanks:
            number = rnd.choice([0, rnd.randint(1, 90), rnd.randint(1, 10**10)])
            text = f"{number:,}".replace(",", ".")
            rows.setdefault(ref.appendix, {}).setdefault(ref.order or 0, {})[ref.column] = text
    return rows


def amounts() -> list[CellRef]:
    """Cells of the form that hold a number which adds up over units, without the form's own formulas."""
    form, known = load_form(FORM), kinds()
    return [
        spec.ref
        for spec in form.specs()
        if spec.quantity
        and spec.kind.value in ("count", "money")
        and not spec.derived
        and not spec.row.spare
        and not spec.column.given
        and known[spec.code][0] in ("sum", "shared")
    ]


@pytest.mark.parametrize("seed", range(12))
def test_a_year_equals_an_independent_computation(seed: int) -> None:
    """In-period figures add, cumulative and at-a-date ones are the last, carried-over ones the first; exactly."""
    rnd, known = random.Random(seed), kinds()
    chosen = rnd.sample(amounts(), 60)
    quarters = [random_quarter(rnd, chosen, 0) for _ in QUARTERS]
    result = joined(*(book(part, figures) for part, figures in zip(QUARTERS, quarters, strict=True)))
    texts = [cells(figures) for figures in quarters]
    found = {c.spec.ref: c for c in result.cells}
    seen = set()
    for ref in chosen:
        numbers = [Decimal(text[ref].replace(".", "")) for text in texts]
        period = known[found[ref].spec.code][1]
        expected = {"in_period": sum(numbers), "at_start": numbers[0]}.get(period, numbers[-1])
        assert found[ref].value.number == expected, ref
        seen.add(period)
    assert seen >= {"in_period", "cumulative", "at_date"}
    assert result.stamp.period == "2024-NAM"


@pytest.mark.parametrize("seed", range(12))
def test_through_6_and_9_months_equals_the_quarters_at_once(seed: int) -> None:
    """However a year is put together, blanks among its figures or not: the same figures, the same open cells."""
    rnd = random.Random(1000 + seed)
    chosen = rnd.sample(amounts(), 60)
    q1, q2, q3, q4 = (book(part, random_quarter(rnd, chosen, rnd.choice([0, 0.2]))) for part in QUARTERS)

    def again(result: Joined) -> PeriodBook:
        return period_book(replace(result.submission, file=f"{result.period.part}.xlsx"), waiting=result.waiting)

    half = joined(q1, q2)
    nine = joined(again(half), q3)
    at_once = {c.spec.ref: (c.value.number, c.way is Way.OPEN) for c in joined(q1, q2, q3, q4).cells}
    for parts in ([again(half), q3, q4], [again(nine), q4]):
        in_steps = {c.spec.ref: (c.value.number, c.way is Way.OPEN) for c in joined(*parts).cells}
        assert in_steps == at_once


def test_ratios_are_recomputed_never_averaged() -> None:
    """90 of 100 and 10 of 300 are 100 of 400."""
    result = joined(
        book("Q1", {"PL6": {SETTLED: "100", ON_TIME: "90"}}), book("Q2", {"PL6": {SETTLED: "300", ON_TIME: "10"}})
    )
    rate = cell(result, ON_TIME_RATE)
    assert (rate.way, rate.value.number) == (Way.COMPUTED, 25)


def test_a_blank_is_not_zero() -> None:
    """Where one period has nothing there is no figure of the whole, no total and no ratio; it is named."""
    result = joined(book("Q1", {"PL6": {SETTLED: "100", ON_TIME: "90"}}), book("Q2", {"PL6": {ON_TIME: "10"}}))
    settled = cell(result, SETTLED)
    assert (settled.way, settled.value.number) == (Way.OPEN, None)
    assert "Quý II để trống" in settled.remark
    assert "100" in settled.remark
    assert cell(result, ON_TIME).value.number == 100
    assert cell(result, ON_TIME_RATE).way is Way.OPEN


def test_a_dash_adds_nothing_and_zero_is_a_figure() -> None:
    """``-`` says that there was nothing to count; two of them stay one."""
    result = joined(book("Q1", {"PL6": {SETTLED: "5", FORMS: "-"}}), book("Q2", {"PL6": {SETTLED: "-", FORMS: "-"}}))
    assert cell(result, SETTLED).value.number == 5
    assert cell(result, FORMS).value.text == "-"
    zero = joined(book("Q1", {"PL6": {SETTLED: "0"}}), book("Q2", {"PL6": {SETTLED: "0"}}))
    assert cell(zero, SETTLED).value.number == 0


def test_a_blank_that_the_form_does_not_ask_for_adds_nothing() -> None:
    """No survey in quý II: its forms are those of quý I, and there was a survey in the half-year."""
    result = joined(book("Q1", {"PL6": {SURVEY: "1", FORMS: "120"}}), book("Q2", {"PL6": {SURVEY: "0"}}))
    assert cell(result, SURVEY).value.number == 1
    assert cell(result, FORMS).value.number == 120


def test_a_blank_part_of_a_total_adds_what_the_total_counted() -> None:
    """The form's own total counted the blank as 0: the parts of the half-year give the totals' sum."""
    result = joined(book("Q1", {"PL6": {26: "3", 27: "4"}}), book("Q2", {"PL6": {26: "2"}}))
    assert [cell(result, order).value.number for order in (25, 26, 27)] == [9, 5, 4]


def test_carried_over_files_are_those_of_the_first_period() -> None:
    """Files received are the new ones of both periods and what the first began with; those pending are the last's."""
    first = {"PL4": {1: {"online": "10", "carried": "4", "direct": "0", "on_time": "8", "late": "0", "in_time": "6"}}}
    second = {"PL4": {1: {"online": "20", "carried": "6", "direct": "1", "on_time": "25", "late": "0", "in_time": "2"}}}
    result = joined(book("Q1", first), book("Q2", second))
    row = {key: cell(result, 1, "PL4", key).value.number for key in ("received", "carried", "online", "in_time")}
    assert row == {"received": 35, "carried": 4, "online": 30, "in_time": 2}


def carried_on(online: str, carried: str, on_time: str, in_time: str) -> Figures:
    """A quarter whose three statements of received files agree, as the form's own rules want."""
    received = str(int(online) + int(carried))
    row = {"online": online, "carried": carried, "direct": "0", "on_time": on_time, "late": "0", "in_time": in_time}
    rows = {55: received, SETTLED: on_time, ON_TIME: on_time, 126: received, 127: online}
    return {"PL4": {1: {**row, "overdue": "0"}}, "PL6": rows}


def test_files_carried_over_are_received_once() -> None:
    """Where the form equates a figure with the matrix's total, they agree in the longer period as in each."""
    quarters = [carried_on("10", "4", "8", "6"), carried_on("20", "6", "24", "2"), carried_on("5", "2", "7", "0")]
    books = [book(part, figures) for part, figures in zip(QUARTERS, quarters, strict=False)]
    assert [check(quarter.submission).count(Severity.ERROR) for quarter in books] == [0, 0, 0]
    result = joined(*books)
    assert cell(result, 6, "PL4", "received").value.number == 39
    assert [(cell(result, order).value.number, cell(result, order).way) for order in (55, 126)] == [(39, Way.EQUAL)] * 2
    assert "cộng các kỳ là 47" in cell(result, 55).remark
    assert cell(result, 125).value.number == Decimal(3500) / 39
    assert check(result.submission).count(Severity.ERROR) == 0
    # Without the matrix nobody knows what was carried over: the figures are what the unit said.
    bare = joined(*(book(part, {"PL6": {55: "10"}}) for part in QUARTERS[:2]))
    assert cell(bare, 55).value.number == 20


def test_a_figure_equal_to_a_total_waits_with_it() -> None:
    """The sum of the quarters would pass for the total."""
    first = book("Q1", carried_on("10", "4", "8", "6"))
    second = book("Q2", carried_on("20", "6", "24", "2"))
    waiting = period_book(
        replace(second.submission, file="Q2.xlsx"), waiting=frozenset({CellRef("PL4", 2, "online")})
    )
    assert cell(joined(first, waiting), 6, "PL4", "received").way is Way.OPEN
    assert (cell(joined(first, waiting), 55).way, cell(joined(first, waiting), 55).value.filled) == (Way.OPEN, False)


def test_shares_without_their_parts_are_never_added_or_averaged() -> None:
    """Equal in all periods: that; else the cell stays open with what each period gave."""
    differ = cell(joined(book("Q1", {"PL6": {SHARE: "90"}}), book("Q2", {"PL6": {SHARE: "80"}})), SHARE)
    assert (differ.way, differ.value.number) == (Way.OPEN, None)
    assert "90" in differ.remark
    assert "80" in differ.remark
    same = cell(joined(book("Q1", {"PL6": {SHARE: "90"}}), book("Q2", {"PL6": {SHARE: "90"}})), SHARE)
    assert (same.way, same.value.number) == (Way.SAME, 90)


def test_different_things_are_not_added_over_time() -> None:
    """Procedures that have files in both quarters may be the same ones: between the largest and the sum."""
    found = cell(joined(book("Q1", {"PL6": {DISTINCT: "3"}}), book("Q2", {"PL6": {DISTINCT: "2"}})), DISTINCT)
    assert found.way is Way.OPEN
    assert "từ 3 đến 5" in found.remark


def test_a_checklist_has_the_state_of_the_last_period() -> None:
    """A task done in quý II is done; one that quý II does not mark is named."""
    first = {"PL1": {3: {"not_done": "x"}, 5: {"done": "x"}}}
    result = joined(book("Q1", first), book("Q2", {"PL1": {3: {"done": "x"}}}))
    marks = {key: cell(result, 3, "PL1", key).value.text for key in ("done", "not_done")}
    assert marks == {"done": "x", "not_done": ""}
    assert cell(result, 5, "PL1", "done").way is Way.OPEN


def test_a_cumulative_figure_that_falls_is_named() -> None:
    """Taken all the same: the last report stands, the person looks."""
    found = cell(joined(book("Q1", {"PL6": {PLANNED: "30"}}), book("Q2", {"PL6": {PLANNED: "20"}})), PLANNED)
    assert (found.value.number, "lũy kế giảm" in found.remark) == (20, True)


@pytest.mark.parametrize(
    ("parts", "wanted", "word"),
    [
        (("Q1",), "", "ít nhất hai sổ"),
        (("Q3", "9T"), "", "hai bộ số liệu khác nhau"),
        (("6T", "Q2", "Q3"), "", "nằm trong 6 tháng"),
        (("Q1", "Q3"), "", "Thiếu sổ của quý II"),
        (("Q2", "Q3"), "", "Thiếu sổ của quý I"),
        (("Q1", "Q2", "Q3"), "2024-NAM", "quý IV"),
        (("Q1", "Q2", "Q3"), "2024-6T", "nằm ngoài"),
        (("Q1", "Q1"), "", "cùng là sổ của quý I"),
        (("Q1", "Q2"), "2025-6T", "không thuộc năm 2025"),
    ],
)
def test_periods_that_do_not_fit_are_refused(parts: tuple[str, ...], wanted: str, word: str) -> None:
    """Overlap, gap, twice, quý III with 9 tháng: one sentence each."""
    with pytest.raises(CchcError, match=word):
        joined(*(book(part, {"PL6": {SETTLED: "1"}}) for part in parts), wanted=wanted)


def test_days_that_overlap_or_leave_a_gap_are_refused() -> None:
    """Provinces set their own dates: they have to follow each other."""
    figures = {"PL6": {SETTLED: "1"}}
    first = book("Q1", figures, date_from="15/12/2023", date_to="14/03/2024")
    for start, word in (("10/03/2024", "trùng nhau"), ("20/03/2024", "bị hở")):
        with pytest.raises(CchcError, match=word):
            joined(first, book("Q2", figures, date_from=start, date_to="14/06/2024"))


def test_other_units_and_forms_are_refused(tmp_path: Path) -> None:
    """Another code, another name, a unit that was reorganised in between (by the list's dates), another form."""
    figures = {"PL6": {SETTLED: "1"}}
    for unit, code in (("xã Tân Hải", "1"), ("xã Hộ Hải", "22855")):
        with pytest.raises(CchcError, match="cùng một đơn vị"):
            joined(book("Q1", figures), book("Q2", figures, unit=unit, code=code))
    other = filled("22855", {}, "cam-giang-2024")
    stamp = replace(other.stamp, unit="xã Tân Hải", period="2024-Q2")
    with pytest.raises(CchcError, match="cùng một biểu"):
        in_sequence([book("Q1", figures), period_book(replace(other, stamp=stamp))])
    listed = tmp_path / "don-vi.tsv"
    listed.write_text(
        "code\tname\tkind\tparent\tvalid_from\tvalid_to\n"
        "22846\tVĩnh Hải\txã\t586\t\t2024-04-30\n22846\tVĩnh Hải\txã\t56\t2024-05-01\t\n",
        encoding="utf-8",
    )
    books = [book(part, figures, unit="xã Vĩnh Hải", code="22846") for part in ("Q1", "Q2")]
    with pytest.raises(CchcError, match="hai đơn vị khác nhau"):
        in_sequence(books, "", read_units(listed))


def test_a_unit_that_took_in_another_in_between_is_refused(tmp_path: Path) -> None:
    """Half a year of the old territory and a quarter of the larger one are no nine months of either."""
    listed = tmp_path / "ds.tsv"
    listed.write_text(
        "code\tname\tkind\tvalid_to\tbecame\n22855\tTân Hải\txã\t\t\n22861\tHộ Hải\txã\t30/06/2024\tXã Tân Hải\n",
        encoding="utf-8",
    )
    books = [book("6T", {"PL6": {SETTLED: "10"}}), book("Q3", {"PL6": {SETTLED: "10"}})]
    with pytest.raises(CchcError, match="đã nhận thêm xã Hộ Hải sau 6 tháng đầu năm 2024"):
        in_sequence(books, "", read_units(listed))


def test_the_workbook_is_the_form_filled_with_its_sources(tmp_path: Path) -> None:
    """Read back through the reader: the figures, the identity, the dates; the sheet of sources names file and cell."""
    for part, number in (("Q1", "100"), ("Q2", "60")):
        figures = {"PL6": {SETTLED: number, ON_TIME: "50", SHARE: number, STAFF: "20"}}
        make(tmp_path, "22855", "UBND xã Tân Hải", figures, period=f"2024-{part}", file=f"{part}.xlsx")
    target = tmp_path / "6T.xlsx"
    assert main(["cong-ky", str(tmp_path / "Q2.xlsx"), str(tmp_path / "Q1.xlsx"), "-o", str(target)]) == 1
    read = read_file(target)
    assert read.faults == ()
    assert (read.stamp.period, read.stamp.unit_code, read.stamp.kind) == ("2024-6T", "22855", "submission")
    assert (read.stamp.date_from, read.stamp.date_to) == ("15/12/2023", "14/06/2024")
    figures = SubmissionFigures(read)
    numbers = [figures.number(CellRef("PL6", order, "value")) for order in (SETTLED, ON_TIME, ON_TIME_RATE, SHARE)]
    assert numbers == [160, 100, Decimal("62.5"), None]
    sheet = openpyxl.load_workbook(target)[SOURCES_SHEET]
    lines = [[c.value for c in row] for row in sheet.iter_rows()]
    settled = next(line for line in lines if line[4:7] == [100, 60, 160])
    assert settled[8].startswith("PL6!")
    assert any("Q1.xlsx" in str(line[2]) for line in lines)
    share = next(line for line in lines if "CHƯA CÓ SỐ" in str(line[7]))
    assert "100" in share[9]


def test_errors_are_joined_only_with_a_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """More on time than settled cannot be; the reason stands in the sheet of sources."""
    for part, on_time in (("Q1", "50"), ("Q2", "500")):
        figures = {"PL6": {SETTLED: "100", ON_TIME: on_time}}
        make(tmp_path, "22855", "xã Tân Hải", figures, period=f"2024-{part}", file=f"{part}.xlsx")
    files = [str(tmp_path / "Q1.xlsx"), str(tmp_path / "Q2.xlsx"), "-o", str(tmp_path / "6T.xlsx")]
    assert main(["cong-ky", *files]) == 2
    assert "còn 1 lỗi" in capsys.readouterr().err
    assert not (tmp_path / "6T.xlsx").exists()
    assert main(["cong-ky", *files, "--ke-ca", "Q2.xlsx", "--ly-do", "đã giải trình"]) == 1
    sheet = openpyxl.load_workbook(tmp_path / "6T.xlsx")[SOURCES_SHEET]
    assert any("đã giải trình" in str(c.value) for row in sheet.iter_rows() for c in row)


def test_typed_figures_of_an_earlier_result_are_kept_in_a_copy(tmp_path: Path) -> None:
    """Joining again over a workbook in which somebody filled what was open keeps that workbook beside it."""
    paths = []
    for part, share in (("Q1", "90"), ("Q2", "80")):
        paths.append(make(tmp_path, "1", "xã A", {"PL6": {SHARE: share}}, period=f"2024-{part}", file=f"{part}.xlsx"))
    request = JoinRequest(paths, tmp_path / "6T.xlsx")
    join_periods(request)
    join_periods(request)
    assert not list(tmp_path.glob("*bản trước*"))
    book = openpyxl.load_workbook(request.target)
    entry = read_file(request.target).entries[CellRef("PL6", SHARE, "value")]
    book[entry.sheet][entry.address] = 85
    book.save(request.target)
    join_periods(request)
    kept = list(tmp_path.glob("*bản trước*"))
    assert len(kept) == 1
    assert read_file(kept[0]).value(CellRef("PL6", SHARE, "value")).number == 85


def test_rows_that_the_unit_added_are_matched_by_their_names() -> None:
    """Not by their places: the second added row of quý II is the first of quý I."""
    form = load_form(FORM)
    spare = list(form.appendix("PL5").spare_cells)
    first = {"PL5": {spare[0]: {"label": "Thủ tục A", "online": "3", "total": "5"}}}
    second = {
        "PL5": {
            spare[0]: {"label": "Thủ tục B", "online": "1", "total": "1"},
            spare[1]: {"label": "thủ tục  A", "online": "4", "total": "4"},
        }
    }
    result = joined(book("Q1", first), book("Q2", second))
    found = {c.name: c.value.number for c in result.cells if c.spec.row.spare and c.spec.column.key == "total"}
    assert found == {"Thủ tục A": 9, "Thủ tục B": 1}


def test_every_row_of_every_form_has_a_period_kind_that_its_words_bear_out() -> None:
    """Words that say when a figure is counted agree with the kind; no ratio is more than its parts."""
    words = {"lũy kế": ("cumulative",), "trong kỳ": ("in_period",), "tại thời điểm": ("at_date",)}
    for name in ("vinh-thanh-2023", "ninh-hai-2023", "cam-giang-2024", "tinh-chau-2023", "cu-lao-dung-2024"):
        for spec in load_form(name).specs():
            if spec.quantity:
                assert spec.quantity.period.value, spec.ref
                said = next((kind for word, kind in words.items() if word in spec.row.label.lower()), None)
                assert said is None or spec.quantity.period.value in said, spec.ref


def test_the_order_of_the_files_does_not_matter() -> None:
    """The period on the cover decides, not the name."""
    first, second = book("Q1", {"PL6": {STAFF: "20"}}), book("Q2", {"PL6": {STAFF: "21"}})
    assert cell(joined(second, first), STAFF).value.number == 21
    assert parse_period("2024-6T") == joined(second, first).period
    assert isinstance(first.submission, Submission)


def test_summaries_are_joined_over_the_units_that_have_both_parts(tmp_path: Path) -> None:
    """A district's ratio leaves out a commune without its numerator in each quarter, and so in the half-year."""
    paths = []
    for part, on_time in (("Q1", "90"), ("Q2", "50")):
        folder = tmp_path / part
        folder.mkdir()
        full, half = {SETTLED: "100", ON_TIME: on_time, SURVEY: "1"}, {SETTLED: "300", SURVEY: "0"}
        for code, rows in {"1": full, "2": half}.items():
            make(folder, code, f"xã {code}", {"PL6": rows}, period=f"2024-{part}")
        paths.append(tmp_path / f"th{part}.xlsx")
        units = tmp_path / "don-vi.tsv"
        units.write_text(
            "code\tname\tkind\tparent\nh\tH\thuyện\t\n1\t1\txã\th\n2\t2\txã\th\n", encoding="utf-8"
        )
        merge(MergeRequest(folder, paths[-1], FORM, units, "h", f"2024-{part}"))
    made = join_periods(JoinRequest(paths, tmp_path / "6T.xlsx"))
    assert cell(made.joined, SETTLED).value.number == 800
    assert cell(made.joined, ON_TIME_RATE).value.number == 70
    # How many communes held one is not the district's own answer.
    assert not cell(made.joined, SURVEY).value.filled
    assert SubmissionFigures(read_file(tmp_path / "6T.xlsx")).number(CellRef("PL6", ON_TIME_RATE, "value")) == 70


def quarter_summaries(tmp_path: Path, by_quarter: dict[str, str]) -> list[Path]:
    """A district's summaries; which of the units 1, 2, 3 sent their workbook in each quarter."""
    units = tmp_path / "don-vi.tsv"
    rows = "".join(f"{n}\t{n}\txã\th\n" for n in "123")
    units.write_text(f"code\tname\tkind\tparent\nh\tH\thuyện\t\n{rows}", encoding="utf-8")
    paths = []
    for part, sent in by_quarter.items():
        folder = tmp_path / part
        folder.mkdir()
        for code in sent:
            make(folder, code, f"xã {code}", {"PL6": {SETTLED: "10", STAFF: "5"}}, period=f"2024-{part}")
        paths.append(tmp_path / f"th{part}.xlsx")
        merge(MergeRequest(folder, paths[-1], FORM, units, "h", f"2024-{part}"))
    return paths


def test_summaries_that_lack_units_say_so_wherever_their_figures_stand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A sum over three communes and one over two are no sum of three: said beside each figure."""
    paths = quarter_summaries(tmp_path, {"Q1": "123", "Q2": "13", "Q3": "123"})
    half, nine = tmp_path / "6T.xlsx", tmp_path / "9T.xlsx"
    main(["cong-ky", str(paths[0]), str(paths[1]), "-o", str(half)])
    assert "2/3 đơn vị, thiếu xã 2" in " ".join(capsys.readouterr().out.split())
    note = CellRef("PL6", SETTLED, "note")
    said = "3/3 đơn vị ở quý I; 2/3 đơn vị ở quý II"
    assert read_file(half).value(note).text == f"{said}."
    assert read_file(half).value(CellRef("PL6", STAFF, "note")).text == "2/3 đơn vị ở quý II."
    # What the half-year lacks, the nine months lack too.
    made = join_periods(JoinRequest([half, paths[2]], nine))
    assert cell(made.joined, SETTLED).counted == said
    assert cell(made.joined, STAFF).counted == ""
    sources = [c.value for r in openpyxl.load_workbook(nine)[SOURCES_SHEET].iter_rows() for c in r if c.value]
    assert any(said in str(text) for text in sources)
    assert not any("ô nào cũng có số" in str(text) for text in sources)


def test_summaries_of_all_units_need_no_remark(tmp_path: Path) -> None:
    """Nothing is said where nothing is missing."""
    made = join_periods(JoinRequest(quarter_summaries(tmp_path, {"Q1": "123", "Q2": "123"}), tmp_path / "6T.xlsx"))
    assert not any(one.counted for one in made.joined.cells)
    assert not made.joined.submission.value(CellRef("PL6", SETTLED, "note")).filled


def test_joining_and_merging_change_places() -> None:
    """A half-year of a district's communes is the half-year of their sums, row by row."""
    rnd = random.Random(7)
    chosen = rnd.sample(amounts(), 50)
    units = [[book(part, random_quarter(rnd, chosen, 0), f"xã {code}", code) for part in QUARTERS] for code in "123"]
    form = load_form(FORM)

    def sums(submissions: list[Submission]) -> dict[CellRef, Decimal | None]:
        children = [Child(s.stamp.unit_code, s.stamp.unit, contribution(s)) for s in submissions]
        return {c.spec.ref: c.value for c in consolidate(form, children) if c.rollup is Rollup.SUM}

    merged_last = sums([joined(*quarters).submission for quarters in units])
    by_quarter = [sums([unit[at].submission for unit in units]) for at in range(len(QUARTERS))]
    known = kinds()
    for ref in chosen:
        if ref not in merged_last:
            continue
        numbers = [quarter[ref] for quarter in by_quarter]
        period = known[form.cells[ref].code][1]
        expected = {"in_period": sum(n or 0 for n in numbers), "at_start": numbers[0]}.get(period, numbers[-1])
        assert merged_last[ref] == expected, ref
