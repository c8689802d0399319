"""Lists the monomials of D_i = M_{2m}: c κ_{2j}^{e_j} ⋯ Q_{2j}^{e_j} ⋯, and the factor that U9 symmetrises in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import factorial, prod

from boundcalc.numbers.moments import Number, partitions


@dataclass(frozen=True)
class Term:
    """count Π_j (κ_{2j} Q_{2j})^{e_j} with Σ j e_j = m, its highest Q set apart.

    Attributes
    ----------
    count : int
        (2m)!/Π_j ((2j)!^{e_j} e_j!), the number of set partitions of this shape.
    parts : tuple of int
        The j with multiplicity, descending.
    """

    count: int
    parts: tuple[int, ...]

    @property
    def order(self) -> int:
        """The highest j: Q_{2j} is the factor that is symmetrised."""
        return self.parts[0]

    def coefficient(self, kappa: Sequence[Number]) -> Number:
        """count Π κ_{2j}."""
        return self.count * prod((kappa[j] for j in self.parts[1:]), start=kappa[self.parts[0]])

    def factor(self, sums: Sequence[Number]) -> Number:
        """f̃, the product of the other Q_{2j}; 1 for the pure term."""
        return prod((sums[j] for j in self.parts[1:]), start=1)


@lru_cache(maxsize=16)
def terms(m: int) -> tuple[Term, ...]:
    """All monomials of M_{2m}, the pure one first and (2m−1)!! (κ_2 Q_2)^m last."""
    found = []
    for parts in partitions(m, m):
        repeated = prod(factorial(parts.count(j)) for j in set(parts))
        found.append(Term(factorial(2 * m) // (prod(factorial(2 * j) for j in parts) * repeated), parts))
    return tuple(found)
