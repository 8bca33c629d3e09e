"""Files of other kinds become plain tables, or one clear sentence; hostile ones cost nothing."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from judge import recalculate, requires_libreoffice, to_ods, to_xls
from submissions import make
from word_files import cell, ods

from cchc_xl.addin.compound_file import write_compound_file
from cchc_xl.errors import CchcError
from cchc_xl.ooxml.limits import Limits
from cchc_xl.readers.foreign.open_document import SPREADSHEET
from cchc_xl.readers.foreign.open_file import ForeignFile, read_foreign


def texts(file: ForeignFile) -> list[list[list[str]]]:
    """What stands in the tables."""
    return [[[value.text for value in row] for row in table.rows] for table in file.tables]


def sentence(path: Path, limits: Limits | None = None) -> str:
    """The one sentence that a file ends in."""
    with pytest.raises(CchcError) as caught:
        read_foreign(path) if limits is None else read_foreign(path, limits)
    text = str(caught.value)
    assert text.endswith(".")
    assert "\n" not in text
    return text


# Word -----------------------------------------------------------------------------------------------------------------


def test_merged_cells_of_word_keep_their_columns(tmp_path: Path) -> None:
    """Of cells that are merged over columns or rows the first has the text; the others are blank."""
    document = docx.Document()
    document.add_paragraph("PHỤ LỤC 1")
    table = document.add_table(3, 4)
    for number, text in enumerate("abcdefghijkl"):
        table.cell(number // 4, number % 4).text = text
    for first, last in (((0, 1), (0, 2)), ((1, 0), (2, 0))):
        merged = table.cell(*first).merge(table.cell(*last))
        merged.text = "gộp"
    document.save(str(tmp_path / "a.docx"))
    file = read_foreign(tmp_path / "a.docx")
    assert texts(file) == [[["a", "gộp", "", "d"], ["gộp", "f", "g", "h"], ["", "j", "k", "l"]]]
    assert file.tables[0].above == "PHỤ LỤC 1"
    assert file.tables[0].place(2, 1) == "Bảng 1, hàng 3"
    assert file.tables[0].boxes == {(0, 1): (1, 2), (1, 0): (2, 1)}


def test_old_fonts_are_read_by_run_and_by_style(tmp_path: Path) -> None:
    """A run in .VnTime, a paragraph whose style is in a VNI font, and Unicode beside them."""
    document = docx.Document()
    style = document.styles.add_style("Cu", 1)
    style.font.name = "VNI-Times"
    table = document.add_table(1, 3)
    run = table.cell(0, 0).paragraphs[0].add_run("Sè nhiÖm vô")
    run.font.name = ".VnTimeH"
    table.cell(0, 1).paragraphs[0].style = style
    table.cell(0, 1).paragraphs[0].add_run("ñang giaûi quyeát")
    table.cell(0, 2).text = "Số nhiệm vụ à è"
    document.save(str(tmp_path / "a.docx"))
    assert texts(read_foreign(tmp_path / "a.docx")) == [[["Số nhiệm vụ", "đang giải quyết", "Số nhiệm vụ à è"]]]


def test_deleted_text_is_no_text_and_inner_tables_stand_apart(tmp_path: Path) -> None:
    """What was deleted under track changes does not come back; a table in a cell is a table of its own."""
    document = docx.Document()
    table = document.add_table(1, 2)
    paragraph = table.cell(0, 0).paragraphs[0]
    paragraph.add_run("12")
    deleted = OxmlElement("w:del")
    run = OxmlElement("w:r")
    gone = OxmlElement("w:delText")
    gone.text = "99"
    run.append(gone)
    deleted.append(run)
    paragraph._p.append(deleted)
    inner = table.cell(0, 1).add_table(1, 1)
    inner.cell(0, 0).text = "trong"
    document.save(str(tmp_path / "a.docx"))
    assert texts(read_foreign(tmp_path / "a.docx")) == [[["12"]], [["trong"]]]


WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def word_row(tmp_path: Path, *rows: str) -> ForeignFile:
    """A document with one table of these rows, given as XML."""
    body = f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as package:
        package.writestr("word/document.xml", f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>')
    return read_foreign(tmp_path / "a.docx")


def _cell(content: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p>{content}</w:p></w:tc>"


def _run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (_run("12") + f"<w:moveFrom>{_run('99')}</w:moveFrom>", "12"),
        (f"<w:moveFrom>{_run('99')}</w:moveFrom><w:moveTo>{_run('12')}</w:moveTo>", "12"),
        (f"<w:del>{_run('99')}</w:del><w:ins>{_run('12')}</w:ins>", "12"),
        (_run("12") + _run("99", "<w:vanish/>"), "12"),
        (_run("12", '<w:vanish w:val="0"/>'), "12"),
        (_run("15") + _run("1", '<w:vertAlign w:val="superscript"/>'), "15¹"),
        (_run("km") + _run("2", '<w:vertAlign w:val="superscript"/>'), "km2"),
        (_run("12", "<w:strike/>") + _run("15"), "1\u03362\u033615"),
        ('<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>', "✓"),
        ('<w:r><w:sym w:font="Symbol" w:char="F0B7"/></w:r>' + _run("Số"), "•Số"),
        (_run("à è", '<w:rPrChange><w:rPr><w:rFonts w:ascii=".VnTime"/></w:rPr></w:rPrChange>'), "à è"),
    ],
)
def test_a_figure_of_word_is_what_its_reader_sees(tmp_path: Path, content: str, text: str) -> None:
    """No digit that was moved away, deleted or hidden joins a figure; one raised or struck out makes it no figure."""
    assert texts(word_row(tmp_path, _cell(_run("a")) + _cell(content))) == [[["a", text]]]


def test_rows_and_spans_that_are_gone_move_nothing(tmp_path: Path) -> None:
    """A deleted row is blank, a hidden one is told, a span as it was before a change does not count."""
    before = '<w:tcPrChange><w:tcPr><w:gridSpan w:val="3"/></w:tcPr></w:tcPrChange>'
    table = word_row(
        tmp_path,
        "<w:trPr><w:del/></w:trPr>" + _cell(_run("xóa")),
        "<w:trPr><w:hidden/></w:trPr>" + _cell(_run("ẩn"), before) + _cell(_run("5")),
        _cell(_run("a"), "<w:vMerge w:val='restart'/>") + _cell(_run("7"), "<w:vMerge w:val='restart'/>"),
        _cell("", "<w:vMerge/>") + _cell(_run("9"), "<w:vMerge/>"),
    ).tables[0]
    assert [[value.text for value in row] for row in table.rows] == [["", ""], ["ẩn", "5"], ["a", "7"]]
    assert (table.hidden_rows, table.boxes) == ({1}, {(2, 0): (2, 1), (2, 1): (2, 1)})


# Spreadsheets ---------------------------------------------------------------------------------------------------------


def test_ods_is_read_as_it_is_shown(tmp_path: Path) -> None:
    """Numbers are exact, a percentage is its text, repeated cells are repeated, blank rows keep their places."""
    row = "<table:table-row{}>{}</table:table-row>"
    blank = '<table:table-cell table:number-columns-repeated="16384"/>'
    path = ods(
        tmp_path / "a.ods",
        '<table:table table:name="Trang 1">'
        + row.format(' table:number-rows-repeated="2"', blank)
        + row.format(
            "",
            cell("Số")
            + cell("1.234,5", 'office:value-type="float" office:value="1234.5"')
            + cell("98,5%", 'office:value-type="percentage" office:value="0.985"')
            + cell("x", 'table:number-columns-repeated="2" office:value-type="string"'),
        )
        + row.format(' table:number-rows-repeated="1048573"', blank)
        + "</table:table>",
    )
    file = read_foreign(path)
    assert texts(file) == [[[""] * 5, [""] * 5, ["Số", "1.234,5", "98,5%", "x", "x"]]]
    assert file.tables[0].place(2, 1) == "Trang 1!B3"


def test_a_workbook_keeps_errors_and_names_formulas_without_results(tmp_path: Path) -> None:
    """Text, numbers and errors of an .xlsx; a formula that nobody has computed is said."""
    workbook = openpyxl.Workbook()
    workbook.active.append(["Số", 2000, "=1+1", "02"])
    workbook.save(tmp_path / "a.xlsx")
    file = read_foreign(tmp_path / "a.xlsx")
    assert texts(file) == [[["Số", "2.000", "", "02"]]]
    assert "1 ô công thức chưa có kết quả" in file.tables[0].remarks[0]


@requires_libreoffice
def test_xls_and_ods_of_a_real_program_give_the_same(tmp_path: Path) -> None:
    """One workbook as .xlsx, .xls and .ods: the same tables."""
    workbook = openpyxl.Workbook()
    for number in range(1, 400):
        label = f"Chỉ tiêu số {number} ễ" * (1 + number % 40)
        workbook.active.append([number, label, number / 8, number / 1000, 1, 4136 * 10**6, 2500])
        workbook.active.cell(number, 6).number_format = "#,##0.0,,"
        workbook.active.cell(number, 7).number_format = '#,##0," nghìn"'
        workbook.active.cell(number, 4).number_format = "0.0%" if number % 2 else "0%"
        workbook.active.cell(number, 5).number_format = '0.0" %"'
    workbook.save(tmp_path / "a.xlsx")
    wanted = texts(read_foreign(tmp_path / "a.xlsx"))
    assert wanted[0][99] == ["100", "Chỉ tiêu số 100 ễ" * 21, "12,5", "10%", "1", "4.136", "2,5"]
    for made in (to_xls(tmp_path / "a.xlsx", tmp_path / "o"), to_ods(tmp_path / "a.xlsx", tmp_path / "o")):
        assert texts(read_foreign(made)) == wanted


@requires_libreoffice
def test_what_a_sheet_hides_and_merges_is_told_alike_of_every_kind(tmp_path: Path) -> None:
    """Hidden rows, columns and sheets, merged cells and error values of .xlsx, .xls and .ods."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.append(["a", "=1/0", "=NA()"])
    sheet["A3"], sheet["B3"], sheet["A6"] = "gộp", 5, "ẩn"
    sheet.merge_cells("A3:A4")
    sheet.merge_cells("B3:C3")
    sheet.row_dimensions[6].hidden = True
    sheet.column_dimensions["C"].hidden = True
    workbook.create_sheet("Trang ẩn")["A1"] = 1
    workbook["Trang ẩn"].sheet_state = "hidden"
    workbook.save(tmp_path / "a.xlsx")
    [xlsx] = recalculate([tmp_path / "a.xlsx"], tmp_path / "o")
    for path in (xlsx, to_xls(tmp_path / "a.xlsx", tmp_path / "o"), to_ods(tmp_path / "a.xlsx", tmp_path / "o")):
        first, second = read_foreign(path).tables
        assert [value.state.value for value in first.rows[0]] == ["text", "error", "error"], path
        assert [value.text for value in first.rows[0]] == ["a", "#DIV/0!", "#N/A"]
        assert [value.text for value in first.rows[2]] == ["gộp", "5", ""]
        assert first.boxes == {(2, 0): (2, 1), (2, 1): (1, 2)}
        assert (first.hidden_rows, first.hidden_columns) == ({5}, {2})
        assert (first.hidden, second.hidden) == (False, True)


def test_what_lies_behind_a_merged_cell_is_no_figure(tmp_path: Path) -> None:
    """LibreOffice keeps what stood in cells before they were merged; nobody sees it."""
    two = 'office:value-type="float" office:value="7" table:number-rows-spanned="2"'
    behind = '<table:covered-table-cell office:value-type="float" office:value="9"><text:p>9</text:p>'
    path = ods(
        tmp_path / "a.ods",
        '<table:table table:name="a">'
        f"<table:table-row>{cell('a')}{cell('7', two)}</table:table-row>"
        f"<table:table-row>{cell('b')}{behind}</table:covered-table-cell></table:table-row></table:table>",
    )
    file = read_foreign(path)
    assert texts(file) == [[["a", "7"], ["b", ""]]]
    assert file.tables[0].boxes == {(0, 1): (2, 1)}


# What is no table -----------------------------------------------------------------------------------------------------


def test_every_other_file_ends_in_one_sentence(tmp_path: Path) -> None:
    """A scan, a picture, an old Word file, a password, an empty file, a folder: what it is and what to do."""
    document = docx.Document()
    document.add_paragraph("Chỉ có lời văn")
    document.save(str(tmp_path / "loi.docx"))
    (tmp_path / "thu-muc.docx").mkdir()
    cases = {
        "loi.docx": (None, "không có bảng nào"),
        "quet.pdf": (b"%PDF-1.7\n%...", "PDF"),
        "anh.docx": (b"\x89PNG\r\n", "tấm ảnh"),
        "trong.docx": (b"", "trống"),
        "cu.doc": (write_compound_file({"WordDocument": b"x" * 5000}), ".doc"),
        "khoa.docx": (write_compound_file({"EncryptedPackage": b"x" * 5000}), "mật khẩu"),
        "khoa.xls": (write_compound_file({"Workbook": struct.pack("<HHHH", 0x2F, 4, 0, 0)}), "mật khẩu"),
        "la.xls": (write_compound_file({"Khac": b"x"}), "không phải tệp Excel hay Word"),
        "trang.xls": (b"<html><table></table></html>", "trang web"),
        "chu.docx": (b"khong phai", "không phải tệp"),
        "vo.xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 600, "hỏng"),
        "vo.docx": (b"PK\x03\x04 hong", "hỏng"),
        "thu-muc.docx": (None, "thư mục"),
        "khong-co.docx": (None, "Không tìm thấy"),
    }
    for name, (content, words) in cases.items():
        if content is not None:
            (tmp_path / name).write_bytes(content)
        assert words in sentence(tmp_path / name), name


def test_our_own_workbooks_need_no_recognition(tmp_path: Path) -> None:
    """A submission of ours is named as one."""
    assert "đã là sổ CCHC" in sentence(make(tmp_path, "1", "xã A", {}))


# Hostile --------------------------------------------------------------------------------------------------------------


def _xls(records: list[tuple[int, bytes]]) -> bytes:
    stream = b"".join(struct.pack("<HH", kind, len(data)) + data for kind, data in records)
    return write_compound_file({"Workbook": stream.ljust(4096, b"\0")})


def test_cells_far_apart_in_an_xls_are_refused_before_they_are_laid_out(tmp_path: Path) -> None:
    """One number in the last cell of each of many sheets would take gigabytes; so would a text that is shown often."""
    begin, end = (0x809, struct.pack("<HHIII", 0x600, 0x10, 0, 0, 0)), (0x0A, b"")
    number = (0x203, struct.pack("<HHHd", 65535, 255, 0, 1.0))
    (tmp_path / "xa.xls").write_bytes(_xls([begin, number, end] * 20))
    assert "lớn bất thường" in sentence(tmp_path / "xa.xls")
    text = (0xFC, struct.pack("<II", 1, 1) + struct.pack("<HB", 8000, 0) + b"a" * 8000)
    shown = [(0xFD, struct.pack("<HHHI", row, 0, 0, 0)) for row in range(3000)]
    (tmp_path / "dai.xls").write_bytes(_xls([begin, text, end, begin, *shown, end]))
    assert "lớn bất thường" in sentence(tmp_path / "dai.xls")
    (tmp_path / "rong.xls").write_bytes(_xls([begin, (0x200, struct.pack("<IIHHH", 0, 65536, 0, 256, 0)), end]))
    assert "lớn bất thường" in sentence(tmp_path / "rong.xls")


def test_repeated_cells_of_an_ods_are_refused_before_they_are_laid_out(tmp_path: Path) -> None:
    """A filled cell repeated a milliard times is a few bytes in the file."""
    many = cell("x", 'office:value-type="string" table:number-columns-repeated="16384"')
    row = f'<table:table-row table:number-rows-repeated="1048576">{many}</table:table-row>'
    path = ods(tmp_path / "a.ods", f'<table:table table:name="a">{row}</table:table>')
    assert "lớn bất thường" in sentence(path)
    row = '<table:table-row table:number-rows-repeated="9999999999"/>'
    path = ods(tmp_path / "b.ods", f"<table:table>{row}</table:table>")
    assert "lớn bất thường" in sentence(path)


def test_merged_cells_that_overlap_are_refused(tmp_path: Path) -> None:
    """Each box is emptied but for its first cell; a million over the same cells would take for ever."""
    spanned = 'office:value-type="string" table:number-rows-spanned="60" table:number-columns-spanned="50"'
    line = f"<table:table-row>{cell('a', spanned) * 50}</table:table-row>"
    path = ods(tmp_path / "a.ods", f'<table:table table:name="a">{line * 60}</table:table>')
    assert "lớn bất thường" in sentence(path, Limits(cells=3_000))


def test_spans_of_a_word_table_are_bounded(tmp_path: Path) -> None:
    """A cell over two milliard columns, and more text or tags than any report has."""
    document = docx.Document()
    table = document.add_table(1, 1)
    table.cell(0, 0).text = "a"
    properties = table.cell(0, 0)._tc.get_or_add_tcPr()
    span = OxmlElement("w:gridSpan")
    span.set(qn("w:val"), "2000000000")
    properties.append(span)
    document.save(str(tmp_path / "a.docx"))
    assert "lớn bất thường" in sentence(tmp_path / "a.docx")
    properties.remove(span)  # python-docx itself would now count to two milliard
    document.save(str(tmp_path / "b.docx"))
    assert texts(read_foreign(tmp_path / "b.docx")) == [[["a"]]]
    assert "lớn bất thường" in sentence(tmp_path / "b.docx", Limits(tags=20))
    assert "lớn bất thường" in sentence(tmp_path / "b.docx", Limits(sheet=100))


def test_entities_of_a_document_are_refused(tmp_path: Path) -> None:
    """A DTD of its own in a Word document or an .ods is damage, not text."""
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as package:
        package.writestr("word/document.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    assert "hỏng" in sentence(tmp_path / "a.docx")
    with zipfile.ZipFile(tmp_path / "b.ods", "w") as package:
        package.writestr("mimetype", SPREADSHEET)
        package.writestr("content.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    assert "hỏng" in sentence(tmp_path / "b.ods")
