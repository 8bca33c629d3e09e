"""Nhận dạng: which row of which form each row of a foreign table is, how surely, and who has confirmed it."""
