"""The fixture ``desk``: a LibreOffice with the extension on a screen of its own. A test module asks for it by

    pytest_plugins = ("virtual_screen.fixtures",)
"""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from calc_host import find_uno_python
from judge import unavailable

from cchc_xl.receiving.cache import PLACE
from virtual_screen.desk import Desk, install
from virtual_screen.display import Display
from virtual_screen.office import Office, copy_profile, environment, find_office
from virtual_screen.processes import Family

ROOT = Path(__file__).parents[2]
EXTENSION = ROOT / "macros" / "CCHC.oxt"
NOTHING_PRESSED = (
    "KHÔNG CÓ {what}: các nút CHƯA được bấm thử bằng chuột thật! / {what} IS MISSING: nobody presses the buttons! "
    "(Debian: apt-get install libreoffice-calc python3-uno xvfb xdotool)"
)


class Room:
    """The screen, and the profile into which the extension was installed once; an office for as long as it is well."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.home = folder / "home"
        self.log = folder / "libreoffice.log"
        self.family = Family(environment(self.home, CCHC_PYTHON=str(_python(folder)), **_kept()))
        self.display = Display(self.family, folder / "screen")
        self.family.environment.update(self.display.environment)
        self._profiles = 0
        self._prepared = folder / "profile"
        self._office: Office | None = None

    def install(self) -> None:
        """Make a profile and install the extension in it, by a double click."""
        office = Office(self.family, self._prepared, self.log)
        try:
            install(Desk(self.display, office.start(), self.folder / "pictures"), EXTENSION)
        finally:
            office.stop()

    def office(self) -> Office:
        """An office with nothing open."""
        if self._office is None or not self._office.running or not self._office.tidy():
            self.dismiss()
            self._office = Office(self.family, self._fresh_profile(), self.log).start()
        shutil.rmtree(self.home / ".cchc", ignore_errors=True)  # answers that the buttons offer again
        return self._office

    def office_without_python(self) -> Office:
        """Another office of the same profile, on a PC where the extension finds no Python with cchc_xl."""
        self.dismiss()
        self._office = Office(self.family, self._fresh_profile(), self.log, CCHC_PYTHON=str(self.folder / "none"))
        return self._office.start()

    def _fresh_profile(self) -> Path:
        self._profiles += 1
        return copy_profile(self._prepared, self.folder / f"profile-{self._profiles}")

    def dismiss(self) -> None:
        """End the office: the next test gets a new one."""
        if self._office is not None:
            self._office.stop()
            self._office = None

    def leave(self) -> None:
        """End everything."""
        try:
            self.dismiss()
            self.display.stop()
        finally:
            self.family.end()


def _python(folder: Path) -> Path:
    """A program that is this Python with the package under test, wherever it is started."""
    script = folder / "python"
    script.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" "$@"\n', encoding="utf-8")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return script


def _kept() -> dict[str, str]:
    return {PLACE: os.environ[PLACE]} if PLACE in os.environ else {}


@pytest.fixture(scope="session")
def room(soffice: Path, own_store: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """The screen and the profile; skips (in CI: fails) where a tool is missing."""
    for what, there in {
        "LIBREOFFICE": find_office(),
        "PYTHON3-UNO": find_uno_python(),
        "XVFB": shutil.which("Xvfb"),
        "XDOTOOL": shutil.which("xdotool"),
    }.items():
        if not there:
            unavailable(NOTHING_PRESSED.format(what=what))
    found = Room(tmp_path_factory.mktemp("screen"))
    try:
        found.install()
        yield found
    finally:
        found.leave()
    assert not found.family.living()


@pytest.fixture
def desk(room: Room, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """A LibreOffice with nothing open. When the test fails, a picture of the screen is left in ``tmp_path``."""
    failed = request.session.testsfailed
    found = Desk(room.display, room.office(), tmp_path / "pictures")
    yield found
    if request.session.testsfailed > failed:
        print(f"\nThe screen: {found.picture('failed')}\nLibreOffice said: {room.log}")
        log = room.home / ".cchc" / "nhat-ky.txt"
        if log.exists():
            print(f"The buttons' log:\n{log.read_text(encoding='utf-8')}")
        room.dismiss()


@pytest.fixture
def bare_desk(room: Room, tmp_path: Path) -> Iterator[Desk]:
    """A LibreOffice with the extension, on a PC without the toolkit itself."""
    try:
        yield Desk(room.display, room.office_without_python(), tmp_path / "pictures")
    finally:
        room.dismiss()
