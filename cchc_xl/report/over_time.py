"""What Cộng kỳ and So sánh tell their user, as text and as JSON."""

from __future__ import annotations

import textwrap
from typing import Any

from cchc_xl.consolidation.line_label import column_label
from cchc_xl.over_time.comparison import Comparison
from cchc_xl.over_time.joined import JoinedCell, Way
from cchc_xl.period_operations import JoinedWorkbook
from cchc_xl.severity import Severity

_WIDTH = 110
_MOST_LINES = 12


def joined_text(made: JoinedWorkbook, out: str) -> str:
    """The longer period: which files, how many figures, what is missing."""
    joined, result = made.joined, made.result
    whose = f" của {joined.stamp.unit}" if joined.stamp.unit else ""
    lines = [f"Đã lập sổ {joined.period.words}{whose}: {out}"]
    for book in joined.books:
        lines.append(f"  {book.period.words:<24} {book.file}")
        if units := joined.units_words(book):
            lines.append(textwrap.fill(units, _WIDTH, initial_indent=" " * 27, subsequent_indent=" " * 27))
    counts = {way: sum(cell.way is way for cell in joined.cells) for way in Way}
    taken = counts[Way.LATEST] + counts[Way.FIRST]
    lines.append(
        f"Cộng {counts[Way.ADDED]} số, lấy theo kỳ cuối hoặc đầu kỳ {taken} số; tổng và tỷ lệ do biểu tự tính lại."
    )
    if partial := len(joined.partial_cells):
        lines.append(
            f"{partial} số không đủ hoặc không cùng các đơn vị ở các kỳ (ghi ở cột Ghi chú): hãy xin số còn thiếu, "
            "tổng hợp lại các kỳ đó rồi cộng lại, hoặc nêu rõ khi báo cáo."
        )
    waiting = joined.open_cells
    if waiting:
        lines.append(f"Còn {len(waiting)} ô chưa có số của cả kỳ, hãy nhập vào biểu (xem trang “Nguồn các kỳ”):")
        for cell in waiting[:_MOST_LINES]:
            said = f"{cell.spec.ref.appendix} {_title(cell)}: {cell.remark}"
            lines.append(textwrap.fill(said, _WIDTH, initial_indent="  – ", subsequent_indent="    "))
        if len(waiting) > _MOST_LINES:
            lines.append(f"  … và {len(waiting) - _MOST_LINES} ô khác.")
    errors, warnings = result.count(Severity.ERROR), result.count(Severity.WARNING)
    if errors or warnings:
        lines.append(f"Kiểm tra sổ vừa lập: {errors} lỗi, {warnings} cảnh báo; chạy kiem-tra {out} để xem.")
    return "\n".join(lines)


def _title(cell: JoinedCell) -> str:
    row = f"“{cell.name}”" if cell.name else cell.spec.row.title(60)
    return row if cell.spec.column.kind is None else f"{row} – {column_label(cell.spec)}"


def joined_json(made: JoinedWorkbook, out: str) -> dict[str, Any]:
    """The same with every figure."""
    joined = made.joined
    return {
        "out": out,
        "form": joined.form.id,
        "unit": joined.stamp.unit,
        "unit_code": joined.stamp.unit_code,
        "period": joined.period.key,
        "files": [
            {
                "file": book.file,
                "period": book.period.key,
                "sha256": book.sha256,
                "units": list(book.summary.units) if book.summary else None,
                "missing": list(book.summary.absent) if book.summary else None,
            }
            for book in joined.books
        ],
        "errors": made.result.count(Severity.ERROR),
        "warnings": made.result.count(Severity.WARNING),
        "figures": [
            {
                "appendix": cell.spec.ref.appendix,
                "order": cell.spec.ref.order,
                "column": cell.spec.ref.column,
                "way": cell.way.value,
                "value": cell.value.shown() if cell.value.filled else None,
                "given": [_plain(one.number, one.shown) for one in cell.given],
                "remark": cell.remark,
                "counted": cell.counted,
            }
            for cell in joined.cells
            if cell.way is not Way.BLANK
        ],
    }


def compared_text(comparison: Comparison, out: str) -> str:
    """Which periods, how many figures, what is not like for like."""
    lines = [f"Đã so sánh {comparison.now.period.words}, {len(comparison.rows)} chỉ tiêu: {out}"]
    for index, other in enumerate(comparison.others):
        found = [row.differences[index] for row in comparison.rows]
        moved = sum(bool(one.change) for one in found)
        unlike = sum(bool(one.why) and one.change is None for one in found)
        marked = sum(bool(one.why) and bool(one.change) for one in found)
        noted = f" ({marked} chỉ tiêu có lưu ý ở cột Ghi chú)" if marked else ""
        lines.append(
            f"  {other.words} ({other.period.words}): {moved} chỉ tiêu tăng hoặc giảm{noted}; "
            f"{unlike} chỉ tiêu không so sánh được vì không cùng phạm vi hoặc cách tính."
        )
        for remark in other.remarks:
            lines.append(textwrap.fill(remark, _WIDTH, initial_indent="    – ", subsequent_indent="      "))
    return "\n".join(lines)


def compared_json(comparison: Comparison, out: str) -> dict[str, Any]:
    """The same with every figure."""
    return {
        "out": out,
        "form": comparison.form.id,
        "period": comparison.now.period.key,
        "others": [
            {"period": other.period.key, "files": [book.file for book in other.books], "remarks": list(other.remarks)}
            for other in comparison.others
        ],
        "figures": [
            {
                "appendix": row.spec.ref.appendix,
                "order": row.spec.ref.order,
                "column": row.spec.ref.column,
                "value": _plain(row.number, ""),
                "differences": [
                    {
                        "value": _plain(one.number, ""),
                        "change": _plain(one.change, ""),
                        "percent": _plain(one.percent, ""),
                        "why": one.why,
                    }
                    for one in row.differences
                ],
            }
            for row in comparison.rows
        ],
    }


def _plain(number: Any, shown: str) -> int | float | str | None:
    from cchc_xl.values import plain

    return plain(number) if number is not None else shown or None
