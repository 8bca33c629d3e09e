"""The workbooks we hand out: sheets, locks, help, formulas; judged by openpyxl, LibreOffice and our own reader."""

import math
import random
import re
import zipfile
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from judge import recalculate
from openpyxl.workbook import Workbook

from cchc_xl.catalogue.load import form_ids, load_form
from cchc_xl.catalogue.model import CellKind, CellSpec, Form, PeriodKind
from cchc_xl.cover import COVER_SHEET, GUIDE_SHEET
from cchc_xl.expressions import CellRef
from cchc_xl.form_workbook.build import build_form_workbook
from cchc_xl.form_workbook.validation import condition, validation
from cchc_xl.layout import REPORT_SHEET, form_layout
from cchc_xl.readers.read_submission import read_file
from cchc_xl.stamp import STAMP_SHEET, Stamp
from cchc_xl.submission import FormulaState, Submission, computed_results
from cchc_xl.values import BLANK, State

FORM_IDS = form_ids()
ERROR_VALUES = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "Err:")


@dataclass(frozen=True)
class Built:
    """A form, its blank workbook, a filled copy, and both as LibreOffice saved them."""

    form: Form
    stamp: Stamp
    path: Path
    filled: Path


def _stamp(form: Form) -> Stamp:
    return Stamp(form.id, form.version, "UBND xã Thử Nghiệm", "00123", "456", "2024-Q1", "15/12/2023", "14/03/2024",
                 report_number="12", report_date="05/02/2024")  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Built]:
    """All forms, each built blank and once more filled at random."""
    folder = tmp_path_factory.mktemp("forms")
    found = {}
    for form_id in FORM_IDS:
        form = load_form(form_id)
        path, filled = folder / f"{form_id}.xlsx", folder / f"{form_id}-filled.xlsx"
        build_form_workbook(form, _stamp(form), path)
        _fill(form, path, filled)
        found[form_id] = Built(form, _stamp(form), path, filled)
    return found


@pytest.fixture(scope="module")
def judged(
    soffice: Path, built: dict[str, Built], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[Path, Path]]:
    """The blank and the filled workbooks recalculated and saved by LibreOffice, all in one run."""
    paths = [path for item in built.values() for path in (item.path, item.filled)]
    answers = recalculate(paths, tmp_path_factory.mktemp("judged"))
    return {form_id: (answers[2 * n], answers[2 * n + 1]) for n, form_id in enumerate(built)}


def _fill(form: Form, path: Path, target: Path) -> None:
    """Type figures, blanks, zeros and dashes into the open cells, as a clerk would."""
    rng = random.Random(form.id)
    layout = form_layout(form)
    book = openpyxl.load_workbook(path)
    for spec in form.specs():
        if not spec.column.given and not spec.derived:
            place = layout.appendices[spec.ref.appendix]
            book[place.sheet][place.address(spec.ref)] = _typed(spec, rng)
    book.save(target)


def _typed(spec: CellSpec, rng: random.Random) -> object:
    match spec.kind:
        case CellKind.CODE:
            return rng.choice([None, *(int(value) for value, _ in spec.row.options)])
        case CellKind.YESNO:
            return rng.choice([None, "Có", "Không"])
        case CellKind.MARK:
            return rng.choice([None, "x"])
        case CellKind.FLAG:
            return rng.choice([0, 1])
        case CellKind.PERCENT:
            return rng.choice([None, 0, "-", round(rng.uniform(0, 100), 2)])
        case CellKind.MONEY:
            return rng.choice([None, 0, rng.randint(0, 9_999_999_999)])
        case CellKind.TEXT:
            return rng.choice([None, "có ghi chú"])
    return rng.choice([None, 0, "-", rng.randint(0, 5), rng.randint(0, 20000), rng.randint(0, 20000)])


def _derived(submission: Submission) -> dict[CellRef, FormulaState]:
    return {spec.ref: submission.entries[spec.ref].formula for spec in submission.form.specs() if spec.derived}


def _book(path: Path) -> Workbook:
    return openpyxl.load_workbook(path)


# built and read back --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_a_blank_workbook_is_read_back_whole(built: dict[str, Built], form_id: str) -> None:
    """No structure fault, the same stamp, every formula intact, every input blank and no figures."""
    item = built[form_id]
    submission = read_file(item.path)
    assert (submission.faults, submission.stamp, submission.form.id) == ((), item.stamp, form_id)
    assert set(submission.entries) == {spec.ref for spec in item.form.specs() if not spec.row.spare}
    assert set(_derived(submission).values()) == {FormulaState.INTACT}
    assert not submission.has_figures()
    for spec in item.form.specs():
        entry = submission.entries[spec.ref]
        if not spec.derived:
            assert entry.formula is FormulaState.NONE
            if not spec.column.given:
                assert entry.value == BLANK


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_a_filled_workbook_has_figures(built: dict[str, Built], form_id: str) -> None:
    """Figures typed in are found, without structure faults and with the formulas still intact."""
    submission = read_file(built[form_id].filled)
    assert submission.faults == ()
    assert submission.has_figures()
    assert set(_derived(submission).values()) == {FormulaState.INTACT}


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_one_zero_or_one_dash_is_a_figure(built: dict[str, Built], form_id: str, tmp_path: Path) -> None:
    """A single 0 or - that somebody typed makes the workbook a filled one; a note does not."""
    form = built[form_id].form
    spec = next(s for s in form.specs() if s.kind is CellKind.COUNT and not s.derived and not s.column.given)
    place = form_layout(form).appendices[spec.ref.appendix]
    for content in (0, "-"):
        book = _book(built[form_id].path)
        book[place.sheet][place.address(spec.ref)] = content
        book.save(tmp_path / "one.xlsx")
        assert read_file(tmp_path / "one.xlsx").has_figures()
    note = next((s for s in form.specs() if s.kind is CellKind.TEXT and not s.column.given), None)
    if note is not None:
        place = form_layout(form).appendices[note.ref.appendix]
        book = _book(built[form_id].path)
        book[place.sheet][place.address(note.ref)] = "đang rà soát"
        book.save(tmp_path / "note.xlsx")
        assert not read_file(tmp_path / "note.xlsx").has_figures()


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_two_builds_are_equal_part_by_part(built: dict[str, Built], form_id: str, tmp_path: Path) -> None:
    """One form and one stamp give the same bytes in every part of the package, today and tomorrow."""
    item = built[form_id]
    build_form_workbook(item.form, item.stamp, tmp_path / "again.xlsx")
    with zipfile.ZipFile(item.path) as first, zipfile.ZipFile(tmp_path / "again.xlsx") as second:
        assert first.namelist() == second.namelist()
        for name in first.namelist():
            assert first.read(name) == second.read(name), name


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_the_package_holds_nothing_that_runs_or_links(built: dict[str, Built], form_id: str) -> None:
    """No macros, no external links, no volatile or newer functions."""
    with zipfile.ZipFile(built[form_id].path) as package:
        assert not any("vba" in name or "externalLink" in name for name in package.namelist())
        for name in package.namelist():
            if name.startswith("xl/worksheets/sheet"):
                text = package.read(name).decode("utf-8")
                assert not any(word in text for word in ("_xlfn", "INDIRECT(", "OFFSET(", "NOW(", "TODAY("))


# what a person finds in it --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_the_sheets_are_the_appendices_and_a_very_hidden_stamp(built: dict[str, Built], form_id: str) -> None:
    """Cover, guide, one sheet for each appendix; all protected, the stamp out of reach, the keys hidden."""
    book = _book(built[form_id].path)
    appendices = [appendix.id for appendix in built[form_id].form.appendices]
    assert book.sheetnames == [COVER_SHEET, GUIDE_SHEET, *appendices, REPORT_SHEET, STAMP_SHEET]
    assert [sheet.sheet_state for sheet in book] == ["visible"] * (len(book.sheetnames) - 1) + ["veryHidden"]
    for sheet in book:
        assert sheet.protection.sheet, sheet.title
        if sheet.title in (COVER_SHEET, *appendices):
            assert sheet.row_dimensions[1].hidden
            assert sheet.column_dimensions["A"].hidden


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_only_input_cells_are_open(built: dict[str, Built], form_id: str) -> None:
    """Input cells are unlocked; computed cells, labels and everything else in the sheet are locked."""
    item = built[form_id]
    book = _book(item.path)
    layout = form_layout(item.form)
    for appendix in item.form.appendices:
        place = layout.appendices[appendix.id]
        open_cells = {
            place.address(spec.ref) for spec in appendix.cells.values() if not spec.column.given and not spec.derived
        }
        unlocked = {
            cell.coordinate for row in book[appendix.id].iter_rows() for cell in row if not cell.protection.locked
        }
        assert unlocked == open_cells
        for spec in appendix.cells.values():
            if spec.derived:
                assert book[appendix.id][place.address(spec.ref)].data_type == "f"


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_labels_and_units_stand_as_printed(built: dict[str, Built], form_id: str) -> None:
    """Every given column shows the catalogue's text in its row."""
    item = built[form_id]
    book = openpyxl.load_workbook(item.path, data_only=True)
    for appendix in item.form.appendices:
        place = form_layout(item.form).appendices[appendix.id]
        for row in appendix.rows:
            for column in appendix.columns:
                if column.given:
                    shown = book[appendix.id][place.address(CellRef(appendix.id, row.order, column.key))].value
                    assert (shown or "").split() == row.given[column.key].split()


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_every_numeric_input_helps_before_and_after(built: dict[str, Built], form_id: str) -> None:
    """Each input cell for a number or a choice has a validation with texts within Excel's limits."""
    item = built[form_id]
    book = _book(item.path)
    for appendix in item.form.appendices:
        found = {}
        for rule in book[appendix.id].data_validations.dataValidation:
            for cells in rule.sqref.ranges:
                found |= {cells.coord: rule}
        place = form_layout(item.form).appendices[appendix.id]
        for spec in appendix.cells.values():
            if spec.column.given or spec.derived or not spec.kind.figure:
                continue
            rule = found[place.address(spec.ref)]
            assert rule.showInputMessage
            assert rule.showErrorMessage
            assert 0 < len(rule.prompt) <= 255
            assert 0 < len(rule.error) <= 255
            assert max(len(rule.promptTitle), len(rule.errorTitle)) <= 32
            assert rule.errorStyle in (None, "stop")
            assert not rule.prompt.endswith("…")


# LibreOffice ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_no_formula_gives_an_error_value(judged: dict[str, tuple[Path, Path]], form_id: str) -> None:
    """Neither the blank nor the filled workbook shows an error anywhere."""
    for path in judged[form_id]:
        for sheet in openpyxl.load_workbook(path, data_only=True):
            for row in sheet.iter_rows():
                for cell in row:
                    assert not str(cell.value).startswith(ERROR_VALUES), (path.name, sheet.title, cell.coordinate)


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_formulas_are_recognised_after_libreoffice_saved_them(
    judged: dict[str, tuple[Path, Path]], form_id: str
) -> None:
    """A unit that works in LibreOffice sends a sound workbook."""
    for path in judged[form_id]:
        submission = read_file(path)
        assert submission.faults == ()
        assert set(_derived(submission).values()) == {FormulaState.INTACT}


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_a_blank_form_computes_no_false_zeros(
    built: dict[str, Built], judged: dict[str, tuple[Path, Path]], form_id: str
) -> None:
    """Nothing entered, nothing computed: ratios and sums stay blank, in our own cached results and in LibreOffice's.

    Only marks are counted: no x is 0 marks.
    """
    for path in (built[form_id].path, judged[form_id][0]):
        submission = read_file(path)
        for ref in _derived(submission):
            value = submission.entries[ref].value
            if submission.form.spec(ref).kind is CellKind.MARK:
                assert (value.state, value.number) == (State.NUMBER, 0)
            else:
                assert value.state is State.BLANK, (path, ref)


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_libreoffice_and_python_compute_the_same_figures(judged: dict[str, tuple[Path, Path]], form_id: str) -> None:
    """Each derived figure of the filled workbook is, recalculated, what Python computes from the same cells."""
    submission = read_file(judged[form_id][1])
    results = computed_results(submission)
    assert any(result is not None for result in results.values())
    for ref, result in results.items():
        shown = submission.entries[ref].value
        if result is None:
            assert shown.state is State.BLANK, ref
        else:
            assert shown.number is not None, ref
            assert math.isclose(shown.number, result, rel_tol=1e-12, abs_tol=1e-9), ref
    assert all(isinstance(result, Decimal | None) for result in results.values())


CODES = {"016.07.044.3": 1, "2.001621": 1, "1.B12.3": 1, "-": 1, "016": 0, "mã 1.2": 0, "1.2.": 0, "1..2": 0, "1. 2": 0}


@pytest.mark.usefixtures("soffice")
def test_a_procedures_code_is_validated_while_typing(tmp_path: Path) -> None:
    """The native test takes every code that the check takes, and refuses what is plainly none."""
    form = load_form("vinh-thanh-2023")
    spec = next(spec for spec in form.specs() if spec.kind is CellKind.PROCEDURE_CODE)
    book = Workbook()
    sheet = book.worksheets[0]
    for row, code in enumerate(CODES, start=1):
        sheet.cell(row, 1, code)
        sheet.cell(row, 2, f"=IF({condition(spec, f'A{row}')},1,0)")
    book.save(tmp_path / "code.xlsx")
    [judged] = recalculate([tmp_path / "code.xlsx"], tmp_path / "lo")
    shown = openpyxl.load_workbook(judged, data_only=True).worksheets[0]
    assert {code: shown.cell(row, 2).value for row, code in enumerate(CODES, start=1)} == CODES


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_prompts_and_errors_keep_the_limits_of_excel(built: dict[str, Built], form_id: str) -> None:
    """Titles up to 32, texts and lists up to 255 characters, whole sentences; every error says what to do."""
    for sheet in _book(built[form_id].path):
        for rule in sheet.data_validations.dataValidation:
            where = (sheet.title, str(rule.sqref), rule.prompt)
            assert 0 < len(rule.promptTitle) <= 32, where
            assert 0 < len(rule.prompt) <= 255, where
            assert "…" not in rule.prompt, where
            if rule.showErrorMessage and rule.type in ("list", "custom"):
                assert len(rule.errorTitle) <= 32, where
                assert len(rule.error) <= 255, where
                assert re.search(r"[Hh]ãy|[Cc]họn|[Gg]õ", rule.error), rule.error
            if rule.type == "list":
                assert len(rule.formula1.strip('"')) <= 255, where


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_prompts_say_unit_and_span_of_time(form_id: str) -> None:
    """What to enter, in which unit, and whether in the period, cumulative or at a date."""
    spans = {PeriodKind.IN_PERIOD: "trong kỳ", PeriodKind.CUMULATIVE: "lũy kế", PeriodKind.AT_DATE: "thời điểm"}
    for spec in load_form(form_id).specs():
        options = None if spec.derived or spec.column.given else validation(spec, "E15")
        if options is None or spec.quantity is None:
            continue
        prompt = options["input_message"]
        assert prompt.startswith(("Nhập ", "Chọn ")), spec
        assert spans.get(spec.quantity.period, "") in prompt, (spec, prompt)
        if spec.row.unit not in ("", "%") and spec.kind in (CellKind.COUNT, CellKind.MONEY, CellKind.DECIMAL):
            assert " ".join(spec.row.unit.split()) in prompt, (spec, prompt)


@pytest.mark.parametrize("form_id", form_ids())
def test_a_sheet_opens_where_typing_starts(tmp_path: Path, form_id: str) -> None:
    """At the first open figure that the unit answers, not at the note beside a heading or a total."""
    form = load_form(form_id)
    build_form_workbook(form, Stamp(form.id, form.version), tmp_path / "so.xlsx")
    book = openpyxl.load_workbook(tmp_path / "so.xlsx")
    for appendix in form.appendices:
        cell = book[appendix.id].sheet_view.selection[-1].activeCell
        place = form_layout(form).appendices[appendix.id]
        spec = next(spec for spec in appendix.cells.values() if place.address(spec.ref) == cell)
        assert spec.kind.figure, (appendix.id, cell)
        assert not spec.derived
        assert form.asks(spec.row)
        assert not book[appendix.id][cell].protection.locked
