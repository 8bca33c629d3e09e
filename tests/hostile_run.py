"""Reads each file in a process of its own, within bounds of time and memory, and says what became of it as JSON.

Run as a program on a folder, on Linux: the bounds are the system's own (``setrlimit``), so that whatever is read runs
into them as it would on a small PC.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path

from cchc_xl.catalogue.load import load_form
from cchc_xl.receiving.one import receive

SECONDS, MEGABYTES = 2.0, 200
_HARD_SECONDS, _HARD_MEGABYTES = 20, 1500  # where a run is ended: far above, so that the figure is known


def measured(path: Path) -> dict[str, object]:
    """The state of one file, the seconds and the megabytes that it took."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        resource.setrlimit(resource.RLIMIT_AS, (_HARD_MEGABYTES << 20, _HARD_MEGABYTES << 20))
        resource.setrlimit(resource.RLIMIT_CPU, (_HARD_SECONDS, _HARD_SECONDS))
        begun = time.process_time()
        try:
            parcel = receive(path, path.name)
            said = {"fault": parcel.file.fault, "state": str(parcel.file.fault_state), "read": parcel.data is not None}
        except BaseException as error:
            said = {"crash": repr(error)}
        said["seconds"] = time.process_time() - begun
        os.write(writing, json.dumps(said).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read()
    _, status, used = os.wait4(child, 0)
    told = json.loads(answer) if answer else {"crash": f"ended by status {status}", "seconds": used.ru_utime}
    return told | {"megabytes": used.ru_maxrss / 1024}


if __name__ == "__main__":
    load_form("cam-giang-2024")
    import python_calamine  # what every reading needs is loaded once

    assert python_calamine
    print(json.dumps({path.name: measured(path) for path in sorted(Path(sys.argv[1]).iterdir())}))
