"""nhan-dang from a received file to a workbook of the form, with a person in between."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from distortions import Distorted, Strength, distort
from judge import recalculate, requires_libreoffice, to_xls
from test_recognition import HEAD, printed, table
from word_files import write_word, write_workbook

from cchc_xl import samples
from cchc_xl.catalogue.load import load_form
from cchc_xl.expressions import CellRef
from cchc_xl.filling import printed_value, read_printed
from cchc_xl.hosts import cli
from cchc_xl.merging import MergeRequest, merge
from cchc_xl.readers.read_submission import read_file
from cchc_xl.recognition import mapping_layout as layout
from cchc_xl.submission import LABEL

FORM = "cam-giang-2024"
WHO = ("--don-vi", "UBND xã A", "--ma", "10001", "--ky", "2024-Q1")


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What is remembered of senders lies in a folder of the test's own."""
    home = tmp_path_factory.mktemp("own")
    monkeypatch.setenv("LOCALAPPDATA", str(home))
    return home


def run(capsys: pytest.CaptureFixture[str], *args: object) -> tuple[int, str]:
    """Exit code and everything that was said."""
    code = cli.main([str(arg) for arg in args])
    said = capsys.readouterr()
    return code, said.out + said.err


def real_values(form_id: str) -> dict[str, dict[str, str]]:
    """The printed figures of a real report, by row code and column."""
    values: dict[str, dict[str, str]] = {}
    form = load_form(form_id)
    for ref, text in read_printed(Path(samples.__file__).parent / "printed" / form_id, form).texts.items():
        if form.spec(ref).column.given:
            continue
        values.setdefault(f"{ref.appendix}.{ref.order}", {})[ref.column] = text
    return values


def answer(
    mapping: Path, answers: Mapping[str, str], column: str = layout.CONFIRM, sheet: str = layout.ROWS_SHEET
) -> None:
    """Write words beside rows, by key, as a person would in Excel."""
    workbook = openpyxl.load_workbook(mapping)
    page = workbook[sheet]
    header = next(row for row in page.iter_rows() if layout.CONFIRM in [cell.value for cell in row])
    at = {cell.value: cell.column for cell in header}
    for row in range(header[0].row + 1, page.max_row + 1):
        key = page.cell(row, at[layout.KEY]).value
        if key in answers:
            page.cell(row, at[column]).value = answers[key]
    workbook.save(mapping)


def rows_of(mapping: Path, sheet: str = layout.ROWS_SHEET) -> dict[str, dict[str, str]]:
    """The rows of the workbook by key, each by heading."""
    page = openpyxl.load_workbook(mapping)[sheet]
    lines = [[cell.value or "" for cell in row] for row in page.iter_rows()]
    top = next(number for number, line in enumerate(lines) if layout.CONFIRM in line)
    found = [dict(zip(lines[top], line, strict=True)) for line in lines[top + 1 :]]
    return {row[layout.KEY]: row for row in found if row[layout.KEY]}


def expected(form_id: str, values: Mapping[str, Mapping[str, str]]) -> dict[CellRef, object]:
    """What the cells of the form must hold."""
    form = load_form(form_id)
    refs = {CellRef(*code.rsplit(".", 1)[:1], int(code.rsplit(".", 1)[1]), key): text
            for code, texts in values.items() for key, text in texts.items()}  # fmt: skip
    return {ref: printed_value(form.spec(ref), text) for ref, text in refs.items() if text.strip()}


def held(path: Path) -> dict[CellRef, object]:
    """What people have entered in a workbook of ours, as it is read."""
    submission = read_file(path)
    assert not submission.faults
    return {
        ref: entry.value
        for ref, entry in submission.entries.items()
        if entry.value.filled and not submission.form.spec(ref).column.given and entry.formula.value == "none"
    }


@pytest.mark.parametrize("form_id", ["cam-giang-2024", "ninh-hai-2023", "vinh-thanh-2023"])
def test_a_real_table_in_word_becomes_the_workbook_it_should(
    form_id: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The printed figures of three real reports as Word tables: every figure in its cell, none anywhere else."""
    values = real_values(form_id)
    truth = distort(load_form(form_id), 1, Strength(0, 0, 0, 0, columns=False, letters=False), values)
    source = write_word(truth.file.tables, tmp_path / "phu-luc.docx")
    code, said = run(capsys, "nhan-dang", source, "-o", tmp_path / "g.xlsx", *WHO)
    assert (code, "chờ người xác nhận" in said) == (0, False)
    code, said = run(capsys, "nhan-dang", source, "--ghep", tmp_path / "g.xlsx", "-o", tmp_path / "so.xlsx")
    assert code == 0, said
    assert held(tmp_path / "so.xlsx") == expected(form_id, values)


@pytest.mark.parametrize("form_id", ["ninh-hai-2023", "vinh-thanh-2023"])
def test_our_own_word_document_is_read_back(form_id: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What xuat-word writes, with its merged cells, letterheads and places to sign, gives the same figures again."""
    filled = Path(__file__).parents[1] / "workbooks" / "mau-da-dien" / f"{form_id}.xlsx"
    source, mapping = tmp_path / "a.docx", tmp_path / "g.xlsx"
    run(capsys, "xuat-word", filled, "-o", source)
    code, said = run(capsys, "nhan-dang", source, "-o", mapping, *WHO)
    assert (code, "Không thuộc biểu" in said) == (0, False)
    code, said = run(capsys, "nhan-dang", source, "--ghep", mapping, "-o", tmp_path / "so.xlsx")
    assert code == 0, said
    again = held(tmp_path / "so.xlsx")
    assert all(again[ref] == value for ref, value in held(filled).items())


def _answers(mapping: Path, truth: Distorted) -> dict[str, str]:
    """What somebody who knows the truth answers to every row that waits: the first of repeated rows counts."""
    answers, seen = {}, set()
    for key, row in rows_of(mapping).items():
        table_number, number = map(int, key.split("/"))
        code = truth.rows.get((table_number, number), "")
        if row[layout.CONFIRM] == layout.AUTOMATIC or not row[layout.FIGURES]:
            continue
        right = layout.code_of(row[layout.PROPOSED]) == code and code not in seen
        answers[key] = layout.YES if right else layout.NO if code in seen or not code else code
        seen.add(code)
    return answers


@pytest.mark.parametrize("kind", ["docx", "xlsx", "xls"])
@requires_libreoffice
def test_a_distorted_table_is_read_back_after_confirmation(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Distorted real tables as Word, .xlsx and .xls: with a person's answers every figure stands in its cell."""
    values = real_values(FORM)
    truth = distort(load_form(FORM), 11, Strength(letters=False), values)
    if kind == "docx":
        source = write_word(truth.file.tables, tmp_path / "a.docx")
    else:
        source = write_workbook(truth.file.tables, tmp_path / "a.xlsx")
        source = to_xls(source, tmp_path / "xls") if kind == "xls" else source
    mapping = tmp_path / "g.xlsx"
    assert run(capsys, "nhan-dang", source, "-o", mapping, *WHO)[0] == 1
    code, said = run(capsys, "nhan-dang", source, "--ghep", mapping, "-o", tmp_path / "so.xlsx")
    assert (code, (tmp_path / "so.xlsx").exists()) == (2, False)
    assert "chưa được xác nhận" in said
    answers = _answers(mapping, truth)
    answer(mapping, {key: word for key, word in answers.items() if word in layout.PERSONS})
    answer(mapping, {key: word for key, word in answers.items() if word not in layout.PERSONS}, layout.OTHER)
    columns = {key: truth.columns[0, int(key.split("/")[2])] for key in rows_of(mapping, layout.COLUMNS_SHEET)}
    codes = {"value": "Cột 4 | Số liệu", "note": "Cột 5 | Ghi chú"}
    meant = {key: codes[name] for key, name in columns.items() if name in codes}
    answer(mapping, meant, layout.OTHER_COLUMN, layout.COLUMNS_SHEET)
    code, said = run(capsys, "nhan-dang", source, "--ghep", mapping, "-o", tmp_path / "so.xlsx")
    assert code in (0, 1), said
    present = {code for code in truth.rows.values() if code}
    wanted = {code: texts for code, texts in values.items() if code in present}
    assert held(tmp_path / "so.xlsx") == expected(FORM, wanted)


def a_file(tmp_path: Path, rows: list[list[object]], name: str = "a.docx", head: list[str] | None = None) -> Path:
    """A Word file with one table of these rows."""
    return write_word((table(rows, head),), tmp_path / name)


def doubtful() -> list[list[object]]:
    """The printed rows; one is worded otherwise, one is none of the form's."""
    rows = printed()
    rows[1][1] = f"{rows[1][1]} trong năm"
    return [*rows, ["99", "Số máy tính được cấp", "Cái", "12", ""]]


KEYS = ("0/2", "0/90")  # of these two in the file


def test_the_figure_of_an_unknown_row_is_listed_and_stays_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What cannot be mapped stands in the list with its figure, and after "Không ghép" in the last message."""
    source, mapping = a_file(tmp_path, doubtful()), tmp_path / "g.xlsx"
    code, said = run(capsys, "nhan-dang", source, "-o", mapping, *WHO)
    assert code == 1
    assert "Số máy tính được cấp” = 12" in said.replace("\n    ", " ")
    rows = rows_of(mapping)
    assert [rows[key][layout.CONFIRM] for key in KEYS] == ["", ""]
    assert [rows[key][layout.FIGURES] for key in KEYS] == ["2", "12"]
    answer(mapping, dict(zip(KEYS, (layout.YES, layout.NO), strict=True)))
    code, said = run(capsys, "nhan-dang", source, "--ghep", mapping, "-o", tmp_path / "so.xlsx")
    assert code == 1
    assert "12 (người dùng chọn không ghép)" in said.replace("\n    ", " ")
    assert read_file(tmp_path / "so.xlsx").value(CellRef("PL1", 2, "value")).number == 2


def test_what_a_person_confirmed_is_remembered_for_the_same_row_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The sender's next file asks nothing again; another sender's does, and so does a row that stands elsewhere."""
    source, mapping = a_file(tmp_path, doubtful()), tmp_path / "g.xlsx"
    run(capsys, "nhan-dang", source, "-o", mapping, *WHO)
    answer(mapping, dict(zip(KEYS, (layout.YES, layout.NO), strict=True)))
    run(capsys, "nhan-dang", source, "--ghep", mapping, "-o", tmp_path / "so.xlsx")
    rows = doubtful()
    rows[1][3] = "17"
    again = a_file(tmp_path, rows, "quy-sau.docx")
    code, said = run(capsys, "nhan-dang", again, "-o", tmp_path / "g2.xlsx", *WHO)
    assert code == 0, said
    found = rows_of(tmp_path / "g2.xlsx")
    assert [found[key][layout.CONFIRM] for key in KEYS] == [layout.REMEMBERED, layout.NO]
    assert run(capsys, "nhan-dang", again, "--ghep", tmp_path / "g2.xlsx", "-o", tmp_path / "so2.xlsx")[0] == 1
    assert read_file(tmp_path / "so2.xlsx").value(CellRef("PL1", 2, "value")).number == 17
    assert run(capsys, "nhan-dang", again, "--ma", "10002")[0] == 1
    elsewhere = a_file(tmp_path, [rows[1], rows[0], *rows[2:]], "khac.docx")
    code, said = run(capsys, "nhan-dang", elsewhere, *WHO)
    assert (code, "1 dòng có số liệu chờ" in said) == (1, True)


def test_a_remembered_row_waits_when_its_figure_is_doubtful(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Memory speaks of the row, not of a figure that Excel has made a date this time."""
    source, mapping = write_workbook((table(doubtful()),), tmp_path / "a.xlsx"), tmp_path / "g.xlsx"
    run(capsys, "nhan-dang", source, "-o", mapping, *WHO)
    answer(mapping, dict(zip(KEYS, (layout.YES, layout.NO), strict=True)))
    run(capsys, "nhan-dang", source, "--ghep", mapping, "-o", tmp_path / "so.xlsx")
    assert run(capsys, "nhan-dang", source, *WHO)[0] == 0
    workbook = openpyxl.load_workbook(source)
    workbook.active["D3"] = date(2024, 5, 4)
    workbook.save(source)
    code, said = run(capsys, "nhan-dang", source, *WHO)
    assert (code, "Excel đã đổi số liệu thành ngày 04/05/2024" in said.replace("\n    ", " ")) == (1, True)


def test_memory_does_not_speak_of_doubts_that_are_new(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither of a row that now stands under "Kỳ trước", nor of a fraction in a column that was chosen anew."""
    source, mapping = a_file(tmp_path, doubtful()), tmp_path / "g.xlsx"
    run(capsys, "nhan-dang", source, "-o", mapping, *WHO)
    answer(mapping, dict(zip(KEYS, (layout.YES, layout.NO), strict=True)))
    run(capsys, "nhan-dang", source, "--ghep", mapping, "-o", tmp_path / "so.xlsx")
    rows = doubtful()
    sections = [rows[0], rows[1], rows[2], ["", "Cùng kỳ năm trước", "", "", ""], *rows[3:]]
    code, said = run(capsys, "nhan-dang", a_file(tmp_path, sections, "b.docx"), *WHO)
    assert (code, "đứng dưới “Cùng kỳ năm trước”" in said.replace("\n    ", " ")) == (1, True)

    rows = doubtful()
    rows[1][1], rows[1][2], rows[2][1] = printed()[1][1], "văn bản", f"{rows[2][1]} trong năm"
    head, target = [*HEAD[:3], "Quý I", "Lũy kế", "Ghi chú"], tmp_path / "so2.xlsx"
    rows = [[a, b, c, d, d, e] for a, b, c, d, e in rows]
    for figure, outcome in (("3", True), ("0,985", False)):
        rows[2][3] = figure
        source = a_file(tmp_path, rows, f"{outcome}.docx", head)
        mapping.unlink()
        target.unlink(missing_ok=True)
        run(capsys, "nhan-dang", source, "-o", mapping, *WHO)
        key = next(k for k, row in rows_of(mapping, layout.COLUMNS_SHEET).items() if row[layout.HEADING] == "Quý I")
        answer(mapping, {key: "Cột 4 | Số liệu"}, layout.OTHER_COLUMN, layout.COLUMNS_SHEET)
        if outcome:
            answer(mapping, {"0/3": layout.YES, "0/90": layout.NO})
        assert rows_of(mapping)["0/3"][layout.CONFIRM] == (layout.YES if outcome else layout.REMEMBERED)
        assert run(capsys, "nhan-dang", source, "--ghep", mapping, "-o", target)[0] < 2 or not outcome
        assert target.exists() is outcome


def test_memory_that_is_damaged_is_as_good_as_none(
    tmp_path: Path, own_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever stands in the file, recognition goes on."""
    source = a_file(tmp_path, doubtful())
    (own_home / "CCHC").mkdir()
    for text in ("{hỏng", "[]", '{"10001": 5}', '{"10001": {"cam-giang-2024/1": [1]}}', "[" * 100_000):
        (own_home / "CCHC" / "ghep-dong.json").write_text(text, encoding="utf-8")
        assert run(capsys, "nhan-dang", source, *WHO)[0] == 1


def test_answers_that_contradict_each_other_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two rows into one, a row that the form does not have, a figure changed by hand: nothing is written."""
    source, mapping, target = a_file(tmp_path, doubtful()), tmp_path / "g.xlsx", tmp_path / "so.xlsx"
    for words, column, said in (
        (("PL1.5 | x", "PL1.5 | x"), layout.OTHER, "dòng PL1.5 đã nhận số liệu từ"),
        (("PL9.1 | x", "PL1.5"), layout.OTHER, "“PL9.1” không phải dòng của biểu"),
        ((layout.AUTOMATIC, layout.NO), layout.CONFIRM, "chưa được xác nhận"),
        (("3", "12"), layout.FIGURES, "khác trong tệp"),
        (("PL1.3 | x", ""), layout.PROPOSED, "đề nghị của máy nay khác"),
    ):
        mapping.unlink(missing_ok=True)
        run(capsys, "nhan-dang", source, "-o", mapping, *WHO)
        if column == layout.PROPOSED:
            answer(mapping, dict(zip(KEYS, (layout.YES, layout.NO), strict=True)))
        answer(mapping, dict(zip(KEYS, words, strict=True)), column)
        code, text = run(capsys, "nhan-dang", source, "--ghep", mapping, "-o", target)
        assert (code, target.exists()) == (2, False)
        assert said in text


def test_a_column_waits_and_can_be_chosen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two columns of figures under unknown headings: nothing is taken until a person names one."""
    rows = [[a, b, c, "999" if d else "", d] for a, b, c, d, _ in printed()]
    source = a_file(tmp_path, rows, head=[*HEAD[:3], "Quý I", "Lũy kế"])
    mapping, target = tmp_path / "g.xlsx", tmp_path / "so.xlsx"
    code, said = run(capsys, "nhan-dang", source, "-o", mapping, *WHO)
    assert (code, "chưa biết cột nào là số liệu" in said) == (1, True)
    code, said = run(capsys, "nhan-dang", source, "--ghep", mapping, "-o", target)
    assert (code, "chưa biết cột nào của Bảng 1 là số liệu" in said) == (2, True)
    keys = {row[layout.HEADING]: key for key, row in rows_of(mapping, layout.COLUMNS_SHEET).items()}
    answer(mapping, {keys["Lũy kế"]: "Cột 4 | Số liệu"}, layout.OTHER_COLUMN, layout.COLUMNS_SHEET)
    code, said = run(capsys, "nhan-dang", source, "--ghep", mapping, "-o", target)
    assert code == 1
    assert "999 (cột không ghép)" in said
    assert read_file(target).value(CellRef("PL1", 2, "value")).number == 2


def test_the_mapping_belongs_to_one_file_one_unit_one_period(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another file, no unit, a wrong period, an output that has figures: one sentence, nothing written."""
    source, mapping, target = a_file(tmp_path, printed()), tmp_path / "g.xlsx", tmp_path / "so.xlsx"
    run(capsys, "nhan-dang", source, "-o", mapping)
    step = ("nhan-dang", source, "--ghep", mapping)
    assert "Chưa biết số liệu của đơn vị nào" in run(capsys, *step, "-o", target)[1]
    assert "kỳ" in run(capsys, *step, "-o", target, "--don-vi", "xã A", "--ky", "quý I")[1]
    assert "-o SO.xlsx" in run(capsys, *step)[1]
    other = a_file(tmp_path, printed()[:50], "b.docx")
    assert "đã bị sửa" in run(capsys, "nhan-dang", other, "--ghep", mapping, "-o", target, *WHO)[1]
    assert "trùng với một tệp đầu vào" in run(capsys, *step, "-o", mapping, *WHO)[1]
    assert not target.exists()
    workbook = openpyxl.load_workbook(mapping)
    for row, typed in ((4, "xã A"), (5, 22855), (6, "2024-Q1")):
        workbook[layout.ROWS_SHEET].cell(row, 2).value = typed
    workbook.save(mapping)
    assert run(capsys, *step, "-o", target)[0] == 0
    stamp = read_file(target).stamp
    assert (stamp.unit, stamp.unit_code, stamp.period) == ("xã A", "22855", "2024-Q1")
    assert "đã có số liệu" in run(capsys, *step, "-o", target, *WHO)[1]
    assert "đã có" in run(capsys, "nhan-dang", source, "-o", mapping)[1]
    assert "là sổ “Ghép dòng”" in run(capsys, "nhan-dang", mapping)[1]
    wrong = run(capsys, "nhan-dang", source, "--ghep", target, "-o", tmp_path / "c.xlsx")[1]
    assert "không phải sổ “Ghép dòng”" in wrong


def test_texts_of_the_file_stay_texts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What looks like a formula in a sender's file is no formula in our workbooks."""
    rows = [*printed(), ["", "=HYPERLINK(\"http://x\")", "", "=1+1", ""]]
    source, mapping = a_file(tmp_path, rows), tmp_path / "g.xlsx"
    run(capsys, "nhan-dang", source, "-o", mapping, *WHO)
    page = openpyxl.load_workbook(mapping)[layout.ROWS_SHEET]
    assert [cell.data_type for row in page.iter_rows() for cell in row if str(cell.value).startswith("=")] == ["s", "s"]


def test_values_that_are_no_plain_number_stay_as_they_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """2.000 becomes a number; 84/93, 16 (88,9%) and a dash stay what they were."""
    rows = printed()
    for at, text in ((1, "2.000"), (3, "84/93"), (4, "16 (88,9%)"), (6, "-"), (7, "1.5000")):
        rows[at][3] = text
    source, mapping = a_file(tmp_path, rows), tmp_path / "g.xlsx"
    run(capsys, "nhan-dang", source, "-o", mapping, *WHO)
    run(capsys, "nhan-dang", source, "--ghep", mapping, "-o", tmp_path / "so.xlsx")
    submission = read_file(tmp_path / "so.xlsx")
    values = [submission.value(CellRef("PL1", order, "value")) for order in (2, 4, 5, 7, 8)]
    assert [value.text for value in values] == ["2.000", "84/93", "16 (88,9%)", "-", "1.5000"]
    assert [value.number for value in values] == [2000, None, None, None, None]


def test_unknown_rows_of_a_list_can_go_to_its_spare_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A procedure that the form does not print: the person chooses a spare row, its name goes with it."""
    form = load_form("vinh-thanh-2023")
    truth = distort(form, 1, Strength(0, 0, 0, 0, columns=False, letters=False), real_values(form.id))
    tables = list(truth.file.tables)
    head = [value.text for value in tables[4].rows[0]]
    new = dict.fromkeys(head, "")
    new.update({"STT": "31", "Thủ tục": "Thủ tục mới", "Lĩnh vực": "Hộ tịch", "Tổng số hồ sơ": "3"})
    tables[4] = replace(tables[4], rows=[*tables[4].rows, table([list(new.values())], []).rows[0]])
    source, mapping = write_word(tuple(tables), tmp_path / "a.docx"), tmp_path / "g.xlsx"
    assert run(capsys, "nhan-dang", source, "-o", mapping, *WHO)[0] == 1
    key = next(key for key, row in rows_of(mapping).items() if row[layout.LABEL] == "Thủ tục mới")
    answer(mapping, {key: "PL5.31 | dòng thêm thứ 1"}, layout.OTHER)
    code, said = run(capsys, "nhan-dang", source, "--ghep", mapping, "-o", tmp_path / "so.xlsx")
    assert code == 0, said
    submission = read_file(tmp_path / "so.xlsx")
    assert submission.value(CellRef("PL5", 31, LABEL)).text == "Thủ tục mới"
    assert submission.value(CellRef("PL5", 31, "field")).text == "Hộ tịch"
    assert submission.value(CellRef("PL5", 31, "total")).number == 3


def test_tong_hop_says_what_to_do_and_takes_the_confirmed_workbook(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A foreign file in the folder is named with the command; the workbook made from it is merged as any other."""
    received = tmp_path / "nhan"
    received.mkdir()
    source = a_file(received, printed(), "xa-a.docx")
    typed = write_workbook((table(printed()),), received / "xa-b.xlsx")
    mapping = tmp_path / "g.xlsx"
    run(capsys, "nhan-dang", source, "-o", mapping, *WHO)
    assert run(capsys, "nhan-dang", source, "--ghep", mapping, "-o", received / "so.xlsx")[0] == 0
    summary = merge(MergeRequest(received, tmp_path / "tong.xlsx", overrides={"so.xlsx": "thử"}))
    states = {file.received.file: (file.state.value, file.reason) for file in summary.files}
    assert states["so.xlsx"][0] == "included_with_warnings"
    assert states[source.name][0] == "ignored"
    assert states[typed.name][0] == "excluded"
    assert all("nhan-dang" in states[name][1] for name in (source.name, typed.name))


def test_json_has_every_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For programs: each row with what was found, how surely, and whether a person is asked."""
    code, said = run(capsys, "nhan-dang", a_file(tmp_path, doubtful()), "--json")
    found = json.loads(said)
    assert (code, found["form"], len(found["rows"])) == (1, FORM, 90)
    assert [row["place"] for row in found["rows"] if row["figures"] and not row["accepted"]] == [
        "Bảng 1, hàng 3",
        "Bảng 1, hàng 91",
    ]


@requires_libreoffice
def test_a_mapping_saved_by_libreoffice_is_read_as_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Many offices have no Excel: what LibreOffice saves has the same answers."""
    source, mapping = a_file(tmp_path, doubtful()), tmp_path / "g.xlsx"
    run(capsys, "nhan-dang", source, "-o", mapping, *WHO)
    answer(mapping, dict(zip(KEYS, (layout.YES, layout.NO), strict=True)))
    [saved] = recalculate([mapping], tmp_path / "lo")
    assert run(capsys, "nhan-dang", source, "--ghep", saved, "-o", tmp_path / "so.xlsx")[0] == 1
    assert read_file(tmp_path / "so.xlsx").value(CellRef("PL1", 2, "value")).number == 2
