"""Which column of a foreign table is which column of an appendix: by its heading, and by what stands in it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from cchc_xl.catalogue.model import Appendix, Column
from cchc_xl.recognition.segments import HEAD_WORDS, NOTE, VALUE, Segment
from cchc_xl.recognition.target import LABEL, STT, UNIT, folded_heading, folded_key, stt_key
from cchc_xl.recognition.wording import fold, without_numbering, wording
from cchc_xl.values import Reading, normalise, read_number

# From here on a column is taken without a person.
ACCEPTED = 0.95
# A column that only its content, or a heading that is alike, speaks for: proposed.
_PROPOSED = 0.6
_MARGIN = 0.1
_STT = re.compile(r"\(?(?:\d{1,3}(?:[.,]\d{1,2})*|[IVXLC]{1,6}|[a-zđA-Z])[.)]?")
# The most that a column keeps which something speaks against.
_DOUBTFUL = 0.85
# A column of figures that stand in place of those beside it.
_CORRECTED = re.compile(r"\b(?:dieu chinh|tham dinh|ra soat|kiem tra|sua|chot|chinh thuc|ky nay|trong ky)\b")
_BRACKETS = re.compile(r"\(([^()]*)\)")
# What brackets in a heading may say besides the form's own words: how to fill in, and the column's number.
_HARMLESS = frozenset({"x", "danh", "dau", "ghi", "so", "lieu", "neu", "co", "khong"})
_EVEN = frozenset({"trong do", "ket qua", "ket qua thong ke", "ket qua thuc hien", "ket qua giai quyet"})
_MOSTLY = 0.6


@dataclass(frozen=True, slots=True)
class ColumnMatch:
    """A column of the foreign table and the form's column that it is (``key``; empty: none), and how surely."""

    index: int
    heading: str
    key: str
    confidence: float
    filled: int


@dataclass(slots=True)
class Columns:
    """The columns of a segment: where STT, label and unit stand (-1: nowhere), and the others as matched."""

    stt: int
    label: int
    unit: int
    others: dict[str, int] = field(default_factory=dict)  # given columns beside these three
    figures: list[ColumnMatch] = field(default_factory=list)


def label_column(segment: Segment, labels: Collection[str]) -> tuple[int, int]:
    """The column in which most of the form's labels stand, and how many: (-1, 0) when there is none.

    One that stands in many rows counts once: a column of fields repeats a few words that are labels elsewhere.
    """
    found: dict[int, set[str]] = defaultdict(set)
    for row in segment.rows:
        for index, value in enumerate(segment.table.rows[row]):
            if value.filled and (key := folded_key(value.text)) in labels:
                found[index].add(key)
    best = max(found, key=lambda index: len(found[index]), default=-1)
    return best, len(found.get(best, ()))


def match_columns(segment: Segment, appendix: Appendix, label: int) -> Columns:
    """The columns of a segment with a head, or of one without."""
    paths = {index: _path(tiers) for index, tiers in enumerate(segment.headings)}
    columns = Columns(_stt(segment, paths, label, appendix), label, _unit(segment, paths, label, appendix))
    taken = {columns.stt, columns.label, columns.unit}
    for column in appendix.columns:
        if column.given and column.key not in (STT, LABEL, UNIT):
            found = [i for i, path in paths.items() if i not in taken and path and path[-1] == _path_of(column)[-1]]
            if len(found) == 1:
                columns.others[column.key] = found[0]
                taken.add(found[0])
    rest = [
        index
        for index in range(segment.width)
        # A blank column under the heading at its left is the rest of a box.
        if index not in taken
        and (_filled(segment, index) or (paths.get(index) and paths[index] != paths.get(index - 1)))
    ]
    wanted = [column for column in appendix.columns if not column.given]
    scores = {
        (index, column.key): _score(paths.get(index, ()), column, wanted, [paths.get(i, ()) for i in rest])
        for index in rest
        for column in wanted
    }
    by_content = _by_content(segment, rest, wanted)
    for pair, score in by_content.items():
        scores[pair] = max(scores[pair], score)
    columns.figures = [_doubted(_best(index, rest, wanted, scores, segment), segment, appendix, rest) for index in rest]
    if columns.unit >= 0 and _is_numeric(segment, columns.unit):
        # Figures below the unit's heading: heads and columns have changed places.
        columns.figures = [_at_most(match, _DOUBTFUL) for match in columns.figures]
    others = [match for match in columns.figures if not match.key and _is_numeric(segment, match.index)]
    if any(_CORRECTED.search(" ".join(paths.get(match.index, ()))) for match in others):
        columns.figures = [match if match.key == NOTE else _at_most(match, _DOUBTFUL) for match in columns.figures]
    return columns


def _doubted(match: ColumnMatch, segment: Segment, appendix: Appendix, rest: Sequence[int]) -> ColumnMatch:
    """A match below the acceptance where something speaks against it: what brackets say, what its reader cannot see,
    figures beside it under no heading of their own."""
    if not match.key or match.key == NOTE:
        return match
    beside = [index for index in (match.index - 1, match.index + 1) if index in rest]
    bare = any(not any(segment.headings[i : i + 1]) and _is_numeric(segment, i) for i in beside) and segment.head
    hidden = match.index in segment.table.hidden_columns
    if hidden or bare or _aside(match.heading) - _aside(appendix.column(match.key).heading) - _HARMLESS:
        return _at_most(match, _DOUBTFUL)
    return match


def _at_most(match: ColumnMatch, confidence: float) -> ColumnMatch:
    return replace(match, confidence=min(match.confidence, confidence))


def _aside(heading: str) -> set[str]:
    """The words that stand in brackets, without numbers of columns: ``(lũy kế)``, ``(nghìn đồng)``, ``(năm 2023)``."""
    words = {fold(word) for text in _BRACKETS.findall(heading) for word in wording(text).words}
    return {word for word in words if not (word.isdecimal() and len(word) < 3)}


def go_on(columns: Columns, before: Segment, after: Segment) -> bool:
    """Whether the columns of a segment hold the same kind of thing in the next one, which has no head of its own.

    Where another column holds figures, too, nothing would tell that the two have changed places.
    """
    if any(not match.key and _is_numeric(before, match.index) for match in columns.figures):
        return False
    known = [columns.unit, *(match.index for match in columns.figures if match.key and match.key != NOTE)]
    for index in known:
        shares = [_share(segment, index, _is_figure) for segment in (before, after)]
        if index >= 0 and _filled(before, index) and _filled(after, index) and (min(shares) < _MOSTLY <= max(shares)):
            return False
    return True


def _best(
    index: int,
    rest: Sequence[int],
    wanted: Sequence[Column],
    scores: Mapping[tuple[int, str], float],
    segment: Segment,
) -> ColumnMatch:
    heading = " > ".join(segment.headings[index]) if index < len(segment.headings) else ""
    key, score = max(((c.key, scores[index, c.key]) for c in wanted), key=lambda pair: pair[1], default=("", 0.0))
    if score < _PROPOSED:
        return ColumnMatch(index, heading, "", 0.0, _filled(segment, index))
    rivals = [scores[index, c.key] for c in wanted if c.key != key] + [scores[i, key] for i in rest if i != index]
    best_rival = max(rivals, default=0.0)
    if score - best_rival < (_MARGIN if score < 1 else 0.02):
        # Two that are equally good: neither is proposed.
        return ColumnMatch(index, heading, "", 0.0, _filled(segment, index))
    return ColumnMatch(index, heading, key, score, _filled(segment, index))


def _path(tiers: Sequence[str]) -> tuple[str, ...]:
    return tuple(filter(None, map(folded_heading, tiers)))


def _path_of(column: Column) -> tuple[str, ...]:
    return _path(column.heading.split(" > "))


def _score(path: tuple[str, ...], column: Column, wanted: Sequence[Column], others: Sequence[tuple[str, ...]]) -> float:
    """How surely a heading is that of a column of the form, from 0 to 1."""
    own = _path_of(column)
    if not path or not own:
        return 0.0
    if path == own:
        return 1.0 if others.count(path) == 1 else 0.7
    # The tiers above may be worded otherwise as long as they say nothing of their own.
    even = all(tier in _EVEN or tier in own for tier in path[:-1])
    lonely = sum(bool(other) and other[-1] == path[-1] for other in others) == 1
    if path[-1] == own[-1] and lonely and sum(_path_of(c)[-1] == own[-1] for c in wanted) == 1:
        return 0.97 if even else 0.85
    same_words = column.key in HEAD_WORDS and path[-1] in HEAD_WORDS[column.key]
    if same_words and lonely:
        return 0.96 if even and sum(bool(o) and o[-1] in HEAD_WORDS[column.key] for o in others) == 1 else 0.7
    mine, theirs = Counter(" ".join(path).split()), Counter(" ".join(own).split())
    common = sum((mine & theirs).values())
    return 0.9 * 2 * common / (sum(mine.values()) + sum(theirs.values()))


def _by_content(segment: Segment, rest: Sequence[int], wanted: Sequence[Column]) -> dict[tuple[int, str], float]:
    """The one column of figures where the form wants one: proposed, whatever its heading says."""
    if not any(column.key == VALUE for column in wanted):
        return {}
    numeric = [index for index in rest if _is_numeric(segment, index)]
    return {(numeric[0], VALUE): 0.8} if len(numeric) == 1 else {}


def _is_numeric(segment: Segment, column: int) -> bool:
    return _share(segment, column, _is_figure) >= _MOSTLY and _filled(segment, column) > 2


def _is_figure(text: str) -> bool:
    return text.strip() in ("-", "x", "X") or read_number(text).reading is not Reading.NONE


def _stt(segment: Segment, paths: Mapping[int, tuple[str, ...]], label: int, appendix: Appendix) -> int:
    named = [index for index, path in paths.items() if path and path[-1] in HEAD_WORDS[STT] and index != label]
    if len(named) == 1:
        return named[0]
    known = {stt_key(row.stt) for row in appendix.printed if row.stt}
    for index in range(label - 1, -1, -1):
        if _share(segment, index, lambda text: _STT.fullmatch(text.strip()) is not None) >= _MOSTLY:
            return index if _share(segment, index, lambda text: stt_key(text) in known) >= _MOSTLY / 2 else -1
    return -1


def _unit(segment: Segment, paths: Mapping[int, tuple[str, ...]], label: int, appendix: Appendix) -> int:
    named = [index for index, path in paths.items() if path and path[-1] in HEAD_WORDS[UNIT] and index != label]
    if len(named) == 1:
        return named[0]
    known = {normalise(row.unit) for row in appendix.printed if row.unit}
    for index in range(label + 1, segment.width):
        if known and _share(segment, index, lambda text: normalise(text) in known) >= _MOSTLY:
            return index
    return -1


def _filled(segment: Segment, column: int) -> int:
    return sum(segment.table.value(row, column).filled for row in segment.rows)


def _share(segment: Segment, column: int, holds: Callable[[str], bool]) -> float:
    texts = [segment.table.value(row, column).text for row in segment.rows if segment.table.value(row, column).filled]
    return sum(map(holds, texts)) / len(texts) if texts else 0.0


def is_stt(text: str) -> bool:
    """Whether a text is a number of a row and nothing else."""
    return _STT.fullmatch(text.strip()) is not None or (
        bool(text.strip()) and not without_numbering(text + " ")[1].strip()
    )
