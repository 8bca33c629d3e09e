"""A press of a button: which handler, and one Vietnamese sentence for whatever goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from cchc_xl.errors import InputFault
from cchc_xl.hosts.excel.dialogs import Dialogs, ExcelDialogs
from cchc_xl.hosts.excel.faults import is_busy, sentence

_NO_BOOK = "Chưa mở sổ nào: hãy mở sổ số liệu CCHC (nếu thấy thanh vàng, bấm “Bật chỉnh sửa”) rồi bấm lại nút."
_READ_ONLY = (
    "Đã kiểm tra. Sổ đang mở ở chế độ chỉ đọc nên kết quả chưa lưu được vào tệp này: "
    "muốn giữ kết quả và phần sửa, hãy dùng Tệp > Lưu thành (Save As) với tên khác."
)
_OTHER_FORMAT = (
    "Đã kiểm tra. Sổ đang ở dạng {suffix}, cấp trên không nhận: trước khi gửi hãy dùng Tệp > Lưu thành (Save As), "
    "chọn dạng Excel (.xlsx)."
)


def press(button: str, app: Any, dialogs: Dialogs | None = None) -> bool:
    """Do what a button says in a running Excel (``xlwings.App``). Never raises: the user reads what went wrong.

    Gives whether nothing went wrong.
    """
    shown = dialogs or ExcelDialogs(app)
    try:
        BUTTONS[button](app, shown)
    except Exception as error:
        _say(shown, sentence(button, error))
        return False
    return True


def _say(dialogs: Dialogs, text: str) -> None:
    try:
        dialogs.say(text)
    except Exception:  # Excel is gone, and its box with it
        from cchc_xl.hosts.message_box import message_box

        with suppress(Exception):
            message_box(text)


def _book(app: Any) -> Any:
    """The active workbook."""
    try:
        book = app.books.active
        str(book.name)  # where no workbook is in front, xlwings gives a book of nothing
        return book
    except Exception as error:
        if is_busy(error):
            raise
        raise InputFault(_NO_BOOK) from error


# What each button does; the modules are loaded by the press that needs them.


def _kiem_tra(app: Any, dialogs: Dialogs) -> None:
    from cchc_xl.hosts.excel.kiem_tra import kiem_tra
    from cchc_xl.hosts.excel.open_book import other_format
    from cchc_xl.hosts.excel.undisturbed import asks

    book = _book(app)
    kiem_tra(book)
    if asks(book, "ReadOnly"):
        dialogs.say(_READ_ONLY)
    elif suffix := other_format(book):
        dialogs.say(_OTHER_FORMAT.format(suffix=suffix))


def _xoa_danh_dau(app: Any, _: Dialogs) -> None:
    from cchc_xl.hosts.excel.kiem_tra import xoa_danh_dau

    xoa_danh_dau(_book(app))


def _nop(app: Any, dialogs: Dialogs) -> None:
    from cchc_xl.hosts.excel.nop import nop

    nop(_book(app), dialogs)


def _tong_hop(app: Any, dialogs: Dialogs) -> None:
    from cchc_xl.hosts.excel.tong_hop import tong_hop

    tong_hop(app, dialogs)


def _cong_ky(app: Any, dialogs: Dialogs) -> None:
    from cchc_xl.hosts.excel.cong_ky import cong_ky

    cong_ky(app, dialogs)


def _tao_so(app: Any, dialogs: Dialogs) -> None:
    from cchc_xl.hosts.excel.so_moi import tao_so

    tao_so(app, dialogs)


def _nhap(app: Any, dialogs: Dialogs) -> None:
    from cchc_xl.hosts.excel.so_moi import nhap

    _book(app)
    nhap(app, dialogs)


def _huong_dan(app: Any, dialogs: Dialogs) -> None:
    """Show the guide sheet of the active workbook; without one say in short what to do."""
    from cchc_xl.cover import GUIDE_SHEET

    with suppress(Exception):
        for sheet in app.books.active.sheets:
            if sheet.name == GUIDE_SHEET:
                sheet.activate()
                return
    dialogs.say(_HELP)


_HELP = (
    "1. Tạo sổ mới, hoặc mở sổ được gửi; điền trang Bìa, rồi các ô vàng của từng phụ lục.\n"
    "2. Kiểm tra: xem trang “Kết quả kiểm tra”, sửa hoặc giải trình, bấm lại cho đến khi Hoàn thành.\n"
    "3. Nộp: ghi bản nộp để gửi cấp trên (LibreOffice không có nút này: lưu sổ rồi gửi chính tệp ấy).\n"
    "4. Tổng hợp (cấp trên): chọn thư mục chứa các sổ nộp; công cụ lập sổ tổng hợp và mở ra."
)

BUTTONS: Mapping[str, Callable[[Any, Dialogs], None]] = {
    "kiem-tra": _kiem_tra,
    "xoa-danh-dau": _xoa_danh_dau,
    "nop": _nop,
    "tong-hop": _tong_hop,
    "cong-ky": _cong_ky,
    "tao-so": _tao_so,
    "nhap": _nhap,
    "huong-dan": _huong_dan,
}
