"""doi-chieu: what a merge wrote agrees with the files it came from, and whatever was changed since is named."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from submissions import make

from cchc_xl.audit.discrepancy import Audit, Kind
from cchc_xl.audit.run import audit
from cchc_xl.catalogue.load import load_form
from cchc_xl.catalogue.model import CellKind, CellSpec, Rollup
from cchc_xl.consolidation.contribution import figure_cells
from cchc_xl.consolidation.summary import Summary
from cchc_xl.errors import CchcError
from cchc_xl.hosts.cli import main
from cchc_xl.layout import column_letters
from cchc_xl.merging import MergeRequest, merge
from cchc_xl.own_part import OWN_SHEET
from cchc_xl.readers.file_book import FileBook
from cchc_xl.receiving.folder import submissions_in
from cchc_xl.summary_workbook.charts import CHARTS_SHEET
from cchc_xl.summary_workbook.data import DATA_SHEET
from cchc_xl.summary_workbook.plan import BY_UNIT_SHEET
from cchc_xl.summary_workbook.received import RECEIVED_SHEET
from cchc_xl.summary_workbook.sources import SOURCES_SHEET

DISTRICT, COMMUNES = "ninh-hai-2023", ("cam-giang-2024", "vinh-thanh-2023")
PERIOD = "2023-NAM"
# How many random merges; more on demand.
MERGES = int(os.environ.get("CCHC_MERGES", "10"))
ROW = "PL6/56/value"  # a sum of the communes' form


@pytest.fixture(autouse=True)
def _no_wait_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)


# random merges ----------------------------------------------------------------------------------------------------


def printed(spec: CellSpec, rnd: random.Random) -> str:
    """Something that people write into a cell of this kind."""
    match spec.kind:
        case CellKind.YESNO:
            return rnd.choice(["có", "không"])
        case CellKind.MARK:
            return "x"
        case CellKind.PERCENT:
            return f"{rnd.randint(0, 1000)},{rnd.randint(0, 9)}"
        case CellKind.CODE | CellKind.FLAG:
            return rnd.choice([value for value, _ in spec.options] or ["1", "0"])
    number = rnd.choice([0, rnd.randint(1, 99), rnd.randint(1, 10**6), rnd.randint(1, 10**11)])
    return rnd.choice([f"{number:,}".replace(",", "."), f"{number},{rnd.randint(1, 9)}", "-", "chưa có", str(number)])


def report(form_id: str, rnd: random.Random) -> dict[str, dict[int, dict[str, str]]]:
    """Figures all over a form, and rows that the unit adds itself under a few names."""
    form = load_form(form_id)
    figures: dict[str, dict[int, dict[str, str]]] = {}
    for spec in figure_cells(form):
        if spec.row.spare or rnd.random() < 0.5 or (spec.derived and rnd.random() < 0.95):
            continue
        figures.setdefault(spec.ref.appendix, {}).setdefault(spec.ref.order or 0, {})[spec.ref.column] = printed(
            spec, rnd
        )
    for appendix in form.appendices:
        names = rnd.sample(["Đất đai", "Xây dựng", "Hộ tịch", "Môi trường"], rnd.randint(0, 3))
        if appendix.printed_items:
            names += [appendix.row(appendix.printed_items[0]).label] * rnd.randint(0, 1)
        for name, (order, specs) in zip(names, appendix.spare_cells.items(), strict=False):
            row = {spec.column.key: printed(spec, rnd) for spec in specs if spec.quantity and not spec.derived}
            figures.setdefault(appendix.id, {})[order] = {**row, "label": name}
    return figures


def random_merge(folder: Path, seed: int) -> tuple[Summary, Path]:
    """A folder of submissions, faulty ones too, all included by name; a copy, a stranger's text file, a broken file."""
    rnd = random.Random(seed)
    folder.mkdir()
    form = rnd.choice([DISTRICT, DISTRICT, *COMMUNES])
    for code in range(rnd.randint(1, 4)):
        theirs = rnd.choice(COMMUNES) if form == DISTRICT else form
        make(folder, f"{code + 1:05d}", f"xã Số {code + 1}", report(theirs, rnd), theirs)
    if seed % 3 == 0:
        book = openpyxl.load_workbook(folder / "00001.xlsx")
        book["PL1"].title = "Bảng của tôi"  # figures that do not stand where the form has them
        book.save(folder / "00001.xlsx")
    (folder / "ghi-chu.txt").write_text("x", encoding="utf-8")
    (folder / "hong.xlsx").write_bytes(b"PK")
    if rnd.random() < 0.5:
        shutil.copy(folder / "00001.xlsx", folder / "ban-sao.xlsx")
    names = [path.name for path in sorted(folder.glob("0*.xlsx"))]
    target = folder.parent / f"{folder.name}.xlsx"
    overrides = dict.fromkeys(names, "kiểm thử")
    return merge(MergeRequest(folder, target, form, period=PERIOD, overrides=overrides)), target


def conserved(summary: Summary, target: Path, folder: Path) -> int:
    """Files in = files judged; each figure has one source; sums equal what the sources add up to. How many figures."""
    assert sorted(file.received.file for file in summary.files) == [
        path.relative_to(folder).as_posix() for path in submissions_in(folder, target)
    ]
    sources = tables(target)
    figures = 0
    for cell in summary.cells:
        key = "/".join(map(str, (cell.spec.ref.appendix, cell.spec.ref.order, cell.spec.ref.column)))
        mine = [row for row in sources if row[8] == key]
        units = sum(int(row[5]) if isinstance(row[5], float) else 1 for row in mine)
        expected = 0
        for index, number in enumerate(cell.sources.numbers):
            if number is not None or index in cell.sources.parts:
                expected += len(cell.sources.addends.get(index, ())) or 1
        assert units == expected, key
        figures += expected
        if cell.rollup in (Rollup.SUM, Rollup.OWN_PLUS_CHILDREN) and cell.n_units:
            total = cell.value if cell.rollup is Rollup.SUM else cell.children
            added = sum((Decimal(str(row[7] or 0)) for row in mine), Decimal(0))
            assert total is not None
            assert abs(added - total) <= abs(total) * Decimal("1e-13"), key
    return figures


def tables(path: Path) -> list[list[object]]:
    """The rows of the second and the third table of the sources."""
    with FileBook(path) as book:
        grid = [list(row) for row in book.grid(SOURCES_SHEET)]
    start = next(index for index, row in enumerate(grid) if row[8] == "cchc:row")
    return [row for row in grid[start + 1 :] if row[8] not in ("", "cchc:row")]


@pytest.mark.parametrize("seed", range(MERGES))
def test_of_a_merge_nothing_is_lost_and_the_audit_agrees(tmp_path: Path, seed: int) -> None:
    """Files in = files accounted for, figures in = figures with a source, and doi-chieu finds nothing."""
    folder = tmp_path / "nop"
    summary, target = random_merge(folder, seed)
    assert len(summary.children) >= 1
    assert conserved(summary, target, folder) > 0 or summary.form is load_form(DISTRICT)
    assert "\n".join(found.message for found in audit(target, folder).found) == ""


# planted errors ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def merged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three communes on their own form: ``nop`` and ``th.xlsx``."""
    root = tmp_path_factory.mktemp("goc")
    (root / "nop").mkdir()
    for code, figures in {
        "1": {55: "40", 56: "30", 57: "20", 45: "108"},
        "2": {55: "60", 56: "50", 57: "49", 45: "108"},
        "3": {55: "90", 56: "80", 57: "70", 45: "108"},
    }.items():
        make(root / "nop", code, f"xã Số {code}", {"PL6": figures})
    make(root / "nop", "4", "xã Số 4", {"PL6": {56: "1", 57: "9"}})  # an error: left out
    merge(MergeRequest(root / "nop", root / "th.xlsx"))
    return root


@pytest.fixture
def case(merged: Path, tmp_path: Path) -> Path:
    """The same, to be spoilt."""
    shutil.copytree(merged, tmp_path / "case")
    return tmp_path / "case"


def audited(case: Path) -> Audit:
    return audit(case / "th.xlsx", case / "nop")


def spoilt(path: Path, sheet: str, cells: Mapping[str, str | float]) -> None:
    """Write cells of a summary past every protection, as a forger would; results of other formulas stay as they are."""
    with zipfile.ZipFile(path) as package:
        parts = {info.filename: package.read(info) for info in package.infolist()}
    relation = re.search(rf'name="{sheet}"[^>]*r:id="rId(\d+)"', parts["xl/workbook.xml"].decode())
    assert relation
    part = f"xl/worksheets/sheet{relation[1]}.xml"
    xml = parts[part].decode()
    for address, content in cells.items():
        value = f"<v>{content}</v>" if not isinstance(content, str) else f"<is><t>{content}</t></is>"
        kind = ' t="inlineStr"' if isinstance(content, str) else ""
        xml, count = re.subn(
            rf'<c r="{address}"( s="\d+")?[^>]*?(?:/>|>.*?</c>)', rf'<c r="{address}"\1{kind}>{value}</c>', xml, count=1
        )
        assert count == 1, address
    parts[part] = xml.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)


def grid(case: Path, sheet: str) -> list[list[object]]:
    with FileBook(case / "th.xlsx") as book:
        return [list(row) for row in book.grid(sheet)]


def where(case: Path, heading: str, key: str = ROW) -> str:
    """The cell of "Theo đơn vị" in the row of a key, under a heading."""
    rows = grid(case, BY_UNIT_SHEET)
    heads = next(row for row in rows if "Cách tổng hợp" in row)
    column = next(c for c, head in enumerate(heads) if str(head).startswith(heading))
    row = next(r for r, cells in enumerate(rows) if cells[-1] == key)
    return f"{column_letters(column)}{row + 1}"


def kinds(found: Audit) -> set[Kind]:
    return {discrepancy.kind for discrepancy in found.found}


def test_an_untouched_summary_agrees(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 0 and a sentence that says so."""
    assert main(["doi-chieu", str(case / "th.xlsx"), str(case / "nop")]) == 0
    assert "không có sai lệch" in capsys.readouterr().out


def test_files_are_known_by_their_content_wherever_they_lie(case: Path) -> None:
    """Renamed and moved into a subfolder they are the same files; a further copy is no loss."""
    (case / "nop" / "con").mkdir()
    (case / "nop" / "1.xlsx").rename(case / "nop" / "con" / "xa.xlsx")
    shutil.copy(case / "nop" / "2.xlsx", case / "nop" / "2 (1).xlsx")
    assert audited(case).found == ()


@pytest.mark.skipif(os.name == "nt", reason="links as on Unix")
def test_what_could_not_be_read_at_the_merge_is_no_discrepancy(case: Path) -> None:
    """The summary itself says so; what can no longer be read is one."""
    (case / "nop" / "mất.xlsx").symlink_to(case / "không có.xlsx")
    (case / "goc").mkdir()
    (case / "nop" / "nơi khác").symlink_to(case / "goc", target_is_directory=True)
    merge(MergeRequest(case / "nop", case / "th.xlsx"))
    assert audited(case).found == ()
    (case / "nop" / "4.xlsx").unlink()
    (case / "nop" / "4.xlsx").symlink_to(case / "không có.xlsx")
    assert {item.file for item in audited(case).found} == {"4.xlsx"}


def test_a_changed_figure_is_named_with_both_figures_and_cells(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Unit, row, cell of the summary, cell of the file, and both figures; in JSON each by itself."""
    cell = where(case, "xã Số 2")
    spoilt(case / "th.xlsx", BY_UNIT_SHEET, {cell: 51})
    assert main(["doi-chieu", str(case / "th.xlsx"), str(case / "nop"), "--json"]) == 1
    (found,) = json.loads(capsys.readouterr().out)["discrepancies"]
    assert (found["kind"], found["unit_code"], found["shown"], found["expected"]) == ("figure", "2", 51, 50)
    assert found["source"].startswith("PL6!")
    for part in ("xã Số 2", cell, "51", "50", "2.xlsx", found["source"], "hãy"):
        assert part in found["message"]


@pytest.mark.parametrize("content", ["", "50 hồ sơ"])
def test_a_figure_that_was_deleted_or_made_a_text_is_named(case: Path, content: str) -> None:
    """A sum passes over texts and blanks."""
    spoilt(case / "th.xlsx", BY_UNIT_SHEET, {where(case, "xã Số 2"): content})
    assert [found.kind for found in audited(case).found] == [Kind.FIGURE]


def test_a_total_that_was_overwritten_is_named(case: Path) -> None:
    """In "Theo đơn vị" and in the form, each by itself."""
    total = where(case, "Tổng hợp")
    spoilt(case / "th.xlsx", BY_UNIT_SHEET, {total: 161})
    (found,) = audited(case).found
    assert (found.kind, found.shown, found.expected) == (Kind.TOTAL, 161, 160)
    assert total in found.message
    form = next(f for f in _form_cells(case) if f[1] == 160)
    spoilt(case / "th.xlsx", "PL6", {form[0]: 162})
    assert [(f.kind, f.shown) for f in audited(case).found] == [(Kind.TOTAL, 161), (Kind.FORM, 162)]


def _form_cells(case: Path) -> list[tuple[str, object]]:
    return [
        (f"{column_letters(c)}{r + 1}", cell)
        for r, row in enumerate(grid(case, "PL6"))
        for c, cell in enumerate(row)
        if isinstance(cell, float) and r > 3 and c > 2
    ]


def test_a_column_that_was_shifted_is_named(case: Path) -> None:
    """The figures of one unit under the head of another: both units, in every row that differs."""
    one, two = where(case, "xã Số 1"), where(case, "xã Số 2")
    spoilt(case / "th.xlsx", BY_UNIT_SHEET, {one: 50, two: 30})
    assert {found.unit_code for found in audited(case).found} == {"1", "2"}


def test_a_changed_file_is_named(case: Path) -> None:
    """One byte is enough: its hash is another."""
    path = case / "nop" / "2.xlsx"
    path.write_bytes(path.read_bytes() + b"\0")
    found = audited(case).found
    assert "2.xlsx" in found[0].message
    assert any("đã bị thay đổi" in f.message and f.unit_code == "2" for f in found)
    assert {f.kind for f in found} == {Kind.FILE}


def test_a_removed_file_is_named_included_or_not(case: Path) -> None:
    """Also the one that was left out of the summary, and one that came later."""
    (case / "nop" / "3.xlsx").unlink()
    (case / "nop" / "4.xlsx").unlink()
    (case / "nop" / "sau.txt").write_text("đến sau", encoding="utf-8")
    found = audited(case).found
    assert {f.file for f in found} == {"3.xlsx", "4.xlsx", "sau.txt"}
    assert {f.kind for f in found} == {Kind.FILE}


def test_a_file_swapped_for_another_units_is_named(case: Path) -> None:
    """The content of one unit under the name of another."""
    shutil.copy(case / "nop" / "1.xlsx", case / "nop" / "2.xlsx")
    assert any(f.unit_code == "2" and "đã bị thay đổi" in f.message for f in audited(case).found)


def test_hashes_swapped_in_the_sources_are_named(case: Path) -> None:
    """The sheets must name the same file for a unit, and the file must be the unit's."""
    rows = grid(case, SOURCES_SHEET)
    first = next(r for r, row in enumerate(rows) if len(str(row[4])) == 64)
    spoilt(
        case / "th.xlsx",
        SOURCES_SHEET,
        {f"E{first + 1}": str(rows[first + 1][4]), f"E{first + 2}": str(rows[first][4])},
    )
    assert Kind.UNIT in kinds(audited(case))


def test_a_source_that_points_elsewhere_is_named(case: Path) -> None:
    """A figure and its source changed together are still found: the cell is not that of the row."""
    rows = grid(case, SOURCES_SHEET)
    row = next(r for r, cells in enumerate(rows) if cells[8] == ROW)
    other = next(cells for cells in rows if cells[8] == "PL6/57/value")
    spoilt(case / "th.xlsx", SOURCES_SHEET, {f"E{row + 1}": str(other[4])})
    assert Kind.SOURCE in kinds(audited(case))


def test_a_source_that_was_deleted_is_named(case: Path) -> None:
    """A figure of a file cannot vanish together with its source."""
    rows = grid(case, SOURCES_SHEET)
    row = next(r for r, cells in enumerate(rows) if cells[8] == ROW)
    spoilt(case / "th.xlsx", SOURCES_SHEET, {f"I{row + 1}": "PL6/1/value"})
    for unit in "123":
        spoilt(case / "th.xlsx", BY_UNIT_SHEET, {where(case, f"xã Số {unit}"): ""})
    assert {f.unit_code for f in audited(case).found if f.kind is Kind.SOURCE} >= {"1", "2", "3"}


def test_a_file_taken_from_the_accounts_is_named(case: Path) -> None:
    """A line deleted from "Tình hình nộp": the count, and the file that is accounted for nowhere."""
    rows = grid(case, RECEIVED_SHEET)
    row = next(r for r, cells in enumerate(rows) if cells[3] == "4.xlsx")
    spoilt(case / "th.xlsx", RECEIVED_SHEET, {f"D{row + 1}": "", f"M{row + 1}": ""})
    assert sum(f.kind is Kind.FILE for f in audited(case).found) == 2


def test_the_parents_own_part_enters_its_total(tmp_path: Path) -> None:
    """Own part and units, in the parent's sheet, in "Theo đơn vị" and in the form."""
    folder, target = tmp_path / "nop", tmp_path / "th.xlsx"
    folder.mkdir()
    make(folder, "1", "xã 1", {"PL1": {38: "100", 39: "90"}}, form="cam-giang-2024")
    merge(MergeRequest(folder, target, DISTRICT))
    with FileBook(target) as book:
        own = book.grid(OWN_SHEET)
    row = next(r for r, cells in enumerate(own) if "PL3/15/value" in cells)
    spoilt(target, OWN_SHEET, {f"F{row + 1}": 7})
    found = audit(target, folder).found  # typed, and nothing computed anew
    assert {f.kind for f in found} == {Kind.TOTAL, Kind.FORM}
    assert {f.expected for f in found} == {107}
    merge(MergeRequest(folder, target, DISTRICT))  # carries the own part and writes the totals
    assert audit(target, folder).found == ()


@pytest.mark.parametrize("name", ["1.xlsx", "khong-co.xlsx"])
def test_what_is_no_summary_is_refused(case: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One sentence, exit 2."""
    assert main(["doi-chieu", str(case / "nop" / name), str(case / "nop")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("seed", range(int(os.environ.get("CCHC_FORGERIES", "12"))))
def test_no_forgery_stops_the_audit(case: Path, seed: int) -> None:
    """Whatever stands in the summary's sheets: it ends, or says in one sentence why it cannot begin."""
    rnd = random.Random(seed)
    sheets = [BY_UNIT_SHEET, SOURCES_SHEET, RECEIVED_SHEET, DATA_SHEET, CHARTS_SHEET]
    for sheet in rnd.sample(sheets, rnd.randint(1, len(sheets))):
        cells = [
            f"{column_letters(c)}{r + 1}"
            for r, row in enumerate(grid(case, sheet))
            for c, cell in enumerate(row)
            if cell != ""
        ]
        contents: list[str | float] = ["", "x", "PL6/56/value", "PL6!E66", "cchc:unit:%FF|" + "0" * 64, -1, 1e308, 0.1]
        chosen = rnd.sample(cells, min(len(cells), rnd.randint(1, 40)))
        spoilt(case / "th.xlsx", sheet, {cell: rnd.choice(contents) for cell in chosen})
    with suppress(CchcError):
        audited(case)
