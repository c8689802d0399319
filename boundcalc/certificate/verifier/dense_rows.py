r"""Verifies U19, m = 5: r p mu_2 Lambda, where Lambda is 1 or the ratio of the certificate, proven for all rows by two multipliers.

With the law scaled to variance 1, 5 nu_4 - nu_6 = l - sigma, l or sigma = 0, and F the charge of a pair, a row with Q_2 = 1 has
N = M_6 + (F/3)(1 - 3 Q_4 + 2 Q_6) + (sigma/2)(1 - Q_4), and Lambda M_10 >= N^2 must hold. Lambda = 1 needs sigma = 0, and
kappa_6 <= 0 or F (90 + F) <= 600 nu_4^2. Else let x, y, z, w = Q_4, ..., Q_10: for beta, gamma >= 0 the nonnegative numbers

    beta (1 - 6x + 3x^2 + 8y - 6z)   and   gamma (1 - 10x + 20y + 15x^2 - 30z - 20xy + 24w)

are taken off M_10, and s_3 z + s_4 w >= b x + c y, since s_3 T^3 + s_4 T^4 >= b T + c T^2 on [0, 1]. What is left of
Lambda M_10 - N^2 is concave in y, and x^2 <= y <= x, 3x - 1 <= 2y: it is not negative if it is so at the ends of y, for every x.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq, fmpq_poly

from boundcalc.certificate.verifier.claims import Claim, check_inside
from boundcalc.certificate.verifier.polynomials import nonnegative
from boundcalc.certificate.verifier.problem import Model, cumulants
from boundcalc.certificate.verifier.reading import CertificateError, Refuted, number_bits, rational

FIELDS = {"ratio", "fourth", "fifth", "slope"}
X = fmpq_poly([0, 1])


def dense_rows(model: Model, parameters: dict[str, Any], claim: Claim) -> list[str]:
    """The value with Λ = 1, or with all of ``ratio``, ``fourth`` (β), ``fifth`` (γ) and ``slope`` (b)."""
    if model.m != 5:
        raise Refuted("dense_rows: needs m = 5")
    model.work.fractions(200, 12 * model.bits, "the charge of a pair")
    variance = model.moment(1)
    nu = [model.moment(k) / variance**k for k in range(6)]
    kappa = cumulants(model.work, nu)
    excess = 5 * nu[2] - nu[3]
    if kappa[3] > 0 and excess <= 0:
        raise Refuted("dense_rows: needs kappa_6 <= 0, or mu_6 < 5 p mu_2 mu_4")
    charge = _charge(kappa, excess)
    if parameters:
        if set(parameters) != FIELDS:
            raise CertificateError(f"upper.parameters: the field {min(FIELDS - set(parameters))} is missing")
        given = {name: rational(parameters[name], f"parameters.{name}") for name in sorted(FIELDS)}
        ratio = given["ratio"]
        _prove(model, kappa, charge, max(-excess, fmpq(0)), given)
        steps = ["the charge of a pair exists, and no row exceeds the ratio (Sturm, four polynomials in one variable)"]
    else:
        ratio = fmpq(1)
        if excess < 0 or not (kappa[3] <= 0 or charge * (90 + charge) <= 600 * nu[2] ** 2):
            raise Refuted("dense_rows: the third chaos does not pay for the charges")
        steps = ["mu_6 <= 5 p mu_2 mu_4, and the third chaos pays for the charges of the pairs"]
    check_inside(lambda: model.r * variance * ratio, claim, "upper dense_rows", model.work)
    return steps


def _charge(kappa: list[fmpq], excess: fmpq) -> fmpq:
    """F."""
    first = 10 * max(kappa[2], fmpq(0)) + (4 * excess / 27 if excess > 0 else excess)
    if kappa[3] <= 0:
        return first
    t = 4 * kappa[3] / (16 * excess + 3 * kappa[3])
    return max(first, (kappa[3] - 3 * excess * t**2) ** 2 / (8 * excess) + 2 * excess * t**3)


def _prove(model: Model, kappa: list[fmpq], charge: fmpq, sigma: fmpq, given: dict[str, fmpq]) -> None:
    """Proves Λ M_10 ≥ N² for every row."""
    beta, gamma, slope, ratio = (given[name] for name in ("fourth", "fifth", "slope", "ratio"))
    if beta < 0 or gamma < 0:
        raise Refuted("parameters: the multipliers of nonnegative numbers must not be negative")
    bits = 6 * model.bits * 5 + number_bits(beta, gamma, slope, ratio)
    model.work.fractions(400, 4 * bits, "the row polynomials")
    _, _, k4, k6, k8, k10 = kappa
    s_3, s_4 = 45 * k8 + 6 * beta + 30 * gamma, k10 - 24 * gamma
    rest = fmpq_poly([0, -slope, slope - s_3 - s_4, s_3, s_4])
    if not nonnegative(rest, fmpq(0), fmpq(1), model.work):
        raise Refuted("parameters.slope: b T + c T^2 is no minorant on [0, 1]")
    for y, low, high in ((X * X, 0, fmpq(1, 2)), ((3 * X - 1) / 2, fmpq(1, 2), 1), (X, 0, 1)):
        energy = 945 + 3150 * k4 * X + 1575 * k4**2 * X**2 + 630 * k6 * y + 210 * k4 * k6 * X * y
        energy -= beta * (1 - 6 * X + 3 * X**2 + 8 * y) + gamma * (1 - 10 * X + 20 * y + 15 * X**2 - 20 * X * y)
        energy += slope * X + (s_3 + s_4 - slope) * y
        gain = 15 + 15 * k4 * X + k6 * y + charge * (1 - 3 * X + 2 * y) / 3 + sigma * (1 - X) / 2
        if not nonnegative(energy * ratio - gain * gain, fmpq(low), fmpq(high), model.work):
            raise Refuted("upper dense_rows: a row exceeds what the ratio allows")
