"""What a button asks of the user: Excel's own boxes. Tests put answers in their place."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from cchc_xl.errors import WorkbookFault

TITLE = "CCHC"
_SAVE_AS, _FILE, _FOLDER = 2, 3, 4  # MsoFileDialogType; 1 would offer Excel's own files only, and lists may be .tsv
_TEXT = 2  # Application.InputBox: an answer of type text
_LONGEST_QUESTION = 255  # of Application.InputBox: with more it shows nothing and gives Error 2015
_LONGEST_NAME = 120  # with its folder, 256 characters may be offered, and 260 written
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')
_EXCEL_ENDINGS = (".xlsm", ".xlsb", ".xls", ".xltx", ".xltm", ".csv", ".txt", ".ods")


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
        """Excel's input box; it gives False for Hủy. A long question is shown before, and asked by its last paragraph.

        Raises ``WorkbookFault`` when Excel shows no box.
        """
        if len(question) > _LONGEST_QUESTION:
            self.say(question)
            question = question.rpartition("\n\n")[2][:_LONGEST_QUESTION]
        # By position: Prompt, Title, Default, Left, Top, HelpFile, HelpContextID, Type.
        left_out = [_left_out()] * 4
        answer = self.app.api.InputBox(question, TITLE, default, *left_out, _TEXT)
        if answer is False:
            return None
        if not isinstance(answer, str):
            raise WorkbookFault("Excel không hiện được ô hỏi: hãy đóng các hộp thoại đang mở rồi bấm lại nút.")
        return answer.strip()

    def folder(self, title: str, start: str = "") -> Path | None:
        """The folder picker."""
        return self._pick(_FOLDER, title, start)

    def file(self, title: str, start: str = "") -> Path | None:
        """The open box."""
        return self._pick(_FILE, title, start)

    def save_as(self, title: str, start: str) -> Path | None:
        """The save box; the ending is ours to set, and a file that Excel has not asked about is asked about."""
        chosen = self._pick(_SAVE_AS, title, start)
        if chosen is None or chosen.suffix.lower() == ".xlsx":
            return chosen
        stem = chosen.stem if chosen.suffix.lower() in _EXCEL_ENDINGS else chosen.name
        target = chosen.with_name(f"{stem}.xlsx")
        if target.exists() and not self.agree(f"Tệp {target.name} đã có trong thư mục ấy. Ghi đè?"):
            return None
        return target

    def _pick(self, kind: int, title: str, start: str) -> Path | None:
        dialog = self.app.api.FileDialog(kind)
        dialog.Title = title
        if start:
            # A folder's name without a separator at its end would be taken for a file's.
            dialog.InitialFileName = f"{Path(start)}{os.sep}" if Path(start).is_dir() else start
        return Path(dialog.SelectedItems(1)) if dialog.Show() else None


def _left_out() -> Any:
    """What pywin32 takes for an argument that is not given; ``None`` would be the value Null."""
    return getattr(sys.modules.get("pythoncom"), "Missing", None)


def as_file_name(text: str) -> str:
    """A text that somebody typed, as the name of a file to offer: what Windows takes in none is a dash."""
    return _NOT_IN_NAMES.sub("-", text)[:_LONGEST_NAME].strip(" .")


def choose(dialogs: Dialogs, question: str, options: Sequence[tuple[str, str]]) -> str | None:
    """Ask for one of ``options`` (value, words) by its number; asks again until it is one. ``None``: Hủy."""
    listed = "\n".join(f"{number}. {words}" for number, (_, words) in enumerate(options, 1))
    while True:
        answer = dialogs.text(f"{question}\n{listed}\n\nGhi số thứ tự (1–{len(options)}):", "1")
        if answer is None:
            return None
        if answer.isascii() and answer.isdigit() and 1 <= int(answer) <= len(options):
            return options[int(answer) - 1][0]
