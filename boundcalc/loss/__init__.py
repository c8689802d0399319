"""Computes the loss of a given weight matrix: exact rationals, balls, and float64 with gradient."""
