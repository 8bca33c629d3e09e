"""What the extension itself says to users; all else is said by ``cchc_xl``."""

TITLE = "CCHC"
NO_PYTHON = (
    "Chưa thấy bộ công cụ CCHC trên máy này.\n\n"
    "Hãy chạy tệp cai-dat.cmd trong bộ cài đặt CCHC (Windows), hoặc cài gói Python cchc-xl (Linux, macOS), rồi bấm lại "
    "nút. Nếu đã cài mà vẫn thấy thông báo này, hãy cài lại."
)
OTHER_VERSION = (
    "Tiện ích CCHC của LibreOffice và bộ công cụ CCHC trên máy không cùng phiên bản: "
    "hãy cài lại cả hai từ một bộ cài đặt."
)
TOO_SLOW = (
    "Bộ công cụ CCHC chưa khởi động xong (máy đang bận, hoặc phần mềm diệt vi-rút đang quét): "
    "hãy chờ một phút rồi bấm lại nút."
)
HELPER_ENDED = (
    "Bộ công cụ CCHC dừng giữa chừng; sổ đang mở vẫn như trước khi bấm: hãy bấm lại nút. "
    "Nếu vẫn vậy, hãy lưu sổ và khởi động lại LibreOffice."
)
UNEXPECTED = "Có trục trặc ngoài dự kiến ({fault}): hãy bấm lại nút. Nếu vẫn vậy, hãy cài lại tiện ích CCHC."
READ_ONLY = (
    "Sổ đang mở ở chế độ chỉ đọc nên không ghi kết quả vào được: hãy bấm “Sửa tài liệu” (Edit Document) trên thanh "
    "vàng hoặc lưu thành tệp khác, rồi bấm lại nút."
)
PREVIEW = "Sổ đang ở chế độ xem trước khi in: hãy đóng phần xem trước (Close Preview) rồi bấm lại nút."
WRITING = "CCHC"
UNDO = {"kiem-tra": "CCHC: Kiểm tra", "xoa-danh-dau": "CCHC: Xóa đánh dấu"}
