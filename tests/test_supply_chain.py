"""What runs on the officers' PCs: every package pinned by its hashes, none under a licence that binds the user."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from cchc_xl import licences
from cchc_xl.addin import lock
from cchc_xl.addin.lock import LOCK, PYTHONS, lock_text, locked, ranges, wanted_on_windows
from cchc_xl.errors import InputFault
from cchc_xl.hosts.cli import main
from cchc_xl.licences import normal, run_time_licences, stated

ROOT = Path(__file__).parent.parent
_BLOCK = re.compile(
    r"(?P<wheels>(?:# \S+\.whl\n)+)# (?P<licence>.+)\n(?P<name>[a-z0-9-]+)==(?P<version>\S+) \\\n"
    r"(?P<hashes>(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)"
)
# Licences that ask for something of those who pass a program on together with theirs.
_BINDING = re.compile(r"GPL|MPL|EUPL|CDDL|\bEPL|SSPL|CC-BY-(?:SA|NC)|Proprietary|General Public|Mozilla", re.IGNORECASE)


@dataclass(frozen=True)
class Pinned:
    version: str
    licence: str
    wheels: Sequence[str]
    hashes: Sequence[str]


@pytest.fixture(scope="module")
def pins() -> dict[str, Pinned]:
    """The lock file, read strictly: every line belongs to a package."""
    head, _, body = LOCK.read_text(encoding="ascii").partition("\n\n")
    assert all(line.startswith("# ") for line in head.split("\n"))
    assert re.sub(r"\n+", "\n", _BLOCK.sub("", body)).strip() == ""
    found = {}
    for match in _BLOCK.finditer(body):
        assert match["name"] not in found
        wheels = re.findall(r"# (\S+)\n", match["wheels"])
        hashes = re.findall(r"sha256:(\w+)", match["hashes"])
        found[match["name"]] = Pinned(match["version"], match["licence"], wheels, hashes)
    return found


def test_every_wheel_has_its_hash(pins: dict[str, Pinned]) -> None:
    """For each CPython that the installer may carry there is a wheel of this very version, and a hash of each."""
    for name, pin in pins.items():
        assert len(set(pin.hashes)) == len(pin.wheels)
        for wheel in pin.wheels:
            project, version, *_ = wheel.split("-")
            assert (normal(project), version) == (name, pin.version)
        for python in PYTHONS:
            fitting = re.compile(rf"-cp{python.replace('.', '')}-.*win_amd64|-none-any")
            assert any(fitting.search(wheel) for wheel in pin.wheels), (name, python)


def test_the_lock_follows_pyproject(pins: dict[str, Pinned]) -> None:
    """Not stale: what pyproject.toml asks for is there in a version that it allows."""
    for requirement in map(Requirement, ranges()):
        assert requirement.specifier.contains(pins[normal(requirement.name)].version), requirement


def test_the_lock_is_complete_and_holds_nothing_else(pins: dict[str, Pinned]) -> None:
    """By what the packages say themselves: all that any of them needs on Windows, and no package that none needs."""
    for python in PYTHONS:
        needed: set[str] = set()
        others = []  # installed here in another version: what the pinned one needs, pip saw when the lock was made
        waiting = list(ranges())
        while waiting:
            requirement = Requirement(waiting.pop())
            name = normal(requirement.name)
            if name in needed:
                continue
            needed.add(name)
            assert name in pins, f"{name} is not pinned: python -m cchc_xl.addin --khoa"
            try:
                found = distribution(name)
            except PackageNotFoundError:
                assert name in ("pywin32", "tzdata"), name  # for Windows only, and they need nothing
                continue
            if found.version == pins[name].version:
                waiting += wanted_on_windows(found.requires or (), python)
            else:
                others.append(name)
        assert set(pins) == needed or others, set(pins) - needed


def test_the_lock_names_no_index(pins: dict[str, Pinned]) -> None:
    """Where the packages come from is the affair of each office; hashes hold wherever that is."""
    assert pins
    text = LOCK.read_text(encoding="ascii")
    for word in ("://", "index", "find-links", "trusted-host", "file:", "@"):
        assert word not in text, word


def test_the_installer_takes_nothing_but_the_lock() -> None:
    """Every pip of the script either refuses what has no hash, or installs our own wheel without looking elsewhere."""
    script = (ROOT / "macros" / "installer" / "cai-dat.ps1").read_text(encoding="utf-8-sig")
    installs = re.findall(r"Invoke-Python \$Python \(\$chung[^\n]*", script)
    assert len(installs) == 2
    assert "'--require-hashes', '-r', (Join-Path $PSScriptRoot 'requirements.txt')" in installs[0]
    assert "'--no-index', $goi[-1].FullName" in installs[1]
    common = re.search(r"\$chung = @\((.*?)\)", script, re.DOTALL)
    assert common
    assert "'--no-deps'" in common[1]
    assert "'--only-binary=:all:'" in common[1]


def _reported(name: str, version: str, requires: Sequence[str] = ()) -> dict[str, Any]:
    return {
        "metadata": {"name": name, "version": version, "requires_dist": list(requires), "license": "MIT\nand more"},
        "download_info": {
            "url": f"file:///anywhere/{name}-{version}-py3-none-any.whl",
            "archive_info": {"hashes": {"sha256": "0" * 64}},
        },
    }


def test_what_windows_alone_needs_is_locked_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """pip takes markers for the machine that it runs on: what it left out is asked for by name."""
    asked: list[Sequence[str]] = []

    def resolved(wanted: Sequence[str], python: str) -> list[dict[str, Any]]:
        asked.append((python, *wanted))
        needs = ("Nothing-Win>=3; sys_platform == 'win32'", "nothing-mac; sys_platform == 'darwin'", "x; extra == 'x'")
        found = [_reported("Nothing_Real", "1.0", needs)]
        return found + [_reported("nothing-win", "4")] * any("win" in want.lower() for want in wanted)

    monkeypatch.setattr(lock, "ranges", lambda: ["Nothing.Real>=1"])
    monkeypatch.setattr(lock, "_resolved", resolved)
    pins = locked()
    assert [(pin.name, pin.version, pin.licence) for pin in pins] == [
        ("nothing-real", "1.0", "MIT"),
        ("nothing-win", "4", "MIT"),
    ]
    assert asked[:2] == [("3.11", "Nothing.Real>=1"), ("3.11", "Nothing.Real>=1", "Nothing-Win>=3")]
    assert asked[2:] == [(python, "nothing-real==1.0", "nothing-win==4") for python in PYTHONS[1:]]
    assert "anywhere" not in lock_text(pins)


# licences ------------------------------------------------------------------------------------------------------------


def test_no_package_is_under_a_binding_licence(pins: dict[str, Pinned]) -> None:
    """Neither of what is installed here nor of what the installer brings; each says which licence it is under."""
    found = {one.name: one.licence for one in run_time_licences()[1:]}
    found |= {name: pin.licence for name, pin in pins.items()}
    assert [name for name, licence in found.items() if licence in ("", "?")] == []
    assert [name for name, licence in found.items() if _BINDING.search(licence)] == []


def test_giay_phep_lists_all_that_is_imported(capsys: pytest.CaptureFixture[str]) -> None:
    """The toolkit, what it asks for and what these ask for: in text and as JSON."""
    assert main(["giay-phep", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    names = [normal(one["name"]) for one in listed]
    assert names[0] == "cchc-xl"
    assert {normal(Requirement(text).name) for text in ranges()} | {"numpy", "et-xmlfile"} <= set(names)
    assert {"pytest", "hypothesis"}.isdisjoint(names)
    assert main(["giay-phep"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines] == [[one["name"], one["version"]] for one in listed]


def test_a_toolkit_that_was_not_installed_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(licences, "distribution", absent)
    with pytest.raises(InputFault, match="pip install"):
        run_time_licences()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"License-Expression": ["MIT"], "License": ["other"]}, "MIT"),
        ({"Classifier": ["License :: OSI Approved :: BSD License", "Topic :: x"], "License": ["x"]}, "BSD License"),
        ({"License": ["Copyright\nall the text"]}, "Copyright"),
        ({}, ""),
    ],
)
def test_a_licence_is_one_line(fields: dict[str, list[str]], said: str) -> None:
    class Fields:
        def get_all(self, name: str, failobj: list[str]) -> list[str]:
            return fields.get(name, failobj)

    assert stated(Fields()) == said


def test_every_dependency_has_its_reason() -> None:
    """Each package that pyproject.toml asks for stands in the README's table."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme[readme.index("## Dependencies") :].split("\n## ")[0].lower()
    for requirement in (*project["dependencies"], *project["optional-dependencies"]["test"]):
        name = normal(requirement)
        assert name in table or name.endswith("-stubs") or name.startswith("types-"), name
