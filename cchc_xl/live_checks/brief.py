"""The same in fewer words, for a row whose height shows no more: what must equal what stays, explanations go."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cchc_xl.catalogue.model import Form, RowRole, Rule, RuleKind
from cchc_xl.catalogue.wording import cell_name, formula_words
from cchc_xl.expressions import CellRef, Expression, Ratio, cell_refs
from cchc_xl.live_checks.codes import GAP, TEXT_FOR_NUMBER, ZERO_DENOMINATOR

_RELATIONS = {
    "=": "phải bằng",
    "<=": "không được lớn hơn",
    "<": "phải nhỏ hơn",
    ">=": "không được nhỏ hơn",
    ">": "phải lớn hơn",
}
_QUOTED = re.compile(r"“([^”]*)”")
_LENGTHS = (48, 42, *range(36, 15, -2))


def brief(form: Form, rule: Rule, code: str, at: CellRef, *, mirrored: bool) -> Iterator[str]:
    """Fewer words for a finding of this code. ``mirrored``: it stands at the whole, not at the parts."""
    words = _words(form, rule, code, at, mirrored=mirrored)
    if words:
        yield words
    if rule.kind is RuleKind.COMPARE and len(rule.right) == 1 and len(cell_refs(rule.right[0])) > 1:
        yield f"{_RELATIONS[rule.op]} số tính từ các ô liên quan"


def shorter_names(words: str) -> Iterator[str]:
    """The same with ever shorter names of rows and columns; of nested headings the innermost stays whole."""
    for length in _LENGTHS:
        yield _QUOTED.sub(lambda quoted, length=length: f"“{_short_name(quoted[1], length)}”", words)  # type: ignore[misc]


def _short_name(name: str, length: int) -> str:
    outer, dash, inner = name.rpartition(" – ")
    return f"{_cut(outer, max(8, length - len(inner)))}{dash}{inner}" if dash else _cut(name, length)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:(–-") + "…"


def _words(form: Form, rule: Rule, code: str, at: CellRef, *, mirrored: bool) -> str:
    match rule.kind:
        case RuleKind.TYPE if code == TEXT_FOR_NUMBER:
            return "đang là chữ: gõ lại bằng số"
        case RuleKind.OPTION:
            return "chỉ nhận giá trị trong danh sách của ô"
        case RuleKind.RATIO if code == ZERO_DENOMINATOR:
            return "mẫu số bằng 0 thì tử số không thể lớn hơn 0"
        case RuleKind.RATIO:
            return "phải bằng 100 × tử số / mẫu số" if len(rule.right) == 1 else "không khớp cách tính nào của biểu"
        case RuleKind.RATIO_MISSING:
            return "đang trống, phải bằng 100 × tử số / mẫu số"
        case RuleKind.TOTAL:
            return "phải bằng tổng các phần"
        case RuleKind.TOTAL_MISSING:
            return "trống, phải bằng tổng các phần"
        case RuleKind.RATIO_WITHOUT_INPUTS:
            return "đã ghi tỷ lệ thì tử số và mẫu số cũng phải có số"
        case RuleKind.INPUTS_PARTIAL:
            ratio = rule.right[0]
            assert isinstance(ratio, Ratio)
            return f"đang trống trong khi {'mẫu số' if ratio.numerator == at else 'tử số'} của tỷ lệ đã có số"
        case RuleKind.SAME_CODE:
            return f"phải bằng {_named(form, rule.right[0], at)}"
        case RuleKind.REQUIRED | RuleKind.EVIDENCE:
            return "đang trống, cần ghi vì các ô liên quan đã ghi"
        case RuleKind.COMPARE if code != GAP and len(rule.right) == 1 and rule.left is not None:
            if mirrored:
                return f"các phần cộng lại {_RELATIONS[rule.op]} số này"
            left = "" if speaks_of(rule.left, at) else f"{_named(form, rule.left, at)} "
            return f"{left}{_RELATIONS[rule.op]} {_named(form, rule.right[0], at)}"
    return ""


def speaks_of(left: Expression | None, at: CellRef) -> bool:
    """Whether what a comparison is about is the cell at which it stands."""
    return isinstance(left, CellRef) and left.at(at.order) == at


def _named(form: Form, node: Expression, at: CellRef) -> str:
    """An expression in words, with the appendix where it reads another one."""
    if isinstance(node, CellRef):
        ref = node.at(at.order)
        same_row = ref[:2] == at[:2]
        row = form.by_id[ref.appendix].row(ref.order or 0)
        total = "dòng tổng" if row.role is RowRole.TOTAL else ""
        name = cell_name(ref, form.by_id, "" if same_row else ref.appendix, total)
    else:
        name = formula_words(node, form.by_id, at.order or 0)
    others = {ref.appendix for ref in cell_refs(node)} - {at.appendix}
    places = ", ".join(form.appendix(other).printed_id.strip("() .") for other in sorted(others))
    return f"{name} ở {places}" if places else name
