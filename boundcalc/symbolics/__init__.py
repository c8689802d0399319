"""Formulas derived with SymPy: row polynomials, closed forms, limits, sharp constants and proofs that bounds compare.

Every module here imports SymPy; import them inside functions where start-up time matters.
"""
