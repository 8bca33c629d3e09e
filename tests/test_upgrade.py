"""nang-cap: every value of an older workbook stands once, at its new place or among what has none."""

from __future__ import annotations

import hashlib
import random
import tempfile
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from versions import (
    FORM,
    LABEL,
    NOTE,
    SECOND_CHANGES,
    STT,
    THIRD_CHANGES,
    VALUE,
    VERSIONS,
    indicator,
    three_versions,
    write_catalogue,
)

from cchc_xl.catalogue.load import catalogue_at, load_form
from cchc_xl.errors import CatalogueFault, CchcError, WorkbookFault
from cchc_xl.expressions import CellRef
from cchc_xl.form_workbook.build import build_form_workbook
from cchc_xl.hosts import cli
from cchc_xl.layout import form_layout
from cchc_xl.leftovers import LEFTOVER_SHEET
from cchc_xl.operations import check_file, upgrade_workbook
from cchc_xl.readers.read_submission import read_file
from cchc_xl.report_layout import ADDRESS, COLUMNS, EXPLANATION, FIRST_ROW, MESSAGE, PAGE, RULE
from cchc_xl.stamp import SUMMARY, Stamp
from cchc_xl.submission import FormulaState
from cchc_xl.values import State, from_cell

STAMP = Stamp(
    FORM, 1, "UBND xã Thử", "22888", "586", "2024-NAM", "15/12/2023", "14/12/2024", submission=3,
    completed="01/01/2025", fingerprint="0a1b",
)  # fmt: skip
# Where the cells of version 1 stand in versions 2 and 3; None: no place.
SECOND_ROWS = {1: 1, 2: 3, 3: None, 4: 5, 5: 4, 6: 6, 7: 7}
THIRD_ROWS = {1: 1, 2: 5, 3: None, 4: 7, 5: 6, 6: 8, 7: 9}


@pytest.fixture(scope="module")
def catalogues(tmp_path_factory: pytest.TempPathFactory) -> Mapping[int, Path]:
    return three_versions(tmp_path_factory.mktemp("versions"))


def place_in(version: int, ref: CellRef) -> CellRef | None:
    """What the changes of the made-up form mean, told independently of the code under test."""
    order = ref.order or 0
    if ref.appendix == "PL1":
        new = (SECOND_ROWS if version == 2 else THIRD_ROWS)[order]
        return CellRef("PL1", new, ref.column) if new else None
    if ref.appendix == "PL2":
        column = {"online": "on_line", "late": ""}.get(ref.column, ref.column)
        return CellRef("PL2", order, column) if column else None
    if ref.appendix == "PL9":
        return CellRef("PL4", order, ref.column) if version == 2 else None
    return ref


def fill(path: Path, version: int, values: Mapping[CellRef, Any], stamp: Stamp = STAMP) -> Path:
    """A workbook of the version that is the catalogue's now, filled as a person with Excel would."""
    form = load_form(FORM)
    assert form.version == version
    build_form_workbook(form, Stamp(**{**stamp_fields(stamp), "version": version}), path)
    book = openpyxl.load_workbook(path)
    layout = form_layout(form)
    for ref, value in values.items():
        place = layout.appendices[ref.appendix]
        row, column = place.position(ref)
        cell = book[place.sheet].cell(row + 1, column + 1)
        cell.value = value
        if isinstance(value, str) and not value.startswith("="):
            cell.data_type = "s"
    book.save(path)
    return path


def stamp_fields(stamp: Stamp) -> dict[str, Any]:
    return {name: getattr(stamp, name) for name in stamp.__dataclass_fields__}


def leftover_lines(path: Path) -> list[tuple[object, ...]]:
    """Appendix, row, label, column and value of each line, as an independent reader sees them."""
    book = openpyxl.load_workbook(path)
    if LEFTOVER_SHEET not in book.sheetnames:
        return []
    sheet = book[LEFTOVER_SHEET]
    assert sheet.sheet_state == "visible"
    lines = [tuple(cell.value for cell in row[1:7]) for row in sheet.iter_rows()]
    start = next(index for index, line in enumerate(lines) if line[0] == "Phụ lục")
    return [line[:5] for line in lines[start + 1 :]]


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as made:
        yield Path(made)


def input_cells(version_root: Path) -> list[CellRef]:
    with catalogue_at(version_root):
        return [spec.ref for spec in load_form(FORM).specs() if not spec.column.given]


# every value once -------------------------------------------------------------------------------------------------

TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Co", "Cn"), exclude_characters="\ufffe\uffff"),
    min_size=1,
    max_size=40,
)
CONTENT = st.one_of(
    st.integers(-(10**9), 10**12),
    st.floats(-1e6, 1e6, allow_nan=False).map(lambda number: round(number, 4)),
    st.sampled_from(["-", "x", "=1+1 không phải công thức", "1.200", "76/84", "_x0041_", "cchc:PL1", "'", "Có"]),
    TEXTS,
    st.dates(date(1990, 1, 1), date(2040, 1, 1)).map(lambda day: datetime(day.year, day.month, day.day)),
    st.just(datetime(2024, 3, 5, 14, 30)),
    st.just(time(8, 15)),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), version=st.sampled_from([2, 3]))
def test_every_typed_value_stands_exactly_once(catalogues: Mapping[int, Path], data: st.DataObject, version: int):
    """Random fills of version 1, numbers, texts and dates, also over formulas; nothing is lost, doubled or altered."""
    values = data.draw(st.dictionaries(st.sampled_from(input_cells(catalogues[1])), CONTENT, max_size=14))
    # openpyxl takes a leading "=" for a formula; a person's apostrophe is not modelled.
    values = {ref: value for ref, value in values.items() if not (isinstance(value, str) and value.startswith("="))}
    with folder() as made:
        with catalogue_at(catalogues[1]):
            old = fill(made / "cu.xlsx", 1, values)
            before = read_file(old)
        digest = sha256(old)
        with catalogue_at(catalogues[version]):
            upgraded = upgrade_workbook(old, made / "moi.xlsx")
            after = read_file(made / "moi.xlsx")
        assert sha256(old) == digest
        lines = leftover_lines(made / "moi.xlsx")
    assert after.faults == ()
    # Nobody has completed the new workbook.
    assert after.stamp == replace(STAMP, version=version, completed="", fingerprint="")
    placed, left = {}, Counter()
    for ref, entry in before.entries.items():
        spec = before.form.spec(ref)
        if spec.column.given or entry.formula is not FormulaState.NONE or not entry.value.filled:
            continue
        target = place_in(version, ref)
        if target is None:
            left[ref.appendix, entry.row + 1, spec.row.label, spec.column.heading.split(" > ")[-1]] += 1
        else:
            placed[target] = entry.value
    for ref, entry in after.entries.items():
        spec = after.form.spec(ref)
        if spec.column.given:
            assert entry.value.text == spec.row.given[spec.column.key]
        elif ref in placed:
            assert (entry.value, entry.formula) == (placed[ref], FormulaState.NONE)
        else:
            assert not entry.value.filled or entry.formula is FormulaState.INTACT
            assert entry.formula is (FormulaState.INTACT if spec.derived else FormulaState.NONE)
    assert Counter(line[:4] for line in lines) == left
    assert (upgraded.cells, upgraded.leftovers) == (len(placed), left.total())


@settings(max_examples=40)
@given(data=st.data())
def test_random_rearrangements_of_a_form(data: st.DataObject):
    """Any rows go, come and change places: the loader accepts the data and every note follows its row."""
    old_rows = data.draw(st.integers(1, 12), label="rows of version 1")
    kept = data.draw(st.lists(st.integers(1, old_rows), unique=True, min_size=1), label="kept, in their new order")
    arrangement: list[int] = list(kept)
    for _ in range(data.draw(st.integers(0, 4), label="new rows")):
        arrangement.insert(data.draw(st.integers(0, len(arrangement))), 0)
    changes: list[dict[str, object]] = [{"version": 2}]
    for new, old in enumerate(arrangement, start=1):
        if not old:
            changes.append({"version": 2, "appendix": "A", "new_order": new})
        elif old != new:
            changes.append({"version": 2, "appendix": "A", "old_order": old, "new_order": new})
    gone = sorted(set(range(1, old_rows + 1)) - set(kept))
    changes.extend({"version": 2, "appendix": "A", "old_order": old} for old in gone)
    columns = (STT, LABEL, VALUE, NOTE)
    with folder() as made:
        first = [indicator(f"Chỉ tiêu {order}") for order in range(1, old_rows + 1)]
        second = [first[old - 1] if old else indicator(f"Mới {new}") for new, old in enumerate(arrangement)]
        old_root = write_catalogue(made / "1", 1, {"A": ("indicators", columns, first)})
        new_root = write_catalogue(made / "2", 2, {"A": ("indicators", columns, second)}, changes)
        with catalogue_at(old_root):
            values = {CellRef("A", order, "note"): f"ghi chú {order}" for order in range(1, old_rows + 1)}
            old = fill(made / "cu.xlsx", 1, values)
        with catalogue_at(new_root):
            upgrade_workbook(old, made / "moi.xlsx")
            after = read_file(made / "moi.xlsx")
        lines = leftover_lines(made / "moi.xlsx")
    notes = [after.value(CellRef("A", order, "note")).text for order in range(1, len(arrangement) + 1)]
    assert notes == [f"ghi chú {old}" if old else "" for old in arrangement]
    assert sorted(line[4] for line in lines) == sorted(f"ghi chú {old}" for old in gone)


def test_kept_as_what_they_are(catalogues: Mapping[int, Path], tmp_path: Path) -> None:
    """A number, a text, a date, a time and a dash stay what they were, carried and left over alike."""
    kinds = [5, 0.25, "5", "Nhận  xét\nhai dòng", datetime(2024, 3, 5), datetime(2024, 3, 5, 14, 30), time(8, 15), "-"]
    for number, value in enumerate(kinds):
        with catalogue_at(catalogues[1]):
            values = {CellRef("PL1", order, "note"): value for order in (2, 3)}
            old = fill(tmp_path / f"{number}.xlsx", 1, values)
        with catalogue_at(catalogues[2]):
            upgrade_workbook(old)
            new = tmp_path / f"{number}-phien-ban-2.xlsx"
            carried = read_file(new).value(CellRef("PL1", 3, "note"))
            place = form_layout(load_form(FORM)).appendices["PL1"].address(CellRef("PL1", 3, "note"))
        assert carried == from_cell(value)
        assert openpyxl.load_workbook(new)["PL1"][place].value == value
        assert [line[4] for line in leftover_lines(new)] == [value]


def test_computed_cells(catalogues: Mapping[int, Path], tmp_path: Path, run) -> None:
    """A formula is computed anew; a figure typed over it, also as arithmetic, is carried as typed; and it is said."""
    values = {
        CellRef("PL1", 4, "value"): 200,
        CellRef("PL1", 5, "value"): 150,
        CellRef("PL2", 1, "online"): 7,
        CellRef("PL2", 1, "direct"): 3,
        CellRef("PL2", 2, "received"): 99,
        CellRef("PL2", 3, "received"): 123457,
    }
    with catalogue_at(catalogues[1]):
        old = fill(tmp_path / "cu.xlsx", 1, values)
    edit_xml(old, lambda xml: xml.replace("<v>123457</v>", "<f>123456+1</f><v>123457</v>"), sheet=2)
    with catalogue_at(catalogues[2]):
        result = run("nang-cap", old, "-o", tmp_path / "moi.xlsx")
        after = read_file(tmp_path / "moi.xlsx")
        cached = openpyxl.load_workbook(tmp_path / "moi.xlsx", data_only=True)
        ratio = form_layout(load_form(FORM)).appendices["PL1"].address(CellRef("PL1", 6, "value"))
    assert result.code == 0
    assert "Đã chuyển 6 ô" in result.out
    assert "2 ô tổng, tỷ lệ mà đơn vị tự gõ" in result.out
    assert "1 ô có công thức tự gõ" in result.out
    assert after.value(CellRef("PL2", 3, "received")).number == 123457
    assert after.entries[CellRef("PL2", 2, "received")].formula is FormulaState.NONE
    assert after.value(CellRef("PL2", 2, "received")).number == 99
    assert after.entries[CellRef("PL2", 1, "received")].formula is FormulaState.INTACT
    assert cached["PL1"][ratio].value == 75


def test_a_formula_typed_into_an_input_cell_leaves_its_result(
    catalogues: Mapping[int, Path], tmp_path: Path, run
) -> None:
    """=120+35 is a person's work: its result is carried, or listed where the row is gone; a lost result is listed."""
    with catalogue_at(catalogues[1]):
        old = fill(tmp_path / "cu.xlsx", 1, {CellRef("PL1", 2, "value"): 155, CellRef("PL1", 3, "value"): 44})
        place = form_layout(load_form(FORM)).appendices["PL1"]
        two, three, four = (place.address(CellRef("PL1", order, "value")) for order in (2, 3, 4))
    edit_xml(
        old,
        lambda xml: xml.replace("<v>155</v>", "<f>120+35</f><v>155</v>").replace("<v>44</v>", "<f>22*2</f><v>44</v>"),
    )
    assert "<f>120+35</f>" in sheet_xml(old)
    book_with_formula = openpyxl.load_workbook(old)  # openpyxl writes formulas without results
    with catalogue_at(catalogues[2]):
        result = run("nang-cap", old, "-o", tmp_path / "moi.xlsx")
        assert read_file(tmp_path / "moi.xlsx").value(CellRef("PL1", 3, "value")).number == 155
    assert result.code == 1
    assert "1 ô có công thức tự gõ" in result.out
    assert [line[4] for line in leftover_lines(tmp_path / "moi.xlsx")] == [44]
    sheet = book_with_formula["PL1"]
    sheet[two], sheet[three], sheet[four] = "=1+2", None, None
    book_with_formula.save(tmp_path / "chua-tinh.xlsx")
    with catalogue_at(catalogues[2]):
        upgrade_workbook(tmp_path / "chua-tinh.xlsx", tmp_path / "moi2.xlsx")
    assert [line[4] for line in leftover_lines(tmp_path / "moi2.xlsx")] == ["=1+2"]


def test_what_had_no_place_goes_along_with_the_next_upgrade(catalogues: Mapping[int, Path], tmp_path: Path) -> None:
    """1 → 2 → 3 in two runs ends as 1 → 3 in one: earlier lines are not lost."""
    values = {
        CellRef("PL1", 3, "value"): 12,
        CellRef("PL1", 3, "note"): datetime(2024, 5, 6),
        CellRef("PL2", 1, "late"): 4,
        CellRef("PL9", 1, "value"): 8,
        CellRef("PL1", 2, "note"): "giữ",
    }
    with catalogue_at(catalogues[1]):
        old = fill(tmp_path / "cu.xlsx", 1, values)
    with catalogue_at(catalogues[2]):
        first = upgrade_workbook(old, tmp_path / "hai.xlsx")
    with catalogue_at(catalogues[3]):
        second = upgrade_workbook(tmp_path / "hai.xlsx", tmp_path / "ba.xlsx")
        upgrade_workbook(old, tmp_path / "mot-lan.xlsx")
        assert read_file(tmp_path / "ba.xlsx").value(CellRef("PL1", 5, "note")).text == "giữ"
    assert (first.leftovers, second.leftovers) == (3, 4)
    twice, once = leftover_lines(tmp_path / "ba.xlsx"), leftover_lines(tmp_path / "mot-lan.xlsx")
    assert {line[2:] for line in twice} == {line[2:] for line in once}
    assert ("PL1", "Số cuộc bị bỏ") in {(line[0], line[2]) for line in twice}


def test_what_stands_beside_the_form_is_named(catalogues: Mapping[int, Path], tmp_path: Path, run) -> None:
    """A user's own row, column and sheet are not forgotten; texts that the form prints are not taken for work."""
    with catalogue_at(catalogues[1]):
        old = fill(tmp_path / "cu.xlsx", 1, {CellRef("PL1", 2, "value"): 5})
        place = form_layout(load_form(FORM)).appendices["PL1"]
    book = openpyxl.load_workbook(old)
    sheet = book["PL1"]
    sheet.cell(place.signature_row + 4, 3).value = "Người lập biểu: văn thư"
    sheet.cell(place.rows[2] + 1, place.check_column + 8).value = "nhắc việc"
    book.create_sheet("Nháp")["A1"] = "tính thử"
    report = book["Kết quả kiểm tra"]
    for column, title in enumerate(COLUMNS, start=1):
        finding = {MESSAGE: "Sai", PAGE: "PL1", ADDRESS: "E12", RULE: "R15", EXPLANATION: "do sáp nhập"}
        report.cell(FIRST_ROW + 1, column).value = finding.get(title)
    book.create_sheet(LEFTOVER_SHEET)["A1"] = "khóa bị xóa"
    book.save(old)
    with catalogue_at(catalogues[2]):
        result = run("nang-cap", old, "-o", tmp_path / "moi.xlsx")
    assert result.code == 1
    assert f"“Nháp”, “{LEFTOVER_SHEET}”" in result.out
    lines = leftover_lines(tmp_path / "moi.xlsx")
    assert lines[0] == ("PL1", 12, "Sai", EXPLANATION, "do sáp nhập")
    assert [line[4] for line in lines[1:]] == ["nhắc việc", "Người lập biểu: văn thư"]


def test_rows_and_columns_that_were_pushed(catalogues: Mapping[int, Path], tmp_path: Path) -> None:
    """Keys are found wherever a user's own row and column above and left have pushed them."""
    with catalogue_at(catalogues[1]):
        old = fill(tmp_path / "cu.xlsx", 1, {CellRef("PL9", 1, "value"): 8})
    book = openpyxl.load_workbook(old)
    book["PL9"].insert_rows(1, 2)
    book["PL9"].insert_cols(1)
    book["PL9"].title = "Tên khác"
    book.save(old)
    with catalogue_at(catalogues[2]):
        upgraded = upgrade_workbook(old, tmp_path / "moi.xlsx")
        assert read_file(tmp_path / "moi.xlsx").value(CellRef("PL4", 1, "value")).number == 8
    assert (upgraded.cells, upgraded.leftovers, upgraded.other_sheets) == (1, 0, ())


# the command ------------------------------------------------------------------------------------------------------


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]):
    """Run a command within this process, under whatever catalogue holds."""

    def call(*args: object) -> Any:
        capsys.readouterr()
        code = cli.main([str(arg) for arg in args])
        streams = capsys.readouterr()
        return type("Run", (), {"code": code, "out": streams.out, "err": streams.err})

    return call


@pytest.fixture
def old_book(catalogues: Mapping[int, Path], tmp_path: Path) -> Path:
    with catalogue_at(catalogues[1]):
        return fill(tmp_path / "cu.xlsx", 1, {CellRef("PL1", 2, "value"): 5, CellRef("PL1", 3, "value"): 6})


def test_other_commands_name_nang_cap(catalogues: Mapping[int, Path], old_book: Path, run, tmp_path: Path) -> None:
    """An old workbook is refused by name of the remedy; the upgraded one is checked like any other."""
    with catalogue_at(catalogues[2]):
        refused = run("kiem-tra", old_book)
        assert (refused.code, len(refused.err.splitlines())) == (2, 1)
        assert "nang-cap" in refused.err
        done = run("nang-cap", old_book)
        assert done.code == 1
        assert "1 ô chưa có chỗ" in done.out
        checked = check_file(tmp_path / "cu-phien-ban-2.xlsx")
        assert checked.state == "checked"
        assert not checked.submission.faults


def test_a_newer_workbook_wants_a_newer_toolkit(catalogues: Mapping[int, Path], tmp_path: Path, run) -> None:
    """Version 2 in front of a toolkit that knows version 1."""
    with catalogue_at(catalogues[2]):
        new = fill(tmp_path / "moi.xlsx", 2, {})
    with catalogue_at(catalogues[1]):
        for command in ("kiem-tra", "nang-cap"):
            result = run(command, new)
            assert result.code == 2
            assert "cập nhật bộ công cụ" in result.err


def test_a_current_workbook_is_left_alone(catalogues: Mapping[int, Path], tmp_path: Path, run) -> None:
    """Nothing is written, exit 0."""
    with catalogue_at(catalogues[2]):
        book = fill(tmp_path / "so.xlsx", 2, {})
        result = run("nang-cap", book, "-o", tmp_path / "moi.xlsx")
    assert result.code == 0
    assert "không phải chuyển gì" in result.out
    assert list(tmp_path.iterdir()) == [book]


def _itself(old: Path) -> Path:
    return old


def _foreign(old: Path) -> Path:
    openpyxl.Workbook().save(old.with_name("cua-toi.xlsx"))
    return old.with_name("cua-toi.xlsx")


def _filled(old: Path) -> Path:
    return fill(old.with_name("da-co.xlsx"), 2, {CellRef("PL1", 2, "value"): 1})


def _old(old: Path) -> Path:
    path = old.with_name("cu-khac.xlsx")
    path.write_bytes(old.read_bytes())
    return path


def _no_folder(old: Path) -> Path:
    return old.parent / "khong" / "moi.xlsx"


def _macro(old: Path) -> Path:
    return old.with_name("moi.xlsm")


@pytest.mark.parametrize("target", [_itself, _foreign, _filled, _old, _no_folder, _macro])
def test_refuses_to_overwrite(
    catalogues: Mapping[int, Path], old_book: Path, run, target: Callable[[Path], Path]
) -> None:
    """The source, somebody's own file, a filled or older workbook: all stay byte for byte."""
    with catalogue_at(catalogues[2]):
        out = target(old_book)
        before = {path: sha256(path) for path in old_book.parent.iterdir()}
        result = run("nang-cap", old_book, "-o", out)
    assert (result.code, len(result.err.splitlines()), result.out) == (2, 1, "")
    assert {path: sha256(path) for path in old_book.parent.iterdir()} == before


# hostile workbooks ------------------------------------------------------------------------------------------------


def _drop_sheet(book: Any) -> None:
    del book["PL9"]


def _copy_sheet(book: Any) -> None:
    book.copy_worksheet(book["PL9"]).title = "Chép"


def _copy_row_key(book: Any) -> None:
    sheet = book["PL1"]
    rows = [row for row in sheet.iter_rows(max_col=1) if row[0].value in (2, 3)]
    rows[1][0].value = 2


def _drop_row_key(book: Any) -> None:
    next(row for row in book["PL1"].iter_rows(max_col=1) if row[0].value == 4)[0].value = None


def _copy_column_key(book: Any) -> None:
    book["PL1"].cell(1, 30).value = "value"


def _drop_column_key(book: Any) -> None:
    next(cell for cell in book["PL2"][1] if cell.value == "online").value = None


def _drop_corner(book: Any) -> None:
    book["PL2"]["A1"] = None


def _exchange_labels(book: Any) -> None:
    sheet = book["PL1"]
    first, second = ([c for c in row if c.value in ("Số hồ sơ", "Số hồ sơ đúng hạn")] for row in _rows(sheet, 4, 5))
    first[0].value, second[0].value = second[0].value, first[0].value


def _rows(sheet: Any, *orders: int) -> list[Any]:
    return [row for row in sheet.iter_rows() if row[0].value in orders]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_drop_sheet, "PL9"),
        (_copy_sheet, "chép thừa"),
        (_copy_row_key, "chép thành hai"),
        (_drop_row_key, "mất dòng 4"),
        (_copy_column_key, "chép thành hai"),
        (_drop_column_key, "mất cột"),
        (_drop_corner, "PL2"),
        (_exchange_labels, "là của dòng khác"),
    ],
)
def test_a_damaged_workbook_gives_one_sentence(
    catalogues: Mapping[int, Path], old_book: Path, run, spoil: Callable[[Any], None], words: str
) -> None:
    """Where two places claim a key, or one is missing, nothing is guessed and nothing written."""
    book = openpyxl.load_workbook(old_book)
    spoil(book)
    book.save(old_book)
    with catalogue_at(catalogues[2]):
        result = run("nang-cap", old_book)
    assert (result.code, result.out, len(result.err.splitlines())) == (2, "", 1)
    assert words in result.err
    assert "hãy" in result.err
    assert list(old_book.parent.iterdir()) == [old_book]


def test_neither_foreign_nor_summary(catalogues: Mapping[int, Path], tmp_path: Path, run) -> None:
    """A summary is merged anew, not carried; what is none of ours is refused as everywhere."""
    with catalogue_at(catalogues[1]):
        summary = fill(tmp_path / "tong-hop.xlsx", 1, {}, Stamp(FORM, 1, kind=SUMMARY))
    with catalogue_at(catalogues[2]):
        assert "tong-hop" in run("nang-cap", summary).err
        openpyxl.Workbook().save(tmp_path / "la.xlsx")
        assert run("nang-cap", tmp_path / "la.xlsx").code == 2
        assert run("nang-cap", tmp_path / "khong-co.xlsx").code == 2
        fill(tmp_path / "hong.xlsx", 2, {})
        book = openpyxl.load_workbook(tmp_path / "hong.xlsx")
        next(row for row in book["_CCHC"].iter_rows() if row[0].value == "version")[1].value = "hai"
        book.save(tmp_path / "hong.xlsx")
        with pytest.raises(CchcError, match="phiên bản"):
            upgrade_workbook(tmp_path / "hong.xlsx")


def test_a_text_that_no_cell_holds(catalogues: Mapping[int, Path], tmp_path: Path) -> None:
    """A text beyond Excel's limit would be dropped by the writer without a word: it is refused by name."""
    with catalogue_at(catalogues[1]):
        old = fill(tmp_path / "cu.xlsx", 1, {CellRef("PL1", 2, "value"): 123457})
    long = "a" * 40_000
    edit_xml(old, lambda xml: xml.replace('t="n"><v>123457<', f't="str"><v>{long}<'))
    assert long in sheet_xml(old)
    with catalogue_at(catalogues[2]), pytest.raises(WorkbookFault, match="32767"):
        upgrade_workbook(old)


_BEFORE = 2  # cover and guide


def sheet_xml(path: Path) -> str:
    """The XML of the first appendix; cover and guide stand before it."""
    with zipfile.ZipFile(path) as archive:
        return archive.read(f"xl/worksheets/sheet{_BEFORE + 1}.xml").decode("utf-8")


def edit_xml(path: Path, change: Callable[[str], str], sheet: int = 1) -> None:
    """Change the XML of an appendix, counted from 1."""
    with zipfile.ZipFile(path) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    name = f"xl/worksheets/sheet{_BEFORE + sheet}.xml"
    parts[name] = change(parts[name].decode("utf-8")).encode("utf-8")
    with zipfile.ZipFile(path, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)


# changes.tsv ------------------------------------------------------------------------------------------------------


def _second(*changes: Mapping[str, object]) -> list[Mapping[str, object]]:
    """The changes of version 2 with further lines."""
    return [*SECOND_CHANGES, *changes]


def _without(index: int) -> list[Mapping[str, object]]:
    return [line for at, line in enumerate(SECOND_CHANGES) if at != index]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        (None, "changes.tsv: thiếu tệp"),
        ([], "thiếu version 2"),
        (_second({"version": 3}), "changes.tsv:12: version '3' phải là số từ 2 đến 2"),
        (_second({"version": "hai"}), "changes.tsv:12: version 'hai'"),
        (_without(0), "[version 2, PL1]: không nói gì về dòng cũ 2"),
        (_without(1), "[version 2, PL1]: không nói gì về dòng cũ 3"),
        (_without(4), "[version 2, PL1]: dòng 2 cũ"),
        (_second({"version": 2, "appendix": "PL1", "old_order": 2, "new_order": 6}), "changes.tsv:12: '2' cũ đã có"),
        (_second({"version": 2, "appendix": "PL1", "old_order": 6, "new_order": 5}), "changes.tsv:12: '5' mới đã có"),
        (_second({"version": 2, "appendix": "PL1", "new_order": 99}), "không có dòng 99"),
        (_second({"version": 2, "appendix": "PL2", "new_column": "xyz"}), "không có cột xyz"),
        (_second({"version": 2, "appendix": "PL2", "old_column": "label"}), "cột stt và label"),
        (_second({"version": 2, "appendix": "PL7", "old_order": 1}), "không có phụ lục 'PL7'"),
        (_second({"version": 2, "appendix": "PL1", "old_order": "9-7"}), "'9-7' phải là số thứ tự"),
        (_second({"version": 2, "appendix": "PL1", "old_order": "9-11", "new_order": "9-12"}), "dài khác nhau"),
        (_second({"version": 2, "appendix": "PL1", "old_order": 20}), "không nói gì về dòng cũ 8"),
        (_second({"version": 2, "old_order": 1}), "changes.tsv:12: thiếu appendix"),
        (_second({"version": 2, "appendix": "PL1", "old_order": 1, "old_column": "note"}), "chỉ nói một việc"),
        (_second({"version": 2, "appendix": "PL2", "new_appendix": "PL8"}), "không có phụ lục 'PL8'"),
        (_second({"version": 2, "appendix": "PL9", "new_appendix": "PL4"}), "phụ lục đã có ở trên"),
        (_second({"version": 2, "appendix": "PL2", "old_column": "old", "printed": "x"}), "printed 'x'"),
    ],
)
def test_faults_of_the_data_are_named(tmp_path: Path, changes: list[Mapping[str, object]] | None, fault: str) -> None:
    """Every slip that would send a figure astray is found from the data alone, by file and line."""
    root = write_catalogue(tmp_path / "v2", 2, VERSIONS[2], changes)
    with catalogue_at(root), pytest.raises(CatalogueFault) as caught:
        load_form(FORM)
    assert any(fault in line for line in caught.value.faults), caught.value.faults


def test_version_1_has_no_changes(tmp_path: Path) -> None:
    root = write_catalogue(tmp_path / "v1", 1, VERSIONS[1], SECOND_CHANGES)
    with catalogue_at(root), pytest.raises(CatalogueFault, match="phiên bản 1"):
        load_form(FORM)


def test_ranges_say_the_same_as_single_lines(tmp_path: Path) -> None:
    """2-8 → 4-10 is seven lines."""
    single = [
        {"version": 3, "appendix": "PL1", "old_order": order, "new_order": order + 2} for order in range(2, 9)
    ]  # fmt: skip
    ranged = write_catalogue(tmp_path / "a", 3, VERSIONS[3], [*SECOND_CHANGES, *THIRD_CHANGES])
    each = write_catalogue(tmp_path / "b", 3, VERSIONS[3], [*SECOND_CHANGES, *single, *THIRD_CHANGES[1:]])
    maps = []
    for root in (ranged, each):
        with catalogue_at(root):
            maps.append(dict(load_form(FORM).changes[1].appendices["PL1"].rows))
    assert maps[0] == maps[1] == {1: 1, **{order: order + 2 for order in range(2, 9)}}


def test_version_3_knows_every_row_of_version_1(catalogues: Mapping[int, Path]) -> None:
    """The shapes of older versions follow backwards from the present form."""
    from cchc_xl.catalogue.changes import routes

    with catalogue_at(catalogues[1]):
        first = {a.id: ([r.order for r in a.rows], {c.key for c in a.columns}) for a in load_form(FORM).appendices}
    with catalogue_at(catalogues[3]):
        found = {i: (list(r.rows), set(r.columns)) for i, r in routes(load_form(FORM), 1).items() if r.new}
        every = set(routes(load_form(FORM), 1))
    assert every == set(first)
    assert found == {identity: first[identity] for identity in found}


def test_catalogue_at_ends_with_its_block(catalogues: Mapping[int, Path]) -> None:
    """Inside, the other folder's forms; after it, and after a fault in it, the built-in ones again."""
    with catalogue_at(catalogues[2]):
        assert load_form(FORM).version == 2
        assert load_form(FORM) is load_form(FORM)
    with pytest.raises(CchcError):
        load_form(FORM)
    with pytest.raises(RuntimeError), catalogue_at(catalogues[2]):
        raise RuntimeError
    assert load_form("cam-giang-2024").version >= 1


def test_texts_keep_their_form(catalogues: Mapping[int, Path], tmp_path: Path) -> None:
    """Carried texts are not normalised: decomposed letters and double spaces stay."""
    text = unicodedata.normalize("NFD", "Thủ  tục ") + "\tx"
    with catalogue_at(catalogues[1]):
        old = fill(tmp_path / "cu.xlsx", 1, {CellRef("PL1", 2, "note"): text})
        was = read_file(old).value(CellRef("PL1", 2, "note"))
    with catalogue_at(catalogues[2]):
        upgrade_workbook(old, tmp_path / "moi.xlsx")
        assert read_file(tmp_path / "moi.xlsx").value(CellRef("PL1", 3, "note")) == was
    assert was.state is State.TEXT


def test_many_rows_in_any_order(tmp_path: Path) -> None:
    """A hundred rows, shuffled: a hundred figures follow."""
    shuffled = list(range(1, 101))
    random.Random(7).shuffle(shuffled)
    rows = [indicator(f"Chỉ tiêu {order}") for order in range(1, 101)]
    columns = (STT, LABEL, VALUE)
    changes = [
        {"version": 2, "appendix": "A", "old_order": old, "new_order": new} for new, old in enumerate(shuffled, start=1)
    ]
    first = write_catalogue(tmp_path / "1", 1, {"A": ("indicators", columns, rows)})
    moved = [rows[old - 1] for old in shuffled]
    second = write_catalogue(tmp_path / "2", 2, {"A": ("indicators", columns, moved)}, changes)
    with catalogue_at(first):
        old = fill(tmp_path / "cu.xlsx", 1, {CellRef("A", order, "value"): order for order in range(1, 101)})
    with catalogue_at(second):
        upgrade_workbook(old, tmp_path / "moi.xlsx")
        after = read_file(tmp_path / "moi.xlsx")
    assert [after.value(CellRef("A", new, "value")).number for new in range(1, 101)] == shuffled


def test_words_of_the_form_in_a_column_of_notes_are_no_leftovers(tmp_path: Path) -> None:
    """What the form itself prints among the notes stands in the new workbook; what a person wrote beside it too."""
    columns = (STT, LABEL, VALUE, NOTE)
    rows = [{"label": "Nhóm", "kind": "heading", "note": "Phòng Nội vụ"}, indicator("Số văn bản")]
    tables = {"PL1": ("indicators", columns, rows)}
    old = write_catalogue(tmp_path / "v1", 1, tables)
    new = write_catalogue(tmp_path / "v2", 2, tables, [{"version": 2}])
    with catalogue_at(old):
        book = fill(tmp_path / "cu.xlsx", 1, {CellRef("PL1", 2, "value"): 3, CellRef("PL1", 2, "note"): "đã rà soát"})
    with catalogue_at(new):
        upgrade_workbook(book, tmp_path / "moi.xlsx")
        form = load_form(FORM)
        assert CellRef("PL1", 1, "note") not in form.cells
        shown = openpyxl.load_workbook(tmp_path / "moi.xlsx")["PL1"]
        place = form_layout(form).appendices["PL1"]
        words = shown.cell(place.rows[1] + 1, place.columns["note"] + 1)
        assert words.value == "Phòng Nội vụ"
        assert words.protection.locked
        assert shown[place.address(CellRef("PL1", 2, "note"))].value == "đã rà soát"
    assert leftover_lines(tmp_path / "moi.xlsx") == []
