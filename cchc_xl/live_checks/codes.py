"""Codes of findings whose words in a state do not depend on the text that stands in the cell."""

TEXT_FOR_NUMBER = "so-dang-chu"
WRONG_TYPE = "khong-phai-so"
GAP = "chua-het"
ZERO_DENOMINATOR = "mau-so-bang-0"
TWO_MARKS = "danh-dau-hai-o"
NO_MARK = "chua-danh-dau"
