"""``python -m cchc_xl.hosts.excel <button> --hwnd <n>``: what the add-in starts at a click.

Nothing comes from the workbook: the button's name and Excel's window handle only. The work is done on the workbook
that is active in that Excel.

The add-in starts this without waiting and without a console: what goes wrong before a handler can say it – another
Python than the installer's, a package that is missing – is said here in a box of Windows' own. So nothing but the
standard library is imported on top, and no syntax is used that an older Python does not read.
"""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

# pyproject.toml's requires-python; a test compares.
OLDEST_PYTHON = (3, 11)
_AT_WORK = (
    "Nút CCHC bấm trước còn đang làm (xem thanh trạng thái của Excel, hoặc hộp thoại đang mở): "
    "hãy đợi xong rồi bấm lại."
)
_REPAIR = "Hãy đóng Excel, chạy lại cai-dat.cmd trong bộ cài đặt CCHC để sửa, rồi bấm lại nút."


def main(arguments: list[str] | None = None, running: Callable[[int], Any] | None = None) -> int:
    """Press a button in the Excel that asked for it; 2 when it could not be pressed.

    ``running`` finds that Excel (an ``xlwings.App``, else ``None``) by its window's handle.
    """
    if sys.version_info < OLDEST_PYTHON:
        wanted = ".".join(map(str, OLDEST_PYTHON))
        return _cannot(f"Bộ công cụ CCHC cần Python {wanted} trở lên nhưng máy chạy bản {sys.version.split()[0]}.")
    # A click is over before there is much to collect; what runs longer collects as usual.
    collecting = gc.isenabled()
    gc.disable()
    try:
        import argparse

        from cchc_xl.hosts.excel.buttons import BUTTONS, press
        from cchc_xl.hosts.turn import Turn, our_turn

        parser = argparse.ArgumentParser(prog="cchc_xl.hosts.excel")
        parser.add_argument("button", choices=sorted(BUTTONS))
        parser.add_argument("--hwnd", type=int, default=0)
        asked = parser.parse_args(arguments)
        from cchc_xl.hosts.excel.attach import running_excel

        app = (running or running_excel)(asked.hwnd)
        if app is None:
            return _cannot(
                "Chưa thấy sổ nào mở trong Excel: hãy mở một sổ bất kỳ (sổ trống cũng được) rồi bấm lại nút.", remedy=""
            )
        if asked.button == "tong-hop":
            gc.enable()
        with our_turn() as turn:
            if turn is Turn.TAKEN:
                return _cannot(_AT_WORK, remedy="")
            if turn is Turn.OURS:
                press(asked.button, app)
    except ImportError as missing:
        return _cannot(f"Bộ công cụ CCHC trên máy này thiếu gói {missing.name or 'cần thiết'}.", missing)
    except Exception as error:
        return _cannot(
            "Bộ công cụ CCHC không nối được với Excel. Hãy đóng Excel, mở lại sổ rồi bấm lại nút.", error, ""
        )
    finally:
        if collecting:
            gc.enable()
    return 0


def _cannot(fault: str, error: BaseException | None = None, remedy: str = _REPAIR) -> int:
    """Say why no button can be pressed, and where the details are."""
    from cchc_xl.hosts.message_box import message_box

    where = "" if error is None else f"\n\nChi tiết ở tệp {_logged(error)}."
    message_box(f"{fault} {remedy}".strip() + where)
    return 2


def _logged(error: BaseException) -> str:
    try:
        from cchc_xl.hosts.fault_log import log_fault

        return str(log_fault("khoi-dong", error))
    except ImportError:
        return f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    sys.exit(main())
