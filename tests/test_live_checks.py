"""Live checks: LibreOffice computes each row's state from its formula, Python from the checks; they say the same."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import ROUND_DOWN, Decimal
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from judge import recalculate, requires_libreoffice
from submissions import FORM, filled, make, write_printed

import cchc_xl
from cchc_xl.catalogue.load import form_ids, load_form
from cchc_xl.catalogue.model import NATIVE, Appendix, CellKind, CellSpec, Form, Rule, RuleKind
from cchc_xl.catalogue.wording import cell_name
from cchc_xl.checks.checklists import is_checklist
from cchc_xl.checks.context import Context, of_another_level
from cchc_xl.checks.presence import siblings_of
from cchc_xl.checks.run import check, raw_findings
from cchc_xl.companions import companion_results
from cchc_xl.expressions import CellRef, Ratio, as_excel, column_refs, evaluate
from cchc_xl.form_workbook.sheet import CHECK_HEADING
from cchc_xl.layout import (
    CHECK_KEY,
    CHECK_WIDTH,
    KEY_ROW,
    cell_address,
    check_room,
    check_text_fits,
    column_letters,
    form_layout,
    row_height,
)
from cchc_xl.live_checks.clauses import clauses
from cchc_xl.live_checks.formulas import Place, live_checks
from cchc_xl.live_checks.messages import (
    CORRECT,
    NOTHING_SEEN,
    UNKNOWN,
    Message,
    beginning,
    message,
    number_text,
    state_text,
    widest_number,
)
from cchc_xl.live_checks.states import row_states
from cchc_xl.merging import MergeRequest, merge
from cchc_xl.ooxml.patch import CellWrite, patch_cells
from cchc_xl.operations import NewWorkbook, create_workbook, fill_workbook
from cchc_xl.own_part import OWN_KEY, OWN_SHEET
from cchc_xl.readers.file_book import FileBook
from cchc_xl.readers.read_submission import read_file
from cchc_xl.row_heights import changes_of_rows
from cchc_xl.severity import Severity
from cchc_xl.stamp import Stamp
from cchc_xl.submission import FormulaState, Submission, SubmissionFigures, blank_submission
from cchc_xl.values import from_typed

FORMS = sorted(form_ids())
PRINTED = Path(cchc_xl.__file__).parent / "samples" / "printed"
# Random fills of each form: what LibreOffice computes in about the same time.
CASES = {
    "cam-giang-2024": 50,
    "cu-lao-dung-2024": 50,
    "ninh-hai-2023": 40,
    "tinh-chau-2023": 60,
    "vinh-thanh-2023": 30,
}

Writes = dict[CellRef, Decimal | int | str | None]


# The compiled formulas ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form_id", FORMS)
def test_formulas_keep_the_limits_of_excel(form_id: str) -> None:
    """Length, nesting and texts of Excel 2010; nothing volatile, no newer function, no name."""
    for place, formula in live_checks(load_form(form_id)).formulas.items():
        assert len(formula) <= 8192, place
        assert max(map(len, re.findall(r'"((?:[^"]|"")*)"', formula))) <= 255, place
        bare = re.sub(r'"(?:[^"]|"")*"', "", formula)
        depth = deepest = 0
        for sign in bare:
            depth += {"(": 1, ")": -1}.get(sign, 0)
            deepest = max(deepest, depth)
        assert depth == 0, place
        assert deepest <= 60, place
        assert set(re.findall(r"([A-Z][A-Z0-9.]*)\(", bare)) <= FUNCTIONS, place


# Functions of Excel 2007, none of them volatile.
_NAMES = """
ABS AND COUNT COUNTIF FIND IF IFERROR INT ISERROR ISNUMBER ISTEXT LEFT LEN LOWER MAX MID MIN N NOT OR RIGHT ROUND
ROUNDDOWN SUBSTITUTE SUM SUMPRODUCT TRIM COUNTBLANK ROWS
"""
FUNCTIONS = frozenset(_NAMES.split())


@pytest.mark.parametrize("form_id", FORMS)
def test_every_native_rule_is_live(form_id: str) -> None:
    """A rule that says native = yes can change a row's state, unless it can never speak; others cannot."""
    form = load_form(form_id)
    live = live_checks(form)
    for rule in form.rules:
        if not rule.active or rule.native != NATIVE:
            assert rule.id not in live.places, rule.id
        else:
            assert bool(live.places[rule.id]) is not _can_never_speak(form, rule), rule.id


def _can_never_speak(form: Form, rule: Rule) -> bool:
    """Blanks in rows of another level need no remark; a lone row has no brothers; 0/0 needs two cells."""
    assert rule.at is not None
    match rule.kind:
        case RuleKind.SIBLING:
            return of_another_level(form, rule.at) or not siblings_of(form).get(rule.at)
        case RuleKind.REQUIRED | RuleKind.TOTAL_MISSING:
            return not rule.each and of_another_level(form, rule.at)
        case RuleKind.RATIO_WITHOUT_INPUTS | RuleKind.ZERO_OVER_ZERO | RuleKind.INPUTS_PARTIAL:
            ratio = rule.right[0]
            assert isinstance(ratio, Ratio)
            parts = (ratio.numerator, ratio.denominator)
            if not all(isinstance(part, CellRef) for part in parts):
                return True
            blank = all(of_another_level(form, part) for part in parts if isinstance(part, CellRef))
            return rule.kind is RuleKind.INPUTS_PARTIAL and blank
    return False


def test_kinds_that_are_live() -> None:
    """All kinds of rules but those with a reason stand in the workbooks."""
    kinds = {
        rule.kind
        for form_id in FORMS
        for rule in load_form(form_id).rules
        if live_checks(load_form(form_id)).places.get(rule.id)
    }
    left_out = {
        RuleKind.PROCEDURE_CODE,
        RuleKind.OVERWRITTEN,
        RuleKind.MAGNITUDE,
        RuleKind.SERIAL_DATE,
        RuleKind.CUMULATIVE_FALLS,
        RuleKind.AT_DATE_JUMPS,
        RuleKind.EMPTIED,
        RuleKind.LIST_CODES,
        RuleKind.SPARE_REPEATS,
    }
    unused = {kind for kind in RuleKind if not any(r.kind is kind for f in FORMS for r in load_form(f).rules)}
    assert kinds == set(RuleKind) - left_out - unused


# Random fills ---------------------------------------------------------------------------------------------------------


def _stamp(form: Form) -> Stamp:
    return Stamp(form.id, form.version, "đơn vị thử", period=form.period)


TEXTS = ("khoảng 5", "15.667", "76/84", "3 người", "không", "-7", "–", "—", "2,5", "0,500", " ", "x")
# Pasted from Word: what looks blank, a dash, a mark or a number and has a space in it that TRIM leaves, or passes over.
PASTED = ("\u00a0", "-\u00a0", "x\u00a0", "\u00a07", "7\u00a0", "Có\u00a0", "\t", " - ")
NOTES = ("đang rà soát", "-", " ", "\u00a0")


def _draw(form: Form, rng: random.Random) -> Writes:
    """Figures that often nearly agree: small numbers, sums and ratios typed over, blanks, dashes, texts, notes."""
    blanks, odd = rng.choice((0.1, 0.4, 0.8)), rng.choice((0.0, 0.03, 0.2))
    most = rng.choice((2, 5, 40, 20_000))
    values: Writes = {}
    for spec in form.specs():
        if spec.column.given or (spec.derived and rng.random() < 0.75) or rng.random() < blanks:
            continue
        values[spec.ref] = _any(spec, rng, most, odd)
    for appendix in form.appendices:
        if is_checklist(appendix) and rng.random() < 0.6:
            values.update(_marks(appendix, rng))
    for spec in form.specs():
        if spec.derived and spec.ref in values and rng.random() < 0.15:
            values[spec.ref] = None  # the formula was deleted
        elif spec.derived and spec.ref in values and rng.random() < 0.8:
            near = _near(form, spec, values, rng)
            if near is not None:
                values[spec.ref] = near if rng.random() < 0.85 else _percent_text(near, rng)
    return values


def _marks(appendix: Appendix, rng: random.Random) -> Writes:
    """A checklist that is nearly done: one mark a task, some without, hardly one with two."""
    full, drawn = rng.choice((0.2, 0.9, 1.0)), Writes()
    for order in appendix.items:
        marked = rng.random() < (full if order in appendix.printed_items else 0.2)
        where = ("done",) if rng.random() < 0.7 else ("not_done",) if rng.random() < 0.98 else ("done", "not_done")
        for key in ("done", "not_done"):
            drawn[CellRef(appendix.id, order, key)] = rng.choice(("x", "x", "x ")) if marked and key in where else None
    return drawn


def _any(spec: CellSpec, rng: random.Random, most: int, odd: float) -> Decimal | int | str | None:
    if spec.kind is CellKind.TEXT:
        return rng.choice(NOTES) if rng.random() < 0.3 else None
    if rng.random() < odd:
        return rng.choice((*TEXTS, *PASTED, Decimal("-2"), Decimal("2.5"), Decimal("0.25"), Decimal("-0.5")))
    if rng.random() < 0.06:
        return "-"
    match spec.kind:
        case CellKind.CODE:
            return rng.choice([int(value) for value, _ in spec.row.options] * 3 + [7, rng.choice(("1", "01"))])
        case CellKind.FLAG:
            return rng.choice((0, 1, 1, 0, 2))
        case CellKind.YESNO:
            return rng.choice(("Có", "Không", "CÓ", "không", "yes", 1))
        case CellKind.MARK:
            return rng.choice(("x", "X", "x", "v")) if not spec.derived else rng.randint(0, most)
        case CellKind.PERCENT:
            part = Decimal(rng.randint(0, 10_100)) / 100
            return rng.choice((0, 100, 50, rng.randint(0, 101), part, part / 100, part.quantize(Decimal("0.1"))))
        case CellKind.MONEY | CellKind.DECIMAL:
            return rng.choice((0, rng.randint(0, most), Decimal(rng.randint(0, 10 * most)) / 10, 1_234_567_890))
    return rng.choice((0, rng.randint(0, most), rng.randint(0, most), rng.randint(0, 3)))


def _near(form: Form, spec: CellSpec, values: Writes, rng: random.Random) -> Decimal | None:
    """A figure typed over a formula: rounded, cut off, or beside what the formula gives."""
    if column_refs(spec.derived[0]):
        return None
    blank = blank_submission(form, _stamp(form))
    figures = SubmissionFigures(blank)
    figures._numbers = {ref: Decimal(v) if isinstance(v, int | Decimal) else None for ref, v in values.items()}
    computed = evaluate(rng.choice(spec.derived), figures, spec.row.order)
    if computed is None:
        return None
    unit = Decimal(1).scaleb(-rng.randint(0, 3))
    near = rng.choice((computed.quantize(unit), computed.quantize(unit, rounding=ROUND_DOWN)))
    return max(Decimal(0), near + rng.choice((0, 0, 0, unit, -unit)))


def _percent_text(number: Decimal, rng: random.Random) -> str:
    """A ratio as a clerk types it with its sign, also in ways that formulas do not read."""
    text = f"{number:f}".replace(".", rng.choice(",,,,."))
    return rng.choice(("{}%",) * 5 + ("{} %", " {}%", "0{}%", "{}%%", "{}% ", "{},%", "1/{}%", "{}% KH")).format(text)


def _submission(form: Form, values: Writes) -> Submission:
    """The fill as the reader would find it."""
    blank = blank_submission(form, _stamp(form))
    entries = dict(blank.entries)
    for ref, value in values.items():
        entries[ref] = replace(entries[ref], value=from_typed(value), formula=FormulaState.NONE)
    return replace(blank, entries=entries)


def _write_cases(path: Path, form: Form, cases: Sequence[Writes]) -> None:
    """All fills of a form in one bare workbook: a set of sheets for each, with the formulas that our builder writes."""
    layout, live = form_layout(form), live_checks(form)
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    for number, values in enumerate(cases):
        for appendix in form.appendices:
            place, addresses = layout.appendices[appendix.id], layout.addresses(appendix.id)
            sheet = book.add_worksheet(f"{place.sheet}.{number}")
            for spec in appendix.cells.values():
                row, column = place.position(spec.ref)
                if spec.ref not in values and spec.derived:
                    formula = as_excel(spec.derived[0], addresses, spec.row.order)
                    sheet.write_formula(row, column, _own(formula, number), None, "")
                elif isinstance(value := values.get(spec.ref), str):
                    sheet.write_string(row, column, value)
                elif value is not None:
                    sheet.write_number(row, column, float(value))
            for order, row in place.rows.items():
                if (appendix.id, order) in live.formulas:
                    formula = _own(live.formulas[appendix.id, order], number)
                    sheet.write_formula(row, place.check_column, formula, None, "sai")
    book.close()


def _own(formula: str, number: int) -> str:
    """The formula on the sheets of a fill."""
    return re.sub(r"'(\w+)'!", rf"'\1.{number}'!", formula)


@pytest.fixture(scope="module")
def fills() -> dict[str, list[Writes]]:
    """Random fills of every form."""
    drawn = {}
    for form_id in FORMS:
        form, rng = load_form(form_id), random.Random(f"live {form_id}")
        drawn[form_id] = [_draw(form, rng) for _ in range(CASES.get(form_id, 30))]
    return drawn


@requires_libreoffice
def test_random_fills(fills: dict[str, list[Writes]], tmp_path: Path) -> None:
    """Whatever is typed, the formula and Python say the same of every row."""
    wrong = []
    for form_id, path in _judged(fills, tmp_path).items():
        form = load_form(form_id)
        with FileBook(path) as book:
            for number, values in enumerate(fills[form_id]):
                shown = _shown(book, form, f".{number}")
                wrong += _differences(f"{form_id} {number}", shown, row_states(_submission(form, values)))
    assert not wrong, f"{len(wrong)} rows:\n" + "\n".join(wrong[:40])


def _judged(fills: dict[str, list[Writes]], folder: Path) -> dict[str, Path]:
    """The fills of each form, computed by two runs of LibreOffice side by side."""
    for form_id in fills:
        _write_cases(folder / f"{form_id}.xlsx", load_form(form_id), fills[form_id])
    # The longest last of the first and first of the second: both runs have about the same work.
    halves = [FORMS[::2], FORMS[1::2]]
    with ThreadPoolExecutor(2) as pool:
        answers = pool.map(
            lambda half: recalculate([folder / f"{form_id}.xlsx" for form_id in half], folder / "judged"), halves
        )
        return {
            form_id: path
            for half, paths in zip(halves, answers, strict=True)
            for form_id, path in zip(half, paths, strict=True)
        }


def _differences(what: str, shown: dict[Place, str], expected: dict[Place, str]) -> list[str]:
    assert set(shown) == set(expected)
    return [
        f"{what} {place}: LibreOffice “{shown[place]}”, Python “{text}”"
        for place, text in expected.items()
        if _vietnamese(shown[place]) != text
    ]


def _vietnamese(text: str) -> str:
    """The decimal sign of the expected number as a Vietnamese PC shows it; STT like (2.2.1) stay."""
    return re.sub(r"((?:=|đa|thiểu|dưới|trên|được) -?\d+)\.(\d+\))$", r"\1,\2", text)


def test_the_fills_bring_up_every_rule_kind(fills: dict[str, list[Writes]]) -> None:
    """The comparison with LibreOffice is worth something: every kind of live rule fails in some fill, and rows pass."""
    kinds: set[RuleKind] = set()
    words: set[str] = set()
    for form_id, cases in fills.items():
        form = load_form(form_id)
        by_id = {rule.id: rule.kind for rule in form.rules}
        for values in cases:
            submission = _submission(form, values)
            found = raw_findings(Context(submission, SubmissionFigures(submission)))
            assert not [finding for finding in found if finding.code == "quy-tac-hong"]
            kinds |= {by_id[finding.rule] for finding in found}
            words |= {text.split(":")[0] for text in row_states(submission).values()}
    live = {by_rule.kind for form_id in FORMS for by_rule in load_form(form_id).rules if _is_live(form_id, by_rule)}
    assert kinds == live
    waiting = {text.split(" (")[0].split(" Phụ lục")[0] for text in words if text.startswith(CALM)}
    assert waiting >= {"Chưa đánh dấu x", "Chờ đánh dấu đủ", "Chờ sửa dấu x ở", "Chờ sửa số tổng ở"}
    judged = {text for text in words if not text.startswith(CALM)}
    assert judged == {"", "Đúng", NOTHING_SEEN, "Lỗi", "Cảnh báo", "Gợi ý"}


# How states begin that say neither right nor wrong.
CALM = ("Chờ ", "Chưa đánh dấu", "Tính từ")


def _is_live(form_id: str, rule: Rule) -> bool:
    return bool(live_checks(load_form(form_id)).places.get(rule.id))


def _shown(book: FileBook, form: Form, suffix: str = "") -> dict[Place, str]:
    """The states that stand in a workbook."""
    shown = {}
    live = live_checks(form)
    for appendix in form.appendices:
        place = form_layout(form).appendices[appendix.id]
        grid = book.grid(place.sheet + suffix)
        for order, row in place.rows.items():
            cell = grid[row][place.check_column] if row < len(grid) and place.check_column < len(grid[row]) else ""
            if (appendix.id, order) in live.formulas:
                shown[appendix.id, order] = str(cell)
            else:
                assert cell == "", (appendix.id, order)
    return shown


# The workbooks that we hand out ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def workbooks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every form blank, and those whose printed figures we have filled with them."""
    folder = tmp_path_factory.mktemp("live")
    made = {}
    for form_id in FORMS:
        made[form_id] = folder / f"{form_id}.xlsx"
        create_workbook(NewWorkbook(form_id, unit="đơn vị thử"), made[form_id])
        if (PRINTED / form_id).is_dir():
            filled = f"{form_id} printed"
            made[filled] = folder / f"{filled}.xlsx"
            fill_workbook(made[form_id], PRINTED / form_id, made[filled])
    return made


@requires_libreoffice
def test_cached_results_are_true(workbooks: dict[str, Path], tmp_path: Path) -> None:
    """The states that stand in our workbooks are what LibreOffice computes; a planted wrong one is corrected."""
    planted = tmp_path / "planted.xlsx"
    form = load_form(FORMS[0])
    place = form_layout(form).appendices["PL1"]
    address = cell_address(place.rows[2], place.check_column)
    patch_cells(workbooks[FORMS[0]], planted, {"PL1": {address: CellWrite("Lỗi: bịa", keep_formula=True)}})
    *judged, corrected = recalculate([*workbooks.values(), planted], tmp_path / "judged", locale="vi-VN")
    for (name, path), answer in zip(workbooks.items(), judged, strict=True):
        submission = read_file(path)
        with FileBook(path) as ours, FileBook(answer) as theirs:
            cached, computed = _shown(ours, submission.form), _shown(theirs, submission.form)
        expected = row_states(submission)
        assert computed == expected, name
        assert cached == expected, name
        assert any(cached.values()) is ("printed" in name)
        # What LibreOffice stored is read as the same figures.
        assert row_states(read_file(answer)) == expected
    with FileBook(planted) as before, FileBook(corrected) as after:
        assert _shown(before, form)["PL1", 2] == "Lỗi: bịa"
        assert _shown(after, form)["PL1", 2] == ""


def test_the_column_is_seen_and_locked_but_not_printed(workbooks: dict[str, Path]) -> None:
    """A headed column beside the table, with its key, outside the print area, without effect on the heights."""
    for form_id in FORMS:
        form, book = load_form(form_id), openpyxl.load_workbook(workbooks[form_id])
        for appendix in form.appendices:
            place, sheet = form_layout(form).appendices[appendix.id], book[appendix.id]
            letter = column_letters(place.check_column)
            assert sheet[f"{letter}{KEY_ROW + 1}"].value == CHECK_KEY
            assert sheet[f"{letter}{place.header_top + 1}"].value == CHECK_HEADING
            assert not sheet.column_dimensions[letter].hidden
            assert sheet.column_dimensions[letter].width >= CHECK_WIDTH
            assert f"${column_letters(place.last_column)}$" in sheet.print_area
            shown = companion_results(read_file(workbooks[form_id])).get(place.sheet, {})
            printed = {row: row_height(appendix, row, {}) for row in appendix.printed}
            change = changes_of_rows(appendix, place, shown, printed)  # for the pages' sake
            for row in appendix.printed:
                cell = sheet[cell_address(place.rows[row.order], place.check_column)]
                assert cell.protection.locked
                assert (cell.data_type == "f") is ((appendix.id, row.order) in live_checks(form).formulas)
                height = sheet.row_dimensions[place.rows[row.order] + 1].height
                assert height == pytest.approx(printed[row] + change[row.order], abs=0.01), row.order


def test_filling_keeps_states_true_where_rows_were_pushed(workbooks: dict[str, Path], tmp_path: Path) -> None:
    """A workbook without the column, or with the formula of a row deleted, is filled all the same."""
    book = openpyxl.load_workbook(workbooks["cam-giang-2024"])
    place = form_layout(load_form("cam-giang-2024")).appendices["PL1"]
    book["PL1"][cell_address(place.rows[2], place.check_column)].value = None
    book["PL1"].insert_cols(2)
    book.save(tmp_path / "pushed.xlsx")
    printed = tmp_path / "printed"
    printed.mkdir()
    write_printed(printed, {"PL1": {4: "10", 5: "12"}}, "cam-giang-2024")
    fill_workbook(tmp_path / "pushed.xlsx", printed)
    submission = read_file(tmp_path / "pushed.xlsx")
    assert ("PL1", 2) not in submission.state_cells
    sheet, address = submission.state_cells["PL1", 5]
    shown = openpyxl.load_workbook(tmp_path / "pushed.xlsx", data_only=True)[sheet][address].value
    assert shown == row_states(submission)["PL1", 5]
    assert shown.startswith("Lỗi: ")
    assert shown.endswith(" (tối đa 10)")


def test_a_summary_says_live_what_kiem_tra_says(tmp_path: Path, soffice: Path) -> None:
    """Its rows are checked as it is filled, own parts included; the cover counts them. LibreOffice computes."""
    folder = tmp_path / "in"
    folder.mkdir()
    make(folder, "01", "xã A", {"PL6": {55: "10", 56: "8", 57: "8", 12: "5", 13: "4"}, "PL4": {1: {"online": "5"}}})
    make(folder, "02", "xã B", {"PL6": {55: "20", 56: "18", 57: "17", 12: "3", 13: "3"}})
    merge(MergeRequest(folder, tmp_path / "same.xlsx", form=FORM, period="2023-NAM"))
    merge(MergeRequest(folder, tmp_path / "up.xlsx", form="ninh-hai-2023", period="2023-NAM"))
    book = openpyxl.load_workbook(tmp_path / "up.xlsx")
    own = book[OWN_SHEET]
    column = next(cell.column for row in own.iter_rows(max_row=6) for cell in row if cell.value == OWN_KEY)
    lines = [row[0].row for row in own.iter_rows() if str(row[0].value).startswith("PL")]
    for line, typed in zip(lines, (1, 500, 2, 9000), strict=False):  # more on time than settled
        own.cell(line, column).value = typed
    book.save(tmp_path / "typed.xlsx")
    paths = [tmp_path / name for name in ("same.xlsx", "up.xlsx", "typed.xlsx")]
    (tmp_path / "out").mkdir()
    found = []
    for path in recalculate(paths, tmp_path / "out"):
        submission = read_file(path)
        shown = openpyxl.load_workbook(path, data_only=True)
        states = {
            place: shown[sheet][cell].value or "" for place, (sheet, cell) in submission.state_cells.items()
        }
        assert states
        assert states == {place: row_states(submission)[place] for place in states}, path.name
        found.append(sum(state.startswith("Lỗi") for state in states.values()))
    assert found[1] == 0
    assert found[2] > 0


def test_the_real_figures_have_the_states_that_kiem_tra_finds(workbooks: dict[str, Path]) -> None:
    """Row by row of the printed forms, texts like 99% included, the state is as grave as the gravest live rule's."""
    graver = 0
    for name in (name for name in workbooks if name.endswith("printed")):
        submission = read_file(workbooks[name])
        live = live_checks(submission.form)
        gravest: dict[Place, Severity] = {}
        for finding in check(submission).findings:
            place = (finding.appendix, finding.order or 0)
            if finding.cell and finding.rule in live.rank and place in live.formulas:
                gravest[place] = min(gravest.get(place, finding.severity), finding.severity, key=lambda s: s.rank)
        for place, state in row_states(submission).items():
            said = next((s for s in Severity if state.startswith(f"{s.word}: ")), None)
            assert said is gravest.get(place), (name, place, state)
            graver += said is Severity.ERROR
    assert graver == 11


def test_a_ratio_typed_with_its_sign_is_compared() -> None:
    """99% and 88,9% are read; what a PC could take for something else only has to be typed anew."""
    wrong, text = "Lỗi: phải bằng 100 ×", "Cảnh báo: đang là chữ"
    for typed, says in (
        ("99%", wrong),
        ("98,9 %", wrong),
        ("50%", text),
        ("50,0%", text),
        ("98.9%", text),
        ("099%", text),
        ("1/2%", text),
    ):
        states = row_states(filled("01", {"PL3": {15: "10", 16: "5", 14: typed}}, "ninh-hai-2023"))
        assert states["PL3", 14].startswith(says), typed


# Texts ----------------------------------------------------------------------------------------------------------------


def test_states_say_what_should_equal_what() -> None:
    """Short Vietnamese sentences with the expected figure, the gravest first."""
    states = row_states(filled("01", {"PL1": {4: "10", 5: "12", 70: "0,7"}}, "cam-giang-2024"))
    assert states["PL1", 4] == "Đúng"
    assert states["PL1", 5] == "Lỗi: không được lớn hơn 1.2.1 (tối đa 10)"
    assert states["PL1", 70].startswith("Cảnh báo: ghi số phần trăm")
    wrong = filled("02", {"PL4": {1: {"online": "3", "on_time": "1", "received": "5"}}})
    assert row_states(wrong)["PL4", 1] == ("Lỗi: “Số hồ sơ nhận giải quyết – Tổng số” phải bằng tổng các phần (= 3)")


@pytest.mark.parametrize("form_id", FORMS)
def test_no_state_hides_what_should_equal_what(form_id: str) -> None:
    """Every comparison fits its row in words that say with what; none says “the cells concerned”."""
    said = {place: f for place, f in live_checks(load_form(form_id)).formulas.items() if "số tính từ các ô" in f}
    assert not said


def test_a_number_that_many_rows_bear_is_no_name() -> None:
    """A section's number stands before many rows of a form: they are named by their labels as well."""
    forms = {form_id: load_form(form_id) for form_id in ("cu-lao-dung-2024", "cam-giang-2024", "ninh-hai-2023")}
    names = {(form_id, order): cell_name(CellRef(appendix, order, "value"), forms[form_id].by_id)
             for form_id, appendix, order in
             (("cu-lao-dung-2024", "SL", 9), ("cam-giang-2024", "PL1", 70), ("ninh-hai-2023", "PL3", 15))}  # fmt: skip
    assert names["cu-lao-dung-2024", 9] == "I.3 “Số TTHC cấp huyện”"
    assert names["cam-giang-2024", 70].startswith("Trong đó “Tỷ lệ văn bản")
    assert names["ninh-hai-2023", 15] == "3.1.1"


def test_a_begun_checklist_is_no_list_of_errors() -> None:
    """Unmarked tasks, their totals and what is compared with them wait calmly; what no mark can mend is an error."""
    begun = filled("01", {"PL1": {2: {"done": "x", "result_note": "xong"}}, "PL6": {4: "23", 5: "1"}})
    states = row_states(begun)
    assert (states["PL1", 2], states["PL1", 3]) == ("Đúng", "Chưa đánh dấu x")
    assert states["PL1", 31] == "Chờ đánh dấu đủ Phụ lục 1 (còn 22 nhiệm vụ)"
    assert states["PL6", 4] == "Chờ đánh dấu đủ Phụ lục 1 (còn 22 nhiệm vụ)"
    assert states["PL6", 5] == "Đúng"
    beyond = filled("01", {"PL1": {2: {"done": "x"}}, "PL6": {4: "30"}})
    assert row_states(beyond)["PL6", 4].startswith("Lỗi: ")
    assert ("R23-PL6-4", Severity.ERROR) in [(f.rule, f.severity) for f in check(beyond).findings]
    wrong = filled("01", {"PL1": {2: {"done": "x", "not_done": "x"}}, "PL6": {4: "30"}})
    assert row_states(wrong)["PL6", 4] == "Chờ sửa dấu x ở Phụ lục 1"
    typed = filled("01", {"PL1": {2: {"done": "x"}, 31: {"done": "40"}}, "PL6": {4: "23"}})
    assert row_states(typed)["PL6", 4] == "Chờ sửa số tổng ở Phụ lục 1"


def test_a_ratio_of_wrong_inputs_is_not_called_correct() -> None:
    """Computed or typed, it follows from a numerator that is too large; typed alone it is named itself."""
    words = "Tính từ số đầu vào cần xem lại: tử số lớn hơn mẫu số"
    for figures in ({35: "10", 36: "12"}, {35: "10", 36: "12", 34: "120"}, {35: "0", 36: "12"}):
        states = row_states(filled("01", {"PL1": figures}, "cam-giang-2024"))
        assert states["PL1", 34] == words, figures
        assert states["PL1", 36].startswith("Lỗi: ")
    alone = row_states(filled("01", {"PL1": {34: "120"}}, "cam-giang-2024"))
    assert alone["PL1", 34] == "Lỗi: không thể quá 100%: tử số là một phần của mẫu số"


@pytest.mark.parametrize("form_id", FORMS)
def test_states_show_whole_beside_their_rows(form_id: str) -> None:
    """The longest that a row can say, its figure included, fits the lines that the table's own height leaves."""
    form = load_form(form_id)
    for rule in form.rules:
        if rule.active and rule.native == NATIVE:
            for clause in clauses(form, rule):
                said = message(form, rule, clause.code, clause.at)
                text = beginning(clause.severity, said.words)
                text += "" if said.number is None else widest_number(form, said.number).join(said.frame)
                room = check_room(form, clause.at.appendix, clause.at.order or 0)
                assert check_text_fits(text, room), (rule.id, room, text)
                assert len(said.words) >= 8, (rule.id, text)
    for text in (NOTHING_SEEN, UNKNOWN, CORRECT):
        assert check_text_fits(text, 1)


def test_numbers_as_excel_on_a_vietnamese_pc_joins_them() -> None:
    """Two decimals, a comma, no thousands signs."""
    assert [number_text(Decimal(n)) for n in ("1234567", "20.547", "0.5", "-3")] == ["1234567", "20,55", "0,5", "-3"]
    assert state_text(Severity.ERROR, Message("phải bằng 5.1", None, (" (= ", ")")), Decimal("2.5")) == (
        "Lỗi: phải bằng 5.1 (= 2,5)"
    )
