"""How fast the machine is that the tests run on: bounds of processor time were set on another one."""

from __future__ import annotations

import time
from functools import cache
from xml.parsers import expat

_NOMINAL = 0.03  # seconds of ``_work`` on the machine of the bounds, left alone
_MOST = 4.0  # what takes longer than that is no matter of the machine
_SHEET = b"<sheetData>" + b'<row r="1"><c r="A1" t="n"><v>12345</v></c></row>' * 6_000 + b"</sheetData>"


@cache
def slowness() -> float:
    """How many times longer the work of a reader takes here; 1 where it takes no longer."""
    return min(_MOST, max(1.0, max(_work() for _ in range(3)) / _NOMINAL))


def _work() -> float:
    """Seconds of the processor for the kind of work that reading a workbook is: XML, and Python over its tags."""
    begun = time.process_time()
    tags: dict[str, int] = {}

    def start(name: str, _: dict[str, str]) -> None:
        tags[name] = tags.get(name, 0) + 1

    for _ in range(4):
        parser = expat.ParserCreate()
        parser.StartElementHandler = start
        parser.Parse(_SHEET, True)
    return time.process_time() - begun
