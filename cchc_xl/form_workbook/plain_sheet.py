"""A sheet of XlsxWriter that takes formulas as they are."""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet


class PlainSheet(Worksheet):  # type: ignore[misc]  # XlsxWriter has no complete types
    """XlsxWriter looks through each formula for some 150 functions that came after Excel 2007, to prefix them.

    Our formulas use none of those (a test says so), and a workbook has a thousand of them.
    """

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        return formula.removeprefix("=")
