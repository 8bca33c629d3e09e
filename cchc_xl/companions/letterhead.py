"""Lines of an official letter that follow the cover: who reports, to which report it belongs, where and when."""

from __future__ import annotations

import re

from cchc_xl.cover import SIGNER, Cover, CoverPlace
from cchc_xl.periods import parse_date
from cchc_xl.values import State, Value

NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
# A third of the agency's name, as the decree wants its line. Em dashes join to one line.
LINE_BELOW_AGENCY = "———————"
NO_UNIT = "TÊN CƠ QUAN, ĐƠN VỊ"
_DOTS = "……"
_YEAR = "NĂM"


def agency(place: CoverPlace) -> str:
    """Name of the agency, in capitals."""
    unit = place.outside("unit")
    return f'=IF({unit}="","{NO_UNIT}",UPPER({unit}))'


def agency_text(cover: Cover) -> str:
    """What ``agency`` shows."""
    return cover.value("unit").text.upper() or NO_UNIT


def attached(place: CoverPlace) -> str:
    """The report to which an appendix belongs; dots where the cover says nothing."""
    unit, number = place.outside("unit"), place.outside("report_number")
    signed = f'IF({number}="","{_DOTS}/BC-UBND",IF(ISNUMBER(FIND("/",{number})),{number},{number}&"/BC-UBND"))'
    return (
        f'="(Kèm theo Báo cáo số "&{signed}&" "&{_date(place.outside("report_date"))}&" của "&'
        f'IF({unit}="","UBND {_DOTS}{_DOTS}",{unit})&")"'
    )


def attached_text(cover: Cover) -> str:
    """What ``attached`` shows."""
    unit, number = cover.value("unit").text, cover.value("report_number").text or _DOTS
    signed = number if "/" in number else f"{number}/BC-UBND"
    day = _date_text(cover.value("report_date"))
    return f"(Kèm theo Báo cáo số {signed} {day} của {unit or f'UBND {_DOTS}{_DOTS}'})"


def place_and_date(place: CoverPlace) -> str:
    """Where and when it was signed."""
    where = place.outside("place")
    return f'=IF({where}="","{_DOTS}{_DOTS}",{where})&", "&{_date(place.outside("report_date"))}'


def place_and_date_text(cover: Cover) -> str:
    """What ``place_and_date`` shows."""
    return f"{cover.value('place').text or _DOTS + _DOTS}, {_date_text(cover.value('report_date'))}"


def signature(place: CoverPlace, usual: str) -> str:
    """The words above the signature in lines; ``usual``: the form's, where the cover says nothing."""
    words = place.outside(SIGNER)
    lines = f'SUBSTITUTE(TRIM(IF({words}="","{usual}",{words}))," / ",CHAR(10))'
    return f'=UPPER(SUBSTITUTE({lines},"/",CHAR(10)))'


def signature_text(cover: Cover, usual: str) -> str:
    """What ``signature`` shows."""
    words = _joined(cover.value(SIGNER)) or usual
    single = " ".join(part for part in words.split(" ") if part)
    return single.replace(" / ", "\n").replace("/", "\n").upper()


def period_words(place: CoverPlace) -> str:
    """The period as the cover's title has it: QUÝ III NĂM 2024, 9 THÁNG ĐẦU NĂM 2024, NĂM 2024."""
    part, year = place.absolute("period_part"), place.absolute("year")
    return (
        f'=IF(OR({part}="",{year}=""),"",'
        f'UPPER({part})&IF(UPPER(RIGHT({part},{len(_YEAR)}))="{_YEAR}"," "," {_YEAR} ")&{year})'
    )


def period_words_text(cover: Cover) -> str:
    """What ``period_words`` shows."""
    part, year = cover.value("period_part").text.upper(), _joined(cover.value("year"))
    if not part or not year:
        return ""
    return f"{part} {year}" if part.endswith(_YEAR) else f"{part} {_YEAR} {year}"


def _joined(value: Value) -> str:
    """A value as ``&`` joins it."""
    return format(value.number, "f") if value.number is not None else value.text


def _date(cell: str) -> str:
    # TEXT(…;"dd/mm/yyyy") would depend on the PC's language. Decree 30/2020: days below 10 and months 1, 2 with a 0.
    day = f'IF(DAY({cell})<10,"0","")&DAY({cell})'
    month = f'IF(MONTH({cell})<3,"0","")&MONTH({cell})'
    blank = f"ngày {_DOTS} tháng {_DOTS} năm {_DOTS}"
    known = f'"ngày "&{day}&" tháng "&{month}&" năm "&YEAR({cell})'
    return f'IF(ISNUMBER({cell}),{known},IF({cell}="","{blank}","ngày "&{cell}))'


def _date_text(value: Value) -> str:
    if value.state is State.BLANK:
        return f"ngày {_DOTS} tháng {_DOTS} năm {_DOTS}"
    if value.state is not State.DATE or not re.fullmatch(r"\d\d/\d\d/\d{4}", value.text):
        return f"ngày {value.text}"
    day = parse_date(value.text)
    return f"ngày {day.day:02} tháng {'0' if day.month < 3 else ''}{day.month} năm {day.year}"
