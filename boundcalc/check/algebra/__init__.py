"""Statements proven by exact algebra, for every number of features and every law."""
