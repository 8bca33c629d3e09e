"""A form's own tables as an office might have typed them anew, with what each row truly is.

Distortions keep the meaning: rows moved within their group, groups moved, rows left out or repeated, labels worded
otherwise, columns added or in another order, other heads, old letters. ``impostor`` rows do not: a decisive word is
another one, and no row of the form is meant.

Some kinds make a table of which no reader could know what is meant: rows of another time under a heading of their own,
the appendix once more with other figures, a heading over two columns or with a time in brackets, a figure over two
rows. There the truth is that nothing may be taken (``never``, and columns of no key).

What no reader could tell is not asked for: a row whose label another row of the form has too, and that bears no number
of its own, is moved only together with the row that contains it.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass, field, replace

from cchc_xl.catalogue.model import Appendix, Form, Row
from cchc_xl.legacy_letters import _TCVN3, _VNI, Encoding
from cchc_xl.readers.foreign.open_file import ForeignFile
from cchc_xl.readers.foreign.table import ForeignTable
from cchc_xl.recognition.target import name_of
from cchc_xl.recognition.wording import wording
from cchc_xl.values import Value, from_text, number_value

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
_TIMES = ("Kỳ trước", "Cùng kỳ năm trước", "II. Lũy kế 9 tháng", "Quý II năm 2024", "Năm 2023")
_ASIDES = ("lũy kế từ đầu năm", "năm trước", "nghìn đồng", "6 tháng", "cùng kỳ")
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
    # Of a table: what makes it doubtful for people, too (see above); a label broken over two rows; a second page
    # without a head.
    times: float = 0.0
    copied: float = 0.0
    boxed: float = 0.0
    aside: float = 0.0
    merged: float = 0.0
    broken: float = 0.0
    headless: float = 0.0


@dataclass
class Distorted:
    """A file of tables, and the truth: by table and row the code of the row (empty: none), by column the form's key.

    ``never``: rows (by table and row) that must not be taken, whatever they are; ``boxes``: whose figure must not.
    """

    file: ForeignFile
    rows: dict[tuple[int, int], str] = field(default_factory=dict)
    columns: dict[tuple[int, int], str] = field(default_factory=dict)
    repeated: set[str] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)
    never: set[tuple[int, int]] = field(default_factory=set)
    boxes: set[tuple[int, int]] = field(default_factory=set)


@dataclass
class _Line:
    code: str
    cells: dict[str, str]
    row: Row
    never: bool = False
    bare: bool = False  # nothing but a label
    box: bool = False  # its figure stands in a cell with the one below


def distort(form: Form, seed: int, strength: Strength, values: dict[str, dict[str, str]] | None = None) -> Distorted:
    """The tables of a form, distorted. ``values``: figures by row code and column key; else numbers are made up."""
    rng = random.Random(f"{form.id}/{seed}")
    out = Distorted(ForeignFile("bang.docx", "", ()))
    tables: list[ForeignTable] = []
    for appendix in form.appendices:
        tables += _tables(rng, appendix, len(tables), strength, out, values)
    if strength.letters and rng.random() < 0.2:
        encoding = rng.choice(list(Encoding))
        tables = [_in_old_letters(table, encoding) for table in tables]
    elif strength.letters and rng.random() < 0.1:
        tables = [_without_marks(table) for table in tables]
    out.file = ForeignFile("bang.docx", "0" * 64, tuple(tables))
    return out


def _happens(rng: random.Random, often: float) -> bool:
    # What never happens takes no number: tables of kinds without it stay as they were.
    return often > 0 and rng.random() < often


def _tables(
    rng: random.Random,
    appendix: Appendix,
    number: int,
    strength: Strength,
    out: Distorted,
    values: dict[str, dict[str, str]] | None,
) -> list[ForeignTable]:
    body = _body(rng, appendix, strength, out, values)
    made = _laid_out(rng, appendix, number, body, strength, out)
    if "value" in {column.key for column in appendix.columns} and _happens(rng, strength.copied):
        part = [_Line(line.code, {**line.cells, "value": "77"}, line.row, never=True) for line in body]
        start = rng.randrange(max(1, len(part) // 2))
        made += _laid_out(rng, appendix, number + len(made), part[start:], replace(strength, headless=0), out)
    return made


def _body(
    rng: random.Random,
    appendix: Appendix,
    strength: Strength,
    out: Distorted,
    values: dict[str, dict[str, str]] | None,
) -> list[_Line]:
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
    if _happens(rng, strength.broken):
        body = _broken(rng, body)
    if _happens(rng, strength.times):
        body = _with_times(rng, body, out.repeated)
    if _happens(rng, strength.merged):
        at = rng.randrange(len(body) - 1)
        if body[at].cells.get("value"):
            body[at].box = True
            body[at + 1].cells.pop("value", None)
    return body


def _broken(rng: random.Random, body: list[_Line]) -> list[_Line]:
    """Some long labels go on in a row of their own, as they do where cells do not wrap."""
    out = []
    for line in body:
        words = line.cells.get("label", "").split(" ")
        out.append(line)
        if len(words) > 7 and rng.random() < 0.2:
            at = rng.randrange(len(words) // 2, len(words) - 1)
            line.cells["label"] = " ".join(words[:at])
            out.append(_Line("", {"label": " ".join(words[at:])}, line.row, bare=True))
    return out


def _with_times(rng: random.Random, body: list[_Line], repeated: set[str]) -> list[_Line]:
    """Some rows once more below the others, as they were at another time."""
    start = rng.randrange(len(body) // 2)
    part = [
        _Line(line.code, {**line.cells, "value": "77"}, line.row, never=True)
        for line in body[start : start + rng.randrange(4, 40)]
    ]
    head = _Line("", {"label": rng.choice(_TIMES)}, body[0].row, bare=True)
    if rng.random() < 0.5:  # not all of them are in both
        body = [line for line in body if line.code in repeated or rng.random() < 0.8]
    return [*body, head, *part]


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
) -> list[ForeignTable]:
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
            line.cells.setdefault(key, str(rng.randint(0, 99)) if rng.random() < 0.7 and not line.bare else "")
    meant = {key: key for key in keys}
    boxed = simple and _happens(rng, strength.boxed)
    years: list[str] = []
    if boxed:
        at = keys.index("value") + rng.choice((0, 1))
        keys.insert(at, "+other")
        heads["+other"] = heads["value"]
        years = rng.choice(([], ["2023", "2024"]))
        meant |= {"value": "+either", "+other": "+either"}
        for line in body:
            if line.cells.get("value"):
                line.cells["+other"] = str(rng.randint(0, 3000))
    elif simple and _happens(rng, strength.aside):
        heads["value"] = [*heads["value"][:-1], f"{heads['value'][-1]} ({rng.choice(_ASIDES)})"]
        meant["value"] = "+aside"
    levels = max(map(len, heads.values()))
    rows: list[list[str]] = [[""] * len(keys)] * rng.choice((0, 0, 2))
    for level in range(levels):
        cells = []
        for at, key in enumerate(keys):
            tiers = heads[key]
            left = heads[keys[at - 1]] if at else []
            same = left[: level + 1] == tiers[: level + 1]
            merged = same and (level + 1 < len(tiers) or (boxed and keys[at] in ("value", "+other")))
            cells.append("" if level >= len(tiers) or merged else tiers[level])
        rows.append(cells)
    if years:
        first = min(keys.index("value"), keys.index("+other"))
        rows.append([years[at - first] if at - first in (0, 1) else "" for at in range(len(keys))])
    if strength.columns and not boxed and rng.random() < 0.2:
        rows.append([f"({at})" for at in range(1, len(keys) + 1)])
    elif strength.columns and not boxed and rng.random() < 0.1:
        rows = []
    head = list(rows)
    boxes = {}
    if boxed and rng.random() < 0.7:
        tier = len(head) - 1 - bool(years)
        boxes = {(tier, min(keys.index("value"), keys.index("+other"))): (1, 2)}
    cut = rng.randrange(5, len(body)) if _happens(rng, strength.headless) and len(body) > 10 and rows else len(body)
    made = []
    for count, line in enumerate(body):
        if count == cut:
            made.append(_made(number, appendix, keys, meant, rows, boxes, out))
            rows, boxes, number = [], {}, number + 1
            if simple and rng.random() < 0.4:
                keys = list(keys)
                at = keys.index("value")
                keys[at - 1], keys[at] = keys[at], keys[at - 1]
        if rows and cut == len(body) and strength.columns and not boxed and rng.random() < 0.01:
            rows += [row for row in head if any(row)]  # a new page
        if line.box and "value" in keys:
            boxes[len(rows), keys.index("value")] = (2, 1)
            out.boxes.add((number, len(rows)))
        if line.never:
            out.never.add((number, len(rows)))
        out.rows[number, len(rows)] = line.code
        rows.append([line.cells.get(key, "") for key in keys])
    made.append(_made(number, appendix, keys, meant, rows, boxes, out))
    return made


def _made(
    number: int,
    appendix: Appendix,
    keys: list[str],
    meant: dict[str, str],
    rows: list[list[str]],
    boxes: dict[tuple[int, int], tuple[int, int]],
    out: Distorted,
) -> ForeignTable:
    for at, key in enumerate(keys):
        out.columns[number, at] = meant.get(key, key)
    table = [[_read(text) for text in row] for row in rows]
    return ForeignTable(f"Bảng {number + 1}", table, appendix.printed_id, boxes=boxes)


def _read(text: str) -> Value:
    return number_value(int(text)) if text in ("2023", "2024") else from_text(text)


def _changed(table: ForeignTable, change: object) -> ForeignTable:
    rows = [
        [from_text(change(value.text)) if value.number is None else value for value in row]  # type: ignore[operator]
        for row in table.rows
    ]
    return replace(table, rows=rows)


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
