r"""Holds the parameters of U11 for m = 3, and the scales in which its rows are written.

With t = ts u, ts = g^2 near the capacity at which D~ balances, theta = t/ell, e t = ts c w, rho^2 = 1 - 2 w/(5 h theta) and

    c = 3 kappa_2^2/(kappa_4 ts),   b = 15 kappa_4 kappa_2/(kappa_6 ts) = 5 h c,   k = 15 kappa_2^3/(kappa_6 ts^3),
    h = kappa_4^2/(kappa_2 kappa_6),   lambda = kappa_4 lam,   nu = kappa_4 g v,

the row condition N_+^2 <= (z ell + z') phi of U11 becomes, for z = Z kappa_4^2/(kappa_6 ts) and z' = Z' kappa_4^2/kappa_6,

    theta u N_+^2 <= (Z u + Z' theta) E,   N = u + c - lam (u + c w) - v rho sqrt(u),
    E = x_3 u (u + c w)^2 + b x_2 rho^2 u^2 + k (1 - 3 w^2/(5 h)),   0 <= w <= 5 h theta/2.

On a cell rho is constant, so that w = (5h/2)(1 - rho^2) theta, and both sides are polynomials in sqrt(u) and theta.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flint import fmpq

from boundcalc.lemmas.frontier import FrontierPolynomial, trade
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.rings import EXACT


@dataclass(frozen=True)
class RowScale:
    """The constants of the row function, exact.

    Attributes
    ----------
    root : fmpq
        g with ts = g².
    c, b, k, h : fmpq
        As in the module's docstring.
    fourth, unit : fmpq
        κ_4 and κ_4²/κ_6.
    """

    root: fmpq
    c: fmpq
    b: fmpq
    k: fmpq
    h: fmpq
    fourth: fmpq
    unit: fmpq

    @classmethod
    def of(cls, problem: Problem) -> RowScale:
        """For κ_4, κ_6 > 0."""
        _, second, fourth, sixth = Quantities(EXACT, problem).kappa
        root = balance_root(second, sixth)
        ts = root * root
        h = fourth**2 / (second * sixth)
        c = 3 * second**2 / (fourth * ts)
        return cls(root, c, 5 * h * c, 15 * second**3 / (sixth * ts**3), h, fourth, fourth**2 / sixth)

    @cached_property
    def ts(self) -> fmpq:
        """ts = g²."""
        return self.root * self.root


def balance_root(second: fmpq, sixth: fmpq) -> fmpq:
    """A power of 2 near √(κ_2 (15/κ_6)^{1/3}), at most 1."""
    found = fmpq(1)
    while found**6 * sixth / (15 * second**3) > 8:
        found /= 2
    return found


@dataclass(frozen=True)
class CoupledChoice:
    """Parameters of U11 for m = 3.

    Attributes
    ----------
    lambda_, nu : fmpq
        Multipliers of the two squares; 0 leaves the term out.
    pure, mixed : FrontierPolynomial
        h_3 and h_2, of share 1.
    moved : pair of fmpq
        The parts of x_3 and x_2 moved to y_3 and y_2, 0 for n = ∞.
    z, alone : fmpq
        z and z': N_+² ≤ (z ℓ + z') φ for all rows; z' = 0 for n = ∞.
    """

    lambda_: fmpq
    nu: fmpq
    pure: FrontierPolynomial
    mixed: FrontierPolynomial
    moved: tuple[fmpq, fmpq]
    z: fmpq
    alone: fmpq

    def pair(self, problem: Problem, order: int) -> tuple[fmpq, fmpq]:
        """(x, y) for order 3 or 2, after what was moved."""
        member, moved = (self.pure, self.moved[0]) if order == 3 else (self.mixed, self.moved[1])
        if moved == 0:
            return member.x, member.y
        x, y = trade(member.x, member.y, moved, fmpq(int(problem.n)))
        return x, y

    def value(self, problem: Problem) -> fmpq:
        """λ²/(κ_6 y_3) + ν²/(15 κ_4κ_2 y_2) + r z + n z'."""
        _, second, fourth, sixth = Quantities(EXACT, problem).kappa
        if self.pure.share != 1 or self.mixed.share != 1:
            raise AssertionError("parameters outside their domain")
        total = problem.rank * self.z + (int(problem.n) * self.alone if self.alone else fmpq(0))
        for multiplier, weight, order in ((self.lambda_, sixth, 3), (self.nu, 15 * fourth * second, 2)):
            x, y = self.pair(problem, order)
            if x < 0 or y < 0 or multiplier < 0 or (multiplier > 0 and y == 0):
                raise AssertionError("parameters outside their domain")
            if multiplier > 0:
                total += multiplier**2 / (weight * y)
        return total

    def shown(self, problem: Problem) -> dict[str, Any]:
        """JSON-ready: every number as an exact rational."""
        (x3, y3), (x2, y2) = self.pair(problem, 3), self.pair(problem, 2)
        numbers = {"lambda": self.lambda_, "nu": self.nu, "x_3": x3, "y_3": y3, "x_2": x2, "y_2": y2, "z": self.z}
        if not problem.is_infinite:
            numbers |= {"moved_3": self.moved[0], "moved_2": self.moved[1], "z_n": self.alone}
        found: dict[str, Any] = {name: str(value) for name, value in numbers.items()}
        return found | {"h_3": [str(h) for h in self.pure.coefficients], "h_2": [str(h) for h in self.mixed.coefficients]}
