"""The report workbook of ``kiem-tra --bao-cao``: one row a finding. The checked files are never touched."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cchc_xl.atomic import replacing
from cchc_xl.form_workbook.styles import HEADER_FILL, Styles
from cchc_xl.operations import CheckedFile
from cchc_xl.severity import Severity

SHEET = "Kết quả kiểm tra"
_COLUMNS = (
    ("Tệp", 24.0),
    ("Mức độ", 11.0),
    ("Trang", 8.0),
    ("Ô", 8.0),
    ("Nội dung", 70.0),
    ("Cách xử lý", 50.0),
    ("Số đã ghi", 12.0),
    ("Số đúng theo biểu", 12.0),
    ("Quy tắc", 16.0),
    ("Giải trình", 30.0),
)
_FILLS = {Severity.ERROR: "#F8CBAD", Severity.WARNING: "#FFE699", Severity.INFO: "#DDEBF7"}


def write_report(results: Sequence[CheckedFile], target: Path) -> None:
    """Write the report to ``target``, whole or not at all. Texts from the files are written as text."""
    import xlsxwriter

    with replacing(target) as temporary:
        workbook = xlsxwriter.Workbook(str(temporary), {"strings_to_formulas": False, "strings_to_urls": False})
        styles = Styles(workbook)
        sheet = workbook.add_worksheet(SHEET)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.hide_gridlines(2)
        counts = {s: sum(r.result.count(s) for r in results if r.result) for s in Severity}
        total = ", ".join(f"{count} {severity.word.lower()}" for severity, count in counts.items())
        sheet.write_string(0, 0, "KẾT QUẢ KIỂM TRA", styles.get(bold=True, font_size=14))
        sheet.write_string(1, 0, f"Đã kiểm tra {len(results)} sổ: {total}.", styles.get())
        header = styles.cell(bold=True, align="center", bg_color=HEADER_FILL)
        for column, (title, width) in enumerate(_COLUMNS):
            sheet.set_column(column, column, width)
            sheet.write_string(3, column, title, header)
        sheet.set_row(3, 34)
        sheet.freeze_panes(4, 2)
        sheet.repeat_rows(3)
        row = 4
        text, top = styles.cell(valign="top"), styles.cell(valign="top", align="center")
        for checked in results:
            name = Path(checked.file).name
            if checked.result is None:
                _cells(sheet, row, [name, "Không đọc được", "", "", checked.fault, "", None, None, "", ""], text, top)
                row += 1
                continue
            for finding in checked.result.findings:
                values = [
                    name,
                    finding.severity.word,
                    finding.sheet,
                    finding.cell,
                    finding.message,
                    finding.remedy,
                    finding.actual,
                    finding.expected,
                    finding.rule,
                    "",
                ]
                _cells(sheet, row, values, text, top)
                colour = styles.cell(valign="top", align="center", bold=True, bg_color=_FILLS[finding.severity])
                sheet.write_string(row, 1, finding.severity.word, colour)
                lines = max(len(finding.message) / 66, len(finding.remedy) / 46, 1)
                sheet.set_row(row, min(409, 16.5 * (int(lines) + 1) + 2))
                row += 1
        if row > 4:
            sheet.autofilter(3, 0, row - 1, len(_COLUMNS) - 1)
        else:
            sheet.write_string(4, 0, "Không có phát hiện nào.", styles.get(italic=True))
        workbook.close()


def _cells(sheet: object, row: int, values: Sequence[object], text: object, centred: object) -> None:
    for column, value in enumerate(values):
        style = centred if column in (1, 2, 3, 8) else text
        if isinstance(value, int | float):
            sheet.write_number(row, column, value, style)  # type: ignore[attr-defined]  # XlsxWriter is untyped
        else:
            sheet.write_string(row, column, str(value or ""), style)  # type: ignore[attr-defined]
