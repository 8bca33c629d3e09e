"""Totals and ratios of the longer period: the form's own formulas, and what has to be said of them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache

from cchc_xl.catalogue.model import CellKind, CellSpec, Form, PeriodKind, RuleKind
from cchc_xl.checks.ratios import agrees
from cchc_xl.consolidation.contribution import is_ratio
from cchc_xl.expressions import CellRef, percentage
from cchc_xl.over_time.given import Given, Side, parts_of
from cchc_xl.over_time.joined import JoinedCell, Way, filled_form, number_words
from cchc_xl.stamp import Stamp
from cchc_xl.submission import SubmissionFigures
from cchc_xl.values import BLANK, Value, number_value

_ZERO = Decimal(0)


def with_totals(
    form: Form, stamp: Stamp, sides: Sequence[Side], cells: list[JoinedCell], values: dict[CellRef, Value]
) -> tuple[list[JoinedCell], dict[CellRef, Value]]:
    """Totals whose parts no period states, as the periods state them; a word where the parts give something else."""
    figures = SubmissionFigures(filled_form(form, stamp, values))
    values, out = dict(values), []
    for cell in cells:
        spec = cell.spec
        if cell.way is not Way.COMPUTED:
            out.append(cell)
            continue
        if is_ratio(spec):
            cell = _ratio_of_units(form, cell, sides, figures.derived(spec))
            if cell.way is not Way.COMPUTED:
                values[spec.ref] = cell.value
            out.append(cell)
            continue
        found = _stated_total(form, spec, cell.given)
        computed = figures.derived(spec)
        if found is not None and computed is None and spec.kind is not CellKind.MARK:
            cell = replace(cell, way=Way.ADDED if len(sides) > 1 and _adds(form, spec) else Way.LATEST)
            cell = replace(cell, value=number_value(found), remark="Các phần để trống: lấy theo tổng đã ghi ở các kỳ.")
            values[spec.ref] = cell.value
        elif computed is None and any(one.number is not None or one.waiting for one in cell.given):
            listed = "; ".join(
                f"{side.words} {number_words(one.number)}"
                for side, one in zip(sides, cell.given, strict=True)
                if one.number is not None
            )
            cell = replace(cell, way=Way.OPEN, remark=f"Thiếu các phần để tính tổng ({listed}).")
        elif found is not None and found != computed and computed is not None:
            stated, sums = number_words(found), number_words(computed)
            cell = replace(cell, remark=f"Tổng đã ghi ở các kỳ là {stated}, khác tổng tính từ các phần {sums}.")
        out.append(cell)
    return out, values


def equal_to_totals(
    form: Form, stamp: Stamp, sides: Sequence[Side], cells: Sequence[JoinedCell], values: Mapping[CellRef, Value]
) -> list[JoinedCell]:
    """Figures that the form's rules equate with a total of files carried over and new ones: they are that total.

    Added up they would count a file in every period that it was carried into. Only where the rule held in each period.
    """
    figures = SubmissionFigures(filled_form(form, stamp, values))
    out = []
    for cell in cells:
        total = _carrying_totals(form).get(cell.spec.ref)
        if total is not None and cell.way is Way.ADDED and len(sides) > 1:
            number = figures.number(total)
            if number is not None and number != cell.value.number and _stated_alike(cell, total, sides):
                at = form.cells[total]
                added = number_words(cell.value.number) if cell.value.number is not None else ""
                said = (
                    f"Bằng {at.row.title(40)} của {form.appendix(total.appendix).printed_id}: hồ sơ kỳ trước chuyển "
                    f"qua chỉ tính một lần (cộng các kỳ là {added})."
                )
                cell = replace(cell, way=Way.EQUAL, value=number_value(number), remark=said)
        out.append(cell)
    return out


def _stated_alike(cell: JoinedCell, total: CellRef, sides: Sequence[Side]) -> bool:
    """Whether every period states the figure and the total alike."""
    return all(one.number == side.figures.number(total) for side, one in zip(sides, cell.given, strict=True))


def waiting_for_totals(
    form: Form, sides: Sequence[Side], cells: Sequence[JoinedCell], waiting: Collection[CellRef]
) -> list[JoinedCell]:
    """The same cells open where their total waits for a part: the sum of the periods would pass for it."""
    out = []
    for cell in cells:
        total = _carrying_totals(form).get(cell.spec.ref)
        if total is None or total not in waiting or cell.way not in (Way.ADDED, Way.EQUAL):
            out.append(cell)
            continue
        if _stated_alike(cell, total, sides):
            cell = replace(cell, way=Way.OPEN, value=BLANK, remark=f"Chờ {form.cells[total].row.title(60)}.")
        out.append(cell)
    return out


@cache
def _carrying_totals(form: Form) -> Mapping[CellRef, CellRef]:
    """By cell the total that a rule of the form equates it with, where that counts what a period began with."""
    found: dict[CellRef, CellRef] = {}
    for rule in form.rules:
        if rule.kind is not RuleKind.COMPARE or not rule.active or rule.op != "=" or rule.each or rule.when is not None:
            continue
        left, right = rule.left, rule.right[0]
        if len(rule.right) == 1 and isinstance(left, CellRef) and isinstance(right, CellRef) and left in form.cells:
            spec, total = form.cells[left], form.cells.get(right)
            if total is not None and total.derived and not spec.derived and _carries(form, total):
                found[left] = right
    return found


def _carries(form: Form, spec: CellSpec) -> bool:
    if spec.quantity is not None and spec.quantity.period is PeriodKind.AT_START:
        return True
    return any(_carries(form, form.cells[ref]) for ref in _parts(form, spec))


def _ratio_of_units(form: Form, cell: JoinedCell, sides: Sequence[Side], computed: Decimal | None) -> JoinedCell:
    """A ratio of summaries is over the units that have both parts, in the longer period as in each."""
    pairs = [side.told_parts(cell.spec.ref) for side in sides]
    halves = [form.cells[ref] for ref in _parts(form, cell.spec)]
    kinds = {half.quantity.period for half in halves if half.quantity}
    there = [pair for pair in pairs if pair is not None]
    if kinds == {PeriodKind.IN_PERIOD}:
        if len(there) < len(pairs):
            return cell
        top, bottom = (sum((pair[at] for pair in there), _ZERO) for at in (0, 1))
    elif pairs[-1] is not None and PeriodKind.IN_PERIOD not in kinds:
        top, bottom = pairs[-1]
    else:
        return cell
    ratio = percentage(top, bottom)
    if ratio is None or (computed is not None and agrees(ratio, computed)):
        return cell
    said = "Tính trên các đơn vị có đủ tử số và mẫu số, nên khác tỷ số của hai dòng tổng."
    return replace(cell, way=Way.ADDED if len(there) > 1 else Way.LATEST, value=number_value(ratio), remark=said)


def _adds(form: Form, spec: CellSpec) -> bool:
    """Whether totals of periods may be added: all that they count happened in its period."""
    if spec.quantity is None or spec.quantity.period is not PeriodKind.IN_PERIOD:
        return False
    return all(_adds(form, form.cells[ref]) for ref in _parts(form, spec))


def _parts(form: Form, spec: CellSpec) -> list[CellRef]:
    found = parts_of(form, spec.derived[0], spec.row.order) if spec.derived else ()
    return [ref for ref in found if ref in form.cells]


def waiting_totals(form: Form, cells: Sequence[JoinedCell]) -> dict[CellRef, str]:
    """Totals with an open part, the part named: the form's formula would count it as 0 and pass for the whole."""
    opened = {cell.spec.ref for cell in cells if cell.way is Way.OPEN and not is_ratio(cell.spec)}
    found: dict[CellRef, str] = {}
    settled = False
    while not settled:
        settled = True
        for cell in cells:
            spec = cell.spec
            if not spec.derived or is_ratio(spec) or spec.ref in found or spec.kind is CellKind.MARK:
                continue
            part = next((ref for ref in _parts(form, spec) if ref in opened or ref in found), None)
            if part is not None:
                at = form.cells[part]
                named = at.row.title(60) if at.column.kind is None else f"{at.row.title(40)}, {at.column.heading}"
                found[spec.ref] = f"Chờ phần còn thiếu: {named}."
                settled = False
    return found


def _stated_total(form: Form, spec: CellSpec, given: tuple[Given, ...]) -> Decimal | None:
    if _adds(form, spec):
        if any(one.missing for one in given):
            return None
        there = [one.number for one in given if one.number is not None]
        return sum(there, _ZERO) if there else None
    assert spec.quantity is not None
    if spec.quantity.period in (PeriodKind.AT_DATE, PeriodKind.CUMULATIVE):
        return given[-1].number
    return None


def checked_ratio(cell: JoinedCell, sides: Sequence[Side]) -> JoinedCell:
    """A ratio that some period states and the joined figures do not give is open, and says why."""
    there = [(side.words, one.number) for side, one in zip(sides, cell.given, strict=True) if one.number is not None]
    if cell.way is not Way.COMPUTED or not is_ratio(cell.spec) or cell.value.number is not None:
        return cell
    if not there and not any(one.waiting for one in cell.given):
        return cell
    listed = "; ".join(f"{words} {number_words(number)}" for words, number in there if number is not None)
    said = "Không tính lại được vì thiếu tử số hoặc mẫu số của cả kỳ" + (f" ({listed})." if listed else ".")
    return replace(cell, way=Way.OPEN, remark=said)
