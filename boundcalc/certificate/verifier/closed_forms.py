"""Upper bounds whose value is a formula: it is evaluated again, exactly or in balls, and compared with the claim."""

from __future__ import annotations

from math import comb
from typing import Any

from flint import arb, fmpq, fmpz

from boundcalc.certificate.verifier.claims import Claim, check_inside
from boundcalc.certificate.verifier.model import Model
from boundcalc.certificate.verifier.polynomials import welch_constant
from boundcalc.certificate.verifier.reading import Refuted, polynomial, rational

MAX_EXACT_BITS = 100_000
MULTIPLIERS = ("eta_1", "eta_2", "xi", "zeta")


def rank_value(model: Model) -> fmpq:
    """p μ_2 min(n, N)."""
    dimension = comb(model.d + model.m - 1, model.m)
    return model.p * model.mu(2) * (dimension if model.n is None else min(model.n, dimension))


def rank(model: Model, parameters: dict[str, Any], claim: Claim) -> list[str]:
    """U1."""
    check_inside(lambda: rank_value(model), claim, "upper rank")
    return []


def tensor_power(model: Model, parameters: dict[str, Any], claim: Claim) -> list[str]:
    """Its weaker form p μ_2 d^m."""
    check_inside(lambda: model.p * model.mu(2) * fmpq(model.d) ** model.m, claim, "upper tensor_power")
    return []


def trivial(model: Model, parameters: dict[str, Any], claim: Claim) -> list[str]:
    """p μ_2 n."""
    count = model.n
    if count is None:
        raise Refuted("trivial: needs a finite n")
    check_inside(lambda: model.p * model.mu(2) * count, claim, "upper trivial")
    return []


def two_events(model: Model, parameters: dict[str, Any], claim: Claim) -> list[str]:
    """p π g G + (1 − π) U1 with π = (1 − p)^{n−1}; exact where that power is of moderate size."""
    constant = welch_constant(polynomial(parameters["h"], "parameters.h"), model.d, model.m, model.n, "parameters.h")
    single = model.p * model.mu(model.m + 1) ** 2 / model.mu(2 * model.m) * constant

    def value() -> arb | fmpq:
        if model.n is None:
            return rank_value(model)
        if model.p == 1 and model.n > 1:
            return rank_value(model)
        if (model.n - 1) * model.p.height_bits() <= MAX_EXACT_BITS:
            alone = (1 - model.p) ** (model.n - 1)
            return alone * single + (1 - alone) * rank_value(model)
        likely = (arb(fmpz(model.n - 1)) * arb(-model.p).log1p()).exp()
        return likely * arb(single) + (1 - likely) * arb(rank_value(model))

    check_inside(value, claim, "upper p [pi g G + (1 - pi) mu_2 min(n, N)]")
    return [WELCH]


WELCH = "h has Gegenbauer coefficients h_k >= 0 (k >= 1) and h(u) <= u^m on [0, 1], so S^2 <= G T"


def sparsity_power(model: Model, parameters: dict[str, Any], claim: Claim) -> list[str]:
    """U4."""

    def value() -> arb:
        m, alpha, beta, second = model.m, arb(model.mu(model.m + 1)), arb(model.mu(2 * model.m)), arb(model.mu(2))
        k = arb(m) * arb(2) ** (m - 2)
        sparse = alpha**2 * arb(model.p).root(m) / (beta.root(m) ** (m - 1) * second)
        return 2 * k**2 * model.r * (sparse + second * arb(model.p))

    check_inside(value, claim, "upper sparsity_power")
    return []


def uniform(model: Model, parameters: dict[str, Any], claim: Claim) -> list[str]:
    """U5."""
    if model.m < 3:
        raise Refuted("uniform: needs m >= 3")

    def value() -> arb:
        m, p, second, beta = model.m, arb(model.p), arb(model.mu(2)), arb(model.mu(2 * model.m))
        tau = fmpq(1)
        for k in range(m):
            tau = tau * (model.d + 2 * k) / (2 * k + 1)
        least = tau if model.n is None else min(tau, fmpq(model.n))
        xi = (arb(least) / beta).min(model.r / (p.root(m) ** (m - 1) * beta.root(m) ** (m - 1) * second))
        eta = model.r / second
        total = arb(0)
        for k in range(1, m + 1, 2):
            shares = (xi.log() * (k - 1) + eta.log() * (m - k)) / (2 * (m - 1))
            total += comb(m, k) * arb(model.mu(k + 1)) * shares.exp()
        return p * total**2

    check_inside(value, claim, "upper uniform")
    return []


def gaussian_support(model: Model, parameters: dict[str, Any], claim: Claim) -> list[str]:
    """U6: E min(d, X) = d − Σ_{k<d} (d − k) P(X = k) with X ~ Bin(n, p)."""
    if model.law != "gaussian":
        raise Refuted("gaussian_support: needs the gaussian law")
    if model.n is not None and model.n > model.d > 200_000:
        raise Refuted("gaussian_support: is re-proved for d up to 200000")

    def value() -> arb | fmpq:
        if model.n is None or (model.p == 1 and model.n > model.d):
            return fmpq(model.d)
        if model.n <= model.d:
            return model.p * model.n
        exact = model.n * model.p.height_bits() <= MAX_EXACT_BITS // 10
        p: Any = model.p if exact else arb(model.p)
        probability: Any = (1 - p) ** model.n if exact else (arb(fmpz(model.n)) * (-p).log1p()).exp()
        missing = 0 * p
        for k in range(model.d):
            missing += (model.d - k) * probability
            probability = probability * (model.n - k) * p / ((k + 1) * (1 - p))
        found: arb | fmpq = model.d - missing
        return found

    check_inside(value, claim, "upper gaussian_support")
    return []


def dense(model: Model, parameters: dict[str, Any], claim: Claim) -> list[str]:
    """U10: r p μ_2 by projection, or r p μ_2 b^T M^{-1} b with the multipliers given; m = 3 and κ_4 ≤ 0."""
    if model.m != 3 or model.kappa[2] > 0:
        raise Refuted("dense: needs m = 3 and kappa_4 <= 0")
    whole = model.r * model.p * model.mu(2)
    if not parameters:
        check_inside(lambda: whole, claim, "upper dense")
        return ["kappa_4 <= 0, so I* <= r p mu_2 by Bessel's inequality and a projection"]
    if set(parameters) != set(MULTIPLIERS):
        raise Refuted("upper.parameters: all four multipliers, or none")
    eta_1, eta_2, xi, zeta = (rational(parameters[name], f"parameters.{name}") for name in MULTIPLIERS)
    if min(eta_1, eta_2, xi, zeta) < 0:
        raise Refuted("upper.parameters: a multiplier is negative")
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
    check_inside(lambda: whole * form, claim, "upper dense")
    return ["kappa_4 <= 0, the multipliers are nonnegative and M is positive definite, so I* <= r p mu_2 b^T M^{-1} b"]
