"""Presses the buttons of an .xlsm in LibreOffice and calls macros of an add-in there; what happened, as JSON.

Runs in the Python that has LibreOffice's ``uno``, not in that of the tests: ``python3 pressing.py out.json task.json``.
A task names the ``workbook``, the modules to put in the place of its own (``probes``: what reaches Excel or Python on
Windows only), whether to press the buttons (``press``), and macros to ``call``: ``[module, name, arguments]``.
A probe leaves its trace in cell A400 of the first sheet. A press is the control's own action.
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

_TRACE = (0, 399)
_FILTER = "Calc MS Excel 2007 VBA XML"
_ALWAYS_EXECUTE = 4  # com.sun.star.document.MacroExecMode.ALWAYS_EXECUTE_NO_WARN


def main(target: str, task: dict) -> None:
    """Do the task in one LibreOffice with a profile and a pipe of its own."""
    pipe = f"cchc{os.getpid()}"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = ["--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck"]
        office = subprocess.Popen(
            ["soffice", f"-env:UserInstallation={Path(profile).as_uri()}", *options, f"--accept=pipe,name={pipe};urp;"],
            start_new_session=True,
            env={**os.environ, "SAL_USE_VCLPLUGIN": "svp", "LC_ALL": "C.UTF-8"},
        )
        try:
            done = _do(_desktop(pipe), task)
            Path(target).write_text(json.dumps(done), encoding="utf-8")
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


def _do(desktop: object, task: dict) -> dict:
    execute, kind = PropertyValue(), PropertyValue()
    execute.Name, execute.Value = "MacroExecutionMode", _ALWAYS_EXECUTE
    kind.Name, kind.Value = "FilterName", _FILTER  # an add-in is not recognised by itself
    book = desktop.loadComponentFromURL(Path(task["workbook"]).as_uri(), "_blank", 0, (execute, kind))
    (name,) = (name for name in book.BasicLibraries.ElementNames if name != "Standard")
    book.BasicLibraries.loadLibrary(name)
    library = book.BasicLibraries.getByName(name)
    modules = list(library.ElementNames)
    for module, source in task["probes"].items():
        library.replaceByName(module, source)
    pressed = _press(book) if task.get("press") else []
    called = [_call(book, name, *call) for call in task.get("call", [])]
    book.close(True)
    return {"modules": modules, "pressed": pressed, "called": called}


def _press(book: object) -> list:
    controller = book.CurrentController
    controller.setFormDesignMode(False)
    sheet = book.Sheets.getByIndex(0)
    pressed = []
    for shape in (sheet.DrawPage.getByIndex(index) for index in range(sheet.DrawPage.Count)):
        if not shape.supportsService("com.sun.star.drawing.ControlShape"):
            continue
        sheet.getCellByPosition(*_TRACE).String = ""
        button = controller.getControl(shape.Control).getAccessibleContext()
        button.doAccessibleAction(0)
        for _ in range(50):  # the press is answered when LibreOffice comes to it
            if sheet.getCellByPosition(*_TRACE).String:
                break
            time.sleep(0.1)
        pressed.append([button.getAccessibleName(), sheet.getCellByPosition(*_TRACE).String])
    return pressed


def _call(book: object, library: str, module: str, name: str, arguments: list) -> object:
    address = f"vnd.sun.star.script:{library}.{module}.{name}?language=Basic&location=document"
    trace = book.Sheets.getByIndex(0).getCellByPosition(*_TRACE)
    trace.String = ""
    given = tuple(book if argument is None else argument for argument in arguments)  # some object
    result, _, _ = book.getScriptProvider().getScript(address).invoke(given, (), ())
    return result or trace.String


main(sys.argv[1], json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")))
