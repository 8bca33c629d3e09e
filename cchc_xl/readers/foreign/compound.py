"""The streams of a compound file ([MS-CFB]), in which Excel and Word kept their documents until 2007."""

from __future__ import annotations

import struct
from collections.abc import Mapping

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FREE, _MAXREGSECT = 0xFFFFFFFF, 0xFFFFFFFA
_IN_HEADER = 109  # sectors of the table of sectors that the header itself names
_ENTRY = 128
_STREAM, _ROOT = 2, 5
_MOST_STREAMS = 5_000


def read_streams(content: bytes, wanted: frozenset[str]) -> Mapping[str, bytes]:
    """Every stream by name, with its content when its name (lower case) is wanted; else empty.

    Raises ``ValueError`` when the file is damaged.
    """
    try:
        return _Compound(content).streams(wanted)
    except (struct.error, IndexError) as error:
        raise ValueError("not a sound compound file") from error


class _Compound:
    def __init__(self, content: bytes) -> None:
        self._content = content
        if not content.startswith(MAGIC):
            raise ValueError("not a compound file")
        sector, mini = struct.unpack_from("<HH", content, 30)
        if sector not in (9, 12) or mini != 6:
            raise ValueError("sectors of an unknown size")
        self._size, self._mini_size = 1 << sector, 1 << mini
        self._directory, self._cutoff, mini_first = struct.unpack_from("<I4xII", content, 48)
        more, _ = struct.unpack_from("<II", content, 68)
        sectors = list(struct.unpack_from(f"<{_IN_HEADER}I", content, 76))
        for _ in range(len(content) // self._size):
            if more >= _MAXREGSECT:
                break
            numbers = self._numbers(self._sector(more))
            sectors += numbers[:-1]
            more = numbers[-1]
        self._next = [n for s in sectors if s < _MAXREGSECT for n in self._numbers(self._sector(s))]
        self._mini_next = self._numbers(self._chain(mini_first)) if mini_first < _MAXREGSECT else []
        self._mini = b""

    def streams(self, wanted: frozenset[str]) -> dict[str, bytes]:
        directory = self._chain(self._directory)
        found: dict[str, bytes] = {}
        entries = []
        for at in range(0, len(directory) - _ENTRY + 1, _ENTRY):
            length, kind = struct.unpack_from("<HB", directory, at + 64)
            first, size = struct.unpack_from("<II", directory, at + 116)
            name = directory[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
            if kind == _ROOT:
                self._mini = self._chain(first)[:size] if first < _MAXREGSECT else b""
            elif kind == _STREAM:
                entries.append((name, first, size))
        if len(entries) > _MOST_STREAMS:
            raise ValueError("more streams than any office program writes")
        for name, first, size in entries:
            content = self._stream(first, size) if name.casefold() in wanted else b""
            # Two of one name are both looked at.
            found[name.casefold()] = found.get(name.casefold(), b"") + content
        return found

    def _stream(self, first: int, size: int) -> bytes:
        if size >= self._cutoff:
            return self._chain(first)[:size]
        parts, seen = [], 0
        while first < _MAXREGSECT and seen * self._mini_size < size:
            parts.append(self._mini[first * self._mini_size : (first + 1) * self._mini_size])
            first = self._mini_next[first]
            seen += 1
        return b"".join(parts)[:size]

    def _sector(self, number: int) -> bytes:
        at = (number + 1) * self._size
        part = self._content[at : at + self._size]
        if not part:
            raise ValueError("a sector beyond the end")
        return part.ljust(self._size, b"\0")

    def _chain(self, first: int) -> bytes:
        parts: list[bytes] = []
        while first < _MAXREGSECT:
            if len(parts) > len(self._content) // self._size:
                raise ValueError("a chain of sectors that closes on itself")
            parts.append(self._sector(first))
            first = self._next[first]
        return b"".join(parts)

    @staticmethod
    def _numbers(part: bytes) -> list[int]:
        return list(struct.unpack(f"<{len(part) // 4}I", part[: len(part) // 4 * 4]))
