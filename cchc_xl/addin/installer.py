"""Gathers the installer's folder: scripts, add-in, extension, wheels for Windows, the private Python; checks hashes.

What is handed to an office: it installs from this folder without a network.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from cchc_xl.addin.lock import LOCK
from cchc_xl.addin.sources import MACROS
from cchc_xl.errors import CchcError

SCRIPTS = MACROS / "installer"
FILES = ("cai-dat.cmd", "cai-dat.ps1", "python.txt", "requirements.txt")
PLATFORM = ("--platform", "win_amd64", "--python-version", "3.12", "--implementation", "cp")


def python_source() -> Mapping[str, str]:
    """``url`` and ``sha256`` of the private Python."""
    text = (SCRIPTS / "python.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^(url|sha256)=(\S+)$", text, re.MULTILINE))


def build_installer(folder: Path) -> None:
    """Fill ``folder``; what is there with the right hash is kept. Raises ``CchcError`` when something cannot be had."""
    from cchc_xl.addin.build import ADDIN
    from cchc_xl.addin.extension import EXTENSION

    wheels = folder / "wheels"
    wheels.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        # cmd loses its place in a script without CR; a checkout elsewhere may have left them out.
        text = (SCRIPTS / name).read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        (folder / name).write_bytes(text)
    for built in (ADDIN, EXTENSION):
        shutil.copyfile(built, folder / built.name)
    for old in wheels.glob("cchc_xl-*.whl"):
        old.unlink()
    # setuptools would pack what lies here from an earlier build, modules deleted since then too.
    shutil.rmtree(MACROS.parent / "build" / "lib", ignore_errors=True)
    _pip("wheel", "--no-deps", "--wheel-dir", str(wheels), str(MACROS.parent))
    only = ("--no-deps", "--only-binary=:all:", "--require-hashes")
    _pip("download", *only, *PLATFORM, "--dest", str(wheels), "--requirement", str(LOCK))
    _fetch_python(folder)


def _pip(*arguments: str) -> None:
    done = subprocess.run([sys.executable, "-m", "pip", *arguments], check=False)
    if done.returncode:
        raise CchcError(f"pip {arguments[0]} không chạy được (mã {done.returncode}): xem thông báo ở trên.")


def _fetch_python(folder: Path) -> None:
    source = python_source()
    target = folder / source["url"].rpartition("/")[2]
    if not target.exists():
        try:
            with urllib.request.urlopen(source["url"], timeout=60) as answer:
                target.write_bytes(answer.read())
        except OSError as error:
            raise CchcError(
                f"Không tải được {source['url']} ({error}): hãy chép tệp {target.name} vào {folder}."
            ) from error
    if hashlib.sha256(target.read_bytes()).hexdigest() != source["sha256"]:
        raise CchcError(f"Tệp {target} không đúng mã băm trong python.txt: hãy xóa tệp rồi lấy lại.")
