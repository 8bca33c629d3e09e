"""Writes ``vbaProject.bin`` from module sources alone ([MS-OVBA]): no compiled code, Excel compiles at opening.

A project that says version 0xFFFF in ``_VBA_PROJECT`` (§2.3.4.1) and offset 0 for every module (§2.3.4.2.3.2.5) has
no performance cache, so any Office from 2007 on reads the sources. Equal input gives equal bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from uuid import NAMESPACE_URL, uuid5

from cchc_xl.addin.compound_file import write_compound_file

_CODE_PAGE, _LOCALE, _WIN32 = 1252, 0x0409, 1
_SEED = 0x5A  # any byte will do: the "encryption" below hides nothing, and a fixed one keeps builds equal
_CHUNK = 4096


class ModuleKind(Enum):
    """What a module is; the value is its key in the PROJECT stream."""

    STANDARD = "Module"
    CLASS = "Class"
    DOCUMENT = "Document"


@dataclass(frozen=True, slots=True)
class Module:
    """A module with its whole source, ``Attribute`` lines included, lines ended by CR LF."""

    name: str
    source: str
    kind: ModuleKind = ModuleKind.STANDARD


_WORKBOOK, _WORKSHEET = "00020819", "00020820"


def workbook_module(name: str) -> Module:
    """The empty module behind the workbook; ``name`` is its codeName."""
    return _document(name, _WORKBOOK)


def sheet_module(name: str) -> Module:
    """The empty module behind a worksheet; ``name`` is its codeName."""
    return _document(name, _WORKSHEET)


def _document(name: str, class_id: str) -> Module:
    attributes = {
        "VB_Name": f'"{name}"',
        "VB_Base": f'"0{{{class_id}-0000-0000-C000-000000000046}}"',
        "VB_GlobalNameSpace": "False",
        "VB_Creatable": "False",
        "VB_PredeclaredId": "True",
        "VB_Exposed": "True",
        "VB_TemplateDerived": "False",
        "VB_Customizable": "True",
    }
    lines = [f"Attribute {key} = {value}" for key, value in attributes.items()]
    return Module(name, "".join(f"{line}\r\n" for line in [*lines, "Option Explicit"]), ModuleKind.DOCUMENT)


def write_vba_project(name: str, modules: Sequence[Module]) -> bytes:
    """The bytes of a ``vbaProject.bin`` with these modules, in this order. Raises ``ValueError`` for faulty sources."""
    for module in modules:
        _require_sound(module)
    if len({module.name.lower() for module in modules}) < len(modules):
        raise ValueError("two modules of one name")
    streams = {module.name: compress(module.source.encode("ascii")) for module in modules}
    storage = {
        "_VBA_PROJECT": struct.pack("<HHBH", 0x61CC, 0xFFFF, 0, 0),
        "dir": compress(_dir(name, modules)),
        **streams,
    }
    return write_compound_file(
        {"VBA": storage, "PROJECT": _project(name, modules), "PROJECTwm": _names(modules)},
    )


def _require_sound(module: Module) -> None:
    if not module.source.isascii():
        raise ValueError(f"{module.name}: VBA sources are ASCII (a code page would spoil anything else)")
    if module.source.replace("\r\n", "").translate({13: "\n"}).count("\n"):
        raise ValueError(f"{module.name}: lines end with CR LF")
    if f'Attribute VB_Name = "{module.name}"\r\n' not in module.source:
        raise ValueError(f"{module.name}: no line Attribute VB_Name")
    long = next((line for line in module.source.split("\r\n") if len(line) > 1023), None)
    if long is not None:
        raise ValueError(f"{module.name}: a line longer than VBA's 1023 characters: {long[:60]}…")


# the dir stream (§2.3.4.2): records of id, size, content ----------------------------------------------------------


def _record(identity: int, content: bytes) -> bytes:
    return struct.pack("<HI", identity, len(content)) + content


def _text(identity: int, unicode_identity: int, text: str) -> bytes:
    """A text in the project's code page, and once more in UTF-16."""
    return _record(identity, text.encode("ascii")) + _record(unicode_identity, text.encode("utf-16-le"))


def _dir(name: str, modules: Sequence[Module]) -> bytes:
    records = [
        _record(0x0001, struct.pack("<I", _WIN32)),
        _record(0x0002, struct.pack("<I", _LOCALE)),
        _record(0x0014, struct.pack("<I", _LOCALE)),
        _record(0x0003, struct.pack("<H", _CODE_PAGE)),
        _record(0x0004, name.encode("ascii")),
        _text(0x0005, 0x0040, ""),  # description
        _record(0x0006, b"") + _record(0x003D, b""),  # help file, twice
        _record(0x0007, struct.pack("<I", 0)),
        _record(0x0008, struct.pack("<I", 0)),
        struct.pack("<HIIH", 0x0009, 4, 1, 1),  # version: its "size" covers the major number only
        _text(0x000C, 0x003C, ""),  # conditional compilation constants
        # No references: VBA and Excel are there without saying, and what is not referred to cannot be missing.
        _record(0x000F, struct.pack("<H", len(modules))),
        _record(0x0013, struct.pack("<H", 0xFFFF)),
        *map(_module_records, modules),
        struct.pack("<HI", 0x0010, 0),
    ]
    return b"".join(records)


def _module_records(module: Module) -> bytes:
    records = [
        _text(0x0019, 0x0047, module.name),
        _text(0x001A, 0x0032, module.name),  # name of its stream
        _text(0x001C, 0x0048, ""),
        _record(0x0031, struct.pack("<I", 0)),  # offset of the source: nothing stands before it
        _record(0x001E, struct.pack("<I", 0)),
        _record(0x002C, struct.pack("<H", 0xFFFF)),
        _record(0x0021 if module.kind is ModuleKind.STANDARD else 0x0022, b""),
        struct.pack("<HI", 0x002B, 0),
    ]
    return b"".join(records)


# the PROJECT and PROJECTwm streams (§2.3.1, §2.3.3) ---------------------------------------------------------------


def _project(name: str, modules: Sequence[Module]) -> bytes:
    identity = "{" + str(uuid5(NAMESPACE_URL, f"cchc_xl/{name}")).upper() + "}"
    key = sum(identity.encode("ascii")) & 0xFF
    lines = [f'ID="{identity}"']
    for module in modules:
        suffix = "/&H00000000" if module.kind is ModuleKind.DOCUMENT else ""
        lines.append(f"{module.kind.value}={module.name}{suffix}")
    lines += [
        f'Name="{name}"',
        'HelpContextID="0"',
        'VersionCompatible32="393222000"',
        f'CMG="{obfuscate(bytes(4), key)}"',  # nothing protected
        f'DPB="{obfuscate(bytes(1), key)}"',  # no password
        f'GC="{obfuscate(bytes([0xFF]), key)}"',  # visible in the editor
        "",
        "[Host Extender Info]",
        "&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000",
        "",
        "[Workspace]",
        *(f"{module.name}=0, 0, 0, 0, C" for module in modules),
    ]
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _names(modules: Sequence[Module]) -> bytes:
    pairs = (m.name.encode("ascii") + b"\0" + m.name.encode("utf-16-le") + b"\0\0" for m in modules)
    return b"".join(pairs) + b"\0\0"


def obfuscate(data: bytes, key: int, seed: int = _SEED) -> str:
    """Data Encryption (§2.4.3.2) in hexadecimal; ``key`` is the sum of the project id's bytes."""
    result = [seed, seed ^ 2, seed ^ key]
    plain, last, before = key, seed ^ key, seed ^ 2
    for byte in bytes((seed & 6) // 2) + struct.pack("<I", len(data)) + data:
        coded = byte ^ ((before + plain) & 0xFF)
        result.append(coded)
        plain, last, before = byte, coded, last
    return bytes(result).hex().upper()


# compression (§2.4.1) ---------------------------------------------------------------------------------------------


def compress(data: bytes) -> bytes:
    """A compressed container: chunks of 4096 bytes, each with copies of earlier pieces of itself.

    Raises ``ValueError`` for noise that no source is: a raw chunk is a full one (§2.4.1.3.10), the last may be shorter.
    """
    result = b"\x01"
    for at in range(0, len(data), _CHUNK):
        chunk = data[at : at + _CHUNK]
        packed = _compress_chunk(chunk)
        flags = 0xB000
        if len(packed) > _CHUNK:
            if len(chunk) < _CHUNK:
                raise ValueError("cannot compress the last chunk")
            packed, flags = chunk, 0x3000
        result += struct.pack("<H", flags | (len(packed) + 2 - 3)) + packed
    return result


def _compress_chunk(chunk: bytes) -> bytes:
    packed = bytearray()
    seen: dict[bytes, list[int]] = {}
    at = 0
    while at < len(chunk):
        flags, tokens = 0, bytearray()
        for bit in range(8):
            if at >= len(chunk):
                break
            offset, length = _longest(chunk, at, seen)
            if length:
                flags |= 1 << bit
                bits = _offset_bits(at)
                tokens += struct.pack("<H", (offset - 1) << (16 - bits) | (length - 3))
            else:
                tokens.append(chunk[at])
            for place in range(at, at + (length or 1)):
                seen.setdefault(chunk[place : place + 3], []).append(place)
            at += length or 1
        packed += bytes([flags]) + tokens
    return bytes(packed)


def _offset_bits(at: int) -> int:
    """How many of a copy token's 16 bits hold the offset (§2.4.1.3.19.1): more as the chunk goes on."""
    return max((at - 1).bit_length(), 4)


def _longest(chunk: bytes, at: int, seen: dict[bytes, list[int]]) -> tuple[int, int]:
    """Offset and length of the longest earlier piece that repeats here; length 0 when none has three bytes."""
    most = min(len(chunk) - at, (0xFFFF >> _offset_bits(at)) + 3) if at else 0
    best, length = 0, 0
    if most < 3:
        return 0, 0
    for start in reversed(seen.get(chunk[at : at + 3], ())):
        same = 3
        while same < most and chunk[start + same] == chunk[at + same]:
            same += 1
        if same > length:
            best, length = at - start, same
            if same == most:
                break
    return best, length
