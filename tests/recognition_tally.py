"""A recognition against the truth, counted: for the tests and the benchmark."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from distortions import Distorted

from cchc_xl.catalogue.model import Form
from cchc_xl.recognition.recognise import FoundRow, recognise


@dataclass
class Tally:
    """Rows: in all, proposed, accepted without a person, and how many of these wrongly; ``wrong`` in words."""

    rows: int = 0
    proposed: int = 0
    proposed_wrong: int = 0
    accepted: int = 0
    accepted_wrong: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Share of the proposals that are right."""
        return 1 - self.proposed_wrong / self.proposed if self.proposed else 1.0


def measure(form: Form, truth: Distorted, tally: Tally, calibration: dict[int, Counter[bool]] | None = None) -> None:
    """Recognise a distorted file and count. A row that came twice, or of which nobody knows, must not be accepted."""
    found = recognise(truth.file, form)
    tally.rows += sum(bool(code) for code in truth.rows.values())
    for row in found.rows():
        if row.target is None:
            continue
        place = (row.source.segment.number, row.source.row)
        right = truth.rows.get(place) == row.target.code
        columns = all(truth.columns[place[0], at] == key for key, (at, _) in row.figures.items())
        accepted = row.accepted and row.columns_accepted
        tally.proposed += 1
        tally.proposed_wrong += not right
        if calibration is not None:
            calibration[int(row.match.confidence * 100 + 0.5)][right] += 1
        tally.accepted += accepted
        of_box = "value" in row.figures and place in truth.boxes
        never = of_box or place in truth.never or row.target.code in truth.repeated
        # A row that is taken keeps its place when a person names its column later.
        if (row.accepted and not right) or (accepted and (not columns or never)):
            tally.accepted_wrong += 1
        if not right or (accepted and (not columns or never)):
            tally.wrong.append(_words(form, row, truth.rows.get(place, ""), columns=columns))


def _words(form: Form, row: FoundRow, truly: str, *, columns: bool) -> str:
    assert row.target is not None
    said = f"{form.id} {row.source.label!r} -> {row.target.code} {row.target.row.label!r} {row.match.confidence:.2f}"
    return f"{said} (truly {truly or 'none'}){'' if columns else ' COLUMN'}{' ACCEPTED' if row.accepted else ''}"
