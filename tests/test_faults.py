"""Faults: processes that are killed, full disks, locked and vanishing files, two at once. What stood stands whole."""

from __future__ import annotations

import errno
import hashlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import traceback
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from types import FrameType
from typing import IO

import pytest
from submissions import make, write_printed
from versions import FORM, three_versions

from cchc_xl import atomic
from cchc_xl.audit.run import audit
from cchc_xl.catalogue.load import catalogue_at, load_form
from cchc_xl.errors import CchcError, InputFault
from cchc_xl.form_workbook import package
from cchc_xl.form_workbook.build import build_form_workbook
from cchc_xl.hosts import cli
from cchc_xl.hosts.cli import main
from cchc_xl.merging import MergeRequest, merge
from cchc_xl.receiving.cache import PLACE
from cchc_xl.receiving.folder import submissions_in
from cchc_xl.stamp import Stamp

# Random kills of each command; hundreds on demand.
KILLS = int(os.environ.get("CCHC_KILLS", "10"))
COMMANDS = ("tong-hop", "kiem-tra", "nhap", "nang-cap")
LEFTOVER = re.compile(r"\.cchc-[0-9a-f]{16}(\.xlsx)?")
DAYS = 2 * 86400

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked processes")


@dataclass
class Job:
    """A command over files in a folder: what it reads, where it writes, what lies there before and after."""

    argv: list[str]
    target: Path
    inputs: list[Path]
    old: bytes = b""
    new: bytes = b""
    seconds: float = 0.0
    outcomes: dict[str, int] = field(default_factory=dict)
    forms: Path | None = None

    def catalogue(self) -> AbstractContextManager[object]:
        """The made-up form in its second version for nang-cap, our own forms for all others."""
        return catalogue_at(self.forms) if self.forms else nullcontext()

    def reset(self) -> None:
        """As before the command."""
        if self.old:
            self.target.write_bytes(self.old)
        else:
            self.target.unlink(missing_ok=True)


def forked(argv: list[str], prepare: Callable[[], None] = lambda: None) -> tuple[int, IO[str]]:
    """The command in a process of its own, with everything loaded already; gives its id and what it says of errors."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 70
        os.environ[PLACE] = ""  # every file is read
        os.close(reading)
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
        sys.stderr = os.fdopen(writing, "w", encoding="utf-8")
        try:
            prepare()
            code = main(argv)
            sys.stderr.flush()
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
        finally:
            os._exit(code)
    os.close(writing)
    return child, os.fdopen(reading, encoding="utf-8")


def finished(child: int, said: IO[str]) -> tuple[int, str]:
    """Exit code of a process that was started (negative: the signal that ended it), and what it said."""
    _, status = os.waitpid(child, 0)
    with said:
        return os.waitstatus_to_exitcode(status), said.read()


def digests(paths: list[Path]) -> list[str]:
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Job]:
    """All four commands, each with an older output in its place."""
    root = tmp_path_factory.mktemp("loi")
    with ExitStack() as stack:
        monkeypatch = stack.enter_context(pytest.MonkeyPatch.context())
        monkeypatch.setattr(os, "fsync", lambda _: None)
        made = {"tong-hop": _merging(root), "kiem-tra": _checking(root), "nhap": _filling(root)}
        versions = three_versions(root / "mau")
        stack.enter_context(catalogue_at(versions[1]))
        made["nang-cap"] = _upgrading(root, versions[2])
    for name, job in made.items():
        with job.catalogue():
            job.reset()
            started = time.monotonic()
            code, text = finished(*forked(job.argv))
            job.seconds = time.monotonic() - started
            assert code in (0, 1), text
            job.new = job.target.read_bytes()
            assert job.new != job.old, name
    return made


def _merging(root: Path) -> Job:
    folder, target = root / "nop", root / "th.xlsx"
    folder.mkdir()
    inputs = [make(folder, str(n), f"xã {n}", {"PL6": {56: str(50 + n), 57: "20"}}) for n in (1, 2)]
    merge(MergeRequest(folder, target))
    inputs.append(make(folder, "3", "xã 3", {"PL6": {56: "60", 57: "20"}}))
    return Job(["tong-hop", str(folder), "-o", str(target)], target, inputs, target.read_bytes())


def _checking(root: Path) -> Job:
    folder, target = root / "kiem-tra", root / "kiem-tra" / "kq.xlsx"
    folder.mkdir()
    one, two = (make(folder, str(n), f"xã {n}", {"PL6": {56: "50", 57: str(40 + 9 * n)}}) for n in (1, 2))
    main(["kiem-tra", str(one), "--bao-cao", str(target)])
    return Job(["kiem-tra", str(one), str(two), "--bao-cao", str(target)], target, [one, two], target.read_bytes())


def _filling(root: Path) -> Job:
    folder, printed = root / "nhap", root / "in"
    folder.mkdir()
    printed.mkdir()
    write_printed(printed, {"PL6": {56: "77", 57: "33"}})
    target = make(folder, "1", "xã 1", {})
    return Job(["nhap", str(target), str(printed)], target, sorted(printed.iterdir()), target.read_bytes())


def _upgrading(root: Path, forms: Path) -> Job:
    source, target = root / "cu.xlsx", root / "moi.xlsx"
    build_form_workbook(load_form(FORM), Stamp(FORM, 1, "xã 1", "1", period="2024-NAM"), source)
    return Job(["nang-cap", str(source), "-o", str(target)], target, [source], forms=forms)


def stands(job: Job) -> str:
    """Which output stands; it is whole, and no other file of the folder was touched."""
    if not job.target.exists():
        assert not job.old
        return "old"
    content = job.target.read_bytes()
    if content == job.old:
        return "old"
    assert parts(content) == parts(job.new)
    return "new"


def parts(content: bytes) -> dict[str, bytes]:
    """A workbook's parts, read whole; without the moment at which it was written."""
    with zipfile.ZipFile(BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist() if name != "docProps/core.xml"}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_process_killed_at_any_moment_leaves_the_old_or_the_new_output(
    jobs: dict[str, Job], command: str, tmp_path: Path
) -> None:
    """Whole, with no submission changed by a byte, and only temporary files of ours beside it."""
    job = jobs[command]
    before, listing = digests(job.inputs), {path.name for path in job.target.parent.iterdir()} | {job.target.name}
    rnd = random.Random(command)
    with job.catalogue():
        for _ in range(KILLS):
            job.reset()
            child, said = forked(job.argv)
            time.sleep(rnd.uniform(0, 1.4 * job.seconds))
            os.kill(child, signal.SIGKILL)
            outcome = ("killed, " if finished(child, said)[0] < 0 else "done, ") + stands(job)
            assert outcome != "done, old"
            job.outcomes[outcome] = job.outcomes.get(outcome, 0) + 1
            assert digests(job.inputs) == before
    left = [path for path in job.target.parent.iterdir() if path.name not in listing]
    assert all(LEFTOVER.fullmatch(path.name) for path in left), left
    job.outcomes["left behind"] = len(left)
    for path in left:
        path.unlink()
    print(command, f"{job.seconds:.2f}s", job.outcomes)


STEPS = ("open", "fsync", "before", "after", "zip")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_process_killed_at_each_step_of_writing(jobs: dict[str, Job], command: str, step: str) -> None:
    """The temporary file made, half written, written, about to be and just put in its place."""
    job = jobs[command]
    before = digests(job.inputs)

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def prepare() -> None:
        replace, opened, store = Path.replace, Path.open, zipfile.ZipFile.close

        def replaced(self: Path, target: Path) -> Path:
            if step == "before":
                die()
            replace(self, target)
            die()
            return target

        def opening(self: Path, mode: str = "r", *args: object, **kwargs: object) -> object:
            handle = opened(self, mode, *args, **kwargs)  # type: ignore[call-overload]
            if mode == "xb":
                die()
            return handle

        def closing(self: zipfile.ZipFile) -> None:
            if self.mode == "w":
                assert self.fp is not None
                self.fp.flush()
                die()
            store(self)

        if step in ("before", "after"):
            Path.replace = replaced  # type: ignore[assignment, method-assign]
        elif step == "open":
            Path.open = opening  # type: ignore[assignment, method-assign]
        elif step == "zip":
            zipfile.ZipFile.close = closing  # type: ignore[method-assign]
        else:
            os.fsync = lambda _: die()  # type: ignore[assignment]

    job.reset()
    with job.catalogue():
        assert finished(*forked(job.argv, prepare))[0] == -signal.SIGKILL
    assert stands(job) == ("new" if step == "after" else "old")
    assert digests(job.inputs) == before
    for path in job.target.parent.glob(".cchc-*"):
        path.unlink()


# what killed processes leave ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def communes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three communes' workbooks."""
    folder = tmp_path_factory.mktemp("xa")
    for n in (1, 2, 3):
        make(folder, str(n), f"xã {n}", {"PL1": {38: "50", 39: str(20 + n)}}, form="cam-giang-2024")
    return folder


@pytest.fixture
def folder(tmp_path: Path, communes: Path) -> Path:
    """Two of them; the summary goes to ``th.xlsx`` beside the folder."""
    folder = tmp_path / "nop"
    folder.mkdir()
    for name in ("1.xlsx", "2.xlsx"):
        shutil.copy2(communes / name, folder)
    return folder


def test_a_half_written_file_is_never_taken_for_a_submission(folder: Path) -> None:
    """Whatever it holds; a user's own file with a similar name is."""
    whole = (folder / "1.xlsx").read_bytes()
    (folder / ".cchc-0123456789abcdef.xlsx").write_bytes(whole)
    (folder / ".cchc-0123456789abcdef.csv").write_bytes(whole[:100])
    (folder / ".cchc-cua-toi.xlsx").write_bytes(whole)
    names = [path.name for path in submissions_in(folder, folder.parent / "th.xlsx")]
    assert names == [".cchc-cua-toi.xlsx", "1.xlsx", "2.xlsx"]


def test_the_next_run_removes_what_was_abandoned(folder: Path) -> None:
    """Only ours, and only when it is too old to be another running process's."""
    old, young, foreign = (folder.parent / f".cchc-{name}.xlsx" for name in ("0" * 16, "1" * 16, "cua-toi"))
    for path in (old, young, foreign):
        path.write_bytes(b"x")
    for path in (old, foreign):
        os.utime(path, (time.time() - DAYS, time.time() - DAYS))
    merge(MergeRequest(folder, folder.parent / "th.xlsx"))
    assert [path.exists() for path in (old, young, foreign)] == [False, True, True]


def test_parts_of_a_workbook_do_not_stay_in_the_systems_folder(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither when writing fails, nor for ever when the process was killed."""
    parts = tmp_path / "tam"
    (parts / "cchc-xl-cu").mkdir(parents=True)
    (parts / "cchc-xl-cu" / "tmp1").write_bytes(b"x")
    os.utime(parts / "cchc-xl-cu", (time.time() - DAYS, time.time() - DAYS))
    monkeypatch.setattr("tempfile.tempdir", str(parts))
    monkeypatch.setattr(zipfile.ZipFile, "write", _full)
    with pytest.raises(CchcError, match="Ổ đĩa đã đầy"):
        merge(MergeRequest(folder, folder.parent / "th.xlsx"))
    assert list(parts.iterdir()) == []
    assert package.ABANDONED == atomic.ABANDONED < DAYS


def _full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("step", ["reading", "writing"])
def test_helpers_end_with_the_merge_that_was_killed(tmp_path: Path, step: str) -> None:
    """They hold both ends of their queue and would wait for ever."""
    code = (
        "import os, signal, sys, threading, time\n"
        "from pathlib import Path\n"
        "from cchc_xl.receiving import batch, helpers\n"
        "helpers.FEW, helpers._cores = 1, lambda: 2\n"
        "files = [(Path(f'{n}.xlsx'), str(n)) for n in range(100)]\n"
        "def seen(done, total, name):\n"
        f"    if done == {3 if step == 'reading' else 100}: os.kill(os.getpid(), signal.SIGKILL)\n"
        "batch.receive_all(files, seen)\n"
    )
    # Whoever still holds the pipe's end keeps it open.
    process = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=120,
        check=False,
    )
    assert process.returncode == -signal.SIGKILL


# the disk and other programs --------------------------------------------------------------------------------------


def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """tong-hop as an officer runs it: exit code and what it says where it could not run."""
    code = main(["tong-hop", str(folder), "-o", str(folder.parent / "th.xlsx")])
    return code, capsys.readouterr().err


COMMAND_SIZES = [(command, size) for command in COMMANDS for size in (200, 6000)]


@pytest.mark.parametrize(("command", "size"), COMMAND_SIZES)
def test_a_full_disk_is_one_sentence(jobs: dict[str, Job], command: str, size: int) -> None:
    """No file may grow beyond so many bytes, of the library's own ones neither: the old output stands, exit 2."""
    import resource

    job = jobs[command]

    def prepare() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    job.reset()
    with job.catalogue():
        code, text = finished(*forked(job.argv, prepare))
    assert code == 2, text
    assert text.count("\n") == 1
    assert text.startswith("Không ghi được tệp")
    assert stands(job) == "old"
    assert not list(job.target.parent.glob(".cchc-*"))


FAULTS = [
    (PermissionError(errno.EACCES, "in use"), "đang mở trong Excel hoặc thư mục chỉ đọc"),
    (OSError(errno.ENOSPC, "full"), "Ổ đĩa đã đầy"),
    (OSError(errno.EIO, "broken"), "hãy kiểm tra thư mục và ổ đĩa"),
]


@pytest.mark.parametrize(("error", "words"), FAULTS)
@pytest.mark.parametrize("call", ["pathlib.Path.replace", "os.fsync", "zipfile.ZipFile.write"])
def test_an_output_that_cannot_be_written_is_one_sentence(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    error: OSError,
    words: str,
    call: str,
) -> None:
    """Locked by another program, a full disk, a broken one: the old summary stands, nothing is left beside it."""
    merge(MergeRequest(folder, folder.parent / "th.xlsx"))
    before = (folder.parent / "th.xlsx").read_bytes()

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(call, fail)
    code, said = run(folder, capsys)
    assert (code, said.count("\n")) == (2, 1)
    assert words in said
    assert (folder.parent / "th.xlsx").read_bytes() == before
    assert sorted(path.name for path in folder.parent.iterdir()) == ["nop", "th.xlsx"]


def test_a_read_only_output_is_one_sentence(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the system itself would let it be replaced."""
    merge(MergeRequest(folder, folder.parent / "th.xlsx"))
    monkeypatch.setattr(os, "access", lambda *_, **__: False)
    code, said = run(folder, capsys)
    assert (code, said.count("\n")) == (2, 1)
    assert "chỉ đọc" in said


@pytest.mark.parametrize("error", [FileNotFoundError(errno.ENOENT, "gone"), PermissionError(errno.EACCES, "denied")])
def test_a_file_that_vanishes_or_is_denied_is_accounted_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    """Between listing and reading: it is named, the others are merged."""
    read = Path.read_bytes

    def reading(self: Path) -> bytes:
        if self.name == "2.xlsx":
            raise error
        return read(self)

    monkeypatch.setattr(Path, "read_bytes", reading)
    summary = merge(MergeRequest(folder, folder.parent / "th.xlsx"))
    assert {file.received.file: file.state.value for file in summary.files}["2.xlsx"] == "unreadable"
    assert [child.unit_code for child in summary.children] == ["1"]


def test_a_subfolder_that_cannot_be_looked_into_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its files would be missing from the accounts without a word."""
    (folder / "kin").mkdir()
    scan = os.scandir

    def scanning(path: str) -> object:
        if str(path).endswith("kin"):
            raise PermissionError(errno.EACCES, "denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", scanning)
    with pytest.raises(InputFault, match="kin: hãy kiểm tra quyền"):
        merge(MergeRequest(folder, folder.parent / "th.xlsx"))


def test_a_clock_that_went_back_changes_nothing(folder: Path, communes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files from the future are merged and written over; the abandoned ones look young and stay."""
    target = folder.parent / "th.xlsx"
    merge(MergeRequest(folder, target))
    left = folder.parent / f".cchc-{'0' * 16}.xlsx"
    left.write_bytes(b"x")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now - 400 * 86400)
    for path in (*folder.iterdir(), target):
        os.utime(path, (now + DAYS, now + DAYS))
    shutil.copy2(communes / "3.xlsx", folder)
    summary = merge(MergeRequest(folder, target))
    assert len(summary.children) == 3
    assert left.exists()
    assert audit(target, folder).found == ()


# two at once ------------------------------------------------------------------------------------------------------


def test_what_was_saved_during_a_merge_is_not_overwritten(folder: Path) -> None:
    """An officer who types an own part meanwhile, or another merge: theirs stays, this one says so."""
    target = folder.parent / "th.xlsx"
    merge(MergeRequest(folder, target))

    def save(*_: object) -> None:
        target.write_bytes(target.read_bytes() + b"\0")

    with pytest.raises(CchcError, match="vừa được lưu"):
        merge(MergeRequest(folder, target), save)
    assert target.read_bytes().endswith(b"\0")


def test_two_merges_into_one_output_end_with_a_whole_one(jobs: dict[str, Job]) -> None:
    """One of them may have to say that the other was faster."""
    job = jobs["tong-hop"]
    for _ in range(3):
        job.reset()
        children = [forked(job.argv) for _ in range(3)]
        codes = [finished(*child)[0] for child in children]
        assert set(codes) <= {0, 2}
        assert 0 in codes
        assert stands(job) == "new"
        assert not list(job.target.parent.glob(".cchc-*"))


def test_copies_never_take_each_others_name(tmp_path: Path) -> None:
    """Many at once: every content is there once."""
    source = tmp_path / "th.xlsx"
    source.write_bytes(b"0")
    names: list[Path] = []
    threads = [
        threading.Thread(target=lambda: names.append(atomic.keep_beside(source, "bản trước"))) for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(names)) == 12
    assert {path.name for path in tmp_path.iterdir()} == {"th.xlsx", *(path.name for path in names)}


# Ctrl-C -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["cchc_xl.receiving.one.FileBook", "cchc_xl.summary_workbook.build.write_sources"])
def test_ctrl_c_ends_with_one_sentence_and_nothing_half_written(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """While reading and while writing; exit 2, and the old summary stands."""
    merge(MergeRequest(folder, folder.parent / "th.xlsx"))
    before = (folder.parent / "th.xlsx").read_bytes()
    monkeypatch.setenv(PLACE, "")

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(where, interrupt)
    kept = signal.getsignal(signal.SIGINT)
    try:
        assert run(folder, capsys) == (2, "Đã dừng theo yêu cầu.\n")
    finally:
        signal.signal(signal.SIGINT, kept)
    assert (folder.parent / "th.xlsx").read_bytes() == before
    assert sorted(path.name for path in folder.parent.iterdir()) == ["nop", "th.xlsx"]


@pytest.mark.parametrize("command", COMMANDS)
def test_ctrl_c_at_any_moment(jobs: dict[str, Job], command: str, tmp_path: Path) -> None:
    """A real signal: no traceback, the old or the new output, nothing beside it."""
    job, ready = jobs[command], tmp_path / "ready"

    def interrupted(_: int, frame: FrameType | None) -> None:
        # Before and after the command it would interrupt this test's own lines.
        while frame is not None:
            if frame.f_code is cli._run.__code__:
                raise KeyboardInterrupt
            frame = frame.f_back

    def prepare() -> None:
        signal.signal(signal.SIGINT, interrupted)
        ready.touch()

    rnd = random.Random(command)
    with job.catalogue():
        for _ in range(max(4, KILLS // 2)):
            job.reset()
            ready.unlink(missing_ok=True)
            child, said = forked(job.argv, prepare)
            while not ready.exists():
                time.sleep(0.001)
            time.sleep(0.005 + rnd.uniform(0, job.seconds))
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGINT)
            code, text = finished(child, said)
            assert "Traceback" not in text, text
            if code == 2:
                assert text == "Đã dừng theo yêu cầu.\n"
            else:
                assert stands(job) == "new"
            stands(job)
            assert not list(job.target.parent.glob(".cchc-*"))
