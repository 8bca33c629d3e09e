"""Where every cell of a form stands in its workbook. Pure; shared by builder, filler and reader.

Row 1 and column A of each sheet are hidden and hold keys: ``A1`` names the appendix, row 1 the columns, column A the
rows. The reader finds cells by these keys, so an inserted column or a renamed sheet moves no figure.

Right of the table, outside the print area: a gap, a visible column with the live state of each row, and hidden columns,
one for each column of figures, in which Kiểm tra leaves a number for the colour of the cell (``MARKS``). Colours are
conditional formats on these numbers, so clearing them brings every original format back.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from cchc_xl.catalogue.model import Appendix, AppendixKind, Column, Form, Row
from cchc_xl.expressions import CellRef, ColumnRef
from cchc_xl.severity import Severity

KEY_PREFIX = "cchc:"
KEY_ROW = 0
KEY_COLUMN = 0
FIRST_COLUMN = 1
# Below the key row: agency and motto (2 rows), office in charge and place with date (where decree 30/2020 has it,
# annex I, part II: below the motto), appendix number, title, "(Kèm theo …)", a gap.
HEAD_ROWS = 7
AGENCY_ROW, UNDER_AGENCY_ROW, OFFICE_ROW, NUMBER_ROW, TITLE_ROW, ATTACHED_ROW = range(1, 7)
CHECK_KEY = "check"
# In the key column: a row that the builder prints below the table.
FOOT_KEY = "foot"
MARK_KEY = "mark."
# What a mark column holds beside a cell in question.
MARKS = {Severity.ERROR: 3, Severity.WARNING: 2, Severity.INFO: 1}
REPORT_SHEET = "Kết quả kiểm tra"


# Widths in characters of the default font; what is not named here is a column of figures.
_WIDTHS = {
    "stt": 6.0,
    "unit": 12.0,
    "value": 12.0,
    "note": 21.0,
    "result_note": 38.0,
    "code": 17.0,
    "field": 17.0,
    "content": 16.0,
    "component": 20.0,
}
_LABEL_WIDTHS = {
    AppendixKind.INDICATORS: 44.0,
    AppendixKind.TASKS: 56.0,
    AppendixKind.CASE_MATRIX: 24.0,
    AppendixKind.PROCEDURE_LIST: 56.0,
    AppendixKind.TASK_SUMMARY: 40.0,
}
_FIGURE_WIDTH = 11.0
# Without a column of notes these two alone bear what stands at the right of the head: the national motto.
_WITHOUT_NOTES = 21.0
NOTE_KEY = "note"
CHECK_WIDTH = 66.0
LINE_HEIGHT = 16.5  # points, of Times New Roman 12
MAX_ROW_HEIGHT = 409.0  # Excel's own limit


def column_width(appendix: Appendix, column: Column) -> float:
    """Width of a column in characters."""
    if column.key == "label":
        return _LABEL_WIDTHS[appendix.kind]
    if column.key in ("unit", "value") and not any(other.key == NOTE_KEY for other in appendix.columns):
        return _WITHOUT_NOTES
    return _WIDTHS.get(column.key, _FIGURE_WIDTH)


def label_indent(row: Row) -> int:
    """Indent of a row's label: sub-rows stand under their group."""
    return max(0, min(row.level - 2, 4))


def text_lines(text: str, width: float) -> int:
    """Lines that a text needs in a column of so many characters.

    Times New Roman runs narrower than the digit that the width counts, capitals wider.
    """
    lines = 0
    for paragraph in text.split("\n"):
        needed = 0.86 * len(paragraph) + 0.3 * sum(map(str.isupper, paragraph))
        lines += max(1, math.ceil(needed / max(width - 1, 1)))
    return lines


def row_height(appendix: Appendix, row: Row, texts: Mapping[str, str]) -> float:
    """Height in points that shows all the text of a row; ``texts``: what the unit wrote, by column key."""
    lines = 1
    for column in appendix.columns:
        text = texts.get(column.key) or row.given.get(column.key, "")
        indent = label_indent(row) * 1.5 if column.key == "label" else 0
        lines = max(lines, text_lines(text, column_width(appendix, column) - indent))
    return min(MAX_ROW_HEIGHT, LINE_HEIGHT * lines + 3)


def column_letters(index: int) -> str:
    """0 → A, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_address(row: int, column: int) -> str:
    """Zero-based row and column → ``E15``."""
    return f"{column_letters(column)}{row + 1}"


def cell_position(address: str) -> tuple[int, int]:
    """``E15`` → zero-based row and column."""
    letters = address.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(address[len(letters) :]) - 1, column - 1


def appendix_key(appendix_id: str) -> str:
    """The key in the corner of an appendix sheet."""
    return KEY_PREFIX + appendix_id


@dataclass(frozen=True, slots=True)
class AppendixLayout:
    """Rows and columns (zero-based) of one appendix in its sheet."""

    appendix: str
    sheet: str
    columns: Mapping[str, int]
    rows: Mapping[int, int]
    header_top: int
    header_tiers: int
    # Columns beside the table: the live state of the row, and the marks of each input column.
    check_column: int
    marks: Mapping[str, int]
    # First column that shows, and the first of what stands at the right: motto, date, signature.
    left: int
    right_half: int

    @property
    def first_row(self) -> int:
        """First row of the table's body."""
        return self.header_top + self.header_tiers

    @property
    def last_row(self) -> int:
        """Last row of the table's body."""
        return max(self.rows.values())

    @property
    def signature_row(self) -> int:
        """Below the table and a gap, one row, because a page may break between two: the words of the signature."""
        return self.last_row + 3

    @property
    def earlier_date_row(self) -> int:
        """Where workbooks that were built before the cover knew the signer have place and date."""
        return self.last_row + 2

    @property
    def last_column(self) -> int:
        """Last column of the table."""
        return max(self.columns.values())

    def check_cell(self, order: int) -> tuple[str, str]:
        """Sheet and address of the live state of a row."""
        return self.sheet, cell_address(self.rows[order], self.check_column)

    def position(self, ref: CellRef) -> tuple[int, int]:
        """Row and column of a cell."""
        return self.rows[ref.order or 0], self.columns[ref.column]

    def address(self, ref: CellRef) -> str:
        """``E15``."""
        return cell_address(*self.position(ref))


@dataclass(frozen=True, slots=True)
class FormLayout:
    """The layout of every appendix, by id."""

    form: Form
    appendices: Mapping[str, AppendixLayout]

    def addresses(self, home: str) -> FormAddresses:
        """Addresses as formulas on the sheet of appendix ``home`` write them."""
        return FormAddresses(self, home)


@dataclass(frozen=True, slots=True)
class FormAddresses:
    """Implements ``expressions.Addresses`` on a layout."""

    layout: FormLayout
    home: str

    def cell(self, ref: CellRef) -> str:
        """The address, with its sheet when it is another one."""
        return self._sheet(ref.appendix) + self.layout.appendices[ref.appendix].address(ref)

    def column(self, ref: ColumnRef) -> str:
        """Absolute range from the first to the last task or item row."""
        place = self.layout.appendices[ref.appendix]
        orders = self.layout.form.appendix(ref.appendix).items
        return self._sheet(ref.appendix) + absolute_range(place.rows, orders, place.columns[ref.column])

    def row_count(self, appendix: str) -> int | str:
        """Number of task or item rows; spare ones count as soon as they have a name."""
        form, place = self.layout.form.appendix(appendix), self.layout.appendices[appendix]
        return counted_rows(form, place.rows, place.columns["label"], self._sheet(appendix))

    def _sheet(self, appendix: str) -> str:
        return "" if appendix == self.home else "'" + self.layout.appendices[appendix].sheet.replace("'", "''") + "'!"


def absolute_range(rows: Mapping[int, int], orders: Sequence[int], column: int) -> str:
    """``$E$12:$E$30`` from the first to the last of these rows, as far as the sheet has them."""
    there = [rows[order] + 1 for order in orders if order in rows]
    letters = column_letters(column)
    return f"${letters}${there[0]}:${letters}${there[-1]}"


def counted_rows(appendix: Appendix, rows: Mapping[int, int], label: int, sheet: str = "") -> int | str:
    """The number of task or item rows; with spare rows a formula that counts those that have a name."""
    printed, spare = len(appendix.printed_items), tuple(appendix.spare_cells)
    if not any(order in rows for order in spare):
        return printed
    names = sheet + absolute_range(rows, spare, label)
    # A name of spaces is none; an error value in a name counts as one and is not passed on.
    return f'({printed}+IFERROR(SUMPRODUCT(--(TRIM({names})<>"")),ROWS({names})-COUNTBLANK({names})))'


@cache
def form_layout(form: Form) -> FormLayout:
    """The layout of a form as our builder writes it."""
    return FormLayout(form, {appendix.id: _appendix_layout(appendix) for appendix in form.appendices})


def _appendix_layout(appendix: Appendix) -> AppendixLayout:
    tiers = max(len(column.heading.split(" > ")) for column in appendix.columns)
    header_top = 1 + HEAD_ROWS
    check_column = FIRST_COLUMN + len(appendix.columns) + 1
    inputs = [column.key for column in appendix.columns if not column.given or column.spare is not None]
    return AppendixLayout(
        appendix=appendix.id,
        sheet=appendix.id,
        columns={column.key: FIRST_COLUMN + index for index, column in enumerate(appendix.columns)},
        rows={row.order: header_top + tiers + index for index, row in enumerate(appendix.in_sheet)},
        header_top=header_top,
        header_tiers=tiers,
        check_column=check_column,
        marks={key: check_column + 1 + index for index, key in enumerate(inputs)},
        left=FIRST_COLUMN + next(index for index, column in enumerate(appendix.columns) if column.heading),
        right_half=FIRST_COLUMN + _right_half(appendix),
    )


def _right_half(appendix: Appendix) -> int:
    """Index of the first column after the label from which on the table is at most 58 % of its width."""
    widths = [column_width(appendix, column) if column.heading else 0.0 for column in appendix.columns]
    label = [column.key for column in appendix.columns].index("label")
    narrow = (i for i in range(label + 1, len(widths)) if sum(widths[i:]) <= 0.58 * sum(widths))
    return next(narrow, label + 1)
