"""The last period's figures, grey beside the table and outside the print: for the eye of who fills the form.

Nothing reads them: their columns bear a key of their own, and the checks, the live states and a merge look elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cchc_xl.catalogue.model import Appendix, CellKind, CellSpec, Column
from cchc_xl.expressions import CellRef, Ratio
from cchc_xl.form_workbook.styles import HEADER_FILL, NUMBER_FORMATS, Styles
from cchc_xl.layout import BEFORE_KEY, KEY_ROW, AppendixLayout

if TYPE_CHECKING:
    from cchc_xl.form_workbook.sheet import Contents

GREY = "#7F7F7F"
_WIDTH = 15.0
_SIZE = 11


def write_before(sheet: Any, styles: Styles, appendix: Appendix, place: AppendixLayout, contents: Contents) -> None:
    """Write a column for each column of figures that was filled."""
    figures = [
        column
        for column in appendix.columns
        if any(ref.appendix == appendix.id and ref.column == column.key for ref in contents.before)
    ]
    for column, index in _places(appendix, place, figures).items():
        _head(sheet, styles, place, index, _heading(column, figures, contents.before_words))
        sheet.write_string(KEY_ROW, index, BEFORE_KEY + column.key)
        sheet.set_column(index, index, _WIDTH)
        for row in appendix.rows:
            spec = appendix.cells.get(CellRef(appendix.id, row.order, column.key))
            value = contents.before.get(spec.ref) if spec else None
            if spec is None or value is None:
                continue
            style = styles.get(
                font_size=_SIZE,
                font_color=GREY,
                italic=True,
                align="right" if value.number is not None else "center",
                indent=1 if value.number is not None else 0,
                num_format=_format(spec),
            )
            if value.number is not None:
                sheet.write_number(place.rows[row.order], index, float(value.number), style)
            else:
                sheet.write_string(place.rows[row.order], index, value.text, style)


def _places(appendix: Appendix, place: AppendixLayout, figures: list[Column]) -> Mapping[Column, int]:
    """One column goes into the gap beside the table; several stand right of all that the builder puts there."""
    if len(figures) == 1:
        return {figures[0]: place.check_column - 1}
    first = max(place.check_column, *place.marks.values()) + 2
    return {column: first + index for index, column in enumerate(figures)}


def _heading(column: Column, figures: list[Column], words: str) -> str:
    named = f"\n{column.heading.split(' > ')[-1]}" if len(figures) > 1 else ""
    return f"Kỳ trước{named}" + (f"\n({words})" if words else "")


def _head(sheet: Any, styles: Styles, place: AppendixLayout, index: int, text: str) -> None:
    style = styles.get(
        font_size=_SIZE, font_color=GREY, italic=True, align="center", text_wrap=True, bg_color=HEADER_FILL
    )
    if place.header_tiers > 1:
        sheet.merge_range(place.header_top, index, place.first_row - 1, index, text, style)
    else:
        sheet.write_string(place.header_top, index, text, style)


def _format(spec: CellSpec) -> str:
    if spec.derived and isinstance(spec.derived[0], Ratio):
        return NUMBER_FORMATS["ratio"]
    return NUMBER_FORMATS["count" if spec.kind in (CellKind.COUNT, CellKind.MONEY) else "general"]
