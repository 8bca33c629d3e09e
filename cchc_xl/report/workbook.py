"""The report workbook of ``kiem-tra --bao-cao``: one row a finding. The checked files are never touched.

Writing over an earlier report keeps what people wrote under "Giải trình" and says what is new, still open or mended.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cchc_xl.atomic import replacing
from cchc_xl.errors import InputFault
from cchc_xl.finding import Finding
from cchc_xl.form_workbook.styles import HEADER_FILL, INPUT_FILL, MARK_FILLS, Styles
from cchc_xl.layout import LINE_HEIGHT, MAX_ROW_HEIGHT, text_lines
from cchc_xl.operations import CheckedFile
from cchc_xl.report.earlier import (
    ACTUAL,
    CELL,
    EXPECTED,
    EXPLANATION,
    FILE,
    FIXED,
    MESSAGE,
    PAGE,
    REMEDY,
    RULE,
    SEVERITY,
    SHEET,
    STATUS,
    EarlierFinding,
    FindingKey,
    explanation,
    finding_key,
    read_earlier,
)
from cchc_xl.severity import Severity

_WIDTHS = {
    STATUS: 9.0,
    FILE: 22.0,
    SEVERITY: 11.0,
    PAGE: 8.0,
    CELL: 8.0,
    MESSAGE: 66.0,
    REMEDY: 46.0,
    ACTUAL: 12.0,
    EXPECTED: 12.0,
    RULE: 16.0,
    EXPLANATION: 30.0,
}
_COLUMN = {title: index for index, title in enumerate(_WIDTHS)}
_CENTRED = (STATUS, SEVERITY, PAGE, CELL, RULE)
_MENDED_FILL = "#E2EFDA"
_NEW, _OPEN = "mới", "còn"


def write_report(results: Sequence[CheckedFile], target: Path) -> None:
    """Write the report to ``target``, whole or not at all. Texts from the files are written as text.

    Raises ``InputFault`` where something else than an earlier report lies there.
    """
    import xlsxwriter

    earlier = read_earlier(target)
    if earlier is None and target.is_file() and target.stat().st_size:
        raise InputFault(f"Tệp {target.name} đã có và không phải sổ kết quả kiểm tra: hãy đặt tên khác.")
    with replacing(target) as temporary:
        workbook = xlsxwriter.Workbook(str(temporary), {"strings_to_formulas": False, "strings_to_urls": False})
        _Report(workbook, results, earlier, target.parent).write()
        workbook.close()


class _Report:
    def __init__(
        self,
        workbook: Any,
        results: Sequence[CheckedFile],
        earlier: Mapping[FindingKey, EarlierFinding] | None,
        folder: Path,
    ) -> None:
        self.styles = Styles(workbook)
        self.sheet = workbook.add_worksheet(SHEET)
        self.results = results
        self.earlier = earlier or {}
        self.first_run = earlier is None
        self.folder = folder
        self.row = 0

    def write(self) -> None:
        self._page()
        self._heading()
        top = self.row
        self._header()
        for checked in self.results:
            self._file(checked)
        self._mended()
        if self.row > top + 1:
            self.sheet.autofilter(top, 0, self.row - 1, len(_WIDTHS) - 1)
        else:
            self.sheet.write_string(self.row, 0, "Không có phát hiện nào.", self.styles.get(italic=True))

    def _page(self) -> None:
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.hide_gridlines(2)
        for title, width in _WIDTHS.items():
            self.sheet.set_column(_COLUMN[title], _COLUMN[title], width)

    def _heading(self) -> None:
        self.sheet.write_string(0, 0, "KẾT QUẢ KIỂM TRA", self.styles.get(bold=True, font_size=14))
        self.row = 1
        for checked in self.results:
            self.sheet.write_string(self.row, 0, self._state(checked), self.styles.get())
            self.row += 1
        self.row += 1

    def _state(self, checked: CheckedFile) -> str:
        """Counts of one file, and whether it is complete: no error, and each warning explained."""
        name = Path(checked.file).name
        if checked.result is None:
            return checked.fault
        counts = ", ".join(f"{checked.result.count(s)} {s.word.lower()}" for s in Severity)
        warnings = [f for f in checked.result.findings if f.severity is Severity.WARNING]
        unexplained = sum(not explanation(self.earlier, finding_key(name, f), f.actual) for f in warnings)
        if not checked.result.count(Severity.ERROR) and not unexplained:
            return f"{name}: {counts}. HOÀN THÀNH."
        return f"{name}: {counts}. Chưa hoàn thành: phải sửa hết lỗi và sửa hoặc giải trình {unexplained} cảnh báo."

    def _header(self) -> None:
        style = self.styles.cell(bold=True, align="center", bg_color=HEADER_FILL)
        for title, index in _COLUMN.items():
            self.sheet.write_string(self.row, index, title, style)
        self.sheet.set_row(self.row, 2 * LINE_HEIGHT)
        self.sheet.repeat_rows(self.row)
        self.row += 1
        self.sheet.freeze_panes(self.row, _COLUMN[MESSAGE])

    def _file(self, checked: CheckedFile) -> None:
        name = Path(checked.file).name
        if checked.result is None:
            self._line({FILE: name, SEVERITY: "Không đọc được", MESSAGE: checked.fault})
            return
        for finding in checked.result.findings:
            key = finding_key(name, finding)
            status = "" if self.first_run else _OPEN if key in self.earlier else _NEW
            self._line(
                {
                    STATUS: status,
                    FILE: name,
                    SEVERITY: finding.severity.word,
                    PAGE: finding.sheet,
                    CELL: finding.cell,
                    MESSAGE: finding.message,
                    REMEDY: finding.remedy,
                    ACTUAL: finding.actual,
                    EXPECTED: finding.expected,
                    RULE: finding.rule,
                    EXPLANATION: explanation(self.earlier, key, finding.actual),
                },
                fill=MARK_FILLS[finding.severity],
                link=self._link(checked, finding),
            )

    def _link(self, checked: CheckedFile, finding: Finding) -> str:
        """A link to the cell in the checked file, relative so that the two can be moved together."""
        try:
            path = Path(os.path.relpath(checked.file, self.folder)).as_posix()
        except ValueError:  # another drive
            path = Path(checked.file).resolve().as_posix()
        sheet = finding.sheet.replace("'", "''")
        return f"external:{path}#'{sheet}'!{finding.cell}" if finding.cell else ""

    def _mended(self) -> None:
        now = {
            finding_key(Path(checked.file).name, finding)
            for checked in self.results
            if checked.result
            for finding in checked.result.findings
        }
        files = {Path(checked.file).name for checked in self.results if checked.result}
        for key, old in self.earlier.items():
            if key not in now and key.file in files:
                self._line(
                    {STATUS: FIXED, FILE: key.file, SEVERITY: old.severity, PAGE: key.sheet, CELL: key.cell,
                     MESSAGE: old.message, RULE: key.rule, EXPLANATION: old.explanation},
                    fill=_MENDED_FILL,
                )  # fmt: skip

    def _line(self, values: Mapping[str, object], fill: str = "", link: str = "") -> None:
        lines = 1
        for title, index in _COLUMN.items():
            value = values.get(title)
            properties: dict[str, object] = {"valign": "top"}
            if title in _CENTRED:
                properties["align"] = "center"
            if title in (STATUS, SEVERITY) and fill:
                properties |= {"bg_color": fill, "bold": True}
            if title == EXPLANATION:
                properties["bg_color"] = INPUT_FILL
            style = self.styles.cell(**properties)
            if title == CELL and link:
                underlined = self.styles.cell(**properties, font_color="#0563C1", underline=1)
                self.sheet.write_url(self.row, index, link, underlined, str(value))
            elif isinstance(value, int | float):
                number = "General" if value == int(value) else "#,##0.00"
                self.sheet.write_number(self.row, index, value, self.styles.cell(**properties, num_format=number))
            else:
                self.sheet.write_string(self.row, index, str(value or ""), style)
                lines = max(lines, text_lines(str(value or ""), _WIDTHS[title]))
        self.sheet.set_row(self.row, min(MAX_ROW_HEIGHT, LINE_HEIGHT * lines + 3))
        self.row += 1
