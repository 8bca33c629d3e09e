"""The document as a package: equal files for equal content, and a mark by which an untouched one is known."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cchc_xl.form_workbook.package import BUILD_DATE

# Parts of the library's template that a document of ours does not have.
_FOREIGN_PARTS = ("/thumbnail", "/stylesWithEffects", "/customXml", "/numbering", "/webSettings")
_MARK = b"cchc-xl "


def describe(document: Any, title: str) -> None:
    """Title and fixed dates; no author, because none wrote it."""
    about = document.core_properties
    about.title = title
    about.author = about.last_modified_by = about.comments = about.keywords = ""
    about.language = "vi-VN"
    about.created = about.modified = BUILD_DATE
    about.revision = 1
    for relations in (document.part.package.rels, document.part.rels):
        for key, relation in list(relations.items()):
            if relation.reltype.endswith(_FOREIGN_PARTS):
                del relations[key]


def store(document: Any, path: Path) -> None:
    """Write the package, its entries dated like its content. No program that saves it again keeps the mark."""
    made = io.BytesIO()
    document.save(made)
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            dated = zipfile.ZipInfo(entry.filename, BUILD_DATE.timetuple()[:6])
            dated.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(dated, source.read(entry))
        target.comment = _mark(target.infolist())


def is_untouched(path: Path) -> bool:
    """Whether a file is a document of ours that nobody has changed since: it may be written anew."""
    try:
        with zipfile.ZipFile(path) as package:
            return package.comment == _mark(package.infolist())
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError):
        return False


def _mark(entries: Iterable[zipfile.ZipInfo]) -> bytes:
    listed = "\n".join(f"{entry.filename} {entry.CRC}" for entry in entries)
    return _MARK + hashlib.sha256(listed.encode("utf-8", "replace")).hexdigest().encode()
