"""The guide: one screen on how to fill, what colours and signs mean, what the buttons and sheets do."""

from __future__ import annotations

from typing import Any

from cchc_xl.cover import COVER_SHEET, GUIDE_SHEET
from cchc_xl.form_workbook.styles import COMPUTED_FILL, HEADER_FILL, INPUT_FILL, MARK_FILLS, Styles, decree_page
from cchc_xl.layout import LINE_HEIGHT, REPORT_SHEET
from cchc_xl.lettering import text_lines
from cchc_xl.severity import Severity

_WIDTHS = (20.0, 88.0)

# Section title, or a sign with what it means and the look of its cell.
_LINES: list[str | tuple[str, str, dict[str, object]]] = [
    "1. Các bước",
    ("Bước 1", f"Trang {COVER_SHEET}: ghi đơn vị, chọn kỳ báo cáo, ghi năm; kiểm tra hai ngày của kỳ số liệu.", {}),
    ("Bước 2", "Các trang phụ lục: điền ô nền vàng. Không chèn, xóa, dời hàng, cột. In ra là biểu kèm báo cáo.", {}),
    ("Bước 3", "Bấm Kiểm tra (tab CCHC), sửa lỗi, giải trình cảnh báo đến khi Hoàn thành; bấm Nộp để gửi.", {}),
    "2. Màu của ô (màu luôn đi kèm chữ ở cột bên phải bảng)",
    ("Vàng: ô nhập", "Đơn vị điền.", {"bg_color": INPUT_FILL}),
    ("Xanh nghiêng: tự tính", "Công thức, đã khóa: sửa số đầu vào, không sửa ô này.",
     {"bg_color": COMPUTED_FILL, "italic": True}),
    ("Trắng, xám: in sẵn", "Tên chỉ tiêu, tiêu đề: đã khóa.", {"bg_color": HEADER_FILL}),
    ("Lỗi", "Số liệu mâu thuẫn hoặc sai kiểu: phải sửa mới hoàn thành được.", {"bg_color": MARK_FILLS[Severity.ERROR]}),
    ("Cảnh báo", "Sửa, hoặc giải trình nếu số đúng.", {"bg_color": MARK_FILLS[Severity.WARNING]}),
    ("Gợi ý", "Nên xem lại.", {"bg_color": MARK_FILLS[Severity.INFO]}),
    "3. Cách ghi",
    ("Để trống | 0 | -", "Chưa có số liệu | có theo dõi, kết quả bằng không | không áp dụng: ba điều khác nhau.", {}),
    ("43,2", "Số lẻ dùng dấu phẩy. Không gõ % hay chữ trong ô số.", {}),
    ("2000, đừng 2.000", "Số nguyên gõ liền, biểu tự ngăn nghìn. Máy dùng dấu chấm thập phân hiểu 2.000 là 2.", {}),
    ("76, đừng 76/84", "Excel đổi 4/5 thành ngày. Gõ 76; số 84 ghi ở dòng “được giao” hoặc Ghi chú.", {}),
    ("x", "Mỗi nhiệm vụ một dấu x: ở cột Đã thực hiện hoặc cột Chưa thực hiện, cột kia để trống.", {}),
    ("Ô có danh sách", "Bấm mũi tên cạnh ô (hoặc Alt + ↓) rồi chọn; nghĩa của từng mã hiện trong khung nhắc.", {}),
    ("Thêm dòng", "Danh mục có hàng ẩn ở cuối: chọn hàng trên và hàng dưới chỗ ẩn, chuột phải, Bỏ ẩn, rồi điền.", {}),
    "4. Nút và trang",
    ("Kiểm tra", f"Đối chiếu mọi số liệu, tô ô cần xem, ghi từng phát hiện vào trang {REPORT_SHEET} (bấm tên ô để tới "
     "nơi, cột Giải trình để ghi lý do). Không tự đổi số nào.", {}),
    ("Nộp", "Kiểm tra lại; khi đã Hoàn thành thì ghi một bản nộp có số lần nộp, cạnh sổ này, để gửi cấp trên.", {}),
    ("Tổng hợp", "Dành cho cấp trên: gộp các sổ trong một thư mục thành một sổ tổng hợp.", {}),
    ("Không có tab CCHC", "Máy chưa cài bộ công cụ: cứ điền, cột Kiểm tra và trang Bìa vẫn báo lỗi; lưu rồi gửi "
     "chính sổ này. Máy đã cài mà không thấy tab: mở cửa sổ CCHC trong menu Start, có cùng các nút.", {}),
    (COVER_SHEET, "Thông tin báo cáo, chức danh ký; mỗi phụ lục đã nhập bao nhiêu. Bấm tên phụ lục để mở.", {}),
    ("Cột Kiểm tra", "Bên phải mỗi bảng: Đúng, hoặc sai ở đâu, hiện ngay khi gõ; không in ra.", {}),
]  # fmt: skip


def write_guide(workbook: Any, styles: Styles) -> None:
    """Add the sheet."""
    sheet = workbook.add_worksheet(GUIDE_SHEET)
    decree_page(sheet)
    sheet.fit_to_pages(1, 1)
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.merge_range(0, 0, 0, 1, "HƯỚNG DẪN ĐIỀN SỔ", styles.get(bold=True, font_size=14, align="center"))
    sheet.set_row(0, 24)
    for row, line in enumerate(_LINES, start=1):
        if isinstance(line, str):
            sheet.merge_range(row, 0, row, 1, line, styles.get(bold=True, valign="bottom"))
            sheet.set_row(row, LINE_HEIGHT + 5)
            continue
        sign, meaning, look = line
        sheet.write_string(row, 0, sign, styles.cell(align="center", **look))
        sheet.write_string(row, 1, meaning, styles.cell(indent=1))
        sheet.set_row(row, LINE_HEIGHT * text_lines(meaning, _WIDTHS[1] - 1.5) + 3)
    sheet.print_area(0, 0, len(_LINES), len(_WIDTHS) - 1)
    sheet.protect("")
