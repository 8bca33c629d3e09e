"""The tidy table as a file beside the summary: CSV that Excel opens, or Parquet for other programs."""

from __future__ import annotations

import csv
import sys
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from cchc_xl.consolidation.contribution import Number
from cchc_xl.consolidation.summary import Summary
from cchc_xl.errors import InputFault
from cchc_xl.summary_workbook.tidy import COLUMNS, tidy, tidy_count, tidy_lines

CSV, PARQUET = "csv", "parquet"
KINDS = (CSV, PARQUET)
# A longer table would take more time and room than all other sheets together; Excel's own limit is 1,048,576 rows.
MOST_ROWS = 50_000
# With tabs in UTF-16 ("Unicode Text") Excel opens a .csv in columns and with its accents whatever the PC's list sign.
_ENCODING = "utf-16"
# What a formula may begin with; the wide forms of an East Asian keyboard are taken for the narrow ones.
_FORMULA_SIGNS = tuple("=+-@＝＋－＠")


def data_path(target: Path, kind: str = CSV) -> Path:
    """Where the table of a summary at ``target`` goes: ``Tong hop - du lieu.csv``."""
    return target.with_name(f"{target.stem} - du lieu.{kind}")


def wants_file(summary: Summary) -> bool:
    """Whether the table is too long for a sheet of the summary."""
    return tidy_count(summary) > MOST_ROWS


def write_data_file(summary: Summary, path: Path, kind: str) -> None:
    """Write the table to ``path``. Raises ``InputFault`` where Parquet was asked for and cannot be written."""
    if kind == PARQUET:
        _write_parquet(summary, path)
        return
    sign = decimal_sign()
    with path.open("w", encoding=_ENCODING, newline="") as handle:
        writer = csv.writer(handle, delimiter="\t", lineterminator="\r\n")
        writer.writerow(COLUMNS)
        for line in tidy_lines(summary):
            writer.writerow([_harmless(cell) if isinstance(cell, str) else _digits(cell, sign) for cell in line])


def is_data_file(path: Path) -> bool:
    """Whether a file is a table written here."""
    try:
        with path.open(encoding=_ENCODING) as handle:
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
def _harmless(text: str) -> str:
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
