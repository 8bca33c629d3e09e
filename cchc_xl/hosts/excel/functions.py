"""Worksheet functions for officers' own workbooks (never in a submitted template: elsewhere they show #NAME?).

Each is an xlwings function: what it computes stands in the modules beside this one, on the same core as the buttons.
Whatever happens, a cell shows a value or a sentence. The texts here are what Excel's function wizard shows, at most 255
characters each; ``macros/functions`` holds the VBA wrappers that are generated from this module.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import xlwings as xw

from cchc_xl.errors import CchcError
from cchc_xl.hosts.excel.arithmetic import as_number, comparisons, places_of, ratios
from cchc_xl.hosts.excel.blocks import each, read_block, text
from cchc_xl.hosts.excel.range_rollup import total
from cchc_xl.hosts.excel.table_check import check_table

# How arguments come: always as rows of cells, error values as their texts.
_CELLS: dict[str, Any] = {"ndim": 2, "err_to_str": True}


def _in_words(function: Callable[..., Any]) -> Callable[..., Any]:
    """Say in the cell what went wrong: an exception would show as Python's own words or as #VALUE!."""

    @wraps(function)
    def worded(*args: Any) -> Any:
        try:
            return function(*args)
        except CchcError as fault:
            return str(fault)
        except Exception as fault:
            return f"không tính được ({type(fault).__name__}): hãy báo cho người phụ trách bộ công cụ CCHC"

    return worded


@xw.func(category="CCHC")
@xw.arg("tu", doc="Tử số: một ô hoặc một vùng.", **_CELLS)
@xw.arg("mau", doc="Mẫu số: một ô, hoặc một vùng bằng vùng tử số.", **_CELLS)
@xw.arg("so_le", doc="Số chữ số lẻ, từ 0 đến 10; bỏ trống là 2.", **_CELLS)
@_in_words
def CCHC_TYLE(tu: Any, mau: Any, so_le: Any = 2) -> Any:  # noqa: N802
    """Tỷ lệ phần trăm 100 × tử số / mẫu số, làm tròn. Để trống khi thiếu tử số hoặc mẫu số, hoặc cả hai bằng 0."""
    return ratios(read_block(tu), read_block(mau), places_of(so_le))


@xw.func(category="CCHC")
@xw.arg("van_ban", doc="Ô hoặc vùng ghi số theo cách viết Việt Nam.", **_CELLS)
@_in_words
def CCHC_SO(van_ban: Any) -> Any:  # noqa: N802
    """Đọc số viết kiểu Việt Nam: 15.667; 43,2; 99%; 16 (88,9%). Chỗ có thể đọc hai cách (0.500) thì báo, không đoán."""
    return each(as_number, read_block(van_ban))


@xw.func(category="CCHC")
@xw.arg("tong", doc="Ô ghi số tổng; hoặc một cột số tổng, mỗi tổng so với một hàng các phần.", **_CELLS)
@xw.arg("cac_phan", doc="Vùng ghi các phần; ô trống tính là 0.", **_CELLS)
@_in_words
def CCHC_KHOP(tong: Any, cac_phan: Any) -> Any:  # noqa: N802
    """So số tổng với các phần cộng lại: “Khớp” hoặc “Lệch …”. Số nguyên phải đúng, số lẻ được sai do làm tròn."""
    return comparisons(read_block(tong), read_block(cac_phan))


@xw.func(category="CCHC")
@xw.arg("vung_stt", doc="Cột STT của bảng, ghi như STT của biểu.", **_CELLS)
@xw.arg("vung_so_lieu", doc="Cột số liệu (và cột ghi chú bên phải, nếu có), cùng số dòng với cột STT.", **_CELLS)
@xw.arg("bieu", doc="Mã biểu, ví dụ vinh-thanh-2023.", **_CELLS)
@xw.arg("phu_luc", doc="Phụ lục, ví dụ PL6; bỏ trống nếu biểu chỉ có một phụ lục.", **_CELLS)
@_in_words
def CCHC_KIEMTRA(vung_stt: Any, vung_so_lieu: Any, bieu: Any, phu_luc: Any = "") -> Any:  # noqa: N802
    """Kiểm tra bảng số liệu theo quy tắc của biểu; kết quả là một bảng: mức độ, STT, nội dung, cách xử lý."""
    return check_table(read_block(vung_stt), read_block(vung_so_lieu), text(bieu, "mã biểu"), text(phu_luc, "phụ lục"))


@xw.func(category="CCHC")
@xw.arg("chi_tieu", doc="Mã chỉ tiêu, hoặc biểu/phụ lục/thứ tự dòng, ví dụ vinh-thanh-2023/PL6/45.", **_CELLS)
@xw.arg("vung", doc="Vùng ghi số liệu của các đơn vị, mỗi đơn vị một ô.", **_CELLS)
@_in_words
def CCHC_TONGHOP(chi_tieu: Any, vung: Any) -> Any:  # noqa: N802
    """Tổng hợp số liệu các đơn vị theo cách của chỉ tiêu: cộng, đối chiếu, đếm …; không cộng tỷ lệ."""
    return total(text(chi_tieu, "chỉ tiêu"), read_block(vung))
