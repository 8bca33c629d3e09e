"""How Excel reaches the worksheet functions: the generated VBA wrappers against the Python functions."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from functools import cache
from inspect import signature
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from cchc_xl.hosts.excel import functions, serve

MACROS = Path(__file__).parent.parent / "macros"
GENERATOR = MACROS / "functions" / "generate.py"
WRAPPERS = MACROS / "addin" / "CchcFunctions.bas"


def _generated(option: str) -> str:
    done = subprocess.run([sys.executable, str(GENERATOR), option], capture_output=True, text=True, check=True)
    return done.stdout


@cache
def _described() -> list[dict[str, Any]]:
    return json.loads(_generated("--json"))


def _wrapped(text: str) -> dict[str, list[tuple[str, bool]]]:
    """Of each public function in VBA: its arguments in order, and whether they may be left out."""
    found = {}
    for name, arguments in re.findall(r"^\s*(?:Public )?Function (CCHC_\w+)\((.*?)\)", text, re.MULTILINE):
        split = [argument.strip() for argument in arguments.split(",")]
        found[name] = [(argument.removeprefix("Optional "), argument.startswith("Optional ")) for argument in split]
    return found


def test_the_wrappers_are_generated_from_the_functions() -> None:
    """The committed VBA is what the generator makes of the functions now; plain ASCII, in lines that VBA takes."""
    text = WRAPPERS.read_text(encoding="ascii")
    assert text == _generated("--print")
    assert max(map(len, text.splitlines())) < 1023


def test_each_function_has_a_wrapper_with_its_arguments() -> None:
    """Names, order and what may be left out are those of the Python signatures; all are handed over, in that order."""
    text = WRAPPERS.read_text(encoding="ascii")
    wanted = {
        name: [(p.name, p.default is not p.empty) for p in signature(function).parameters.values()]
        for name, function in vars(functions).items()
        if name.startswith("CCHC_")
    }
    assert _wrapped(text) == wanted
    for name, arguments in wanted.items():
        handed = ", ".join(argument for argument, _ in arguments)
        assert f'    {name} = CchcCall("{name}", Array({handed}))\nEnd Function' in text


def test_xlwings_own_generator_says_the_same_of_the_functions() -> None:
    """The wrappers that xlwings would write have the same names and arguments; ours hand over no workbook."""
    stock = _generated("--stock")
    assert _wrapped(stock) == _wrapped(WRAPPERS.read_text(encoding="ascii"))
    assert "ActiveWorkbook" in stock
    assert "Workbook" not in WRAPPERS.read_text(encoding="ascii")


def test_the_server_is_asked_for_the_functions_by_their_names() -> None:
    """The module that VBA names is the one that holds the functions; each fault becomes a sentence in the cell."""
    source = (WRAPPERS.parent / "CchcPython.bas").read_text(encoding="ascii")
    assert f'FUNCTIONS As String = "{functions.__name__}"' in source
    assert f"-m {serve.__name__} $(CLSID)" in source
    assert "server.CallUDF(FUNCTIONS, name, arguments)\n" in source
    assert source.count("On Error GoTo Refused") == 1
    assert "Err.Description" in source[source.index("Refused:") :]


def test_a_range_of_several_areas_is_refused_before_anything_is_computed() -> None:
    """Range.Value gives its first area only: (A1:A3;C1:C3) would be added up to the sum of A1:A3."""
    source = (WRAPPERS.parent / "CchcPython.bas").read_text(encoding="ascii")
    call = source[source.index("Public Function CchcCall") : source.index("Refused:")]
    refused = "If HasSeveralAreas(arguments) Then\n        CchcCall = TextSeveralAreas()\n        Exit Function"
    asked = call.index(refused)
    assert asked < call.index("FindPython()") < call.index("CallUDF")
    assert "If arguments(place).Areas.Count > 1 Then HasSeveralAreas = True" in source


def test_the_library_is_that_of_the_installed_xlwings() -> None:
    """Its file name bears xlwings' version: the macros, the installer's pin and its 32 and 64 bits agree."""
    source = (WRAPPERS.parent / "CchcPython.bas").read_text(encoding="ascii")
    pins = (WRAPPERS.parents[1] / "installer" / "requirements.txt").read_text(encoding="utf-8")
    version = re.search(r"^xlwings==(\S+)", pins, re.MULTILINE)[1]  # type: ignore[index]
    named = re.findall(r'"xlwings(32|64)-(.+?)\.dll"', source)
    assert {found for _, found in named} == {version}
    assert Counter(bits for bits, _ in named) == {"64": 2, "32": 4}


def test_serving_needs_a_class_and_leaves_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The server runs under the class that xlwings' library made up, in Python's own folder; else it does not run."""
    served = []
    server = ModuleType("xlwings.com_server")
    server.serve = served.append  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "xlwings.com_server", server)
    monkeypatch.chdir(tmp_path)
    clsid = "{506e67c3-55b5-48c3-a035-eed5deea7d6d}"
    assert serve.main([clsid]) == 0
    assert served == [clsid]
    assert Path.cwd() == Path(sys.exec_prefix)
    assert serve.main([]) == serve.main(["x"]) == 2
    assert served == [clsid]


def test_xlwings_takes_the_functions_as_they_are() -> None:
    """Classic mode accepts the signatures; defaults are optional in Excel; help fits the wizard."""
    functions = {info["name"]: info for info in _described()}
    assert sorted(functions) == ["CCHC_KHOP", "CCHC_KIEMTRA", "CCHC_SO", "CCHC_TONGHOP", "CCHC_TYLE"]
    defaults = {
        (name, arg["name"]): arg["default"]
        for name, info in functions.items()
        for arg in info["args"]
        if "default" in arg
    }
    assert defaults == {("CCHC_TYLE", "so_le"): 2, ("CCHC_KIEMTRA", "phu_luc"): ""}
    for info in functions.values():
        assert info["category"] == "CCHC"
        for text in (info["doc"], *(arg["doc"] for arg in info["args"])):
            assert 10 < len(text) <= 255
            assert "Positional argument" not in text
    assert "Function CCHC_TYLE(tu, mau, Optional so_le)" in WRAPPERS.read_text(encoding="ascii")


def test_the_wizards_help_is_in_the_wrappers() -> None:
    """The escaped texts of the VBA module read as the Vietnamese ones of the functions."""
    text = re.sub(r'" & _\n\s*"', "", WRAPPERS.read_text(encoding="ascii"))
    shown = [part.encode("ascii").decode("unicode_escape") for part in re.findall(r'CchcText\("(.*?)"\)', text)]
    wanted = [doc for info in _described() for doc in (info["doc"], *(arg["doc"] for arg in info["args"]))]
    assert shown == wanted


THROUGH_XLWINGS = """
import json, sys
sys.path.insert(0, {folder!r})
import generate
import xlwings
from xlwings import conversion

functions = generate.functions_module(generate.udfs())
MISSING, NOT_AVAILABLE = -2147352572, -2146826246

class Engine:  # the part of xlwings' Windows engine that arguments and results pass
    type, name = "desktop", "excel"
    class impl:
        @staticmethod
        def clean_value_data(data, dates, empty, numbers, err_to_str):
            error = "#N/A" if err_to_str else None
            return [[empty if c in ("", None) else error if c == NOT_AVAILABLE else c for c in row] for row in data]
        @staticmethod
        def prepare_xl_data_element(cell, options):
            return cell

xlwings.engines = {{"excel": Engine}}

def call(name, *args):  # as xlwings.udfs.call_udf does it
    function = getattr(functions, name)
    infos = function.__xlfunc__["args"]
    values = [
        info.get("optional") if arg == MISSING else conversion.read(None, arg, info["options"])
        for arg, info in zip(args, infos)
    ]
    return conversion.write(function(*values), None, function.__xlfunc__["ret"]["options"])

print(json.dumps([
    call("CCHC_TYLE", 1.0, 3.0, MISSING),
    call("CCHC_TYLE", ((1.0,), (NOT_AVAILABLE,)), ((2.0,), (2.0,)), 0.0),
    call("CCHC_SO", None),
    call("CCHC_KIEMTRA", ((1.0,),), ((None,),), "cam-giang-2024", MISSING),
]))
"""


def test_arguments_and_results_pass_through_xlwings() -> None:
    """xlwings' own conversion: left-out arguments take their default, error values come as texts, arrays go back."""
    script = THROUGH_XLWINGS.format(folder=str(GENERATOR.parent))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [
        [[33.33]],
        [[50.0], ["tử số: ô đang báo lỗi #N/A"]],
        [[""]],
        [["Vùng chưa có số liệu."]],
    ]
