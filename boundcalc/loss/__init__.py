"""The loss of a given weight matrix: exact rationals, balls, float64 with gradient, and independent oracles."""
