"""Writes what is printed: LaTeX fragments and documents, and what notebooks show. Strings only; nothing here computes a bound."""
