"""The printed page of an appendix: head, foot, what a page break may part; and workbooks that were built earlier."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import replace
from datetime import date
from importlib.resources import files
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judge import to_pdf
from openpyxl.worksheet.worksheet import Worksheet
from submissions import write_printed
from versions import FORM as CHANGED_FORM
from versions import three_versions

from cchc_xl.catalogue.load import catalogue_at, form_ids, load_form
from cchc_xl.checks.run import check
from cchc_xl.companions import companion_results
from cchc_xl.completion import Completion, completion, fingerprint
from cchc_xl.cover import COVER_SHEET, DEFAULT_DATES, FILLED, FORM_NAME, SIGNER, appendix_row, standard_place
from cchc_xl.form_workbook.build import build_form_workbook
from cchc_xl.layout import (
    ATTACHED_ROW,
    KEY_COLUMN,
    LINE_HEIGHT,
    OFFICE_ROW,
    TITLE_ROW,
    cell_address,
    cell_position,
    form_layout,
    printed_width,
)
from cchc_xl.lettering import text_lines, text_width
from cchc_xl.operations import fill_workbook, upgrade_workbook
from cchc_xl.pages import PrintedTable, row_changes, rows_above_foot
from cchc_xl.readers.read_submission import read_file
from cchc_xl.stamp import Stamp

FORM = load_form("cam-giang-2024")
PLACE = standard_place(FORM)
SIGNED = "TL. Chủ tịch / Chánh Văn phòng"
STAMP = Stamp(FORM.id, FORM.version, "UBND xã Tân Hải", period="2024-Q1", report_date="05/02/2024", place="Tân Hải")


def _built(target: Path, **fields: str) -> Path:
    build_form_workbook(FORM, replace(STAMP, **fields), target)
    return target


def _foot(path: Path) -> str:
    place = form_layout(FORM).appendices["PL1"]
    sheet = openpyxl.load_workbook(path, data_only=True)["PL1"]
    return str(sheet[cell_address(place.signature_row, place.right_half)].value)


# the signature --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("signer", "shown"),
    [
        ("", "TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH"),
        ("KT. Chủ tịch/Phó Chủ tịch", "KT. CHỦ TỊCH\nPHÓ CHỦ TỊCH"),
        (SIGNED, "TL. CHỦ TỊCH\nCHÁNH VĂN PHÒNG"),
    ],
)
def test_the_foot_bears_the_words_of_the_cover(tmp_path: Path, signer: str, shown: str) -> None:
    """One line for each part; without a choice the form's own words."""
    assert _foot(_built(tmp_path / "so.xlsx", signer=signer)) == shown


@pytest.mark.parametrize("form_id", form_ids())
def test_place_and_date_stand_in_the_head_and_the_foot_is_one_row(tmp_path: Path, form_id: str) -> None:
    """Nothing is left at the foot that a page break could part: only the last row of the print area has words."""
    form = load_form(form_id)
    build_form_workbook(form, replace(STAMP, form=form.id, version=form.version), tmp_path / "so.xlsx")
    book = openpyxl.load_workbook(tmp_path / "so.xlsx", data_only=True)
    for appendix in form.appendices:
        sheet, place = book[appendix.id], form_layout(form).appendices[appendix.id]
        below = [row for row in range(place.last_row + 2, sheet.max_row + 1)
                 if any(cell.value for cell in sheet[row][KEY_COLUMN + 1 :])]  # fmt: skip
        assert below == [place.signature_row + 1]
        day = sheet[cell_address(OFFICE_ROW, place.right_half)].value
        assert day == "Tân Hải, ngày 05 tháng 02 năm 2024"


def test_the_words_survive_filling(tmp_path: Path) -> None:
    """What was typed on the cover stays, and the foot shows it, when figures are filled in."""
    path = _built(tmp_path / "so.xlsx")
    book = openpyxl.load_workbook(path)
    book[COVER_SHEET][PLACE.address(SIGNER)] = SIGNED
    book.save(path)
    write_printed(tmp_path, {"PL1": {3: "4"}}, FORM.id)
    fill_workbook(path, tmp_path)
    assert read_file(path).stamp.signer == SIGNED
    assert _foot(path) == "TL. CHỦ TỊCH\nCHÁNH VĂN PHÒNG"


def test_the_words_survive_an_upgrade(tmp_path: Path) -> None:
    """Place and words of signature go along into the next version of the form."""
    roots = three_versions(tmp_path / "bieu")
    old = tmp_path / "cu.xlsx"
    with catalogue_at(roots[1]):
        form = load_form(CHANGED_FORM)
        build_form_workbook(form, Stamp(form.id, 1, "UBND xã Một", place="Tân Hải", signer=SIGNED), old)
    with catalogue_at(roots[2]):
        upgrade_workbook(old, tmp_path / "moi.xlsx")
        stamp = read_file(tmp_path / "moi.xlsx").stamp
    assert (stamp.place, stamp.signer) == ("Tân Hải", SIGNED)


def test_another_signer_leaves_a_workbook_complete(tmp_path: Path) -> None:
    """Like number and date of the report, who signs is no figure: it may be settled after the check."""
    submission = read_file(_built(tmp_path / "so.xlsx"))
    stamp = replace(submission.stamp, completed="06/02/2024", fingerprint=fingerprint(submission))
    for signer in ("", SIGNED):
        assert completion(replace(submission, stamp=replace(stamp, signer=signer))) is Completion.COMPLETE


def _signed_pages(book: Path, folder: Path) -> list[str]:
    command = ["pdftotext", "-layout", str(to_pdf(book, folder)), "-"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [page for page in printed.split("\f") if "TM. ỦY BAN NHÂN DÂN\n" in page]


@pytest.mark.parametrize("form_id", form_ids())
def test_the_signature_has_company(soffice: Path, tmp_path: Path, form_id: str) -> None:
    """In print, every page that bears a signature bears a row of the table too, one that is not the repeated header."""
    form = load_form(form_id)
    build_form_workbook(form, Stamp(form.id, form.version), tmp_path / "so.xlsx")
    last = _signed_pages(tmp_path / "so.xlsx", tmp_path)
    assert len(last) == len(form.appendices)
    for appendix, page in zip(form.appendices, last, strict=True):
        row = appendix.printed[-1]
        assert " ".join((row.label or row.stt).split()[-2:]) in page, (appendix.id, page)


def test_the_signature_has_company_after_filling(soffice: Path, tmp_path: Path) -> None:
    """Notes make rows grow; what nhap fills in is laid out again."""
    form = load_form("ninh-hai-2023")
    build_form_workbook(form, Stamp(form.id, form.version), tmp_path / "so.xlsx")
    fill_workbook(tmp_path / "so.xlsx", Path(str(files("cchc_xl.samples") / "printed" / form.id)))
    last = _signed_pages(tmp_path / "so.xlsx", tmp_path)
    assert len(last) == len(form.appendices)
    for appendix, page in zip(form.appendices, last, strict=True):
        assert appendix.printed[-1].label.split()[-1] in page, appendix.id


PAGES = [
    ([10.0] * 3, 3, 0),  # all on one page
    ([19.5] * 4, 0, 3),  # the foot alone: rows a little lower bring all onto the first page
    ([10.0] * 8, 0, 3),  # the same
    ([10.0] * 9, 1, 3),  # one row is too few: rows a little higher send another one along
    ([30.0, 10.0, 75.0, 10.0, 10.0], 1, 0.25 * 75),  # high rows bear more
]


@pytest.mark.parametrize(("rows", "company", "most"), PAGES)
def test_rows_move_the_end_of_a_table(rows: list[float], company: int, most: float) -> None:
    """On pages of 100 points with a head, a header and a foot of 10 each, and on slightly smaller ones."""
    assert rows_above_foot(10, 10, rows, 10, 100) == company
    table = PrintedTable(10, 10, rows, 10, 100)
    changes = row_changes(table)
    assert table.changed(changes).has_company([100, 98])
    assert max(map(abs, changes)) <= most
    assert min(changes) >= -3


def test_no_heading_ends_a_page_where_rows_can_be_moved() -> None:
    """All rows a little lower or higher, or those of one page higher; three columns of rows on pages of 100 points."""
    rows = [10.0] * 30
    for heading in range(30):
        table = PrintedTable(10, 10, rows, 10, 100, {heading})
        moved = table.changed(row_changes(table))
        assert moved.orphans(100) == []
        assert moved.has_company([100])


def test_two_headings_go_to_the_next_page_together() -> None:
    """The heading of a chapter and that of its first section."""
    table = PrintedTable(10, 10, [10.0] * 30, 10, 100, {6, 7})
    assert table.orphans(100) == [(0, 6)]
    moved = table.changed(row_changes(table))
    assert moved.orphans(100) == []
    assert 7 not in moved.starts(100)


def test_what_cannot_be_moved_stays() -> None:
    """One row and a heading on a page, then a row that fills a page: it would have to be twice as high."""
    table = PrintedTable(10, 10, [30.0, 10.0, 85.0, 10.0, 10.0], 10, 100, {1})
    assert row_changes(table)[:2] == [0, 0]


def test_a_heading_below_high_rows_goes_to_the_next_page() -> None:
    """High rows bear more than low ones: a fifth more of each is not seen."""
    table = PrintedTable(10, 10, [15.0, 50.0, 10.0, 60.0, 20.0, 20.0], 10, 100, {2})
    assert table.orphans(100) == [(0, 2)]
    changes = row_changes(table)
    assert table.changed(changes).orphans(100) == []
    assert all(change <= 0.25 * row for change, row in zip(changes, table.rows, strict=True))


@settings(max_examples=300)
@given(
    rows=st.lists(st.floats(18.75, 300).map(lambda points: round(points / 0.75) * 0.75), min_size=1, max_size=40),
    headings=st.sets(st.integers(0, 39)),
    foot=st.floats(60, 150),
)
def test_changes_never_make_pages_worse(rows: list[float], headings: set[int], foot: float) -> None:
    """Whatever the table: no text is cut, no row grows much, and no page is uglier than without any change."""
    table = PrintedTable(120, 35, rows, foot, 480, {index for index in headings if index < len(rows) - 1})
    changes = row_changes(table)
    changed = table.changed(changes)
    assert min(changes) >= -3
    assert all(more <= max(0.25 * row, 6) + 6 for more, row in zip(changes, rows, strict=True))
    assert changed.has_company([480]) >= table.has_company([480])
    if changed.has_company([480]) == table.has_company([480]):
        assert len(changed.orphans(480)) <= len(table.orphans(480)) or changed.has_company([470.4])


# words that follow the cover ------------------------------------------------------------------------------------------

TITLES = [
    ("2024-NAM", "", "tính đến ngày 14/12/2024", "năm 2024"),
    ("2024-Q3", "06/09/2024", "tính đến ngày 06/9/2024", "quý III năm 2024"),
    ("2025-6T", "28/02/2025", "tính đến ngày 28/02/2025", "6 tháng đầu năm 2025"),
    ("", "", "tính đến ngày ……", "……"),
]


@pytest.mark.parametrize(("period", "date_to", "day", "words"), TITLES, ids=[title[0] for title in TITLES])
def test_titles_speak_of_the_covers_period(tmp_path: Path, period: str, date_to: str, day: str, words: str) -> None:
    """The day and year of the printed report stay in the catalogue; a workbook has its own, or dots."""
    form = load_form("tinh-chau-2023")
    stamp = Stamp(form.id, form.version, period=period, date_to=date_to)
    build_form_workbook(form, stamp, tmp_path / "so.xlsx")
    book = openpyxl.load_workbook(tmp_path / "so.xlsx", data_only=True)
    places = form_layout(form).appendices
    shown = [book[key][cell_address(TITLE_ROW, place.left)].value for key, place in places.items()]
    cover, place = book[COVER_SHEET], standard_place(form)
    assert [cover[place.address(appendix_row(key))].value for key in places] == shown
    assert (shown[0].endswith(day), shown[1].endswith(f"cải cách hành chính {words}")) == (True, True)
    assert f"hành chính trong {words}”, theo biểu mẫu của" in cover[cell_address(place.rows[FORM_NAME], 1)].value


@pytest.mark.parametrize("form_id", form_ids())
def test_a_blank_form_is_of_no_year(tmp_path: Path, form_id: str) -> None:
    """No head of a blank workbook names a year, but those of laws and plans that it cites."""
    form = load_form(form_id)
    build_form_workbook(form, Stamp(form.id, form.version), tmp_path / "so.xlsx")
    book = openpyxl.load_workbook(tmp_path / "so.xlsx", data_only=True)
    shown = [str(book[COVER_SHEET][cell_address(standard_place(form).rows[FORM_NAME], 1)].value)]
    for appendix in form.appendices:
        head = form_layout(form).appendices[appendix.id].first_row
        shown += [str(cell.value) for row in book[appendix.id].iter_rows(max_row=head) for cell in row if cell.value]
    dated = [text for text in shown if re.search(r"20[12]\d", text)]
    assert [text for text in dated if "SỐ 91-KL/TU NGÀY 18/10/2022" not in text] == []


def test_a_number_bears_its_sign_once(tmp_path: Path) -> None:
    """125 and 125/BC-UBND are the same report."""
    place = form_layout(FORM).appendices["PL1"]
    heads = set()
    for number in ("125", "125/BC-UBND"):
        book = openpyxl.load_workbook(_built(tmp_path / "so.xlsx", report_number=number), data_only=True)
        heads.add(book["PL1"][cell_address(ATTACHED_ROW, place.left)].value)
    assert heads == {"(Kèm theo Báo cáo số 125/BC-UBND ngày 05 tháng 02 năm 2024 của UBND xã Tân Hải)"}


def test_a_default_day_stands_beside_its_cell(tmp_path: Path) -> None:
    """Who deleted the formula of a day can type what stands there, and has the same workbook again."""
    path = _built(tmp_path / "so.xlsx")
    sheet = openpyxl.load_workbook(path, data_only=True)[COVER_SHEET]
    hints = [sheet[PLACE.address(key, FILLED)].value for key in DEFAULT_DATES]
    assert [hint[:21] for hint in hints] == ["Mặc định: 15/12/2023.", "Mặc định: 14/03/2024."]
    book = openpyxl.load_workbook(path)
    book[COVER_SHEET][PLACE.address("date_from")] = None
    book.save(path)
    assert check(read_file(path)).findings[0].code == "bia-trong"
    book[COVER_SHEET][PLACE.address("date_from")] = date(2023, 12, 15)
    book.save(path)
    assert read_file(path).stamp.date_from == "15/12/2023"
    assert not check(read_file(path)).findings


# the table ------------------------------------------------------------------------------------------------------------


def _lines(sheet: Worksheet, row: int, column: int) -> str:
    border = sheet.cell(row + 1, column + 1).border
    return "".join(side[0] for side in ("top", "bottom", "left", "right") if getattr(border, side).style)


def test_a_total_stands_across_number_and_name(tmp_path: Path) -> None:
    """ "Tổng cộng" is not squeezed into the narrow column of numbers; the row is still known by its own cells."""
    form = load_form("tinh-chau-2023")
    build_form_workbook(form, Stamp(form.id, form.version), tmp_path / "so.xlsx")
    sheet, place = openpyxl.load_workbook(tmp_path / "so.xlsx")["BNV"], form_layout(form).appendices["BNV"]
    across = [cell_address(place.rows[8], place.columns[key]) for key in ("stt", "label")]
    assert ":".join(across) in {str(area) for area in sheet.merged_cells.ranges}
    assert sheet[across[0]].value == "Tổng cộng"
    assert read_file(tmp_path / "so.xlsx").faults == ()


def test_a_group_is_one_box(tmp_path: Path) -> None:
    """Lines stand around the rows of a group, none between them; what closes the table is closed."""
    form = load_form("vinh-thanh-2023")
    build_form_workbook(form, Stamp(form.id, form.version), tmp_path / "so.xlsx")
    sheet, place = openpyxl.load_workbook(tmp_path / "so.xlsx")["PL2"], form_layout(form).appendices["PL2"]
    shown = {key: [_lines(sheet, place.rows[order], place.columns[key]) for order in (1, 2, 3, 9, 10)]
             for key in ("content", "component", "label")}  # fmt: skip
    assert shown == {
        "content": ["tlr", "lr", "lr", "blr", "tlr"],
        "component": ["tblr", "tlr", "lr", "blr", "tblr"],
        "label": ["tblr"] * 5,
    }
    assert _lines(sheet, place.rows[54], place.columns["content"]) == "blr"
    assert not [area for area in sheet.merged_cells.ranges if place.first_row < area.min_row <= place.last_row + 1]


def test_an_explaining_row_is_no_heading(tmp_path: Path) -> None:
    """Options that the form prints as rows of their own stand as the row that they explain; codes one below another."""
    form = load_form("tinh-chau-2023")
    build_form_workbook(form, Stamp(form.id, form.version), tmp_path / "so.xlsx")
    sheet, place = openpyxl.load_workbook(tmp_path / "so.xlsx")["PL1"], form_layout(form).appendices["PL1"]
    label = place.columns["label"] + 1
    bold = {order: sheet.cell(place.rows[order] + 1, label).font.bold for order in (1, 25, 49, 50, 51)}
    assert bold == {1: True, 25: True, 49: False, 50: False, 51: False}
    codes = sheet.cell(place.rows[12] + 1, place.columns["unit"] + 1).value
    assert codes == "Trực tuyến = 0\nPhát phiếu = 1\nKết hợp = 2"


@pytest.mark.parametrize("form_id", form_ids())
def test_the_frozen_part_leaves_room(tmp_path: Path, form_id: str) -> None:
    """On a small screen (about 300 points of rows) a third at least scrolls, and the label column always stands."""
    form = load_form(form_id)
    build_form_workbook(form, Stamp(form.id, form.version), tmp_path / "so.xlsx")
    book = openpyxl.load_workbook(tmp_path / "so.xlsx")
    for appendix in form.appendices:
        sheet, place = book[appendix.id], form_layout(form).appendices[appendix.id]
        row, column = cell_position(sheet.freeze_panes)
        assert column == place.columns["label"] + 1
        assert row in (0, place.first_row)
        assert sum(sheet.row_dimensions[at + 1].height or 15 for at in range(1, row)) <= 200


@pytest.mark.parametrize(
    ("text", "width", "bold", "lines"),
    [
        ("", 5, False, 1),
        ("một\nhai", 40, False, 2),
        ("Số văn bản quy phạm pháp luật đã ban hành", 43, False, 1),
        ("Tổng số người làm việc được giao của các đơn vị sự nghiệp", 43, True, 2),
        ("x" * 100, 12, False, 11),
    ],
)
def test_lines_of_a_text(text: str, width: float, bold: bool, lines: int) -> None:
    """Widths are those of Times New Roman; a word that is too long is broken."""
    assert text_lines(text, width, bold=bold) == lines


def test_rows_are_as_high_as_their_text(soffice: Path, tmp_path: Path) -> None:
    """No row is lower than LibreOffice would make it, so no text is cut; few have room for a line too many."""
    system = "/usr/bin/python3"
    if subprocess.run([system, "-c", "import uno"], capture_output=True, check=False).returncode:
        pytest.skip("no python3-uno: the heights of rows are not judged")
    paths = {form_id: tmp_path / f"{form_id}.xlsx" for form_id in form_ids()}
    for form_id, path in paths.items():
        build_form_workbook(load_form(form_id), Stamp(form_id, load_form(form_id).version), path)
    script = Path(__file__).with_name("row_fitting.py")
    command = [system, str(script), str(tmp_path / "heights.json"), *map(str, paths.values())]
    subprocess.run(command, capture_output=True, check=True, timeout=240)
    heights = json.loads((tmp_path / "heights.json").read_text(encoding="utf-8"))
    rows = spare_lines = 0
    for form_id, path in paths.items():
        for appendix, place in form_layout(load_form(form_id)).appendices.items():
            ours, fitted = heights[str(path)][appendix]
            for row in range(place.header_top, place.last_row + 1):
                assert ours[row] == 0 or ours[row] >= fitted[row] - 0.5, (form_id, appendix, row + 1)
                rows += ours[row] > 0
                spare_lines += ours[row] > fitted[row] + LINE_HEIGHT + 6
    assert spare_lines < 0.15 * rows


@pytest.mark.parametrize("form_id", form_ids())
def test_the_motto_fits_its_half(form_id: str) -> None:
    """The name of the state is one line that nothing cuts."""
    form = load_form(form_id)
    for appendix in form.appendices:
        place = form_layout(form).appendices[appendix.id]
        room = sum(
            printed_width(appendix, column)
            for column in appendix.columns
                   if column.heading and place.columns[column.key] >= place.right_half)  # fmt: skip
        assert text_width("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 12, bold=True) < room


# workbooks that were built earlier ----------------------------------------------------------------------------------


def test_a_cover_without_the_words_of_signature_is_whole(tmp_path: Path) -> None:
    """Workbooks from before the field are read without a fault, and their date below the table stays true."""
    path = _built(tmp_path / "cu.xlsx")
    book = openpyxl.load_workbook(path)
    book[COVER_SHEET].cell(PLACE.rows[SIGNER] + 1, KEY_COLUMN + 1).value = None
    book.save(path)
    submission = read_file(path)
    assert (submission.faults, submission.stamp.signer) == ((), "")
    assert not [finding for finding in check(submission).findings if finding.sheet == COVER_SHEET]
    place = form_layout(FORM).appendices["PL1"]
    shown = companion_results(submission)["PL1"]
    at = cell_address(place.earlier_date_row, place.right_half)
    assert shown[at] == "Tân Hải, ngày 05 tháng 02 năm 2024"
    assert cell_address(place.signature_row, place.right_half) not in shown


def test_figures_stand_alike_in_their_columns(soffice: Path, tmp_path: Path) -> None:
    """In LibreOffice's print too the figures of a matrix are as far from their lines as their neighbours."""
    form = load_form("vinh-thanh-2023")
    build_form_workbook(form, Stamp(form.id, form.version), tmp_path / "so.xlsx")
    figures = dict.fromkeys(("online", "carried", "direct", "on_time", "late"), "7")
    write_printed(tmp_path, {"PL4": {1: figures}}, form.id)
    fill_workbook(tmp_path / "so.xlsx", tmp_path)
    command = ["pdftotext", "-bbox", str(to_pdf(tmp_path / "so.xlsx", tmp_path)), "-"]
    words = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    sevens: dict[str, list[float]] = {}
    for top, right in re.findall(r'yMin="([\d.]+)" xMax="([\d.]+)" yMax="[\d.]+">7<', words):
        sevens.setdefault(top, []).append(float(right))
    online, carried, direct = max(sevens.values(), key=len)[:3]
    assert carried - online == pytest.approx(direct - carried, abs=1)


@pytest.mark.parametrize("form_id", form_ids())
def test_the_covers_links_fit_their_cells(tmp_path: Path, form_id: str) -> None:
    """LibreOffice never breaks the words of a link: what does not fit one line would be cut."""
    form = load_form(form_id)
    build_form_workbook(form, Stamp(form.id, form.version), tmp_path / "so.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "so.xlsx")[COVER_SHEET]
    links = [cell for (cell,) in sheet["B1:B60"] if cell.hyperlink]
    assert len(links) == len(form.appendices)
    for cell in links:
        assert text_lines(str(cell.value), sheet.column_dimensions["B"].width - 2) == 1, cell.value
