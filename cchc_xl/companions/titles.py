"""Words of a form that follow the cover: its name, the titles of its appendices (``catalogue.blanks``)."""

from __future__ import annotations

import re

from cchc_xl.catalogue.blanks import FROM, PERIOD, TO, UNIT, YEAR, has_blanks, pieces
from cchc_xl.catalogue.model import Appendix, Form
from cchc_xl.companions.checksum import shown_dates
from cchc_xl.cover import DEFAULT_DATES, Cover, CoverPlace, read_day, standard_cover
from cchc_xl.periods import format_date, parse_date
from cchc_xl.stamp import Stamp

_DOTS = "……"
_YEAR = "năm"
_FIELDS = {YEAR: "year", FROM: "date_from", TO: "date_to", UNIT: "unit"}
_LONGEST_TEXT = 255  # of a text within a formula, Excel's documented limit


def words(text: str, place: CoverPlace) -> str:
    """Native formula of the text with its blanks filled in; dots where the cover says nothing."""
    return "=" + "&".join(_blank(part, place) if blank else _quoted(part) for part, blank in pieces(text))


def words_text(text: str, cover: Cover) -> str:
    """What ``words`` shows."""
    return "".join(_blank_text(part, cover) if blank else part for part, blank in pieces(text))


def appendix_line(form: Form, appendix: Appendix, stamp: Stamp) -> str:
    """``PHỤ LỤC 1. KẾT QUẢ … NĂM 2024``: an appendix in a table that goes through several of them."""
    title = appendix.title
    if has_blanks(appendix.live_title):
        title = words_text(appendix.live_title, standard_cover(form, stamp))
    return f"{appendix.printed_id.upper()}. {title}"


def _quoted(text: str) -> str:
    text = text.replace('"', '""')
    if len(text) <= _LONGEST_TEXT:
        return f'"{text}"'
    at = text.rindex(" ", 0, _LONGEST_TEXT)
    return f"{_quoted(text[:at])}&{_quoted(text[at:])}"


def _blank(name: str, place: CoverPlace) -> str:
    if name == PERIOD:
        part, year = place.outside("period_part"), place.outside("year")
        # Only the first letter: quý III, 6 tháng đầu năm.
        named = (
            f'LOWER(LEFT({part},1))&MID({part},2,99)&IF(LOWER(RIGHT({part},{len(_YEAR)}))="{_YEAR}"," "," {_YEAR} ")'
        )
        return f'IF(OR({part}="",{year}=""),"{_DOTS}",{named}&{year})'
    cell = place.outside(_FIELDS[name])
    known = f'IF({cell}="","{_DOTS}",{cell})'
    if name not in (FROM, TO):
        return known
    # Decree 30/2020: days below 10 and months 1, 2 with a 0. TEXT would depend on the PC's language.
    day = f'IF(DAY({cell})<10,"0","")&DAY({cell})&"/"&IF(MONTH({cell})<3,"0","")&MONTH({cell})&"/"&YEAR({cell})'
    return f"IF(ISNUMBER({cell}),{day},{known})"


def _blank_text(name: str, cover: Cover) -> str:
    if name == PERIOD:
        part, year = cover.value("period_part").text, _joined(cover, "year")
        if not part or not year:
            return _DOTS
        return f"{part[:1].lower()}{part[1:]}{' ' if part.lower().endswith(_YEAR) else f' {_YEAR} '}{year}"
    if name in (FROM, TO):
        return _day_text(_FIELDS[name], cover)
    return _joined(cover, _FIELDS[name]) or _DOTS


def _joined(cover: Cover, field: str) -> str:
    value = cover.value(field)
    return format(value.number, "f") if value.number is not None else value.text


def _day_text(field: str, cover: Cover) -> str:
    value = cover.value(field)
    shown = shown_dates(cover)[DEFAULT_DATES.index(field)]
    if value.number is not None and not cover.cells[field].own:
        day = read_day(value)
        shown = format_date(day) if day else ""
    if not re.match(r"\d\d/\d\d/\d{4}", shown):
        return _DOTS if cover.cells[field].own else _joined(cover, field) or _DOTS
    day = parse_date(shown[:10])
    return f"{day.day:02}/{'0' if day.month < 3 else ''}{day.month}/{day.year}"
