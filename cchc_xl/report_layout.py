"""The sheet "Kết quả kiểm tra" inside a workbook: shared by its builder, the report and the buttons. Pure.

Above the table stand lines of text (when and how it was checked, whether the workbook is complete, where to look
first), below its header one row a finding.
"""

from __future__ import annotations

# Headings by which the columns are found again, also where somebody has moved them.
STATUS, FILE, SEVERITY, PAGE, CELL = "Tình trạng", "Tệp", "Mức độ", "Trang", "Ô"
MESSAGE, REMEDY, ACTUAL, EXPECTED = "Nội dung", "Cách xử lý", "Số đã ghi", "Số đúng theo biểu"
RULE, EXPLANATION = "Quy tắc", "Giải trình"
# Hidden: the address as text, since the visible one is a link; and the form's own place of the finding, which stays
# the same when rows are inserted or sheets renamed.
ADDRESS, KEY = "Địa chỉ", "Khóa"
# The word under "Tình trạng" for what the last run found and this one does not.
FIXED = "đã sửa"
# Its word when the workbook's structure is damaged, so that no rule was checked.
NOT_CHECKED = "chưa kiểm tra lại"

# A summary has a sheet of its units' findings under the usual name; those of its own stand on this one.
OF_SUMMARY = "Kiểm tra sổ tổng hợp"

WIDTHS = {
    STATUS: 10.0,
    SEVERITY: 11.0,
    PAGE: 8.0,
    CELL: 8.0,
    MESSAGE: 62.0,
    REMEDY: 44.0,
    ACTUAL: 12.0,
    EXPECTED: 12.0,
    EXPLANATION: 34.0,
    RULE: 16.0,
    ADDRESS: 8.0,
    KEY: 8.0,
}
HIDDEN = (ADDRESS, KEY)
COLUMNS = tuple(WIDTHS)
TITLE = "KẾT QUẢ KIỂM TRA"
# Zero-based rows: the title, lines of text, the table's header, its first finding.
TEXT_TOP, TEXT_ROWS = 1, 6
HEADER_ROW = TEXT_TOP + TEXT_ROWS + 1
FIRST_ROW = HEADER_ROW + 1
NOT_YET = "Chưa kiểm tra: bấm nút Kiểm tra trên thẻ CCHC."
# Rows that carry colours and borders; findings beyond them are shown without.
STYLED_ROWS = 2000
