"""The extension for LibreOffice: built from its sources, the same each time, fit for the Python inside LibreOffice."""

from __future__ import annotations

import ast
import re
import unicodedata
import zipfile
from xml.etree import ElementTree

import pytest

from cchc_xl.addin.build import COMMAND, package_parts
from cchc_xl.addin.extension import EXTENSION, SOURCES, extension_package, extension_parts, read_buttons
from cchc_xl.hosts.calc.channel import PROTOCOL
from cchc_xl.hosts.excel.buttons import BUTTONS
from cchc_xl.hosts.window import LABELS

MODULES = sorted((SOURCES / "python").rglob("*.py"))
# What the extension's own Python may import: the standard library of 3.8, LibreOffice, itself.
STANDARD = {
    *("__future__", "contextlib", "itertools", "json", "os", "pathlib", "queue", "shutil", "subprocess", "sys"),
    "threading",
}
OURS = {"uno", "unohelper", "com", "cchc_office"}


def test_the_committed_extension_is_fresh() -> None:
    """What lies in macros/ is what the sources give."""
    assert EXTENSION.is_file(), f"macros/CCHC.oxt is missing: run {COMMAND}"
    assert package_parts(EXTENSION) == package_parts(extension_package()), f"macros/CCHC.oxt is stale: run {COMMAND}"


def test_two_builds_are_equal() -> None:
    """Equal sources, equal bytes; fixed dates."""
    assert extension_package() == extension_package()
    with zipfile.ZipFile(EXTENSION) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_parts_are_well_formed_and_all_there() -> None:
    """Every setting is XML, every file that the manifest names is in the package, every button has its icon."""
    parts = extension_parts()
    for name, content in parts.items():
        if name.endswith((".xml", ".xcu", ".svg")):
            ElementTree.fromstring(content)
    named = re.findall(r'full-path="([^"]+)"', parts["META-INF/manifest.xml"].decode())
    assert len(named) == 4
    assert set(named) <= set(parts)
    icons = set(re.findall(r"%origin%/([^<]+)<", parts["Addons.xcu"].decode()))
    assert len(icons) == len(read_buttons())
    assert icons <= set(parts)


def test_the_buttons_are_those_of_excel() -> None:
    """Names that the handlers know, the labels of the other hosts, a key of its own for each; composed letters."""
    buttons = read_buttons()
    labels = {button.id: button.label for button in LABELS}
    assert {button.name: button.label for button in buttons}.items() <= labels.items()
    assert {button.name for button in buttons} == set(BUTTONS) - {"nop", "cong-ky"}
    assert len({button.key for button in buttons}) == len(buttons)
    for button in buttons:
        assert unicodedata.is_normalized("NFC", button.label + button.tip)
    assert [button.name for button in buttons if button.without_workbook] == ["tong-hop", "tao-so", "huong-dan"]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_it_runs_on_an_old_python(path) -> None:
    """Python 3.8, its standard library, and nothing that is newer."""
    tree = ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 8))
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(str(node.module).partition(".")[0])
        elif isinstance(node, ast.Attribute):
            assert node.attr not in {"removeprefix", "removesuffix", "is_relative_to", "pairwise"}, node.attr
        elif isinstance(node, ast.Call):
            assert "strict" not in {keyword.arg for keyword in node.keywords}, "zip(strict=) came with 3.10"
    assert imported <= STANDARD | OURS


def test_both_sides_speak_the_same_protocol() -> None:
    """The number in the extension is that of the package: else the extension asks for a new installation."""
    source = (SOURCES / "python" / "pythonpath" / "cchc_office" / "starting.py").read_text(encoding="utf-8")
    assert re.findall(r"^PROTOCOL = (\d+)$", source, re.MULTILINE) == [str(PROTOCOL)]


def test_every_request_has_an_answer() -> None:
    """What the engine asks for by name is what the extension answers."""
    component = (SOURCES / "python" / "pythonpath" / "cchc_office" / "requests.py").read_text(encoding="utf-8")
    answered = set(re.findall(r'^    "([\w.]+)":', component, re.MULTILINE))
    host = SOURCES.parents[1] / "cchc_xl" / "hosts" / "calc"
    asked = {
        name
        for path in host.glob("*.py")
        for name in re.findall(r'\bask\(\s*"([\w.]+)"', path.read_text(encoding="utf-8"))
    }
    assert asked == answered


def test_keys_do_not_hide_what_vietnamese_keyboards_need() -> None:
    """Ctrl+Alt and a plain letter, in Calc only."""
    keys = extension_parts()["Accelerators.xcu"].decode()
    assert sorted(re.findall(r'"([A-Z])_MOD1_MOD2"', keys)) == sorted(button.key for button in read_buttons())
    assert "com.sun.star.sheet.SpreadsheetDocument" in keys
