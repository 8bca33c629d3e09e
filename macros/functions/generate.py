"""Generate ``addin/CchcFunctions.bas``: the VBA wrappers of the worksheet functions, and their help in the wizard.

    python macros/functions/generate.py            write the file (``python -m cchc_xl.addin`` does so, too)
    python macros/functions/generate.py --print    print it
    python macros/functions/generate.py --json     print what xlwings knows of the functions
    python macros/functions/generate.py --stock    print the wrappers that xlwings itself would write

The functions' module is imported with the decorators that xlwings uses on Windows, so what classic mode refuses is
refused here too, and names, order and defaults are those by which xlwings will call. They need no Excel, but their
module imports pywin32 by name; where that is missing, empty stand-ins let the import pass.

xlwings' own wrappers would do for its own add-in: they hand over a workbook, in which xlwings looks for embedded code,
and show Python's English where something fails. Ours call ``CchcPython.CchcCall``, which names no workbook.
The sources are ASCII: Vietnamese help is written with ``\\uXXXX``, which ``CchcText`` turns back.
"""

from __future__ import annotations

import importlib
import json
import sys
from io import StringIO
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

MODULE = "cchc_xl.hosts.excel.functions"
TARGET = Path(__file__).parents[1] / "addin" / "CchcFunctions.bas"
ADDIN = "CCHC.xlam"
_HELP_LENGTH = 255
_LINE = 100  # characters of a string literal: VBA takes lines of at most 1023


def udfs() -> Any:
    """xlwings' module for functions, with stand-ins for the parts of pywin32 that it only names on import."""
    if sys.platform != "win32":
        for name in ("pythoncom", "pywintypes", "win32com", "win32com.client"):
            sys.modules.setdefault(name, ModuleType(name))
        sys.modules["pythoncom"].CoInitialize = lambda: None  # type: ignore[attr-defined]
        sys.modules["win32com.client"].Dispatch = None  # type: ignore[attr-defined]
    return importlib.import_module("xlwings.udfs")


def functions_module(found: Any) -> ModuleType:
    """The functions, decorated as on Windows."""
    import xlwings

    xlwings.func, xlwings.arg, xlwings.ret = found.xlfunc, found.xlarg, found.xlret
    sys.modules.pop(MODULE, None)
    return importlib.import_module(MODULE)


def described(module: ModuleType) -> list[dict[str, Any]]:
    """What xlwings knows of each function: its name, category, help, and its arguments with theirs."""
    infos = [getattr(module, name).__xlfunc__ for name in dir(module) if hasattr(getattr(module, name), "__xlfunc__")]
    return [
        {
            "name": info["name"],
            "category": info["category"],
            "doc": info["ret"]["doc"],
            "args": [
                {"name": arg["name"], "doc": arg["doc"], **({"default": arg["optional"]} if "optional" in arg else {})}
                for arg in info["args"]
            ],
        }
        for info in infos
    ]


def wrappers() -> str:
    """The text of the VBA module."""
    infos = described(functions_module(udfs()))
    lines = [
        'Attribute VB_Name = "CchcFunctions"',
        "Option Explicit",
        "",
        "' Generated from the Python functions by macros/functions/generate.py: do not edit.",
        "",
    ]
    for info in infos:
        parameters = ", ".join(f"Optional {a['name']}" if "default" in a else a["name"] for a in info["args"])
        handed = ", ".join(arg["name"] for arg in info["args"])
        lines += [
            f"Public Function {info['name']}({parameters})",
            f'    {info["name"]} = CchcCall("{info["name"]}", Array({handed}))',
            "End Function",
            "",
        ]
    text = "\n".join(lines) + "\n" + _help(infos)
    assert text.isascii(), "VBA sources are ASCII"
    return text


def stock_wrappers() -> str:
    """What xlwings' own generator (``xlwings.udfs.generate_vba_wrapper``, BSD) makes of the functions."""
    found = udfs()
    out = StringIO()
    found.generate_vba_wrapper(MODULE, functions_module(found), out, SimpleNamespace(Name=ADDIN))
    return out.getvalue()


def _help(infos: list[dict[str, Any]]) -> str:
    lines = [
        "' What Excel's function wizard shows; called once when the add-in's ribbon is there.",
        "Public Sub CchcDescribe()",
    ]
    lines += ["    Dim d As String, a As Variant"]
    for info in infos:
        lines += [
            f"    d = {_literal(info['doc'])}",
            f"    a = Array({', '.join(['vbNullString'] * len(info['args']))})",
        ]
        lines += [f"    a({index}) = {_literal(arg['doc'])}" for index, arg in enumerate(info["args"])]
        lines += [f'    CchcDescribeOne "{info["name"]}", d, "{info["category"]}", a']
    lines += [
        "End Sub",
        "",
        "Private Sub CchcDescribeOne(f As String, d As String, c As String, a As Variant)",
        "    ' Excel refuses this for a hidden workbook in some states: help is no reason to stop.",
        "    On Error Resume Next",
        f'    Application.MacroOptions Macro:="\'{ADDIN}\'!" & f, Description:=d, _',
        "        Category:=c, ArgumentDescriptions:=a",
        "End Sub",
        "",
        "Private Function CchcText(s As String) As String",
        "    ' \\uXXXX to the letter it stands for: sources are ASCII.",
        "    Dim p As Long, r As String",
        "    r = s",
        '    p = InStr(r, "\\u")',
        "    Do While p > 0",
        '        r = Left$(r, p - 1) & ChrW$(CLng("&H" & Mid$(r, p + 2, 4))) & Mid$(r, p + 6)',
        '        p = InStr(p + 1, r, "\\u")',
        "    Loop",
        "    CchcText = r",
        "End Function",
    ]
    return "\n".join(lines) + "\n"


def _literal(text: str) -> str:
    """A VBA expression that gives the text."""
    assert len(text) <= _HELP_LENGTH, f"{len(text)} characters: {text}"
    letters = [char if char.isascii() else f"\\u{ord(char):04x}" for char in text.replace('"', "'")]
    pieces, piece = [], ""
    for letter in letters:
        if len(piece) + len(letter) > _LINE:
            pieces.append(piece)
            piece = ""
        piece += letter
    pieces.append(piece)
    return "CchcText(" + " & _\n        ".join(f'"{part}"' for part in pieces) + ")"


def main() -> None:
    """Write the file, or print."""
    if "--json" in sys.argv:
        print(json.dumps(described(functions_module(udfs())), ensure_ascii=True))
    elif "--stock" in sys.argv:
        sys.stdout.write(stock_wrappers())
    elif "--print" in sys.argv:
        sys.stdout.write(wrappers())
    else:
        TARGET.write_text(wrappers(), encoding="ascii", newline="\n")
        print(f"wrote {TARGET}")


if __name__ == "__main__":
    main()
