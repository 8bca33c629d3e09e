"""A small made-up form in three versions, and random forms in two, as catalogue folders for the tests of upgrading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

FORM = "thu-nghiem"
QUANTITIES = """code\tname\trollup\tperiod
so.luong\tSố lượng\tsum\tin_period
ty.le\tTỷ lệ\trecompute\tin_period
"""
RULES = "id kind appendix at left op right when each missing severity soften active native words".replace(" ", "\t")
CHANGES = ["version", "appendix", "new_appendix", "old_order", "new_order", "old_column", "new_column", "printed"]
ROW = ["order", "stt", "level", "label", "kind", "unit", "answers", "code", "below", "derived", "options"]
STT = {"key": "stt", "heading": "STT", "role": "given"}
LABEL = {"key": "label", "heading": "Chỉ tiêu", "role": "given"}
UNIT = {"key": "unit", "heading": "Đơn vị", "role": "given"}
VALUE = {"key": "value", "heading": "Kết quả > Số liệu", "role": "input", "kind": "row"}
NOTE = {"key": "note", "heading": "Ghi chú", "role": "input", "kind": "text"}

Column = Mapping[str, str]
Line = Mapping[str, object]


def count(key: str, heading: str, **more: str) -> Column:
    """An input column of whole numbers."""
    return {"key": key, "heading": heading, "role": "input", "kind": "count", "code": "so.luong", **more}


def appendix(identity: str, kind: str, columns: Sequence[Column]) -> str:
    """The appendix's part of form.toml."""
    lines = ["[[appendix]]", f'id = "{identity}"', f'kind = "{kind}"', f'title = "Bảng {identity}"']
    for column in columns:
        lines.append("[[appendix.column]]")
        lines.extend(f'{key} = "{text}"' for key, text in {"name": column["heading"], **column}.items())
    return "\n".join(lines) + "\n"


def write_catalogue(
    root: Path,
    version: int,
    appendices: Mapping[str, tuple[str, Sequence[Column], Sequence[Line]]],
    changes: Sequence[Line] | None = None,
) -> Path:
    """A catalogue with the one form: its appendices (kind, columns, rows) and, from version 2 on, its changes."""
    folder = root / "forms" / FORM
    folder.mkdir(parents=True)
    (root / "quantities.tsv").write_text(QUANTITIES, encoding="utf-8")
    source = Path(__file__).parents[1] / "cchc_xl" / "catalogue" / "standard_rules.tsv"
    (root / "standard_rules.tsv").write_bytes(source.read_bytes())
    (folder / "rules.tsv").write_text(RULES + "\n", encoding="utf-8")
    head = f'id = "{FORM}"\nversion = {version}\nname = "Biểu thử"\nlocality = "xã Thử"\nlevel = "xa"\n'
    head += 'period = "2024-NAM"\n'
    parts = [appendix(identity, kind, columns) for identity, (kind, columns, _) in appendices.items()]
    (folder / "form.toml").write_text(head + "".join(parts), encoding="utf-8")
    for identity, (_, columns, rows) in appendices.items():
        keys = [*ROW, *(c["key"] for c in columns if c["role"] == "given" and c["key"] not in ROW)]
        keys += ["note"] if any("note" in row for row in rows) else []
        numbered = [{"order": order, "level": 1, **row} for order, row in enumerate(rows, start=1)]
        write_tsv(folder / f"{identity}.tsv", keys, numbered)
    if changes is not None:
        write_tsv(folder / "changes.tsv", CHANGES, changes)
    return root


def write_tsv(path: Path, keys: Sequence[str], lines: Sequence[Line]) -> None:
    """A table; what a line does not name is empty."""
    text = ["\t".join(keys), *("\t".join(str(line.get(key, "")) for key in keys) for line in lines)]
    path.write_text("\n".join(text) + "\n", encoding="utf-8")


def indicator(label: str, **more: object) -> Line:
    """A row that asks for a count."""
    return {"label": label, "kind": "count", "code": "so.luong", **more}


def item(label: str, kind: str = "item", **more: object) -> Line:
    """A row of a table."""
    return {"label": label, "kind": kind, **more}


_PROCEDURES = (
    STT,
    LABEL,
    {"key": "code", "heading": "Mã thủ tục", "role": "given", "kind": "procedure_code"},
    {"key": "field", "heading": "Lĩnh vực", "role": "given"},
)
_FIRST = {
    "PL1": (
        "indicators",
        (STT, LABEL, UNIT, VALUE, NOTE),
        (
            {"stt": "I", "label": "Nhóm thứ nhất", "kind": "heading"},
            indicator("Số cuộc họp", stt="1"),
            indicator("Số cuộc bị bỏ", stt="2"),
            indicator("Số hồ sơ", stt="3"),
            indicator("Số hồ sơ đúng hạn", stt="4"),
            {"stt": "5", "label": "Tỷ lệ", "kind": "percent", "unit": "%", "code": "ty.le", "derived": "ratio(r5, r4)"},
            {"stt": "6", "label": "Nhận xét", "kind": "text"},
        ),
    ),
    "PL2": (
        "case_matrix",
        (
            STT,
            LABEL,
            count("received", "Nhận > Tổng số", derived="sum(online, direct)", total="sum(PL2.received)"),
            count("online", "Nhận > Trực tuyến", total="sum(PL2.online)"),
            count("direct", "Nhận > Trực tiếp", total="sum(PL2.direct)"),
            count("late", "Trễ hạn", total="sum(PL2.late)"),
        ),
        (item("Hộ tịch", stt="1"), item("Đất đai", stt="2"), item("Tổng cộng", "total")),
    ),
    "PL3": (
        "procedure_list",
        (*_PROCEDURES, count("files", "Số hồ sơ")),
        (item("Khai sinh", code="1.001", field="Hộ tịch"), item("Kết hôn", code="1.002", field="Hộ tịch")),
    ),
    "PL9": ("indicators", (STT, LABEL, VALUE), (indicator("Chỉ tiêu cũ", stt="1"),)),
}
# Version 2: PL1 loses row 3, gains rows 2 and 8 and swaps 4 and 5; PL2 renames a column and loses one; PL3 loses a
# printed column; PL9 becomes PL4.
_SECOND = {
    "PL1": (
        "indicators",
        (STT, LABEL, UNIT, VALUE, NOTE),
        (
            {"stt": "I", "label": "Nhóm thứ nhất", "kind": "heading"},
            indicator("Số hội nghị", stt="1"),
            indicator("Số cuộc họp", stt="2"),
            indicator("Số hồ sơ đúng hạn", stt="3"),
            indicator("Số hồ sơ", stt="4"),
            {"stt": "5", "label": "Tỷ lệ", "kind": "percent", "unit": "%", "code": "ty.le", "derived": "ratio(r4, r5)"},
            {"stt": "6", "label": "Nhận xét", "kind": "text"},
            indicator("Số mới ở cuối", stt="7"),
        ),
    ),
    "PL2": (
        "case_matrix",
        (
            STT,
            LABEL,
            count("received", "Nhận > Tổng số", derived="sum(on_line, direct)", total="sum(PL2.received)"),
            count("on_line", "Nhận > Qua mạng", total="sum(PL2.on_line)"),
            count("direct", "Nhận > Trực tiếp", total="sum(PL2.direct)"),
        ),
        _FIRST["PL2"][2],
    ),
    "PL3": ("procedure_list", (*_PROCEDURES[:3], count("files", "Số hồ sơ")), _FIRST["PL3"][2]),
    "PL4": ("indicators", (STT, LABEL, VALUE), (indicator("Chỉ tiêu cũ", stt="1"),)),
}
SECOND_CHANGES = (
    {"version": 2, "appendix": "PL1", "old_order": 2, "new_order": 3},
    {"version": 2, "appendix": "PL1", "old_order": 3},
    {"version": 2, "appendix": "PL1", "old_order": 4, "new_order": 5},
    {"version": 2, "appendix": "PL1", "old_order": 5, "new_order": 4},
    {"version": 2, "appendix": "PL1", "new_order": 2},
    {"version": 2, "appendix": "PL1", "new_order": 8},
    {"version": 2, "appendix": "PL2", "old_column": "online", "new_column": "on_line"},
    {"version": 2, "appendix": "PL2", "old_column": "late"},
    {"version": 2, "appendix": "PL3", "old_column": "field", "printed": "yes"},
    {"version": 2, "appendix": "PL9", "new_appendix": "PL4"},
)
# Version 3: two rows come in front of PL1's second; PL3 gains a column; PL4 goes; PL5 is new.
_THIRD = {
    "PL1": (
        "indicators",
        (STT, LABEL, UNIT, VALUE, NOTE),
        (
            {"stt": "I", "label": "Nhóm thứ nhất", "kind": "heading"},
            indicator("Mới A", stt="1"),
            indicator("Mới B", stt="2"),
            indicator("Số hội nghị", stt="3"),
            indicator("Số cuộc họp", stt="4"),
            indicator("Số hồ sơ đúng hạn", stt="5"),
            indicator("Số hồ sơ", stt="6"),
            {"stt": "7", "label": "Tỷ lệ", "kind": "percent", "unit": "%", "code": "ty.le", "derived": "ratio(r6, r7)"},
            {"stt": "8", "label": "Nhận xét", "kind": "text"},
            indicator("Số mới ở cuối", stt="9"),
        ),
    ),
    "PL2": _SECOND["PL2"],
    "PL3": (
        "procedure_list",
        (*_PROCEDURES[:3], count("files", "Số hồ sơ"), count("online", "Trực tuyến")),
        _FIRST["PL3"][2],
    ),
    "PL5": ("indicators", (STT, LABEL, VALUE), (indicator("Chỉ tiêu mới", stt="1"),)),
}
THIRD_CHANGES = (
    {"version": 3, "appendix": "PL1", "old_order": "2-8", "new_order": "4-10"},
    {"version": 3, "appendix": "PL1", "new_order": "2-3"},
    {"version": 3, "appendix": "PL3", "new_column": "online"},
    {"version": 3, "appendix": "PL4"},
    {"version": 3, "new_appendix": "PL5"},
)
CHANGES_OF = {1: None, 2: SECOND_CHANGES, 3: (*SECOND_CHANGES, *THIRD_CHANGES)}
VERSIONS = {1: _FIRST, 2: _SECOND, 3: _THIRD}


def three_versions(folder: Path) -> dict[int, Path]:
    """The catalogue folder of each version."""
    return {
        version: write_catalogue(folder / f"v{version}", version, appendices, CHANGES_OF[version])
        for version, appendices in VERSIONS.items()
    }
