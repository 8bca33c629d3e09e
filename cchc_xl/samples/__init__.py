"""Samples: printed figures of real reports, a real list of units, and made-up reports of nine communes."""
