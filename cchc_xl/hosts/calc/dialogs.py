"""What a button asks of the user, in LibreOffice's own boxes."""

from __future__ import annotations

import re
from pathlib import Path

from cchc_xl.hosts.calc.channel import Channel

# Excel as the program the user sits at, as the handlers' sentences name it; a kind of file ("sổ Excel") stays one.
_PROGRAM = re.compile(r"(?<=trong )Excel|(?<=đóng )Excel|Excel(?= (?:đang|đã|không|chưa)\b)")


def in_words_of_calc(text: str) -> str:
    """A sentence of the handlers, which all hosts share, for somebody who sits at LibreOffice."""
    return _PROGRAM.sub("LibreOffice", text)


class CalcDialogs:
    """The boxes of a running LibreOffice (``cchc_xl.hosts.excel.dialogs.Dialogs``)."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel

    def say(self, text: str) -> None:
        """A message box."""
        self.channel.ask("say", text=in_words_of_calc(text))

    def agree(self, question: str) -> bool:
        """A box with yes and no."""
        return bool(self.channel.ask("agree", text=in_words_of_calc(question)))

    def text(self, question: str, default: str = "") -> str | None:
        """A box with a line to fill in."""
        answer: str | None = self.channel.ask("text", question=question, default=default)
        return answer

    def folder(self, title: str, start: str = "") -> Path | None:
        """The folder picker."""
        return _path(self.channel.ask("folder", title=title, start=start))

    def file(self, title: str, start: str = "") -> Path | None:
        """The open box."""
        return _path(self.channel.ask("file", title=title, start=start))

    def save_as(self, title: str, start: str) -> Path | None:
        """The save box; the ending is ours to set."""
        chosen = _path(self.channel.ask("save_as", title=title, start=start))
        return chosen.with_suffix(".xlsx") if chosen else None


def _path(answer: str | None) -> Path | None:
    return Path(answer) if answer else None
