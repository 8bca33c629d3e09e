"""Readers meet files that nobody thought of: whatever it is, the answer is data or one sentence, never a traceback.

``CCHC_FUZZ=50 pytest tests/test_fuzz.py`` runs fifty times as many cases; a failure names the seed that repeats it.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import hostile
import pytest
from distortions import Strength, distort
from hostile import FIRST, NOTE, SECOND, SHARED, SHEET, STAMP, STYLES, Parts, packed
from hypothesis import given, settings
from hypothesis import strategies as st
from judge import requires_libreoffice, to_xls
from machine import slowness
from word_files import write_ods, write_word, write_workbook

from cchc_xl.catalogue.load import load_form
from cchc_xl.errors import BROUGHT_DOWN, CchcError
from cchc_xl.hosts.cli import main
from cchc_xl.ooxml.limits import SUMMARY
from cchc_xl.ooxml.patch import CellWrite, patch_cells
from cchc_xl.readers.file_book import FileBook
from cchc_xl.readers.foreign.open_file import read_foreign
from cchc_xl.readers.keyed_sheets import read_keyed
from cchc_xl.receiving.one import receive
from cchc_xl.recognition.recognise import recognise
from cchc_xl.report.earlier import read_earlier as read_report
from cchc_xl.summary_workbook.earlier import read_earlier
from cchc_xl.summary_workbook.record import read_record
from cchc_xl.units import read_units

TIMES = int(os.environ.get("CCHC_FUZZ", "1"))
SECONDS = 2.0


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    return hostile.good_parts(tmp_path_factory.mktemp("good"))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


@pytest.fixture(scope="module")
def summary(good: Parts, place: Path) -> Path:
    """A summary of two units."""
    folder = place / "nop"
    folder.mkdir()
    for code in ("1", "2"):
        (folder / f"{code}.xlsx").write_bytes(packed(hostile.of_unit(good, code)))
    with contextlib.redirect_stdout(io.StringIO()):
        main(["tong-hop", str(folder), "-o", str(place / "tong-hop.xlsx")])
    return place / "tong-hop.xlsx"


def assert_received(path: Path, repeats: object) -> None:
    """The file is read or refused with a sentence, in time; what was read survives the way through bytes."""
    begun = time.process_time()
    parcel = receive(path, path.name)
    assert time.process_time() - begun < SECONDS * slowness(), repeats
    assert BROUGHT_DOWN not in parcel.file.fault, (repeats, parcel.file.fault)
    if parcel.data is None:
        assert parcel.file.fault.endswith("."), (repeats, parcel.file.fault)
    else:
        parcel.opened()


# contents ------------------------------------------------------------------------------------------------------------

_SIGNS = st.characters(blacklist_categories=["Cs"], blacklist_characters="".join(map(chr, range(32))) + "\ufffe\uffff")
_TEXTS = st.one_of(
    st.text(_SIGNS, max_size=40),
    st.sampled_from(["", " ", "-", "x", "=1+1", "0", "1.000", "1e5", "1,5", "16 (88,9%)", "76/84", "#N/A", "9" * 500]),
    st.sampled_from(["2023-NAM", "Năm", "31/02/2023", "29/02/2024", "1" * 40, "\u202e", "A\u0301", "#cchc", "not_key"]),
)
_NUMBERS = st.one_of(
    st.integers(-(10**18), 10**18).map(str),
    st.floats(allow_nan=True, allow_infinity=True).map(repr),
    st.sampled_from(["1e308", "1e309", "-0", "1e-320", "45000.5", "60", "0x10", "", " 7 ", "٣", "1_000"]),
)
_KINDS = st.sampled_from(["", "n", "s", "str", "inlineStr", "b", "e", "d", "wrong"])
# Figures, a note, labels, keys; in the appendix, the cover and the stamp.
_CELLS = st.sampled_from(
    [(SHEET, address) for address in (FIRST, SECOND, NOTE, "A1", "E1", "A12", "A45", "C45", "E50", "H50")]
    + [("xl/worksheets/sheet1.xml", address) for address in ("A1", "A5", "C5", "C6", "C8", "C10", "B1")]
    + [(STAMP, address) for address in ("A1", "A2", "A3", "B1", "B2", "B3", "B4", "B5", "B9")]
)


@st.composite
def _content(draw: st.DrawFn) -> tuple[str, str]:
    """Type and inner XML of a cell: often what no program writes."""
    kind = draw(_KINDS)
    text = hostile.html_text(draw(_TEXTS))
    value = draw(st.one_of(_NUMBERS, st.just(text)))
    formula = draw(st.sampled_from(["", "", "<f>1/0</f>", "<f/>", f"<f>{text}</f>", '<f t="shared" si="0"/>']))
    inner = f"<is><t>{text}</t></is>" if kind == "inlineStr" else f"<v>{hostile.html_text(value)}</v>"
    return kind, formula + draw(st.sampled_from([inner, "", inner + inner]))


@settings(max_examples=250 * TIMES)
@given(edits=st.lists(st.tuples(_CELLS, _content()), min_size=1, max_size=6))
def test_whatever_stands_in_the_cells_is_read_or_refused(
    good: Parts, place: Path, edits: list[tuple[tuple[str, str], tuple[str, str]]]
) -> None:
    """Figures, keys, labels, cover and stamp hold anything at all."""
    parts = good
    for (sheet, address), (kind, inner) in edits:
        with contextlib.suppress(AssertionError):  # the form has no such cell
            parts = hostile.cell(parts, address, inner, kind, sheet)
    path = place / "cells.xlsx"
    path.write_bytes(packed(parts))
    assert_received(path, edits)


# bytes ---------------------------------------------------------------------------------------------------------------

_TOKENS = (
    b"<", b">", b"</", b"/>", b'"', b"'", b"&", b"&#0;", b"&#x10FFFF;", b"<!--", b"]]>", b"<![CDATA[", b"<?", b"\0",
    b"\xff\xfe", b"r=", b't="s"', b't="e"', b"<v>", b"</c>", b"<row>", b"<f>", b"99999999999", b"-1", b"1e400",
    b"XFD1048576", b"PK\x01\x02", b"PK\x05\x06",
    b"PK\x03\x04", b"xml:space", b"count=", b'Target="../../x"', b"rId1", b"\xf0\x9f\x98\x80",
)  # fmt: skip


def mutated(content: bytes, chance: random.Random) -> bytes:
    """The bytes with some changes: flipped, cut, repeated, moved, and words of the format where they do not belong."""
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at = chance.randrange(len(changed) + 1)
        end = min(len(changed), at + chance.choice((1, 1, 2, 8, 100, 5000)))
        how = chance.randrange(6)
        if how == 0 and at < len(changed):
            changed[at] ^= 1 << chance.randrange(8)
        elif how == 1:
            changed[at:at] = chance.choice(_TOKENS)
        elif how == 2:
            changed[at:end] = b""
        elif how == 3:
            changed[at:at] = changed[at:end] * chance.choice((1, 2, 50))
        elif how == 4:
            changed[at:end] = chance.randbytes(end - at)
        else:
            changed[at:end] = chance.choice(_TOKENS)
    return bytes(changed)


def seeds(count: int) -> range:
    """The same in every run, others where more are asked for."""
    return range(count * TIMES)


def test_whatever_bytes_a_file_has_it_is_read_or_refused(good: Parts, place: Path) -> None:
    """Bytes of the package are changed."""
    content, path = packed(good), place / "bytes.xlsx"
    for seed in seeds(400):
        path.write_bytes(mutated(content, random.Random(seed)))
        assert_received(path, seed)


@pytest.mark.parametrize(
    "part", [SHEET, SHARED, STYLES, STAMP, hostile.BOOK, hostile.RELATIONS, "xl/worksheets/sheet1.xml"]
)
def test_whatever_bytes_a_part_has_it_is_read_or_refused(good: Parts, place: Path, part: str) -> None:
    """Bytes of one part are changed, in a package that is sound: this gets past every checksum."""
    path = place / "part.xlsx"
    for seed in seeds(120):
        path.write_bytes(packed(good | {part: mutated(good[part], random.Random(seed))}))
        assert_received(path, (part, seed))


def assert_recognised(path: Path, repeats: object) -> None:
    """A foreign file is read and recognised, or refused with a sentence, in time."""
    begun = time.process_time()
    try:
        with contextlib.suppress(CchcError):
            recognise(read_foreign(path), load_form("cam-giang-2024"))
    except BaseException as error:  # a panic of a library in Rust is no Exception
        raise AssertionError(repeats) from error
    assert time.process_time() - begun < SECONDS * slowness(), repeats


@pytest.mark.parametrize(
    ("name", "part"), [("a.docx", "word/document.xml"), ("a.docx", "word/styles.xml"), ("a.ods", "content.xml")]
)
def test_whatever_a_foreign_file_holds_it_is_recognised_or_refused(tmp_path: Path, name: str, part: str) -> None:
    """Word documents and OpenDocument spreadsheets, their bytes or those of a part changed."""
    tables = distort(load_form("cam-giang-2024"), 1, Strength()).file.tables
    path = tmp_path / name
    if name.endswith(".docx"):
        write_word(tables, path)
    else:
        write_ods(tables, path)
    with zipfile.ZipFile(path) as package:
        parts = {entry: package.read(entry) for entry in package.namelist()}
    for seed in seeds(80):
        chance = random.Random(seed)
        changed = packed(parts | {part: mutated(parts[part], chance)})
        path.write_bytes(mutated(packed(parts), chance) if seed % 4 == 0 else changed)
        assert_recognised(path, (name, part, seed))


@requires_libreoffice
def test_whatever_bytes_an_xls_has_it_is_recognised_or_refused(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A damaged file of Excel 97, with which the library panics now and then: nobody sees that."""
    tables = distort(load_form("cam-giang-2024"), 1, Strength()).file.tables
    content = to_xls(write_workbook(tables, tmp_path / "a.xlsx"), tmp_path / "xls").read_bytes()
    for seed in seeds(150):
        (tmp_path / "b.xls").write_bytes(mutated(content, random.Random(seed)))
        assert_recognised(tmp_path / "b.xls", seed)
    assert capfd.readouterr().err == ""


def _read_book(path: Path) -> object:
    with FileBook(path) as book:
        for sheet in book.sheet_names:
            book.grid(sheet)
            book.facts(sheet)
        return read_keyed(book, path.name)


def _read_long(path: Path) -> object:
    with FileBook(path, limits=SUMMARY) as book:
        return [list(book.rows(sheet)) for sheet in book.sheet_names]


def _patch(path: Path) -> object:
    return patch_cells(path, path.with_name("patched.xlsx"), {"PL1": {"E20": CellWrite(1)}})


READERS: list[Callable[[Path], object]] = [
    _read_book, _read_long, _patch, read_earlier, read_report, read_units,
    lambda path: read_record(path, load_form(hostile.FORM)),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(READERS)))
def test_every_other_reader_reads_or_refuses(summary: Path, place: Path, number: int) -> None:
    """The earlier summary, an earlier report, a list of units, a workbook to be filled or upgraded."""
    with zipfile.ZipFile(summary) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    wanted = [name for name in parts if name.endswith((".xml", ".rels")) and name.startswith("xl/")]
    path = place / "reader.xlsx"
    for seed in seeds(25):
        chance = random.Random(seed)
        part = chance.choice(wanted)
        changed = (
            mutated(packed(parts), chance) if seed % 3 == 0 else packed(parts | {part: mutated(parts[part], chance)})
        )
        path.write_bytes(changed)
        try:
            with contextlib.suppress(CchcError):
                READERS[number](path)
        except Exception as error:
            raise AssertionError((number, part, seed)) from error


def test_a_list_of_units_may_be_any_text(place: Path) -> None:
    """A list that is a text file: any bytes, in any of its encodings."""
    text = "mã\ttên\ttừ ngày\n586\thuyện Ninh Hải\t01/07/2025\n22834\txã Tân Hải\t\n"
    path = place / "units.tsv"
    for seed in seeds(300):
        chance = random.Random(seed)
        path.write_bytes(mutated(text.encode(chance.choice(("utf-8", "utf-8-sig", "utf-16"))), chance))
        with contextlib.suppress(CchcError):
            read_units(path)


def test_a_merge_of_what_the_fuzzer_made_is_written(good: Parts, tmp_path: Path) -> None:
    """Whatever passes the readers passes everything after them too: gates, sums, summary, JSON."""
    folder = tmp_path / "nop"
    folder.mkdir()
    for seed in seeds(30):
        chance = random.Random(seed)
        part = chance.choice((SHEET, SHARED, "xl/worksheets/sheet1.xml"))
        parts = hostile.of_unit(good, str(seed + 1))
        (folder / f"{seed}.xlsx").write_bytes(packed(parts | {part: mutated(parts[part], chance)}))
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        assert main(["tong-hop", str(folder), "-o", str(tmp_path / "ra.xlsx"), "--json"]) == 1
    files = json.loads(said.getvalue())["files"]
    assert len(files) == 30 * TIMES
    assert not [file for file in files if BROUGHT_DOWN in file["reason"]]
