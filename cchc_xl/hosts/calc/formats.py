"""Fonts and colours of ranges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cchc_xl.hosts.calc.ranges import Range

_NO_COLOR = -1
Color = tuple[int, int, int] | str | int | None


def color_number(color: Color) -> int:
    """A colour in any of xlwings' notations as LibreOffice counts: red in the highest byte, -1 for none."""
    if color is None:
        return _NO_COLOR
    if isinstance(color, str):
        return int(color.removeprefix("#"), 16)
    if isinstance(color, int):  # Excel's own numbers begin with blue
        color = (color & 255, color >> 8 & 255, color >> 16 & 255)
    red, green, blue = color
    return red << 16 | green << 8 | blue


def color_parts(number: int) -> tuple[int, int, int] | None:
    """Red, green and blue; ``None`` without colour."""
    return None if number == _NO_COLOR else (number >> 16 & 255, number >> 8 & 255, number & 255)


def _member(name: str, doc: str) -> property:
    def get(font: Font) -> Any:
        return font.range.read_format(name)

    def put(font: Font, value: Any) -> None:
        font.range.write_formats(**{name: value})

    return property(get, put, doc=doc)


class Font:
    """The font of a range; what is read is that of the first cell."""

    def __init__(self, owner: Range) -> None:
        self.range = owner

    bold = _member("bold", "Whether it is bold.")
    italic = _member("italic", "Whether it is italic.")
    size = _member("size", "In points.")
    name = _member("font", "The family.")

    @property
    def color(self) -> tuple[int, int, int] | None:
        """The colour of the letters; ``None``: automatic."""
        return color_parts(self.range.read_format("color"))

    @color.setter
    def color(self, value: Color) -> None:
        self.range.write_formats(color=color_number(value))
