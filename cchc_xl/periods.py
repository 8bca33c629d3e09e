"""Reporting periods (KỲ) and their dates.

Default dates follow decree 09/2019: a quarter runs from the 15th of the month before it to the 14th of its last month.
Provinces set their own dates, so they are a default to be changed. "Quý III" and "9 tháng" are different data sets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from cchc_xl.errors import InputFault

_PERIOD = re.compile(r"(20\d\d)-(Q[1-4]|6T|9T|NAM)")
# First month whose 15th (of the year before where 12) opens the period; last month whose 14th closes it.
_SPANS = {
    "Q1": (12, 3),
    "Q2": (3, 6),
    "Q3": (6, 9),
    "Q4": (9, 12),
    "6T": (12, 6),
    "9T": (12, 9),
    "NAM": (12, 12),
}
# The quarters of the year that a period covers.
_QUARTERS = {"Q1": (1,), "Q2": (2,), "Q3": (3,), "Q4": (4,), "6T": (1, 2), "9T": (1, 2, 3), "NAM": (1, 2, 3, 4)}
_WORDS = {
    "Q1": "quý I năm {}",
    "Q2": "quý II năm {}",
    "Q3": "quý III năm {}",
    "Q4": "quý IV năm {}",
    "6T": "6 tháng đầu năm {}",
    "9T": "9 tháng đầu năm {}",
    "NAM": "năm {}",
}
# The kinds of period as a list offers them.
PART_NAMES = {
    "Q1": "Quý I",
    "Q2": "Quý II",
    "Q3": "Quý III",
    "Q4": "Quý IV",
    "6T": "6 tháng đầu năm",
    "9T": "9 tháng đầu năm",
    "NAM": "Năm",
}


@dataclass(frozen=True, slots=True)
class Period:
    """A reporting period as the user chose it."""

    key: str

    @property
    def _span(self) -> tuple[int, str]:
        year, part = self.key.split("-")
        return int(year), part

    @property
    def words(self) -> str:
        """``quý III năm 2023``."""
        year, part = self._span
        return _WORDS[part].format(year)

    @property
    def year(self) -> int:
        """The year."""
        return self._span[0]

    @property
    def part(self) -> str:
        """``Q1`` … ``NAM``."""
        return self._span[1]

    @property
    def quarters(self) -> tuple[int, ...]:
        """The quarters of its year that it covers: (3,) for quý III, (1, 2, 3) for 9 tháng."""
        return _QUARTERS[self.part]

    @property
    def span_words(self) -> str:
        """The same without the year: ``quý III``, ``9 tháng đầu năm``, ``cả năm``."""
        return (
            self.words.removesuffix(f" năm {self.year}").removesuffix(f" {self.year}")
            if self.part != "NAM"
            else "cả năm"
        )

    @property
    def start(self) -> date:
        """Default first day."""
        year, part = self._span
        month = _SPANS[part][0]
        return date(year - 1 if month == 12 else year, month, 15)

    @property
    def end(self) -> date:
        """Default last day."""
        year, part = self._span
        return date(year, _SPANS[part][1], 14)

    @property
    def calendar_end(self) -> date:
        """The last day of the calendar span: the day on which a unit must exist to owe this report."""
        year, part = self._span
        month = _SPANS[part][1]
        return date(year, month, 31 if month in (3, 12) else 30)


def parse_period(text: str) -> Period:
    """A period from its key. Raises ``InputFault`` for anything else; never guesses."""
    key = text.strip().upper()
    if _PERIOD.fullmatch(key) is None:
        raise InputFault(
            f"Kỳ “{text}” không hợp lệ: ghi năm và kỳ, như 2024-Q1 … 2024-Q4 (quý), 2024-6T, 2024-9T, 2024-NAM (năm)."
        )
    return Period(key)


def period_words(key: str) -> str:
    """``Năm 2023`` of ``2023-NAM``; a key that is none of ours as it stands, and a word for none."""
    try:
        return parse_period(key).words
    except InputFault:
        return key or "chưa ghi"


def period_of_quarters(year: int, quarters: tuple[int, ...]) -> Period | None:
    """The period that covers just these quarters of a year; ``None`` where there is no report of them."""
    part = next((part for part, covered in _QUARTERS.items() if covered == quarters), None)
    return Period(f"{year}-{part}") if part else None


def parse_date(text: str) -> date:
    """A date written dd/mm/yyyy. Raises ``InputFault`` for anything else."""
    match = re.fullmatch(r"\s*(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\s*", text)
    try:
        if match is None:
            raise ValueError
        return date(int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        raise InputFault(f"Ngày “{text}” không hợp lệ: ghi ngày/tháng/năm, như 14/06/2024.") from None


def opening_months() -> list[int]:
    """By kind of period, in the order of ``PART_NAMES``, the month whose 15th opens it (12: of the year before)."""
    return [_SPANS[part][0] for part in PART_NAMES]


def closing_months() -> list[int]:
    """By kind of period the month whose 14th closes it."""
    return [_SPANS[part][1] for part in PART_NAMES]


def format_date(day: date) -> str:
    """dd/mm/yyyy."""
    return day.strftime("%d/%m/%Y")
