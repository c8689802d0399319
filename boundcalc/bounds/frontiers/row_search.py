r"""Bounds the row function of U9 for m >= 7 over all rows, by branch and bound over s and the ratios theta.

Q_{2j} = 1 + g_j with g_1 = w = 1/t - 1, g_{j+1} = theta_j w g_j and 1/(n-1) <= theta_1 <= theta_2 <= ... <= 1 (lemma row). C~
contains j <= (m-1)/2 alone, and the higher g_j take their least value, theta_j = theta_{(m-3)/2}."""

from __future__ import annotations

from typing import Any

from flint import arb, fmpq

from boundcalc.bounds.frontiers.absorption import absorbed
from boundcalc.bounds.frontiers.general import GeneralChoice, row_parts
from boundcalc.certify.jets import Jet, power
from boundcalc.certify.supremum import Supremum, supremum
from boundcalc.lemmas.row import free_ratios, least_share
from boundcalc.model.problem import Problem
from boundcalc.numbers.errors import CertificationError
from boundcalc.numbers.moments import Number

ACCURACY = fmpq(1, 5000)
"""Relative gap at which the branch and bound over the rows stops."""
BUDGET = 10_000
_USELESS = 100


def price_factor(problem: Problem, choice: GeneralChoice, weight: fmpq) -> fmpq | None:
    """A factor for which the price and the excess hold on every row, near the least; ``None`` where the budget ends first.

    ``weight`` is the whole bound over what the price and the excess contribute to it.
    """
    try:
        factor = max(row_ratio(problem, choice, ACCURACY / 2 * weight).enclosure.upper, fmpq(0)) ** 2
    except CertificationError:
        return None
    return factor if factor <= _USELESS else None


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
    found = absorbed(problem)
    assert found is not None
    least, share = found[0][(1,) * problem.m], least_share(problem.n)

    def gain_and_energy(s: Any, *coordinates: Any) -> tuple[Any, Any]:
        sums = row_sums(problem.m, s, ratios_of(share, [c**2 for c in coordinates]))
        return row_parts(problem, choice, sums, s)

    def ratio(s: Any, *coordinates: Any) -> Any:
        gain, energy = gain_and_energy(s, *coordinates)
        if not choice.excess:
            return gain * inverse_root(energy * choice.price, least * choice.price)
        allowed = inverse_root(choice.price * s**2 + choice.excess, choice.excess)
        return s * gain * inverse_root(energy, least) * allowed

    box = [(0, 1)] * (1 + free_ratios(problem.m))
    return supremum(ratio, box, relative=relative, absolute=relative, budget=BUDGET)
