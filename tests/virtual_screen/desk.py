"""A person at a desk: sees what stands on the screen, types with keys, clicks with the mouse.

    desk.open(book)
    desk.type_into("PL1", "E35", "12")
    desk.press("Kiểm tra")
    desk.until(lambda: desk.cell("PL1", "E35")["note"], "a note at the cell")

Nothing here waits for a length of time: every step ends when the screen shows what it was for, and fails with a
picture of the screen when that does not come.
"""

from __future__ import annotations

import itertools
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from virtual_screen.display import Display
from virtual_screen.office import Office

T = TypeVar("T")

TOOLBAR = "CCHC"
_BLANK = 40_000  # bytes: an empty window takes no more
_PATIENCE = 30.0  # seconds, on a busy machine; what comes, comes in less than one
_TRIES = (3.0, 8.0, _PATIENCE)  # seconds after which what shows nothing is done again
_TOLD = 0.5  # seconds that LibreOffice may take to notice that it has the keys
_GLANCE = 0.05  # seconds: looking disturbs the office, too
_DOCUMENT, _DIALOGS = "ROOT_PANE", {"DIALOG", "ALERT", "OPTION_PANE", "FILE_CHOOSER"}


class NotSeen(AssertionError):
    """What should stand on the screen does not."""


class Dialog:
    """A dialog on the screen. Two that follow each other may have one title: what they say tells them apart."""

    def __init__(self, desk: Desk, facts: Mapping[str, Any], words: str) -> None:
        self.desk = desk
        self.title: str = facts["name"]
        self.words = words
        self.box: Sequence[int] = facts["box"]
        self.facts = facts

    @property
    def shown(self) -> bool:
        """Whether it still stands there."""
        return key(self.facts) in map(key, self.desk.dialogs()) and self.desk.words(self.facts) == self.words

    def elements(self, role: str = "") -> list[dict[str, Any]]:
        """Its fields and buttons."""
        return self.desk.office.ask("elements", window=key(self.facts), role=role)

    def button(self, *names: str) -> dict[str, Any]:
        """The button with one of these names."""
        found = self.desk.until(
            lambda: [button for button in self.elements("PUSH_BUTTON") if button["name"] in names],
            f"a button {' / '.join(names)} in {self.title!r}",
        )
        return found[0]

    def press(self, *names: str) -> None:
        """Click the button with one of these names; the dialog must go."""

        def click() -> None:
            try:
                self.desk.click(self.button(*names)["box"], self.facts)
            except NotSeen:
                if self.shown:
                    raise

        self.desk.insist(click, lambda: not self.shown, f"the end of the dialog {self.title!r}")

    def write(self, text: str) -> None:
        """Put a text into its field, in place of what stands there."""

        def write() -> None:
            self.desk.click(self.desk.until(self._field, f"a field in {self.title!r}")["box"], self.facts)
            self.desk.display.key("ctrl+a", "Delete")
            self.desk.display.type(text)

        self.desk.insist(write, lambda: self._written() == text, f"{text!r} in the field of {self.title!r}")

    def _written(self) -> str | None:
        field = self._field()  # a folder that is there is completed by a slash
        return field and field["text"].removesuffix("/")

    def answer(self, text: str) -> None:
        """Fill in its line and agree."""
        self.write(text)
        self.press("Đồng ý", "OK")

    def choose(self, path: Path) -> None:
        """In a dialog for files or folders: write the path and agree."""
        self.write(str(path))
        self.accept()

    def accept(self) -> None:
        """Press its first button (Open, Save, Select)."""
        found = self.desk.until(
            lambda: [button for button in self.elements("PUSH_BUTTON") if "DEFAULT" in button["states"]],
            f"the first button of {self.title!r}",
        )
        self.press(found[0]["name"])

    def _field(self) -> dict[str, Any] | None:
        """Where to write: the labelled field; a dialog for files has another one for the folder, without a label."""
        fields = [field for field in self.elements("TEXT") if "EDITABLE" in field["states"]]
        return next((field for field in fields if field["name"].endswith(":")), fields[0] if fields else None)


class Desk:
    """The screen with a LibreOffice on it. ``file`` is the workbook that was opened last."""

    def __init__(self, display: Display, office: Office, pictures: Path) -> None:
        self.display = display
        self.office = office
        self.pictures = pictures
        self.file = ""
        self._numbers = itertools.count(1)
        self._seen = b""

    # Seeing ----------------------------------------------------------------------------------------------------------

    def until(self, seen: Callable[[], T], what: str, patience: float = _PATIENCE) -> T:
        """Look until ``seen`` gives something true, and give it. What is not there yet may raise ``LookupError``."""
        deadline = time.monotonic() + patience
        while True:
            try:
                if found := seen():
                    return found
                missing = ""
            except (LookupError, NotSeen) as fault:
                missing = f" ({fault})"
            if time.monotonic() > deadline:
                raise NotSeen(f"not seen within {patience:g} s: {what}{missing}; picture: {self.picture('not-seen')}")
            time.sleep(_GLANCE)

    def insist(self, act: Callable[[], object], seen: Callable[[], T], what: str) -> T:
        """Act until it shows, as a person does.

        On a busy machine LibreOffice presses a button and lets go of it when the keys come only then: nothing happens.
        """
        for patience in _TRIES[:-1]:
            act()
            with suppress(NotSeen):
                return self.until(seen, what, patience)
        act()
        return self.until(seen, what, _TRIES[-1])

    def still(self) -> bool:
        """Whether something stands on the screen and has not changed for a glance: all is drawn."""
        before, self._seen = self._seen, self.display.pixels()
        return before == self._seen and len(zlib.compress(before, 1)) > _BLANK

    def picture(self, name: str) -> Path:
        """Keep what the screen shows."""
        return self.display.picture(self.pictures / f"{next(self._numbers):02d}-{name}.png")

    def windows(self) -> list[dict[str, Any]]:
        """The windows on the screen."""
        return self.office.ask("windows")

    def dialogs(self) -> list[dict[str, Any]]:
        """The dialogs on the screen."""
        return [window for window in self.windows() if window["role"] in _DIALOGS]

    def words(self, dialog: Mapping[str, Any]) -> str:
        """What a dialog says."""
        elements = self.office.ask("elements", window=key(dialog))
        said = [element["name"] for element in elements if element["role"] in {"LABEL", "STATIC"}]
        return "\n".join(filter(None, said))

    def dialog(self, saying: str = "", title: str = "", role: str = "", patience: float = _PATIENCE) -> Dialog:
        """Wait for a dialog that says this, with this title, of this role (``ALERT``: a message)."""

        def look() -> Dialog | None:
            for facts in self.dialogs():
                if title in facts["name"] and role in ("", facts["role"]) and facts["box"]:
                    words = self.words(facts)
                    if saying in words:
                        return Dialog(self, facts, words)
            return None

        return self.until(look, f"a dialog {title} {saying} {role}", patience)

    def books(self) -> list[dict[str, Any]]:
        """What is open."""
        return self.office.ask("books")

    def cell(self, sheet: str, address: str) -> dict[str, Any]:
        """A cell of the workbook."""
        return self.office.ask("cell", file=self.file, sheet=sheet, address=address)

    def block(self, sheet: str) -> list[list[Any]]:
        """The values of all that is used of a sheet."""
        return self.office.ask("block", file=self.file, sheet=sheet)

    def active_sheet(self) -> str:
        """The sheet that is shown."""
        return self.book()["active"]

    def book(self) -> dict[str, Any]:
        """The workbook: sheets, whether modified, format."""
        for book in self.books():
            if book["file"] == self.file:
                return book
        raise LookupError(f"{self.file} is not open")

    def element(self, role: str, name: str = "", toolbar: str = "") -> dict[str, Any]:
        """Something in the window of the workbook, or of the start centre where none is open."""
        return self.until(
            lambda: self.office.ask("element", window=self.main(), role=role, name=name, toolbar=toolbar),
            f"{role} {name!r}",
        )

    def toolbar(self) -> list[str]:
        """The words on the extension's toolbar, in order."""
        found = self.office.ask("elements", window=self.main(), role="PUSH_BUTTON", toolbar=TOOLBAR)
        return [button["name"] for button in found]

    def menu(self, name: str) -> list[str]:
        """Open a menu, read its items, and close it again."""
        items = self._open_menu(name)
        self.display.key("Escape", "Escape")
        return [item["name"] for item in items]

    def _open_menu(self, name: str) -> list[dict[str, Any]]:
        def click() -> None:
            self.display.key("Escape", "Escape")  # a second click would close it
            self.click(self.element("MENU", name)["box"])

        return self.insist(click, lambda: self.office.ask("menu", window=self.main(), name=name), f"the menu {name}")

    def main(self) -> list[str]:
        """The window of the workbook, or the start centre, by role and name."""
        main = [key(window) for window in self.windows() if window["role"] == _DOCUMENT]
        return next((window for window in main if self.file and window[1].startswith(self.file)), main[0])

    def _main(self) -> dict[str, Any]:
        """The same with what is to be seen of it; its name may change while we look."""
        return self.until(lambda: self.office.ask("window", window=self.main()), "the main window")

    # Acting ----------------------------------------------------------------------------------------------------------

    def open(self, path: Path, **options: bool) -> None:
        """Have a workbook on the screen."""
        assert self.office.ask("open", path=str(path), **options), f"{path} does not open"
        self._opened(path.name)

    def open_by_hand(self, path: Path) -> None:
        """Open a workbook through Ctrl+O and the dialog, as a person does."""
        self.come_to_front()
        self.display.key("ctrl+o")
        self.dialog(title="Open").choose(path)
        self._opened(path.name)

    def _opened(self, file: str) -> None:
        self.file = file
        self.until(lambda: [b for b in self.books() if b["file"] == file and b["active"]], f"{file} open")
        self.until(lambda: [w for w in self.windows() if w["name"].startswith(file)], f"the window of {file}")

    def click(self, box: Sequence[int], window: Mapping[str, Any] | None = None, times: int = 1) -> None:
        """Click into the middle of a rectangle of a window (without one: the main window), once it stands there."""
        self.display.point(box[0] + box[2] // 2, box[1] + box[3] // 2)
        self._attend(window or self._main())
        self.display.click(times)

    def come_to_front(self) -> None:
        """See to it that the main window has the keys."""
        window = self._main()
        left, top, width, _ = window["box"]
        self.display.point(left + 2 * width // 3, top + 5)  # nothing stands there
        self._attend(window)

    def _attend(self, window: Mapping[str, Any]) -> None:
        """Wait until a window is up under the mouse, and give it the keys, as a window manager would.

        LibreOffice names a window before the screen has it; and a click into one without the keys opens a menu or
        presses a button only to let go of it when the keys come.
        """

        given = 0.0

        def attentive() -> bool:
            nonlocal given
            if self.display.under_mouse() != window["box"]:
                return False
            if self.office.ask("active") == key(window):
                return True
            if time.monotonic() > given + _TOLD:
                self.display.focus()
                given = time.monotonic()
            return False

        self.until(attentive, f"the window {key(window)} under the mouse")

    def press(self, button: str) -> None:
        """Click a button of the toolbar."""
        self.click(self.element("PUSH_BUTTON", button, toolbar=TOOLBAR)["box"])

    def choose(self, menu: str, item: str) -> None:
        """Click an item of a menu in the menu bar."""
        [found] = [found for found in self._open_menu(menu) if found["name"] == item]
        left, top, width, height = found["box"]
        self.display.point(left + width // 2, top + height // 2)
        self.display.click()

    def go_to(self, sheet: str, address: str) -> None:
        """Put the cursor on a cell through the name box."""

        def go() -> None:
            self.click(self.element("TEXT", toolbar="Formula Tool Bar")["box"], times=3)
            self.display.type(f"{sheet}.{address}")
            self.display.key("Return")

        self.insist(go, lambda: self._cursor() == f"{sheet}.{address}", f"the cursor on {sheet}.{address}")

    def _cursor(self) -> str:
        return self.office.ask("selection", file=self.file)

    def begin_typing(self, sheet: str, address: str, text: str) -> None:
        """Type into a cell and leave it at that: no Enter."""
        self.go_to(sheet, address)
        self.display.type(text)

    def save(self) -> None:
        """Ctrl+S."""
        self.come_to_front()
        self.display.key("ctrl+s")
        self.until(lambda: not self.book()["modified"], f"{self.file} saved")

    def undo(self) -> None:
        """Ctrl+Z, once."""
        self.come_to_front()
        before = self.office.ask("undo", file=self.file)
        self.display.key("ctrl+z")
        self.until(lambda: self.office.ask("undo", file=self.file) == before[1:], f"{before[:1]} undone")

    def type_into(self, sheet: str, address: str, text: str) -> None:
        """Type a text into a cell, with Enter at the end."""
        self.begin_typing(sheet, address, text)
        self.display.key("Return")
        self.until(lambda: self._cursor() != f"{sheet}.{address}", f"{text!r} in {sheet}.{address}")


def install(desk: Desk, extension: Path, asked: Callable[[Dialog], None] = lambda question: None) -> None:
    """Double-click an extension and say yes; ``asked`` is shown the question first."""
    desk.office.double_click(extension)
    question = desk.dialog(role="ALERT")
    asked(question)
    question.press("OK")
    manager = desk.dialog(title="Extension Manager", role="DIALOG")
    # It is ready when it could add another; a manager that is closed before takes LibreOffice down.
    desk.until(
        lambda: desk.office.ask("extensions") and "ENABLED" in manager.button("Add")["states"],
        f"the extension {extension.name} installed",
    )
    # The manager may be at work still and miss a click: again, as a person would, until the next question stands.
    for patience in (2.0, 5.0, _PATIENCE):
        desk.click(manager.button("Close")["box"], manager.facts)
        with suppress(NotSeen):
            desk.dialog(title="Restart LibreOffice", patience=patience).press("Restart Later")
            return
    raise NotSeen("the extension manager does not close")


def key(window: Mapping[str, Any]) -> list[str]:
    """By what a window is known from one glance to the next."""
    return [window["role"], window["name"]]
