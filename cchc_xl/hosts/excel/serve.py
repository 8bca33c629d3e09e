"""``python -m cchc_xl.hosts.excel.serve <CLSID>``: computes worksheet functions for the Excel that started it.

xlwings' library starts this at the first function (``macros/addin/CchcPython.bas``), asks it for an object of the class
and ends it with Excel. Windows only. Nothing of a workbook is imported: ``-I`` keeps its folder off ``sys.path``,
and the add-in names no workbook, in which xlwings would look for embedded code.
"""

from __future__ import annotations

import os
import re
import sys

_CLSID = re.compile(r"\{[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}")


def main(arguments: list[str] | None = None) -> int:
    """Serve until Excel ends; 2 when there is no class to serve under."""
    given = sys.argv[1:] if arguments is None else arguments
    if len(given) != 1 or not _CLSID.fullmatch(given[0]):
        return 2
    # The folder may be that of a received workbook: it would be held for as long as Excel runs.
    os.chdir(sys.exec_prefix)
    # With what xlwings' decorators need on Windows; that the functions cannot be loaded is said in the cell.
    from xlwings.com_server import serve

    from cchc_xl.hosts.excel.attach import end_no_excel

    end_no_excel()
    serve(given[0])  # type: ignore[no-untyped-call]
    return 0


if __name__ == "__main__":
    sys.exit(main())
