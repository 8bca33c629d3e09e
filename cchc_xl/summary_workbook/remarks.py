"""The Vietnamese words of "Theo đơn vị": how a row rolls up, and what has to be known beside its total. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from cchc_xl.catalogue.model import Rollup
from cchc_xl.consolidation.lines import SummaryCell
from cchc_xl.consolidation.own_parts import asks_own_part
from cchc_xl.own_part import OWN_SHEET
from cchc_xl.values import format_number

ROLLUP_WORDS = {
    Rollup.SUM: "Cộng",
    Rollup.OWN_PLUS_CHILDREN: "Cộng, kể cả phần của cấp tổng hợp",
    Rollup.RECOMPUTE: "Tính lại từ tử số và mẫu số",
    Rollup.SHARED: "Danh mục chung, không cộng",
    Rollup.DISTINCT: "Đếm không trùng, không cộng",
    Rollup.SPREAD: "Thấp nhất – cao nhất",
    Rollup.COUNT_YES: "Đếm đơn vị có",
    Rollup.DISTRIBUTION: "Đếm theo từng lựa chọn",
    Rollup.NONE: "Số riêng cấp trên",
}
_MOST_NAMES = 20
_MOST_TEXT = 60


def remark(cell: SummaryCell) -> str:
    """What the reader must know beside the figure: who is left out, who differs, what is still awaited."""
    if cell.rollup is Rollup.NONE:
        return ""
    if not cell.sources and not asks_own_part(cell):
        return "Biểu của các đơn vị không có chỉ tiêu này."
    own = _REMARKS.get(cell.rollup)
    remarks = [own(cell) if own else "", _of_parents(cell), _silent(cell)]
    return " ".join(text for text in remarks if text)


def _of_parents(cell: SummaryCell) -> str:
    """Of summaries among the units what is their own part and what their units'."""
    said = []
    for child, place in zip(cell.sources.children, cell.sources.cells, strict=True):
        part = child.given.own_parts.get(place)
        if part is None or not part.own.filled:
            continue
        units = "trống" if part.children is None else number(part.children)
        own = "không có" if part.own.number is None else number(part.own.number)
        said.append(f"{child.unit}: phần của chính đơn vị {own}, các đơn vị trực thuộc {units}")
    return f"Gồm {names(said)}." if said else ""


def names(units: Sequence[str]) -> str:
    """Units in a sentence; of very many the first and how many more."""
    if len(units) <= _MOST_NAMES:
        return ", ".join(units)
    return f"{', '.join(units[:_MOST_NAMES])} và {len(units) - _MOST_NAMES} đơn vị khác"


def number(value: Decimal) -> str:
    """A number in a sentence: never more than two decimals."""
    return format_number(value) if value == round(value, 2) else format_number(value, 2)


def _silent(cell: SummaryCell) -> str:
    """Units without a number: blank, or with a text that is no number."""
    sources = cell.sources
    texts = [
        f"{sources.children[index].unit} “{_short(word)}”"
        for index, word in sorted(sources.words.items())
        if index not in sources.of_units
    ]
    blank = [
        child.unit
        for index, (child, number) in enumerate(zip(sources.children, sources.numbers, strict=True))
        if number is None and index not in sources.words
    ]
    said = []
    if texts:
        said.append(f"Ghi chữ, không tính: {names(texts)}.")
    if blank and cell.n_units and cell.rollup is not Rollup.RECOMPUTE:
        said.append(f"Để trống: {names(blank)}.")
    return " ".join(said)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _MOST_TEXT else text[: _MOST_TEXT - 1] + "…"


def _givers(cell: SummaryCell, value: Decimal) -> list[str]:
    sources = cell.sources
    ends = {at: (found.low, found.high) for at, found in sources.of_units.items() if sources.numbers[at] is None}
    pairs = enumerate(zip(sources.children, sources.numbers, strict=True))
    return [child.unit for at, (child, number) in pairs if number == value or value in ends.get(at, ())]


def _own_plus_children(cell: SummaryCell) -> str:
    where = f"tổng có khi cấp tổng hợp nhập phần của mình ở trang “{OWN_SHEET}”"
    if cell.children is None:
        return f"Chưa đơn vị nào có số liệu; {where}."
    return f"Các đơn vị cộng lại: {number(cell.children)}; {where}."


def _recompute(cell: SummaryCell) -> str:
    sources, said = cell.sources, []
    if sources.printed:
        given = [f"{sources.children[index].unit} ghi {number(Decimal(p))}" for index, p in sources.printed.items()]
        said.append(f"Tỷ lệ tính lại khác số đơn vị ghi: {names(given)}.")
    if cell.left_out and (sources.parts or sources.present()):
        said.append(f"Không tính vì thiếu tử số hoặc mẫu số: {names(cell.left_out)}.")
    return " ".join(said)


def _shared(cell: SummaryCell) -> str:
    given: dict[Decimal, list[str]] = {}
    for child, number_given in zip(cell.sources.children, cell.sources.numbers, strict=True):
        if number_given is not None:
            given.setdefault(Decimal(number_given), []).append(child.unit)
    among = [
        f"{cell.sources.children[index].unit} (trong đó từ {number(found.low)} đến {number(found.high)})"
        for index, found in cell.sources.of_units.items()
        if found.low is not None and found.high is not None and found.low != found.high
    ]
    if among:
        return f"Các đơn vị trực thuộc ghi khác nhau ở {names(among)}; xem sổ tổng hợp của các đơn vị đó."
    if len(given) < 2:
        return ""
    ranked = sorted(given.items(), key=lambda item: -len(item[1]))
    listed = "; ".join(f"{number(value)} ({names(units)})" for value, units in ranked[:_MOST_NAMES])
    more = f"; và {len(ranked) - _MOST_NAMES} số khác nữa" if len(ranked) > _MOST_NAMES else ""
    return f"Các đơn vị ghi khác nhau: {listed}{more}."


def _distinct(cell: SummaryCell) -> str:
    if cell.minimum is None or cell.maximum is None or cell.minimum == cell.maximum:
        return ""
    if cell.listed:
        return (
            "Đếm mỗi thứ một lần theo danh sách trong biểu của các đơn vị; "
            f"nếu cộng các số đã ghi thì là {number(cell.maximum)}."
        )
    why = f" Chưa đếm được theo danh sách vì danh sách không khớp số đã ghi: {names(cell.unlisted)}."
    return f"Có thể trùng nhau giữa các đơn vị: số đúng từ {number(cell.minimum)} đến {number(cell.maximum)}." + (
        why if cell.unlisted else " Không phải biểu nào của các đơn vị cũng có danh sách để đếm chính xác."
    )


def _spread(cell: SummaryCell) -> str:
    if cell.minimum is None or cell.maximum is None:
        return ""
    if cell.minimum == cell.maximum:
        return "Không cộng, không lấy bình quân tỷ lệ; các đơn vị ghi như nhau."
    return (
        f"Không cộng, không lấy bình quân tỷ lệ. Thấp nhất {number(cell.minimum)}: "
        f"{names(_givers(cell, cell.minimum))}; cao nhất {number(cell.maximum)}: {names(_givers(cell, cell.maximum))}."
    )


def _count_yes(cell: SummaryCell) -> str:
    if cell.value is None:
        return ""
    return f"Có: {cell.counts.get('1', 0)}/{sum(cell.counts.values())} đơn vị có số liệu."


def distribution_words(cell: SummaryCell) -> str:
    """How many units chose each code, in words."""
    if not cell.n_units:
        return ""
    words = dict(cell.spec.options)
    return "; ".join(f"{words.get(value, f'mã {value}')}: {count}" for value, count in cell.counts.items())


def _distribution(cell: SummaryCell) -> str:
    listed = distribution_words(cell)
    return f"{listed}." if listed else ""


_REMARKS: dict[Rollup, Callable[[SummaryCell], str]] = {
    Rollup.OWN_PLUS_CHILDREN: _own_plus_children,
    Rollup.RECOMPUTE: _recompute,
    Rollup.SHARED: _shared,
    Rollup.DISTINCT: _distinct,
    Rollup.SPREAD: _spread,
    Rollup.COUNT_YES: _count_yes,
    Rollup.DISTRIBUTION: _distribution,
}
