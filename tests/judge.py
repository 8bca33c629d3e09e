"""LibreOffice as the independent judge of the workbooks this project writes.

What a workbook computes and how it looks is not left to the code that wrote it: LibreOffice opens it, computes every
formula afresh and stores the results (`recalculate`), or prints it (`to_pdf`, `to_png`).

    from judge import recalculate, requires_libreoffice

    @requires_libreoffice
    def test_totals(tmp_path: Path) -> None:
        [judged] = recalculate([workbook], tmp_path / "judged")
        assert openpyxl.load_workbook(judged, data_only=True)["PL1"]["F7"].value == 12

A start costs far more than a file, so hand many files to one `recalculate`. Every run has a throw-away profile and
works on copies: a workbook that somebody has open is not in the way, and no lock file is left behind. The answer is
LibreOffice's: its cell values are evidence, its `.xlsx` is not a template to keep (it loses button macros).
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn
from xml.sax.saxutils import escape

import pytest

requires_libreoffice = pytest.mark.usefixtures("soffice")
"""Decorator: without LibreOffice the test is skipped with a loud reason, and fails where CCHC_CI is set."""

requires_poppler = pytest.mark.usefixtures("pdftoppm")
"""The same for `pdftoppm`, which `to_png` needs."""

NO_SOFFICE = (
    "KHÔNG CÓ LIBREOFFICE: công thức trong biểu mẫu CHƯA được kiểm chứng độc lập! / "
    "LIBREOFFICE IS MISSING: the workbooks' formulas are NOT judged! (Debian: apt-get install libreoffice-calc)"
)
NO_PDFTOPPM = (
    "KHÔNG CÓ PDFTOPPM: chưa xem được trang in! / PDFTOPPM IS MISSING: printed pages are NOT looked at! "
    "(Debian: apt-get install poppler-utils)"
)

_RESTART = 81  # LibreOffice's EXITHELPER_NORMAL_RESTART: a new profile has been set up, start again
_MOST_STARTS = 4
_RECALCULATE_ALWAYS = 0  # OOXMLRecalcMode: 0 always, 1 never, 2 ask (which, headless, means never)
_XLSX_FILTER = "Calc MS Excel 2007 XML"
_TARGETS = {
    ".xlsx": f"xlsx:{_XLSX_FILTER}",
    ".pdf": "pdf:calc_pdf_Export",
    ".ods": "ods:calc8",
    ".xls": "xls:MS Excel 97",
}


class JudgeError(AssertionError):
    """LibreOffice (or pdftoppm) gave no verdict: could not read a file, took too long or broke down."""


def find_soffice() -> Path | None:
    """The LibreOffice program, from PATH or from the places where its installers put it."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found:
        return Path(found)
    places = [
        Path("/usr/lib/libreoffice/program/soffice"),
        Path("/Applications/LibreOffice.app/Contents/MacOS/soffice"),
    ]
    places += sorted(Path("/opt").glob("libreoffice*/program/soffice"), reverse=True)
    for variable in ("ProgramFiles", "ProgramW6432", "ProgramFiles(x86)", "LOCALAPPDATA"):
        base = os.environ.get(variable)
        if base:  # soffice.com waits for the end of the conversion; soffice.exe may not
            programs = [Path(base) / "LibreOffice" / "program", Path(base) / "Programs" / "LibreOffice" / "program"]
            places += [program / name for program in programs for name in ("soffice.com", "soffice.exe")]
    return next((place for place in places if place.is_file()), None)


def find_pdftoppm() -> Path | None:
    """Poppler's `pdftoppm`, from PATH."""
    found = shutil.which("pdftoppm")
    return Path(found) if found else None


def unavailable(reason: str) -> NoReturn:
    """Skip the running test for want of a tool; where CCHC_CI is set, fail: there nothing may go unjudged."""
    if os.environ.get("CCHC_CI"):
        pytest.fail(f"{reason} [CCHC_CI]", pytrace=False)
    pytest.skip(reason)


def recalculate(
    paths: Sequence[Path], out_dir: Path, *, locale: str = "en-US", timeout: float | None = None
) -> list[Path]:
    """Compute every formula of the workbooks afresh, in one LibreOffice run, and store them as .xlsx in `out_dir`.

    Results cached in the workbooks are not believed. The answer holds one path for each of `paths`, in their order,
    under their own names. `locale` is the regional setting of the imagined PC ("vi-VN" has the decimal comma): a
    well made workbook gives the same under every one. Raises `JudgeError` if even one file could not be judged.
    """
    return _convert(paths, out_dir, ".xlsx", locale, timeout)


def to_pdf(path: Path, out_dir: Path, *, locale: str = "en-US", timeout: float | None = None) -> Path:
    """Print the whole workbook as LibreOffice would, formulas computed afresh, to a PDF in `out_dir`."""
    return _convert([path], out_dir, ".pdf", locale, timeout)[0]


def to_ods(path: Path, out_dir: Path, *, timeout: float | None = None) -> Path:
    """The workbook as LibreOffice understands it, in its own format: with its macros and the buttons bound to them."""
    return _convert([path], out_dir, ".ods", "en-US", timeout)[0]


def to_xls(path: Path, out_dir: Path, *, timeout: float | None = None) -> Path:
    """The workbook in the format of Excel 97, as many offices still send it."""
    return _convert([path], out_dir, ".xls", "en-US", timeout)[0]


def to_png(pdf: Path, out_dir: Path, dpi: int = 70) -> list[Path]:
    """One picture for each page of the PDF, in order, in `out_dir` (needs pdftoppm)."""
    program = find_pdftoppm()
    if program is None:
        raise JudgeError(NO_PDFTOPPM)
    out_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="cchc_png_") as work:  # pages of an earlier run must not pass for ours
        done = subprocess.run(
            [program, "-png", "-r", str(dpi), pdf.resolve(), Path(work, "page")],
            capture_output=True, text=True, errors="replace", timeout=120, check=False,
        )  # fmt: skip
        pages = sorted(Path(work).glob("page-*.png"))  # pdftoppm pads the numbers to one width
        if done.returncode or not pages:
            raise JudgeError(f"pdftoppm {pdf}: exit code {done.returncode}: {done.stderr.strip()}")
        targets = [out_dir / f"{pdf.stem}-{number}.png" for number in range(1, len(pages) + 1)]
        for page, target in zip(pages, targets, strict=True):
            shutil.copyfile(page, target)
    return targets


def _convert(paths: Sequence[Path], out_dir: Path, suffix: str, locale: str, timeout: float | None) -> list[Path]:
    """One LibreOffice run over copies of `paths`; see `recalculate`."""
    if not paths:
        return []
    program = find_soffice()
    if program is None:
        raise JudgeError(NO_SOFFICE)
    targets = [out_dir / f"{path.stem}{suffix}" for path in paths]
    if len({target.name.casefold() for target in targets}) < len(targets):
        raise ValueError(f"two workbooks of one name would overwrite each other: {sorted(map(str, paths))}")
    if any(target.resolve() == path.resolve() for target, path in zip(targets, paths, strict=True)):
        raise ValueError(f"the judged workbooks would overwrite the originals in {out_dir}")
    out_dir.mkdir(parents=True, exist_ok=True)
    for target in targets:
        target.unlink(missing_ok=True)

    with tempfile.TemporaryDirectory(prefix="cchc_judge_", ignore_cleanup_errors=True) as work_dir:
        work = Path(work_dir)
        staged, results = work / "in", work / "out"
        staged.mkdir()
        results.mkdir()
        for path in paths:
            shutil.copyfile(path, staged / path.name)
        write_profile(work / "profile", locale)
        command = [
            str(program), f"-env:UserInstallation={(work / 'profile').as_uri()}",
            "--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck", "--nofirststartwizard",
            f"--infilter={_XLSX_FILTER}",  # a file that is no workbook must not be read as text
            "--convert-to", _TARGETS[suffix], "--outdir", str(results),
            *(os.path.join(".", path.name) for path in paths),  # noqa: PTH118 - Path drops "./", which guards a leading "-"
        ]  # fmt: skip
        log = work / "soffice.log"
        code = _run(command, staged, log, timeout if timeout is not None else 90 + 5 * len(paths))
        # LibreOffice ends with 0 even if it could not load a file: only the results count.
        unjudged = [path for path, target in zip(paths, targets, strict=True) if not (results / target.name).exists()]
        if code or unjudged:
            names = ", ".join(map(str, unjudged)) or "nothing missing"
            raise JudgeError(f"LibreOffice gave no result (exit code {code}): {names}\n{_tail(log)}")
        for target in targets:
            shutil.copyfile(results / target.name, target)
    return targets


def write_profile(profile: Path, locale: str, more: Sequence[tuple[str, str, str]] = ()) -> None:
    """A LibreOffice profile that computes everything at loading, asks nothing and does not use the machine's locale.

    ``more`` settings: the component's path after ``org.openoffice.``, the name, the value.
    """
    settings = [
        ("Office.Calc/Formula/Load", "OOXMLRecalcMode", str(_RECALCULATE_ALWAYS)),
        ("Setup/L10N", "ooSetupSystemLocale", locale),
        ("Setup/Office", "ooSetupInstCompleted", "true"),
        ("Office.Common/Misc", "FirstRun", "false"),
        ("Office.Common/Misc", "UseDocumentOOoLockFile", "false"),
        ("Office.Recovery/RecoveryInfo", "Enabled", "false"),
        *more,
    ]
    items = "".join(
        f'<item oor:path="/org.openoffice.{path}"><prop oor:name="{name}" oor:op="fuse">'
        f"<value>{escape(value)}</value></prop></item>\n"
        for path, name, value in settings
    )
    user = profile / "user"
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry" '
        'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
        f"{items}</oor:items>\n",
        encoding="utf-8",
    )


def _run(command: list[str], cwd: Path, log: Path, timeout: float) -> int:
    """Run LibreOffice to its end, again if it asks for that, and return its exit code; nothing of it survives."""
    environment = dict(os.environ)
    if sys.platform.startswith("linux"):
        environment.update(SAL_USE_VCLPLUGIN="svp", LC_ALL="C.UTF-8")  # no display; file names with Vietnamese letters
    deadline = time.monotonic() + timeout
    for _ in range(_MOST_STARTS):
        # The output goes to a file: a pipe held open by a grandchild would make us wait for ever.
        with log.open("ab") as output:
            process = subprocess.Popen(
                command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                start_new_session=True,
            )  # fmt: skip
        try:
            code = process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise JudgeError(f"LibreOffice did not end within {timeout:g} s\n{_tail(log)}") from None
        finally:  # also for Ctrl+C, which does not reach another session
            _end(process)
        if code != _RESTART:
            return code
    return _RESTART


def _end(process: subprocess.Popen[bytes]) -> None:
    """End LibreOffice with everything it started: `soffice` is a script, the office proper is its grandchild."""
    if sys.platform == "win32":
        if process.poll() is None:
            subprocess.run(["taskkill", "/T", "/F", "/PID", str(process.pid)], capture_output=True, check=False)
    else:
        for sign in (signal.SIGTERM, signal.SIGKILL):  # the group outlives its leader: always the second blow too
            try:
                os.killpg(process.pid, sign)
                process.wait(3)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue
    process.wait()


def _tail(log: Path) -> str:
    """The end of LibreOffice's output, for a message."""
    return log.read_text(encoding="utf-8", errors="replace")[-2000:].strip() if log.exists() else ""
