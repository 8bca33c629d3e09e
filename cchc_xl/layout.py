"""Where every cell of a form stands in its workbook. Pure; shared by builder, filler and reader.

Row 1 and column A of each sheet are hidden and hold keys: ``A1`` names the appendix, row 1 the columns, column A the
rows. The reader finds cells by these keys, so an inserted column or a renamed sheet moves no figure.

Right of the table, outside the print area: a gap, a visible column with the live state of each row, and hidden columns,
one for each column of figures, in which Kiểm tra leaves a number for the colour of the cell (``MARKS``). Colours are
conditional formats on these numbers, so clearing them brings every original format back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from cchc_xl.catalogue.model import Appendix, AppendixKind, Column, Form, Row, RowRole
from cchc_xl.expressions import CellRef, ColumnRef
from cchc_xl.lettering import text_lines
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
# Beside the table, for people only: the last period's figures, and links to other sheets.
BEFORE_KEY = "before."
LINK_KEY = "link.note"
# What a mark column holds beside a cell in question.
MARKS = {Severity.ERROR: 3, Severity.WARNING: 2, Severity.INFO: 1}
REPORT_SHEET = "Kết quả kiểm tra"


# Widths in characters of the default font; what is not named here is a column of figures.
_WIDTHS = {
    "stt": 6.0,
    "unit": 15.5,
    "value": 15.0,  # 1.234.567.890 with a space beside it
    "note": 19.0,
    "result_note": 38.0,
    "code": 17.0,
    "field": 17.0,
    "content": 16.0,
    "component": 20.0,
}
_LABEL_WIDTHS = {
    AppendixKind.INDICATORS: 43.0,
    AppendixKind.TASKS: 56.0,
    AppendixKind.CASE_MATRIX: 24.0,
    AppendixKind.PROCEDURE_LIST: 56.0,
    AppendixKind.TASK_SUMMARY: 40.0,
}
_FIGURE_WIDTH = 11.0
# Without a column of notes these two alone bear what stands at the right of the head: the national motto.
_WITHOUT_NOTES = 25.0
NOTE_KEY = "note"
# The column of live states; its texts are smaller than the table's.
CHECK_WIDTH = 72.0
CHECK_SIZE = 10
LINE_HEIGHT = 15.75  # points, of Times New Roman 12, as Excel fits a row
_INDENT = 1.5  # characters
_CODE_OF_LIST = re.compile(r"(=\s*\d+;?)\s+(?=\S)")
MAX_ROW_HEIGHT = 409.0  # Excel's own limit


def column_width(appendix: Appendix, column: Column) -> float:
    """Width of a column in characters."""
    if column.key == "label":
        return _LABEL_WIDTHS[appendix.kind]
    if column.key in ("unit", "value") and not any(other.key == NOTE_KEY for other in appendix.columns):
        return _WITHOUT_NOTES
    return _WIDTHS.get(column.key, _FIGURE_WIDTH)


def printed_width(appendix: Appendix, column: Column) -> float:
    """Width of a column in points: 7 pixels for each character and 5 around them, 96 to the inch."""
    return (column_width(appendix, column) * 7 + 5) * 72 / 96


def label_indent(row: Row) -> int:
    """Indent of a row's label: sub-rows stand under their group."""
    return max(0, min(row.level - 2, 4))


@cache
def _containers(appendix: Appendix) -> frozenset[int]:
    return frozenset(row.parent for row in appendix.printed)


@cache
def _boxes(appendix: Appendix) -> Mapping[str, frozenset[int]]:
    """By group column the rows whose cell belongs to the box of the row above; an outer group ends the inner ones."""
    grouping = [column.key for column in appendix.columns if column.group]
    found: dict[str, set[int]] = {key: set() for key in grouping}
    for above, row in pairwise(appendix.printed):
        for key in grouping:
            if row.given.get(key) or RowRole.TOTAL in (above.role, row.role):
                break
            found[key].add(row.order)
    return {key: frozenset(orders) for key, orders in found.items()}


def in_box_above(appendix: Appendix, row: Row, key: str) -> bool:
    """Whether a printed cell has no line above it: it belongs to the group that a row above it names."""
    return row.order in _boxes(appendix).get(key, ())


def is_bold(appendix: Appendix, row: Row) -> bool:
    """Whether a row is printed bold: totals, headings of a group, and rows of the first level where there are groups.

    A row without a figure of its own is no heading when nothing stands below it: it explains the row above.
    """
    if row.role is RowRole.HEADING:
        return row.level == 1 or row.order in _containers(appendix)
    grouped = appendix.kind is AppendixKind.INDICATORS and any(other.level > 1 for other in appendix.rows)
    return row.role is RowRole.TOTAL or (row.level == 1 and grouped)


def heads_group(appendix: Appendix, row: Row) -> bool:
    """Whether rows stand below a row as its parts: it must not be the last one of a page."""
    return row.order in _containers(appendix)


def is_group_heading(appendix: Appendix, row: Row) -> bool:
    """Whether a row is printed as the heading of the rows below it."""
    return is_bold(appendix, row) and row.role is not RowRole.TOTAL and heads_group(appendix, row)


def total_label_columns(appendix: Appendix, row: Row) -> int:
    """Over how many columns a total's label is printed that stands before the label column; 0: in its own cell only."""
    if row.role is not RowRole.TOTAL:
        return 0
    end = [column.key for column in appendix.columns].index("label") + 1
    first, *others = (printed_text(row, column.key) for column in appendix.columns[:end])
    return end if first and not any(others) else 0


def is_landscape(appendix: Appendix) -> bool:
    """Whether an appendix is printed on the long side: tables of many columns."""
    return appendix.kind is not AppendixKind.INDICATORS


def printed_text(row: Row, key: str) -> str:
    """What the form prints in a cell. Codes that stand in the column of units get a line each."""
    text = row.given.get(key, "")
    return _CODE_OF_LIST.sub(r"\1\n", text) if key == "unit" else text


def row_height(appendix: Appendix, row: Row, texts: Mapping[str, str]) -> float:
    """Height in points that shows all the text of a row; ``texts``: what the unit wrote, by column key."""
    lines, bold = 1, is_bold(appendix, row)
    for column in appendix.columns:
        text = texts.get(column.key) or printed_text(row, column.key)
        indent = 0.0 if column.given else _INDENT
        if column.key == "label":
            indent = label_indent(row) * _INDENT
        lines = max(lines, text_lines(text, column_width(appendix, column) - indent, bold=bold))
    return min(MAX_ROW_HEIGHT, LINE_HEIGHT * lines + 3)


@cache
def check_room(form: Form, appendix: str, order: int) -> int:
    """How many lines of a state the row of a blank form shows: its height is the table's own."""
    row = form.appendix(appendix).row(order)
    return max(1, int((row_height(form.appendix(appendix), row, {}) - 2) // (1.3 * CHECK_SIZE)))


def check_text_fits(text: str, lines: int) -> bool:
    """Whether a state shows whole in so many lines of its column; measured on Times New Roman."""
    needed = (0.95 * len(text) + 0.33 * sum(map(str.isupper, text))) * CHECK_SIZE / 12
    return needed <= (CHECK_WIDTH - 3) * lines * (1 if lines == 1 else 0.94)


@cache
def column_letters(index: int) -> str:
    """0 → A, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """A → 0, AA → 26."""
    index = 0
    for letter in letters:
        index = 26 * index + ord(letter) - 64
    return index - 1


@lru_cache(maxsize=65_536)
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
        right_half=FIRST_COLUMN + right_half(appendix),
    )


def right_half(appendix: Appendix) -> int:
    """Index of the first column after the label from which on the table is at most 58 % of its width."""
    widths = [column_width(appendix, column) if column.heading else 0.0 for column in appendix.columns]
    label = [column.key for column in appendix.columns].index("label")
    narrow = (i for i in range(label + 1, len(widths)) if sum(widths[i:]) <= 0.58 * sum(widths))
    return next(narrow, label + 1)
