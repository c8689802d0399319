"""Chooses the n for which parameters are proposed, which neighbouring n share.

Parameters for n' features hold for every n <= n', and their value grows with n. Where a bound is nearly flat in n, the optima of
two programs differ by more than I* grows from one n to the next, since a program's optimum is known to five to nine digits.
Parameters that hold for more features than they were made for say that it is flat: those of the most features serve all.
"""

from __future__ import annotations

from collections.abc import Callable

from boundcalc.model.problem import Problem

N_BITS = 8
"""Binary digits of an n for which parameters are proposed: all up to 255 are, and of 276 and 2300 the factors 4 stay."""
FLAT_BITS = 4
"""Binary digits of an n at which it is asked whether a bound is flat so far."""
MOST = 1 << 20
"""Beyond so many features that is not asked."""


def shared(problem: Problem) -> Problem:
    """The problem of the least n' ≥ n with :data:`N_BITS` binary digits.

    >>> shared(Problem(1001, 4, 5, "1/2", "rademacher")).n
    1004
    """
    if problem.is_infinite:
        return problem
    n = rung(int(problem.n), N_BITS)
    return problem if n == problem.n else of_features(problem, n)


def rung(n: int, bits: int) -> int:
    """The least n' ≥ n with so many binary digits, zeros after them.

    >>> [rung(n, 4) for n in (15, 17, 31, 100)]
    [15, 18, 32, 104]
    """
    unit = 1 << max(n.bit_length() - bits, 0)
    return -(-n // unit) * unit


def roundest(least: int, most: int) -> int:
    """The largest n > least up to ``most`` with the most binary zeros at its end.

    >>> [roundest(41, most) for most in (42, 47, 63, 208)]
    [42, 44, 48, 128]
    """
    for zeros in range(most.bit_length() - 1, -1, -1):
        if (n := most >> zeros << zeros) > least:
            return n
    raise ValueError(f"least = {least}: must be below most = {most}")


def farthest(problem: Problem, flat: Callable[[Problem], bool]) -> Problem:
    """The problem with the most features up to which ``flat`` says yes, n = ∞ or one of few digits; itself if there is none.

    >>> farthest(Problem(12, 2, 5, "1/2", "rademacher"), lambda near: near.n <= 53).n
    52
    """
    infinite = of_features(problem, "inf")
    if flat(infinite):
        return infinite
    rungs = [int(problem.n)]
    while rungs[-1] < MOST:
        rungs.append(rung(rungs[-1] + 1, FLAT_BITS))
    at, end, step = 0, len(rungs), 1
    while at + 1 < end:
        # twice as far while it is flat, then halving
        tried = min(at + step, end - 1) if end == len(rungs) else (at + end) // 2
        if flat(of_features(problem, rungs[tried])):
            at, step = tried, 2 * step
        else:
            end = tried
    return of_features(problem, rungs[at])


def of_features(problem: Problem, n: int | str) -> Problem:
    """The same with n features."""
    return Problem(n, problem.d, problem.m, problem.p, problem.law)
