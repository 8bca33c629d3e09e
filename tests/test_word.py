"""xuat-word: the document says what the workbook says, looks as the decree wants, and nothing in it surprises Word."""

from __future__ import annotations

import shutil
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.table import Table
from docx.text.paragraph import Paragraph
from hypothesis import given
from hypothesis import strategies as st
from submissions import filled, make, set_period

from cchc_xl.catalogue.load import load_catalogue, load_form
from cchc_xl.catalogue.model import Appendix, AppendixKind, CellKind
from cchc_xl.cell_look import CellLook, NumberStyle
from cchc_xl.expressions import CellRef
from cchc_xl.hosts.cli import main
from cchc_xl.layout import form_layout
from cchc_xl.ooxml.limits import SUMMARY
from cchc_xl.own_part import OWN_SHEET
from cchc_xl.readers.read_submission import read_file
from cchc_xl.submission import Submission, SubmissionFigures
from cchc_xl.values import Reading, read_number
from cchc_xl.word.build import write_word
from cchc_xl.word.elements import clean
from cchc_xl.word.package import is_untouched
from cchc_xl.word.shown import number_text, shown_columns

SAMPLES = Path(__file__).parents[1] / "workbooks" / "mau-da-dien"
FORM = "vinh-thanh-2023"


def tables(path: Path) -> list[Table]:
    """The appendices' tables: of the three of each appendix (head, table, signature) the second."""
    return Document(str(path)).tables[1::3]


def texts(table: Table) -> list[list[str]]:
    """The text of every cell, by row; cells that go over several columns once for each."""
    return [[cell.text for cell in row.cells] for row in table.rows]


def exported(submission: Submission, folder: Path) -> Path:
    """The document of a submission."""
    path = folder / "phu-luc.docx"
    write_word(submission, path)
    return path


def body(table: Table, appendix: Appendix) -> list[list[str]]:
    """The rows below the table's heading."""
    return texts(table)[max(len(column.heading.split(" > ")) for column in appendix.columns) :]


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.xlsx")), ids=lambda path: path.stem)
def test_every_figure_is_in_the_document(sample: Path, tmp_path: Path) -> None:
    """Read back by another library, each row holds the figures and texts of the workbook, and no row is missing."""
    submission = read_file(sample, limits=SUMMARY)
    figures = SubmissionFigures(submission)
    counted = 0
    for appendix, table in zip(submission.form.appendices, tables(exported(submission, tmp_path)), strict=True):
        used = set(figures.spare_in_use(appendix.id))
        rows = [row for row in appendix.in_sheet if not row.spare or row.order in used]
        for row, cells in zip(rows, body(table, appendix), strict=True):
            for column, text in zip(shown_columns(appendix), cells, strict=True):
                spec = appendix.cells.get(CellRef(appendix.id, row.order, column.key))
                if spec is None or spec.column.given:
                    continue
                number = figures.number(spec.ref)
                if spec.kind.numeric and number is not None and submission.value(spec.ref).state != "text":
                    read = read_number(text)
                    assert read.reading is Reading.CLEAN
                    assert read.number is not None
                    assert abs(read.number - number) <= (Decimal("0.005") if spec.kind is CellKind.PERCENT else 0)
                    counted += 1
                elif submission.value(spec.ref).number is None:
                    assert text == clean(submission.value(spec.ref).text)
                else:
                    assert text == submission.value(spec.ref).text
    assert counted > (5 if submission.stamp.kind == "summary" else 20)


def test_printed_words_stand_as_in_the_form(tmp_path: Path) -> None:
    """Labels, numbers and units of every row of every form; a total's label goes across as in the workbook."""
    for form in load_catalogue().values():
        document = exported(filled("1", {}, form.id), tmp_path)
        for appendix, table in zip(form.appendices, tables(document), strict=True):
            rows = body(table, appendix)
            assert len(rows) == len(appendix.printed)
            label = [column.key for column in shown_columns(appendix)].index("label")
            for row, cells in zip(appendix.printed, rows, strict=True):
                assert cells[label] in (clean(row.label), clean(row.stt))


def test_pages_are_those_of_the_decree(tmp_path: Path) -> None:
    """A4 with the decree's margins, wide tables on the long side, numbers in the top margin but not on a first page."""
    submission = filled("1", {}, FORM)
    document = Document(str(exported(submission, tmp_path)))
    assert len(document.sections) == len(submission.form.appendices)
    for appendix, section in zip(submission.form.appendices, document.sections, strict=True):
        wide = appendix.kind is not AppendixKind.INDICATORS
        assert section.orientation is (WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT)
        sides = sorted((section.page_width, section.page_height))
        assert [round(side / Mm(1)) for side in sides] == [210, 297]
        assert (section.page_width > section.page_height) is wide
        margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
        assert [round(margin / Mm(1)) for margin in margins] == [20, 20, 30, 15]
        assert section.different_first_page_header_footer
        assert section._sectPr.find(qn("w:pgNumType")).get(qn("w:start")) == "1"
    number = document.sections[0].header
    assert "PAGE" in number._element.xml
    assert not document.sections[0].first_page_header.paragraphs[0].text
    assert document.styles["Normal"].font.name == "Times New Roman"


def test_tables_repeat_their_head_and_keep_rows_whole(tmp_path: Path) -> None:
    """Every heading row is repeated; a row is never split, and a group's heading goes with what it heads."""
    submission = filled("1", {"PL6": {2: {"note": "x " * 4000}}}, FORM)
    for appendix, table in zip(submission.form.appendices, tables(exported(submission, tmp_path)), strict=True):
        tiers = form_layout(submission.form).appendices[appendix.id].header_tiers
        for index, row in enumerate(table.rows):
            properties = row._tr.trPr
            assert (properties.find(qn("w:tblHeader")) is not None) is (index < tiers)
            long = any(len(cell.text) > 4000 for cell in row.cells)
            assert (properties.find(qn("w:cantSplit")) is None) is long
    headings = [row for row in submission.form.appendix("PL6").printed if row.label == "Cải cách thể chế"]
    table = tables(tmp_path / "phu-luc.docx")[-1]
    kept = table.rows[2 + headings[0].order - 1].cells[1].paragraphs[0]
    assert kept.paragraph_format.keep_with_next
    assert kept.runs[0].bold


def test_head_and_signature_follow_the_cover(tmp_path: Path) -> None:
    """Agency and motto, place and date, number, title and report; the signature names an office and nobody."""
    path = make(tmp_path, "70001", "UBND xã Mẫu", {"PL6": {56: "1.200"}})
    book = openpyxl.load_workbook(path)
    cover = book["Bìa"]
    rows = {row[0].value: row[0].row for row in cover.iter_rows()}
    column = next(cell.column for cell in cover[1] if cell.value == "value")
    for key, value in (("report_number", "12"), ("place", "Mẫu"), ("signer", "KT. CHỦ TỊCH / PHÓ CHỦ TỊCH")):
        cover.cell(rows[key], column).value = value
    book.save(path)
    assert main(["xuat-word", str(path)]) == 0
    document = Document(str(path.with_suffix(".docx")))
    head, _, signature = document.tables[-3:]
    left, right = (cell.text.split("\n") for cell in head.rows[0].cells)
    assert left[0] == "UBND XÃ MẪU"
    assert right[:2] == ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"]
    assert right[2].startswith("Mẫu, ngày ……")
    assert signature.rows[0].cells[1].text == "KT. CHỦ TỊCH\nPHÓ CHỦ TỊCH"
    said = [paragraph.text for paragraph in document.paragraphs]
    assert "PHỤ LỤC 6" in said
    assert any(text.startswith("(Kèm theo Báo cáo số 12/BC-UBND ngày") for text in said)


HOSTILE = (
    '=HYPERLINK("http://evil.example/x";"bấm")',
    "chuông \x07 và \x0b, \ufffe",
    "<w:p>&amp;</w:p>]]>",
    "dòng một\r\ndòng hai\tcột",
    "đảo \u202e chiều",
    "{ DDEAUTO c:\\\\x }",
    "\ud83d\ude00 ký tự ngoài mặt phẳng",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_stay_texts(text: str, tmp_path: Path) -> None:
    """Whatever stands in a note stands in the document as words: no field, no markup, no broken XML."""
    submission = filled("1", {"PL6": {2: {"note": text.encode("utf-16", "surrogatepass").decode("utf-16")}}}, FORM)
    document = exported(submission, tmp_path)
    shown = texts(tables(document)[-1])[3][-1]
    assert shown == clean(submission.value(CellRef("PL6", 2, "note")).text).replace("\t", " ")
    with zipfile.ZipFile(document) as package:
        xml = package.read("word/document.xml").decode()
    assert "instrText" not in xml
    assert xml.count("<w:fldSimple") == 0  # the page number's stands in the page header


@given(st.text(max_size=200))
def test_any_text_can_be_written(text: str) -> None:
    """What is left of a text is what XML can carry; printable letters all stay."""
    kept = clean(text)
    assert kept.isprintable() or all(letter in "\n\t" or ord(letter) >= 0x20 for letter in kept)
    printable = [letter for letter in text if letter.isprintable()]
    assert [letter for letter in kept if letter.isprintable()] == printable


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=0, max_value=10**12))
def test_figures_are_written_the_vietnamese_way(number: Decimal) -> None:
    """A figure is read back as itself; a ratio as its two decimals, of which 0 and 100 need none."""
    spec = load_form("cam-giang-2024").spec(CellRef("PL1", 35, "value"))
    assert spec.kind.numeric
    assert read_number(number_text(number, CellLook("right"), spec)).number == number
    ratio = number_text(number, CellLook("right", numbers=NumberStyle.RATIO), spec)
    read = read_number(ratio).number
    assert read is not None
    assert abs(read - number) <= Decimal("0.005")
    assert ("," in ratio) is (number not in (0, 100))


def test_blank_zero_and_dash_are_three_things(tmp_path: Path) -> None:
    """Nothing, 0 and "-" stand as they were entered; a code among numbers has no thousands."""
    submission = filled("1", {"PL6": {3: "0", 4: "-", 56: "15.667"}}, FORM)
    rows = body(tables(exported(submission, tmp_path))[-1], submission.form.appendix("PL6"))
    value = [column.key for column in shown_columns(submission.form.appendix("PL6"))].index("value")
    assert [rows[order - 1][value] for order in (3, 4, 5, 56)] == ["0", "-", "", "15.667"]


def test_spare_rows_in_use_are_printed_and_counted(tmp_path: Path) -> None:
    """A task that the unit has added stands above the total, whose label counts it."""
    form = load_form(FORM)
    order = min(form.appendix("PL1").spare_cells)
    submission = filled("1", {"PL1": {order: {"label": "Nhiệm vụ của xã", "done": "x"}}}, FORM)
    rows = body(tables(exported(submission, tmp_path))[0], form.appendix("PL1"))
    assert rows[-2][1] == "Nhiệm vụ của xã"
    assert rows[-1][1] == "Tổng: 24 nhiệm vụ"


def test_written_twice_is_equal(tmp_path: Path) -> None:
    """The same workbook gives the same bytes, and nothing of the machine or of the library is inside."""
    submission = read_file(SAMPLES / "vinh-thanh-2023.xlsx")
    first, second = tmp_path / "a.docx", tmp_path / "b.docx"
    write_word(submission, first)
    write_word(submission, second)
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as package:
        everything = b"".join(package.read(name) for name in package.namelist())
    assert b"python-docx" not in everything
    assert str(tmp_path).encode() not in everything


def test_what_somebody_wrote_into_the_document_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An untouched document is written anew; one that a person has saved since stays beside it."""
    path = make(tmp_path, "70001", "UBND xã Mẫu", {"PL6": {56: "1.200"}})
    document = path.with_suffix(".docx")
    for _ in range(2):
        assert main(["xuat-word", str(path)]) == 0
    assert is_untouched(document)
    assert len(list(tmp_path.glob("*.docx"))) == 1
    edited = Document(str(document))
    edited.add_paragraph("Ý kiến của văn phòng")
    edited.save(str(document))
    capsys.readouterr()
    assert main(["xuat-word", str(path)]) == 0
    assert "bản trước 1.docx" in capsys.readouterr().err
    kept = Document(str(tmp_path / "70001 - bản trước 1.docx"))
    assert "Ý kiến của văn phòng" in [paragraph.text for paragraph in kept.paragraphs]
    assert is_untouched(document)


def test_errors_are_said_beside_the_document_never_in_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A workbook with errors is exported as it stands; exit 1, and a sentence that only the command line shows."""
    sample = tmp_path / "so.xlsx"
    shutil.copy(SAMPLES / "vinh-thanh-2023.xlsx", sample)
    target = tmp_path / "kèm báo cáo.docx"
    assert main(["xuat-word", str(sample), "--out", str(target)]) == 1
    said = capsys.readouterr()
    assert "Sổ còn" in said.err
    assert "số báo cáo" in said.err
    assert said.out.startswith("Đã xuất 6 phụ lục")
    document = Document(str(target))
    words = [paragraph.text for paragraph in document.paragraphs]
    words += [cell for table in document.tables for row in texts(table) for cell in row]
    assert not any("Lỗi" in text or "Cảnh báo" in text for text in words)


def test_waiting_totals_of_a_summary_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where the parent has not entered its own part the total stays blank, and the command says how many."""
    summary = tmp_path / "tong-hop.xlsx"
    shutil.copy(SAMPLES / "tong-hop-ninh-hai-2023.xlsx", summary)
    assert main(["xuat-word", str(summary)]) == 0
    assert f"4 chỉ tiêu chờ phần của cấp tổng hợp (trang “{OWN_SHEET}”)" in capsys.readouterr().err


@pytest.mark.parametrize("sheet", ["PL1", "PL6"])
def test_a_broken_workbook_is_refused(sheet: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With a row lost nobody knows whose figure is whose: one sentence, exit 2, no document."""
    path = make(tmp_path, "70001", "UBND xã Mẫu", {"PL6": {56: "1.200"}})
    book = openpyxl.load_workbook(path)
    book[sheet].delete_rows(20)
    book.save(path)
    assert main(["xuat-word", str(path)]) == 2
    assert "Mất dòng" in capsys.readouterr().err
    assert not list(tmp_path.glob("*.docx"))


def test_formulas_without_a_result_are_no_blanks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A summary saved by a program that stores no results would print as if nothing had been reported."""
    summary = tmp_path / "tong-hop.xlsx"
    openpyxl.load_workbook(SAMPLES / "tong-hop-ninh-hai-2023.xlsx").save(summary)
    assert main(["xuat-word", str(summary)]) == 2
    said = capsys.readouterr().err
    assert "chưa có kết quả" in said
    assert "PL" in said
    assert not list(tmp_path.glob("*.docx"))


def test_a_form_workbook_needs_no_cached_results(tmp_path: Path) -> None:
    """Ratios and totals are computed here: the same document from a workbook that lost every cached result."""
    figures = {"PL1": {35: "10", 36: "9"}}
    path = make(tmp_path, "70001", "UBND xã Mẫu", figures, form="cam-giang-2024", period="2024-NAM")
    set_period(path, "2024-NAM")  # openpyxl saves no results
    bare = exported(read_file(path), tmp_path)
    shown = [cell for row in texts(tables(bare)[0]) for cell in row]
    assert "90,00" in shown


def test_other_targets_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The name must be that of a Word document in a folder that is there."""
    path = make(tmp_path, "70001", "UBND xã Mẫu", {})
    for target, word in (("x.pdf", ".docx"), ("khong-co/x.docx", "thư mục")):
        assert main(["xuat-word", str(path), "--out", str(tmp_path / target)]) == 2
        assert word in capsys.readouterr().err
    (tmp_path / "y.docx").mkdir()
    assert main(["xuat-word", str(path), "--out", str(tmp_path / "y.docx")]) == 2


def test_every_paragraph_is_of_the_font(tmp_path: Path) -> None:
    """No run names another font, and nothing is coloured: fills are for the screen."""
    document = Document(str(exported(filled("1", {}, FORM), tmp_path)))
    xml = document.element.xml
    assert "<w:color" not in xml
    assert "<w:shd" not in xml
    assert "<w:rFonts" not in xml
    assert all(isinstance(paragraph, Paragraph) for paragraph in document.paragraphs)


# ECMA-376 part 1, annex A.1 (wml.xsd): the order of what this project writes, or the library's template has.
ORDER = {
    "pPr": "pStyle keepNext keepLines widowControl pBdr tabs spacing ind jc rPr sectPr",
    "rPr": "rStyle rFonts b bCs i iCs color sz szCs highlight u lang",
    "tblPr": "tblStyle tblW jc tblInd tblBorders shd tblLayout tblCellMar tblLook",
    "tcPr": "tcW gridSpan vMerge tcBorders shd noWrap vAlign",
    "tblBorders": "top left bottom right insideH insideV",
    "tblCellMar": "top left bottom right",
    "sectPr": "headerReference footerReference type pgSz pgMar pgNumType cols titlePg docGrid",
    "tbl": "tblPr tblGrid tr",
    "tc": "tcPr p",
}


def test_elements_stand_in_the_order_of_the_schema(tmp_path: Path) -> None:
    """Word calls a document damaged in which they do not; other programs read it all the same."""
    document = Document(str(exported(filled("1", {"PL6": {2: {"note": "x"}}}, FORM), tmp_path)))
    seen = set()
    for root in (document.element, document.styles.element, document.sections[0].header._element):
        for element in root.iter():
            name = element.tag.rpartition("}")[2]
            if name in ORDER:
                children = [child.tag.rpartition("}")[2] for child in element]
                ranks = [ORDER[name].split().index(child) for child in children]
                assert ranks == sorted(ranks), (name, children)
                seen.add(name)
    assert seen == set(ORDER)
    for cell in document.element.iter(qn("w:tc")):
        assert cell[-1].tag == qn("w:p")
