"""What a click costs, as a ratio measured in one run: ``python tests/benchmarks/bench_click.py``. Asserts nothing.

A click starts a Python process. Measured from its start to the report in the workbook, for the largest form with its
printed figures: start, imports, read, check, write through the test engine – against ``import xlwings, openpyxl``.
The engine's own opening of the file (openpyxl, which Excel's user has done long before) is taken off. What comes after
the report (a process that throws its objects away) keeps nobody waiting: it is not counted, and the second ratio does
not count it in the imports' process either.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

from cchc_xl.operations import NewWorkbook, create_workbook, fill_workbook

RUNS = 9
# Byte-compiled, as pip and the installer leave packages, also where the environment forbids writing it.
ENV = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
FORM = "vinh-thanh-2023"
TESTS = Path(__file__).parents[1]
PRINTED = Path(__file__).parents[2] / "cchc_xl" / "samples" / "printed" / FORM

# Both print what to take off, and when they were ready: perf_counter is one clock for all processes.
_CLICK = """
import sys, time
from cchc_xl.hosts.excel.__main__ import main
def running(hwnd):
    global book, opening
    from excel_engine import open_book
    start = time.perf_counter()
    book = open_book(sys.argv[1])
    opening = time.perf_counter() - start
    return book.app
code = main(["kiem-tra"], running)
ready = time.perf_counter()
assert code == 0 and not book.app.impl.alerts, book.app.impl.alerts
report = book.sheets.active.range("A2:A3").value
assert " lỗi" in report[0] and "Chưa hoàn thành" in report[1], report
print(opening, ready)
"""
_IMPORTS = "import xlwings, openpyxl, time; print(0, time.perf_counter())"


class Cost(NamedTuple):
    """Seconds from the start of a process until it was ready, and until it was over."""

    ready: float
    over: float


def _run(*command: str) -> Cost:
    start = time.perf_counter()
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=True, cwd=TESTS, env=ENV)
    over = time.perf_counter()
    opening, ready = map(float, done.stdout.split())
    return Cost(ready - start - opening, over - start - opening)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "so.xlsx"
        create_workbook(NewWorkbook(FORM, unit="xã A", unit_code="1", period="2023-Q3"), book)
        fill_workbook(book, PRINTED)
        _run("-c", _CLICK, str(book))
        clicks, imports = [], []
        for _ in range(RUNS):
            clicks.append(_run("-c", _CLICK, str(book)))
            imports.append(_run("-c", _IMPORTS))
    click = median(cost.ready for cost in clicks)
    whole, ready = median(cost.over for cost in imports), median(cost.ready for cost in imports)
    print(
        f"from click to report: {click * 1000:.0f} ms, {click / whole:.2f} × python -c 'import xlwings, openpyxl' "
        f"({whole * 1000:.0f} ms); {click / ready:.2f} × the same without its exit ({ready * 1000:.0f} ms)"
    )


if __name__ == "__main__":
    main()
