"""Computes e^{2πit}, e^x and (e^z − 1)/z of float64 arrays with proven errors, from additions and multiplications alone.

IEEE 754 rounds every operation used here correctly (relative error at most u = 2^−53; a complex product √5 u), which no library
promises of its ``exp`` and ``cos``. Horner's rule for Σ c_k w^k errs by at most Σ (3k + 2) u |c_k| |w|^k: a term passes the
rounding of c_k, 2k of the products, as w itself is rounded, and k + 1 additions; c_0 = 1 is exact. Hence

* :func:`turns`: its reductions are exact, x = 2πr with |x| ≤ π/4 is off by 1.4u |x|, the cosine by 0.8u + 2.7u, the sine by
  0.8u + 2.1u, together 4.6u; the terms left out are below 0.03u.
* :func:`exponential`: the reduced argument |r| ≤ 0.35 is off by 0.8u, the sum by 3.4u at a value of at least 0.70; together 5.9u
  relatively.
* :func:`series`: |z| ≤ 1/2, thirteen complex steps of relative error below 3.3u: Σ (2k + 1) 3.3u |z|^k/(k + 1)! ≤ 7u, the terms
  left out 0.5u; where z itself is off by 4u |z|, 1.3u more: 9u.
"""

from __future__ import annotations

from math import factorial, log2, pi

import numpy as np

UNIT = 2.0**-53
"""The unit roundoff u."""
TURNS_ERROR = 5 * UNIT
"""The most by which :func:`turns` errs, absolutely."""
EXP_ERROR = 8 * UNIT
"""The most by which :func:`exponential` errs, relatively."""
SERIES_ERROR = 9 * UNIT
"""The most by which :func:`series` errs, absolutely, for |z| ≤ 1/2 that is off by at most 4u |z|."""
LARGEST_EXPONENT = 700.0
_COSINE = [(-1) ** k / factorial(2 * k) for k in range(9)]
_SINE = [(-1) ** k / factorial(2 * k + 1) for k in range(9)]
_EXP = [1 / factorial(k) for k in range(14)]
_PSI = [1 / factorial(k + 1) for k in range(14)]
_CHI = [1 / (factorial(k) * (k + 2)) for k in range(14)]
_QUARTERS = np.array([1, 1j, -1, -1j])
_LN2_HIGH = float.fromhex("0x1.62e42feep-1")
"""ln 2 to 32 bits, so that its multiples up to 2^20 are exact."""
_LN2_LOW = 1.9082149292705877e-10


def turns(t: np.ndarray) -> np.ndarray:
    """e^{2πit} for |t| < 2^50, within ``TURNS_ERROR``; any shape."""
    within = t - np.rint(t)
    quarter = np.rint(4 * within)
    x = (within - quarter / 4) * (2 * pi)
    w = x * x
    found = np.empty(t.shape, complex)
    found.real = _horner(_COSINE, w)
    found.imag = x * _horner(_SINE, w)
    found *= _QUARTERS[quarter.astype(np.int64) & 3]
    return found


def exponential(x: np.ndarray) -> np.ndarray:
    """e^x for |x| ≤ 700, relatively within ``EXP_ERROR``; any shape."""
    k = np.rint(x * (1 / 0.6931471805599453))
    r = (x - k * _LN2_HIGH) - k * _LN2_LOW
    return np.ldexp(_horner(_EXP, r), k.astype(np.int64))


def series(z: np.ndarray) -> np.ndarray:
    """(e^z − 1)/z = ∫₀¹ e^{zu} du for |z| ≤ 1/2, within ``SERIES_ERROR``; any shape, complex."""
    return _horner(_PSI, z)


def first_moment_series(z: np.ndarray) -> np.ndarray:
    """∫₀¹ u e^{zu} du for |z| ≤ 1/2, within ``SERIES_ERROR``: its terms are smaller than those of :func:`series`."""
    return _horner(_CHI, z)


def growth(x: np.ndarray) -> np.ndarray:
    """An upper bound on ∫₀¹ e^{xu} du = e^{x/2} sinh(x/2)/(x/2) that decides no digit: e^{x/2 + x²/24} or e^x, or 1 for x ≤ 0."""
    return np.where(x > 0, exponential(np.minimum(x, x / 2 + x * x / 24)), 1.0) * (1 + 64 * UNIT)


def exponent_of(x: float) -> int:
    """e with 2^e ≤ x < 2^(e+1), for x > 0."""
    return int(np.frexp(x)[1]) - 1


def doublings(count: int) -> int:
    """Levels of a tree with ``count`` leaves."""
    return int(np.ceil(log2(count))) if count > 1 else 0


def _horner(coefficients: list[float], w: np.ndarray) -> np.ndarray:
    total = np.full(w.shape, coefficients[-1], w.dtype)
    for coefficient in coefficients[-2::-1]:
        total *= w
        total += coefficient
    return total
