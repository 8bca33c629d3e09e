"""Fonts and colours of ranges."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from openpyxl.styles import Font
from openpyxl.styles.colors import COLOR_INDEX, Color

from .core import Member, common

if TYPE_CHECKING:
    from .ranges import Range

_THEME = ("FFFFFF", "000000")  # the theme's first two colours: background and text


class RangeFont(Member, label="Font"):
    """The font of a range: None where its cells differ."""

    def __init__(self, owner: Range) -> None:
        self._app = owner._app
        self._range = owner

    def _get(self, name: str) -> Any:
        return common(getattr(cell.font, name) for cell in self._range._looked_at())

    def _put(self, name: str, value: Any) -> None:
        def change(cell: Any) -> None:
            font: Font = copy.copy(cell.font)
            setattr(font, name, value)
            cell.font = font

        self._range._format(change)

    @property
    def bold(self) -> bool | None:
        found: bool | None = self._get("bold")
        return found

    @bold.setter
    def bold(self, value: bool) -> None:
        self._put("bold", value)

    @property
    def italic(self) -> bool | None:
        found: bool | None = self._get("italic")
        return found

    @italic.setter
    def italic(self, value: bool) -> None:
        self._put("italic", value)

    @property
    def size(self) -> float | None:
        found: float | None = self._get("size")
        return found

    @size.setter
    def size(self, value: float) -> None:
        self._put("size", value)

    @property
    def name(self) -> str | None:
        found: str | None = self._get("name")
        return found

    @name.setter
    def name(self, value: str) -> None:
        self._put("name", value)

    @property
    def color(self) -> tuple[int, int, int] | None:
        colors = [
            rgb(cell.font.color) if cell.font.color is not None else (0, 0, 0) for cell in self._range._looked_at()
        ]
        return uniform(colors, "Font.color")

    @color.setter
    def color(self, value: tuple[int, int, int] | str | int) -> None:
        self._put("color", Color(rgb=f"FF{hex_code(value)}"))


def uniform(colors: Iterable[tuple[int, int, int] | None], member: str) -> tuple[int, int, int] | None:
    """The colour that all have; Excel's answer where they differ is not imitated."""
    distinct = set(colors)
    if len(distinct) != 1:
        raise NotImplementedError(f"the openpyxl engine has no {member} of cells whose colours differ")
    return distinct.pop()


def fill_color(cell: Any) -> tuple[int, int, int] | None:
    """The colour of a cell's fill, None without one."""
    return rgb(cell.fill.fgColor) if cell.fill.fill_type else None


def rgb(color: Color) -> tuple[int, int, int]:
    """Red, green and blue of a colour in any of the file's notations."""
    if color.type == "theme" and color.theme < len(_THEME):
        code = _THEME[color.theme]
    elif color.type == "indexed" and color.indexed < len(COLOR_INDEX):
        code = COLOR_INDEX[color.indexed]
    elif color.type == "rgb":
        code = color.rgb
    else:
        raise NotImplementedError("the openpyxl engine has no colours of the theme")
    red, green, blue = bytes.fromhex(code[-6:])
    return red, green, blue


def hex_code(color: tuple[int, int, int] | str | int) -> str:
    """RRGGBB of a colour in any of xlwings' notations."""
    if isinstance(color, str):
        return color.removeprefix("#").upper()
    if isinstance(color, int):
        color = (color & 255, color >> 8 & 255, color >> 16 & 255)  # Excel's own numbers begin with blue
    return "{:02X}{:02X}{:02X}".format(*color)
