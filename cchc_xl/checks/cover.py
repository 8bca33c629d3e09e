"""The cover: unit, period and dates that are blank (B02) or cannot be right (B01)."""

from __future__ import annotations

from collections.abc import Iterator

from cchc_xl.cover import COVER_ID, FIELDS, read_identity
from cchc_xl.finding import Finding
from cchc_xl.messages import TEMPLATES
from cchc_xl.severity import Severity
from cchc_xl.submission import Submission

WRONG, BLANK = "B01", "B02"


def check_cover(submission: Submission) -> Iterator[Finding]:
    """A finding for each problem; none for a submission without a cover (its absence is a structure fault)."""
    cover = submission.cover
    if cover is None:
        return
    for problem in read_identity(cover).problems:
        code = "bia-trong" if problem.blank else "bia-sai"
        template = TEMPLATES[code]
        yield Finding(
            code=code,
            rule=BLANK if problem.blank else WRONG,
            severity=Severity.WARNING if problem.blank else Severity.ERROR,
            appendix=COVER_ID,
            order=0,
            column=FIELDS[problem.field],
            sheet=cover.place.sheet,
            cell=cover.place.address(problem.field),
            actual=cover.value(problem.field).shown(),
            expected=None,
            imbalance=None,
            message=template.message.format(message=problem.message),
            remedy=template.remedy.format(remedy=problem.remedy),
        )
