"""The cover: who reports, for which period, and a live overview of the appendices. The sheet that opens first."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from cchc_xl.catalogue.blanks import has_blanks
from cchc_xl.catalogue.model import Form
from cchc_xl.companions import Companions, letterhead, overview, titles
from cchc_xl.companions.checksum import appendix_formula, identity_formula
from cchc_xl.cover import (
    AGENCY,
    CHECKSUM,
    COUNT,
    COVER_ID,
    DATES,
    DEFAULT_DATES,
    ERRORS,
    FIELDS,
    FILLED,
    FIRST_YEAR,
    GUIDE_SHEET,
    LAST_YEAR,
    MISSING,
    OBLIGATORY,
    PERIOD_WORDS,
    SIGNER,
    STATE,
    TOTAL,
    VALUE,
    WARNINGS,
    WORKBOOK_STATE,
    appendix_row,
    day_number,
    default_date,
    default_hint,
    obligatory_hint,
    standard_cover,
)
from cchc_xl.form_workbook.styles import (
    BAD_FILL,
    GOOD_FILL,
    HEADER_FILL,
    INPUT_FILL,
    MARK_FILLS,
    Styles,
    decree_page,
    fit_rows_while_typing,
)
from cchc_xl.layout import (
    FIRST_COLUMN,
    KEY_COLUMN,
    KEY_ROW,
    LINE_HEIGHT,
    REPORT_SHEET,
    appendix_key,
    cell_address,
    column_letters,
    form_layout,
)
from cchc_xl.lettering import text_lines
from cchc_xl.periods import PART_NAMES
from cchc_xl.severity import Severity
from cchc_xl.stamp import SUMMARY, Stamp

# Of a unit's workbook, and of a summary.
_TITLES = ("SỔ SỐ LIỆU BÁO CÁO CẢI CÁCH HÀNH CHÍNH", "SỔ TỔNG HỢP SỐ LIỆU CẢI CÁCH HÀNH CHÍNH")
NOTHING_AWAITED: Mapping[str, str] = {}
_FIRST_WIDTH = 18.0
_WIDTHS = {VALUE: 32.0, FILLED: 11.0, ERRORS: 10.0, WARNINGS: 11.0, STATE: 16.0}
_LINK = {"font_color": "#0563C1", "underline": 1}
_STATE_FILLS = {
    overview.BLANK: "#F2F2F2",
    overview.UNDER_WAY: "#DDEBF7",
    overview.WRONG: BAD_FILL,
    overview.DOUBTFUL: "#FFE699",
    overview.RIGHT: GOOD_FILL,
}
_HINTS = {
    **OBLIGATORY,
    # Prompts; beside the cells stands the default day (``default_hint``).
    "date_from": "Tự tính theo kỳ; gõ đè nếu tỉnh quy định khác. Lỡ xóa: gõ lại ngày mặc định ghi bên cạnh.",
    "date_to": "Tự tính theo kỳ; gõ đè nếu tỉnh quy định khác. Lỡ xóa: gõ lại ngày mặc định ghi bên cạnh.",
    "report_number": "Gõ 125 hoặc 125/BC-UBND: chỉ gõ số thì tự thêm /BC-UBND. Có thể ghi sau.",
    "report_date": "Ngày ký báo cáo; có thể ghi sau.",
    "place": "Nơi ký, như Tân Hải.",
    "signer": "Chọn hoặc gõ; dấu / để xuống dòng. Chỉ ghi quyền hạn, chức danh, không ghi họ tên.",
}


# Fields whose content and hint fit one line.
_SHORT = ("unit_code", "year", "report_date", "place")


class CoverSheet:
    """Writes the cover into a workbook that is being built."""

    def __init__(
        self,
        workbook: Any,
        styles: Styles,
        form: Form,
        stamp: Stamp,
        shown: Companions,
        awaited: Mapping[str, str] = NOTHING_AWAITED,
    ) -> None:
        self.styles = styles
        self.awaited = awaited
        self.form = form
        self.of_summary = stamp.kind == SUMMARY
        self.cover = standard_cover(form, stamp)
        self.place = self.cover.place
        self.shown = shown.get(self.place.sheet, {})
        self.sheet = workbook.add_worksheet(self.place.sheet)
        fit_rows_while_typing(self.sheet)
        self.last = self.place.columns[STATE]

    def write(self) -> None:
        """Write everything."""
        self._page()
        self._keys()
        self._head()
        self._fields()
        self._overview()
        self._links()
        self._colours()
        self.sheet.protect("", {"format_rows": True, "format_columns": True})

    def _page(self) -> None:
        decree_page(self.sheet)
        self.sheet.fit_to_pages(1, 1)
        self.sheet.center_horizontally()
        # Excel's green triangles: a code is a text on purpose, and the default dates are open on purpose.
        fields = f"{column_letters(self.place.columns[VALUE])}1:{column_letters(self.place.columns[VALUE])}60"
        self.sheet.ignore_errors({"number_stored_as_text": fields, "formula_unlocked": fields})
        self.sheet.print_area(1, FIRST_COLUMN, self._links_row(), self.last)
        self.sheet.set_column(FIRST_COLUMN, FIRST_COLUMN, _FIRST_WIDTH)
        for key, width in _WIDTHS.items():
            self.sheet.set_column(self.place.columns[key], self.place.columns[key], width)
        for key in (COUNT, CHECKSUM):
            self.sheet.set_column(self.place.columns[key], self.place.columns[key], None, None, {"hidden": True})
        first = next((key for key in FIELDS if not self.cover.value(key).filled), "unit")
        self.sheet.set_selection(*self._at(first), *self._at(first))

    def _keys(self) -> None:
        sheet = self.sheet
        sheet.set_column(KEY_COLUMN, KEY_COLUMN, None, None, {"hidden": True})
        sheet.set_row(KEY_ROW, None, None, {"hidden": True})
        sheet.write_string(KEY_ROW, KEY_COLUMN, appendix_key(COVER_ID))
        for key, row in self.place.rows.items():
            sheet.write_string(row, KEY_COLUMN, key)
        for key, column in self.place.columns.items():
            sheet.write_string(KEY_ROW, column, key)

    def _at(self, row: str, column: str = VALUE) -> tuple[int, int]:
        return self.place.rows[row], self.place.columns[column]

    def _head(self) -> None:
        centre = {"align": "center", "text_wrap": True}
        bold = self.styles.get(bold=True, font_size=13, valign="bottom", **centre)
        agency = self.place.rows[AGENCY]
        half = self.place.columns[VALUE]
        self._merged_formula(agency, FIRST_COLUMN, half, letterhead.agency(self.place), bold)
        self._merged(
            agency + 1, FIRST_COLUMN, half, letterhead.LINE_BELOW_AGENCY, self.styles.get(**centre, valign="top")
        )
        self._merged(agency, half + 1, self.last, letterhead.NATION,
                     self.styles.get(bold=True, font_size=12, valign="bottom", **centre))  # fmt: skip
        motto = self.styles.get(bold=True, underline=1, font_size=13, align="center", valign="top")
        self._merged(agency + 1, half + 1, self.last, letterhead.MOTTO, motto)
        lines = text_lines(self.cover.text("unit").upper(), _FIRST_WIDTH + _WIDTHS[VALUE], 13, bold=True)
        self.sheet.set_row(agency, LINE_HEIGHT * lines + 3)
        title = self.place.rows[PERIOD_WORDS] - 2
        self._merged(title, FIRST_COLUMN, self.last, _TITLES[self.of_summary],
                     self.styles.get(bold=True, font_size=16, **centre))  # fmt: skip
        self.sheet.set_row(title, 27)
        line = titles.words(overview.form_line(self.form), self.place)
        italic = self.styles.get(italic=True, font_size=13, **centre)
        self._merged_formula(title + 1, FIRST_COLUMN, self.last, line, italic)
        name = str(self.shown.get(cell_address(title + 1, FIRST_COLUMN), ""))
        self.sheet.set_row(title + 1, 17.5 * text_lines(name, _FIRST_WIDTH + sum(_WIDTHS.values()), 13))
        words = letterhead.period_words(self.place)
        self._merged_formula(
            title + 2, FIRST_COLUMN, self.last, words, self.styles.get(bold=True, font_size=14, **centre)
        )
        self.sheet.set_row(title + 2, 22)

    # what is entered ----------------------------------------------------------------------------------------------

    def _fields(self) -> None:
        top = min(self.place.rows[key] for key in FIELDS)
        self._section(top - 1, "I. THÔNG TIN BÁO CÁO (điền các ô nền vàng)")
        label = self.styles.cell(bold=True, indent=1)
        hint = self.styles.get(italic=True, font_size=11, font_color="#404040", text_wrap=True, indent=1)
        for key, name in FIELDS.items():
            row, column = self._at(key)
            lines = 1 if key in _SHORT else 2
            self.sheet.set_row(row, LINE_HEIGHT * lines + 5)
            self.sheet.write_string(row, FIRST_COLUMN, name, label)
            if key in DEFAULT_DATES:
                live = default_hint(self.place.address("period_part"), self.place.address("year"), key)
                self._merged_formula(row, column + 1, self.last, live, hint)
            elif key in OBLIGATORY:
                live = obligatory_hint(self.place.address(key), key)
                self._merged_formula(row, column + 1, self.last, live, hint)
                self._colour(row, column + 1, row, "begins with", MISSING.strip(), MARK_FILLS[Severity.WARNING])
            else:
                self._merged(row, column + 1, self.last, _HINTS[key], hint)
            self._field(key, row, column)

    def _field(self, key: str, row: int, column: int) -> None:
        number_format = "dd/mm/yyyy" if key in DATES else "0" if key == "year" else "@"
        style = self.styles.cell(bg_color=INPUT_FILL, locked=False, num_format=number_format, align="left", indent=1)
        cell, value = self.cover.cells[key], self.cover.value(key)
        shown = self.shown.get(self.place.address(key))
        if cell.own and key in DEFAULT_DATES:
            formula = default_date(self.place.address("period_part"), self.place.address("year"), key)
            self.sheet.write_formula(row, column, formula, style, _cached(shown))
        elif not value.filled:
            self.sheet.write_blank(row, column, None, style)
        elif key in DATES:
            self.sheet.write_number(row, column, day_number(value.text), style)
        elif value.number is not None:
            self.sheet.write_number(row, column, float(value.number), style)
        else:
            self.sheet.write_string(row, column, value.text, style)
        options = self._validation(key)
        self.sheet.data_validation(row, column, row, column, options)
        if key != SIGNER and ("value" in options or "source" in options):
            self._red_where_wrong(key, row, column)

    def _validation(self, key: str) -> dict[str, Any]:
        address = self.place.absolute(key)
        title, help_text = FIELDS[key], _HINTS[key]
        match key:
            case "period_part":
                return _asked(title, f"Chọn trong danh sách. {help_text}", "Kỳ không có trong danh sách",
                              f"Chọn một trong các kỳ: {', '.join(PART_NAMES.values())}.",
                              {"validate": "list", "source": list(PART_NAMES.values())})  # fmt: skip
            case "signer":  # a list to choose from; any other words are as good
                free = {"validate": "list", "source": list(self.form.signers), "show_error": False}
                return {**free, "input_title": title[:32], "input_message": help_text[:255]}
            case "year":
                test = (
                    f"AND(ISNUMBER({address}),{address}=INT({address}),{address}>={FIRST_YEAR},{address}<={LAST_YEAR})"
                )
                remedy = f"Năm là số có bốn chữ số, từ {FIRST_YEAR} đến {LAST_YEAR}. Hãy gõ lại."
                return _asked(title, help_text, "Năm chưa đúng", remedy, _custom(test))
            case "date_from" | "report_date":
                return _asked(title, f"{help_text} Gõ ngày/tháng/năm, như 14/06/2024.", "Ngày chưa đúng",
                              "Gõ ngày/tháng/năm, như 14/06/2024.", _custom(self._is_day(address)))  # fmt: skip
            case "date_to":
                start = self.place.absolute("date_from")
                test = f"AND({self._is_day(address)},IF(ISNUMBER({start}),{address}>={start},TRUE))"
                return _asked(title, f"{help_text} Gõ ngày/tháng/năm, như 14/06/2024.", "Ngày chưa đúng",
                              "Gõ ngày/tháng/năm, như 14/06/2024; không sớm hơn ngày đầu.", _custom(test))  # fmt: skip
        return {"validate": "any", "input_title": title[:32], "input_message": help_text[:255]}

    def _is_day(self, address: str) -> str:
        days = f"{address}>=DATE({FIRST_YEAR - 1},1,1),{address}<=DATE({LAST_YEAR},12,31)"
        return f"IF(ISNUMBER({address}),AND({days}),FALSE)"

    def _red_where_wrong(self, key: str, row: int, column: int) -> None:
        """Pasting destroys validation, so what is wrong turns red as well."""
        options, address = self._validation(key), self.place.absolute(key)
        if "source" in options:
            test = "OR(" + ",".join(f'{address}="{name}"' for name in PART_NAMES.values()) + ")"
        else:
            test = str(options["value"]).removeprefix("=")
        wrong = self.styles.workbook.add_format({"bg_color": BAD_FILL, "font_color": "#9C0006"})
        criteria = f'=AND({address}<>"",NOT({test}))'
        self.sheet.conditional_format(row, column, row, column,
                                      {"type": "formula", "criteria": criteria, "format": wrong})  # fmt: skip

    # what is computed ---------------------------------------------------------------------------------------------

    def _overview(self) -> None:
        place = self.place
        state_row = place.rows[WORKBOOK_STATE]
        self._section(state_row - 1, "II. TÌNH TRẠNG SỐ LIỆU (tự cập nhật)")
        self.sheet.write_string(state_row, FIRST_COLUMN, "Tình trạng sổ", self.styles.cell(bold=True, indent=1))
        self._merged_formula(state_row, place.columns[VALUE], self.last, overview.workbook_state(place),
                             self.styles.cell(bold=True, align="left", indent=1))  # fmt: skip
        self.sheet.set_row(state_row, LINE_HEIGHT + 6)
        header = self.styles.cell(bold=True, align="center", bg_color=HEADER_FILL)
        headings = ("Phụ lục", "Tên phụ lục", "Số ô đã nhập", "Dòng có lỗi", "Dòng có cảnh báo", "Tình trạng")
        for index, heading in enumerate(headings):
            self.sheet.write_string(state_row + 1, FIRST_COLUMN + index, heading, header)
        self.sheet.set_row(state_row + 1, 2 * LINE_HEIGHT + 3)
        layout = form_layout(self.form)
        for appendix in self.form.appendices:
            row = appendix_row(appendix.id)
            at, there = place.rows[row], layout.appendices[appendix.id]
            first = next((spec.ref for spec in overview.open_cells(self.form, appendix)), None)
            opened = there.address(first) if first else cell_address(there.first_row, there.left)
            link = f"internal:'{there.sheet}'!{opened}"
            name = appendix.printed_id.strip("() .")
            name = name[:1].upper() + name[1:]
            if text_lines(name, _FIRST_WIDTH - 1.5) > 1:
                name = there.sheet  # LibreOffice never breaks the words of a link
            self.sheet.write_url(
                at, FIRST_COLUMN, link, self.styles.cell(**_LINK, indent=1), name, f"Mở trang {there.sheet}"
            )
            title, shown = appendix.live_title, self.shown.get(place.address(row))
            if has_blanks(title):
                self.sheet.write_formula(at, place.columns[VALUE], titles.words(title, place),
                                         self.styles.cell(indent=1), _cached(shown))  # fmt: skip
                title = str(shown)
            else:
                self.sheet.write_string(at, place.columns[VALUE], title, self.styles.cell(indent=1))
            lines = max(text_lines(title, _WIDTHS[VALUE] - 1.5), text_lines(name, _FIRST_WIDTH - 1.5))
            self.sheet.set_row(at, LINE_HEIGHT * lines + 5)
            self._formula(row, COUNT, overview.count(self.form, appendix, there, self.awaited.get(appendix.id, "")))
            self._formula(row, ERRORS, overview.found(there, Severity.ERROR))
            self._formula(row, WARNINGS, overview.found(there, Severity.WARNING))
            self._formula(row, CHECKSUM, appendix_formula(appendix, there))
            self._filled_and_state(row, overview.wanted(self.form, appendix))
        wanted = sum(overview.wanted(self.form, appendix) for appendix in self.form.appendices)
        at = place.rows[TOTAL]
        self._merged(at, FIRST_COLUMN, place.columns[VALUE], "Cả sổ", self.styles.cell(bold=True, indent=1))
        for column in (COUNT, ERRORS, WARNINGS, CHECKSUM):
            self._formula(TOTAL, column, overview.total(self.form, place, column), bold=True)
        self._filled_and_state(TOTAL, wanted, bold=True)
        self.sheet.set_row(at, LINE_HEIGHT + 5)
        self._formula("unit", CHECKSUM, identity_formula(place))

    def _filled_and_state(self, row: str, wanted: int, *, bold: bool = False) -> None:
        self._formula(row, FILLED, f'={self.place.absolute(row, COUNT)}&"/{wanted}"', bold=bold)
        self._formula(row, STATE, overview.state(self.place, row, wanted), bold=bold)

    def _formula(self, row: str, column: str, formula: str, *, bold: bool = False) -> None:
        style = self.styles.cell(align="center", bold=bold)
        self.sheet.write_formula(*self._at(row, column), formula, style,
                                 _cached(self.shown.get(self.place.address(row, column))))  # fmt: skip

    def _links_row(self) -> int:
        return self.place.rows[TOTAL] + 2

    def _links(self) -> None:
        row = self._links_row()
        self.sheet.write_string(row, FIRST_COLUMN, "Xem thêm:", self.styles.get(italic=True))
        link = self.styles.get(**_LINK)
        column = self.place.columns[VALUE]
        self.sheet.write_url(row, column, f"internal:'{GUIDE_SHEET}'!A1", link, GUIDE_SHEET, f"Mở trang {GUIDE_SHEET}")
        self.sheet.write_url(row, column + 1, f"internal:'{REPORT_SHEET}'!A1", link, REPORT_SHEET,
                             f"Mở trang {REPORT_SHEET}")  # fmt: skip

    def _colours(self) -> None:
        """States in colour; the word stands in the cell in any case."""
        column = self.place.columns[STATE]
        rows = [self.place.rows[appendix_row(appendix.id)] for appendix in self.form.appendices]
        for word, fill in _STATE_FILLS.items():
            self._colour(rows[0], column, self.place.rows[TOTAL], "==", word, fill)
        at, column = self._at(WORKBOOK_STATE)
        self._colour(at, column, at, "begins with", overview.COMPLETED.strip(), GOOD_FILL)
        self._colour(at, column, at, "==", overview.CHANGED, BAD_FILL)

    def _colour(self, first: int, column: int, last: int, how: str, word: str, fill: str) -> None:
        style = self.styles.workbook.add_format({"bg_color": fill, "font_color": "#000000"})
        kind = (
            {"type": "cell", "criteria": "==", "value": f'"{word}"'}
            if how == "=="
            else {"type": "text", "criteria": how, "value": word}
        )
        self.sheet.conditional_format(first, column, last, column, {**kind, "format": style})

    # cells --------------------------------------------------------------------------------------------------------

    def _section(self, row: int, text: str) -> None:
        self._merged(row, FIRST_COLUMN, self.last, text, self.styles.get(bold=True, font_size=13))
        self.sheet.set_row(row, LINE_HEIGHT + 6)

    def _merged(self, row: int, first: int, last: int, text: str, style: Any) -> None:
        self.sheet.merge_range(row, first, row, last, text, style)

    def _merged_formula(self, row: int, first: int, last: int, formula: str, style: Any) -> None:
        self._merged(row, first, last, "", style)
        self.sheet.write_formula(row, first, formula, style, _cached(self.shown.get(cell_address(row, first))))


def _cached(value: str | Decimal | int | None) -> str | float:
    return "" if value is None else value if isinstance(value, str) else float(value)


def _custom(test: str) -> dict[str, Any]:
    return {"validate": "custom", "value": "=" + test}


def _asked(title: str, help_text: str, error_title: str, remedy: str, rule: dict[str, Any]) -> dict[str, Any]:
    return {
        **rule,
        "input_title": title[:32],
        "input_message": help_text[:255],
        "error_title": error_title[:32],
        "error_message": remedy[:255],
    }
