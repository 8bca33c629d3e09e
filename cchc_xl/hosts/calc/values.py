"""Values of cells between LibreOffice's blocks and what xlwings reads and writes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from cchc_xl.hosts.calc.formulas import to_calc

# LibreOffice's error numbers (Help: "Error Codes in LibreOffice Calc"); all others are shown as #VALUE!.
_ERRORS = {32767: "#N/A", 532: "#DIV/0!", 524: "#REF!", 525: "#NAME?", 508: "#NAME?", 503: "#NUM!", 521: "#NULL!"}
_OTHER_ERROR = "#VALUE!"
_DAY = dt.timedelta(days=1)


class CellError(str):
    """An error value, as text."""

    __slots__ = ()


def read_block(answer: dict[str, Any], top: int, left: int) -> list[list[Any]]:
    """The answer to ``cells.read`` as values: None, float, str, bool, datetime, ``CellError``."""
    rows: list[list[Any]] = [[None if value == "" else value for value in row] for row in answer["rows"]]
    epoch = dt.datetime(*answer["epoch"])
    for change, places in ((lambda number: _moment(epoch, number), answer["dates"]), (bool, answer["truths"])):
        for row, column in _cells(places):
            value = rows[row - top][column - left]
            if isinstance(value, int | float):
                rows[row - top][column - left] = change(value)
    for row, column, code in answer["errors"]:
        rows[row - top][column - left] = CellError(_ERRORS.get(code, _OTHER_ERROR))
    return [[float(value) if type(value) is int else value for value in row] for row in rows]


def _moment(epoch: dt.datetime, days: float) -> dt.datetime | float:
    """So many days after the epoch, to the millisecond; the number itself where no calendar reaches."""
    try:
        return epoch + dt.timedelta(milliseconds=round(days * 86_400_000))
    except OverflowError:
        return days


def _cells(places: Iterable[Sequence[int]]) -> Iterator[tuple[int, int]]:
    for top, left, rows, columns in places:
        for row in range(top, top + rows):
            for column in range(left, left + columns):
                yield row, column


@dataclass
class Written:
    """A block as ``cells.write`` takes it; ``dates`` and ``truths`` are cells that need such a format."""

    rows: list[list[float | str]] = field(default_factory=list)
    formulas: list[tuple[int, int, str]] = field(default_factory=list)
    dates: list[tuple[int, int]] = field(default_factory=list)
    truths: list[tuple[int, int]] = field(default_factory=list)


def written(block: Sequence[Sequence[Any]], epoch: dt.datetime) -> Written:
    """What is to be written. A text stays a text; as in Excel a leading apostrophe says so and is not part of it.

    Unlike Excel, LibreOffice does not read a text as if it were typed: "00123" is no number.
    """
    result = Written()
    for row, line in enumerate(block):
        cells: list[float | str] = []
        for column, value in enumerate(line):
            cells.append(_written(value, result, row, column, epoch))
        result.rows.append(cells)
    return result


def _written(value: Any, result: Written, row: int, column: int, epoch: dt.datetime) -> float | str:
    match value:
        case None:
            return ""
        case str() if value.startswith("'"):
            return value[1:]
        case str() if value.startswith("=") and len(value) > 1:
            result.formulas.append((row, column, to_calc(value)))
            return ""
        case str():
            return value
        case bool():
            result.truths.append((row, column))
            return float(value)
        case int() | float():
            return float(value)
        case dt.datetime():
            result.dates.append((row, column))
            return (value - epoch) / _DAY
    raise TypeError(f"a cell cannot hold a {type(value).__name__}")


def clean(
    rows: Sequence[Sequence[Any]],
    datetime_builder: Callable[..., Any],
    empty_as: Any,
    number_builder: Callable[[float], Any] | None,
    err_to_str: bool,
) -> list[list[Any]]:
    """Values as xlwings hands them on."""

    def one(value: Any) -> Any:
        if value is None or value == "":
            return empty_as
        if isinstance(value, CellError):
            return str(value) if err_to_str else None
        if isinstance(value, dt.datetime):
            parts = ("year", "month", "day", "hour", "minute", "second", "microsecond")
            return datetime_builder(**{part: getattr(value, part) for part in parts}, tzinfo=None)
        if isinstance(value, float) and number_builder is not None:
            return number_builder(value)
        return value

    return [[one(value) for value in row] for row in rows]


def prepare(value: Any) -> Any:
    """A value as xlwings is about to write it: missing values as None, dates as datetimes, plain numbers."""
    if value is None or value != value:
        return None
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, dt.date):
        return dt.datetime.combine(value, dt.time())
    return value.item() if hasattr(value, "item") else value
