"""The command line's arguments and their Vietnamese help. Imports nothing heavy: help must come at once."""

from __future__ import annotations

import argparse
import re
from typing import NoReturn

from cchc_xl.errors import InputFault

_PERIODS = "2024-Q1 … 2024-Q4, 2024-6T, 2024-9T, 2024-NAM"
# argparse speaks English; these are all the complaints that its parsers of ours can make.
_TRANSLATIONS = (
    (r"the following arguments are required: (.*)", r"thiếu: \1"),
    (r"unrecognized arguments: (.*)", r"không hiểu: \1"),
    (r"argument (.*): invalid choice: '(.*?)'.*", r"không có lệnh “\2”"),
    (r"argument (.*): expected one argument", r"sau \1 phải ghi một giá trị"),
    (r"argument (.*): expected at least one argument", r"sau \1 phải ghi ít nhất một giá trị"),
    (r"argument (.*): ignored explicit argument .*", r"\1 không nhận giá trị"),
    (r"argument (.*): not allowed with argument (.*)", r"\1 không dùng chung với \2"),
    (r"ambiguous option: (.*) could match (.*)", r"\1 chưa rõ là tùy chọn nào trong: \2"),
)


class VietnameseParser(argparse.ArgumentParser):
    """An argument parser whose help and complaints are Vietnamese."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs["add_help"] = False
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they came
        self._positionals.title = "Tham số"
        self._optionals.title = "Tùy chọn"
        self.add_argument("-h", "--help", action="help", help="hiện hướng dẫn này")

    def format_usage(self) -> str:
        """Usage line with a Vietnamese lead."""
        return super().format_usage().replace("usage: ", "Cách dùng: ", 1)

    def format_help(self) -> str:
        """Help with a Vietnamese lead."""
        return super().format_help().replace("usage: ", "Cách dùng: ", 1)

    def error(self, message: str) -> NoReturn:
        """One Vietnamese sentence, exit 2."""
        for pattern, translation in _TRANSLATIONS:
            match = re.fullmatch(pattern, message, re.DOTALL)
            if match:
                message = match.expand(translation)
                break
        raise InputFault(f"Lệnh chưa đúng: {message}. Xem hướng dẫn: {self.prog} --help")


def build_parser() -> VietnameseParser:
    """The parser of ``cchc-xl`` with all its commands."""
    parser = VietnameseParser(
        prog="cchc-xl",
        description="Bộ công cụ báo cáo cải cách hành chính trên Excel: lập sổ, nhập số liệu, kiểm tra, tổng hợp.",
        epilog="Kết quả trả về: 0 = không có gì sai; 1 = có lỗi, có sai lệch, có sổ không được đưa vào hoặc có số liệu "
        "chưa chuyển; 2 = không chạy được.",
    )
    commands = parser.add_subparsers(title="Các lệnh", dest="command", metavar="LỆNH", parser_class=VietnameseParser)

    forms = _command(commands, "bieu-mau", "Liệt kê các biểu mẫu và phụ lục.")
    _json(forms)

    rules = _command(commands, "quy-tac", "Các quy tắc kiểm tra của một biểu mẫu, bằng lời.")
    rules.add_argument("form", metavar="BIỂU", help="mã biểu mẫu, xem lệnh bieu-mau")
    _json(rules)

    create = _command(commands, "tao-so", "Lập sổ Excel trống theo biểu mẫu, hoặc sổ mới từ sổ kỳ trước.")
    create.add_argument(
        "form", metavar="BIỂU", nargs="?", default="", help="mã biểu mẫu, xem lệnh bieu-mau (có --ky-truoc thì bỏ được)"
    )
    create.add_argument("-o", "--out", metavar="SO.xlsx", required=True, help="tệp sổ sẽ ghi")
    create.add_argument("--don-vi", metavar="TÊN", default="", help="tên đơn vị, như “UBND xã Tân Hải”")
    create.add_argument("--ma", metavar="MÃ", default="", help="mã đơn vị hành chính")
    create.add_argument("--ky", metavar="KỲ", default="", help=f"kỳ báo cáo: {_PERIODS}")
    create.add_argument(
        "--ky-truoc",
        metavar="TRUOC.xlsx",
        help="lấy đơn vị, số gốc (kế hoạch, biên chế giao…), dòng thêm; số kỳ trước hiện mờ bên cạnh",
    )
    create.add_argument("--tu", metavar="dd/mm/yyyy", default="", help="số liệu từ ngày (bỏ trống: theo kỳ)")
    create.add_argument("--den", metavar="dd/mm/yyyy", default="", help="số liệu đến ngày (bỏ trống: theo kỳ)")

    fill = _command(commands, "nhap", "Nhập số liệu từ các tệp .tsv (một tệp mỗi phụ lục) vào sổ.")
    fill.add_argument("workbook", metavar="SO.xlsx", help="sổ lập bằng lệnh tao-so")
    fill.add_argument("folder", metavar="THƯ-MỤC", help="thư mục có các tệp <phụ lục>.tsv, cột order chỉ dòng")
    fill.add_argument("-o", "--out", metavar="SO2.xlsx", help="ghi ra tệp khác (bỏ trống: ghi vào chính sổ)")

    upgrade = _command(commands, "nang-cap", "Chuyển số liệu của sổ theo phiên bản cũ sang phiên bản mới của biểu.")
    upgrade.add_argument("workbook", metavar="SO-CU.xlsx", help="sổ theo phiên bản cũ; không bị sửa")
    upgrade.add_argument(
        "-o", "--out", metavar="SO-MOI.xlsx", help="sổ mới sẽ ghi (bỏ trống: SO-CU-phien-ban-N.xlsx cạnh sổ cũ)"
    )

    check = _command(commands, "kiem-tra", "Kiểm tra một hoặc nhiều sổ; không sửa gì trong sổ.")
    check.add_argument("files", metavar="SO.xlsx", nargs="+", help="sổ cần kiểm tra")
    check.add_argument("--ky-truoc", metavar="TRUOC.xlsx", help="so với sổ kỳ trước của cùng đơn vị")
    check.add_argument("--bao-cao", metavar="KQ.xlsx", help="ghi thêm kết quả ra sổ Excel này")
    _json(check)

    merge = _command(commands, "tong-hop", "Tổng hợp các sổ trong một thư mục thành một sổ.")
    merge.add_argument("folder", metavar="THƯ-MỤC", help="thư mục chứa các sổ nộp (kể cả thư mục con)")
    merge.add_argument("-o", "--out", metavar="TONG-HOP.xlsx", required=True, help="sổ tổng hợp sẽ ghi")
    merge.add_argument("--mau", metavar="BIỂU", default="", help="biểu của sổ tổng hợp (bỏ trống: biểu của các sổ nộp)")
    merge.add_argument("--danh-sach", metavar="DON-VI", help="danh sách đơn vị phải nộp (.tsv hoặc .xlsx)")
    merge.add_argument("--cap-tren", metavar="MÃ", help="mã đơn vị cấp trên trong danh sách")
    merge.add_argument("--ky", metavar="KỲ", default="", help=f"kỳ tổng hợp: {_PERIODS}")
    merge.add_argument("--han-nop", metavar="dd/mm/yyyy", default="", help="hạn nộp, để biết đơn vị nào nộp quá hạn")
    merge.add_argument(
        "--du-lieu",
        choices=("csv", "parquet"),
        default="",
        help="ghi bảng số liệu gốc ra tệp bên cạnh sổ (bảng quá dài thì luôn ra tệp .csv)",
    )
    merge.add_argument(
        "--ke-ca", metavar="TỆP", action="append", default=[], help="đưa tệp này vào dù có lỗi hoặc khác kỳ"
    )
    merge.add_argument("--ly-do", metavar="“…”", action="append", default=[], help="lý do, ghi sau mỗi --ke-ca")
    _json(merge)

    join = _command(
        commands, "cong-ky", "Cộng các kỳ nối tiếp của một đơn vị thành kỳ dài hơn (quý → 6 tháng, 9 tháng, năm)."
    )
    join.add_argument(
        "files", metavar="SO.xlsx", nargs="+", help="sổ nộp hoặc sổ tổng hợp của từng kỳ, cùng đơn vị, cùng biểu"
    )
    join.add_argument("-o", "--out", metavar="CA-KY.xlsx", required=True, help="sổ của kỳ dài hơn sẽ ghi")
    join.add_argument(
        "--ky", metavar="KỲ", default="", help="kỳ dài hơn: 2024-6T, 2024-9T, 2024-NAM (bỏ trống: theo các sổ)"
    )
    join.add_argument(
        "--danh-sach", metavar="DON-VI", help="danh sách đơn vị, để biết đơn vị có sắp xếp lại giữa các kỳ"
    )
    join.add_argument("--ke-ca", metavar="TỆP", action="append", default=[], help="cộng cả tệp này dù còn lỗi")
    join.add_argument("--ly-do", metavar="“…”", action="append", default=[], help="lý do, ghi sau mỗi --ke-ca")
    _json(join)
    recognise = _command(
        commands,
        "nhan-dang",
        "Nhận dạng tệp không theo mẫu của bộ công cụ (.docx, .xls, .ods, .xlsx gõ lại): dòng nào là dòng nào của biểu.",
    )
    recognise.add_argument("file", metavar="TỆP", help="tệp nhận được; không bị sửa")
    recognise.add_argument(
        "--mau", metavar="BIỂU", default="", help="biểu mẫu (bỏ trống: biểu có nhiều chỉ tiêu trùng nhất)"
    )
    recognise.add_argument(
        "--don-vi", metavar="TÊN", default="", help="đơn vị gửi; để nhớ cho tệp lần sau của đơn vị đó"
    )
    recognise.add_argument("--ma", metavar="MÃ", default="", help="mã đơn vị gửi")
    recognise.add_argument("--ky", metavar="KỲ", default="", help=f"kỳ báo cáo: {_PERIODS}")
    recognise.add_argument(
        "-o", "--out", metavar="SO.xlsx", help="sổ Ghép dòng sẽ ghi để xác nhận; khi có --ghep: sổ theo biểu sẽ ghi"
    )
    recognise.add_argument("--ghep", metavar="GHEP-DONG.xlsx", help="sổ Ghép dòng đã xác nhận: lập sổ theo biểu từ đó")
    _json(recognise)

    compared = _command(
        commands, "so-sanh", "So sánh sổ kỳ này với kỳ trước và cùng kỳ năm trước: tăng giảm, %, điểm %."
    )
    compared.add_argument("workbook", metavar="KY-NAY.xlsx", help="sổ nộp hoặc sổ tổng hợp của kỳ này")
    more = "; đơn vị đã sắp xếp lại thì ghi một lần cho mỗi sổ của các đơn vị cũ"
    compared.add_argument(
        "--ky-truoc", metavar="TRUOC.xlsx", action="append", default=[], help=f"sổ của kỳ trước{more}"
    )
    compared.add_argument(
        "--cung-ky", metavar="NAM-TRUOC.xlsx", action="append", default=[], help=f"sổ của cùng kỳ năm trước{more}"
    )
    compared.add_argument("--danh-sach", metavar="DON-VI", help="danh sách đơn vị: ngày hiệu lực và đơn vị kế tiếp")
    compared.add_argument("-o", "--out", metavar="SO-SANH.xlsx", required=True, help="sổ so sánh sẽ ghi")
    _json(compared)

    audit = _command(
        commands, "doi-chieu", "Đối chiếu sổ tổng hợp với các tệp gốc: từng số, từng tổng, từng tệp; không sửa gì."
    )
    audit.add_argument("summary", metavar="TONG-HOP.xlsx", help="sổ lập bằng lệnh tong-hop")
    audit.add_argument("folder", metavar="THƯ-MỤC", help="thư mục chứa các tệp gốc; tệp được nhận ra theo nội dung")
    _json(audit)

    export = _command(
        commands, "xuat-word", "Xuất các phụ lục của sổ hoặc sổ tổng hợp ra Word, đúng thể thức, để kèm báo cáo."
    )
    export.add_argument("workbook", metavar="SO.xlsx", help="sổ đã điền hoặc sổ tổng hợp; không bị sửa")
    export.add_argument("-o", "--out", metavar="TỆP.docx", help="tệp sẽ ghi (bỏ trống: SO.docx cạnh sổ)")
    licences = _command(
        commands, "giay-phep", "Liệt kê các gói mà bộ công cụ dùng khi chạy, kèm phiên bản và giấy phép."
    )
    _json(licences)

    demo = _command(commands, "chay-thu", "Chạy thử toàn bộ: lập, nhập, kiểm tra, tổng hợp trên số liệu mẫu.")
    demo.add_argument("folder", metavar="THƯ-MỤC", nargs="?", help="nơi để kết quả (bỏ trống: cchc-chay-thu)")

    # For maintainers, in a clone of the repository: no help text, so that the list of commands does not show it.
    commands.add_parser("dong-bo-mau", description="Lập lại các sổ trong thư mục workbooks/ của kho mã nguồn.")
    return parser


def _command(commands: argparse._SubParsersAction[VietnameseParser], name: str, text: str) -> VietnameseParser:
    return commands.add_parser(name, help=text[0].lower() + text[1:].rstrip("."), description=text)


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="in kết quả dạng JSON")
