"""The page that explains every finding code (``workbooks/MA-KIEM-TRA.md``), with examples that cannot rot.

Each example is what the check says of a small fill, here and now; rules and severities come from the catalogue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from cchc_xl.atomic import replacing
from cchc_xl.catalogue.load import form_ids, load_form
from cchc_xl.catalogue.model import CellKind, Form, Rule, RuleKind
from cchc_xl.checks.run import check
from cchc_xl.cover import Cover, CoverCell, standard_cover
from cchc_xl.expressions import CellRef
from cchc_xl.filling import printed_value
from cchc_xl.finding import Finding
from cchc_xl.messages import TEMPLATES
from cchc_xl.readers.grid import CellFacts
from cchc_xl.readers.read_submission import read_book
from cchc_xl.severity import Severity
from cchc_xl.stamp import STAMP_SHEET, Stamp
from cchc_xl.submission import FormulaState, Submission, blank_submission
from cchc_xl.values import BLANK, UNCALCULATED, State, Value

PAGE = Path(__file__).resolve().parents[2] / "workbooks" / "MA-KIEM-TRA.md"
REGENERATE = 'python -c "from cchc_xl.report.reference import write; write()"'

Figures = Mapping[str, "str | Value"]  # "PL1.5" or "PL4.1.online" → what stands there

_CAM_GIANG, _NINH_HAI, _VINH_THANH = "cam-giang-2024", "ninh-hai-2023", "vinh-thanh-2023"


@dataclass(frozen=True, slots=True)
class _Example:
    """A small fill that gives a finding of the code; ``before``: the workbook of the earlier period."""

    form: str
    figures: Figures
    before: Figures = field(default_factory=dict)


_EXAMPLES: dict[str, _Example] = {
    "bien-dong-lon": _Example(_CAM_GIANG, {"PL1.45": "48"}, {"PL1.45": "18"}),
    "chua-danh-dau": _Example(_VINH_THANH, {"PL1.3.done": "x", "PL1.3.result_note": "Kế hoạch của UBND xã"}),
    "chua-tinh": _Example(_CAM_GIANG, {"PL1.2": UNCALCULATED}),
    "danh-dau-hai-o": _Example(
        _VINH_THANH, {"PL1.3.done": "x", "PL1.3.not_done": "x", "PL1.3.result_note": "Đang làm"}
    ),
    "dong-them-chua-ten": _Example(_VINH_THANH, {"PL1.32.done": "x", "PL1.32.result_note": "Kế hoạch của UBND xã"}),
    "dong-them-trung-ten": _Example(_VINH_THANH, {"PL4.7.label": "HỘ TỊCH", "PL4.7.direct": "4", "PL4.7.on_time": "4"}),
    "duoi-muc": _Example(_CAM_GIANG, {"PL1.85": "29", "PL1.86": "7", "PL1.76": "3", "PL1.80": "5"}),
    "go-de-cong-thuc": _Example(_CAM_GIANG, {"PL1.4": "20", "PL1.5": "5", "PL1.3": "25"}),
    "hai-noi-khac-nhau": _Example(_CAM_GIANG, {"PL1.49": "18", "PL1.54": "17"}),
    "khong-khop": _Example(
        _VINH_THANH, {"PL4.1.online": "26", "PL4.1.direct": "10", "PL4.1.on_time": "30", "PL4.1.in_time": "5"}
    ),
    "khong-nho-hon": _Example(_CAM_GIANG, {"PL1.45": "18", "PL1.49": "18"}),
    "khong-phai-so": _Example(_CAM_GIANG, {"PL1.2": "nhiều"}),
    "khong-tren-khong": _Example(_VINH_THANH, {"PL6.9": "0", "PL6.10": "0", "PL6.8": "100"}),
    "luy-ke-giam": _Example(_CAM_GIANG, {"PL1.4": "20", "PL1.5": "5"}, {"PL1.4": "20", "PL1.5": "9"}),
    "ma-hai-noi-dung": _Example(
        _VINH_THANH,
        {"PL5.16.level": "3", "PL5.16.total": "4", "PL5.17.level": "4", "PL5.17.total": "2"},
    ),
    "ma-thu-tuc-sai": _Example(_VINH_THANH, {"PL5.1.code": "Hộ tịch 3"}),
    "mau-so-bang-0": _Example(_CAM_GIANG, {"PL1.66": "0", "PL1.67": "5"}),
    "ngay-thang": _Example(_CAM_GIANG, {"PL1.2": Value(State.DATE, text="04/05/2024")}),
    "ngoai-danh-sach": _Example(_VINH_THANH, {"PL6.16": "3"}),
    "o-bao-loi": _Example(_CAM_GIANG, {"PL1.2": Value(State.ERROR, text="#REF!")}),
    "chua-het": _Example(_CAM_GIANG, {"PL1.7": "10", "PL1.8": "5", "PL1.9": "1", "PL1.10": "0"}),
    "so-thanh-ngay": _Example(_CAM_GIANG, {"PL1.49": "18", "PL1.50": "45050", "PL1.51": "0"}),
    "phan-tram-le": _Example(_CAM_GIANG, {"PL1.69": "500", "PL1.70": "0,99"}),
    "so-am": _Example(_CAM_GIANG, {"PL1.2": "-3"}),
    "so-dang-chu": _Example(_CAM_GIANG, {"PL1.35": Value(State.TEXT, text="1.117")}),
    "so-doc-duoc": _Example(_CAM_GIANG, {"PL1.56": "16 (88,9%)"}),
    "so-le": _Example(_CAM_GIANG, {"PL1.2": "2,5"}),
    "thieu-hang-nghin": _Example(_CAM_GIANG, {"PL1.7": "2.100", "PL1.8": "2", "PL1.9": "1.100", "PL1.10": "1.900"}),
    "thieu-ket-qua": _Example(_VINH_THANH, {"PL1.3.done": "x"}),
    "thieu-so-lieu": _Example(_CAM_GIANG, {"PL1.70": "90,4", "PL1.71": "9,6"}),
    "thieu-tu-hoac-mau": _Example(_CAM_GIANG, {"PL1.4": "20"}),
    "tong-sai": _Example(_CAM_GIANG, {"PL1.75": "50", "PL1.79": "25", "PL1.82": "70"}),
    "tong-trong": _Example(_CAM_GIANG, {"PL1.75": "50", "PL1.79": "25", "PL1.82": BLANK}),
    "trung-ma": _Example(
        _VINH_THANH,
        {"PL5.1.level": "4", "PL5.1.total": "9", "PL5.2.level": "4", "PL5.2.total": "6"},
    ),
    "truoc-co-nay-trong": _Example(_CAM_GIANG, {"PL1.2": "4"}, {"PL1.2": "4", "PL1.14": "6"}),
    "ty-le-hai-mau-so": _Example(_NINH_HAI, {"PL3.6": "274", "PL3.28": "50", "PL3.29": "40", "PL3.27": "60"}),
    "ty-le-sai": _Example(_VINH_THANH, {"PL6.55": "1.134", "PL6.56": "1.117", "PL6.57": "1.117", "PL6.54": "98,5"}),
    "tren-100": _Example(_CAM_GIANG, {"PL1.34": "120"}),
    "ty-le-thieu-dau-vao": _Example(_CAM_GIANG, {"PL1.3": "25"}),
    "ty-le-trong": _Example(_CAM_GIANG, {"PL1.4": "20", "PL1.5": "5", "PL1.3": BLANK}),
    "vuot-qua": _Example(_CAM_GIANG, {"PL1.35": "120", "PL1.36": "125"}),
}


def _with(field: str, content: str) -> Callable[[Cover], Cover]:
    value = Value(State.TEXT, text=content) if content else BLANK
    return lambda cover: replace(cover, cells={**cover.cells, field: CoverCell(value)})


# Codes that come from no rule of a form, with the number of their check.
_WITHOUT_RULE = {"bia-sai": "B01", "bia-trong": "B02", "cau-truc": "S01"}
_COVERS = {"bia-sai": _with("date_to", "31/11/2024"), "bia-trong": _with("unit", "")}


@dataclass(frozen=True, slots=True)
class _Source:
    """Which rules give a code: their kind, their operators where it matters, and in which severity."""

    kinds: tuple[RuleKind, ...]
    op: tuple[str, ...] = ()
    severities: Callable[[Rule], tuple[Severity, ...]] = lambda rule: (rule.severity,)
    cells: tuple[CellKind, ...] = ()


def _softer(rule: Rule) -> tuple[Severity, ...]:
    return (rule.softer,)


def _either(rule: Rule) -> tuple[Severity, ...]:
    return (rule.severity, rule.softer)


def _softened(rule: Rule) -> tuple[Severity, ...]:
    return _either(rule) if rule.soften is not None else (rule.severity,)


def _hint(rule: Rule) -> tuple[Severity, ...]:
    return (Severity.INFO,)


_TYPE = _Source((RuleKind.TYPE,))
_WHOLE = (CellKind.COUNT, CellKind.MARK)
_SOURCES: dict[str, _Source] = {
    "chua-het": _Source((RuleKind.COMPARE,), ("<=",), _hint),
    "bien-dong-lon": _Source((RuleKind.AT_DATE_JUMPS,)),
    "chua-danh-dau": _Source((RuleKind.SINGLE_MARK,), (), _softer),
    "chua-tinh": _TYPE,
    "danh-dau-hai-o": _Source((RuleKind.SINGLE_MARK,)),
    "dong-them-chua-ten": _Source((RuleKind.SPARE_UNNAMED,)),
    "dong-them-trung-ten": _Source((RuleKind.SPARE_REPEATS,)),
    # Σ parts ≤ whole, reported at the whole, says "too small" there.
    "duoi-muc": _Source((RuleKind.COMPARE,), (">=", ">", "<="), _softened),
    "go-de-cong-thuc": _Source((RuleKind.OVERWRITTEN,)),
    "hai-noi-khac-nhau": _Source((RuleKind.SAME_CODE,)),
    "khong-khop": _Source((RuleKind.COMPARE,), ("=",), _softened),
    "khong-nho-hon": _Source((RuleKind.COMPARE,), ("<",), _softened),
    "khong-phai-so": _TYPE,
    "khong-tren-khong": _Source((RuleKind.ZERO_OVER_ZERO,)),
    "luy-ke-giam": _Source((RuleKind.CUMULATIVE_FALLS,)),
    "ma-hai-noi-dung": _Source((RuleKind.LIST_CODES,)),
    "ma-thu-tuc-sai": _Source((RuleKind.PROCEDURE_CODE,), (), _softer),
    "mau-so-bang-0": _Source((RuleKind.RATIO,)),
    "ngay-thang": _TYPE,
    "ngoai-danh-sach": _Source((RuleKind.OPTION,)),
    "o-bao-loi": _TYPE,
    "phan-tram-le": _Source((RuleKind.FRACTION,), (), _either),
    "so-am": _TYPE,
    "so-dang-chu": _Source((RuleKind.TYPE,), (), _softer),
    "so-doc-duoc": _Source((RuleKind.TYPE,), (), _softer),
    "so-le": _Source((RuleKind.TYPE,), cells=_WHOLE),
    "thieu-hang-nghin": _Source((RuleKind.MAGNITUDE,)),
    "thieu-ket-qua": _Source((RuleKind.MARK_EVIDENCE, RuleKind.EVIDENCE), (), _either),
    "so-thanh-ngay": _Source((RuleKind.SERIAL_DATE,), (), _either),
    "thieu-so-lieu": _Source((RuleKind.REQUIRED, RuleKind.SIBLING)),
    "thieu-tu-hoac-mau": _Source((RuleKind.INPUTS_PARTIAL,)),
    "tong-sai": _Source((RuleKind.TOTAL,)),
    "tong-trong": _Source((RuleKind.TOTAL_MISSING,)),
    "trung-ma": _Source((RuleKind.LIST_CODES,), (), _hint),
    "truoc-co-nay-trong": _Source((RuleKind.EMPTIED,)),
    "ty-le-hai-mau-so": _Source((RuleKind.RATIO,), (), _softer),
    "ty-le-sai": _Source((RuleKind.RATIO,)),
    "tren-100": _Source((RuleKind.OVER_HUNDRED,), (), _either),
    "ty-le-thieu-dau-vao": _Source((RuleKind.RATIO_WITHOUT_INPUTS,), (), _either),
    "ty-le-trong": _Source((RuleKind.RATIO_MISSING,)),
    "vuot-qua": _Source((RuleKind.COMPARE,), ("<=",), _softened),
}


def example(code: str) -> tuple[Form, Finding, Rule | None]:
    """The finding of this code that the check gives on a small fill, with its form and rule (S01 has none)."""
    if code == "cau-truc":
        submission = read_book(_TornBook(), "so.xlsx")
        return submission.form, check(submission).findings[0], None
    if code in _COVERS:
        form = load_form(_CAM_GIANG)
        cover = _COVERS[code](standard_cover(form, Stamp(form.id, form.version, "UBND xã Thử", period=form.period)))
        return form, check(replace(_filled(form.id, {}), cover=cover)).findings[0], None
    if code == "quy-tac-hong":
        form = load_form(_CAM_GIANG)
        rule = replace(next(rule for rule in form.rules if rule.kind is RuleKind.COMPARE), left=None)
        broken = replace(_filled(form.id, {}), form=replace(form, rules=(rule,)))
        return form, check(broken).findings[0], rule
    case = _EXAMPLES[code]
    previous = _filled(case.form, case.before) if case.before else None
    submission = _filled(case.form, case.figures)
    finding = next(found for found in check(submission, previous).findings if found.code == code)
    rule = next(rule for rule in submission.form.rules if rule.id == finding.rule)
    return submission.form, finding, rule


def _filled(form_id: str, figures: Figures) -> Submission:
    form = load_form(form_id)
    blank = blank_submission(form, Stamp(form.id, form.version, period=form.period))
    entries = dict(blank.entries)
    for place, content in figures.items():
        appendix, order, *column = place.split(".")
        ref = CellRef(appendix, int(order), column[0] if column else "value")
        value = content if isinstance(content, Value) else printed_value(form.spec(ref), content)
        formula = FormulaState.ALTERED if value.state is State.UNCALCULATED else FormulaState.NONE
        entries[ref] = replace(entries[ref], value=value, formula=formula)
    return replace(blank, entries=entries)


class _TornBook:
    """A workbook of ours whose only form sheet was deleted."""

    sheet_names: Sequence[str] = (STAMP_SHEET,)

    def grid(self, sheet: str) -> Sequence[Sequence[object]]:
        """The stamp."""
        return Stamp(_CAM_GIANG, load_form(_CAM_GIANG).version).rows()

    def facts(self, sheet: str) -> CellFacts:
        """No formula, no error."""
        return CellFacts()


def rules_of(code: str) -> list[tuple[Form, Rule]]:
    """The active rules of all forms that can give a finding of this code."""
    source = _SOURCES.get(code)
    if source is None:
        return []
    return [
        (form, rule)
        for form in map(load_form, sorted(form_ids()))
        for rule in form.rules
        if _gives(source, form, rule, code)
    ]


def _gives(source: _Source, form: Form, rule: Rule, code: str) -> bool:
    if not rule.active or rule.kind not in source.kinds or (source.op and rule.op not in source.op):
        return False
    if rule.kind is RuleKind.RATIO and code in ("ty-le-sai", "ty-le-hai-mau-so"):
        return (len(rule.right) > 1) is (code == "ty-le-hai-mau-so")
    if rule.kind is not RuleKind.TYPE or rule.at is None:
        return True
    return not source.cells or form.spec(rule.at).kind in source.cells


def severities_of(code: str) -> list[Severity]:
    """The severities that a finding of this code can have, the gravest first."""
    source = _SOURCES.get(code)
    if source is None:
        return [example(code)[1].severity]
    found = {severity for _, rule in rules_of(code) for severity in source.severities(rule)}
    return sorted(found, key=lambda severity: severity.rank)


def prefixes_of(code: str) -> list[str]:
    """Numbers of the general checks behind a code: ``R09``; ``S01`` is the structure, ``*`` any rule."""
    if code == "quy-tac-hong":
        return ["*"]
    if code not in _SOURCES:
        return [_WITHOUT_RULE[code]]
    return sorted({rule.id.split("-")[0] for _, rule in rules_of(code)})


def reference_page() -> str:
    """The page: a table of all codes, then each code with an example and what to do, then the rules by number."""
    return "\n".join([*_head(), *_overview(), *_codes(), *_rules()]) + "\n"


def write(path: Path = PAGE) -> None:
    """Store the page, atomically."""
    with replacing(path) as temporary:
        temporary.write_text(reference_page(), encoding="utf-8", newline="\n")


def _head() -> Iterator[str]:
    yield "# Mã kiểm tra"
    yield ""
    yield f"<!-- Trang này do máy lập, không sửa tay: {REGENERATE} -->"
    yield ""
    yield (
        "Mỗi phát hiện của lệnh `kiem-tra` mang một mã. Trang này nói mỗi mã nghĩa là gì, ví dụ thế nào, phải làm gì. "
        "Các ví dụ là lời của chính công cụ khi kiểm tra những số liệu nhỏ đặt ra để minh họa, không phải số liệu thật."
    )
    yield ""
    yield "- **Lỗi**: số liệu mâu thuẫn, phải sửa."
    yield "- **Cảnh báo**: cần sửa hoặc giải trình."
    yield "- **Gợi ý**: nên xem lại."
    yield ""
    yield (
        "Cột *Quy tắc* ghi số hiệu của phép kiểm tra; trong kết quả, số hiệu ấy đứng đầu mã quy tắc "
        "(`R09-PL6-56` là phép R09 ở dòng thứ 56 của PL6). Bảng số hiệu ở cuối trang."
    )
    yield ""


def _overview() -> Iterator[str]:
    yield "| Mã | Mức độ | Quy tắc |"
    yield "|---|---|---|"
    for code in sorted(TEMPLATES):
        yield f"| [`{code}`](#{code}) | {_severity_words(code)} | {_rule_words(code)} |"
    yield ""


def _codes() -> Iterator[str]:
    for code in sorted(TEMPLATES):
        form, finding, rule = example(code)
        yield f"## {code}"
        yield ""
        yield f"**Mức độ:** {_severity_words(code)}. **Quy tắc:** {_rule_words(code)}."
        yield ""
        place = f"trang {finding.sheet}, ô {finding.cell}" if finding.cell else f"trang {finding.sheet}"
        yield f"> **{finding.severity.word}** ({place} của biểu `{form.id}`): {_plain(finding.message)}"
        yield ""
        yield f"**Cách xử lý:** {_plain(finding.remedy)}"
        yield ""
        if rule is not None and code != "quy-tac-hong" and rule.words.rstrip(".") not in finding.message:
            yield f"Yêu cầu của quy tắc `{rule.id}`: {_plain(rule.words.rstrip('.'))}."
            yield ""


def _rules() -> Iterator[str]:
    """What each number checks: the words of its first rule, and how many rules bear it."""
    codes: dict[str, list[str]] = {}
    rules: dict[str, list[tuple[Form, Rule]]] = {}
    for code in sorted(_SOURCES):
        for form, rule in rules_of(code):
            prefix = rule.id.split("-")[0]
            if code not in codes.setdefault(prefix, []):
                codes[prefix].append(code)
            if (form, rule) not in rules.setdefault(prefix, []):
                rules[prefix].append((form, rule))
    yield "## Số hiệu quy tắc"
    yield ""
    yield "| Số hiệu | Mã | Số quy tắc ở các biểu | Ví dụ |"
    yield "|---|---|---|---|"
    yield "| B01 | `bia-sai` | | Kỳ và các ngày ở trang Bìa đọc được, ngày đầu không sau ngày cuối |"
    yield "| B02 | `bia-trong` | | Trang Bìa có tên đơn vị, kỳ báo cáo và hai ngày của kỳ số liệu |"
    yield "| S01 | `cau-truc` | | Sổ còn đủ các trang, dòng, cột in sẵn, đúng thứ tự |"
    for prefix in sorted(rules):
        shown = ", ".join(f"`{code}`" for code in codes[prefix])
        yield f"| {prefix} | {shown} | {len(rules[prefix])} | {_plain(rules[prefix][0][1].words.rstrip('.'))} |"


def _severity_words(code: str) -> str:
    return ", ".join(severity.word for severity in severities_of(code))


def _rule_words(code: str) -> str:
    prefixes = prefixes_of(code)
    return "bất kỳ" if prefixes == ["*"] else ", ".join(prefixes)


def _plain(text: str) -> str:
    """A text that Markdown shows as it stands."""
    for sign in "\\|*_<":
        text = text.replace(sign, f"\\{sign}")
    return text
