r"""Computes what a pair of features charges to its two rows, m = 5: the constant F of the bound dense_rows.

With the law scaled to variance 1, nu_{2j} = E x^{2j}, let 5 nu_4 - nu_6 = -(kappa_6 + 10 kappa_4) = l - sigma, l, sigma >= 0 and
one of them 0. The pair (i, j) adds at most F (a_i^3 v_ij + a_j^3 v_ji) + sigma (a_i^3 + a_j^3 - (a_i + a_j) A_ij^2) to C, where
v_ij = 1 - (a_i^2 + A_ij^2)/q_i, for the greater F of

    10 max(0, kappa_4) + 4 l/27 - sigma   and   (k - 3 l t^2)^2/(8 l) + 2 l t^3,   k = max(0, kappa_6), t = 4 k/(16 l + 3 k)

(0/0 = 0), if kappa_6 <= 0 or l > 0.

The second is at least (u - 1)(k - l (u^2 - 1)) for every u >= 1: with u = 1 + s that is k s - 2 l s^2 - l s^3, and
s^3 >= 3 t^2 s - 2 t^3 for every t >= 0; this t is near the best one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from flint import fmpq

from boundcalc.model.problem import Problem
from boundcalc.numbers.moments import cumulants_from_moments


@dataclass(frozen=True)
class ScaledLaw:
    """A law scaled to variance 1, for m = 5.

    Attributes
    ----------
    moments, kappa : list of fmpq
        E x^{2j} and κ_{2j}, entry j.
    excess : fmpq
        l − σ = 5 E x⁴ − E x⁶.
    charge : fmpq or None
        F; ``None`` where there is none: κ_6 > 0 and l = 0.
    """

    moments: tuple[fmpq, ...]
    kappa: tuple[fmpq, ...]
    excess: fmpq
    charge: fmpq | None

    @property
    def shortfall(self) -> fmpq:
        """σ."""
        return max(-self.excess, fmpq(0))

    @property
    def single(self) -> fmpq:
        """g/μ_2 = (E x⁶)²/E x¹⁰, which a feature alone attains."""
        value: fmpq = self.moments[3] ** 2 / self.moments[5]
        return value


@lru_cache(maxsize=64)
def scaled(problem: Problem) -> ScaledLaw:
    """The scaled law of a problem."""
    p, variance = problem.p, problem.p * problem.law.moment(2)
    moments = [fmpq(1), *(p * problem.law.moment(2 * j) / variance**j for j in range(1, 6))]
    kappa = cumulants_from_moments(moments)
    excess = 5 * moments[2] - moments[3]
    return ScaledLaw(tuple(moments), tuple(kappa), excess, charge(kappa[2], kappa[3], excess))


def charge(fourth: fmpq, sixth: fmpq, excess: fmpq) -> fmpq | None:
    """F for κ_4, κ_6 and l − σ; ``None`` where there is none."""
    found = 10 * max(fourth, fmpq(0)) + (4 * excess / 27 if excess > 0 else excess)
    if sixth <= 0:
        return found
    if excess <= 0:
        return None
    at = 4 * sixth / (16 * excess + 3 * sixth)
    return max(found, (sixth - 3 * excess * at**2) ** 2 / (8 * excess) + 2 * excess * at**3)
