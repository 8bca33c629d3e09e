"""Whatever comes by mail ends in its named state, within bounds, harms nobody, and the rest of the batch is merged."""

from __future__ import annotations

import contextlib
import csv
import html
import io
import json
import os
import re
import socket
import subprocess
import sys
import urllib.parse
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hostile
import pytest
from hostile import CASES, EVIL, Case
from machine import slowness
from submissions import write_printed
from test_privacy import WATCH

from cchc_xl.errors import BROUGHT_DOWN, CchcError
from cchc_xl.hosts.cli import main
from cchc_xl.operations import fill_workbook, upgrade_workbook

SECONDS, MEGABYTES = 2.0, 200
ROOT = Path(__file__).parent.parent
SUMS = {35: 10, 36: 9}  # in every submission that is good
BATCH = ("0 tốt.xlsx", "z tốt.xlsx")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder: all cases, and two good submissions among them."""
    base = tmp_path_factory.mktemp("hostile")
    good = hostile.good_parts(base)
    hostile.written(good, base / "nop")
    for number, name in enumerate(BATCH):
        (base / "nop" / name).write_bytes(hostile.packed(hostile.of_unit(good, f"9000{number}")))
    return base / "nop"


@pytest.fixture(scope="module")
def measured(corpus: Path) -> dict[str, dict[str, Any]]:
    """What became of each file in a process of its own."""
    if sys.platform != "linux":
        pytest.skip("the bounds of a process are set as Linux does")
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "hostile_run.py"), str(corpus)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
    )
    result: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return result


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_file_is_read_or_refused_within_bounds(measured: dict[str, dict[str, Any]], case: Case) -> None:
    """Two seconds of the processor and 200 MB, with one sentence where it is refused."""
    told = measured[case.file_name]
    assert "crash" not in told, told
    assert told["seconds"] < SECONDS * slowness()
    assert told["megabytes"] < MEGABYTES
    assert BROUGHT_DOWN not in told["fault"]
    if not told["read"]:
        assert told["fault"].endswith(".")
        assert told["state"] in case.states
        assert case.says in told["fault"]


@pytest.fixture(scope="module")
def merged(corpus: Path) -> tuple[dict[str, Any], Path]:
    """tong-hop over the folder, without any network: its JSON and the folder of what it wrote."""
    out = corpus.parent / "ra"
    out.mkdir()
    before = {path.name: path.read_bytes() for path in corpus.iterdir()}
    said = io.StringIO()
    with without_network(), contextlib.redirect_stdout(said):
        code = main(["tong-hop", str(corpus), "-o", str(out / "tong-hop.xlsx"), "--du-lieu", "csv", "--json"])
    assert code == 1, "something was left out"
    assert {path.name: path.read_bytes() for path in corpus.iterdir()} == before
    return json.loads(said.getvalue()), out


@contextlib.contextmanager
def without_network() -> Iterator[None]:
    """No socket may be made and no name looked up; what tries has failed."""

    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("network")

    with pytest.MonkeyPatch.context() as patch:
        for name in ("socket", "create_connection", "getaddrinfo", "gethostbyname"):
            patch.setattr(socket, name, forbidden)
        yield


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_file_ends_in_its_state(merged: tuple[dict[str, Any], Path], case: Case) -> None:
    """The state in the merge is the one that was named beforehand, with its reason."""
    (told,) = [file for file in merged[0]["files"] if file["file"] == case.file_name]
    assert told["state"] in case.states, told["reason"]
    assert case.says in told["reason"]
    assert bool(told["reason"]) == (told["state"] != "included")


def test_every_file_is_accounted_for_and_the_rest_is_merged(corpus: Path, merged: tuple[dict[str, Any], Path]) -> None:
    """Files in = files accounted for; the good ones are in the sums, beside what was sound among the others."""
    result = merged[0]
    assert sorted(file["file"] for file in result["files"]) == sorted(path.name for path in corpus.iterdir())
    taken = [file for file in result["files"] if file["state"].startswith("included")]
    assert set(BATCH) <= {file["file"] for file in taken}
    assert not [file for file in result["files"] if BROUGHT_DOWN in file["reason"]]
    rows = {row["order"]: row for row in result["rows"] if row["appendix"] == "PL1"}
    for order, figure in SUMS.items():
        assert rows[order]["units"]["90000"] == rows[order]["units"]["90001"] == figure
        assert rows[order]["value"] == sum(rows[order]["units"].values())


def test_nothing_is_written_outside(merged: tuple[dict[str, Any], Path]) -> None:
    """A path within a package leads nowhere: nothing is ever unpacked to the disk."""
    assert sorted(path.name for path in merged[1].iterdir()) == ["tong-hop - du lieu.csv", "tong-hop.xlsx"]
    assert not Path("/tmp/cchc-evil.txt").exists()


def test_what_is_no_file_harms_nobody(tmp_path: Path, corpus: Path) -> None:
    """Links in circles or to nothing, pipes, folders named like workbooks: named or passed over, never followed."""
    if sys.platform == "win32":
        pytest.skip("links and pipes as on Unix")
    folder = tmp_path / "nop"
    folder.mkdir()
    (folder / "tốt.xlsx").write_bytes((corpus / BATCH[0]).read_bytes())
    (folder / "vòng").symlink_to(folder, target_is_directory=True)
    (tmp_path / "nơi khác").mkdir()
    (tmp_path / "nơi khác" / "của ai.xlsx").write_bytes((corpus / BATCH[1]).read_bytes())
    (folder / "nơi khác").symlink_to(tmp_path / "nơi khác", target_is_directory=True)
    (folder / "thư.zip").write_bytes((corpus / BATCH[1]).read_bytes())
    (folder / "vòng.xlsx").symlink_to(folder / "vòng.xlsx")
    (folder / "mất.xlsx").symlink_to(folder / "không có.xlsx")
    (folder / "thư mục.xlsx").mkdir()
    os.mkfifo(folder / "ống.xlsx")
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        assert main(["tong-hop", str(folder), "-o", str(tmp_path / "ra.xlsx"), "--json"]) == 1
    files = json.loads(said.getvalue())["files"]
    assert {file["file"]: file["state"] for file in files} == {
        "tốt.xlsx": "included",
        "vòng.xlsx": "unreadable",
        "mất.xlsx": "unreadable",
        "nơi khác": "unreadable",
        "thư.zip": "excluded",
    }
    assert "liên kết tới một thư mục khác" in next(file["reason"] for file in files if file["file"] == "nơi khác")


# no injection --------------------------------------------------------------------------------------------------------

# What the cases carry: none of it may stand in a formula of ours.
_CARRIED = ("HYPERLINK", "WEBSERVICE", "RAND(", "NOW(", "cmd|", "evil", "[1]", "etc/passwd", "calc", "DDE")
_ACTIVE_PARTS = ("vba", "externallink", "embeddings", "activex", "connections", "querytables", "ctrlprops", "customui")


def assert_harmless(workbook: Path, sources: Path) -> None:
    """By the XML: no formula, link or part came from a submission; links lead to the units' own files alone."""
    with zipfile.ZipFile(workbook) as package:
        names = package.namelist()
        parts = {name: package.read(name).decode() for name in names if name.endswith((".xml", ".rels"))}
    assert not [name for name in names if any(word in name.lower() for word in _ACTIVE_PARTS)]
    for name, xml in parts.items():
        for formula in re.findall(r"<(?:f|formula|formula1|formula2|definedName)\b[^>]*>([^<]*)<", xml):
            assert not [word for word in _CARRIED if word in html.unescape(formula)], (name, formula)
            assert "|" not in re.sub(r'"[^"]*"', "", html.unescape(formula)), (name, formula)
        assert "ddeLink" not in xml
        assert "<oleObject" not in xml
        for relation in re.findall(r"<Relationship\b[^>]*>", xml):
            if 'TargetMode="External"' in relation:
                assert 'relationships/hyperlink"' in relation
                match = re.search(r'Target="([^"]*)"', relation)
                assert match
                assert_own_file(html.unescape(match[1]), workbook, sources)


def assert_own_file(target: str, workbook: Path, sources: Path) -> None:
    """A link's target is a relative path to a submission that is there."""
    assert not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|[\\/]", target), target
    # XlsxWriter parts folders as Windows does; a backslash of a name is escaped.
    path = workbook.parent / urllib.parse.unquote(target.partition("#")[0].replace("\\", "/"))
    assert path.is_file(), target
    assert path.resolve().parent == sources.resolve(), target


def test_the_summary_holds_no_formula_or_link_of_a_submission(
    corpus: Path, merged: tuple[dict[str, Any], Path]
) -> None:
    assert_harmless(merged[1] / "tong-hop.xlsx", corpus)


def test_texts_of_units_stand_in_the_summary_as_they_are(merged: tuple[dict[str, Any], Path]) -> None:
    """They are not lost, nor made harmless by changing them: a text is a text."""
    with zipfile.ZipFile(merged[1] / "tong-hop.xlsx") as package:
        everything = "".join(package.read(name).decode() for name in package.namelist() if name.endswith(".xml"))
    for text in (f'=HYPERLINK("{EVIL}","xã")', "x· NguyÔn HuÖ", "xaõ Nguyeãn Hueä", "\u202exã\u200b Đảo\u2066\ufeff"):
        assert html.escape(text, quote=False) in everything.replace("&quot;", '"'), text


def test_the_table_beside_holds_nothing_that_a_program_takes_for_a_formula(
    merged: tuple[dict[str, Any], Path],
) -> None:
    """A CSV has no types: what begins like a formula gets an apostrophe."""
    with (merged[1] / "tong-hop - du lieu.csv").open(encoding="utf-16", newline="") as handle:
        cells = [cell for row in csv.reader(handle, delimiter="\t") for cell in row]
    assert [cell for cell in cells if cell.startswith("'=HYPERLINK")]
    wrong = [cell for cell in cells if cell.lstrip()[:1] in tuple("=+-@\t\r\n＝＋－＠") and not is_number(cell)]
    assert wrong == []


def is_number(cell: str) -> bool:
    """Whether a cell is a figure; these may have a minus sign."""
    return bool(re.fullmatch(r"-?\d+(,\d+)?", cell))


def test_json_holds_texts_as_data(merged: tuple[dict[str, Any], Path]) -> None:
    """The unit's name is the text that stood on its cover."""
    units = {file["unit"] for file in merged[0]["files"]}
    assert f'=HYPERLINK("{EVIL}","xã")' in units


def test_the_report_holds_no_formula_or_link_of_a_submission(corpus: Path, tmp_path: Path) -> None:
    """kiem-tra --bao-cao over every file, without any network: each has its lines, none brings it down."""
    report = tmp_path / "kq.xlsx"
    files = sorted(path for path in corpus.iterdir() if path.stat().st_size < 2_000_000)
    said, errors = io.StringIO(), io.StringIO()
    with without_network(), contextlib.redirect_stdout(said), contextlib.redirect_stderr(errors):
        assert main(["kiem-tra", *map(str, files), "--bao-cao", str(report), "--json"]) == 1
    assert "Traceback" not in errors.getvalue()
    assert not [line for line in errors.getvalue().splitlines() if not line.endswith(".")]
    assert len(json.loads(said.getvalue())) == len(files)
    assert_harmless(report, corpus)


def test_filling_and_upgrading_end_in_a_workbook_or_a_sentence(corpus: Path, tmp_path: Path) -> None:
    """nhap and nang-cap over every file: the file stays as it is, and nothing but a ``CchcError`` comes of it."""
    write_printed(tmp_path, {"PL1": {35: "12"}}, hostile.FORM)
    for path in sorted(corpus.iterdir()):
        before = path.read_bytes()
        if len(before) > 2_000_000:
            continue
        for work in (
            lambda path=path: fill_workbook(path, tmp_path, tmp_path / "ra.xlsx"),
            lambda path=path: upgrade_workbook(path, tmp_path / "moi.xlsx"),
        ):
            with contextlib.suppress(CchcError):
                work()
        assert path.read_bytes() == before
        if (tmp_path / "ra.xlsx").exists():
            assert_no_formula_of_a_figure(tmp_path / "ra.xlsx")
            (tmp_path / "ra.xlsx").unlink()


def assert_no_formula_of_a_figure(workbook: Path) -> None:
    """The figure that was filled in is a number, whatever stood there."""
    with zipfile.ZipFile(workbook) as package:
        sheet = package.read(hostile.SHEET).decode()
    assert re.search(rf'<c r="{hostile.FIRST}"[^>]*><v>12</v></c>', sheet)


@pytest.mark.parametrize("command", ["kiem-tra", "tong-hop"])
def test_no_network_is_used_and_no_program_is_started(corpus: Path, tmp_path: Path, command: str) -> None:
    """As Python itself reports it, in a run of its own beside sheets and files that the stock add-in would obey."""
    names = (
        "macros.xlsm",
        "a py sheet.xlsx",
        "a conf sheet.xlsx",
        "a DDE formula.xlsx",
        "an external link.xlsx",
        BATCH[0],
    )
    for name in names:
        (tmp_path / name).write_bytes((corpus / name).read_bytes())
    (tmp_path / "xlwings.py").write_text("raise SystemExit('executed')", encoding="utf-8")
    (tmp_path / "cchc_xl.py").write_text("raise SystemExit('executed')", encoding="utf-8")
    (tmp_path / "xlwings.conf").write_text('"INTERPRETER_WIN","evil.exe"', encoding="utf-8")
    if command == "kiem-tra":
        asked = ["kiem-tra", *names, "--bao-cao", "kq.xlsx", "--json"]
    else:
        asked = ["tong-hop", ".", "-o", "kq.xlsx", "--json"]
    done = subprocess.run(
        [sys.executable, "-P", "-c", WATCH, str(ROOT), *asked],
        cwd=tmp_path,
        capture_output=True,
        env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | {"PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    assert done.stderr.decode() == ""
    assert b"executed" not in done.stdout
    assert (tmp_path / "kq.xlsx").is_file()
    json.loads(done.stdout)
