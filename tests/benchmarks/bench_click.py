"""What a click costs, as a ratio measured in one run: ``python tests/benchmarks/bench_click.py``. Asserts nothing.

A click starts a Python process. Measured from its start to the report in the workbook, for the largest form with its
printed figures: start, imports, read, check, write through the test engine – against ``import xlwings, openpyxl``.
The engine's own opening of the file (openpyxl, which Excel's user has done long before) is taken off.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from cchc_xl.operations import NewWorkbook, create_workbook, fill_workbook

RUNS = 7
# Byte-compiled, as pip and the installer leave packages, also where the environment forbids writing it.
ENV = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
FORM = "vinh-thanh-2023"
TESTS = Path(__file__).parents[1]
PRINTED = Path(__file__).parents[2] / "cchc_xl" / "samples" / "printed" / FORM

_CLICK = """
import sys, time
from cchc_xl.hosts.excel.buttons import press
from excel_engine import open_book
start = time.perf_counter()
book = open_book(sys.argv[1])
opened = time.perf_counter() - start
app = book.app
press("kiem-tra", app)
assert "lỗi" in str(app.status_bar), app.impl.alerts
print(opened)
"""


def _wall(*command: str) -> tuple[float, float]:
    start = time.perf_counter()
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=True, cwd=TESTS, env=ENV)
    return time.perf_counter() - start, float(done.stdout or 0)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "so.xlsx"
        create_workbook(NewWorkbook(FORM, unit="xã A", unit_code="1", period="2023-Q3"), book)
        fill_workbook(book, PRINTED)
        clicks, imports = [], []
        _wall("-c", _CLICK, str(book))
        for _ in range(RUNS):
            wall, opening = _wall("-c", _CLICK, str(book))
            clicks.append(wall - opening)
            imports.append(_wall("-c", "import xlwings, openpyxl")[0])
    click, base = median(clicks), median(imports)
    ratio = f"{click / base:.2f} × import xlwings, openpyxl ({base * 1000:.0f} ms)"
    print(f"from click to report: {click * 1000:.0f} ms, {ratio}")


if __name__ == "__main__":
    main()
