"""The worksheet functions: what a cell shows, against formulas written out anew and against the buttons' results."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc_xl.catalogue.load import form_ids, load_form
from cchc_xl.catalogue.model import CellKind, Rollup
from cchc_xl.checks.run import check
from cchc_xl.consolidation.contribution import contribution
from cchc_xl.consolidation.lines import Child, SummaryCell
from cchc_xl.consolidation.rollup import consolidate
from cchc_xl.expressions import CellRef
from cchc_xl.filling import printed_value, read_printed
from cchc_xl.hosts.excel.functions import CCHC_KHOP, CCHC_KIEMTRA, CCHC_SO, CCHC_TONGHOP, CCHC_TYLE
from cchc_xl.samples.communes import made_up_reports
from cchc_xl.severity import Severity
from cchc_xl.stamp import Stamp
from cchc_xl.submission import FormulaState, Submission, blank_submission
from cchc_xl.values import Value, format_number

ROOT = Path(__file__).parent.parent
PRINTED = ROOT / "cchc_xl" / "samples" / "printed"

counts = st.integers(0, 10**9)
figures = st.decimals(0, 10**6, places=2, allow_nan=False)


# CCHC_TYLE ------------------------------------------------------------------------------------------------------------


def _half_up(number: Fraction, places: int) -> float:
    return float(Fraction((number * 10**places + Fraction(1, 2)).__floor__(), 10**places))


@given(counts, st.integers(1, 10**9), st.integers(0, 6))
def test_a_ratio_is_exact_and_rounded_half_up(top: int, bottom: int, places: int) -> None:
    """100·tu/mau by fractions, rounded half up once."""
    assert CCHC_TYLE(float(top), float(bottom), float(places)) == _half_up(Fraction(100 * top, bottom), places)


@given(figures, figures.filter(bool))
def test_texts_and_numbers_give_one_ratio(top: Decimal, bottom: Decimal) -> None:
    """A figure typed as a Vietnamese text counts as the figure."""
    wanted = _half_up(100 * Fraction(top) / Fraction(bottom), 2)
    assert CCHC_TYLE(float(top), float(bottom)) == wanted
    assert CCHC_TYLE(format_number(top), format_number(bottom)) == wanted


def test_halves_are_rounded_up() -> None:
    """0,125 → 0,13, whatever a binary float makes of it."""
    assert CCHC_TYLE(1.0, 800.0) == 0.13
    assert CCHC_TYLE(1.005, 100.0) == 1.01


@pytest.mark.parametrize(
    ("top", "bottom", "shown"),
    [
        (None, 5.0, ""),
        (5.0, None, ""),
        ("-", 5.0, ""),
        (0.0, 0.0, ""),
        (3.0, 0.0, "mẫu số bằng 0"),
        (0.0, 5.0, 0.0),
        ("15.667", "15.667", 100.0),
        ("không", 4.0, 0.0),
        ("abc", 4.0, 'tử số: không đọc được số: "abc" (không phải là số)'),
        (4.0, "#DIV/0!", "mẫu số: ô đang báo lỗi #DIV/0!"),
        (4.0, -2146826246, "mẫu số: ô đang báo lỗi #N/A"),
        (True, 4.0, 'tử số: không đọc được số: "TRUE" (không phải là số)'),
    ],
)
def test_a_ratio_without_both_parts(top: object, bottom: object, shown: object) -> None:
    """Blank, ``-`` and 0/0 give a blank, a numerator above 0 over 0 and whatever is no number a sentence."""
    assert CCHC_TYLE(top, bottom) == shown


def test_ranges_give_ranges() -> None:
    """Array in, array out, of the same shape; a fault of one pair stays in its cell; shapes that differ are said."""
    assert CCHC_TYLE([[1.0, 2.0], [None, "x"]], [[2.0, 4.0], [5.0, 1.0]], 0.0) == [
        [50.0, 50.0],
        ["", 'tử số: không đọc được số: "x" (không phải là số)'],
    ]
    assert CCHC_TYLE([[1.0], [2.0]], [[1.0, 2.0]]) == "các vùng phải bằng nhau (số dòng × số cột: 2×1 và 1×2)"
    assert CCHC_TYLE([[1.0]], [[2.0]]) == 50.0


@pytest.mark.parametrize("places", [-1.0, 1.5, 11.0, "x"])
def test_decimals_out_of_range_are_said(places: object) -> None:
    """so_le is a whole number from 0 to 10; a blank cell stands for 2."""
    assert "số" in str(CCHC_TYLE(1.0, 3.0, places))
    assert CCHC_TYLE(1.0, 3.0, None) == 33.33


# CCHC_SO --------------------------------------------------------------------------------------------------------------


@given(st.decimals(-(10**12), 10**12, places=3, allow_nan=False))
def test_a_number_written_the_vietnamese_way_is_read(number: Decimal) -> None:
    """Dots for thousands and a comma, written by a formatter of its own."""
    whole, _, fraction = f"{number:.3f}".partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    grouped = re.sub(r"(?<=\d)(?=(\d{3})+$)", ".", digits)
    assert CCHC_SO(f"{sign}{grouped},{fraction}") == float(number)


@given(counts)
def test_what_stands_around_a_number_does_not_hide_it(number: int) -> None:
    """Loose readings give the number that the check reads for the time being."""
    for text in ("{}%", "{}/84", "{} (88,9%)", "{} lượt", " {} "):
        assert CCHC_SO(text.format(number)) == number


def test_reading_of_single_cells() -> None:
    """Blank stays blank, - stays -, 0 stays 0, and what can be read in two ways is said and not guessed."""
    cells = [["15.667", "43,2", "99%", "16 (88,9%)", "02", "88.8%"], [None, "", "-", "–", 0.0, "không"]]
    assert CCHC_SO(cells) == [[15667.0, 43.2, 99.0, 16.0, 2.0, 88.8], ["", "", "-", "-", 0.0, 0.0]]
    for text in ("0.500", "1.5000", "abc", "4/5/6"):
        assert str(CCHC_SO(text)).startswith(f'không đọc được số: "{text}"')


# CCHC_KHOP ------------------------------------------------------------------------------------------------------------


@given(counts, st.lists(counts, min_size=1, max_size=6))
def test_counts_must_add_up_exactly(total: int, parts: list[int]) -> None:
    """Whole numbers: equal, or the gap."""
    gap = abs(total - sum(parts))
    shown = CCHC_KHOP(float(total), [[float(part)] for part in parts])
    assert shown == "Khớp" if not gap else str(shown).startswith(f"Lệch {format_number(Decimal(gap))} (tổng ")


@given(figures, st.lists(figures, min_size=1, max_size=5))
def test_rounded_figures_may_be_off_by_their_half_units(total: Decimal, parts: list[Decimal]) -> None:
    """Half a unit of the last printed decimal of each figure involved, by fractions."""
    near = sum(parts, Decimal(0))
    for whole in (total, near, near + Decimal("0.01"), near + Decimal("0.02")):
        slack = Fraction(0)
        for number in (whole, *parts):
            places = len(f"{number:f}".rstrip("0").partition(".")[2])
            slack += Fraction(1, 2 * 10**places) if places else 0
        fits = abs(Fraction(whole) - sum(map(Fraction, parts))) <= slack
        assert (CCHC_KHOP(float(whole), [[float(part) for part in parts]]) == "Khớp") is fits


@pytest.mark.parametrize(
    ("total", "parts", "shown"),
    [
        (46.0, [[40.0], [3.0]], "Lệch 3 (tổng 46, các phần 43)"),
        (None, [[None], [None]], ""),
        (None, [[40.0], ["3"]], "Lệch 43 (tổng để trống, các phần 43)"),
        (0.0, [[None], ["-"]], "Khớp"),
        (5.0, [[None]], "Lệch 5 (tổng 5, các phần để trống)"),
        (5.0, [[2.0], ["x"]], 'phần thứ 2: không đọc được số: "x" (không phải là số)'),
        ([[3.0], [4.0]], [[1.0, 2.0], [4.0, 1.0]], [["Khớp"], ["Lệch 1 (tổng 4, các phần 5)"]]),
        ([[3.0, 9.0]], [[1.0, 4.0], [2.0, 5.0]], [["Khớp", "Khớp"]]),
        ([[3.0], [4.0]], [[1.0]], "tổng phải là một ô, hoặc một cột (một hàng) dài bằng vùng các phần"),
    ],
)
def test_blanks_texts_and_tables_of_totals(total: object, parts: object, shown: object) -> None:
    """Blanks count 0, all blank gives a blank, and a column of totals is compared row by row."""
    assert CCHC_KHOP(total, parts) == shown


# CCHC_KIEMTRA ---------------------------------------------------------------------------------------------------------


@cache
def _printed(form_id: str) -> Submission:
    """The printed figures as they stand in an officer's own table: no formula of ours is there."""
    form = load_form(form_id)
    blank = blank_submission(form, Stamp(form.id, form.version))
    entries = {ref: replace(entry, formula=FormulaState.NONE) for ref, entry in blank.entries.items()}
    for ref, text in read_printed(PRINTED / form_id, form).texts.items():
        entries[ref] = replace(entries[ref], value=printed_value(form.spec(ref), text))
    return Submission("", form, blank.stamp, entries)


def _raw(value: Value) -> object:
    """A value as Excel gives it."""
    return float(value.number) if value.number is not None else value.text or None


def _table(submission: Submission, appendix_id: str) -> tuple[list[list[object]], list[list[object]]]:
    appendix = submission.form.appendix(appendix_id)
    keys = [column.key for column in appendix.columns if not column.given]
    refs = [[CellRef(appendix_id, row.order, key) for key in keys] for row in appendix.printed]
    cells = [[_raw(submission.value(ref)) for ref in line] for line in refs]
    return [[row.stt or None] for row in appendix.printed], cells


def _bare(text: str) -> str:
    """A message without places, and without what is said of formulas of ours."""
    text = text.replace(" Ô này vốn là công thức, đã bị gõ đè.", "")
    return re.sub(r"\((?:ô [A-Z]+\d+|dòng \d+(?:, cột \d+)? của vùng)\)", "()", text)


PRINTED_APPENDICES = [
    (path.parent.name, path.stem) for path in sorted(PRINTED.glob("*/*.tsv")) if path.parent.name in form_ids()
]


@pytest.mark.parametrize(("form_id", "appendix"), PRINTED_APPENDICES)
def test_an_own_table_gets_the_findings_of_the_check(form_id: str, appendix: str) -> None:
    """The same findings in the same order: those of this appendix alone; a formula typed over cannot be known."""
    submission = _printed(form_id)
    expected = [
        [finding.severity.word, _bare(finding.message), _bare(finding.remedy)]
        for finding in check(submission).findings
        if finding.appendix == appendix
        and all(cell.appendix == appendix for cell in finding.related)
        and finding.code != "go-de-cong-thuc"
    ]
    lines = CCHC_KIEMTRA(*_table(submission, appendix), form_id, appendix)
    if not expected:
        assert lines == [["Không có phát hiện nào."]]
        return
    assert lines[0] == ["Mức độ", "STT", "Nội dung", "Cách xử lý"]
    assert [[line[0], _bare(line[2]), _bare(line[3])] for line in lines[1:]] == expected
    assert {len(line) for line in lines} == {4}


def test_no_address_of_our_form_is_shown() -> None:
    """Places are rows of the officer's own range."""
    for form_id, appendix in PRINTED_APPENDICES:
        text = str(CCHC_KIEMTRA(*_table(_printed(form_id), appendix), form_id, appendix))
        assert not re.search(r"\bô [A-Z]+\d+|trang PL", text)


STT = [["1.3.2."], [None], [None], ["1.4."], [None], [None], [None], [None]]
VALUES = [[50.0], [4.0], [2.0], [None], [1.0], [None], [None], [None]]
PL6 = ("vinh-thanh-2023", "PL6")


def _rows(stt: list[list[object]], values: list[list[object]]) -> list[list[str]]:
    return CCHC_KIEMTRA(stt, values, *PL6)[1:]


def _errors(lines: list[list[str]]) -> list[list[str]]:
    return [line for line in lines if line[0] == Severity.ERROR.word]


def test_rows_without_a_number_stand_under_the_one_before_them() -> None:
    """A part of the form suffices; the rows of the form that the range lacks are named, and no rule needs them."""
    assert _errors(_rows(STT, VALUES)) == []
    wrong = [*VALUES[:2], [3.0], *VALUES[3:]]
    (error,) = _errors(_rows(STT, wrong))
    assert error[1] == "1.3.2"
    assert "75" in error[2]
    assert "(dòng 2 của vùng)" in error[3]
    assert "(dòng 3 của vùng)" in error[3]
    assert any("Vùng không có" in line[2] for line in _rows(STT, VALUES))


def test_what_the_range_lacks_is_not_blank() -> None:
    """A total without its parts in the range contradicts nothing."""
    lines = _rows([["1.4."], [None], [None], [None], [None]], [[None], [1.0], [5.0], [None], [None]])
    assert len(_errors(lines)) == 1
    lines = _rows([["1.3.2."], [None], [None]], [[50.0], [None], [None]])
    assert _errors(lines) == []


def test_the_order_of_numbered_rows_does_not_matter() -> None:
    """Groups with a number of their own are found wherever they stand."""
    wrong = [*VALUES[:2], [3.0], *VALUES[3:]]
    (error,) = _errors(_rows(STT[3:] + STT[:3], wrong[3:] + wrong[:3]))
    assert "(dòng 7 của vùng)" in error[3]


def test_a_row_too_many_is_named_and_never_guessed() -> None:
    """With another number of rows without STT than on the form none of them is taken; empty spacers do not count."""
    lines = _rows([["1.3.2."], [None], [None], [None]], [[50.0], [4.0], [2.0], [9.0]])
    assert _errors(lines) == []
    assert sum("số dòng không có STT ở chỗ này khác biểu" in line[2] for line in lines) == 3
    lines = _rows([["1.3.2."], [None], [None], [None]], [[50.0], [4.0], [3.0], [None]])
    assert len(_errors(lines)) == 1


def test_an_unknown_stt_is_named() -> None:
    """A row that the form does not have is reported with its place in the range."""
    (line,) = [line for line in _rows([["9.9.9"], *STT], [[1.0], *VALUES]) if line[1] == "9.9.9"]
    assert line[0] == Severity.WARNING.word
    assert "Dòng 1 của vùng" in line[2]


def test_numbers_as_stt() -> None:
    """Excel keeps a typed 1.10 as the number 1.1: the second 1.1 is the tenth row."""
    form = load_form("tinh-chau-2023")
    stt = [[float(row.stt) if row.stt.isdigit() else row.stt] for row in form.appendix("BNV").printed]
    lines = CCHC_KIEMTRA(stt, [[3.0, 1.0, 1.0, 1.0, 1.0]] * 8, "tinh-chau-2023", "bnv")
    assert {line[1] for line in lines[1:]} == {row.stt for row in form.appendix("BNV").printed}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (([["1"]], [[1.0]], "khong-co"), "Không có biểu mẫu “khong-co”"),
        (([["1"]], [[1.0]], None), "Chưa ghi mã biểu"),
        (([["1"]], [[1.0]], "vinh-thanh-2023"), "có nhiều phụ lục"),
        (([["1"]], [[1.0]], "vinh-thanh-2023", "PL9"), "không có phụ lục “PL9”"),
        (([["1"], ["2"]], [[1.0]], "cam-giang-2024"), "hai vùng có cùng số dòng"),
        (([["1", "2"]], [[1.0]], "cam-giang-2024"), "Vùng STT phải là một cột"),
        (([["1"]], [[1.0]], "vinh-thanh-2023", "PL4"), "phải có 10 cột"),
        (([["1"]], [[1.0, "", 3.0]], "cam-giang-2024"), "phải có 1 đến 2 cột"),
        (([["99"]], [[1.0]], "cam-giang-2024"), "Không dòng nào của vùng có STT"),
        (([["1"]], [[1.0]], [["cam-giang-2024"], ["x"]]), "mã biểu phải là một ô"),
    ],
)
def test_wrong_arguments_are_sentences(arguments: tuple[object, ...], said: str) -> None:
    """What is missing or does not fit is said in one cell."""
    shown = CCHC_KIEMTRA(*arguments)
    assert isinstance(shown, str)
    assert said in shown


def test_an_error_value_is_no_blank() -> None:
    """The check says of an error value what it says of one in a form's workbook."""
    lines = CCHC_KIEMTRA([["1.1"]], [["#N/A"]], *PL6)
    assert any("đang báo lỗi #N/A" in line[2] for line in lines)


def test_an_empty_table_is_no_clean_table() -> None:
    """Without any figure there is nothing to find, and that is said."""
    assert CCHC_KIEMTRA([["1"]], [[None]], "cam-giang-2024") == [["Vùng chưa có số liệu."]]


# CCHC_TONGHOP ---------------------------------------------------------------------------------------------------------


@cache
def _communes() -> list[Child]:
    form = load_form("vinh-thanh-2023")
    blank = blank_submission(form, Stamp(form.id, form.version))
    children = []
    for code, report in made_up_reports().items():
        entries = dict(blank.entries)
        for appendix, lines in report.items():
            keys = {column.name: column.key for column in form.appendix(appendix).columns if not column.given}
            for line in lines:
                for name, key in keys.items():
                    ref = CellRef(appendix, int(line["order"]), key)
                    if line.get(name) and ref in entries:
                        value = printed_value(form.spec(ref), line[name])
                        entries[ref] = replace(entries[ref], value=value, formula=FormulaState.NONE)
        submission = Submission(code, form, blank.stamp, entries)
        children.append(Child(code, code, contribution(submission)))
    return children


def _words(cell: SummaryCell, units: int) -> object:
    """What a summary's figure should read in one cell, worded here anew."""

    def number(value: Decimal) -> str:
        return format_number(value, 2) if value != round(value, 2) else format_number(value)

    given = [source.number for source in cell.sources if source.number is not None]
    match cell.rollup:
        case Rollup.RECOMPUTE:
            return "tỷ lệ không cộng, không lấy bình quân: hãy cộng tử số, cộng mẫu số rồi dùng CCHC_TYLE"
        case Rollup.NONE:
            return "số riêng của cấp tổng hợp, không lấy từ các đơn vị"
    if not given:
        return ""
    match cell.rollup:
        case Rollup.OWN_PLUS_CHILDREN:
            return f"các đơn vị cộng lại {number(sum(given))}; chưa có tổng vì thiếu phần của chính cấp tổng hợp"
        case Rollup.COUNT_YES:
            asked = units if cell.spec.kind is CellKind.MARK else len(given)
            return f"{given.count(Decimal(1))}/{asked}"
        case Rollup.DISTRIBUTION:
            return "; ".join(f"{words}: {given.count(Decimal(code))}" for code, words in cell.spec.row.options)
    if cell.value is not None:
        return float(cell.value)
    if cell.rollup is Rollup.SHARED:
        ranked: dict[Decimal, int] = {}
        for value in given:
            ranked[value] = ranked.get(value, 0) + 1
        listed = sorted(ranked.items(), key=lambda item: -item[1])
        return "các đơn vị ghi khác nhau: " + ", ".join(f"{number(value)} ({count})" for value, count in listed)
    if cell.minimum == cell.maximum:
        return f"các đơn vị đều ghi {number(cell.minimum)}"
    return f"từ {number(cell.minimum)} đến {number(cell.maximum)}"


@pytest.mark.parametrize("parent", ["vinh-thanh-2023", "ninh-hai-2023"])
def test_the_roll_up_of_a_range_is_that_of_the_merge(parent: str) -> None:
    """Every figure of the nine made-up communes, into their own form and into the district's."""
    form, seen = load_form(parent), set()
    for cell in consolidate(form, _communes()):
        if not cell.sources and cell.rollup is not Rollup.NONE:
            continue
        if cell.rollup is Rollup.RECOMPUTE and cell.spec.quantity.rollup is Rollup.SPREAD:
            continue  # the communes' form has the parts: the merge sees them, a range of percentages does not
        if cell.listed:
            continue  # counted in the communes' lists, which a range of counts does not have
        indicator = "/".join((form.id, cell.spec.ref.appendix, str(cell.spec.ref.order), cell.spec.ref.column))
        block = [[_figure(cell, source.number)] for source in cell.sources]
        assert CCHC_TONGHOP(indicator, block or [[None]]) == _words(cell, len(_communes())), indicator
        seen.add(cell.rollup)
    assert {Rollup.SUM, Rollup.SHARED, Rollup.RECOMPUTE} <= seen


def _figure(cell: SummaryCell, number: Decimal | None) -> object:
    if cell.spec.kind is CellKind.MARK and cell.rollup is Rollup.COUNT_YES:
        return "x" if number == 1 else None
    return float(number) if number is not None else None


DISPUTED = {
    "tthc.hs.xa.dung_han": ([[1.0, 2.0], ["3", None]], 6.0),
    "vinh-thanh-2023/PL6/45": ([[108.0]] * 8 + [[107.0]], "các đơn vị ghi khác nhau: 108 (8), 107 (1)"),
    "tthc.truc_tuyen.muc3.co_ho_so": ([[12.0], [30.0], [15.0]], "từ 30 đến 57"),
    "cddh.khao_sat.co": ([[1.0]] * 7 + [[0.0]] * 2, "7/9"),
    "cddh.thanh_tra.ty_le_ket_luan": ([[80.0], [99.5]], "từ 80 đến 99,5"),
    "tthc.hs.xa.ty_le_dung_han": ([[80.0], [99.5]], "tỷ lệ không cộng"),
    "cddh.doi_thoai.co": ([["Có"], ["Không"], [None]], "1/2"),
}


@pytest.mark.parametrize(("indicator", "case"), DISPUTED.items())
def test_each_way_of_rolling_up(indicator: str, case: tuple[list[list[object]], object]) -> None:
    """By canonical code or by row: sums, disputes, bounds, counts."""
    block, wanted = case
    shown = CCHC_TONGHOP(indicator, block)
    assert shown == wanted or (isinstance(wanted, str) and str(shown).startswith(wanted))


@pytest.mark.parametrize(
    ("indicator", "block", "said"),
    [
        ("khong.co", [[1.0]], "Không có chỉ tiêu “khong.co”"),
        (None, [[1.0]], "Không có chỉ tiêu"),
        ("vinh-thanh-2023/PL6/999", [[1.0]], "từ 1 đến 145"),
        ("vinh-thanh-2023/PL6/1", [[1.0]], "không phải chỉ tiêu có số liệu"),
        ("vinh-thanh-2023/PL4/1", [[1.0]], "hãy ghi thêm cột"),
        ("vinh-thanh-2023/PL6", [[1.0]], "thứ tự dòng"),
        ("tthc.hs.xa.dung_han", [[1.0], ["abc"]], "đơn vị thứ 2: không đọc được số"),
        ("tthc.hs.xa.dung_han", [[1.0], ["#REF!"]], "đơn vị thứ 2: ô đang báo lỗi #REF!"),
    ],
)
def test_an_indicator_or_figure_that_is_not_there(indicator: object, block: object, said: str) -> None:
    """A figure that would be left out of a total is named, never passed over."""
    assert said in str(CCHC_TONGHOP(indicator, block))


# Never an exception ---------------------------------------------------------------------------------------------------

anything = st.one_of(
    st.none(), st.floats(), st.booleans(), st.text(max_size=8), st.integers(-3, 3), st.just("#N/A"), st.datetimes()
)
blocks = st.one_of(
    anything,
    st.tuples(st.integers(0, 3), st.integers(0, 3)).flatmap(
        lambda size: st.lists(
            st.lists(anything, min_size=size[1], max_size=size[1]), min_size=size[0], max_size=size[0]
        )
    ),
)


def _flat(result: object) -> list[object]:
    return [cell for line in result for cell in line] if isinstance(result, list) else [result]


@given(blocks, blocks, blocks)
def test_whatever_comes_a_value_or_a_sentence_goes_back(first: object, second: object, third: object) -> None:
    """No exception, no None, no infinite number: Excel shows each as something that nobody understands."""
    for result in (
        CCHC_TYLE(first, second, third),
        CCHC_SO(first),
        CCHC_KHOP(first, second),
        CCHC_KIEMTRA(first, second, "cam-giang-2024"),
        CCHC_KIEMTRA(first, second, third, first),
        CCHC_TONGHOP(first, second),
        CCHC_TONGHOP("tthc.hs.xa.dung_han", second),
    ):
        for cell in _flat(result):
            assert isinstance(cell, str) or (isinstance(cell, float) and abs(cell) < float("inf"))
            assert "không tính được" not in str(cell)


@pytest.mark.parametrize("code", [2043, 2045, 2046, 2047, 2048, 2049, 2050, 2051, 2222])
def test_no_error_value_is_a_figure(code: int) -> None:
    """Errors that xlwings does not know come as COM's bare numbers, also those of a later Excel: never added up."""
    raw = [[code - 2146828288]]
    for said in (
        CCHC_SO(raw),
        CCHC_TYLE(raw, [[3.0]]),
        CCHC_TYLE([[3.0]], raw),
        CCHC_KHOP([[3.0]], raw),
        CCHC_TONGHOP([["vinh-thanh-2023/PL6/56"]], [[1.0], *raw]),
        CCHC_TONGHOP(raw, [[1.0]]),
    ):
        assert "ô đang báo lỗi #" in str(said)


def test_a_whole_column_is_no_range_of_units() -> None:
    """A click on a column's head does not occupy Excel for minutes, nor do as many units as a summary can have."""
    indicator = [["vinh-thanh-2023/PL6/56"]]
    assert "không chọn cả cột" in CCHC_TONGHOP(indicator, [[None]] * 1_048_576)
    assert CCHC_TONGHOP(indicator, [[float(number % 100)] for number in range(10_000)]) == 495_000


def test_a_long_text_is_shortened_in_the_complaint() -> None:
    """A cell's text of 32,767 letters, repeated in a sentence, would not fit into a cell: Excel shows #VALUE!."""
    assert len(CCHC_SO([["chữ " * 8_000]])) < 200
