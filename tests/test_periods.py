"""Reporting periods: keys, words and default dates."""

from datetime import date
from itertools import pairwise

import pytest

from cchc_xl.errors import InputFault
from cchc_xl.periods import format_date, parse_date, parse_period

# Decree 09/2019: from the 15th of the month before the period to the 14th of its last month.
PERIODS = [
    ("2024-Q1", "quý I năm 2024", "15/12/2023", "14/03/2024", "31/03/2024"),
    ("2024-Q2", "quý II năm 2024", "15/03/2024", "14/06/2024", "30/06/2024"),
    ("2023-Q3", "quý III năm 2023", "15/06/2023", "14/09/2023", "30/09/2023"),
    ("2024-Q4", "quý IV năm 2024", "15/09/2024", "14/12/2024", "31/12/2024"),
    ("2024-6T", "6 tháng đầu năm 2024", "15/12/2023", "14/06/2024", "30/06/2024"),
    ("2024-9T", "9 tháng đầu năm 2024", "15/12/2023", "14/09/2024", "30/09/2024"),
    ("2023-NAM", "năm 2023", "15/12/2022", "14/12/2023", "31/12/2023"),
]


@pytest.mark.parametrize(("key", "words", "start", "end", "calendar_end"), PERIODS, ids=[p[0] for p in PERIODS])
def test_each_period_has_its_words_and_default_dates(
    key: str, words: str, start: str, end: str, calendar_end: str
) -> None:
    """The seven kinds of periods carry the decree's dates and the words of a report's title."""
    period = parse_period(key)
    assert (period.key, period.words) == (key, words)
    assert [format_date(day) for day in (period.start, period.end, period.calendar_end)] == [start, end, calendar_end]


def test_nine_months_is_not_the_third_quarter() -> None:
    """Cumulative and single figures are different data sets, though both end on one day."""
    nine, third = parse_period("2024-9T"), parse_period("2024-Q3")
    assert nine != third
    assert nine.end == third.end
    assert nine.start < third.start


def test_quarters_follow_each_other_without_a_gap() -> None:
    """Each quarter begins on the day after the one before, and the four make the year."""
    quarters = [parse_period(f"2024-Q{number}") for number in (1, 2, 3, 4)]
    for earlier, later in pairwise(quarters):
        assert (later.start - earlier.end).days == 1
    year = parse_period("2024-NAM")
    assert (quarters[0].start, quarters[-1].end) == (year.start, year.end)


def test_a_key_is_read_in_any_case_and_with_spaces_around() -> None:
    """Small letters and stray spaces are forgiven."""
    assert parse_period(" 2024-q1 ").key == "2024-Q1"


@pytest.mark.parametrize("text", ["", "2024", "Q1", "2024-Q5", "2024-Q0", "2024-III", "24-Q1", "2024-Q1-x", "9 tháng"])
def test_a_period_is_never_guessed(text: str) -> None:
    """What is no key is refused with a sentence that shows the valid ones."""
    with pytest.raises(InputFault, match="2024-Q1"):
        parse_period(text)


DATES = [("14/06/2024", date(2024, 6, 14)), (" 1/1/2024 ", date(2024, 1, 1)), ("14-6-2024", date(2024, 6, 14)),
         ("14.06.2024", date(2024, 6, 14))]  # fmt: skip


@pytest.mark.parametrize(("text", "day"), DATES)
def test_dates_are_day_month_year(text: str, day: date) -> None:
    """Slashes, dashes and dots part a date; the day comes first."""
    assert parse_date(text) == day


@pytest.mark.parametrize("text", ["", "31/02/2024", "06/14/2024", "2024-06-14", "14/6/24", "14/06/2024 x", "hôm nay"])
def test_a_wrong_date_is_refused(text: str) -> None:
    """A day that does not exist, another order and words are refused with an example."""
    with pytest.raises(InputFault, match="14/06/2024"):
        parse_date(text)


def test_dates_survive_writing_and_reading() -> None:
    """format_date writes what parse_date reads."""
    assert parse_date(format_date(date(2024, 2, 29))) == date(2024, 2, 29)
