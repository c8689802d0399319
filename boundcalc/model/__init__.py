"""Defines what is asked: the problem, its laws, the notation and the named quantities."""
