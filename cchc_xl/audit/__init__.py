"""An auditor's look at a finished summary: does it say what the units' files say, and is every file accounted for.

Nothing of the summary is trusted, and nothing of the merge's own arithmetic is used: sums are added up anew.
"""
