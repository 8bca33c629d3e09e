"""A merge over the summary of the same report: what the parent typed into the old one goes into the new one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cchc_xl.consolidation.carry import Carried, carry, typed_by_parent
from cchc_xl.consolidation.own_parts import asks_own_part, with_own_parts
from cchc_xl.consolidation.same_unit import same_unit
from cchc_xl.consolidation.summary import Summary, given_stamp
from cchc_xl.ooxml.limits import SUMMARY as SUMMARY_LIMITS
from cchc_xl.readers.file_book import FileBook
from cchc_xl.readers.keyed_sheets import explanations
from cchc_xl.report_layout import OF_SUMMARY
from cchc_xl.stamp import SUMMARY, Stamp
from cchc_xl.submission import Submission
from cchc_xl.summary_workbook.form_contents import merge_writing
from cchc_xl.summary_workbook.record import read_record

_MOST_CELLS = 5


def same_report(stamp: Stamp, summary: Summary) -> bool:
    """Whether a workbook is an earlier summary of the same parent, form and period.

    The code decides who the parent is; one that the officer did not name is that of the summary which lies there.
    """
    if (stamp.kind, stamp.period) != (SUMMARY, summary.period) or not summary.form or stamp.form != summary.form.id:
        return False
    if not summary.parent_code:
        return not summary.parent or same_unit(summary.parent, stamp.unit)
    if not stamp.unit_code:  # nobody said it then
        return same_unit(stamp.unit, summary.parent)
    return stamp.unit_code == summary.parent_code


def carry_over(target: Path, old: Submission, summary: Summary) -> Summary:
    """The summary with what the parent typed into ``old``, the sound summary of the same report at ``target``."""
    assert summary.form is not None
    form = summary.form
    typed = typed_by_parent(old, read_record(target, form), given_stamp(form, summary))
    record = merge_writing(form, given_stamp(form, summary), summary).record
    opened = {spec.ref for spec in form.specs() if not spec.column.given or spec.row.spare} - record.formulas
    asked = {cell.spec.ref for cell in summary.cells if asks_own_part(cell)}
    carried = carry(typed, form, record, opened, asked)
    return replace(
        summary,
        parent_code=summary.parent_code or old.stamp.unit_code,
        parent=summary.parent or old.stamp.unit,
        cells=with_own_parts(summary.cells, carried.own),
        carried=carried,
    )


def explained(target: Path) -> int:
    """How many explanations the parent gave for findings in its own figures, in the summary at ``target``.

    They belong to figures that a merge may change: they are not carried over.
    """
    with FileBook(target, limits=SUMMARY_LIMITS) as book:
        return len(explanations(book.grid(OF_SUMMARY))) if OF_SUMMARY in book.sheet_names else 0


def carried_words(carried: Carried, explained: int, copy: str) -> str:
    """What to tell the user; ``copy``: where the old summary is kept when something is not in the new one.

    Empty where the copy has been told of.
    """
    said = []
    if carried.count:
        said.append(f"Đã giữ lại {carried.count} ô do cấp tổng hợp nhập trong sổ cũ.")
    if carried.without_place and copy:
        listed = ", ".join(carried.without_place[:_MOST_CELLS])
        more = len(carried.without_place) - _MOST_CELLS
        listed += f" và {more} ô khác" if more > 0 else ""
        said.append(
            f"{len(carried.without_place)} ô do cấp tổng hợp nhập không còn chỗ trong sổ mới ({listed}): "
            f"bản cũ được giữ ở {copy}, hãy xem và chép lại nếu cần."
        )
    if explained and copy:
        said.append(
            f"{explained} giải trình ở trang “{OF_SUMMARY}” của sổ cũ không chuyển sang sổ mới vì số có thể đã đổi: "
            f"bản cũ được giữ ở {copy}, hãy bấm Kiểm tra rồi chép lại những giải trình còn đúng."
        )
    return " ".join(said)
