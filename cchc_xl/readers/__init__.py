"""Workbooks from outside → grids of values → submissions. Nothing in them is ever executed."""
