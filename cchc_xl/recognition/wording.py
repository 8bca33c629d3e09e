"""Two labels compared as people would: the same words, written otherwise, or other words.

What may differ without another meaning is named here, and nothing else: case, punctuation, numbering, tone placement
(``values.normalise``), usual abbreviations, diacritics, a few little words, a slip of one letter in a long word that no
form knows. Anything else is other wording: how alike, a number says, and a person decides.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from cchc_xl.values import normalise


class Likeness(IntEnum):
    """How two labels stand to each other, the closest last."""

    OTHER = 0  # not alike
    REWORDED = 1  # alike, but some words differ: perhaps another quantity
    NEAR = 2  # little words or slips of a letter differ
    UNMARKED = 3  # the same letters without diacritics
    SAME = 4


@dataclass(frozen=True, slots=True)
class Comparison:
    """How alike two labels are: the kind, and a measure from 0 to 1."""

    likeness: Likeness
    score: float


@dataclass(frozen=True, slots=True)
class Wording:
    """A label as words. ``folded``: the same without diacritics."""

    words: tuple[str, ...]
    folded: tuple[str, ...]
    # Without what stands in brackets.
    bare: tuple[str, ...] = ()


# What offices write short, by what it stands for. The long form becomes the short one on both sides.
_SHORT = {
    "cải cách hành chính": "cchc",
    "thủ tục hành chính": "tthc",
    "văn bản quy phạm pháp luật": "vbqppl",
    "văn bản qppl": "vbqppl",
    "uỷ ban nhân dân": "ubnd",
    "hội đồng nhân dân": "hđnd",
    "phản ánh kiến nghị": "pakn",
    "đơn vị sự nghiệp công lập": "đvsncl",
    "đơn vị sncl": "đvsncl",
    "đvsn công lập": "đvsncl",
    "đơn vị sự nghiệp": "đvsn",
    "dịch vụ công": "dvc",
    "cán bộ công chức viên chức": "cbccvc",
    "cán bộ công chức": "cbcc",
    "công nghệ thông tin": "cntt",
    "cơ sở dữ liệu": "csdl",
    "ngân sách nhà nước": "nsnn",
    "quy phạm pháp luật": "qppl",
    "đảm bảo": "bảo đảm",
    "số lượng": "số",
    "phần trăm": "",
    "tỉ lệ": "tỷ lệ",
}
_LONGEST = max(len(key.split()) for key in _SHORT)
_BY_WORDS = {tuple(long.split()): tuple(short.split()) for long, short in _SHORT.items()}
# Words that never make another quantity.
_LITTLE = frozenset(["các", "những", "của", "đã", "được", "và", "tại", "là", "thì", "về", "với"])
_WEAK = frozenset(["số", "tổng", "trong"])
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_NUMBERING = re.compile(
    r"\s*(?:[-+*•–—]+|\(?(?:\d{1,2}(?:\.\d{1,2})*|[IVXLC]{1,6}|[a-zđ])[.)]|\d{1,2}(?:\.\d{1,2})+)(?:\s+|(?=[^\W\d_]{2}))"
)
_BRACKETS = re.compile(r"\([^()]*\)")
_YEAR = re.compile(r"20\d\d")
_SHORT_WORD = 5
# The longest label of the forms has 949 letters.
_LONGEST_LABEL = 1_200
_SLIP = 0.85
# The most that labels score in which words stand for other words: whether they mean the same, only a person knows.
_REPLACED = 0.58
_BRACKETED = 0.8


@lru_cache(maxsize=16384)
def wording(text: str) -> Wording:
    """The words of a label, without its numbering."""
    plain = normalise(without_numbering(text)[1])
    if len(plain) > _LONGEST_LABEL:
        return Wording((), (), ())  # a text, and no label
    words = _shortened(_WORD.findall(plain))
    bare = _shortened(_WORD.findall(_BRACKETS.sub(" ", plain)))
    return Wording(words, tuple(map(fold, words)), tuple(map(fold, bare)))


def without_numbering(text: str) -> tuple[str, str]:
    """A label's own numbering and the rest: ``1.2. Số…`` → (``1.2.``, ``Số…``)."""
    match = _NUMBERING.match(text)
    return (match[0].strip(), text[match.end() :]) if match else ("", text)


@lru_cache(maxsize=16384)
def fold(text: str) -> str:
    """A text without diacritics."""
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _shortened(words: Sequence[str]) -> tuple[str, ...]:
    out: list[str] = []
    at = 0
    while at < len(words):
        for length in range(min(_LONGEST, len(words) - at), 1, -1):
            short = _BY_WORDS.get(tuple(words[at : at + length]))
            if short is not None:
                out += short
                at += length
                break
        else:
            out.append(words[at])
            at += 1
    return tuple(out)


class Comparer:
    """Compares labels on the background of the words that the forms know."""

    def __init__(self, known: Collection[str]) -> None:
        self._known = known
        self._cached: dict[tuple[Wording, Wording], Comparison] = {}

    def compare(self, theirs: Wording, ours: Wording) -> Comparison:
        """How alike a foreign label is to one of a form."""
        if theirs.words == ours.words:
            return Comparison(Likeness.SAME, 1.0) if ours.words else Comparison(Likeness.OTHER, 0.0)
        if theirs.folded == ours.folded:
            return Comparison(Likeness.UNMARKED, 0.98)
        key = (theirs, ours)
        if key not in self._cached:
            self._cached[key] = self._aligned(theirs, ours)
        return self._cached[key]

    def _aligned(self, theirs: Wording, ours: Wording) -> Comparison:
        matched, only_theirs, only_ours = self._align(theirs, ours)
        whole = sum(map(_weight, theirs.words)) + sum(map(_weight, ours.words))
        score = 2 * matched / whole if whole else 0.0
        numbers = Counter(filter(_is_number, theirs.words))
        differing = (numbers - Counter(ours.words)) + (Counter(filter(_is_number, ours.words)) - numbers)
        if any(_YEAR.fullmatch(number) is None for number in differing):
            score = min(score, 0.5)  # level 3 is not level 4
        more, less = _telling(only_theirs), _telling(only_ours)
        if not more and not less:
            return Comparison(Likeness.NEAR, max(score, 0.9))
        one_without = theirs.bare == theirs.folded or ours.bare == ours.folded
        if len(theirs.bare) > 2 and theirs.bare == ours.bare and one_without and not differing:
            score = max(score, _BRACKETED)  # what brackets say may be left out, or make it another quantity
        elif more and less:
            score = min(score, _REPLACED)
        return Comparison(Likeness.REWORDED if score > 0.5 else Likeness.OTHER, min(score, 0.97))

    def _align(self, theirs: Wording, ours: Wording) -> tuple[float, list[str], list[str]]:
        """Weight of the words that stand in both in one order, and the words that stand in one only."""
        rows, columns = len(theirs.words), len(ours.words)
        best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
        for i in range(rows - 1, -1, -1):
            below, here = best[i + 1], best[i]
            for j in range(columns - 1, -1, -1):
                score = max(below[j], here[j + 1])
                gain = self._gain(theirs, i, ours, j)
                here[j] = max(score, below[j + 1] + gain) if gain else score
        only_theirs: list[str] = []
        only_ours: list[str] = []
        i = j = 0
        while i < rows and j < columns:
            gain = self._gain(theirs, i, ours, j)
            if gain and best[i][j] == best[i + 1][j + 1] + gain:
                i, j = i + 1, j + 1
            elif best[i][j] == best[i + 1][j]:
                only_theirs.append(theirs.words[i])
                i += 1
            else:
                only_ours.append(ours.words[j])
                j += 1
        return best[0][0], [*only_theirs, *theirs.words[i:]], [*only_ours, *ours.words[j:]]

    def _gain(self, theirs: Wording, i: int, ours: Wording, j: int) -> float:
        a, b = theirs.words[i], ours.words[j]
        if a == b:
            return _weight(a)
        if theirs.folded[i] == ours.folded[j] and (a not in self._known or a == theirs.folded[i]):
            return _SLIP * _weight(b)
        if min(len(a), len(b)) >= _SHORT_WORD and a not in self._known and one_slip(theirs.folded[i], ours.folded[j]):
            return _SLIP * _weight(b)
        return 0.0


def _telling(words: Sequence[str]) -> list[str]:
    return [word for word in words if word not in _LITTLE]


def _weight(word: str) -> float:
    return 0.1 if word in _LITTLE else 0.4 if word in _WEAK else 1.0


def _is_number(word: str) -> bool:
    return word[0].isdigit()


def one_slip(a: str, b: str) -> bool:
    """Whether two words differ by one letter: another one, one too many or missing, or two that changed places."""
    if abs(len(a) - len(b)) > 1:
        return False
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    rest_a, rest_b = a[start:], b[start:]
    return (
        rest_a[1:] == rest_b[1:]
        or rest_a[1:] == rest_b
        or rest_a == rest_b[1:]
        or (rest_a[:2] == rest_b[:2][::-1] and rest_a[2:] == rest_b[2:])
    )
