"""A number that changes when a figure does: computed by the cover's formulas and, the same, in Python.

Each cell of an input column counts with a weight of its row's order and its column, taken from the hidden keys, so that
moved rows change nothing. A number counts with its value, a text with its length. Computed cells do not count: they
only repeat the others, and Python reads figures out of texts where Excel does not. The sum stops nobody who wants to
cheat (the stamp's fingerprint is for that); it shows live that somebody went on typing after the completion.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from cchc_xl.catalogue.model import Appendix
from cchc_xl.cover import DEFAULT_DATES, Cover, CoverPlace, day_number, period_of, standard_cover
from cchc_xl.errors import InputFault
from cchc_xl.expressions import CellRef
from cchc_xl.layout import KEY_COLUMN, AppendixLayout, column_letters, printed_text
from cchc_xl.periods import PART_NAMES
from cchc_xl.submission import Submission, is_mark
from cchc_xl.values import State, Value, normalise

# Weights from 1.000 to 9.998: a hundredth in one cell moves the sum by 10, rounding errors by far less than 1.
_LEAST, _STEP, _ROUND, _SHIFT = 1000, 7919, 8999, 1009
_UNIT, _CODE_LENGTH, _CODE, _PART, _YEAR, _DATES = 10_130, 10_210, 10_190, 10_310, 10_330, (10_390, 10_490)
# Where a cell shows an error there is no sum.
_NO_SUM = -1


def input_columns(appendix: Appendix) -> list[str]:
    """Keys of the columns that count, in printed order."""
    return [column.key for column in appendix.columns if not column.given]


def appendix_formula(appendix: Appendix, place: AppendixLayout) -> str:
    """Native formula of one appendix's part."""
    sheet = "'" + place.sheet.replace("'", "''") + "'!"
    keys = _range(sheet, place, KEY_COLUMN)
    terms = []
    for index, key in enumerate(input_columns(appendix)):
        specs = [spec for ref, spec in appendix.cells.items() if ref.column == key]
        if all(spec.derived for spec in specs):
            continue
        cells = _range(sheet, place, place.columns[key])
        weights = f"({keys}>0)*({_LEAST}+MOD({keys}*{_STEP}+{_SHIFT * index},{_ROUND}))"
        # Numbers and texts apart: between arguments Excel takes a text for 0, in a product for an error.
        terms.append(f"SUMPRODUCT({weights},{cells})")
        terms.append(f'SUMPRODUCT({weights},ISTEXT({cells})*(LEN(TRIM({cells}))+(TRIM({cells})="x")))')
        for spec in specs:
            if spec.derived:  # taken away again, also where a text was typed over the formula
                cell = sheet + _absolute(place, spec.ref)
                held = f'IF(ISTEXT({cell}),LEN(TRIM({cell}))+(TRIM({cell})="x"),N({cell}))'
                terms.append(f"-{_weight(spec.row.order, index)}*{held}")
    return f"=IFERROR({'+'.join(terms).replace('+-', '-') or '0'},{_NO_SUM})"


def _absolute(place: AppendixLayout, ref: CellRef) -> str:
    row, column = place.position(ref)
    return f"${column_letters(column)}${row + 1}"


def _range(sheet: str, place: AppendixLayout, column: int) -> str:
    letters = column_letters(column)
    return f"{sheet}${letters}${place.first_row + 1}:${letters}${place.last_row + 1}"


def _weight(order: int, index: int) -> int:
    return _LEAST + (order * _STEP + _SHIFT * index) % _ROUND


def appendix_sum(submission: Submission, appendix: Appendix) -> Decimal:
    """What ``appendix_formula`` shows."""
    columns = {key: index for index, key in enumerate(input_columns(appendix))}
    total = Decimal(0)
    for ref, spec in appendix.cells.items():
        if ref.column in columns and not spec.derived:
            part = _counted(submission, ref)
            if part is None:
                return Decimal(_NO_SUM)
            total += _weight(ref.order or 0, columns[ref.column]) * part
    # Words of the form among the units' notes stand in the range that the formula counts.
    for row in appendix.printed:
        for key, index in columns.items():
            if row.given.get(key):
                total += _weight(row.order, index) * _length(printed_text(row, key))
    return total


def _counted(submission: Submission, ref: CellRef) -> Decimal | None:
    entry = submission.entries.get(ref)
    if entry is None:
        return Decimal(0)
    value = entry.value
    if value.state is State.ERROR:
        return None
    if value.number is not None:
        return value.number
    if value.state is State.DATE:
        return Decimal(_day(value))
    return Decimal(_length(value.text) + is_mark(value))


def _length(text: str) -> int:
    """``LEN(TRIM(text))``."""
    return len(" ".join(part for part in text.split(" ") if part))


def _day(value: Value) -> int:
    try:
        return day_number(value.text)
    except InputFault:
        return 0


def identity_formula(place: CoverPlace) -> str:
    """Native formula of the cover's own part: unit, code, period, dates. Number and date of the report come later."""
    names = ",".join(f'"{name}"' for name in PART_NAMES.values())
    unit, code, part, year = (place.absolute(key) for key in ("unit", "unit_code", "period_part", "year"))
    terms = [
        f"{_UNIT}*LEN(TRIM({unit}))",
        f"{_CODE_LENGTH}*LEN(TRIM({code}))",
        f"{_CODE}*IFERROR(VALUE(TRIM({code})),0)",
        f"{_PART}*IFERROR(MATCH({part},{{{names}}},0),0)",
        f"{_YEAR}*N({year})",
        *(f"{factor}*N({place.absolute(key)})" for factor, key in zip(_DATES, DEFAULT_DATES, strict=True)),
    ]
    return "=" + "+".join(terms)


def identity_sum(cover: Cover, dates: Iterable[str]) -> Decimal:
    """What ``identity_formula`` shows; ``dates``: the default dates as they show, ``""`` where they are no dates."""
    code, part = cover.value("unit_code"), cover.value("period_part").text
    code_text = format(code.number, "f") if code.number is not None else code.text
    digits = code_text.strip()
    parts = [normalise(name) for name in PART_NAMES.values()]
    total = _UNIT * _length(cover.value("unit").text) + _CODE_LENGTH * _length(code_text)
    total += _CODE * (int(digits) if digits.isascii() and digits.isdigit() else 0)
    total += _PART * (parts.index(normalise(part)) + 1 if normalise(part) in parts else 0)
    total += sum(factor * (day_number(day) if day else 0) for factor, day in zip(_DATES, dates, strict=True))
    return total + _YEAR * (cover.value("year").number or Decimal(0))


def shown_dates(cover: Cover) -> list[str]:
    """The two dates of the period as numbers that native formulas see: dd/mm/yyyy, or ``""`` where there is none."""
    period = period_of(cover) if cover.value("year").number is not None else None
    shown = []
    for key in DEFAULT_DATES:
        cell = cover.cells.get(key)
        if cell is not None and cell.own:
            day = period.start if period and key == "date_from" else period.end if period else None
            shown.append(day.strftime("%d/%m/%Y") if day else "")
        else:
            shown.append(cover.value(key).text if cover.value(key).state is State.DATE else "")
    return shown


def cover_of(submission: Submission) -> Cover:
    """The submission's cover; for one that was made in memory the one that our builder would write."""
    return submission.cover or standard_cover(submission.form, submission.stamp)


def parts(submission: Submission) -> tuple[Decimal, dict[str, Decimal]]:
    """The cover's own part and those of the appendices."""
    cover = cover_of(submission)
    by_appendix = {a.id: appendix_sum(submission, a) for a in submission.form.appendices}
    return identity_sum(cover, shown_dates(cover)), by_appendix


def checksum(submission: Submission) -> Decimal:
    """The sum that the cover computes live."""
    own, by_appendix = parts(submission)
    return own + sum(by_appendix.values(), Decimal(0))


def checksum_text(submission: Submission) -> str:
    """The sum as the stamp keeps it: a whole number, because a decimal sign would depend on the PC."""
    return str(int(checksum(submission).to_integral_value()))


def unchanged(live: str, stamped: str) -> str:
    """Native condition: the live sum is the stamped one, but for rounding."""
    return f"IFERROR(ABS({live}-VALUE({stamped}))<=MAX(1,ABS({live})*1E-14),FALSE)"


def is_unchanged(live: Decimal, stamped: str) -> bool:
    """What ``unchanged`` shows."""
    if not stamped.removeprefix("-").isdigit():
        return False
    return abs(live - Decimal(stamped)) <= max(Decimal(1), abs(live) * Decimal("1E-14"))
