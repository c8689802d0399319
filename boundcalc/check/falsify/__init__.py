"""Searches for counterexamples and makes them small."""
