"""The page of finding codes tells the truth: every code, examples from the check as it is now."""

from __future__ import annotations

import pytest

from cchc_xl.messages import TEMPLATES
from cchc_xl.report.reference import PAGE, REGENERATE, example, prefixes_of, reference_page, severities_of


def test_page_is_up_to_date() -> None:
    """Whoever changes a message, a rule or a code makes the page anew."""
    assert PAGE.read_text(encoding="utf-8") == reference_page(), f"regenerate the page: {REGENERATE}"


@pytest.mark.parametrize("code", sorted(TEMPLATES))
def test_every_code_has_an_example_that_the_check_gives(code: str) -> None:
    """The example bears the code, in a severity and from a rule that the page names."""
    _, finding, _ = example(code)
    assert finding.code == code
    assert finding.severity in severities_of(code)
    assert prefixes_of(code) == ["*"] or finding.rule.split("-")[0] in prefixes_of(code)
    assert "{" not in finding.message + finding.remedy


def test_codes_are_sorted() -> None:
    titles = [line[3:] for line in reference_page().splitlines() if line.startswith("## ")]
    assert titles == [*sorted(TEMPLATES), "Số hiệu quy tắc"]
