r"""Decides signs of a polynomial of two variables on a rectangle, by its Bernstein coefficients in balls.

On [a, a + w], with s = (x - a)/w, x^i = sum_j C(i, j) a^{i-j} w^j s^j and s^j = sum_l [C(l, j)/C(n, j)] B_l(s) for the Bernstein
polynomials of degree n: nonnegative, with sum 1. So the polynomial lies between its least and its greatest coefficient.
"""

from __future__ import annotations

from functools import lru_cache
from math import comb

from flint import arb, arb_mat, fmpq, fmpq_mat


@lru_cache(maxsize=16)
def _from_powers(degree: int) -> arb_mat:
    return arb_mat(
        fmpq_mat([[fmpq(comb(row, j), comb(degree, j)) for j in range(degree + 1)] for row in range(degree + 1)]),
    )


def to_bernstein(degree: int, low: arb, width: arb) -> arb_mat:
    """The matrix from coefficients of powers of x to Bernstein coefficients on [low, low + width]."""
    lows, widths = [arb(1)], [arb(1)]
    for _ in range(degree):
        lows.append(lows[-1] * low)
        widths.append(widths[-1] * width)
    size = range(degree + 1)
    shifted = [[comb(i, j) * lows[i - j] * widths[j] if i >= j else arb(0) for i in size] for j in size]
    return _from_powers(degree) * arb_mat(shifted)


def nonnegative(coefficients: arb_mat, left: arb_mat, right: arb_mat) -> bool:
    """Whether the Bernstein coefficients left · C · right prove Σ C_ij x^i y^j ≥ 0; ``right`` is transposed."""
    return all(value >= 0 for value in (left * coefficients * right).entries())
