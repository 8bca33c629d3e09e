"""Proofs for cchc_xl.ooxml.patch and cchc_xl.atomic."""

from __future__ import annotations

import errno
import re
import struct
import unicodedata
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped, unused-ignore]
import pytest
import xlsxwriter  # type: ignore[import-untyped, unused-ignore]
from python_calamine import CalamineWorkbook

from cchc_xl.atomic import replacing
from cchc_xl.errors import CchcError, WorkbookFault
from cchc_xl.ooxml import patch
from cchc_xl.ooxml.parts import drop_macros
from cchc_xl.ooxml.patch import CellWrite, patch_cells

SHEET = "xl/worksheets/sheet1.xml"
NAME = "Biểu số 1"
FILLED = Path(__file__).parent.parent / "workbooks" / "mau-da-dien"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A macro workbook with styles, protection, validation, a text box, a button, formulas and a second sheet."""
    (tmp_path / "vba.bin").write_bytes(bytes(range(256)))
    path = tmp_path / "mẫu.xlsm"
    workbook = xlsxwriter.Workbook(path)
    workbook.add_vba_project(tmp_path / "vba.bin")
    style = workbook.add_format({"bold": True, "locked": False, "num_format": "#,##0.00"})
    sheet = workbook.add_worksheet(NAME)
    sheet.set_column("H:H", 12, style)
    sheet.write("B2", 1, style)
    sheet.write("D2", "chữ", style)
    sheet.write_formula("B5", "=B2*2", style, 2)
    sheet.write_formula("C5", "=B2*3", None, 3)
    sheet.write("E9", "cuối")
    sheet.data_validation("B2", {"validate": "integer", "criteria": ">", "value": 0})
    sheet.protect("x")
    sheet.insert_textbox("G3", "ghi chú")
    sheet.insert_button("G9", {"macro": "Run", "caption": "Chạy"})
    workbook.add_worksheet("Khác").write("A1", "nguyên")
    workbook.close()
    return path


def parts(path: Path) -> dict[str, bytes]:
    """Content by entry name."""
    with zipfile.ZipFile(path) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def rezip(path: Path, **changes: Any) -> None:
    """Rewrite the package with ``changes`` = {"content": {name: bytes}} put over its parts."""
    content = parts(path) | changes["content"]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)


def sheet_text(path: Path) -> str:
    """XML of the first sheet."""
    return parts(path)[SHEET].decode()


def calamine(path: Path) -> list[list[Any]]:
    """All values of the first sheet as python_calamine sees them (row 1, column A at [0][0])."""
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False)


def with_sheet_data(book: Path, data: str) -> None:
    """Replace the rows of the first sheet."""
    text = re.sub(r"<sheetData>.*</sheetData>", f"<sheetData>{data}</sheetData>", sheet_text(book), flags=re.DOTALL)
    rezip(book, content={SHEET: text.encode()})


def one(ref: str, value: Decimal | int | str | None, keep_formula: bool = False) -> dict[str, dict[str, CellWrite]]:
    """One write on the first sheet."""
    return {NAME: {ref: CellWrite(value, keep_formula)}}


def test_values_are_read_back_by_two_readers(book: Path) -> None:
    """Numbers, texts and emptied cells arrive, with target equal to source."""
    values = {"B2": Decimal("1234.10"), "D2": None, "E9": "  mới\n2  ", "A1": 7}
    patch_cells(book, book, {NAME: {ref: CellWrite(value) for ref, value in values.items()}})
    sheet = openpyxl.load_workbook(book)[NAME]
    assert [sheet[ref].value for ref in ("B2", "D2", "E9", "A1")] == [1234.1, None, "  mới\n2  ", 7]
    rows = calamine(book)
    assert (rows[1][1], rows[1][3], rows[8][4], rows[0][0]) == (1234.1, "", "  mới\n2  ", 7)
    assert "<v>1234.10</v>" in sheet_text(book)


def test_everything_else_survives(book: Path, tmp_path: Path) -> None:
    """Other parts are equal byte by byte; order, dates and compression stay; style, validation, protection stay."""
    target = tmp_path / "ra.xlsm"
    before = parts(book)
    patch_cells(book, target, one("B2", 5))
    after = parts(target)
    assert {"xl/vbaProject.bin", "xl/drawings/drawing1.xml", "xl/drawings/vmlDrawing1.vml"} <= set(after)
    assert {name for name in before if before[name] != after.get(name)} == {SHEET}
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(target) as new:
        key = [(i.filename, i.date_time, i.compress_type, i.external_attr) for i in old.infolist()]
        assert key == [(i.filename, i.date_time, i.compress_type, i.external_attr) for i in new.infolist()]
    sheet = openpyxl.load_workbook(target)[NAME]
    assert sheet["B2"].font.b
    assert not sheet["B2"].protection.locked
    assert sheet["B2"].number_format == "#,##0.00"
    assert sheet.protection.sheet
    assert len(sheet.data_validations.dataValidation) == 1
    untouched = re.compile(rb"<sheetData>.*</sheetData>", re.DOTALL)
    assert untouched.sub(b"", before[SHEET]).split() == untouched.sub(b"", after[SHEET]).split()


def test_formula_overwritten_and_calc_chain_dropped(book: Path) -> None:
    """A value replaces the formula; calcChain goes with its relationship and content type."""
    content = parts(book)
    rels = content["xl/_rels/workbook.xml.rels"].replace(
        b"</Relationships>",
        b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain"'
        b' Target="calcChain.xml"/></Relationships>',
    )
    types = content["[Content_Types].xml"].replace(
        b"</Types>", b'<Override PartName="/xl/calcChain.xml" ContentType="application/vnd.calc"/></Types>'
    )
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    chain = b'<calcChain xmlns="' + main + b'"><c r="B5" i="1"/></calcChain>'
    rezip(book, content={"xl/_rels/workbook.xml.rels": rels, "[Content_Types].xml": types, "xl/calcChain.xml": chain})

    patch_cells(book, book, one("B2", 3))
    assert parts(book)["xl/calcChain.xml"] == chain
    patch_cells(book, book, one("B5", 99))
    after = parts(book)
    assert not [name for name, data in after.items() if b"calcChain" in data or "calcChain" in name]
    sheet = openpyxl.load_workbook(book)[NAME]
    assert sheet["B5"].value == 99
    assert sheet["B5"].font.b
    assert sheet["C5"].value == "=B2*3"


@pytest.mark.parametrize(("value", "seen"), [(Decimal("8.5"), 8.5), ("được", "được"), (None, "")])
def test_keep_formula_sets_the_cached_result(book: Path, value: Any, seen: Any) -> None:
    """The formula stays and value readers see the new result."""
    patch_cells(book, book, one("B5", value, keep_formula=True))
    assert openpyxl.load_workbook(book)[NAME]["B5"].value == "=B2*2"
    assert calamine(book)[4][1] == seen


def test_where_formula_leaves_other_cells_alone(book: Path) -> None:
    """A result for a formula that somebody deleted or typed over changes nothing."""
    before = calamine(book)
    patch_cells(book, book, {NAME: {"A1": CellWrite(1, where_formula=True), "Z9": CellWrite(1, where_formula=True)}})
    assert calamine(book) == before


def test_text_is_never_a_formula(book: Path) -> None:
    """A text that begins with = stays a text."""
    patch_cells(book, book, one("B5", "=1+1"))
    assert calamine(book)[4][1] == "=1+1"
    assert "<f>" not in sheet_text(book).split('r="B5"')[1].split("</c>")[0]


def test_illegal_characters_are_escaped_as_excel_does(book: Path) -> None:
    """Control characters become _xHHHH_, a literal _xHHHH_ is protected, lone surrogates go."""
    patch_cells(book, book, one("A1", "a\x01\r\nb_x0041_\ud800<&"))
    assert ">a_x0001__x000D_\nb_x005F_x0041_&lt;&amp;</t>" in sheet_text(book)


@pytest.mark.parametrize(
    ("number", "text"),
    [(Decimal("1E+3"), "1000"), (Decimal("0.10"), "0.10"), (Decimal("1E-7"), "0.0000001"), (Decimal("-0"), "0"),
     (10**20, "1" + "0" * 20), (Decimal("1E-999999"), "0")],
)  # fmt: skip
def test_numbers_are_plain_decimals(book: Path, number: Decimal | int, text: str) -> None:
    """No exponent and no float noise."""
    patch_cells(book, book, one("A1", number))
    assert f"<v>{text}</v>" in sheet_text(book)


def test_rows_and_cells_are_created_in_order(book: Path) -> None:
    """New cells lie in order, take the column's style, and extend the dimension; emptying creates nothing."""
    refs = ["H3", "C2", "A2", "Z2", "AA2", "B1", "A200", "A10"]
    patch_cells(book, book, {NAME: {ref: CellWrite(i) for i, ref in enumerate(refs)} | {"A77": CellWrite(None)}})
    text = sheet_text(book)
    assert re.findall(r'<row r="(\d+)"', text) == ["1", "2", "3", "5", "9", "10", "200"]
    assert re.findall(r'<c r="([A-Z]+2)"', text) == ["A2", "B2", "C2", "D2", "Z2", "AA2"]
    assert '<dimension ref="A1:AA200"/>' in text
    assert openpyxl.load_workbook(book)[NAME]["H3"].font.b


def test_prefixed_sheet_with_implied_references(book: Path) -> None:
    """x: prefixes, mc:Ignorable, and rows and cells without r are handled and kept; the declaration is Excel's."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    xml = (
        f'<x:worksheet xmlns:x="{main}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
        ' xmlns:x14ac="urn:y" mc:Ignorable="x14ac"><x:sheetData><x:row><x:c><x:v>1</x:v></x:c><x:c s="1"/></x:row>'
        '<x:row r="4"/></x:sheetData></x:worksheet>'
    )
    rezip(book, content={SHEET: xml.encode()})
    patch_cells(book, book, {NAME: {"B1": CellWrite("t"), "C1": CellWrite(2), "A3": CellWrite(3)}})
    text = sheet_text(book)
    assert text.startswith('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>')
    assert 'xmlns:x14ac="urn:y" mc:Ignorable="x14ac"' in text
    assert text.count("xmlns") == 3
    assert '<x:c s="1" r="B1" t="inlineStr"><x:is><x:t xml:space="preserve">t</x:t></x:is></x:c>' in text
    assert '<x:c r="C1"><x:v>2</x:v></x:c></x:row><x:row r="3"><x:c r="A3"><x:v>3</x:v></x:c></x:row><x:row ' in text


SHARED = (
    '<row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">B1</f><v>1</v></c></row>'
    '<row r="2"><c r="A2"><f t="shared" si="0"/><v>1</v></c></row>'
)
ARRAY = (
    '<row r="1"><c r="A1"><f t="array" ref="A1:A2">B1:B2</f><v>1</v></c><c r="C1" cm="1"><f t="array" ref="C1">B1</f>'
    '<v>1</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>'
)


def test_shared_formula(book: Path) -> None:
    """The master may go only together with all cells that use its text."""
    with_sheet_data(book, SHARED)
    before = book.read_bytes()
    with pytest.raises(WorkbookFault, match=r"A1.*dùng chung"):
        patch_cells(book, book, one("A1", 5))
    assert book.read_bytes() == before
    patch_cells(book, book, {NAME: {"A1": CellWrite(5), "A2": CellWrite(6)}})
    assert calamine(book)[0][0] == 5
    assert "</f>" not in sheet_text(book)


def test_array_formula(book: Path) -> None:
    """No cell of a multi-cell array is overwritten, its results may be; a single-cell array may go."""
    with_sheet_data(book, ARRAY)
    for ref in ("A1", "A2"):
        with pytest.raises(WorkbookFault, match="công thức mảng"):
            patch_cells(book, book, one(ref, 5))
    patch_cells(book, book, {NAME: {"A2": CellWrite(8, keep_formula=True), "C1": CellWrite(9)}})
    assert '<c r="A2"><v>8</v></c>' in sheet_text(book)
    assert '<c r="C1"><v>9</v></c>' in sheet_text(book)


@pytest.mark.parametrize(
    ("ref", "write"),
    [("A1", CellWrite("x" * 32_768)), ("A1", CellWrite("\U0001f600" * 16_384)), ("A1", CellWrite(Decimal("NaN"))),
     ("A1", CellWrite(Decimal("1E+308"))), ("XFE1", CellWrite(1)), ("A0", CellWrite(1)), ("a1", CellWrite(1)),
     ("B2", CellWrite(1, keep_formula=True)), ("A1", CellWrite(1, keep_formula=True))],
)  # fmt: skip
def test_what_excel_cannot_hold_is_refused(book: Path, ref: str, write: CellWrite) -> None:
    """Too long texts, impossible numbers and references, and missing formulas are WorkbookFaults."""
    with pytest.raises(WorkbookFault, match=f"Ô {ref}, trang '{NAME}' của tệp mẫu.xlsm"):
        patch_cells(book, book, {NAME: {ref: write}})


@pytest.mark.parametrize("value", [True, 1.5, b"x"])
def test_cell_write_refuses_other_types(value: Any) -> None:
    """Booleans and floats do not pass as numbers."""
    with pytest.raises(TypeError):
        CellWrite(value)


def test_sheet_names_compare_after_nfc(book: Path) -> None:
    """A decomposed name finds the sheet; an unknown one is a WorkbookFault."""
    patch_cells(book, book, {unicodedata.normalize("NFD", NAME): {"A1": CellWrite(4)}})
    assert calamine(book)[0][0] == 4
    with pytest.raises(WorkbookFault, match="không có trang tính 'biểu số 1'"):
        patch_cells(book, book, {"biểu số 1": {"A1": CellWrite(4)}})


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 rubbish", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600])
def test_no_zip_is_a_workbook_fault(tmp_path: Path, data: bytes) -> None:
    """Rubbish, empty and OLE (password, .xls) files give one sentence and no target."""
    path, target = tmp_path / "hỏng.xlsx", tmp_path / "ra.xlsx"
    path.write_bytes(data)
    with pytest.raises(WorkbookFault, match=r"Tệp hỏng\.xlsx .*: hãy .*"):
        patch_cells(path, target, one("A1", 1))
    with pytest.raises(WorkbookFault, match="Không tìm thấy"):
        patch_cells(tmp_path / "không có.xlsx", target, one("A1", 1))
    assert not target.exists()


def test_damaged_truncated_or_malformed_content(book: Path) -> None:
    """Cut files, flipped bytes, a DTD and XML that is not well-formed are WorkbookFaults."""
    good, xml = book.read_bytes(), parts(book)[SHEET]
    with zipfile.ZipFile(book) as archive:
        offset = archive.getinfo("xl/workbook.xml").header_offset + 60
    flipped = bytes(byte ^ 255 for byte in good[offset : offset + 9])
    for bad in (good[: len(good) // 2], good[:offset] + flipped + good[offset + 9 :]):
        book.write_bytes(bad)
        with pytest.raises(WorkbookFault, match="bị hỏng"):
            patch_cells(book, book, one("A1", 1))
    book.write_bytes(good)
    dtd = xml.replace(b"<worksheet", b'<!DOCTYPE worksheet [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet', 1)
    for bad in (xml[:-5], dtd):
        rezip(book, content={SHEET: bad})
        with pytest.raises(WorkbookFault, match="bị hỏng"):
            patch_cells(book, book, one("A1", 1))


def test_oversize_is_refused_before_and_while_unpacking(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The directory's sum is limited, and a directory that lies is found out."""
    good = book.read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr(patch, "MAX_UNPACKED_BYTES", 1000)
        with pytest.raises(WorkbookFault, match="giải nén vượt"):
            patch_cells(book, book, one("A1", 1))
    at = good.index(b"PK\x01\x02") + 24  # uncompressed size in the first directory record
    book.write_bytes(good[:at] + struct.pack("<L", 10) + good[at + 4 :])
    with pytest.raises(WorkbookFault, match="bị hỏng"):
        patch_cells(book, book, one("A1", 1))


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", ["../evil.xml", "xl/..\\evil.xml", SHEET, SHEET.upper()])
def test_suspicious_entry_names_are_refused(book: Path, name: str) -> None:
    """Entries that climb or repeat a name are WorkbookFaults."""
    with zipfile.ZipFile(book, "a") as archive:
        archive.writestr(name, b"x")
    with pytest.raises(WorkbookFault, match="mục nén"):
        patch_cells(book, book, one("A1", 1))


def test_encrypted_entry_is_refused(book: Path) -> None:
    """The encryption flag of an entry is a WorkbookFault."""
    data = bytearray(book.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    book.write_bytes(data)
    with pytest.raises(WorkbookFault, match="mật khẩu"):
        patch_cells(book, book, one("A1", 1))


@pytest.mark.parametrize(
    ("error", "sentence"),
    [(PermissionError(errno.EACCES, "x"), "đang mở trong Excel"), (OSError(errno.ENOSPC, "x"), "Ổ đĩa đã đầy"),
     (OSError(errno.EIO, "x"), "Không ghi được")],
)  # fmt: skip
def test_failed_replacement_leaves_the_target(
    book: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, sentence: str
) -> None:
    """Target and folder stay as they were, and the user gets a sentence."""

    def fail(*_: object) -> None:
        raise error

    before, listing = book.read_bytes(), sorted(book.parent.iterdir())
    monkeypatch.setattr("cchc_xl.atomic.os.replace", fail)
    with pytest.raises(CchcError, match=sentence):
        patch_cells(book, book, one("A1", 1))
    assert book.read_bytes() == before
    assert sorted(book.parent.iterdir()) == listing


def test_replacing_is_all_or_nothing(tmp_path: Path) -> None:
    """An exception of the block passes and leaves no trace; success keeps suffix and mode."""
    target = tmp_path / "a.xlsx"
    target.write_text("cũ", encoding="utf-8")
    target.chmod(0o640)
    mode = target.stat().st_mode
    with pytest.raises(UnicodeEncodeError), replacing(target) as temporary:
        temporary.write_text("mới", encoding="ascii")
    with pytest.raises(FileNotFoundError), replacing(target):
        (tmp_path / "other").read_bytes()
    assert target.read_text(encoding="utf-8") == "cũ"
    with replacing(target) as temporary:
        assert temporary.suffix == ".xlsx"
        assert temporary.parent == tmp_path
        temporary.write_text("mới", encoding="utf-8")
    assert target.read_text(encoding="utf-8") == "mới"
    assert target.stat().st_mode == mode
    assert list(tmp_path.iterdir()) == [target]
    with pytest.raises(CchcError, match="kiểm tra thư mục"), replacing(tmp_path / "none" / "a.xlsx"):
        pass


# Macros ---------------------------------------------------------------------------------------------------------------


def test_macros_stay_behind_with_all_that_hangs_on_them() -> None:
    """As Excel itself saves a signed .xlsm: project, signature and their types go, printer settings stay."""
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="bin" ContentType="application/vnd.openxmlformats/printerSettings"/>'
        '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/>'
        '<Override PartName="/xl/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/>'
        '<Override PartName="/xl/vbaProjectSignature.bin" ContentType="application/vnd.ms-office.vbaProjectSignature"/>'
        "</Types>"
    )
    office = "http://schemas.microsoft.com/office/2006/relationships"
    links = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
    parts = {
        "[Content_Types].xml": types.encode(),
        "xl/_rels/workbook.xml.rels": links.format(
            '<Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="rId2" Type="{office}/vbaProject" Target="vbaProject.bin"/>'
        ).encode(),
        "xl/_rels/vbaProject.bin.rels": links.format(
            f'<Relationship Id="rId1" Type="{office}/vbaProjectSignature" Target="vbaProjectSignature.bin"/>'
        ).encode(),
        "xl/vbaProject.bin": b"1",
        "xl/vbaProjectSignature.bin": b"2",
        "xl/printerSettings/printerSettings1.bin": b"3",
        "xl/workbook.xml": b"<workbook/>",
    }
    drop_macros(parts)
    left = ["xl/_rels/workbook.xml.rels", "xl/printerSettings/printerSettings1.bin", "xl/workbook.xml"]
    assert sorted(parts) == ["[Content_Types].xml", *left]
    kept = parts["[Content_Types].xml"].decode() + parts["xl/_rels/workbook.xml.rels"].decode()
    assert "vba" not in kept
    assert "printerSettings" in kept
    assert "spreadsheetml.sheet.main+xml" in kept
    assert "worksheets/sheet1.xml" in kept


def test_a_workbook_without_macros_keeps_every_byte(tmp_path: Path) -> None:
    """Nothing to leave behind: no part is written anew."""
    source = FILLED / "cam-giang-2024.xlsx"
    patch_cells(source, tmp_path / "b.xlsx", {})
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(tmp_path / "b.xlsx") as after:
        assert {name: before.read(name) for name in before.namelist()} == {
            name: after.read(name) for name in after.namelist()
        }
