"""A screen that nobody sees (Xvfb), with the mouse, the keys and the pictures of it."""

from __future__ import annotations

import os
import select
import shutil
import struct
import subprocess
import zlib
from pathlib import Path

from virtual_screen.processes import Family

SIZE = (1366, 768)  # the screen of most office PCs
_DISPLAYS = range(90, 590)
_READY = 20.0  # seconds


class ScreenError(AssertionError):
    """No virtual screen, or no mouse and keys on it."""


class Display:
    """An X server of our own. ``environment`` is what programs need to show their windows on it."""

    def __init__(self, family: Family, folder: Path) -> None:
        self._family = family
        self._program = shutil.which("Xvfb") or "Xvfb"
        self._pixels = folder / "Xvfb_screen0"
        folder.mkdir(parents=True, exist_ok=True)
        # The server takes /tmp/.X<n>-lock exclusively, so a number that another run holds is refused at once. Where to
        # begin differs by process: runs side by side rarely meet.
        first = os.getpid() % len(_DISPLAYS)
        for number in [*_DISPLAYS[first:], *_DISPLAYS[:first]]:
            if not Path(f"/tmp/.X{number}-lock").exists() and self._start(number, folder):
                self._root = self._under_mouse()  # there is nothing else yet
                return
        raise ScreenError("Xvfb does not start: no free display number")

    def _start(self, number: int, folder: Path) -> bool:
        ready, tell = os.pipe()
        try:
            self._server = self._family.start(
                [self._program, f":{number}", "-displayfd", str(tell), "-fbdir", folder, "-nolisten", "tcp", "-noreset",
                 "-screen", "0", f"{SIZE[0]}x{SIZE[1]}x24"],
                pass_fds=(tell,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            os.close(tell)
            told = b""  # the number and the line's end come in two pieces; a reader that leaves between them ends it
            while not told.endswith(b"\n") and select.select([ready], [], [], _READY)[0]:
                if not (piece := os.read(ready, 16)):
                    break
                told += piece
        finally:
            os.close(ready)
        self.environment = {"DISPLAY": f":{number}"}
        if told == f"{number}\n".encode() and self._server.poll() is None:
            return True
        self._family.end(self._server)
        return False

    def point(self, x: int, y: int) -> None:
        """Move the mouse there: without a window manager the keys go to the window under it."""
        self._xdotool("mousemove", x, y)  # without --sync, which waits in vain where the mouse is there already

    def under_mouse(self) -> list[int]:
        """x, y, width, height of the window under the mouse."""
        found = _numbers(self._xdotool("getwindowgeometry", "--shell", self._under_mouse()))
        return [found[name] for name in ("X", "Y", "WIDTH", "HEIGHT")]

    def focus(self) -> None:
        """Give the keys to the window under the mouse, as a window manager does with a new window.

        They are taken away first: a window that has them already would not be told.
        """
        self._xdotool("windowfocus", self._root, "windowfocus", self._under_mouse())

    def _under_mouse(self) -> int:
        return _numbers(self._xdotool("getmouselocation", "--shell"))["WINDOW"]

    def click(self, times: int = 1) -> None:
        """Press the mouse's left button where it is."""
        self._xdotool("click", "--repeat", times, "--delay", 60, 1)

    def type(self, text: str) -> None:
        """Type a text of ASCII letters, key by key."""
        assert text.isascii(), "keys of a plain keyboard only"
        self._xdotool("type", "--delay", 12, "--", text)

    def key(self, *keys: str) -> None:
        """Press keys by their X names: ``"Return"``, ``"ctrl+z"``."""
        self._xdotool("key", "--delay", 12, *keys)

    def _xdotool(self, *words: object) -> str:
        done = subprocess.run(
            ["xdotool", *map(str, words)], env={**os.environ, **self.environment},
            capture_output=True, text=True, timeout=30, check=False,
        )  # fmt: skip
        if done.returncode:
            raise ScreenError(f"xdotool {words}: {done.stderr.strip()}")
        return done.stdout

    def pixels(self) -> bytes:
        """The server's own memory of the screen, an X window dump: header, colour map, pixels."""
        return self._pixels.read_bytes()

    def picture(self, target: Path, box: tuple[int, int, int, int] | None = None) -> Path:
        """Write the screen (or ``box``: x, y, width, height) as PNG."""
        dump = self.pixels()
        head = struct.unpack(">25I", dump[:100])
        start, width, height, line = head[0] + head[19] * 12, head[4], head[5], head[12]
        assert (head[1], head[11]) == (7, 32), "not the dump of a true-colour screen"
        x, y, wide, high = box or (0, 0, width, height)
        x, y = max(0, x), max(0, y)
        wide, high = min(wide, width - x), min(high, height - y)
        rows = bytearray()
        for row in range(y, y + high):
            begin = start + row * line + 4 * x
            pixels = dump[begin : begin + 4 * wide]
            colour = bytearray(3 * wide)
            colour[0::3], colour[1::3], colour[2::3] = pixels[2::4], pixels[1::4], pixels[0::4]
            rows += b"\0" + colour
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(
            b"\x89PNG\r\n\x1a\n"
            + _chunk(b"IHDR", struct.pack(">2I5B", wide, high, 8, 2, 0, 0, 0))
            + _chunk(b"IDAT", zlib.compress(bytes(rows), 9))
            + _chunk(b"IEND", b"")
        )
        return target

    def stop(self) -> None:
        """End the server."""
        self._family.end(self._server)


def _numbers(shell: str) -> dict[str, int]:
    """``NAME=number`` of each line."""
    return {name: int(value) for name, _, value in (line.partition("=") for line in shell.split())}


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
