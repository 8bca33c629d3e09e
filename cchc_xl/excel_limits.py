"""What Excel itself can hold (Microsoft: "Excel specifications and limits"). What is more is split or refused, not cut.

Code asks for these as ``excel_limits.ROWS``, so that tests can lower them.
"""

from __future__ import annotations

# Of a sheet; of a CSV that Excel opens, too.
ROWS = 1_048_576
COLUMNS = 16_384
# Links of a sheet: with more, Excel takes the file for damaged.
LINKS = 65_530
# UTF-16 code units of a cell's text.
TEXT = 32_767


def text_length(text: str) -> int:
    """How long a text is as Excel counts."""
    # Every letter takes one or two units: most texts are far from the limit either way.
    return len(text) if len(text) <= TEXT // 2 else len(text.encode("utf-16-le", "surrogatepass")) // 2
