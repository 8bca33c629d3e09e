"""Typing slips: which figures a clerk may have meant by the one that stands there (semantics.md, "Likely culprit")."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from itertools import pairwise

_DIGITS = "0123456789"
_WRONG_DIGIT = "sai một chữ số"


def slips(standing: Decimal) -> Iterator[tuple[str, tuple[Decimal, ...]]]:
    """Kinds of slips in Vietnamese words, the most telling first, each with the figures that may have been meant."""
    text = f"{standing.normalize():f}"
    yield "đảo hai chữ số", _figures(_swapped(text), standing)
    yield "viết nhỏ đi 10 lần", _others([standing * 10], standing)
    yield "viết lớn lên 10 lần", _others([standing / 10], standing)
    yield "viết nhỏ đi 1.000 lần", _others([standing * 1000], standing)
    yield "viết lớn lên 1.000 lần", _others([standing / 1000], standing)
    yield "gõ lặp một chữ số", _figures(_less_one(text, doubled=True), standing)
    yield "thiếu một chữ số", _figures(_one_more(text), standing)
    yield "thừa một chữ số", _figures(_less_one(text, doubled=False), standing)
    yield _WRONG_DIGIT, _figures(_one_changed(text), standing)


def explained(
    standing: Decimal, fits: Callable[[Decimal], bool], settled: Callable[[Decimal], bool]
) -> tuple[Decimal | None, str]:
    """The figure that was meant, and the slip.

    Where hardly anything else may stand there (``settled``), the most telling slip that leads there explains it. Within
    a wider range a slip explains a figure only if no other slip leads into the range (that would be a guess), and a
    wrong digit, which leads almost anywhere, explains nothing.
    """
    found: dict[Decimal, str] = {}
    for words, meant in slips(standing):
        for figure in meant:
            if figure not in found and fits(figure):
                if settled(figure):
                    return figure, words
                found[figure] = words
                if len(found) > 1:
                    return None, ""
    for figure, words in found.items():
        if words != _WRONG_DIGIT:
            return figure, words
    return None, ""


def _swapped(text: str) -> Iterator[str]:
    places = [index for index, character in enumerate(text) if character in _DIGITS]
    for left, right in pairwise(places):
        yield text[:left] + text[right] + text[left + 1 : right] + text[left] + text[right + 1 :]


def _one_more(text: str) -> Iterator[str]:
    for place in range(len(text) + 1):
        for digit in _DIGITS:
            yield text[:place] + digit + text[place:]


def _less_one(text: str, *, doubled: bool) -> Iterator[str]:
    for place, character in enumerate(text):
        if character in _DIGITS and (text[place + 1 : place + 2] == character or not doubled):
            yield text[:place] + text[place + 1 :]


def _one_changed(text: str) -> Iterator[str]:
    # Any figure of one digit is "one wrong digit" away from any other: that explains nothing.
    if sum(character in _DIGITS for character in text) < 2:
        return
    for place, character in enumerate(text):
        if character in _DIGITS:
            for digit in _DIGITS:
                yield text[:place] + digit + text[place + 1 :]


def _figures(texts: Iterable[str], standing: Decimal) -> tuple[Decimal, ...]:
    """The texts that a person would write, as figures: no leading zero (no 05), nothing missing around the comma."""
    written = []
    for text in texts:
        whole, comma, rest = text.partition(".")
        if whole.isdigit() and (len(whole) == 1 or whole[0] != "0") and (rest.isdigit() or not comma):
            written.append(Decimal(text))
    return _others(written, standing)


def _others(figures: Iterable[Decimal], standing: Decimal) -> tuple[Decimal, ...]:
    return tuple(dict.fromkeys(figure for figure in figures if figure != standing))
