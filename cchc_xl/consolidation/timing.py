"""When a submission was sent, and whether that was on time. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from cchc_xl.consolidation.states import JudgedFile
from cchc_xl.errors import InputFault
from cchc_xl.periods import parse_date

# A file that claims to be older lost its date on the way: archives and mail programs write such days.
_EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class SentDay:
    """The day of sending; ``stamped`` by the button Nộp, else the day on which the file was saved."""

    day: date
    stamped: bool


def sent_day(file: JudgedFile) -> SentDay | None:
    """When the file was sent; ``None`` where not even the day of saving makes sense."""
    given = file.received.given
    if given is not None and given.stamp.submitted:
        try:
            return SentDay(parse_date(given.stamp.submitted), stamped=True)
        except InputFault:
            pass  # typed over by somebody
    try:
        day = datetime.fromtimestamp(file.received.saved).date()
    except (OverflowError, OSError, ValueError):
        return None
    return SentDay(day, stamped=False) if day >= _EARLIEST else None


def days_late(file: JudgedFile, deadline: date | None) -> int | None:
    """Calendar days after the deadline, 0 when on time; ``None`` without a deadline or a day of sending."""
    sent = sent_day(file)
    if deadline is None or sent is None:
        return None
    return max(0, (sent.day - deadline).days)
