"""Replace a file as a whole or not at all."""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cchc_xl.errors import CchcError

_PREFIX = ".cchc-"
_TEMPORARY = re.compile(re.escape(_PREFIX) + r"[0-9a-f]{16}(?:\.[^.]+)?")
# Older than any writing takes: its process was killed. Younger ones may be another process's that still writes.
_ABANDONED = 24 * 3600.0
_DISK_FULL = {errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC}


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give the path of an empty temporary file that becomes ``target`` when the block ends without an exception.

    The temporary file lies in the target's folder (``os.replace`` is atomic within one file system only) and has the
    target's suffix, because some writers choose the format by it. It is removed on any failure and the target then
    stays as it was. The block must close what it wrote, and on Windows must hold no handle on the target.

    Raises:
        CchcError: the target is open elsewhere or read-only, the disk is full, or the folder cannot be written.
            An OSError of the block about some other file passes unchanged.
    """
    # A link is followed, so that the file it points to is replaced and not the link.
    final = target.resolve() if target.is_symlink() else target
    temporary = final.with_name(f"{_PREFIX}{secrets.token_hex(8)}{final.suffix}")
    remove_abandoned(final.parent)
    try:
        if final.exists() and not os.access(final, os.W_OK):
            # POSIX would replace a read-only file without a word: only the folder's rights count there.
            raise PermissionError(errno.EACCES, "read-only", str(final))
        temporary.open("xb").close()  # not tempfile: its 0600 would survive in the target
        yield temporary
        with temporary.open("rb+") as written:
            os.fsync(written.fileno())
        if os.name == "posix" and final.exists():
            shutil.copymode(final, temporary)
        temporary.replace(final)
    except OSError as error:
        if error.filename is not None and str(error.filename) not in (str(temporary), str(final)):
            raise
        raise CchcError(_sentence(error, target)) from error
    finally:
        # A leftover that cannot be removed must not hide the fault that caused it.
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def is_temporary(path: Path) -> bool:
    """Whether a file bears the name of an output that is still being written, or never was finished."""
    return _TEMPORARY.fullmatch(path.name) is not None


def remove_abandoned(folder: Path) -> None:
    """Remove the temporary files that killed processes left in a folder.

    A clock that went back makes a file look young: then it stays.
    """
    now = time.time()
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if not entry.name.startswith(_PREFIX) or not is_temporary(Path(entry.name)):
                continue
            with suppress(OSError):
                if (
                    entry.is_file(follow_symlinks=False)
                    and now - entry.stat(follow_symlinks=False).st_mtime > _ABANDONED
                ):
                    Path(entry.path).unlink()


def _sentence(error: OSError, target: Path) -> str:
    if isinstance(error, PermissionError):
        return f"Tệp {target.name} đang mở trong Excel hoặc thư mục chỉ đọc: hãy đóng tệp rồi làm lại."
    if error.errno in _DISK_FULL:
        return f"Ổ đĩa đã đầy nên không ghi được tệp {target.name}: hãy giải phóng dung lượng rồi làm lại."
    return f"Không ghi được tệp {target.name} vào thư mục {target.parent}: hãy kiểm tra thư mục và ổ đĩa rồi làm lại."
