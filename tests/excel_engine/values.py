"""Cell values between openpyxl and COM: what `Range.Value` and `Range.Formula` give, and what they make of texts."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pandas as pd
from openpyxl.cell.cell import Cell
from openpyxl.cell.rich_text import CellRichText
from openpyxl.styles.numbers import is_date_format
from openpyxl.utils.datetime import from_excel, to_excel
from openpyxl.worksheet.formula import ArrayFormula

from .core import ComError

ERROR_CODES = {
    "#NULL!": -2146826288,
    "#DIV/0!": -2146826281,
    "#VALUE!": -2146826273,
    "#REF!": -2146826265,
    "#NAME?": -2146826259,
    "#NUM!": -2146826252,
    "#N/A": -2146826246,
}
_LATER_ERROR_CODES = {"#SPILL!": -2146826243, "#CALC!": -2146826238}  # xlwings hands these on as numbers
_ERROR_TEXTS = {code: text for text, code in ERROR_CODES.items()}
_DAY_ZERO = dt.datetime(1899, 12, 30)
_TEXT_FORMAT = "@"
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:E[+-]?\d+)?%?", re.IGNORECASE)
_DATE = re.compile(r"\d{1,4}([/-])\d{1,4}(?:\1\d{2,4})?")


def is_formula(cell: Cell) -> bool:
    """Whether the cell holds a formula (a text that begins with "=" is none)."""
    return cell.data_type == "f"


def com_value(cell: Cell | None) -> Any:
    """`Range.Value` of a constant: floats, datetimes, booleans, texts, error codes, None."""
    if cell is None or cell.value is None:
        return None
    value, dated = cell.value, is_date_format(cell.number_format)
    if cell.data_type == "e":
        return {**ERROR_CODES, **_LATER_ERROR_CODES}.get(str(value), ERROR_CODES["#N/A"])
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return _as_datetime(from_excel(value)) if dated else float(value)
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        return _as_datetime(value) if dated else float(to_excel(value))
    return str(value)


def com_formula(cell: Cell | None) -> str:
    """`Range.Formula`: the formula, or the constant as text in American notation."""
    if cell is None or cell.value is None:
        return ""
    value = cell.value
    if isinstance(value, ArrayFormula):
        return str(value.text)
    if isinstance(value, CellRichText):
        return str(value)
    return _constant_text(value)


def store(cell: Cell, value: Any) -> None:
    """Write a value as `Range.Value = …` does.

    Excel reads a text as if it were typed: "=…" is a formula, "00123" becomes a number, "1/2" a date, "TRUE" a
    boolean. A cell with the number format "@" and a leading apostrophe keep it a text. How the PC's own decimal sign
    and order of days and months change this is not imitated (American notation, then day before month).
    """
    if cell.quotePrefix:
        cell.quotePrefix = False
    if value is None or value == "":
        cell.value = None
    elif isinstance(value, str) and value.startswith("'"):
        _store_text(cell, value[1:])
        cell.quotePrefix = True
    elif cell.number_format == _TEXT_FORMAT:
        _store_text(cell, _constant_text(value))
    elif isinstance(value, str):
        _store_typed(cell, value)
    elif isinstance(value, bool | int | float | dt.datetime):
        cell.value = value
    elif isinstance(value, Decimal):
        raise TypeError("pywin32 sends a Decimal as currency: four decimals and another number format; write a float")
    else:
        raise TypeError(f"objects of type {type(value).__name__!r} can not be converted to a COM VARIANT")


def clean(value: Any, datetime_builder: Any, empty_as: Any, number_builder: Any, err_to_str: bool) -> Any:
    """A value from COM as xlwings hands it on (see `CleanDataFromReadStage`)."""
    if value is None or value == "":
        return empty_as
    if isinstance(value, dt.datetime):
        parts = ("year", "month", "day", "hour", "minute", "second", "microsecond")
        return datetime_builder(**{part: getattr(value, part) for part in parts}, tzinfo=None)
    if isinstance(value, float):
        return number_builder(value) if number_builder is not None else value
    if not isinstance(value, bool) and value in _ERROR_TEXTS:
        return _ERROR_TEXTS[value] if err_to_str else None
    return value


def prepare(value: Any) -> Any:
    """A Python value as xlwings sends it to COM: missing values as "", dates as datetimes, plain numbers."""
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return ""
    if isinstance(value, pd.Timestamp):
        value = value.to_pydatetime()
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, dt.date):
        return dt.datetime.combine(value, dt.time())
    return value.item() if hasattr(value, "item") else value


def _as_datetime(value: Any) -> dt.datetime:
    if isinstance(value, dt.datetime):
        return value
    if isinstance(value, dt.date):
        return dt.datetime.combine(value, dt.time())
    if isinstance(value, dt.time):
        return dt.datetime.combine(_DAY_ZERO, value)
    return _DAY_ZERO + value


def _constant_text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        value = to_excel(value)
    return f"{value:.15g}".upper() if isinstance(value, int | float) else str(value)


def _store_text(cell: Cell, text: str) -> None:
    cell.value = text
    cell.data_type = "s"  # openpyxl has taken "=…" for a formula and "#N/A" for an error


def _store_typed(cell: Cell, text: str) -> None:
    bare = text.strip(" ")
    if text.startswith("=") and len(text) > 1:
        cell.value = text
    elif _NUMBER.fullmatch(bare):
        percent = bare.endswith("%")
        cell.value = float(bare.rstrip("%")) / (100 if percent else 1)
        if percent and cell.number_format == "General":
            cell.number_format = "0.00%" if "." in bare else "0%"
    elif bare.upper() in ("TRUE", "FALSE"):
        cell.value = bare.upper() == "TRUE"
    elif bare.upper() in ERROR_CODES:
        cell.value = bare.upper()
    elif (date := _typed_date(bare)) is not None:
        cell.value = date
    elif len(text) > 1 and text[0] in "+-@":
        raise ComError(f"Excel takes {text!r} for a formula: put an apostrophe before it or format the cell as text.")
    else:
        _store_text(cell, text)


def _typed_date(text: str) -> dt.datetime | None:
    found = _DATE.fullmatch(text)
    if not found:
        return None
    sign = found[1]
    if text.count(sign) == 1 and len(text.partition(sign)[2]) <= 2:
        text += f"{sign}{dt.date.today().year}"
    for pattern in ("%Y-%m-%d", "%m-%d-%Y", "%d-%m-%Y", "%m-%d-%y", "%d-%m-%y", "%m-%Y"):
        try:
            return dt.datetime.strptime(text.replace("/", "-"), pattern)
        except ValueError:
            continue
    return None
