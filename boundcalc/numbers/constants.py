"""Computes the three dimension constants (theory, section 2), over any ring that holds d.

τ_m(d) ≤ N_m(d) ≤ d^m.
"""

from __future__ import annotations

from boundcalc.numbers.moments import Number


def tensor_dimension(d: Number, m: int) -> Number:
    """N_m(d) = binom(d + m − 1, m), the dimension of the symmetric m-tensors on R^d."""
    value = d
    for k in range(1, m):
        value = value * (d + k) / (k + 1)
    return value


def welch_constant(d: Number, m: int) -> Number:
    """τ_m(d) = Π_{k<m} (d + 2k)/(2k + 1) = 1/c_m(d)."""
    value = d
    for k in range(1, m):
        value = value * (d + 2 * k) / (2 * k + 1)
    return value


def sphere_moment(d: Number, k: int) -> Number:
    """c_k(d) = E⟨v, v'⟩^{2k} for independent uniform unit vectors, (2k−1)!!/(d (d+2) ⋯ (d+2k−2)); c_0 = 1."""
    return 1 / welch_constant(d, k) if k else 1
