"""How much a finding weighs (semantics.md, "Severity")."""

from enum import StrEnum


class Severity(StrEnum):
    """``error``: a contradiction. ``warning``: mend or explain. ``info``: a hint."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def word(self) -> str:
        """The Vietnamese word on reports."""
        return {"error": "Lỗi", "warning": "Cảnh báo", "info": "Gợi ý"}[self.value]

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return list(Severity).index(self)
