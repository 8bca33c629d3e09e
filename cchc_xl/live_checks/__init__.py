"""Live checks: the state of each row as a native formula, and the same text from Python for the cached result.

Both come from the rules of the form: ``formulas`` writes them as formulas, ``states`` asks the checks.
"""
