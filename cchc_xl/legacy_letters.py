"""Vietnamese text of the years before Unicode: TCVN3 ("ABC") and VNI, told by the font's name or by the letters.

Such files hold Latin letters that only a font of that encoding shows as Vietnamese ones. TCVN3 (TCVN 5712:1993, VN3)
has one byte for each lower-case letter; capitals with a tone mark are the same bytes in another font (``.VnTimeH``).
VNI puts its marks behind the vowel, as letters of their own.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from enum import StrEnum


class Encoding(StrEnum):
    """How the letters of a text are stored; the value is its name for people."""

    TCVN3 = "TCVN3"
    VNI = "VNI"


_TCVN3_LETTERS = {
    0xA1: "ĂÂÊÔƠƯĐăâêôơưđ",
    0xB5: "àảãáạ",
    0xBB: "ằẳẵắ",
    0xC6: "ặầẩẫấậè",
    0xCE: "ẻẽéẹềểễếệìỉ",
    0xDC: "ĩíịò",
    0xE1: "ỏõóọồổỗốộờởỡớợù",
    0xF1: "ủũúụừửữứựỳỷỹýỵ",
}
_TCVN3 = {
    chr(first + offset): letter for first, letters in _TCVN3_LETTERS.items() for offset, letter in enumerate(letters)
}

# Behind the vowel: what it is without a mark of its own, with a circumflex, and (a only) with a breve.
_VNI_MARKS = {
    "a": ("ùøûõï", "áàảãạ", "âáàåãä", "âấầẩẫậ", "êéèúüë", "ăắằẳẵặ"),
    "e": ("ùøûõï", "éèẻẽẹ", "âáàåãä", "êếềểễệ", "", ""),
    "o": ("ùøûõï", "óòỏõọ", "âáàåãä", "ôốồổỗộ", "", ""),
    "u": ("ùøûõï", "úùủũụ", "", "", "", ""),
    "y": ("ùøûõ", "ýỳỷỹ", "", "", "", ""),
    "ô": ("ùøûõï", "ớờởỡợ", "", "", "", ""),
    "ö": ("ùøûõï", "ứừửữự", "", "", "", ""),
}
_VNI_ALONE = dict(zip("ôöñíìæóòî", "ơưđíìỉĩịỵ", strict=True))


def _vni_table() -> dict[str, str]:
    table = dict(_VNI_ALONE)
    for base, groups in _VNI_MARKS.items():
        for marks, letters in zip(groups[::2], groups[1::2], strict=True):
            table.update({base + mark: letter for mark, letter in zip(marks, letters, strict=True)})
    # Capitals: the letter, its mark, or both may be written large.
    for key, letter in list(table.items()):
        table[key.upper()] = letter.upper()
        if len(key) == 2:
            table[key[0].upper() + key[1]] = letter.upper()
    return table


_VNI = _vni_table()
_VNI_PATTERN = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))
# Letters that only a Unicode text has: they stand in neither encoding.
_UNICODE_ONLY = re.compile("[ăđơưĂĐƠƯ\u1ea0-\u1ef9\u0300-\u0323]")
_LATIN_1 = re.compile("[\u00a1-\u00ff\uf0a1-\uf0ff]")
_WORD = re.compile(r"[^\W\d_]+")
# Below so many words of a text the letters alone prove nothing.
_ENOUGH_WORDS = 12


def encoding_of_font(name: str) -> Encoding | None:
    """The encoding that a font's name tells: ``.VnTime`` is TCVN3, ``VNI-Times`` is VNI; ``None`` for all others."""
    folded = name.strip().casefold()
    if folded.startswith(".vn"):
        return Encoding.TCVN3
    return Encoding.VNI if folded.startswith("vni-") else None


def to_unicode(text: str, encoding: Encoding) -> str:
    """The text in Unicode.

    >>> to_unicode("x· NguyÔn HuÖ", Encoding.TCVN3)
    'xã Nguyễn Huệ'
    >>> to_unicode("xaõ Nguyeãn Hueä", Encoding.VNI)
    'xã Nguyễn Huệ'
    """
    # Word keeps letters of fonts that declare themselves symbols in the private area from F000 on.
    plain = "".join(chr(ord(letter) - 0xF000) if "\uf020" <= letter <= "\uf0ff" else letter for letter in text)
    if encoding is Encoding.TCVN3:
        return "".join(_TCVN3.get(letter, letter) for letter in plain)
    return _VNI_PATTERN.sub(lambda match: _VNI[match[0]], plain)


def certainly_unicode(text: str) -> bool:
    """Whether a text has letters that neither old encoding uses."""
    return _UNICODE_ONLY.search(text) is not None


def encoding_of_texts(texts: Iterable[str], known: Collection[str]) -> Encoding | None:
    """The encoding in which texts that belong together make the most sense; ``None`` when they are Unicode.

    Texts that can only be Unicode (``certainly_unicode``) have no say: a head typed anew may stand above an old table.
    ``known``: words (lower case) that such texts are made of. Only where nearly every word becomes a known one, and as
    they stand hardly half of them are, is it no accident.
    """
    joined = "\n".join(text for text in texts if not certainly_unicode(text))
    if not _LATIN_1.search(joined):
        return None
    as_is, count = _known_words(joined, known)
    if count < _ENOUGH_WORDS:
        return None
    best = max(Encoding, key=lambda encoding: _known_words(to_unicode(joined, encoding), known)[0])
    found, count = _known_words(to_unicode(joined, best), known)
    return best if found >= 0.7 * count and as_is <= 0.6 * found else None


def _known_words(text: str, known: Collection[str]) -> tuple[int, int]:
    words = [word.casefold() for word in _WORD.findall(text)]
    return sum(word in known for word in words), len(words)
