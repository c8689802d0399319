"""Holds the parts of U9: terms, the cone program that proposes parameters, and the certified suprema."""
