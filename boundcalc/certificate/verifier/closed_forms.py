"""Verifies upper bounds whose value is a formula: it is evaluated again, exactly or in balls, and compared with the claim."""

from __future__ import annotations

from collections.abc import Callable
from math import comb
from typing import Any

from flint import arb, fmpq, fmpz

from boundcalc.certificate.verifier.claims import FUNCTION, Claim, check_inside
from boundcalc.certificate.verifier.polynomials import welch_constant
from boundcalc.certificate.verifier.problem import Model
from boundcalc.certificate.verifier.reading import CertificateError, Refuted, TooLargeToVerify, number_bits, polynomial, rational

MAX_EXACT_BITS = 100_000
MAX_SUM = 200_000
"""Most terms of the binomial sum."""
MULTIPLIERS = ("eta_1", "eta_2", "xi", "zeta")


def rank_value(model: Model) -> fmpq:
    """p μ_2 min(n, N)."""
    model.work.fractions(4, number_bits(model.p, model.mu(2), model.n or 0), "the bound")
    return model.p * model.mu(2) * _least_of_n_and_dimension(model)


def _least_of_n_and_dimension(model: Model) -> int:
    """min(n, N), N = binom(d + m − 1, m) = Π_{k<m} (d + k)/(k + 1), whose partial products do not decrease."""
    dimension = 1
    for k in range(model.m):
        model.work.whole(2, dimension.bit_length() + model.d.bit_length() + 10, "binom(d + m - 1, m)")
        dimension = dimension * (model.d + k) // (k + 1)
        if model.n is not None and dimension >= model.n:
            return model.n
    return dimension


def rank(model: Model, parameters: dict[str, Any], claim: Claim) -> list[str]:
    """U1."""
    value = rank_value(model)
    check_inside(lambda: value, claim, "upper rank", model.work)
    return []


def tensor_power(model: Model, parameters: dict[str, Any], claim: Claim) -> list[str]:
    """Its weaker form p μ_2 d^m."""
    model.work.fractions(2, model.m * model.d.bit_length() + number_bits(model.p, model.mu(2)), "d^m")
    check_inside(lambda: model.p * model.mu(2) * fmpq(model.d) ** model.m, claim, "upper tensor_power", model.work)
    return []


def trivial(model: Model, parameters: dict[str, Any], claim: Claim) -> list[str]:
    """p μ_2 n."""
    count = model.n
    if count is None:
        raise Refuted("trivial: needs a finite n")
    check_inside(lambda: model.p * model.mu(2) * count, claim, "upper trivial", model.work)
    return []


def two_events(model: Model, parameters: dict[str, Any], claim: Claim) -> list[str]:
    """p π g G + (1 − π) U1 with π = (1 − p)^{n−1}; exact where that power is of moderate size."""
    constant = welch_constant(polynomial(parameters["h"], "parameters.h"), model.d, model.m, model.n, "parameters.h", model.work)
    top, bottom = model.mu(model.m + 1), model.mu(2 * model.m)
    model.work.fractions(10, 2 * number_bits(constant, model.p, top, bottom), "p g G")
    single = model.p * top**2 / bottom * constant
    whole = rank_value(model)

    def value() -> arb | fmpq:
        if model.n is None:
            return whole
        if model.p == 1 and model.n > 1:
            return whole
        if (model.n - 1) * model.p.height_bits() <= MAX_EXACT_BITS:
            model.work.fractions(4, number_bits(single, whole) + 2 * MAX_EXACT_BITS, "(1 - p)^(n-1)")
            alone = (1 - model.p) ** (model.n - 1)
            return alone * single + (1 - alone) * whole
        likely = (arb(fmpz(model.n - 1)) * arb(-model.p).log1p()).exp()
        return likely * arb(single) + (1 - likely) * arb(whole)

    check_inside(value, claim, "upper p [pi g G + (1 - pi) mu_2 min(n, N)]", model.work, 3 * FUNCTION)
    return [WELCH]


WELCH = "h has Gegenbauer coefficients h_k >= 0 (k >= 1) and h(u) <= u^m on [0, 1], so S^2 <= G T"


def sparsity_power(model: Model, parameters: dict[str, Any], claim: Claim) -> list[str]:
    """U4."""

    def value() -> arb:
        m, alpha, beta, second = model.m, arb(model.mu(model.m + 1)), arb(model.mu(2 * model.m)), arb(model.mu(2))
        k = arb(m) * arb(2) ** (m - 2)
        sparse = alpha**2 * arb(model.p).root(m) / (beta.root(m) ** (m - 1) * second)
        return 2 * k**2 * model.r * (sparse + second * arb(model.p))

    check_inside(value, claim, "upper sparsity_power", model.work, 4 * FUNCTION)
    return []


def uniform(model: Model, parameters: dict[str, Any], claim: Claim) -> list[str]:
    """U5."""
    if model.m < 3:
        raise Refuted("uniform: needs m >= 3")

    def value() -> arb:
        m, p, second, beta = model.m, arb(model.p), arb(model.mu(2)), arb(model.mu(2 * model.m))
        tau = arb(1)
        for k in range(m):
            tau = tau * arb(fmpz(model.d + 2 * k)) / (2 * k + 1)
        least = tau if model.n is None else tau.min(arb(fmpz(model.n)))
        xi = (least / beta).min(model.r / (p.root(m) ** (m - 1) * beta.root(m) ** (m - 1) * second))
        eta = model.r / second
        total = arb(0)
        for k in range(1, m + 1, 2):
            shares = (xi.log() * (k - 1) + eta.log() * (m - k)) / (2 * (m - 1))
            total += comb(m, k) * arb(model.mu(k + 1)) * shares.exp()
        return p * total**2

    check_inside(value, claim, "upper uniform", model.work, (4 + 2 * model.m) * FUNCTION)
    return []


def gaussian_support(model: Model, parameters: dict[str, Any], claim: Claim) -> list[str]:
    """U6: E min(d, X) = d − Σ_{k<d} (d − k) P(X = k) with X ~ Bin(n, p)."""
    _check_support(model, claim, "gaussian", lambda seen: seen)
    return []


def uniform_support(model: Model, parameters: dict[str, Any], claim: Claim) -> list[str]:
    """U15 for features uniform on [−1, 1]: half of E min(d, X)."""
    _check_support(model, claim, "uniform", lambda seen: seen / 2)
    return []


def laplace_support(model: Model, parameters: dict[str, Any], claim: Claim) -> list[str]:
    """U15 for Laplace features: 2 M + d ln(1 + 2 (n p − M)/(2 d + 1)), M = E min(d, X)."""
    count = model.n
    if count is None:
        raise Refuted("laplace_support: needs a finite n")

    def value(seen: Any) -> Any:
        if count <= model.d:
            return 2 * seen
        return 2 * seen + model.d * arb(1 + 2 * (count * model.p - seen) / (2 * model.d + 1)).log()

    _check_support(model, claim, "laplace", value)
    return []


def gaussian_scalar_decoder(model: Model, parameters: dict[str, Any], claim: Claim) -> list[str]:
    """U20: n p − p² (n − r)."""
    _check_scalar(model, claim, "gaussian", fmpq(1), fmpq(1))
    return []


def uniform_scalar_decoder(model: Model, parameters: dict[str, Any], claim: Claim) -> list[str]:
    """U21: n p/3 − 0.16454 p² (n − r)."""
    _check_scalar(model, claim, "uniform", fmpq(1, 3), fmpq(16454, 10**5))
    return []


def _check_scalar(model: Model, claim: Claim, law: str, second: fmpq, lost: fmpq) -> None:
    key = f"{law}_scalar_decoder"
    if model.law != law:
        raise Refuted(f"{key}: needs the {law} law")
    if model.n is None:
        raise Refuted(f"{key}: needs a finite n")
    value = second * model.n * model.p - lost * model.p**2 * (model.n - model.r)
    check_inside(lambda: value, claim, f"upper {key}", model.work)


def _check_support(model: Model, claim: Claim, law: str, formula: Callable[[Any], Any]) -> None:
    key = f"{law}_support"
    if model.law != law:
        raise Refuted(f"{key}: needs the {law} law")
    if model.n is not None and model.n > model.d > MAX_SUM:
        raise TooLargeToVerify(f"too large to verify: {key} with d above {MAX_SUM}, the limit")

    def value() -> Any:
        if model.n is None or (model.p == 1 and model.n > model.d):
            return formula(fmpq(model.d))
        if model.n <= model.d:
            return formula(model.p * model.n)
        exact = model.n * model.p.height_bits() <= MAX_EXACT_BITS // 10
        if exact:
            model.work.fractions(6 * model.d, 2 * model.n * int(model.p.height_bits()), "the binomial sum")
        p: Any = model.p if exact else arb(model.p)
        probability: Any = (1 - p) ** model.n if exact else (arb(fmpz(model.n)) * (-p).log1p()).exp()
        missing = 0 * p
        for k in range(model.d):
            missing += (model.d - k) * probability
            probability = probability * (model.n - k) * p / ((k + 1) * (1 - p))
        return formula(model.d - missing)

    check_inside(value, claim, f"upper {key}", model.work, 6 * min(model.d, MAX_SUM) + 3 * FUNCTION)


def dense(model: Model, parameters: dict[str, Any], claim: Claim) -> list[str]:
    """U10: r p μ_2 by projection, or r p μ_2 b^T M^{-1} b with the multipliers given; m = 3 and κ_4 ≤ 0."""
    if model.m != 3 or model.kappa[2] > 0:
        raise Refuted("dense: needs m = 3 and kappa_4 <= 0")
    whole = model.r * model.p * model.mu(2)
    if not parameters:
        check_inside(lambda: whole, claim, "upper dense", model.work)
        return ["kappa_4 <= 0, so I* <= r p mu_2 by Bessel's inequality and a projection"]
    if set(parameters) != set(MULTIPLIERS):
        raise CertificateError("upper.parameters: all four multipliers, or none")
    eta_1, eta_2, xi, zeta = (rational(parameters[name], f"parameters.{name}") for name in MULTIPLIERS)
    if min(eta_1, eta_2, xi, zeta) < 0:
        raise Refuted("upper.parameters: a multiplier is negative")
    model.work.fractions(40, 12 * model.bits + 4 * number_bits(eta_1, eta_2, xi, zeta), "the multipliers")
    p, fourth, sixth = model.p, model.mu(4) / model.mu(2) ** 2, model.mu(6) / model.mu(2) ** 3
    c, k = 3 * p - fourth, sixth - 15 * p * fourth + 30 * p**2
    b1, b2 = 1 + xi, -c + zeta - 3 * p * xi
    m11, m12, m22 = fmpq(5, 3) - eta_2, -(5 * c + eta_1 - 3 * p * eta_2) / 2, k + 3 * p * eta_1
    determinant = m11 * m22 - m12**2
    if m11 > 0 and determinant > 0:
        form = (m22 * b1**2 - 2 * m12 * b1 * b2 + m11 * b2**2) / determinant
    elif m11 > 0 and m12 == m22 == 0 and b2 <= 0:  # tr BP >= 0 enters with a weight that is not positive
        form = b1**2 / m11
    else:
        raise Refuted("upper.parameters: the matrix M of the multipliers is not positive definite")
    check_inside(lambda: whole * form, claim, "upper dense", model.work)
    return ["kappa_4 <= 0, the multipliers are nonnegative and M is positive definite, so I* <= r p mu_2 b^T M^{-1} b"]
