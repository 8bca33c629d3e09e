"""What makes a figure doubtful although its row is known: such a one waits for a person. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from itertools import combinations, pairwise

from cchc_xl.catalogue.model import CellSpec, Form, PeriodKind
from cchc_xl.catalogue.wording import prints
from cchc_xl.expressions import CellRef
from cchc_xl.readers.foreign.word import STRUCK
from cchc_xl.recognition.matching import Match
from cchc_xl.recognition.source_rows import SourceRow
from cchc_xl.recognition.target import folded_heading
from cchc_xl.values import State, Value, read_number

# Either a thousand or a decimal: what is written so in Vietnamese has a comma before its decimals.
_EITHER = re.compile(r"-?[1-9]\d{0,2},\d{3}")
# Rows that say of which time the rows below them are.
_TIMES = re.compile(
    r"\b(?:(?:ky|quy|nam|thang) (?:truoc|nay|sau)|ky bao cao|trong ky|cung ky|luy ke|cong don|uoc thuc hien"
    r"|quy (?:[ivx]+|[1-4])|thang \d+|\d+ thang|nam 20\d\d|(?:dau|cuoi) (?:ky|nam))\b"
)
_OTHER_WORDS = 5  # of such a row: one with more says something else
_CUMULATIVE = re.compile(r"\b(?:luy ke|cong don|tu dau nam|9 thang|6 thang)\b")
_RATIO = re.compile(r"\bt[yi] le\b|\bphan tram\b")
# So many rows in common, or so many of the smaller one's, and two tables are one appendix twice.
_COPY, _COPY_SHARE = 3, 0.3

Figures = Mapping[str, tuple[int, Value]]  # by the form's column, each with the table's column


def figure_doubt(form: Form, appendix: str, order: int, key: str, value: Value) -> str:
    """What is doubtful about a figure in a cell of the form; empty when nothing is."""
    spec = form.cells.get(CellRef(appendix, order, key))
    if spec is None and prints(form.appendix(appendix).row(order), key, value.text):
        return ""
    if spec is None:
        return f"dòng này của biểu không có ô cho “{value.text}”"
    if value.state is State.ERROR:
        return f"ô ghi lỗi {value.text}"
    if not spec.kind.figure:
        return ""
    if value.state is State.DATE:
        return f"Excel đã đổi số liệu thành ngày {value.text}"
    if STRUCK in value.text:
        return f"“{value.text}” có phần bị gạch bỏ"
    percent = "%" in spec.row.unit
    number = value.number if value.number is not None else read_number(value.text).number
    if percent and number is not None and 0 < number < 1 and "%" not in value.text:
        return f"{value.text} có thể là phần trăm mà Excel ghi thành số thập phân"
    if not percent and _EITHER.fullmatch(value.text.strip()):
        return f"“{value.text}”: chưa rõ dấu phẩy là dấu nghìn hay dấu thập phân"
    return ""


def place_doubts(source: SourceRow, figures: Figures, figure_columns: Collection[int]) -> list[str]:
    """What is doubtful about where figures of a row stand. ``figure_columns``: those of the table with figures."""
    table = source.segment.table
    found = []
    if figures and source.row in table.hidden_rows:
        found.append("dòng bị ẩn trong tệp")
    for index, value in figures.values():
        high, wide = table.boxes.get((source.row, index), (1, 1))
        if high > 1:
            found.append(f"“{value.text}” ở ô gộp {high} dòng: chưa rõ là của dòng nào")
        elif any(index < other < index + wide for other in figure_columns):
            found.append(f"“{value.text}” ở ô gộp nhiều cột: chưa rõ là của cột nào")
    return found


def doubts_in(form: Form, appendix: str, order: int, source: SourceRow, figures: Figures) -> list[str]:
    """What is doubtful about figures of a row in cells of the form."""
    found = []
    for key, (index, value) in figures.items():
        found.append(figure_doubt(form, appendix, order, key, value))
        spec = form.cells.get(CellRef(appendix, order, key))
        found.append(_rival_doubt(spec, source, index, value))
    return list(filter(None, found))


def _rival_doubt(spec: CellSpec | None, source: SourceRow, index: int, value: Value) -> str:
    """Whether the form wants a cumulative figure, or a ratio, and a column of such in the table has another figure."""
    if spec is None:
        return ""
    cumulative = spec.quantity is not None and spec.quantity.period is PeriodKind.CUMULATIVE
    percent = "%" in spec.row.unit
    for at, other in source.loose.items():
        tiers = source.segment.headings[at] if at < len(source.segment.headings) else ()
        heading = " ".join(map(folded_heading, tiers))
        rival = (cumulative and _CUMULATIVE.search(heading)) or (percent and _RATIO.search(heading))
        if rival and at != index and other.text.strip() != value.text.strip():
            return f"cột “{' > '.join(tiers)}” của tệp ghi “{other.text}”"
    return ""


def run_doubts(sources: Sequence[SourceRow], matches: Sequence[Match]) -> Mapping[int, str]:
    """By row what others say against it: it is of another time, the appendix stands twice, its label goes on."""
    found: dict[int, str] = {}
    for doubts in (_of_times(sources, matches), _of_copies(sources, matches), _of_broken_labels(sources, matches)):
        for at, words in doubts.items():
            found[at] = f"{found[at]}; {words}" if at in found else words
    return found


def _of_times(sources: Sequence[SourceRow], matches: Sequence[Match]) -> Mapping[int, str]:
    by_run: dict[int, list[int]] = defaultdict(list)
    for at, source in enumerate(sources):
        by_run[id(source.segment)].append(at)
    found = {}
    for rows in by_run.values():
        heads = [at for at in rows if _names_a_time(sources[at], matches[at])]
        # A lone one above all rows of the form is the table's title: of which period the file is, a person says anyhow.
        title = len(heads) == 1 and all(matches[at].target is None for at in rows if at < heads[0])
        label = ""
        for at in rows if not title else ():
            if at in heads:
                label = sources[at].label
            elif label:
                found[at] = f"đứng dưới “{label}”"
    return found


def _names_a_time(source: SourceRow, match: Match) -> bool:
    words = " ".join(source.wording.folded)
    bare = not source.has_figures and match.target is None
    return bare and _TIMES.search(words) is not None and len(_TIMES.sub("", words).split()) <= _OTHER_WORDS


def _of_copies(sources: Sequence[SourceRow], matches: Sequence[Match]) -> Mapping[int, str]:
    runs: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for at, match in enumerate(matches):
        if match.target is not None:
            runs[id(sources[at].segment)][match.target].append(at)
    found = {}
    for one, other in combinations(runs.values(), 2):
        common, least = len(one.keys() & other.keys()), min(len(one), len(other))
        if common >= _COPY or (common and common >= _COPY_SHARE * least):
            rows = [[at for group in run.values() for at in group] for run in (one, other)]
            places = "; ".join(dict.fromkeys(sources[group[0]].segment.table.name for group in rows))
            found.update({at: f"phụ lục này có hơn một bảng trong tệp ({places})" for group in rows for at in group})
    return found


def _of_broken_labels(sources: Sequence[SourceRow], matches: Sequence[Match]) -> Mapping[int, str]:
    """Rows whose label may go on in the next row: what is found by a part of it may be another row."""
    found = {}
    for at, (before, after) in enumerate(pairwise(sources)):
        follows = after.segment is before.segment and after.row == before.row + 1
        alone = after.is_bare and after.label and not after.stt and not matches[at + 1].accepted
        # A heading that is worded anew stands alone, too; it has a number or a dash, or follows a heading.
        if follows and alone and not before.is_bare and not _names_a_time(after, matches[at + 1]):
            found[at] = f"tên có thể còn nữa ở dòng sau (“{after.label}”)"
    return found
