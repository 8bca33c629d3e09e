"""One entry in the list of things to undo for all that a press changes.

LibreOffice keeps no more than 100 changes in a list, and in an entry of a list no more than 100 either: what is older
is dropped. So changes are put into parts, which are entries themselves.
"""

from __future__ import annotations

import contextlib

_PART = 40  # requests in a part: each makes one or two changes
_CELLS = 90  # changes of single cells in a part


@contextlib.contextmanager
def entry(book, title):
    """What is changed inside is one entry."""
    undo = book.getUndoManager()
    undo.enterUndoContext(title)
    try:
        yield
    finally:
        undo.leaveUndoContext()


class Press:
    """The entry of a press: ``step`` before every change. A press that changes nothing makes none."""

    def __init__(self, book, title):
        self._book, self._title = book, title
        self._saved = not book.isModified()
        self._steps = 0
        self._entry = contextlib.ExitStack()
        self._part = contextlib.ExitStack()

    def step(self):
        """A change is coming."""
        if not self._steps:
            self._entry.enter_context(entry(self._book, self._title))
        if self._steps % _PART == 0:
            self._part.close()
            self._part.enter_context(entry(self._book, self._title))
        self._steps += 1

    def close(self):
        """The press is over. To hold the recalculation and let it go counts as a change for LibreOffice, not for us."""
        with self._entry:
            self._part.close()
        if self._saved and not self._steps:
            self._book.setModified(False)

    def __enter__(self):
        self._in_front = self._book.getCurrentController().getActiveSheet().getName()
        return self

    def __exit__(self, kind, *_):
        self.close()
        if kind is not None and self._steps:
            self._take_back()

    def _take_back(self):
        """A press that broke off has left sheets unprotected and half of the marks: nothing of it stays."""
        undo = self._book.getUndoManager()
        undo.undo()
        undo.clearRedo()
        # An undo shows the sheet that it changed.
        self._book.getCurrentController().setActiveSheet(self._book.getSheets().getByName(self._in_front))
        if self._saved:
            self._book.setModified(False)


def each_cell(book, title, cells, change):
    """Change single cells, however many they are."""
    with entry(book, title):
        for first in range(0, len(cells), _CELLS):
            with entry(book, title):
                for cell in cells[first : first + _CELLS]:
                    change(cell)
