"""Heights of rows in points as LibreOffice finds them and as it would fit them to their texts, as JSON.

Runs in the Python that has LibreOffice's ``uno``, not in that of the tests: ``python3 row_fitting.py out.json a.xlsx``.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import uno
from com.sun.star.beans import PropertyValue


def main(target: str, paths: list) -> None:
    """Ask one LibreOffice, with a profile and a pipe of its own, about all the workbooks."""
    pipe = f"cchc{os.getpid()}"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = ["--headless", "--norestore", "--nologo", "--nodefault", f"--accept=pipe,name={pipe};urp;"]
        office = subprocess.Popen(
            ["soffice", f"-env:UserInstallation={Path(profile).as_uri()}", *options], start_new_session=True
        )
        try:
            desktop = _desktop(pipe)
            Path(target).write_text(json.dumps({path: _heights(desktop, path) for path in paths}), encoding="utf-8")
        finally:
            os.killpg(office.pid, signal.SIGKILL)
            office.wait()


def _desktop(pipe: str) -> object:
    here = uno.getComponentContext()
    resolver = here.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", here)
    for _ in range(120):
        try:
            context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        except Exception:
            time.sleep(0.5)
    raise SystemExit("LibreOffice did not answer")


def _heights(desktop: object, path: str) -> dict:
    hidden = PropertyValue()
    hidden.Name, hidden.Value = "Hidden", True
    book = desktop.loadComponentFromURL(Path(path).as_uri(), "_blank", 0, (hidden,))
    found = {}
    for name in book.Sheets.ElementNames:
        sheet = book.Sheets.getByName(name)
        sheet.unprotect("")
        cursor = sheet.createCursor()
        cursor.gotoEndOfUsedArea(False)
        rows = range(cursor.RangeAddress.EndRow + 1)
        ours = [sheet.Rows.getByIndex(row).Height * 72 / 2540 for row in rows]
        sheet.Rows.OptimalHeight = True
        found[name] = [ours, [sheet.Rows.getByIndex(row).Height * 72 / 2540 for row in rows]]
    book.close(True)
    return found


main(sys.argv[1], sys.argv[2:])
