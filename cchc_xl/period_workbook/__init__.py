"""Workbooks of several periods: the joined one with where its figures come from, and the comparison of periods."""
