"""The add-in and the workbooks with buttons: read back by olevba, olefile, openpyxl and LibreOffice."""

import ast
import os
import random
import re
import struct
import subprocess
import sys
import unicodedata
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import calc_host
import openpyxl
import pytest
from judge import requires_libreoffice, to_ods
from oletools.olevba import decompress_stream
from vba_reader import module_bytes, module_sources, project_bytes, streams

import cchc_xl
from cchc_xl.addin.__main__ import main
from cchc_xl.addin.build import (
    ADDIN,
    BUTTONS,
    COMMAND,
    WITH_BUTTONS,
    ButtonPlace,
    addin_package,
    build_addin,
    build_macro_workbook,
    package_parts,
)
from cchc_xl.addin.compound_file import write_compound_file
from cchc_xl.addin.sources import MACROS, RIBBON, SOURCES, addin_modules, read_texts, sheet_button_modules, texts_module
from cchc_xl.addin.vba_project import Module, compress, obfuscate, write_vba_project
from cchc_xl.catalogue.load import form_ids, load_form
from cchc_xl.form_workbook.build import build_form_workbook
from cchc_xl.readers.read_submission import read_file
from cchc_xl.stamp import Stamp

FORM = "ninh-hai-2023"
CUSTOM_UI = "{http://schemas.microsoft.com/office/2006/01/customui}"
# The buttons' names are the commands'.
BUTTON_NAMES = {"kiem-tra", "xoa-danh-dau", "nop", "tong-hop", "cong-ky", "tao-so", "nhap", "huong-dan"}
WITHOUT_WORKBOOK = {"tong-hop", "cong-ky", "tao-so", "huong-dan"}


@pytest.fixture(scope="module")
def macro_workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The .xlsm of a form."""
    path = tmp_path_factory.mktemp("xlsm") / "sổ.xlsm"
    form = load_form(FORM)
    build_macro_workbook(form, path, _stamp())
    return path


def _stamp() -> Stamp:
    form = load_form(FORM)
    return Stamp(form.id, form.version, "UBND huyện Thử Nghiệm", "00123", "456", "2024-Q1", "15/12/2023", "14/03/2024")


# the committed add-in ---------------------------------------------------------------------------------------------


def test_the_committed_addin_is_fresh() -> None:
    """What lies in macros/ is what the sources give."""
    assert ADDIN.is_file(), f"macros/CCHC.xlam is missing: run {COMMAND}"
    assert package_parts(ADDIN) == package_parts(addin_package()), f"macros/CCHC.xlam is stale: run {COMMAND}"


@pytest.mark.parametrize("form_id", form_ids())
def test_the_committed_workbooks_with_buttons_are_fresh(form_id: str, tmp_path: Path) -> None:
    """What lies in workbooks/co-nut is what the sources give."""
    committed = WITH_BUTTONS / f"{form_id}.xlsm"
    assert committed.is_file(), f"{committed.name} is missing: run {COMMAND}"
    build_macro_workbook(load_form(form_id), tmp_path / committed.name)
    fresh = (tmp_path / committed.name).read_bytes()
    assert package_parts(committed) == package_parts(fresh), f"{committed.name} is stale: run {COMMAND}"


def test_two_builds_are_equal(tmp_path: Path) -> None:
    """Equal sources, equal bytes: add-in and workbook."""
    assert addin_package() == addin_package()
    form = load_form(FORM)
    paths = [tmp_path / name for name in ("1.xlsm", "2.xlsm")]
    for path in paths:
        build_macro_workbook(form, path)
    assert package_parts(paths[0]) == package_parts(paths[1])


def test_the_package_is_an_addin_with_a_ribbon() -> None:
    """Content type, ribbon part and its relationship; every part has a type; openpyxl opens it."""
    parts = package_parts(ADDIN)
    assert parts["customUI/customUI.xml"] == RIBBON.read_bytes()
    types = ElementTree.fromstring(parts["[Content_Types].xml"])
    overrides = {node.get("PartName"): node.get("ContentType") for node in types if node.tag.endswith("Override")}
    defaults = {node.get("Extension") for node in types if node.tag.endswith("Default")}
    assert overrides["/xl/workbook.xml"] == "application/vnd.ms-excel.addin.macroEnabled.main+xml"
    assert all(f"/{name}" in overrides or name.rpartition(".")[2] in defaults for name in parts)
    relations = ElementTree.fromstring(parts["_rels/.rels"])
    ribbon = [node for node in relations if node.get("Target") == "customUI/customUI.xml"]
    assert [node.get("Type") for node in ribbon] == [
        "http://schemas.microsoft.com/office/2006/relationships/ui/extensibility"
    ]
    assert len({node.get("Id") for node in relations}) == len(relations)


def test_command_writes_addin_and_workbook(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``python -m cchc_xl.addin``: both kinds; a wrong ending is refused in one sentence."""
    assert main(["-o", str(tmp_path / "thử.xlam")]) == 0
    assert package_parts(tmp_path / "thử.xlam") == package_parts(ADDIN)
    assert main(["--so", FORM, "-o", str(tmp_path / "sổ.xlsm")]) == 0
    assert module_sources(tmp_path / "sổ.xlsm")
    assert main(["--so", FORM, "-o", str(tmp_path / "sổ.xlsx")]) == 2
    assert ".xlsm" in capsys.readouterr().err
    assert main(["--so", "khong-co", "-o", str(tmp_path / "x.xlsm")]) == 2


# the VBA project --------------------------------------------------------------------------------------------------


def test_olevba_reads_every_module_back(tmp_path: Path, macro_workbook: Path) -> None:
    """Byte for byte, found through the dir stream."""
    build_addin(tmp_path / "CCHC.xlam")
    for path, modules in ((tmp_path / "CCHC.xlam", addin_modules()), (macro_workbook, sheet_button_modules())):
        read = module_sources(path)
        for module in modules:
            assert read[module.name] == module.source
            assert module_bytes(project_bytes(path), module.name) == module.source.encode("ascii")


def test_each_sheet_and_the_workbook_has_its_module(macro_workbook: Path) -> None:
    """Document modules are named like the codeNames, which Excel insists on."""
    for path in (ADDIN, macro_workbook):
        parts = package_parts(path)
        code_names = re.findall(rb'<workbookPr [^>]*codeName="(\w+)"', parts["xl/workbook.xml"])
        sheets = [name for name in parts if name.startswith("xl/worksheets/sheet")]
        for sheet in sheets:
            code_names += re.findall(rb'<sheetPr [^>]*codeName="(\w+)"', parts[sheet])
        assert len(code_names) == len(sheets) + 1
        project = streams(project_bytes(path))["PROJECT"].decode("ascii")
        documents = re.findall(r"^Document=(\w+)/&H00000000\r$", project, re.MULTILINE)
        assert sorted(documents) == sorted(name.decode() for name in code_names)
        assert set(module_sources(path)) == {*documents, *re.findall(r"^Module=(\w+)\r$", project, re.MULTILINE)}


def test_project_says_that_it_holds_sources_only() -> None:
    """No compiled code for some version of Office, no reference that could be missing, no lock."""
    found = streams(project_bytes(ADDIN))
    assert found["VBA/_VBA_PROJECT"] == bytes.fromhex("cc61ffff000000")
    assert set(found) == {"PROJECT", "PROJECTwm", "VBA/_VBA_PROJECT", "VBA/dir", *(f"VBA/{name}" for name in _names())}
    assert found["PROJECTwm"].endswith(b"\0\0\0\0")
    project = found["PROJECT"].decode("ascii")
    key = sum(re.search(r'ID="(.+)"', project)[1].encode()) & 0xFF  # type: ignore[index]
    assert _plain(re.search(r'CMG="(\w+)"', project)[1], key) == bytes(4)  # type: ignore[index]
    assert _plain(re.search(r'DPB="(\w+)"', project)[1], key) == b"\0"  # type: ignore[index]
    assert _plain(re.search(r'GC="(\w+)"', project)[1], key) == b"\xff"  # type: ignore[index]


def _names() -> list[str]:
    return list(module_sources(ADDIN))


def _plain(text: str, key: int) -> bytes:
    """Data Decryption, [MS-OVBA] §2.4.3.3, written from the specification apart from the writer."""
    data = bytes.fromhex(text)
    seed, version = data[0], data[0] ^ data[1]
    assert version == 2
    assert data[0] ^ data[2] == key
    plain, first, second = key, data[2], data[1]
    result = bytearray()
    for byte in data[3:]:
        plain = byte ^ ((second + plain) & 0xFF)
        second, first = first, byte
        result.append(plain)
    ignored = (seed & 6) // 2
    length = struct.unpack_from("<I", result, ignored)[0]
    assert len(result) == ignored + 4 + length
    return bytes(result[ignored + 4 :])


@pytest.mark.parametrize("seed", [0, 2, 4, 6, 0x5D, 0xFF])
def test_obfuscated_fields_can_be_read(seed: int) -> None:
    """Whatever the seed; and the reader above understands a project that Excel wrote."""
    assert _plain(obfuscate(b"abc", 77, seed), 77) == b"abc"
    excel = "{318BEE36-5BE1-492A-826D-473DB19B0F30}"
    key = sum(excel.encode()) & 0xFF
    assert _plain("5D5F8AADDAA8DEA8DEA8DEA8DE", key) == bytes(4)
    assert _plain("5D5F8AADDAADDBADDB52", key) == b"\xff"


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 15, 16, 17, 4095, 4096, 4097, 8192, 20_000])
def test_compression_is_undone_by_olevba(size: int) -> None:
    """Repeating and random data around the chunk size."""
    chance = random.Random(size)
    for words in (1, 2, 400):
        data = " ".join(str(chance.randrange(words) ** 3) for _ in range(size)).encode()[:size]
        packed = compress(data)
        assert bytes(decompress_stream(bytearray(packed))) == data
        assert len(packed) <= size + 16
    noise = chance.randbytes(4096)
    assert bytes(decompress_stream(bytearray(compress(noise)))) == noise
    with pytest.raises(ValueError, match="compress"):
        compress(noise[:4000])


@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 30, 200])
def test_compound_files_of_any_size_can_be_read(count: int) -> None:
    """Small and large streams, empty ones, deep search trees."""
    tree = {f"S{number}" + "x" * (number % 20): bytes([number % 251]) * (number * 97 % 9000) for number in range(count)}
    read = streams(write_compound_file({"A": tree, "Z": b"z"}))
    assert read == {**{f"A/{name}": data for name, data in tree.items()}, "Z": b"z"}


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ('Attribute VB_Name = "M"\r\n\' ă\r\n', "ASCII"),
        ('Attribute VB_Name = "M"\n', "CR LF"),
        ("Option Explicit\r\n", "VB_Name"),
        ('Attribute VB_Name = "M"\r\n' + "'" * 1024 + "\r\n", "1023"),
    ],
)
def test_faulty_sources_are_refused(source: str, fault: str) -> None:
    """What the editor would not read back as it was written."""
    with pytest.raises(ValueError, match=fault):
        write_vba_project("P", [Module("M", source)])


# the sources ------------------------------------------------------------------------------------------------------


def test_sources_are_ascii_and_declare_everything() -> None:
    """A code page spoils anything else; every module has Option Explicit and its own name."""
    files = sorted([*SOURCES.glob("*.bas"), *SOURCES.glob("*.cls")])
    assert files
    for path in files:
        text = path.read_bytes()
        assert text.isascii(), path.name
        lines = text.decode().splitlines()
        assert lines[0] == f'Attribute VB_Name = "{path.stem}"'
        assert lines[1] == "Option Explicit"
    for module in (*addin_modules(), *sheet_button_modules()):
        assert module.source.isascii()
        assert max(map(len, module.source.split("\r\n"))) <= 1023


def test_every_declaration_serves_both_widths() -> None:
    """64-bit Office wants PtrSafe, Office before 2010 does not know it."""
    for name, declared in (("CchcStart", (1, 1)), ("CchcPython", (3, 2))):  # 64 and 32 bits have a library each
        source = (SOURCES / f"{name}.bas").read_text(encoding="ascii")
        source = "\n".join(line for line in source.splitlines() if not line.strip().startswith("'"))
        new, old = re.fullmatch(r".*#If VBA7 Then\n(.*)\n#Else\n(.*)#End If.*", source, re.DOTALL).groups()  # type: ignore[union-attr]
        assert "Declare" not in source.replace(new, "").replace(old, "")
        assert (new.count("Declare PtrSafe"), old.count("Declare")) == declared
        assert new.count("Declare") == declared[0]
        assert "PtrSafe" not in old
        assert "LongPtr" not in old


def test_nothing_is_taken_from_a_workbook() -> None:
    """A received workbook and its folder have no say in what is run: the macros do not even look at them."""
    for path in SOURCES.glob("*.bas"):
        code = "\n".join(re.sub(r"'.*", "", line) for line in path.read_text(encoding="ascii").splitlines())
        for word in ("ThisWorkbook", "sheets(", "Range(", "Cells(", ".Path", ".FullName", "Environ(", "Evaluate"):
            assert word.lower() not in code.lower(), f"{path.name}: {word}"
    start = (SOURCES / "CchcStart.bas").read_text(encoding="ascii")
    assert start.count(".Run ") == 1
    assert start.count('-I -X utf8 -c """ & START_CODE & """ " & button') == 1
    serving = (SOURCES / "CchcPython.bas").read_text(encoding="ascii")
    assert serving.count('" -I -X utf8 -m cchc_xl.hosts.excel.serve $(CLSID)"') == 1
    assert re.search(r"SHOW_NORMAL, False$", start, re.MULTILINE)


def start_code() -> str:
    """What the button's Python is started with, as VBA joins it."""
    source = (SOURCES / "CchcStart.bas").read_text(encoding="ascii")
    statement = re.search(r"START_CODE As String = _\n((?:    .+\n)+?)\n", source)[1]  # type: ignore[index]
    code = "".join(re.findall(r'"(.*)"', statement))
    assert '"' not in code, "it is quoted on the command line"
    return code


def test_a_missing_package_is_said_by_python_itself() -> None:
    """Nobody waits for Python and it has no console: in the words that VBA hands over it shows a box, and ends."""
    told = "import sys, ctypes, types\n"
    told += "box = types.SimpleNamespace(MessageBoxW=lambda *a: print(repr(a)) or 1)\n"
    told += "ctypes.windll = types.SimpleNamespace(user32=box)\n"
    words = read_texts()["TextNoPackage"]
    assert '"' not in words
    assert "\n" not in words
    assert words.isprintable()
    command = [sys.executable, "-I", "-S", "-X", "utf8", "-c", told + start_code(), "kiem-tra", "--hwnd", "7", words]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 1
    assert done.stdout == f"{(None, words, 'CCHC', 0x10030)!r}\n"
    assert done.stderr == ""


def test_the_package_gets_the_button_and_the_window() -> None:
    """With the package there the words are put away and the button's module runs: here it finds no Excel."""
    command = [sys.executable, "-X", "utf8", "-c", start_code(), "huong-dan", "--hwnd", "7", "thiếu gói"]
    environment = {**os.environ, "PYTHONPATH": str(Path(cchc_xl.__file__).parents[1])}
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=environment, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("Chưa thấy sổ nào mở trong Excel")


def test_every_text_says_in_excel_what_the_source_says(tmp_path: Path) -> None:
    """The ChrW codes give the text back; texts are composed Vietnamese (NFC) and used by the macros."""
    texts = read_texts()
    module = texts_module(texts).source
    code = "".join(path.read_text(encoding="ascii") for path in SOURCES.glob("*.bas"))
    for name, text in texts.items():
        body = re.search(rf"Function {name}\(\) As String\r\n(.*?)End Function", module, re.DOTALL)[1]  # type: ignore[index]
        assert _vba_text(body) == text.replace("\n", "\r\n")
        assert unicodedata.is_normalized("NFC", text)
        assert f"{name}()" in code
    assert set(re.findall(r"\b(Text\w+)\(\)", code)) == set(texts)


def _vba_text(body: str) -> str:
    """What a function of the texts' module returns."""
    result = ""
    for expression in re.findall(r"t = t & (.+?)\r\n", body):
        for quoted, code in re.findall(r'"((?:[^"]|"")*)"|ChrW\((\d+)\)', expression):
            result += chr(int(code)) if code else quoted.replace('""', '"')
    return result


# the ribbon -------------------------------------------------------------------------------------------------------

# From the published schema of the 2006 ribbon (customUI.xsd): what may stand in what, and which attributes it bears.
# Only the elements that we use; an element or attribute that is not here must be looked up before it is used.
_SHOWN = {"id", "label", "visible", "keytip"}
RIBBON_SCHEMA: dict[str, tuple[set[str], set[str]]] = {
    "customUI": ({"ribbon"}, {"onLoad", "loadImage"}),
    "ribbon": ({"tabs"}, {"startFromScratch"}),
    "tabs": ({"tab"}, set()),
    "tab": ({"group"}, _SHOWN | {"idMso", "tag", "insertAfterMso", "insertBeforeMso"}),
    "group": ({"button", "separator"}, _SHOWN | {"idMso", "tag", "imageMso", "screentip", "supertip"}),
    "button": (
        set(),
        _SHOWN | {"tag", "imageMso", "screentip", "supertip", "size", "onAction", "enabled", "description"},
    ),
}
# Controls of Excel whose pictures we use; all in Microsoft's lists for Office 2010 to Microsoft 365.
PICTURES = {
    "DataValidationCircleInvalid",
    "DataValidationClearValidationCircles",
    "FileSendAsAttachment",
    "Consolidate",
    "AutoSum",
    "FileNew",
    "GetExternalDataFromText",
    "Help",
}


def test_ribbon_keeps_to_the_schema() -> None:
    """Elements, attributes, lengths and identities as customUI.xsd wants them: Excel drops a faulty ribbon silently."""
    root = ElementTree.fromstring(RIBBON.read_bytes())
    identities = []

    def check(node: ElementTree.Element) -> None:
        assert node.tag.startswith(CUSTOM_UI)
        children, attributes = RIBBON_SCHEMA[node.tag.removeprefix(CUSTOM_UI)]
        assert set(node.attrib) <= attributes
        assert {child.tag.removeprefix(CUSTOM_UI) for child in node} <= children
        for name, value in node.attrib.items():
            assert 1 <= len(value) <= (3 if name == "keytip" else 4096 if name == "description" else 1024), value
        if "id" in node.attrib:
            assert re.fullmatch(r"[A-Za-z_][\w.-]*", node.attrib["id"], re.ASCII)
            identities.append(node.attrib["id"])
        assert node.get("size") in (None, "normal", "large")
        for child in node:
            check(child)

    assert root.tag == f"{CUSTOM_UI}customUI"
    check(root)
    assert len(set(identities)) == len(identities)
    keys = [node.get("keytip") for node in root.iter(f"{CUSTOM_UI}button")]
    assert len(set(keys)) == len(keys)


def test_ribbon_speaks_composed_vietnamese() -> None:
    """Labels and tips are NFC, each button has all three, and its picture is one that every Office has."""
    text = RIBBON.read_text(encoding="utf-8")
    assert unicodedata.is_normalized("NFC", text)
    root = ElementTree.fromstring(text.encode())
    assert [tab.get("label") for tab in root.iter(f"{CUSTOM_UI}tab")] == ["CCHC"]
    for button in root.iter(f"{CUSTOM_UI}button"):
        for attribute in ("label", "screentip", "supertip"):
            assert re.search(r"[^\x00-\x7f]", button.attrib[attribute]), button.attrib
        assert button.get("imageMso") in PICTURES


def test_every_button_has_its_macro() -> None:
    """onAction names a public Sub that takes the control; each starts its own command, with or without a workbook."""
    root = ElementTree.fromstring(RIBBON.read_bytes())
    actions = [button.attrib["onAction"] for button in root.iter(f"{CUSTOM_UI}button")]
    code = (SOURCES / "CchcRibbon.bas").read_text(encoding="ascii")
    callback = r'^Public Sub (\w+)\(control As Object\)\n    CchcRun "([a-z-]+)", (True|False)\nEnd Sub$'
    found = {name: (command, needs) for name, command, needs in re.findall(callback, code, re.MULTILINE)}
    assert sorted(found) == sorted(actions)
    assert {command for command, _ in found.values()} == BUTTON_NAMES
    assert {command for command, needs in found.values() if needs == "False"} == WITHOUT_WORKBOOK


# workbooks with buttons -------------------------------------------------------------------------------------------


def test_buttons_change_nothing_that_is_read(tmp_path: Path, macro_workbook: Path) -> None:
    """Stamp, figures and places are those of the .xlsx."""
    form = load_form(FORM)
    plain = tmp_path / "sổ.xlsx"
    build_form_workbook(form, _stamp(), plain)
    with_buttons, without = read_file(macro_workbook), read_file(plain)
    assert with_buttons.stamp == without.stamp == _stamp()
    assert with_buttons.entries == without.entries
    bare = package_parts(plain)
    for name, part in package_parts(macro_workbook).items():
        if name.startswith("xl/worksheets/sheet"):
            assert _without_macros(part) == _without_macros(bare[name]), name


def _without_macros(sheet: bytes) -> bytes:
    """A sheet part without what ties it to buttons and to its module."""
    return re.sub(rb'<legacyDrawing r:id="rId\d+"/>|(?<=<sheetPr) codeName="\w+"', b"", sheet).replace(
        b"<sheetPr/>", b""
    )


@pytest.mark.parametrize("form_id", form_ids())
def test_buttons_stand_beside_the_table(form_id: str, tmp_path: Path) -> None:
    """Every form: two buttons outside the print area, each with a macro that is there; openpyxl opens the workbook."""
    path = tmp_path / f"{form_id}.xlsm"
    build_macro_workbook(load_form(form_id), path)
    with zipfile.ZipFile(path) as archive:
        [drawing] = [name for name in archive.namelist() if name.endswith(".vml")]
        shapes = archive.read(drawing).decode("utf-8")
    macros = re.findall(r"<x:FmlaMacro>\[0\]!(\w+)</x:FmlaMacro>", shapes)
    assert macros == [macro for _, macro in BUTTONS]
    assert all(f"Public Sub {macro}()" in module_sources(path)["CchcSheetButtons"] for macro in macros)
    assert re.findall(r">([^<>]+)</font>", shapes) == [caption for caption, _ in BUTTONS]
    lefts = [int(anchor.split(",")[0]) for anchor in re.findall(r"<x:Anchor>\s*([^<]+)</x:Anchor>", shapes)]
    workbook = openpyxl.load_workbook(path, keep_vba=True)
    sheet = workbook.worksheets[0]
    last = openpyxl.utils.range_boundaries(sheet.print_area.split("!")[-1])[2]
    assert last is not None
    assert all(left >= last for left in lefts)


def test_buttons_may_stand_elsewhere(tmp_path: Path) -> None:
    """Sheet and cell are the caller's choice; a sheet that is not there is a fault."""
    form = load_form(FORM)
    path = tmp_path / "x.xlsm"
    build_macro_workbook(form, path)
    sheet = openpyxl.load_workbook(path).sheetnames[1]
    build_macro_workbook(form, path, place=ButtonPlace(sheet, 3, 5))
    with zipfile.ZipFile(path) as archive:
        [drawing] = [name for name in archive.namelist() if name.endswith(".vml")]
        relations = archive.read("xl/worksheets/_rels/sheet2.xml.rels").decode()
        assert Path(drawing).name in relations
        assert re.search(r"<x:Anchor>\s*5,", archive.read(drawing).decode("utf-8"))
    with pytest.raises(ValueError, match="no sheet"):
        build_macro_workbook(form, path, place=ButtonPlace("không có", 0, 0))


@requires_libreoffice
def test_libreoffice_finds_modules_and_buttons(macro_workbook: Path, tmp_path: Path) -> None:
    """An office program that shares no code with us imports the project and binds the buttons to its macros."""
    ods = to_ods(macro_workbook, tmp_path / "judged")
    with zipfile.ZipFile(ods) as archive:
        content = archive.read("content.xml").decode("utf-8")
        basic = {name: archive.read(name).decode("utf-8") for name in archive.namelist() if name.startswith("Basic/")}
    modules = {Path(name).stem: text for name, text in basic.items()}
    for module in sheet_button_modules():
        for line in module.source.split("\r\n"):
            if line.startswith(("Public Sub", "Public Function")):
                assert line.replace('"', "&quot;") in modules[module.name]
    for caption, macro in BUTTONS:
        button = content.index(f'form:label="{caption}"')
        handler = content.index(f".CchcSheetButtons.{macro}?language=Basic&amp;location=document", button)
        assert handler - button < 2000


def in_libreoffice(task: dict[str, object]) -> dict[str, list[Any]]:
    """What ``calc_host/pressing.py`` found."""
    found: dict[str, list[Any]] = calc_host.office().channel.ask("test.macros", task=task)
    return found


PROBE = """Option VBASupport 1
Public Sub CchcRun(ByVal button As String, ByVal needsWorkbook As Boolean)
    ThisComponent.getSheets().getByIndex(0).getCellByPosition(0, 399).setString(button & " " & needsWorkbook)
End Sub
"""
# What a function hands over, as text.
CALL_PROBE = """Option VBASupport 1
Public Function CchcCall(ByVal name As String, ByVal arguments As Variant) As Variant
    Dim i As Integer, said As String
    said = name
    For i = LBound(arguments) To UBound(arguments)
        If VarType(arguments(i)) = 10 Then said = said & "|-" Else said = said & "|" & CStr(arguments(i))
    Next
    CchcCall = said
End Function
"""


@pytest.mark.usefixtures("calc")
def test_libreoffice_presses_the_buttons(macro_workbook: Path, tmp_path: Path) -> None:
    """Each button, pressed, runs its macro, which asks for its own command; in place of Windows stands a probe."""
    book = tmp_path / "so.xlsm"
    book.write_bytes(macro_workbook.read_bytes())
    done = in_libreoffice({"workbook": str(book), "probes": {"CchcStart": PROBE}, "press": True})
    assert {module.name for module in sheet_button_modules()} <= set(done["modules"])
    assert done["pressed"] == [["Kiểm tra", "kiem-tra True"], ["Tổng hợp", "tong-hop False"]]


@requires_libreoffice
def test_libreoffice_runs_the_macros_of_the_add_in(tmp_path: Path) -> None:
    """Callbacks, texts and function wrappers compile and run in a Basic that is not ours: names, order, letters."""
    book = tmp_path / "bo-tro.xlam"
    book.write_bytes(addin_package())
    ribbon = (SOURCES / "CchcRibbon.bas").read_text(encoding="ascii")
    callbacks = re.findall(r'Sub (\w+)\(control As Object\)\n    CchcRun "(.+)", (\w+)', ribbon)
    calls: list[list[object]] = [["CchcTexts", name, []] for name in read_texts()]
    calls += [["CchcRibbon", name, [None]] for name, _, _ in callbacks]
    calls += [
        ["CchcFunctions", "CCHC_TYLE", [3, 4, 1]],
        ["CchcFunctions", "CCHC_KHOP", [5, 2]],
        ["CchcFunctions", "CCHC_SO", ["15.667"]],
        ["CchcFunctions", "CCHC_KIEMTRA", ["1", "2", "vinh-thanh-2023", "PL6"]],
        ["CchcFunctions", "CCHC_TONGHOP", ["tthc.hs.xa.dung_han", 7]],
        ["CchcFunctions", "CchcText", ["K\\u1ebft qu\\u1ea3, 100%"]],
    ]
    probes = {"CchcStart": PROBE, "CchcPython": CALL_PROBE}
    done = in_libreoffice({"workbook": str(book), "probes": probes, "call": calls})
    assert {module.name for module in addin_modules()} <= set(done["modules"])
    texts = [text.replace("\n", "\r\n") for text in read_texts().values()]
    texts += [f"{button} {needs}" for _, button, needs in callbacks]
    assert len(callbacks) == len(BUTTON_NAMES)
    assert done["called"][: len(texts)] == texts
    assert done["called"][len(texts) :] == [
        "CCHC_TYLE|3|4|1",
        "CCHC_KHOP|5|2",
        "CCHC_SO|15.667",
        "CCHC_KIEMTRA|1|2|vinh-thanh-2023|PL6",
        "CCHC_TONGHOP|tthc.hs.xa.dung_han|7",
        "Kết quả, 100%",
    ]


# the checklist for a person with Excel ------------------------------------------------------------------------------

# What a step says that one sees, and where it is said.
SEEN = {
    "Chưa mở sổ nào.": "macros/addin/texts.toml",
    "CCHC: đang kiểm tra…": "cchc_xl/hosts/excel/kiem_tra.py",
    "Excel đang": "cchc_xl/hosts/excel/faults.py",
    "Chưa thấy bộ công cụ CCHC trên máy này.": "macros/addin/texts.toml",
    "thiếu gói cchc_xl": "macros/addin/texts.toml",
    "chạy lại cai-dat.cmd": "macros/addin/texts.toml",
    "Lưu thành": "cchc_xl/hosts/excel/buttons.py",
    "đang dùng chung": "cchc_xl/hosts/excel/undisturbed.py",
    "bỏ dùng chung": "cchc_xl/hosts/excel/undisturbed.py",
    "mẫu số bằng 0": "cchc_xl/hosts/excel/arithmetic.py",
    "Chưa tính được: máy này chưa cài bộ công cụ CCHC": "macros/addin/texts.toml",
    "Đã cài xong": "macros/installer/cai-dat.ps1",
    "Đã gỡ xong": "macros/installer/cai-dat.ps1",
    "chưa thay đổi gì trên máy": "macros/installer/cai-dat.ps1",
}


def test_the_checklist_is_numbered_and_true() -> None:
    """Steps count on, each says what one sees; modules, labels and messages that it names are those that there are."""
    text = (MACROS / "SMOKE.md").read_text(encoding="utf-8")
    steps = re.findall(r"^(\d+)\. (.*?)(?=^\d+\. |^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert [int(number) for number, _ in steps] == list(range(1, len(steps) + 1))
    assert all("**Thấy:**" in step for _, step in steps)
    named = re.search(r"mô-đun ([\w, ]+)\.", text)[1]  # type: ignore[index]
    assert named.split(", ") == sorted(module.name for module in addin_modules())
    for button in ElementTree.fromstring(RIBBON.read_bytes()).iter(f"{CUSTOM_UI}button"):
        assert button.attrib["label"] in text
    plain = " ".join(text.split())
    for words, file in SEEN.items():
        assert words in plain, words
        assert words in (MACROS.parent / file).read_text(encoding="utf-8-sig"), words


# build time only --------------------------------------------------------------------------------------------------


def test_no_click_imports_the_builder() -> None:
    """The room is for building: nothing that runs at the user's imports it."""
    root = Path(cchc_xl.__file__).parent
    importers = []
    for path in root.rglob("*.py"):
        if path.relative_to(root).parts[0] == "addin":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            importers += [path.name for name in names if name.startswith("cchc_xl.addin")]
    assert importers == []
