"""The judge judges: it computes for itself, and says so when it cannot."""

import os
import sys
import time
from pathlib import Path

import judge
import openpyxl
import pytest
import xlsxwriter
from judge import JudgeError, recalculate, requires_libreoffice, requires_poppler, to_pdf, to_png

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for LibreOffice is a shell script")


def plant(path: Path, number: float = 21) -> Path:
    """A workbook whose cached results are wrong."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("PL1")
        sheet.write_number("A1", number)
        sheet.write_formula("A2", "=A1*2", None, 999)
        sheet.write_formula("A3", '=TEXT(A1/8,"0.0")', None, "999")
    return path


def values(path: Path) -> list[object]:
    sheet = openpyxl.load_workbook(path, data_only=True)["PL1"]
    return [sheet[cell].value for cell in ("A1", "A2", "A3")]


@requires_libreoffice
def test_planted_results_are_corrected_in_one_run(tmp_path: Path) -> None:
    names = {"mau.xlsx": 21, "Biểu số liệu – xã Vĩnh Thạnh.xlsx": 4, "-dấu gạch.xlsx": 1.5}
    books = [plant(tmp_path / name, number) for name, number in names.items()]
    assert values(books[0]) == [21, 999, "999"]
    judged = recalculate(books, tmp_path / "judged")
    assert [path.name for path in judged] == list(names)
    assert [values(path)[1] for path in judged] == [42, 8, 3]
    assert values(books[0]) == [21, 999, "999"], "the original is untouched"
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([*names, "judged"]), "nothing is left lying about"


@requires_libreoffice
def test_it_is_the_profile_that_makes_it_compute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge, "_RECALCULATE_ALWAYS", 1)
    [kept] = recalculate([plant(tmp_path / "mau.xlsx")], tmp_path / "judged")
    assert values(kept) == [21, 999, "999"]


@requires_libreoffice
def test_locale_shows_formulas_that_depend_on_the_pc(tmp_path: Path) -> None:
    book = plant(tmp_path / "mau.xlsx", 20)
    [english] = recalculate([book], tmp_path / "en")
    [vietnamese] = recalculate([book], tmp_path / "vi", locale="vi-VN")
    assert values(english) == [20, 40, "2.5"]
    assert values(vietnamese)[1] == 40
    assert values(vietnamese)[2] != "2.5"


@requires_libreoffice
@requires_poppler
def test_simple_sheet_prints_on_one_page(tmp_path: Path) -> None:
    pdf = to_pdf(plant(tmp_path / "biểu.xlsx"), tmp_path / "in")
    assert pdf.read_bytes().startswith(b"%PDF-")
    [page] = to_png(pdf, tmp_path / "in")
    assert page.name == "biểu-1.png"
    assert page.read_bytes().startswith(b"\x89PNG")


@requires_libreoffice
@pytest.mark.parametrize("content", [b"A;B\n1;2\n", b"PK\x03\x04 torn"], ids=["text", "torn"])
def test_what_is_no_workbook_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    bad = tmp_path / "hỏng.xlsx"
    bad.write_bytes(content)
    with pytest.raises(JudgeError, match=r"hỏng\.xlsx"):
        recalculate([plant(tmp_path / "tốt.xlsx"), bad], tmp_path / "judged")


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
    first, second = plant(tmp_path / "a" / "mau.xlsx"), plant(tmp_path / "b" / "mau.xlsx")
    stand_in(tmp_path, "exit 1")
    assert recalculate([], tmp_path / "judged") == []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judge, "find_soffice", lambda: tmp_path / "soffice")
        with pytest.raises(ValueError, match="one name"):
            recalculate([first, second], tmp_path / "judged")
        with pytest.raises(ValueError, match="originals"):
            recalculate([first], tmp_path / "a")


def stand_in(folder: Path, script: str) -> Path:
    """A false LibreOffice that behaves badly."""
    program = folder / "soffice"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    return program


@posix_only
def test_exit_code_81_means_start_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    starts = tmp_path / "starts"
    wish = 'while [ "$1" != --outdir ]; do shift; done; cp "$3" "$2/"'
    program = stand_in(tmp_path, f'echo x >>"{starts}"; [ $(wc -l <"{starts}") -ge 2 ] || exit 81; {wish}')
    monkeypatch.setattr(judge, "find_soffice", lambda: program)
    assert recalculate([plant(tmp_path / "mau.xlsx")], tmp_path / "judged")[0].exists()
    assert starts.read_text(encoding="utf-8").split() == ["x", "x"]

    program = stand_in(tmp_path, "exit 81")
    with pytest.raises(JudgeError, match="81"):
        recalculate([tmp_path / "mau.xlsx"], tmp_path / "judged")
    assert not (tmp_path / "judged" / "mau.xlsx").exists(), "an old result must not pass for a new one"


@posix_only
def test_hanging_office_is_ended_with_its_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    child = tmp_path / "child"
    program = stand_in(tmp_path, f'(trap "" TERM; while :; do sleep 1; done) & echo $! >"{child}"; wait')
    monkeypatch.setattr(judge, "find_soffice", lambda: program)
    workbook = plant(tmp_path / "mau.xlsx")
    for patience in (0.5, 5, 50):  # on a busy machine the shell needs a while until it has a child
        with pytest.raises(JudgeError, match="did not end within"):
            recalculate([workbook], tmp_path / "judged", timeout=patience)
        if child.exists() and child.read_text(encoding="utf-8"):
            break
    assert gone(int(child.read_text(encoding="utf-8")))


def gone(pid: int) -> bool:
    """Has the process ended, or will it have in a moment? A zombie nobody collects (no init in a container) has."""
    for _ in range(50):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        status = Path(f"/proc/{pid}/stat")
        if status.exists() and status.read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.1)
    return False


def test_missing_office_skips_at_home_and_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CCHC_CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="KHÔNG CÓ LIBREOFFICE"):
        judge.unavailable(judge.NO_SOFFICE)
    monkeypatch.setenv("CCHC_CI", "1")
    with pytest.raises(pytest.fail.Exception, match="KHÔNG CÓ LIBREOFFICE"):
        judge.unavailable(judge.NO_SOFFICE)
