"""tao-so --ky-truoc: a new workbook from the last period's, with its figures grey beside the table."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from submissions import FORM, make, write_printed

from cchc_xl.catalogue.load import load_form
from cchc_xl.checks.run import check
from cchc_xl.expressions import CellRef
from cchc_xl.form_workbook.before import GREY
from cchc_xl.hosts.cli import main
from cchc_xl.layout import BEFORE_KEY, form_layout
from cchc_xl.merging import MergeRequest, merge
from cchc_xl.operations import fill_workbook
from cchc_xl.readers.file_book import FileBook
from cchc_xl.readers.keyed_sheets import read_keyed
from cchc_xl.readers.read_submission import read_file
from cchc_xl.submission import SubmissionFigures

# Of PL6: files settled (in the period), tasks planned for the year, staff of 2015, the ratio of tasks done.
SETTLED, PLANNED, DONE, DONE_RATE, STAFF_2015 = 56, 4, 5, 3, 78
SPARE = next(iter(load_form(FORM).appendix("PL5").spare_cells))
FIGURES = {
    "PL6": {SETTLED: "100", PLANNED: "30", DONE: "15", STAFF_2015: "25"},
    "PL4": {1: {"online": "7", "in_time": "7"}},
    "PL5": {1: {"level": "4", "online": "9"}, SPARE: {"label": "Thủ tục riêng", "level": "3", "online": "2"}},
    "PL1": {2: {"done": "x"}},
}


@pytest.fixture
def last(tmp_path: Path) -> Path:
    """The workbook of quý II."""
    return make(tmp_path, "22855", "UBND xã Tân Hải", FIGURES, period="2024-Q2", file="q2.xlsx")


def continued(last: Path, *more: str) -> Path:
    target = last.with_name("q3.xlsx")
    assert main(["tao-so", FORM, "-o", str(target), "--ky-truoc", str(last), *more]) == 0
    return target


def numbers(path: Path, *orders: int) -> list[object]:
    figures = SubmissionFigures(read_file(path))
    return [figures.number(CellRef("PL6", order, "value")) for order in orders]


def shown_before(path: Path, ref: CellRef) -> tuple[object, bool]:
    """What stands grey beside a cell, and whether it is outside the print."""
    sheet = openpyxl.load_workbook(path)[ref.appendix]
    place = form_layout(load_form(FORM)).appendices[ref.appendix]
    column = next(c.column for c in sheet[1] if c.value == BEFORE_KEY + ref.column)
    found = sheet.cell(place.rows[ref.order or 0] + 1, column)
    if found.value is not None:
        assert found.font.color.rgb.endswith(GREY[1:])
        assert found.protection.locked
    return found.value, column > place.last_column + 1


def test_unit_bases_and_added_rows_go_along_figures_of_the_period_do_not(last: Path) -> None:
    """The plan of the year, the staff of 2015, the service level of a procedure, an added row's name."""
    path = continued(last, "--ky", "2024-Q3")
    read = read_file(path)
    assert read.faults == ()
    assert (read.stamp.unit, read.stamp.unit_code, read.stamp.period) == ("UBND xã Tân Hải", "22855", "2024-Q3")
    assert numbers(path, SETTLED, PLANNED, DONE, STAFF_2015) == [None, 30, None, 25]
    assert read.value(CellRef("PL5", 1, "level")).number == 4
    assert read.value(CellRef("PL5", SPARE, "label")).text == "Thủ tục riêng"
    assert not read.value(CellRef("PL5", SPARE, "online")).filled
    assert not read.value(CellRef("PL1", 2, "done")).filled


def test_a_plan_of_the_year_stays_in_its_year(last: Path) -> None:
    """In a new year, or where no period was chosen yet, the plan has to be entered; the base of 2015 stays."""
    assert numbers(continued(last, "--ky", "2025-Q1"), PLANNED, STAFF_2015) == [None, 25]
    last.with_name("q3.xlsx").unlink()
    assert numbers(continued(last), PLANNED, STAFF_2015) == [None, 25]


def test_the_last_figures_stand_grey_beside_outside_the_print(last: Path) -> None:
    """Typed figures, computed ones and marks, in the matrix as in the list of indicators."""
    path = continued(last, "--ky", "2024-Q3")
    wanted = {
        CellRef("PL6", SETTLED, "value"): 100,
        CellRef("PL6", DONE_RATE, "value"): 50,
        CellRef("PL4", 1, "online"): 7,
        CellRef("PL4", 1, "pending"): 7,
        CellRef("PL1", 2, "done"): "x",
        CellRef("PL5", SPARE, "online"): 2,
    }
    assert {ref: shown_before(path, ref) for ref in wanted} == {ref: (value, True) for ref, value in wanted.items()}
    assert shown_before(path, CellRef("PL6", 2, "value"))[0] is None


def test_nothing_reads_what_stands_beside(last: Path, tmp_path: Path) -> None:
    """Filled alike, the workbook is checked, merged and upgraded like one that was built blank."""
    path = continued(last, "--ky", "2024-Q3")
    plain = make(tmp_path, "22855", "UBND xã Tân Hải", {}, period="2024-Q3", file="trang.xlsx")
    printed = tmp_path / "in"
    printed.mkdir()
    write_printed(
        printed,
        {
            "PL6": {SETTLED: "80", PLANNED: "30", DONE: "20", STAFF_2015: "25"},
            "PL5": {1: {"level": "4"}, SPARE: {"label": "Thủ tục riêng", "level": "3"}},
        },
    )
    for target in (path, plain):
        fill_workbook(target, printed)
    ours, theirs = read_file(path), read_file(plain)
    found = {(f.code, f.cell, f.message) for f in check(ours).findings}
    assert found == {(f.code, f.cell, f.message) for f in check(theirs).findings}
    assert {r: e.value for r, e in ours.entries.items()} == {r: e.value for r, e in theirs.entries.items()}
    with FileBook(path) as book:
        keyed = read_keyed(book, path.name)
    beside = [cell for sheet in keyed.sheets for cell in sheet.cells() if not cell.column]
    assert beside == []
    for name, source in (("a", path), ("b", plain)):
        (tmp_path / name).mkdir()
        source.rename(tmp_path / name / "1.xlsx")
    totals = [
        {c.spec.ref: c.value for c in merge(MergeRequest(tmp_path / name, tmp_path / f"{name}.xlsx")).cells}
        for name in "ab"
    ]
    assert totals[0] == totals[1]


def test_a_workbook_with_bases_alone_is_not_filled(last: Path, tmp_path: Path) -> None:
    """Sent as it was made it has no figures of the period: a merge leaves it out and says so."""
    path = continued(last, "--ky", "2024-Q3")
    folder = tmp_path / "nop"
    folder.mkdir()
    path.rename(folder / "1.xlsx")
    [file] = merge(MergeRequest(folder, tmp_path / "th.xlsx", FORM)).files
    assert (file.state.taken, file.reason) == (False, "Sổ chưa có số liệu.")


def test_the_days_go_on_where_the_last_period_ended(tmp_path: Path) -> None:
    """A province with days of its own: the next quarter begins on the day after."""
    last = make(tmp_path, "1", "xã A", {"PL6": {SETTLED: "1"}}, period="2024-Q2", file="q2.xlsx")
    book = openpyxl.load_workbook(last)
    cover = book["Bìa"]
    row = next(r for r in cover.iter_rows() if r[0].value == "date_to")
    next(c for c in row if c.value is not None and c.column > 2).value = "20/06/2024"
    book.save(last)
    assert read_file(continued(last, "--ky", "2024-Q3")).stamp.date_from == "21/06/2024"


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--ky", "2024-Q2"], "cũng là của quý II"),
        (["--ky", "2024-Q1"], "sau quý I"),
        (["--ky", "2024-Q3", "cam-giang-2024"], "khác biểu cam-giang-2024"),
    ],
)
def test_what_cannot_be_the_last_period_is_refused(
    last: Path, arguments: list[str], word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same period, a later one, another form: one sentence, nothing written."""
    target = last.with_name("moi.xlsx")
    assert main(["tao-so", "-o", str(target), "--ky-truoc", str(last), *arguments]) == 2
    assert word in capsys.readouterr().err
    assert not target.exists()


def test_without_form_and_last_period_there_is_no_workbook(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And the last period's workbook is never written over."""
    assert main(["tao-so", "-o", str(tmp_path / "a.xlsx")]) == 2
    assert "Chưa ghi biểu mẫu" in capsys.readouterr().err
    last = make(tmp_path, "1", "xã A", {"PL6": {SETTLED: "1"}}, period="2024-Q2", file="q2.xlsx")
    assert main(["tao-so", "-o", str(last), "--ky-truoc", str(last), "--ky", "2024-Q3"]) == 2


@pytest.mark.parametrize(
    ("arguments", "exit_code"),
    [
        (["--don-vi", "xã Khác"], 2),
        (["--ma", "99999"], 2),
        (["--don-vi", "xã Khác", "--ma", "99999"], 0),
        (["--don-vi", "xã Tân Hải"], 0),
    ],
)
def test_half_of_another_units_identity_is_refused(
    last: Path, arguments: list[str], exit_code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """A neighbour's name beside the old code, or its code beside the old name, would count as the wrong unit's."""
    target = last.with_name("moi.xlsx")
    assert main(["tao-so", "-o", str(target), "--ky-truoc", str(last), "--ky", "2024-Q3", *arguments]) == exit_code
    assert ("đổi mã thì ghi cả --don-vi và --ma" in capsys.readouterr().err) == (exit_code == 2)
