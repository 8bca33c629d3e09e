"""The cells of any sheet, read by a true XML parser and written again as office programs write them (``dialect``)."""

from __future__ import annotations

import re
from html import escape

from cchc_xl.layout import column_index, column_letters
from cchc_xl.readers.dialect import ERRORS
from cchc_xl.readers.extent import parse

_PLACE = re.compile(r"([A-Za-z]{1,3})([1-9][0-9]{0,6})")
_ROW_NUMBER = re.compile(r"[1-9][0-9]{0,6}")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[Ee][+-]?[0-9]+)?")
_DATE = re.compile(r"[0-9T:.Z+-]+")
_INDEX = re.compile(r"[0-9]{1,9}")
_NO_NUMBER = ("NaN", "INF", "-INF")  # but values of xsd:double
_TRUE, _FALSE = ("1", "true"), ("0", "false")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
# Which elements are looked into; whatever else stands there belongs to no cell, such as phonetic runs and extensions.
_CHILDREN = {
    "": ("worksheet",),
    "worksheet": ("sheetData",),
    "sheetData": ("row",),
    "row": ("c",),
    "c": ("f", "v", "is"),
    "is": ("t", "r"),
    "r": ("t",),
}


def rewritten(xml: bytes) -> bytes:
    """A sheet with these cells and nothing else. Blank cells are left out, rows put in order.

    Raises ``ValueError`` when it is no XML, has a DTD, or no spreadsheet program would open it: a cell twice, a value
    twice in a cell, a place or a type that is none.
    """
    cells = _Cells()
    parse(xml, cells.start, cells.end, cells.text, namespaces=True)
    if not cells.seen:
        raise ValueError("no worksheet")
    pieces = [b'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="%s"><sheetData>' % _MAIN.encode()]
    for row in sorted(cells.rows):
        pieces.append(b'<row r="%d">' % row)
        pieces += cells.rows[row].values()
        pieces.append(b"</row>")
    pieces.append(b"</sheetData></worksheet>")
    return b"".join(pieces)


class _Cells:
    """Collects the cells while the sheet is parsed."""

    def __init__(self) -> None:
        self.rows: dict[int, dict[int, bytes]] = {}
        self.seen = False  # the element that holds the cells
        self._path = [""]
        self._passed = 0  # depth within an element that is not looked into
        self._space = ""  # the namespace of the root
        self._row = self._column = 0  # from 1
        self._placed = False  # whether the row itself says where it is
        self._style = self._type = ""
        self._shared = ""  # what a formula says that is written once for several cells
        self._found: dict[str, list[str]] = {}

    def start(self, name: str, attributes: list[str]) -> None:
        space, _, local = name.rpartition(" ")
        if len(self._path) == 1:
            self._space = space
        if self._passed or space != self._space or local not in _CHILDREN.get(self._path[-1], ()):
            self._passed += 1
            return
        self._path.append(local)
        if local == "c":
            self._begin_cell(dict(zip(attributes[::2], attributes[1::2], strict=True)))
        elif local in ("f", "v", "is"):
            if local in self._found:
                raise ValueError("a value twice")
            self._found[local] = []
            if local == "f":
                self._shared = _shared(dict(zip(attributes[::2], attributes[1::2], strict=True)))
        elif local == "row":
            place = dict(zip(attributes[::2], attributes[1::2], strict=True)).get("r")
            if place is not None and not _ROW_NUMBER.fullmatch(place):
                raise ValueError("not a row")
            self._row, self._column = int(place) if place is not None else self._row + 1, 0
            self._placed = place is not None
        elif local == "sheetData":
            if self.seen:
                raise ValueError("cells twice")
            self.seen = True

    def end(self, _: str) -> None:
        if self._passed:
            self._passed -= 1
        elif self._path.pop() == "c" and self._found:
            row = self.rows.setdefault(self._row, {})
            if self._column in row:
                raise ValueError("a cell twice")
            row[self._column] = self._cell()

    def text(self, part: str) -> None:
        if not self._passed and self._path[-1] in ("f", "v", "t"):
            self._found["is" if self._path[-1] == "t" else self._path[-1]].append(part)

    def _begin_cell(self, given: dict[str, str]) -> None:
        self._column += 1
        if "r" in given:
            place = _PLACE.fullmatch(given["r"])
            if place is None or (self._placed and int(place[2]) != self._row):
                raise ValueError("not a place of the row")
            self._row, self._column = int(place[2]), column_index(place[1].upper()) + 1
        self._style, self._type, self._found = given.get("s", ""), given.get("t", "n"), {}

    def _cell(self) -> bytes:
        kind, inner = self._value()
        formula = f"<f{self._shared}>{_escaped(''.join(self._found['f']))}</f>" if "f" in self._found else ""
        style = f' s="{int(self._style)}"' if self._style.isdecimal() else ""
        kind = f' t="{kind}"' if kind else ""
        return f'<c r="{column_letters(self._column - 1)}{self._row}"{style}{kind}>{formula}{inner}</c>'.encode()

    def _value(self) -> tuple[str, str]:
        """The type, and the element that holds the value."""
        if "is" in self._found and (self._type == "inlineStr" or "v" not in self._found):
            text = "".join(self._found["is"])
            # A formula's text result stands in v.
            if "f" in self._found:
                return "str", f"<v>{_escaped(text)}</v>"
            return "inlineStr", f'<is><t xml:space="preserve">{_escaped(text)}</t></is>'
        if "v" not in self._found:
            return "", ""
        text = "".join(self._found["v"])
        bare = text.strip()
        if self._type in ("str", "inlineStr"):
            return "str", f"<v>{_escaped(text)}</v>"
        if not bare:
            return "", ""
        kind = self._type
        match kind:
            case "n" if bare in _NO_NUMBER:
                return "e", "<v>#NUM!</v>"
            case "n" if _NUMBER.fullmatch(bare):
                kind = ""
            case "n":  # a text, as whoever wrote it meant
                return "str", f"<v>{_escaped(text)}</v>"
            case "s" if bare.isdecimal() and bare.isascii():
                pass
            case "b" if bare in _TRUE or bare in _FALSE:
                bare = "1" if bare in _TRUE else "0"
            case "e":
                bare = bare if bare in ERRORS else "#VALUE!"
            case "d" if _DATE.fullmatch(bare):
                pass
            case _:
                raise ValueError("not a value")
        return kind, f"<v>{bare}</v>"


def _shared(given: dict[str, str]) -> str:
    number = given.get("si", "")
    return f' t="shared" si="{number}"' if given.get("t") == "shared" and _INDEX.fullmatch(number) else ""


def _escaped(text: str) -> str:
    # A line end that was written as a reference would else be read as another one.
    return escape(text, quote=False).replace("\r", "&#13;")
