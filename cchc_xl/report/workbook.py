"""The report workbook of ``kiem-tra --bao-cao``: one row a finding. The checked files are never touched.

Writing over an earlier report keeps what people wrote under "Giải trình" and says what is new, still open or mended.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cchc_xl import excel_limits
from cchc_xl.atomic import replacing
from cchc_xl.errors import InputFault
from cchc_xl.form_workbook.links import file_link
from cchc_xl.form_workbook.package import new_workbook
from cchc_xl.form_workbook.styles import GOOD_FILL, HEADER_FILL, INPUT_FILL, MARK_FILLS, Styles
from cchc_xl.layout import LINE_HEIGHT, MAX_ROW_HEIGHT, REPORT_SHEET
from cchc_xl.lettering import text_lines
from cchc_xl.operations import CheckedFile
from cchc_xl.report.earlier import EarlierFinding, FindingKey, read_earlier
from cchc_xl.report.lines import ReportLine, completeness_text, counts_text, mended_lines, report_lines
from cchc_xl.report_layout import (
    ACTUAL,
    CELL,
    EXPECTED,
    EXPLANATION,
    FILE,
    KEY,
    MESSAGE,
    PAGE,
    REMEDY,
    RULE,
    SEVERITY,
    STATUS,
    TITLE,
)

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
    KEY: 8.0,
}
_COLUMN = {title: index for index, title in enumerate(_WIDTHS)}
_CENTRED = (STATUS, SEVERITY, PAGE, CELL, RULE)


def write_report(results: Sequence[CheckedFile], target: Path) -> None:
    """Write the report to ``target``, whole or not at all. Texts from the files are written as text.

    Raises ``InputFault`` where something else than an earlier report lies there.
    """
    earlier = read_earlier(target)
    if earlier is None and target.is_file() and target.stat().st_size:
        raise InputFault(f"Tệp {target.name} đã có và không phải sổ kết quả kiểm tra: hãy đặt tên khác.")
    with replacing(target) as temporary, new_workbook(temporary) as workbook:
        _Report(workbook, results, earlier, target.parent).write()


class _Report:
    def __init__(
        self,
        workbook: Any,
        results: Sequence[CheckedFile],
        earlier: Mapping[FindingKey, EarlierFinding] | None,
        folder: Path,
    ) -> None:
        self.styles = Styles(workbook)
        self.sheet = workbook.add_worksheet(REPORT_SHEET)
        self.results = results
        self.earlier = earlier
        self.folder = folder
        self.row = 0
        self.links = 0

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
            self.sheet.set_column(_COLUMN[title], _COLUMN[title], width, None, {"hidden": title == KEY})

    def _heading(self) -> None:
        self.sheet.write_string(0, 0, TITLE, self.styles.get(bold=True, font_size=14))
        self.row = 1
        for checked in self.results:
            self.sheet.write_string(self.row, 0, self._state(checked), self.styles.get())
            self.row += 1
        if sum(len(checked.result.findings) for checked in self.results if checked.result) > excel_limits.LINKS:
            words = f"Liên kết đến ô chỉ có ở {excel_limits.LINKS} dòng đầu; các dòng sau ghi địa chỉ ô."
            self.sheet.write_string(self.row, 0, words, self.styles.get(italic=True))
            self.row += 1
        self.row += 1

    def _state(self, checked: CheckedFile) -> str:
        """Counts of one file, and whether it is complete: no error, and each warning explained."""
        name = Path(checked.file).name
        if checked.result is None:
            return checked.fault
        state = completeness_text(name, checked.result, self.earlier)
        return f"{name}: {counts_text(checked.result)}. {state}"

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
            self._line(ReportLine({FILE: name, SEVERITY: "Không đọc được", MESSAGE: checked.fault}, None))
            return
        for line in report_lines(name, checked.result, self.earlier):
            self._line(line, self._link(checked, line))

    def _link(self, checked: CheckedFile, line: ReportLine) -> str:
        """A link to the cell in the checked file, relative so that the two can be moved together."""
        if not line.values[CELL]:
            return ""
        try:
            path = os.path.relpath(checked.file, self.folder)
        except ValueError:  # another drive
            path = str(Path(checked.file).resolve())
        return file_link(path, str(line.values[PAGE]), str(line.values[CELL]))

    def _mended(self) -> None:
        for checked in self.results:
            if checked.result is not None:
                for line in mended_lines(Path(checked.file).name, checked.result, self.earlier):
                    self._line(line)

    def _line(self, line: ReportLine, link: str = "") -> None:
        lines = 1
        fill = MARK_FILLS[line.severity] if line.severity else GOOD_FILL if line.values.get(STATUS) else ""
        for title, index in _COLUMN.items():
            value = line.values.get(title)
            properties: dict[str, object] = {"valign": "top"}
            if title in _CENTRED:
                properties["align"] = "center"
            if title in (STATUS, SEVERITY) and fill:
                properties |= {"bg_color": fill, "bold": True}
            if title == EXPLANATION:
                properties["bg_color"] = INPUT_FILL
            style = self.styles.cell(**properties)
            if title == CELL and link and self.links < excel_limits.LINKS:
                self.links += 1
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
