"""How a recognition ended, as text and as JSON."""

from __future__ import annotations

import textwrap
from typing import Any

from cchc_xl.recognition.decide import figures_text, nameless_columns, waiting_rows
from cchc_xl.recognition.mapping_layout import choice, column_key, row_key, words
from cchc_xl.recognition.recognise import FoundRow
from cchc_xl.recognition.run import Recognised, Transferred

_WIDTH = 110
_SHOWN = 30


def recognised_text(recognised: Recognised) -> str:
    """For the terminal: what was found where, what waits for a person, what the form lacks."""
    found = recognised.recognition
    lines = [f"{found.file.name}: nhận ra biểu {found.form.id} – {found.form.name}."]
    for part in found.parts:
        ids = ", ".join(appendix.id for appendix in part.appendices)
        with_figures = [row for row in part.rows if row.source.has_figures]
        accepted = sum(row.accepted for row in with_figures)
        tables = ", ".join(dict.fromkeys(row.source.segment.table.name for row in part.rows))
        lines.append(
            f"  {ids} ({tables}): {len(part.rows)} dòng, {len(with_figures)} dòng có số liệu, {accepted} dòng tự nhận; "
            f"{len(part.missing)} dòng của biểu không có trong tệp."
        )
        nameless = nameless_columns(part.columns)
        for column in part.columns:
            name = f"    Cột “{column.match.heading or column.match.index + 1}”"
            if column in nameless:
                lines.append(f"{name} không nhận ra; chưa biết cột nào là số liệu, chờ xác nhận.")
            elif column.match.key and not column.accepted:
                lines.append(f"{name} chờ xác nhận.")
            elif not column.match.key and column.match.filled:
                lines.append(f"{name} không nhận ra, không lấy số liệu.")
    lines += [f"  Không có trong tệp: {a.id} – {a.title}." for a in found.absent]
    lines += [f"  Không thuộc biểu: {name}." for name in found.unknown]
    lines += [_wrapped(f"Lưu ý: {remark}.") for remark in found.remarks]
    waiting = [row for row in waiting_rows(found) if row_key(row) not in recognised.remembered]
    if waiting:
        lines.append(f"{len(waiting)} dòng có số liệu chờ người xác nhận:")
        lines += [_wrapped(_waiting(row)) for row in waiting[:_SHOWN]]
        if len(waiting) > _SHOWN:
            lines.append(f"  - và {len(waiting) - _SHOWN} dòng khác: xem đủ trong sổ Ghép dòng (-o) hoặc bằng --json.")
    if recognised.remembered:
        lines.append(f"{len(recognised.remembered)} dòng, cột theo lần xác nhận trước của đơn vị này.")
    return "\n".join(lines)


def open_questions(recognised: Recognised) -> bool:
    """Whether a person must answer something before the file can become a workbook of the form."""
    found, known = recognised.recognition, recognised.remembered
    rows = any(row_key(row) not in known for row in waiting_rows(found))
    asked = [column for column in found.columns() if column.match.key and not column.accepted and column.match.filled]
    return rows or any(column_key(column) not in known for column in (*asked, *nameless_columns(found.columns())))


def _waiting(row: FoundRow) -> str:
    figures = figures_text(row).replace("\n", "; ")
    text = f"{row.source.place}: “{row.source.label}” = {figures}"
    if row.target is not None:
        text += f" → {choice(row.target)}, {words(row.match.confidence)}"
    elif row.candidates:
        text += f" → chưa rõ: {' hoặc '.join(target.code for target in row.candidates)}"
    else:
        text += " → không nhận ra"
    return text + (f" ({'; '.join(row.remarks)})" if row.remarks else "")


def _wrapped(text: str) -> str:
    return textwrap.fill(text, _WIDTH, initial_indent="  - ", subsequent_indent="    ")


def recognised_json(recognised: Recognised) -> dict[str, Any]:
    """For programs: every row of the file with what was found."""
    found = recognised.recognition
    return {
        "file": found.file.name,
        "sha256": found.file.sha256,
        "form": found.form.id,
        "version": found.form.version,
        "remarks": list(found.remarks),
        "unknown_tables": list(found.unknown),
        "absent_appendices": [appendix.id for appendix in found.absent],
        "columns": [
            {
                "table": column.segment.table.name,
                "column": column.match.index + 1,
                "heading": column.match.heading,
                "key": column.match.key,
                "confidence": round(column.match.confidence, 3),
                "accepted": column.accepted,
            }
            for column in found.columns()
        ],
        "rows": [_row_json(row, recognised) for row in found.rows()],
        "missing": [target.code for part in found.parts for target in part.missing],
    }


def _row_json(row: FoundRow, recognised: Recognised) -> dict[str, Any]:
    return {
        "place": row.source.place,
        "stt": row.source.stt,
        "label": row.source.label,
        "figures": {key: value.text for key, (_, value) in row.figures.items()},
        "row": row.target.code if row.target is not None else None,
        "confidence": round(row.match.confidence, 3),
        "accepted": row.accepted,
        "remembered": recognised.remembered.get(row_key(row)),
        "candidates": [target.code for target in row.candidates],
        "remarks": list(row.remarks),
    }


def transferred_text(done: Transferred, target: str) -> str:
    """For the terminal: what was filled, and every figure that stayed out."""
    as_text = done.filling.as_text
    kept = f"; {as_text} ô số giữ nguyên chữ vì không đọc được thành số gọn" if as_text else ""
    stamp = done.stamp
    lines = [
        f"Đã lập {target} theo biểu {stamp.form} của {stamp.unit or stamp.unit_code}, kỳ {stamp.period}: "
        f"{done.filling.written} ô ({', '.join(done.filling.appendices)}){kept}. Hãy chạy kiem-tra rồi nộp như mọi sổ."
    ]
    if done.left_out:
        lines.append(f"{len(done.left_out)} số liệu của tệp không vào sổ:")
        lines += [
            _wrapped(f"{left.place}: “{left.label}” = {left.figure} ({left.reason})") for left in done.left_out[:_SHOWN]
        ]
        if len(done.left_out) > _SHOWN:
            lines.append(f"  - và {len(done.left_out) - _SHOWN} số liệu khác.")
    return "\n".join(lines)
