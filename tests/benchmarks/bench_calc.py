"""A click on Kiểm tra in LibreOffice, timed: ``python -m pytest -q -s tests/benchmarks/bench_calc.py``.

Asserts nothing. A real mouse on a virtual screen, the largest form with the figures of a real report, in a fresh
profile. Timed from the release of the mouse until the report is in front. The first click starts the helper; the others
are what a clerk waits for.
"""

from __future__ import annotations

import shutil
import statistics
import time
from pathlib import Path

from virtual_screen.desk import Desk

from cchc_xl.hosts.built import FILLED, WORKBOOKS
from cchc_xl.layout import REPORT_SHEET

pytest_plugins = ("virtual_screen.fixtures",)

FORM = "vinh-thanh-2023"
_CLICKS = 8


def test_clicks(desk: Desk, tmp_path: Path) -> None:
    """Click, and print the times."""
    desk.open(Path(shutil.copy(WORKBOOKS / FILLED / f"{FORM}.xlsx", tmp_path)))
    times = []
    for _ in range(_CLICKS):
        desk.go_to("PL1", "E8")
        desk.press("Kiểm tra")
        start = time.perf_counter()
        desk.until(lambda: desk.active_sheet() == REPORT_SHEET, "the report")
        times.append(time.perf_counter() - start)
    first, *rest = times
    print(f"\n{FORM}: first {first:.2f} s, then median {statistics.median(rest):.2f} s, longest {max(rest):.2f} s")
