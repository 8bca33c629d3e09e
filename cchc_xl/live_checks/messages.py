"""What a state says: what should equal what, in few words. The formula and the cached result take it from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from cchc_xl.catalogue.model import Appendix, CellKind, Column, Form, Missing, Rule, RuleKind
from cchc_xl.catalogue.wording import allowed_values, cell_name, formula_words, short_heading
from cchc_xl.checks.checklists import checklists_behind, mark_columns
from cchc_xl.checks.ratios import bounds_of_ratios
from cchc_xl.expressions import CellRef, Expression, Ratio, cell_refs
from cchc_xl.expressions.tree import Arithmetic, Call, Number, RowsRef
from cchc_xl.layout import check_room, check_text_fits
from cchc_xl.live_checks.brief import brief, shorter_names, speaks_of
from cchc_xl.live_checks.codes import GAP, TEXT_FOR_NUMBER, TWO_MARKS, ZERO_DENOMINATOR
from cchc_xl.live_checks.waiting import Waits, totals_elsewhere
from cchc_xl.severity import Severity
from cchc_xl.values import format_number

CORRECT = "Đúng"
# Where some rules of the row have no formula, "correct" would say too much.
NOTHING_SEEN = "Chưa thấy sai; bấm Kiểm tra để xét đủ"
UNKNOWN = "Chưa kiểm tra được: có ô đang báo lỗi"
# Excel takes 255 characters for a text in a formula; the words share them with the severity and a number's frame.
MAX_WORDS = 180
# What is longer than this loses its explanation.
_ENOUGH = 100
_LEAST_WORDS = 20
# The widest that a state joins: of counts alone, and of what may have decimals.
_WIDEST = {True: "9999999", False: "99999999,99"}
_FRAMES = {
    "=": (" (= ", ")"),
    "<=": (" (tối đa ", ")"),
    "<": (" (phải dưới ", ")"),
    ">=": (" (tối thiểu ", ")"),
    ">": (" (phải trên ", ")"),
}
_MIRRORED = {"=": "=", "<=": ">=", "<": ">", ">=": "<=", ">": "<"}
_SO_FAR = (" (mới được ", ")")


@dataclass(frozen=True, slots=True)
class Message:
    """Words, and the number that is expected, in its frame, where there is one and it has a value."""

    words: str
    number: Expression | None = None
    frame: tuple[str, str] = ("", "")
    blank_is_zero: bool = False


def state_text(severity: Severity | None, message: Message, number: Decimal | None) -> str:
    """The state as a cell shows it on a Vietnamese PC."""
    before, after = message.frame
    shown = "" if number is None else f"{before}{number_text(number)}{after}"
    return f"{beginning(severity, message.words)}{shown}"


def beginning(severity: Severity | None, words: str) -> str:
    """The severity and the words; what waits bears no severity."""
    return f"{severity.word}: {words}" if severity is not None else words[:1].upper() + words[1:]


def number_text(number: Decimal) -> str:
    """A number as Excel joins it to a text: at most two decimals, no thousands signs."""
    return format_number(number, 2).replace(".", "")


def message(form: Form, rule: Rule, code: str, at: CellRef) -> Message:
    """What the state of the row of ``at`` says about a finding of this code: as much as the row's height shows."""
    words, number, frame, zero = _message(form, rule, code, at)
    if isinstance(number, Number):
        number = None  # the words say it
    sign = "" if number is None else widest_number(form, number).join(frame)
    longest = beginning(_longest_severity(rule), "")
    whole = len(rule.right) == 1 and rule.kind is RuleKind.COMPARE and mirrored(rule, rule.right[0], at)
    fewer = [] if isinstance(code, Waits) else brief(form, rule, code, at, mirrored=whole)
    texts = [_in_table(form, rule, code, at, words)]
    texts += [_in_table(form, rule, code, at, text, brief=True) for text in fewer]
    texts += [short for text in texts[1:] or texts for short in shorter_names(text)]
    room = check_room(form, at.appendix, at.order or 0)
    for text in texts:
        if len(text) <= MAX_WORDS and check_text_fits(f"{longest}{text}{sign}", room):
            return Message(text, number, frame, zero)
    text = _cut(texts[-1], MAX_WORDS)
    while not check_text_fits(f"{longest}{text}{sign}", room) and len(text) > _LEAST_WORDS:
        text = _cut(text, len(text) - 1)
    return Message(text, number, frame, zero)


def widest_number(form: Form, number: Expression) -> str:
    """The room that a joined figure may take."""
    cells = [form.cells[ref] for ref in cell_refs(number) if ref in form.cells]
    whole = not isinstance(number, Ratio) and all(spec.kind in (CellKind.COUNT, CellKind.MARK) for spec in cells)
    return _WIDEST[whole]


def _longest_severity(rule: Rule) -> Severity:
    certain = rule.kind in (RuleKind.TOTAL, RuleKind.SAME_CODE) or (rule.kind is RuleKind.COMPARE and not rule.soften)
    return rule.severity if certain else max(rule.severity, rule.softer, key=lambda severity: len(severity.word))


def _in_table(form: Form, rule: Rule, code: str, at: CellRef, words: str, *, brief: bool = False) -> str:
    """The words, with the column that they are about where a row has several."""
    words = " ".join(words.split())
    appendix, column = form.appendix(at.appendix), form.cells[at].column
    of_cell = rule.kind in _OF_ONE_CELL or (brief and rule.kind is RuleKind.COMPARE and speaks_of(rule.left, at))
    if column.kind is None or not of_cell or isinstance(code, Waits):
        return words
    for other in appendix.columns:
        words = words.replace(f"“{short_heading(other.heading)}”", f"“{_heading(appendix, other)}”")
    words = words.replace(f"cộng cả cột “{_heading(appendix, column)}”", "tổng các dòng")
    return f"“{_heading(appendix, column)}” {words}"


_OF_ONE_CELL = frozenset({RuleKind.TYPE, RuleKind.OPTION, RuleKind.TOTAL, RuleKind.TOTAL_MISSING})
_Parts = tuple[str, Expression | None, tuple[str, str], bool]


def _plain(words: str) -> _Parts:
    return words, None, ("", ""), False


def _message(form: Form, rule: Rule, code: str, at: CellRef) -> _Parts:
    appendices = form.by_id
    order = at.order or 0
    match code:
        case Waits.WRONG_MARKS:
            return _plain(f"chờ sửa dấu x ở {_of_marks(form, rule)}")
        case Waits.UNMARKED:
            appendix = checklists_behind(form, rule)[0]
            done, not_done = (Call("count_x", (column,)) for column in mark_columns(appendix))
            rows = Call("count_rows", (RowsRef(appendix),))
            left = Arithmetic("-", Arithmetic("-", rows, done), not_done)
            return f"chờ đánh dấu đủ {_of_marks(form, rule)}", left, (" (còn ", " nhiệm vụ)"), False
        case Waits.WRONG_INPUT:
            return _plain("tính từ số đầu vào cần xem lại: tử số lớn hơn mẫu số")
        case Waits.WRONG_TOTAL:
            names = dict.fromkeys(other.appendix for other in totals_elsewhere(form, rule, at))
            return _plain(f"chờ sửa số tổng ở {', '.join(_printed(form, name) for name in names)}")
    match rule.kind:
        case RuleKind.TYPE:
            what = allowed_values(form.cells[at])
            if code == TEXT_FOR_NUMBER:
                return _plain(f"đang là chữ nên không cộng được, chỉ gõ {what}")
            return _plain(f"phải ghi {what}")
        case RuleKind.OPTION:
            return _plain(f"chỉ nhận: {allowed_values(form.cells[at])}")
        case RuleKind.RATIO:
            if code == ZERO_DENOMINATOR:
                top, bottom = _parts(rule, appendices)
                return _plain(f"{bottom} bằng 0 thì {top} không thể lớn hơn 0")
            formula = " hoặc ".join(formula_words(reading, appendices, order) for reading in rule.right)
            return f"phải bằng {formula}", rule.right[0] if len(rule.right) == 1 else None, _FRAMES["="], False
        case RuleKind.OVER_HUNDRED:
            if bounds_of_ratios(form)[at].severity is not Severity.ERROR:
                return _plain("thường không quá 100%: tử số là một phần của mẫu số")
            return _plain("không thể quá 100%: tử số là một phần của mẫu số")
        case RuleKind.RATIO_MISSING | RuleKind.TOTAL_MISSING:
            formula = formula_words(rule.right[0], appendices, order)
            return f"đang trống, phải bằng {formula}", rule.right[0], _FRAMES["="], False
        case RuleKind.TOTAL:
            return f"phải bằng {formula_words(rule.right[0], appendices, order)}", rule.right[0], _FRAMES["="], False
        case RuleKind.RATIO_WITHOUT_INPUTS:
            return _plain("đã ghi tỷ lệ thì {} và {} cũng phải có số".format(*_parts(rule, appendices)))
        case RuleKind.ZERO_OVER_ZERO:
            return _plain("tử số và mẫu số đều bằng 0 thì để trống, ghi 0 hoặc “-”")
        case RuleKind.INPUTS_PARTIAL:
            other = next(part for part in _inputs(rule) if part != at)
            return _plain(f"đang trống trong khi {cell_name(other, appendices, at.appendix)} đã có số")
        case RuleKind.SAME_CODE:
            other = _same(rule)
            return f"phải bằng {cell_name(other, appendices, at.appendix)}", other, _FRAMES["="], False
        case RuleKind.SINGLE_MARK if code == TWO_MARKS:
            return _plain("chỉ đánh một dấu x: Đã thực hiện hoặc Chưa thực hiện")
        case RuleKind.SINGLE_MARK:
            return _plain("chưa đánh dấu x")
        case RuleKind.SIBLING:
            return _plain("đang trống trong khi dòng cùng nhóm đã có số; không có thì ghi 0 hoặc “-”")
        case RuleKind.SPARE_UNNAMED:
            return _plain("dòng thêm đã có số liệu thì phải ghi tên")
        case RuleKind.FRACTION:
            return _plain("ghi số phần trăm, không ghi phân số của 1 (99, không phải 0,99)")
        case RuleKind.COMPARE:
            return _compared(rule, code, at)
    return _plain(_short(rule.words))


def _of_marks(form: Form, rule: Rule) -> str:
    return ", ".join(_printed(form, appendix) for appendix in checklists_behind(form, rule))


def _printed(form: Form, appendix: str) -> str:
    """The appendix as the form calls it."""
    return form.appendix(appendix).printed_id.strip("() .")


def _compared(rule: Rule, code: str, at: CellRef) -> _Parts:
    assert rule.left is not None
    zero = rule.missing is not Missing.SKIP_ANY
    if code == GAP:
        return "các phần cộng lại chưa bằng số này", rule.left, _SO_FAR, zero
    if len(rule.right) > 1:
        return _plain(_short(rule.words))
    if mirrored(rule, rule.right[0], at):
        return _short(rule.words), rule.left, _FRAMES[_MIRRORED[rule.op]], zero
    return _short(rule.words), rule.right[0], _FRAMES[rule.op], zero


def mirrored(rule: Rule, right: Expression, at: CellRef) -> bool:
    """Whether the finding stands at the whole: Σ parts ≤ whole says there what the whole must reach."""
    return not isinstance(rule.left, CellRef) and isinstance(right, CellRef) and right.at(at.order) == at


def _inputs(rule: Rule) -> tuple[CellRef, CellRef]:
    ratio = rule.right[0]
    assert isinstance(ratio, Ratio)
    assert isinstance(ratio.numerator, CellRef)
    assert isinstance(ratio.denominator, CellRef)
    return ratio.numerator, ratio.denominator


def _same(rule: Rule) -> CellRef:
    (other,) = rule.right
    assert isinstance(other, CellRef)
    return other


def _parts(rule: Rule, appendices: Mapping[str, Appendix]) -> list[str]:
    return [cell_name(part, appendices, rule.appendix) for part in _inputs(rule)]


@cache
def _heading(appendix: Appendix, column: Column) -> str:
    """The innermost tiers of a column's heading that no other column shares."""
    tiers = column.heading.split(" > ")
    others = [other.heading.split(" > ") for other in appendix.columns if other is not column]
    for length in range(1, len(tiers)):
        if not any(other[-length:] == tiers[-length:] for other in others):
            return " – ".join(tiers[-length:])
    return " – ".join(tiers)


def _short(words: str) -> str:
    """A rule's words without what they ask for or explain, where that is needed."""
    text = words.strip().rstrip(".").split(";")[0]
    return text.split(", vì ")[0] if len(text) > _ENOUGH else text


def _cut(words: str, length: int) -> str:
    if len(words) <= length:
        return words
    return words[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:(–-+…") + "…"
