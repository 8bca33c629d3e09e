"""What a package from outside may look like as a zip, before anything of it is unpacked.

ECMA-376 part 2 §7.3 (packages as ZIP): deflated or stored entries, no encryption, part names unique without regard to
case. Whatever else stands there is read in different ways by different programs, and no office program writes it.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence

# The signature of an entry in the directory at the end of a zip (APPNOTE.TXT 4.3.12).
_ENTRY = b"PK\x01\x02"
_LOCAL_HEADER = 30  # bytes before the name of an entry (4.3.7)


def crowded(content: bytes, most: int) -> bool:
    """Whether a package may have more entries than ``most``: asked before its directory is read."""
    return content.count(_ENTRY) > most


def entries_fault(entries: Sequence[zipfile.ZipInfo]) -> str:
    """What is wrong with the entries of a package, and what to do: the end of a sentence; empty when nothing is."""
    if any(entry.flag_bits & 1 for entry in entries):
        return "bị nén kèm mật khẩu: hãy lưu lại bằng Excel, không đặt mật khẩu."
    names = {entry.filename.replace("\\", "/").lower() for entry in entries}
    if len(names) < len(entries) or any(".." in name.split("/") for name in names):
        return "có mục nén trùng tên hoặc chứa '..': hãy lấy lại bản gốc của tệp."
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
        return "được nén theo cách mà Excel không dùng: hãy mở bằng Excel rồi lưu lại."
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            return "có các mục nén chồng lên nhau: không mở vì an toàn, hãy xin lại tệp."
        end = entry.header_offset + _LOCAL_HEADER + len(entry.orig_filename) + entry.compress_size
    return ""
