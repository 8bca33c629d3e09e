"""Rows and columns of foreign tables are recognised, and what is not sure waits for a person."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from distortions import Strength, distort, reword, to_old
from hypothesis import given, settings
from hypothesis import strategies as st
from recognition_tally import Tally, measure

from cchc_xl.catalogue.load import form_ids, load_form
from cchc_xl.errors import InputFault
from cchc_xl.legacy_letters import Encoding, encoding_of_font, encoding_of_texts, to_unicode
from cchc_xl.readers.foreign.open_file import ForeignFile
from cchc_xl.readers.foreign.table import ForeignTable
from cchc_xl.recognition.recognise import FoundRow, Recognition, recognise
from cchc_xl.recognition.target import known_words
from cchc_xl.recognition.units import same_measure
from cchc_xl.recognition.wording import Comparer, Likeness, wording
from cchc_xl.values import from_cell

FORM = "cam-giang-2024"
HEAD = ["STT", "Chỉ tiêu", "Đơn vị tính", "Số liệu", "Ghi chú"]


def table(rows: list[list[object]], head: list[str] | None = None, name: str = "Bảng 1") -> ForeignTable:
    """A table of the head and these rows."""
    lines = [HEAD if head is None else head, *rows] if head != [] else rows
    return ForeignTable(name, [[from_cell(cell) for cell in line] for line in lines])


def found(*tables: ForeignTable, form: str = FORM) -> Recognition:
    """The tables as recognised."""
    return recognise(ForeignFile("bang.docx", "0" * 64, tables), load_form(form))


def printed(form: str = FORM, appendix: str = "PL1") -> list[list[object]]:
    """The rows of an appendix as printed, each with its order as figure."""
    rows = load_form(form).appendix(appendix).printed
    return [[row.stt, row.label, row.unit, str(row.order) if "value" in _cells(row) else "", ""] for row in rows]


def _cells(row: object) -> set[str]:
    form = load_form(FORM)
    return {ref.column for ref in form.cells if ref.order == row.order}  # type: ignore[attr-defined]


def by_label(recognition: Recognition, label: str) -> list[FoundRow]:
    """The rows with this label."""
    return [row for row in recognition.rows() if row.source.label == label]


@pytest.mark.parametrize("form_id", form_ids())
def test_a_form_as_printed_needs_no_person(form_id: str) -> None:
    """Every row and column of the forms' own tables is taken, and rightly."""
    form = load_form(form_id)
    tally = Tally()
    measure(form, distort(form, 1, Strength(0, 0, 0, 0, columns=False, letters=False)), tally)
    assert (tally.accepted, tally.accepted_wrong) == (tally.rows, 0)
    assert tally.rows == sum(len(appendix.printed) for appendix in form.appendices)


@pytest.mark.parametrize("form_id", form_ids())
def test_distorted_tables_are_mapped_rightly_or_not_at_all(form_id: str) -> None:
    """Moved, reworded, missing and repeated rows, other columns, heads and letters: none wrong that is accepted."""
    form = load_form(form_id)
    tally = Tally()
    for seed in range(4):
        measure(form, distort(form, seed, Strength()), tally)
        measure(form, distort(form, 100 + seed, Strength(0.25, 0.05, 0.15, 0.5)), tally)
    assert tally.accepted_wrong == 0, tally.wrong
    assert tally.precision >= 0.995, tally.wrong
    assert tally.accepted >= 0.55 * tally.rows  # where no head tells the columns, a table waits as a whole


def test_a_table_that_two_appendices_could_be_waits() -> None:
    """Labels that two appendices share, and no head: the lesser one is proposed whatever order sets have, none taken.

    A title above the table settles it.
    """
    form = load_form("tinh-chau-2023")
    labels = ["Cải cách thể chế", "Cải cách chế độ công vụ", "Cải cách tài chính công"]
    rows: list[list[object]] = [[str(n), label, "", "", "5", "6"] for n, label in enumerate(labels, start=1)]
    recognition = found(table(rows, head=[]), form=form.id)
    assert [row.target and row.target.code for row in recognition.rows()] == ["BNV.1", "BNV.4", "BNV.5"]
    assert not any(row.accepted for row in recognition.rows())
    assert "bảng này cũng có thể là biểu PL1" in recognition.rows()[0].remarks

    for appendix in form.appendices:
        titled = ForeignTable("Bảng 1", table(rows, head=[]).rows, f"Kèm theo báo cáo\n{appendix.title}")
        certain = found(titled, form=form.id)
        assert {row.target.appendix.id for row in certain.rows() if row.target} == {appendix.id}
        assert not any("cũng có thể" in remark for row in certain.rows() for remark in row.remarks)


@pytest.mark.parametrize("seed", ["1", "3"])
def test_the_order_of_sets_decides_nothing(seed: str) -> None:
    """The same file is recognised alike in every run of Python: names are hashed otherwise in each."""
    code = (
        "from distortions import Strength, distort\n"
        "from cchc_xl.catalogue.load import load_form\n"
        "from cchc_xl.recognition.recognise import recognise\n"
        "form = load_form('tinh-chau-2023')\n"
        "for n in range(3):\n"
        "    file = distort(form, 100 + n, Strength(0.25, 0.05, 0.15, 0.5)).file\n"
        "    for row in recognise(file, form).rows():\n"
        "        print(row.source.place, row.target and row.target.code, row.match.confidence, row.accepted)\n"
    )
    paths = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": s, "PYTHONPATH": paths, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for s in ("0", seed)
    }
    assert len(runs) == 1
    assert runs != {""}


def test_what_people_would_doubt_is_never_accepted() -> None:
    """Other times, copies, headings over two columns, merged figures, broken labels, pages without a head."""
    tally = Tally()
    kinds = (
        Strength(times=0.7),
        Strength(copied=0.7),
        Strength(boxed=0.5, aside=0.5),
        Strength(repeated=0, merged=0.7, broken=0.7, columns=False),
        Strength(headless=0.8),
    )
    for form_id in form_ids():
        for seed, strength in enumerate(kinds):
            measure(load_form(form_id), distort(load_form(form_id), seed, strength), tally)
    assert tally.accepted_wrong == 0, tally.wrong
    assert tally.precision >= 0.995, tally.wrong


def test_impostors_are_never_accepted() -> None:
    """A row in which one decisive word is another (cấp huyện, cấp thôn) is not taken for its neighbour."""
    tally = Tally()
    for form_id in form_ids():
        for seed in range(3):
            measure(load_form(form_id), distort(load_form(form_id), seed, Strength(impostor=0.3)), tally)
    assert tally.accepted_wrong == 0, tally.wrong
    assert tally.precision >= 0.99, tally.wrong


def test_tables_of_another_form_are_never_accepted() -> None:
    """The same words may count something else on another level of government: there every row waits."""
    for theirs in form_ids():
        for ours in form_ids():
            if theirs == ours:
                continue
            file = distort(load_form(theirs), 1, Strength(0, 0, 0, 0, columns=False, letters=False)).file
            try:
                recognition = recognise(file, load_form(ours))
            except InputFault:
                continue
            assert [row.source.label for row in recognition.rows() if row.accepted and row.figures] == []


def test_the_form_is_found_by_its_labels_and_never_guessed() -> None:
    """The form with most of the labels is taken; a table of something else has none."""
    for form_id in form_ids():
        file = distort(load_form(form_id), 3, Strength(letters=False)).file
        assert recognise(file).form.id == form_id
    with pytest.raises(InputFault, match="không có chỉ tiêu của biểu mẫu nào"):
        recognise(ForeignFile("bang.docx", "", (table([["1", "Họ và tên", "", "5", ""]]),)))


def test_a_crowd_of_rows_is_refused() -> None:
    """More rows than any form and list has are not compared one by one."""
    with pytest.raises(InputFault, match="quá nhiều chữ"):
        found(table([["", f"Số hồ sơ thứ {number}", "", "5", ""] for number in range(3001)]))


# Twins ----------------------------------------------------------------------------------------------------------------

TWIN = "Số hồ sơ TTHC giải quyết đúng hạn"  # rows 36 and 39, without numbers, under 34 and 37


def test_twins_are_told_apart_by_the_rows_that_contain_them() -> None:
    """Two rows of one label each go to the row under the container under which they stand."""
    codes = [row.target.code if row.target else None for row in by_label(found(table(printed())), TWIN)]
    assert codes == ["PL1.36", "PL1.39"]


def test_a_twin_waits_where_a_container_is_missing() -> None:
    """Without the second container its rows could be taken for those of the first: nobody knows."""
    rows = [row for row in printed() if row[1] != load_form(FORM).appendix("PL1").row(37).label]
    twins = by_label(found(table(rows)), TWIN)
    assert [row.target for row in twins] == [None, None]
    assert [[target.code for target in row.candidates] for row in twins] == [["PL1.36", "PL1.39"]] * 2


def test_a_twin_waits_where_containers_changed_places() -> None:
    """Containers in another order are no ground to stand on."""
    rows = printed()
    rows[33], rows[36] = rows[36], rows[33]
    assert all(row.target is None for row in by_label(found(table(rows)), TWIN))


def test_a_row_that_comes_twice_waits_both_times() -> None:
    """Which of two figures is meant, only the sender knows."""
    rows = printed()
    label = str(rows[24][1])
    twice = by_label(found(table([*rows, ["", label, "Thủ tục", "77", ""]])), label)
    assert [(row.target.code if row.target else "", row.accepted) for row in twice] == [("PL1.25", False)] * 2
    assert "2 lần" in twice[0].remarks[0]


@pytest.mark.parametrize("unit", ["Đồng", "Tỷ đồng", "%", "", "1.000đ", "Nghìn tỷ đồng"])
def test_money_in_another_unit_waits(unit: str) -> None:
    """A figure in đồng is not one in million đồng, and where no unit stands nobody knows."""
    rows = printed()
    rows[65][2] = unit
    [row] = by_label(found(table(rows)), "Kế hoạch được giao")
    assert not row.accepted
    assert "đơn vị tính" in row.remarks[0]


def test_units_of_counts_may_be_worded_otherwise() -> None:
    """What is counted has many names; a percentage is no count."""
    assert same_measure("người", "cán bộ, công chức")
    assert same_measure("tr.đồng", "triệu đồng")
    assert not same_measure("%", "hồ sơ")
    assert not same_measure("nghìn đồng", "triệu đồng")
    assert same_measure("1.000 đồng", "nghìn đ")
    assert not same_measure("1.000 đồng", "đồng")
    assert not same_measure("nghìn lượt", "lượt")
    assert same_measure("đồng chí", "người")


def test_a_row_of_the_same_name_with_another_code_waits() -> None:
    """A procedure is what its code says, whatever it is called."""
    form = load_form("vinh-thanh-2023")
    head = ["STT", "Thủ tục", "Mã thủ tục", "Lĩnh vực", "Mức độ", "Tổng số hồ sơ"]
    rows = [[r.stt, r.label, r.given["code"], r.given["field"], "4", "5"] for r in form.appendix("PL5").printed]
    rows[24][2] = "016.99.999"
    recognition = found(table(list(rows), head), form=form.id)
    assert [row.target.code if row.target else "" for row in recognition.rows() if not row.accepted] == ["PL5.25"]
    assert "016.99.999" in next(row for row in recognition.rows() if not row.accepted).remarks[0]


# Columns --------------------------------------------------------------------------------------------------------------


def test_the_figures_of_an_added_column_are_not_taken() -> None:
    """A column "Số liệu kỳ trước" beside "Số liệu" changes nothing."""
    head = ["STT", "Chỉ tiêu", "ĐVT", "Số liệu kỳ trước", "Số liệu"]
    recognition = found(table([[a, b, c, "999", d] for a, b, c, d, _ in printed()], head))
    assert [(c.match.heading, c.match.key, c.accepted) for c in recognition.columns()] == [
        ("Số liệu kỳ trước", "", False),
        ("Số liệu", "value", True),
    ]


@pytest.mark.parametrize("heads", [("Số liệu", "Số liệu"), ("Kết quả", "Số liệu"), ("Quý I", "Lũy kế")])
def test_of_two_columns_that_could_be_meant_none_is_taken(heads: tuple[str, str]) -> None:
    """Which one holds the figures of the period, a person says, unless one heading is the form's own."""
    recognition = found(table([[a, b, c, "5", d] for a, b, c, d, _ in printed()], ["STT", "Chỉ tiêu", "ĐVT", *heads]))
    accepted = [column.match.heading for column in recognition.columns() if column.accepted]
    assert accepted == (["Số liệu"] if heads == ("Kết quả", "Số liệu") else [])


@pytest.mark.parametrize("said", ["lũy kế từ đầu năm", "năm 2023", "nghìn đồng", "kỳ trước"])
def test_brackets_in_a_heading_make_a_person_look(said: str) -> None:
    """"Số liệu (lũy kế)" is not "Số liệu"; what the form's own heading has in brackets is."""
    for words, accepted in ((f"Số liệu ({said})", False), ("Số liệu (4)", True), ("Số liệu", True)):
        [column, _] = found(table(printed(), [*HEAD[:3], words, "Ghi chú"])).columns()
        assert (column.match.key, column.accepted) == ("value", accepted), words


def test_a_heading_over_two_columns_of_figures_is_of_neither() -> None:
    """In a box, as years below it, or bare: which of the two columns is meant, a person says."""
    rows: list[list[object]] = [[a, b, c, "999" if d else "", d] for a, b, c, d, _ in printed()]
    years: list[list[object]] = [["", "", "", 2023, 2024], *rows]
    bare = table(rows, [*HEAD[:4], ""])
    boxed = ForeignTable("Bảng 1", bare.rows, boxes={(0, 3): (1, 2)})
    for read in (bare, boxed, table(years, [*HEAD[:4], ""])):
        columns = found(read).columns()
        assert len(columns) == 2
        assert not any(column.accepted for column in columns)
    assert found(table(years, [*HEAD[:4], ""])).columns()[0].match.heading == "Số liệu > 2023"


def test_a_heading_over_a_box_of_one_column_of_figures_is_its_own() -> None:
    """Word tables are often ruled finer than they look: a blank column under the heading changes nothing."""
    rows: list[list[object]] = [[a, b, c, d, "", e] for a, b, c, d, e in printed()]
    boxed = ForeignTable("Bảng 1", table(rows, [*HEAD[:4], "", "Ghi chú"]).rows, boxes={(0, 3): (1, 2)})
    columns = found(boxed).columns()
    assert [(c.match.index, c.match.key) for c in columns if c.accepted] == [(3, "value"), (5, "note")]


@pytest.mark.parametrize("heading", ["Số liệu thẩm định", "Sau điều chỉnh", "Kỳ này"])
def test_a_column_that_corrects_another_makes_a_person_look(heading: str) -> None:
    """Which of the two the sender means, the headings do not tell."""
    rows: list[list[object]] = [[a, b, c, d, "9" if d else "", ""] for a, b, c, d, _ in printed()]
    columns = found(table(rows, [*HEAD[:3], "Số liệu báo cáo", heading, "Ghi chú"])).columns()
    assert [column.match.heading for column in columns if column.accepted] == ["Ghi chú"]


def test_heads_that_have_changed_places_are_not_believed() -> None:
    """Figures below "Đơn vị tính" and units below "Số liệu": neither is taken without a person."""
    columns = found(table([[a, b, d, c, e] for a, b, c, d, e in printed()])).columns()
    assert not any(column.accepted for column in columns)


def test_a_hidden_column_is_not_taken_and_a_hidden_sheet_is_named() -> None:
    """What its sender did not see, a person looks at first."""
    read = ForeignTable("Trang 1", table(printed()).rows, worksheet=True, hidden_columns=frozenset({3}))
    assert [column.accepted for column in found(read).columns()] == [False, True]
    plain = table(printed(), name="Trang 1")
    recognition = found(plain, ForeignTable("Cũ", plain.rows, worksheet=True, hidden=True))
    assert all(row.accepted for row in recognition.rows())
    assert ["“Cũ” bị ẩn" in remark for remark in recognition.remarks] == [True]


def test_a_cumulative_figure_beside_another_waits() -> None:
    """Where the form wants the cumulative figure and the table has a column of such, only equal ones are taken."""
    rows: list[list[object]] = [[a, b, c, d, d, ""] for a, b, c, d, _ in printed()]
    rows[3][4] = "999"  # a task of the year's plan
    rows[1][4] = "999"  # documents of the period
    recognition = found(table(rows, [*HEAD[:4], "Lũy kế", "Ghi chú"]))
    waiting = [row for row in recognition.rows() if not row.accepted]
    assert [row.source.row for row in waiting] == [4]
    assert "999" in waiting[0].remarks[0]


def test_a_ratio_beside_another_figure_waits() -> None:
    """"Số liệu 15, Tỷ lệ 75" in a row of percentages: which one the form wants, a person says."""
    rows: list[list[object]] = [[a, b, c, d, "75" if c == "%" else "", ""] for a, b, c, d, _ in printed()]
    recognition = found(table(rows, [*HEAD[:4], "Tỷ lệ (%)", "Ghi chú"]))
    waiting = {row.source.unit for row in recognition.rows() if not row.accepted and row.figures}
    assert waiting == {"%"}


def test_a_column_without_a_known_heading_is_proposed_only() -> None:
    """"Quý III năm 2024" above the only column of figures: very likely, but a person says so."""
    recognition = found(table(printed(), ["STT", "Nội dung", "ĐVT", "Quý III năm 2024", "Ghi chú"]))
    column = recognition.columns()[0]
    assert (column.match.key, column.accepted) == ("value", False)
    assert all(row.accepted and not row.columns_accepted for row in recognition.rows() if "value" in row.figures)


def test_a_table_goes_on_after_a_page_break() -> None:
    """A second table without a head, or with the same head again, is the rest of the first."""
    rows = printed()
    for second in (table(rows[40:], [], "Bảng 2"), table(rows[40:], HEAD, "Bảng 2")):
        recognition = found(table(rows[:40]), second)
        assert len(recognition.parts) == 1
        assert all(row.accepted and row.columns_accepted for row in recognition.rows())
        assert len(recognition.rows()) == 89


def test_a_page_without_a_head_whose_columns_hold_other_things_waits() -> None:
    """As wide as the page before, but unit and figure have changed places: the columns are looked at anew."""
    rows = printed()
    turned: list[list[object]] = [[a, b, d, c, e] for a, b, c, d, e in rows[40:]]
    recognition = found(table(rows[:40]), table(turned, [], "Bảng 2"))
    first, second = (
        [row for row in recognition.rows() if row.source.segment.number == n and row.figures] for n in (0, 1)
    )
    assert all(row.accepted and row.columns_accepted for row in first)
    assert second
    assert not any(row.columns_accepted for row in second)


def test_appendices_put_into_one_table_are_told_apart() -> None:
    """A district's seven appendices typed as one table under one head."""
    form = load_form("ninh-hai-2023")
    rows = [["", row.label, row.unit, "", ""] for appendix in form.appendices for row in appendix.printed]
    recognition = found(table(rows), form=form.id)
    assert [appendix.id for appendix in recognition.parts[0].appendices] == [a.id for a in form.appendices]
    assert Counter(row.accepted for row in recognition.rows())[False] == 0


def test_rows_numbered_anew_are_not_taken_for_their_twins() -> None:
    """A group left out and the others numbered without a gap, in a long table: the numbers of twins then lie."""
    form = load_form("ninh-hai-2023")
    rows = [[row.stt, row.label, row.unit, "", ""] for a in form.appendices for row in a.printed]
    start = next(at for at, row in enumerate(rows) if row[1].startswith("Tỷ lệ hồ sơ TTHC do các cơ quan"))
    for container in (True, False):  # whether the container of the twins can be told by its label
        left = rows[:start] + [list(row) for row in rows[start + 3 :]]
        for row in left[start : start + 9]:
            first, second, *more = row[0].strip(".").split(".")
            row[0] = ".".join([first, str(int(second) - 1), *more])
        if not container:
            left[start][1] = "Mục khác"
        twins = [row for row in found(table(left), form=form.id).rows() if row.source.label.endswith("hạn")]
        twins = [row for row in twins if row.source.label == "Số hồ sơ TTHC giải quyết đúng hạn"]
        assert [row.source.stt for row in twins] == ["3.1.2", "3.2.2"]
        assert not any(row.accepted for row in twins)


def test_numbers_and_labels_in_one_column_are_read_apart() -> None:
    """"1.2.1. Số nhiệm vụ…" in one cell, without a column of numbers."""
    rows = [[f"{a}. {b}" if a else b, c, d, e] for a, b, c, d, e in printed()]
    waiting = [row.source.label for row in found(table(rows, HEAD[1:])).rows() if not row.accepted]
    assert [label.split(".")[0] for label in waiting] == ["Trong đó"]


@pytest.mark.parametrize("figure_first", [True, False])
def test_a_label_that_goes_on_in_the_next_row_is_one(*, figure_first: bool) -> None:
    """Cells that do not wrap: the two halves are one label, wherever the figure stands."""
    rows: list[list[object]] = []
    for stt, label, unit, figure, note in printed():
        words = str(label).split(" ")
        first, rest = " ".join(words[:5]), " ".join(words[5:])
        if not rest or not figure:
            rows.append([stt, label, unit, figure, note])
        elif figure_first:
            rows += [[stt, first, unit, figure, note], ["", rest, "", "", ""]]
        else:
            rows += [[stt, first, "", "", ""], ["", rest, unit, figure, note]]
    taken = [row for row in found(table(rows)).rows() if row.figures]
    assert len(taken) == 71
    assert all(row.accepted for row in taken)


def test_half_a_label_that_is_another_row_s_waits() -> None:
    """"Số nhiệm vụ đã hoàn thành | trước hạn": what goes on in the next row may be another row's name."""
    rows = [row for row in printed() if row[1] != "Số nhiệm vụ đã hoàn thành"]
    at = next(n for n, row in enumerate(rows) if row[1] == "Số nhiệm vụ đã hoàn thành đúng hạn")
    rows[at : at + 1] = [["", "Số nhiệm vụ đã hoàn thành", "Nhiệm vụ", "5", ""], ["", "trước thời hạn", "", "", ""]]
    [row] = by_label(found(table(rows)), "Số nhiệm vụ đã hoàn thành")
    assert not row.accepted
    assert "dòng sau" in row.remarks[-1]
    rows = printed()
    rows[4][1] = f"{rows[4][1]} và"
    assert [row.remarks for row in found(table(rows)).rows() if not row.accepted] == [("tên chưa hết câu (“… và”)",)]


def test_doubtful_figures_wait() -> None:
    """An error value, a date that Excel has made, a percentage kept as a fraction, a figure on a heading."""
    rows = printed()
    rows[2][3] = 0.985
    rows[0][3] = "7"
    recognition = found(table(rows))
    waiting = {row.source.key: row.remarks for row in recognition.rows() if not row.accepted}
    assert set(waiting) == {"1", "1.2"}
    assert "không có ô" in waiting["1"][0]
    assert "phần trăm" in waiting["1.2"][0]


def test_figures_that_can_be_read_in_two_ways_wait() -> None:
    """Texts too: a thousand with a comma, a fraction for a percentage, a figure that was struck out."""
    rows = printed()
    rows[1][3], rows[2][3], rows[3][3] = "1,234", "0,985", "1\u03362\u033615"
    waiting = {row.source.row: row.remarks[0] for row in found(table(rows)).rows() if not row.accepted}
    assert [words in waiting[row] for row, words in ((2, "dấu nghìn"), (3, "phần trăm"), (4, "gạch bỏ"))] == [True] * 3
    assert len(waiting) == 3


def test_figures_in_merged_cells_and_hidden_rows_wait() -> None:
    """A figure over several rows or columns is of none of them for sure; a box of one column is no matter."""
    rows = [[a, b, c, d, "", e] for a, b, c, d, e in printed()]
    read = table(rows, [*HEAD[:4], "", "Ghi chú"])
    wide, high = {(2, 3): (1, 2), (3, 3): (1, 3)}, {(4, 3): (2, 1)}
    marked = ForeignTable("Trang 1", read.rows, worksheet=True, boxes=wide | high, hidden_rows=frozenset({9, 10}))
    waiting = {row.source.row: row.remarks for row in found(marked).rows() if not row.accepted}
    assert set(waiting) == {3, 4, 9, 10}
    assert [waiting[row][0].split(":")[0][-8:] for row in (3, 4)] == ["nhiều cột"[-8:], "p 2 dòng"]


def test_rows_of_another_time_wait() -> None:
    """Below "Cùng kỳ năm trước" in the midst of a table nothing is of this period for sure; a title above all is."""
    rows = printed()
    section: list[object] = ["", "Cùng kỳ năm trước", "", "", ""]
    recognition = found(table([*rows[:50], section, *rows[50:]]))
    assert [row.accepted for row in recognition.rows()] == [True] * 50 + [False] * 40
    assert all(row.accepted for row in found(table([section, *rows])).rows()[1:])
    group: list[object] = ["", "Kết quả thực hiện các nội dung theo kế hoạch năm 2024 của xã", "", "", ""]
    assert sum(not row.accepted for row in found(table([*rows[:51], group, *rows[51:]])).rows()) <= 2


def test_an_appendix_that_comes_twice_waits_with_all_its_rows() -> None:
    """Rows that only one of two tables has are no surer than those which both have."""
    rows = printed()
    recognition = found(table(rows, name="Kỳ trước"), table(rows[:30], name="Kỳ này"))
    assert not any(row.accepted for row in recognition.rows())
    assert "Kỳ trước; Kỳ này" in recognition.rows()[80].remarks[0]


def test_no_figure_is_lost_without_a_word() -> None:
    """A run of rows that are not the form's, one without a label, a figure under the unit's heading: all are named."""
    rows = printed()
    rows[1][2], rows[1][3] = "12", ""
    rows.append(["", "", "5", "7", "9"])
    rows += [["STT", "Họ tên", "Chức vụ", "Số liệu", ""], ["1", "Máy in", "Cái", "55", ""], ["2", "Xe", "Cái", "5", ""]]
    heads = table([["UBND XÃ A", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"]], [], "Bảng 2")
    recognition = found(table(rows), heads)
    assert recognition.unknown == ("Bảng 1, hàng 93 đến 94 (4 ô có số)",)
    assert ["hàng 3: “12” đứng ở cột đơn vị tính" in remark for remark in recognition.remarks] == [True]
    assert [row.source.has_figures for row in recognition.rows() if not row.source.label] == [True]


# Wording --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("theirs", "ours", "likeness"),
    [
        ("Số thủ tục hành chính cấp xã.", "- Số TTHC cấp xã", Likeness.SAME),
        ("1.2. TỈ LỆ XỬ LÝ", "Tỷ lệ xử lý", Likeness.SAME),
        ("So TTHC cap xa", "Số TTHC cấp xã", Likeness.UNMARKED),
        ("Số nhiệm vụ hoàn thành", "Số nhiệm vụ đã hoàn thành", Likeness.NEAR),
        ("Số nhiệm vụ hoàn thnàh", "Số nhiệm vụ hoàn thành", Likeness.NEAR),
        ("Số TTHC cấp huyện", "Số TTHC cấp xã", Likeness.REWORDED),
        ("Tổng số TTHC mức độ 3", "Tổng số TTHC mức độ 4", Likeness.OTHER),
        ("Số nhiệm vụ", "Kết quả đánh giá", Likeness.OTHER),
    ],
)
def test_labels_are_compared_as_people_do(theirs: str, ours: str, likeness: Likeness) -> None:
    """What may differ without another meaning is little, and everything else is another wording."""
    assert Comparer(known_words()).compare(wording(theirs), wording(ours)).likeness is likeness


@pytest.mark.parametrize("encoding", Encoding)
def test_old_letters_come_back(encoding: Encoding) -> None:
    """Every label of every form survives the way through an old encoding; the table itself tells which one."""
    labels = [row.label.lower() for form in form_ids() for a in load_form(form).appendices for row in a.printed]
    old = [to_old(label, encoding) for label in labels]
    assert [to_unicode(text, encoding) for text in old] == labels
    assert encoding_of_texts(old, known_words()) is encoding


def test_unicode_is_left_alone() -> None:
    """Texts in Unicode, with and without marks, are no old letters; fonts tell by their names."""
    labels = [row.label for row in load_form(FORM).appendix("PL1").printed]
    assert encoding_of_texts(labels, known_words()) is None
    assert encoding_of_texts(["Tong so", "Ket qua"] * 20, known_words()) is None
    assert [encoding_of_font(f) for f in (".VnTimeH", "VNI-Times", "Times New Roman")] == ["TCVN3", "VNI", None]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([r.label for r in load_form(FORM).appendix("PL1").printed]), st.randoms(use_true_random=False))
def test_rewording_is_no_identity_by_accident(label: str, random: object) -> None:
    """A reworded label is never alike to another row's label in the ways that are accepted."""
    theirs = wording(reword(random, label))  # type: ignore[arg-type]
    comparer = Comparer(known_words())
    same = {
        row.label
        for row in load_form(FORM).appendix("PL1").printed
        if comparer.compare(theirs, wording(row.label)).likeness >= Likeness.UNMARKED
    }
    assert len({wording(text).words for text in same}) <= 1
