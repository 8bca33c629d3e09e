"""The command line ``cchc-xl``. Exit 0 = nothing wrong, 1 = errors found, 2 = it could not run (one sentence)."""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from cchc_xl.errors import CchcError, InputFault
from cchc_xl.hosts.arguments import build_parser
from cchc_xl.hosts.fault_log import log_fault
from cchc_xl.hosts.pace import Pace

OK, ERRORS_FOUND, COULD_NOT_RUN = 0, 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; never shows a traceback for what a user can cause."""
    try:
        return _run(argv)
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # an impatient second one must not interrupt the sentence
        print("Đã dừng theo yêu cầu.", file=sys.stderr)
    return COULD_NOT_RUN


def _run(argv: Sequence[str] | None) -> int:
    for stream in (sys.stdout, sys.stderr):
        # Windows consoles and pipes default to a code page without Vietnamese letters.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    parser = build_parser()
    command = ""
    try:
        args = parser.parse_args(argv)
        command = args.command or ""
        if args.command is None:
            parser.print_help()
            return COULD_NOT_RUN
        return _COMMANDS[args.command](args)
    except CchcError as fault:
        print(fault, file=sys.stderr)
    except BrokenPipeError:
        # The reader of our output (head, less) went away: nothing to report, and nobody to report it to.
        sys.stderr.close()
    except UnicodeError:
        print("Tên hoặc đường dẫn có ký tự mà máy này không hiểu: hãy đặt lại bảng mã UTF-8.", file=sys.stderr)
    except OSError as error:
        print(f"Không đọc hoặc ghi được {error.filename or 'tệp'}: {_reason(error)}.", file=sys.stderr)
    except Exception as error:
        # A fault of ours. What it says of itself may hold figures or names, so neither screen nor log shows it.
        log = log_fault(command, error)
        print(f"Có trục trặc ngoài dự kiến ({type(error).__name__}); chi tiết ở tệp {log}.", file=sys.stderr)
    return COULD_NOT_RUN


def _reason(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return "không có quyền, hoặc tệp đang mở trong chương trình khác"
    if isinstance(error, FileNotFoundError):
        return "không tìm thấy"
    return "hãy kiểm tra tên, thư mục và ổ đĩa"


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


def _forms(args: argparse.Namespace) -> int:
    from cchc_xl.catalogue.load import load_catalogue
    from cchc_xl.report.as_json import form_json
    from cchc_xl.report.as_text import forms_text

    forms = list(load_catalogue().values())
    if args.json:
        _print_json([form_json(form) for form in forms])
    else:
        print(forms_text(forms))
    return OK


def _rules(args: argparse.Namespace) -> int:
    from cchc_xl.catalogue.load import load_form
    from cchc_xl.report.as_json import rule_json
    from cchc_xl.report.as_text import rules_text

    form = load_form(args.form)
    if args.json:
        _print_json([rule_json(rule) for rule in form.rules])
    else:
        print(rules_text(form))
    return OK


def _create(args: argparse.Namespace) -> int:
    from cchc_xl.operations import NewWorkbook, create_workbook

    previous = Path(args.ky_truoc) if args.ky_truoc else None
    request = NewWorkbook(args.form, args.don_vi, args.ma, args.ky, args.tu, args.den, previous)
    stamp = create_workbook(request, Path(args.out))
    dates = f", số liệu từ {stamp.date_from} đến {stamp.date_to}" if stamp.date_from and stamp.date_to else ""
    print(f"Đã lập sổ {args.out} theo biểu {stamp.form}{dates}.")
    return OK


def _fill(args: argparse.Namespace) -> int:
    from cchc_xl.operations import fill_workbook

    filled = fill_workbook(Path(args.workbook), Path(args.folder), Path(args.out) if args.out else None)
    for remark in filled.remarks:
        print(remark, file=sys.stderr)
    text = f"; {filled.as_text} ô số giữ nguyên chữ vì không đọc được thành số gọn" if filled.as_text else ""
    print(f"Đã nhập {filled.written} ô ({', '.join(filled.appendices)}) vào {args.out or args.workbook}{text}.")
    return OK


def _upgrade(args: argparse.Namespace) -> int:
    from cchc_xl.operations import upgrade_workbook
    from cchc_xl.report.as_text import upgraded_text

    upgraded = upgrade_workbook(Path(args.workbook), Path(args.out) if args.out else None)
    print(upgraded_text(upgraded, args.workbook))
    return ERRORS_FOUND if upgraded.leftovers else OK


def _check(args: argparse.Namespace) -> int:
    from cchc_xl.operations import check_file, read_previous
    from cchc_xl.report.as_json import checked_json, listed
    from cchc_xl.report.as_text import checked_text
    from cchc_xl.severity import Severity

    previous = read_previous(Path(args.ky_truoc)) if args.ky_truoc else None
    results = []
    progress = _progress()
    for index, file in enumerate(args.files, start=1):
        progress(index, len(args.files), file)
        results.append(check_file(Path(file), previous))
    if args.bao_cao:
        from cchc_xl.operations import check_output
        from cchc_xl.report.workbook import write_report

        check_output(Path(args.bao_cao), [Path(file) for file in args.files])
        write_report(results, Path(args.bao_cao))
    if args.json:
        _print_json(listed([checked_json(result) for result in results]))
    else:
        checked = [checked_text(result) for result in results if result.result]
        if checked:
            print("\n\n".join(checked))
    for result in results:
        if result.fault:
            print(result.fault, file=sys.stderr)
    if not any(result.result for result in results):
        return COULD_NOT_RUN
    wrong = any(result.fault or (result.result and result.result.count(Severity.ERROR)) for result in results)
    return ERRORS_FOUND if wrong else OK


def _merge(args: argparse.Namespace) -> int:
    from cchc_xl.merging import MergeRequest, merge
    from cchc_xl.report.as_json import summary_json
    from cchc_xl.report.as_text import summary_text

    request = MergeRequest(
        folder=Path(args.folder),
        target=Path(args.out),
        form=args.mau,
        units_file=Path(args.danh_sach) if args.danh_sach else None,
        parent_code=args.cap_tren,
        period=args.ky,
        overrides=_reasons(args),
        deadline=args.han_nop,
        data=args.du_lieu,
    )
    summary = merge(request, _progress())
    out = request.target if summary.form else None
    if args.json:
        _print_json(summary_json(summary, str(out) if out else None))
    else:
        print(summary_text(summary, out))
    return ERRORS_FOUND if summary.left_out or summary.proof.failed else OK


def _reasons(args: argparse.Namespace) -> dict[str, str]:
    """File → why it is taken in spite of its faults."""
    if len(args.ke_ca) != len(args.ly_do) or not all(reason.strip() for reason in args.ly_do):
        raise InputFault("Mỗi --ke-ca TỆP phải có một --ly-do “…” đi kèm: lý do được ghi vào sổ tổng hợp.")
    return dict(zip(args.ke_ca, args.ly_do, strict=True))


def _join(args: argparse.Namespace) -> int:
    from cchc_xl.period_operations import JoinRequest, join_periods
    from cchc_xl.report.over_time import joined_json, joined_text
    from cchc_xl.severity import Severity

    request = JoinRequest(
        [Path(file) for file in args.files],
        Path(args.out),
        args.ky,
        Path(args.danh_sach) if args.danh_sach else None,
        _reasons(args),
    )
    made = join_periods(request)
    if args.json:
        _print_json(joined_json(made, args.out))
    else:
        print(joined_text(made, args.out))
    return ERRORS_FOUND if made.joined.open_cells or made.result.count(Severity.ERROR) else OK


def _compare(args: argparse.Namespace) -> int:
    from cchc_xl.period_operations import CompareRequest, compare_periods
    from cchc_xl.report.over_time import compared_json, compared_text

    request = CompareRequest(
        Path(args.workbook),
        Path(args.out),
        [Path(file) for file in args.ky_truoc],
        [Path(file) for file in args.cung_ky],
        Path(args.danh_sach) if args.danh_sach else None,
    )
    comparison = compare_periods(request)
    if args.json:
        _print_json(compared_json(comparison, args.out))
    else:
        print(compared_text(comparison, args.out))
    return OK


def _audit(args: argparse.Namespace) -> int:
    from cchc_xl.audit.run import audit
    from cchc_xl.report.audit import audit_json, audit_text

    result = audit(Path(args.summary), Path(args.folder), _progress())
    if args.json:
        _print_json(audit_json(result))
    else:
        print(audit_text(result))
    return ERRORS_FOUND if result.found else OK


def _export(args: argparse.Namespace) -> int:
    from cchc_xl.operations import export_word
    from cchc_xl.report.as_text import exported_remarks, exported_text
    from cchc_xl.severity import Severity

    export = export_word(Path(args.workbook), Path(args.out) if args.out else None)
    print(exported_text(export))
    for remark in exported_remarks(export):
        print(remark, file=sys.stderr)
    return ERRORS_FOUND if export.result.count(Severity.ERROR) else OK


def _licences(args: argparse.Namespace) -> int:
    from cchc_xl.licences import run_time_licences
    from cchc_xl.report.licences import licences_json, licences_text

    licences = run_time_licences()
    if args.json:
        _print_json(licences_json(licences))
    else:
        print(licences_text(licences))
    return OK


def _recognise(args: argparse.Namespace) -> int:
    from cchc_xl.recognition.run import Sender, recognise_file, transfer
    from cchc_xl.report.recognition import open_questions, recognised_json, recognised_text, transferred_text

    sender = Sender(args.don_vi.strip(), args.ma.strip(), args.ky.strip())
    if args.ghep:
        if not args.out:
            raise InputFault("Có --ghep thì phải ghi sổ sẽ lập: -o SO.xlsx.")
        done = transfer(Path(args.file), Path(args.ghep), Path(args.out), sender)
        print(transferred_text(done, args.out))
        return ERRORS_FOUND if done.left_out else OK
    recognised = recognise_file(Path(args.file), args.mau, sender)
    if args.out:
        from cchc_xl.report.mapping_workbook import write_mapping

        write_mapping(recognised, Path(args.out))
    if args.json:
        _print_json(recognised_json(recognised))
    else:
        print(recognised_text(recognised))
        if args.out:
            print(f"Đã ghi {args.out}: hãy xem, xác nhận, lưu lại rồi chạy nhan-dang TỆP --ghep {args.out} -o SO.xlsx")
    return ERRORS_FOUND if open_questions(recognised) else OK


def _demo(args: argparse.Namespace) -> int:
    from cchc_xl.hosts.demo import run_demo

    run_demo(Path(args.folder or "cchc-chay-thu"))
    return OK


def _synchronise(args: argparse.Namespace) -> int:
    from cchc_xl.hosts.built import WORKBOOKS, synchronise

    written, removed = synchronise()
    for done, names in (("Đã ghi", written), ("Đã bỏ", removed)):
        for name in names:
            print(f"{done} {WORKBOOKS / name}")
    if not written and not removed:
        print(f"Các sổ trong {WORKBOOKS} đã khớp với mã nguồn.")
    return OK


def _progress() -> Callable[[int, int, str], None]:
    """A line on the terminal that rewrites itself; nothing where no person watches or the work is short."""
    pace = Pace()
    watched = sys.stderr.isatty()

    def show(done: int, total: int, name: str) -> None:
        if total < 5 or not watched:
            return
        width = shutil.get_terminal_size().columns - 1
        line = f"Đang đọc {pace.words(done, total)}: {name}"[:width]
        print(f"\r\033[K{line}", end="\r\033[K" if done == total else "", file=sys.stderr, flush=True)

    return show


_COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "bieu-mau": _forms,
    "quy-tac": _rules,
    "tao-so": _create,
    "nhap": _fill,
    "nang-cap": _upgrade,
    "kiem-tra": _check,
    "tong-hop": _merge,
    "cong-ky": _join,
    "so-sanh": _compare,
    "doi-chieu": _audit,
    "nhan-dang": _recognise,
    "xuat-word": _export,
    "giay-phep": _licences,
    "chay-thu": _demo,
    "dong-bo-mau": _synchronise,
}
