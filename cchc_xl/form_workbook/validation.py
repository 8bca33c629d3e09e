"""Data validation of an input cell by its kind: what may be typed, with help before and remedy after."""

from __future__ import annotations

from typing import Any

from cchc_xl.catalogue.model import CellKind, CellSpec, PeriodKind
from cchc_xl.catalogue.wording import choice_list
from cchc_xl.values import DASHES

_PERIOD_WORDS = {
    PeriodKind.IN_PERIOD: "Số phát sinh trong kỳ báo cáo.",
    PeriodKind.CUMULATIVE: "Số lũy kế từ đầu năm đến cuối kỳ.",
    PeriodKind.AT_DATE: "Số tại thời điểm báo cáo.",
    PeriodKind.AT_START: "Số có ở đầu kỳ, do kỳ trước chuyển qua.",
    PeriodKind.TIMELESS: "",
}
# Of what is no amount: a ratio, a code, a mark.
_PERIOD_OF_STATE = {
    PeriodKind.IN_PERIOD: "Tính trong kỳ báo cáo.",
    PeriodKind.CUMULATIVE: "Tính lũy kế từ đầu năm đến cuối kỳ.",
    PeriodKind.AT_DATE: "Tính tại thời điểm báo cáo.",
    PeriodKind.AT_START: "Tính tại đầu kỳ.",
    PeriodKind.TIMELESS: "",
}
# Excel's limits: the title of a message, its text (excel.md, "Files").
MOST_TITLE, MOST_TEXT = 32, 255
_NUMBERS = {
    CellKind.COUNT: ("{c}=INT({c})", "Nhập số nguyên từ 0 trở lên", "một số nguyên từ 0 trở lên"),
    CellKind.MARK: ("{c}=INT({c})", "Nhập số nguyên từ 0 trở lên", "một số nguyên từ 0 trở lên"),
    CellKind.DECIMAL: ("TRUE", "Nhập số từ 0 trở lên", "một số từ 0 trở lên"),
    CellKind.MONEY: ("TRUE", "Nhập số tiền từ 0 trở lên", "một số tiền từ 0 trở lên"),
    CellKind.PERCENT: (
        "{c}<=100",
        "Nhập số phần trăm từ 0 đến 100, không gõ dấu %",
        "một số từ 0 đến 100, không kèm dấu %",
    ),
}


# The label of a spare row takes any text; the prompt says what it is for.
NAME_OF_SPARE_ROW = {
    "validate": "any",
    "input_title": "Dòng thêm",
    "input_message": "Ghi tên của dòng mà biểu chưa in sẵn. Dòng đã ghi tên được cộng như các dòng khác, nút "
    "Kiểm tra xét cả dòng này; không dùng thì để trống cả dòng. Các đơn vị nên ghi cùng một tên để tổng hợp được.",
}
# What a compact formula can tell of a procedure's code; the check (R15) knows the whole pattern and is stricter.
_CODE_TEST = (
    'OR({dash},AND(ISNUMBER(LEFT({c},1)*1),ISNUMBER(FIND(".",{c})),RIGHT({c},1)<>".",'
    'ISERROR(FIND("..",{c})),ISERROR(FIND(" ",{c}))))'
)

# Any of the dashes that a reader takes for "-", also with spaces around it; a word processor makes long ones.
_DASH_TEST = 'ISNUMBER(FIND("|"&TRIM({c})&"|","' + "|".join(("", "", *DASHES, "")) + '"))'

_BLANK_OR_ZERO = "Không phát sinh gõ 0; chưa có số để trống; không áp dụng gõ dấu -"


def condition(spec: CellSpec, cell: str) -> str | None:
    """Formula (without ``=``) that is true when the cell's content fits its kind; ``None`` when anything fits."""
    if spec.kind in _NUMBERS and not (spec.kind is CellKind.MARK and not spec.derived):
        test = _NUMBERS[spec.kind][0].format(c=cell)
        # ISNUMBER guards: in Excel "-">=0 is TRUE.
        return f"OR({_DASH_TEST.format(c=cell)},IF(ISNUMBER({cell}),AND({cell}>=0,{test}),FALSE))"
    if spec.kind is CellKind.PROCEDURE_CODE:
        return _CODE_TEST.format(c=cell, dash=_DASH_TEST.format(c=cell))
    choices = choice_list(spec)
    if choices is None:
        return None
    return f"OR({_DASH_TEST.format(c=cell)}," + ",".join(f'TRIM({cell})="{choice}"' for choice in choices) + ")"


def validation(spec: CellSpec, cell: str) -> dict[str, Any] | None:
    """XlsxWriter's options for the cell; ``None`` where anything may be typed.

    The prompt says what to enter, in which unit and of which span of time; the error says what to do.
    """
    choices = choice_list(spec)
    amount = choices is None and spec.kind is not CellKind.PERCENT
    words = _PERIOD_WORDS if amount else _PERIOD_OF_STATE
    period = words[spec.quantity.period] if spec.quantity else ""
    if choices is not None:
        meanings = "; ".join(f"{value} = {meaning}" for value, meaning in spec.options)
        help_text = {
            CellKind.CODE: f"Chọn mã: {meanings}.",
            CellKind.YESNO: "Chọn Có hoặc Không.",
            CellKind.FLAG: "Chọn 1 = Có, 0 = Không.",
            CellKind.MARK: "Chọn x nếu đúng cột này, bỏ trống nếu không; mỗi dòng chỉ một dấu x.",
        }[spec.kind]
        return {
            "validate": "list",
            "source": choices,
            "input_title": _title(spec, "Chọn trong danh sách"),
            "input_message": _joined(help_text, period),
            "error_title": "Giá trị không có trong danh sách",
            "error_message": _joined(
                f"Ô này chỉ nhận: {', '.join(choices)}.", "Hãy chọn lại trong danh sách hoặc xóa ô.", help_text
            ),
        }
    formula = condition(spec, cell)
    if formula is None:
        return None
    if spec.kind is CellKind.PROCEDURE_CODE:
        return {
            "validate": "custom",
            "value": "=" + formula,
            "input_title": "Mã thủ tục",
            "input_message": "Nhập mã thủ tục hành chính như 016.07.044.3: số và dấu chấm, không có dấu cách.",
            "error_title": "Mã thủ tục chưa đúng dạng",
            "error_message": "Ô này chỉ nhận mã thủ tục như 016.07.044.3, hoặc dấu - nếu chưa có mã. Hãy gõ lại.",
        }
    _, ask, remedy = _NUMBERS[spec.kind]
    unit = f"Đơn vị tính: {' '.join(spec.row.unit.split())}." if spec.row.unit and spec.row.unit != "%" else ""
    return {
        "validate": "custom",
        "value": "=" + formula,
        "input_title": _title(spec, "Nhập số liệu"),
        "input_message": _joined(f"{ask}.", unit, period, _BLANK_OR_ZERO),
        "error_title": "Số liệu chưa đúng kiểu",
        "error_message": f"Ô này chỉ nhận {remedy}, hoặc dấu - nếu không áp dụng. Hãy gõ lại.",
    }


def _title(spec: CellSpec, usual: str) -> str:
    """In a table of several columns the column's own heading, where it is short enough."""
    heading = spec.column.heading.split(" > ")[-1].strip() if spec.column.kind is not None else ""
    return heading if 0 < len(heading) <= MOST_TITLE else usual


def _joined(*sentences: str) -> str:
    """As many of the sentences as a message holds, each whole; the first are the more important."""
    text = ""
    for sentence in filter(None, sentences):
        if len(f"{text} {sentence}".strip()) > MOST_TEXT:
            break
        text = f"{text} {sentence}".strip()
    return text or sentences[0][: MOST_TEXT - 1] + "…"
