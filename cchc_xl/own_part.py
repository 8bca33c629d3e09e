"""The sheet in which a parent enters its own part of rows that count it and its units: its names and what they mean.

Shared by the writer of summaries and the reader. A line: the units' sum (a live formula), the parent's own part (open),
the total (a live formula, blank until the own part is there; semantics.md, "Roll-up", own_plus_children). Cells are
found by the keys in a hidden row and a hidden column, wherever they have moved.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from cchc_xl.expressions import CellRef
from cchc_xl.values import BLANK, State, Value, number_value

OWN_SHEET = "Phần của cấp tổng hợp"
# Keys: of the columns with the units' sum and the own part; of two hidden columns: the units' sum as the merge knew it
# (for programs that store no results of formulas), and the names of the lines.
CHILDREN_KEY, OWN_KEY, MERGED_KEY, LINE_KEY = "cchc:children", "cchc:own", "cchc:merged", "cchc:line"

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class OwnPart:
    """One line: what the parent entered (``-``: it has no part) and what its units give together."""

    own: Value
    children: Decimal | None
    # Whether it is a count of things: then 2,5 and 3.105,5 are slips.
    whole: bool = False

    @property
    def fits(self) -> bool:
        """Whether the own part is a number that can be one; what was pasted passes by the cell's validation."""
        number = self.own.number
        if number is None or number < 0:
            return False
        return not self.whole or number == number.to_integral_value()

    @property
    def total(self) -> Value:
        """Own + Σ units; blank while the own part is, and without a number where the own part cannot be one."""
        if self.own.state is State.BLANK:
            return BLANK
        if self.own.state is State.NOT_APPLICABLE:
            return BLANK if self.children is None else number_value(self.children)
        if not self.fits or self.own.number is None:
            return Value(State.ERROR, text=self.own.text)
        return number_value(self.own.number + (self.children or _ZERO))


def cell_key(ref: CellRef) -> str:
    """``PL3/15/value``: the key of a form's cell."""
    return f"{ref.appendix}/{ref.order}/{ref.column}"
