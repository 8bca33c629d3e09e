"""A form's own tables as an office might have typed them anew, with what each row truly is.

Distortions keep the meaning: rows moved within their group, groups moved, rows left out or repeated, labels worded
otherwise, columns added or in another order, other heads, old letters. ``impostor`` rows do not: a decisive word is
another one, and no row of the form is meant.

What no reader could tell is not asked for: a row whose label another row of the form has too, and that bears no number
of its own, is moved only together with the row that contains it.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass, field

from cchc_xl.catalogue.model import Appendix, Form, Row
from cchc_xl.legacy_letters import _TCVN3, _VNI, Encoding
from cchc_xl.readers.foreign.open_file import ForeignFile
from cchc_xl.readers.foreign.table import ForeignTable
from cchc_xl.recognition.target import name_of
from cchc_xl.recognition.wording import wording
from cchc_xl.values import from_text

_LONG = {
    "CCHC": "cải cách hành chính",
    "TTHC": "thủ tục hành chính",
    "VBQPPL": "văn bản quy phạm pháp luật",
    "UBND": "Ủy ban nhân dân",
    "HĐND": "Hội đồng nhân dân",
    "PAKN": "phản ánh, kiến nghị",
    "DVC": "dịch vụ công",
}
_HARMLESS = ("các ", "đã ", "được ", "của ", "những ")
_OTHER_WORDS = (
    ("Tỷ lệ", "Tỉ lệ"),
    ("Tổng số", "Số"),
    ("giải quyết xong", "giải quyết"),
    ("ban hành", "được ban hành"),
    ("thực hiện", "triển khai thực hiện"),
    ("địa phương", "địa bàn"),
    ("tiếp nhận", "nhận"),
    ("hoàn thành", "hoàn thành xong"),
    ("trong kỳ báo cáo", "trong kỳ"),
    ("bảo đảm", "đảm bảo"),
)
# Replacing one by another makes another quantity.
_DECISIVE = (
    ("cấp huyện", "cấp thôn"),
    ("cấp xã", "cấp bộ"),
    ("cấp tỉnh", "trung ương"),
    ("đúng hạn", "trễ hạn"),
    ("quá hạn", "sắp đến hạn"),
    ("mức độ 3", "mức độ 2"),
    ("mức độ 4", "mức độ 1"),
    ("một phần", "từng phần"),
    ("công chức", "người lao động"),
    ("đã hoàn thành", "chưa triển khai"),
    ("ban hành", "bãi bỏ"),
    ("trực tuyến", "qua bưu điện"),
    ("tiếp nhận", "trả lại"),
)
_HEADS = {
    "stt": ("STT", "TT", "Số TT", "Stt", "Mục"),
    "label": ("Chỉ tiêu", "Nội dung", "Chỉ tiêu thống kê", "Tên chỉ tiêu", "Nội dung chỉ tiêu"),
    "unit": ("ĐVT", "Đơn vị tính", "Đơn vị", "đơn vị tính"),
    "value": ("Số liệu", "Kết quả", "Kết quả thực hiện", "Số lượng", "Số liệu báo cáo"),
    "note": ("Ghi chú", "GHI CHÚ", "Diễn giải"),
}
_ADDED = ("Số liệu kỳ trước", "Cơ quan phụ trách", "So sánh (%)", "Nguồn", "Lũy kế", "Đầu mối")


@dataclass
class Strength:
    """How often each thing happens to a row (or a table, where it says so)."""

    missing: float = 0.08
    repeated: float = 0.02
    moved: float = 0.05
    reworded: float = 0.2
    impostor: float = 0.0
    # Of a table: the rows that are there are numbered anew.
    renumbered: float = 0.0
    columns: bool = True
    letters: bool = True


@dataclass
class Distorted:
    """A file of tables, and the truth: by table and row the code of the row (empty: none), by column the form's key."""

    file: ForeignFile
    rows: dict[tuple[int, int], str] = field(default_factory=dict)
    columns: dict[tuple[int, int], str] = field(default_factory=dict)
    repeated: set[str] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)


@dataclass
class _Line:
    code: str
    cells: dict[str, str]
    row: Row


def distort(form: Form, seed: int, strength: Strength, values: dict[str, dict[str, str]] | None = None) -> Distorted:
    """The tables of a form, distorted. ``values``: figures by row code and column key; else numbers are made up."""
    rng = random.Random(f"{form.id}/{seed}")
    out = Distorted(ForeignFile("bang.docx", "", ()))
    tables = []
    for number, appendix in enumerate(form.appendices):
        tables.append(_table(rng, appendix, number, strength, out, values))
    if strength.letters and rng.random() < 0.2:
        encoding = rng.choice(list(Encoding))
        tables = [_in_old_letters(table, encoding) for table in tables]
    elif strength.letters and rng.random() < 0.1:
        tables = [_without_marks(table) for table in tables]
    out.file = ForeignFile("bang.docx", "0" * 64, tuple(tables))
    return out


def _table(
    rng: random.Random,
    appendix: Appendix,
    number: int,
    strength: Strength,
    out: Distorted,
    values: dict[str, dict[str, str]] | None,
) -> ForeignTable:
    names = Counter(wording(name_of(row)).words for row in appendix.printed)
    lines = [_line(rng, appendix, row, values) for row in appendix.printed]
    lines = _moved(rng, lines, names, strength)
    body: list[_Line] = []
    for line in lines:
        if rng.random() < strength.missing:
            out.missing.add(line.code)
            continue
        if rng.random() < strength.impostor:
            other = _impostor(line, names)
            if other is not None:
                body.append(other)
                if rng.random() < 0.5:
                    out.missing.add(line.code)
                    continue
        if "label" in line.cells and rng.random() < strength.reworded:
            line.cells["label"] = reword(rng, line.cells["label"])
        body.append(line)
        if rng.random() < strength.repeated:
            body.append(line)
            out.repeated.add(line.code)
    if rng.random() < strength.renumbered:
        _renumber(body)
    return _laid_out(rng, appendix, number, body, strength, out)


def _line(rng: random.Random, appendix: Appendix, row: Row, values: dict[str, dict[str, str]] | None) -> _Line:
    code = f"{appendix.id}.{row.order}"
    cells = {"stt": row.stt, "label": row.label, "unit": row.unit, **dict(row.given)}
    for ref, spec in appendix.cells.items():
        if ref.order == row.order and not spec.column.given:
            made = str(rng.randint(0, 3000)) if spec.kind.figure and rng.random() < 0.8 else ""
            cells[ref.column] = made if values is None else values.get(code, {}).get(ref.column, "")
    return _Line(code, {key: text for key, text in cells.items() if text}, row)


def _moved(rng: random.Random, lines: list[_Line], names: Counter[tuple[str, ...]], strength: Strength) -> list[_Line]:
    """Some groups change places with the next one of their container; some rows go anywhere."""
    by_parent: dict[int, list[_Line]] = {}
    for line in lines:
        by_parent.setdefault(line.row.parent, []).append(line)
    for group in by_parent.values():
        for at in range(len(group) - 1):
            if rng.random() < strength.moved:
                group[at], group[at + 1] = group[at + 1], group[at]

    def flat(parent: int) -> list[_Line]:
        return [found for line in by_parent.get(parent, []) for found in (line, *flat(line.row.order))]

    moved = flat(0)
    for line in list(moved):
        alone = not by_parent.get(line.row.order)
        label = wording(name_of(line.row))
        if alone and names[label.words] == 1 and len(label.words) > 4 and rng.random() < strength.moved / 2:
            moved.remove(line)
            moved.insert(rng.randrange(len(moved) + 1), line)
    return moved


def _renumber(body: list[_Line]) -> None:
    """Numbers without gaps, as a person who has left rows out would type them."""
    given: dict[str, str] = {"": ""}
    count: Counter[str] = Counter()
    for line in body:
        old = line.cells.get("stt", "").strip().rstrip(".")
        if not re.fullmatch(r"\d+(?:\.\d+)*", old):
            continue
        above = given.get(old.rpartition(".")[0], old.rpartition(".")[0])
        if old not in given:
            count[above] += 1
            given[old] = f"{above}.{count[above]}" if above else str(count[above])
        line.cells["stt"] = given[old]


def _impostor(line: _Line, names: Counter[tuple[str, ...]]) -> _Line | None:
    label = line.cells.get("label", "")
    for old, new in _DECISIVE:
        changed = re.sub(old, new, label, count=1, flags=re.IGNORECASE)
        if changed != label and wording(changed).words not in names:
            return _Line("", {**line.cells, "label": changed}, line.row)
    return None


def reword(rng: random.Random, label: str) -> str:
    """Another wording of the same thing."""
    for _ in range(rng.choice((1, 1, 2))):
        label = rng.choice(_REWORDINGS)(rng, label)
    return label


def _long(rng: random.Random, label: str) -> str:
    return re.sub("|".join(_LONG), lambda match: _LONG[match[0]], label)


def _large(rng: random.Random, label: str) -> str:
    return label.upper()


def _slip(rng: random.Random, label: str) -> str:
    words = label.split(" ")
    at = rng.randrange(len(words))
    if len(words[at]) > 4 and words[at].isalpha() and words[at].islower():
        i = rng.randrange(1, len(words[at]) - 1)
        words[at] = words[at][:i] + words[at][i + 1] + words[at][i] + words[at][i + 2 :]
    return " ".join(words)


def _punctuation(rng: random.Random, label: str) -> str:
    return label.replace(",", rng.choice(("", " ,", ";"))).replace("(", "- ").replace(")", "") + rng.choice(
        (".", ":", " ")
    )


def _bracket(rng: random.Random, label: str) -> str:
    return re.sub(r"\s*\([^()]*\)", "", label)


def _little(rng: random.Random, label: str) -> str:
    word = rng.choice(_HARMLESS)
    return label.replace(f" {word}", " ", 1) if f" {word}" in label else label


def _others(rng: random.Random, label: str) -> str:
    old, new = rng.choice(_OTHER_WORDS)
    return label.replace(old, new, 1)


def _more(rng: random.Random, label: str) -> str:
    return label + rng.choice((" (nếu có)", " trong kỳ báo cáo", " (lũy kế)", " năm nay"))


_REWORDINGS = (_long, _large, _slip, _punctuation, _bracket, _little, _others, _more)


def _laid_out(
    rng: random.Random, appendix: Appendix, number: int, body: list[_Line], strength: Strength, out: Distorted
) -> ForeignTable:
    keys: list[str] = [column.key for column in appendix.columns]
    heads = {column.key: column.heading.split(" > ") for column in appendix.columns}
    simple = "value" in keys
    if simple and strength.columns and rng.random() < 0.7:
        for key in keys:
            if key in _HEADS and rng.random() < 0.6:
                heads[key] = [rng.choice(_HEADS[key])]
    if simple and strength.columns and rng.random() < 0.3:
        at = keys.index("value")
        keys[at - 1], keys[at] = keys[at], keys[at - 1]
    for name in rng.sample(_ADDED, rng.choice((0, 0, 1, 2))) if strength.columns else ():
        key = f"+{name}"
        heads[key] = [name]
        keys.insert(rng.randrange(2, len(keys) + 1), key)
        for line in body:
            line.cells.setdefault(key, str(rng.randint(0, 99)) if rng.random() < 0.7 else "")
    levels = max(map(len, heads.values()))
    rows: list[list[str]] = [[""] * len(keys)] * rng.choice((0, 0, 2))
    for level in range(levels):
        cells = []
        for at, key in enumerate(keys):
            tiers = heads[key]
            left = heads[keys[at - 1]] if at else []
            merged = level + 1 < len(tiers) and left[: level + 1] == tiers[: level + 1]
            cells.append("" if level >= len(tiers) or merged else tiers[level])
        rows.append(cells)
    if strength.columns and rng.random() < 0.2:
        rows.append([f"({at})" for at in range(1, len(keys) + 1)])
    elif strength.columns and rng.random() < 0.1:
        rows = []
    head = list(rows)
    for line in body:
        if rows and strength.columns and rng.random() < 0.01:
            rows += [row for row in head if any(row)]  # a new page
        out.rows[number, len(rows)] = line.code
        rows.append([line.cells.get(key, "") for key in keys])
    for at, key in enumerate(keys):
        out.columns[number, at] = key
    table = [[from_text(text) for text in row] for row in rows]
    return ForeignTable(f"Bảng {number + 1}", table, appendix.printed_id)


def _changed(table: ForeignTable, change: object) -> ForeignTable:
    rows = [[from_text(change(value.text)) for value in row] for row in table.rows]  # type: ignore[operator]
    return ForeignTable(table.name, rows, table.above)


def _in_old_letters(table: ForeignTable, encoding: Encoding) -> ForeignTable:
    return _changed(table, lambda text: to_old(text, encoding))


def to_old(text: str, encoding: Encoding) -> str:
    """A text in an old encoding. TCVN3 has no capitals with a tone mark: they are another font's business."""
    back = {letter: code for code, letter in (_TCVN3 if encoding is Encoding.TCVN3 else _VNI).items()}
    if encoding is Encoding.TCVN3:
        return "".join(back.get(letter, back.get(letter.lower(), letter)) for letter in text)
    return "".join(back.get(letter, letter) for letter in text)


def _without_marks(table: ForeignTable) -> ForeignTable:
    from cchc_xl.recognition.wording import fold

    return _changed(table, fold)
