"""What CCHC_TONGHOP says of a range with one figure from each unit, by the row's own way of rolling up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal

from cchc_xl import excel_limits
from cchc_xl.catalogue.load import form_ids, load_form
from cchc_xl.catalogue.model import CellKind, CellSpec, Form, Rollup
from cchc_xl.consolidation.contribution import Contribution, contribution, figure_index
from cchc_xl.consolidation.lines import Child, SummaryCell
from cchc_xl.consolidation.rollup import roll_up, rollup_of
from cchc_xl.consolidation.spare_rows import Placed
from cchc_xl.errors import InputFault
from cchc_xl.expressions import CellRef
from cchc_xl.hosts.excel.blocks import Block, Result, Unreadable, number, shown
from cchc_xl.hosts.excel.table_check import appendix_of
from cchc_xl.stamp import OWN_TABLE, Stamp
from cchc_xl.submission import Entry, Submission
from cchc_xl.summary_workbook.remarks import distribution_words
from cchc_xl.summary_workbook.remarks import number as words
from cchc_xl.values import State, Value, format_number

_EXAMPLES = "ví dụ tthc.hs.xa.dung_han hoặc vinh-thanh-2023/PL6/45"
_WITHOUT_FIGURES = {
    Rollup.RECOMPUTE: "tỷ lệ không cộng, không lấy bình quân: hãy cộng tử số, cộng mẫu số rồi dùng CCHC_TYLE",
    Rollup.NONE: "số riêng của cấp tổng hợp, không lấy từ các đơn vị",
}


def total(indicator: str, block: Block) -> Result:
    """The units' figures rolled up: a number where one is right, else in words what is known."""
    form, spec, of_row = find_indicator(indicator)
    fixed = _WITHOUT_FIGURES.get(rollup_of(spec, same_form=not of_row))
    if fixed:
        return fixed
    cells = [cell for line in block for cell in line]
    if len(cells) > excel_limits.COLUMNS:  # as a summary: each unit is a column of it
        raise InputFault(
            f"Vùng có {format_number(Decimal(len(cells)))} ô, nhiều hơn số đơn vị có thể có: "
            "hãy chỉ chọn các ô số liệu của các đơn vị, không chọn cả cột."
        )
    children: list[Child] = []
    given: dict[Value, Contribution] = {}  # it is as long as the form: one for each different figure will do
    for index, value in enumerate(cells, start=1):
        name = f"đơn vị thứ {index}"
        if value not in given:
            given[value] = _given(form, spec, name, value)
        children.append(Child(str(index), name, given[value]))
    cell = roll_up(form, spec, children, not of_row, Placed())
    return _WORDS[cell.rollup](cell)


def find_indicator(indicator: str) -> tuple[Form, CellSpec, bool]:
    """The cell that an indicator names: a canonical code, or ``form/appendix/order[/column]``.

    The third says that a row of a form was named: then how it rolls up belongs to that row (``Row.below``).
    """
    if "/" not in indicator:
        for form_id in form_ids():
            form = load_form(form_id)
            for spec in form.specs():
                if spec.code == indicator.lower() and indicator:
                    return form, spec, False
        raise InputFault(f"Không có chỉ tiêu “{indicator}”: hãy ghi mã chỉ tiêu hoặc biểu/phụ lục/thứ tự, {_EXAMPLES}.")
    form_id, appendix_id, order, *rest = (*indicator.split("/"), "", "")
    form, appendix = appendix_of(form_id.strip(), appendix_id.strip())
    order = order.strip()
    if not (order.isascii() and order.isdigit() and 1 <= int(order) <= len(appendix.printed)):
        raise InputFault(
            f"“{indicator}”: phần thứ ba phải là thứ tự dòng trong {appendix.id}, từ 1 đến {len(appendix.printed)}."
        )
    row = [spec for spec in appendix.cells.values() if spec.row.order == int(order) and spec.quantity is not None]
    known = [spec.column.key for spec in row if not spec.column.given]
    column = rest[0].strip() if rest else ""
    if column not in known and (column or len(known) != 1):
        if not known:
            raise InputFault(f"Dòng {order} của {appendix.id} không phải chỉ tiêu có số liệu để tổng hợp.")
        example = f"{form.id}/{appendix.id}/{order}/{known[0]}"
        raise InputFault(f"“{indicator}”: hãy ghi thêm cột, một trong {', '.join(known)}, như {example}.")
    return form, appendix.cells[CellRef(appendix.id, int(order), column or known[0])], True


def _given(form: Form, spec: CellSpec, name: str, value: Value) -> Contribution:
    """A unit's figure and nothing else. Raises ``Unreadable`` for what would be left out of a total."""
    stamp = Stamp(form.id, form.version, kind=OWN_TABLE)
    submission = Submission("", form, stamp, {spec.ref: Entry(value, spec.ref.appendix, 0, 0)})
    given = contribution(submission, cells=[spec])
    place = figure_index(form)[spec.ref]
    readable = given.numbers[place] is not None
    if not readable and value.filled and value.state is not State.NOT_APPLICABLE:
        try:
            number(value)
        except Unreadable as fault:
            raise Unreadable(f"{name}: {fault}") from fault
        raise Unreadable(f"{name}: “{value.text}” không phải là giá trị của chỉ tiêu này")
    return given


# One small function for each roll-up: the cell in words --------------------------------------------------------------


def _value(cell: SummaryCell) -> Result:
    return shown(cell.value) if cell.value is not None else ""


def _shared(cell: SummaryCell) -> Result:
    counts = Counter(map(Decimal, cell.sources.present()))
    if len(counts) < 2:
        return _value(cell)
    listed = ", ".join(f"{words(value)} ({count})" for value, count in counts.most_common())
    return f"các đơn vị ghi khác nhau: {listed}"


def _between(cell: SummaryCell) -> Result:
    if cell.minimum is None or cell.maximum is None:
        return ""
    if cell.value is not None:
        return shown(cell.value)
    if cell.minimum == cell.maximum:
        return f"các đơn vị đều ghi {words(cell.minimum)}"
    return f"từ {words(cell.minimum)} đến {words(cell.maximum)}"


def _count_yes(cell: SummaryCell) -> Result:
    yes = cell.counts.get("1", 0)
    if cell.spec.kind is CellKind.MARK:
        return f"{yes}/{len(cell.sources)}"  # beside marks a blank is no mark
    return f"{yes}/{cell.n_units}" if cell.n_units else ""


def _distribution(cell: SummaryCell) -> Result:
    return distribution_words(cell)


def _own_plus_children(cell: SummaryCell) -> Result:
    if cell.children is None:
        return ""
    return f"các đơn vị cộng lại {words(cell.children)}; chưa có tổng vì thiếu phần của chính cấp tổng hợp"


_WORDS: dict[Rollup, Callable[[SummaryCell], Result]] = {
    Rollup.SUM: _value,
    Rollup.SHARED: _shared,
    Rollup.DISTINCT: _between,
    Rollup.SPREAD: _between,
    Rollup.COUNT_YES: _count_yes,
    Rollup.DISTRIBUTION: _distribution,
    Rollup.OWN_PLUS_CHILDREN: _own_plus_children,
    Rollup.RECOMPUTE: lambda _: _WITHOUT_FIGURES[Rollup.RECOMPUTE],
}
