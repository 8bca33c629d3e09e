"""The log in the user's own folder: it says where a fault of ours happened, never what of.

Nothing that stands in a workbook may come into it: people send logs to others.
"""

from __future__ import annotations

import traceback
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from cchc_xl.own_folder import own_folder

LOG = "nhat-ky.txt"
_LARGEST_LOG = 1_000_000


def log_fault(what: str, error: BaseException) -> Path | str:
    """Append where it happened to the log; gives the log's path, or words where it cannot be written.

    ``what``: a button or a command. Without the exceptions' own texts: they may hold figures or names.
    """
    lines = []
    shown: BaseException | None = error
    while shown is not None:
        lines.append(f"{datetime.now():%Y-%m-%d %H:%M:%S} {what}: {type(shown).__name__}{_codes(shown)}")
        lines += [f"  {Path(f.filename).name}:{f.lineno} {f.name}" for f in traceback.extract_tb(shown.__traceback__)]
        shown = shown.__cause__ or shown.__context__
    try:
        path = own_folder() / LOG
        with suppress(OSError):
            if path.stat().st_size > _LARGEST_LOG:
                path.replace(path.with_suffix(".cu.txt"))
        with path.open("a", encoding="utf-8") as handle:
            handle.write("\n".join(lines) + "\n")
    except (OSError, RuntimeError):  # RuntimeError: no home directory
        return "(không ghi được nhật ký)"
    return path


def _codes(error: BaseException) -> str:
    """The system's or Excel's number of an error, or the module that is missing: these name nobody."""
    codes: list[str] = []
    if isinstance(error, OSError) and error.errno is not None:
        codes.append(str(error.errno))
    hresult = getattr(error, "hresult", None)
    if isinstance(hresult, int):
        codes.append(str(hresult))
    if isinstance(error, ImportError) and error.name:
        codes.append(error.name)
    return f" ({', '.join(codes)})" if codes else ""
