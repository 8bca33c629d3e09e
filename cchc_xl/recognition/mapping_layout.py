"""The workbook in which a person confirms what was recognised: shared by its writer and its reader. Pure.

Columns are found again by their headings, rows by hidden keys, so that sorting and filtering move nothing.
"""

from __future__ import annotations

from cchc_xl.catalogue.wording import short_heading
from cchc_xl.recognition.recognise import FoundColumn, FoundRow
from cchc_xl.recognition.target import TargetRow, name_of
from cchc_xl.stamp import MAPPING_SHEET

ROWS_SHEET, COLUMNS_SHEET, HIDDEN_SHEET = "Ghép dòng", "Ghép cột", MAPPING_SHEET
MARK, FORMAT = "cchc_xl-ghep", "1"
TITLE = "GHÉP DÒNG: TỆP NGUỒN VÀO BIỂU MẪU"

PLACE, NUMBER, LABEL, FIGURES = "Vị trí trong tệp", "STT", "Nội dung dòng trong tệp", "Số liệu"
PROPOSED, CONFIDENCE, CONFIRM, OTHER, REMARK = (
    "Dòng đề nghị của biểu",
    "Độ tin cậy",
    "Xác nhận",
    "Dòng khác",
    "Lưu ý",
)
KEY = "Khóa"
ROW_COLUMNS = {
    PLACE: 17.0,
    NUMBER: 8.0,
    LABEL: 44.0,
    FIGURES: 18.0,
    PROPOSED: 44.0,
    CONFIDENCE: 18.0,
    CONFIRM: 12.0,
    OTHER: 26.0,
    REMARK: 30.0,
    KEY: 8.0,
}
HEADING, FILLED, FORM_COLUMN, OTHER_COLUMN = "Tiêu đề cột trong tệp", "Số ô có ghi", "Cột đề nghị của biểu", "Cột khác"
COLUMN_COLUMNS = {
    PLACE: 18.0,
    HEADING: 48.0,
    FILLED: 10.0,
    FORM_COLUMN: 48.0,
    CONFIDENCE: 18.0,
    CONFIRM: 12.0,
    OTHER_COLUMN: 40.0,
    KEY: 8.0,
}

# What may stand under "Xác nhận". The first two are the program's own, the others a person's.
AUTOMATIC, REMEMBERED, YES, NO = "Tự nhận", "Đã nhớ", "Đúng", "Không ghép"
PERSONS = (YES, NO)
# Above the table: whose figures these are.
UNIT, UNIT_CODE, PERIOD = "Đơn vị gửi", "Mã đơn vị", "Kỳ báo cáo"
IDENTITY = (UNIT, UNIT_CODE, PERIOD)
ROWS_HEADER = 9
COLUMNS_HEADER = 3
# Between the code of a row or column and its name.
_BAR = " | "


def row_key(row: FoundRow) -> str:
    """A row of the file for good: ``0/12``, its table and row from 0."""
    return f"{row.source.segment.number}/{row.source.row}"


def column_key(column: FoundColumn) -> str:
    """A column of a run of rows: ``0/4/3``, its table, the run's first row and the column from 0."""
    return f"{column.segment.number}/{column.segment.rows[0]}/{column.match.index}"


def choice(target: TargetRow) -> str:
    """A row of the form as lists show it: ``PL1.3 | 2.1. Số nhiệm vụ…``."""
    number = f"{target.row.stt.strip()} " if target.row.label.strip() and target.row.stt.strip() else ""
    return choice_text(target.code, number + (name_of(target.row).strip() or target.row.title()))


def choice_text(code: str, name: str) -> str:
    """A code with its name, no longer than lists and cells bear."""
    text = f"{code}{_BAR}{' '.join(name.split())}"
    return text if len(text) <= 200 else text[:199] + "…"


def code_of(text: str) -> str:
    """The code that a choice begins with."""
    return text.partition(_BAR.strip())[0].strip()


def column_choices(column: FoundColumn) -> dict[str, str]:
    """The columns of the form that a column can be, as lists show them, by key: ``Cột 4 | Số liệu``."""
    places = {other.key: at for at, other in enumerate(column.appendix.columns, start=1)}
    return {
        key: choice_text(f"Cột {places[key]}", short_heading(column.appendix.column(key).heading))
        for key in column.choices
    }


def words(confidence: float, *, candidates: bool = False) -> str:
    """A confidence for people: ``Chắc chắn (99%)``."""
    if not confidence:
        return "Chưa rõ dòng nào" if candidates else "Không nhận ra"
    word = "Chắc chắn" if confidence >= 0.95 else "Khá chắc" if confidence >= 0.8 else "Cần xem kỹ"
    return f"{word} ({round(confidence * 100)}%)"
