"""What the audit says of a unit's figure and of its source: what, where, what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cchc_xl.audit.claims import SourceClaim, UnitClaim, words
from cchc_xl.audit.discrepancy import Discrepancy, Kind, Shown
from cchc_xl.audit.originals import UnitFile
from cchc_xl.audit.totals import as_number
from cchc_xl.expressions import CellRef
from cchc_xl.values import format_number

AGAIN = "hãy hỏi lại ai đã sửa sổ, hoặc tổng hợp lại từ tệp gốc"


class Named(Protocol):
    """A line of the summary."""

    @property
    def words(self) -> str:
        """What it is called in a sentence."""


def said(shown: object) -> str:
    """What a cell shows, in a sentence."""
    number = as_number(shown)
    if number is not None:
        return format_number(number)
    return f"“{words(shown)[:60]}”" if shown not in ("", None) else "trống"


def wrong_figure(
    row: Named,
    unit: UnitClaim,
    file: UnitFile,
    cell: str,
    shown: object,
    expected: Shown,
    refs: Sequence[CellRef],
) -> Discrepancy:
    """A unit's figure that is not that of its file."""
    place = " + ".join("!".join(file.place(ref)) for ref in refs)
    where = f"ô {place} là {said(expected)}" if place else "không có số này"
    message = f"Trang {cell} ghi {said(shown)} cho {unit.name}, {row.words}; tệp {file.name} {where}: {AGAIN}."
    number: Shown = as_number(shown)
    return Discrepancy(
        Kind.FIGURE,
        message,
        unit.code,
        unit.name,
        file.name,
        row.words,
        cell,
        number if number is not None else words(shown) or None,
        place,
        expected,
    )


def wrong_source(
    row: Named, unit: UnitClaim, file: UnitFile, cell: str, why: str, place: tuple[str, str]
) -> Discrepancy:
    """A figure whose source is none."""
    named = "!".join(place)
    message = f"{unit.name}, {row.words} (trang {cell}): {why} (tệp {file.name}, {named}): {AGAIN}."
    return Discrepancy(Kind.SOURCE, message, unit.code, unit.name, file.name, row.words, cell, source=named)


def wrong_claim(row: Named, claim: SourceClaim, why: str) -> Discrepancy:
    """A line of the sources that is not true."""
    message = f"{row.words}: trang {why}: {AGAIN}."
    return Discrepancy(Kind.SOURCE, message, row=row.words, cell=claim.at, source="!".join(claim.place))
