"""What the buttons remember between presses (last folder, list of units): one user's own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from cchc_xl.atomic import replacing
from cchc_xl.own_folder import own_folder


def recall() -> dict[str, str]:
    """What was remembered; nothing when there is none or it cannot be read."""
    with suppress(OSError, ValueError):
        read = json.loads((own_folder() / "ghi-nho.json").read_text(encoding="utf-8"))
        if isinstance(read, dict):
            return {str(key): str(value) for key, value in read.items()}
    return {}


def remember(values: Mapping[str, str]) -> None:
    """Remember these too. That it cannot be written is no reason to stop."""
    with suppress(OSError, ValueError), replacing(own_folder() / "ghi-nho.json") as temporary:
        text = json.dumps({**recall(), **values}, ensure_ascii=False, indent=1)
        Path(temporary).write_text(text, encoding="utf-8")
