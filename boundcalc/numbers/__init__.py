"""Exact and enclosed numbers: parsing, rings, enclosures, special functions and moments."""
