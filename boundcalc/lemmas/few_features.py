"""Declares U3: the best of the constants G with S² ≤ G T for n vectors in R^d and free weights."""

from boundcalc.lemmas import equiangular, universal
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.moments import Number

CONSTANT = "$S^2 <= G T$ for all $n$ vectors in $R^d$, where $S = sum_i a_i^m$ and $T = sum_ij A_ij^{2m}$"
"""What a G that is left free must meet, in a sentence."""


def best_constant(q: Quantities) -> Number:
    """G = min(n, τ_m(d), the equiangular and the universal constant)."""
    return q.named("G", lambda: q.ring.minimum(q.n, q.welch_constant, equiangular.constant(q), universal.constant(q)))
