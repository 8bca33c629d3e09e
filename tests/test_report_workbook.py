"""The report workbook of kiem-tra --bao-cao: what people wrote in it survives, and it says what changed since."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from submissions import make

from cchc_xl.layout import REPORT_SHEET
from cchc_xl.operations import check_file
from cchc_xl.report.workbook import write_report

FORM = "cam-giang-2024"
# 4.1.1 (row 45) is not below 4.2.1 (row 49): a warning. 3.3.1 settled 10, on time 12: an error.
WARNING = {45: "18", 49: "18", 35: "10", 36: "10"}
ERROR = {35: "10", 36: "12"}


@pytest.fixture
def report(tmp_path: Path):
    """Checks a fill and reports it over the same report; gives the rows under the header by rule."""
    target = tmp_path / "kq.xlsx"

    def call(figures: dict[int, str]) -> dict[str, dict[str, object]]:
        (tmp_path / "xa.xlsx").unlink(missing_ok=True)
        book = make(tmp_path, "1", "xã A", {"PL1": figures}, form=FORM, file="xa.xlsx")
        write_report([check_file(book)], target)
        return rows(target)

    call.target = target
    return call


def rows(path: Path) -> dict[str, dict[str, object]]:
    lines = list(openpyxl.load_workbook(path)[REPORT_SHEET].iter_rows(values_only=True))
    top = next(index for index, line in enumerate(lines) if "Quy tắc" in line)
    table = [dict(zip(lines[top], line, strict=True)) for line in lines[top + 1 :]]
    return {str(line["Quy tắc"]): line for line in table if line["Quy tắc"]}


def explain(path: Path, rule: str, text: str) -> None:
    book = openpyxl.load_workbook(path)
    for line in book[REPORT_SHEET].iter_rows():
        if line[9].value == rule:
            line[10].value = text
    book.save(path)


def test_an_explanation_survives_the_next_run(report) -> None:
    """What was written under Giải trình is kept by rule, cell and value."""
    report(WARNING)
    explain(report.target, "R12-PL1-45", "Xã không có cán bộ")
    assert report(WARNING)["R12-PL1-45"]["Giải trình"] == "Xã không có cán bộ"


def test_an_explanation_lapses_when_the_value_changes(report) -> None:
    """An explanation of 18 does not explain 20."""
    report(WARNING)
    explain(report.target, "R12-PL1-45", "Xã không có cán bộ")
    assert not report({45: "20", 49: "20"})["R12-PL1-45"]["Giải trình"]


def test_findings_are_new_open_or_mended(report) -> None:
    """The second run says what came, what stayed and what went."""
    assert not report(WARNING)["R12-PL1-45"]["Tình trạng"]
    second = report({**WARNING, **ERROR})
    third = report(ERROR)
    assert second["R12-PL1-45"]["Tình trạng"] == "còn"
    assert second["R09-PL1-36"]["Tình trạng"] == "mới"
    assert third["R12-PL1-45"]["Tình trạng"] == "đã sửa"
    assert "R12-PL1-45" not in report(ERROR)


def test_a_workbook_is_complete_when_warnings_are_explained(report) -> None:
    """No error, and each warning explained: HOÀN THÀNH; one unexplained warning or an error: not."""
    report(WARNING)
    state = openpyxl.load_workbook(report.target)[REPORT_SHEET]["A2"].value
    assert "Chưa hoàn thành" in state
    explain(report.target, "R12-PL1-45", "Xã không có cán bộ")
    report(WARNING)
    assert "HOÀN THÀNH." in openpyxl.load_workbook(report.target)[REPORT_SHEET]["A2"].value
    report({**WARNING, **ERROR})
    assert "Chưa hoàn thành" in openpyxl.load_workbook(report.target)[REPORT_SHEET]["A2"].value


def test_each_finding_links_to_its_cell(report) -> None:
    """A click on the cell's address opens the checked file there."""
    report(ERROR)
    sheet = openpyxl.load_workbook(report.target)[REPORT_SHEET]
    link = next(line[4].hyperlink for line in sheet.iter_rows() if line[9].value == "R09-PL1-36")
    assert (link.target, link.location) == ("xa.xlsx", "'PL1'!E46")


def test_texts_from_a_file_stay_texts(report) -> None:
    """A figure that looks like a formula is written as text."""
    found = report({2: "=1+1"})["R15-PL1-2"]
    assert found["Số đã ghi"] == "=1+1"
    sheet = openpyxl.load_workbook(report.target)[REPORT_SHEET]
    assert all(cell.data_type != "f" for line in sheet.iter_rows() for cell in line)
