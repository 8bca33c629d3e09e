"""Reading and writing Excel packages without losing what the toolkit does not touch."""
