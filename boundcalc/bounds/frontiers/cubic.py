r"""Computes U9 for m = 3: the row function along one variable, the parameters, and the certified value.

With s = sqrt(t) in (0, 1] the row function (C~ - lambda - nu/sqrt t)_+^2 / (t D~') of U9 is

    P(s)_+^2 / E(s),   P = (kappa_4 - lambda) s^2 - nu s + 3 kappa_2^2,
    E = kappa_6 [x_3 s^6 + (1 - s_3)(1 - s^2)^3/(n-1)^2] + 15 kappa_4 kappa_2 [x_2 s^4 + (1 - s_2)(1 - s^2)^2/(n-1)] + 15 kappa_2^3,

a rational function whose denominator is positive. The terms in n are the least values of Q_6 - 1 and Q_4 - 1 in the parts
1 - s_k that are not symmetrised; they vanish for n = infinity, where s_k = 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flint import fmpq, fmpq_poly

from boundcalc.certify.gegenbauer import gegenbauer_coefficients
from boundcalc.certify.rational_function import supremum_rational
from boundcalc.lemmas.frontier import FrontierPolynomial, trade
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.enclosure import Enclosure
from boundcalc.numbers.rings import EXACT

USUAL = 16
"""A value is enclosed to so many digits at least: what fewer are asked for, and again, costs nothing more."""


@dataclass(frozen=True)
class CubicWeights:
    """The coefficients of D̃ that U9 divides: κ_6 (0 where it is negative), 15 κ_4 κ_2 + min(κ_6, 0), and 15 κ_2³.

    For κ_6 < 0, Q_6(i) ≤ Q_4(i) q_i moves κ_6 to the second term.
    """

    fourth: fmpq
    second: fmpq
    pure: fmpq
    mixed: fmpq
    rest: fmpq

    @classmethod
    def of(cls, problem: Problem) -> CubicWeights:
        _, k2, k4, k6 = Quantities(EXACT, problem).kappa
        return cls(k4, 3 * k2**2, max(k6, fmpq(0)), 15 * k4 * k2 + min(k6, fmpq(0)), 15 * k2**3)

    @property
    def apply(self) -> bool:
        """Whether U9 holds: κ_4 ≥ 0 and 15 κ_4 κ_2 + min(κ_6, 0) ≥ 0."""
        return bool(self.fourth >= 0 and self.mixed >= 0)


@dataclass(frozen=True)
class CubicChoice:
    """Parameters of U9 for m = 3, each in its domain.

    Attributes
    ----------
    lambda_, nu : fmpq
        Multipliers of S and of Σ √q_i a_i²; 0 leaves the term out.
    pure, mixed : FrontierPolynomial
        h_3 and h_2 with their shares.
    moved : pair of fmpq
        The parts of x_3 and x_2 moved to y_3 and y_2, 0 for n = ∞.
    price : fmpq or None
        σ with Σ g(t_i) ≤ r σ + n sup (g(t) − σ t)_+; ``None`` for its least value with r sup g(t)/t alone.
    """

    lambda_: fmpq
    nu: fmpq
    pure: FrontierPolynomial
    mixed: FrontierPolynomial
    moved: tuple[fmpq, fmpq] = (fmpq(0), fmpq(0))
    price: fmpq | None = None

    def pair(self, problem: Problem, order: int) -> tuple[fmpq, fmpq]:
        """(x, y) for order 3 or 2, after what was moved."""
        member, moved = (self.pure, self.moved[0]) if order == 3 else (self.mixed, self.moved[1])
        if moved == 0:
            return member.x, member.y
        x, y = trade(member.x, member.y, moved, fmpq(int(problem.n)))
        return x, y

    def shown(self, problem: Problem) -> dict[str, Any]:
        """JSON-ready: every number as an exact rational."""
        (x3, y3), (x2, y2) = self.pair(problem, 3), self.pair(problem, 2)
        numbers = {"lambda": self.lambda_, "nu": self.nu, "x_3": x3, "y_3": y3, "x_2": x2, "y_2": y2}
        finite = {"share_3": self.pure.share, "share_2": self.mixed.share, "moved_3": self.moved[0], "moved_2": self.moved[1]}
        if not problem.is_infinite:
            numbers |= finite | ({} if self.price is None else {"price": self.price})
        found: dict[str, Any] = {name: str(value) for name, value in numbers.items()}
        return found | {"h_3": [str(h) for h in self.pure.coefficients], "h_2": [str(h) for h in self.mixed.coefficients]}


def row_polynomials_of(problem: Problem, choice: CubicChoice) -> tuple[fmpq_poly, fmpq_poly]:
    """P and E in s = √t."""
    w = CubicWeights.of(problem)
    (x3, _), (x2, _) = choice.pair(problem, 3), choice.pair(problem, 2)
    keep3, keep2 = 1 - choice.pure.share, 1 - choice.mixed.share
    inner = fmpq_poly([w.second, -choice.nu, w.fourth - choice.lambda_])
    energy = fmpq_poly([w.rest, 0, 0, 0, w.mixed * (x2 + keep2), 0, w.pure * (x3 + keep3)])
    if not problem.is_infinite and problem.n > 1:
        others, crowd = int(problem.n) - 1, fmpq_poly([1, 0, -1])
        energy += crowd**3 * (w.pure * keep3 / others**2) + crowd**2 * (w.mixed * keep2 / others)
    return inner, energy


def certified_value(problem: Problem, choice: CubicChoice, digits: int) -> Enclosure:
    """The bound for these parameters, whatever they are."""
    return _certified(problem, choice, max(digits, USUAL))


@lru_cache(maxsize=64)
def _certified(problem: Problem, choice: CubicChoice, digits: int) -> Enclosure:
    w = CubicWeights.of(problem)
    value = fmpq(0)
    if max(choice.pure.share, choice.mixed.share) > 1:  # more than there is; m = 3 has no links
        raise AssertionError("parameters outside their domain")
    for multiplier, weight, order in ((choice.lambda_, w.pure, 3), (choice.nu, w.mixed, 2)):
        x, y = choice.pair(problem, order)
        if x < 0 or y < 0 or multiplier < 0:  # a term left out needs y >= 0 too
            raise AssertionError("parameters outside their domain")
        if multiplier != 0:
            if weight * y <= 0:
                raise AssertionError("a multiplier without its term")
            value += multiplier**2 / (weight * y)
    inner, energy = row_polynomials_of(problem, choice)
    if choice.price is None:
        top = supremum_rational(inner**2, energy, fmpq(0), fmpq(1), digits + 2, positive=inner).enclosure
        return Enclosure(value + problem.rank * top.lower, value + problem.rank * top.upper)
    return _with_price(problem, choice.price, value, inner, energy, digits)


def _with_price(problem: Problem, price: fmpq, value: fmpq, inner: fmpq_poly, energy: fmpq_poly, digits: int) -> Enclosure:
    """value + r σ + n sup (g(t) − σ t)_+, where g(t) − σ t = s² (P_+² − σ E)/E."""
    gain = fmpq_poly([0, 0, 1]) * (inner**2 - energy * price)
    low = high = fmpq(0)
    for start, end in _positive_part(inner):
        top = supremum_rational(gain, energy, start, end, digits + 4).enclosure
        low, high = max(low, top.lower), max(high, top.upper)
    base, n = value + problem.rank * price, int(problem.n)
    return Enclosure(base + n * low, base + n * high)


def _positive_part(inner: fmpq_poly) -> list[tuple[fmpq, fmpq]]:
    """Rational intervals that cover the points of [0, 1] where a quadratic is positive, and hardly more."""
    from boundcalc.certify.real_roots import isolate_real_roots

    roots = [root.refined(64) for root in isolate_real_roots(inner, fmpq(0), fmpq(1))] if inner.degree() > 0 else []
    ends = [fmpq(0), *(end for root in roots for end in (root.low, root.high)), fmpq(1)]
    found = []
    for k in range(len(roots) + 1):
        left, right = ends[2 * k], ends[2 * k + 1]
        if left <= right and inner((left + right) / 2) > 0:
            found.append((max(ends[2 * k - 1] if k else left, fmpq(0)), min(ends[2 * k + 2] if k < len(roots) else right, fmpq(1))))
    return found


def simple_choices(problem: Problem) -> list[CubicChoice]:
    """Parameters that need no solver: those of U7, and λ = κ_4 with Welch's h = t⁶."""
    d, w, one = problem.d, CubicWeights.of(problem), fmpq(1)
    none3, none2 = (FrontierPolynomial(d, k, one, (fmpq(0),)) for k in (3, 2))
    found = [CubicChoice(fmpq(0), fmpq(0), none3, none2)]
    if w.pure > 0:
        power = gegenbauer_coefficients(fmpq_poly([0, 0, 0, 1]), d) if d > 1 else (one,)
        found.append(CubicChoice(w.fourth, fmpq(0), FrontierPolynomial(d, 3, one, power), none2))
    return found
