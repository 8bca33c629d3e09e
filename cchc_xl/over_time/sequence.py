"""Which workbooks follow each other without a gap, and the longer period that they make. Pure.

"Quý III" (not cumulative) and "9 tháng" (cumulative) are different data sets: what they cover together is counted once
only when they do not overlap, so 6 tháng + quý III is 9 tháng, and quý III + 9 tháng is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from cchc_xl.consolidation.changes import Earlier
from cchc_xl.consolidation.same_unit import same_unit
from cchc_xl.errors import InputFault
from cchc_xl.expressions import CellRef
from cchc_xl.periods import Period, format_date, parse_date, parse_period, period_of_quarters
from cchc_xl.submission import Submission
from cchc_xl.units import UnitList


@dataclass(frozen=True, slots=True)
class PeriodBook:
    """The workbook of one period: what its cover says, read once. ``start``, ``end``: the days of its figures."""

    submission: Submission
    period: Period
    start: date
    end: date
    sha256: str = ""
    # Of a workbook that was itself joined: the figures of which it says that somebody has to enter them.
    waiting: frozenset[CellRef] = frozenset()
    joined: bool = False
    # Of a summary: its units and their figures.
    summary: Earlier | None = None

    @property
    def file(self) -> str:
        """Its file."""
        return self.submission.file

    @property
    def named(self) -> str:
        """``quý III năm 2024 (a.xlsx)``."""
        return f"{self.period.words} ({self.file})"

    @property
    def subject(self) -> str:
        """The same at the beginning of a sentence."""
        return self.named[:1].upper() + self.named[1:]


def period_book(
    submission: Submission,
    sha256: str = "",
    waiting: frozenset[CellRef] | None = None,
    summary: Earlier | None = None,
) -> PeriodBook:
    """The workbook with its period and days. ``waiting``: ``None`` where it was not itself joined.

    Raises ``InputFault`` when its cover names none.
    """
    stamp = submission.stamp
    if not stamp.period:
        raise InputFault(f"{submission.file} chưa ghi kỳ báo cáo: hãy chọn kỳ và năm ở trang Bìa.")
    period = parse_period(stamp.period)
    start = parse_date(stamp.date_from) if stamp.date_from else period.start
    end = parse_date(stamp.date_to) if stamp.date_to else period.end
    return PeriodBook(submission, period, start, end, sha256, waiting or frozenset(), waiting is not None, summary)


def in_sequence(
    books: Sequence[PeriodBook], wanted: str = "", units: UnitList | None = None
) -> tuple[list[PeriodBook], Period]:
    """The workbooks in the order of their periods, and the longer period that they make together.

    Raises ``InputFault`` with one sentence when they are of different forms or units, of one period twice, overlap,
    leave a gap, or do not make the period ``wanted`` (a key; empty: whatever they make).
    """
    if len(books) < 2:
        raise InputFault("Cộng kỳ cần ít nhất hai sổ của các kỳ nối tiếp nhau: hãy chọn thêm sổ.")
    ordered = sorted(books, key=lambda book: (book.period.year, book.period.quarters, book.file))
    _check_forms(ordered)
    check_same_unit(ordered, units)
    return ordered, _made_of(ordered, parse_period(wanted) if wanted else None)


def _check_forms(books: Sequence[PeriodBook]) -> None:
    first = books[0]
    for book in books[1:]:
        if book.submission.form is not first.submission.form:
            raise InputFault(
                f"{book.file} theo biểu {book.submission.form.id}, khác biểu {first.submission.form.id} của "
                f"{first.file}: chỉ cộng kỳ được các sổ cùng một biểu."
            )


def check_same_unit(books: Sequence[PeriodBook], units: UnitList | None = None) -> None:
    """Raise ``InputFault`` unless all are of one unit; with a list, of one that was not reorganised in between."""
    first = books[0]
    mine = first.submission.stamp
    for book in books[1:]:
        theirs = book.submission.stamp
        both_codes = mine.unit_code and theirs.unit_code
        if (both_codes and mine.unit_code != theirs.unit_code) or not same_unit(mine.unit, theirs.unit):
            raise InputFault(
                f"{book.file} là sổ của {_whose(book)}, {first.file} là sổ của {_whose(first)}: "
                "hãy chọn các sổ của cùng một đơn vị (cùng mã, cùng tên ở trang Bìa)."
            )
    if units is None:
        return
    known = [units.find(b.submission.stamp.unit_code, b.submission.stamp.unit, b.period.calendar_end) for b in books]
    for (before, one), (after, other) in pairwise(zip(books, known, strict=True)):
        if one is None or other is None:
            continue
        made_of = units.predecessors(other, before.period.calendar_end, after.period.calendar_end)
        if made_of == [one] == [other]:
            continue
        if one == other:
            taken = ", ".join(unit.full_name for unit in made_of if unit != one)
            what = f"{_whose(after)} đã nhận thêm {taken} sau {before.period.words}"
        elif other.valid_from is not None:
            what = (
                f"{_whose(before)} ở {before.named} và ở {after.named} là hai đơn vị khác nhau: từ ngày "
                f"{format_date(other.valid_from)} mã {other.code} là của {other.full_name} mới sắp xếp"
            )
        else:
            continue
        raise InputFault(f"{what}; không cộng kỳ qua ngày sắp xếp, hãy dùng so-sanh để xem hai thời kỳ.")


def _whose(book: PeriodBook) -> str:
    stamp = book.submission.stamp
    name = stamp.unit or "đơn vị chưa ghi tên"
    return f"{name} ({stamp.unit_code})" if stamp.unit_code else name


def _made_of(books: Sequence[PeriodBook], wanted: Period | None) -> Period:
    year = wanted.year if wanted else books[0].period.year
    for book in books:
        if book.period.year != year:
            raise InputFault(
                f"{book.subject} không thuộc năm {year}: chỉ cộng các kỳ của một năm, số lũy kế bắt đầu lại từ đầu năm."
            )
    for index, book in enumerate(books):
        for other in books[index + 1 :]:
            _check_overlap(book, other)
    covered = [quarter for book in books for quarter in book.period.quarters]
    last = wanted.quarters[-1] if wanted else covered[-1]
    beyond = [book for book in books if book.period.quarters[-1] > last]
    if wanted and beyond:
        raise InputFault(f"{beyond[0].subject} nằm ngoài {wanted.words}: hãy bỏ sổ này, hoặc chọn kỳ dài hơn.")
    first = wanted.quarters[0] if wanted else 1
    missing = [quarter for quarter in range(first, last + 1) if quarter not in covered]
    made = period_of_quarters(year, tuple(sorted(covered)))
    if missing:
        names = ", ".join(_quarter_words(year, quarter) for quarter in missing)
        whole = f" để thành {wanted.words}" if wanted else " nên các kỳ không nối liền nhau từ đầu năm"
        raise InputFault(f"Thiếu sổ của {names}{whole}: hãy thêm sổ của kỳ còn thiếu.")
    if made is None or (wanted and made != wanted):
        together = ", ".join(book.period.words for book in books)
        raise InputFault(f"{together} không hợp thành {wanted.words if wanted else 'một kỳ báo cáo'}: hãy chọn lại sổ.")
    for before, after in pairwise(books):
        _check_days(before, after)
    return made


def _check_overlap(one: PeriodBook, other: PeriodBook) -> None:
    if one.period == other.period:
        raise InputFault(
            f"{one.file} và {other.file} cùng là sổ của {one.period.words}: mỗi kỳ chỉ lấy một sổ, hãy bỏ bớt một sổ."
        )
    if not set(one.period.quarters).isdisjoint(other.period.quarters):
        longer, shorter = (one, other) if len(one.period.quarters) >= len(other.period.quarters) else (other, one)
        raise InputFault(
            f"{shorter.subject} nằm trong {longer.named}: số của quý (trong kỳ) và số cộng dồn từ đầu năm là hai bộ số "
            "liệu khác nhau, cộng lại sẽ tính hai lần; hãy bỏ một trong hai sổ."
        )


def _check_days(before: PeriodBook, after: PeriodBook) -> None:
    expected = before.end + timedelta(days=1)
    if after.start == expected:
        return
    if after.start < expected:
        what = f"trùng nhau: {after.period.words} bắt đầu {format_date(after.start)}"
    else:
        what = f"bị hở: {after.period.words} đến {format_date(after.start)} mới bắt đầu"
    raise InputFault(
        f"Ngày số liệu của {before.file} và {after.file} {what}, trong khi {before.period.words} kết thúc "
        f"{format_date(before.end)}; hãy sửa “Số liệu từ ngày”, “Đến ngày” ở trang Bìa cho nối liền "
        f"(từ {format_date(expected)})."
    )


def _quarter_words(year: int, quarter: int) -> str:
    return parse_period(f"{year}-Q{quarter}").words
