"""What earlier merges learned of a file, by the hash of its content: safe to delete, never trusted over the file.

The key is the content itself, together with the toolkit that read it: another rule, another form or another reader
reads anew. A damaged store is as good as none.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import sys
import zlib
from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import cchc_xl

PLACE = "CCHC_XL_CACHE"  # environment: another folder for the store; "" for none
_FILE = "da-doc.sqlite"
_MAGIC = b"SQLite format 3\0"
# A year of quarters of the whole country's communes, twice over; some 6 KB each.
_MOST_ENTRIES = 30_000
_WAIT = 5.0  # seconds for another merge that writes
# What a store that is damaged, locked, or on a disk that is full or read-only may raise.
_FAULTS = (sqlite3.Error, OSError, zlib.error)


class Cache:
    """The store of one machine's user."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / _FILE
        self._reading: sqlite3.Connection | None = None

    def find(self, sha256: str) -> bytes | None:
        """What was kept of a file with this content (``codec.encode``); ``None`` when nothing is known."""
        try:
            if self._reading is None:
                if not self.path.is_file():
                    return None
                self._reading = sqlite3.connect(f"{self.path.as_uri()}?mode=ro", uri=True, timeout=_WAIT)
            query = "SELECT data, digest FROM kept WHERE sha256 = ? AND toolkit = ?"
            row = self._reading.execute(query, (sha256, toolkit())).fetchone()
            if row is None or hashlib.sha256(row[0]).digest() != row[1]:
                return None
            return zlib.decompress(row[0])
        except _FAULTS:
            return None

    def keep(self, read: Iterable[tuple[str, bytes]]) -> None:
        """Keep what was read, by the content's hash; whatever hinders that, the merge goes on."""
        packed = ((sha256, zlib.compress(data, 1)) for sha256, data in read)
        rows = [(sha256, toolkit(), data, hashlib.sha256(data).digest()) for sha256, data in packed]
        if not rows:
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._write(rows)
        except _FAULTS:
            self.close()
            self._discard_damaged()

    def _discard_damaged(self) -> None:
        """Remove a store that is no database at all, so that the next merge begins a new one."""
        try:
            with self.path.open("rb") as handle:
                damaged = handle.read(len(_MAGIC)) != _MAGIC
            if damaged:
                self.path.unlink()
        except OSError:
            pass

    def _write(self, rows: list[tuple[str, str, bytes, bytes]]) -> None:
        connection = sqlite3.connect(self.path, timeout=_WAIT)
        try:
            with connection:
                connection.execute(
                    "CREATE TABLE IF NOT EXISTS kept (sha256 TEXT PRIMARY KEY, toolkit TEXT, data BLOB, digest BLOB)"
                )
                connection.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?)", rows)
                # Of another toolkit nothing is ever asked again; then the oldest go.
                connection.execute("DELETE FROM kept WHERE toolkit <> ?", (toolkit(),))
                connection.execute(
                    "DELETE FROM kept WHERE rowid <= (SELECT MAX(rowid) FROM kept) - ?", (_MOST_ENTRIES,)
                )
        finally:
            connection.close()

    def close(self) -> None:
        """Let go of the file."""
        if self._reading is not None:
            self._reading.close()
            self._reading = None


def own_cache() -> Cache | None:
    """The user's own store; ``None`` where none is wanted or nowhere can be found for it."""
    chosen = os.environ.get(PLACE)
    if chosen is not None:
        return Cache(Path(chosen).absolute()) if chosen else None
    base = os.environ.get("LOCALAPPDATA") if sys.platform == "win32" else os.environ.get("XDG_CACHE_HOME")
    try:
        folder = Path(base) if base else Path.home() / ".cache"
    except RuntimeError:  # no home directory
        return None
    return Cache(folder.absolute() / "cchc_xl")


@cache
def toolkit() -> str:
    """A name for the code and data that read and check: it changes when any file of the package or the reader does."""
    digest = hashlib.sha256(sys.version.encode())
    reader = find_spec("python_calamine")  # found, not loaded: where all is known it is not needed
    for root in (Path(cchc_xl.__file__).parent, *map(Path, reader.submodule_search_locations or () if reader else ())):
        for path in sorted(root.rglob("*")):
            if path.suffix not in (".pyc", "") and path.is_file():
                found = path.stat()
                digest.update(f"{path.relative_to(root).as_posix()}|{found.st_size}|{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()
