"""The cover, the guide and the printed head: identity that people see, live states, and print by decree 30/2020."""

from __future__ import annotations

import math
import random
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from judge import recalculate, to_pdf
from openpyxl.worksheet.worksheet import Worksheet
from submissions import make

from cchc_xl.catalogue.load import form_ids, load_form
from cchc_xl.checks.run import check
from cchc_xl.companions import checksum, checksum_text, companion_results, overview
from cchc_xl.companions.overview import open_cells
from cchc_xl.cover import (
    COVER_SHEET,
    FIELDS,
    FILLED,
    GUIDE_SHEET,
    MISSING,
    OBLIGATORY,
    SIGNER,
    TOTAL,
    WORKBOOK_STATE,
    appendix_row,
    standard_place,
)
from cchc_xl.form_workbook.build import build_form_workbook
from cchc_xl.layout import ATTACHED_ROW, REPORT_SHEET, cell_address, form_layout
from cchc_xl.live_checks.states import shown_results
from cchc_xl.ooxml.patch import CellWrite, patch_cells
from cchc_xl.operations import NewWorkbook, create_workbook
from cchc_xl.periods import PART_NAMES
from cchc_xl.readers.read_submission import read_file
from cchc_xl.severity import Severity
from cchc_xl.stamp import STAMP_SHEET, Stamp, stamp_address
from cchc_xl.submission import FormulaState, Submission

FORM = load_form("cam-giang-2024")
PLACE = standard_place(FORM)
STAMP = Stamp(FORM.id, FORM.version, "UBND xã Tân Hải", "00123", period="2024-Q1", report_number="7",
              report_date="05/02/2024")  # fmt: skip
BLANK_STAMP = Stamp(FORM.id, FORM.version)

Edit = Callable[[Worksheet], object]


def _type(field: str, content: object) -> Edit:
    return lambda sheet: sheet.__setitem__(PLACE.address(field), content)


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A blank workbook with a full cover."""
    path = tmp_path_factory.mktemp("cover") / "xa.xlsx"
    build_form_workbook(FORM, STAMP, path)
    return path


def _edited(blank: Path, target: Path, *edits: Edit) -> Submission:
    book = openpyxl.load_workbook(blank)
    for edit in edits:
        edit(book[COVER_SHEET])
    book.save(target)
    return read_file(target)


# reading --------------------------------------------------------------------------------------------------------------


def test_identity_goes_out_and_comes_back(blank: Path) -> None:
    """Everything that the stamp says is read again, dates of the period included."""
    assert read_file(blank).stamp == replace(STAMP, date_from="15/12/2023", date_to="14/03/2024")


@pytest.mark.parametrize("part", PART_NAMES)
def test_default_dates_follow_the_period_whatever_is_cached(blank: Path, tmp_path: Path, part: str) -> None:
    """A changed period moves the two dates, although no program has computed the workbook since."""
    submission = _edited(blank, tmp_path / "q.xlsx", _type("period_part", PART_NAMES[part]), _type("year", 2025))
    stamp = submission.stamp
    assert stamp.period == f"2025-{part}"
    create_workbook(NewWorkbook(FORM.id, period=f"2025-{part}"), tmp_path / "same.xlsx")
    same = read_file(tmp_path / "same.xlsx").stamp
    assert (stamp.date_from, stamp.date_to) == (same.date_from, same.date_to) != ("", "")


DATES = [
    (date(2024, 6, 3), "03/06/2024"),
    (datetime(2024, 6, 3, 10, 30), "03/06/2024"),
    ("3/6/2024", "03/06/2024"),
    (45446, "03/06/2024"),
    ("03/13/2024", ""),
    ("hôm nay", ""),
]


@pytest.mark.parametrize(("typed", "read"), DATES, ids=[str(typed) for typed, _ in DATES])
def test_typed_dates_are_read_or_reported(blank: Path, tmp_path: Path, typed: object, read: str) -> None:
    """A real date, its number and a text are the same day; what is no date is an error at its cell."""
    submission = _edited(blank, tmp_path / "d.xlsx", _type("report_date", typed))
    assert submission.stamp.report_date == read
    found = [(f.code, f.severity, f.cell) for f in check(submission).findings]
    assert found == ([] if read else [("bia-sai", Severity.ERROR, PLACE.address("report_date"))])


PROBLEMS = [
    ({"unit": None}, "bia-trong", "unit"),
    ({"period_part": None, "year": None}, "bia-trong", "period_part"),
    ({"period_part": None}, "bia-sai", "period_part"),
    ({"period_part": "Quý 3"}, "bia-sai", "period_part"),
    ({"year": None}, "bia-sai", "year"),
    ({"year": "hai ngàn"}, "bia-sai", "year"),
    ({"date_from": date(2024, 5, 1)}, "bia-sai", "date_to"),
    ({"date_to": None}, "bia-trong", "date_to"),
]


@pytest.mark.parametrize(("typed", "code", "field"), PROBLEMS, ids=[str(row[0]) for row in PROBLEMS])
def test_what_the_cover_lacks_is_said_at_its_cell(
    blank: Path, tmp_path: Path, typed: dict[str, object], code: str, field: str
) -> None:
    """One fault, one finding; the workbook stays readable."""
    submission = _edited(blank, tmp_path / "p.xlsx", *(_type(key, value) for key, value in typed.items()))
    assert [(f.code, f.cell) for f in check(submission).findings] == [(code, PLACE.address(field))]
    assert submission.faults == ()


def test_codes_keep_their_zeros_and_names_their_letter_case(blank: Path, tmp_path: Path) -> None:
    """A period chosen in other letters is the period; a code is a text."""
    submission = _edited(blank, tmp_path / "z.xlsx", _type("unit_code", "00045"), _type("period_part", "QUÝ iii"))
    assert (submission.stamp.unit_code, submission.stamp.period) == ("00045", "2024-Q3")


def test_the_cover_is_found_wherever_its_rows_went(blank: Path, tmp_path: Path) -> None:
    """Inserted rows and another sheet name move no field."""
    submission = _edited(
        blank, tmp_path / "m.xlsx", lambda sheet: sheet.insert_rows(PLACE.rows["year"] + 1, 2),
        lambda sheet: setattr(sheet, "title", "Trang đầu"),
    )  # fmt: skip
    assert (submission.stamp.unit, submission.stamp.period) == (STAMP.unit, "2024-Q1")
    assert submission.cover is not None
    assert submission.cover.place.rows["report_date"] == PLACE.rows["report_date"] + 2


def test_a_missing_cover_is_one_structure_fault(blank: Path, tmp_path: Path) -> None:
    """Without the sheet nobody knows whose figures these are: said once, and nothing else."""
    book = openpyxl.load_workbook(blank)
    del book[COVER_SHEET]
    book.save(tmp_path / "c.xlsx")
    findings = check(read_file(tmp_path / "c.xlsx")).findings
    assert [(f.code, f.sheet) for f in findings] == [("cau-truc", COVER_SHEET)]
    assert "Không tìm thấy trang Bìa" in findings[0].message


# what people meet -----------------------------------------------------------------------------------------------------


def test_only_the_fields_are_open_and_each_one_helps(blank: Path) -> None:
    """Every open cell of the cover has an input message; what it refuses, it refuses in words."""
    sheet = openpyxl.load_workbook(blank)[COVER_SHEET]
    opened = {cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked}
    assert opened == {PLACE.address(key) for key in FIELDS}
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    assert set(rules) == opened
    for rule in rules.values():
        assert rule.showInputMessage
        assert 0 < len(rule.prompt) <= 255
        free = rule.type is None or str(rule.sqref) == PLACE.address(SIGNER)
        assert free or (rule.showErrorMessage and 0 < len(rule.error) <= 255)
    kinds = rules[PLACE.address("period_part")]
    assert kinds.formula1 == '"' + ",".join(PART_NAMES.values()) + '"'
    assert "hai bộ số liệu khác nhau" in kinds.prompt
    assert sheet[PLACE.address("unit_code")].number_format == "@"


def test_links_lead_to_every_appendix_and_to_the_guide(blank: Path, tmp_path: Path) -> None:
    """No link goes to a sheet that is not there."""
    book = openpyxl.load_workbook(blank)
    targets = {re.match(r"'(.+)'!", cell.hyperlink.location)[1] for row in book[COVER_SHEET].iter_rows()
               for cell in row if cell.hyperlink}  # fmt: skip
    assert targets == {appendix.id for appendix in FORM.appendices} | {GUIDE_SHEET, REPORT_SHEET}
    assert targets <= set(book.sheetnames)


def test_the_guide_is_one_locked_screen(blank: Path) -> None:
    """About 25 lines, none of them open."""
    sheet = openpyxl.load_workbook(blank)[GUIDE_SHEET]
    assert sheet.protection.sheet
    assert sheet.max_row <= 27
    text = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value)
    for word in ("76/84", "43,2", "2.000", "Để trống", "danh sách", "dấu x", "Kiểm tra", "tab CCHC", "Tổng hợp"):
        assert word in text


# LibreOffice ----------------------------------------------------------------------------------------------------------


def _typed(rng: random.Random, path: Path, target: Path, form_id: str) -> None:
    """Figures, texts, blanks, dashes and check texts as clerks and live formulas leave them."""
    form = load_form(form_id)
    book = openpyxl.load_workbook(path)
    choices = [None, 0, "-", "x", "  x ", 7, 12.25, 1_234_567_890, "76/84", "có  ghi chú", rng.randint(0, 9999)]
    for appendix in form.appendices:
        place = form_layout(form).appendices[appendix.id]
        for spec in appendix.cells.values():
            if not spec.column.given and not spec.derived:
                book[place.sheet][place.address(spec.ref)] = rng.choice(choices)
    book.save(target)


@pytest.fixture(scope="module")
def judged(soffice: Path, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, Path]]:
    """Blank, printed and random workbooks with wrong cached results, and as LibreOffice computes them."""
    folder = tmp_path_factory.mktemp("companions")
    rng = random.Random(7)
    paths = []
    for form_id in form_ids():
        form = load_form(form_id)
        paths.append(folder / f"{form_id}.xlsx")
        stamp = Stamp(form.id, form.version, "UBND xã Mỹ Đức", "00456", period="2024-9T", report_date="14/09/2024")
        build_form_workbook(form, stamp, paths[-1])
        paths.append(folder / f"{form_id}-random.xlsx")
        _typed(rng, paths[-2], paths[-1], form_id)
    paths.append(folder / "none.xlsx")
    build_form_workbook(FORM, BLANK_STAMP, paths[-1])
    paths.append(folder / "signed.xlsx")
    signed = replace(STAMP, place="Tân Hải", signer="KT.  Chủ tịch/ Phó Chủ tịch", report_number="7/BC-VP")
    build_form_workbook(FORM, signed, paths[-1])
    paths.append(make(folder, "00789", "UBND xã Lộc", {"PL6": {56: "1.200"}}))
    paths.append(_completed(paths[1], folder / "completed.xlsx", ""))
    paths.append(_completed(paths[1], folder / "changed.xlsx", "1"))
    for path in paths:
        wrong = {
            sheet: {address: CellWrite("SAI", where_formula=True) for address in cells}
            for sheet, cells in companion_results(read_file(path)).items()
        }
        patch_cells(path, path, wrong)
    return list(zip(paths, recalculate(paths, folder / "judged"), strict=True))


def _completed(source: Path, target: Path, more: str) -> Path:
    stamped = checksum_text(read_file(source)) + more
    cells = {stamp_address("completed"): CellWrite("20/09/2024"), stamp_address("checksum"): CellWrite(stamped)}
    patch_cells(source, target, {STAMP_SHEET: cells})
    return target


def test_libreoffice_shows_what_python_says(judged: list[tuple[Path, Path]]) -> None:
    """Every companion formula, recalculated, gives its Python twin's result; planted wrong results are corrected."""
    for path, answer in judged:
        submission = read_file(path)
        shown = openpyxl.load_workbook(answer, data_only=True)
        formulas = openpyxl.load_workbook(path)
        for sheet, cells in shown_results(submission).items():
            for address, expected in cells.items():
                where = (path.name, sheet, address)
                assert formulas[sheet][address].data_type == "f", where
                value = shown[sheet][address].value
                if isinstance(value, datetime):
                    value = (value - datetime(1899, 12, 30)).days
                if isinstance(expected, Decimal | int):
                    assert isinstance(value, int | float), where
                    assert math.isclose(value, expected, rel_tol=1e-13, abs_tol=0.01), (where, value, expected)
                else:
                    # LibreOffice writes the point of its own locale into the texts of states.
                    assert (value or "").replace(".", ",") == str(expected or "").replace(".", ","), where


def test_the_state_of_completion_is_live(judged: list[tuple[Path, Path]]) -> None:
    """Completed while the sum is the stamped one, changed when it is not, and not completed before."""
    words = {}
    for path, answer in judged:
        sheet = openpyxl.load_workbook(answer, data_only=True)[COVER_SHEET]
        place = read_file(path).cover.place  # type: ignore[union-attr]
        words[path.stem] = sheet[place.address(WORKBOOK_STATE)].value
    assert words.pop("completed") == "Hoàn thành ngày 20/09/2024"
    assert words.pop("changed") == overview.CHANGED
    assert set(words.values()) == {overview.NOT_COMPLETED}


def test_formulas_of_the_cover_survive_libreoffice(judged: list[tuple[Path, Path]]) -> None:
    """A workbook that LibreOffice saved still has the default dates, whatever period is chosen then."""
    for path, answer in judged:
        assert read_file(answer).stamp == read_file(path).stamp


@pytest.mark.parametrize("part", PART_NAMES)
def test_period_lists_agree(part: str) -> None:
    """Each kind in the list has dates."""
    assert set(PART_NAMES) == {"Q1", "Q2", "Q3", "Q4", "6T", "9T", "NAM"}
    assert PART_NAMES[part]


# the sum --------------------------------------------------------------------------------------------------------------


def test_every_single_change_moves_the_sum(blank: Path, tmp_path: Path) -> None:
    """A hundredth more in any one figure, or a note that is one letter longer, is seen."""
    base = read_file(blank)
    start = checksum(base)
    for spec in open_cells(FORM, FORM.appendices[0]):
        entry = base.entries[spec.ref]
        for number in (Decimal("0.01"), Decimal(1)):
            value = replace(entry.value, number=number)
            changed = replace(base, entries={**base.entries, spec.ref: replace(entry, value=value)})
            assert abs(checksum(changed) - start) > 5


def test_filling_keeps_what_the_cover_shows_true(tmp_path: Path) -> None:
    """After nhap the cached overview counts the new figures, for programs that do not compute."""
    path = make(tmp_path, "1", "UBND xã Một", {"PL1": {3: {"done": "x"}}, "PL6": {56: "1.200"}})
    submission = read_file(path)
    sheet = openpyxl.load_workbook(path, data_only=True)[COVER_SHEET]
    place = submission.cover.place  # type: ignore[union-attr]
    assert sheet[place.address(appendix_row("PL6"), "filled")].value.startswith("1/")
    assert sheet[place.address(appendix_row("PL6"), "state")].value == overview.UNDER_WAY
    assert sheet[place.address(TOTAL, "count")].value == 2
    assert math.isclose(sheet[place.address(TOTAL, "checksum")].value, checksum(submission), rel_tol=1e-13)


def test_check_texts_are_counted(blank: Path) -> None:
    """The live check column's words make the state: errors before warnings."""
    submission = read_file(blank)
    place = form_layout(FORM).appendices["PL1"]
    at = [cell_address(place.first_row + n, place.check_column) for n in range(3)]
    checks = {"PL1": {at[0]: "Lỗi: sai", at[1]: "Cảnh báo: xem lại", at[2]: "Đúng"}}
    shown = companion_results(submission, checks)
    cover = shown[COVER_SHEET]
    row = appendix_row("PL1")
    assert [cover[PLACE.address(row, column)] for column in ("errors", "warnings", "state")] == [1, 1, "Có lỗi"]
    assert shown["PL1"][at[2]] == "Đúng"


def test_the_cover_says_what_is_missing(tmp_path: Path) -> None:
    """Beside each obligatory field that is blank; beside a filled one there is its hint alone."""
    build_form_workbook(FORM, replace(BLANK_STAMP, unit="UBND xã Một", period="2024-Q1"), tmp_path / "so.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "so.xlsx", data_only=True)[COVER_SHEET]
    hints = {key: sheet[PLACE.address(key, FILLED)].value for key in OBLIGATORY}
    assert [key for key, hint in hints.items() if hint.startswith(MISSING)] == ["unit_code"]
    assert hints["unit_code"] == MISSING + OBLIGATORY["unit_code"]


# print ----------------------------------------------------------------------------------------------------------------


def test_head_lines_follow_the_cover(blank: Path, tmp_path: Path) -> None:
    """Unit, number and date of the report stand in every head; dots where the cover is empty."""
    build_form_workbook(FORM, BLANK_STAMP, tmp_path / "none.xlsx")
    at = cell_address(ATTACHED_ROW, form_layout(FORM).appendices["PL1"].left)
    lines = [openpyxl.load_workbook(path, data_only=True)["PL1"][at].value for path in (blank, tmp_path / "none.xlsx")]
    assert lines == [
        "(Kèm theo Báo cáo số 7/BC-UBND ngày 05 tháng 02 năm 2024 của UBND xã Tân Hải)",
        "(Kèm theo Báo cáo số ……/BC-UBND ngày …… tháng …… năm …… của UBND …………)",
    ]


def test_the_page_is_the_decrees(blank: Path) -> None:
    """Margins 20-25, 30-35 and 15-20 mm, A4, Times New Roman, the signature inside the print area."""
    for sheet in openpyxl.load_workbook(blank):
        if sheet.title == STAMP_SHEET:
            continue
        margins = sheet.page_margins
        assert sheet.page_setup.paperSize == 9
        assert 20 <= margins.top * 25.4 <= 25.01
        assert 20 <= margins.bottom * 25.4 <= 25.01
        assert 30 <= margins.left * 25.4 <= 35.01
        assert 15 <= margins.right * 25.4 <= 20.01
        assert {cell.font.name for row in sheet.iter_rows() for cell in row if cell.value and cell.row > 1
                and cell.column > 1} <= {"Times New Roman"}  # fmt: skip
    place = form_layout(FORM).appendices["PL1"]
    sheet = openpyxl.load_workbook(blank)["PL1"]
    assert sheet.print_area.endswith(f"${place.signature_row + 1}")


def test_page_numbers_begin_on_the_second_page(soffice: Path, blank: Path, tmp_path: Path) -> None:
    """In print every sheet has its own numbers, centred in the top margin, and none on its first page."""
    texts = _pages(to_pdf(blank, tmp_path))
    heads = [text.strip().splitlines()[0].strip() for text in texts]
    assert heads[0].startswith("UBND XÃ TÂN HẢI")
    assert heads[1] == "HƯỚNG DẪN ĐIỀN SỔ"
    assert heads[2].startswith("UBND XÃ TÂN HẢI")
    assert heads[-1] == "KẾT QUẢ KIỂM TRA"
    assert heads[3:-1] == [str(number) for number in range(2, len(heads) - 2)]
    assert len(heads) > 5
    with zipfile.ZipFile(blank) as package:
        assert 'differentFirst="1"' in package.read("xl/worksheets/sheet3.xml").decode()


def _pages(pdf: Path) -> list[str]:
    import subprocess

    done = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True)
    return [page for page in done.stdout.split("\f") if page.strip()]


def test_formulas_of_figures_stay_ours(blank: Path) -> None:
    """The new head and foot of a sheet are no cells of the form."""
    assert {e.formula for e in read_file(blank).entries.values()} <= {FormulaState.NONE, FormulaState.INTACT}
