"""Holds the row functions: the gain of a row at given capacity, of which U7 and U8 take the supremum."""
