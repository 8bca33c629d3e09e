"""A sheet that refuses what Excel cannot hold, where XlsxWriter would leave it out and say so in a return value."""

from __future__ import annotations

from typing import Any

from cchc_xl import excel_limits
from cchc_xl.errors import InputFault
from cchc_xl.form_workbook.plain_sheet import PlainSheet


class BoundedSheet(PlainSheet):
    """Raises ``InputFault`` for a cell beyond the last row or column, and for a text that is too long for a cell."""

    def _check_dimensions(self, row: int, col: int, ignore_row: bool = False, ignore_col: bool = False) -> int:
        if row >= excel_limits.ROWS or col >= excel_limits.COLUMNS:
            raise InputFault(
                f"Trang “{self.name}” cần nhiều hơn {excel_limits.ROWS} hàng hoặc {excel_limits.COLUMNS} cột mà Excel "
                "chứa được: hãy chia các sổ thành nhóm rồi làm riêng từng nhóm."
            )
        checked: int = super()._check_dimensions(row, col, ignore_row, ignore_col)
        return checked

    def _write_string(self, row: int, col: int, string: str, cell_format: Any = None) -> int:
        if excel_limits.text_length(string) > excel_limits.TEXT:
            raise InputFault(
                f"Trang “{self.name}” có văn bản dài quá {excel_limits.TEXT} ký tự mà một ô Excel chứa được: hãy rút "
                "ngắn tên, ghi chú trong các sổ nộp rồi làm lại."
            )
        written: int = super()._write_string(row, col, string, cell_format)
        return written
