"""The pictures of the staff guide: ``python tests/pictures.py`` writes ``workbooks/hinh/*.png``.

LibreOffice prints the filled samples, pdftoppm makes pictures of chosen pages. What stands only on the screen (the
column of live checks) is brought into the print area of a copy first.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import openpyxl
from judge import to_pdf

from cchc_xl.catalogue.load import load_form
from cchc_xl.layout import LINE_HEIGHT, REPORT_SHEET, cell_address, form_layout
from cchc_xl.lettering import text_lines
from cchc_xl.report_layout import FIRST_ROW, WIDTHS
from cchc_xl.report_layout import TITLE as REPORT_TITLE

WORKBOOKS = Path(__file__).parents[1] / "workbooks"
SAMPLES, PICTURES = WORKBOOKS / "mau-da-dien", WORKBOOKS / "hinh"
FORM = "vinh-thanh-2023"
DOTS = 75
NOW = datetime(2023, 10, 2, 9, 30)


def on_screen(source: Path, sheet: str, target: Path) -> Path:
    """A copy that prints the column of live checks of an appendix too."""
    book = openpyxl.load_workbook(source)
    place = form_layout(load_form(FORM)).appendices[sheet]
    book[sheet].print_area = f"B2:{cell_address(place.last_row, place.check_column)}"
    book[sheet].page_setup.orientation = "landscape"
    book.save(target)
    return target


def pictures(book: Path, wanted: Mapping[str, str]) -> None:
    """By picture name, the first printed page on which a text stands."""
    with tempfile.TemporaryDirectory() as folder:
        pdf = to_pdf(book, Path(folder))
        done = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True)
        pages = done.stdout.split("\f")
        for name, text in wanted.items():
            page = str(next(number for number, shown in enumerate(pages, start=1) if text in shown))
            options = ["-png", "-singlefile", "-r", str(DOTS), "-f", page, "-l", page]
            subprocess.run(["pdftoppm", *options, str(pdf), str(PICTURES / name)], check=True)


def checked(source: Path, target: Path) -> Path:
    """The workbook as Kiểm tra leaves it."""
    from excel_engine import open_book

    from cchc_xl.hosts.excel.kiem_tra import kiem_tra

    book = open_book(source)
    kiem_tra(book, NOW)
    book.save(target)
    # Excel fits the rows of the report to their text, LibreOffice leaves them.
    saved = openpyxl.load_workbook(target)
    report = saved[REPORT_SHEET]
    for row in report.iter_rows(min_row=FIRST_ROW + 1):
        texts = zip(WIDTHS.values(), row, strict=False)
        lines = max(text_lines(str(cell.value or ""), width) for width, cell in texts if cell.data_type != "f")
        report.row_dimensions[row[0].row].height = LINE_HEIGHT * lines
    saved.save(target)
    return target


def main() -> None:
    """Make them all."""
    PICTURES.mkdir(exist_ok=True)
    filled, merged = SAMPLES / f"{FORM}.xlsx", SAMPLES / "tong-hop-ninh-hai-2023.xlsx"
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        marked = checked(filled, work / "kiem-tra.xlsx")
        appendices = {"nhiem-vu": "PHỤ LỤC 1", "ma-tran": "PHỤ LỤC 4", "danh-muc": "PHỤ LỤC 5"}
        pictures(filled, {"bia": "SỔ SỐ LIỆU", "huong-dan": "HƯỚNG DẪN", **appendices})
        pictures(on_screen(marked, "PL6", work / "man-hinh.xlsx"), {"chi-tieu": "PHỤ LỤC 6", "ket-qua": REPORT_TITLE})
        titles = {"theo-don-vi": "TỔNG HỢP SỐ LIỆU THEO ĐƠN VỊ", "tinh-hinh-nop": "TÌNH HÌNH NỘP", "bieu-do": "BIỂU ĐỒ"}
        pictures(merged, titles)


if __name__ == "__main__":
    sys.exit(main())
