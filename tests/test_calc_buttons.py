"""The tests of the buttons once more, each with its workbooks open in LibreOffice Calc."""

from __future__ import annotations

import calc_host
import pytest
import test_buttons as in_excel

pytestmark = pytest.mark.usefixtures("calc")

# Not of this host, and why.
OTHERWISE = {
    "test_a_busy_excel_is_named": "a click in LibreOffice commits the cell that is being typed into",
    "test_a_format_that_nobody_takes_is_told": "opens a template; test_calc_host has its own",
    "test_a_copy_that_cannot_be_saved_leaves_the_number_alone": "breaks the imitated Excel",
    "test_nop_of_another_kind_of_workbook_says_how_to_save_it": "names the imitated Excel's workbook otherwise",
    "test_nop_of_a_workbook_with_buttons_sends_none_of_its_macros": "there is no button Nộp in LibreOffice",
    "test_nop_refuses_what_is_not_complete": "a lock file lies in the folder; test_calc_host has its own",
    "test_submission_names_are_ascii": "needs no host",
}

own_home, received, app = in_excel.own_home, in_excel.received, in_excel.app
with_macros = in_excel.with_macros
globals().update(
    {name: test for name, test in vars(in_excel).items() if name.startswith("test_") and name not in OTHERWISE}
)


@pytest.fixture(autouse=True)
def in_calc(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' workbooks open in LibreOffice."""
    monkeypatch.setattr(in_excel, "open_book", calc_host.open_book)
