"""What went wrong at a press: one Vietnamese sentence with the remedy; the details go to a log that it names."""

from __future__ import annotations

import errno
import traceback
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from cchc_xl.errors import CchcError

BUSY = "Excel đang bận: hãy bấm Enter (hoặc Esc) để kết thúc ô đang gõ, đóng các hộp thoại, rồi bấm lại."
REPAIR = "hãy đóng Excel, chạy lại cai-dat.cmd trong bộ cài đặt CCHC để sửa, rồi bấm lại nút."
LOG = "nhat-ky.txt"
_LARGEST_LOG = 1_000_000

# Excel rejects calls while a cell is being typed into or a box is open: RPC_E_CALL_REJECTED,
# RPC_E_SERVERCALL_RETRYLATER, VBA_E_IGNORE.
_REJECTED = frozenset({-2147418111, -2147417846, -2146777998})
# Excel was closed meanwhile: RPC_S_SERVER_UNAVAILABLE, RPC_E_DISCONNECTED, RPC_S_CALL_FAILED.
_GONE = frozenset({-2147023174, -2147417848, -2147023170})


def is_busy(error: BaseException | None) -> bool:
    """Whether Excel rejected a call because the user is at work in it."""
    return _has_code(error, _REJECTED)


def _has_code(error: BaseException | None, codes: frozenset[int]) -> bool:
    while error is not None:
        if getattr(error, "hresult", None) in codes or (error.args and error.args[0] in codes):
            return True
        error = error.__cause__ or error.__context__
    return False


def sentence(button: str, error: Exception) -> str:
    """What the user reads of an exception; what only a maintainer understands is written to the log."""
    if isinstance(error, CchcError):
        return str(error)
    if is_busy(error):
        return BUSY
    return f"{_in_words(error)} Chi tiết ở tệp {write_log(button, error)}."


def _in_words(error: Exception) -> str:
    match error:
        case ImportError():
            return f"Bộ công cụ CCHC trên máy này thiếu gói {error.name or 'cần thiết'}: {REPAIR}"
        case OSError(errno=errno.ENOSPC | errno.EDQUOT):
            return f"Ổ đĩa đã đầy nên không ghi được{_named(error)}: hãy xóa bớt tệp hoặc chọn nơi khác rồi bấm lại."
        case PermissionError():
            return (
                f"Không được phép đọc hoặc ghi{_named(error)}: hãy đóng tệp nếu đang mở ở chương trình khác, "
                "hoặc chọn thư mục của mình, rồi bấm lại."
            )
        case OSError():
            return (
                f"Không đọc hoặc ghi được{_named(error)}: thư mục mạng hoặc ổ USB có thể đã ngắt. "
                "Hãy mở thư mục ấy trong Explorer để thử, rồi bấm lại."
            )
    if _has_code(error, _GONE):
        return "Excel đã đóng giữa chừng: hãy mở lại sổ rồi bấm lại nút."
    return "Có trục trặc ngoài dự kiến; số liệu trong sổ không bị thay đổi."


def _named(error: OSError) -> str:
    return f" {Path(error.filename)}" if isinstance(error.filename, str) else ""


def write_log(button: str, error: BaseException) -> Path | str:
    """Append where it happened to the log. Without the exceptions' own texts: they may hold figures or names."""
    lines = []
    shown: BaseException | None = error
    while shown is not None:
        lines.append(f"{datetime.now():%Y-%m-%d %H:%M:%S} {button}: {type(shown).__name__}{_codes(shown)}")
        lines += [f"  {Path(f.filename).name}:{f.lineno} {f.name}" for f in traceback.extract_tb(shown.__traceback__)]
        shown = shown.__cause__ or shown.__context__
    try:
        from cchc_xl.hosts.excel.remembered import own_folder

        path = own_folder() / LOG
        with suppress(OSError):
            if path.stat().st_size > _LARGEST_LOG:
                path.replace(path.with_suffix(".cu.txt"))
        with path.open("a", encoding="utf-8") as handle:
            handle.write("\n".join(lines) + "\n")
    except OSError:
        return "(không ghi được nhật ký)"
    return path


def _codes(error: BaseException) -> str:
    """The numbers and the module of an error, which name nobody."""
    codes = [str(arg) for arg in error.args if isinstance(arg, int)]
    if isinstance(error, ImportError) and error.name:
        codes.append(error.name)
    return f" ({', '.join(codes)})" if codes else ""
