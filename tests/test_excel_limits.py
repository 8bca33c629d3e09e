"""What Excel cannot hold is split or refused with a sentence: with lowered limits every sheet is brought to its end."""

from __future__ import annotations

import csv
import re
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from submissions import make

from cchc_xl import excel_limits
from cchc_xl.audit.run import audit
from cchc_xl.catalogue.load import load_form
from cchc_xl.consolidation.summary import Summary
from cchc_xl.errors import InputFault
from cchc_xl.form_workbook.package import new_workbook
from cchc_xl.hosts.cli import main
from cchc_xl.merging import MergeRequest, merge
from cchc_xl.operations import check_file
from cchc_xl.report.workbook import write_report
from cchc_xl.summary_workbook import data_file, findings
from cchc_xl.summary_workbook.changes import CHANGES_SHEET
from cchc_xl.summary_workbook.data_file import data_path
from cchc_xl.summary_workbook.earlier import read_earlier
from cchc_xl.summary_workbook.findings import FINDINGS_SHEET
from cchc_xl.summary_workbook.page import clean
from cchc_xl.summary_workbook.plan import BY_UNIT_SHEET, FIRST_UNIT, KEY_COLUMN, plan_sheet
from cchc_xl.summary_workbook.received import RECEIVED_SHEET
from cchc_xl.summary_workbook.sources import SINGLE, SOURCES_SHEET
from cchc_xl.summary_workbook.tidy import tidy

FORM, PERIOD = "cam-giang-2024", "2023-NAM"
UNITS = 10
# Enough for the longest sheet that does not grow with the units, the form's own record.
ROWS = 400


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Units whose figures stand in a sheet that they renamed, so that each figure's cell is named, with many faults."""
    folder = tmp_path_factory.mktemp("limits") / "nop"
    folder.mkdir()
    orders = [order for order in range(1, 90) if load_form(FORM).appendices[0].row(order).label]
    for code in range(UNITS):
        figures = {order: str(10 * order + code) for order in orders}
        path = make(folder, f"{code:02}", f"xã {code:02}", {"PL1": figures}, form=FORM)
        book = openpyxl.load_workbook(path)
        book["PL1"].title = "Bảng của tôi"
        book.save(path)
    return folder


def merged(folder: Path, target: Path, **request: object) -> Summary:
    overrides = {path.name: "kiểm thử" for path in folder.iterdir()}
    return merge(MergeRequest(folder, target, period=PERIOD, overrides=overrides, **request))  # type: ignore[arg-type]


def table(workbook: openpyxl.Workbook, sheet: str, heading: str) -> Iterator[tuple[object, ...]]:
    """The rows below the header row whose first columns begin with this one, in the sheet and those that follow it."""
    for name in workbook.sheetnames:
        if name == sheet or re.fullmatch(re.escape(sheet) + r" \(\d+\)", name):
            below = False
            for row in workbook[name].iter_rows(values_only=True):
                if heading in row:
                    below = True
                elif not any(cell is not None for cell in row):
                    below = False
                elif below:
                    yield row


def test_findings_and_sources_go_on_in_further_sheets(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No line is lost or twice there, each sheet says where the next lines are, and the audit reads all of them."""
    whole, split = tmp_path / "whole.xlsx", tmp_path / "split.xlsx"
    merged(folder, whole)
    monkeypatch.setattr(excel_limits, "ROWS", ROWS)
    merged(folder, split)
    before, after = openpyxl.load_workbook(whole), openpyxl.load_workbook(split)
    for sheet, heading in ((FINDINGS_SHEET, "Cách xử lý"), (SOURCES_SHEET, "Mã đơn vị")):
        lines = Counter(table(before, sheet, heading))
        assert Counter(table(after, sheet, heading)) == lines
        assert lines.total() > ROWS, "else nothing is proved"
        parts = [name for name in after.sheetnames if name.startswith(sheet)]
        assert len(parts) > 1
        for number, name in enumerate(parts, start=1):
            assert after[name].max_row <= ROWS
            said = " ".join(str(row[0]) for row in after[name].iter_rows(max_row=2, values_only=True))
            assert f"Phần {number}/{len(parts)}" in said
            assert (f"tiếp theo ở trang “{sheet} ({number + 1})”" in said) == (number < len(parts))
    assert SINGLE[3] == "Mã đơn vị"
    names = [name for sheet in after.worksheets for name in sheet.tables]
    assert len(set(names)) == len(names)
    result = audit(split, folder)
    assert result.found == ()
    assert result.figures > ROWS


def test_a_long_table_is_split_into_files_that_excel_can_open(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Together they hold every line; sheet and closing message name all of them; they are no submissions."""
    target = tmp_path / "Tổng hợp.xlsx"
    monkeypatch.setattr(excel_limits, "ROWS", 150)
    monkeypatch.setattr(data_file, "MOST_ROWS", 10)
    summary = _only_table(folder, target, monkeypatch)
    paths = [data_path(target, number=number) for number in range(1, len(summary.beside) + 1)]
    assert [path.name for path in paths] == list(summary.beside)
    assert len(paths) > 2
    lines: list[list[str]] = []
    for path in paths:
        with path.open(encoding="utf-16", newline="") as handle:
            head, *body = csv.reader(handle, delimiter="\t")
        assert len(body) + 1 <= 150
        assert head[0] == "Mã đơn vị"
        lines += body
    frame = tidy(summary)
    assert [(line[0], line[3]) for line in lines] == list(zip(frame["Mã đơn vị"], frame["Mã chỉ tiêu"], strict=True))
    assert capsys.readouterr().out == ""


def _only_table(folder: Path, target: Path, monkeypatch: pytest.MonkeyPatch) -> Summary:
    """The merge with a workbook that stays within the lowered limit, whatever it would hold."""
    with monkeypatch.context() as patch:
        patch.setattr("cchc_xl.summary_workbook.build.build_summary_workbook", lambda *_, **__: None)
        return merged(folder, target)


def test_the_sheet_names_every_file_and_stale_ones_go(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The table needs three files, then one: what the first merge left would stand beside the new figures."""
    target = tmp_path / "th.xlsx"
    monkeypatch.setattr(data_file, "MOST_ROWS", 10)
    monkeypatch.setattr(data_file, "_rows_of_a_file", lambda: 200)
    names = [path.name for path in sorted(folder.iterdir())]
    asked = [part for name in names for part in ("--ke-ca", name, "--ly-do", "kiểm thử")]
    assert main(["tong-hop", str(folder), "-o", str(target), "--ky", PERIOD, *asked]) == 0
    said = capsys.readouterr().out
    sheet = openpyxl.load_workbook(target)["Dữ liệu"]
    words = " ".join(str(sheet.cell(row, 1).value) for row in range(1, 5))
    files = sorted(path.name for path in tmp_path.glob("th - du lieu*"))
    assert len(files) > 2
    assert all(name in words and name in said for name in files)
    assert f"chia thành {len(files)} tệp" in words
    monkeypatch.undo()
    merged(folder, target, data="csv")
    assert [path.name for path in tmp_path.glob("th - du lieu*")] == ["th - du lieu.csv"]


def test_too_many_units_for_the_columns_are_refused(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One unit more than fits: a sentence, and nothing is written; as many as fit stand there with all their cells."""
    target = tmp_path / "th.xlsx"
    monkeypatch.setattr(excel_limits, "COLUMNS", FIRST_UNIT + UNITS + KEY_COLUMN)
    with pytest.raises(InputFault, match=rf"Có {UNITS} đơn vị .* chỉ chứa được {UNITS - 1} đơn vị"):
        merged(folder, target)
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(excel_limits, "COLUMNS", FIRST_UNIT + UNITS + KEY_COLUMN + 1)
    # The other sheets need more columns than this test leaves to them.
    monkeypatch.setattr("cchc_xl.form_workbook.bounded_sheet.excel_limits", _Limits())
    merged(folder, target)
    sheet = openpyxl.load_workbook(target)[BY_UNIT_SHEET]
    assert sheet.max_column == excel_limits.COLUMNS


class _Limits:
    ROWS, COLUMNS, TEXT = 1_048_576, 16_384, 32_767
    text_length = staticmethod(excel_limits.text_length)


@pytest.mark.parametrize("sheet", [BY_UNIT_SHEET, RECEIVED_SHEET, "PL1"])
def test_a_sheet_that_cannot_be_split_refuses(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sheet: str
) -> None:
    """Rows beyond the last one raise a sentence, wherever they would be written; nothing is left behind."""
    target = tmp_path / "th.xlsx"
    merged(folder, target)
    rows = {name: openpyxl.load_workbook(target)[name].max_row for name in (sheet,)}
    target.unlink()
    monkeypatch.setattr(excel_limits, "ROWS", rows[sheet] - 1)
    with pytest.raises(InputFault, match=r"cần nhiều hơn .* hàng"):
        merged(folder, target)
    assert list(tmp_path.iterdir()) == []


def test_every_kind_of_sheet_is_bounded(tmp_path: Path) -> None:
    """Beyond the last row or column, and a text longer than a cell holds: XlsxWriter alone would pass over these."""
    for row, column, text in ((excel_limits.ROWS, 0, "x"), (0, excel_limits.COLUMNS, "x"), (0, 0, "x" * 32_768)):
        with pytest.raises(InputFault, match="Excel"), new_workbook(tmp_path / "x.xlsx") as workbook:
            workbook.add_worksheet("Trang").write_string(row, column, text)
    with new_workbook(tmp_path / "x.xlsx") as workbook:
        workbook.add_worksheet("Trang").write_string(excel_limits.ROWS - 1, excel_limits.COLUMNS - 1, "x" * 32_767)


# links and texts -----------------------------------------------------------------------------------------------------


def test_links_that_are_left_out_are_said(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every line still names its cell."""
    monkeypatch.setattr(findings, "_MOST_LINKS", 5)
    merged(folder, tmp_path / "th.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "th.xlsx")[FINDINGS_SHEET]
    rows = [row for row in sheet.iter_rows(min_row=5) if row[5].value]
    assert sum(row[5].hyperlink is not None for row in rows) == 5
    assert len(rows) > 5
    assert "chỉ có ở 5 dòng đầu" in str(sheet["A2"].value)


def test_a_report_has_no_more_links_than_excel_opens(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """kiem-tra --bao-cao over very many files: addresses without links, and a line that says so."""
    monkeypatch.setattr(excel_limits, "LINKS", 7)
    results = [check_file(path) for path in sorted(folder.iterdir())]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        write_report(results, tmp_path / "kq.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "kq.xlsx").active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.hyperlink is not None]
    assert len(cells) == 7
    column = cells[0].column
    shown = [row[column - 1].value for row in sheet.iter_rows(min_row=cells[0].row)]
    assert sum(bool(value) for value in shown) == sum(
        bool(finding.cell) for checked in results if checked.result for finding in checked.result.findings
    )
    assert any("chỉ có ở 7 dòng đầu" in str(row[0]) for row in sheet.iter_rows(max_row=12, values_only=True))


def test_a_text_that_no_cell_holds_says_that_it_was_cut() -> None:
    """As Excel counts, in UTF-16 units; one that fits is left alone."""
    for fits in ("x" * 32_767, "😀" * 16_383):
        assert clean(fits) == fits
    for long in ("x" * 32_768, "😀" * 16_384, "a" + "😀" * 20_000):
        cut = clean(long)
        assert excel_limits.text_length(cut) <= excel_limits.TEXT
        assert cut.endswith("[cắt bớt: ô Excel không chứa hết]")
        assert cut.encode("utf-16-le").decode("utf-16-le") == cut


def test_values_that_differ_in_many_units_are_counted(folder: Path, tmp_path: Path) -> None:
    """The remark of a list that all should share names the first values, and how many more there are."""
    from submissions import child

    from cchc_xl.catalogue.model import Rollup
    from cchc_xl.consolidation.rollup import consolidate
    from cchc_xl.summary_workbook.remarks import remark

    form = load_form("vinh-thanh-2023")
    cells = consolidate(form, [child("1", {})])
    ref = next(cell.spec.ref for cell in cells if cell.rollup is Rollup.SHARED and not cell.spec.derived)
    units = [child(str(n), {ref.appendix: {ref.order or 0: {ref.column: str(n)}}}) for n in range(1, 31)]
    (cell,) = (cell for cell in consolidate(form, units) if cell.spec.ref == ref)
    assert remark(cell).count("(xã ") == 20
    assert "và 10 số khác nữa" in remark(cell)


def test_all_that_changed_is_read_again(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sheet "Thay đổi" holds at most the units of two summaries and the lines of a form: so many are read back."""
    from cchc_xl.summary_workbook import earlier

    assert earlier._MOST_ROWS >= 2 * excel_limits.COLUMNS + 10_000
    target = tmp_path / "th.xlsx"
    merged(folder, target)
    one = sorted(folder.iterdir())[0]
    kept = one.read_bytes()
    try:
        one.unlink()
        merged(folder, target)
    finally:
        one.write_bytes(kept)
    sheet = openpyxl.load_workbook(target)[CHANGES_SHEET]
    assert len(read_earlier(target).report) == sheet.max_row


def test_a_plan_counts_its_columns() -> None:
    """The very number of units that fit beside the titles, the totals and the hidden keys."""
    form = load_form(FORM)
    empty = Summary(form, PERIOD, "", "", None, (), (), ())
    from submissions import child

    units = [replace(child("1", {}, FORM), unit_code=str(number)) for number in range(3)]
    plan = plan_sheet(form, replace(empty, children=units))
    assert plan.after_units(KEY_COLUMN) == FIRST_UNIT + 3 + KEY_COLUMN
