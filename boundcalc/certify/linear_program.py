r"""Finds and proves linear-programming certificates for U3(c): G with S^2 <= G T for n vectors in R^d, proven by one polynomial.

With u = t^2, h(u) = sum_k h_k P_{2k}, h_k >= 0 for k >= 1 and h(u) <= u^m on [0, 1]:

    G = 1 / (h_0 + (1 - h(1))/n).

The best h is found in floating point (a linear program over a grid that grows where it is violated), rounded to
decimal fractions, lowered by its violation, and then proven in exact arithmetic. What is not proven is not returned.
[Delsarte, Goethals, Seidel 1977; Yudin 1992]
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flint import fmpq, fmpq_poly

from boundcalc.certify.gegenbauer import from_gegenbauer, gegenbauer_coefficients
from boundcalc.certify.real_roots import polynomial_nonnegative
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.weighted_sums import shortened, weighted, whole_power

DIGITS = 13
"""Decimal digits that are kept of each coefficient, relative to its natural size."""
MARGINS = (2e-12, 1e-11, 1e-10, 1e-9)
"""By how much, relative to u^m, a rounded polynomial is lowered at least; the first that is proven is taken."""
FEASIBILITY = 1e-10
"""The solver's tolerance; the exchange stops when no point exceeds u^m by more."""
ROUNDS = 12
"""Most exchange steps."""


@dataclass(frozen=True)
class LinearProgramCertificate:
    """A polynomial that proves S² ≤ G T for n vectors in R^d and exponent m, with free weights.

    Parameters
    ----------
    n, d, m : int
    gegenbauer : tuple of fmpq
        h_0, h_1, …: coefficients in the even Gegenbauer polynomials of S^{d−1} with P(1) = 1.
    constant : fmpq
        G = 1/(h_0 + (1 − h(1))/n).
    """

    n: int
    d: int
    m: int
    gegenbauer: tuple[fmpq, ...]
    constant: fmpq

    @property
    def degree(self) -> int:
        """The degree of h in u = t²."""
        return len(self.gegenbauer) - 1

    @property
    def polynomial(self) -> fmpq_poly:
        """h as a polynomial in u."""
        return from_gegenbauer(self.gegenbauer, self.d)

    def failure(self) -> str | None:
        """The first condition that does not hold, in exact arithmetic; ``None`` for a valid certificate."""
        if min(self.n, self.d, self.m) < 1 or not self.gegenbauer:
            return "n, d and m must be at least 1, and h must have a coefficient"
        for k, coefficient in enumerate(self.gegenbauer[1:], 1):
            if coefficient < 0:
                return f"the Gegenbauer coefficient h_{k} = {coefficient} is negative"
        value = _objective(self.n, self.gegenbauer)
        if value <= 0:
            return f"h_0 + (1 - h(1))/n = {value} is not positive"
        if self.constant * value != 1:
            return f"G is not 1/(h_0 + (1 - h(1))/n) = {1 / value}"
        if not polynomial_nonnegative(_power(self.m) - self.polynomial, fmpq(0), fmpq(1)):
            return f"h(u) <= u^{self.m} fails somewhere on [0, 1]"
        return None

    def verify(self) -> bool:
        """Whether the certificate proves S² ≤ G T, in exact arithmetic."""
        return self.failure() is None


def _power(m: int) -> fmpq_poly:
    return fmpq_poly([0] * m + [1])


def _objective(n: int, coefficients: tuple[fmpq, ...]) -> fmpq:
    """h_0 + (1 − h(1))/n; P(1) = 1 makes h(1) the sum."""
    return coefficients[0] + (1 - sum(coefficients, fmpq(0))) / n


@lru_cache(maxsize=64)
def certify(n: int, d: int, m: int, degree: int) -> LinearProgramCertificate | None:
    """The best certificate that the solver finds with h of that degree in u; ``None`` if none can be proven.

    Rounding and lowering cost less than 1e-9 of G for d ≥ 3 where measured. For d = 2 the program has many optima, the
    exchange converges slowly and the cost reaches 3e-7; there the universal constant is the optimum anyway.

    Parameters
    ----------
    n, d, m : int
        n ≥ 1, d ≥ 2, m ≥ 1.
    degree : int
        At least m, else the program has no Gegenbauer expansion of u^m to start from.
    """
    sizes = _natural_sizes(d, m, degree)
    proposed, violation = _solve(n, d, m, sizes)
    if proposed is None:
        return None
    for margin in MARGINS:
        rounded = _repair(proposed, sizes, margin + 2 * violation)
        value = _objective(n, rounded)
        if value > 0:
            found = LinearProgramCertificate(n, d, m, rounded, 1 / value)
            if found.verify():
                return found
    return None


def _natural_sizes(d: int, m: int, degree: int) -> list[fmpq]:
    """The scale of each h_k: the coefficient of u^m, about d^{k−m}, and 1 past m."""
    return [*gegenbauer_coefficients(_power(m), d), *[fmpq(1)] * (degree - m)]


def _repair(scaled: list[float], sizes: list[fmpq], margin: float) -> tuple[fmpq, ...]:
    """Decimal fractions near the solver's numbers, clipped to h_k ≥ 0 and lowered: (1 − margin) h − margin/τ_m(d).

    The solver's violation is relative to max(u^m, 1/τ_m), which this takes off, to first order.
    """
    lowered = [(1 - margin) * max(value, 0.0) for value in scaled]
    lowered[0] = (1 - margin) * scaled[0] - margin
    found = []
    for value, size in zip(lowered, sizes, strict=True):
        # one power of ten below the size of the coefficient keeps the fractions short
        digits = DIGITS + max(0, len(str((1 / size).floor())) - 1)
        unit = fmpq(1, 10**digits)
        found.append((fmpq(*value.as_integer_ratio()) * size / unit + fmpq(1, 2)).floor() * unit)
    while len(found) > 1 and found[-1] == 0:
        found.pop()
    return tuple(found)


def _solve(n: int, d: int, m: int, sizes: list[fmpq]) -> tuple[list[float] | None, float]:
    """Scaled coefficients h_k/size_k of the floating-point optimum, and how far it exceeds u^m between the grid points.

    The rows are scaled by max(u^m, 1/τ_m(d)), the objective by τ_m(d). Each round adds the points where the last
    solution comes closest to u^m or passes it.
    """
    import numpy as np

    from boundcalc.certify.cone_solver import linear_optimum

    size = np.array([to_float(s) for s in sizes])
    smallest = size[0]
    gain = np.full(len(size), -1.0 / n)
    gain[0] += 1.0
    signed = np.arange(len(size)) > 0

    def rows(u: Any) -> tuple[Any, Any]:
        power = whole_power(u, m)
        weight = np.maximum(power, smallest)
        return _values(d, len(size) - 1, u) * size / weight[:, None], power / weight

    fine = _grid(d, 1500)
    points = _grid(d, 100)
    fine_matrix, fine_right = rows(fine)
    best, least = None, np.inf
    for _ in range(ROUNDS):
        matrix, right = rows(points)
        x = linear_optimum(-gain * size / smallest, matrix, right, signed, FEASIBILITY)
        if x is None:
            break
        slack = fine_right - weighted(x, fine_matrix.T)
        low = np.flatnonzero((slack[1:-1] <= slack[:-2]) & (slack[1:-1] < slack[2:]) & (slack[1:-1] < 1e-3)) + 1
        touching = _vertices(fine, slack, low)
        between, value = rows(touching)
        violation = max(0.0, -float(np.min(slack)), -float(np.min(value - weighted(x, between.T), initial=0.0)))
        if violation < least:
            best, least = x.tolist(), violation
        if violation < FEASIBILITY:
            break
        points = np.concatenate([points, touching, fine[slack < 0][::5]])
    return best, float(least)


def _grid(d: int, count: int) -> Any:
    """Points of [0, 1] in u, dense at both ends and about the typical size 1/d."""
    import numpy as np

    half = np.linspace(0.0, 1.0, count)
    return np.unique(np.concatenate([shortened(np.sin(half * np.pi / 2) ** 2), np.minimum(1.0, 12.0 / d * half**2)]))


def _vertices(u: Any, values: Any, low: Any) -> Any:
    """The vertices of the parabolas through each local minimum and its neighbours."""
    import numpy as np

    x0, x1, x2 = u[low - 1], u[low], u[low + 1]
    left, right = (values[low] - values[low - 1]) / (x1 - x0), (values[low + 1] - values[low]) / (x2 - x1)
    curvature = (right - left) / (x2 - x0)
    with np.errstate(divide="ignore", invalid="ignore"):
        vertex = np.where(curvature > 0, (x0 + x1) / 2 - left / (2 * curvature), x1)
    return np.clip(vertex, x0, x2)


def _values(d: int, degree: int, u: Any) -> Any:
    """P_{2k}(u) for k ≤ degree in floating point; shape (points, degree + 1)."""
    import numpy as np

    t = np.sqrt(u)
    below, current = np.ones_like(t), t
    columns = [below]
    for k in range(1, 2 * degree):
        below, current = current, ((2 * k + d - 2) * t * current - k * below) / (k + d - 2)
        if k % 2:
            columns.append(current)
    return np.stack(columns, axis=1)
