"""The summary workbook of a merge: the parent's form with live totals, and where every figure came from."""
