r"""Eliminates Q_4 from U9 for m = 5 by a quadratic minorant of the row's energy.

The scales of s = sqrt t lie far apart for small p, and a search over two variables would meet each pair of them. With
y = sigma_2 - s^4 >= 0 (sigma_{2j} as in :mod:`boundcalc.bounds.frontiers.general`),

    P <= P_0 + K y,  K = 5 kappa_4 kappa_2,   E >= E_0 + e_1 y + e_2 y^2,

P_0, E_0, e_1 polynomials in s and e_2 a constant: sqrt sigma_2 >= s^2, sigma_3 >= s^6 + y^2, and sigma_j >= s^{2j}. The price sigma
holds on every row if, for all s, sigma e_2 > K^2 and

    (P_0)_+^2 + (2 K P_0 - sigma e_1)_+^2 / (4 (sigma e_2 - K^2)) <= sigma E_0,

since sigma E - P^2 is then at least a perfect square in y. The left side falls as sigma grows: the supremum of the quotient of
the two sides, where it exceeds 1, is a factor that makes the price hold. With an excess tau, R = sigma s^2 + tau stands for sigma
and s P for P; for n features y >= (1 - s^2)^2/(n-1), and all is written in the difference of the two.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq, fmpq_poly

from boundcalc.bounds.frontiers.general import GeneralChoice, active_terms, inverse_root
from boundcalc.bounds.frontiers.terms import terms
from boundcalc.certify.jets import positive_part
from boundcalc.certify.supremum import supremum
from boundcalc.lemmas.row import least_share
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.rings import EXACT

ORDER = 5
"""The m of this file: C̃ contains Q_2 and Q_4 alone."""
_ROOM = fmpq(11, 10)
_BUDGET = 3000
_S = fmpq_poly([0, 1])


def row_minorant(problem: Problem, choice: GeneralChoice) -> tuple[fmpq_poly, fmpq_poly, fmpq_poly, fmpq, fmpq]:
    """P_0, E_0, e_1 as polynomials in s, and e_2, K, for m = 5; every term of D_i but the last may be symmetrised."""
    _, k2, k4, k6, *_ = Quantities(EXACT, problem).kappa
    slope = 5 * k4 * k2
    gain = fmpq_poly([15 * k2**3, 0, 10 * k4 * k2, 0, k6 + slope])
    kappa = Quantities(EXACT, problem).kappa
    energy, linear, quadratic = fmpq_poly([terms(ORDER)[-1].coefficient(kappa)]), fmpq_poly(), fmpq(0)
    pairs = choice.pairs(problem)
    for term, nu, member, (x, _) in zip(active_terms(problem), choice.multipliers, choice.members, pairs, strict=True):
        weight, kept = term.coefficient(kappa), 1 - member.share
        whole, j = kept + x, term.order
        fours = term.parts[1:].count(2)  # the factors Q_4 of f~, at most one
        gain -= nu * _S ** (j - 1 + 2 * fours)
        energy += weight * whole * _S ** (2 * j + 4 * fours)
        if fours:
            linear += weight * whole * _S ** (2 * j)
        if j == 2:
            linear += weight * kept * _S ** (4 * fours)
        if (j, fours) in {(3, 0), (2, 1)}:
            quadratic += weight * kept
    return gain, energy, linear, quadratic, slope


def price_factor(problem: Problem, choice: GeneralChoice, relative: fmpq) -> fmpq | None:
    """A factor f for which the price f σ and the excess f τ hold on every row; ``None`` where this form proves nothing.

    It is at least K²/(e_2 (σ + τ)), and close to the best one where no row gains by a large Q_4.
    """
    if problem.m != ORDER:
        return None
    gain, energy, linear, quadratic, slope = row_minorant(problem, choice)
    largest = choice.price + choice.excess
    if quadratic <= 0 or largest <= 0:
        return None
    floor = energy[0]  # before the shift, whose parts are nonnegative but not in each coefficient
    shift = least_share(problem.n) * (1 - _S**2) ** 2
    gain += slope * shift
    energy += (linear + quadratic * shift) * shift
    linear += 2 * quadratic * shift
    spared = 1 - 1 / _ROOM  # C >= spared R e_2

    def from_start(start: fmpq) -> fmpq | None:
        """The least factor that what remains at R = start (σ s² + τ) allows, not below the start."""
        price, excess = start * choice.price, start * choice.excess

        def quotient(s: Any) -> Any:
            square = s**2 if excess else 1
            weight = price * s**2 + excess if excess else price + 0 * s
            inner = _at(gain, s)
            lack = positive_part(inner * (2 * slope * square) - _at(linear, s) * weight)
            root = inverse_root(_at(energy, s) * weight, floor * (excess or price))
            rest = inverse_root(weight * quadratic - slope**2 * square, spared * quadratic * (excess or price))
            own = positive_part(inner) * root
            return (own * s if excess else own) ** 2 + (lack * root * rest) ** 2 * fmpq(1, 4)

        found = supremum(quotient, [(0, 1)], relative=relative, absolute=relative, budget=_BUDGET).upper
        return None if found is None else start * max(found, fmpq(1))

    least = _ROOM * slope**2 / (quadratic * largest)
    factor = from_start(max(fmpq(1), least))
    if factor == 1 and least > 0:  # the price may be too high
        lower = [from_start(least * 8**k) for k in range(3) if least * 8**k < 1]
        factor = min([factor, *(f for f in lower if f is not None)])
    return factor


def _at(polynomial: fmpq_poly, s: Any) -> Any:
    """Horner's scheme on a ball or jet."""
    value = 0 * s
    for coefficient in reversed(polynomial.coeffs()):
        value = value * s + coefficient
    return value
