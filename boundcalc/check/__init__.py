"""Puts proof steps to the test: exact algebra, exact enumeration of small cases, and search for a counterexample."""
