"""Which files of a folder are submissions that came: all, but for what programs and this toolkit leave there."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NoReturn

from cchc_xl.atomic import is_temporary
from cchc_xl.errors import InputFault
from cchc_xl.summary_workbook.data_file import files_beside


def submissions_in(folder: Path, target: Path) -> list[Path]:
    """Every file of the folder and its subfolders, sorted.

    Passed over are only Office lock files, our own temporary files, and the output: the summary workbook and the files
    with its tidy table. A link that leads nowhere counts as a file: somebody put it there as one. Raises ``InputFault``
    for a subfolder that cannot be looked into: its files would be missing without a word.
    """
    outputs = [path for path in (target, *files_beside(target)) if path.exists()]
    found = []
    for place, _, names in os.walk(folder, onerror=_closed):
        for path in (Path(place, name) for name in names):
            lost = path.is_symlink() and not path.exists()
            if path.name.startswith(("~$", ".~lock.")) or is_temporary(path) or not (lost or path.is_file()):
                continue
            if any(_same(path, output) for output in outputs):
                continue
            found.append(path)
    return sorted(found)


def _closed(error: OSError) -> NoReturn:
    raise InputFault(
        f"Không xem được thư mục {error.filename}: hãy kiểm tra quyền của thư mục hoặc chuyển nó ra ngoài, rồi làm lại."
    ) from error


def _same(path: Path, output: Path) -> bool:
    try:
        return path.samefile(output)
    except OSError:  # gone in the meantime: its reading will say so
        return False
