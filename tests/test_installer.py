"""The Windows installer, as far as a machine without Windows can judge it: bytes, names, pins and the words it uses."""

import hashlib
import re
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from cchc_xl.addin import installer
from cchc_xl.addin.installer import FILES, SCRIPTS, build_installer, python_source
from cchc_xl.addin.lock import PYTHONS
from cchc_xl.addin.sources import MACROS, SOURCES
from cchc_xl.errors import CchcError
from cchc_xl.receiving.cache import own_cache

SCRIPT = SCRIPTS / "cai-dat.ps1"
BOM = b"\xef\xbb\xbf"
STEPS = {"Install-Python", "Install-BoTro", "Install-LoiTat", "Install-DuongDan", "Install-MucGo", "Uninstall-TatCa"}


@pytest.fixture(scope="module")
def script() -> str:
    """The script's text."""
    return SCRIPT.read_bytes().removeprefix(BOM).decode("utf-8").replace("\r\n", "\n")


def _code(script: str) -> str:
    """Without comments."""
    return re.sub(r"(?<=\s)#.*", "", re.sub(r"<#.*?#>", "", script, flags=re.DOTALL))


def test_windows_reads_the_files_as_they_are_meant() -> None:
    """PowerShell 5.1 takes a script without BOM for the code page's; cmd knows ASCII only."""
    assert SCRIPT.read_bytes().startswith(BOM)
    assert unicodedata.is_normalized("NFC", SCRIPT.read_bytes().decode("utf-8"))
    for name in ("cai-dat.cmd", "requirements.txt", "python.txt"):
        assert (SCRIPTS / name).read_bytes().isascii(), name
    assert all(name.isascii() for name in FILES)
    attributes = (MACROS.parent / ".gitattributes").read_text(encoding="utf-8")
    assert "*.cmd text eol=crlf" in attributes
    assert "*.ps1 text eol=crlf" in attributes


PARSE = """
$errors = $null
[void][System.Management.Automation.Language.Parser]::ParseFile($args[0], [ref]$null, [ref]$errors)
$errors | ForEach-Object { $_.ToString() }
exit $errors.Count
"""


def test_powershells_own_parser_takes_the_script(tmp_path: Path) -> None:
    """Where a PowerShell is installed (any, also on Linux) it finds no fault of syntax."""
    program = shutil.which("powershell") or shutil.which("pwsh")
    if program is None:
        pytest.skip("NO POWERSHELL: its own parser has not read cai-dat.ps1 (the grammar below has)")
    (tmp_path / "parse.ps1").write_text(PARSE, encoding="utf-8")
    command = [program, "-NoProfile", "-ExecutionPolicy", "Bypass", "-File", str(tmp_path / "parse.ps1"), str(SCRIPT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_an_independent_grammar_reads_the_script() -> None:
    """tree-sitter's grammar of PowerShell: a whole tree without an error, and every function in it; a gap is found."""
    tree_sitter = pytest.importorskip("tree_sitter")
    grammar = pytest.importorskip("tree_sitter_powershell")
    parser = tree_sitter.Parser(tree_sitter.Language(grammar.language()))
    text = SCRIPT.read_bytes().removeprefix(BOM)
    tree = parser.parse(text)
    assert not tree.root_node.has_error
    waiting, functions = [tree.root_node], []
    while waiting:
        node = waiting.pop()
        waiting.extend(node.children)
        if node.type == "function_name":
            functions.append(node.text.decode())
    assert sorted(functions) == sorted(re.findall(r"^function ([\w-]+)", text.decode(), re.MULTILINE))
    assert set(functions) >= STEPS
    for place in (b"{\r\n", b"\"$", b")\r\n", b"@("):
        at = text.find(place, len(text) // 2)
        broken = text[:at] + text[at + len(place.rstrip()) :]
        assert parser.parse(broken).root_node.has_error, place


def test_no_letter_is_taken_for_a_quote_or_a_dash(script: str) -> None:
    """PowerShell reads typographic quotes and dashes as code."""
    assert re.findall("[\u2010-\u2015\u2018-\u201f\u00a0]", script) == []
    assert re.findall(r'"[^"\n]*\$\w+:[^:"\n]', _code(script)) == []  # "$x: …" is a drive, ${x}: is meant


def test_nothing_is_executed_that_is_not_written_here(script: str) -> None:
    """No text becomes code; nothing needs an administrator; only the profile and our own ProgramData folder change."""
    code = _code(script)
    for word in (
        "Invoke-Expression",
        "iex ",
        "DownloadString",
        "EncodedCommand",
        "RunAs",
        "HKLM:\\Software\\CCHC",
        "setx",
    ):
        assert word.lower() not in code.lower(), word
    assert set(re.findall(r"https?://\S+", code)) == set()  # addresses stand in python.txt, with their hash
    assert re.findall(r"(?:New-Item|Set-ItemProperty|Remove-Item)[^\n]*HKLM", code) == []


def test_every_change_shows_in_a_dry_run(script: str) -> None:
    """What writes or deletes stands in an Invoke-Viec block or in a function that is called from one only."""
    depth, opened, inside, loose = 0, [], [], []
    helpers = {"Install-Goi", "Set-QuyenRieng", "Get-TepPython", "Save-NhatKy"}
    function = ""
    change = (
        r"\b(New-Item|Remove-Item|Copy-Item|Move-Item|Rename-Item|Set-ItemProperty|WriteAllText|AppendAllText|icacls)\b"
    )
    for line in _code(script).splitlines():
        if found := re.match(r"function ([\w-]+)", line):
            function = found[1]
        if re.search(r"Invoke-Viec .*\{\s*$", line):
            opened.append(depth)
        depth += line.count("{") - line.count("}")
        inside = [level for level in opened if depth > level]
        if re.search(change, line) and not opened and function not in helpers:
            loose.append(line.strip())
        opened = inside
    assert loose == []
    assert depth == 0


def test_uninstalling_knows_every_place(script: str) -> None:
    """Each place that an installation writes to is among those that -Go removes."""
    removed = re.search(r"function Get-DaCai \{(.*?)\n\}", script, re.DOTALL)[1]  # type: ignore[index]
    for place in ("$BoTro", "$LoiTat", "$KhoaGo", "$KhoDaDoc", "(Get-GocDuPhong)", "$ThuMucChung"):
        assert place in removed
    for name in ("TepDuongDan", "NhatKy", "BanSaoBoCai"):
        assert re.search(rf"^\${name} = Join-Path \$ThuMucChung ", script, re.MULTILINE)
    # pywin32 writes its cache into %TEMP% unless this folder is there.
    assert "'Lib\\site-packages\\win32com\\gen_py'" in script


def test_uninstalling_forgets_the_figures_that_were_read(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a merge keeps of the units' workbooks lies in a folder of its own: it goes, too."""
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    monkeypatch.delenv("CCHC_XL_CACHE", raising=False)
    kept = own_cache()
    assert kept is not None
    name = re.search(r"^\$KhoDaDoc = Join-Path \$env:LOCALAPPDATA '(.+)'", script, re.MULTILINE)[1]  # type: ignore[index]
    assert kept.path.parent == tmp_path / name


def test_uninstalling_takes_nothing_away_while_something_runs(script: str) -> None:
    """Else the entry in Settings is gone and the program is not: the folder in use is asked for first."""
    steps = re.search(r"function Uninstall-TatCa \{(.*?)\n\}", script, re.DOTALL)[1]  # type: ignore[index]
    asked, refused = steps.index("Rename-Item -LiteralPath $python"), steps.index("chưa gỡ gì")
    assert asked < refused < steps.index("foreach ($noi in $daCai)")


def test_packages_go_nowhere_but_into_the_private_python(script: str) -> None:
    """pip.ini and PIP_* of the user (``user = true``, a target) have no say; a broken pywin32 is noticed."""
    assert "'pip', '--isolated'," in script
    assert "xlwings._xlwindows" in script


def test_functions_are_there_and_used(script: str) -> None:
    """No function is missing, none is left over, and none is named like a command of PowerShell's own by accident."""
    defined = re.findall(r"^function ([\w-]+)", script, re.MULTILINE)
    assert len(set(defined)) == len(defined)
    assert set(defined) >= STEPS
    for name in defined:
        assert len(re.findall(rf"\b{name}\b", script)) > 1, name
    own = set(re.findall(r"\b[A-Z]\w+-[A-Z]\w+\b", _code(script)))
    commands = """
        Add-Type Copy-Item ForEach-Object Get-Acl Get-ChildItem Get-Content Get-Culture Get-Date Get-FileHash
        Get-Process Invoke-WebRequest Join-Path Move-Item New-Item New-Object Out-Null Read-Host Remove-Item
        Rename-Item Select-Object Set-ItemProperty Set-Location Set-StrictMode Sort-Object Split-Path Test-Path
        Unblock-File Where-Object Write-Host
    """
    known = set(commands.split())
    assert own - set(defined) - known == set()


def test_addin_and_installer_agree_on_places(script: str) -> None:
    """The pointer file and the program that the macros look for are those that the installer writes."""
    start = (SOURCES / "CchcStart.bas").read_text(encoding="ascii")
    assert '"%LOCALAPPDATA%\\CCHC\\python.txt"' in start
    assert '"%LOCALAPPDATA%\\CCHC\\python\\pythonw.exe"' in start
    assert "$ThuMucChung = Join-Path $env:LOCALAPPDATA 'CCHC'" in script
    assert "$TepDuongDan = Join-Path $ThuMucChung 'python.txt'" in script
    assert "$dich = Join-Path $Goc 'python'" in script
    assert "(Join-Path $dich 'pythonw.exe')" in script
    assert "-I -X utf8 -m cchc_xl.hosts.window" in script


def test_files_that_are_named_exist(script: str) -> None:
    """The command file starts the script; the script's own files lie beside it, the add-in one folder up."""
    command = (SCRIPTS / "cai-dat.cmd").read_text(encoding="ascii")
    assert '-File "%~dp0cai-dat.ps1"' in command
    for name in re.findall(r"Join-Path \$PSScriptRoot '([^']+)'", script):
        assert (SCRIPTS / name.replace("\\", "/")).resolve().is_file(), name
    for name in FILES:
        assert (SCRIPTS / name).is_file()


def test_python_is_pinned() -> None:
    """One whole 64-bit Python from python.org, of the version that the wheels are for."""
    source = python_source()
    assert re.fullmatch(r"https://www\.python\.org/ftp/python/3\.12\.\d+/python-3\.12\.\d+-amd64\.zip", source["url"])
    assert re.fullmatch(r"[0-9a-f]{64}", source["sha256"])
    assert "3.12" in installer.PLATFORM
    assert "3.12" in PYTHONS


def test_gathering_checks_the_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder holds what the script looks for; a Python of another hash is refused."""
    calls = []
    monkeypatch.setattr(installer, "_pip", lambda *arguments: calls.append(arguments))
    archive = tmp_path / python_source()["url"].rpartition("/")[2]
    archive.write_bytes(b"another")
    with pytest.raises(CchcError, match="mã băm"):
        build_installer(tmp_path)
    monkeypatch.setattr(
        installer,
        "python_source",
        lambda: {**python_source(), "sha256": hashlib.sha256(b"another").hexdigest()},
    )
    build_installer(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {*FILES, "CCHC.xlam", "CCHC.oxt", "wheels", archive.name}
    for name in FILES:
        lines = (tmp_path / name).read_bytes()
        assert lines.count(b"\r\n") == lines.count(b"\n") > 0
    assert [call[0] for call in calls[-2:]] == ["wheel", "download"]
    assert "--require-hashes" in calls[-1]
