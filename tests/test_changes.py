"""Merging again over a summary: what moved, by whose figures – and nothing at all where nothing moved."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import openpyxl
import pytest
from judge import recalculate
from openpyxl.cell.cell import MergedCell
from submissions import child, make, set_period, stamp

from cchc_xl.catalogue.load import load_form
from cchc_xl.catalogue.model import RowRole
from cchc_xl.consolidation.changes import EarlierUnit, UnitMove, compare
from cchc_xl.consolidation.rollup import consolidate
from cchc_xl.consolidation.states import FileState, JudgedFile, ReceivedFile
from cchc_xl.consolidation.summary import Summary
from cchc_xl.errors import CchcError
from cchc_xl.merging import MergeRequest, merge
from cchc_xl.report.as_json import summary_json
from cchc_xl.report.as_text import summary_text
from cchc_xl.summary_workbook.build import build_summary_workbook
from cchc_xl.summary_workbook.earlier import read_earlier
from cchc_xl.summary_workbook.plan import BY_UNIT_SHEET

FORM = "cam-giang-2024"
CHANGES = "Thay đổi"


@pytest.fixture(autouse=True)
def _no_wait_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three units: files settled, settled on time."""
    folder = tmp_path / "nop"
    folder.mkdir()
    for code, figures in {"1": {35: "10", 36: "9"}, "2": {35: "20", 36: "20"}, "3": {35: "30", 36: "15"}}.items():
        make(folder, code, f"xã {code}", {"PL1": figures}, form=FORM)
    return folder


def run(folder: Path, **options: object) -> Summary:
    """Merge over the one target."""
    return merge(MergeRequest(folder, folder.parent / "th.xlsx", **options))  # type: ignore[arg-type]


def parts(folder: Path) -> dict[str, bytes]:
    """The summary workbook part by part."""
    with zipfile.ZipFile(folder.parent / "th.xlsx") as package:
        return {name: package.read(name) for name in package.namelist()}


def sheet(folder: Path) -> list[tuple[object, ...]]:
    """The visible rows of "Thay đổi"; nothing when it is not there."""
    book = openpyxl.load_workbook(folder.parent / "th.xlsx", data_only=True)
    return list(book[CHANGES].iter_rows(values_only=True, max_col=7)) if CHANGES in book.sheetnames else []


def lines(folder: Path, header: str) -> list[tuple[object, ...]]:
    """The rows below one of its two headers."""
    rows = sheet(folder)
    at = next(index for index, row in enumerate(rows) if row[0] == header)
    end = next((index for index in range(at, len(rows)) if not rows[index][0]), None)
    return rows[at + 1 : end]


def resubmit(folder: Path, code: str, rows: Mapping[int, str]) -> None:
    """A unit sends its workbook again, with another number of submission and other figures."""
    (folder / f"{code}.xlsx").unlink()
    make(folder, code, f"xã {code}", {"PL1": rows}, form=FORM, submission=2)


def test_merging_twice_gives_the_same_workbook_part_by_part(folder: Path) -> None:
    """No sheet of changes, and not one byte of difference."""
    run(folder)
    first = parts(folder)
    assert run(folder).changes is None
    assert parts(folder) == first
    assert sheet(folder) == []


def test_a_resubmission_shows_what_moved_and_by_whose_figures(folder: Path) -> None:
    """Totals before and after with the unit; the untouched units and lines are not in it."""
    run(folder)
    resubmit(folder, "2", {35: "25", 36: "20"})
    summary = run(folder)
    figures = lines(folder, "Phụ lục")
    assert [(row[1], *row[3:]) for row in figures] == [
        ("3.3.1", pytest.approx(100 * 44 / 60), pytest.approx(100 * 44 / 65), pytest.approx(4400 / 65 - 4400 / 60),
         "xã 2: 100 → 80"),
        (None, 60, 65, 5, "xã 2: 20 → 25"),
    ]  # fmt: skip
    book = openpyxl.load_workbook(folder.parent / "th.xlsx")
    assert [book[CHANGES].cell(row, 6).number_format for row in (11, 12)] == ["+0.00;-0.00;0", "+#,##0;-#,##0;0"]
    [unit] = lines(folder, "TT")
    assert (*unit[:4], unit[6]) == (1, "2", "xã 2", "nộp lại", "2 chỉ tiêu")
    assert unit[4] != unit[5]
    assert unit[5] == next(file.received.sha256 for file in summary.files if file.unit_code == "2")[:12]
    said = json.loads(json.dumps(summary_json(summary, None)))["changes"]
    assert [(u["code"], u["move"]) for u in said["units"]] == [("2", "resubmitted")]
    assert said["rows"][1] | {"column": ""} == {
        "appendix": "PL1", "order": 35, "column": "", "before": 60, "after": 65, "units": {"2": [20, 25]}
    }  # fmt: skip
    assert "1 đơn vị có tệp thay đổi, 2 chỉ tiêu có tổng thay đổi" in summary_text(summary, None)


def test_the_sheet_stays_as_it_was_until_something_moves_again(folder: Path) -> None:
    """A third merge without a change repeats the sheet byte by byte; the next change replaces it."""
    run(folder)
    resubmit(folder, "2", {35: "25", 36: "20", 4: "3", 5: "1"})
    run(folder)
    changed = parts(folder)
    for _ in range(2):
        assert run(folder).changes is None
        assert parts(folder) == changed
    resubmit(folder, "1", {35: "11", 36: "9"})
    run(folder)
    assert [row[1] for row in lines(folder, "TT")] == ["1"]


def test_new_and_gone_units(folder: Path) -> None:
    """One that comes and one that is withdrawn, each with the figures that it brings or takes away."""
    run(folder)
    (folder / "3.xlsx").unlink()
    make(folder, "4", "xã 4", {"PL1": {35: "7"}}, form=FORM)
    run(folder)
    assert [(row[1], row[3], bool(row[4]), bool(row[5])) for row in lines(folder, "TT")] == [
        ("4", "mới", False, True), ("3", "không còn", True, False)
    ]  # fmt: skip
    settled = next(row for row in lines(folder, "Phụ lục") if row[3] == 60)
    assert settled[4:] == (37, -23, "xã 4 (mới): trống → 7; xã 3 (không còn): 30 → trống")


def test_a_resaved_workbook_with_the_same_figures_moves_nothing(folder: Path) -> None:
    """Another hash but the same figures: no sheet, and an earlier one stays."""
    run(folder)
    stamp(folder / "1.xlsx", submission=5)
    assert run(folder).changes is None
    assert sheet(folder) == []
    resubmit(folder, "2", {35: "25"})
    run(folder)
    before = sheet(folder)
    stamp(folder / "1.xlsx", submission=6)
    run(folder)
    assert sheet(folder) == before


def test_rows_that_units_added_are_known_by_their_names(tmp_path: Path) -> None:
    """A resubmission brings a row of its own before the others: these have not moved, though they stand elsewhere."""
    folder = tmp_path / "n"
    folder.mkdir()
    first, second = tuple(load_form("vinh-thanh-2023").appendix("PL4").spare_cells)[:2]
    works = {"label": "Xây dựng", "direct": "100"}
    make(folder, "1", "xã 1", {"PL4": {1: {"direct": "7"}, first: works}})
    make(folder, "2", "xã 2", {"PL4": {1: {"direct": "7"}, first: {**works, "direct": "30"}}})
    request = MergeRequest(folder, tmp_path / "th.xlsx")
    merge(request)
    moved = {first: {"label": "Đất rừng", "direct": "5"}, second: works}
    make(folder, "1", "xã 1", {"PL4": {1: {"direct": "7"}, **moved}}, file="1b.xlsx", submission=2)
    changes = merge(request).changes
    assert changes is not None
    assert {(f.cell.spec.row.role, f.before, f.after) for f in changes.figures} == {(RowRole.TOTAL, 144.0, 149.0)}


def test_figures_that_cancel_out_are_shown(folder: Path) -> None:
    """One more here and one less there: the total stands still, both units are named."""
    run(folder)
    resubmit(folder, "1", {35: "11", 36: "9"})
    resubmit(folder, "2", {35: "19", 36: "19"})
    run(folder)
    row = next(row for row in lines(folder, "Phụ lục") if row[3] == 60)
    assert row[4:] == (60, 0, "xã 1: 10 → 11; xã 2: 20 → 19")


def test_another_report_is_not_compared(folder: Path) -> None:
    """A summary of another period or form lies at the target: there is nothing to compare with."""
    run(folder)
    for path in folder.iterdir():
        set_period(path, "2024-Q1")
    resubmit(folder, "2", {35: "25"})
    set_period(folder / "2.xlsx", "2024-Q1")
    summary = run(folder)
    assert (summary.period, summary.changes, sheet(folder)) == ("2024-Q1", None, [])
    assert summary.earlier is not None
    assert summary.earlier.remark == ""


@pytest.mark.usefixtures("soffice")
def test_a_summary_that_another_program_saved_is_compared_all_the_same(folder: Path, tmp_path: Path) -> None:
    """LibreOffice computed and stored the earlier summary: same figures, no change; a resubmission shows alone."""
    run(folder)
    [judged] = recalculate([folder.parent / "th.xlsx"], tmp_path / "lo")
    judged.replace(folder.parent / "th.xlsx")
    assert run(folder).changes is None
    [judged] = recalculate([folder.parent / "th.xlsx"], tmp_path / "lo")
    judged.replace(folder.parent / "th.xlsx")
    resubmit(folder, "3", {35: "31", 36: "15"})
    changes = run(folder).changes
    assert changes is not None
    assert [figure.cell.spec.row.order for figure in changes.figures] == [34, 35]


# random districts -------------------------------------------------------------------------------------------------

_ROWS = (2, 4, 5, 35, 36, 38, 66, 67, 85, 86)  # additive rows


def _summary(units: Mapping[str, Mapping[int, int]]) -> Summary:
    form = load_form(FORM)
    children = [
        child(code, {"PL1": {order: str(value) for order, value in rows.items()}}, FORM) for code, rows in units.items()
    ]
    files = []
    for unit in children:
        sha = hashlib.sha256(repr((unit.unit_code, sorted(units[unit.unit_code].items()))).encode()).hexdigest()
        received = ReceivedFile(f"{unit.unit_code}.xlsx", sha, 0.0, unit.given)
        files.append(JudgedFile(received, FileState.INCLUDED, "", unit.unit_code, unit.unit))
    return Summary(form, "2023-NAM", "", "", None, files, children, consolidate(form, children))


@pytest.mark.parametrize("seed", range(8))
def test_moved_totals_of_random_districts(tmp_path: Path, seed: int) -> None:
    """Against sums over plain dicts: which totals moved, from what to what, and by exactly which units."""
    rnd = random.Random(seed)
    before = {
        f"=xã|{n}\n": {order: rnd.randint(0, 10**12) for order in _ROWS if rnd.random() < 0.8}
        for n in range(rnd.randint(1, 9))
    }
    after = {code: dict(rows) for code, rows in before.items() if rnd.random() < 0.8}
    for rows in after.values():
        if rnd.random() < 0.4:
            order = rnd.choice(_ROWS)
            rows[order] = rows.get(order, 0) + rnd.choice((-1, 1))
            if rows[order] < 0:
                del rows[order]
    if rnd.random() < 0.5:
        after["mới"] = {order: rnd.randint(0, 5) for order in _ROWS if rnd.random() < 0.5}
    build_summary_workbook(_summary(before), tmp_path / "truoc.xlsx")
    summary = _summary(after)
    earlier = read_earlier(tmp_path / "truoc.xlsx")
    assert set(earlier.units) == set(before)
    changes = compare(earlier, summary.cells, summary.taken_files)

    def total(units: Mapping[str, Mapping[int, int]], order: int) -> float | str:
        given = [rows[order] for rows in units.values() if order in rows]
        return float(sum(given)) if given else ""

    expected = {}
    for order in _ROWS:
        who = {
            code: (before.get(code, {}).get(order, ""), after.get(code, {}).get(order, ""))
            for code in {**after, **before}
            if before.get(code, {}).get(order, "") != after.get(code, {}).get(order, "")
        }
        if who:
            expected[order] = (total(before, order), total(after, order), who)
    found = {
        figure.cell.spec.row.order: (
            figure.before, figure.after, {unit.code: (b, a) for unit, b, a in figure.whose}
        )
        for figure in (changes.figures if changes else ())
        if figure.cell.spec.row.order in _ROWS
    }  # fmt: skip
    assert found == expected
    moves = {unit.code: unit.move for unit in changes.units} if changes else {}
    assert {code for code, move in moves.items() if move is UnitMove.NEW} == set(after) - set(before)
    assert {code for code, move in moves.items() if move is UnitMove.GONE} == set(before) - set(after)


# the old summary as hostile input ---------------------------------------------------------------------------------


def _sheet_part(package: Mapping[str, bytes], name: str) -> str:
    book, rels = package["xl/workbook.xml"].decode(), package["xl/_rels/workbook.xml.rels"].decode()
    relation = re.search(rf'<sheet name="{name}"[^>]* r:id="(\w+)"', book)
    assert relation
    target = re.search(rf'Id="{relation[1]}"[^>]*Target="([^"]+)"', rels)
    assert target
    return "xl/" + target[1]


def _rewrite(folder: Path, package: Mapping[str, bytes]) -> None:
    with zipfile.ZipFile(folder.parent / "th.xlsx", "w") as out:
        for name, content in package.items():
            out.writestr(name, content)


@pytest.mark.parametrize("damage", ["no keys", "no sheet", "broken xml"])
def test_an_old_summary_that_cannot_be_read_is_a_remark(folder: Path, damage: str) -> None:
    """The merge goes on; JSON and text say that nothing could be compared."""
    run(folder)
    path = folder.parent / "th.xlsx"
    if damage == "broken xml":
        package = parts(folder)
        part = _sheet_part(package, BY_UNIT_SHEET)
        package[part] = package[part][: len(package[part]) // 2]
        _rewrite(folder, package)
    else:
        book = openpyxl.load_workbook(path)
        if damage == "no sheet":
            del book[BY_UNIT_SHEET]
        else:
            book[BY_UNIT_SHEET].delete_rows(3)
        book.save(path)
    resubmit(folder, "2", {35: "25", 36: "20"})
    summary = run(folder)
    assert summary.changes is None
    assert "Không đọc được trang “Theo đơn vị”" in summary_json(summary, None)["remarks"][0]
    assert "Không đọc được trang “Theo đơn vị”" in summary_text(summary, path)
    assert sheet(folder) == []


def test_what_was_written_into_the_old_summary_does_no_harm(folder: Path) -> None:
    """Formulas, links, infinities, huge texts and unknown kinds of rows: carried as text or dropped."""
    run(folder)
    resubmit(folder, "2", {35: "25", 36: "20"})
    run(folder)
    book = openpyxl.load_workbook(folder.parent / "th.xlsx")
    units, changes = book[BY_UNIT_SHEET], book[CHANGES]
    changes["C8"], changes["D13"], changes["G13"] = '=HYPERLINK("http://x")', True, "x" * 32_000
    changes["A14"], changes["H14"], changes["A15"], changes["H15"] = "lạ", "lạ", 5, "title"
    changes["E13"].value, units["G6"].value = 1e300, "@SUM(1)"
    changes["E13"].number_format = "yyyy"
    for row in units.iter_rows(min_row=5, min_col=6, max_col=9):
        for cell in row:
            if not isinstance(cell, MergedCell):
                cell.value = "=1/0" if cell.column == 6 else -1e300
    book.save(folder.parent / "th.xlsx")
    run(folder)
    resubmit(folder, "1", {35: "11"})
    run(folder)
    stable = parts(folder)
    run(folder)
    assert parts(folder) == stable
    book = openpyxl.load_workbook(folder.parent / "th.xlsx")
    assert not any(cell.data_type == "f" or cell.hyperlink for row in book[CHANGES].iter_rows() for cell in row)


def test_random_damage_never_breaks_the_merge(folder: Path) -> None:
    """Bytes of the two sheets changed at random: a merge, or a refusal in our own words, never anything else."""
    run(folder)
    resubmit(folder, "2", {35: "25", 36: "20"})
    run(folder)
    whole, rnd = parts(folder), random.Random(7)
    resubmit(folder, "1", {35: "11"})
    for _ in range(25):
        package = dict(whole)
        for name in (BY_UNIT_SHEET, CHANGES):
            part = _sheet_part(package, name)
            content = bytearray(package[part])
            for _ in range(rnd.randint(1, 12)):
                content[rnd.randrange(len(content))] = rnd.choice(b'<>"=/019eE.-rtsv\x00\xff')
            package[part] = bytes(content)
        _rewrite(folder, package)
        with suppress(CchcError):
            run(folder)


def test_the_same_file_has_the_same_figures() -> None:
    """Whatever an old sheet says of a unit whose file is the same, nothing moved."""
    summary = _summary({"1": {35: 5}})
    from cchc_xl.consolidation.changes import Earlier

    earlier = Earlier(summary.taken_files, {"PL1/35/value": [99.0]}, {"PL1/35/value": 99.0}, found=True)
    assert compare(earlier, summary.cells, summary.taken_files) is None
    gone = Earlier({**summary.taken_files, "2": EarlierUnit("xã 2", "0" * 64)}, {}, {}, found=True)
    changes = compare(gone, summary.cells, summary.taken_files)
    assert changes is not None
    assert (changes.count_before, changes.count_after, list(changes.figures)) == (2, 1, [])
