"""Which files of a folder are submissions that came: all, but for what programs and this toolkit leave there."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

from cchc_xl.atomic import is_temporary
from cchc_xl.errors import InputFault
from cchc_xl.summary_workbook.data_file import files_beside


def submissions_in(folder: Path, target: Path) -> list[Path]:
    """Every file of the folder and its subfolders, sorted.

    Passed over are only Office lock files, our own temporary files, and the output: the summary workbook and the files
    with its tidy table. A link that leads nowhere, or to another folder, counts as a file: somebody put it there, and
    what it leads to is not read. Raises ``InputFault`` for a subfolder that cannot be looked into: its files would be
    missing without a word.
    """
    outputs = [path for path in (target, *files_beside(target)) if path.exists()]
    found: list[Path] = []
    here = folder.resolve()
    for place, folders, names in os.walk(folder, onerror=_closed):
        found += (path for name in folders if _leads_elsewhere(path := Path(place, name), here))
        for path in (Path(place, name) for name in names):
            lost = path.is_symlink() and not path.exists()
            if path.name.startswith(("~$", ".~lock.")) or is_temporary(path) or not (lost or path.is_file()):
                continue
            if any(_same(path, output) for output in outputs):
                continue
            found.append(path)
    return sorted(found)


def _leads_elsewhere(path: Path, here: Path) -> bool:
    """Whether a folder is a link out of the folder that is looked through; within it, its files are met anyway."""
    if not path.is_symlink() and not _is_junction(path):
        return False
    return not path.resolve().is_relative_to(here)


def _is_junction(path: Path) -> bool:
    """A link of Windows, which ``os.walk`` follows up to Python 3.11 and no longer from 3.12 on."""
    return sys.version_info >= (3, 12) and os.path.isjunction(path)


def _closed(error: OSError) -> NoReturn:
    raise InputFault(
        f"Không xem được thư mục {error.filename}: hãy kiểm tra quyền của thư mục hoặc chuyển nó ra ngoài, rồi làm lại."
    ) from error


def _same(path: Path, output: Path) -> bool:
    try:
        return path.samefile(output)
    except OSError:  # gone in the meantime: its reading will say so
        return False
