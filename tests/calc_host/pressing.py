"""Presses the buttons of an .xlsm in LibreOffice and calls macros of an add-in there; ``bridge.py`` runs this.

A task names the ``workbook``, the modules to put in the place of its own (``probes``: what reaches Excel or Python on
Windows only), whether to press the buttons (``press``), and macros to ``call``: ``[module, name, arguments]``.
A probe leaves its trace in cell A400 of the first sheet. A press is the control's own action.
"""

import time
from pathlib import Path

import uno  # noqa: F401 - finds what comes from com.sun.star
from com.sun.star.beans import PropertyValue

_TRACE = (0, 399)
_FILTER = "Calc MS Excel 2007 VBA XML"
_ALWAYS_EXECUTE = 4  # com.sun.star.document.MacroExecMode.ALWAYS_EXECUTE_NO_WARN


def macros(desktop: object, task: dict) -> dict:
    """Do the task; the names of the modules, of the pressed buttons with their traces, and what the macros gave."""
    execute, kind = PropertyValue(), PropertyValue()
    execute.Name, execute.Value = "MacroExecutionMode", _ALWAYS_EXECUTE
    kind.Name, kind.Value = "FilterName", _FILTER  # an add-in is not recognised by itself
    book = desktop.loadComponentFromURL(Path(task["workbook"]).as_uri(), "_blank", 0, (execute, kind))
    try:
        (name,) = (name for name in book.BasicLibraries.ElementNames if name != "Standard")
        book.BasicLibraries.loadLibrary(name)
        library = book.BasicLibraries.getByName(name)
        modules = list(library.ElementNames)
        for module, source in task["probes"].items():
            library.replaceByName(module, source)
        pressed = _press(book) if task.get("press") else []
        called = [_call(book, name, *call) for call in task.get("call", [])]
    finally:
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
