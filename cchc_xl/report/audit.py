"""How an audit ended, as text and as JSON."""

from __future__ import annotations

import textwrap
from decimal import Decimal
from typing import Any

from cchc_xl.audit.discrepancy import Audit, Discrepancy, Kind, Shown
from cchc_xl.values import plain

_WIDTH = 110
# A shifted column alone gives hundreds: on the terminal the first of each kind are shown, the rest counted.
_SHOWN = 20
_TITLES = {
    Kind.FILE: "Tệp",
    Kind.UNIT: "Đơn vị",
    Kind.SOURCE: "Nguồn số liệu",
    Kind.FIGURE: "Số liệu của đơn vị",
    Kind.TOTAL: "Số tổng hợp",
    Kind.FORM: "Số trong biểu",
    Kind.FORMULA: "Công thức",
    Kind.TABLE: "Bảng số liệu gốc",
    Kind.CHART: "Biểu đồ",
}


def audit_text(audit: Audit) -> str:
    """For the terminal: what was compared, then every kind of discrepancy."""
    lines = [
        f"Đối chiếu {audit.summary} (biểu {audit.form}, kỳ {audit.period or 'chưa ghi'}) với {audit.files} tệp trong "
        f"{audit.folder}: {audit.units} đơn vị, {audit.figures} số liệu, {audit.totals} chỉ tiêu."
    ]
    for kind, title in _TITLES.items():
        found = [discrepancy for discrepancy in audit.found if discrepancy.kind is kind]
        if found:
            lines.append(f"{title}: {len(found)} sai lệch")
            lines += [
                textwrap.fill(discrepancy.message, _WIDTH, initial_indent="  - ", subsequent_indent="    ")
                for discrepancy in found[:_SHOWN]
            ]
            if len(found) > _SHOWN:
                lines.append(f"  - và {len(found) - _SHOWN} sai lệch khác cùng loại: xem đủ bằng --json.")
    if audit.typed:
        lines.append(f"Số trong biểu do cấp tổng hợp tự nhập, không có nguồn từ đơn vị nào: {len(audit.typed)}")
        lines += [f"  - {typed}" for typed in audit.typed[:_SHOWN]]
        if len(audit.typed) > _SHOWN:
            lines.append(f"  - và {len(audit.typed) - _SHOWN} số khác: xem đủ bằng --json.")
    if not audit.found:
        lines.append("Sổ tổng hợp khớp với các tệp gốc: không có sai lệch.")
    return "\n".join(lines)


def audit_json(audit: Audit) -> dict[str, Any]:
    """For programs; nothing is capped."""
    return {
        "summary": audit.summary,
        "folder": audit.folder,
        "form": audit.form,
        "period": audit.period,
        "units": audit.units,
        "files": audit.files,
        "figures": audit.figures,
        "rows": audit.totals,
        "typed": list(audit.typed),
        "discrepancies": [_discrepancy(found) for found in audit.found],
    }


def _discrepancy(found: Discrepancy) -> dict[str, Any]:
    return {
        "kind": found.kind.value,
        "message": found.message,
        "unit_code": found.unit_code,
        "unit": found.unit,
        "file": found.file,
        "row": found.row,
        "cell": found.cell,
        "shown": _shown(found.shown),
        "source": found.source,
        "expected": _shown(found.expected),
    }


def _shown(figure: Shown) -> int | float | str | None:
    return plain(figure) if isinstance(figure, Decimal) else figure
