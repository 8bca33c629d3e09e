"""The tables of a Word document (.docx): text by cell, letters of old fonts converted.

ECMA-376 part 1: §17.4.37 (tbl), §17.4.78 (tr), §17.4.65 (tc), §17.4.17 (gridSpan), §17.4.14 (gridBefore), §17.4.84
(vMerge), §17.3.2.26 (rFonts), §17.7 (styles). The text is what a reader sees who takes all tracked changes (§17.13.5)
as made: neither what was deleted or moved away, nor how it looked before, nor hidden text; field codes are no text, and
of alternatives the first counts. What was struck out stays, struck out, so that it is no figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cchc_xl.legacy_letters import Encoding, encoding_of_font, to_unicode
from cchc_xl.ooxml.limits import Limits
from cchc_xl.readers.extent import parse
from cchc_xl.readers.foreign.table import ForeignTable, SparseRows, TooLarge, attributes
from cchc_xl.values import from_text

DOCUMENT, STYLES = "word/document.xml", "word/styles.xml"
_NAMESPACES = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main ",
    "http://purl.oclc.org/ooxml/wordprocessingml/main ",
)
_FALLBACK = "http://schemas.openxmlformats.org/markup-compatibility/2006 Fallback"
# Word itself allows 63 columns.
_MOST_COLUMNS = 200
_MOST_TABLES = 1_000
_MOST_ABOVE = 2_000
_GONE = frozenset(
    {
        "del",
        "moveFrom",
        "rPrChange",
        "pPrChange",
        "tblPrChange",
        "tblPrExChange",
        "trPrChange",
        "tcPrChange",
        "tblGridChange",
        "sectPrChange",
    }
)
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
STRUCK = "\u0336"
# Symbols of Wingdings that mark a task in a list; of other symbols a dot tells that there is one.
_SYMBOLS = {"F0FC": "✓", "F0FE": "☑", "F0FB": "✗", "F0FD": "☒", "F0A8": "☐", "F06F": "☐"}
_SIGNS = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def word_tables(document: bytes, styles: bytes, limits: Limits) -> list[ForeignTable]:
    """The tables in their order, those within a cell after the one around them.

    Raises ``ValueError`` for no XML and ``TooLarge`` for what no form holds.
    """
    if document.count(b"<") > limits.tags:
        raise TooLarge
    reading = _Reading(_Fonts(styles), limits)
    parse(document, reading.start, reading.end, reading.text, namespaces=True)
    return [
        ForeignTable(
            f"Bảng {number}",
            table.cells.laid_out(),
            table.above,
            boxes=table.cells.boxes,
            hidden_rows=frozenset(table.hidden_rows),
        )
        for number, table in enumerate(reading.tables, start=1)
    ]


@dataclass(slots=True)
class _Table:
    cells: SparseRows
    above: str
    row: int = -1
    column: int = 0
    span: int = 1
    merge: str = ""
    deleted: bool = False  # the row
    # By column the row in which a box began that goes on.
    boxes: dict[int, int] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    paragraphs: list[str] = field(default_factory=list)


class _Reading:
    """What the parser calls."""

    def __init__(self, fonts: _Fonts, limits: Limits) -> None:
        self.tables: list[_Table] = []
        self._fonts = fonts
        self._limits = limits
        self._open: list[_Table] = []
        self._above: list[str] = []
        # Those that are open: one in a text box stands within another.
        self._open_paragraphs: list[list[str]] = []
        self._paragraph_style = self._run_style = self._run_font = ""
        self._in_run = self._in_text = self._in_row_properties = False
        self._invisible = self._raised = self._struck = False  # of the run
        self._skipped = 0

    def start(self, name: str, flat: list[str]) -> None:
        local = _local(name)
        if local == "del" and self._in_row_properties and not self._skipped:
            self._open[-1].deleted = True
        if self._skipped or name == _FALLBACK or local in _GONE:
            self._skipped += 1
            return
        match local:
            case "t":
                self._in_text = True
            case "tab" | "br" | "cr" | "noBreakHyphen" if self._in_run and self._open_paragraphs:
                self._open_paragraphs[-1].append(_SIGNS[local])
            case "r":
                self._in_run = True
                self._run_style = self._run_font = ""
                self._invisible = self._raised = self._struck = False
            case "vanish" if self._in_run:
                self._invisible = _on(flat)
            case "strike" | "dstrike" if self._in_run:
                self._struck = self._struck or _on(flat)
            case "vertAlign" if self._in_run:
                self._raised = attributes(flat).get("val") == "superscript"
            case "sym" if self._in_run and self._open_paragraphs:
                self._open_paragraphs[-1].append(_symbol(attributes(flat)))
            case "rFonts" if self._in_run:
                given = attributes(flat)
                self._run_font = given.get("ascii") or given.get("hAnsi") or ""
            case "rStyle" if self._in_run:
                self._run_style = attributes(flat).get("val", "")
            case "p":
                self._open_paragraphs.append([])
                self._paragraph_style = ""
            case "pStyle":
                self._paragraph_style = attributes(flat).get("val", "")
            case "tbl":
                self._begin_table()
            case "tr" if self._open:
                self._open[-1].row += 1
                self._open[-1].column, self._open[-1].deleted = 0, False
            case "trPr" if self._open:
                self._in_row_properties = True
            case "hidden" if self._in_row_properties and _on(flat):
                self._open[-1].hidden_rows.add(self._open[-1].row)
            case "tc" if self._open:
                self._open[-1].span, self._open[-1].merge, self._open[-1].paragraphs = 1, "", []
            case "vMerge" if self._open:
                self._open[-1].merge = attributes(flat).get("val", "continue")
            case "gridSpan" if self._open:
                self._open[-1].span = max(1, _count(flat))
            case "gridBefore" if self._open:
                self._open[-1].column += _count(flat)

    def end(self, name: str) -> None:
        if self._skipped:
            self._skipped -= 1
            return
        match _local(name):
            case "t":
                self._in_text = False
            case "r":
                self._in_run = False
            case "trPr":
                self._in_row_properties = False
            case "p" if self._open_paragraphs:
                finished = "".join(self._open_paragraphs.pop())
                (self._open[-1].paragraphs if self._open else self._above).append(finished)
            case "tc" if self._open:
                self._end_cell(self._open[-1])
            case "tbl" if self._open:
                self._open.pop()

    def text(self, part: str) -> None:
        if self._in_text and not self._skipped and not self._invisible and self._open_paragraphs:
            encoding = self._fonts.encoding(self._run_font, self._run_style, self._paragraph_style)
            text = to_unicode(part, encoding) if encoding else part
            if self._raised and "".join(self._open_paragraphs[-1])[-1:].isdecimal():
                text = text.translate(_RAISED)  # the number of a note behind a figure is no digit of it
            if self._struck:
                text = "".join(letter + STRUCK for letter in text)
            self._open_paragraphs[-1].append(text)

    def _begin_table(self) -> None:
        if len(self.tables) == _MOST_TABLES:
            raise TooLarge
        table = _Table(SparseRows(self._limits), "\n".join(self._above)[-_MOST_ABOVE:])
        self._above = []
        self.tables.append(table)
        self._open.append(table)

    def _end_cell(self, table: _Table) -> None:
        text = "\n".join(paragraph for paragraph in table.paragraphs if paragraph.strip())
        if table.column + table.span > _MOST_COLUMNS:
            raise TooLarge
        row, column = max(table.row, 0), table.column
        table.column += table.span
        if table.merge == "continue" and column in table.boxes:
            top = table.boxes[column]  # what lies behind the first cell of a box is not shown
            table.cells.merge(top, column, row - top + 1, table.span)
            return
        table.boxes[column] = row
        if not table.deleted:
            table.cells.put(row, column, from_text(text))
            table.cells.merge(row, column, 1, table.span)


class _Fonts:
    """Which old encoding a run is in: by its own font, else by its styles, else by the document's defaults."""

    def __init__(self, styles: bytes) -> None:
        self._font: dict[str, str] = {}
        self._based_on: dict[str, str] = {}
        self._default = self._usual = ""
        self._known: dict[tuple[str, str, str], Encoding | None] = {}
        if styles:
            self._read(styles)

    def _read(self, styles: bytes) -> None:
        current = ""
        in_defaults = False

        def start(name: str, flat: list[str]) -> None:
            nonlocal current, in_defaults
            given: Mapping[str, str] = attributes(flat)
            match _local(name):
                case "docDefaults":
                    in_defaults = True
                case "style":
                    in_defaults, current = False, given.get("styleId", "")
                    if given.get("type") == "paragraph" and given.get("default") in ("1", "true", "on"):
                        self._usual = current
                case "basedOn":
                    self._based_on[current] = given.get("val", "")
                case "rFonts":
                    font = given.get("ascii") or given.get("hAnsi") or ""
                    if in_defaults:
                        self._default = font
                    elif font:
                        self._font[current] = font

        parse(styles, start, namespaces=True)

    def encoding(self, font: str, run_style: str, paragraph_style: str) -> Encoding | None:
        key = (font, run_style, paragraph_style)
        if key not in self._known:
            found = font or self._of(run_style) or self._of(paragraph_style or self._usual) or self._default
            self._known[key] = encoding_of_font(found)
        return self._known[key]

    def _of(self, style: str) -> str:
        for _ in range(20):  # a chain of styles that closes on itself ends here
            if not style or style in self._font:
                break
            style = self._based_on.get(style, "")
        return self._font.get(style, "")


def _local(name: str) -> str:
    for namespace in _NAMESPACES:
        if name.startswith(namespace):
            return name[len(namespace) :]
    return ""


def _on(flat: Sequence[str]) -> bool:
    """Whether a property that is on or off is on (§17.17.4)."""
    return attributes(flat).get("val", "true") not in ("0", "false", "off")


def _symbol(given: Mapping[str, str]) -> str:
    known = _SYMBOLS.get(given.get("char", "").upper(), "") if "wingdings" in given.get("font", "").casefold() else ""
    return known or "•"


def _count(flat: Sequence[str]) -> int:
    text = attributes(flat).get("val", "")
    if not text.isdecimal():
        return 0
    return int(text) if len(text) < 4 else _MOST_COLUMNS + 1
