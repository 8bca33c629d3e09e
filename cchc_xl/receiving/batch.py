"""All files of a folder, on all cores where they are many."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from multiprocessing.process import BaseProcess
from pathlib import Path

from cchc_xl.consolidation.states import ReceivedFile
from cchc_xl.receiving.cache import own_cache
from cchc_xl.receiving.one import Parcel, receive

Progress = Callable[[int, int, str], None]
Named = tuple[Path, str]
# A helper takes a third of a second to start on Windows; a file takes some 20 ms.
FEW = 40
_CHUNK = 8
# Python cannot wait for more helpers than this on Windows.
_MOST_HELPERS = 60


def receive_all(files: Sequence[Named], progress: Progress) -> list[ReceivedFile]:
    """Every file, in the order given, read or known from an earlier merge.

    ``progress``: how many are done, of how many, and the one that was done last.
    """
    received: list[ReceivedFile | None] = [None] * len(files)
    fresh: list[tuple[str, bytes]] = []
    parcels = _in_turn(files) if len(files) < FEW or _cores() < 2 else _side_by_side(files)
    for done, (index, parcel) in enumerate(parcels, start=1):
        try:
            received[index] = parcel.opened()
        except (ValueError, KeyError, TypeError, LookupError):
            # Kept by a toolkit that is none of ours, whatever its name says.
            parcel = receive(*files[index])
            received[index] = parcel.opened()
        if parcel.fresh and parcel.data is not None:
            fresh.append((parcel.file.sha256, parcel.data))
        progress(done, len(files), files[index][1])
    store = own_cache()
    if store is not None:
        store.keep(fresh)
    return [file for file in received if file is not None]


def _in_turn(files: Sequence[Named]) -> Iterator[tuple[int, Parcel]]:
    store = own_cache()
    try:
        for index, (path, name) in enumerate(files):
            yield index, receive(path, name, store)
    finally:
        if store is not None:
            store.close()


def _side_by_side(files: Sequence[Named]) -> Iterator[tuple[int, Parcel]]:
    """With helper processes. The first file is read here: what it loads, helpers inherit where the system can."""
    yield from _in_turn(files[:1])
    numbered = list(enumerate(files))[1:]
    chunks = [numbered[start : start + _CHUNK] for start in range(0, len(numbered), _CHUNK)]
    waiting = dict(numbered)
    pool = _pool(min(_cores(), len(chunks)))
    try:
        pending: list[Future[list[tuple[int, Parcel]]]] = [pool.submit(_receive_chunk, chunk) for chunk in chunks]
        for future in as_completed(pending):
            for index, parcel in future.result():
                del waiting[index]
                yield index, parcel
    except BrokenProcessPool:
        yield from _one_by_one(waiting)
    finally:
        pool.shutdown(cancel_futures=True)


def _one_by_one(waiting: dict[int, Named]) -> Iterator[tuple[int, Parcel]]:
    """After a file brought its helper down: each of the rest in a helper of its own, the culprit is named."""
    for index, (path, name) in sorted(waiting.items()):
        with _pool(1) as pool:
            try:
                yield index, pool.submit(_receive_chunk, [(index, (path, name))]).result()[0][1]
            except BrokenProcessPool:
                fault = f"Tệp {path.name} làm chương trình đọc bị dừng: không mở vì an toàn, hãy xin lại tệp."
                yield index, Parcel(ReceivedFile(name, "", 0.0, fault=fault))


def _receive_chunk(chunk: Sequence[tuple[int, Named]]) -> list[tuple[int, Parcel]]:
    store = _helpers_cache()
    return [(index, receive(path, name, store)) for index, (path, name) in chunk]


# One connection for the life of a helper.
_helpers_cache = cache(own_cache)


def _pool(helpers: int) -> ProcessPoolExecutor:
    # Forking hands on what is loaded already; with other threads about it is not safe, elsewhere not to be had.
    forks = sys.platform == "linux" and threading.active_count() == 1
    context = multiprocessing.get_context("fork" if forks else "spawn")
    return ProcessPoolExecutor(helpers, mp_context=context, initializer=_begin_helper)


def _begin_helper() -> None:
    # Ctrl-C reaches every process of a terminal; one of them answers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        # Helpers hold both ends of their queue: of a merge that was killed they would wait for work for ever.
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    # What was inherited (forms, rules) stays for good: no need to look through it for garbage again and again.
    gc.freeze()


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


def _cores() -> int:
    try:
        cores = len(os.sched_getaffinity(0))  # type: ignore[attr-defined, unused-ignore]  # not on Windows
    except AttributeError:
        cores = os.cpu_count() or 1
    return min(cores, _MOST_HELPERS)
