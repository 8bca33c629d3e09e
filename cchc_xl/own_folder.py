"""Where a user's own settings, remembered choices and log lie."""

from __future__ import annotations

import os
from pathlib import Path


def own_folder() -> Path:
    """The user's folder; made when it is not there. Raises ``OSError`` where it cannot be."""
    base = os.environ.get("LOCALAPPDATA")
    folder = Path(base) / "CCHC" if base else Path.home() / ".cchc"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
