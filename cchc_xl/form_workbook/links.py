"""Links from a cell to a cell of another workbook: always a file, whatever signs stand in its name.

A link's target is a URI (ECMA-376 part 2 §6.5.3.4): ``%41`` in a file's name would be read as ``A``, what follows ``#``
as a place in the file, ``http:`` as another machine, ``\\\\evil`` too.
"""

from __future__ import annotations

import os

# Excel's own limit, in signs; XlsxWriter writes no longer link, nor the cell.
_MOST_SIGNS = 2_079
_ESCAPED = frozenset('%#?:\\"<>[]{}^` ') | {chr(code) for code in range(32)}
_DRIVE = 2  # C:


def file_link(path: str, sheet: str, cell: str) -> str:
    """What XlsxWriter's ``write_url`` takes for a cell of a file; empty when it would be too long for Excel."""
    if os.sep == "\\":
        path = path.replace("\\", "/")
    drive, rest = (path[:_DRIVE], path[_DRIVE:]) if os.sep == "\\" and path[1:_DRIVE] == ":" else ("", path)
    target = drive + "".join(f"%{ord(sign):02X}" if sign in _ESCAPED else sign for sign in rest)
    name = sheet.replace("'", "''")
    link = f"external:{target}#'{name}'!{cell}"
    return link if len(link) <= _MOST_SIGNS else ""
