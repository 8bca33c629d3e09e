"""Which sheets a workbook has and where their parts are, and a package with nothing else in it.

ECMA-376 part 1 §18.2.19 (sheet), §18.2.28 (workbookPr), part 2 §6.5 (relationships).
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from io import BytesIO
from urllib.parse import unquote

from cchc_xl.readers.extent import parse

WORKBOOK, RELATIONSHIPS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TRUE = ("1", "true")
# Above this a package is packed: it would stand in memory three times.
_LARGE = 24 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Contents:
    """``sheets``: the part of each worksheet by its name, empty for what has no cells; ``twice``: a name two bear.

    ``hidden``: the sheets of which no tab is shown (§18.2.19 state).
    """

    sheets: Mapping[str, str]
    shared: str
    styles: str
    from_1904: bool
    twice: str = ""
    hidden: frozenset[str] = frozenset()


def read_contents(workbook: bytes, relationships: bytes) -> Contents:
    """The contents by the workbook part and its relationships. Raises ``ValueError`` when one of them is no XML."""
    kinds: dict[str, str] = {}
    targets: dict[str, str] = {}
    first: dict[str, str] = {}
    found: list[tuple[str, str]] = []
    from_1904 = False
    hidden: set[str] = set()

    def relation(name: str, flat: list[str]) -> None:
        if name.rpartition(":")[2] == "Relationship":
            attributes = _attributes(flat)
            if attributes.get("TargetMode") == "External":
                return
            key, kind = attributes.get("Id", ""), attributes.get("Type", "").rpartition("/")[2]
            kinds[key] = kind
            targets[key] = _part(attributes.get("Target", ""))
            first.setdefault(kind, targets[key])

    def element(name: str, flat: list[str]) -> None:
        nonlocal from_1904
        bare = name.rpartition(":")[2]
        if bare == "sheet":
            attributes = _attributes(flat)
            key = next((value for name, value in attributes.items() if name.endswith(":id")), "")
            found.append((attributes.get("name", ""), targets[key] if kinds.get(key) == "worksheet" else ""))
            if attributes.get("state", "visible") != "visible":
                hidden.add(attributes.get("name", ""))
        elif bare == "workbookPr":
            from_1904 = _attributes(flat).get("date1904", "").strip() in _TRUE

    parse(relationships, relation)
    parse(workbook, element)
    names = set()
    twice = ""
    for name, _ in found:
        if name.casefold() in names:  # Excel compares names without regard to case
            twice = twice or name
        names.add(name.casefold())
    return Contents(
        dict(found), first.get("sharedStrings", ""), first.get("styles", ""), from_1904, twice, frozenset(hidden)
    )


def _attributes(flat: list[str]) -> dict[str, str]:
    return dict(zip(flat[::2], flat[1::2], strict=True))


def _part(target: str) -> str:
    return posixpath.normpath(posixpath.join("/xl", unquote(target))).lstrip("/")


def _attribute(text: str) -> str:
    # As xml.sax.saxutils.quoteattr, which a click would load urllib and ssl for.
    return escape(text).replace("\n", "&#10;").replace("\r", "&#13;").replace("\t", "&#9;")


def plain_package(contents: Contents, sheets: Mapping[str, bytes], shared: bytes, styles: bytes) -> BytesIO:
    """A workbook of these sheets, given as XML, and of nothing else: no links, no names, no drawings, no macros."""
    relations = []
    declared = []
    parts: dict[str, bytes] = {}
    for number, (name, xml) in enumerate(sheets.items(), start=1):
        parts[f"xl/worksheets/sheet{number}.xml"] = xml
        relations.append(_relation(f"rId{number}", f"{_OFFICE}/worksheet", f"worksheets/sheet{number}.xml"))
        declared.append(f'<sheet name="{_attribute(name)}" sheetId="{number}" r:id="rId{number}"/>')
    for kind, xml in (("sharedStrings", shared), ("styles", styles)):
        if xml:
            parts[f"xl/{kind}.xml"] = xml
            relations.append(_relation(kind, f"{_OFFICE}/{kind}", f"{kind}.xml"))
    old = ' date1904="1"' if contents.from_1904 else ""
    listed = f"<workbookPr{old}/><sheets>{''.join(declared)}</sheets>"
    workbook = f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">{listed}</workbook>'
    root = _relation("rId1", f"{_OFFICE}/officeDocument", "xl/workbook.xml")
    package = BytesIO()
    large = sum(map(len, parts.values())) > _LARGE
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED if large else zipfile.ZIP_STORED, compresslevel=1) as out:
        for name, text in (
            ("_rels/.rels", _relations([root])),
            (WORKBOOK, workbook),
            (RELATIONSHIPS, _relations(relations)),
        ):
            out.writestr(zipfile.ZipInfo(name), text.encode("utf-8", "replace"))
        for name, xml in parts.items():
            out.writestr(name if large else zipfile.ZipInfo(name), xml)
    package.seek(0)
    return package


def _relation(key: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{key}" Type="{kind}" Target="{target}"/>'


def _relations(relations: list[str]) -> str:
    return f'<Relationships xmlns="{_PACKAGE}">{"".join(relations)}</Relationships>'
