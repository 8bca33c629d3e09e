"""What a merge keeps of a submission, as bytes: for the way from another process, and for the cache. JSON, so that
reading it back can only ever give data."""

from __future__ import annotations

import json
from dataclasses import fields
from decimal import Decimal
from typing import Any

from cchc_xl.catalogue.load import load_form
from cchc_xl.checks.run import CheckResult
from cchc_xl.completion import Completion
from cchc_xl.consolidation.contribution import Contribution, Number, SpareRow, figure_cells
from cchc_xl.finding import Finding, RelatedCell
from cchc_xl.of_units import of_units_from
from cchc_xl.own_part import OwnPart
from cchc_xl.severity import Severity
from cchc_xl.stamp import Stamp
from cchc_xl.values import from_text, number_value

_NUMBERS = (int, str, type(None))
_STAMP = tuple(item.name for item in fields(Stamp))
_FINDING = tuple(item.name for item in fields(Finding) if item.name not in ("severity", "related"))


def encode(given: Contribution) -> bytes:
    """The contribution as JSON."""
    result = given.result
    plain = {
        "file": given.file,
        "form": given.form.id,
        "stamp": [getattr(given.stamp, name) for name in _STAMP],
        # Decimals as texts: a whole number is a number, anything else a text.
        "numbers": [number if number is None or type(number) is int else str(number) for number in given.numbers],
        "words": list(given.words.items()),
        "parts": [(index, *map(_plain, pair)) for index, pair in given.parts.items()],
        "spare": [(key, [(row.order, row.texts, row.filled) for row in rows]) for key, rows in given.spare.items()],
        "moved": [(index, *place) for index, place in given.moved.items()],
        "counted": [
            (index, [None if names is None else sorted(names) for names in ways])
            for index, ways in given.counted.items()
        ],
        "of_units": [(index, together.row()) for index, together in given.of_units.items()],
        "own_parts": [(index, *_own(part)) for index, part in given.own_parts.items()],
        "completion": given.completion.name,
        "fault": given.fault,
        "fault_count": given.fault_count,
        "has_cover": given.has_cover,
        "has_figures": given.has_figures,
        "result": None if result is None else [result.passed, result.not_evaluated, [*map(_finding, result.findings)]],
    }
    return json.dumps(plain, ensure_ascii=True, separators=(",", ":")).encode()


def decode(data: bytes) -> Contribution:
    """The contribution again. Raises whatever it comes to when the bytes are none of ours: they may say anything."""
    plain = json.loads(data)
    result = plain["result"]
    form = load_form(plain["form"])
    if any(type(number) not in _NUMBERS for number in plain["numbers"]):
        raise TypeError("not a number")
    if len(plain["numbers"]) != len(figure_cells(form)):
        raise ValueError("another form's figures")
    return Contribution(
        file=plain["file"],
        form=form,
        stamp=Stamp(**dict(zip(_STAMP, plain["stamp"], strict=True))),
        numbers=[number if type(number) is not str else Decimal(number) for number in plain["numbers"]],
        words=dict(plain["words"]),
        parts={index: (_number(top), _number(bottom)) for index, top, bottom in plain["parts"]},
        spare={key: [SpareRow(row[0], row[1], tuple(row[2])) for row in rows] for key, rows in plain["spare"]},
        moved={index: (sheet, address) for index, sheet, address in plain["moved"]},
        counted={
            index: [None if names is None else frozenset(names) for names in ways] for index, ways in plain["counted"]
        },
        of_units={index: found for index, row in plain["of_units"] if (found := of_units_from(row)) is not None},
        own_parts={index: _own_part(*rest) for index, *rest in plain["own_parts"]},
        completion=Completion[plain["completion"]],
        fault=(plain["fault"][0], plain["fault"][1]),
        fault_count=plain["fault_count"],
        has_cover=plain["has_cover"],
        has_figures=plain["has_figures"],
        result=None if result is None else CheckResult(tuple(map(_found, result[2])), result[0], result[1]),
    )


def _own(part: OwnPart) -> tuple[str | None, str, str | None, bool]:
    """The own part as a number or else a text, the units' sum, and whether it is a count."""
    number, children = part.own.number, part.children
    return (
        None if number is None else str(number),
        part.own.text,
        None if children is None else str(children),
        part.whole,
    )


def _own_part(number: str | None, text: str, children: str | None, whole: bool) -> OwnPart:
    value = from_text(text) if number is None else number_value(Decimal(number))
    return OwnPart(value, None if children is None else Decimal(children), whole)


def _plain(number: Number) -> int | str:
    return number if isinstance(number, int) else str(number)


def _number(plain: int | str) -> Number:
    return plain if isinstance(plain, int) else Decimal(plain)


def _finding(finding: Finding) -> list[Any]:
    related = [(cell.appendix, cell.order, cell.sheet, cell.cell) for cell in finding.related]
    return [finding.severity.name, related, *(getattr(finding, name) for name in _FINDING)]


def _found(plain: list[Any]) -> Finding:
    severity, related, *rest = plain
    cells = tuple(RelatedCell(*cell) for cell in related)
    return Finding(**dict(zip(_FINDING, rest, strict=True)), severity=Severity[severity], related=cells)
