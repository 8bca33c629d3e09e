"""The button Nộp: check, and when the workbook is complete number and date it and save a copy ready to send."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cchc_xl.errors import CchcError, InputFault
from cchc_xl.hosts.excel.dialogs import Dialogs
from cchc_xl.hosts.excel.faults import is_busy
from cchc_xl.hosts.excel.kiem_tra import kiem_tra, write_stamp
from cchc_xl.hosts.excel.open_book import OpenBook, other_format, path_of
from cchc_xl.hosts.excel.undisturbed import asks, insist
from cchc_xl.periods import format_date
from cchc_xl.readers.read_submission import read_book
from cchc_xl.stamp import Stamp

_LONGEST_UNIT = 60  # characters of a file's name: with its folder it may have 260


def nop(book: Any, dialogs: Dialogs, now: datetime | None = None) -> Path | None:
    """Save a numbered copy beside the workbook; ``None`` when it is not complete (the report says why)."""
    if suffix := other_format(book):
        raise InputFault(
            f"Chưa nộp được: sổ đang ở dạng {suffix}, cấp trên không nhận. Hãy dùng Tệp > Lưu thành (Save As), "
            "chọn dạng Excel (.xlsx), rồi bấm Nộp lại."
        )
    annotation = kiem_tra(book, now)
    if not annotation.completed:
        dialogs.say(f"Chưa nộp được. {annotation.text[1]} Xem trang “Kết quả kiểm tra”.")
        return None
    open_book = OpenBook(book)
    stamp = read_book(open_book, book.name).stamp
    if not (stamp.unit_code or stamp.unit) or not stamp.period:
        raise InputFault("Chưa nộp được: sổ chưa ghi đơn vị hoặc kỳ báo cáo. Hãy điền ở trang Bìa rồi bấm Nộp lại.")
    path = path_of(book)
    # Opened from a mail or an archive it lies in a folder that nobody finds again, and Excel opens it to read only.
    read_only = asks(book, "ReadOnly")
    beside = path is not None and path.parent.is_dir() and not read_only
    folder = path.parent if path is not None and beside else dialogs.folder("Chọn thư mục để ghi bản nộp")
    if folder is None:
        return None
    number = stamp.submission + 1
    target = folder / file_name(stamp, number, ".xlsx")
    while target.exists():  # an earlier copy is somebody's record of what was sent
        number += 1
        target = folder / file_name(stamp, number, target.suffix)
    sent = format_date((now or datetime.now()).date())
    write_stamp(open_book, {"submission": number, "submitted": sent})
    try:
        _save_copy(book, target)
    except Exception as refused:
        before: dict[str, str | int] = {"submission": stamp.submission, "submitted": stamp.submitted}
        insist(lambda: write_stamp(OpenBook(book), before))
        if isinstance(refused, OSError | CchcError) or is_busy(refused):
            raise
        raise InputFault(
            f"Excel không ghi được bản nộp vào {folder}: thư mục có thể đã ngắt (ổ mạng, USB), đã đầy hoặc không cho "
            "ghi. Hãy mở thư mục ấy trong Explorer để thử, hoặc lưu sổ sang thư mục khác, rồi bấm Nộp lại."
        ) from refused
    then = "lưu sổ với tên khác (Tệp > Lưu thành) để lần sau đếm tiếp" if read_only else "lưu sổ"
    dialogs.say(
        f"Đã ghi bản nộp lần {number}: {target.name}\n(trong thư mục {target.parent}). Hãy gửi tệp này, và {then}."
    )
    return target


def _save_copy(book: Any, target: Path) -> None:
    """Save a copy as .xlsx; of a workbook with macros one without: many mail programs let none pass."""
    if Path(book.name).suffix.lower() != ".xlsm":
        book.api.SaveCopyAs(str(target))
        return
    from cchc_xl.ooxml.patch import patch_cells

    with TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        copy = Path(scratch) / target.with_suffix(".xlsm").name
        book.api.SaveCopyAs(str(copy))
        patch_cells(copy, target, {})


def file_name(stamp: Stamp, number: int, suffix: str) -> str:
    """``CCHC_vinh-thanh-2023_22366_2024-Q1_lan-2.xlsx``: ASCII, so that every mail program keeps it."""
    unit = stamp.unit_code or stamp.unit
    plain = unicodedata.normalize("NFD", unit.replace("đ", "d").replace("Đ", "D"))
    ascii_unit = re.sub(r"[^A-Za-z0-9]+", "-", plain.encode("ascii", "ignore").decode()).strip("-")
    ascii_unit = ascii_unit[:_LONGEST_UNIT].strip("-") or "don-vi"
    return f"CCHC_{stamp.form}_{ascii_unit}_{stamp.period}_lan-{number}{suffix}"
