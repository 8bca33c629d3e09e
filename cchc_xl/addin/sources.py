"""The plain sources in ``macros/addin/`` → VBA modules, and the texts that they show."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

from cchc_xl.addin.vba_project import Module, ModuleKind
from cchc_xl.errors import CchcError

MACROS = Path(__file__).resolve().parents[2] / "macros"
SOURCES = MACROS / "addin"
RIBBON = SOURCES / "customUI.xml"
TEXTS = SOURCES / "texts.toml"

START, RIBBON_CALLBACKS, SHEET_BUTTONS, TEXTS_MODULE = "CchcStart", "CchcRibbon", "CchcSheetButtons", "CchcTexts"
PYTHON, FUNCTIONS = "CchcPython", "CchcFunctions"
# Writes the module of the functions from the Python ones.
GENERATOR = MACROS / "functions" / "generate.py"
_KINDS = {".bas": ModuleKind.STANDARD, ".cls": ModuleKind.CLASS}
_PER_LINE = 40  # characters of a text in one statement: ChrW codes are long and a line may have 1023


def addin_modules() -> list[Module]:
    """The standard modules of the add-in."""
    names = (START, RIBBON_CALLBACKS, PYTHON, FUNCTIONS)
    return [*map(read_module, names), texts_module(read_texts())]


def generate_functions() -> None:
    """Write the functions' wrappers anew, in a process of its own: the decorators of Windows are put in for it."""
    done = subprocess.run([sys.executable, str(GENERATOR)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise CchcError(f"Không sinh được các hàm bảng tính từ mã Python: {done.stderr.strip()}")


def sheet_button_modules() -> list[Module]:
    """The standard modules of a workbook with buttons."""
    return [read_module(START), read_module(SHEET_BUTTONS), texts_module(read_texts())]


def read_module(name: str) -> Module:
    """A module's source file; raises ``CchcError`` when it is missing (the sources are not part of the wheel)."""
    for suffix, kind in _KINDS.items():
        path = SOURCES / f"{name}{suffix}"
        if path.is_file():
            return Module(name, _crlf(path.read_text(encoding="ascii")), kind)
    raise CchcError(f"Không có mã nguồn macro {name} trong {SOURCES}: hãy chạy từ thư mục mã nguồn của dự án.")


def read_texts() -> Mapping[str, str]:
    """What macros say, by the name of the VBA function that gives it; composed letters (NFC)."""
    texts: dict[str, str] = tomllib.loads(TEXTS.read_text(encoding="utf-8"))
    return {name: unicodedata.normalize("NFC", text) for name, text in texts.items()}


def texts_module(texts: Mapping[str, str]) -> Module:
    """A module with a function for each text, its letters as ChrW codes."""
    # Private: else Excel's function wizard would offer the texts for cells.
    head = [f'Attribute VB_Name = "{TEXTS_MODULE}"', "Option Explicit", "Option Private Module"]
    lines = [*head, "", "' Made from texts.toml by the build."]
    for name, text in texts.items():
        lines += ["", f"Public Function {name}() As String", "    Dim t As String"]
        lines += [f"    t = t & {expression}" for expression in _expressions(text)]
        lines += [f"    {name} = t", "End Function"]
    return Module(TEXTS_MODULE, "".join(f"{line}\r\n" for line in lines))


def _expressions(text: str) -> Sequence[str]:
    """VBA expressions whose results, one after another, are the text."""
    text = text.replace("\n", "\r\n")
    return [_expression(text[at : at + _PER_LINE]) for at in range(0, len(text), _PER_LINE)]


def _expression(piece: str) -> str:
    terms = []
    for plain in re.findall(r"[ -~]+|[^ -~]", piece):
        if " " <= plain[0] <= "~":
            terms.append('"' + plain.replace('"', '""') + '"')
        elif ord(plain) <= 0xFFFF:
            terms.append(f"ChrW({ord(plain)})")
        else:
            raise ValueError(f"not in the basic plane: {plain!r}")
    return " & ".join(terms)


def _crlf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\n", "\r\n")
