"""Deadlines and reminders: when a submission came, whether that was on time, and what to write to who still owes."""

from __future__ import annotations

import json
import os
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from submissions import make, stamp

from cchc_xl.completion import fingerprint
from cchc_xl.consolidation.owing import owing_units, reminders
from cchc_xl.consolidation.states import FileState, JudgedFile, ReceivedFile
from cchc_xl.consolidation.summary import Summary
from cchc_xl.consolidation.timing import days_late, sent_day
from cchc_xl.errors import InputFault
from cchc_xl.hosts.cli import main
from cchc_xl.merging import MergeRequest, merge
from cchc_xl.readers.read_submission import read_file
from cchc_xl.report.as_json import summary_json

FORM = "cam-giang-2024"
GOOD = {"PL1": {35: "10", 36: "9"}}
ERRORS = {"PL1": {4: "3", 5: "4", 35: "10", 36: "11", 38: "5", 39: "6", 66: "5", 67: "x"}}
UNITS = "ma\tten\tcap tren\n1\thuyện Trên\t\n" + "".join(f"1{n}\txã {n}\t1\n" for n in range(1, 7))


def saved(path: Path, *day: int) -> None:
    """The file's own date."""
    time = datetime(*day, 12).timestamp()
    os.utime(path, (time, time))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """On time by the stamp though saved late; late by the stamp; late by the file; with errors; of another period."""
    folder = tmp_path_factory.mktemp("han") / "nop"
    folder.mkdir()
    (folder.parent / "don-vi.tsv").write_text(UNITS, encoding="utf-8")
    for code, figures in (("11", GOOD), ("12", GOOD), ("13", GOOD), ("14", ERRORS)):
        make(folder, code, f"xã {code[1]}", figures, form=FORM)
    make(folder, "15", "xã 5", GOOD, form=FORM, period="2023-Q4")
    print_of = fingerprint(read_file(folder / "11.xlsx"))
    stamp(folder / "11.xlsx", submitted="10/12/2023", completed="09/12/2023", fingerprint=print_of)
    stamp(folder / "12.xlsx", submitted="13/12/2023", completed="09/12/2023", fingerprint="cũ")
    stamp(folder / "13.xlsx", submitted="mười hai")
    for code in ("11", "12", "13"):
        saved(folder / f"{code}.xlsx", 2024, 1, 9)
    for code in ("14", "15"):
        saved(folder / f"{code}.xlsx", 2023, 12, 1)
    return folder


def run(folder: Path, deadline: str = "", name: str = "th.xlsx") -> tuple[Summary, Path]:
    """Merge the folder."""
    target = folder.parent / name
    request = MergeRequest(folder, target, FORM, folder.parent / "don-vi.tsv", "1", "2023-NAM", deadline=deadline)
    return merge(request), target


def table(path: Path) -> dict[str, dict[str, object]]:
    """The rows of units in "Tình hình nộp" by code."""
    rows = list(openpyxl.load_workbook(path)["Tình hình nộp"].iter_rows(values_only=True))
    at = next(index for index, row in enumerate(rows) if row[0] == "TT")
    headings = [str(heading) for heading in rows[at]]
    return {str(row[1]): dict(zip(headings, row, strict=True)) for row in rows[at + 1 : at + 7]}


def test_days_of_sending_and_lateness(folder: Path) -> None:
    """The stamp decides; without a date that can be read the day of saving does, and says so."""
    _, target = run(folder, "10/12/2023")
    rows = table(target)
    shown = {code: (row["Ngày nộp"], row["Đúng hạn"], row["Hoàn thành"]) for code, row in rows.items()}
    assert shown == {
        "11": ("10/12/2023", "Đúng hạn", "09/12/2023"),
        "12": ("13/12/2023", "Quá hạn 3 ngày", "số liệu đã đổi"),
        "13": ("09/01/2024\n(ngày lưu tệp)", "Quá hạn 30 ngày", None),
        "14": ("01/12/2023\n(ngày lưu tệp)", "Đúng hạn", None),
        "15": ("01/12/2023\n(ngày lưu tệp)", "Đúng hạn", None),
        "16": (None, None, None),
    }
    heads = [str(cell.value) for cell in openpyxl.load_workbook(target)["Tình hình nộp"]["A"]]
    assert "Nộp đúng hạn (hạn nộp 10/12/2023): 3/6; quá hạn: 2" in heads
    assert "Đơn vị có dấu hoàn thành còn giá trị: 1/6" in heads


def test_without_a_deadline_nobody_is_late(folder: Path) -> None:
    """The column stays blank and the heading does not count."""
    _, target = run(folder)
    assert {row["Đúng hạn"] for row in table(target).values()} == {None}
    assert not any("hạn nộp" in str(cell.value) for cell in openpyxl.load_workbook(target)["Tình hình nộp"]["A"])


@pytest.mark.parametrize("time", [0.0, -1e18, 1e18, float("nan"), float("inf")])
def test_a_senseless_file_date_is_none(time: float) -> None:
    """What archives and broken clocks leave gives no day and no lateness."""
    file = JudgedFile(ReceivedFile("a.xlsx", "", time), FileState.UNREADABLE, "")
    assert sent_day(file) is None
    assert days_late(file, date(2024, 1, 1)) is None


@pytest.mark.parametrize("deadline", ["mai", "31/02/2024", "2024-01-01"])
def test_a_deadline_that_is_no_date_is_refused(folder: Path, deadline: str) -> None:
    """One sentence, nothing written."""
    with pytest.raises(InputFault, match="không hợp lệ"):
        run(folder, deadline, "khong.xlsx")
    assert not (folder.parent / "khong.xlsx").exists()


def test_reminders_go_to_exactly_the_units_that_owe(folder: Path) -> None:
    """The missing one is asked to send; three errors are named by their cells; another period is the reason given."""
    summary, target = run(folder)
    texts = {unit.code: text for unit, text in reminders(summary)}
    assert list(texts) == ["14", "15", "16"]
    assert texts["16"] == (
        "Kính gửi xã 6: đến nay chưa nhận được sổ số liệu báo cáo cải cách hành chính năm 2023 của đơn vị. "
        "Đề nghị đơn vị hoàn thành và gửi sớm nhất có thể. Trân trọng."
    )
    assert "Sổ còn 4 lỗi: (1) trang PL1 ô E" in texts["14"]
    assert "; (3) trang PL1 ô E" in texts["14"]
    assert "(4)" not in texts["14"]
    assert "và 1 lỗi khác. Đề nghị" in texts["14"]
    assert "Sổ của kỳ quý IV năm 2023" in texts["15"]
    assert {code: row["Nội dung nhắc"] for code, row in table(target).items()} == {
        **dict.fromkeys(("11", "12", "13")), **texts
    }  # fmt: skip
    in_json = {entry["code"]: entry["text"] for entry in summary_json(summary, None)["reminders"]}
    assert in_json == texts
    assert all(".. " not in text and "  " not in text for text in texts.values())


def test_a_reminder_names_the_deadline_as_long_as_it_can_be_kept(folder: Path) -> None:
    """Once a submission came after the deadline, the deadline has passed."""
    future, _ = run(folder, "10/12/2030")
    assert all("chậm nhất ngày 10/12/2030." in text for _, text in reminders(future))
    gone, _ = run(folder, "10/12/2023")
    assert all("sớm nhất có thể (hạn nộp là ngày 10/12/2023)." in text for _, text in reminders(gone))


def test_every_expected_unit_stands_once(folder: Path) -> None:
    """Units in the list's order, with or without a file; those taken in need no reminder."""
    summary, _ = run(folder)
    units = owing_units(summary)
    assert [unit.code for unit in units] == ["11", "12", "13", "14", "15", "16"]
    assert [unit.settled for unit in units] == [True, True, True, False, False, False]


def test_the_deadline_on_the_command_line(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """JSON tells day, lateness and completion of each file, the text counts; what is no date exits with 2."""
    units = str(folder.parent / "don-vi.tsv")
    command = ["tong-hop", str(folder), "-o", str(tmp_path / "o.xlsx"), "--danh-sach", units, "--cap-tren", "1"]
    command += ["--ky", "2023-NAM", "--han-nop", "10/12/2023"]
    assert main([*command, "--json"]) == 1
    result = json.loads(capsys.readouterr().out)
    assert result["deadline"] == "10/12/2023"
    told = {file["unit_code"]: (file["sent"], file["days_late"], file["completed"]) for file in result["files"]}
    assert told["12"] == ({"date": "13/12/2023", "stamped": True}, 3, {"date": "09/12/2023", "holds": False})
    assert told["13"] == ({"date": "09/01/2024", "stamped": False}, 30, None)
    assert main(command) == 1
    assert "Hạn nộp 10/12/2023: đúng hạn 3, quá hạn 2." in capsys.readouterr().out
    assert main([*command[:-1], "mai"]) == 2
    assert capsys.readouterr().err.startswith("Ngày “mai” không hợp lệ")
