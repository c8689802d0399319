r"""Verifies U9 for m = 3: frontier polynomials and the supremum of P_+^2/E in s = sqrt t on [0, 1] by nonnegative polynomials.

P = (kappa_4 - lambda) s^2 - nu s + 3 kappa_2^2,
E = c_3 [x_3 s^6 + (1 - s_3)(s^6 + (1 - s^2)^3/(n-1)^2)] + c_2 [x_2 s^4 + (1 - s_2)(s^4 + (1 - s^2)^2/(n-1))] + 15 kappa_2^3,

c_3 = kappa_6 and c_2 = 15 kappa_4 kappa_2, or c_3 = 0 and c_2 = 15 kappa_4 kappa_2 + kappa_6 where kappa_6 < 0.
"""

from __future__ import annotations

from math import isqrt
from typing import Any

from flint import fmpq, fmpq_poly

from boundcalc.certificate.verifier import frontier_general
from boundcalc.certificate.verifier.claims import Claim
from boundcalc.certificate.verifier.polynomials import minorant, nonnegative, positive
from boundcalc.certificate.verifier.problem import Model
from boundcalc.certificate.verifier.reading import Refuted, fields, number_bits, poly_bits, polynomial, rational

ROOT_BITS = 256
S = fmpq_poly([0, 1])
CUBIC = {"lambda", "nu", "h_3", "h_2", "at"}
CUBIC_OPTIONAL = {"share_3", "share_2", "moved_3", "moved_2", "price"}
GENERAL = {"terms", "price"}
GENERAL_OPTIONAL = {"excess"}
FIELDS = CUBIC | CUBIC_OPTIONAL | GENERAL | GENERAL_OPTIONAL


def frontier(model: Model, parameters: dict[str, Any], claim: Claim) -> list[str]:
    """The form for the problem's m."""
    if model.m == 1:
        raise Refuted("frontier: needs m >= 3")
    if model.m == 3:
        return _cubic(model, fields(parameters, "upper.parameters", CUBIC, CUBIC_OPTIONAL), claim)
    return frontier_general.frontier(model, fields(parameters, "upper.parameters", GENERAL, GENERAL_OPTIONAL), claim)


def _cubic(model: Model, parameters: dict[str, Any], claim: Claim) -> list[str]:
    """The value for the parameters given."""
    _, second, fourth, sixth = model.kappa
    multipliers = {3: rational(parameters["lambda"], "parameters.lambda"), 2: rational(parameters["nu"], "parameters.nu")}
    model.work.fractions(20, 2 * model.bits * 6, "the row function")
    weights = {3: max(sixth, fmpq(0)), 2: 15 * fourth * second + min(sixth, fmpq(0))}
    if fourth < 0 or weights[2] < 0:
        raise Refuted("frontier: needs kappa_4 >= 0 and kappa_6 >= min(0, -15 kappa_4 kappa_2)")
    if not 0 <= multipliers[3] <= fourth:
        raise Refuted("parameters.lambda: must have 0 <= lambda <= kappa_4")
    if multipliers[2] < 0:
        raise Refuted("parameters.nu: must not be negative")
    energy = fmpq_poly([15 * second**3])
    base = fmpq(0)
    for order, weight in weights.items():
        (x, y), kept = member(model, parameters, order)
        own = S ** (2 * order)
        model.work.fractions(
            40,
            2 * number_bits(weight, x, y, kept, multipliers[order]) + poly_bits(energy) + 3 * number_bits(model.n or 0),
            "the row function",
        )
        least = own if model.n is None or model.n == 1 else own + (1 - S**2) ** order * fmpq(1, (model.n - 1) ** (order - 1))
        energy += weight * (x * own + kept * least)
        if multipliers[order] > 0:
            if weight * y <= 0:
                raise Refuted(f"parameters: a multiplier of order {order} without its term")
            base += multipliers[order] ** 2 / (weight * y)
    if not positive(energy, fmpq(0), fmpq(1), model.work):
        raise Refuted("upper frontier: the energy is not positive on [0, 1]")
    inner = fmpq_poly([3 * second**2, -multipliers[2], fourth - multipliers[3]])
    _prove(model, inner, energy, base, parameters, claim)
    return [
        "h_3 and h_2 have Gegenbauer coefficients h_k >= 0 (k >= 1) and stay below their shares of u^3 and u^2 on [0, 1]",
        "the energy is positive, and the row function stays below what the claim allows for all 0 <= s <= 1 (Sturm)",
    ]


def member(model: Model, parameters: dict[str, Any], order: int) -> tuple[tuple[fmpq, fmpq], fmpq]:
    """(x, y) after what is moved, and the share 1 − s that is not symmetrised."""
    numbers = {}
    for name, default in (("share", fmpq(1)), ("moved", fmpq(0))):
        field = f"{name}_{order}"
        numbers[name] = rational(parameters[field], f"parameters.{field}") if field in parameters else default
    if not 0 <= numbers["share"] <= 1:
        raise Refuted(f"parameters.share_{order}: must be a number from 0 to 1")
    where = f"parameters.h_{order}"
    x, y = minorant(polynomial(parameters[f"h_{order}"], where), model.d, order, numbers["share"], where, model.work)
    moved = numbers["moved"]
    if not 0 <= moved <= x or (moved > 0 and model.n is None):
        raise Refuted(f"parameters.moved_{order}: must be a part of x, and 0 for n = inf")
    if model.n is not None:
        x, y = x - moved, y + moved / model.n  # Σ ω_i² ≥ (Σ ω_i)²/n
    if y < 0:
        raise Refuted(f"{where}: a negative h_0 cannot be left out")
    return (x, y), 1 - numbers["share"]


def _prove(model: Model, inner: fmpq_poly, energy: fmpq_poly, base: fmpq, parameters: dict[str, Any], claim: Claim) -> None:
    """base + the bound on the sum of the rows lies in the claim."""
    price = rational(parameters["price"], "parameters.price") if "price" in parameters else None
    at = rational(parameters["at"], "parameters.at")
    if not 0 <= at <= 1:
        raise Refuted("parameters.at: must have 0 <= s <= 1")
    given = number_bits(base, price or fmpq(0), claim.upper, model.n or 0)
    model.work.fractions(60, 3 * poly_bits(inner) + poly_bits(energy) + 2 * given + 8 * number_bits(at), "the row function")
    share = max(inner(at), fmpq(0)) ** 2 / energy(at)
    if price is None:
        top = (claim.upper - base) / model.r
        gap = energy * top - inner**2
        least = base + model.r * share
    else:
        if price < 0 or model.n is None:
            raise Refuted("parameters.price: must not be negative, and needs a finite n")
        paid = base + model.r * price
        top = (claim.upper - paid) / model.n
        gap = energy * top - S**2 * (inner**2 - energy * price)
        least = paid + model.n * max(at**2 * (share - price), fmpq(0))
    # where P <= 0 the row gives nothing
    if top < 0 or not all(nonnegative(gap, low, high, model.work) for low, high in _where_positive(inner)):
        raise Refuted("upper frontier: the row function exceeds what the claim allows")
    if least < claim.lower:
        raise Refuted("upper frontier: the value at parameters.at does not reach the lower end of the claim")


def _where_positive(inner: fmpq_poly) -> list[tuple[fmpq, fmpq]]:
    """Intervals that cover {P > 0} in [0, 1] for P = a s² − ν s + c with a, ν ≥ 0 < c: all but what lies between its roots.

    With a lower end z of √(ν² − 4ac), 2c/(ν + z) and (ν + z)/2a are not outside of the roots.
    """
    c, nu, a = inner[0], -inner[1], inner[2]
    discriminant = nu**2 - 4 * a * c
    if nu == 0 or discriminant <= 0:
        return [(fmpq(0), fmpq(1))]
    root = fmpq(isqrt(int((discriminant / nu**2 * 4**ROOT_BITS).floor())), 1 << ROOT_BITS) * nu
    first = 2 * c / (nu + root)
    last = (nu + root) / (2 * a) if a > 0 else None
    if first >= 1:
        return [(fmpq(0), fmpq(1))]
    found = [(fmpq(0), first)]
    return found if last is None or last >= 1 else [*found, (last, fmpq(1))]
