"""How the sheet "Kết quả kiểm tra" looks, as data: for its builder and for the button that lays it out anew. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cchc_xl.form_workbook.styles import GOOD_FILL, INPUT_FILL, MARK_FILLS
from cchc_xl.layout import LINE_HEIGHT, column_letters
from cchc_xl.report_layout import (
    ACTUAL,
    CELL,
    COLUMNS,
    EXPECTED,
    EXPLANATION,
    FIRST_ROW,
    FIXED,
    PAGE,
    RULE,
    SEVERITY,
    STATUS,
)
from cchc_xl.severity import Severity

TITLE_SIZE, SIZE = 14, 11
LINK_COLOUR = "#0563C1"
HEADER_HEIGHT = 2 * LINE_HEIGHT
CENTRED = (STATUS, SEVERITY, PAGE, CELL, RULE)
FIGURES = (ACTUAL, EXPECTED)
# Columns up to this one stay in view, and the rows above the first finding.
FROZEN = CELL


class Colour(NamedTuple):
    """A conditional format over a run of columns; ``test`` is about the first finding's row."""

    first: str
    last: str
    test: str
    fill: str = ""
    bold: bool = False
    border: bool = False


def colours() -> Iterator[Colour]:
    """Borders where a finding stands, the colour of its severity, and the open cell for its explanation.

    Tests hold no function and no separator: to Excel's own object they would have to be told in the PC's language.
    """
    letter = {title: column_letters(index) for index, title in enumerate(COLUMNS)}
    stands = f'(${letter[RULE]}{FIRST_ROW + 1}<>"")'
    word = f"${letter[SEVERITY]}{FIRST_ROW + 1}"
    yield Colour(STATUS, SEVERITY, f'(${letter[STATUS]}{FIRST_ROW + 1}="{FIXED}")*{stands}', GOOD_FILL, bold=True)
    for severity in Severity:
        yield Colour(STATUS, SEVERITY, f'{word}="{severity.word}"', MARK_FILLS[severity], bold=True)
    yield Colour(EXPLANATION, EXPLANATION, f'({word}="{Severity.WARNING.word}")*{stands}', INPUT_FILL)
    yield Colour(COLUMNS[0], COLUMNS[-1], stands, border=True)
