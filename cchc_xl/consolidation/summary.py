"""The result of a merge, ready for the summary workbook, JSON and the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from cchc_xl.catalogue.model import Form
from cchc_xl.consolidation.carry import Carried
from cchc_xl.consolidation.changes import Changes, Earlier, EarlierUnit
from cchc_xl.consolidation.lines import Child, SummaryCell
from cchc_xl.consolidation.same_unit import office_of
from cchc_xl.consolidation.self_proof import SelfProof
from cchc_xl.consolidation.states import FileState, JudgedFile
from cchc_xl.stamp import SUMMARY, Stamp
from cchc_xl.units import Unit


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything a merge knows. ``form`` is ``None`` when no submission could be read and no form was named.

    ``expected`` is the list of units that owe a report; ``None`` when the officer gave no list.
    """

    form: Form | None
    period: str
    parent_code: str
    parent: str
    expected: Sequence[Unit] | None
    files: Sequence[JudgedFile]
    children: Sequence[Child]
    cells: Sequence[SummaryCell]
    # The last day for sending; ``None`` when the officer named none.
    deadline: date | None = None
    # The summary that this one replaces, and what moved since; ``None`` when nothing did.
    earlier: Earlier | None = None
    changes: Changes | None = None
    # What became of the parent's own figures in the summary that lay at the target; empty when there were none.
    kept: str = ""
    # Names of the files beside the workbook that hold the tidy table; none where the workbook does.
    beside: tuple[str, ...] = ()
    # What of these figures stands in this one.
    carried: Carried = field(default_factory=Carried)
    # The merge's own proof on the rules of the form.
    proof: SelfProof = field(default_factory=SelfProof)

    @property
    def units_expected(self) -> int:
        """Units that owe a report; without a list, the units that were seen."""
        if self.expected is not None:
            return len(self.expected)
        return len({file.unit_code for file in self.files if file.unit_code})

    @property
    def taken_files(self) -> dict[str, EarlierUnit]:
        """The units of the summary by code, in its order, with the hash of the file each was taken from."""
        hashes = {file.unit_code: file.received.sha256 for file in self.files if file.state.taken}
        return {c.unit_code: EarlierUnit(c.unit, hashes.get(c.unit_code, "")) for c in self.children}

    @property
    def missing(self) -> list[Unit]:
        """Expected units of which nothing is in the summary."""
        taken = {child.unit_code for child in self.children}
        return [unit for unit in self.expected or () if unit.code not in taken]

    @property
    def left_out(self) -> list[JudgedFile]:
        """Workbooks that came and are not in the summary."""
        return [file for file in self.files if not file.state.taken and file.state is not FileState.IGNORED]


def given_stamp(form: Form, summary: Summary) -> Stamp:
    """The stamp that the merge itself gives."""
    return Stamp(
        form=form.id,
        version=form.version,
        unit=office_of(summary.parent),
        unit_code=summary.parent_code,
        period=summary.period,
        kind=SUMMARY,
    )
