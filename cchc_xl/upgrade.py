"""Figures of a workbook of an older version of a form → their places in the present one. Pure.

Nothing is lost and nothing is guessed: a typed value goes to the place that the form's ``changes.tsv`` leads to, and
what has none becomes a line of "Số liệu chưa chuyển". Figures that the old form computed are computed anew.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from cchc_xl import excel_limits
from cchc_xl.catalogue.changes import Route, old_places, routes
from cchc_xl.catalogue.model import Appendix, Form
from cchc_xl.catalogue.wording import prints
from cchc_xl.errors import WorkbookFault
from cchc_xl.expressions import CellRef
from cchc_xl.form_workbook.sheet import Contents
from cchc_xl.leftovers import Content, Leftover
from cchc_xl.live_checks.states import states_of
from cchc_xl.readers.keyed_sheets import KeyedBook, KeyedCell, KeyedSheet
from cchc_xl.stamp import Stamp
from cchc_xl.submission import FormulaState, blank_submission, computed_results
from cchc_xl.values import State, Value, normalise

# A formula that names no cell is arithmetic that a person typed (=120+35).
_REFERENCE = re.compile(r"\$?[A-Za-z]{1,3}\$?[0-9]|\[|!")
_REMEDY = "hãy lấy lại trang này từ sổ gốc rồi chạy lại"

NO_APPENDIX = "phụ lục không còn trong biểu mới"
NO_ROW = "dòng không còn trong biểu mới"
NO_COLUMN = "cột không còn trong biểu mới"
NO_CELL = "ô này của biểu mới không nhận số liệu"
BESIDE = "nằm ngoài các dòng, cột của biểu"
NO_RESULT = "công thức tự gõ không có kết quả"
BROKEN = "ô báo lỗi"


@dataclass(slots=True)
class Carried:
    """What was carried. ``typed_over``: computed cells where a person's figure stands; ``results``: of own formulas."""

    values: dict[CellRef, Value] = field(default_factory=dict)
    moments: dict[CellRef, Content] = field(default_factory=dict)
    leftovers: list[Leftover] = field(default_factory=list)
    typed_over: int = 0
    results: int = 0

    def contents(self, form: Form, stamp: Stamp) -> Contents:
        """The carried values, with the true results of the formulas that stand among them."""
        blank = blank_submission(form, stamp)
        entries = dict(blank.entries)
        for ref, value in self.values.items():
            entries[ref] = replace(entries[ref], value=value, formula=FormulaState.NONE)
        moments = {ref: moment for ref, moment in self.moments.items() if not isinstance(moment, Decimal | str)}
        filled = replace(blank, entries=entries)
        return Contents(self.values, computed_results(filled), states=states_of(filled), moments=moments)


def carry(book: KeyedBook, form: Form, version: int, name: str) -> Carried:
    """Carry every typed value of a workbook of an older ``version`` into ``form``.

    Raises ``WorkbookFault`` where a sheet, row or column of the older version is missing, or labels stand at rows that
    are not theirs: the figures beside them could belong to either.
    """
    known = routes(form, version)
    sheets = {sheet.appendix: sheet for sheet in book.sheets}
    carried = Carried(leftovers=list(book.leftovers))
    for appendix, route in known.items():
        sheet = sheets.get(appendix)
        if sheet is None or not sheet.rows:
            raise WorkbookFault(f"{name}: không tìm thấy trang của phụ lục {appendix}: {_REMEDY}.")
        _check_shape(sheet, route, name)
        _check_labels(sheet, route, name)
    for sheet in book.sheets:
        for cell in sheet.cells():
            _carry_cell(sheet, known.get(sheet.appendix), cell, form, carried)
    _check_lengths(carried, name)
    return carried


def _check_shape(sheet: KeyedSheet, route: Route, name: str) -> None:
    for key in ("label", *route.columns):
        if key not in sheet.columns:
            column = next((c.heading for c in route.new.columns if c.key == route.column(key)), "") if route.new else ""
            raise WorkbookFault(f"{name}: trang “{sheet.sheet}” mất cột “{column or key}” của biểu: {_REMEDY}.")
    missing = [order for order in route.rows if order not in sheet.rows]
    if missing:
        new = route.row(missing[0])
        title = route.new.row(new).title() if route.new and new else f"thứ {missing[0]}"
        more = f" và {len(missing) - 1} dòng khác" if len(missing) > 1 else ""
        raise WorkbookFault(f"{name}: trang “{sheet.sheet}” mất dòng {title}{more} của biểu: {_REMEDY}.")


def _check_labels(sheet: KeyedSheet, route: Route, name: str) -> None:
    """Two rows whose labels have changed places: somebody sorted or moved the rows without their hidden keys.

    The older form's labels are not known and may have been worded otherwise, so only such an exchange proves it.
    """
    if route.new is None:
        return
    at_label = _rows_by_label(route.new)
    before = old_places(route)
    for new, old in before.items():
        shown = normalise(sheet.label(sheet.rows[old]))
        other = at_label.get(shown, new)
        if other == new or other not in before or shown == normalise(route.new.row(new).label):
            continue
        there = normalise(sheet.label(sheet.rows[before[other]]))
        if there != shown and at_label.get(there, other) not in (other, 0):
            raise WorkbookFault(
                f"{name}: trang “{sheet.sheet}” hàng {sheet.rows[old] + 1} ghi tên chỉ tiêu "
                f"{route.new.row(other).title()}, là của dòng khác: hãy khôi phục đúng vị trí các dòng rồi chạy lại."
            )


def _rows_by_label(appendix: Appendix) -> Mapping[str, int]:
    """Orders by label, of labels that stand once; 0 for those that stand more often."""
    found: dict[str, int] = {}
    for row in appendix.rows:
        label = normalise(row.label)
        found[label] = 0 if label in found or not label else row.order
    return found


def _carry_cell(sheet: KeyedSheet, route: Route | None, cell: KeyedCell, form: Form, carried: Carried) -> None:
    own = route is None or not cell.order or not cell.column
    if route is not None and route.new is not None:
        own = own or cell.order not in route.rows or cell.column not in route.columns
    # What the old form computed is no value; what a person calculated in the cell is one.
    by_reference = cell.formula is not None and (not cell.formula or bool(_REFERENCE.search(cell.formula)))
    if own or route is None:
        if not by_reference:
            _leave(sheet, cell, BESIDE, carried)
        return
    order, column = route.row(cell.order), route.column(cell.column)
    spec = form.cells.get(CellRef(route.new.id, order, column)) if route.new and order and column else None
    if (spec is None or spec.column.given) and route.is_printed(cell.column):
        return
    if spec is None and _prints(route, order, column, cell):
        return
    if spec is None:
        reason = NO_APPENDIX if route.new is None else NO_ROW if not order else NO_COLUMN if not column else NO_CELL
        if not by_reference:
            _leave(sheet, cell, reason, carried)
        return
    if by_reference and (spec.derived or cell.content is None):
        return
    if cell.value.state in (State.BLANK, State.ERROR) or cell.content is None:
        _leave(sheet, cell, BROKEN if cell.content is not None else NO_RESULT, carried)
        return
    carried.values[spec.ref] = cell.value
    if not isinstance(cell.content, Decimal | str):
        carried.moments[spec.ref] = cell.content
    carried.typed_over += bool(spec.derived)
    carried.results += cell.formula is not None


def _prints(route: Route, order: int, column: str, cell: KeyedCell) -> bool:
    """Whether the form itself prints there what stands in the cell."""
    if route.new is None or not order or not column or not isinstance(cell.content, str):
        return False
    return prints(route.new.row(order), column, cell.content)


def _leave(sheet: KeyedSheet, cell: KeyedCell, reason: str, carried: Carried) -> None:
    """A line of "Số liệu chưa chuyển"; a formula without a result stands there as its text."""
    content = cell.content if cell.content is not None else f"={cell.formula}"
    carried.leftovers.append(
        Leftover(sheet.appendix, cell.row + 1, sheet.label(cell.row), sheet.heading(cell.index), content, reason)
    )


def _check_lengths(carried: Carried, name: str) -> None:
    texts = [value.text for value in carried.values.values()]
    texts += [text for line in carried.leftovers for text in (line.label, line.column, line.value) if type(text) is str]
    if any(excel_limits.text_length(text) > excel_limits.TEXT for text in texts):
        raise WorkbookFault(
            f"{name}: có ô dài quá {excel_limits.TEXT} ký tự mà Excel không giữ được: hãy rút ngắn ô đó."
        )
