"""Made-up reports of the nine communes of huyện Ninh Hải on form vinh-thanh-2023 for period 2023-NAM.

NONE OF THESE FIGURES IS REAL. They are computed from the small tables below so that every report is free of
contradictions, and so that the nine together give what the district's own print says of its communes alone:
12.600 files settled and 12.600 on time (ninh-hai-2023 PL3 3.3.1, 3.3.2), 108 procedures at commune level (1.4.3),
54 and 16 procedures online at levels 3 and 4 (notes of 4.4 and 4.5). Where the print counts district and communes
together (PL3 4.7.1: 15.765 files received, 4.7.2: 12.704 of them online), the communes leave a believable rest for
the district.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from cchc_xl.catalogue.load import load_form
from cchc_xl.catalogue.model import Form
from cchc_xl.values import format_number

FORM_ID = "vinh-thanh-2023"
PERIOD = "2023-NAM"
REMARK = "Số liệu minh họa, không phải số liệu thật"

Line = dict[str, str]
Report = dict[str, list[Line]]

# Rows of PL4, by field.
_WELFARE, _CERTIFICATION, _CIVIL, _MERIT, _AWARD = range(1, 6)
_FIELDS = (_WELFARE, _CERTIFICATION, _CIVIL, _MERIT, _AWARD)


@dataclass(frozen=True, slots=True)
class _Commune:
    """What differs between communes.

    ``settled`` is by field; ``pending`` and ``carried`` are (welfare, civil status); ``undone`` counts the tasks of
    PL1, PL2, PL3 that are not done; ``staff`` is (assigned, present); ``investment`` is (plan, paid), million đồng.
    """

    code: str
    settled: tuple[int, int, int, int, int]
    pending: tuple[int, int]
    carried: tuple[int, int]
    online_percent: int
    survey_forms: int
    undone: tuple[int, int, int]
    staff: tuple[int, int]
    investment: tuple[int, int]


# thị trấn Khánh Hải; xã Hộ Hải, Tân Hải, Xuân Hải, Phương Hải, Tri Hải, Nhơn Hải, Thanh Hải, Vĩnh Hải.
# The settled files of all add up to 12.600, the pending ones to 60.
_COMMUNES = (
    _Commune("22834", (214, 286, 1638, 9, 3), (3, 6), (2, 5), 97, 250, (2, 3, 9), (23, 22), (4200, 3990)),
    _Commune("22861", (171, 189, 1153, 7, 2), (2, 5), (1, 4), 96, 150, (3, 4, 11), (21, 21), (2650, 2480)),
    _Commune("22855", (118, 141, 857, 5, 1), (2, 4), (1, 3), 95, 120, (3, 2, 10), (20, 19), (1900, 1900)),
    _Commune("22858", (196, 247, 1431, 8, 2), (3, 6), (2, 6), 97, 200, (1, 3, 8), (22, 21), (3150, 2870)),
    _Commune("22852", (97, 109, 672, 4, 1), (1, 3), (1, 2), 94, 0, (4, 5, 14), (20, 19), (1450, 1210)),
    _Commune("22864", (139, 166, 948, 5, 2), (2, 4), (2, 3), 95, 100, (2, 4, 12), (21, 20), (2100, 2035)),
    _Commune("22867", (178, 214, 1243, 7, 2), (3, 5), (3, 4), 96, 160, (3, 3, 10), (22, 22), (2780, 2510)),
    _Commune("22868", (122, 143, 861, 5, 2), (2, 3), (1, 3), 96, 0, (4, 4, 13), (20, 20), (1760, 1604)),
    _Commune("22846", (115, 125, 757, 4, 1), (2, 4), (2, 2), 94, 90, (3, 5, 12), (20, 18), (1580, 1322)),
)

# Rows of PL5, by field: row -> (service level, integrated with the national portal, share of the field's files).
# Levels are those of the print, but a code that stands twice has one level only (row 17).
_PROCEDURES = {
    _CIVIL: {
        1: (4, 1, 22), 2: (4, 1, 6), 3: (4, 1, 2), 4: (4, 1, 16), 5: (4, 1, 9), 6: (4, 1, 6), 7: (4, 1, 2),
        10: (3, 0, 5), 11: (3, 0, 3), 12: (3, 0, 3), 13: (3, 0, 1), 14: (3, 1, 3), 15: (2, 0, 1), 16: (3, 0, 7),
        17: (3, 0, 3), 18: (3, 1, 2), 19: (3, 1, 2), 20: (4, 1, 1), 21: (4, 1, 2), 26: (2, 1, 3), 27: (2, 1, 1),
    },
    _CERTIFICATION: {8: (2, 0, 77), 9: (2, 0, 23)},
    _MERIT: {22: (2, 0, 2), 23: (2, 0, 3), 25: (2, 0, 2)},
    _AWARD: {28: (3, 1, 1)},
    _WELFARE: {24: (2, 1, 5), 29: (3, 0, 55), 30: (3, 1, 40)},
}  # fmt: skip
# Rows of PL5 for copies of civil-status extracts, the files that are paid for online, and the fee in đồng.
_EXTRACTS = (1, 2, 3)
_EXTRACT_FEE = 8000

# Tasks that are not done: a commune with n of them has the first n. Those of the survey follow its flag instead.
_UNDONE = {
    "PL1": (5, 16, 28, 21),
    "PL2": (5, 6, 9, 33, 52),
    "PL3": (16, 17, 14, 31, 36, 39, 12, 28, 54, 41, 30, 45, 18, 21),
}
_SURVEY_TASKS = {"PL1": (27,), "PL2": (26,), "PL3": ()}
_DONE_WORDS = {
    "PL1": "Đã thực hiện theo Kế hoạch cải cách hành chính của năm",
    "PL2": "Đã triển khai và công khai tại trụ sở, trên trang thông tin điện tử",
    "PL3": "Đã triển khai theo chương trình hành động của địa phương",
}
_UNDONE_WORDS = "Chưa có văn bản triển khai của cấp trên, chuyển sang kỳ sau"

# Rows of PL6 that every commune answers alike: lists and counts that are the same everywhere, and what did not occur.
_SHARED_FIGURES = {
    14: 0, 15: 0, 26: 0, 27: 0, 29: 0, 31: 0, 32: 0, 36: 0, 37: 0, 40: 0, 41: 0, 42: 19, 45: 108, 48: 0,
    60: 0, 61: 0, 63: 0, 64: 0, 66: 0, 67: 0, 69: 0, 70: 0, 75: 0, 76: 0, 91: 0, 110: 1, 111: 100,
    118: 54, 119: 54, 122: 16, 123: 16, 128: 100, 129: 17, 130: 17, 135: 0, 136: 0,
    138: 56, 139: 56, 140: 47, 141: 47,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Files:
    """Files of one field (PL4) or one procedure (PL5)."""

    received: int
    online: int


def made_up_reports() -> dict[str, dict[str, list[dict[str, str]]]]:
    """Made-up figures: unit code → appendix id → rows, with columns named as in a .tsv of printed figures.

    What the form computes, and what the district answers, stays out. The same at every call.
    """
    form = load_form(FORM_ID)
    return {commune.code: _report(form, index, commune) for index, commune in enumerate(_COMMUNES)}


def write_reports(folder: Path) -> dict[str, Path]:
    """Write ``<folder>/<unit code>/<appendix>.tsv`` for every commune; gives each commune's folder."""
    folders = {}
    for code, report in made_up_reports().items():
        folders[code] = folder / code
        folders[code].mkdir(parents=True, exist_ok=True)
        for appendix, lines in report.items():
            with (folders[code] / f"{appendix}.tsv").open("w", encoding="utf-8", newline="") as handle:
                writer = csv.DictWriter(handle, list(lines[0]), dialect="excel-tab", lineterminator="\n")
                writer.writeheader()
                writer.writerows(lines)
    return folders


def _report(form: Form, index: int, commune: _Commune) -> Report:
    procedures = {field: _procedures(commune, field) for field in _FIELDS}
    tasks = {
        appendix: _tasks(form, appendix, undone, commune)
        for appendix, undone in zip(_UNDONE, commune.undone, strict=True)
    }
    return {
        **tasks,
        "PL4": _matrix(form, commune, procedures),
        "PL5": _list(form, procedures),
        "PL6": _indicators(form, index, commune, procedures, tasks["PL1"]),
    }


def _procedures(commune: _Commune, field: int) -> dict[int, _Files]:
    """The field's files spread over its procedures; level 2 takes none online."""
    rows = _PROCEDURES[field]
    totals = _spread(_received(commune, field), [share for _, _, share in rows.values()])
    return {
        order: _Files(total, total * commune.online_percent // 100 if level > 2 else 0)
        for (order, (level, _, _)), total in zip(rows.items(), totals, strict=True)
    }


def _spread(total: int, shares: list[int]) -> list[int]:
    """Whole parts in proportion to the shares that add up to the total."""
    parts, given, share_so_far = [], 0, 0
    for share in shares:
        share_so_far += share
        parts.append(total * share_so_far // sum(shares) - given)
        given += parts[-1]
    return parts


def _of_field(pair: tuple[int, int], field: int) -> int:
    """Only welfare and civil status have files under way at the end of a period."""
    return {_WELFARE: pair[0], _CIVIL: pair[1]}.get(field, 0)


def _received(commune: _Commune, field: int) -> int:
    return commune.settled[field - 1] + _of_field(commune.pending, field)


def _tasks(form: Form, appendix: str, undone: int, commune: _Commune) -> list[Line]:
    not_done = set(_UNDONE[appendix][:undone])
    if not commune.survey_forms:
        not_done.update(_SURVEY_TASKS[appendix])
    lines = []
    for order in form.appendix(appendix).printed_items:
        done = order not in not_done
        words = _DONE_WORDS[appendix] if done else _UNDONE_WORDS
        marks = {"done": "x" if done else "", "not_done": "" if done else "x"}
        lines.append({"order": str(order), **marks, "result_note": f"{words} ({REMARK.lower()})"})
    return lines


def _matrix(form: Form, commune: _Commune, procedures: dict[int, dict[int, _Files]]) -> list[Line]:
    lines = []
    for field in _FIELDS:
        online = sum(files.online for files in procedures[field].values())
        carried = _of_field(commune.carried, field)
        settled = commune.settled[field - 1]
        figures = {
            "online": online,
            "carried": carried,
            "direct": _received(commune, field) - online - carried,
            "on_time": settled,
            "late": 0,
            "in_time": _of_field(commune.pending, field),
            "overdue": 0,
        }
        lines.append(_line(form, "PL4", field, figures))
    return lines


def _list(form: Form, procedures: dict[int, dict[int, _Files]]) -> list[Line]:
    lines = {}
    for field, rows in procedures.items():
        for order, files in rows.items():
            level, integrated, _ = _PROCEDURES[field][order]
            figures = {"level": level, "integrated": integrated, "online": files.online, "total": files.received}
            lines[order] = _line(form, "PL5", order, figures)
    return [lines[order] for order in sorted(lines)]


def _line(form: Form, appendix: str, order: int, figures: dict[str, int]) -> Line:
    """A row of a table, its columns named as in the form's .tsv."""
    names = {column.key: column.name for column in form.appendix(appendix).columns}
    return {"order": str(order), **{names[key]: _shown(figure) for key, figure in figures.items()}}


def _indicators(
    form: Form, index: int, commune: _Commune, procedures: dict[int, dict[int, _Files]], plan: list[Line]
) -> list[Line]:
    codes = {row.order: row.given["code"] for row in form.appendix("PL5").printed}
    civil = procedures[_CIVIL]
    received = sum(_received(commune, field) for field in _FIELDS)
    online = sum(files.online for rows in procedures.values() for files in rows.values())
    assigned, present = commune.staff
    found = index % 3
    given_tasks = 28 + 3 * index
    documents = 640 + 37 * index
    # One extract in two is paid for online.
    paid = sum(civil[order].online for order in _EXTRACTS) // 2
    posted = 2 + index % 4
    figures: dict[int, int | Decimal] = {
        **_SHARED_FIGURES,
        2: 14 + index,
        4: len(plan),
        5: sum(line["done"] == "x" for line in plan),
        7: 4 + index % 3,
        9: found,
        10: found,
        12: given_tasks,
        13: given_tasks,
        16: 1 if commune.survey_forms else 0,
        17: commune.survey_forms,
        19: 1,
        34: 2 + index % 2,
        55: received,
        56: sum(commune.settled),
        57: sum(commune.settled),
        73: assigned,
        74: present,
        78: assigned + 2 + index % 2,
        79: 2 + index % 2,
        94: commune.investment[0],
        95: commune.investment[1],
        108: 4 + index % 3,
        114: documents,
        115: documents,
        120: _with_files(procedures, codes, 3),
        124: _with_files(procedures, codes, 4),
        126: received,
        127: online,
        131: len({codes[order] for order in _EXTRACTS}),
        132: paid,
        133: paid * _EXTRACT_FEE,
        142: Decimal(posted * 10000 // received) / 100,
        143: posted,
        144: posted,
        145: posted,
    }
    texts = {order: _shown(figure) for order, figure in figures.items()}
    # How the survey was done: on paper or both; not applicable where there was none.
    texts[18] = str(1 + index % 2) if commune.survey_forms else "-"
    return [
        {"order": str(order), "value": texts[order], "note": REMARK if order == 2 else ""} for order in sorted(texts)
    ]


def _with_files(procedures: dict[int, dict[int, _Files]], codes: dict[int, str], level: int) -> int:
    """Different procedures of a level that were used online."""
    return len(
        {
            codes[order]
            for field, rows in procedures.items()
            for order, files in rows.items()
            if _PROCEDURES[field][order][0] == level and files.online > 0
        }
    )


def _shown(figure: int | Decimal) -> str:
    return format_number(Decimal(figure))
