r"""Verifies U12: kappa_4^2 tau_3/kappa_6 + r kappa_2 min{(3/5)(1 - h)_+, E(h)}, the lesser of the two as the certificate says.

E(h) is the supremum over 0 < theta <= 1 of (3/5) theta (1 - eta)^2/(1 - 3 eta^2/(5h)) with eta = min(5 h theta/2, 1, 5h/3).
Up to theta = min(2/(5h), 2/3) eta = x = 5 h theta/2; from there on the term is 0 for h >= 3/5, and else (3/5) theta (1 - 5h/3),
greatest at theta = 1. So E(h) <= U where U >= 3/5 - h and U (5h - 3x^2) >= (6/5) x (1 - x)^2 for 0 <= x <= min(1, 5h/3).
"""

from __future__ import annotations

from typing import Any

from flint import fmpq, fmpq_poly

from boundcalc.certificate.verifier.claims import Claim, check_inside
from boundcalc.certificate.verifier.polynomials import nonnegative
from boundcalc.certificate.verifier.problem import Model
from boundcalc.certificate.verifier.reading import CertificateError, Refuted, number_bits, rational, word

FIELDS = {"additive"}
OPTIONAL = {"at"}


def uniform_in_n(model: Model, parameters: dict[str, Any], claim: Claim) -> list[str]:
    """The value with the term that ``additive`` names: difference, or row with a point x ``at`` which it is nearly reached."""
    if model.m != 3 or not min(model.kappa[2], model.kappa[3]) > 0:
        raise Refuted("uniform_in_n: needs m = 3, kappa_4 > 0 and kappa_6 > 0")
    _, second, fourth, sixth = model.kappa
    model.work.fractions(20, 6 * model.bits + 2 * number_bits(claim.upper), "the closed form")
    h = fourth**2 / (second * sixth)
    base = fourth**2 / sixth * model.d * (model.d + 2) * (model.d + 4) / 15
    factor = model.r * second
    additive = word(parameters["additive"], "parameters.additive", ("difference", "row"))
    if additive == "difference":
        if "at" in parameters:
            raise CertificateError("upper.parameters: at belongs to the term row")
        check_inside(lambda: base + factor * fmpq(3, 5) * max(1 - h, fmpq(0)), claim, "upper uniform_in_n", model.work)
        return ["kappa_4 and kappa_6 are positive; the additive term is (3/5) r kappa_2 (1 - h)_+"]
    if "at" not in parameters:
        raise CertificateError("upper.parameters: the field at is missing, which the term row needs")
    end = min(fmpq(1), 5 * h / 3)
    at = rational(parameters["at"], "parameters.at")
    if not 0 <= at <= end or (at == 1 and 5 * h == 3):
        raise Refuted("parameters.at: must have 0 <= x <= min(1, 5h/3), and x < 1 for h = 3/5")
    top = (claim.upper - base) / factor
    numerator = fmpq_poly([0, 1]) * fmpq_poly([1, -1]) ** 2 * fmpq(6, 5)
    gap = fmpq_poly([5 * h, 0, -3]) * top - numerator
    if top < fmpq(3, 5) - h or not nonnegative(gap, fmpq(0), end, model.work):
        raise Refuted("upper uniform_in_n: a row exceeds what the claim allows")
    model.work.fractions(20, 3 * number_bits(at) + number_bits(h, claim.lower, base, factor), "the value at parameters.at")
    reached = numerator(at) / (5 * h - 3 * at**2)
    if base + factor * max(reached, fmpq(3, 5) - h) < claim.lower:
        raise Refuted("upper uniform_in_n: the value at parameters.at does not reach the lower end of the claim")
    return ["kappa_4 and kappa_6 are positive; no row exceeds E(h), for all 0 < theta <= 1 (Sturm)"]
