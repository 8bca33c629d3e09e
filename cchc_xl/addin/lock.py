"""Writes the installer's lock file: one version of every run-time package, with the hashes of its Windows wheels.

The ranges come from pyproject.toml, the versions from pip's own resolver, asked for each CPython that the installer may
carry. pip takes a marker such as ``sys_platform == "win32"`` for the machine that it runs on, so what Windows alone
needs is looked for here. Versions are those of the oldest CPython: with them the tests run, and one line serves all.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import Message
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from cchc_xl.addin.sources import MACROS
from cchc_xl.atomic import replacing
from cchc_xl.errors import CchcError
from cchc_xl.licences import normal, stated

LOCK = MACROS / "installer" / "requirements.txt"
PYTHONS = ("3.11", "3.12", "3.13")
_WINDOWS = {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": "AMD64"}
_HEAD = """\
# What the private Python needs: one version of each package, by the hashes of its wheels for 64-bit Windows and
# CPython 3.11 to 3.13. Written by "python -m cchc_xl.addin --khoa" from the ranges in pyproject.toml: not by hand.
"""

Wheel = tuple[str, str]  # file name, SHA-256


@dataclass(slots=True)
class Pin:
    """A package as it is installed. ``wheels``: one for each CPython, or one for all."""

    name: str
    version: str
    licence: str
    wheels: set[Wheel] = field(default_factory=set)


def ranges() -> list[str]:
    """What pyproject.toml asks for at run time."""
    project = tomllib.loads((MACROS.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return list(project["dependencies"])


def write_lock() -> None:
    """Resolve and write ``LOCK``. Raises ``CchcError`` when pip finds no wheels that fit."""
    pins = locked()
    with replacing(LOCK) as temporary:
        temporary.write_text(lock_text(pins), encoding="ascii", newline="\n")


def locked() -> list[Pin]:
    """Every run-time package, by name: what pyproject.toml asks for, and all that these ask for on Windows."""
    pins: dict[str, Pin] = {}
    asked = ranges()
    for python in PYTHONS:
        while True:
            found = [_plain(item) for item in _resolved(asked, python)]
            missing = _missing(found, asked, python)
            if not missing:
                break
            asked = [*asked, *missing]
        for name, version, licence, wheel, _ in found:
            pin = pins.setdefault(name, Pin(name, version, licence))
            pin.wheels.add(wheel)
        asked = [f"{pin.name}=={pin.version}" for pin in pins.values()]
    return sorted(pins.values(), key=lambda pin: pin.name)


def lock_text(pins: Iterable[Pin]) -> str:
    """The file: names of the wheels and the licence as comments, so that a reader sees what the hashes are of."""
    blocks = [_HEAD]
    for pin in pins:
        wheels = sorted(pin.wheels)
        said = [f"# {file}" for file, _ in wheels]
        hashes = [f"    --hash=sha256:{sha256}" for _, sha256 in wheels]
        lines = [*said, f"# {pin.licence}", f"{pin.name}=={pin.version} \\", " \\\n".join(hashes)]
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def wanted_on_windows(requirements: Iterable[str], python: str) -> list[str]:
    """Of a package's requirements those that hold there, without their markers."""
    from packaging.requirements import Requirement

    environment = {**_WINDOWS, "python_version": python, "python_full_version": f"{python}.0", "extra": ""}
    held = []
    for requirement in map(Requirement, requirements):
        if requirement.marker is None or requirement.marker.evaluate(environment):
            extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
            held.append(f"{requirement.name}{extras}{requirement.specifier}")
    return held


_Found = tuple[str, str, str, Wheel, Sequence[str]]


def _missing(found: Sequence[_Found], asked: Sequence[str], python: str) -> list[str]:
    names = {name for name, *_ in found}
    needed = {need for *_, requires in found for need in wanted_on_windows(requires, python)}
    known = set(asked)
    return sorted(need for need in needed if normal(need) not in names and need not in known)


def _plain(item: Mapping[str, Any]) -> _Found:
    metadata, source = item["metadata"], item["download_info"]
    wheel = source["url"].rpartition("/")[2], source["archive_info"]["hashes"]["sha256"]
    name = normal(metadata["name"])
    return name, metadata["version"], _licence(metadata, name), wheel, metadata.get("requires_dist", ())


def _licence(metadata: Mapping[str, Any], name: str) -> str:
    """As this machine's own copy says it: pip's reports leave out the fields of PEP 639. Else as pip reports it."""
    try:
        return stated(distribution(name).metadata)
    except PackageNotFoundError:
        fields = Message()
        for line in metadata.get("classifier", ()):
            fields["Classifier"] = line
        fields["License"] = metadata.get("license") or ""
        return stated(fields)


def _resolved(asked: Sequence[str], python: str) -> list[dict[str, Any]]:
    """What pip would install there; nothing is installed."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        target = ("--target", str(Path(folder) / "none"), "--ignore-installed", "--dry-run", "--report", str(report))
        place = ("--platform", "win_amd64", "--python-version", python, "--implementation", "cp")
        command = [sys.executable, "-m", "pip", "install", "--quiet", *target, *place, "--only-binary=:all:", *asked]
        if subprocess.run(command, check=False).returncode:
            raise CchcError(f"pip không tìm được đủ gói cho Windows, Python {python}: xem thông báo ở trên.")
        installed: list[dict[str, Any]] = json.loads(report.read_text(encoding="utf-8"))["install"]
        return installed
