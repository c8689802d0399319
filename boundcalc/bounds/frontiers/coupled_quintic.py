r"""Holds the parameters of U11 for m = 5, and the polynomials of its row condition.

The columns pay out of the monomial c_622 q^2 Q_6 alone: with b = c_622/(2 c_10), e = b (1 - rho^2)/ell^2 and 0 <= rho <= 1, the
part 1 - f of it that is left is rho^2. In s = sqrt t, theta = t/ell and y = s^4 (Q_4 - 1), with beta = b (1 - rho^2), the row
condition N_+^2 <= z ell phi of U11 becomes, N s^4 = P and phi s^10 = E,

    theta P_+^2 <= z E,
    P = kappa_6 s^4 + 10 kappa_4 kappa_2 s^2 + 15 kappa_2^3 + 5 kappa_2 kappa_4 (s^4 + y) - lambda (s^4 + beta theta^2)
        - nu_82 s^3 - rho nu_622 s^2 - sum over the links of nu s^{4 - size},
    E = c_10 [x s^2 (s^4 + beta theta^2)^2 - beta^2 theta^4] + c_82 x s^8 + rho^2 c_622 x s^6 + c_64 (s^6 + y^2)(s^4 + y)
        + c_442 (s^4 + y)^2 + c_4222 (s^4 + y) + c_22222 + sum over the links of w s^{6 - 2 size} [(x - S) s^4 - S y],

x those of each term, S the share of a link and size the number of Q_2 in its factor. The terms are exchanged as a whole, with the
share 1; of 64, 442 and 4222 nothing is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flint import fmpq

from boundcalc.bounds.frontiers.absorption import Parts, absorbed
from boundcalc.bounds.frontiers.general import Exchange, GeneralChoice, exchanges, value_of
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.rings import EXACT

PURE, FIRST, PAYER = (5,), (4, 1), (3, 1, 1)
CUBE, SQUARE, LINEAR, LAST = (3, 2), (2, 2, 1), (2, 1, 1, 1), (1, 1, 1, 1, 1)
OWN: tuple[Parts, ...] = (PURE, FIRST, PAYER)
Term = tuple[int, int, int, Any]
"""(i, j, k, coefficient of s^i theta^j y^k)."""


def coefficients(problem: Problem) -> dict[Parts, fmpq] | None:
    """c' of U13, where the pure term is there and can be paid for; ``None`` elsewhere."""
    found = absorbed(problem)
    return None if found is None or found[0][PURE] <= 0 else found[0]


def exchanged(problem: Problem) -> list[Exchange]:
    """What the program exchanges: the pure term, those of 82 and 622, and the links."""
    return [one for one in exchanges(problem) if one.linked or (one.order, *one.factor) in OWN]


@dataclass(frozen=True)
class CoupledQuintic:
    """Parameters of U11 for m = 5: those of U9 with U14, n = ∞, and z in place of its price."""

    general: GeneralChoice

    @property
    def z(self) -> fmpq:
        """z: N_+² ≤ z ℓ φ for all rows."""
        return self.general.price

    def with_z(self, z: fmpq) -> CoupledQuintic:
        """With another z."""
        return CoupledQuintic(replace(self.general, price=z))

    def value(self, problem: Problem) -> fmpq:
        """Σ ν²/(w y) + r z."""
        return value_of(problem, self.general)

    def shown(self, problem: Problem) -> dict[str, Any]:
        """JSON-ready: every number as an exact rational."""
        found = self.general.shown(problem)
        return {"z": found["price"], "terms": found["terms"]}


@dataclass(frozen=True)
class QuinticRow:
    """P and E for these parameters; the numbers are exact, balls or floats.

    Attributes
    ----------
    gain, energy : dict
        The coefficients of s^i y^k that do not depend on ρ, by (i, k).
    lam, nu : number
        λ and ν_622.
    pure, payer : number
        c_10 x and c_622 x.
    whole, b, z : number
        c_10, b and z.
    """

    gain: Mapping[tuple[int, int], Any]
    energy: Mapping[tuple[int, int], Any]
    lam: Any
    nu: Any
    pure: Any
    payer: Any
    whole: Any
    b: Any
    z: Any

    @classmethod
    def of(cls, problem: Problem, choice: GeneralChoice) -> QuinticRow:
        """Exact."""
        c = coefficients(problem)
        assert c is not None
        every, kappa = exchanges(problem), Quantities(EXACT, problem).kappa
        nothing = fmpq(0)
        at = {(one.order, *one.factor): k for k, one in enumerate(every) if not one.linked}
        links = [
            (len(one.factor), one.weight, choice.multipliers[k], member.x, member.share)
            for k, (one, member) in enumerate(zip(every, choice.members, strict=True))
            if one.linked
        ]
        own = {
            parts: (choice.multipliers[at[parts]], choice.members[at[parts]].x) if parts in at else (nothing, nothing)
            for parts in OWN
        }
        return cls.made(kappa, c, own, links, choice.price)

    @classmethod
    def made(
        cls,
        kappa: list[Any],
        c: Mapping[Parts, Any],
        own: Mapping[Parts, tuple[Any, Any]],
        links: list[tuple[int, Any, Any, Any, Any]],
        z: Any,
    ) -> QuinticRow:
        """From (ν, x) of the three terms and (size, w, ν, x, S) of the links."""
        (lam, x5), (nu_first, x4), (nu, x3) = (own[parts] for parts in OWN)
        _, second, fourth, sixth, *_ = kappa
        cross = 5 * second * fourth
        gain = {(4, 0): sixth + cross - lam, (2, 0): 10 * fourth * second, (0, 0): 15 * second**3, (0, 1): cross, (3, 0): -nu_first}
        energy = {
            (8, 0): c[FIRST] * x4 + c[SQUARE],
            (0, 3): c[CUBE],
            (10, 0): c[CUBE],
            (6, 1): c[CUBE],
            (4, 2): c[CUBE],
            (4, 1): 2 * c[SQUARE],
            (0, 2): c[SQUARE],
            (4, 0): c[LINEAR],
            (0, 1): c[LINEAR],
            (0, 0): c[LAST],
        }
        for size, weight, multiplier, x, share in links:
            for terms, place, value in (
                (gain, (4 - size, 0), -multiplier),
                (energy, (10 - 2 * size, 0), weight * (x - share)),
                (energy, (6 - 2 * size, 1), -weight * share),
            ):
                terms[place] = terms.get(place, 0 * z) + value
        whole = c[PURE]
        return cls(gain, energy, lam, nu, whole * x5, c[PAYER] * x3, whole, c[PAYER] / (2 * whole), z)

    def mapped(self, to: Callable[[Any], Any]) -> QuinticRow:
        """With every number converted."""
        return QuinticRow(
            **{
                name: {place: to(value) for place, value in own.items()} if isinstance(own, Mapping) else to(own)
                for name, own in vars(self).items()
            }
        )

    def inner(self, rho: Any) -> list[Term]:
        """P."""
        beta = self.b * (1 - rho * rho)
        return [*((i, 0, k, value) for (i, k), value in self.gain.items()), (2, 0, 0, -self.nu * rho), (0, 2, 0, -self.lam * beta)]

    def outer(self, rho: Any) -> list[Term]:
        """E."""
        square = rho * rho
        beta = self.b * (1 - square)
        return [
            *((i, 0, k, value) for (i, k), value in self.energy.items()),
            (10, 0, 0, self.pure),
            (6, 2, 0, 2 * self.pure * beta),
            (2, 4, 0, self.pure * beta * beta),
            (0, 4, 0, -self.whole * beta * beta),
            (6, 0, 0, self.payer * square),
        ]

    def gap(self, inner: list[Term], outer: list[Term]) -> list[Term]:
        """z E − θ P²."""
        found = [(i, j, k, self.z * value) for i, j, k, value in outer]
        for a, (i, j, k, one) in enumerate(inner):
            found.append((2 * i, 2 * j + 1, 2 * k, -one * one))
            found += [(i + u, j + v + 1, k + w, -2 * one * other) for u, v, w, other in inner[a + 1 :]]
        return found
