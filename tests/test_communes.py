"""The made-up reports of nine communes: they add up to the district's print and contradict themselves nowhere.

The arithmetic here is the test's own, without the expressions and checks of the package; only the last but one test
asks the checks as well.
"""

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

import cchc_xl
from cchc_xl.catalogue.load import load_form
from cchc_xl.operations import NewWorkbook, check_file, create_workbook, fill_workbook
from cchc_xl.samples.communes import FORM_ID, PERIOD, made_up_reports, write_reports
from cchc_xl.severity import Severity
from cchc_xl.units import read_units

SAMPLES = Path(cchc_xl.__file__).parent / "samples"
REPORTS = made_up_reports()
FORM = load_form(FORM_ID)

RECEIVED = "Số hồ sơ nhận giải quyết > Trong đó > "
ONLINE = RECEIVED + "Số mới tiếp nhận trực tuyến"
CARRIED = RECEIVED + "Số kỳ trước chuyển qua"
DIRECT = RECEIVED + "Số mới tiếp nhận (trực tiếp - bưu chính)"
SETTLED = "Kết quả giải quyết > Số hồ sơ đã giải quyết > "
PENDING = "Kết quả giải quyết > Số hồ sơ đang giải quyết > "
RESULTS = (SETTLED + "Trả đúng thời hạn", SETTLED + "Trả quá hạn", PENDING + "Chưa đến hạn", PENDING + "Quá hạn")

every_commune = pytest.mark.parametrize("code", list(REPORTS))


def number(text: str) -> int:
    return int(text.replace(".", ""))


def indicators(code: str) -> dict[int, str]:
    return {int(line["order"]): line["value"] for line in REPORTS[code]["PL6"]}


def figure(code: str, order: int) -> int:
    return number(indicators(code)[order])


def matrix(code: str, *columns: str) -> int:
    return sum(number(line[column]) for line in REPORTS[code]["PL4"] for column in columns)


def total(order: int) -> int:
    return sum(figure(code, order) for code in REPORTS)


def printed(appendix: str) -> dict[int, dict[str, str]]:
    """Printed rows of the district or of Vĩnh Thạnh."""
    with (SAMPLES / "printed" / f"{appendix}.tsv").open(encoding="utf-8", newline="") as handle:
        return {int(line["order"]): line for line in csv.DictReader(handle, dialect="excel-tab")}


def test_the_nine_communes_of_the_year():
    units = read_units(SAMPLES / "units" / "ninh-hai.tsv")
    assert list(REPORTS) == [unit.code for unit in units.expected("586", date(2023, 12, 31))]


def test_together_they_give_the_print_of_the_district():
    district = printed("ninh-hai-2023/PL3")
    assert (total(56), total(57)) == (12600, 12600)
    assert (district[21]["value"], district[22]["value"]) == ("12.600", "12.600")
    # What the district and its communes count together leaves a rest that the district can have had itself.
    own_received = number(district[39]["value"]) - total(126)
    own_online = number(district[40]["value"]) - total(127)
    assert own_received >= number(district[18]["value"])
    assert 0 <= own_online <= own_received


@pytest.mark.parametrize(
    ("order", "value"), [(45, "108"), (118, "54"), (119, "54"), (122, "16"), (123, "16")]
)
def test_shared_counts_are_the_same_everywhere(order, value):
    assert {indicators(code)[order] for code in REPORTS} == {value}


@every_commune
def test_every_task_has_one_mark_and_a_text(code):
    for appendix, tasks in (("PL1", 23), ("PL2", 54), ("PL3", 47)):
        lines = REPORTS[code][appendix]
        assert [int(line["order"]) for line in lines] == list(FORM.appendix(appendix).printed_items)
        assert len(lines) == tasks
        for line in lines:
            assert sorted((line["done"], line["not_done"])) == ["", "x"]
            assert line["result_note"]


@every_commune
def test_matrix_balances(code):
    lines = REPORTS[code]["PL4"]
    assert [line["order"] for line in lines] == ["1", "2", "3", "4", "5"]
    for line in lines:
        received = sum(number(line[column]) for column in (ONLINE, CARRIED, DIRECT))
        assert received == sum(number(line[column]) for column in RESULTS)
        assert received > 0


@every_commune
def test_procedures_agree_with_the_matrix(code):
    given = {row.order: row for row in FORM.appendix("PL5").printed}
    lines = REPORTS[code]["PL5"]
    assert [int(line["order"]) for line in lines] == list(given)
    online, files = Counter[str](), Counter[str]()
    levels: dict[str, set[str]] = {}
    for line in lines:
        row = given[int(line["order"])]
        field = row.given["field"].replace("–", "-").lower()
        line_online, line_files = number(line["Số hồ sơ trực tuyến"]), number(line["Tổng số hồ sơ"])
        assert line_online <= line_files
        assert line["Mức độ"] != "2" or line_online == 0
        assert line["Tích hợp với cổng DVC QG"] in ("0", "1")
        online[field] += line_online
        files[field] += line_files
        levels.setdefault(row.given["code"], set()).add(line["Mức độ"])
    assert all(len(found) == 1 for found in levels.values())
    for line in REPORTS[code]["PL4"]:
        field = FORM.appendix("PL4").row(int(line["order"])).label.replace("–", "-").lower()
        assert online[field] == number(line[ONLINE])
        assert files[field] == sum(number(line[column]) for column in (ONLINE, CARRIED, DIRECT))
    for order, level in ((120, "3"), (124, "4")):
        used = {
            given[int(line["order"])].given["code"]
            for line in lines
            if line["Mức độ"] == level and number(line["Số hồ sơ trực tuyến"])
        }
        assert figure(code, order) == len(used)


@every_commune
def test_indicators_agree_with_the_other_appendices(code):
    assert figure(code, 4) == 23
    assert figure(code, 5) == sum(line["done"] == "x" for line in REPORTS[code]["PL1"])
    assert figure(code, 55) == figure(code, 126) == matrix(code, ONLINE, CARRIED, DIRECT)
    assert figure(code, 56) == matrix(code, *RESULTS[:2])
    assert figure(code, 57) == matrix(code, RESULTS[0])
    assert figure(code, 127) == matrix(code, ONLINE)
    assert figure(code, 143) <= matrix(code, DIRECT)


@every_commune
@pytest.mark.parametrize(
    "chain",
    [
        (5, 4), (10, 9), (32, 31), (37, 36), (57, 56, 55), (61, 60), (64, 63), (67, 66), (70, 69), (74, 73),
        (76, 79, 78), (95, 94), (114, 115), (120, 119, 118), (124, 123, 122), (132, 127, 126), (131, 130, 129),
        (131, 132), (141, 139, 138), (141, 140, 138), (145, 143), (145, 144),
    ],
)  # fmt: skip
def test_parts_are_not_above_their_whole(code, chain):
    figures = [figure(code, order) for order in chain]
    assert figures == sorted(figures)


@every_commune
def test_sums_flags_and_bounds(code):
    values = indicators(code)
    assert figure(code, 12) == figure(code, 13) + figure(code, 14) + figure(code, 15)
    assert figure(code, 127) >= figure(code, 120) + figure(code, 124)
    assert figure(code, 138) <= figure(code, 139) + figure(code, 140) + figure(code, 141)
    assert (figure(code, 132) > 0) == (figure(code, 133) > 0)
    assert figure(code, 110) == 1 <= figure(code, 108)
    surveyed = values[16] == "1"
    assert surveyed == (figure(code, 17) > 0) == (values[18] in ("0", "1", "2"))
    survey_task = next(line for line in REPORTS[code]["PL1"] if line["order"] == "27")
    assert (survey_task["done"] == "x") == surveyed


@every_commune
def test_the_commune_fills_all_that_is_its_own_and_nothing_else(code):
    """Formulas and rows of other levels stay blank; every other row has a figure."""
    form_rows = FORM.appendix("PL6").rows
    own = {row.order for row in form_rows if row.code and not row.derived and ("xa" in row.answers or not row.answers)}
    assert set(indicators(code)) == own


def test_written_as_files_for_filling(tmp_path):
    folders = write_reports(tmp_path)
    assert {code: folder.name for code, folder in folders.items()} == {code: code for code in REPORTS}
    for code, folder in folders.items():
        for appendix, lines in REPORTS[code].items():
            with (folder / f"{appendix}.tsv").open(encoding="utf-8", newline="") as handle:
                assert list(csv.DictReader(handle, dialect="excel-tab")) == lines
        assert len(list(folder.iterdir())) == 6


def test_filled_into_workbooks_no_check_objects(tmp_path):
    units = read_units(SAMPLES / "units" / "ninh-hai.tsv")
    names = {unit.code: unit.full_name for unit in units.expected("586", date(2023, 12, 31))}
    for code, folder in write_reports(tmp_path).items():
        book = tmp_path / f"{code}.xlsx"
        create_workbook(NewWorkbook(FORM_ID, names[code], code, PERIOD), book)
        fill_workbook(book, folder)
        checked = check_file(book)
        assert checked.result is not None, checked.fault
        objections = [f for f in checked.result.findings if f.severity is not Severity.INFO]
        assert not objections, (code, objections)
        assert checked.result.passed > 1000


def test_deterministic_and_declared_as_made_up():
    assert made_up_reports() == REPORTS
    for report in REPORTS.values():
        assert any("minh họa" in line["note"] for line in report["PL6"])
