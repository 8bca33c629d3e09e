"""Totals equal an independent computation: pandas, straight from the generated values, on hundreds of random districts.

A district has missing units, copies, resubmissions, wrong periods, blanks, errors, strangers, files included by name,
and two forms. In memory: what reading and writing add is proved elsewhere.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd
import pytest
from submissions import filled

from cchc_xl.catalogue.load import load_form
from cchc_xl.checks.run import check
from cchc_xl.consolidation.contribution import contribution
from cchc_xl.consolidation.gates import Admission, judge
from cchc_xl.consolidation.lines import Child, SummaryCell
from cchc_xl.consolidation.rollup import consolidate
from cchc_xl.consolidation.self_proof import prove
from cchc_xl.consolidation.states import FileState, JudgedFile, ReceivedFile
from cchc_xl.expressions import CellRef
from cchc_xl.submission import Submission
from cchc_xl.units import Unit

DISTRICT, PERIOD, OTHER_PERIOD = "ninh-hai-2023", "2023-NAM", "2023-Q4"
QUANTITIES = ("settled", "on_time", "received", "online", "list")
# Rows of the two communes' forms, and of the district's (files of the communes alone; with the district's own part).
ROWS = {
    "cam-giang-2024": ("PL1", (38, 39, 85, 86, 28)),
    "vinh-thanh-2023": ("PL6", (56, 57, 126, 127, 45)),
}
SUMS = {"settled": 21, "on_time": 22}
CHILDREN = {"settled": 15, "on_time": 16, "received": 39, "online": 40}
RATIO, SHARED = 20, 8


@dataclass(frozen=True)
class District:
    """Files as they came, what the officer asked for, and the same as plain values, one line for each file."""

    received: list[ReceivedFile]
    admission: Admission
    values: pd.DataFrame


def made_up(seed: int) -> District:
    """A district from a seed."""
    rnd = random.Random(seed)
    codes = [f"{n:05d}" for n in range(1, rnd.randint(2, 8))]
    expected = [Unit(code, f"Số {code}", "xã", "1", None, None, "", "") for code in codes]
    listed = rnd.random() < 0.8
    files: list[ReceivedFile] = []
    lines: list[dict[str, object]] = []

    def send(code: str, number: int) -> None:
        form = rnd.choice(list(ROWS))
        settled, received = rnd.choice([0, rnd.randint(1, 50), rnd.randint(1, 10**10)]), rnd.randint(0, 900)
        figures: dict[str, int | None] = {
            "settled": settled,
            "on_time": rnd.randint(0, settled),
            "received": received,
            "online": rnd.randint(0, received),
            "list": rnd.choice([108, 108, 108, 110]),
        }
        wrong = rnd.random() < 0.15
        if wrong:
            figures["on_time"] = settled + rnd.randint(1, 5)
        figures |= {name: None for name in QUANTITIES if rnd.random() < 0.2 and not (wrong and name in SUMS)}
        if rnd.random() < 0.07:
            figures, wrong = dict.fromkeys(QUANTITIES), False
        period = OTHER_PERIOD if rnd.random() < 0.1 else PERIOD
        appendix, orders = ROWS[form]
        texts = {o: f"{figures[q]:,}".replace(",", ".") for q, o in zip(QUANTITIES, orders, strict=True)
                 if figures[q] is not None}  # fmt: skip
        submission = filled(code, {appendix: texts}, form)
        name = f"{rnd.randint(0, 10**6):06d}-{code}.xlsx"
        stamp = submission.stamp
        stamp = type(stamp)(form, 1, f"xã Số {code}", code, period=period, submission=number)
        submission = Submission(name, submission.form, stamp, submission.entries)
        given = contribution(submission, result=check(submission))
        file = ReceivedFile(name, f"{rnd.random()}", rnd.choice([1e9, 1e9 + rnd.randint(0, 9)]), given)
        files.append(file)
        lines.append({"file": name, "unit": code, "period": period, "number": number, "saved": file.saved,
                      "wrong": wrong, "position": len(lines), **figures})  # fmt: skip
        if rnd.random() < 0.15:  # a copy under another name
            copy = f"{rnd.randint(0, 10**6):06d}-{code}-copy.xlsx"
            files.append(ReceivedFile(copy, file.sha256, file.saved, given))
            lines.append({**lines[-1], "file": copy})

    for code in codes:
        for number in range(rnd.choice([0, 1, 1, 1, 2, 3])):
            send(code, rnd.choice([0, number]))
    if listed and rnd.random() < 0.4:
        send("99999", 0)
    if rnd.random() < 0.4:
        files.append(ReceivedFile("hong.xlsx", "x", 1e9, fault="không đọc được"))
    rnd.shuffle(files)
    named = [line["file"] for line in lines if rnd.random() < 0.08]
    values = pd.DataFrame(
        lines, columns=["file", "unit", "period", "number", "saved", "wrong", "position", *QUANTITIES]
    )
    values["named"] = values["file"].isin(named)
    values["known"] = values["unit"].isin(codes) if listed else True
    admission = Admission(PERIOD, expected if listed else None, dict.fromkeys(map(str, named), "theo yêu cầu"))
    return District(files, admission, values.astype(dict.fromkeys(QUANTITIES, "object")))


def taken(values: pd.DataFrame) -> pd.DataFrame:
    """The files that count: by unit the one named, else the newest; of these those without error and with figures."""
    right = values["period"] == PERIOD
    offered = values[values["known"] & (right | values["named"])].assign(right=right)
    newest = offered.sort_values(["named", "right", "number", "saved", "file"]).groupby("unit").tail(1)
    filled = newest[list(QUANTITIES)].notna().any(axis=1)
    return newest[filled & (~newest["wrong"] | newest["named"])]


def merged(district: District) -> tuple[list[JudgedFile], list[Child], dict[int, SummaryCell]]:
    """What the toolkit makes of it; the cells of the district's PL3 by row."""
    judged = judge(district.received, district.admission)
    children = [
        Child(file.unit_code, file.unit, file.received.given)
        for file in judged
        if file.state.taken and file.received.given is not None
    ]
    cells = consolidate(load_form(DISTRICT), children)
    assert not prove(load_form(DISTRICT), cells, children).failed
    wanted = {cell.spec.ref: cell for cell in cells}
    orders = {*SUMS.values(), *CHILDREN.values(), RATIO, SHARED}
    return judged, children, {order: wanted[CellRef("PL3", order, "value")] for order in orders}


def total(column: pd.Series) -> Decimal | None:
    """The exact sum; nothing where nothing stands."""
    there = column.dropna()
    return Decimal(sum(int(figure) for figure in there)) if len(there) else None


@pytest.mark.parametrize("block", range(6))
def test_totals_equal_an_independent_computation(block: int) -> None:
    """Sums, the units' part of rows with an own part, ratios and shared lists, and who is counted."""
    for seed in range(block * 60, block * 60 + 60):
        district = made_up(seed)
        judged, children, cells = merged(district)
        counted = taken(district.values)
        assert len(judged) == len(district.received)
        assert {c.unit_code for c in children} == set(counted["unit"]), seed
        assert {f.received.file for f in judged if f.state.taken} == set(counted["file"]), seed
        for name, order in SUMS.items():
            assert (cells[order].value, cells[order].n_units) == (total(counted[name]), counted[name].count()), seed
        for name, order in CHILDREN.items():
            assert (cells[order].children, cells[order].value) == (total(counted[name]), None), seed
        both = counted.dropna(subset=["settled", "on_time"])
        top, bottom = total(both["on_time"]), total(both["settled"])
        ratio = 100 * top / bottom if top is not None and bottom else None
        assert (cells[RATIO].value, cells[RATIO].n_units) == (ratio, len(both)), seed
        lists = set(counted["list"].dropna())
        assert cells[SHARED].value == (next(iter(lists)) if len(lists) == 1 else None), seed


def test_the_districts_are_as_varied_as_they_should_be() -> None:
    """Else the test above would prove little: every state occurs, and most districts have something to add."""
    seen: set[FileState] = set()
    with_totals = 0
    for seed in range(60):
        judged, children, _ = merged(made_up(seed))
        seen |= {file.state for file in judged}
        with_totals += len(children) > 1
    assert seen >= set(FileState) - {FileState.IGNORED}
    assert with_totals > 30
