"""Formulas that stand beside the figures (cover, heads of the sheets) and, in Python, what they show.

Each file holds native formulas next to their twins in Python, so that builder and filler can store true results for
programs that do not compute; LibreOffice judges in the tests that the two agree.
"""

from cchc_xl.companions.checksum import checksum, checksum_text
from cchc_xl.companions.results import NO_COMPANIONS, Companions, companion_results, stands_as_built

__all__ = ["NO_COMPANIONS", "Companions", "checksum", "checksum_text", "companion_results", "stands_as_built"]
