"""Computes the sums over features that the tables of witnesses store."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from boundcalc.bounds.lower.invariants import InvariantTerm, terms


def invariants(m: int, diagonal: Sequence[int], sums: Sequence[Sequence[int]]) -> tuple[list[int], list[int]]:
    """Σ_i a_i^k Π Q_{2λ_i}(i) for the terms of C and of D, from a_i and the rows' Q_2, …, Q_{2m}."""

    def over_features(term: InvariantTerm) -> int:
        return sum(a**term.k * prod(row[part - 1] for part in term.parts) for a, row in zip(diagonal, sums, strict=True))

    of_c, of_d = terms(m)
    return [over_features(term) for term in of_c], [over_features(term) for term in of_d]
