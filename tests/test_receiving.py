"""Receiving a folder: every file once, on all cores; what is known is not read again, and never trusted over it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import sys
import zlib
from dataclasses import fields
from decimal import Decimal
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

import pytest
from submissions import FORM, filled, make

from cchc_xl.catalogue.load import load_form
from cchc_xl.checks.run import check
from cchc_xl.completion import Completion
from cchc_xl.consolidation.contribution import Contribution, SpareRow, contribution
from cchc_xl.consolidation.states import FileState, ReceivedFile
from cchc_xl.receiving import batch, cache, helpers, one
from cchc_xl.receiving.batch import receive_all
from cchc_xl.receiving.cache import PLACE, Cache, own_cache
from cchc_xl.receiving.codec import decode, encode
from cchc_xl.receiving.helpers import FEW

VINH_THANH = load_form(FORM)
TASK = VINH_THANH.appendix("PL1").printed_items[0]
SPARE = next(iter(VINH_THANH.appendix("PL4").spare_cells))
FIGURES: dict[str, dict[int, str | dict[str, str]]] = {
    "PL6": {55: "40", 56: "20,5", 57: "rất nhiều"},
    "PL4": {1: {"online": "5"}},
    "PL1": {TASK: {"done": "x"}},
}


@pytest.fixture(scope="module")
def form(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("receiving"), "11", "xã Một", FIGURES)


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store of the test's own."""
    monkeypatch.setenv(PLACE, str(tmp_path / "store"))
    return tmp_path / "store" / "da-doc.sqlite"


def quiet(done: int, total: int, name: str) -> None:
    """No progress wanted."""


def folder(tmp_path: Path, form: Path, count: int) -> list[tuple[Path, str]]:
    """Copies of a submission, among them what is none."""
    (tmp_path / "in").mkdir()
    for number in range(count - 3):
        shutil.copy(form, tmp_path / "in" / f"{number:03}.xlsx")
    (tmp_path / "in" / "bad.xlsx").write_bytes(b"PK\x03\x04 broken")
    (tmp_path / "in" / "old.xls").write_bytes(b"old")
    (tmp_path / "in" / "read.txt").write_text("text", encoding="utf-8")
    return [(path, path.name) for path in sorted((tmp_path / "in").iterdir())]


def shown(files: list[ReceivedFile]) -> list[tuple[object, ...]]:
    return [(file.file, file.sha256, file.fault, file.fault_state, same(file.given)) for file in files]


def same(given: Contribution | None) -> object:
    """Contributions compare by their fields; the form is one object."""
    return given and [getattr(given, item.name) for item in fields(given)]


def test_what_is_kept_survives_the_way_through_bytes() -> None:
    """Every field, on a submission that has each of them."""
    submission = filled("11", {**FIGURES, "PL4": {1: {"online": "5"}, SPARE: {"label": "Đất đai", "online": "1,5"}}})
    given = contribution(submission, result=check(submission))
    assert given.spare
    assert given.words
    assert given.result
    assert given.result.findings
    assert Decimal("20.5") in given.numbers
    assert same(decode(encode(given))) == same(given)
    moved = Contribution(
        **{
            **{item.name: getattr(given, item.name) for item in fields(given)},
            "moved": {3: ("Trang", "B7")},
            "parts": {5: (Decimal("1.5"), 2)},
            "completion": Completion.LAPSED,
            "spare": {"PL4": [SpareRow(10, {"label": "x"}, ("online",))]},
        }
    )
    assert same(decode(encode(moved))) == same(moved)


def test_helpers_give_what_one_process_gives(tmp_path: Path, form: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the same order, with the same faults."""
    files = folder(tmp_path, form, FEW + 10)
    monkeypatch.setenv(PLACE, "")
    monkeypatch.setattr(helpers, "_cores", lambda: 2)
    together = receive_all(files, quiet)
    monkeypatch.setattr(helpers, "_cores", lambda: 1)
    alone = receive_all(files, quiet)
    assert shown(together) == shown(alone)
    assert [file.file for file in alone] == [name for _, name in files]
    states = {file.file: file.fault_state for file in alone if file.given is None}
    assert states == {
        "bad.xlsx": FileState.UNREADABLE, "old.xls": FileState.EXCLUDED, "read.txt": FileState.IGNORED
    }  # fmt: skip


def test_progress_counts_every_file_once(tmp_path: Path, form: Path) -> None:
    files = folder(tmp_path, form, FEW + 3)
    told: list[tuple[int, int, str]] = []
    receive_all(files, lambda done, total, name: told.append((done, total, name)))
    assert [done for done, _, _ in told] == list(range(1, len(files) + 1))
    assert {total for _, total, _ in told} == {len(files)}
    assert sorted(name for _, _, name in told) == sorted(name for _, name in files)


def test_a_file_that_kills_its_helper_is_named_and_the_rest_is_read(
    tmp_path: Path, form: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever brings a reader down, it brings down one file."""
    files = folder(tmp_path, form, FEW)
    parent, true_receive = os.getpid(), one.receive

    def deadly(path: Path, name: str, cache: Cache | None = None) -> one.Parcel:
        if name == "007.xlsx" and os.getpid() != parent:
            os._exit(9)
        return true_receive(path, name, cache)

    monkeypatch.setattr(batch, "receive", deadly)
    monkeypatch.setattr(helpers, "_cores", lambda: 2)
    received = {file.file: file for file in receive_all(files, quiet)}
    assert len(received) == len(files)
    assert received["007.xlsx"].fault_state is FileState.UNREADABLE
    assert "làm chương trình đọc bị dừng" in received["007.xlsx"].fault
    assert sum(file.given is not None for file in received.values()) == len(files) - 4


def test_what_is_known_is_not_read_again(form: Path, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same content under another name: known, under its present name."""
    first = receive_all([(form, "a.xlsx")], quiet)
    assert store.is_file()

    def never(*_: object) -> None:
        raise AssertionError("read again")

    monkeypatch.setattr(one, "_read", never)
    again = receive_all([(form, "b.xlsx")], quiet)
    assert again[0].given is not None
    assert again[0].given.file == "b.xlsx"
    assert same(again[0].given)[1:] == same(first[0].given)[1:]  # type: ignore[index]


def test_a_changed_file_is_read(tmp_path: Path, form: Path) -> None:
    """The key is the content: an older saving day changes nothing."""
    path = tmp_path / "x.xlsx"
    shutil.copy(form, path)
    receive_all([(path, "x.xlsx")], quiet)
    when = path.stat().st_mtime
    path.unlink()
    make(tmp_path, "11", "xã Một", {"PL6": {55: "41"}}, file="x.xlsx")
    os.utime(path, (when, when))
    changed = receive_all([(path, "x.xlsx")], quiet)[0].given
    assert changed is not None
    assert 41 in changed.numbers
    assert 40 not in changed.numbers


@pytest.mark.parametrize("damage", ["no database", "other content", "locked away", "other toolkit"])
def test_a_store_that_is_damaged_is_as_good_as_none(form: Path, store: Path, damage: str) -> None:
    """The figures are those of the file, and the next merge has a store again."""
    true = receive_all([(form, "a.xlsx")], quiet)
    if damage == "no database":
        store.write_bytes(b"something else" * 100)
    elif damage == "locked away":
        store.unlink()
        store.mkdir()
    else:
        connection = sqlite3.connect(store)
        column = "data" if damage == "other content" else "toolkit"
        connection.execute(f"UPDATE kept SET {column} = ?", (b"{}" if column == "data" else "another",))
        connection.commit()
        connection.close()
    assert shown(receive_all([(form, "a.xlsx")], quiet)) == shown(true)
    if damage != "locked away":
        assert shown(receive_all([(form, "a.xlsx")], quiet)) == shown(true)
        known = own_cache()
        assert known is not None
        assert known.find(true[0].sha256) is not None


@pytest.mark.parametrize(
    "forged",
    [
        b"[" * 100_000,
        b"null",
        {"numbers": [1, 2, 3]},
        {"numbers": ["abc"]},
        {"numbers": [1.5]},
        {"form": "../../x"},
        {"form": "cam-giang-2024"},
        {"stamp": []},
        {"completion": "x"},
    ],
    ids=str,
)
def test_a_store_of_nonsense_is_as_good_as_none(form: Path, store: Path, forged: bytes | dict[str, Any]) -> None:
    """Sealed as it should be, but no toolkit of ours wrote it: the file is read anew."""
    true = receive_all([(form, "a.xlsx")], quiet)
    connection = sqlite3.connect(store)
    data = zlib.decompress(connection.execute("SELECT data FROM kept").fetchone()[0])
    if isinstance(forged, dict):
        data = json.dumps(json.loads(data) | forged).encode()
    packed = zlib.compress(data if isinstance(forged, dict) else forged)
    connection.execute("UPDATE kept SET data = ?, digest = ?", (packed, hashlib.sha256(packed).digest()))
    connection.commit()
    connection.close()
    assert shown(receive_all([(form, "a.xlsx")], quiet)) == shown(true)


def test_another_reader_reads_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is known is of this toolkit on this reader and this Python."""
    name = cache.toolkit()
    reader = tmp_path / "reader"
    reader.mkdir()
    (reader / "reader.py").write_text("", encoding="utf-8")
    spec = ModuleSpec("python_calamine", None, is_package=True)
    spec.submodule_search_locations = [str(reader)]
    monkeypatch.setattr(cache, "find_spec", lambda _: spec)
    assert cache.toolkit.__wrapped__() != name
    monkeypatch.setattr(cache, "find_spec", lambda _: None)
    monkeypatch.setattr(sys, "version", "4.0")
    assert cache.toolkit.__wrapped__() != name


def test_no_store_where_none_is_wanted(form: Path, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PLACE, "")
    assert own_cache() is None
    receive_all([(form, "a.xlsx")], quiet)
    assert not store.exists()


def test_a_huge_file_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is still hashed and accounted for."""
    monkeypatch.setattr(one, "MAX_FILE_BYTES", 10)
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"PK" * 100)
    [received] = receive_all([(path, "x.xlsx")], quiet)
    assert received.fault.endswith("không mở vì an toàn.")
    assert received.sha256
