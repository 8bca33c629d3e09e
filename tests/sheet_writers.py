"""Sheets as any program might write them: the same cells, in each of the ways that XML and ECMA-376 allow."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

from cchc_xl.layout import column_letters

Place = tuple[int, int]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml"
SHEET = "Số liệu"
ERRORS = ("#DIV/0!", "#N/A", "#REF!", "#VALUE!")
_LETTERS = "aàzđẾ019 &<>\"'_x0041_]]>é,.-=%\t\n"


@dataclass(frozen=True)
class Cell:
    """What stands in a cell: a number, a text, a truth value, an error's name, or nothing but a formula."""

    value: float | str | bool | None = None
    formula: str | None = None
    error: bool = False


Cells = dict[Place, Cell]


def some_cells(chance: random.Random) -> Cells:
    """Cells of a small sheet; some stand alone, some far apart."""
    cells = {}
    for _ in range(chance.randrange(1, 25)):
        place = chance.randrange(chance.choice((5, 40, 1200))), chance.randrange(chance.choice((4, 30, 90)))
        formula = None if chance.random() < 0.6 else chance.choice(("SUM(A1:B2)", 'IF(A1>1,"<a&b>","c")', "A1", "1+1"))
        match chance.randrange(8):
            case 0 | 1 | 2:
                value: float | str | bool | None = float(chance.choice((0, 10, 7, 12345, -3, 10**12)))
            case 3:
                value = chance.choice((0.1, 98.5, 1e-7, 1.5e300, -2.25))
            case 4 | 5:
                text = "".join(chance.choice(_LETTERS) for _ in range(chance.randrange(1, 12))).strip()
                value = text or "x"
            case 6:
                value = chance.random() < 0.5
            case _:
                cells[place] = Cell(chance.choice(ERRORS), formula, error=True)
                continue
        cells[place] = Cell(value if formula is None or chance.random() < 0.8 else None, formula)
    return cells


class Writer:
    """Writes a sheet in one way, by chance.

    ``plain``: as Excel does, so that the fast way of reading is taken; ``strict``: the namespace of Strict files, too.
    """

    def __init__(self, chance: random.Random, *, plain: bool = False, strict: bool = True) -> None:
        self.chance = chance
        self.plain = plain
        self.prefix = "" if plain or chance.random() < 0.7 else chance.choice(("x:", "sheet:", "a.b-c:"))
        self.quote = '"' if plain or chance.random() < 0.7 else "'"
        self.places = plain or chance.random() < 0.7
        self.spaces = not plain and chance.random() < 0.2
        self.tricks = 0.0 if plain else chance.choice((0.0, 0.0, 0.3, 0.9))
        self.ordered = plain or chance.random() < 0.8
        self.main = MAIN if plain or not strict or chance.random() < 0.8 else _STRICT
        self.encoding = (
            "utf-8" if plain or chance.random() < 0.6 else chance.choice(("utf-8-sig", "utf-16", "utf-16-be"))
        )
        self.shared: list[str] = []

    def sheet(self, cells: Cells) -> bytes:
        """The sheet's part."""
        rows = sorted({row for row, _ in cells})
        if not self.ordered:
            self.chance.shuffle(rows)
        body = "".join(self._row(row, {c: cell for (r, c), cell in cells.items() if r == row}) for row in rows)
        space = f"xmlns{':' + self.prefix[:-1] if self.prefix else ''}"
        head = self._tag("dimension", {"ref": "A1:XFD9"}, None) if self._now(0.5) else ""
        head += self._trick("<!-- <sheetData><row r='1'><c r='A1'><v>666</v></c></row></sheetData> -->")
        tail = self._trick("<!-- </sheetData> -->") + self._tag("pageMargins", {"left": "0.7"}, None)
        root = self._tag("worksheet", {space: self.main}, head + self._tag("sheetData", {}, body) + tail)
        declared = {"utf-8-sig": "UTF-8", "utf-16-be": "UTF-16"}.get(self.encoding, self.encoding.upper())
        text = f'<?xml version="1.0" encoding="{declared}"?>{self._line()}{root}'
        return (text if self.encoding != "utf-16-be" else "\ufeff" + text).encode(self.encoding)

    def package(self, cells: Cells) -> bytes:
        """A workbook with this sheet alone."""
        return self.package_of(self.sheet(cells))

    def package_of(self, sheet: bytes) -> bytes:
        """A workbook with this part for its sheet."""
        items = "".join(f"<si>{text}</si>" for text in self.shared)
        parts = {
            "[Content_Types].xml": (
                '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
                '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                + "".join(
                    f'<Override PartName="/xl/{name}.xml" ContentType="{_CONTENT}.{kind}+xml"/>'
                    for name, kind in (
                        ("workbook", "sheet.main"), ("worksheets/sheet1", "worksheet"),
                        ("sharedStrings", "sharedStrings"),
                    )
                )
                + "</Types>"
            ),
            "_rels/.rels": _relations({"r1": ("officeDocument", "xl/workbook.xml")}),
            "xl/workbook.xml": (
                f'<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="{SHEET}" sheetId="1" r:id="r1"/>'
                "</sheets></workbook>"
            ),
            "xl/_rels/workbook.xml.rels": _relations(
                {"r1": ("worksheet", "worksheets/sheet1.xml"), "r2": ("sharedStrings", "sharedStrings.xml")}
            ),
            "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{items}</sst>',
        }  # fmt: skip
        target = BytesIO()
        with zipfile.ZipFile(target, "w") as package:
            for name, xml in parts.items():
                package.writestr(name, xml)
            package.writestr("xl/worksheets/sheet1.xml", sheet)
        return target.getvalue()

    def _row(self, row: int, cells: dict[int, Cell]) -> str:
        inner = ""
        before = -1
        columns = sorted(cells)
        if not self.ordered:
            self.chance.shuffle(columns)
        for column in columns:
            if self.places and self._now(0.3) and column - 1 not in cells and self.ordered and column > before + 1:
                inner += self._tag("c", {"r": f"{column_letters(column - 1)}{row + 1}", "s": "0"}, None)
            placed = self.places or column != before + 1
            inner += self._cell(row, column, cells[column], placed=placed) + self._line()
            before = column
        given = {"r": str(row + 1)} | ({"spans": "1:9", "ht": "15.75"} if self._now(0.5) else {})
        return self._tag("row", given, inner + self._trick("<!-- <c r='A1'><v>5</v></c> -->")) + self._line()

    def _cell(self, row: int, column: int, cell: Cell, *, placed: bool) -> str:
        given = {"r": f"{column_letters(column)}{row + 1}"} if placed else {}
        if self._now(0.4):
            given["s"] = "0"
        formula = "" if cell.formula is None else self._tag("f", {}, self._text(cell.formula))
        value = cell.value
        if value is None:
            inner = self._tag("v", {}, "") if self._now(0.3) else ""
        elif cell.error:
            given["t"] = "e"
            inner = self._tag("v", {}, self._text(str(value)))
        elif isinstance(value, bool):
            given["t"] = "b"
            inner = self._tag("v", {}, self._text(str(int(value))))
        elif isinstance(value, str):
            kind, inner = self._words(value, formula=bool(formula))
            given["t"] = kind
        else:
            if self._now(0.3):
                given["t"] = "n"
            inner = self._tag("v", {}, self._text(repr(value) if value % 1 else f"{value:.0f}"))
        beside = self._trick('<extLst><ext uri="u"><v>666</v></ext></extLst>', prefixed=True)
        if not self.plain and self._now(0.2):
            given = dict(reversed(given.items()))
        return self._tag("c", given, formula + self._line() + inner + beside)

    def _words(self, text: str, *, formula: bool) -> tuple[str, str]:
        """Type and inner XML of a text."""
        if formula or self._now(0.3):
            return "str", self._tag("v", {"xml:space": "preserve"} if self._now(0.3) else {}, self._text(text))
        if self._now(0.5):
            self.shared.append(self._shared_text(text))
            return "s", self._tag("v", {}, self._text(str(len(self.shared) - 1)))
        if self.plain or self._now(0.5):
            return "inlineStr", self._tag("is", {}, self._tag("t", {"xml:space": "preserve"}, self._text(text)))
        half = self.chance.randrange(len(text))
        runs = "".join(
            self._tag("r", {}, self._tag("rPr", {}, self._tag("b", {}, None)) + self._tag("t", _KEPT, self._text(part)))
            for part in (text[:half], text[half:])
        )
        sound = self._tag("rPh", {"sb": "0", "eb": "1"}, self._tag("t", {}, "666"))
        return "inlineStr", self._tag("is", {}, runs + (sound if self._now(0.5) else ""))

    def _shared_text(self, text: str) -> str:
        def t(part: str) -> str:
            return f'<t xml:space="preserve">{_escaped(part)}</t>'

        if self._now(0.6):
            return t(text)
        half = self.chance.randrange(len(text))
        sound = '<rPh sb="0" eb="1"><t>666</t></rPh><phoneticPr fontId="1"/>' if self._now(0.5) else ""
        return f"<r><rPr><b/></rPr>{t(text[:half])}</r><r>{t(text[half:])}</r>{sound}"

    def _text(self, text: str) -> str:
        """Character data; by chance with references, CDATA, a comment or an instruction in it."""
        if not self._now(self.tricks):
            return _escaped(text)
        at = self.chance.randrange(len(text) + 1)
        first, rest = text[:at], text[at:]
        ways: tuple[Callable[[], str], ...] = (
            lambda: "".join(f"&#{ord(letter)};" for letter in text),
            lambda: "".join(f"&#x{ord(letter):X};" if n % 2 else _escaped(letter) for n, letter in enumerate(text)),
            lambda: _cdata(text),
            lambda: _escaped(first) + _cdata(rest),
            lambda: f"{_escaped(first)}<!-- 6 -->{_escaped(rest)}",
            lambda: f"{_escaped(first)}<?x 6?>{_escaped(rest)}",
        )
        return self.chance.choice(ways)()

    def _trick(self, xml: str, *, prefixed: bool = False) -> str:
        if not self._now(self.tricks * 0.3) or (prefixed and self.prefix):
            return ""
        return xml

    def _tag(self, name: str, given: dict[str, str], inner: str | None) -> str:
        quoted = (f" {key}={self.quote}{value}{self.quote}" for key, value in given.items())
        begin = f"<{self.prefix}{name}{''.join(quoted)}"
        if not inner and (inner is None or self._now(0.5)):
            return f"{begin}{' ' if not self.plain and self._now(0.2) else ''}/>"
        return f"{begin}>{inner}</{self.prefix}{name}>"

    def _line(self) -> str:
        return "\n  " if self.spaces else ""

    def _now(self, share: float) -> bool:
        return self.chance.random() < share


_KEPT = {"xml:space": "preserve"}


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _cdata(text: str) -> str:
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def _relations(given: dict[str, tuple[str, str]]) -> str:
    inner = "".join(
        f'<Relationship Id="{key}" Type="{_OFFICE}/{kind}" Target="{target}"/>' for key, (kind, target) in given.items()
    )
    return f'<Relationships xmlns="{_PACKAGE}">{inner}</Relationships>'
