"""Rule → clauses: in which case the state of which row says what. One function for each kind of rule, beside
the function of the same kind in ``checks``; what those return, these write as a test.

A formula cannot see whether a figure was computed or typed, and need not: a figure that equals its own formula passes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from cchc_xl.catalogue.model import NATIVE, CellKind, Form, Rule, RuleKind
from cchc_xl.catalogue.wording import choice_list
from cchc_xl.checks.checklists import DONE, NOT_DONE, mark_columns
from cchc_xl.checks.context import of_another_level
from cchc_xl.checks.presence import siblings_of
from cchc_xl.checks.ratios import bounds_of_ratios, over_hundred
from cchc_xl.checks.spare_rows import is_content
from cchc_xl.expressions import CellRef, Ratio, excel_condition, excel_values, marks_in
from cchc_xl.layout import form_layout
from cchc_xl.live_checks.cells import Cells, both, either, exceeds, guarded, named
from cchc_xl.live_checks.codes import NO_MARK, TEXT_FOR_NUMBER, TWO_MARKS, WRONG_TYPE, ZERO_DENOMINATOR
from cchc_xl.live_checks.comparisons import compare_cases, total_cases
from cchc_xl.live_checks.waiting import Waits
from cchc_xl.severity import Severity

_WHOLE = (CellKind.COUNT, CellKind.MARK)


@dataclass(frozen=True, slots=True)
class Clause:
    """Where ``test`` holds, the row of ``at`` has a finding of this code and severity.

    ``None``: something is not yet there or waits for something else; the row says so and is neither right nor wrong.
    """

    at: CellRef
    code: str
    severity: Severity | None
    test: str

    @property
    def rank(self) -> int:
        """0 for the gravest; what waits comes last."""
        return rank(self.severity)


def rank(severity: Severity | None) -> int:
    """The order in which the cases of a row are named."""
    return len(Severity) if severity is None else severity.rank


def clauses(form: Form, rule: Rule) -> Iterator[Clause]:
    """Every case in which a rule speaks. Raises ``NotNative`` where no formula states it."""
    write = _WRITERS[rule.kind]
    assert rule.at is not None
    if not rule.each:
        yield from write(form, rule, rule.at)
        return
    for order in form.appendix(rule.appendix).items:
        for clause in write(form, rule, rule.at.at(order)):
            # A spare row is one of the list's rows as soon as it has a name.
            yield replace(clause, test=both(named(form, clause.at), clause.test))


def _type(form: Form, rule: Rule, ref: CellRef) -> Iterator[Clause]:
    spec, cells = form.cells[ref], Cells(form, ref.appendix)
    cell = cells.at(ref)
    bad = either(f"{cell}<0", f"{cell}<>INT({cell})") if spec.kind in _WHOLE else f"{cell}<0"
    if spec.derived:
        bad = both(bad, f"{cell}<>{cells.own_value(spec.derived[0], ref.order)}")
    yield Clause(ref, WRONG_TYPE, rule.severity, f"IF({cells.number(ref)},{bad},{cells.no_number_at_all(ref)})")
    yield Clause(ref, TEXT_FOR_NUMBER, rule.softer, cells.begins_with_digit(ref))


def _option(form: Form, rule: Rule, ref: CellRef) -> Iterator[Clause]:
    test = Cells(form, ref.appendix).one_of(ref, choice_list(form.cells[ref]) or ())
    yield Clause(ref, "ngoai-danh-sach", rule.severity, f"NOT({test})")


def _inputs(rule: Rule) -> tuple[CellRef, CellRef] | None:
    ratio = rule.right[0]
    if isinstance(ratio, Ratio) and isinstance(ratio.numerator, CellRef) and isinstance(ratio.denominator, CellRef):
        return ratio.numerator, ratio.denominator
    return None


def _ratio(form: Form, rule: Rule, ref: CellRef) -> Iterator[Clause]:
    cells, inputs, no_ratio = Cells(form, ref.appendix), _inputs(rule), ""
    if inputs is not None:
        top, bottom = map(cells.at, inputs)
        no_ratio = f"IF(COUNT({top},{bottom})=2,AND({bottom}=0,{top}>0),FALSE)"
        code, zero = (Waits.WRONG_INPUT, None) if said_of_inputs(form, ref) else (ZERO_DENOMINATOR, rule.severity)
        yield Clause(ref, code, zero, no_ratio)
    cell = cells.at(ref)
    severity = rule.softer if len(rule.right) > 1 else rule.severity
    for there, printed, decimals in ((cells.number(ref), cell, cells.decimals(ref)), cells.percent_text(ref)):
        known, wrong = [], []
        for reading in rule.right:
            test, (value,) = excel_values([reading], cells.addresses, ref.order)
            # Rounded, or cut off at its last printed digit.
            rounded = f"ROUND(ABS({printed}-{value})-0.5/10^{decimals},9)<=0"
            cut = f"ROUNDDOWN(ROUND({value},10),{decimals})=ROUND({printed},9)"
            known.append(test)
            wrong.append(f"IF({test},NOT(OR({printed}={value},{rounded},{cut})),TRUE)")
        yield Clause(ref, "ty-le-sai", severity, f"IF({both(there, either(*known))},{both(*wrong)},FALSE)")
    bound = bounds_of_ratios(form).get(ref)
    if bound is not None and bound.native == NATIVE and bound.at is not None and bound.soften is None:
        for _, of_input, test in compare_cases(form, bound, bound.at):
            if of_input is not None:
                yield Clause(ref, Waits.WRONG_INPUT, None, both(cells.number(ref), test))


def said_of_inputs(form: Form, ref: CellRef) -> bool:
    """Whether a numerator above a zero denominator is an error of the inputs' own row already."""
    bound = bounds_of_ratios(form).get(ref)
    return bound is not None and bound.native == NATIVE and bound.severity is Severity.ERROR


def _over_hundred(form: Form, rule: Rule, ref: CellRef) -> Iterator[Clause]:
    bound = bounds_of_ratios(form).get(ref)
    if bound is None:
        return
    cells = Cells(form, ref.appendix)
    cell, own = cells.at(ref), cells.own_value(rule.right[0], ref.order)
    typed = both(cells.number(ref), f"{cell}>100", f"{cell}<>{own}")
    yield Clause(ref, "tren-100", over_hundred(rule, bound), typed)


def _ratio_missing(form: Form, rule: Rule, ref: CellRef) -> Iterator[Clause]:
    cells = Cells(form, ref.appendix)
    known, _ = excel_values([rule.right[0]], cells.addresses, ref.order)
    yield Clause(ref, "ty-le-trong", rule.severity, both(cells.blank(ref), known))


def _ratio_without_inputs(form: Form, rule: Rule, ref: CellRef) -> Iterator[Clause]:
    inputs = _inputs(rule)
    if inputs is None:
        return
    cells = Cells(form, ref.appendix)
    top, bottom = (cells.blank(part) for part in inputs)
    # One blank input without an excuse is R05's to report.
    alone = [
        both(blank, f"NOT({other})", excuse)
        for blank, other, excuse in (
            (top, bottom, _excused(form, cells, inputs[0])),
            (bottom, top, _excused(form, cells, inputs[1])),
        )
        if excuse
    ]
    missing = either(both(top, bottom), *alone)
    cell = cells.at(ref)
    for severity, test in ((rule.severity, f"{cell}<>0"), (rule.softer, f"{cell}=0")):
        yield Clause(ref, "ty-le-thieu-dau-vao", severity, both(cells.number(ref), test, missing))


def _excused(form: Form, cells: Cells, ref: CellRef) -> str:
    """A blank in the cell needs no remark; empty where nothing can excuse it."""
    if of_another_level(form, ref):
        return "TRUE"
    notes = cells.unexcused(ref)
    return f"NOT({notes[0]})" if notes else ""


def _zero_over_zero(form: Form, rule: Rule, ref: CellRef) -> Iterator[Clause]:
    inputs = _inputs(rule)
    if inputs is None:
        return
    cells = Cells(form, ref.appendix)
    top, bottom = map(cells.at, inputs)
    test = both(cells.number(ref), f"{cells.at(ref)}<>0", f"COUNT({top},{bottom})=2", f"{top}=0", f"{bottom}=0")
    yield Clause(ref, "khong-tren-khong", rule.severity, test)


def _inputs_partial(form: Form, rule: Rule, ref: CellRef) -> Iterator[Clause]:
    inputs = _inputs(rule)
    if inputs is None:
        return
    for blank, other in (inputs, inputs[::-1]):
        if not of_another_level(form, blank):
            cells = Cells(form, blank.appendix)
            test = both(cells.blank(blank), cells.number(other), *cells.unexcused(blank))
            yield Clause(blank, "thieu-tu-hoac-mau", rule.severity, test)


def _total(form: Form, rule: Rule, ref: CellRef) -> Iterator[Clause]:
    for code, severity, test in total_cases(form, rule, ref):
        yield Clause(ref, code, severity, test)


def _total_missing(form: Form, rule: Rule, ref: CellRef) -> Iterator[Clause]:
    if of_another_level(form, ref):
        return
    cells = Cells(form, ref.appendix)
    known, _ = excel_values([rule.right[0]], cells.addresses, ref.order)
    yield Clause(ref, "tong-trong", rule.severity, both(cells.blank(ref), known))


def _same_code(form: Form, rule: Rule, ref: CellRef) -> Iterator[Clause]:
    (other,) = rule.right
    assert isinstance(other, CellRef)
    cells = Cells(form, ref.appendix)
    here, there = cells.at(ref), cells.at(other)
    slack = cells.slack((ref, other))
    differ = exceeds(f"ABS({here}-{there})", slack) if slack else f"{here}<>{there}"
    yield Clause(ref, "hai-noi-khac-nhau", rule.severity, guarded(f"COUNT({here},{there})=2", differ))


def _single_mark(form: Form, rule: Rule, ref: CellRef) -> Iterator[Clause]:
    cells = Cells(form, ref.appendix)
    pair = [CellRef(ref.appendix, ref.order, column) for column in (DONE, NOT_DONE)]
    yield Clause(ref, TWO_MARKS, rule.severity, both(*map(cells.marked, pair)))
    begun = "+".join(marks_in(cells.addresses.column(column)) for column in mark_columns(ref.appendix))
    # Kiểm tra, asked for when the list is thought to be done, warns; while it is being filled a gap is no fault.
    yield Clause(ref, NO_MARK, None, both(*(cells.one_of(cell, ()) for cell in pair), f"{begun}>0"))


def _mark_evidence(form: Form, rule: Rule, ref: CellRef) -> Iterator[Clause]:
    cells = Cells(form, ref.appendix)
    done, not_done = (cells.marked(CellRef(ref.appendix, ref.order, column)) for column in (DONE, NOT_DONE))
    blank = cells.blank(ref)
    yield Clause(ref, "thieu-ket-qua", rule.severity, both(done, blank))
    yield Clause(ref, "thieu-ket-qua", rule.softer, both(not_done, f"NOT({done})", blank))


def _sibling(form: Form, rule: Rule, ref: CellRef) -> Iterator[Clause]:
    brothers = siblings_of(form).get(ref, ())
    if not brothers or of_another_level(form, ref):
        return
    cells = Cells(form, ref.appendix)
    # The blank cell itself counts nothing, so it may stand in the range.
    some = "+".join(f'SUMPRODUCT(--(TRIM({area})<>""))' for area in _ranges(form, (ref, *brothers))) + ">0"
    yield Clause(ref, "thieu-so-lieu", rule.severity, both(cells.blank(ref), some, *cells.unexcused(ref)))


def _ranges(form: Form, refs: tuple[CellRef, ...]) -> list[str]:
    """Cells of one column, neighbours joined to a range."""
    place = form_layout(form).appendices[refs[0].appendix]
    ordered = sorted(refs, key=lambda ref: place.position(ref))
    runs: list[list[CellRef]] = []
    for ref in ordered:
        if runs and place.position(ref)[0] == place.position(runs[-1][-1])[0] + 1:
            runs[-1].append(ref)
        else:
            runs.append([ref])
    return [
        place.address(run[0]) if len(run) == 1 else f"{place.address(run[0])}:{place.address(run[-1])}" for run in runs
    ]


def _fraction(form: Form, rule: Rule, ref: CellRef) -> Iterator[Clause]:
    cells = Cells(form, ref.appendix)
    cell = cells.at(ref)
    yield Clause(ref, "phan-tram-le", rule.severity, both(cells.number(ref), f"{cell}>=0.5", f"{cell}<1"))
    yield Clause(ref, "phan-tram-le", rule.softer, both(cells.number(ref), f"{cell}>0", f"{cell}<0.5"))


def _compare(form: Form, rule: Rule, ref: CellRef) -> Iterator[Clause]:
    for code, severity, test in compare_cases(form, rule, ref):
        yield Clause(ref, code, severity, test)


def _spare_unnamed(form: Form, rule: Rule, ref: CellRef) -> Iterator[Clause]:
    cells = Cells(form, ref.appendix)
    content = [spec.ref for spec in form.appendix(ref.appendix).spare_cells[ref.order or 0] if is_content(spec)]
    yield Clause(ref, "dong-them-chua-ten", rule.severity, both(cells.blank(ref), cells.in_use(content)))


def _required(form: Form, rule: Rule, ref: CellRef) -> Iterator[Clause]:
    if of_another_level(form, ref):
        return
    cells = Cells(form, ref.appendix)
    gate = excel_condition(rule.when, cells.addresses, ref.order) if rule.when is not None else ""
    yield Clause(ref, "thieu-so-lieu", rule.severity, both(cells.blank(ref), gate, *cells.unexcused(ref)))


def _evidence(form: Form, rule: Rule, ref: CellRef) -> Iterator[Clause]:
    cells = Cells(form, ref.appendix)
    gate = excel_condition(rule.when, cells.addresses, ref.order) if rule.when is not None else ""
    yield Clause(ref, "thieu-ket-qua", rule.severity, both(cells.blank(ref), gate))


_WRITERS: dict[RuleKind, Callable[[Form, Rule, CellRef], Iterator[Clause]]] = {
    RuleKind.TYPE: _type,
    RuleKind.OPTION: _option,
    RuleKind.RATIO: _ratio,
    RuleKind.RATIO_MISSING: _ratio_missing,
    RuleKind.RATIO_WITHOUT_INPUTS: _ratio_without_inputs,
    RuleKind.ZERO_OVER_ZERO: _zero_over_zero,
    RuleKind.INPUTS_PARTIAL: _inputs_partial,
    RuleKind.OVER_HUNDRED: _over_hundred,
    RuleKind.TOTAL: _total,
    RuleKind.TOTAL_MISSING: _total_missing,
    RuleKind.SAME_CODE: _same_code,
    RuleKind.SINGLE_MARK: _single_mark,
    RuleKind.MARK_EVIDENCE: _mark_evidence,
    RuleKind.SIBLING: _sibling,
    RuleKind.FRACTION: _fraction,
    RuleKind.COMPARE: _compare,
    RuleKind.REQUIRED: _required,
    RuleKind.EVIDENCE: _evidence,
    RuleKind.SPARE_UNNAMED: _spare_unnamed,
}
