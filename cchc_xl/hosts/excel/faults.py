"""What went wrong at a press: one Vietnamese sentence with the remedy; the details go to a log that it names."""

from __future__ import annotations

import errno
from pathlib import Path

from cchc_xl.errors import CchcError
from cchc_xl.hosts.fault_log import log_fault

BUSY = "Excel đang bận: hãy bấm Enter (hoặc Esc) để kết thúc ô đang gõ, đóng các hộp thoại, rồi bấm lại."
REPAIR = "hãy đóng Excel, chạy lại cai-dat.cmd trong bộ cài đặt CCHC để sửa, rồi bấm lại nút."

# Excel rejects calls while a cell is being typed into or a box is open: RPC_E_CALL_REJECTED,
# RPC_E_SERVERCALL_RETRYLATER, VBA_E_IGNORE.
_REJECTED = frozenset({-2147418111, -2147417846, -2146777998})
# Excel was closed meanwhile, or the workbook: RPC_S_SERVER_UNAVAILABLE, RPC_E_DISCONNECTED, RPC_S_CALL_FAILED,
# CO_E_OBJNOTCONNECTED, and what Excel gives for the members of what is closed (0x800401A8).
_GONE = frozenset({-2147023174, -2147417848, -2147023170, -2147220995, -2147221080})


def is_busy(error: BaseException | None) -> bool:
    """Whether Excel rejected a call because the user is at work in it."""
    # What xlwings raises when it has asked often enough for a member; it has no number, and xlwings may be missing.
    return type(error).__name__ == "ExcelBusyError" or _has_code(error, _REJECTED)


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
    return f"{_in_words(error)} Chi tiết ở tệp {log_fault(button, error)}."


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
        return "Excel hoặc sổ đã đóng giữa chừng: hãy mở lại sổ rồi bấm lại nút."
    return "Có trục trặc ngoài dự kiến; số liệu trong sổ không bị thay đổi."


def _named(error: OSError) -> str:
    return f" {Path(error.filename)}" if isinstance(error.filename, str) else ""
