"""Every printed figure of the three printed forms goes into a workbook and comes back unchanged.

What a printed text must become is worked out here, without the package's number reader.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pytest
from judge import recalculate

from cchc_xl.catalogue.load import load_form
from cchc_xl.catalogue.model import CellKind, CellSpec
from cchc_xl.expressions import CellRef
from cchc_xl.hosts import cli
from cchc_xl.readers.read_submission import read_file
from cchc_xl.submission import FormulaState
from cchc_xl.values import State

PRINTED = Path(cli.__file__).parents[1] / "samples" / "printed"
FORMS = ("ninh-hai-2023", "cam-giang-2024", "vinh-thanh-2023")
_NUMBER = re.compile(r"-?(?:\d+|[1-9]\d{0,2}(?:\.\d{3})+)(?:,\d+)?")
_AS_TEXT = (CellKind.TEXT, CellKind.PROCEDURE_CODE)


class Printed(NamedTuple):
    """One cell of the printed form: what it asks for and the text that is printed there."""

    spec: CellSpec
    text: str

    @property
    def expected(self) -> Decimal | str | None:
        """The number or the text that must stand in the cell; None for a blank."""
        if not self.text.strip():
            return None
        if self.spec.kind not in _AS_TEXT and self.spec.kind is not CellKind.YESNO and _NUMBER.fullmatch(self.text):
            return Decimal(self.text.replace(".", "").replace(",", "."))
        return self.text


def printed_cells(form_id: str) -> Iterator[Printed]:
    """Every cell of every printed appendix that the form has, blank or not."""
    form = load_form(form_id)
    for appendix in form.appendices:
        with (PRINTED / form_id / f"{appendix.id}.tsv").open(encoding="utf-8", newline="") as handle:
            for line in csv.DictReader(handle, dialect="excel-tab"):
                for column in appendix.columns:
                    spec = appendix.cells.get(CellRef(appendix.id, int(line["order"]), column.key))
                    if spec is not None:
                        yield Printed(spec, line[column.name] or "")


def where(book: openpyxl.Workbook, cell: Printed) -> object:
    """The cell in the workbook, found by the hidden keys in row 1 and column A."""
    ref, sheet = cell.spec.ref, book[cell.spec.ref.appendix]
    if sheet.title not in _KEYS.setdefault(id(book), {}):
        columns = {key.value: key.column for key in sheet[1] if key.value}
        rows = {sheet.cell(row, 1).value: row for row in range(2, sheet.max_row + 1) if sheet.cell(row, 1).value}
        _KEYS[id(book)][sheet.title] = rows, columns
    rows, columns = _KEYS[id(book)][sheet.title]
    return sheet.cell(rows[ref.order], columns[ref.column])


_KEYS: dict[int, dict[str, tuple[dict[int, int], dict[str, int]]]] = {}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The three filled workbooks, made by the commands."""
    folder = tmp_path_factory.mktemp("filled")
    for form in FORMS:
        path = folder / f"{form}.xlsx"
        assert cli.main(["tao-so", form, "-o", str(path)]) == 0
        assert cli.main(["nhap", str(path), str(PRINTED / form)]) == 0
    return {form: folder / f"{form}.xlsx" for form in FORMS}


def same(found: object, expected: Decimal | str) -> bool:
    """Whether a cell holds the number as a number, or the text as printed."""
    if isinstance(expected, Decimal):
        return isinstance(found, int | float) and not isinstance(found, bool) and Decimal(str(found)) == expected
    return found == expected


@pytest.mark.parametrize("form", FORMS)
def test_the_printed_forms_are_read_in_full(form: str) -> None:
    """The comparison below sees every row of the form and a good number of printed figures, zeros and blanks."""
    cells = list(printed_cells(form))
    assert {c.spec.ref for c in cells} == {s.ref for s in load_form(form).specs() if not s.row.spare}
    assert min(sum(c.expected is not None for c in cells), sum(c.expected is None for c in cells)) > 30
    assert sum(c.expected == 0 for c in cells) > 3


@pytest.mark.parametrize("form", FORMS)
def test_openpyxl_finds_every_printed_value(form: str, filled: dict[str, Path]) -> None:
    """Another reader finds numbers as numbers (zero too) and texts as printed."""
    book = openpyxl.load_workbook(filled[form])
    wrong = [
        (str(c.spec.ref), c.text, where(book, c).value)
        for c in printed_cells(form)
        if c.expected is not None and not same(where(book, c).value, c.expected)
    ]
    assert wrong == []


@pytest.mark.parametrize("form", FORMS)
def test_our_reader_finds_every_printed_value(form: str, filled: dict[str, Path]) -> None:
    """Our reader gives back the exact decimal, the text, and a dash as "not applicable"."""
    submission = read_file(filled[form])
    wrong = []
    for cell in printed_cells(form):
        value, expected = submission.value(cell.spec.ref), cell.expected
        if isinstance(expected, Decimal):
            good = value.state is State.NUMBER and value.number == expected
        elif expected is not None:
            good = value.text == expected and value.number is None
        else:
            continue
        if not good:
            wrong.append((str(cell.spec.ref), cell.text, value))
    assert submission.faults == ()
    assert wrong == []


@pytest.mark.parametrize("form", FORMS)
def test_blanks_stay_blank(form: str, filled: dict[str, Path]) -> None:
    """What was not printed is blank, neither zero nor an empty text, for both readers."""
    book, submission = openpyxl.load_workbook(filled[form]), read_file(filled[form])
    blanks = [c for c in printed_cells(form) if c.expected is None and not c.spec.derived and not c.spec.column.given]
    assert [c.spec.ref for c in blanks if where(book, c).value is not None] == []
    assert [c.spec.ref for c in blanks if submission.value(c.spec.ref).state is not State.BLANK] == []


@pytest.mark.parametrize("form", FORMS)
def test_a_blank_under_a_formula_stays_a_formula(form: str, filled: dict[str, Path]) -> None:
    """A formula stands exactly where the form has one and nothing was printed over it."""
    book, submission = openpyxl.load_workbook(filled[form]), read_file(filled[form])
    wrong = []
    for cell in printed_cells(form):
        stands = bool(cell.spec.derived) and cell.expected is None
        is_formula = where(book, cell).data_type == "f"
        intact = submission.entries[cell.spec.ref].formula is FormulaState.INTACT
        if not stands == is_formula == intact:
            wrong.append((str(cell.spec.ref), cell.text, where(book, cell).value))
    assert wrong == []


def test_a_true_result_stands_behind_the_formula(filled: dict[str, Path]) -> None:
    """Hand-worked: 45.069 of 122.501 million is 36,79 % (ninh-hai PL6 1, printed blank)."""
    sheet = openpyxl.load_workbook(filled["ninh-hai-2023"], data_only=True)["PL6"]
    value = next(row[4].value for row in sheet.iter_rows() if row[0].value == 1)
    assert math.isclose(value, 36.790720075754486, rel_tol=1e-9) or value == 36.79


def _formulas(path: Path) -> list[tuple[str, str]]:
    return [
        (sheet.title, cell.coordinate)
        for sheet in openpyxl.load_workbook(path)
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]


def _agree(cached: object, judged: object) -> bool:
    if cached in (None, "") or judged in (None, ""):
        return cached in (None, "") and judged in (None, "")
    if isinstance(cached, int | float) and isinstance(judged, int | float):
        return math.isclose(cached, judged, rel_tol=1e-12, abs_tol=1e-9)
    # A row's state joins a number to its words: the decimal sign is that of the PC, the cached one Vietnamese.
    return cached in (judged, re.sub(r"(\d)\.(\d+\))$", r"\1,\2", str(judged)))


def _differences(paths: Sequence[Path], judged: Sequence[Path]) -> list[tuple[str, ...]]:
    found = []
    for path, recalculated in zip(paths, judged, strict=True):
        ours = openpyxl.load_workbook(path, data_only=True)
        theirs = openpyxl.load_workbook(recalculated, data_only=True)
        cells = _formulas(path)
        assert cells, f"{path.name} has no formula"
        for sheet, address in cells:
            cached, result = ours[sheet][address].value, theirs[sheet][address].value
            if not _agree(cached, result) or str(result).startswith("#"):
                found.append((path.name, sheet, address, repr(cached), repr(result)))
    return found


@pytest.mark.parametrize("locale", ["en-US", "vi-VN"])
def test_libreoffice_agrees_with_every_cached_result(
    soffice: Path, filled: dict[str, Path], tmp_path: Path, locale: str
) -> None:
    """Computed afresh, every formula gives what is stored beside it, and none gives an error."""
    paths = list(filled.values())
    assert _differences(paths, recalculate(paths, tmp_path, locale=locale)) == []
