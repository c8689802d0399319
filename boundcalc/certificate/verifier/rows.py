r"""Verifies U7 and U8: the supremum of the row function in the crowding w = 1/t - 1, proven by nonnegative polynomials.

h(t) = gain^2/energy bounds what a row of capacity t contributes, so that sum_i h(t_i) <= r sup h(t)/t, and for n rows
sum_i h(t_i) <= n sup (h(t) - s t)_+ + r s for every s >= 0. sup num/den <= U where den > 0 is U den - num >= 0.
"""

from __future__ import annotations

from typing import Any

from flint import Ordering, fmpq, fmpq_mpoly_ctx, fmpq_poly

from boundcalc.certificate.verifier.claims import Claim
from boundcalc.certificate.verifier.closed_forms import WELCH
from boundcalc.certificate.verifier.polynomials import nonnegative, positive, welch_constant
from boundcalc.certificate.verifier.problem import Model, row
from boundcalc.certificate.verifier.reading import (
    CertificateError,
    Refuted,
    Work,
    number_bits,
    poly_bits,
    polynomial,
    rational,
    word,
)
from boundcalc.certificate.verifier.row_moments import moment_pieces

LARGEST_M = 9
FORMS = ("normal", "cumulants", "negative_sixth", "moments")
EXPANSION = {3: 100, 5: 1_000, 7: 20_000, 9: 400_000}
"""Operations with coefficients that the expansion for m takes."""
W = fmpq_poly([0, 1])
PiecePolynomials = tuple[fmpq_poly, fmpq_poly]


def capacity(model: Model, parameters: dict[str, Any], claim: Claim) -> list[str]:
    """U7."""
    _check_exponent(model)
    form = word(parameters["form"], "parameters.form", FORMS)
    pieces, why = _higher_moments(model, parameters) if form == "moments" and model.m > 3 else _FORM[form](model)
    for field in ("splits", "least"):
        if field in parameters and (form != "moments" or model.m == 3):
            raise CertificateError(f"upper.parameters: {field} belongs to the form moments for m >= 5")
    _prove(model, pieces, fmpq(0), parameters, claim, "capacity")
    return [why, SUPREMUM]


def capacity_welch(model: Model, parameters: dict[str, Any], claim: Claim) -> list[str]:
    """U8; θ = 0 is U7."""
    _check_exponent(model)
    theta, multiplier = rational(parameters["theta"], "parameters.theta"), rational(parameters["lambda"], "parameters.lambda")
    alone = model.p * model.mu(model.m + 1)
    if not 0 <= theta <= 1:
        raise Refuted("parameters.theta: must have 0 <= theta <= 1")
    if not 0 <= multiplier <= alone:
        raise Refuted("parameters.lambda: must have 0 <= lambda <= p mu_{m+1}")
    pure = theta * model.kappa[model.m]
    if pure == 0:
        if multiplier != 0:
            raise Refuted("parameters.lambda: must be 0 where theta kappa_{2m} = 0")
        pieces, why = _normal(model) if _is_normal(model) else _cumulants(model)
        _prove(model, pieces, fmpq(0), parameters, claim, "capacity_welch")
        return [why, SUPREMUM]
    if "h" not in parameters:
        raise CertificateError("upper.parameters: the field h is missing")
    constant = welch_constant(polynomial(parameters["h"], "parameters.h"), model.d, model.m, model.n, "parameters.h", model.work)
    pieces, why = _cumulants(model, multiplier, pure)
    _prove(model, pieces, multiplier**2 * constant / pure, parameters, claim, "capacity_welch")
    return [WELCH, why, SUPREMUM]


SUPREMUM = "the energy is positive, and the row function stays below what the claim allows at every crowding (Sturm)"


def _check_exponent(model: Model) -> None:
    if model.m < 3 or (model.m > LARGEST_M and not _is_normal(model)):
        raise Refuted(f"upper: this bound needs 3 <= m <= {LARGEST_M}, or normal features")


def _prove(model: Model, pieces: list[PiecePolynomials], base: fmpq, parameters: dict[str, Any], claim: Claim, what: str) -> None:
    """base + the bound on Σ_i h(t_i) lies in the claim: above by polynomials, below by the value at a point."""
    r, load, high, work = model.r, 1 + W, fmpq(0) if model.n == 1 else None, model.work
    slope = rational(parameters["slope"], "parameters.slope") if "slope" in parameters else None
    given = number_bits(claim.upper, claim.lower, base, slope or fmpq(0), model.n or 0)
    for gain, energy in pieces:
        degree = max(2 * gain.degree() + 1, energy.degree() + 1)
        work.fractions(10 * (degree + 1), 2 * poly_bits(gain) + poly_bits(energy) + 2 * given, f"upper {what}")
    if not all(positive(energy, fmpq(0), high, work) for _, energy in pieces):
        raise Refuted(f"upper {what}: the energy is not positive at every crowding")
    if slope is None:
        top = (claim.upper - base) / r
        gaps = [energy * top - load * gain**2 for gain, energy in pieces]
        suprema = [(load * gain**2, energy) for gain, energy in pieces]
        least = base + r * max(_value(work, parameters["at"], *one, high) for one in suprema)
    else:
        if slope < 0 or model.n is None:
            raise Refuted("parameters.slope: must not be negative, and needs a finite n")
        top = (claim.upper - base - slope * r) / model.n
        gaps = [load * energy * top - load * gain**2 + energy * slope for gain, energy in pieces] + [fmpq_poly([top])]
        suprema = [(load * gain**2 - energy * slope, load * energy) for gain, energy in pieces]
        found = max(_value(work, parameters["at"], *one, high) for one in suprema)
        least = base + slope * r + model.n * max(found, fmpq(0))
    if not all(nonnegative(gap, fmpq(0), high, work) for gap in gaps):
        raise Refuted(f"upper {what}: the row function exceeds what the claim allows at some crowding")
    if least < claim.lower:
        raise Refuted(f"upper {what}: the value at parameters.at does not reach the lower end of the claim")


def _value(work: Work, at: Any, num: fmpq_poly, den: fmpq_poly, high: fmpq | None) -> fmpq:
    """num/den at a crowding, or its limit for "inf"."""
    if at == "inf" and high is None:
        if num.degree() > den.degree():
            raise Refuted("parameters.at: the function is unbounded")
        return num[den.degree()] / den[den.degree()]
    point = rational(at, "parameters.at")
    if point < 0 or (high is not None and point > high):
        raise Refuted("parameters.at: must be a crowding: not negative, and 0 for n = 1")
    for poly in (num, den):
        degree = max(poly.degree(), 1)
        work.fractions(2 * degree, poly_bits(poly) + degree * number_bits(point), "the value at parameters.at")
    return num(point) / den(point)


def _share(model: Model) -> fmpq:
    """1/(n − 1), the least value of g_2/w²."""
    return fmpq(0) if model.n is None or model.n == 1 else fmpq(1, model.n - 1)


# --- forms of the row function -----------------------------------------------------------------------------------------


def _is_normal(model: Model) -> bool:
    """Whether x has the moments (2k − 1)!! κ_2^k of a normal variable up to order 2m."""
    expected, second = fmpq(1), model.moment(1)
    for k in range(1, model.m + 1):
        model.work.fractions(2, number_bits(expected, second), "the moments of a normal variable")
        expected *= (2 * k - 1) * second
        if model.moment(k) != expected:
            return False
    return True


def _normal(model: Model) -> tuple[list[PiecePolynomials], str]:
    if not _is_normal(model):
        raise Refuted("parameters.form: the features are not normal")
    # C~ is proportional to q^{(m-1)/2} and D~ to q^m
    alone, energy = model.p * model.mu(model.m + 1), model.p * model.mu(2 * model.m)
    return [(fmpq_poly([alone]), energy * (1 + W))], "the features have a normal variable's moments"


def _cumulants(model: Model, shift: fmpq | int = 0, removed: fmpq | int = 0) -> tuple[list[PiecePolynomials], str]:
    """(C̃ − shift)²/(D̃ − removed (1 + g_m)) with every g_j at its least value, for κ_{2j} ≥ 0."""
    if not all(k >= 0 for k in model.kappa[1:]) or model.m > LARGEST_M:
        raise Refuted(f"upper: needs nonnegative cumulants and m <= {LARGEST_M}")
    m, share = model.m, _share(model)
    rate = max(number_bits(value) // k + 1 for k, value in enumerate(model.kappa) if k) + number_bits(share)
    bits = 3 * m * rate + 3 * number_bits(fmpq(shift), fmpq(removed))
    model.work.whole(EXPANSION[m], bits, "the expansion in the power sums")

    def parts(crowding: Any, ratios: list[Any]) -> tuple[Any, Any]:
        # g_1 = w and g_{j+1}/g_j = ratios[j-1], the last one repeated
        g, sums = crowding, [None, 1 + crowding]
        for j in range(1, m):
            g = g * ratios[min(j, len(ratios)) - 1]
            sums.append(1 + g)
        sums[0] = 0 * crowding
        gain, energy = row(model, 1, sums)
        return gain - shift, energy - removed * sums[m]

    gain, energy = parts(W, [share * W])
    if m == 3:  # C~ has no free power sum
        return [(gain, energy)], "all cumulants are nonnegative; g_2 and g_3 have their least values"
    free = (m - 3) // 2
    w, *steps = fmpq_mpoly_ctx.get(["w", *(f"x{k}" for k in range(free))], Ordering.lex).gens()
    ratios, ratio = [], share * w
    for step in steps:
        ratio = ratio + step
        ratios.append(ratio)
    gain_0, energy_0 = parts(w, [share * w])
    gain_x, energy_x = parts(w, ratios)
    kept = gain_0**2 * energy_x
    excess = fmpq(0)
    for monomial, coefficient in (kept - gain_x**2 * energy_0).terms():
        if coefficient < 0:
            room = kept[monomial]
            if not room > 0:
                raise Refuted("upper: the free power sums are not eliminated")
            excess = max(excess, -coefficient / room)
    why = "all cumulants are nonnegative; the free power sums are eliminated, coefficient by coefficient"
    return [(gain, energy / (1 + excess))], why


def _negative_sixth(model: Model) -> tuple[list[PiecePolynomials], str]:
    """κ_4 ≥ 0 > κ_6, m = 3: with g_3 ≤ w g_2 the energy is linear in g_2, so that one end of [w²/(n−1), w²] is least."""
    if model.m != 3 or model.kappa[2] < 0:
        raise Refuted("parameters.form: negative_sixth needs m = 3 and kappa_4 >= 0")
    _, second, fourth, sixth = model.kappa
    model.work.fractions(60, 3 * number_bits(second, fourth, sixth, _share(model)), "the row function")
    q, mixed = 1 + W, 15 * fourth * second
    gain = fourth + 3 * second**2 * q
    # κ_6 g_3 ≥ min(0, κ_6) w g_2
    per_g2 = mixed * q + min(sixth, fmpq(0)) * W
    ends = [sixth + mixed * q + 15 * second**3 * q**3 + per_g2 * W**2 * share for share in (_share(model), fmpq(1))]
    return [(gain, energy) for energy in ends], "kappa_4 >= 0; the energy at both ends of g_2"


def _moments(model: Model) -> tuple[list[PiecePolynomials], str]:
    """m = 3, any cumulants: y = x + Z with E Z² = v = κ_2 w, E Z⁴ ≥ v² and E Z⁶ ≥ v³."""
    if model.m != 3:
        raise Refuted("parameters.form: moments needs m = 3")
    second, fourth, sixth = (model.moment(k) for k in (1, 2, 3))
    model.work.fractions(60, 3 * number_bits(second, fourth, sixth), "the row function")
    v = second * W
    return [(fourth + 3 * second * v, sixth + 15 * fourth * v + 15 * second * v**2 + v**3)], "y = x + Z and Jensen's inequality"


def _higher_moments(model: Model, parameters: dict[str, Any]) -> tuple[list[PiecePolynomials], str]:
    if model.m > LARGEST_M:
        raise Refuted(f"parameters.form: moments needs m <= {LARGEST_M}")
    pieces = moment_pieces(model, parameters)
    return pieces, f"y = x + Z and log-convexity of the moments of Z, on {len(pieces)} boxes that cover all ratios of power sums"


_FORM = {"normal": _normal, "cumulants": _cumulants, "negative_sixth": _negative_sixth, "moments": _moments}
