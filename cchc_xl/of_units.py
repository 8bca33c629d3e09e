"""What a summary's units gave together in lines that one number does not tell, for the next level's merge.

"7 of 9 units have it", "between 107 and 108", "90 of 100 over the units that have both": the parent's form has no cell
for these, yet a merge of summaries has to come out like a merge of all units. They stand in a hidden sheet of it: key
of the form's cell, lowest, highest, numerator, denominator, counts. Numbers are texts, so that they stay exact.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

OF_UNITS_SHEET = "_CCHC_CAP"
_NUMBER = re.compile(r"-?\d{1,40}(\.\d{1,40})?")
_COUNT = re.compile(r"([^;=]{1,40})=(\d{1,7})")
_SHOWN = 2


@dataclass(frozen=True, slots=True)
class OfUnits:
    """``counts``: units by their answers. ``low``, ``high``: of figures that cannot be added. ``parts``: a ratio's."""

    low: Decimal | None = None
    high: Decimal | None = None
    parts: tuple[Decimal, Decimal] | None = None
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def number(self) -> Decimal | None:
        """The one number that it is, if it is one: how many answered yes, or what all agree on."""
        if self.counts:
            return Decimal(self.counts["1"]) if set(self.counts) <= {"0", "1"} and "1" in self.counts else None
        return self.low if self.low == self.high else None

    def row(self) -> list[str]:
        """As it stands in the sheet."""
        numbers = (self.low, self.high, *(self.parts or (None, None)))
        counts = ";".join(f"{answer}={count}" for answer, count in self.counts.items())
        return [*("" if number is None else f"{number:f}" for number in numbers), counts]


def of_units_from(row: list[str]) -> OfUnits | None:
    """What a line of the sheet says; ``None`` where it is none of ours."""
    if len(row) != 5:
        return None
    numbers = [Decimal(text) if _NUMBER.fullmatch(text) else None for text in row[:4]]
    low, high, top, bottom = numbers
    counts = {match[1]: int(match[2]) for part in row[4].split(";") if (match := _COUNT.fullmatch(part))}
    if low is None or high is None or low > high:
        low = high = None
    parts = (top, bottom) if top is not None and bottom is not None else None
    return OfUnits(low, high, parts, counts) if low is not None or parts or counts else None
