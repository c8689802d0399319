r"""Computes U9 for every m under H+: the row function in one to three variables, and the certified value of given parameters.

A row with a = 1 has w = q - 1 = 1/t - 1 and Q_{2j} = 1 + g_j, g_1 = w, g_{j+1} = theta_j w g_j with
1/(n-1) <= theta_1 <= theta_2 <= ... <= 1 (lemma row); C~ contains j <= (m-1)/2 alone, and the higher g_j take their least
value, theta_j = theta_{(m-3)/2}. With s = sqrt t and sigma_j = s^{2j} Q_{2j},

    g(t)/t = P_+^2/E,
    P = sum_k binom(m,k) kappa_{k+1} s^{k-1} M_{m-k}(sigma) - sum nu s^{j-1} sqrt(phi),
    E = sum c phi [(1 - share) sigma_j + x s^{2j}] + (2m-1)!! kappa_2^m,   phi = the product of the term's other sigma,

which has no pole on 0 <= s <= 1. A price sigma and an excess tau with g(t) <= sigma t + tau, proven by branch and bound,
make the bound a rational number: sum nu^2/(c y) + r sigma + n tau.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import comb, prod
from typing import Any

from flint import arb, fmpq

from boundcalc.bounds.frontiers.terms import Term, terms
from boundcalc.certify.jets import Jet, power, sqrt
from boundcalc.certify.supremum import Supremum, supremum
from boundcalc.lemmas.frontier import FrontierPolynomial, trade
from boundcalc.lemmas.row import free_ratios, least_share
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.moments import Number, moments_from_cumulants
from boundcalc.numbers.rings import EXACT

ACCURACY = fmpq(1, 5000)
"""Relative gap at which the branch and bound over the rows stops."""
BUDGET = 10_000


@dataclass(frozen=True)
class GeneralChoice:
    """Parameters of U9 for any m, one entry for each term that is symmetrised.

    Attributes
    ----------
    multipliers : tuple of fmpq
        ν ≥ 0, λ for the pure term; 0 leaves the square out.
    members : tuple of FrontierPolynomial
        h with its share s.
    moved : tuple of fmpq
        The part of x that counts as y; 0 for n = ∞.
    price, excess : fmpq
        σ and τ with g(t) ≤ σ t + τ on every row: proven where this object was made. τ = 0 for n = ∞.
    """

    multipliers: tuple[fmpq, ...]
    members: tuple[FrontierPolynomial, ...]
    moved: tuple[fmpq, ...]
    price: fmpq
    excess: fmpq = fmpq(0)  # noqa: RUF009 (immutable)

    def pairs(self, problem: Problem) -> list[tuple[fmpq, fmpq]]:
        """(x, y) of each term, after what was moved."""
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
                "orders": [2 * j for j in term.parts],
                "nu": str(nu),
                "x": str(x),
                "y": str(y),
                "share": str(member.share),
                "h": [str(h) for h in member.coefficients],
            }
            for term, nu, (x, y), member in zip(
                active_terms(problem), self.multipliers, self.pairs(problem), self.members, strict=True
            )
        ]
        return found


ALL_TERMS_UP_TO = 5
"""From m = 7 on only the terms c Q_{2j} q^{m−j} are symmetrised: their square roots depend on t alone, and the search is short."""


@lru_cache(maxsize=64)
def divided_terms(problem: Problem) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
    """The terms of D_i with a positive coefficient, but the last one: those that are symmetrised, and the others."""
    kappa = Quantities(EXACT, problem).kappa
    present = [term for term in terms(problem.m)[:-1] if term.coefficient(kappa) > 0]
    chosen = [term for term in present if problem.m <= ALL_TERMS_UP_TO or set(term.parts[1:]) <= {1}]
    return tuple(chosen), tuple(term for term in present if term not in chosen)


def active_terms(problem: Problem) -> tuple[Term, ...]:
    """The terms that are symmetrised."""
    return divided_terms(problem)[0]


def row_sums(m: int, s: Number, ratios: list[Number]) -> list[Number]:
    """σ_j = s^{2j} Q_{2j} for j = 1, …, m (entry 0 unused), from θ_1, θ_2, …; the last is repeated.

    Written in whole powers, which balls enclose tightly.
    """
    crowd = 1 - s**2
    found = [0, 1 + 0 * s]
    for j in range(2, m + 1):
        single = ratios[: min(j, len(ratios)) - 1]
        product = crowd**j * ratios[len(single)] ** (j - 1 - len(single))
        for theta in single:
            product = product * theta
        found.append(s ** (2 * j) + product)
    return found


def row_function(problem: Problem, choice: GeneralChoice) -> Callable[..., Any]:
    """P and E as a function of s and of c_1, … with shares c² of :func:`ratios_of`, for balls and jets."""
    m = problem.m
    kappa = Quantities(EXACT, problem).kappa
    symmetrised, others = divided_terms(problem)
    coefficients = [term.coefficient(kappa) for term in symmetrised]
    pairs = choice.pairs(problem)
    last = terms(m)[-1].coefficient(kappa)
    least = least_share(problem.n)

    def function(s: Any, *coordinates: Any) -> Any:
        sums = row_sums(m, s, ratios_of(least, [c**2 for c in coordinates]))
        powers = [1, *(s**k for k in range(1, 2 * m + 1))]
        half = (m - 1) // 2
        moments = moments_from_cumulants([0] + [kappa[j] * sums[j] for j in range(1, half + 1)])
        gain = sum((comb(m, k) * kappa[(k + 1) // 2] * (powers[k - 1] * moments[(m - k) // 2]) for k in range(1, m + 1, 2)), 0 * s)
        energy = last + 0 * s
        for term in others:
            energy = energy + term.coefficient(kappa) * prod((sums[j] ** term.parts.count(j) for j in {*term.parts} - {1}), start=1)
        for term, c, nu, member, (x, _) in zip(symmetrised, coefficients, choice.multipliers, choice.members, pairs, strict=True):
            phi = prod((sums[j] ** term.parts[1:].count(j) for j in {*term.parts[1:]} - {1}), start=1)
            kept = c * (1 - member.share) * sums[term.order] + c * x * powers[2 * term.order]
            energy = energy + kept * phi
            if nu:
                root = 1 if isinstance(phi, int) else sqrt(phi)
                gain = gain - nu * powers[term.order - 1] * root
        return gain, energy

    return function


def ratios_of(least: Number, shares: list[Any]) -> list[Any]:
    """θ_1 ≤ θ_2 ≤ … from shares in [0, 1]: each θ is its least value plus a share of what is left."""
    found: list[Any] = []
    low = least
    for share in shares:
        low = low + (1 - low) * share
        found.append(low)
    return found or [least]


def inverse_root(value: Jet, least: fmpq) -> Jet:
    """1/√value for a function that is known to be at least ``least`` > 0.

    Balls cannot hold an interval from 10^−30 to 1 that stays positive; its inverse powers they can.
    """
    low, high = arb(least), value.value.upper()
    if not value.value.is_finite():
        high = arb.pos_inf()
    elif value.value.lower() > low:
        low = value.value.lower()

    def span(exponent: fmpq) -> arb:
        ends = power(low, exponent)
        return ends.union(power(high, exponent) if high.is_finite() else arb(0))

    return value.compose(span(fmpq(-1, 2)), fmpq(-1, 2) * span(fmpq(-3, 2)), fmpq(3, 4) * span(fmpq(-5, 2)))


def row_ratio(problem: Problem, choice: GeneralChoice, relative: fmpq) -> Supremum:
    """The supremum of P/√(E (σ + τ/s²)) over all rows; at most 1 when g(t) ≤ σ t + τ.

    It is signed, so that it is smooth where P changes sign: second derivatives are what makes the search short.
    """
    gain_and_energy = row_function(problem, choice)
    kappa = Quantities(EXACT, problem).kappa
    least = terms(problem.m)[-1].coefficient(kappa)

    def ratio(s: Any, *coordinates: Any) -> Any:
        gain, energy = gain_and_energy(s, *coordinates)
        if not choice.excess:
            return gain * inverse_root(energy * choice.price, least * choice.price)
        allowed = inverse_root(choice.price * s**2 + choice.excess, choice.excess)
        return s * gain * inverse_root(energy, least) * allowed

    box = [(0, 1)] * (1 + free_ratios(problem.m))
    return supremum(ratio, box, relative=relative, absolute=relative, budget=BUDGET)


def value_of(problem: Problem, choice: GeneralChoice) -> fmpq:
    """Σ ν²/(c y) + r σ + n τ."""
    kappa = Quantities(EXACT, problem).kappa
    value = problem.rank * choice.price
    if choice.excess:
        value += int(problem.n) * choice.excess
    for term, nu, (x, y) in zip(active_terms(problem), choice.multipliers, choice.pairs(problem), strict=True):
        weight = term.coefficient(kappa) * y
        if x < 0 or y < 0 or nu < 0 or (nu > 0 and weight <= 0):  # a term left out needs y >= 0 too
            raise AssertionError("parameters outside their domain")
        if nu:
            value += nu**2 / weight
    return value
