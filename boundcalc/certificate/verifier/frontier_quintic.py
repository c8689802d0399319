r"""Verifies U9 for m = 5: it proves in s alone that a price holds on every row, by a quadratic minorant in y = sigma_2 - s^4 >= 0.

For tiny p the scales of s and theta lie too far apart for a bisection in both. With sigma_3 >= s^6 + y^2 (theta^2 is not
less than theta^2 (1 - s^2)), sigma_j >= s^{2j} otherwise and sqrt sigma_2 >= s^2,

    P <= P_0 + K y,  K = 5 kappa_4 kappa_2,   E >= E_0 + e_1 y + e_2 y^2 for every y >= 0,

P_0 and the e polynomials in s, e_2 with nonnegative coefficients. With weights R = price s^2 + excess and Q = s^2 (price and
1 without excess) R E - Q P^2 >= A + B y + C y^2 where P > 0: A = R E_0 - Q P_0^2, B = R e_1 - 2 K Q P_0, C = R e_2 - Q K^2.
Where P_0 <= 0, B and C are not negative and A + B y + C y^2 = R (E_0 + ...) >= 0 at the y where P_0 + K y = 0. Else A >= 0
suffices for B >= 0, and 4 A C >= B^2 for B < 0. For n features y >= y_0 = (1 - s^2)^2/(n-1): the same in y - y_0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from flint import fmpq, fmpq_poly

from boundcalc.certificate.verifier.problem import Model
from boundcalc.certificate.verifier.reading import Refuted, number_bits, poly_bits
from boundcalc.certificate.verifier.subdivision import prove_nonnegative

if TYPE_CHECKING:
    from boundcalc.certificate.verifier.frontier_general import EnergyTerm

MOST_BOXES = 2_000
STEPS_OF_A_BOX = 250_000
S = fmpq_poly([0, 1])
QuadraticCoefficients = tuple[fmpq_poly, fmpq_poly, fmpq_poly]
"""Coefficients of 1, y, y²; polynomials in s."""


def prove_price(model: Model, terms: Sequence[EnergyTerm], price: fmpq, excess: fmpq) -> int:
    """Proves g(t) ≤ price t + excess for m = 5.

    Returns
    -------
    int
        The number of boxes.

    Raises
    ------
    Refuted
        If this form does not prove it, which does not mean that it is false.
    """
    bits = max(number_bits(t.coefficient, t.kept, t.x, t.nu) for t in terms)
    model.work.fractions(5_000, 4 * bits + 12 * number_bits(*model.kappa, price, excess, model.n or 0), "upper frontier")
    gain, slope, (constant, linear, quadratic) = row_minorant(model, terms)
    if model.n is not None and model.n > 1:
        # y = y_0 + z, z >= 0
        first = (1 - S**2) ** 2 * fmpq(1, model.n - 1)
        gain += slope * first
        constant += (linear + quadratic * first) * first
        linear += 2 * quadratic * first
    if excess == 0:
        weight, square = fmpq_poly([price]), fmpq_poly([1])
    else:
        weight, square = fmpq_poly([excess, 0, price]), S**2
    a = weight * constant - square * gain**2
    b = weight * linear - square * gain * 2 * slope
    c = weight * quadratic - square * slope**2
    if not all(x >= 0 for x in c.coeffs()):
        raise Refuted("frontier: the price is too low for rows with a large Q_4")
    what = "upper frontier: g(t) <= price t + excess, by a minorant"
    boxes = 0
    for first, second in ((gain, a), (-b, 4 * a * c - b**2)):
        steps = STEPS_OF_A_BOX + 500 * (poly_bits(first) + poly_bits(second))
        boxes += prove_nonnegative(_pair(first, second), 1, what, MOST_BOXES, model.work, steps)
    return boxes


def row_minorant(model: Model, terms: Sequence[EnergyTerm]) -> tuple[fmpq_poly, fmpq, QuadraticCoefficients]:
    """P_0, K, and the coefficients of the minorant of E."""
    _, second, fourth, sixth, *_ = model.kappa
    slope = 5 * fourth * second
    gain = 15 * second**3 + 10 * fourth * second * S**2 + (sixth + slope) * S**4
    zero = fmpq_poly()
    energy: QuadraticCoefficients = zero, zero, zero
    for term in terms:
        j, *others = term.parts
        power = S ** (2 * j) if j > 1 else fmpq_poly([1])  # sigma_1 = 1
        kept = fmpq_poly([term.kept])
        own: QuadraticCoefficients = power * (term.kept + term.x), kept if j == 2 else zero, kept if j == 3 else zero
        for _ in range(others.count(2)):
            # times s^4 + y, without the third power
            own = S**4 * own[0], own[0] + S**4 * own[1], own[1] + S**4 * own[2]
        energy = energy[0] + term.coefficient * own[0], energy[1] + term.coefficient * own[1], energy[2] + term.coefficient * own[2]
        gain -= term.nu * S ** (j - 1 + 2 * others.count(2))
    return gain, slope, energy


def _pair(first: fmpq_poly, second: fmpq_poly) -> Callable[[Sequence[Any]], tuple[Any, Any]]:
    def function(point: Sequence[Any]) -> tuple[Any, Any]:
        return _at(first, point[0]), _at(second, point[0])

    return function


def _at(polynomial: fmpq_poly, s: Any) -> Any:
    value = 0 * s
    for coefficient in reversed(polynomial.coeffs()):
        value = value * s + coefficient
    return value
