"""Computes with exact and enclosed numbers: parsing, rings, enclosures, special functions and moments."""
