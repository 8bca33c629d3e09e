"""The tidy table as files beside the summary: CSV that Excel opens, or Parquet for other programs.

Excel opens no more rows of a CSV than a sheet has, and leaves the rest out: a longer table goes on in a second file.
"""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import count, islice
from pathlib import Path

from cchc_xl import excel_limits
from cchc_xl.consolidation.contribution import Number
from cchc_xl.consolidation.summary import Summary
from cchc_xl.errors import InputFault
from cchc_xl.summary_workbook.continued import part_name
from cchc_xl.summary_workbook.tidy import COLUMNS, Line, tidy, tidy_count, tidy_lines

CSV, PARQUET = "csv", "parquet"
KINDS = (CSV, PARQUET)
# A longer table would take more time and room than all other sheets together; Excel's own limit is 1,048,576 rows.
MOST_ROWS = 50_000
# With tabs in UTF-16 ("Unicode Text") Excel opens a .csv in columns and with its accents whatever the PC's list sign.
ENCODING = "utf-16"
# What a formula may begin with; the wide forms of an East Asian keyboard are taken for the narrow ones.
_FORMULA_SIGNS = tuple("=+-@＝＋－＠")


def data_path(target: Path, kind: str = CSV, number: int = 1) -> Path:
    """Where the table of a summary at ``target`` goes: ``Tong hop - du lieu.csv``, then ``… - du lieu (2).csv``."""
    return target.with_name(part_name(f"{target.stem} - du lieu", number) + f".{kind}")


def data_paths(summary: Summary, target: Path, kind: str) -> list[Path]:
    """The files that the table needs."""
    needed = max(1, -(-tidy_count(summary) // _rows_of_a_file())) if kind == CSV else 1
    return [data_path(target, kind, number) for number in range(1, needed + 1)]


def files_beside(target: Path) -> list[Path]:
    """What bears the name of a table of a summary at ``target``, in order."""
    found = []
    for kind in KINDS:
        for number in count(1):
            path = data_path(target, kind, number)
            if not path.exists():
                break
            found.append(path)
    return found


def _rows_of_a_file() -> int:
    return excel_limits.ROWS - 1


def wants_file(summary: Summary) -> bool:
    """Whether the table is too long for a sheet of the summary."""
    return tidy_count(summary) > min(MOST_ROWS, _rows_of_a_file())


def write_data_files(summary: Summary, paths: Sequence[Path], kind: str) -> None:
    """Write the table to ``paths``, as many as it needs, and on the disk for good.

    Raises ``InputFault`` where Parquet was asked for and cannot be written.
    """
    lines = tidy_lines(summary)
    for path in paths:
        if kind == PARQUET:
            _write_parquet(summary, path)
        else:
            _write_csv(islice(lines, _rows_of_a_file()), path)
        with path.open("rb+") as written:
            # Now, not between the replacements of the files: a moment of theirs is all they are apart.
            os.fsync(written.fileno())


def _write_csv(lines: Iterable[Line], path: Path) -> None:
    sign = decimal_sign()
    with path.open("w", encoding=ENCODING, newline="") as handle:
        writer = csv.writer(handle, delimiter="\t", lineterminator="\r\n")
        writer.writerow(COLUMNS)
        for line in lines:
            writer.writerow([harmless(cell) if isinstance(cell, str) else _digits(cell, sign) for cell in line])


def is_data_file(path: Path) -> bool:
    """Whether a file is a table written here."""
    try:
        with path.open(encoding=ENCODING) as handle:
            return handle.readline(1000).rstrip("\r\n") == "\t".join(COLUMNS)
    except (OSError, UnicodeError):
        return False


def decimal_sign() -> str:
    """The decimal sign of this PC: what Excel reads in a CSV. Elsewhere the Vietnamese comma."""
    if sys.platform == "win32":
        import winreg

        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, r"Control Panel\International") as key:
                return str(winreg.QueryValueEx(key, "sDecimal")[0])
        except OSError:
            pass
    return ","


def _digits(number: Number, sign: str) -> str:
    return str(number) if isinstance(number, int) else f"{Decimal(number):f}".replace(".", sign)


@lru_cache(maxsize=65_536)  # units and rows return on every line
def harmless(text: str) -> str:
    """A text that no program takes for a formula: units choose their names themselves."""
    text = " ".join(text.split())
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text


def _write_parquet(summary: Summary, path: Path) -> None:
    try:
        tidy(summary).to_parquet(path, index=False)
    except ImportError:
        raise InputFault(
            "Chưa ghi được tệp Parquet vì máy chưa có thư viện pyarrow: hãy cài pyarrow, hoặc dùng --du-lieu csv."
        ) from None
