"""Excel (imitated) and LibreOffice Calc: the same handlers change the same cells to the same contents."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import calc_host
import excel_engine
import pytest
from calc_host.parity import compared
from submissions import make

from cchc_xl.catalogue.load import form_ids, load_form
from cchc_xl.hosts.built import BLANK, FILLED, WORKBOOKS
from cchc_xl.hosts.excel.kiem_tra import kiem_tra, xoa_danh_dau
from cchc_xl.layout import REPORT_SHEET
from cchc_xl.merging import MergeRequest, merge
from cchc_xl.report_layout import COLUMNS, EXPLANATION, FIRST_ROW

pytestmark = pytest.mark.usefixtures("calc")

FORM = "cam-giang-2024"
NOW, LATER = datetime(2024, 3, 1, 9, 30), datetime(2024, 3, 4, 15, 5)
WARNING = {45: "18", 49: "18", 35: "10", 36: "10"}


@pytest.fixture(autouse=True)
def time_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """The search for likely culprits ends after a length of time, which differs from run to run: here never."""
    for module in ("culprits", "culprits.search"):
        monkeypatch.setattr(f"cchc_xl.checks.{module}.thread_time", lambda: 0.0)


def once(book) -> None:
    """One Kiểm tra."""
    kiem_tra(book, NOW)


def twice_and_explained(book) -> None:
    """Kiểm tra, an explanation of the first finding, Kiểm tra."""
    kiem_tra(book, NOW)
    explanation = book.sheets[REPORT_SHEET].range((FIRST_ROW + 1, COLUMNS.index(EXPLANATION) + 1))
    explanation.value = "Đã hỏi lại, số đúng"
    kiem_tra(book, LATER)


def taken_off(book) -> None:
    """Kiểm tra, then its marks taken off."""
    kiem_tra(book, NOW)
    xoa_danh_dau(book)


def without_report_sheet(book) -> None:
    """Kiểm tra where the report's sheet was deleted."""
    book.sheets[REPORT_SHEET].delete()
    kiem_tra(book, NOW)


def assert_parity(source: Path, folder: Path, steps: Callable[[object], None]) -> int:
    """Both hosts change the same; gives how many cells changed."""
    excel, calc, size = compared(source, folder, steps, excel_engine.open_book, calc_host.open_book)
    print(f"\n{source.stem} · {steps.__name__}: {size} ô và thuộc tính, {len(excel)} thay đổi, {len(calc)} trong Calc")
    assert calc == excel
    return len(excel)


@pytest.mark.parametrize("form", form_ids())
def test_a_blank_form_is_checked_alike(form: str, tmp_path: Path) -> None:
    """Every form as it lies in workbooks/."""
    assert assert_parity(WORKBOOKS / BLANK / f"{form}.xlsx", tmp_path, once)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("form", "steps"),
    [("cam-giang-2024", taken_off), ("ninh-hai-2023", once), ("vinh-thanh-2023", twice_and_explained)],
)
def test_a_filled_form_is_checked_alike(form: str, steps: Callable[[object], None], tmp_path: Path) -> None:
    """The figures of real reports, with their real findings."""
    assert assert_parity(WORKBOOKS / FILLED / f"{form}.xlsx", tmp_path, steps)


def test_a_missing_report_sheet_is_laid_out_alike(tmp_path: Path) -> None:
    """The report comes back on a new sheet at the same place."""
    source = make(tmp_path, "1", "xã A", {"PL1": WARNING}, form=FORM)
    assert assert_parity(source, tmp_path, without_report_sheet)


def test_a_form_full_of_errors_is_checked_alike(tmp_path: Path) -> None:
    """Negative numbers wherever a number goes: every row has a finding, a mark and a note."""
    rows = load_form(FORM).appendices[0].rows
    figures = {row.order: "-5" for row in rows if row.kind is not None and row.kind.numeric}
    source = make(tmp_path, "1", "xã A", {"PL1": figures}, form=FORM)
    assert assert_parity(source, tmp_path, once) > 60


def test_a_summary_is_checked_alike(tmp_path: Path) -> None:
    """The report of a summary stands on a sheet of its own."""
    folder = tmp_path / "nop"
    folder.mkdir()
    for code, figures in (("1", WARNING), ("2", {35: "20", 36: "18"})):
        make(folder, code, f"xã {code}", {"PL1": figures}, form=FORM)
    merge(MergeRequest(folder, tmp_path / "tong-hop.xlsx"))
    assert assert_parity(tmp_path / "tong-hop.xlsx", tmp_path, once)
