"""Work on many files at once, in helper processes on all cores; a file that brings its helper down is named."""

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
from multiprocessing.process import BaseProcess
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

# A helper takes a third of a second to start on Windows; a file takes some 20 ms.
FEW = 40
_CHUNK = 8
# Python cannot wait for more helpers than this on Windows.
_MOST_HELPERS = 60


def worth_helpers(count: int) -> bool:
    """Whether so many files are done sooner with helpers."""
    return count >= FEW and _cores() > 1


def side_by_side(
    items: Sequence[Item],
    work: Callable[[Sequence[Item]], list[Result]],
    lost: Callable[[Item], Result],
    first: int = 0,
) -> Iterator[tuple[int, Result]]:
    """Index and result of each item, as they come. ``first``: the items before it are somebody else's.

    ``work`` does some items and is looked up by name in the helper; items and results must be picklable. ``lost``: the
    result of an item with which a helper died. What was loaded before, helpers inherit where the system can.
    """
    numbered = list(enumerate(items))[first:]
    chunks = [numbered[start : start + _CHUNK] for start in range(0, len(numbered), _CHUNK)]
    waiting = dict(numbered)
    if not chunks:
        return
    pool = _pool(min(_cores(), len(chunks)))
    try:
        pending: dict[Future[list[Result]], Sequence[tuple[int, Item]]] = {
            pool.submit(work, [item for _, item in chunk]): chunk for chunk in chunks
        }
        for future in as_completed(pending):
            for (index, _), result in zip(pending[future], future.result(), strict=True):
                del waiting[index]
                yield index, result
    except BrokenProcessPool:
        yield from _one_by_one(waiting, work, lost)
    finally:
        pool.shutdown(cancel_futures=True)


def _one_by_one(
    waiting: dict[int, Item], work: Callable[[Sequence[Item]], list[Result]], lost: Callable[[Item], Result]
) -> Iterator[tuple[int, Result]]:
    """After an item brought its helper down: each of the rest in a helper of its own."""
    for index, item in sorted(waiting.items(), key=lambda pair: pair[0]):
        with _pool(1) as pool:
            try:
                yield index, pool.submit(work, [item]).result()[0]
            except BrokenProcessPool:
                yield index, lost(item)


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
