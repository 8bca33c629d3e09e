"""Conditional formats of ranges, and the window's view of the active sheet."""

# Members bear the names of Excel's own objects.
# ruff: noqa: N802, N803

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openpyxl.formatting.rule import Rule
from openpyxl.formula.translate import Translator
from openpyxl.styles import Border, Font, PatternFill, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter

from .core import ComError, ComMember
from .protection import require_flag

if TYPE_CHECKING:
    from .objects import App
    from .ranges import Range

_EXPRESSION = 2


class FormatConditionsApi(ComMember, label="Range.api.FormatConditions"):
    """The conditional formats of a range."""

    def __init__(self, owner: Range) -> None:
        self._app = owner._app
        self._range = owner

    def Add(self, Type: int, Operator: int | None = None, Formula1: str | None = None) -> FormatConditionApi:
        """A format by formula. Excel takes the formula as seen from the active cell, not from the range's first one."""
        if Type != _EXPRESSION or not Formula1:
            raise NotImplementedError("the openpyxl engine has conditional formats by formula only")
        sheet = self._range._sheet
        require_flag(sheet, "AllowFormattingCells", "use the FormatConditions of the range")
        if sheet._book._wb.active is not sheet._ws:
            raise ComError("Invalid procedure call or argument")
        first = f"{get_column_letter(self._range._column)}{self._range._row}"
        seen_from = sheet._ws.sheet_view.selection[-1].activeCell
        formula = Translator(Formula1, origin=seen_from).translate_formula(first)
        rule = Rule(type="expression", dxf=DifferentialStyle(), formula=[formula.removeprefix("=")])
        sheet._ws.conditional_formatting.add(self._range._address(False, False), rule)
        sheet._book._saved = False
        return FormatConditionApi(self._app, rule.dxf)


class FormatConditionApi(ComMember, label="FormatCondition"):
    """One conditional format; `Interior`, `Font` and `Borders` are parts of it."""

    def __init__(self, app: App, style: DifferentialStyle) -> None:
        self._app = app
        self._style = style

    @property
    def Interior(self) -> FormatConditionApi:
        return self

    @property
    def Font(self) -> FormatConditionApi:
        return self

    @property
    def Borders(self) -> FormatConditionApi:
        return self

    @property
    def Color(self) -> None:
        raise NotImplementedError("the openpyxl engine does not tell the colour of a conditional format")

    @Color.setter
    def Color(self, value: int) -> None:
        code = f"FF{value & 255:02X}{value >> 8 & 255:02X}{value >> 16 & 255:02X}"
        self._style.fill = PatternFill(bgColor=code)

    @property
    def Bold(self) -> bool:
        return bool(self._style.font and self._style.font.b)

    @Bold.setter
    def Bold(self, value: bool) -> None:
        self._style.font = Font(b=value)

    @property
    def LineStyle(self) -> None:
        raise NotImplementedError("the openpyxl engine does not tell the borders of a conditional format")

    @LineStyle.setter
    def LineStyle(self, value: int) -> None:
        if value != 1:
            raise NotImplementedError("the openpyxl engine has thin borders only in conditional formats")
        side = Side(style="thin")
        self._style.border = Border(left=side, right=side, top=side, bottom=side)


class WindowApi(ComMember, label="ActiveWindow"):
    """The window on the active sheet: what stays in view when it is scrolled."""

    def __init__(self, app: App) -> None:
        self._app = app

    def _view(self) -> Any:
        return self._app._books.active._wb.active.sheet_view

    @property
    def SplitRow(self) -> int:
        return self._app._split[0]

    @SplitRow.setter
    def SplitRow(self, value: int) -> None:
        self._app._split = (int(value), self._app._split[1])

    @property
    def SplitColumn(self) -> int:
        return self._app._split[1]

    @SplitColumn.setter
    def SplitColumn(self, value: int) -> None:
        self._app._split = (self._app._split[0], int(value))

    @property
    def FreezePanes(self) -> bool:
        return self._app._books.active._wb.active.freeze_panes is not None

    @FreezePanes.setter
    def FreezePanes(self, value: bool) -> None:
        rows, columns = self._app._split
        self._app._books.active._wb.active.freeze_panes = (
            f"{get_column_letter(columns + 1)}{rows + 1}" if value else None
        )

    @property
    def ScrollRow(self) -> int:
        return 1

    @ScrollRow.setter
    def ScrollRow(self, value: int) -> None:
        if value != 1:
            raise NotImplementedError("the openpyxl engine does not scroll")

    @property
    def ScrollColumn(self) -> int:
        return 1

    @ScrollColumn.setter
    def ScrollColumn(self, value: int) -> None:
        if value != 1:
            raise NotImplementedError("the openpyxl engine does not scroll")

    @property
    def DisplayGridlines(self) -> bool:
        return self._view().showGridLines is not False

    @DisplayGridlines.setter
    def DisplayGridlines(self, value: bool) -> None:
        self._view().showGridLines = bool(value)
