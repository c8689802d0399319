"""Sweeps grids of problems: the store of their results, and the executors that evaluate them."""
