"""Holds the named quantities that claims are written in, one entry each: what every engine knows of them."""
