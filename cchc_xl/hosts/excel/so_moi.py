"""The buttons Tạo sổ mới and Nhập số liệu: a new workbook, and figures from a folder of tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cchc_xl.catalogue.load import form_ids, load_form
from cchc_xl.errors import InputFault
from cchc_xl.hosts.excel.dialogs import Dialogs, as_file_name, choose
from cchc_xl.hosts.excel.open_book import path_of
from cchc_xl.hosts.excel.remembered import recall, remember
from cchc_xl.hosts.excel.undisturbed import open_written, refuse_open
from cchc_xl.operations import NewWorkbook, create_workbook, fill_workbook


def tao_so(app: Any, dialogs: Dialogs) -> Path | None:
    """Build a blank workbook and open it; ``None`` when the user gives up."""
    known = recall()
    form = choose(dialogs, "Chọn biểu mẫu:", [(form, f"{form} – {load_form(form).name}") for form in form_ids()])
    if form is None:
        return None
    unit = dialogs.text("Tên đơn vị, như “UBND xã Tân Hải”:", known.get("don-vi", ""))
    code = None if unit is None else dialogs.text("Mã đơn vị hành chính (để trống nếu chưa biết):", known.get("ma", ""))
    period = (
        None
        if code is None
        else dialogs.text("Kỳ báo cáo, như 2024-Q1 (quý I), 2024-6T, 2024-NAM:", known.get("ky", ""))
    )
    if unit is None or code is None or period is None:
        return None
    start = Path(known.get("thu-muc-so", "")) / f"{as_file_name(f'{form} {unit} {period}')}.xlsx"
    target = dialogs.save_as("Ghi sổ mới vào tệp", str(start))
    if target is None:
        return None
    refuse_open(app, target)
    create_workbook(NewWorkbook(form, unit=unit, unit_code=code, period=period), target)
    remember({"don-vi": unit, "ma": code, "ky": period, "thu-muc-so": str(target.parent)})
    open_written(app, target)
    return target


def nhap(app: Any, dialogs: Dialogs) -> Path | None:
    """Fill a copy of the active workbook from a folder with one .tsv for each appendix, and open it."""
    source = path_of(app.books.active)
    if source is None or not source.is_file():
        raise InputFault(
            "Sổ đang mở chưa được lưu vào một thư mục trên máy (có thể nằm trên OneDrive): "
            "hãy lưu sổ vào thư mục trên máy rồi bấm Nhập số liệu lại."
        )
    if not dialogs.agree(f"Nhập số liệu vào một bản sao của {source.name} (bản đã lưu gần nhất)?"):
        return None
    folder = dialogs.folder("Chọn thư mục chứa các tệp PL….tsv", str(source.parent))
    target = folder and dialogs.save_as(
        "Ghi sổ đã nhập vào tệp", str(source.with_name(f"{source.stem} (đã nhập).xlsx"))
    )
    if folder is None or target is None:
        return None
    refuse_open(app, target)
    filling = fill_workbook(source, folder, target)
    open_written(app, target)
    remarks = "".join(f"\n– {remark}" for remark in filling.remarks[:8])
    dialogs.say(f"Đã nhập {filling.written} ô vào {target.name}.{remarks}")
    return target
