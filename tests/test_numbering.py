"""R17/R18: remarks on the printed form itself – numbers that jump or repeat, units that do not fit their label."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cchc_xl.catalogue.load import form_ids, load_form
from cchc_xl.catalogue.model import Form
from cchc_xl.catalogue.numbering import form_remarks
from cchc_xl.report.as_text import rules_text


def renumbered(*numbers: str) -> Form:
    """A form whose first appendix has rows with these numbers and nothing else."""
    form = load_form("cam-giang-2024")
    appendix = form.appendices[0]
    rows = tuple(
        replace(appendix.rows[0], order=order, stt=stt, label=f"dòng {order}", unit="")
        for order, stt in enumerate(numbers, 1)
    )
    return replace(form, appendices=(replace(appendix, rows=rows, cells={}),))


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        (("1", "1.1", "1.2", "2", "2.1"), 0),
        (("1.", "1.1.", "1.3."), 1),  # 1.2 is missing
        (("1", "1.1", "1.1"), 1),  # repeated
        (("1", "1.1", "-", "+", "", "1.2"), 0),  # signs carry no number
        (("I", "1", "2", "II", "1", "2"), 0),  # each section begins anew
        (("I", "1", "2", "III", "1", "2"), 1),
        (("3.9", "3.10", "3.11"), 0),
        (("1", "1.1", "2", "1", "1.1"), 0),  # the next table
    ],
)
def test_jumps_and_repeats_are_named(numbers: tuple[str, ...], said: int) -> None:
    """Numbers of one level follow each other; what has no number is passed over."""
    assert len(form_remarks(renumbered(*numbers))) == said


def test_the_printed_forms_oddities_are_known() -> None:
    """Of the five forms one jumps from 3.1 to 3.3 and prints % beside a count (both stand so in the print)."""
    remarks = {form_id: form_remarks(load_form(form_id)) for form_id in form_ids()}
    assert {form_id: len(found) for form_id, found in remarks.items() if found} == {"ninh-hai-2023": 2}
    jump, unit = remarks["ninh-hai-2023"]
    assert jump.startswith("PL1: sau 3.1. ")
    assert "là 3.3. " in jump
    assert "4.1 “Số cơ quan, đơn vị được thanh tra”" in unit


def test_the_remarks_stand_with_the_rules() -> None:
    """quy-tac shows them as hints on the form; a form without oddities says nothing."""
    assert "Gợi ý về chính biểu mẫu" in rules_text(load_form("ninh-hai-2023"))
    assert "Gợi ý về chính biểu mẫu" not in rules_text(load_form("cam-giang-2024"))
