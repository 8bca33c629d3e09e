"""Numbers as Vietnamese offices write them, the states of a cell, and texts made ready for matching."""

import unicodedata
from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc_xl.values import (
    BLANK,
    NOT_APPLICABLE,
    Reading,
    State,
    decimals,
    exact,
    format_number,
    from_cell,
    from_text,
    normalise,
    number_value,
    plain,
    read_number,
)


def table(text: str) -> list[list[str]]:
    """The lines of a table written with `|`; the first line is its header."""
    rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return rows[1:]


NUMBERS = table("""
    written          | number   | reading
    0                | 0        | clean
    02               | 2        | clean
    7                | 7        | clean
    -5               | -5       | clean
    43,2             | 43.2     | clean
    0,500            | 0.5      | clean
    15.667           | 15667    | clean
    15.667,5         | 15667.5  | clean
    4.136.000        | 4136000  | clean
    1032             | 1032     | clean
    88.8             | 88.8     | loose
    88.8%            | 88.8     | loose
    1.00             | 1        | loose
    99%              | 99       | loose
    99,5 %           | 99.5     | loose
    76/84            | 76       | loose
    76 / 84          | 76       | loose
    16 (88,9%)       | 16       | loose
    1.032 (lượt)     | 1032     | loose
    1032 lượt        | 1032     | loose
    12 hồ sơ.        | 12       | loose
    không            | 0        | loose
    Không có         | 0        | loose
    chưa             | 0        | loose
    Chưa có          | 0        | loose
    0.500            |          | none
    1.5000           |          | none
    012.345          |          | none
    1.234.56         |          | none
    12.              |          | none
    12,              |          | none
    43,2,1           |          | none
    1 234            |          | none
    5-7              |          | none
    1/2/3            |          | none
    10 xã 3          |          | none
    1e5              |          | none
    +5               |          | none
    (12)             |          | none
    -                |          | none
    Đã kết nối       |          | none
    1.000 - 2.000    |          | none
""")


@pytest.mark.parametrize(("written", "number", "reading"), NUMBERS, ids=[row[0] for row in NUMBERS])
def test_numbers_are_read_as_vietnamese_offices_write_them(written: str, number: str, reading: str) -> None:
    """Every way of writing in the table gives its number and says how surely it was read."""
    read = read_number(f" {written} ")
    assert read.number == (Decimal(number) if number else None)
    assert read.reading is Reading(reading)
    assert bool(read.remark) is (reading != "clean")


CELLS: list[tuple[object, State, str | None]] = [
    (None, State.BLANK, None),
    ("", State.BLANK, None),
    ("  \u00a0", State.BLANK, None),
    (0, State.NUMBER, "0"),
    (0.0, State.NUMBER, "0"),
    ("0", State.TEXT, None),
    ("-", State.NOT_APPLICABLE, None),
    (" – ", State.NOT_APPLICABLE, None),
    ("—", State.NOT_APPLICABLE, None),
    ("−", State.NOT_APPLICABLE, None),
    ("--", State.TEXT, None),
    ("15.667", State.TEXT, None),
    (15667, State.NUMBER, "15667"),
    (43.2, State.NUMBER, "43.2"),
    (True, State.TEXT, None),
    (float("nan"), State.ERROR, None),
    (float("inf"), State.ERROR, None),
    (date(2024, 5, 4), State.DATE, None),
    (datetime(2024, 5, 4, 12), State.DATE, None),
    (time(12, 30), State.DATE, None),
]


@pytest.mark.parametrize(("raw", "state", "number"), CELLS, ids=[repr(row[0]) for row in CELLS])
def test_blank_zero_dash_and_text_stay_apart(raw: object, state: State, number: str | None) -> None:
    """Each raw content of a cell is of one state, and only a true number carries a number."""
    value = from_cell(raw)
    assert value.state is state
    assert value.number == (Decimal(number) if number is not None else None)


def test_only_blank_counts_as_not_filled() -> None:
    """A zero and a dash were put there by a person; a blank was not."""
    assert not BLANK.filled
    assert NOT_APPLICABLE.filled
    assert number_value(0).filled
    assert from_text("-") == NOT_APPLICABLE


def test_a_text_is_kept_as_it_stands() -> None:
    """Storing a text changes no letter of it, not even its spaces or its Unicode form."""
    written = unicodedata.normalize("NFD", "  Hòa  giải ")
    assert from_text(written).text == written


FLOATS = [
    (0.1 + 0.2, "0.3"),
    (5.0, "5"),
    (2 / 3, "0.666666666666667"),
    (1234567.1, "1234567.1"),
    (4136000000.0, "4136000000"),
    (123456789.123, "123456789.123"),
    (99.0 * 1.1, "108.9"),
    (1e-7, "1E-7"),
]


@pytest.mark.parametrize(("raw", "seen"), FLOATS)
def test_floats_become_the_decimal_that_excel_shows(raw: float, seen: str) -> None:
    """The noise of binary floats beyond 15 digits is not part of the figure."""
    assert exact(raw) == Decimal(seen)


def test_what_is_no_finite_number_has_no_exact_value() -> None:
    """Infinity and not-a-number give None, as float and as decimal."""
    assert [exact(raw) for raw in (float("inf"), float("nan"), Decimal("NaN"), Decimal("Infinity"))] == [None] * 4


def test_whole_floats_get_no_exponent() -> None:
    """A large round number from a cell is an integer without scientific notation."""
    assert str(exact(4.0e9)) == "4000000000"


FORMATTED = [
    ("0", None, "0"),
    ("15667", None, "15.667"),
    ("4136000", None, "4.136.000"),
    ("-1234.5", None, "-1.234,5"),
    ("43.20", None, "43,2"),
    ("0.05", None, "0,05"),
    ("1E+3", None, "1.000"),
    ("98.5449", 2, "98,54"),
    ("98.545", 2, "98,55"),
    ("2.5", 0, "3"),
    ("100.00", 2, "100"),
]


@pytest.mark.parametrize(("number", "places", "written"), FORMATTED)
def test_numbers_are_written_with_dots_and_a_comma(number: str, places: int | None, written: str) -> None:
    """Thousands get dots, decimals a comma, rounding goes half up."""
    assert format_number(Decimal(number), places) == written


@pytest.mark.parametrize(("number", "digits"), [("43.20", 1), ("43", 0), ("1E+3", 0), ("0.007", 3)])
def test_printed_decimals_are_counted_without_trailing_zeros(number: str, digits: int) -> None:
    """The precision of a figure is that of its last printed digit."""
    assert decimals(Decimal(number)) == digits


def test_whole_numbers_are_plain_integers_in_json() -> None:
    """A whole decimal becomes an int, another a float."""
    assert (plain(Decimal("5.0")), plain(Decimal("5.5"))) == (5, 5.5)
    assert type(plain(Decimal("5.0"))) is int


SAME = [
    ("hòa giải", "hoà giải"),
    ("Thủy lợi", "Thuỷ lợi"),
    ("KHỎE", "khoẻ"),
    ("UỶ BAN", "Ủy ban"),
    ("Thi đua – Khen thưởng", "thi đua - khen  thưởng"),
    ("a—b", "a−b"),
    (" Đất\u00a0đai\n", "đất đai"),
    ("Đất\u200b đai\ufeff", "đất đai"),
    (unicodedata.normalize("NFD", "Hòa Bình, Khoẻ"), "hoà bình, khoẻ"),
]
DIFFERENT = [("hoa", "hoà"), ("Đất đai", "Dat dai"), ("hoàn", "hòa"), ("xã 1", "xã 11"), ("quý", "quỷ")]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_texts_that_people_hold_equal_match(one: str, other: str) -> None:
    """Case, tone placement, dashes, spaces and Unicode form do not keep two names apart."""
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_words_do_not_match(one: str, other: str) -> None:
    """Marks, letters and digits that make another word keep two names apart."""
    assert normalise(one) != normalise(other)


@pytest.mark.parametrize("dash", ["\u2010", "\u2011"])
def test_the_hyphens_of_word_are_dashes_too(dash: str) -> None:
    """A name pasted from Word with its own or its non-breaking hyphen matches the typed one."""
    assert normalise(f"Thi đua {dash} Khen thưởng") == normalise("Thi đua - Khen thưởng")


def test_an_invisible_space_inside_a_syllable_does_not_count() -> None:
    """A zero-width space between the vowels does not keep the tone from being placed."""
    assert normalise("hò\u200ba giải") == normalise("hoà giải")


def test_minus_zero_is_zero() -> None:
    """A binary minus zero is not shown with a sign."""
    number = exact(-0.0)
    assert number is not None
    assert format_number(number) == "0"


@given(st.integers(-(10**15), 10**15))
def test_integers_survive_writing_and_reading(number: int) -> None:
    """What we write we read back, surely and exactly."""
    read = read_number(format_number(Decimal(number)))
    assert (read.number, read.reading) == (number, Reading.CLEAN)


@given(st.decimals(-(10**12), 10**12, places=3, allow_nan=False).filter(lambda d: d != 0))
def test_decimals_survive_writing_and_reading(number: Decimal) -> None:
    """The same for figures with decimals."""
    read = read_number(format_number(number))
    assert (read.number, read.reading) == (number, Reading.CLEAN)


@given(st.decimals(-(10**9), 10**9, places=2, allow_nan=False))
def test_a_figure_survives_the_float_of_a_cell(number: Decimal) -> None:
    """An amount stored as Excel's binary float comes back to the last digit."""
    assert exact(float(number)) == number


FIGURELIKE = st.text(alphabet="0123456789.,-–/%() xã không", max_size=14)


@given(st.one_of(st.text(max_size=24), FIGURELIKE))  # longer numbers: see the test of forty digits
def test_no_text_breaks_the_readers(text: str) -> None:
    """Reading, storing, matching and writing back end well on every text."""
    value = from_text(text)
    assert value.state in (State.BLANK, State.NOT_APPLICABLE, State.TEXT)
    read = read_number(text)
    assert (read.number is None) == (read.reading is Reading.NONE)
    if read.number is not None:
        format_number(read.number, 2)
    normalise(text)


def test_a_number_of_forty_digits_can_be_written() -> None:
    """A key held down too long gives a finding that can be printed, not a crash."""
    read = read_number("9" * 40)
    assert read.number is not None
    assert format_number(read.number, 2).replace(".", "") == "9" * 40
