"""Statements in exact arithmetic: cases, values, and the enumeration of small cases."""
