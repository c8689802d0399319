"""Chooses the n for which parameters are proposed, which neighbouring n share.

Parameters for n' features hold for every n <= n', and their value grows with n. Where a bound is nearly flat in n, the optima of
two programs differ by more than I* grows from one n to the next, since a program's optimum is known to five to nine digits.
"""

from __future__ import annotations

from boundcalc.model.problem import Problem

N_BITS = 8
"""Binary digits of an n for which parameters are proposed: all up to 255 are, and of 276 and 2300 the factors 4 stay."""


def shared(problem: Problem) -> Problem:
    """The problem of the least n' ≥ n with :data:`N_BITS` binary digits.

    >>> shared(Problem(1001, 4, 5, "1/2", "rademacher")).n
    1004
    """
    if problem.is_infinite:
        return problem
    unit = 1 << max(int(problem.n).bit_length() - N_BITS, 0)
    n = -(-int(problem.n) // unit) * unit
    return problem if n == problem.n else Problem(n, problem.d, problem.m, problem.p, problem.law)
