"""Bounds how many features ReLU(WᵀW x)^m without bias restores one at a time: a linear program over zonal functions, proven in
rationals.

With one feature active at u the answers are (A_ij u)_+^m, and the improvement is at most p(1 − p)^{n−1} μ_{m+1}²/μ_{2m}
times (Σ a_i^m)²/Σ_ij (a_i a_j)^m (t_ij)_+^{2m}. For h = Σ h_k P_k(t) with h_k ≥ 0 for k ≥ 1 and h ≤ (t)_+^{2m} on [−1, 1]
that quotient is at most 1/(h_0 + (1 − h(1))/n) for n features, and 1/h_0 for every number of them: the P_k of the cosines
are positive semidefinite, and the diagonal has the sum of (a_i^m)², at least (Σ a_i^m)²/n, 1 − h(1) times more than h gives it.
The program is solved on a grid in float64 and lowered until Bernstein coefficients prove it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from math import comb

import numpy as np
from flint import fmpq, fmpq_poly

from boundcalc.bounds.relu.row_table import short
from boundcalc.bounds.relu.zonal import combined, zonal_values
from boundcalc.numbers.errors import CertificationError, ParameterError

DEGREE = 14
_ROOMS = (2e-7, 1e-6, 1e-5, 1e-4, 1e-3)
_MOST_PARTS = 4000


@dataclass(frozen=True)
class OneActive:
    """A proven upper bound on the number of features that are restored one at a time.

    Attributes
    ----------
    d, m : int
    h : tuple of fmpq
        h_0, h_1, …, by zonal polynomials of the sphere in R^d.
    n : int, optional
        The number of features; without it the ceiling is for every number.
    """

    d: int
    m: int
    h: tuple[fmpq, ...]
    n: int | None = None

    @property
    def ceiling(self) -> fmpq:
        """1/(h_0 + (1 − h(1))/n), and not more than n."""
        if self.n is None:
            return 1 / self.h[0]
        return min(fmpq(self.n), 1 / (self.h[0] + (1 - sum(self.h, fmpq(0))) / self.n))


@lru_cache(maxsize=64)
def one_active(d: int, m: int = 1, degree: int = DEGREE, n: int | None = None) -> OneActive:
    """The best ceiling that is found and proven, for d ≥ 2 and n features, or any number.

    Raises
    ------
    ParameterError
        For d below 2 or m below 1.

    >>> from boundcalc.numbers.enclosure import to_float
    >>> round(to_float(one_active(2).ceiling), 3)  # the pentagon's is (35 + 5 sqrt(5))/11 = 4.198
    4.198
    """
    if d < 2 or m < 1:
        raise ParameterError("d" if d < 2 else "m", d if d < 2 else m, f"must be a whole number, at least {2 if d < 2 else 1}")
    numbers = _proposed(d, m, degree, n)
    for room in _ROOMS:
        h = (short(float(numbers[0]) - room, 40), *(short(float(value), 40) for value in numbers[1:]))
        try:
            prove_one_active(OneActive(d, m, h, n))
        except CertificationError:
            continue
        return OneActive(d, m, h, n)
    if n is not None:  # where n is so small that h = 0 is nearly best; any h serves every n
        return replace(one_active(d, m, degree), n=n)
    raise CertificationError(f"d = {d}, m = {m}: no zonal function could be proven")


def _proposed(d: int, m: int, degree: int, n: int | None) -> np.ndarray:
    from scipy.optimize import linprog

    t = np.cos(np.linspace(0, np.pi, 2001))
    bound = np.maximum(t, 0) ** (2 * m)
    objective = np.zeros(degree + 1) if n is None else np.full(degree + 1, 1 / n)
    objective[0] -= 1
    P = zonal_values(d, degree, t)
    solved = linprog(objective, A_ub=P.T, b_ub=bound, bounds=[(None, None)] + [(0, None)] * degree, method="highs")
    found: np.ndarray = solved.x
    return found


def prove_one_active(claimed: OneActive) -> None:
    """Decides that h has nonnegative coefficients and is at most (t)_+^{2m} on [−1, 1].

    Raises
    ------
    CertificationError
        If it is not, or could not be decided.
    """
    if claimed.h[0] <= 0 or min(claimed.h) < 0:
        raise CertificationError("a coefficient of h is negative")
    h = combined(claimed.h, claimed.d)
    _prove_positive(-h, fmpq(-1), fmpq(0))
    _prove_positive(fmpq_poly([0] * (2 * claimed.m) + [1]) - h, fmpq(0), fmpq(1))


def _prove_positive(polynomial: fmpq_poly, low: fmpq, high: fmpq) -> None:
    """All Bernstein coefficients are nonnegative on each of the parts into which the interval is halved."""
    waiting, parts = [(low, high)], 0
    while waiting:
        left, right = waiting.pop()
        parts += 1
        if parts > _MOST_PARTS or polynomial(left) < 0:
            raise CertificationError("h is above the power of the positive part")
        moved = polynomial(fmpq_poly([left, right - left]))
        degree = max(moved.degree(), 0)
        total = [sum((fmpq(comb(i, j), comb(degree, j)) * moved[j] for j in range(i + 1)), fmpq(0)) for i in range(degree + 1)]
        if min(total) < 0:
            middle = (left + right) / 2
            waiting += [(left, middle), (middle, right)]


def restored(vectors: np.ndarray, m: int = 1) -> fmpq:
    """(Σ a_i^m)²/Σ_ij (A_ij)_+^{2m} of the columns, exact for the binary numbers they are: what a configuration restores."""
    columns = [[fmpq(*float(x).as_integer_ratio()) for x in column] for column in vectors.T]
    gram = [[sum((x * y for x, y in zip(one, other, strict=True)), fmpq(0)) for other in columns] for one in columns]
    top = sum((gram[i][i] ** m for i in range(len(gram))), fmpq(0)) ** 2
    return top / sum((value ** (2 * m) for row in gram for value in row if value > 0), fmpq(0))
