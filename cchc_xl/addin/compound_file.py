"""Writes an OLE compound file ([MS-CFB], version 3): the container of ``vbaProject.bin``. Equal input, equal bytes."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

Tree = Mapping[str, "bytes | Tree"]
"""A storage: names to streams (bytes) or storages."""

_SECTOR, _MINI_SECTOR, _MINI_LIMIT = 512, 64, 4096
_ENTRY = 128
_FREE, _END, _FAT, _NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
_HEADER_FATS = 109  # FAT sectors that the header can list: 7 MB, far above any VBA project of ours
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_RED, _BLACK = 0, 1


@dataclass
class _Entry:
    """A directory entry (§2.6.1); links are indices of entries."""

    name: str
    kind: int
    data: bytes = b""
    colour: int = _BLACK
    left: int = _NONE
    right: int = _NONE
    child: int = _NONE
    start: int = 0
    size: int = 0


@dataclass
class _Chains:
    """Fixed-size sectors with their allocation table."""

    unit: int
    table: list[int] = field(default_factory=list)
    sectors: list[bytes] = field(default_factory=list)

    def add(self, data: bytes) -> int:
        """Store ``data`` as one chain; gives its first sector."""
        if not data:
            return _END
        first = len(self.sectors)
        pieces = [data[at : at + self.unit].ljust(self.unit, b"\0") for at in range(0, len(data), self.unit)]
        self.sectors += pieces
        self.table += [*range(first + 1, first + len(pieces)), _END]
        return first


def write_compound_file(tree: Tree) -> bytes:
    """The bytes of a compound file with these storages and streams. Dates and class ids are left empty."""
    entries = [_Entry("Root Entry", _ROOT)]
    _add_children(entries, 0, tree)

    big, small = _Chains(_SECTOR), _Chains(_MINI_SECTOR)
    for entry in entries:
        if entry.kind == _STREAM:
            entry.size = len(entry.data)
            entry.start = (small if entry.size < _MINI_LIMIT else big).add(entry.data)
    root = entries[0]
    root.data = b"".join(small.sectors)
    root.size = len(root.data)
    root.start = big.add(root.data)
    directory = b"".join(map(_pack, entries))
    empty = _pack(_Entry("", 0))
    while len(directory) % _SECTOR:
        directory += empty
    directory_start = big.add(directory)
    mini_table = struct.pack(f"<{len(small.table)}I", *small.table)
    mini_table += b"\xff" * (-len(mini_table) % _SECTOR)
    mini_start = big.add(mini_table)

    per_sector = _SECTOR // 4
    fats = 1
    while fats * per_sector < len(big.table) + fats:
        fats += 1
    if fats > _HEADER_FATS:
        raise ValueError(f"compound file too large: {fats} FAT sectors")
    places = range(len(big.table), len(big.table) + fats)
    table = [*big.table, *[_FAT] * fats]
    table += [_FREE] * (fats * per_sector - len(table))

    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        0x3E, 3, 0xFFFE, 9, 6,  # minor and major version, byte order, sector and mini sector sizes as powers of two
        0, fats, directory_start, 0, _MINI_LIMIT,
        mini_start, len(mini_table) // _SECTOR, _END, 0,  # no DIFAT sectors
    )  # fmt: skip
    listed = [*places, *[_FREE] * (_HEADER_FATS - fats)]
    header += struct.pack(f"<{_HEADER_FATS}I", *listed)
    return header + b"".join(big.sectors) + struct.pack(f"<{len(table)}I", *table)


def _add_children(entries: list[_Entry], parent: int, tree: Tree) -> None:
    """Append the members of a storage and link them to its search tree."""
    indices: list[int] = []
    for name in sorted(tree, key=_order):
        content = tree[name]
        if len(name) > 31 or not name.isascii():
            raise ValueError(f"name of a stream: {name!r}")
        indices.append(len(entries))
        if isinstance(content, bytes):
            entries.append(_Entry(name, _STREAM, content))
        else:
            entries.append(_Entry(name, _STORAGE))
            _add_children(entries, indices[-1], content)
    depth = len(indices).bit_length()
    root = _balanced(entries, indices, depth)
    entries[parent].child = root
    if root != _NONE:
        entries[root].colour = _BLACK  # also when it is the only one


def _order(name: str) -> tuple[int, str]:
    """Names compare by length first, then by upper case (§2.6.4)."""
    return len(name), name.upper()


def _balanced(entries: list[_Entry], indices: list[int], depth: int) -> int:
    """A balanced search tree whose deepest, incomplete level is red: equally many black nodes on every path."""
    if not indices:
        return _NONE
    middle = len(indices) // 2
    entry = entries[indices[middle]]
    entry.left = _balanced(entries, indices[:middle], depth - 1)
    entry.right = _balanced(entries, indices[middle + 1 :], depth - 1)
    if depth == 1:
        entry.colour = _RED
    return indices[middle]


def _pack(entry: _Entry) -> bytes:
    name = (entry.name + "\0").encode("utf-16-le") if entry.name else b""
    packed = struct.pack(
        "<64sHBBIII16xI8x8xIQ",
        name, len(name), entry.kind, entry.colour, entry.left, entry.right, entry.child, 0, entry.start, entry.size,
    )  # fmt: skip
    assert len(packed) == _ENTRY
    return packed
