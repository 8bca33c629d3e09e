"""Notes, which Excel's own object model still calls comments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openpyxl.comments import Comment

from .core import ComError, Member
from .grid import made_cell
from .protection import require_objects

if TYPE_CHECKING:
    from .com import NoteApi
    from .ranges import Range

_AUTHOR = "Excel"


class Note(Member, label="Note"):
    """The note on a cell."""

    def __init__(self, owner: Range, cell: Any) -> None:
        self._app = owner._app
        self._sheet = owner._sheet
        self._cell = cell
        self._comment: Comment = cell.comment

    @property
    def api(self) -> NoteApi:
        from .com import NoteApi  # com needs this module

        return NoteApi(self)

    @property
    def text(self) -> str:
        self._require_existence()
        return str(self._comment.text)

    @text.setter
    def text(self, value: str) -> None:
        self._require_existence()
        require_objects(self._sheet)
        self._comment.text = value
        self._sheet._book._saved = False

    @property
    def location(self) -> Range:
        return self._sheet.range((self._cell.row, self._cell.column))

    def delete(self) -> None:
        self._require_existence()
        require_objects(self._sheet)
        self._cell.comment = None
        self._sheet._book._saved = False

    def _resize(self, width: float | None = None, height: float | None = None) -> None:
        self._require_existence()
        require_objects(self._sheet)
        self._comment.width = width or self._comment.width
        self._comment.height = height or self._comment.height
        self._sheet._book._saved = False

    def _require_existence(self) -> None:
        if self._cell.comment is not self._comment:
            raise ComError("Object has been deleted.")


def add_note(owner: Range, text: str) -> Note:
    """Put a note on one cell that has none."""
    require_objects(owner._sheet)
    if owner._rows * owner._columns != 1:
        raise ComError("Application-defined or object-defined error: a comment belongs to one cell.")
    cell = made_cell(owner._sheet._ws, owner._row, owner._column)
    if cell.comment is not None:
        raise ComError("Application-defined or object-defined error: the cell has a comment already.")
    cell.comment = Comment(text, _AUTHOR)
    owner._sheet._book._saved = False
    return Note(owner, cell)


def clear_notes(owner: Range) -> None:
    """Take the notes off all cells of a range."""
    require_objects(owner._sheet)
    for cell in owner._existing():
        if cell.comment is not None:
            cell.comment = None
    owner._sheet._book._saved = False
