"""What a check costs, as ratios measured in one run: ``python tests/benchmarks/bench_check.py``. Asserts nothing.

(a) ``python -m cchc_xl kiem-tra`` of one filled workbook against ``python -c "import pandas"``, wall time, interleaved.
(b) The check itself after reading, on the largest form: in a batch, and alone (the first call of a fresh process).
(c) Reading a form workbook with our reader against bare calamine and against openpyxl, on the same files.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from cchc_xl.operations import NewWorkbook, create_workbook, fill_workbook
from cchc_xl.samples.communes import FORM_ID, PERIOD, write_reports

RUNS = 7
# Byte-compiled, as pip and the installer leave packages, also where the environment forbids writing it.
_ENVIRONMENT = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
BATCH = 50

_ALONE = """
import sys, time
from pathlib import Path
from cchc_xl.operations import read_file, check_submission
start = time.perf_counter()
submission = read_file(Path(sys.argv[1]))
read = time.perf_counter()
check_submission(submission)
first = time.perf_counter()
check_submission(submission)
print(read - start, first - read, time.perf_counter() - first)
"""


def _wall(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, capture_output=True, check=False, env=_ENVIRONMENT)
    return time.perf_counter() - start


def _timed(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def _workbooks(folder: Path) -> list[Path]:
    """The nine made-up reports of the largest form, written by the toolkit."""
    paths = []
    for code, printed in write_reports(folder / "printed").items():
        path = folder / f"{code}.xlsx"
        create_workbook(NewWorkbook(FORM_ID, unit=code, unit_code=code, period=PERIOD), path)
        fill_workbook(path, printed)
        paths.append(path)
    return paths


def _row(what: str, ms: float, base: str, base_ms: float) -> None:
    print(f"{what:<52} {ms:9.2f} ms   {ms / base_ms:6.2f} × {base} ({base_ms:.2f} ms)")


def start_up(path: Path) -> None:
    """(a)"""
    _wall([sys.executable, "-m", "cchc_xl", "kiem-tra", str(path)])
    check_times, pandas_times, python_times = [], [], []
    for _ in range(RUNS):
        check_times.append(_wall([sys.executable, "-m", "cchc_xl", "kiem-tra", str(path)]))
        pandas_times.append(_wall([sys.executable, "-c", "import pandas"]))
        python_times.append(_wall([sys.executable, "-c", "pass"]))
    pandas = 1000 * median(pandas_times)
    _row("(a) kiem-tra of one workbook, from the shell", 1000 * median(check_times), "import pandas", pandas)
    _row("    an empty Python process", 1000 * median(python_times), "import pandas", pandas)


def check_itself(paths: list[Path]) -> None:
    """(b)"""
    from cchc_xl.checks.run import check
    from cchc_xl.readers.read_submission import read_file

    read_file(paths[0])  # imports and the form itself are no part of a batch
    submissions, reading = [], []
    for index in range(BATCH):
        start = time.perf_counter()
        submissions.append(read_file(paths[index % len(paths)]))
        reading.append(time.perf_counter() - start)
    checking = [_timed(lambda s=submission: check(s)) for submission in submissions]
    read = 1000 * sum(reading) / BATCH
    _row(f"(b) check, mean of a batch of {BATCH}", 1000 * sum(checking) / BATCH, "reading in the batch", read)
    _row(f"    check, median of a batch of {BATCH}", 1000 * median(checking), "reading in the batch", read)
    alone = []
    for _ in range(RUNS):
        done = subprocess.run([sys.executable, "-c", _ALONE, str(paths[0])], capture_output=True, text=True, check=True)
        alone.append([1000 * float(part) for part in done.stdout.split()])
    first_read, first, second = (median(times) for times in zip(*alone, strict=True))
    _row("    check alone, first call of a process", first, "reading, first call", first_read)
    _row("    check alone, second call of that process", second, "reading, first call", first_read)


def reading(paths: list[Path]) -> None:
    """(c)"""
    import openpyxl
    from python_calamine import CalamineWorkbook

    from cchc_xl.readers.read_submission import read_file

    def calamine(path: Path) -> None:
        workbook = CalamineWorkbook.from_path(str(path))
        for sheet in workbook.sheet_names:
            workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)

    def with_openpyxl(path: Path) -> None:
        openpyxl.load_workbook(path)

    def with_openpyxl_read_only(path: Path) -> None:
        workbook = openpyxl.load_workbook(path, read_only=True)
        for sheet in workbook.worksheets:
            for _ in sheet.iter_rows(values_only=True):
                pass
        workbook.close()

    readers = {
        "our reader": read_file,
        "bare calamine": calamine,
        "openpyxl": with_openpyxl,
        "openpyxl, read only": with_openpyxl_read_only,
    }
    times: dict[str, list[float]] = {name: [] for name in readers}
    for _ in range(3):
        for path in paths:
            for name, reader in readers.items():
                times[name].append(_timed(lambda r=reader, p=path: r(p)))
    ours = 1000 * median(times["our reader"])
    for name in readers:
        if name != "our reader":
            label = "(c) our reader" if name == "bare calamine" else "    our reader"
            _row(label, ours, name, 1000 * median(times[name]))


def main() -> None:
    """Measure and print the table."""
    print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}; form {FORM_ID}\n")
    with tempfile.TemporaryDirectory() as folder:
        paths = _workbooks(Path(folder))
        start_up(paths[0])
        check_itself(paths)
        reading(paths)


if __name__ == "__main__":
    main()
