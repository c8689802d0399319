"""Writes C and D of a fixed matrix as polynomials in the cumulants: what of W they need is a handful of sums over features.

With partitions λ of m into parts λ_1, λ_2, … and e_λ = (2m)!/(Π (2λ_i)! Π multiplicities!),
D = Σ_λ e_λ Π κ_{2λ_i} Σ_i Π Q_{2λ_i}(i), and C = Σ_{k odd} binom(m, k) κ_{k+1} Σ_λ e_λ Π κ_{2λ_i} Σ_i a_i^k Π Q_{2λ_i}(i)
over the partitions of (m − k)/2. The sums are whole numbers where W is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import comb, factorial, prod

from boundcalc.model.quantities import Quantities
from boundcalc.numbers.moments import Number, partitions, row_polynomials


def equal_rows(q: Quantities, n_used: Number, power_sums: Sequence[Number]) -> Number:
    """C²/D of n' unit vectors with the same Q_2, …, Q_{2m} for each; entry 0 is unused."""
    correlation, energy = row_polynomials(q.m, q.kappa, 1, power_sums)
    return n_used * correlation**2 / energy


@dataclass(frozen=True)
class InvariantTerm:
    """coefficient · κ_{k+1} (for C; k = 0 for D) · Π κ_{2λ_i} · Σ_i a_i^k Π Q_{2λ_i}(i)."""

    k: int
    parts: tuple[int, ...]
    coefficient: int


def _coefficient(order: int, parts: Sequence[int]) -> int:
    orders = prod(factorial(2 * part) for part in parts)
    return factorial(2 * order) // (orders * prod(factorial(count) for count in Counter(parts).values()))


@cache
def terms(m: int) -> tuple[tuple[InvariantTerm, ...], tuple[InvariantTerm, ...]]:
    """The terms of C and those of D."""
    of_c = [
        InvariantTerm(k, parts, comb(m, k) * _coefficient((m - k) // 2, parts))
        for k in range(1, m + 1, 2)
        for parts in partitions((m - k) // 2, m)
    ]
    of_d = [InvariantTerm(0, parts, _coefficient(m, parts)) for parts in partitions(m, m)]
    return tuple(of_c), tuple(of_d)


def invariants(m: int, diagonal: Sequence[int], sums: Sequence[Sequence[int]]) -> tuple[list[int], list[int]]:
    """Σ_i a_i^k Π Q_{2λ_i}(i) for the terms of C and of D, from a_i and the rows' Q_2, …, Q_{2m}."""

    def over_features(term: InvariantTerm) -> int:
        return sum(a**term.k * prod(row[part - 1] for part in term.parts) for a, row in zip(diagonal, sums, strict=True))

    of_c, of_d = terms(m)
    return [over_features(term) for term in of_c], [over_features(term) for term in of_d]


def evaluate(m: int, kappa: Sequence[Number], of_c: Sequence[Number], of_d: Sequence[Number]) -> tuple[Number, Number]:
    """C and D for even cumulants κ (entry j is κ_{2j}) and Σ_i a_i^k Π Q_{2λ_i}(i) for each term."""

    def total(found: tuple[InvariantTerm, ...], sums: Sequence[Number]) -> Number:
        value: Number = 0
        for term, over_features in zip(found, sums, strict=True):
            product = term.coefficient * over_features
            for order in term.parts:
                product = product * kappa[order]
            value = value + (product * kappa[(term.k + 1) // 2] if term.k else product)
        return value

    terms_c, terms_d = terms(m)
    return total(terms_c, of_c), total(terms_d, of_d)
