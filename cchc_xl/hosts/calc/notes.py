"""Notes of a sheet in LibreOffice, which has one text for each cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cchc_xl.hosts.calc.engine import Sheet
    from cchc_xl.hosts.calc.ranges import Range


class Note:
    """The note on a cell."""

    def __init__(self, sheet: Sheet, row: int, column: int, text: str) -> None:
        self.sheet = sheet
        self._row, self._column, self._text = row, column, text

    @property
    def text(self) -> str:
        """What it says."""
        return self._text

    @text.setter
    def text(self, value: str) -> None:
        set_note(self.sheet, self._row, self._column, value)
        self._text = value

    @property
    def location(self) -> Range:
        """The cell."""
        return self.sheet.range((self._row, self._column))

    def delete(self) -> None:
        """Take the note off."""
        set_note(self.sheet, self._row, self._column, "")


def sheet_notes(sheet: Sheet) -> list[Note]:
    """The notes, row by row."""
    return [Note(sheet, row + 1, column + 1, text) for row, column, text in sheet.ask("notes")]


def note_at(sheet: Sheet, row: int, column: int) -> Note | None:
    """The note on a cell."""
    text = sheet.ask("note", row=row - 1, column=column - 1)
    return Note(sheet, row, column, text) if text else None


def set_note(sheet: Sheet, row: int, column: int, text: str) -> Note:
    """Make the note of a cell this one."""
    sheet.ask("note.set", row=row - 1, column=column - 1, text=text)
    return Note(sheet, row, column, text)
