"""Results as Vietnamese text for the terminal."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from cchc_xl.catalogue.model import Form
from cchc_xl.catalogue.numbering import form_remarks
from cchc_xl.completion import Completion, completion
from cchc_xl.consolidation.owing import owing_units
from cchc_xl.consolidation.states import FileState
from cchc_xl.consolidation.summary import Summary
from cchc_xl.consolidation.timing import days_late
from cchc_xl.cover import COVER_ID, COVER_SHEET, FIELDS
from cchc_xl.finding import Finding
from cchc_xl.leftovers import LEFTOVER_SHEET
from cchc_xl.operations import CheckedFile, Upgraded, WordExport
from cchc_xl.own_part import OWN_SHEET
from cchc_xl.periods import format_date
from cchc_xl.report.lines import culprit_lines
from cchc_xl.severity import Severity

_WIDTH = 110
# Hints of one kind on one sheet: the first ones are shown, the rest counted.
_SHOWN_HINTS = 3
# What of the cover stands in the head of a printed appendix.
_LETTER = ("unit", "report_number", "report_date", "place")
_COMPLETION = {
    Completion.COMPLETE: "còn giá trị",
    Completion.LAPSED: "hết giá trị vì số liệu đã thay đổi sau đó, hãy kiểm tra lại trong Excel",
}
_LEVELS = {"xa": "cấp xã", "huyen": "cấp huyện", "tinh": "cấp tỉnh"}


def forms_text(forms: Sequence[Form]) -> str:
    """The list of forms."""
    lines = []
    for form in forms:
        lines.append(f"{form.id}  ({_LEVELS[form.level]}; {form.locality})")
        lines.append(f"    {form.name}")
        lines.extend(f"    {a.id:<4} {len(a.printed):>4} dòng  {a.title}" for a in form.appendices)
    return "\n".join(lines)


def rules_text(form: Form) -> str:
    """The rules of a form in words."""
    lines = [f"Quy tắc kiểm tra của biểu {form.id} – {form.name}"]
    for appendix in form.appendices:
        # What holds of the first spare row holds of all.
        same = set(appendix.spare_cells) - set(tuple(appendix.spare_cells)[:1])
        rules = [
            rule
            for rule in form.rules
            if rule.appendix == appendix.id and rule.active and not (rule.at and rule.at.order in same)
        ]
        lines.append(f"\n{appendix.id} – {appendix.title} ({len(rules)} quy tắc)")
        lines.extend(f"  {rule.id:<24} {rule.severity.word:<9} {rule.words}" for rule in rules)
        if same:
            lines.append("  (Các dòng thêm khác: như dòng thêm thứ 1.)")
    if remarks := form_remarks(form):
        lines.append("\nGợi ý về chính biểu mẫu (in như vậy trong văn bản, không phải lỗi của người nhập):")
        lines.extend(f"  {remark}" for remark in remarks)
    return "\n".join(lines)


def checked_text(checked: CheckedFile) -> str:
    """One file's findings, in form order, each with its cell and what to do."""
    if checked.result is None or checked.submission is None:
        return f"{checked.file}: {checked.fault}"
    stamp, result = checked.submission.stamp, checked.result
    who = " – ".join(filter(None, (stamp.unit, stamp.period)))
    counts = ", ".join(f"{result.count(s)} {s.word.lower()}" for s in Severity)
    lines = [
        f"{checked.file}" + (f" ({who})" if who else ""),
        f"  {counts}; {result.passed} phép kiểm tra đúng, {result.not_evaluated} chưa đủ số liệu để kiểm tra.",
    ]
    if stamp.completed:
        lines.append(f"  Dấu hoàn thành ngày {stamp.completed}: {_COMPLETION[completion(checked.submission)]}.")
    findings = [finding for finding in result.findings if finding.appendix == COVER_ID]
    if findings:
        lines.append(f"\n  Trang {COVER_SHEET}")
        lines.extend(_findings(findings))
    for appendix in checked.submission.form.appendices:
        findings = [finding for finding in result.findings if finding.appendix == appendix.id]
        if findings:
            lines.append(f"\n  {appendix.printed_id} – {appendix.title}")
            lines.extend(_findings(findings))
    lines.extend(_culprits(checked))
    return "\n".join(lines)


def _culprits(checked: CheckedFile) -> Iterator[str]:
    if checked.culprits:
        yield "\n  Nên xem trước các ô sau (sửa một trong các nhóm ô là đủ hết mâu thuẫn; công cụ không tự sửa):"
    for line in culprit_lines(checked):
        yield textwrap.fill(line, _WIDTH, initial_indent="    • ", subsequent_indent="      ")


def _findings(findings: Sequence[Finding]) -> Iterator[str]:
    hints = Counter(f.code for f in findings if f.severity is Severity.INFO)
    shown: Counter[str] = Counter()
    for finding in findings:
        if finding.severity is Severity.INFO:
            shown[finding.code] += 1
            if shown[finding.code] > _SHOWN_HINTS:
                continue
        place = f"{finding.sheet}!{finding.cell}" if finding.cell else finding.sheet
        head = f"    {place:<10} {finding.severity.word:<9} "
        indent = " " * len(head)
        yield textwrap.fill(finding.message, _WIDTH, initial_indent=head, subsequent_indent=indent)
        yield textwrap.fill(
            f"→ {finding.remedy} [{finding.rule}]", _WIDTH, initial_indent=indent, subsequent_indent=indent + "  "
        )
    for code, count in hints.items():
        if count > _SHOWN_HINTS:
            yield f"    … và {count - _SHOWN_HINTS} gợi ý nữa cùng loại “{code}”."


def exported_text(export: WordExport) -> str:
    """What was written as a Word document."""
    submission = export.submission
    whose = f" của {submission.stamp.unit}" if submission.stamp.unit else ""
    return f"Đã xuất {len(submission.form.appendices)} phụ lục{whose} ra {export.target}."


def exported_remarks(export: WordExport) -> list[str]:
    """What is to be known before the document is signed; nothing of it stands in the document."""
    submission, result = export.submission, export.result
    remarks = []
    if export.kept is not None:
        remarks.append(f"Tệp {export.target.name} có sẵn được giữ lại thành {export.kept.name}.")
    if not submission.has_figures():
        return [*remarks, "Sổ chưa có số liệu: bản Word là biểu trống."]
    explained = completion(submission) is Completion.COMPLETE
    counts = {Severity.ERROR: result.count(Severity.ERROR), Severity.WARNING: result.count(Severity.WARNING)}
    found = ", ".join(f"{count} {severity.word.lower()}" for severity, count in counts.items() if count)
    if found and not explained:
        remarks.append(
            f"Sổ còn {found}; bản Word ghi đúng như trong sổ. "
            "Hãy xem bằng lệnh kiem-tra, sửa hoặc giải trình trước khi ký."
        )
    blank = sum(not part.own.filled for part in submission.own_parts.values())
    if blank:
        remarks.append(
            f"Còn {blank} chỉ tiêu chờ phần của cấp tổng hợp (trang “{OWN_SHEET}”): ô tổng trong bản Word còn để trống."
        )
    cover = submission.cover
    missing = [FIELDS[key] for key in _LETTER if cover is not None and not cover.value(key).filled]
    if missing:
        names = ", ".join(name[0].lower() + name[1:] for name in missing)
        remarks.append(f"Trang {COVER_SHEET} chưa ghi {names}: bản Word để dấu chấm ở chỗ đó.")
    return remarks


def upgraded_text(upgraded: Upgraded, source: str) -> str:
    """What an upgrade did with every value of the old workbook."""
    form, stamp = upgraded.form, upgraded.stamp
    if upgraded.target is None:
        return f"Sổ {source} đã theo phiên bản {form.version} (mới nhất) của biểu {form.id}: không phải chuyển gì."
    lines = [
        f"Đã chuyển {upgraded.cells} ô số liệu từ phiên bản {stamp.version} sang phiên bản {form.version} "
        f"của biểu {form.id}: {upgraded.target}. Sổ cũ giữ nguyên."
    ]
    if upgraded.typed_over:
        lines.append(
            f"{upgraded.typed_over} ô tổng, tỷ lệ mà đơn vị tự gõ số được giữ nguyên như đã gõ; "
            "các ô tổng, tỷ lệ khác do công thức của biểu mới tính."
        )
    else:
        lines.append("Các ô tổng, tỷ lệ do công thức của biểu mới tính.")
    if upgraded.results:
        lines.append(f"{upgraded.results} ô có công thức tự gõ: đã chuyển kết quả thành số.")
    if upgraded.leftovers:
        lines.append(
            f"{upgraded.leftovers} ô chưa có chỗ trong biểu mới: "
            f"xem trang “{LEFTOVER_SHEET}” của sổ mới rồi nhập lại nếu cần."
        )
    if upgraded.other_sheets:
        names = ", ".join(f"“{name}”" for name in upgraded.other_sheets)
        lines.append(f"Trang không thuộc biểu nên không chuyển, còn nguyên trong sổ cũ: {names}.")
    return "\n".join(lines)


def summary_text(summary: Summary, out: Path | None) -> str:
    """A merge: who is in, who is not and why, where the result lies."""
    form = f"biểu {summary.form.id}" if summary.form else "chưa rõ biểu"
    period = f"kỳ {summary.period}" if summary.period else "chưa rõ kỳ"
    whose = f" cho {summary.parent}" if summary.parent else ""
    lines = [f"Tổng hợp{whose}, {form}, {period}: {len(summary.children)}/{summary.units_expected} đơn vị."]
    if summary.deadline is not None:
        late = [days_late(unit.file, summary.deadline) for unit in owing_units(summary) if unit.file]
        lines[0] += (
            f" Hạn nộp {format_date(summary.deadline)}: đúng hạn {late.count(0)}, quá hạn {sum(map(bool, late))}."
        )
    for file in summary.files:
        unit = f" – {file.unit}" if file.unit else ""
        lines.append(f"  {file.state.word:<24} {file.received.file}{unit}")
        if file.reason:
            lines.append(textwrap.fill(file.reason, _WIDTH, initial_indent=" " * 27, subsequent_indent=" " * 27))
    received = {file.unit_code for file in summary.files}
    lines.extend(f"  {'Chưa nộp':<24} {u.full_name} ({u.code})" for u in summary.missing if u.code not in received)
    left_out = sum(file.state is not FileState.DUPLICATE for file in summary.left_out)
    if left_out:
        lines.append(
            f"Có {left_out} sổ không được đưa vào; xem lý do ở trên. Đưa vào có lý do: --ke-ca TỆP --ly-do “…”."
        )
    lines.extend(failed.sentence + "." for failed in summary.proof.failed)
    if summary.form is None:
        lines.append("Không có sổ nào đọc được theo biểu của bộ công cụ nên không lập sổ tổng hợp.")
    elif not summary.children:
        lines.append("Không có sổ nào được đưa vào nên sổ tổng hợp chưa có số liệu: xem lý do của từng tệp ở trên.")
    if summary.changes is not None:
        moved, units = summary.changes.moved_totals, len(summary.changes.units)
        lines.append(
            f"So với bản trước: {units} đơn vị có tệp thay đổi, {moved} chỉ tiêu có tổng thay đổi (trang “Thay đổi”)."
        )
    if summary.earlier is not None and summary.earlier.remark:
        lines.append(summary.earlier.remark)
    if summary.kept:
        lines.append(summary.kept)
    if out is not None:
        lines.append(f"Sổ tổng hợp: {out}")
        lines += [f"Bảng số liệu gốc: {out.with_name(name)}" for name in summary.beside]
    return "\n".join(lines)
