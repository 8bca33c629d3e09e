"""What a merge costs, as ratios measured in one run: ``python tests/benchmarks/bench_merge.py [N …]``. Asserts nothing.

For each number of submissions of the largest form (default 30, 200, 1,000):
(a) reading, checking and merging; (b) the whole of ``tong-hop`` with the summary workbook, in its own process, its
highest use of memory beside it; (c) the same again, when every submission is known from the run before.
All against a bare python-calamine loop over the same files, and an openpyxl + pandas loop over a few of them.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cchc_xl.catalogue.load import load_form
from cchc_xl.cover import COVER_SHEET, standard_place
from cchc_xl.layout import cell_address
from cchc_xl.ooxml.patch import CellWrite, patch_cells
from cchc_xl.operations import NewWorkbook, create_workbook, fill_workbook
from cchc_xl.samples.communes import FORM_ID, PERIOD, write_reports

_ENVIRONMENT = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
_MB = 1024
_FEW = 20

# Nothing is written: neither the workbook nor the tidy table beside it.
_WITHOUT_OUTPUT = """
import sys
from pathlib import Path
import cchc_xl.merging as merging
folder, target, period = sys.argv[1:]
merging._write = lambda summary, *_: summary
if __name__ == "__main__":
    merging.merge(merging.MergeRequest(Path(folder), Path(target), period=period))
"""


def submissions(folder: Path, count: int) -> list[Path]:
    """The nine made-up reports over and over, each under a unit of its own; made once for all sizes."""
    templates = []
    for code, printed in write_reports(folder / "printed").items():
        path = folder / f"template-{code}.xlsx"
        create_workbook(NewWorkbook(FORM_ID, unit=code, unit_code=code, period=PERIOD), path)
        fill_workbook(path, printed)
        templates.append(path)
    place = standard_place(load_form(FORM_ID))
    unit, code = (cell_address(place.rows[key], place.columns["value"]) for key in ("unit", "unit_code"))
    (folder / "all").mkdir()
    paths = []
    for number in range(count):
        path = folder / "all" / f"{number:05}.xlsx"
        writes = {unit: CellWrite(f"xã {number:05}"), code: CellWrite(f"{number:05}")}
        patch_cells(templates[number % len(templates)], path, {COVER_SHEET: writes})
        paths.append(path)
    return paths


def _calamine(paths: list[Path]) -> float:
    from python_calamine import CalamineWorkbook

    start = time.perf_counter()
    for path in paths:
        workbook = CalamineWorkbook.from_path(str(path))
        for sheet in workbook.sheet_names:
            workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    return time.perf_counter() - start


def _openpyxl(paths: list[Path]) -> float:
    import openpyxl
    import pandas as pd

    start = time.perf_counter()
    frames = []
    for path in paths:
        workbook = openpyxl.load_workbook(path, read_only=True)
        sheets = [(sheet.title, sheet.iter_rows(values_only=True)) for sheet in workbook.worksheets]
        rows = [(name, *(*row, *[None] * 6)[:6]) for name, body in sheets for row in body]
        frames.append(pd.DataFrame(rows))
        workbook.close()
    pd.concat(frames).groupby(0).count()
    return time.perf_counter() - start


def _run(command: list[str]) -> tuple[float, int]:
    """Wall time and the highest memory of the process and its helpers, in MB."""
    measured = (
        "import resource,subprocess,sys;"
        "code=subprocess.run(sys.argv[1:],stdout=subprocess.DEVNULL).returncode;"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, code)"
    )
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", measured, *command], capture_output=True, text=True, env=_ENVIRONMENT)
    took = time.perf_counter() - start
    highest, code = done.stdout.split()
    if code not in ("0", "1"):
        raise SystemExit(f"{command}: {done.stderr}")
    return took, int(highest) // _MB


def measure(paths: list[Path], folder: Path) -> None:
    """One size."""
    batch = folder / f"batch-{len(paths)}"
    batch.mkdir()
    for path in paths:
        (batch / path.name).hardlink_to(path)
    out = folder / f"out-{len(paths)}.xlsx"
    cache = {"CCHC_XL_CACHE": str(folder / f"cache-{len(paths)}")}
    _ENVIRONMENT.update(cache)
    bare = _calamine(paths)
    slow = _openpyxl(paths[:_FEW]) * len(paths) / min(_FEW, len(paths))
    whole = [sys.executable, "-m", "cchc_xl", "tong-hop", str(batch), "--ky", PERIOD, "--out", str(out)]
    script = folder / "without_workbook.py"
    script.write_text(_WITHOUT_OUTPUT, encoding="utf-8")
    parts = [sys.executable, str(script), str(batch), str(folder / "none.xlsx"), PERIOD]
    rows = []
    _ENVIRONMENT["CCHC_XL_CACHE"] = str(folder / f"cache-parts-{len(paths)}")
    rows.append(("(a) read, check, merge", *_run(parts)))
    _ENVIRONMENT["CCHC_XL_CACHE"] = str(folder / f"cache-{len(paths)}")
    rows.append(("(b) tong-hop with the workbook", *_run(whole)))
    size = out.stat().st_size / _MB / _MB
    rows.append(("(c) tong-hop again", *_run(whole)))
    print(f"\n{len(paths)} submissions; bare calamine {bare:.2f} s, openpyxl + pandas about {slow:.1f} s")
    for what, took, memory in rows:
        each = 1000 * took / len(paths)
        print(f"{what:<34} {took:7.2f} s  {each:7.2f} ms each  {took / bare:5.2f} × calamine  {memory:5} MB")
    print(f"summary workbook {size:.1f} MB")


def main() -> None:
    """Measure and print."""
    sizes = [int(size) for size in sys.argv[1:]] or [30, 200, 1000]
    print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = submissions(folder, max(sizes))
        for size in sizes:
            measure(paths[:size], folder)


if __name__ == "__main__":
    main()
