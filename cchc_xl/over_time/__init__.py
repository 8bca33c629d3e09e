"""Figures over time: which periods make a longer one, how a row's periods become one figure, what differs.

Pure (semantics.md, "Over time": in-period rows add, cumulative and at-a-date rows take the latest, ratios recompute).
"""
