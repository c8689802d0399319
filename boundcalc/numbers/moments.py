"""Computes moments, cumulants and the two row polynomials of the exact loss, over any commutative ring.

Every law here is symmetric, so odd moments and cumulants vanish and a sequence holds the even ones alone:
entry j belongs to order 2j, entry 0 is 1 for moments and unused (0) for cumulants.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import comb
from typing import Any

from boundcalc.numbers.budget import check

Number = Any
"""An element of the ring at hand: ``fmpq``, ``arb``, ``mpf``, a SymPy expression, a NumPy array, …"""


def partitions(total: int, largest: int) -> Iterator[tuple[int, ...]]:
    """The partitions of ``total`` into parts of at most ``largest``, each descending: the monomials of a Bell polynomial."""
    if total == 0:
        yield ()
    for part in range(min(total, largest), 0, -1):
        for rest in partitions(total - part, part):
            yield (part, *rest)


def cumulants_from_moments(moments: Sequence[Number]) -> list[Number]:
    """Even cumulants from even moments.

    κ_k = ν_k − Σ_{j<k} binom(k−1, j−1) κ_j ν_{k−j}.
    """
    cumulants: list[Number] = [0]
    for order in range(1, len(moments)):
        check()
        value = moments[order]
        for j in range(1, order):
            value = value - comb(2 * order - 1, 2 * j - 1) * cumulants[j] * moments[order - j]
        cumulants.append(value)
    return cumulants


def moments_from_cumulants(cumulants: Sequence[Number]) -> list[Number]:
    """Even moments from even cumulants (complete Bell polynomials).

    M_k = Σ_{j=1}^k binom(k−1, j−1) κ_j M_{k−j}.
    """
    moments: list[Number] = [1]
    for order in range(1, len(cumulants)):
        check()
        value = cumulants[order]
        for j in range(1, order):
            value = value + comb(2 * order - 1, 2 * j - 1) * cumulants[j] * moments[order - j]
        moments.append(value)
    return moments


def row_polynomials(m: int, kappa: Sequence[Number], a: Number, power_sums: Sequence[Number]) -> tuple[Number, Number]:
    """The row's share of C = E⟨x, x̂⟩ and of D = E‖x̂‖² (theory, section 1).

    Parameters
    ----------
    m : int
        Odd exponent of the activation.
    kappa : sequence of length m + 1
        Even cumulants of x; entry j is κ_{2j}.
    a : ring element
        A_ii = |w_i|².
    power_sums : sequence of length m + 1
        Entry j is Q_{2j}(i) = Σ_j A_ij^{2j}; entry 0 is unused.

    Returns
    -------
    (C_i, D_i)
        C_i = Σ_{k odd ≤ m} binom(m, k) κ_{k+1} a^k M_{m−k}(i) and D_i = M_{2m}(i).
    """
    return row_shares(m, kappa, a, [0, *(kappa[j] * power_sums[j] for j in range(1, m + 1))])


def row_shares(m: int, kappa: Sequence[Number], a: Number, cumulants: Sequence[Number]) -> tuple[Number, Number]:
    """The same for features that differ: from the even cumulants of the row's own feature, and of its pre-activation.

    ``cumulants`` has entry j equal to K_{2j}(i) = Σ_j κ_{2j}^(j) A_ij^{2j}; entry 0 is 0.
    """
    moments = moments_from_cumulants(cumulants)
    return correlation(m, kappa, a, moments), moments[m]


def correlation(m: int, kappa: Sequence[Number], a: Number, moments: Sequence[Number]) -> Number:
    """C_i = Σ_{k odd ≤ m} binom(m, k) κ_{k+1} a^k M_{m−k} for even moments M of the pre-activation."""
    square, power, total = a * a, a, 0
    for k in range(1, m + 1, 2):
        total = total + comb(m, k) * kappa[(k + 1) // 2] * power * moments[(m - k) // 2]
        power = power * square
    return total
