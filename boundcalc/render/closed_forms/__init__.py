"""Derives closed forms, their conditions and their limits from the declarations of bounds; everything here imports SymPy."""
