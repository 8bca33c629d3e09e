"""Reading what comes back: moved, damaged, altered and foreign workbooks."""

import re
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from cchc_xl.catalogue.load import load_form
from cchc_xl.errors import CchcError, ForeignWorkbook, WorkbookFault
from cchc_xl.expressions import CellRef
from cchc_xl.form_workbook.build import build_form_workbook
from cchc_xl.layout import column_letters, form_layout
from cchc_xl.readers.file_book import FileBook
from cchc_xl.readers.read_submission import read_file
from cchc_xl.stamp import STAMP_SHEET, Stamp
from cchc_xl.submission import FormulaState, Submission, SubmissionFigures
from cchc_xl.values import State

FORM = load_form("ninh-hai-2023")
PLACE = form_layout(FORM).appendices["PL1"]
# PL1: row 2 = 100 × row 4 / row 3; row 1 is a plain count, row 5 a heading.
PLAIN, RATIO, PLANNED, DONE = (CellRef("PL1", order, "value") for order in (1, 2, 3, 4))
MATRIX = load_form("vinh-thanh-2023")

Edit = Callable[[Worksheet], object]


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A blank workbook of the form."""
    path = tmp_path_factory.mktemp("blank") / "xa.xlsx"
    build_form_workbook(FORM, Stamp(FORM.id, FORM.version, "UBND xã Thử Nghiệm", period="2023-NAM"), path)
    return path


def _at(ref: CellRef) -> str:
    return PLACE.address(ref)


def _edited(blank: Path, target: Path, *edits: Edit) -> Submission:
    """Read a copy in which the edits were made to sheet PL1."""
    book = openpyxl.load_workbook(blank)
    for edit in edits:
        edit(book["PL1"])
    book.save(target)
    return read_file(target)


def _typing(ref: CellRef, content: object) -> Edit:
    return lambda sheet: sheet.__setitem__(_at(ref), content)


def _part(path: Path, target: Path, part: str, change: Callable[[str], str]) -> Path:
    """A copy of the package with one part changed."""
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in source.namelist():
            content = source.read(name)
            copy.writestr(name, change(content.decode("utf-8")).encode("utf-8") if name == part else content)
    return target


# moved ----------------------------------------------------------------------------------------------------------------


def _shifted(xml: str, rows: int, columns: int) -> str:
    """A sheet's XML after rows were inserted above and columns left of everything, as Excel writes it."""

    def cell(match: re.Match[str]) -> str:
        index = 0
        for letter in match[2]:
            index = index * 26 + ord(letter) - 64
        return f"{match[1]}{column_letters(index - 1 + columns)}{match[3]}{int(match[4]) + rows}"

    def shift(text: str) -> str:
        return re.sub(r"(\$?)\b([A-Z]{1,2})(\$?)(\d+)\b", cell, text)

    xml = re.sub(r'(?<=\s)((?:r|ref|sqref|activeCell|topLeftCell)=")([^"]*)', lambda m: m[1] + shift(m[2]), xml)
    xml = re.sub(r'(<row r=")(\d+)', lambda m: f"{m[1]}{int(m[2]) + rows}", xml)
    xml = re.sub(r' spans="[^"]*"', "", xml)
    return re.sub(r"(<(?:f|formula|formula1)>)([^<]*)", lambda m: m[1] + shift(m[2]), xml)


@pytest.mark.parametrize(("rows", "columns"), [(0, 1), (3, 0), (2, 4)])
def test_figures_and_formulas_are_found_wherever_they_were_pushed(
    blank: Path, tmp_path: Path, rows: int, columns: int
) -> None:
    """Rows above and columns left of the table move no figure; Excel's moved formulas are still ours."""
    filled = tmp_path / "filled.xlsx"
    _edited(blank, filled, _typing(PLANNED, 20), _typing(DONE, 15))
    path = _part(filled, tmp_path / "moved.xlsx", "xl/worksheets/sheet3.xml", lambda xml: _shifted(xml, rows, columns))
    submission = read_file(path)
    assert submission.faults == ()
    entry = submission.entries[PLANNED]
    row, column = PLACE.position(PLANNED)
    assert (entry.row, entry.column, entry.value.number) == (row + rows, column + columns, 20)
    assert submission.entries[RATIO].formula is FormulaState.INTACT
    assert SubmissionFigures(submission).number(RATIO) == 75


@pytest.mark.parametrize("rows", [0, 2])
def test_totals_of_columns_are_recognised_when_moved(tmp_path: Path, rows: int) -> None:
    """The absolute ranges of a matrix's totals are ours after a move, too."""
    built = tmp_path / "built.xlsx"
    build_form_workbook(MATRIX, Stamp(MATRIX.id, MATRIX.version), built)
    moved = _part(built, tmp_path / "moved.xlsx", "xl/worksheets/sheet6.xml", lambda xml: _shifted(xml, rows, 1))
    submission = read_file(moved)
    assert submission.faults == ()
    states = [submission.entries[ref].formula for ref, spec in MATRIX.appendix("PL4").cells.items() if spec.derived]
    assert set(states) == {FormulaState.INTACT}


def test_a_row_of_ones_own_in_the_table_moves_no_figure(blank: Path, tmp_path: Path) -> None:
    """An inserted row without a key is passed over, and what lies below it is found by its key."""
    submission = _edited(
        blank, tmp_path / "own.xlsx", _typing(DONE, 15), lambda sheet: sheet.insert_rows(PLACE.rows[3] + 1)
    )
    assert submission.faults == ()
    assert submission.entries[DONE].row == PLACE.rows[4] + 1
    assert submission.value(DONE).number == 15


def test_a_renamed_sheet_is_found_by_its_key(blank: Path, tmp_path: Path) -> None:
    """The sheet's name is the user's; its hidden corner says which appendix it is."""
    submission = _edited(
        blank, tmp_path / "renamed.xlsx", _typing(PLANNED, 20), lambda sheet: setattr(sheet, "title", "Phụ lục 1 (mới)")
    )
    assert submission.faults == ()
    assert submission.entries[PLANNED].sheet == "Phụ lục 1 (mới)"
    assert submission.value(PLANNED).number == 20
    assert submission.entries[RATIO].formula is FormulaState.INTACT


def test_a_sheet_of_ones_own_is_no_fault(blank: Path, tmp_path: Path) -> None:
    """A user's own sheet, even placed first, disturbs nothing."""

    def add(sheet: Worksheet) -> None:
        own = sheet.parent.create_sheet("Nháp", 0)
        own["A1"] = "1"

    assert _edited(blank, tmp_path / "sheet.xlsx", add).faults == ()


# broken structure -----------------------------------------------------------------------------------------------------


def _row(order: int) -> int:
    return PLACE.rows[order] + 1


def _swap_labels(sheet: Worksheet) -> None:
    first, second = (sheet.cell(_row(order), PLACE.columns["label"] + 1) for order in (3, 4))
    first.value, second.value = second.value, first.value


def _swap_keys(sheet: Worksheet) -> None:
    sheet.cell(_row(3), 1).value, sheet.cell(_row(4), 1).value = 4, 3


STRUCTURE: list[tuple[str, Edit, list[int], list[str]]] = [
    ("a deleted row", lambda sheet: sheet.delete_rows(_row(6)), [6], ["Mất dòng 3.1 “Số Cơ quan, địa phương"]),
    ("two deleted rows", lambda sheet: sheet.delete_rows(_row(8), 2), [8, 9],
     ["Mất dòng 3.3.1 “Số vấn đề", "Mất dòng 3.3.2 “Số vấn đề"]),
    ("a duplicated key", lambda sheet: sheet.cell(_row(4), 1, 3), [3, 4],
     [f"Dòng 2.1 “Số nhiệm vụ đề ra trong kế hoạch” xuất hiện hai lần (hàng {_row(3)} và {_row(4)})",
      "Mất dòng 2.2 “Số nhiệm vụ đã hoàn thành”"]),
    ("swapped labels", _swap_labels, [3, 4], [f"hàng {_row(3)} bị sửa hoặc bị dời: phải là 2.1 “Số nhiệm vụ đề ra",
                                              f"hàng {_row(4)} bị sửa hoặc bị dời: phải là 2.2 “Số nhiệm vụ đã"]),
    ("rows out of order", _swap_keys, [4], ["Dòng 2.2 “Số nhiệm vụ đã hoàn thành” bị dời"]),
    ("a deleted column", lambda sheet: sheet.delete_cols(PLACE.columns["value"] + 1), [0],
     ["Mất cột “Kết quả thống kê > Số liệu”"]),
    ("a copied column", lambda sheet: sheet.cell(1, 12, "value"), [0],
     ["Cột “Kết quả thống kê > Số liệu” bị chép thành hai"]),
    ("a lost corner key", lambda sheet: sheet.__setitem__("A1", None), [0], ["Không tìm thấy trang của PHỤ LỤC 1"]),
    ("a deleted sheet", lambda sheet: sheet.parent.remove(sheet), [0], ["Không tìm thấy trang của PHỤ LỤC 1"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("edit", "orders", "messages"), [row[1:] for row in STRUCTURE], ids=[row[0] for row in STRUCTURE]
)
def test_a_broken_table_is_named_by_its_rows(
    blank: Path, tmp_path: Path, edit: Edit, orders: list[int], messages: list[str]
) -> None:
    """Each structure fault names appendix and row in Vietnamese and says what to do; other appendices are read on."""
    submission = _edited(blank, tmp_path / "broken.xlsx", edit)
    assert [fault.order for fault in submission.faults] == orders
    for fault, message in zip(submission.faults, messages, strict=True):
        assert fault.appendix == "PL1"
        assert message in fault.message
        assert fault.remedy
        assert not re.search(r"\br\d+\b|cchc:", fault.message + fault.remedy)
    assert any(ref.appendix == "PL2" for ref in submission.entries)


def test_a_label_retyped_in_other_letters_is_no_fault(blank: Path, tmp_path: Path) -> None:
    """Case, spaces and tone placement of a printed label may differ."""
    label = FORM.appendix("PL1").row(3).label

    def retype(sheet: Worksheet) -> None:
        sheet.cell(_row(3), PLACE.columns["label"] + 1, f" {label.upper()}  ")

    assert _edited(blank, tmp_path / "label.xlsx", retype).faults == ()


# cells ----------------------------------------------------------------------------------------------------------------


def test_a_figure_typed_over_a_formula_is_kept(blank: Path, tmp_path: Path) -> None:
    """The typed value stands, marked as no formula, and is what expressions see."""
    submission = _edited(blank, tmp_path / "over.xlsx", _typing(PLANNED, 20), _typing(DONE, 15), _typing(RATIO, 80.5))
    entry = submission.entries[RATIO]
    assert (entry.formula, entry.value.number) == (FormulaState.NONE, Decimal("80.5"))
    figures = SubmissionFigures(submission)
    assert figures.number(RATIO) == Decimal("80.5")
    assert figures.derived(FORM.spec(RATIO)) == 75


def test_a_deleted_formula_is_a_blank_without_formula(blank: Path, tmp_path: Path) -> None:
    """What was deleted is not taken for intact."""
    entry = _edited(blank, tmp_path / "deleted.xlsx", _typing(RATIO, None)).entries[RATIO]
    assert (entry.formula, entry.value.state) == (FormulaState.NONE, State.BLANK)


@pytest.mark.parametrize("formula", ["=100*E14/E13", "=1+1", f"={_at(DONE)}/{_at(PLANNED)}"])
def test_an_altered_formula_is_seen(blank: Path, tmp_path: Path, formula: str) -> None:
    """Any other formula in a computed cell is altered; without a cached result it is uncalculated, not blank."""
    entry = _edited(blank, tmp_path / "altered.xlsx", _typing(RATIO, formula)).entries[RATIO]
    assert (entry.formula, entry.value.state) == (FormulaState.ALTERED, State.UNCALCULATED)


def test_a_formula_in_an_input_cell_is_not_ours(blank: Path, tmp_path: Path) -> None:
    """A sum that the clerk wrote into an input cell is no figure of ours until it has a result."""
    submission = _edited(blank, tmp_path / "own.xlsx", _typing(PLAIN, "=2+3"))
    entry = submission.entries[PLAIN]
    assert (entry.formula, entry.value.state, entry.value.filled) == (FormulaState.ALTERED, State.UNCALCULATED, False)


def test_the_result_of_a_clerks_formula_is_its_value(blank: Path, tmp_path: Path) -> None:
    """With a cached result that formula's value is read."""
    path = tmp_path / "own.xlsx"
    _edited(blank, path, _typing(PLAIN, "=2+3"))
    path = _part(path, tmp_path / "result.xlsx", "xl/worksheets/sheet3.xml",
                 lambda xml: re.sub(r"<f>2\+3</f><v ?/>|<f>2\+3</f><v></v>", "<f>2+3</f><v>5</v>", xml))  # fmt: skip
    assert read_file(path).value(PLAIN).number == 5


@pytest.mark.parametrize("spelling", ["spaces", "small letters"])
def test_our_formula_in_another_spelling_is_intact(blank: Path, tmp_path: Path, spelling: str) -> None:
    """Programs differ in spaces and letter case."""
    own = openpyxl.load_workbook(blank)["PL1"][_at(RATIO)].value
    text = own.replace(",", ", ") if spelling == "spaces" else own.lower()
    assert text != own
    assert (
        _edited(blank, tmp_path / "spelling.xlsx", _typing(RATIO, text)).entries[RATIO].formula is FormulaState.INTACT
    )


def test_an_error_value_is_an_error(blank: Path, tmp_path: Path) -> None:
    """#DIV/0! is neither a text nor a blank, whether typed or computed."""
    path = tmp_path / "error.xlsx"
    value = _edited(blank, path, _typing(PLAIN, "#DIV/0!")).value(PLAIN)
    assert (value.state, value.text, value.number) == (State.ERROR, "#DIV/0!", None)
    cell = rf'(<c r="{_at(RATIO)}"[^>]*?)(?: t="str")?(><f>[^<]*</f>)<v ?(?:/>|></v>)'
    path = _part(blank, tmp_path / "computed.xlsx", "xl/worksheets/sheet3.xml",
                 lambda xml: re.sub(cell, r'\1 t="e"\2<v>#DIV/0!</v>', xml))  # fmt: skip
    entry = read_file(path).entries[RATIO]
    assert (entry.value.state, entry.value.text, entry.formula) == (State.ERROR, "#DIV/0!", FormulaState.INTACT)


CONTENTS = [
    ("15.667", State.TEXT, 15667),
    ("76/84", State.TEXT, 76),
    ("0.500", State.TEXT, None),
    ("-", State.NOT_APPLICABLE, None),
    (0, State.NUMBER, 0),
    (None, State.BLANK, None),
    ("   ", State.BLANK, None),
    (12.5, State.NUMBER, Decimal("12.5")),
    ("Đã kết nối", State.TEXT, None),
]


@pytest.mark.parametrize(("content", "state", "number"), CONTENTS, ids=[repr(row[0]) for row in CONTENTS])
def test_a_cell_keeps_what_stands_in_it_and_reads_as_a_number(
    blank: Path, tmp_path: Path, content: object, state: State, number: Decimal | int | None
) -> None:
    """A text stays the text that was typed, and expressions see the number that it means."""
    submission = _edited(blank, tmp_path / "content.xlsx", _typing(PLAIN, content))
    value = submission.value(PLAIN)
    assert value.state is state
    if state is State.TEXT:
        assert value.text == content
    assert SubmissionFigures(submission).number(PLAIN) == number
    assert SubmissionFigures(submission).filled(PLAIN) is (state is not State.BLANK)


def test_reading_never_writes(blank: Path) -> None:
    """The file is byte for byte what it was."""
    before = blank.read_bytes()
    read_file(blank)
    assert blank.read_bytes() == before


# foreign and damaged files --------------------------------------------------------------------------------------------


def _foreign(book: Workbook) -> None:
    del book[STAMP_SHEET]


def _unknown_form(book: Workbook) -> None:
    book[STAMP_SHEET]["B2"] = "xa-khac-2030"


def _newer_version(book: Workbook) -> None:
    book[STAMP_SHEET]["B3"] = 99


@pytest.mark.parametrize(
    ("change", "says"),
    [(_foreign, "không phải sổ CCHC"), (_unknown_form, "xa-khac-2030"), (_newer_version, "phiên bản 99")],
)
def test_a_foreign_workbook_is_refused(
    blank: Path, tmp_path: Path, change: Callable[[Workbook], None], says: str
) -> None:
    """No stamp, an unknown form and another version each give one sentence that says so."""
    book = openpyxl.load_workbook(blank)
    change(book)
    book.save(tmp_path / "la.xlsx")
    with pytest.raises(ForeignWorkbook, match=says) as raised:
        read_file(tmp_path / "la.xlsx")
    _assert_one_sentence(raised.value, "la.xlsx")


def test_a_workbook_of_somebody_else_is_refused(tmp_path: Path) -> None:
    """Any sound workbook that is none of ours."""
    book = openpyxl.Workbook()
    book.active.append(["STT", "Chỉ tiêu", "Số liệu"])  # type: ignore[union-attr]
    book.save(tmp_path / "khac.xlsx")
    with pytest.raises(ForeignWorkbook) as raised:
        read_file(tmp_path / "khac.xlsx")
    _assert_one_sentence(raised.value, "khac.xlsx")


def _assert_one_sentence(error: CchcError, name: str) -> None:
    message = str(error)
    assert name in message
    assert message.endswith(".")
    assert "\n" not in message
    assert not re.search(r"[.!?] +[A-ZĐ]", message), "more than one sentence"
    assert not re.search(r"Error|Exception|Traceback|\bzip\b|calamine", message)


def _zip_of_text(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("thu.txt", "không phải sổ")


def _broken_package(path: Path, damage: Callable[[bytes], bytes]) -> None:
    path.write_bytes(damage(path.read_bytes()))


def _unreadable_version(content: bytes) -> bytes:
    """The zip directory asks for a version of zip that does not exist."""
    at = content.index(b"PK\x01\x02")
    return content[: at + 6] + b"\xff" + content[at + 7 :]


def _rotten_sheet(content: bytes) -> bytes:
    """Compressed bytes of the first appendix are overwritten, so that they do not unpack."""
    name = b"xl/worksheets/sheet3.xml"
    at = content.index(name) + len(name)
    return content[:at] + b"\xff" * 50 + content[at + 50 :]


DAMAGES = [
    pytest.param(lambda path: path.write_text("Báo cáo CCHC quý I", encoding="utf-8"), id="text file"),
    pytest.param(lambda path: path.write_bytes(b""), id="empty file"),
    pytest.param(lambda path: path.unlink(), id="missing file"),
    pytest.param(lambda path: path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)), id="password or xls"),
    pytest.param(_zip_of_text, id="zip of something else"),
    pytest.param(lambda path: _broken_package(path, lambda b: b[: len(b) // 2]), id="truncated at half"),
    pytest.param(lambda path: _broken_package(path, lambda b: b[:-10]), id="last bytes missing"),
    pytest.param(lambda path: _broken_package(path, lambda b: b[:30]), id="first bytes only"),
    pytest.param(lambda path: _broken_package(path, _rotten_sheet), id="rotten sheet"),
    pytest.param(
        lambda path: _broken_package(path, _unreadable_version), id="unknown zip version"
    ),
    pytest.param(
        lambda path: (path.unlink(), path.mkdir()), id="a folder"
    ),
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_file_that_cannot_be_read_is_one_sentence(
    blank: Path, tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    """Each damaged file is a WorkbookFault whose message is one Vietnamese sentence with the file's name."""
    path = tmp_path / "xa.xlsx"
    path.write_bytes(blank.read_bytes())
    damage(path)
    with pytest.raises(WorkbookFault) as raised:
        read_file(path)
    _assert_one_sentence(raised.value, "xa.xlsx")


def test_a_part_that_does_not_unpack_is_a_fault(blank: Path, tmp_path: Path) -> None:
    """A sheet that is rotten is a fault of the file, whichever is asked for first: its values or its formulas."""
    path = tmp_path / "xa.xlsx"
    path.write_bytes(blank.read_bytes())
    _broken_package(path, _rotten_sheet)
    with FileBook(path) as book, pytest.raises(WorkbookFault):
        book.facts("PL1")


def test_a_file_that_changes_while_it_is_read_is_read_as_it_was(blank: Path, tmp_path: Path) -> None:
    """Its bytes are taken once: values and formulas are of one moment."""
    path = tmp_path / "xa.xlsx"
    path.write_bytes(blank.read_bytes())
    with FileBook(path) as book, FileBook(blank) as whole:
        grid = book.grid("PL1")
        path.write_bytes(b"something else")
        assert grid == whole.grid("PL1")
        assert dict(book.facts("PL1").formulas) == dict(whole.facts("PL1").formulas)


INFINITIES = [
    pytest.param("PL1", rf'(<c r="A{_row(1)}"[^>]*><v>)1(</v>)', id="a row key"),
    pytest.param(STAMP_SHEET, r'(<c r="B3"[^>]*><v>)1(</v>)', id="the stamp's version"),
]


@pytest.mark.parametrize(("sheet", "cell"), INFINITIES)
def test_an_infinite_key_is_no_crash(blank: Path, tmp_path: Path, sheet: str, cell: str) -> None:
    """A number beyond all floats in a hidden key leads to a fault of the workbook, not of the program."""

    def change(xml: str) -> str:
        changed = re.sub(cell, r"\g<1>1e999\2", xml)
        assert changed != xml
        return changed

    part = f"xl/worksheets/sheet{openpyxl.load_workbook(blank).sheetnames.index(sheet) + 1}.xml"
    path = _part(blank, tmp_path / "xa.xlsx", part, change)
    try:
        assert read_file(path).faults
    except CchcError as error:
        _assert_one_sentence(error, "xa.xlsx")
