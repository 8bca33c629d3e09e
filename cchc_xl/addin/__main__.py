"""``python -m cchc_xl.addin``: add-in, extension, workbooks with buttons; or one .xlsm, or the installer's folder."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cchc_xl.addin.build import ADDIN, WITH_BUTTONS, build_addin, build_macro_workbook, build_macro_workbooks
from cchc_xl.addin.extension import build_extension
from cchc_xl.addin.installer import build_installer
from cchc_xl.catalogue.load import load_form
from cchc_xl.errors import CchcError


def main(arguments: list[str] | None = None) -> int:
    """Run; 0 when the file is written, 2 when it could not be."""
    parser = argparse.ArgumentParser(prog="python -m cchc_xl.addin", description="Dựng bổ trợ Excel từ mã nguồn.")
    parser.add_argument("--so", metavar="BIEU-MAU", help="dựng sổ .xlsm có nút của một biểu mẫu thay cho bổ trợ")
    parser.add_argument("--bo-cai", type=Path, metavar="THU-MUC", help="gom bộ cài đặt cho Windows vào một thư mục")
    parser.add_argument("-o", dest="target", type=Path, metavar="TEP", help="nơi ghi (mặc định: macros/CCHC.xlam)")
    options = parser.parse_args(arguments)
    try:
        if options.bo_cai:
            target = options.bo_cai
            build_installer(target)
        elif options.so:
            target = options.target or Path(f"{options.so}.xlsm")
            if target.suffix.lower() != ".xlsm":
                raise CchcError(f"Tên tệp “{target}” phải có đuôi .xlsm.")
            build_macro_workbook(load_form(options.so), target)
        else:
            target = options.target or ADDIN
            build_addin(target)
            if options.target is None:
                build_extension()
                build_macro_workbooks(WITH_BUTTONS)
    except CchcError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"Đã ghi {target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
