"""All files of a folder, on all cores where they are many."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

from cchc_xl.consolidation.states import ReceivedFile
from cchc_xl.receiving.cache import own_cache
from cchc_xl.receiving.helpers import side_by_side, worth_helpers
from cchc_xl.receiving.one import Parcel, receive

Progress = Callable[[int, int, str], None]
Named = tuple[Path, str]


def receive_all(files: Sequence[Named], progress: Progress) -> list[ReceivedFile]:
    """Every file, in the order given, read or known from an earlier merge.

    ``progress``: how many are done, of how many, and the one that was done last.
    """
    received: list[ReceivedFile | None] = [None] * len(files)
    fresh: list[tuple[str, bytes]] = []
    parcels = _side_by_side(files) if worth_helpers(len(files)) else _in_turn(files)
    for done, (index, parcel) in enumerate(parcels, start=1):
        try:
            received[index] = parcel.opened()
        except Exception:  # kept by a toolkit that is none of ours, whatever its name says
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
    yield from side_by_side(files, _receive_some, _lost, first=1)


def _receive_some(files: Sequence[Named]) -> list[Parcel]:
    store = _helpers_cache()
    return [receive(path, name, store) for path, name in files]


def _lost(file: Named) -> Parcel:
    path, name = file
    fault = f"Tệp {path.name} làm chương trình đọc bị dừng: không mở vì an toàn, hãy xin lại tệp."
    return Parcel(ReceivedFile(name, "", 0.0, fault=fault))


# One connection for the life of a helper.
_helpers_cache = cache(own_cache)
