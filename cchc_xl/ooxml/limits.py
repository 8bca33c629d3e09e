"""Limits on packages from outside, with their reasons. Reader and patcher keep the same ones."""

# The whole package is held in memory and a parsed sheet takes several times its text: this much still fits an office
# PC, it is far above any real form (below 1 MB), and it stops a zip bomb before it is unpacked.
MAX_UNPACKED_BYTES = 200 * 1024 * 1024

# A summary of our own that is merged over again: the whole country's communes side by side take 100 MB of XML.
MAX_SUMMARY_BYTES = 1024 * 1024 * 1024

# A file as it came; forms are far below 1 MB, a form with pictures pasted in by a unit a few MB.
MAX_FILE_BYTES = 50 * 1024 * 1024
