"""The workbooks that lie ready in ``workbooks/`` are what the source gives now."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest

from cchc_xl.catalogue.load import form_ids
from cchc_xl.errors import InputFault
from cchc_xl.hosts import cli
from cchc_xl.hosts.built import BLANK, COMMAND, FILLED, WORKBOOKS, build_all, parts, synchronise, workbooks_in
from cchc_xl.operations import check_file
from cchc_xl.readers.read_submission import read_file
from cchc_xl.severity import Severity


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every workbook, built now."""
    folder = tmp_path_factory.mktemp("built") / "Sổ mới"
    build_all(folder)
    return folder


def test_committed_workbooks_are_up_to_date(built: Path) -> None:
    """Whoever changes a form, the layout or the samples builds the workbooks anew."""
    assert workbooks_in(WORKBOOKS) == workbooks_in(built), f"run: {COMMAND}"
    stale = {}
    for name in workbooks_in(built):
        committed, fresh = parts(WORKBOOKS / name), parts(built / name)
        differing = sorted(part for part in {*committed, *fresh} if committed.get(part) != fresh.get(part))
        if differing:
            stale[str(name)] = differing
    assert stale == {}, f"run: {COMMAND}"


def test_there_is_one_of_every_kind(built: Path) -> None:
    """A blank workbook for each form, and the filled ones."""
    names = workbooks_in(built)
    assert [name.stem for name in names if name.parts[0] == BLANK] == form_ids()
    assert {name.stem for name in names if name.parts[0] == FILLED} == {
        *("cam-giang-2024", "ninh-hai-2023", "vinh-thanh-2023", "tong-hop-ninh-hai-2023")
    }


def test_blank_means_blank(built: Path) -> None:
    """No unit, no period, no figure, and nothing to find fault with."""
    for name in workbooks_in(built):
        if name.parts[0] == BLANK:
            submission = read_file(built / name)
            assert (submission.stamp.unit, submission.stamp.period, submission.faults) == ("", "", ())
            assert not submission.has_figures()
            assert check_file(built / name).result.count(Severity.ERROR) == 0


def test_filled_means_filled(built: Path) -> None:
    """Unit, period and figures stand in the others."""
    for name in workbooks_in(built):
        if name.parts[0] == FILLED:
            submission = read_file(built / name)
            assert submission.stamp.unit
            assert submission.stamp.period
            assert submission.faults == ()
            assert submission.has_figures()


def test_two_builds_are_equal(built: Path, tmp_path: Path) -> None:
    """In another process, folder, time zone, locale and order of hashing, every part is the same byte for byte."""
    script = (
        "import sys; from pathlib import Path; from cchc_xl.hosts.built import build_all; build_all(Path(sys.argv[1]))"
    )
    other = tmp_path / "a" / "longer" / "way"
    environment = {**os.environ, "PYTHONHASHSEED": "4711", "TZ": "Pacific/Kiritimati", "LC_ALL": "C"}
    subprocess.run([sys.executable, "-c", script, str(other)], env=environment, check=True, timeout=300)
    assert workbooks_in(other) == workbooks_in(built)
    for name in workbooks_in(built):
        assert list(parts(other / name)) == list(parts(built / name))
        assert parts(other / name) == parts(built / name), name


def test_nothing_of_the_machine_is_inside(built: Path) -> None:
    """Neither a path nor a date but the fixed one."""
    places = [str(Path.home()).encode(), str(built).encode(), b"/tmp/", b"Temp\\"]
    for name in workbooks_in(built):
        for part, content in parts(built / name).items():
            assert [place for place in places if len(place) > 2 and place in content] == [], (name, part)
        dates = re.findall(rb"\d{4}-\d\d-\d\dT[\d:]+Z", parts(built / name)["docProps/core.xml"])
        assert set(dates) == {b"2024-01-01T00:00:00Z"}


# Of Excel 2007, none of them volatile: they exist in Excel 2010, LibreOffice and WPS, and need no prefix in the file.
_FUNCTIONS = """
ABS AND CHAR CHOOSE COUNT COUNTA COUNTBLANK COUNTIF DATE DAY FIND IF IFERROR INT ISERROR ISNUMBER ISTEXT LEFT LEN LOWER
MATCH MAX MID MIN MOD MONTH N NOT OR RIGHT ROUND ROUNDDOWN ROWS SUBSTITUTE SUM SUMPRODUCT TRIM UPPER VALUE YEAR
"""


def test_every_function_is_of_excel_2007(built: Path) -> None:
    """Formulas of cells, validations, colours and names."""
    used = set()
    for workbook in built.rglob("*.xls[xm]"):
        for name, content in parts(workbook).items():
            if name.endswith(".xml"):
                text = content.decode("utf-8")
                for formula in re.findall(r"<(?:f|formula|formula1|formula2|definedName)\b[^>]*>([^<]*)<", text):
                    bare = re.sub(r"\"(?:[^\"]|\"\")*\"|'(?:[^']|'')*'", "", unescape(formula))
                    used |= set(re.findall(r"([A-Z][A-Z0-9.]*)\(", bare))
    assert used == set(_FUNCTIONS.split())


def test_synchronise_writes_what_differs_and_nothing_else(built: Path, tmp_path: Path) -> None:
    """What is as it should be stays, also when zipped otherwise; what is stale or broken is replaced, more goes."""
    folder = tmp_path / "workbooks"
    folder.mkdir()
    (folder / "HUONG-DAN.md").write_text("giữ", encoding="utf-8")
    written, removed = synchronise(folder)
    assert (written, removed) == (workbooks_in(built), [])
    first, second, *rest = workbooks_in(folder)
    (folder / first).write_bytes((folder / second).read_bytes())
    (folder / second).write_bytes(b"hong")
    (folder / BLANK / "bo-di.xlsx").write_bytes(b"cu")
    (folder / BLANK / "README.md").write_text("giữ", encoding="utf-8")
    before = {name: (folder / name).stat().st_mtime_ns for name in rest}
    assert synchronise(folder) == ([first, second], [Path(BLANK) / "bo-di.xlsx"])
    assert {name: (folder / name).stat().st_mtime_ns for name in rest} == before
    assert (folder / BLANK / "README.md").is_file()
    assert synchronise(folder) == ([], [])


def test_only_in_a_clone(tmp_path: Path) -> None:
    """An installed package has no workbooks folder: one sentence, nothing written."""
    with pytest.raises(InputFault, match="kho mã nguồn"):
        synchronise(tmp_path / "khong-co")
    assert list(tmp_path.iterdir()) == []


def test_users_do_not_see_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    """The list of commands is for users; the command still explains itself."""
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    assert "dong-bo-mau" not in capsys.readouterr().out
    with pytest.raises(SystemExit):
        cli.main(["dong-bo-mau", "--help"])
    assert "Cách dùng" in capsys.readouterr().out
