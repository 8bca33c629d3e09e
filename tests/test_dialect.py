"""However a program writes a sheet, each figure is read as it is and where it stands: none lost, moved, invented."""

from __future__ import annotations

import io
import os
import random
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.formula.translate import Translator, TranslatorError
from openpyxl.utils import get_column_letter
from sheet_writers import MAIN, SHEET, Cells, Writer, some_cells

from cchc_xl.errors import WorkbookFault
from cchc_xl.readers import file_book
from cchc_xl.readers.dialect import reach
from cchc_xl.readers.file_book import FileBook
from cchc_xl.readers.formulas import moved

TIMES = int(os.environ.get("CCHC_FUZZ", "1"))


def read(
    content: bytes,
) -> tuple[dict[tuple[int, int], object], dict[tuple[int, int], str], dict[tuple[int, int], str]]:
    """Values, formulas and errors by place."""
    with FileBook(Path("x.xlsx"), content) as book:
        grid = book.grid(SHEET)
        facts = book.facts(SHEET)
        values = {(r, c): cell for r, row in enumerate(grid) for c, cell in enumerate(row) if cell not in ("", None)}
        return values, dict(facts.formulas), dict(facts.errors)


def wanted(
    cells: Cells,
) -> tuple[dict[tuple[int, int], object], dict[tuple[int, int], str], dict[tuple[int, int], str]]:
    """What was written. Line ends and ``_xHHHH_`` are what XML and ST_Xstring make of them."""
    return (
        {place: shown(cell.value) for place, cell in cells.items() if cell.value is not None and not cell.error},
        {place: cell.formula for place, cell in cells.items() if cell.formula is not None},
        {place: str(cell.value) for place, cell in cells.items() if cell.error},
    )


def shown(value: object) -> object:
    return value.replace("_x0041_", "A") if isinstance(value, str) else value


def judged(content: bytes) -> tuple[dict[tuple[int, int], object], set[tuple[int, int]]]:
    """Values, and the places of formulas, by openpyxl."""
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    values = {
        (c.row - 1, c.column - 1): shown(c.value) for row in book[SHEET].iter_rows() for c in row if c.value is not None
    }
    written = openpyxl.load_workbook(io.BytesIO(content))[SHEET]
    return values, {(c.row - 1, c.column - 1) for row in written.iter_rows() for c in row if c.data_type == "f"}


@pytest.mark.parametrize("long", [False, True])
@pytest.mark.parametrize("plain", [False, True])
def test_every_way_of_writing_a_sheet_is_read_alike(
    monkeypatch: pytest.MonkeyPatch, *, plain: bool, long: bool
) -> None:
    """Prefixes, quotes, CDATA, references, comments, encodings, missing places, rows in any order; long sheets too."""
    if long:
        monkeypatch.setattr(file_book, "_LONG", 0)
    for seed in range(80 * TIMES):
        chance = random.Random(seed)
        cells = some_cells(chance)
        content = Writer(chance, plain=plain).package(cells)
        assert read(content) == wanted(cells), seed


def test_openpyxl_reads_the_same_values_where_we_do() -> None:
    """An independent reader, so that not only our own writer says what a sheet holds."""
    for seed in range(40 * TIMES):
        chance = random.Random(seed)
        cells = some_cells(chance)
        content = Writer(chance, strict=False).package(cells)
        values, formulas, errors = read(content)
        theirs, theirs_formulas = judged(content)
        assert values | errors == theirs, seed
        assert formulas.keys() == theirs_formulas, seed


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        ('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', (1_048_576, 16_384)),
        ('<row r="2"><c r="B2" s="1"><v>1</v></c></row><row r="9"><c r="ZZ9"/><c r="C9"></c></row>', (2, 2)),
        ('<row r="7"><c r="AA7" t="inlineStr"><is><t>x</t></is></c></row><row r="8" ht="3"/>', (7, 27)),
        ('<row r="1"><c r="A1"><v>1</v></c></row>' * 2, None),
        ("", (0, 0)),
    ],
)
def test_how_far_a_sheet_reaches_is_known_before_it_is_laid_out(rows: str, wanted: tuple[int, int] | None) -> None:
    """calamine would allocate every cell up to there, and end the process where it cannot."""
    assert reach(f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'.encode()) == wanted


def test_sheets_as_office_programs_write_them_are_not_rewritten(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fast way is the usual one."""
    monkeypatch.setattr(FileBook, "_rewritten", None)
    for seed in range(100):
        chance = random.Random(seed)
        read(Writer(chance, plain=True).package(some_cells(chance)))


def sheet(rows: str) -> bytes:
    """A workbook with these rows, as XML."""
    return Writer(random.Random(0), plain=True).package_of(
        f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'.encode()
    )


FIGURE = {(0, 0): 10.0}


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1"><v>1&#48;</v></c></row>',
        '<row r="1"><c r="A1"><v>1<!-- 5 -->0</v></c></row>',
        '<row r="1"><c r="A1"><v>1<?x 5?>0</v></c></row>',
        '<row r="1"><c r="A1"><v><![CDATA[10]]></v></c></row>',
        '<row r="1"><c r="A1"><v> 10 </v></c></row>',
        '<row r="1"><c r="A1"><v>10</v><f>5+5</f></c></row>',
        "<row r='1'><c r='&#65;1'><v>10</v></c></row>",
        '<row r="1"><c r="A1"><v>10</v><extLst><ext uri="u"><v>5</v></ext></extLst></c></row>',
        "<row><c><v>10</v></c></row>",
    ],
)
def test_a_figure_written_oddly_is_that_figure(rows: str) -> None:
    """calamine alone reads 1, or nothing, or gives up, where every XML parser reads 10."""
    assert read(sheet(rows))[0] == FIGURE


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1"><v>10</v></c><c r="A1"><v>5</v></c></row>',
        '<row r="1"><c r="A1"><f>5</f><v>10</v></c><c r="A1"><v>5</v></c></row>',
        '<row r="1"><c r="A1"><v>10</v></c></row><row r="1"><c r="A1"><v>5</v></c></row>',
        '<row r="1"><c r="A1"><v>10</v><v>5</v></c></row>',
        '<row r="1"><c r="A2"><v>10</v></c></row>',
        '<row r="1"><c r="A1"><v>10</v></c></row></sheetData><sheetData><row r="2"><c r="A2"><v>5</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>1.0</v></c></row>',
        '<row r="1"><c r="A1" t="x"><v>10</v></c></row>',
        '<row r="0"><c r="A0"><v>10</v></c></row>',
    ],
)
def test_what_could_be_read_in_two_ways_is_damaged(rows: str) -> None:
    """A cell twice, two values in a cell, a cell in another row: Excel opens none of these, nothing is guessed."""
    with pytest.raises(WorkbookFault, match="đã hỏng"):
        read(sheet(rows))


def test_an_error_that_is_new_costs_no_more_than_its_cell() -> None:
    """calamine refuses the whole sheet for an error that it does not know."""
    rows = '<row r="1"><c r="A1"><v>10</v></c><c r="B1" t="e"><f>X()</f><v>#BUSY!</v></c></row>'
    assert read(sheet(rows)) == (FIGURE, {(0, 1): "X()"}, {(0, 1): "#VALUE!"})


def test_numbers_that_are_none_are_errors() -> None:
    """``xsd:double`` knows them, no cell does."""
    rows = '<row r="1"><c r="A1"><v>NaN</v></c><c r="B1"><v>-INF</v></c><c r="C1"><v>0x1F</v></c></row>'
    assert read(sheet(rows)) == ({(0, 2): "0x1F"}, {}, {(0, 0): "#NUM!", (0, 1): "#NUM!"})


@pytest.mark.parametrize("style", ["", ' s="5"'])
@pytest.mark.parametrize("inner", ["<v>1</v>", "<f>A1</f><v>1</v>", "<f>A1</f>"])
def test_the_reach_of_a_sheet_is_that_of_its_last_filled_cell(style: str, inner: str) -> None:
    """With a style or without: else calamine would lay out sixteen thousand million cells."""
    filled, blank = f'<c r="XFD9"{style}>{inner}</c>', '<c r="A10" s="5"/><c r="B10" s="5"></c>'
    xml = f'<worksheet xmlns="{MAIN}"><sheetData><row r="9">{filled}</row><row r="10">{blank}</row></sheetData>'
    assert reach(f"{xml}</worksheet>".encode()) == (9, 16384)


@pytest.mark.parametrize("odd", ["", "<!-- not of the dialect -->"])
def test_a_formula_that_was_filled_into_other_cells_is_read_in_each(odd: str) -> None:
    """Written once with its text, then pointed to: what stands in text marks, sheets' names and $ stays."""
    rows = (
        f'<row r="1">{odd}<c r="B1">'
        '<f t="shared" ref="B1:C2" si="3">A1+$A$1&amp;"A1"+\'A1\'!A1</f><v>1</v></c>'
        '<c r="C1"><f t="shared" si="3"/><v>2</v></c></row>'
        '<row r="2"><c r="B2" s="5"><f si="3" t="shared"></f><v>3</v></c>'
        '<c r="C2"><f t="shared" si="9"/><v>4</v></c></row>'
    )
    values, formulas, _ = read(sheet(rows))
    assert formulas == {
        (0, 1): "A1+$A$1&\"A1\"+'A1'!A1",
        (0, 2): "B1+$A$1&\"A1\"+'A1'!B1",
        (1, 1): "A2+$A$1&\"A1\"+'A1'!A2",
        (1, 2): "",  # nobody knows
    }
    assert values == {(0, 1): 1.0, (0, 2): 2.0, (1, 1): 3.0, (1, 2): 4.0}


PIECES = ("A1", "$B2", "C$3", "$D$4", "AB10:AC$12", "SUM(A3)", "(E5)", "+", '"B7"', "'Trang A1'!C5", "LOG10(A2)")


@given(
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=8),
    st.integers(-3, 40),
    st.integers(-2, 30),
)
def test_formulas_move_as_openpyxl_moves_them(pieces: list[str], down: int, right: int) -> None:
    """An independent judge; where a reference would leave the sheet there is no formula."""
    formula = " ".join(pieces)
    here = f"{get_column_letter(10 + right)}{10 + down}"
    try:
        theirs = Translator("=" + formula, "J10").translate_formula(here)[1:]
    except TranslatorError:
        theirs = ""
    assert moved(formula, down, right) == theirs
