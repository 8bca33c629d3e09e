"""The sheet "Bìa": where its cells stand and what they say of a workbook's identity. Pure; shared by all who need it.

Column A of the sheet is hidden and names the rows, row 1 the columns, so that a cell is found wherever it has moved:
``(unit, value)`` is the unit's name, ``(at.PL1, errors)`` the number of rows of PL1 with errors.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from cchc_xl.catalogue.model import Form
from cchc_xl.errors import InputFault
from cchc_xl.layout import FIRST_COLUMN, HEAD_ROWS, cell_address
from cchc_xl.periods import (
    PART_NAMES,
    Period,
    closing_months,
    format_date,
    opening_months,
    parse_date,
    parse_period,
)
from cchc_xl.stamp import Stamp
from cchc_xl.values import BLANK, State, Value, normalise, number_value

COVER_SHEET = "Bìa"
GUIDE_SHEET = "Hướng dẫn"
COVER_ID = "BIA"

# Keys of columns.
VALUE, FILLED, ERRORS, WARNINGS, STATE, COUNT, CHECKSUM = (
    "value",
    "filled",
    "errors",
    "warnings",
    "state",
    "count",
    "checksum",
)
# Keys of rows: what is entered, in this order, with the words that stand beside it.
FIELDS = {
    "unit": "Đơn vị",
    "unit_code": "Mã đơn vị",
    "period_part": "Kỳ báo cáo",
    "year": "Năm",
    "date_from": "Số liệu từ ngày",
    "date_to": "Đến ngày",
    "report_number": "Số báo cáo",
    "report_date": "Ngày báo cáo",
    "place": "Địa danh",
    "signer": "Chức danh ký",
}
SIGNER = "signer"
# A workbook that was built before the cover had them is as good.
LATER_FIELDS = (SIGNER,)
# Without these nobody knows whose figures stand in a workbook, or of when; with the words that stand beside them.
OBLIGATORY = {
    "unit": "Tên cơ quan báo cáo, như UBND xã Tân Hải.",
    "unit_code": "Mã đơn vị hành chính, giữ cả số 0 ở đầu.",
    "period_part": "Quý III và 9 tháng là hai bộ số liệu khác nhau: chọn đúng kỳ được yêu cầu.",
    "year": "Bốn chữ số, như 2024.",
}
DATES = ("date_from", "date_to", "report_date")
DEFAULT_DATES = ("date_from", "date_to")
AGENCY, FORM_NAME, PERIOD_WORDS = "agency", "form_name", "period_words"
WORKBOOK_STATE, TOTAL = "workbook_state", "total"
FIRST_YEAR, LAST_YEAR = 2020, 2099

# What the words beside a blank obligatory field begin with.
MISSING = "Chưa ghi. "
_DEFAULT_IS, _RETYPE_DEFAULT = "Mặc định: ", ". Gõ đè nếu tỉnh quy định khác; lỡ xóa thì gõ lại ngày mặc định này."
_NO_DEFAULT = "Tự tính theo kỳ; gõ đè nếu tỉnh quy định ngày khác."
_EPOCH = date(1899, 12, 30)  # of Excel's day numbers, for all days after February 1900
_READABLE_DAYS = (date(2000, 1, 1), date(2100, 12, 31))


def appendix_row(appendix_id: str) -> str:
    """Key of an appendix's row in the overview."""
    return f"at.{appendix_id}"


@dataclass(frozen=True, slots=True)
class CoverPlace:
    """Where the rows and columns of the cover stand (zero-based)."""

    sheet: str
    rows: Mapping[str, int]
    columns: Mapping[str, int]

    def address(self, row: str, column: str = VALUE) -> str:
        """``C9``."""
        return cell_address(self.rows[row], self.columns[column])

    def absolute(self, row: str, column: str = VALUE) -> str:
        """``$C$9``."""
        letters, digits = re.fullmatch(r"([A-Z]+)(\d+)", self.address(row, column)).groups()  # type: ignore[union-attr]
        return f"${letters}${digits}"

    def outside(self, row: str, column: str = VALUE) -> str:
        """The address as formulas of other sheets write it."""
        return f"'{self.sheet}'!{self.absolute(row, column)}"


@dataclass(frozen=True, slots=True)
class CoverCell:
    """What stands in a field of the cover; ``own``: our formula for the default date, the form's words of signature."""

    value: Value
    own: bool = False


@dataclass(frozen=True, slots=True)
class Cover:
    """A cover: its place and what was entered, by field."""

    place: CoverPlace
    cells: Mapping[str, CoverCell]

    def value(self, field: str) -> Value:
        """What stands in a field."""
        cell = self.cells.get(field)
        return cell.value if cell else BLANK

    def text(self, field: str) -> str:
        """A field as text."""
        return self.value(field).text.strip()


def standard_place(form: Form) -> CoverPlace:
    """Where our builder puts everything."""
    first = FIRST_COLUMN + 1
    columns = {key: first + n for n, key in enumerate((VALUE, FILLED, ERRORS, WARNINGS, STATE, COUNT, CHECKSUM))}
    # Agency and motto, a gap, the title, the form's name, the period in words, then a section of fields.
    rows = {AGENCY: 1, FORM_NAME: 5, PERIOD_WORDS: 6}
    top = 1 + HEAD_ROWS + 1
    rows |= {key: top + n for n, key in enumerate(FIELDS)}
    rows[WORKBOOK_STATE] = top + len(FIELDS) + 2
    listed = rows[WORKBOOK_STATE] + 2
    rows |= {appendix_row(appendix.id): listed + n for n, appendix in enumerate(form.appendices)}
    rows[TOTAL] = listed + len(form.appendices)
    return CoverPlace(COVER_SHEET, rows, columns)


def standard_cover(form: Form, stamp: Stamp) -> Cover:
    """The cover that our builder writes for a stamp."""
    try:
        period = parse_period(stamp.period) if stamp.period else None
    except InputFault:
        period = None
    cells = {key: CoverCell(_written(getattr(stamp, key, ""))) for key in FIELDS}
    for key in DATES:
        cells[key] = CoverCell(_written_date(getattr(stamp, key)))
    if period is not None:
        cells["period_part"] = CoverCell(_written(PART_NAMES[period.part]))
        cells["year"] = CoverCell(number_value(period.year))
    for key in DEFAULT_DATES:
        default = _default_date(period, key)
        if cells[key].value.text in ("", default):
            cells[key] = CoverCell(_written_date(default), own=True)
    cells[SIGNER] = signer_cell(form, _written(stamp.signer or form.signers[0]))
    return Cover(standard_place(form), cells)


def signer_cell(form: Form, value: Value) -> CoverCell:
    """The field of the signature's words, in which the form's own words are no choice of the unit's."""
    return CoverCell(value, own=value.text.strip() == form.signers[0])


def _written(text: str) -> Value:
    return Value(State.TEXT, text=text) if text else BLANK


def _written_date(text: str) -> Value:
    return Value(State.DATE, text=text) if text else BLANK


def default_date(part: str, year: str, field: str) -> str:
    """Native formula of a default date from the addresses of kind and year of the period (``periods``)."""
    names = ",".join(f'"{name}"' for name in PART_NAMES.values())
    opens = field == "date_from"
    months = ",".join(map(str, opening_months() if opens else closing_months()))
    month = f"CHOOSE(MATCH({part},{{{names}}},0),{months})"
    day = f"DATE({year}-IF({month}=12,1,0),{month},15)" if opens else f"DATE({year},{month},14)"
    return f'=IF(ISNUMBER({year}),IFERROR({day},""),"")'


def default_hint(part: str, year: str, field: str) -> str:
    """Native formula of the words beside a default date: the day itself, so that one that was deleted can come back."""
    names = ",".join(f'"{name}"' for name in PART_NAMES.values())
    opens = field == "date_from"
    months = ",".join(map(str, opening_months() if opens else closing_months()))
    month = f"CHOOSE(MATCH({part},{{{names}}},0),{months})"
    shown_year = f"({year}-IF({month}=12,1,0))" if opens else year
    day = f'"{15 if opens else 14}/"&IF({month}<10,"0","")&{month}&"/"&{shown_year}'
    known = f'"{_DEFAULT_IS}"&{day}&"{_RETYPE_DEFAULT}"'
    return f'=IF(ISNUMBER({year}),IFERROR({known},"{_NO_DEFAULT}"),"{_NO_DEFAULT}")'


def default_hint_text(cover: Cover, field: str) -> str:
    """What ``default_hint`` shows."""
    period = period_of(cover) if cover.value("year").number is not None else None
    return f"{_DEFAULT_IS}{_default_date(period, field)}{_RETYPE_DEFAULT}" if period else _NO_DEFAULT


def obligatory_hint(cell: str, field: str) -> str:
    """Native formula of the words beside an obligatory field; where nothing stands in it they begin by saying so."""
    return f'=IF(TRIM({cell})="","{MISSING}","")&"{OBLIGATORY[field]}"'


def obligatory_hint_text(cover: Cover, field: str) -> str:
    """What ``obligatory_hint`` shows."""
    return (MISSING if cover.value(field).state is State.BLANK else "") + OBLIGATORY[field]


def _default_date(period: Period | None, field: str) -> str:
    if period is None:
        return ""
    return format_date(period.start if field == "date_from" else period.end)


def day_number(text: str) -> int:
    """Excel's number of a day dd/mm/yyyy."""
    return (parse_date(text) - _EPOCH).days


def period_of(cover: Cover) -> Period | None:
    """The period that was chosen; ``None`` when kind or year is blank or unreadable."""
    part = next((p for p, name in PART_NAMES.items() if normalise(name) == normalise(cover.text("period_part"))), "")
    year = cover.value("year")
    text = str(int(year.number)) if year.number is not None and year.number % 1 == 0 else year.text.strip()
    try:
        return parse_period(f"{text}-{part}")
    except InputFault:
        return None


def read_day(value: Value) -> date | None:
    """The day in a cell: a real date, Excel's number of one, or a text dd/mm/yyyy."""
    if value.number is not None:
        if value.number % 1 or not 1 <= value.number < 100_000:
            return None
        day = _EPOCH + timedelta(days=int(value.number))
    else:
        try:
            day = parse_date(value.text)
        except InputFault:
            return None
    return day if _READABLE_DAYS[0] <= day <= _READABLE_DAYS[1] else None


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a field of the cover; ``blank``: nothing stands where something must."""

    field: str
    blank: bool
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Identity:
    """What the cover says, as the stamp writes it, and what is wrong with it."""

    fields: Mapping[str, str]
    problems: tuple[Problem, ...]

    def stamped(self, stamp: Stamp) -> Stamp:
        """The stamp with what the cover says."""
        return replace(stamp, **self.fields)  # type: ignore[arg-type]  # all of these fields are texts


_PERIOD_REMEDY = "Chọn kỳ trong danh sách và ghi năm bằng bốn chữ số, như 2024"


def read_identity(cover: Cover) -> Identity:
    """Unit, period and dates as the cover says them. What cannot be read is a problem, and blank in the identity."""
    problems: list[Problem] = []
    fields = {key: cover.text(key) for key in ("unit", "unit_code", "report_number", "place", SIGNER)}
    if cover.cells.get(SIGNER, CoverCell(BLANK)).own:
        fields[SIGNER] = ""
    for key in ("unit_code", "report_number"):
        number = cover.value(key).number
        if number is not None:
            fields[key] = format(number, "f")
    if not fields["unit"]:
        problems.append(Problem("unit", True, "chưa ghi tên đơn vị", "Ghi tên đơn vị ở trang Bìa, như UBND xã Tân Hải"))
    period = period_of(cover)
    fields["period"] = period.key if period else ""
    if period is None:
        problems.append(_period_problem(cover))
    days = {}
    for key in DATES:
        if cover.cells.get(key, CoverCell(BLANK)).own:
            fields[key] = _default_date(period, key)
            continue
        value = cover.value(key)
        fields[key] = ""
        if value.state is State.BLANK:
            if key in DEFAULT_DATES and period is not None:
                remedy = f"Ghi lại ngày; theo kỳ đã chọn thường là {_default_date(period, key)}"
                problems.append(Problem(key, True, f"chưa ghi “{FIELDS[key]}”", remedy))
            continue
        day = read_day(value)
        if day is None:
            message = f"“{FIELDS[key]}” ghi “{value.text}”, không phải là ngày"
            problems.append(Problem(key, False, message, "Gõ lại ngày/tháng/năm, như 14/06/2024"))
        else:
            fields[key] = format_date(day)
            days[key] = day
    start, end = (parse_date(fields[key]) if fields[key] else None for key in DEFAULT_DATES)
    if start and end and start > end:
        message = f"số liệu từ ngày {fields['date_from']} lại sau ngày cuối {fields['date_to']}"
        problems.append(Problem("date_to", False, message, "Sửa ngày đầu hoặc ngày cuối của kỳ số liệu"))
    return Identity(fields, tuple(problems))


def _period_problem(cover: Cover) -> Problem:
    part, year = cover.text("period_part"), cover.text("year")
    if not part and not year:
        return Problem("period_part", True, "chưa chọn kỳ báo cáo", _PERIOD_REMEDY)
    if normalise(part) not in map(normalise, PART_NAMES.values()):
        message = f"kỳ báo cáo ghi “{part}”, không có trong danh sách" if part else f"có năm {year} mà chưa chọn kỳ"
        return Problem("period_part", False, message, _PERIOD_REMEDY)
    message = f"năm ghi “{year}”, không phải là năm" if year else f"đã chọn kỳ {part} mà chưa ghi năm"
    return Problem("year", False, message, _PERIOD_REMEDY)
