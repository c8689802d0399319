"""Holds what bounds say of features that differ, a file a bound."""
