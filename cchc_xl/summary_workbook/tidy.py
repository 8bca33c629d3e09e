"""A summary as a tidy table: one figure of one unit in each row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cchc_xl.consolidation.contribution import Number
from cchc_xl.consolidation.line_label import figure_label
from cchc_xl.consolidation.lines import SummaryCell
from cchc_xl.consolidation.summary import Summary

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("Mã đơn vị", "Đơn vị", "Kỳ", "Mã chỉ tiêu", "Chỉ tiêu", "Giá trị", "Đơn vị tính", "Phụ lục")
Line = tuple[str, str, str, str, str, Number, str, str]


def tidy_lines(summary: Summary) -> Iterator[Line]:
    """One line for each figure that a unit gave, in form order; what is no number is not in it."""
    for cell in summary.cells:
        code, label, measure, appendix = _titles(cell)
        for child, number in zip(cell.sources.children, cell.sources.numbers, strict=True):
            if number is not None:
                yield child.unit_code, child.unit, child.given.stamp.period, code, label, number, measure, appendix


def tidy_count(summary: Summary) -> int:
    """How many lines ``tidy_lines`` gives."""
    return sum(len(cell.sources.present()) for cell in summary.cells)


def tidy(summary: Summary) -> pd.DataFrame:
    """The same as a frame, its figures as floats."""
    import pandas as pd

    frames = []
    for cell in summary.cells:
        pairs = zip(cell.sources.children, cell.sources.numbers, strict=True)
        given = [(child, float(number)) for child, number in pairs if number is not None]
        if given:
            code, label, measure, appendix = _titles(cell)
            columns = (
                [child.unit_code for child, _ in given],
                [child.unit for child, _ in given],
                [child.given.stamp.period for child, _ in given],
                code,
                label,
                [number for _, number in given],
                measure,
                appendix,
            )
            frames.append(pd.DataFrame(dict(zip(COLUMNS, columns, strict=True))))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(COLUMNS))


def _titles(cell: SummaryCell) -> tuple[str, str, str, str]:
    measure = " ".join(cell.spec.row.unit.split())
    return cell.spec.code, figure_label(cell), measure, cell.spec.ref.appendix
