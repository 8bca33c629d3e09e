"""The button Cộng kỳ: choose the workbooks of the periods one by one, join them, and open the longer period's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cchc_xl.errors import InputFault
from cchc_xl.hosts.excel.dialogs import Dialogs
from cchc_xl.hosts.excel.undisturbed import open_written, refuse_open
from cchc_xl.over_time.sequence import in_sequence
from cchc_xl.period_operations import JoinedWorkbook, JoinRequest, join_periods, read_period
from cchc_xl.severity import Severity

_SHOWN = 6
_MOST_FILES = 4  # quarters in a year


def cong_ky(app: Any, dialogs: Dialogs) -> JoinedWorkbook | None:
    """Join workbooks of several periods; ``None`` when the user gives up."""
    files = _chosen(dialogs)
    if files is None:
        return None
    # Said before anybody is asked where to put the result.
    _, period = in_sequence([read_period(path) for path in files])
    target = dialogs.save_as("Ghi sổ của kỳ dài hơn vào tệp", str(files[0].with_name(f"Cong ky {period.key}.xlsx")))
    if target is None:
        return None
    refuse_open(app, target)
    made = join_periods(JoinRequest(files, target))
    open_written(app, target)
    dialogs.say(_outcome(made))
    return made


def _chosen(dialogs: Dialogs) -> list[Path] | None:
    files: list[Path] = []
    while len(files) < _MOST_FILES:
        start = str(files[-1].parent) if files else ""
        path = dialogs.file(f"Chọn sổ của kỳ thứ {len(files) + 1} (cùng đơn vị, cùng biểu)", start)
        if path is None:
            return files if len(files) > 1 else None
        if path in files:
            raise InputFault(f"Sổ {path.name} đã được chọn: hãy bấm Cộng kỳ lại và chọn mỗi kỳ một sổ.")
        files.append(path)
        listed = ", ".join(chosen.name for chosen in files)
        if 1 < len(files) < _MOST_FILES and not dialogs.agree(f"Đã chọn: {listed}.\nCòn sổ của kỳ khác nữa không?"):
            break
    return files


def _outcome(made: JoinedWorkbook) -> str:
    joined = made.joined
    lines = [f"Đã lập sổ {joined.period.words} từ {len(joined.books)} sổ."]
    for book in joined.books:
        if units := joined.units_words(book):
            lines.append(f"– {book.period.span_words}: {units}")
    waiting = joined.open_cells
    if waiting:
        lines.append(f"Còn {len(waiting)} ô chưa có số của cả kỳ, hãy nhập vào biểu (xem trang “Nguồn các kỳ”):")
        lines += [f"– {cell.spec.ref.appendix} {cell.spec.row.title(50)}" for cell in waiting[:_SHOWN]]
        if len(waiting) > _SHOWN:
            lines.append(f"… và {len(waiting) - _SHOWN} ô khác.")
    errors = made.result.count(Severity.ERROR)
    if errors:
        lines.append(f"Sổ vừa lập có {errors} lỗi: hãy bấm Kiểm tra để xem.")
    return "\n".join(lines)
