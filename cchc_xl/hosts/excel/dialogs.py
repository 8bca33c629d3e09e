"""What a button asks of the user: Excel's own boxes. Tests put answers in their place."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

TITLE = "CCHC"
_OPEN, _SAVE_AS, _FOLDER = 1, 2, 4  # MsoFileDialogType
_TEXT = 2  # Application.InputBox: an answer of type text


class Dialogs(Protocol):
    """Every answer may be ``None``: the user pressed Hủy."""

    def say(self, text: str) -> None:
        """Show a message."""

    def agree(self, question: str) -> bool:
        """Ask yes or no."""

    def text(self, question: str, default: str = "") -> str | None:
        """Ask for a line of text."""

    def folder(self, title: str, start: str = "") -> Path | None:
        """Ask for a folder."""

    def file(self, title: str, start: str = "") -> Path | None:
        """Ask for an existing file."""

    def save_as(self, title: str, start: str) -> Path | None:
        """Ask where to write an .xlsx."""


class ExcelDialogs:
    """The boxes of an ``xlwings.App`` on Windows."""

    def __init__(self, app: Any) -> None:
        self.app = app

    def say(self, text: str) -> None:
        """A message box."""
        self.app.alert(text, TITLE)

    def agree(self, question: str) -> bool:
        """A box with yes and no."""
        return bool(self.app.alert(question, TITLE, "yes_no") == "yes")

    def text(self, question: str, default: str = "") -> str | None:
        """Excel's input box; it gives False for Hủy."""
        # By position: Prompt, Title, Default, Left, Top, HelpFile, HelpContextID, Type.
        answer = self.app.api.InputBox(question, TITLE, default, None, None, None, None, _TEXT)
        return answer.strip() if isinstance(answer, str) else None

    def folder(self, title: str, start: str = "") -> Path | None:
        """The folder picker."""
        return self._pick(_FOLDER, title, start)

    def file(self, title: str, start: str = "") -> Path | None:
        """The open box."""
        return self._pick(_OPEN, title, start)

    def save_as(self, title: str, start: str) -> Path | None:
        """The save box; the ending is ours to set."""
        chosen = self._pick(_SAVE_AS, title, start)
        return chosen.with_suffix(".xlsx") if chosen else None

    def _pick(self, kind: int, title: str, start: str) -> Path | None:
        dialog = self.app.api.FileDialog(kind)
        dialog.Title = title
        if start:
            dialog.InitialFileName = start
        return Path(dialog.SelectedItems(1)) if dialog.Show() else None


def choose(dialogs: Dialogs, question: str, options: Sequence[tuple[str, str]]) -> str | None:
    """Ask for one of ``options`` (value, words) by its number; asks again until it is one. ``None``: Hủy."""
    listed = "\n".join(f"{number}. {words}" for number, (_, words) in enumerate(options, 1))
    while True:
        answer = dialogs.text(f"{question}\n{listed}\n\nGhi số thứ tự (1–{len(options)}):", "1")
        if answer is None:
            return None
        if answer.isascii() and answer.isdigit() and 1 <= int(answer) <= len(options):
            return options[int(answer) - 1][0]
