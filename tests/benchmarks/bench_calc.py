"""A click on Kiểm tra in LibreOffice, timed: ``PYTHONPATH=tests python tests/benchmarks/bench_calc.py [clicks]``.

A headless office with the extension installed in a fresh profile, the largest form with the figures of a real report.
The first click starts the helper; the others are what a clerk waits for.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from calc_host import HeadlessOffice

from cchc_xl.hosts.built import FILLED, WORKBOOKS
from cchc_xl.layout import REPORT_SHEET

ROOT = Path(__file__).resolve().parents[2]
EXTENSION = ROOT / "macros" / "CCHC.oxt"
FORM = "vinh-thanh-2023"


def main() -> None:
    """Click, and print the times."""
    clicks = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    with tempfile.TemporaryDirectory() as folder:
        python = Path(folder) / "python-cchc"
        python.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" "$@"\n', encoding="utf-8")
        python.chmod(0o755)
        workbook = Path(shutil.copy(WORKBOOKS / FILLED / f"{FORM}.xlsx", folder))
        office = HeadlessOffice({"CCHC_PYTHON": str(python), "LOCALAPPDATA": folder})
        try:
            ask = office.channel.ask
            ask("test.install", path=str(EXTENSION))
            book = ask("book.open", path=str(workbook))
            times = []
            for _ in range(clicks + 1):
                start = time.perf_counter()
                ask("test.click", button="kiem-tra")
                times.append(time.perf_counter() - start)
                assert ask("sheets", book=book)["active"] == REPORT_SHEET
        finally:
            office.stop()
    first, *rest = times
    print(f"{FORM}: first click {first:.2f} s, then median {statistics.median(rest):.2f} s, longest {max(rest):.2f} s")


if __name__ == "__main__":
    main()
