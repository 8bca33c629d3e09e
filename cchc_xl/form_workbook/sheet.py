"""One appendix → one sheet: official head, table, formulas, open and locked cells, hidden keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from cchc_xl.catalogue.model import Appendix, CellKind, CellSpec, Column, Row, RowRole
from cchc_xl.cell_look import open_look, printed_look
from cchc_xl.companions import NO_COMPANIONS, Companions
from cchc_xl.companions.counted_label import label_formula
from cchc_xl.companions.head import HeadLine, Part, head_lines, signature_line
from cchc_xl.companions.overview import open_cells
from cchc_xl.cover import Cover, standard_place
from cchc_xl.expressions import CellRef, as_excel
from cchc_xl.form_workbook.before import write_before
from cchc_xl.form_workbook.styles import (
    BAD_FILL,
    COMPUTED_FILL,
    CORRECT_COLOUR,
    HEADER_FILL,
    INPUT_FILL,
    MARK_FILLS,
    NUMBER_FORMATS,
    Styles,
    decree_page,
    fit_rows_while_typing,
)
from cchc_xl.form_workbook.validation import NAME_OF_SPARE_ROW, condition, validation
from cchc_xl.layout import (
    CHECK_KEY,
    CHECK_SIZE,
    CHECK_WIDTH,
    FIRST_COLUMN,
    FOOT_KEY,
    KEY_COLUMN,
    KEY_ROW,
    LINK_KEY,
    MARK_KEY,
    MARKS,
    MAX_ROW_HEIGHT,
    AppendixLayout,
    FormLayout,
    appendix_key,
    cell_address,
    column_letters,
    column_width,
    in_box_above,
    is_bold,
    is_landscape,
    printed_text,
    row_height,
    total_label_columns,
)
from cchc_xl.live_checks.messages import CORRECT
from cchc_xl.row_heights import (
    GAP,
    SIGNATURE_HEIGHT,
    changes_of_rows,
    head_heights,
    header_cells,
    header_heights,
)
from cchc_xl.stamp import Stamp
from cchc_xl.values import State, Value

CHECK_HEADING = "Kiểm tra"
_NEARLY_BLACK = "#000001"
Moment = datetime | date | time | timedelta
# Points of the 300 or so that Excel has for rows on a screen of 1366 × 768 pixels.
_MOST_FROZEN = 200.0


@dataclass(frozen=True, slots=True)
class Contents:
    """What a sheet is filled with: values and, for computed cells, their true results.

    ``formulas`` replaces cells by live formulas of the caller's (a summary linking to its sources).
    ``moments``: what of ``values`` is a date or time, so that the cell holds one and not its text.
    """

    values: Mapping[CellRef, Value] = field(default_factory=dict)
    results: Mapping[CellRef, Decimal | None] = field(default_factory=dict)
    formulas: Mapping[CellRef, str] = field(default_factory=dict)
    # Formula and true result of each row's state, by appendix and order; without any there is no such column.
    states: Mapping[tuple[str, int], tuple[str, str]] = field(default_factory=dict)
    moments: Mapping[CellRef, Moment] = field(default_factory=dict)
    # Beside a row, outside the print: a link to a cell of this workbook (``'Trang'!F5``) and its words.
    links: Mapping[tuple[str, int], tuple[str, str]] = field(default_factory=dict)
    # By appendix: the cells whose values the caller's formulas show; an empty one is no filled cell of the appendix.
    awaited: Mapping[str, str] = field(default_factory=dict)
    # What stood in a cell in the last period, shown grey beside the table, and that period in words.
    before: Mapping[CellRef, Value] = field(default_factory=dict)
    before_words: str = ""


class AppendixSheet:
    """Writes one appendix into a workbook that is being built."""

    def __init__(
        self,
        workbook: Any,
        styles: Styles,
        layout: FormLayout,
        appendix: Appendix,
        stamp: Stamp,
        contents: Contents,
        shown: Companions = NO_COMPANIONS,
    ) -> None:
        self.styles = styles
        self.layout = layout
        self.appendix = appendix
        self.place: AppendixLayout = layout.appendices[appendix.id]
        self.stamp = stamp
        self.contents = contents
        # What the formulas beside the figures show.
        self.shown = shown.get(self.place.sheet, {})
        self.cover = standard_place(layout.form)
        self.no_cover = Cover(self.cover, {})
        self.addresses = layout.addresses(appendix.id)
        self.sheet = workbook.add_worksheet(self.place.sheet)
        self.heights = head_heights(appendix, self.place, self.shown) | header_heights(appendix, self.place)
        # By order the points that a row is higher than its text needs, or lower (``pages``).
        self.row_changes: Mapping[int, float] = {}
        fit_rows_while_typing(self.sheet)

    def write(self) -> Any:
        """Write everything; gives the XlsxWriter worksheet."""
        self._page()
        self._keys()
        for at, height in self.heights.items():
            self.sheet.set_row(at, height)
        self._head()
        self._table_header()
        self._freeze()
        self.row_changes = self._row_changes()
        for row in self.appendix.in_sheet:
            self._row(row)
        self._say_how_to_add_rows()
        self._signature()
        self._red_where_wrong()
        self._show_fractions()
        self._beside_the_table()
        if self.contents.states:
            self._states()
        self._links()
        if self.contents.before:
            write_before(self.sheet, self.styles, self.appendix, self.place, self.contents)
        self.sheet.protect("", {"format_rows": True, "format_columns": True, "autofilter": True})
        return self.sheet

    # the page -----------------------------------------------------------------------------------------------------

    def _page(self) -> None:
        sheet, place = self.sheet, self.place
        decree_page(sheet)
        if is_landscape(self.appendix):
            sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.print_black_and_white()  # fills are for the screen
        sheet.repeat_rows(place.header_top, place.first_row - 1)
        sheet.print_area(1, 1, place.signature_row, place.last_column)
        sheet.set_zoom(100)
        first = next(iter(open_cells(self.layout.form, self.appendix)), None)
        if first is not None:
            sheet.set_selection(*self.place.position(first.ref), *self.place.position(first.ref))

    def _freeze(self) -> None:
        """Head and table header stay in sight, unless too little of a small screen were left to the rows below them.

        Excel freezes from the top of the sheet on, so a high header can only go along with the head or not at all.
        """
        frozen = sum(self.heights.values())
        self.sheet.freeze_panes(self.place.first_row if frozen <= _MOST_FROZEN else 0, self.place.columns["label"] + 1)

    def _row_changes(self) -> Mapping[int, float]:
        rows = {row: self._row_height(row) for row in self.appendix.in_sheet if not row.spare or self._in_use(row)}
        return changes_of_rows(self.appendix, self.place, self.shown, rows)

    def _keys(self) -> None:
        sheet = self.sheet
        sheet.set_column(KEY_COLUMN, KEY_COLUMN, None, None, {"hidden": True})
        for column in self.appendix.columns:
            index = self.place.columns[column.key]
            hidden = {"hidden": True} if not column.heading else {}
            sheet.set_column(index, index, self._width(column), None, hidden)
            sheet.write_string(KEY_ROW, index, column.key)
        sheet.write_string(KEY_ROW, KEY_COLUMN, appendix_key(self.appendix.id))
        sheet.set_row(KEY_ROW, None, None, {"hidden": True})

    def _width(self, column: Column) -> float:
        return column_width(self.appendix, column)

    def _head(self) -> None:
        """Agency and motto, number and title of the appendix, the report that it belongs to; live from the cover."""
        for line in head_lines(self.appendix):
            self._head_line(line)

    def _signature(self) -> None:
        """The words of the signature and the room to sign: one tall row, because a page never breaks within a row."""
        place = self.place
        for row in range(place.last_row + 1, place.signature_row + 1):
            self.sheet.write_string(row, KEY_COLUMN, FOOT_KEY)
            self.sheet.set_row(row, GAP)
        self._head_line(signature_line(self.layout.form, place.signature_row))
        self.sheet.set_row(place.signature_row, SIGNATURE_HEIGHT)

    def _head_line(self, line: HeadLine) -> None:
        place = self.place
        first = place.right_half if line.part is Part.RIGHT else place.left
        last = place.right_half - 1 if line.part is Part.LEFT else place.last_column
        look: dict[str, object] = {"align": "center", "valign": line.valign, "font_size": line.size}
        flags = {"bold": line.bold, "italic": line.italic, "text_wrap": line.wrap}
        look |= {name: True for name, on in flags.items() if on}
        if line.underline:
            look["underline"] = 1
        style = self.styles.get(**look)
        if line.formula is None:
            self._span(line.row, first, last, line.words(self.no_cover), style)
        else:
            self._span_formula(line.row, first, last, line.formula(self.cover), style)

    def _span_formula(self, row: int, first: int, last: int, formula: str, style: Any) -> None:
        self._span(row, first, last, "", style)
        shown = self.shown.get(cell_address(row, first))
        self.sheet.write_formula(row, first, formula, style, shown if shown is not None else "")

    def _span(self, row: int, first: int, last: int, text: str, style: Any) -> None:
        if last > first:
            self.sheet.merge_range(row, first, row, last, text, style)
        else:
            self.sheet.write_string(row, first, text, style)

    # the table ----------------------------------------------------------------------------------------------------

    def _table_header(self) -> None:
        style = self.styles.cell(bold=True, align="center", bg_color=HEADER_FILL)
        top = self.place.header_top
        for tier in range(self.place.header_tiers):
            for text, first, last, tiers in header_cells(self.appendix, tier):
                left, right = FIRST_COLUMN + first, FIRST_COLUMN + last
                if tiers > 1 or last > first:
                    self.sheet.merge_range(top + tier, left, top + tier + tiers - 1, right, text, style)
                else:
                    self.sheet.write_string(top + tier, left, text, style)

    def _row(self, row: Row) -> None:
        at = self.place.rows[row.order]
        hidden = {"hidden": True} if row.spare and not self._in_use(row) else {}
        self.sheet.set_row(at, self._row_height(row), None, hidden)
        self.sheet.write_number(at, KEY_COLUMN, row.order)
        bold = is_bold(self.appendix, row)
        start = self._total_label(row, at)
        for column in self.appendix.columns[start:]:
            spec = self.appendix.cells.get(CellRef(self.appendix.id, row.order, column.key))
            index = self.place.columns[column.key]
            if spec is None:
                text = printed_text(row, column.key)
                look = printed_look(row, column)
                lines = self._lines(row, column)
                bold_here = bold and not look.words
                style = self.styles.cell(bold=bold_here, align=look.align, indent=look.indent, **lines)
                formula = label_formula(self.appendix, row, self.place) if column.key == "label" else None
                if formula is not None:
                    shown = self.shown.get(cell_address(at, index), text)
                    self.sheet.write_formula(at, index, formula, style, shown)
                elif text:
                    self.sheet.write_string(at, index, text, style)
                else:
                    self.sheet.write_blank(at, index, None, style)
            else:
                self._cell(spec, at, index, bold)

    def _total_label(self, row: Row, at: int) -> int:
        """Print a total's label that stands before the label column across both; gives the number of columns done.

        The label column itself must keep what the form has there: it is how a row is known.
        """
        end = total_label_columns(self.appendix, row)
        if end:
            text = printed_text(row, self.appendix.columns[0].key)
            self._span(at, FIRST_COLUMN, FIRST_COLUMN + end - 1, text, self.styles.cell(bold=True, align="center"))
        return end

    def _lines(self, row: Row, column: Column) -> dict[str, object]:
        """Which lines of a printed cell are left out: within the box of a group, and before the label of a total.

        A box that goes over a page's end is open there: nobody knows that row beforehand (what a unit types makes
        rows grow), and a line drawn for a page's end that has moved would part the box. Word closes it by itself.
        """
        keys = [other.key for other in self.appendix.columns]
        label = keys.index("label")
        if row.role is RowRole.TOTAL and keys.index(column.key) <= label:
            lines: dict[str, object] = {"left": 0} if column.key != keys[0] else {}
            return lines if column.key == "label" else {**lines, "right": 0}
        if not column.group:
            return {}
        rank = self.appendix.rank[row.order] + 1
        below = self.appendix.in_sheet[rank] if rank < len(self.appendix.in_sheet) else None
        lines = {"valign": "top"}
        if in_box_above(self.appendix, row, column.key):
            lines["top"] = 0
        if below is not None and in_box_above(self.appendix, below, column.key):
            lines["bottom"] = 0
        return lines

    def _in_use(self, row: Row) -> bool:
        """Whether anything stands in a spare row; a blank one is hidden until somebody wants it."""
        filled = {ref for ref, value in self.contents.values.items() if value.filled} | self.contents.formulas.keys()
        return any(spec.ref in filled for spec in self.appendix.spare_cells[row.order])

    def _say_how_to_add_rows(self) -> None:
        """A prompt, which does not print, at the label above the hidden rows."""
        spare = [row for row in self.appendix.rows if row.spare]
        if not spare:
            return
        first, last = self.place.rows[spare[0].order], self.place.rows[spare[-1].order]
        message = (
            f"Dưới dòng này có {len(spare)} dòng thêm đang ẩn (hàng {first + 1} đến {last + 1}). Để dùng: chọn hàng "
            f"{first} đến hàng {last + 2} ở lề trái, bấm chuột phải, chọn Bỏ ẩn (Unhide), rồi ghi tên và số liệu."
        )
        column = self.place.columns["label"]
        options = {"validate": "any", "input_title": "Thêm dòng", "input_message": message}
        self.sheet.data_validation(first - 1, column, first - 1, column, options)

    def _row_height(self, row: Row) -> float:
        texts = {
            column.key: value.text
            for column in self.appendix.columns
            if (value := self.contents.values.get(CellRef(self.appendix.id, row.order, column.key))) is not None
        }
        return min(MAX_ROW_HEIGHT, row_height(self.appendix, row, texts) + self.row_changes.get(row.order, 0))

    def _cell(self, spec: CellSpec, at: int, index: int, bold: bool) -> None:
        value = self.contents.values.get(spec.ref)
        given = spec.column.given
        if given and value is None:
            self._content(
                at,
                index,
                Value(State.TEXT, text=spec.row.given.get(spec.column.key, "")),
                self.styles.cell(align="center"),
            )
            return
        formula = self.contents.formulas.get(spec.ref)
        if formula is None and value is None and spec.derived:
            formula = as_excel(spec.derived[0], self.addresses, spec.row.order)
        style = self._style(spec, locked=formula is not None or given, bold=bold)
        if formula is not None:
            result = self.contents.results.get(spec.ref)
            self.sheet.write_formula(at, index, formula, style, float(result) if result is not None else "")
        elif spec.ref in self.contents.moments:
            moment = self.contents.moments[spec.ref]
            number_format = {"num_format": moment_format(moment)}
            style = self.styles.cell(bg_color=INPUT_FILL, align="right", indent=1, locked=False, **number_format)
            self.sheet.write_datetime(at, index, moment, style)
        else:
            self._content(at, index, value, style)
        if formula is None and not given:
            options = validation(spec, cell_address(at, index))
            if spec.row.spare and spec.column.key == "label":
                options = NAME_OF_SPARE_ROW
            if options is not None:
                self.sheet.data_validation(at, index, at, index, options)

    def _content(self, at: int, index: int, value: Value | None, style: Any) -> None:
        if value is None or value.state is State.BLANK:
            self.sheet.write_blank(at, index, None, style)
        elif value.number is not None:
            self.sheet.write_number(at, index, float(value.number), style)
        else:
            self.sheet.write_string(at, index, value.text, style)

    def _style(self, spec: CellSpec, *, locked: bool, bold: bool) -> Any:
        look = open_look(self.appendix, spec)
        return self.styles.cell(
            indent=look.indent,
            align=look.align,
            bg_color=COMPUTED_FILL if locked else INPUT_FILL,
            italic=locked,
            bold=bold and not look.words,
            num_format=NUMBER_FORMATS[look.numbers],
            locked=locked,
            # LibreOffice forgets the indent of a wrapped figure that looks just like its left neighbour: in every other
            # column the letters are the least bit off black.
            **({"font_color": _NEARLY_BLACK} if self.place.columns[spec.column.key] % 2 else {}),
        )

    def _red_where_wrong(self) -> None:
        """Pasting destroys validation, so the condition stands as a colour too; equal neighbours share a range."""
        wrong = self.styles.workbook.add_format(
            {"bg_color": BAD_FILL, "font_color": "#9C0006", "num_format": "General"}
        )
        for column in self.appendix.columns:
            index = self.place.columns[column.key]
            run: list[CellSpec] = []
            for row in (*self.appendix.in_sheet, None):
                spec = self.appendix.cells.get(CellRef(self.appendix.id, row.order, column.key)) if row else None
                if run and (spec is None or _pattern(spec) != _pattern(run[0])):
                    self._red(run, index, wrong)
                    run = []
                if spec is not None and not spec.column.given:
                    run.append(spec)

    def _show_fractions(self) -> None:
        """Amounts of money show thousands marks, and where there are decimals these too."""
        style = self.styles.workbook.add_format({"num_format": NUMBER_FORMATS["fraction"]})
        for spec in self.appendix.cells.values():
            if spec.kind is CellKind.MONEY:
                at = self.place.position(spec.ref)
                test = f"=IF(ISNUMBER({cell_address(*at)}),{cell_address(*at)}<>INT({cell_address(*at)}),FALSE)"
                self.sheet.conditional_format(*at, *at, {"type": "formula", "criteria": test, "format": style})

    def _red(self, run: list[CellSpec], index: int, wrong: Any) -> None:
        first, last = self.place.rows[run[0].row.order], self.place.rows[run[-1].row.order]
        cell = cell_address(first, index)
        test = condition(run[0], cell)
        if test is not None:
            self.sheet.conditional_format(
                first,
                index,
                last,
                index,
                {"type": "formula", "criteria": f'=AND({cell}<>"",NOT({test}))', "format": wrong},
            )

    # beside the table ---------------------------------------------------------------------------------------------

    def _beside_the_table(self) -> None:
        """The hidden mark columns, and the colours that follow from them (``layout.MARKS``)."""
        for key, index in self.place.marks.items():
            self.sheet.set_column(index, index, None, None, {"hidden": True})
            self.sheet.write_string(KEY_ROW, index, MARK_KEY + key)
        for severity, mark in MARKS.items():
            style = self.styles.workbook.add_format({"bg_color": MARK_FILLS[severity], "font_color": "#000000"})
            for key, index in self.place.marks.items():
                column = self.place.columns[key]
                test = f"=${column_letters(index)}{self.place.first_row + 1}={mark}"
                self.sheet.conditional_format(
                    self.place.first_row,
                    column,
                    self.place.last_row,
                    column,
                    {"type": "formula", "criteria": test, "format": style},
                )

    def _links(self) -> None:
        style = self.styles.get(font_size=CHECK_SIZE, font_color="#0563C1", underline=1)
        column = max(self.place.check_column, *self.place.marks.values()) + 1
        for row in self.appendix.rows:
            link = self.contents.links.get((self.appendix.id, row.order))
            if link is not None:
                target, words = link
                self.sheet.write_url(self.place.rows[row.order], column, f"internal:{target}", style, words)
                self.sheet.set_column(column, column, CHECK_WIDTH / 2)
                self.sheet.write_string(KEY_ROW, column, LINK_KEY)

    def _states(self) -> None:
        """The visible column with the live state of each row. Row heights are the table's own."""
        sheet, place = self.sheet, self.place
        column, letter = place.check_column, column_letters(place.check_column)
        sheet.set_column(column, column, CHECK_WIDTH)
        sheet.write_string(KEY_ROW, column, CHECK_KEY)
        header = self.styles.cell(bold=True, align="center", bg_color=HEADER_FILL)
        if place.header_tiers > 1:
            sheet.merge_range(place.header_top, column, place.first_row - 1, column, CHECK_HEADING, header)
        else:
            sheet.write_string(place.header_top, column, CHECK_HEADING, header)
        style = self.styles.cell(font_size=CHECK_SIZE, indent=1, border_color=HEADER_FILL)
        for row in self.appendix.rows:
            state = self.contents.states.get((self.appendix.id, row.order))
            if state is not None:
                formula, result = state
                sheet.write_formula(place.rows[row.order], column, formula, style, result)
        first = f"${letter}{place.first_row + 1}"
        colours: list[tuple[str, dict[str, object]]] = [
            (severity.word, {"bg_color": MARK_FILLS[severity], "font_color": "#000000"}) for severity in MARK_FILLS
        ]
        for word, look in (*colours, (CORRECT, {"font_color": CORRECT_COLOUR})):
            rule = {
                "type": "formula",
                "criteria": f'=LEFT({first},{len(word)})="{word}"',
                "format": self.styles.workbook.add_format(look),
            }
            sheet.conditional_format(place.first_row, column, place.last_row, column, rule)


def moment_format(moment: Moment) -> str:
    """The number format that shows a date or time as what it is."""
    if isinstance(moment, time):
        return NUMBER_FORMATS["time"]
    if isinstance(moment, timedelta):
        return NUMBER_FORMATS["duration"]
    at_midnight = not isinstance(moment, datetime) or moment.time() == time()
    return NUMBER_FORMATS["date" if at_midnight else "moment"]


def _pattern(spec: CellSpec) -> str | None:
    return condition(spec, "A1")
