"""A workbook that XlsxWriter writes: closed when the block ends, and nothing of it left elsewhere when it fails."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from cchc_xl.atomic import ABANDONED
from cchc_xl.errors import InputFault
from cchc_xl.form_workbook.styles import workbook_options

_PREFIX = "cchc-xl-"
# A fixed date makes two builds of one source equal, part by part.
BUILD_DATE = datetime(2024, 1, 1)


@contextmanager
def new_workbook(path: Path) -> Iterator[Any]:
    """An XlsxWriter workbook at ``path``.

    XlsxWriter puts every sheet into a file of its own first and leaves these behind when it fails: the figures of all
    units, in a folder that others may read. Here they lie in a folder for this workbook alone. And what goes wrong with
    the disk is an ``OSError``, not an exception of the library's own.
    """
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError, FileSizeError

    from cchc_xl.form_workbook.bounded_sheet import BoundedSheet

    _remove_abandoned()
    with tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True) as parts:
        workbook = xlsxwriter.Workbook(str(path), {**workbook_options(), "tmpdir": parts})
        workbook.worksheet_class = BoundedSheet
        yield workbook
        try:
            workbook.close()
        except FileCreateError as error:
            cause = error.args[0] if error.args else None
            raise (cause if isinstance(cause, OSError) else OSError(str(error))) from error
        except FileSizeError as error:
            raise InputFault(
                f"Sổ {path.name} lớn hơn 4 GB, không ghi được: hãy chia các sổ thành nhóm rồi làm riêng từng nhóm."
            ) from error


def _remove_abandoned() -> None:
    """Remove the folders that killed processes left."""
    now = time.time()
    with suppress(OSError), os.scandir(tempfile.gettempdir()) as entries:
        for entry in entries:
            if entry.name.startswith(_PREFIX) and entry.is_dir(follow_symlinks=False):
                with suppress(OSError):
                    if now - entry.stat(follow_symlinks=False).st_mtime > ABANDONED:
                        shutil.rmtree(entry.path, ignore_errors=True)
