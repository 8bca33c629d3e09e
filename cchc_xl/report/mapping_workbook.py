"""The workbook in which a person confirms a recognition: "Ghép dòng", "Ghép cột". Texts of the file stay texts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cchc_xl.atomic import replacing
from cchc_xl.catalogue.model import Appendix, Form
from cchc_xl.errors import InputFault
from cchc_xl.form_workbook.package import new_workbook
from cchc_xl.form_workbook.styles import BAD_FILL, GOOD_FILL, HEADER_FILL, INPUT_FILL, NUMBER_FORMATS, Styles
from cchc_xl.layout import LINE_HEIGHT, MAX_ROW_HEIGHT, column_letters
from cchc_xl.lettering import text_lines
from cchc_xl.recognition import mapping_layout as layout
from cchc_xl.recognition.decide import figures_text, nameless_columns, waiting_rows
from cchc_xl.recognition.mapping_layout import (
    AUTOMATIC,
    COLUMN_COLUMNS,
    COLUMNS_HEADER,
    COLUMNS_SHEET,
    HIDDEN_SHEET,
    KEY,
    NO,
    PERSONS,
    REMEMBERED,
    ROW_COLUMNS,
    ROWS_HEADER,
    ROWS_SHEET,
    YES,
    choice,
    choice_text,
    column_choices,
    column_key,
    row_key,
)
from cchc_xl.recognition.recognise import FoundColumn, FoundRow, Recognition
from cchc_xl.recognition.run import Recognised
from cchc_xl.recognition.target import targets
from cchc_xl.summary_workbook.page import clean

_SIZE = 11
_DOUBT_FILL = "#FFF2CC"
_GREY = "#595959"
_INDENT = 1.5  # characters
_LINE = 14.5  # points
_LISTS_COLUMN = 3  # of the hidden sheet: choices of rows, then of columns, one column for each shape of appendix
_GUIDE = (
    f"Dòng ghi “{AUTOMATIC}” trùng hẳn với biểu, vẫn sửa được. Ô nền đỏ nhạt: chọn {YES} hoặc {NO} ở cột Xác nhận, "
    "hoặc chọn dòng đúng ở cột Dòng khác. Số liệu lấy từ tệp nguồn, không sửa ở đây."
)
_STEP = "Xem cả trang Ghép cột. Xong thì lưu sổ này rồi chạy: cchc-xl nhan-dang TỆP --ghep SỔ-NÀY -o SỔ-THEO-BIỂU.xlsx"


def write_mapping(recognised: Recognised, target: Path) -> None:
    """Write the workbook to ``target``, whole or not at all. Raises ``InputFault`` where a file lies there already."""
    if target.suffix.lower() != ".xlsx" or not target.parent.is_dir():
        raise InputFault(f"Không ghi được “{target}”: tên tệp phải có đuôi .xlsx, trong một thư mục đã có.")
    if target.exists() and (target.is_dir() or target.stat().st_size):
        raise InputFault(f"Tệp {target.name} đã có, có thể đã được xác nhận: hãy đặt tên khác hoặc xóa tệp cũ trước.")
    with replacing(target) as temporary, new_workbook(temporary) as workbook:
        _Mapping(workbook, recognised).write()


class _Mapping:
    def __init__(self, workbook: Any, recognised: Recognised) -> None:
        self.styles = Styles(workbook)
        self.recognised = recognised
        self.found: Recognition = recognised.recognition
        self.rows_sheet = workbook.add_worksheet(ROWS_SHEET)
        self.columns_sheet = workbook.add_worksheet(COLUMNS_SHEET)
        self.hidden = workbook.add_worksheet(HIDDEN_SHEET)
        self.row_list = ""
        self.column_lists: dict[tuple[str, ...], str] = {}
        self.nameless = nameless_columns(self.found.columns())

    def write(self) -> None:
        self._hidden()
        self._rows()
        self._columns()

    def _hidden(self) -> None:
        form = self.found.form
        facts = (
            ("mark", layout.MARK),
            ("format", layout.FORMAT),
            ("form", form.id),
            ("version", str(form.version)),
            ("sha256", self.found.file.sha256),
        )
        for row, (name, text) in enumerate(facts):
            self.hidden.write_string(row, 0, name)
            self.hidden.write_string(row, 1, text)
        self.row_list = self._list(_LISTS_COLUMN, _row_choices(form))
        for column in self.found.columns():
            if column.choices not in self.column_lists:
                at = _LISTS_COLUMN + 1 + len(self.column_lists)
                self.column_lists[column.choices] = self._list(at, list(column_choices(column).values()))
        self.hidden.very_hidden()

    def _list(self, column: int, choices: Sequence[str]) -> str:
        for row, text in enumerate(choices):
            self.hidden.write_string(row, column, text)
        letters = column_letters(column)
        return f"={HIDDEN_SHEET}!${letters}$1:${letters}${max(1, len(choices))}"

    # Ghép dòng --------------------------------------------------------------------------------------------------------

    def _rows(self) -> None:
        sheet = self.rows_sheet
        self._page(sheet, ROW_COLUMNS)
        self._heading(sheet)
        self._header(sheet, ROWS_HEADER, tuple(ROW_COLUMNS))
        row = ROWS_HEADER + 1
        for part in self.found.parts:
            for found in part.rows:
                self._row(row, found)
                row += 1
        last = row - 1
        if last > ROWS_HEADER:
            places = tuple(ROW_COLUMNS)
            confirm, other = places.index(layout.CONFIRM), places.index(layout.OTHER)
            self._choose(sheet, ROWS_HEADER + 1, last, confirm, [*PERSONS, AUTOMATIC, REMEMBERED])
            self._choose(sheet, ROWS_HEADER + 1, last, other, self.row_list)
            self._mark_open(sheet, last)
            sheet.autofilter(ROWS_HEADER, 0, last, len(ROW_COLUMNS) - 2)
        row += 1
        for title, lines in self._rest():
            sheet.write_string(row, 0, title, self.styles.get(bold=True))
            for text in lines:
                row += 1
                sheet.write_string(row, 0, text, self.styles.get(font_size=_SIZE))
            row += 2
        sheet.print_area(0, 0, row, len(ROW_COLUMNS) - 2)
        sheet.freeze_panes(ROWS_HEADER + 1, 0)
        self._protect(sheet)

    def _mark_open(self, sheet: Any, last: int) -> None:
        """What waits for an answer stands out until it has one."""
        letters = {title: column_letters(index) for index, title in enumerate(ROW_COLUMNS)}
        at = ROWS_HEADER + 2
        open_ones = "AND({})".format(
            ",".join(
                (
                    f'${letters[layout.FIGURES]}{at}<>""',
                    f'${letters[layout.CONFIRM]}{at}=""',
                    f'${letters[layout.OTHER]}{at}=""',
                )
            )
        )
        places = tuple(ROW_COLUMNS)
        confirm, other = places.index(layout.CONFIRM), places.index(layout.OTHER)
        style = self.styles.workbook.add_format({"bg_color": BAD_FILL})
        options = {"type": "formula", "criteria": f"={open_ones}", "format": style}
        sheet.conditional_format(ROWS_HEADER + 1, confirm, last, other, options)

    def _heading(self, sheet: Any) -> None:
        form, who = self.found.form, self.recognised.sender
        sheet.write_string(0, 0, layout.TITLE, self.styles.get(bold=True, font_size=14))
        sheet.write_string(1, 0, f"Tệp nguồn: {self.found.file.name}", self.styles.get())
        sheet.write_string(2, 0, f"Biểu mẫu: {form.id}, {form.name}", self.styles.get())
        given = ((layout.UNIT, who.unit), (layout.UNIT_CODE, who.unit_code), (layout.PERIOD, who.period))
        for row, (name, text) in enumerate(given, start=3):
            sheet.write_string(row, 0, name, self.styles.get(bold=True))
            as_text = {"num_format": NUMBER_FORMATS["text"], "align": "left", "indent": 1, "text_wrap": False}
            style = self.styles.cell(bg_color=INPUT_FILL, locked=False, **as_text)
            sheet.merge_range(row, 1, row, 2, "", style)
            sheet.write_string(row, 1, text, style)
        sheet.write_string(
            5, 3, "như 2024-Q1, 2024-6T, 2024-9T, 2024-NAM", self.styles.get(italic=True, font_color=_GREY)
        )
        sheet.write_string(6, 0, self._counts(), self.styles.get(bold=True))
        sheet.write_string(7, 0, _GUIDE, self.styles.get(italic=True))
        sheet.write_string(8, 0, _STEP, self.styles.get(italic=True))

    def _counts(self) -> str:
        rows = [row for row in self.found.rows() if row.source.has_figures]
        waiting = [row for row in waiting_rows(self.found) if row_key(row) not in self.recognised.remembered]
        asked = [column for column in self.found.columns() if not column.accepted and column.match.key]
        columns = [each for each in (*asked, *self.nameless) if column_key(each) not in self.recognised.remembered]
        text = f"{len(rows)} dòng có số liệu: {len(rows) - len(waiting)} dòng đã nhận, {len(waiting)} dòng chờ xác nhận"
        return text + (f"; {len(columns)} cột chờ xác nhận (trang {COLUMNS_SHEET})." if columns else ".")

    def _row(self, at: int, found: FoundRow) -> None:
        source = found.source
        word, other, fill = self._state(found)
        proposed = choice(found.target) if found.target is not None else ""
        remarks = list(found.remarks)
        if found.target is None and found.candidates:
            remarks.append("có thể là: " + "; ".join(choice(target) for target in found.candidates))
        texts = {
            layout.PLACE: source.place,
            layout.NUMBER: source.stt,
            layout.LABEL: source.label,
            layout.FIGURES: figures_text(found),
            layout.PROPOSED: proposed,
            layout.CONFIDENCE: layout.words(found.match.confidence, candidates=bool(found.candidates)),
            layout.CONFIRM: word,
            layout.OTHER: other,
            layout.REMARK: "; ".join(remarks),
            KEY: row_key(found),
        }
        grey = {} if source.has_figures else {"font_color": _GREY, "italic": True}
        self._cells(self.rows_sheet, at, ROW_COLUMNS, texts, fill, grey)

    def _state(self, found: FoundRow) -> tuple[str, str, str]:
        """The word and the other row that stand there from the first, and the colour of the confidence."""
        key = row_key(found)
        if key in self.recognised.remembered:
            return self._recalled(self.recognised.remembered[key], found.target.code if found.target else "")
        if found.accepted:
            return AUTOMATIC, "", GOOD_FILL if found.source.has_figures else ""
        if not found.source.has_figures:
            return "", "", ""
        return "", "", _DOUBT_FILL if found.target is not None else BAD_FILL

    def _recalled(self, code: str, proposed: str) -> tuple[str, str, str]:
        if not code:
            return NO, "", GOOD_FILL
        return REMEMBERED, "" if code == proposed else code, GOOD_FILL

    def _rest(self) -> list[tuple[str, list[str]]]:
        missing = [(part, target) for part in self.found.parts for target in part.missing]
        lines = [
            (f"DÒNG CỦA BIỂU KHÔNG CÓ TRONG TỆP ({len(missing)})", [choice(target) for _, target in missing]),
            ("PHỤ LỤC KHÔNG CÓ TRONG TỆP", [f"{a.id}: {a.title}" for a in self.found.absent]),
            ("BẢNG TRONG TỆP KHÔNG THUỘC BIỂU", list(self.found.unknown)),
            ("LƯU Ý VỀ TỆP", list(self.found.remarks)),
        ]
        return [(title, texts) for title, texts in lines if texts]

    # Ghép cột ---------------------------------------------------------------------------------------------------------

    def _columns(self) -> None:
        sheet = self.columns_sheet
        self._page(sheet, COLUMN_COLUMNS)
        sheet.write_string(
            0, 0, "GHÉP CỘT: CỘT SỐ LIỆU CỦA TỆP VÀO CỘT CỦA BIỂU", self.styles.get(bold=True, font_size=14)
        )
        sheet.write_string(
            1,
            0,
            "Cột không nhận ra thì không lấy số liệu, trừ khi chọn ở cột Cột khác. Ô nền đỏ nhạt: chưa biết cột nào là "
            f"số liệu, phải chọn ở cột Cột khác, hoặc {NO}.",
            self.styles.get(italic=True),
        )
        self._header(sheet, COLUMNS_HEADER, tuple(COLUMN_COLUMNS))
        for at, column in enumerate(self.found.columns(), start=COLUMNS_HEADER + 1):
            self._column(at, column)
        sheet.freeze_panes(COLUMNS_HEADER + 1, 0)
        sheet.print_area(0, 0, COLUMNS_HEADER + len(self.found.columns()), len(COLUMN_COLUMNS) - 2)
        self._protect(sheet)

    def _column(self, at: int, column: FoundColumn) -> None:
        match, choices = column.match, column_choices(column)
        word, other, fill = AUTOMATIC if column.accepted else "", "", GOOD_FILL if column.accepted else _DOUBT_FILL
        key = column_key(column)
        if key in self.recognised.remembered:
            word, other, fill = self._recalled(self.recognised.remembered[key], match.key)
            other = choices.get(other, "")
        elif not match.key:
            fill = BAD_FILL if column in self.nameless else ""
        table = column.segment.table
        texts = {
            layout.PLACE: f"{table.name}, cột {column_letters(match.index) if table.worksheet else match.index + 1}",
            layout.HEADING: match.heading or "(không có tiêu đề)",
            layout.FILLED: str(match.filled),
            layout.FORM_COLUMN: choices.get(match.key, ""),
            layout.CONFIDENCE: layout.words(match.confidence),
            layout.CONFIRM: word,
            layout.OTHER_COLUMN: other,
            KEY: key,
        }
        self._cells(self.columns_sheet, at, COLUMN_COLUMNS, texts, fill, {})
        places = tuple(COLUMN_COLUMNS)
        confirm, choose = places.index(layout.CONFIRM), places.index(layout.OTHER_COLUMN)
        self._choose(self.columns_sheet, at, at, confirm, [*PERSONS, AUTOMATIC, REMEMBERED])
        self._choose(self.columns_sheet, at, at, choose, self.column_lists[column.choices])

    # Shared -----------------------------------------------------------------------------------------------------------

    def _page(self, sheet: Any, widths: dict[str, float]) -> None:
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.5, right=0.4, top=0.7, bottom=0.6)
        sheet.set_footer('&C&"Times New Roman,Regular"&10&P/&N')
        sheet.fit_to_pages(1, 0)
        sheet.hide_gridlines(2)
        for index, (title, width) in enumerate(widths.items()):
            sheet.set_column(index, index, width, None, {"hidden": title == KEY})

    def _header(self, sheet: Any, row: int, titles: Sequence[str]) -> None:
        style = self.styles.cell(bold=True, align="center", font_size=_SIZE, bg_color=HEADER_FILL)
        for index, title in enumerate(titles):
            sheet.write_string(row, index, title, style)
        sheet.set_row(row, 2 * LINE_HEIGHT)
        sheet.repeat_rows(row)

    def _cells(
        self,
        sheet: Any,
        row: int,
        widths: dict[str, float],
        texts: dict[str, str],
        fill: str,
        common: dict[str, object],
    ) -> None:
        lines = 1
        for index, (title, width) in enumerate(widths.items()):
            properties: dict[str, object] = {"font_size": _SIZE, "valign": "top", **common}
            if title in (layout.CONFIRM, layout.OTHER, layout.OTHER_COLUMN):
                properties |= {"locked": False, "bg_color": INPUT_FILL}
            if title in (layout.CONFIDENCE, layout.CONFIRM, layout.NUMBER, layout.FILLED):
                properties["align"] = "center"
            else:
                properties |= {"align": "right" if title == layout.FIGURES else "left", "indent": 1}
            if fill and title in (layout.CONFIDENCE, layout.PROPOSED):
                properties["bg_color"] = fill
            sheet.write_string(row, index, clean(texts[title]), self.styles.cell(**properties))
            if title != KEY:
                room = width - (_INDENT if "indent" in properties else 0)
                lines = max(lines, text_lines(texts[title], room, _SIZE))
        sheet.set_row(row, min(MAX_ROW_HEIGHT, _LINE * lines + 3))

    def _choose(self, sheet: Any, first: int, last: int, column: int, source: str | list[str]) -> None:
        options = {
            "validate": "list",
            "source": source,
            "error_title": "Chọn trong danh sách",
            "error_message": "Hãy chọn một mục trong danh sách thả xuống.",
        }
        sheet.data_validation(first, column, last, column, options)

    def _protect(self, sheet: Any) -> None:
        options = {"autofilter": True, "format_columns": True, "format_rows": True, "sort": True}
        sheet.protect("", options)


def _row_choices(form: Form) -> list[str]:
    """Every row of the form, spare ones of lists too."""
    found = []
    for appendix in form.appendices:
        found += [choice(target) for target in targets([appendix])]
        found += _spare_choices(appendix)
    return found


def _spare_choices(appendix: Appendix) -> list[str]:
    return [choice_text(f"{appendix.id}.{row.order}", row.title()) for row in appendix.rows if row.spare]
