"""The gates of a merge in memory: who a file is of, and what becomes of the others of its unit."""

from __future__ import annotations

from dataclasses import replace

import pytest
from submissions import FORM, PERIOD, filled

from cchc_xl.checks.run import check
from cchc_xl.consolidation.contribution import contribution
from cchc_xl.consolidation.gates import Admission, judge
from cchc_xl.consolidation.states import FileState, JudgedFile, ReceivedFile
from cchc_xl.units import Unit

GOOD = {"PL6": {55: "10", 56: "10", 57: "9"}}
WRONG = {"PL6": {55: "10", 56: "10", 57: "11"}}
UNITS = [
    Unit("22855", "Tân Hải", "xã", "586", None, None, "", ""),
    Unit("22834", "Khánh Hải", "thị trấn", "586", None, None, "", ""),
]


def received(file: str, code: str, name: str, figures: dict[str, dict[int, str]], number: int = 0) -> ReceivedFile:
    submission = filled(code or "0", figures, FORM)
    stamp = replace(submission.stamp, unit_code=code, unit=name, submission=number, period=PERIOD)
    submission = replace(submission, file=file, stamp=stamp)
    return ReceivedFile(file, file, 1e9, contribution(submission, result=check(submission)))


def judged(*files: ReceivedFile, **overrides: str) -> dict[str, JudgedFile]:
    asked = {name.replace("_", "."): reason for name, reason in overrides.items()}
    return {file.received.file: file for file in judge(files, Admission(PERIOD, UNITS, asked))}


@pytest.mark.parametrize("name", ["xã Tân Hải", "UBND xã Tân Hải", "Ủy ban nhân dân xã TÂN HẢI", "Tân Hải"])
def test_a_unit_without_code_is_known_by_its_name(name: str) -> None:
    """With the office before it or without: the cover's own example is one."""
    file = judged(received("a.xlsx", "", name, GOOD))["a.xlsx"]
    assert (file.state.taken, file.unit_code) == (True, "22855")


def test_a_request_for_an_unlisted_unit_is_answered() -> None:
    """It is not included in silence, and not ignored in silence."""
    file = judged(received("a.xlsx", "1", "xã Lạ", GOOD), a_xlsx="thử")["a.xlsx"]
    assert file.state is FileState.UNEXPECTED_UNIT
    assert "không áp dụng cho đơn vị ngoài danh sách" in file.reason


def test_where_the_newer_file_is_left_out_the_older_one_says_that_nothing_counts() -> None:
    """The unit's word is its last one; that nothing of it is in the summary stands beside both files."""
    found = judged(
        received("cu.xlsx", "22855", "xã Tân Hải", GOOD, 1), received("moi.xlsx", "22855", "xã Tân Hải", WRONG, 2)
    )
    assert found["moi.xlsx"].state is FileState.EXCLUDED
    assert found["cu.xlsx"].state is FileState.DUPLICATE
    assert "đơn vị chưa có số liệu" in found["cu.xlsx"].reason
    fine = judged(
        received("cu.xlsx", "22855", "xã Tân Hải", GOOD, 1), received("moi.xlsx", "22855", "xã Tân Hải", GOOD, 2)
    )
    assert "chưa có số liệu" not in fine["cu.xlsx"].reason


def test_a_request_does_not_hide_warnings() -> None:
    """A file that is included by name still says how many warnings it has."""
    warned = {"PL6": {55: "10", 56: "10", 57: "9", 16: "1"}}  # a survey without its forms
    plain = judged(received("a.xlsx", "22855", "xã Tân Hải", warned))["a.xlsx"]
    assert "cảnh báo" in plain.reason
    asked = judged(received("a.xlsx", "22855", "xã Tân Hải", warned), a_xlsx="thử")["a.xlsx"]
    assert asked.reason == f"Đưa vào theo yêu cầu: thử. {plain.reason}"


def without_list(*files: ReceivedFile) -> dict[str, JudgedFile]:
    return {file.received.file: file for file in judge(files, Admission(PERIOD, None, {}))}


@pytest.mark.parametrize("name", ["xã Tân Hải", "UBND xã Tân Hải", "XÃ  TÂN HẢI", "Tân Hải"])
def test_without_a_list_one_unit_is_not_counted_twice(name: str) -> None:
    """A file with the code and one without, or with the name in other letters, are of one unit."""
    found = without_list(
        received("a.xlsx", "22855", "xã Tân Hải", GOOD, 2),
        received("b.xlsx", "", name, GOOD, 1),
        received("c.xlsx", "22861", "xã Hộ Hải", GOOD),
    )
    assert [file.state.taken for file in found.values()] == [True, False, True]
    assert (found["b.xlsx"].state, found["b.xlsx"].unit_code) == (FileState.DUPLICATE, "22855")
    nameless = without_list(received("a.xlsx", "", name, GOOD, 1), received("b.xlsx", "", "xã Tân Hải", GOOD, 2))
    assert [file.state.taken for file in nameless.values()] == [False, True]


def test_a_name_of_several_units_needs_its_code() -> None:
    """Thị trấn Khánh Hải and xã Khánh Hải are two: nobody knows which of them "Khánh Hải" is."""
    both = [received("a.xlsx", "1", "thị trấn Khánh Hải", GOOD), received("b.xlsx", "2", "xã Khánh Hải", GOOD)]
    assert all(file.state is FileState.INCLUDED for file in without_list(*both).values())
    third = without_list(*both, received("c.xlsx", "", "Khánh Hải", GOOD))["c.xlsx"]
    assert third.state is FileState.EXCLUDED
    assert "nhiều đơn vị (mã 1, 2)" in third.reason


@pytest.mark.parametrize(
    "name", ["xã Tân Hải", "UBND xã Tân Hải", "xã Tân Hải, huyện Ninh Hải", "xã Tân Hải - huyện Ninh Hải"]
)
def test_one_name_under_two_codes_is_said(name: str) -> None:
    """Two units of one name there are, yet a mistyped code is likelier: both count, and both say it."""
    found = without_list(received("a.xlsx", "22855", "xã Tân Hải", GOOD), received("b.xlsx", "22585", name, GOOD))
    for file in found.values():
        assert file.state is FileState.INCLUDED_WITH_WARNINGS
        assert "hai lần" in file.reason
    dashes = without_list(received("a.xlsx", "1", "xã Ea-Kao", GOOD), received("b.xlsx", "2", "xã Ea-Tu", GOOD))
    assert all(file.state is FileState.INCLUDED for file in dashes.values())


def test_a_neighbours_code_is_not_taken_for_the_neighbour() -> None:
    """A commune that kept its neighbour's code while the neighbour has sent nothing yet."""
    file = judged(received("a.xlsx", "22834", "xã Tân Hải", GOOD))["a.xlsx"]
    assert file.state is FileState.EXCLUDED
    assert "mã 22834 của thị trấn Khánh Hải nhưng tên đơn vị là “xã Tân Hải”" in file.reason
    asked = judged(received("a.xlsx", "22834", "xã Tân Hải", GOOD), a_xlsx="đã hỏi lại")["a.xlsx"]
    assert asked.state.taken


def test_of_several_files_the_reason_says_by_what_one_was_taken() -> None:
    """Not "newer" where nothing says so, and not silent about a workbook of another form."""
    twins = judged(received("a.xlsx", "22855", "xã Tân Hải", GOOD), received("b.xlsx", "22855", "xã Tân Hải", GOOD))
    assert "lấy theo tên tệp: hãy hỏi lại" in twins["a.xlsx"].reason
    newer = judged(received("a.xlsx", "22855", "xã Tân Hải", GOOD), received("b.xlsx", "22855", "xã Tân Hải", GOOD, 1))
    assert newer["a.xlsx"].reason.endswith("(lần nộp mới hơn).")
    other = filled("22855", {"PL1": {38: "10", 39: "9"}}, "cam-giang-2024")
    stamp = replace(other.stamp, unit_code="22855", unit="xã Tân Hải", submission=2, period=PERIOD)
    other = replace(other, file="b.xlsx", stamp=stamp)
    two_forms = judged(
        received("a.xlsx", "22855", "xã Tân Hải", GOOD),
        ReceivedFile("b.xlsx", "b", 1e9, contribution(other, result=check(other))),
    )
    assert "Tệp này theo biểu vinh-thanh-2023, tệp được xét theo biểu cam-giang-2024" in two_forms["a.xlsx"].reason
