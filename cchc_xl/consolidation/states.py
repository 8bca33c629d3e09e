"""In which state each file of a merge ends, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cchc_xl.checks.run import CheckResult
from cchc_xl.consolidation.contribution import Contribution


class FileState(StrEnum):
    """Every file of the folder ends in exactly one of these."""

    INCLUDED = "included"
    INCLUDED_WITH_WARNINGS = "included_with_warnings"
    EXCLUDED = "excluded"
    DUPLICATE = "duplicate"
    UNEXPECTED_UNIT = "unexpected_unit"
    UNREADABLE = "unreadable"
    IGNORED = "ignored"

    @property
    def taken(self) -> bool:
        """Whether the file's figures are in the summary."""
        return self in (FileState.INCLUDED, FileState.INCLUDED_WITH_WARNINGS)

    @property
    def word(self) -> str:
        """The Vietnamese words on reports."""
        return _WORDS[self]


_WORDS = {
    FileState.INCLUDED: "Đã tổng hợp",
    FileState.INCLUDED_WITH_WARNINGS: "Đã tổng hợp, có lưu ý",
    FileState.EXCLUDED: "Không đưa vào",
    FileState.DUPLICATE: "Bản nộp trùng",
    FileState.UNEXPECTED_UNIT: "Đơn vị ngoài danh sách",
    FileState.UNREADABLE: "Không đọc được",
    FileState.IGNORED: "Không phải sổ Excel",
}


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file as it came: what could be read of it, or why not (``fault``, with the state that this gives)."""

    file: str
    sha256: str
    saved: float
    given: Contribution | None = None
    fault: str = ""
    fault_state: FileState = FileState.UNREADABLE


@dataclass(frozen=True, slots=True)
class JudgedFile:
    """A file with its state. ``unit_code`` and ``unit`` are those of the expected list when it knows the unit."""

    received: ReceivedFile
    state: FileState
    reason: str
    unit_code: str = ""
    unit: str = ""
    result: CheckResult | None = None
