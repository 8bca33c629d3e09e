"""Which files of a folder are submissions that came: all, but for what programs and this toolkit leave there."""

from __future__ import annotations

from pathlib import Path

from cchc_xl.atomic import is_temporary
from cchc_xl.summary_workbook.data_file import KINDS, data_path


def submissions_in(folder: Path, target: Path) -> list[Path]:
    """Every file of the folder and its subfolders, sorted; passed over are only Office lock files, our own temporary
    files, and the output: the summary workbook and the file with its tidy table.
    """
    outputs = [path for path in (target, *(data_path(target, kind) for kind in KINDS)) if path.exists()]
    found = []
    for path in sorted(folder.rglob("*")):
        if path.name.startswith(("~$", ".~lock.")) or is_temporary(path) or not path.is_file():
            continue
        if any(_same(path, output) for output in outputs):
            continue
        found.append(path)
    return found


def _same(path: Path, output: Path) -> bool:
    try:
        return path.samefile(output)
    except OSError:  # gone in the meantime: its reading will say so
        return False
