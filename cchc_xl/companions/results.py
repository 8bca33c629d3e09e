"""The true results of all companion formulas of a submission, by sheet and address."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from cchc_xl.catalogue.blanks import has_blanks
from cchc_xl.catalogue.model import Appendix, Form
from cchc_xl.companions import letterhead, overview, titles
from cchc_xl.companions.checksum import cover_of, parts, shown_dates
from cchc_xl.companions.counted_label import around_count, label_text
from cchc_xl.cover import (
    AGENCY,
    CHECKSUM,
    COUNT,
    DEFAULT_DATES,
    ERRORS,
    FILLED,
    FORM_NAME,
    OBLIGATORY,
    PERIOD_WORDS,
    SIGNER,
    STATE,
    TOTAL,
    VALUE,
    WARNINGS,
    WORKBOOK_STATE,
    Cover,
    appendix_row,
    day_number,
    default_hint_text,
    obligatory_hint_text,
)
from cchc_xl.layout import AGENCY_ROW, ATTACHED_ROW, OFFICE_ROW, TITLE_ROW, cell_address, form_layout
from cchc_xl.severity import Severity
from cchc_xl.submission import Submission, SubmissionFigures

# Sheet → address → what the formula there shows (``None``: an empty text).
Companions = Mapping[str, Mapping[str, str | Decimal | int | None]]
NO_COMPANIONS: Companions = {}


def companion_results(submission: Submission, checks: Companions = NO_COMPANIONS) -> Companions:
    """What the formulas on the cover and in the heads of the sheets show, together with ``checks``.

    ``checks``: the texts in the live check columns (``AppendixLayout.check_column``), which the overview counts. A
    cover or head whose rows cannot be told (moved by hand) is left out.
    """
    cover = cover_of(submission)
    results: dict[str, dict[str, str | Decimal | int | None]] = {sheet: dict(cells) for sheet, cells in checks.items()}
    shown = _Shown(cover)
    _fields(shown, cover, submission.form)
    _overview(shown, submission, checks)
    results.setdefault(cover.place.sheet, {}).update(shown.cells)
    for appendix in submission.form.appendices:
        results.setdefault(_sheet(submission, appendix), {}).update(_head(submission, appendix, cover))
    return results


class _Shown:
    """Results on the cover, by address; cells whose row or column key is gone are passed over."""

    def __init__(self, cover: Cover) -> None:
        self.place = cover.place
        self.cells: dict[str, str | Decimal | int | None] = {}

    def put(self, row: str, column: str, value: str | Decimal | int | None) -> None:
        if row in self.place.rows and column in self.place.columns:
            self.cells[self.place.address(row, column)] = value


def _fields(shown: _Shown, cover: Cover, form: Form) -> None:
    for key, day in zip(DEFAULT_DATES, shown_dates(cover), strict=True):
        if key in cover.cells and cover.cells[key].own:
            shown.put(key, VALUE, day_number(day) if day else "")
    if AGENCY in cover.place.rows:
        shown.cells[cell_address(cover.place.rows[AGENCY], 1)] = letterhead.agency_text(cover)
    if FORM_NAME in cover.place.rows:
        name = cell_address(cover.place.rows[FORM_NAME], 1)
        shown.cells[name] = titles.words_text(overview.form_line(form), cover)
        for key in DEFAULT_DATES:
            shown.put(key, FILLED, default_hint_text(cover, key))
        for key in OBLIGATORY:
            shown.put(key, FILLED, obligatory_hint_text(cover, key))
        for appendix in form.appendices:
            if has_blanks(appendix.live_title):
                shown.put(appendix_row(appendix.id), VALUE, titles.words_text(appendix.live_title, cover))
    if PERIOD_WORDS in cover.place.rows:
        shown.cells[cell_address(cover.place.rows[PERIOD_WORDS], 1)] = letterhead.period_words_text(cover)


def _overview(shown: _Shown, submission: Submission, checks: Companions) -> None:
    own, sums = parts(submission)
    totals = {COUNT: 0, ERRORS: 0, WARNINGS: 0}
    wanted = 0
    for appendix in submission.form.appendices:
        row, full = appendix_row(appendix.id), overview.wanted(submission.form, appendix)
        said = [str(text) for text in checks.get(_sheet(submission, appendix), {}).values()]
        count = overview.filled(submission, appendix)
        errors, warnings = (_beginning(said, severity) for severity in (Severity.ERROR, Severity.WARNING))
        shown.put(row, COUNT, count)
        shown.put(row, FILLED, f"{count}/{full}")
        shown.put(row, ERRORS, errors)
        shown.put(row, WARNINGS, warnings)
        shown.put(row, STATE, overview.state_word(count, full, errors, warnings))
        shown.put(row, CHECKSUM, sums[appendix.id])
        for column, number in ((COUNT, count), (ERRORS, errors), (WARNINGS, warnings)):
            totals[column] += number
        wanted += full
    for column, number in totals.items():
        shown.put(TOTAL, column, number)
    live = own + sum(sums.values(), Decimal(0))
    shown.put(TOTAL, FILLED, f"{totals[COUNT]}/{wanted}")
    state = overview.state_word(totals[COUNT], wanted, totals[ERRORS], totals[WARNINGS])
    shown.put(TOTAL, STATE, state)
    shown.put("unit", CHECKSUM, own)
    shown.put(TOTAL, CHECKSUM, live)
    shown.put(WORKBOOK_STATE, VALUE, overview.workbook_state_word(submission.stamp, live))


def _beginning(texts: list[str], severity: Severity) -> int:
    return sum(text.startswith(severity.word) for text in texts)


def _sheet(submission: Submission, appendix: Appendix) -> str:
    return next((submission.entries[ref].sheet for ref in appendix.cells if ref in submission.entries), appendix.id)


def stands_as_built(submission: Submission, appendix: Appendix) -> bool:
    """Whether nobody has pushed the rows or columns of a sheet."""
    place = form_layout(submission.form).appendices[appendix.id]
    entries = ((ref, submission.entries.get(ref)) for ref in appendix.cells)
    return all(entry is None or (entry.row, entry.column) == place.position(ref) for ref, entry in entries)


def _head(submission: Submission, appendix: Appendix, cover: Cover) -> dict[str, str]:
    place = form_layout(submission.form).appendices[appendix.id]
    if not stands_as_built(submission, appendix):
        return {}
    head = {
        cell_address(place.rows[row.order], place.columns["label"]): label_text(
            appendix, row, len(SubmissionFigures(submission).rows(appendix.id))
        )
        for row in appendix.printed
        if around_count(appendix, row)
    }
    head |= {
        cell_address(AGENCY_ROW, place.left): letterhead.agency_text(cover),
        cell_address(ATTACHED_ROW, place.left): letterhead.attached_text(cover),
    }
    day = letterhead.place_and_date_text(cover)
    if SIGNER not in cover.place.rows:
        return head | {cell_address(place.earlier_date_row, place.right_half): day}
    if has_blanks(appendix.live_title):
        head[cell_address(TITLE_ROW, place.left)] = titles.words_text(appendix.live_title, cover)
    return head | {
        cell_address(OFFICE_ROW, place.right_half): day,
        cell_address(place.signature_row, place.right_half): letterhead.signature_text(
            cover, submission.form.signers[0]
        ),
    }
