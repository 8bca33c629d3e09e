"""The parts of a workbook's package in memory: parsing them safely, and taking a part out with all that names it.

Formats: ECMA-376 part 2 (package), part 1 §18.2 (workbook), [MS-OFFMACRO2] (macros).
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

_TYPES, _WORKBOOK_LINKS = "[Content_Types].xml", "xl/_rels/workbook.xml.rels"
_PLAIN_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_MACRO_PART = "application/vnd.ms-office.vbaProject"


def parse(data: bytes) -> Any:
    """The root element of a part. Raises ``ValueError`` for what no sound package holds."""
    from lxml import etree  # type: ignore[import-untyped, unused-ignore]  # here: keeps importing the package light

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root: Any = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from error
    if root.getroottree().docinfo.doctype:
        raise ValueError("a package part must not hold a DTD (part 2 §8.1.4)")
    return root


def serialise(root: Any) -> bytes:
    """The bytes of a part."""
    from lxml import etree

    # lxml's own declaration has single quotes; Excel's form is kept for readers that compare it literally.
    body: bytes = etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=False)
    return b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n' + body


def part_of(parts: Mapping[str, bytes], relationship: Any) -> str:
    """Entry name of the part a relationship of xl/workbook.xml leads to (absolute or relative to xl/)."""
    path = posixpath.normpath(posixpath.join("/xl", unquote(relationship.get("Target", "")))).lstrip("/")
    return next((name for name in parts if name.lower() == path.lower()), path)


def drop_calc_chain(parts: dict[str, bytes]) -> None:
    """Remove calcChain (§18.6.1): an entry without formula makes Excel "repair"; a missing chain is built anew."""
    _drop_related(parts, "/calcChain")


def drop_macros(parts: dict[str, bytes]) -> None:
    """Make a macro workbook (.xlsm) a plain one (.xlsx): Excel opens neither under the other's ending."""
    if not any(
        "macroEnabled" in node.get("ContentType", "") or node.get("ContentType") == _MACRO_PART
        for node in parse(parts[_TYPES])
    ):
        return
    for part in _drop_related(parts, "/vbaProject"):
        # Signatures and tables of macros hang on the project.
        folder, _, name = part.rpartition("/")
        links = parts.pop(f"{folder}/_rels/{name}.rels", None)
        for rel in parse(links) if links is not None else ():
            _drop_part(parts, part_of(parts, rel))
    types = parse(parts[_TYPES])
    for node in list(types):
        content = node.get("ContentType", "")
        if "macroEnabled.main" in content:
            node.set("ContentType", _PLAIN_WORKBOOK)
        elif content == _MACRO_PART:
            types.remove(node)
    parts[_TYPES] = serialise(types)


def _drop_related(parts: dict[str, bytes], kind: str) -> list[str]:
    """Take out the parts that the workbook is linked to by relationships of this kind; gives their names."""
    dropped = []
    rels = parse(parts[_WORKBOOK_LINKS])
    for rel in [rel for rel in rels if rel.get("Type", "").endswith(kind)]:
        dropped.append(part_of(parts, rel))
        rels.remove(rel)
        _drop_part(parts, dropped[-1])
    if dropped:
        parts[_WORKBOOK_LINKS] = serialise(rels)
    return dropped


def _drop_part(parts: dict[str, bytes], part: str) -> None:
    types = parse(parts[_TYPES])
    for node in [node for node in types if node.get("PartName", "").lower() == f"/{part}".lower()]:
        types.remove(node)
    parts.pop(part, None)
    parts[_TYPES] = serialise(types)
