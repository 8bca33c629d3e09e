"""The demo ``chay-thu``: the whole job on sample figures, told in Vietnamese as it goes."""

from __future__ import annotations

import shutil
import time
from importlib.resources import as_file, files
from pathlib import Path

from cchc_xl.catalogue.load import form_ids, load_form
from cchc_xl.consolidation.summary import Summary
from cchc_xl.errors import InputFault
from cchc_xl.merging import MergeRequest, merge
from cchc_xl.operations import NewWorkbook, check_file, create_workbook, fill_workbook
from cchc_xl.periods import parse_period
from cchc_xl.report.as_text import checked_text, summary_text
from cchc_xl.report.workbook import write_report
from cchc_xl.samples.communes import write_reports
from cchc_xl.severity import Severity
from cchc_xl.units import read_units
from cchc_xl.values import format_number

PRINTED = ("ninh-hai-2023", "cam-giang-2024", "vinh-thanh-2023")
_MARK = ".cchc-chay-thu"
DISTRICT = "586"


def run_demo(folder: Path) -> None:
    """Build, fill, check and merge into ``folder``. Only a folder that an earlier run made is emptied first."""
    started = time.monotonic()
    _prepare(folder)
    samples = files("cchc_xl.samples")
    with as_file(samples.joinpath("printed")) as printed, as_file(samples.joinpath("units")) as units:
        _step("1. Lập năm sổ trống")
        blank = _made(folder / "1-so-trong")
        for form_id in form_ids():
            create_workbook(NewWorkbook(form_id), blank / f"{form_id}.xlsx")
            print(f"   {blank / f'{form_id}.xlsx'}")
        _step("2. Nhập số liệu đã in của ba báo cáo thật, rồi kiểm tra")
        filled = _made(folder / "2-bao-cao-that")
        for form_id in PRINTED:
            form = load_form(form_id)
            path = filled / f"{form_id}.xlsx"
            dates = form.dates or ("", "")
            create_workbook(NewWorkbook(form_id, unit_of(form.locality), "", form.period, *dates), path)
            fill_workbook(path, printed / form_id)
        results = [check_file(filled / f"{form_id}.xlsx") for form_id in PRINTED]
        for result in results:
            print("\n" + checked_text(result))
        report = folder / "2-ket-qua-kiem-tra.xlsx"
        write_report(results, report)
        _step("3. Chín xã của huyện Ninh Hải (số liệu TỰ ĐẶT để chạy thử, không phải số thật) và sổ tổng hợp của huyện")
        communes = commune_books(folder, units / "ninh-hai.tsv")
        summary_path = folder / "3-tong-hop-ninh-hai.xlsx"
        summary = merge(
            MergeRequest(communes, summary_path, "ninh-hai-2023", units / "ninh-hai.tsv", DISTRICT, "2023-NAM")
        )
        print(summary_text(summary, summary_path))
        _figures(summary)
        _step("4. Tổng hợp hai báo cáo xã có thật, khác biểu và khác kỳ (đưa vào theo tên, có lý do)")
        two = _made(folder / "4-hai-xa")
        for form_id in ("vinh-thanh-2023", "cam-giang-2024"):
            shutil.copy2(filled / f"{form_id}.xlsx", two)
        two_path = folder / "4-tong-hop-hai-xa.xlsx"
        overrides = {
            "vinh-thanh-2023.xlsx": "Chạy thử: báo cáo thật còn lỗi số liệu",
            "cam-giang-2024.xlsx": "Chạy thử: báo cáo thật còn lỗi số liệu và khác kỳ",
        }
        summary = merge(MergeRequest(two, two_path, "ninh-hai-2023", period="2023-Q3", overrides=overrides))
        print(summary_text(summary, two_path))
        _figures(summary)
    _step("Kết quả")
    errors = sum(result.result.count(Severity.ERROR) for result in results if result.result)
    print(f"   Sổ trống:             {blank}")
    print(f"   Ba báo cáo thật:      {filled} (tìm được {errors} lỗi)")
    print(f"   Kết quả kiểm tra:     {report}")
    print(f"   Sổ nộp của chín xã:   {communes}")
    print(f"   Sổ tổng hợp:          {summary_path}")
    print(f"                         {two_path}")
    print(f"   Thời gian:            {_seconds(time.monotonic() - started)} giây")


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f}".replace(".", ",")


def _prepare(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise InputFault(f"{folder} là tệp, không phải thư mục: hãy chọn thư mục khác cho chay-thu.")
    if folder.is_dir() and any(folder.iterdir()):
        if not (folder / _MARK).is_file():
            raise InputFault(
                f"Thư mục {folder} đã có tệp của người dùng: hãy chọn thư mục mới hoặc trống cho chay-thu."
            )
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARK).write_text("Thư mục do lệnh chay-thu lập; chạy lại sẽ làm mới.\n", encoding="utf-8")


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _step(text: str) -> None:
    print(f"\n{text}")


def unit_of(locality: str) -> str:
    """The office of a printed form's locality."""
    return "UBND " + locality.split(",")[0]


def commune_books(folder: Path, units_file: Path) -> Path:
    """The nine communes' workbooks, filled from made-up figures."""
    day = parse_period("2023-NAM").calendar_end
    names = {unit.code: unit.full_name for unit in read_units(units_file).expected(DISTRICT, day)}
    figures = write_reports(_made(folder / "3-so-lieu-tu-dat"))
    out = _made(folder / "3-so-nop-chin-xa")
    for code, source in figures.items():
        path = out / f"{code}.xlsx"
        create_workbook(NewWorkbook("vinh-thanh-2023", f"UBND {names[code]}", code, "2023-NAM"), path)
        fill_workbook(path, source)
    return out


def _figures(summary: Summary) -> None:
    """The figures of the summary that come from below, in print."""
    print("   Số liệu chính trong sổ tổng hợp:")
    for cell in summary.cells:
        if cell.n_units and (cell.value is not None or cell.children is not None or cell.minimum is not None):
            if cell.value is not None:
                shown = format_number(cell.value, 2) if cell.spec.kind.value == "percent" else format_number(cell.value)
            elif cell.children is not None:
                shown = f"các xã {format_number(cell.children)}, chờ phần của cấp trên"
            else:
                assert cell.minimum is not None
                assert cell.maximum is not None
                shown = f"từ {format_number(cell.minimum)} đến {format_number(cell.maximum)}, không có một số chung"
            print(f"   {cell.spec.ref.appendix} {cell.spec.row.title(60)}: {shown} ({cell.n_units} đơn vị)")
