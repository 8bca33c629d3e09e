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
from itertools import count
from pathlib import Path

from cchc_xl.errors import CchcError

_PREFIX = ".cchc-"
_TEMPORARY = re.compile(re.escape(_PREFIX) + r"[0-9a-f]{16}(?:\.[^.]+)?")
# Older than any writing takes: its process was killed. Younger ones may be another process's that still writes.
ABANDONED = 24 * 3600.0
_DISK_FULL = {errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC}


Seen = tuple[int, int, int] | tuple[()]


def look(path: Path) -> Seen:
    """What lies at a path now, to be told from what lies there later; empty where nothing does."""
    try:
        status = path.stat()
    except OSError:
        return ()
    return status.st_mtime_ns, status.st_size, status.st_ino


@contextmanager
def replacing(target: Path, seen: Seen | None = None) -> Iterator[Path]:
    """Give the path of an empty temporary file that becomes ``target`` when the block ends without an exception.

    The temporary file lies in the target's folder (``os.replace`` is atomic within one file system only) and has the
    target's suffix, because some writers choose the format by it. It is removed on any failure and the target then
    stays as it was. The block must close what it wrote, and on Windows must hold no handle on the target.

    ``seen``: what lay at the target when the work began (``look``); something newer is never replaced.

    Raises:
        CchcError: the target is open elsewhere or read-only, somebody else has written it in the meantime, the disk is
            full, or the folder cannot be written.
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
        if seen is not None and look(final) != seen:
            raise CchcError(
                f"Tệp {target.name} vừa được lưu hoặc ghi lại trong lúc đang chạy nên không ghi đè lên: hãy chạy lại."
            )
        temporary.replace(final)
    except OSError as error:
        if error.filename is not None and str(error.filename) not in (str(temporary), str(final)):
            raise
        raise CchcError(_sentence(error, target)) from error
    finally:
        # A leftover that cannot be removed must not hide the fault that caused it.
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def keep_beside(path: Path, words: str) -> Path:
    """Keep a copy of a file beside it, as ``<name> - <words> 1.xlsx`` or the next number that is free; gives its path.

    Never over another file, not even one that another process puts there at the same moment. Raises ``CchcError``.
    """
    temporary = path.with_name(f"{_PREFIX}{secrets.token_hex(8)}{path.suffix}")
    try:
        with temporary.open("xb") as handle:
            handle.write(path.read_bytes())
            handle.flush()
            os.fsync(handle.fileno())
        for number in count(1):
            copy = path.with_name(f"{path.stem} - {words} {number}{path.suffix}")
            if not copy.exists() and _appear(temporary, copy):
                return copy
    except OSError as error:
        raise CchcError(_sentence(error, path)) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
    raise AssertionError("numbers do not end")


def _appear(temporary: Path, copy: Path) -> bool:
    """Give a whole file its name, unless another one bears it by now."""
    try:
        os.link(temporary, copy)
    except FileExistsError:
        return False
    except OSError:  # a file system without links: the moment between look and rename is as short as can be
        temporary.replace(copy)
    return True


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
                    and now - entry.stat(follow_symlinks=False).st_mtime > ABANDONED
                ):
                    Path(entry.path).unlink()


def _sentence(error: OSError, target: Path) -> str:
    if isinstance(error, PermissionError):
        return f"Tệp {target.name} đang mở trong Excel hoặc thư mục chỉ đọc: hãy đóng tệp rồi làm lại."
    if error.errno in _DISK_FULL:
        return f"Ổ đĩa đã đầy nên không ghi được tệp {target.name}: hãy giải phóng dung lượng rồi làm lại."
    return f"Không ghi được tệp {target.name} vào thư mục {target.parent}: hãy kiểm tra thư mục và ổ đĩa rồi làm lại."
