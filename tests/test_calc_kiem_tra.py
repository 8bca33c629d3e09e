"""The tests of the button Kiểm tra once more, each with its workbook open in LibreOffice Calc instead of the engine
that imitates Excel: same handler, same expectations."""

from __future__ import annotations

import calc_host
import pytest
import test_kiem_tra_button as in_excel

pytestmark = pytest.mark.usefixtures("calc")

# Not of this host, and why.
OTHERWISE = {
    "test_a_sheet_laid_out_anew_prints_one_page_wide": "Excel's page set-up; LibreOffice keeps its default page",
    "test_an_error_value_that_xlwings_does_not_know_is_no_figure": "LibreOffice gives an error value as its text",
    "test_excel_is_left_as_it_was": "asks for Excel's semi-automatic calculation; test_calc_host has its own",
    "test_no_cell_by_cell_calls": "counts calls of the imitated Excel; test_calc_host counts requests",
    "test_the_colours_follow_the_marks": "saves the imitated Excel's own file",
    "test_the_command_line_says_whether_completion_holds": "saves the imitated Excel's own file",
    "test_a_sheet_laid_out_anew_looks_as_the_one_that_came_with_the_form": "test_calc_parity compares the two",
    "test_an_explanation_follows_its_cell": "saves the imitated Excel's own file",
}

opened = in_excel.opened
globals().update(
    {name: test for name, test in vars(in_excel).items() if name.startswith("test_") and name not in OTHERWISE}
)


@pytest.fixture(autouse=True)
def in_calc(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' workbooks open in LibreOffice."""
    monkeypatch.setattr(in_excel, "open_book", calc_host.open_book)
