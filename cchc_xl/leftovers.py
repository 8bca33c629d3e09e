"""What had no place in a newer version of a form: lines of the sheet "Số liệu chưa chuyển".

The sheet bears hidden keys like an appendix sheet, so that the next upgrade finds its lines and takes them along.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from cchc_xl.layout import KEY_PREFIX

LEFTOVER_SHEET = "Số liệu chưa chuyển"
LEFTOVER_KEY = KEY_PREFIX + "CHUA-CHUYEN"
# Key, heading and width of each column.
LEFTOVER_COLUMNS = (
    ("appendix", "Phụ lục", 10.0),
    ("row", "Hàng trong sổ cũ", 9.0),
    ("label", "Chỉ tiêu (như trong sổ cũ)", 52.0),
    ("column", "Cột", 26.0),
    ("value", "Giá trị", 26.0),
    ("reason", "Vì sao chưa chuyển", 34.0),
)

Content = Decimal | str | datetime | date | time | timedelta


@dataclass(frozen=True, slots=True)
class Leftover:
    """One value without a place. ``row`` is Excel's number of its row in the older workbook."""

    appendix: str
    row: int
    label: str
    column: str
    value: Content
    reason: str
