"""A second evaluation path for the formulas of bounds: mpmath floats at high precision, never a certificate.

The ring operations are written independently of :mod:`boundcalc.numbers.rings`: the isolation probability is a power
instead of an exponential, and E min(d, Bin(n, p)) sums the distribution from k = 0 up.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from flint import fmpq, fmpz
from mpmath import mp, mpf

from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities

DIRECT = 3000
"""Largest d for which the whole distribution below d is added up."""


def to_mpf(value: Any) -> mpf:
    """An exact number as mpf, rounded once to the working precision."""
    if isinstance(value, float) and value == math.inf:
        return mp.inf
    rational = fmpq(value) if not isinstance(value, fmpq) else value
    return mpf(int(rational.p)) / int(rational.q)


def to_rational(value: mpf) -> fmpq:
    """The rational that an mpf is."""
    sign, mantissa, exponent, _ = value._mpf_
    whole = fmpz(int(-mantissa if sign else mantissa))  # gmpy2, where it is installed, has its own integers
    return fmpq(whole << exponent) if exponent >= 0 else fmpq(whole, fmpz(1) << -exponent)


class MpmathArithmetic:
    """An ``Arithmetic`` over mpf."""

    def number(self, value: fmpq) -> mpf:
        return to_mpf(value)

    def power(self, base: mpf, exponent: fmpq) -> mpf:
        if exponent.q == 1:
            return mpf(base) ** int(exponent.p)
        return mpf(base) ** to_mpf(exponent)

    def minimum(self, *values: Any) -> mpf:
        return min(mpf(value) for value in values)

    def maximum(self, *values: Any) -> mpf:
        return max(mpf(value) for value in values)

    def isolation(self, p: mpf, n: mpf) -> mpf:
        return mpf(0) if mp.isinf(n) else (1 - p) ** (int(n) - 1)

    def expected_minimum(self, d: mpf, n: mpf, p: mpf) -> mpf:
        if mp.isinf(n):
            return mpf(d)
        if n <= d:
            return n * p
        if p == 1:
            return mpf(d)
        near = 8 * n * p > d > n * p / 8
        return summed_minimum(int(d), int(n), p) if d <= DIRECT or near else tail_minimum(int(d), int(n), p)

    def log(self, value: mpf) -> mpf:
        return mp.log(value)

    def cases(self, n: mpf, pieces: Sequence[tuple[Any, Callable[[], mpf]]]) -> mpf:
        return [piece for start, piece in pieces if start <= n][-1]()


def summed_minimum(d: int, n: int, p: mpf) -> mpf:
    """d − Σ_{k<d} (d − k) P(X = k), from P(X = 0) up."""
    odds, probability, missing = p / (1 - p), (1 - p) ** n, mpf(0)
    for k in range(min(d, n + 1)):
        missing += (d - k) * probability
        probability *= odds * (n - k) / (k + 1)
    return d - missing


def tail_minimum(d: int, n: int, p: mpf) -> mpf:
    """From the short side of the distribution, for d far from n p, where the terms fall fast."""
    step = 1 if n * p < d else -1
    total, k = mpf(0), d
    log = mp.loggamma(n + 1) - mp.loggamma(k + 1) - mp.loggamma(n - k + 1) + k * mp.log(p) + (n - k) * mp.log1p(-p)
    probability = mp.exp(log)
    while probability > 0 and 0 <= k <= n:
        term = abs(k - d) * probability
        total += term
        if k != d and term < total * mp.eps:
            break
        probability *= (n - k) * p / ((k + 1) * (1 - p)) if step > 0 else k * (1 - p) / ((n - k + 1) * p)
        k += step
    return (n * p if step > 0 else mpf(d)) - total


MPMATH = MpmathArithmetic()


class MpmathQuantities(Quantities):
    """The named quantities of a problem as mpf at mpmath's current precision."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(MPMATH, problem)
        self.n, self.d = to_mpf(problem.n), mpf(problem.d)


def values_to_mpf(value: Any) -> Any:
    """The exact numbers of a choice, alone or in lists, as mpf."""
    if isinstance(value, (list, tuple)):
        return [values_to_mpf(entry) for entry in value]
    return to_mpf(value) if isinstance(value, (int, fmpq)) and not isinstance(value, bool) else value


def working_digits(problem: Problem, digits: int) -> int:
    """Decimal digits at which a formula keeps ``2 digits`` correct ones.

    Each of the listed differences loses at most the digits counted for it: 1 − π ≥ p (n − 1) p-digits; π itself and
    log Γ lose those of n; n p = d − (d − n p) loses those of n p; c_k(d) − 1/n and the quadrature's divisions lose
    those of N_m(d) ≤ d^m, twice each.
    """
    lost_p = len(str(problem.p.q)) + len(str(problem.p.p))
    lost_n = 0 if problem.is_infinite else len(str(problem.n))
    return 2 * digits + 50 + 2 * (lost_p + lost_n) + 4 * problem.m * len(str(problem.d))


def evaluate(bound: Any, problem: Problem, choice: Any, digits: int) -> mpf:
    """The bound's formula in mpf, ``2 digits`` of them correct."""
    with mp.workdps(working_digits(problem, digits)):
        values = {name: values_to_mpf(value) for name, value in choice.values.items()}
        return +bound.formula(MpmathQuantities(problem), **values)
