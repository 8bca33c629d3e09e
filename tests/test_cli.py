"""The command line as its users meet it: commands, options, exit codes, streams and files."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import openpyxl
import pytest

from cchc_xl.hosts import cli
from cchc_xl.readers.read_submission import read_file

COMMANDS = (
    *("bieu-mau", "quy-tac", "tao-so", "nhap", "nang-cap", "kiem-tra", "tong-hop", "doi-chieu", "cong-ky"),
    *("so-sanh", "nhan-dang", "xuat-word", "giay-phep", "chay-thu"),
)
ROWS = {
    "ninh-hai-2023": {"PL1": 21, "PL2": 13, "PL3": 43, "PL4": 21, "PL5": 16, "PL6": 13, "PL7": 17},
    "cu-lao-dung-2024": {"SL": 67},
    "cam-giang-2024": {"PL1": 89},
    "tinh-chau-2023": {"BNV": 8, "PL1": 68},
    "vinh-thanh-2023": {"PL1": 31, "PL2": 55, "PL3": 55, "PL4": 6, "PL5": 30, "PL6": 145},
}
FORM = "cam-giang-2024"
_ENGLISH = re.compile(
    r"\b(usage|options?|optional|positional|arguments?|show|message|exit|required|default|invalid|choose|error"
    r"|expected|unrecognized|command|subcommands?)\b",
    re.IGNORECASE,
)
_FINDING_KEYS = {
    *("code", "rule", "severity", "appendix", "order", "column", "sheet", "cell", "actual", "expected"),
    *("imbalance", "message", "remedy", "related"),
}


class Run:
    """Exit code, standard output and standard error of one command."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self) -> object:
        """The whole standard output as JSON."""
        return json.loads(self.out)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]):
    """Run a command within this process."""

    def call(*args: object) -> Run:
        capsys.readouterr()
        try:
            code = cli.main([str(arg) for arg in args])
        except SystemExit as end:  # --help
            code = end.code
        streams = capsys.readouterr()
        assert "Traceback" not in streams.out + streams.err
        return Run(code, streams.out, streams.err)

    return call


def process(*args: object, cwd: Path, **environment: str) -> Run:
    """Run a command as a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "cchc_xl", *map(str, args)],
        cwd=cwd, env={**os.environ, **environment}, capture_output=True, check=False, timeout=120,
    )  # fmt: skip
    return Run(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def tree(folder: Path) -> dict[str, str]:
    """Every file and folder with its content's hash."""
    return {str(path.relative_to(folder)): sha256(path) if path.is_file() else "" for path in folder.rglob("*")}


def stamp(path: Path) -> dict[str, object]:
    """Whose workbook it is, as the reader finds it on the cover and in the hidden sheet."""
    return asdict(read_file(path).stamp)


def printed(folder: Path, text: str, name: str = "PL1.tsv") -> Path:
    """A folder with one .tsv; ``|`` stands for the tab."""
    folder.mkdir()
    (folder / name).write_text(text.replace("|", "\t"), encoding="utf-8")
    return folder


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A blank workbook of the smallest commune form."""
    path = tmp_path / "so.xlsx"
    assert cli.main(["tao-so", FORM, "-o", str(path), "--don-vi", "UBND xã Thử", "--ky", "2024-Q1"]) == 0
    return path


@pytest.fixture
def wrong_book(tmp_path: Path, book: Path) -> Path:
    """A workbook with one certain error: more files in time (12) than files settled (10)."""
    path = tmp_path / "sai.xlsx"
    folder = printed(tmp_path / "sai", "order|value\n35|10\n36|12\n")
    assert cli.main(["nhap", str(book), str(folder), "-o", str(path)]) == 0
    return path


def foreign(path: Path) -> Path:
    """A sound workbook that is none of ours."""
    workbook = openpyxl.Workbook()
    workbook.active["A1"] = "Danh sách"
    workbook.save(path)
    return path


def one_sentence(result: Run) -> None:
    """It could not run: exit 2, nothing on standard output, one line that a person can read on standard error."""
    assert result.code == 2
    assert result.out == ""
    assert len(result.err.splitlines()) == 1, result.err
    assert result.err.strip()
    assert not _ENGLISH.search(result.err), result.err


# Help -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS)], ids=lambda c: c[0] if c else "cchc-xl")
def test_help_is_vietnamese(run, command: tuple[str, ...]) -> None:
    """Every command explains itself in Vietnamese, without a word of argparse's English."""
    result = run(*command, "--help")
    assert (result.code, result.err) == (0, "")
    assert "Cách dùng" in result.out
    assert "Tùy chọn" in result.out
    assert not _ENGLISH.search(result.out), result.out


def test_general_help_names_every_command(run) -> None:
    """The general help lists every command of the users."""
    text = run("--help").out
    assert [name for name in COMMANDS if name not in text] == []


def test_help_of_tao_so_names_its_options(run) -> None:
    """The options of tao-so are those of the specification."""
    text = run("tao-so", "--help").out
    assert [o for o in ("-o", "--don-vi", "--ma", "--ky", "--tu", "--den", "dd/mm/yyyy") if o not in text] == []


@pytest.mark.parametrize(
    "args",
    [
        ("lap-so",),
        ("tao-so",),
        ("tao-so", FORM),
        ("tao-so", FORM, "-o"),
        ("tao-so", FORM, "-o", "a.xlsx", "--mau-sac", "x"),
        ("quy-tac",),
        ("quy-tac", "khong-co"),
        ("kiem-tra",),
        ("nhap", "a.xlsx"),
        ("bieu-mau", "--json=1"),
        ("bieu-mau", "thừa"),
        ("kiem-tra", "a.xlsx", "--bao-cao"),
    ],
    ids=" ".join,
)
def test_wrong_call_is_one_vietnamese_sentence(run, args: tuple[str, ...]) -> None:
    """A wrong call ends with exit 2 and one Vietnamese sentence."""
    one_sentence(run(*args))


def test_no_command_shows_the_help(run) -> None:
    """Without a command the help comes, and exit 2 says that nothing was done."""
    result = run()
    assert result.code == 2
    assert "Cách dùng" in result.out + result.err


# bieu-mau, quy-tac ------------------------------------------------------------------------------------------------


def test_bieu_mau_counts_every_row(run) -> None:
    """The five forms have exactly the rows of the printed forms."""
    result = run("bieu-mau", "--json")
    assert result.code == 0
    assert {form["id"]: {a["id"]: a["rows"] for a in form["appendices"]} for form in result.json} == ROWS


def test_bieu_mau_tells_name_and_level(run) -> None:
    """Each form has its name and its level of government, in JSON and in words."""
    forms = run("bieu-mau", "--json").json
    text = run("bieu-mau").out
    for form in forms:
        assert form["name"]
        assert form["level"] in ("xa", "huyen", "tinh")
        assert form["id"] in text
        assert form["name"] in text


@pytest.mark.parametrize("form", ROWS)
def test_quy_tac_gives_words_for_every_rule(run, form: str) -> None:
    """Every rule of a form has its own id, a severity and a sentence without row ids."""
    rules = run("quy-tac", form, "--json").json
    assert len({rule["id"] for rule in rules}) == len(rules) > 0
    assert {rule["severity"] for rule in rules} <= {"error", "warning", "info"}
    assert [rule["words"] for rule in rules if not rule["words"] or re.search(r"\br\d+\b|[{}]", rule["words"])] == []


def test_quy_tac_prints_the_rules(run) -> None:
    """The text lists every active rule with its severity in Vietnamese."""
    text = run("quy-tac", FORM).out
    rules = run("quy-tac", FORM, "--json").json
    assert [rule["id"] for rule in rules if rule["active"] and rule["id"] not in text] == []
    assert "Cảnh báo" in text


# tao-so -----------------------------------------------------------------------------------------------------------


def test_tao_so_stamps_what_was_given(run, tmp_path: Path) -> None:
    """Unit, code, period and both dates stand on the cover."""
    path = tmp_path / "s.xlsx"
    options = ["--don-vi", "UBND xã Tân Hải", "--ma", "22888", "--ky", "2024-6T", "--tu", "01/01/2024"]
    assert run("tao-so", FORM, "-o", path, *options, "--den", "30/06/2024").code == 0
    found = stamp(path)
    wanted = {
        "form": FORM, "unit": "UBND xã Tân Hải", "unit_code": "22888", "period": "2024-6T",
        "date_from": "01/01/2024", "date_to": "30/06/2024",
    }  # fmt: skip
    assert {key: found[key] for key in wanted} == wanted


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        ("2024-Q1", "15/12/2023", "14/03/2024"),
        ("2024-Q2", "15/03/2024", "14/06/2024"),
        ("2024-Q3", "15/06/2024", "14/09/2024"),
        ("2024-Q4", "15/09/2024", "14/12/2024"),
        ("2024-6T", "15/12/2023", "14/06/2024"),
        ("2024-9T", "15/12/2023", "14/09/2024"),
        ("2024-NAM", "15/12/2023", "14/12/2024"),
    ],
)
def test_dates_default_to_those_of_the_period(run, tmp_path: Path, period: str, start: str, end: str) -> None:
    """Without dates the period's own dates (decree 09/2019) are taken."""
    assert run("tao-so", FORM, "-o", tmp_path / "s.xlsx", "--ky", period).code == 0
    found = stamp(tmp_path / "s.xlsx")
    assert (found["date_from"], found["date_to"]) == (start, end)


def test_tao_so_writes_one_sheet_for_each_appendix(run, tmp_path: Path) -> None:
    """The visible sheets are cover, guide and the appendices, in form order, and the workbook holds no macro."""
    for form, appendices in ROWS.items():
        path = tmp_path / f"{form}.xlsx"
        assert run("tao-so", form, "-o", path).code == 0
        book = openpyxl.load_workbook(path, keep_vba=True)
        names = [sheet.title for sheet in book if sheet.sheet_state == "visible"]
        assert [name for name in names if name in appendices] == list(appendices)
        assert book.vba_archive is None or not any("vba" in n.lower() for n in book.vba_archive.namelist())


def test_unit_name_is_text_never_a_formula(run, tmp_path: Path) -> None:
    """A name that looks like a formula stays a text in every sheet."""
    path = tmp_path / "s.xlsx"
    assert run("tao-so", FORM, "-o", path, "--don-vi", "=1+1").code == 0
    book = openpyxl.load_workbook(path)
    hits = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value == "=1+1"]
    assert [cell.coordinate for cell in hits if cell.data_type == "f"] == []
    assert run("kiem-tra", path, "--json").json["unit"] == "=1+1"


@pytest.mark.parametrize(
    ("out", "options"),
    [
        ("s.xlsx", ["khong-co"]),
        ("s.xlsx", ["../cam-giang-2024"]),
        ("s.xlsx", [FORM, "--ky", "2024-Q5"]),
        ("s.xlsx", [FORM, "--ky", "2024"]),
        ("s.xlsx", [FORM, "--ky", "Q1-2024"]),
        ("s.xlsx", [FORM, "--tu", "31/02/2024"]),
        ("s.xlsx", [FORM, "--den", "2024-03-14"]),
        ("s.xlsx", [FORM, "--tu", "02/01/2024", "--den", "01/01/2024"]),
        ("s.xlsx", [FORM, "--ky", "2024-Q1", "--tu", "01/04/2024"]),
        ("khong/co/s.xlsx", [FORM]),
        ("s.xls", [FORM]),
        ("s.xlsm", [FORM]),
        ("s", [FORM]),
        ("thumuc.xlsx", [FORM]),
    ],
    ids=str,
)
def test_tao_so_refuses_and_leaves_nothing(run, tmp_path: Path, out: str, options: list[str]) -> None:
    """A wrong form, period, date, folder or file name: one sentence, exit 2, no file left."""
    (tmp_path / "thumuc.xlsx").mkdir()
    before = tree(tmp_path)
    one_sentence(run("tao-so", options[0], "-o", tmp_path / out, *options[1:]))
    assert tree(tmp_path) == before


def test_refused_tao_so_keeps_the_older_file(run, book: Path) -> None:
    """A file of that name stays as it was when the command is refused."""
    before = sha256(book)
    one_sentence(run("tao-so", FORM, "-o", book, "--ky", "2024-Q9"))
    assert sha256(book) == before


# nhap -------------------------------------------------------------------------------------------------------------


def test_nhap_into_another_file_leaves_the_first(run, tmp_path: Path, book: Path) -> None:
    """With -o the filled workbook is a new file, and the blank one is not touched."""
    folder, before = printed(tmp_path / "in", "order|value|note\n35|1.134|theo sổ\n36|-|\n2|02|\n"), sha256(book)
    assert run("nhap", book, folder, "-o", tmp_path / "day.xlsx").code == 0
    assert sha256(book) == before
    sheet = openpyxl.load_workbook(tmp_path / "day.xlsx")["PL1"]
    rows = {row[0].value: row for row in sheet.iter_rows()}
    assert [rows[order][4].value for order in (35, 36, 2)] == [1134, "-", 2]
    assert rows[35][5].value == "theo sổ"


def test_nhap_in_place(run, tmp_path: Path, book: Path) -> None:
    """Without -o the workbook itself is filled, and no other file is left."""
    folder = printed(tmp_path / "in", "order|value\n2|7\n")
    before = tree(tmp_path)
    assert run("nhap", book, folder).code == 0
    after = tree(tmp_path)
    assert {name for name in after if after[name] != before.get(name)} == {"so.xlsx"}
    assert set(after) == set(before)


def test_nhap_keeps_the_stamp_and_names_nobody_else(run, tmp_path: Path, book: Path) -> None:
    """Filling changes figures, not the workbook's identity."""
    before = stamp(book)
    assert run("nhap", book, printed(tmp_path / "in", "order|value\n2|7\n")).code == 0
    assert stamp(book) == before


_BAD_FOLDERS = {
    "no folder": None,
    "no appendix": ("PL9.tsv", b"order\tvalue\n2\t1\n"),
    "empty file": ("PL1.tsv", b""),
    "no order column": ("PL1.tsv", b"stt\tvalue\n2\t1\n"),
    "no figures column": ("PL1.tsv", b"order\tlabel\n2\tx\n"),
    "unknown order": ("PL1.tsv", b"order\tvalue\n2\t1\n999\t1\n"),
    "order 0": ("PL1.tsv", b"order\tvalue\n0\t1\n"),
    "order is no number": ("PL1.tsv", b"order\tvalue\nhai\t1\n"),
    "order superscript": ("PL1.tsv", "order\tvalue\n²\t1\n".encode()),
    "another row's order": ("PL1.tsv", "order\tlabel\tvalue\n4\tCông tác chỉ đạo điều hành CCHC\t1\n".encode()),
    "order twice": ("PL1.tsv", b"order\tvalue\n2\t1\n2\t3\n"),
    "latin-1": ("PL1.tsv", "order\tvalue\tnote\n2\t1\tcả đời\n".encode("cp1258", "replace") + b"\xff\xe3"),
    "utf-16": ("PL1.tsv", "order\tvalue\n2\t1\n".encode("utf-16")),
    "binary": ("PL1.tsv", bytes(range(256))),
    "csv with commas": ("PL1.tsv", b"order,value\n2,1\n"),
}


@pytest.mark.parametrize("case", _BAD_FOLDERS)
def test_nhap_refuses_bad_figures(run, tmp_path: Path, book: Path, case: str) -> None:
    """Figures that cannot be placed are refused whole: exit 2, one sentence, the workbook as it was."""
    folder = tmp_path / "in"
    if _BAD_FOLDERS[case]:
        folder.mkdir()
        name, content = _BAD_FOLDERS[case]
        (folder / name).write_bytes(content)
    before = tree(tmp_path)
    one_sentence(run("nhap", book, folder))
    one_sentence(run("nhap", book, folder, "-o", tmp_path / "moi.xlsx"))
    assert tree(tmp_path) == before


def test_nhap_refuses_files_that_are_no_form(run, tmp_path: Path, book: Path) -> None:
    """A missing file, a text, a folder and somebody else's workbook are refused, nothing is written."""
    folder = printed(tmp_path / "in", "order|value\n2|7\n")
    (tmp_path / "chu.xlsx").write_text("không phải sổ", encoding="utf-8")
    (tmp_path / "rong.xlsx").write_bytes(b"")
    foreign(tmp_path / "la.xlsx")
    before = tree(tmp_path)
    for name in ("khong-co.xlsx", "chu.xlsx", "rong.xlsx", "la.xlsx", "in"):
        one_sentence(run("nhap", tmp_path / name, folder, "-o", tmp_path / "moi.xlsx"))
    one_sentence(run("nhap", book, folder, "-o", tmp_path / "khong" / "moi.xlsx"))
    one_sentence(run("nhap", book, folder, "-o", tmp_path / "moi.txt"))
    assert tree(tmp_path) == before


# kiem-tra ---------------------------------------------------------------------------------------------------------


def test_kiem_tra_json_has_the_specified_keys(run, wrong_book: Path) -> None:
    """One file gives one object with every key of the specification."""
    result = run("kiem-tra", wrong_book, "--json")
    shown = result.json
    assert result.code == 1
    assert {"file", "form", "unit", "period", "state", "summary", "findings"} <= set(shown)
    assert (shown["form"], shown["unit"], shown["period"]) == (FORM, "UBND xã Thử", "2024-Q1")
    assert shown["state"] == "checked"
    assert {"error", "warning", "info", "passed", "not_evaluated"} <= set(shown["summary"])
    assert all(isinstance(count, int) for count in shown["summary"].values())
    for finding in shown["findings"]:
        assert set(finding) >= _FINDING_KEYS
        assert isinstance(finding["order"], int)
        assert finding["severity"] in ("error", "warning", "info")
        for cell in finding["related"]:
            assert set(cell) >= {"appendix", "order", "sheet", "cell"}
    counts = {s: sum(f["severity"] == s for f in shown["findings"]) for s in ("error", "warning", "info")}
    assert counts == {s: shown["summary"][s] for s in counts}


def test_kiem_tra_gives_a_list_for_several_files(run, book: Path, wrong_book: Path) -> None:
    """Several files give a list in their order; exit 1 as soon as one has an error."""
    result = run("kiem-tra", book, wrong_book, "--json")
    assert result.code == 1
    assert [Path(one["file"]).name for one in result.json] == [book.name, wrong_book.name]


def test_kiem_tra_of_a_sound_workbook_is_exit_0(run, tmp_path: Path, book: Path) -> None:
    """Consistent figures and warnings alone are no error."""
    assert run("kiem-tra", book).code == 0
    assert run("nhap", book, printed(tmp_path / "in", "order|value\n35|10\n")).code == 0
    result = run("kiem-tra", book, "--json")
    assert (result.code, result.json["summary"]["error"], result.json["summary"]["warning"]) == (0, 0, 1)


def test_kiem_tra_shows_cell_and_severity_in_words(run, wrong_book: Path) -> None:
    """The text names the sheet, the cell and the severity in Vietnamese."""
    text = run("kiem-tra", wrong_book).out
    assert re.search(r"PL1!E\d+ +Lỗi", text)
    assert "→" in text


def _unreadable(folder: Path, case: str) -> Path:
    path = folder / f"{case}.xlsx"
    match case:
        case "missing":
            pass
        case "empty":
            path.write_bytes(b"")
        case "text":
            path.write_text("không phải sổ", encoding="utf-8")
        case "zip":
            import zipfile

            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("thu.txt", "x")
        case "cut":
            whole = foreign(folder / "whole.xlsx").read_bytes()
            path.write_bytes(whole[: len(whole) // 2])
        case "encrypted":
            path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 2048)
        case "folder":
            path.mkdir()
    return path


@pytest.mark.parametrize("case", ["missing", "empty", "text", "zip", "cut", "encrypted", "folder"])
def test_what_is_no_workbook_has_the_state_unreadable(run, tmp_path: Path, case: str) -> None:
    """A file that cannot be read is named so, alone with exit 2."""
    result = run("kiem-tra", _unreadable(tmp_path, case), "--json")
    assert (result.code, result.json["state"], result.json["findings"]) == (2, "unreadable", [])
    assert len(result.err.splitlines()) == 1, result.err


def test_another_workbook_has_the_state_foreign(run, tmp_path: Path) -> None:
    """A sound workbook without our stamp is foreign, alone with exit 2."""
    result = run("kiem-tra", foreign(tmp_path / "la.xlsx"), "--json")
    assert (result.code, result.json["state"], result.json["form"]) == (2, "foreign", None)
    assert len(result.err.splitlines()) == 1, result.err


def test_a_bad_file_does_not_hide_the_good_ones(run, tmp_path: Path, book: Path) -> None:
    """Among several files each keeps its own state, and the run is not called clean."""
    files = [book, foreign(tmp_path / "la.xlsx"), _unreadable(tmp_path, "empty")]
    result = run("kiem-tra", *files, "--json")
    assert [one["state"] for one in result.json] == ["checked", "foreign", "unreadable"]
    assert result.code == 1


def test_bao_cao_lists_every_finding_and_touches_no_file(run, tmp_path: Path, book: Path, wrong_book: Path) -> None:
    """The report is a workbook of its own with one row for each finding; the checked files stay byte for byte."""
    report = tmp_path / "kq.xlsx"
    before = {path: sha256(path) for path in (book, wrong_book)}
    result = run("kiem-tra", book, wrong_book, "--json", "--bao-cao", report)
    assert {path: sha256(path) for path in before} == before
    findings = [finding for one in result.json for finding in one["findings"]]
    texts = [[cell.value for cell in row] for row in openpyxl.load_workbook(report).worksheets[0].iter_rows()]
    assert [f["message"] for f in findings if not any(f["message"] in row for row in texts)] == []
    assert [f["cell"] for f in findings if not any(f["cell"] in row for row in texts)] == []
    assert sum(row[2] in ("Lỗi", "Cảnh báo", "Gợi ý") for row in texts) == len(findings) > 0


def test_kiem_tra_alone_writes_nothing(run, tmp_path: Path, wrong_book: Path) -> None:
    """Checking leaves the folder as it was."""
    before = tree(tmp_path)
    run("kiem-tra", wrong_book)
    assert tree(tmp_path) == before


@pytest.mark.parametrize("spelling", ["so.xlsx", "./so.xlsx", "con/../so.xlsx", "lien-ket.xlsx"])
def test_bao_cao_refuses_to_overwrite_a_checked_file(
    run, tmp_path: Path, book: Path, monkeypatch: pytest.MonkeyPatch, spelling: str
) -> None:
    """However its path is written, a checked file is never the report."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "con").mkdir()
    try:
        (tmp_path / "lien-ket.xlsx").symlink_to(book)
    except OSError:
        pytest.skip("no links on this machine")
    before = tree(tmp_path)
    one_sentence(run("kiem-tra", "so.xlsx", "--bao-cao", spelling))
    assert tree(tmp_path) == before


@pytest.mark.parametrize("name", ["kq.txt", "khong/kq.xlsx", "kq"])
def test_bao_cao_refuses_a_bad_name(run, tmp_path: Path, book: Path, name: str) -> None:
    """A report that is no .xlsx or lies in no folder is refused in one sentence."""
    before = tree(tmp_path)
    one_sentence(run("kiem-tra", book, "--json", "--bao-cao", tmp_path / name))
    assert tree(tmp_path) == before


# As processes -----------------------------------------------------------------------------------------------------


def test_whole_way_in_a_folder_with_vietnamese_name(tmp_path: Path) -> None:
    """The commands work as processes, in a folder with spaces and accents, whatever the console's code page."""
    folder = tmp_path / "Báo cáo quý I"
    folder.mkdir()
    printed(folder / "số liệu", "order|value\n35|10\n36|12\n")
    plain = {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    made = process("tao-so", FORM, "-o", "sổ.xlsx", "--don-vi", "UBND xã Đồng Ý", cwd=folder, **plain)
    assert (made.code, made.err) == (0, "")
    assert process("nhap", "sổ.xlsx", "số liệu", cwd=folder, **plain).code == 0
    checked = process("kiem-tra", "sổ.xlsx", "--json", "--bao-cao", "kết quả.xlsx", cwd=folder, **plain)
    assert checked.code == 1
    assert checked.err == ""
    assert checked.json["unit"] == "UBND xã Đồng Ý"
    assert {path.name for path in folder.iterdir()} == {"sổ.xlsx", "số liệu", "kết quả.xlsx"}


@pytest.mark.parametrize(
    "args", [("tao-so", "khong-co", "-o", "s.xlsx"), ("kiem-tra", "khong-co.xlsx"), ("nhap", "a.xlsx", "b"), ("--sai",)]
)
def test_a_process_that_could_not_run_ends_with_2(tmp_path: Path, args: tuple[str, ...]) -> None:
    """Exit 2 and one line on standard error, never a traceback."""
    one_sentence(process(*args, cwd=tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_help_comes_without_heavy_imports(tmp_path: Path) -> None:
    """Help and the list of forms load neither a workbook library nor pandas."""
    script = (
        "import sys; from cchc_xl.hosts.cli import main; code = main(['bieu-mau'])\n"
        "heavy = {'openpyxl', 'pandas', 'numpy', 'xlwings', 'xlsxwriter', 'python_calamine'} & set(sys.modules)\n"
        "sys.exit(f'loaded: {heavy}' if heavy else code)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, cwd=tmp_path, check=False, timeout=60)
    assert done.returncode == 0, done.stderr.decode()


def test_nhap_takes_quotes_as_text(run, tmp_path: Path, book: Path) -> None:
    """A text may begin with a quotation mark, and a line ends at its end: no row is swallowed."""
    folder = tmp_path / "so-lieu"
    folder.mkdir()
    lines = ["order\tvalue\tnote", '2\t5\t"Một cửa" điện tử', '4\t6\t"chưa đóng', '5\t3\t"gói cả ""ô"""']
    (folder / "PL1.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert run("nhap", book, folder).code == 0
    sheet = openpyxl.load_workbook(book)["PL1"]
    notes = {row[0].value: (row[4].value, row[5].value) for row in sheet.iter_rows() if row[0].value in (2, 4, 5)}
    assert notes == {2: (5, '"Một cửa" điện tử'), 4: (6, '"chưa đóng'), 5: (3, 'gói cả "ô"')}


def test_nhap_refuses_figures_of_another_form(run, tmp_path: Path, book: Path) -> None:
    """Most labels differ: the folder is another form's, nothing is written."""
    before = sha256(book)
    folder = tmp_path / "so-lieu"
    folder.mkdir()
    lines = ["order\tlabel\tvalue", *(f"{order}\tChỉ tiêu của biểu khác {order}\t5" for order in range(2, 8))]
    (folder / "PL1.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    result = run("nhap", book, folder)
    assert result.code == 2
    assert len(result.err.strip().splitlines()) == 1
    assert sha256(book) == before


@pytest.mark.parametrize("command", ["tao-so", "nhap", "tong-hop"])
def test_no_command_replaces_a_file_that_is_not_ours(run, tmp_path: Path, book: Path, command: str) -> None:
    """Somebody's own workbook at the output's place stays as it is."""
    other = tmp_path / "cua-toi.xlsx"
    openpyxl.Workbook().save(other)
    before = sha256(other)
    (tmp_path / "so-lieu").mkdir()
    (tmp_path / "so-lieu" / "PL1.tsv").write_text("order\tvalue\n2\t5\n", encoding="utf-8")
    arguments = {
        "tao-so": ("cam-giang-2024", "-o", other),
        "nhap": (book, tmp_path / "so-lieu", "-o", other),
        "tong-hop": (book.parent, "-o", other),
    }[command]
    assert run(command, *arguments).code == 2
    assert sha256(other) == before


def test_bao_cao_replaces_nothing_but_an_earlier_report(run, tmp_path: Path, book: Path) -> None:
    """A workbook of somebody's own at the report's place stays as it is; an earlier report is renewed."""
    other = tmp_path / "cua-toi.xlsx"
    openpyxl.Workbook().save(other)
    before = sha256(other)
    assert run("kiem-tra", book, "--bao-cao", other).code == 2
    assert sha256(other) == before
    for _ in range(2):
        assert run("kiem-tra", book, "--bao-cao", tmp_path / "kq.xlsx").code == 0


def test_nhap_does_not_replace_another_units_figures(run, tmp_path: Path) -> None:
    """-o at the workbook of another commune is a slip; at an earlier result of the same one it is not."""
    folder = tmp_path / "so-lieu"
    folder.mkdir()
    (folder / "PL1.tsv").write_text("order\tvalue\n2\t5\n", encoding="utf-8")
    for name in ("a", "b"):
        run("tao-so", "cam-giang-2024", "-o", tmp_path / f"{name}.xlsx", "--don-vi", f"xã {name}", "--ma", name)
    assert run("nhap", tmp_path / "a.xlsx", folder, "-o", tmp_path / "kq.xlsx").code == 0
    assert run("nhap", tmp_path / "a.xlsx", folder, "-o", tmp_path / "kq.xlsx").code == 0
    assert run("nhap", tmp_path / "b.xlsx", folder, "-o", tmp_path / "kq.xlsx").code == 2
