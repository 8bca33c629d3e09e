"""Merging: submissions of many units → one summary, every figure with where it came from."""
