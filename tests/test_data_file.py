"""The tidy table beside the summary: when it is too long for a sheet, or asked for."""

from __future__ import annotations

import csv
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from submissions import FORM, PERIOD, make

from cchc_xl.consolidation.summary import Summary
from cchc_xl.errors import CchcError, InputFault
from cchc_xl.merging import MergeRequest, merge
from cchc_xl.report.as_text import summary_text
from cchc_xl.summary_workbook import data_file
from cchc_xl.summary_workbook.data_file import data_path
from cchc_xl.summary_workbook.tidy import COLUMNS, tidy


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tidy") / "in"
    folder.mkdir()
    for code, name, received in (("11", "=xã Một", "40"), ("12", "xã Hai", "60")):
        make(folder, code, name, {"PL6": {55: received, 142: "7,25"}})
    return folder


def merged(folder: Path, target: Path, data: str = "") -> Summary:
    return merge(MergeRequest(folder, target, form=FORM, period=PERIOD, data=data))


def lines(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-16", newline="") as handle:
        return list(csv.reader(handle, delimiter="\t"))


def test_a_long_table_goes_beside_the_workbook(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the decimal comma, a line for each figure; the sheet says where it is, and so does the closing message."""
    monkeypatch.setattr(data_file, "MOST_ROWS", 2)
    target = tmp_path / "Tổng hợp.xlsx"
    summary = merged(folder, target)
    found = lines(data_path(target))
    assert found[0] == list(COLUMNS)
    assert len(found) - 1 == len(tidy(summary))
    assert {line[5] for line in found[1:] if line[0] == "12"} >= {"60", "7,25"}
    sheet = openpyxl.load_workbook(target)["Dữ liệu"]
    assert data_path(target).name in str(sheet["A2"].value)
    assert not sheet.tables
    assert summary_text(summary, target).endswith(f"Bảng số liệu gốc: {data_path(target)}")


def test_the_file_begins_as_excel_wants_it(folder: Path, tmp_path: Path) -> None:
    """UTF-16 with its mark and tabs: Excel opens it in columns whatever the PC's list sign is."""
    merged(folder, tmp_path / "x.xlsx", data="csv")
    start = data_path(tmp_path / "x.xlsx").read_bytes()[:2]
    assert start in (b"\xff\xfe", b"\xfe\xff")


def test_a_name_that_looks_like_a_formula_is_a_text(folder: Path, tmp_path: Path) -> None:
    merged(folder, tmp_path / "x.xlsx", data="csv")
    assert {line[1] for line in lines(data_path(tmp_path / "x.xlsx"))[1:]} == {"'=xã Một", "xã Hai"}


def test_merging_again_sees_the_same_folder(folder: Path, tmp_path: Path) -> None:
    """The file beside the summary is an output, no submission."""
    target = folder.parent / "in" / "Tong hop.xlsx"
    try:
        first = merged(folder, target, data="csv")
        again = merged(folder, target, data="csv")
        assert [file.received.file for file in again.files] == [file.received.file for file in first.files]
        assert len(again.files) == 2
    finally:
        target.unlink()
        data_path(target).unlink()


def test_a_table_of_an_earlier_merge_does_not_contradict_the_sheet(folder: Path, tmp_path: Path) -> None:
    """Back in the sheet, the old file goes; somebody's own file of that name stays."""
    target = tmp_path / "x.xlsx"
    merged(folder, target, data="csv")
    merged(folder, target)
    assert not data_path(target).exists()
    data_path(target).write_text("của tôi", encoding="utf-8")
    merged(folder, target)
    assert data_path(target).read_text(encoding="utf-8") == "của tôi"


def test_both_files_or_none(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A workbook that cannot be written leaves the table of the earlier merge as it was."""
    from cchc_xl.summary_workbook import build

    target = tmp_path / "x.xlsx"
    merged(folder, target, data="csv")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(*_: object, **__: object) -> None:
        raise CchcError("Ổ đĩa đã đầy")

    monkeypatch.setattr(build, "write_by_unit", full)
    with pytest.raises(CchcError, match="đầy"):
        merged(folder, target, data="csv")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_parquet_needs_its_library(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is missing one sentence says what to do, and nothing is left behind."""
    import pandas as pd

    def missing(*_: object, **__: object) -> None:
        raise ImportError("pyarrow")

    monkeypatch.setattr(pd.DataFrame, "to_parquet", missing)
    with pytest.raises(InputFault, match="pyarrow"):
        merged(folder, tmp_path / "x.xlsx", data="parquet")
    assert list(tmp_path.iterdir()) == []


def test_findings_link_to_the_cell_in_the_units_file(folder: Path, tmp_path: Path) -> None:
    """Relative to the summary's folder, with sheet and cell."""
    (folder / "sai").mkdir()
    path = make(folder / "sai", "13", "xã Ba", {"PL6": {55: "10", 56: "20"}}, file="xa ba 100%.xlsx")
    try:
        target = folder.parent / "Tong hop.xlsx"
        merged(folder, target)
        sheet = openpyxl.load_workbook(target)["Kết quả kiểm tra"]
        wrong = [row for row in sheet.iter_rows(min_row=5) if row[2].value == f"sai/{path.name}"]
        assert wrong
        found = {row[5].hyperlink.target: (row[4].value, row[5].value, row[5].hyperlink.location) for row in wrong}
        for to, (page, cell, location) in found.items():
            assert to.replace("\\", "/").endswith("in/sai/xa%20ba%20100%25.xlsx")
            assert location == f"'{page}'!{cell}"
        with zipfile.ZipFile(target) as archive:
            names = [name for name in archive.namelist() if "worksheets/_rels" in name]
            targets = re.findall(rb'Target="([^"]+)"', b"".join(archive.read(name) for name in names))
        assert not [to for to in targets if to.startswith((b"http", b"javascript"))]
    finally:
        path.unlink()
        path.parent.rmdir()
