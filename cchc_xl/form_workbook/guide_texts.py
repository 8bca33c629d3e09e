"""The guide's words: for the unit that fills a form, and for the one that puts the units' workbooks together."""

from __future__ import annotations

from cchc_xl.cover import COVER_SHEET
from cchc_xl.form_workbook.styles import COMPUTED_FILL, HEADER_FILL, INPUT_FILL, MARK_FILLS
from cchc_xl.layout import REPORT_SHEET
from cchc_xl.own_part import OWN_SHEET
from cchc_xl.severity import Severity

# A section's title, or a sign with what it means and the look of its cell.
GuideLine = str | tuple[str, str, dict[str, object]]

FILLING_TITLE = "HƯỚNG DẪN ĐIỀN SỔ"
FILLING: list[GuideLine] = [
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

SUMMARY_TITLE = "HƯỚNG DẪN DÙNG SỔ TỔNG HỢP"
OF_SUMMARY: list[GuideLine] = [
    "1. Các bước",
    ("Bước 1", "Trang Tình hình nộp: ai chưa nộp, sổ nào không đưa vào và vì sao; lời nhắc soạn sẵn để gửi.", {}),
    ("Bước 2", f"Trang {OWN_SHEET} (nếu có): nhập phần của chính cấp tổng hợp, không có thì gõ dấu -.", {}),
    ("Bước 3", "Các trang phụ lục: điền ô nền vàng: số riêng của cấp tổng hợp; ô có công thức lấy từ đơn vị.", {}),
    ("Bước 4", f"Trang {COVER_SHEET}: số, ngày báo cáo, chức danh ký. Bấm Kiểm tra, sửa lỗi rồi in, ký.", {}),
    ("Có sổ nộp lại", "Bấm Tổng hợp vào chính tệp này: số của đơn vị được thay, phần đã nhập ở đây được giữ lại.", {}),
    "2. Màu của ô",
    ("Vàng: ô nhập", "Cấp tổng hợp điền.", {"bg_color": INPUT_FILL}),
    ("Xanh: tự tính", "Số của các đơn vị hoặc công thức, đã khóa.", {"bg_color": COMPUTED_FILL}),
    ("Xám", "Đơn vị chưa nộp, hoặc sổ không đưa vào.", {"bg_color": "#D9D9D9"}),
    ("Lỗi", "Số liệu mâu thuẫn hoặc sai kiểu: phải sửa.", {"bg_color": MARK_FILLS[Severity.ERROR]}),
    ("Cảnh báo", "Sửa, hoặc giải trình nếu số đúng.", {"bg_color": MARK_FILLS[Severity.WARNING]}),
    "3. Các trang đi kèm",
    (OWN_SHEET, "Chỉ tiêu gồm cả phần của cấp tổng hợp: các đơn vị cộng lại + phần nhập = tổng ghi vào biểu.", {}),
    ("Theo đơn vị", "Số liệu của từng đơn vị, tổng là công thức; cột Cách tổng hợp cho biết cộng hay tính lại.", {}),
    ("Biểu đồ", "Xếp hạng các đơn vị theo vài tỷ lệ chính; đơn vị không có số liệu được ghi rõ.", {}),
    ("Tình hình nộp", "Mọi tệp nhận được, mỗi tệp một trạng thái kèm lý do; đúng hạn hay quá hạn.", {}),
    ("Thay đổi", "Chỉ có khi tổng hợp lại: số tổng nào đã đổi, trước và sau, do đơn vị nào.", {}),
    (REPORT_SHEET, "Phát hiện ở sổ của các đơn vị; bấm địa chỉ ô để mở đúng ô trong sổ đó.", {}),
    ("Nguồn số liệu", "Mỗi số lấy từ tệp nào (mã băm), trang nào, ô nào.", {}),
    ("Dữ liệu", "Bảng số liệu gốc để lập PivotTable; bảng quá dài thì ở tệp bên cạnh sổ này.", {}),
]  # fmt: skip
