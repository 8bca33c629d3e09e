"""Every finding code with its message and remedy. Tests assert codes and values, so wording can improve.

A message names the place (``{at}``: the row by STT and label) and the fault; the remedy says what to do next.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Template:
    """Message and remedy of one finding code, with the fields that ``str.format`` fills."""

    message: str
    remedy: str

    @property
    def names_cells(self) -> bool:
        """Whether the cells that take part are named: no other field costs as much to word."""
        return "{cells}" in self.message or "{cells}" in self.remedy


TEMPLATES: dict[str, Template] = {
    "cau-truc": Template("{message}.", "{remedy}."),
    "bia-sai": Template("Trang Bìa: {message}.", "{remedy}."),
    "bia-trong": Template("Trang Bìa: {message}.", "{remedy}."),
    "khong-phai-so": Template(
        "{at}: “{actual}” không đọc được thành số ({remark}).",
        "Gõ lại {what}; phần giải thích ghi vào cột ghi chú.",
    ),
    "so-doc-duoc": Template(
        "{at}: “{actual}” không phải là một con số ({remark}); tạm đọc là {number}.",
        "Chỉ gõ số {number} vào ô; phần còn lại ghi vào cột ghi chú.",
    ),
    "so-dang-chu": Template(
        "{at}: “{actual}” đang lưu dưới dạng chữ nên công thức Excel không cộng được; tạm đọc là {number}.",
        "Gõ lại số {number} vào ô.",
    ),
    "ngay-thang": Template(
        "{at}: Excel đã đổi số vừa gõ thành ngày {actual}.",
        "Gõ lại số liệu; nếu muốn ghi “có mặt/được giao” thì ghi vào cột ghi chú.",
    ),
    "o-bao-loi": Template("{at}: ô đang báo lỗi {actual}.", "Gõ lại số liệu vào ô."),
    "chua-tinh": Template(
        "{at}: công thức trong ô chưa có kết quả.", "Mở tệp bằng Excel, lưu lại rồi kiểm tra lần nữa, hoặc gõ số vào ô."
    ),
    "so-am": Template("{at}: số {actual} nhỏ hơn 0.", "Gõ lại {what}."),
    "so-le": Template("{at}: số {actual} có phần lẻ, ô này chỉ nhận số nguyên.", "Gõ lại {what}."),
    "phan-tram-le": Template(
        "{at}: số {actual} nhỏ hơn 1; nếu đã gõ {percent}% thì Excel lưu thành {actual}.",
        "Nếu đúng là {percent}% thì gõ lại {percent}; nếu đúng là {actual}% thì giải trình ở cột ghi chú.",
    ),
    "thieu-hang-nghin": Template(
        "{at}: số {actual} nhỏ bất thường so với các dòng cùng nhóm (đều từ 1.000 trở lên).",
        "Nếu định gõ {thousands} mà máy dùng dấu chấm làm dấu thập phân thì gõ lại {plain}.",
    ),
    "so-thanh-ngay": Template(
        "{at}: số {actual} lớn bất thường so với các số khác của biểu; có lẽ Excel đã đổi số vừa gõ thành ngày {day}.",
        "Gõ lại số liệu; phần “được giao” ghi vào cột ghi chú.",
    ),
    "ma-thu-tuc-sai": Template("{at}: “{actual}” không đúng dạng mã thủ tục.", "Gõ lại mã theo dạng 016.07.044.3."),
    "ngoai-danh-sach": Template("{at}: “{actual}” không có trong danh sách.", "Chọn một trong các giá trị: {what}."),
    "ty-le-sai": Template(
        "{at}: ghi {actual}, nhưng tính từ số liệu trên biểu thì {computed}.{other_denominator} "
        "Tỷ lệ hoặc số đầu vào sai.{overwritten}",
        "Kiểm tra tử số và mẫu số ({cells}); nếu hai số này đúng thì tỷ lệ phải là {expected}.",
    ),
    "ty-le-hai-mau-so": Template(
        "{at}: ghi {actual}, không khớp cách tính nào mà biểu cho phép: {computed}.{overwritten}",
        "Kiểm tra các số đầu vào ({cells}), sửa tỷ lệ hoặc giải trình cách tính.",
    ),
    "tren-100": Template(
        "{at}: ghi {actual}%, tỷ lệ này {limit} vượt quá 100% vì tử số là một phần của mẫu số.",
        "Kiểm tra tỷ lệ, tử số và mẫu số ({cells}).",
    ),
    "mau-so-bang-0": Template(
        "{at}: tử số là {numerator} nhưng mẫu số bằng 0, không thể có tỷ lệ.", "Kiểm tra tử số và mẫu số ({cells})."
    ),
    "ty-le-trong": Template(
        "{at}: để trống dù tử số và mẫu số đã có; tính được {expected}.", "Khôi phục công thức, hoặc ghi {expected}."
    ),
    "ty-le-thieu-dau-vao": Template(
        "{at}: ghi {actual} nhưng biểu chưa có số để tính tỷ lệ này ({cells}).", "Bổ sung tử số và mẫu số."
    ),
    "khong-tren-khong": Template(
        "{at}: ghi {actual} dù tử số và mẫu số đều bằng 0.", "Để trống, ghi 0 hoặc “-” (không tính được tỷ lệ)."
    ),
    "thieu-tu-hoac-mau": Template(
        "{at}: để trống trong khi {other} đã có số {other_value}.", "Bổ sung số liệu, hoặc ghi lý do vào cột ghi chú."
    ),
    "tong-sai": Template(
        "{at}: ghi {actual}, nhưng cộng các phần được {expected} (lệch {imbalance}).{overwritten}",
        "Kiểm tra số tổng và từng phần: {cells}.",
    ),
    "tong-trong": Template(
        "{at}: để trống dù các phần đã có số; cộng được {expected}.", "Khôi phục công thức, hoặc ghi {expected}."
    ),
    "go-de-cong-thuc": Template(
        "{at}: số {actual} được gõ đè lên công thức; hiện vẫn khớp nhưng sẽ không tự đổi khi số đầu vào đổi.",
        "Nên khôi phục công thức của ô.",
    ),
    "danh-dau-hai-o": Template(
        "{at}: đánh dấu x ở cả hai cột Đã thực hiện và Chưa thực hiện.", "Bỏ một trong hai dấu x."
    ),
    "chua-danh-dau": Template(
        "{at}: chưa đánh dấu x ở cột nào.", "Đánh dấu x vào cột Đã thực hiện hoặc Chưa thực hiện."
    ),
    "dong-them-chua-ten": Template(
        "{at}: chưa ghi tên, trong khi dòng này đã có số liệu.",
        "Ghi tên vào ô này; nếu không cần dòng này thì xóa các ô đã ghi: {filled}.",
    ),
    "dong-them-trung-ten": Template(
        "{at}: tên “{actual}” trùng với dòng {other}, nên bị tính thành hai dòng.",
        "Gộp số liệu vào một dòng rồi xóa dòng thêm, hoặc ghi lại tên cho khác.",
    ),
    "thieu-ket-qua": Template("{at}: {words}; cột này đang trống.", "Ghi kết quả, số văn bản hoặc lý do."),
    "hai-noi-khac-nhau": Template(
        "{at}: ghi {actual}, nhưng cùng số liệu này ở {other} ghi {expected}.", "Sửa cho hai nơi bằng nhau: {cells}."
    ),
    "khong-khop": Template(
        "{at}: {left} là {actual}, theo biểu phải là {expected} (lệch {imbalance}). {words}.",
        "Kiểm tra và sửa ô sai trong các ô: {cells}.",
    ),
    "vuot-qua": Template(
        "{at}: {left} là {actual}, lớn hơn mức {expected} (quá {imbalance}). {words}.",
        "Kiểm tra và sửa ô sai trong các ô: {cells}.",
    ),
    "khong-nho-hon": Template(
        "{at}: {left} là {actual}, phải nhỏ hơn {expected}. {words}.",
        "Kiểm tra và sửa ô sai trong các ô: {cells}.",
    ),
    "duoi-muc": Template(
        "{at}: {left} là {actual}, nhỏ hơn mức {expected} (thiếu {imbalance}). {words}.",
        "Kiểm tra và sửa ô sai trong các ô: {cells}.",
    ),
    "chua-het": Template(
        "{at}: ghi {actual}, các phần cộng lại mới được {expected}, còn {imbalance} chưa nêu.",
        "Nếu phần còn lại chưa đến hạn thì để nguyên; nếu không, kiểm tra lại: {cells}.",
    ),
    "thieu-so-lieu": Template("{at}: đang để trống. {words}.", "Bổ sung số liệu (không có thì ghi 0 hoặc “-”)."),
    "luy-ke-giam": Template(
        "{at}: số lũy kế {actual} nhỏ hơn kỳ trước ({expected}) trong cùng năm.",
        "Số lũy kế từ đầu năm không giảm: kiểm tra lại số kỳ này và kỳ trước.",
    ),
    "bien-dong-lon": Template(
        "{at}: {actual}, kỳ trước {expected} (thay đổi {percent}%).",
        "Kiểm tra lại; nếu đúng thì ghi lý do vào ghi chú.",
    ),
    "truoc-co-nay-trong": Template(
        "{at}: để trống, trong khi kỳ trước ghi {before}.", "Bổ sung số liệu, hoặc ghi lý do vào cột ghi chú."
    ),
    "trung-ma": Template(
        "{at}: mã {actual} xuất hiện {count} lần.", "Nếu là cùng một thủ tục, nên gộp thành một dòng."
    ),
    "ma-hai-noi-dung": Template(
        "{at}: mã {actual} ở đây ghi {heading} là “{value}”, ở dòng khác ghi “{values}”. {words}.",
        "Kiểm tra {heading} của thủ tục ở các dòng: {cells}.",
    ),
    "quy-tac-hong": Template(
        "Quy tắc {rule} không chạy được nên chưa kiểm tra; đây là lỗi của bộ công cụ, không phải của số liệu.",
        "Báo cho người phụ trách bộ công cụ kèm mã quy tắc.",
    ),
}
