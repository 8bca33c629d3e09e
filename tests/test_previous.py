"""kiem-tra --ky-truoc: a submission against an earlier one of the same unit (T01–T03)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from submissions import make

from cchc_xl.hosts.cli import main

FORM = "cam-giang-2024"
# Row 5: tasks done of the year's plan (cumulative); row 50: staff present (at a date); row 2: documents (in period).
TABLE = """
earlier               now                    periods           findings
4=33; 5=10            4=33; 5=8              2024-Q1 2024-Q2   luy-ke-giam 5
4=33; 5=10            4=33; 5=10             2024-Q1 2024-Q2   .
4=33; 5=10            4=33; 5=8              2023-NAM 2024-Q1  .
4=33; 5=10            4=33; 5=8              2024-Q2 2024-Q1   .
49=40; 50=40          49=40; 50=12           2024-Q1 2024-Q2   bien-dong-lon 50
49=8; 50=8            49=8; 50=3             2024-Q1 2024-Q2   .
2=7                   28=114                 2024-Q1 2024-Q2   truoc-co-nay-trong 2
2=7                   28=114; 2.note=nghỉ    2024-Q1 2024-Q2   .
2=7                   2=0                    2024-Q1 2024-Q2   .
"""


def fills(text: str) -> dict[str, dict[int, dict[str, str]]]:
    rows: dict[int, dict[str, str]] = {}
    for part in text.split(";"):
        place, _, value = part.strip().partition("=")
        order, _, column = place.partition(".")
        rows.setdefault(int(order), {})[column or "value"] = value
    return {"PL1": rows}


def lines() -> list[tuple[str, ...]]:
    return [tuple(cell.strip() for cell in line.split("  ") if cell.strip()) for line in TABLE.strip().splitlines()[1:]]


@pytest.mark.parametrize(("earlier", "now", "periods", "expected"), lines())
def test_figures_against_the_previous_period(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], earlier: str, now: str, periods: str, expected: str
) -> None:
    """Cumulative figures do not fall within a year, figures at a date do not jump, filled rows do not empty."""
    before, after = periods.split()
    old = make(tmp_path, "1", "xã A", fills(earlier), form=FORM, period=before, file="cu.xlsx")
    new = make(tmp_path, "1", "xã A", fills(now), form=FORM, period=after, file="moi.xlsx")
    capsys.readouterr()
    main(["kiem-tra", str(new), "--ky-truoc", str(old), "--json"])
    findings = json.loads(capsys.readouterr().out)["findings"]
    found = [f"{f['code']} {f['order']}" for f in findings if f["rule"].startswith("T")]
    assert found == ([] if expected == "." else [expected])


@pytest.mark.parametrize(("form", "code"), [("tinh-chau-2023", "1"), (FORM, "2")], ids=["another form", "another unit"])
def test_only_the_same_unit_and_form_are_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str, code: str
) -> None:
    """A workbook of another unit or form is refused in one sentence."""
    old = make(tmp_path, code, "xã B", {}, form=form, file="cu.xlsx")
    new = make(tmp_path, "1", "xã A", fills("2=7"), form=FORM, file="moi.xlsx")
    capsys.readouterr()
    assert main(["kiem-tra", str(new), "--ky-truoc", str(old)]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
