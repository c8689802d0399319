"""Proves that the regular (2m + 3)-gon is optimal for even m: networks ReLU(WᵀW x)^m without bias, d = 2, one active feature.

h is the polynomial of degree 2m + 2 with the values and slopes of (t)_+^{2m} at the cosines t_k of the N-gon, N = 2m + 3, and
the value 1 at 1. Its coefficients by Chebyshev polynomials are positive and h ≤ (t)_+^{2m} on [−1, 1], so that (Σ a_i^m)²/Σ
(A_ij)_+^{2m} is at most 1/h_0 for every number of features. The N-gon attains it: h agrees with (t)_+^{2m} at its cosines, and
the sum of a Chebyshev polynomial of degree 1 to N − 1 over them is 0.

What is decided are signs of numbers that are not 0, in balls. h is enclosed by divided differences; −h/Π_{t_k < 0} (t − t_k)² on
[−1, 0] and (t^{2m} − h)/((1 − t) Π_{t_k > 0} (t − t_k)²) on [0, 1] are polynomials, since the factors divide exactly, and have
positive Bernstein coefficients on parts of the interval. For m = 1, 3 and 5 this h has a negative coefficient; for m = 1 there is
:mod:`boundcalc.bounds.relu.pentagon`.
"""

from __future__ import annotations

from functools import lru_cache
from math import comb

from flint import arb, arb_poly, fmpq

from boundcalc.numbers.enclosure import precision
from boundcalc.numbers.errors import CertificationError

BITS = 512
_MOST_PARTS = 400


@lru_cache(maxsize=16)
def prove_polygon(m: int) -> arb:
    """G = N/Σ_k (cos 2πk/N)_+^{2m}, N = 2m + 3, after every step of the proof has been decided; a ball.

    Raises
    ------
    CertificationError
        With the step that fails.

    >>> prove_polygon(2).str(10, radius=False)
    '5.375366244'
    """
    with precision(BITS):
        nodes = [(2 * arb.pi() * k / (2 * m + 3)).cos() for k in range(1, m + 2)]
        h = interpolant(m, nodes)
        coefficients = chebyshev(h)
        if not all(c > 0 for c in coefficients):
            raise CertificationError("a coefficient of h is not positive")
        low, high = -h, arb_poly([0] * (2 * m) + [1]) - h
        for t in nodes:
            for _ in range(2):
                low, high = (_divided(low, t), high) if t < 0 else (low, _divided(high, t))
        _positive(low, fmpq(-1), fmpq(0), "h ≤ 0 on [−1, 0]")
        _positive(-_divided(high, arb(1)), fmpq(0), fmpq(1), "h ≤ t^{2m} on [0, 1]")
        total = 1 + 2 * sum((t ** (2 * m) for t in nodes if t > 0), arb(0))
        return (2 * m + 3) / total


def interpolant(m: int, nodes: list[arb]) -> arb_poly:
    """h by Newton's form, each node twice and 1 once."""
    twice = [t for t in nodes for _ in range(2)] + [arb(1)]
    column = [t ** (2 * m) if t > 0 else arb(0) for t in twice]
    first = [column[0]]
    for order in range(1, len(twice)):
        below = column
        column = []
        for k in range(len(twice) - order):
            if order == 1 and k % 2 == 0 and k + 1 < len(twice) - 1:
                t = twice[k]
                column.append(2 * m * t ** (2 * m - 1) if t > 0 else arb(0))
            else:
                column.append((below[k + 1] - below[k]) / (twice[k + order] - twice[k]))
        first.append(column[0])
    h = arb_poly([0])
    for value, t in zip(reversed(first), reversed(twice), strict=True):
        h = h * arb_poly([-t, 1]) + value
    return h


def chebyshev(h: arb_poly) -> list[arb]:
    """Coefficients by T_0, T_1, …"""
    size = h.degree() + 1
    basis = [arb_poly([1]), arb_poly([0, 1])]
    while len(basis) < size:
        basis.append(arb_poly([0, 2]) * basis[-1] - basis[-2])
    found, rest = [arb(0)] * size, [h[k] for k in range(size)]
    for k in range(size - 1, -1, -1):
        found[k] = rest[k] / basis[k][k]
        rest = [value - found[k] * basis[k][j] for j, value in enumerate(rest[:k])]
    return found


def _divided(polynomial: arb_poly, root: arb) -> arb_poly:
    """By t − root, which divides the interpolant's difference by its construction."""
    quotient = [polynomial[polynomial.degree()]]
    for k in range(polynomial.degree() - 1, 0, -1):
        quotient.append(polynomial[k] + root * quotient[-1])
    if not (polynomial[0] + root * quotient[-1]).contains(0):
        raise CertificationError("h does not touch the power at a cosine of the polygon")
    return arb_poly(quotient[::-1])


def _positive(polynomial: arb_poly, low: fmpq, high: fmpq, where: str) -> None:
    waiting, parts = [(low, high)], 0
    while waiting:
        left, right = waiting.pop()
        parts += 1
        moved = polynomial(arb_poly([arb(left), arb(right - left)]))
        n = moved.degree()
        total = [sum((arb(fmpq(comb(i, j), comb(n, j))) * moved[j] for j in range(i + 1)), arb(0)) for i in range(n + 1)]
        if all(value > 0 for value in total):
            continue
        if parts > _MOST_PARTS or total[0] < 0 or total[-1] < 0:
            raise CertificationError(f"{where} fails")
        middle = (left + right) / 2
        waiting += [(left, middle), (middle, right)]
