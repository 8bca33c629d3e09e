""" "Hoàn thành": a workbook was found complete, and its figures are still those that this was said of."""

from __future__ import annotations

import hashlib
from enum import StrEnum

from cchc_xl.submission import Submission, is_computed
from cchc_xl.values import Value


class Completion(StrEnum):
    """State of a workbook by its stamp."""

    OPEN = "chưa hoàn thành"
    COMPLETE = "hoàn thành"
    LAPSED = "số liệu đã thay đổi sau khi hoàn thành"


def fingerprint(submission: Submission) -> str:
    """A hash of whose figures these are and of everything that was entered; formulas follow from it.

    The same content gives the same hash whichever program saved the workbook: 100 and 100.0 are one number.
    """
    stamp = submission.stamp
    digest = hashlib.sha256()

    def add(*parts: object) -> None:
        digest.update("\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass") + b"\x1e")

    add(stamp.form, stamp.version, stamp.unit, stamp.unit_code, stamp.period, stamp.date_from, stamp.date_to)
    for ref, spec in submission.form.cells.items():
        entry = submission.entries.get(ref)
        if entry is None or spec.column.given or is_computed(entry):
            continue
        # A computed cell without its formula counts even when it is empty.
        if spec.derived or entry.value.filled:
            add(*ref, entry.formula if spec.derived else "", _canonical(entry.value))
    return digest.hexdigest()


def _canonical(value: Value) -> str:
    if value.number is not None:
        return f"{value.number.normalize():f}"
    return f"{value.state}:{value.text}"


def completion(submission: Submission) -> Completion:
    """Whether the workbook is stamped as complete, and the stamp still holds."""
    if not submission.stamp.completed:
        return Completion.OPEN
    holds = submission.stamp.fingerprint == fingerprint(submission) and not submission.faults
    return Completion.COMPLETE if holds else Completion.LAPSED
