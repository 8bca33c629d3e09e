"""Limits on packages from outside, with their reasons. Readers take them as a parameter; the patcher keeps its own.

What they are for: whatever a file holds, it takes no more than some 2 s and 200 MB to read it or to refuse it.
"""

from __future__ import annotations

from dataclasses import dataclass

_MB = 1024 * 1024

# The whole package is held in memory and a parsed sheet takes several times its text: this much still fits an office
# PC, it is far above any real form (below 1 MB), and it stops a zip bomb before it is unpacked.
MAX_UNPACKED_BYTES = 200 * _MB

# A file as it came; forms are far below 1 MB, a form with pictures pasted in by a unit a few MB.
MAX_FILE_BYTES = 50 * _MB


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a workbook may hold that is read. Bytes, where nothing else is said."""

    # Of the file, and of all its parts together when unpacked.
    file: int = MAX_FILE_BYTES
    unpacked: int = MAX_UNPACKED_BYTES
    # Entries of the package: each takes 600 bytes in memory before anything was read. Excel writes some dozens.
    entries: int = 10_000
    # Of all sheets that are read. A sheet whose million rows were all formatted takes 40-45 MB and is read in a second.
    sheet: int = 50 * _MB
    # Of the shared texts and of the styles, each. Excel's own limit of 65,490 cell styles takes some 10 MB.
    shared: int = 24 * _MB
    # Start and end tags of long sheets, together, without blank cells and rows: a million are measured in a second.
    tags: int = 1_200_000
    # The same of sheets that are not written as office programs write them: each tag is looked at on its own.
    rewritten: int = 300_000
    # Cells from A1 to the last one that holds something, of all sheets that are read: each takes 40 bytes, blank ones
    # too. Forms have some 10,000.
    cells: int = 1_500_000
    # Formulas of a sheet: each takes 300 bytes when it is looked at. Forms have a few hundred.
    formulas: int = 150_000
    # Texts of a sheet's cells: a shared text counts as often as a cell shows it (a small file can repeat it at will).
    text: int = 16 * _MB
    # Sheets: of each something is kept.
    sheets: int = 1_000


SUBMISSION = Limits()

# A file that is no form of ours: each of its texts is compared with those of the forms. A district's appendices have
# some 5,000 cells, its list of procedures 20,000.
FOREIGN = Limits(cells=200_000, text=4 * _MB)

# A summary of our own that is merged over again: the whole country's communes side by side take 100 MB of XML.
SUMMARY = Limits(
    file=200 * _MB,
    # What is read of it is bounded sheet by sheet; a sheet of a million findings, which is not read, takes 700 MB.
    unpacked=4096 * _MB,
    sheet=512 * _MB,
    shared=200 * _MB,
    tags=40_000_000,
    cells=30_000_000,
    formulas=5_000_000,
    text=400 * _MB,
)
