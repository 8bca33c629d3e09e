"""Hostile and damaged submissions, made from a good one: what may come by mail, each with the state it must end in.

A case changes the parts of a package, or gives the bytes of a file. Nothing here is a file of unknown origin.
"""

from __future__ import annotations

import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from submissions import make

from cchc_xl.catalogue.load import load_form
from cchc_xl.expressions import CellRef
from cchc_xl.layout import column_letters, form_layout

FORM = "cam-giang-2024"
_PLACE = form_layout(load_form(FORM)).appendices["PL1"]
FIRST, SECOND, NOTE = (
    _PLACE.address(CellRef("PL1", order, column)) for order, column in ((35, "value"), (36, "value"), (35, "note"))
)
CODE, NAME = "70001", "xã Mẫu"
BOOK, RELATIONS, SHEET, SHARED, STYLES = (
    "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet3.xml", "xl/sharedStrings.xml", "xl/styles.xml"
)  # fmt: skip
STAMP = "xl/worksheets/sheet5.xml"
EVIL = "http://evil.example/x"

Parts = dict[str, bytes]
OK, NOTED, OUT, UNREADABLE = "included", "included_with_warnings", "excluded", "unreadable"


@dataclass(frozen=True)
class Case:
    """``says``: words of the reason that is given; ``makes`` gives a package's parts or a whole file."""

    name: str
    makes: Callable[[Parts], Parts | bytes]
    states: tuple[str, ...]
    says: str = ""
    file: str = ""

    @property
    def file_name(self) -> str:
        """What the file is called in the folder."""
        return self.file or f"{self.name}.xlsx"


def good_parts(folder: Path) -> Parts:
    """The parts of a sound submission: 10 files settled, 9 of them on time."""
    path = make(folder, CODE, NAME, {"PL1": {35: {"value": "10", "note": "ghi chú"}, 36: "9"}}, form=FORM)
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def packed(parts: Parts) -> bytes:
    """The parts as a package."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return target.getvalue()


def of_unit(parts: Parts, code: str, name: str = "") -> Parts:
    """The same submission by another unit."""
    name = (name or f"xã {code}").replace("&", "&amp;").replace("<", "&lt;")
    shared = parts[SHARED].replace(f"<t>{CODE}<".encode(), f"<t>{code}<".encode())
    return parts | {SHARED: shared.replace(f"<t>{NAME}<".encode(), f'<t xml:space="preserve">{name}<'.encode())}


# the package -----------------------------------------------------------------------------------------------------


@dataclass
class Raw:
    """An entry as it shall stand in the zip, true or not."""

    name: str
    data: bytes
    size: int
    crc: int = 0
    method: int = zipfile.ZIP_DEFLATED
    flags: int = 0
    at: int | None = field(default=None)


def raw_zip(entries: Iterable[Raw]) -> bytes:
    """A zip of exactly these entries (APPNOTE.TXT 4.3); one with ``at`` points to where another stands."""
    body, directory = bytearray(), bytearray()
    count = 0
    for entry in entries:
        name = entry.name.encode()
        head = struct.pack(
            "<HHHHHIIIHH", 20, entry.flags, entry.method, 0, 33, entry.crc, len(entry.data), entry.size, len(name), 0
        )
        at = len(body) if entry.at is None else entry.at
        if entry.at is None:
            body += b"PK\x03\x04" + head + name + entry.data
        directory += b"PK\x01\x02" + struct.pack("<H", 20) + head + struct.pack("<HHHII", 0, 0, 0, 0, at) + name
        count += 1
    shown = min(count, 65535)
    end = struct.pack("<HHHHIIH", 0, 0, shown, shown, len(directory), len(body), 0)
    return bytes(body + directory) + b"PK\x05\x06" + end


def raw(parts: Parts) -> list[Raw]:
    """The parts as true entries, ready to be lied about."""
    entries = []
    for name, content in parts.items():
        packer = zlib.compressobj(1, zlib.DEFLATED, -15)
        entries.append(Raw(name, packer.compress(content) + packer.flush(), len(content), zlib.crc32(content)))
    return entries


def bomb(megabytes: int, start: bytes = b"") -> bytes:
    """A deflate stream that unpacks to so much, made without unpacking it: a block can be repeated."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = packer.compress(start) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b" " * 2**20) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + block * megabytes + b"\x03\x00"


def _honest_bomb(parts: Parts) -> bytes:
    return raw_zip([*raw(parts), Raw("xl/media/image1.png", bomb(3000), 3000 * 2**20)])


def _lying_bomb(parts: Parts) -> bytes:
    start = parts[SHEET]
    entries = raw(parts)
    for entry in entries:
        if entry.name == SHEET:
            entry.data = bomb(3000, start)
    return raw_zip(entries)


def _lying_strings(parts: Parts) -> bytes:
    entries = [entry for entry in raw(parts) if entry.name != SHARED]
    text = parts[SHARED].replace(b"</sst>", b"<si><t>")
    return raw_zip([*entries, Raw(SHARED, bomb(3000, text), len(text), zlib.crc32(text))])


def _overlapping(parts: Parts) -> bytes:
    kernel = bomb(20)
    entries = raw(parts)
    first = Raw("xl/media/0.png", kernel, 20 * 2**20)
    at = len(raw_zip([])) - 22
    return raw_zip([first, *entries, *(Raw(f"xl/media/{n}.png", kernel, 1000, at=at) for n in range(1, 300))])


def _twice(parts: Parts) -> bytes:
    return raw_zip([*raw(parts), *raw({SHEET.upper(): parts[SHEET]})])


def _many_entries(parts: Parts) -> bytes:
    return raw_zip([*raw(parts), *(Raw(f"m/{number}", b"", 0, method=0) for number in range(60_000))])


def _traversal(parts: Parts) -> bytes:
    return raw_zip([*raw(parts), *raw({"../../../../tmp/cchc-evil.txt": b"evil"})])


def _other_method(parts: Parts) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_LZMA) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return target.getvalue()


def _with_password(parts: Parts) -> bytes:
    entries = raw(parts)
    for entry in entries:
        entry.flags = 1
    return raw_zip(entries)


# XML -------------------------------------------------------------------------------------------------------------

_LAUGHS = (
    b"<!DOCTYPE x [<!ENTITY a0 'ha'>"
    + b"".join(b"<!ENTITY a%d '%s'>" % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12))
    + b"]>"
)
_OUTSIDE = b"<!DOCTYPE x [<!ENTITY a11 SYSTEM 'file:///etc/passwd'>]>"


def _with_dtd(part: str, dtd: bytes, place: bytes, use: bytes) -> Callable[[Parts], Parts]:
    def change(parts: Parts) -> Parts:
        xml = parts[part]
        declaration, root = xml[: xml.index(b"?>") + 2], xml[xml.index(b"?>") + 2 :]
        assert place in root
        return parts | {part: declaration + dtd + root.replace(place, use, 1)}

    return change


# sheets ----------------------------------------------------------------------------------------------------------


def cell(parts: Parts, address: str, inner: str, kind: str = "", sheet: str = SHEET) -> Parts:
    """The cell with this content: ``inner`` is XML."""
    pattern = re.compile(rf'<c r="{address}"( s="\d+")?[^>]*?(?:/>|>.*?</c>)'.encode())
    typed = f' t="{kind}"' if kind else ""
    changed, count = pattern.subn(
        lambda match: f'<c r="{address}"'.encode() + (match[1] or b"") + f"{typed}>{inner}</c>".encode(), parts[sheet]
    )
    assert count == 1, address
    return parts | {sheet: changed}


def text_cell(parts: Parts, address: str, text: str) -> Parts:
    """The cell with this text."""
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace("\x0b", "_x000B_")
    return cell(parts, address, f'<is><t xml:space="preserve">{safe}</t></is>', "inlineStr")


def formula_cell(parts: Parts, address: str, formula: str, result: str = "<v>10</v>") -> Parts:
    """The cell with this formula and a cached result."""
    return cell(parts, address, f"<f>{formula.replace('&', '&amp;').replace('<', '&lt;')}</f>{result}")


def more_rows(parts: Parts, rows: bytes, sheet: str = SHEET) -> Parts:
    """Rows below all others."""
    return parts | {sheet: parts[sheet].replace(b"</sheetData>", rows + b"</sheetData>")}


def extra_sheet(parts: Parts, name: str, data: bytes, state: str = "", first: bool = False) -> Parts:
    """A sheet of the unit's own."""
    escaped = name.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    hidden = f' state="{state}"' if state else ""
    tag = f'<sheet name="{escaped}" sheetId="77"{hidden} r:id="rId77"/>'.encode()
    book = (
        parts[BOOK].replace(b"<sheets>", b"<sheets>" + tag)
        if first
        else parts[BOOK].replace(b"</sheets>", tag + b"</sheets>")
    )
    return _related(parts, "worksheet", "worksheets/sheet77.xml") | {
        BOOK: book,
        "xl/worksheets/sheet77.xml": (
            b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
            + data + b"</sheetData></worksheet>"
        ),
    }  # fmt: skip


def _related(parts: Parts, kind: str, target: str) -> Parts:
    relation = (
        f'<Relationship Id="rId77" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" '
        f'Target="{target}"/>'
    ).encode()
    return parts | {RELATIONS: parts[RELATIONS].replace(b"</Relationships>", relation + b"</Relationships>")}


def _far(row: int, column: str, sheet: str = SHEET) -> Callable[[Parts], Parts]:
    return lambda parts: more_rows(parts, f'<row r="{row}"><c r="{column}{row}"><v>1</v></c></row>'.encode(), sheet)


def _sheet_xml(*rows: str) -> bytes:
    return "".join(
        f'<row r="{at}"><c r="A{at}" t="inlineStr"><is><t>{text}</t></is></c></row>'
        for at, text in enumerate(rows, start=1)
    ).encode()


def _rows(count: int, inner: str = "") -> bytes:
    return "".join(f'<row r="{n}" spans="1:20" ht="15">{inner.format(n)}</row>' for n in range(200, count)).encode()


def _rename(parts: Parts, old: str, new: str) -> Parts:
    return parts | {BOOK: parts[BOOK].replace(f'name="{old}"'.encode(), f'name="{new}"'.encode())}


def placed(row: int, count: int, inner: str, kind: str = "") -> str:
    """A row of so many cells with this content."""
    typed = f' t="{kind}"' if kind else ""
    cells = (f'<c r="{column_letters(column)}{row}"{typed}>{inner}</c>' for column in range(count))
    return f'<row r="{row}">{"".join(cells)}</row>'


def _amplified(before: bytes = b"") -> Callable[[Parts], Parts]:
    """``before``: what stands before the long text among the shared ones, and takes no place or one."""

    def change(parts: Parts) -> Parts:
        count = parts[SHARED].count(b"<si>") + before.count(b"si/>")
        long = before + b"<si><t>" + b"x" * 32_000 + b"</t></si></sst>"
        shared = parts[SHARED].replace(b"</sst>", long)
        if b"x:si" in before:
            shared = re.sub(rb"<(/?)(\w+)", rb"<\1x:\2", shared.replace(b"x:", b"")).replace(b" xmlns=", b" xmlns:x=")
        return more_rows(parts | {SHARED: shared}, placed(300, 3_000, f"<v>{count}</v>", "s").encode())

    return change


def _many_formulas(parts: Parts) -> Parts:
    rows = "".join(f'<row r="{n}">{"<c><f/></c>" * 200}</row>' for n in range(200, 1200))
    return more_rows(parts, rows.encode())


def _slow_pattern(parts: Parts) -> Parts:
    """Tags that a careless pattern would look through again and again."""
    return more_rows(parts, b'<row r="300">' + b'<c t="e"/>' * 400_000 + b"</row>")


def _slow_prefix(parts: Parts) -> Parts:
    return parts | {
        SHEET: parts[SHEET].replace(b"<sheetData>", b"<!-- :worksheet " + b"<c " * 1_000_000 + b"--><sheetData>")
    }


def _much_text(megabytes: int, *, places: bool = True) -> Callable[[Parts], Parts]:
    """One sign of each text is wide, so that Python takes four bytes for all of them."""
    text = "<is><t>😀" + "x" * 30_000 + "</t></is>"
    row = placed(200, megabytes * 33, text, "inlineStr")
    if not places:
        row = re.sub(r' r="[A-Z]+200"', "", row)
    return lambda parts: more_rows(parts, row.encode())


def _large_grid(parts: Parts) -> Parts:
    return more_rows(parts, b'<row r="1000"><c r="BCR1000"><v>1</v></c></row>')


def _as_many_formulas(parts: Parts) -> Parts:
    return more_rows(parts, "".join(placed(n, 149, "<f>1+1</f><v>2</v>") for n in range(200, 1200)).encode())


def _oddly_written(count: int) -> Callable[[Parts], Parts]:
    """Cells without their places, which are read one by one."""
    rows = "".join(f'<row r="{n}">{"<c><v>1</v></c>" * 100}</row>' for n in range(200, 200 + count // 400))
    return lambda parts: more_rows(parts, rows.encode())


def _many_sheets(data: bytes, count: int) -> Callable[[Parts], Parts]:
    """Sheets of the unit's own, in a workbook without its appendix: every one is looked at."""

    def change(parts: Parts) -> Parts:
        parts = _rename(parts, "PL1", "Khác")
        parts = cell(parts, "A1", "<v>0</v>")
        parts = extra_sheet(parts, "S", data)
        sheet = parts.pop("xl/worksheets/sheet77.xml")
        tag, relation = (
            parts[BOOK].rpartition(b'<sheet name="S"'),
            parts[RELATIONS].rpartition(b'<Relationship Id="rId77"'),
        )
        tags = relations = b""
        for number in range(count):
            parts[f"xl/worksheets/own{number}.xml"] = sheet
            tags += f'<sheet name="S{number}" sheetId="{100 + number}" r:id="own{number}"/>'.encode()
            relations += (
                (relation[1] + relation[2].partition(b"/>")[0] + b"/>")
                .replace(b"rId77", b"own%d" % number)
                .replace(b"sheet77", b"own%d" % number)
            )
        rest = tag[2].partition(b"/>")[2]
        return parts | {
            BOOK: tag[0] + tags + rest,
            RELATIONS: relation[0] + relations + relation[2].partition(b"/>")[2],
        }

    return change


def _deep(parts: Parts) -> Parts:
    depth = 500_000
    return more_rows(parts, b'<row r="9999">' + b"<x>" * depth + b"</x>" * depth + b"</row>")


def _many_styles(parts: Parts) -> Parts:
    return parts | {STYLES: parts[STYLES].replace(b"</cellXfs>", b'<xf numFmtId="14"/>' * 900_000 + b"</cellXfs>")}


def _too_many_styles(parts: Parts) -> Parts:
    return parts | {STYLES: parts[STYLES].replace(b"</cellXfs>", b'<xf numFmtId="14"/>' * 2_000_000 + b"</cellXfs>")}


def _outside_link(parts: Parts) -> Parts:
    linked = formula_cell(parts, FIRST, "[1]Sheet1!$A$1")
    links = "xl/externalLinks/"
    return _related(linked, "externalLink", "externalLinks/externalLink1.xml") | {
        links
        + "externalLink1.xml": b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>',
        links + "_rels/externalLink1.xml.rels": (
            f'<Relationships><Relationship Id="rId1" TargetMode="External" Target="{EVIL}"/></Relationships>'.encode()
        ),
    }


def _hyperlink(parts: Parts) -> Parts:
    sheet = parts[SHEET].replace(
        b"</worksheet>", f'<hyperlinks><hyperlink ref="{FIRST}" r:id="rId9"/></hyperlinks></worksheet>'.encode()
    )
    relation = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId9" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink" '
        f'Target="{EVIL}" TargetMode="External"/></Relationships>'
    )
    return parts | {SHEET: sheet, "xl/worksheets/_rels/sheet3.xml.rels": relation.encode()}


def _macros(parts: Parts) -> Parts:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"Auto_Open Shell calc" * 500
    with_macros = _related(parts, "vbaProject", "vbaProject.bin")
    return with_macros | {"xl/vbaProject.bin": ole, "xl/embeddings/oleObject1.bin": ole}


def _stamped(old: str, new: str) -> Callable[[Parts], Parts]:
    def change(parts: Parts) -> Parts:
        """The stamp's texts are shared ones."""
        assert f"<t>{old}</t>".encode() in parts[SHARED]
        return parts | {SHARED: parts[SHARED].replace(f"<t>{old}</t>".encode(), f"<t>{new}</t>".encode(), 1)}

    return change


def _copied_sheet(parts: Parts) -> Parts:
    data = parts[SHEET][parts[SHEET].index(b"<sheetData>") + 11 : parts[SHEET].index(b"</sheetData>")]
    return extra_sheet(parts, "PL1 (2)", data)


def _forged_row_key(parts: Parts) -> Parts:
    return cell(parts, f"A{int(re.sub('[A-Z]', '', FIRST)) + 1}", "<v>35</v>")


def _two_of_a_name(parts: Parts) -> Parts:
    return _rename(parts, "Hướng dẫn", "pl1")


def flipped(parts: Parts, at: float) -> bytes:
    """One bit of the file turned, at this share of its length."""
    content = bytearray(packed(parts))
    content[int(len(content) * at)] ^= 0x10
    return bytes(content)


_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000) + "EncryptedPackage".encode("utf-16-le")
LONG = "chữ " * 7_500
READ = (OK, NOTED)

CASES = [
    # the package
    Case("zip bomb", _honest_bomb, (UNREADABLE,), "lớn bất thường"),
    Case("zip bomb that lies", _lying_bomb, (OK,)),
    Case("shared texts that lie", _lying_strings, (UNREADABLE,), "hỏng"),
    Case("overlapping entries", _overlapping, (UNREADABLE,), "chồng lên nhau"),
    Case("entries of one name", _twice, (UNREADABLE,), "trùng tên"),
    Case("sixty thousand entries", _many_entries, (UNREADABLE,), "lớn bất thường"),
    Case("path traversal", _traversal, (UNREADABLE,), "'..'"),
    Case("packed by LZMA", _other_method, (UNREADABLE,), "cách mà Excel không dùng"),
    Case("zip with a password", _with_password, (UNREADABLE,), "mật khẩu"),
    Case("encrypted workbook", lambda _: _OLE, (UNREADABLE,), "mật khẩu"),
    Case("xls renamed", lambda _: _OLE[:600], (UNREADABLE,), ".xls cũ"),
    Case("web page renamed", lambda _: b"<html><table><tr><td>1</td></tr></table></html>", (UNREADABLE,), "không phải"),
    Case("nothing", lambda _: b"", (UNREADABLE,), "0 byte"),
    Case("truncated", lambda parts: packed(parts)[:-4000], (UNREADABLE,), "hỏng"),
    Case("cut in half", lambda parts: packed(parts)[: len(packed(parts)) // 2], (UNREADABLE,), "hỏng"),
    Case("no directory but entries", lambda parts: packed(parts)[:-22], (UNREADABLE,), "hỏng"),
    *(
        Case(f"bit flipped at {at}", lambda parts, at=at: flipped(parts, at / 10), (OK, NOTED, OUT, UNREADABLE))  # type: ignore[misc]
        for at in range(0, 10, 3)
    ),
    # XML
    Case("billion laughs in a sheet", _with_dtd(SHEET, _LAUGHS, b"<sheetData>", b"<sheetData>&a11;"), (OK, UNREADABLE)),
    Case("billion laughs in the texts", _with_dtd(SHARED, _LAUGHS, b"<t>70001<", b"<t>&a11;<"), (UNREADABLE, OUT)),
    Case("billion laughs in the book", _with_dtd(BOOK, _LAUGHS, b'name="PL1"', b'name="&a11;"'), (UNREADABLE,), "hỏng"),
    Case("external entity", _with_dtd(SHARED, _OUTSIDE, b"<t>70001<", b"<t>&a11;<"), (UNREADABLE, OUT)),
    Case("half a million tags deep", _deep, (OK, UNREADABLE)),
    Case("no XML", lambda parts: parts | {SHEET: b"\0" * 5000}, (OUT, UNREADABLE)),
    Case("UTF-16 called UTF-8", lambda parts: parts | {SHEET: parts[SHEET].decode().encode("utf-16")}, (UNREADABLE,)),
    Case(
        "UTF-16",
        lambda parts: parts | {SHEET: parts[SHEET].decode().replace("UTF-8", "UTF-16", 1).encode("utf-16")},
        (OK,),
    ),
    Case("a figure with a reference", lambda parts: cell(parts, FIRST, "<v>1&#48;</v>"), (OK,)),
    Case("a figure with a comment", lambda parts: cell(parts, FIRST, "<v>1<!-- 5 -->0</v>"), (OK,)),
    Case("a figure in CDATA", lambda parts: cell(parts, FIRST, "<v><![CDATA[10]]></v>"), (OK,)),
    Case(
        "a figure twice",
        lambda parts: cell(parts, FIRST, f'<v>10</v></c><c r="{FIRST}"><v>9</v>'),
        (UNREADABLE,),
        "hỏng",
    ),
    Case(
        "an encoding that nobody knows",
        lambda parts: parts | {BOOK: parts[BOOK].replace(b'"UTF-8"', b'"UTF-x"', 1)},
        (UNREADABLE,),
        "hỏng",
    ),
    # size
    Case("a million empty rows", lambda parts: more_rows(parts, _rows(1_048_577)), (OK,)),
    Case(
        "a million formatted cells",
        lambda parts: more_rows(parts, _rows(1_000_000, '<c r="A{}" s="1"/>')),
        (OK, UNREADABLE),
    ),
    Case("nine hundred thousand styles", _many_styles, (OK,)),
    Case("two million styles", _too_many_styles, (UNREADABLE,), "lớn bất thường"),
    Case("a cell at the end of the sheet", _far(1_048_576, "XFD"), (UNREADABLE,), "cột XFD"),
    Case("a cell far down", _far(1_048_576, "B"), (UNREADABLE,), "hàng 1048576"),
    Case("a cell far away in small letters", _far(90_000, "zz"), (UNREADABLE,), "cột ZZ"),
    Case(
        "a far cell without a place",
        lambda parts: more_rows(parts, b'<row r="900000"><c><v>1</v></c><c><v>1</v></c></row>'),
        (UNREADABLE,),
        "900000",
    ),
    Case(
        "a far cell with two places",
        lambda parts: more_rows(parts, b'<row r="900"><c r="A900" r="XFD1048000"><v>1</v></c></row>'),
        (UNREADABLE,),
    ),
    Case("a place beyond all sheets", _far(4_000_000_000, "ZZZZZZ"), (UNREADABLE,)),
    Case(
        "a far blank cell", lambda parts: more_rows(parts, b'<row r="1048576"><c r="XFD1048576" s="1"/></row>'), (OK,)
    ),
    Case(
        "a far cell in a sheet of their own",
        lambda parts: extra_sheet(parts, "Nháp", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', first=True),
        (OK,),
    ),
    Case("a long text", lambda parts: text_cell(parts, NOTE, LONG), READ),
    Case("a long text for a figure", lambda parts: text_cell(parts, FIRST, LONG), (OUT, NOTED)),
    Case("a long number", lambda parts: text_cell(parts, FIRST, "9" * 30_000), (OUT, NOTED)),
    Case("a long name", lambda parts: of_unit(parts, "70777", "xã " + "Dài" * 10_000), READ),
    *(
        Case(f"one text three thousand times{how}", _amplified(before), (UNREADABLE,), "nhiều chữ")
        for how, before in (
            ("", b""),
            (" after an empty one", b"<si/>"),
            (" after a comment", b"<!-- </si> -->"),
            (" in another prefix", b"<x:si/>"),
        )
    ),
    Case("two hundred thousand formulas", _many_formulas, (UNREADABLE,), "công thức"),
    Case("error cells without a value", _slow_pattern, (OK, UNREADABLE)),
    Case("tags in a comment", _slow_prefix, (OK, OUT, UNREADABLE)),
    Case("fifty megabytes of text", _much_text(48), (UNREADABLE,), "nhiều chữ"),
    Case("fifteen megabytes of text", _much_text(15), (OK,)),
    Case("fifty megabytes of text without places", _much_text(48, places=False), (UNREADABLE,), "nhiều chữ"),
    Case("fifteen megabytes of text without places", _much_text(15, places=False), (OK,)),
    Case("as many cells without places as may be", _oddly_written(270_000), (OUT,), "hai lần"),
    Case("more cells without places than may be", _oddly_written(330_000), (UNREADABLE,), "quá nhiều hàng, ô"),
    Case("a sheet as large as may be", _large_grid, (OK,)),
    Case("as many formulas as may be", _as_many_formulas, (OUT,)),
    Case(
        "two hundred wide sheets",
        _many_sheets(b'<row r="1"><c r="A1"><v>1</v></c></row><row r="999"><c r="ZZ999"><v>1</v></c></row>', 200),
        (UNREADABLE,),
        "quá nhiều ô",
    ),
    Case("fifty long sheets", _many_sheets(_rows(50_000, '<c r="A{}"><v>1</v></c>'), 50), (UNREADABLE,), "quá nhiều"),
    # formulas
    Case("cyclic formulas", lambda parts: formula_cell(parts, FIRST, FIRST, ""), (OUT, NOTED)),
    Case("a volatile formula", lambda parts: formula_cell(parts, FIRST, 'RAND()*NOW()+INDIRECT("A1")'), READ),
    Case("an external link", _outside_link, READ),
    Case("a DDE formula", lambda parts: formula_cell(parts, FIRST, "cmd|'/c calc'!A0"), READ),
    Case("a HYPERLINK formula", lambda parts: formula_cell(parts, NOTE, f'HYPERLINK("{EVIL}","x")', "<v>0</v>"), READ),
    Case(
        "a WEBSERVICE formula for a figure",
        lambda parts: formula_cell(parts, SECOND, f'WEBSERVICE("{EVIL}")', "<v>9</v>"),
        READ,
    ),
    Case("a hyperlink", _hyperlink, (OK,)),
    *(
        Case(
            f"text beginning with {number}",
            lambda parts, sign=sign, number=number: text_cell(
                of_unit(parts, f"7080{number}", f'{sign}HYPERLINK("{EVIL}","xã")'), NOTE, f"{sign}cmd|'/c calc'!A0"
            ),
            READ,
        )  # type: ignore[misc]
        for number, sign in enumerate("=+-@\t\r＝")
    ),
    Case("a formula for a unit's code", lambda parts: of_unit(parts, "=1+1", "+84 đơn vị"), READ),
    Case("a formula for a figure's text", lambda parts: text_cell(parts, FIRST, f'=HYPERLINK("{EVIL}")'), (OUT,)),
    # sheets
    Case("macros", _macros, (OK,), file="macros.xlsm"),
    Case(
        "a py sheet",
        lambda parts: extra_sheet(parts, "evil.py", _sheet_xml("import os; os.abort()"), first=True),
        (OK,),
    ),
    Case(
        "a conf sheet",
        lambda parts: extra_sheet(parts, "xlwings.conf", _sheet_xml("INTERPRETER_WIN", "evil.exe"), first=True),
        (OK,),
    ),
    Case(
        "a very hidden sheet", lambda parts: extra_sheet(parts, "_ẩn", _sheet_xml("1"), "veryHidden", first=True), (OK,)
    ),
    Case("a copied sheet", _copied_sheet, (OK, NOTED, OUT)),
    Case("two sheets of one name", _two_of_a_name, (UNREADABLE,), "cùng tên"),
    Case("a renamed sheet", lambda parts: _rename(parts, "PL1", "Phụ lục 'của' tôi &quot;x&quot;"), (OK,)),
    Case(
        "an error in a sheet with quotes",
        lambda parts: cell(_rename(parts, "PL1", f"O'x#y%41&quot;{EVIL[:4]}"), SECOND, "<v>11</v>"),
        (OUT,),
    ),
    Case("a sheet without a name", lambda parts: _rename(parts, "Hướng dẫn", ""), (OK, UNREADABLE)),
    # forgeries
    Case("a stamp that leads elsewhere", _stamped(FORM, "../../../etc/passwd"), (OUT,), "chưa biết"),
    Case("a stamp of a summary", _stamped("submission", "summary"), (OUT,)),
    Case(
        "no stamp",
        lambda parts: parts | {STAMP: re.sub(rb"<sheetData>.*</sheetData>", b"<sheetData/>", parts[STAMP])},
        (OUT,),
        "không phải sổ CCHC",
    ),
    Case("a row's key twice", _forged_row_key, (OUT,), "Cấu trúc"),
    Case("an infinite figure", lambda parts: cell(parts, FIRST, "<v>1e999</v>"), (OUT, NOTED)),
    Case("a figure that is none", lambda parts: cell(parts, FIRST, "<v>NaN</v>"), (OUT, NOTED, UNREADABLE)),
    Case(
        "a date beyond all calendars", lambda parts: cell(parts, FIRST, "<v>1e300</v>", "d"), (OUT, NOTED, UNREADABLE)
    ),
    Case(
        "a shared text that is not there", lambda parts: cell(parts, FIRST, "<v>999999999</v>", "s"), (OUT, UNREADABLE)
    ),
    # scripts
    Case(
        "right to left and zero width",
        lambda parts: text_cell(of_unit(parts, "70901", "\u202exã\u200b Đảo\u2066\ufeff"), NOTE, "\u202efdp.exe\u200b"),
        READ,
    ),
    Case("NFD", lambda parts: of_unit(parts, "70902", unicodedata.normalize("NFD", "xã Nguyễn Huệ")), READ),
    Case("TCVN3", lambda parts: text_cell(of_unit(parts, "70903", "x· NguyÔn HuÖ"), NOTE, "®ang gi¶i quyÕt"), READ),
    Case("VNI", lambda parts: text_cell(of_unit(parts, "70904", "xaõ Nguyeãn Hueä"), NOTE, "ñang giaûi quyeát"), READ),
    Case(
        "control signs", lambda parts: text_cell(of_unit(parts, "70905", "xã\x0bA_x0041_"), NOTE, "a_x0000_b\x0b"), READ
    ),
    # names
    Case("a long file name", dict, (OK,), file="d" * 245 + ".xlsx"),
    Case("a name with all signs", dict, (OK,), file="Xã Tân Hải = 100% #1 & 'b' [2] {x} ;$(id) `id`.xlsx"),
    Case("a name that looks like a path", dict, (OK,), file="..%2f..%2fetc.xlsx"),
    Case("a name that is a formula", dict, (OK,), file='=HYPERLINK("x").xlsx'),
    Case("a name in NFD", dict, (OK,), file=unicodedata.normalize("NFD", "xã Hòa Bình.xlsx")),
    *(
        Case(f"an error in {number}", lambda parts: cell(parts, SECOND, "<v>11</v>"), (OUT,), "1 lỗi", file=name)
        for number, name in enumerate(
            (
                "100%41 #1 & 'b' [2]?.xlsx",
                "\\\\evil\\share.xlsx",
                "http:evil.xlsx",
                "#'x'!A1.xlsx",
                '"><f>1.xlsx',
                "%2e%2e.xlsx",
            )
        )
    ),
    Case("a name with a line end", dict, (OK,), file="xã\nA.xlsx"),
]


def written(good: Parts, folder: Path) -> dict[str, Case]:
    """Every case as a file of the folder, each by a unit of its own where it says nothing of the unit."""
    folder.mkdir(exist_ok=True)
    cases = {}
    for number, case in enumerate(CASES):
        made = case.makes(good if case.name.startswith(_NAMED) else of_unit(good, f"{80000 + number}"))
        (folder / case.file_name).write_bytes(made if isinstance(made, bytes) else packed(made))
        cases[case.file_name] = case
    return cases


# These say themselves which unit it is, and look for the good one's code.
_NAMED = (
    "billion laughs in the texts",
    "external entity",
    "a long name",
    "text beginning",
    "a formula for a unit",
    "right to",
    "NFD",
    "TCVN3",
    "VNI",
    "control signs",
)


def html_text(text: str) -> str:
    """A text as XML holds it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
