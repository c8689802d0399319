r"""Computes U9, U13 and U14 for m = 5: the row function and the value of given parameters.

D_i is at least a sum of monomials c prod Q_{2j} with c >= 0 (:mod:`boundcalc.bounds.frontiers.absorption`). Those Q_{2j} that
C~ contains, j <= (m-1)/2, are the row's variables; the others are bounded below by them. An exchange gives up a part S of w f_i
Q_{2j}(i) for

    w (S - h(1)) f_i a_i^{2j} and w h_0 (sum_i a_i^j sqrt f_i)^2,   h <= S u^j.

Where w f Q_{2j} is a term of D_i, S <= 1; where Q_{2j} is a row variable any S serves (a link: what is added is at most 0).
With a = 1, s = sqrt t and sigma_j = s^{2j} Q_{2j},

    g(t)/t = P_+^2/E,
    P = sum_k binom(m,k) kappa_{k+1} s^{k-1} M_{m-k}(sigma) - s^{m-1} sum nu sqrt f~,
    E = sum c prod sigma_j + s^{2m} sum w f~ [S - h(1) - S Q_{2j}].

A price sigma and an excess tau with g(t) <= sigma t + tau on every row make the bound a rational number:
sum nu^2/(w y) + r sigma + n tau.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import comb, prod
from typing import Any

from flint import fmpq

from boundcalc.bounds.frontiers.absorption import Parts, absorbed
from boundcalc.bounds.frontiers.terms import terms
from boundcalc.lemmas.frontier import FrontierPolynomial, trade
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.moments import Number, moments_from_cumulants
from boundcalc.numbers.rings import EXACT


@dataclass(frozen=True)
class Exchange:
    """A part of w Σ_i f_i Q_{2j}(i) that gives way to a diagonal and a global term.

    Attributes
    ----------
    order : int
        j.
    factor : tuple of int
        f = Π Q_{2k} over these k.
    weight : fmpq
        w > 0: the coefficient of the monomial in D_i or, for a link, the size of the monomial like it.
    linked : bool
        Whether Q_{2j} is a row variable: then any share S ≥ 0 may be exchanged, otherwise at most the whole.
    """

    order: int
    factor: Parts
    weight: fmpq
    linked: bool

    def at(self, sums: Sequence[Number]) -> Number:
        """f̃ from the row's power sums."""
        return prod((sums[j] for j in self.factor), start=1)


OWN = ((5,), (4, 1), (3, 2), (3, 1, 1))
"""The terms of D_i for m = 5 whose highest factor is exchanged."""
LINKS: dict[int, tuple[Parts, ...]] = {5: ((), (1, 1), (1, 1, 1))}
"""The factors f of the links; others add unknowns and next to nothing to the bound."""


def links(m: int) -> list[tuple[int, Parts]]:
    """The order j and the factor of every link."""
    return [(j, factor) for j in range(2, (m + 1) // 2) for factor in LINKS.get(m, ())]


@lru_cache(maxsize=64)
def exchanges(problem: Problem) -> tuple[Exchange, ...]:
    """One for each term of ``OWN`` that is there, then the links."""
    m, found = problem.m, absorbed(problem)
    if found is None:
        return ()
    kappa, coefficients = Quantities(EXACT, problem).kappa, found[0]
    chosen = [Exchange(parts[0], parts[1:], coefficients[parts], linked=False) for parts in OWN if coefficients[parts] > 0]
    sizes = {term.parts: max(abs(term.coefficient(kappa)), coefficients[term.parts]) for term in terms(m)}
    for j, factor in links(m):
        like = (m - sum(factor), *factor)
        chosen.append(Exchange(j, factor, sizes[like] or coefficients[(1,) * m], linked=True))
    return tuple(chosen)


@dataclass(frozen=True)
class GeneralChoice:
    """Parameters for m = 5, one entry for each exchange.

    Attributes
    ----------
    multipliers : tuple of fmpq
        ν ≥ 0; 0 leaves the square out.
    members : tuple of FrontierPolynomial
        h with its share S.
    moved : tuple of fmpq
        The part of S − h(1) that counts as y; 0 for n = ∞.
    price, excess : fmpq
        σ and τ with g(t) ≤ σ t + τ on every row: proven where this object was made. τ = 0 for n = ∞.
    cells : tuple of str
        The proof: see :mod:`boundcalc.bounds.frontiers.quintic`.
    """

    multipliers: tuple[fmpq, ...]
    members: tuple[FrontierPolynomial, ...]
    moved: tuple[fmpq, ...]
    price: fmpq
    excess: fmpq = fmpq(0)  # noqa: RUF009 (immutable)
    cells: tuple[str, ...] = ()

    def pairs(self, problem: Problem) -> list[tuple[fmpq, fmpq]]:
        """(x, y) of each exchange, after what was moved."""
        n = None if problem.is_infinite else fmpq(int(problem.n))
        return [
            (member.x, member.y) if n is None else trade(member.x, member.y, moved, n)
            for member, moved in zip(self.members, self.moved, strict=True)
        ]

    def shown(self, problem: Problem) -> dict[str, Any]:
        """JSON-ready: every number as an exact rational."""
        found: dict[str, Any] = {"price": str(self.price)}
        if self.excess:
            found["excess"] = str(self.excess)
        found["terms"] = [
            {
                "orders": [2 * j for j in (one.order, *one.factor)],
                "weight": str(one.weight),
                "linked": one.linked,
                "nu": str(nu),
                "x": str(x),
                "y": str(y),
                "share": str(member.share),
                "h": [str(h) for h in member.coefficients],
            }
            for one, nu, (x, y), member in zip(exchanges(problem), self.multipliers, self.pairs(problem), self.members, strict=True)
        ]
        return found


def row_parts(
    problem: Problem, choice: GeneralChoice, sigma: list[Number], s: Number, root: Number | None = None
) -> tuple[Number, Number]:
    """P and E from s and σ_1, …, σ_m (entry 0 unused), over any ring; ``root`` is √σ_2, where some f contains Q_4."""
    m = problem.m
    kappa = Quantities(EXACT, problem).kappa
    found = absorbed(problem)
    assert found is not None
    moments = moments_from_cumulants([0] + [kappa[j] * sigma[j] for j in range(1, (m - 1) // 2 + 1)])
    powers = [1, *(s**k for k in range(1, 2 * m + 1))]
    gain = sum((comb(m, k) * kappa[(k + 1) // 2] * (powers[k - 1] * moments[(m - k) // 2]) for k in range(1, m + 1, 2)), 0 * s)
    energy = 0 * s
    for parts, coefficient in found[0].items():
        if coefficient:
            monomial = 1 + 0 * s if set(parts) == {1} else 1
            for j in parts:
                monomial = monomial if j == 1 else sigma[j] * monomial  # sigma_1 = 1
            energy = energy + monomial * coefficient
    for one, nu, member, (x, _) in zip(exchanges(problem), choice.multipliers, choice.members, choice.pairs(problem), strict=True):
        j, size = one.order, sum(one.factor)
        part = one.weight * (powers[2 * (m - size - j)] * (x * powers[2 * j] - member.share * sigma[j]))
        own = nu * powers[m - 1 - size]
        for _ in range(one.factor.count(2)):
            part, own = part * sigma[2], own * root
        energy, gain = energy + part, gain - own
    return gain, energy


def value_of(problem: Problem, choice: GeneralChoice) -> fmpq:
    """Σ ν²/(w y) + r σ + n τ."""
    value = problem.rank * choice.price
    if choice.excess:
        value += int(problem.n) * choice.excess
    listed = zip(exchanges(problem), choice.multipliers, choice.members, choice.moved, choice.pairs(problem), strict=True)
    for one, nu, member, moved, (_, y) in listed:
        # a square that is left out needs y >= 0 too
        if y < 0 or nu < 0 or moved < 0 or (nu > 0 and y == 0) or (member.share > 1 and not one.linked):
            raise AssertionError("parameters outside their domain")
        if nu:
            value += nu**2 / (one.weight * y)
    return value
