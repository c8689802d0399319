"""Verifies U9, U13 and U14 for m = 5: monomials c f Q_{2j} of D_i are partly symmetrised in their highest factor.

A negative coefficient c is first paid by larger monomials (``payments``): splitting a part of a partition in two, and moving
two parts apart, does not decrease the monomial, since Q_{2(i+j)} <= Q_{2i} Q_{2j} and k -> log Q_{2k} is convex. A link (an
entry with a ``weight``) adds weight (share f Q_4 - share f Q_4) for a product f of row variables, and symmetrises the first of
the two. That the price holds on every row is proven in ``frontier_quintic``.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from math import factorial, prod
from typing import Any

from flint import fmpq

from boundcalc.certificate.verifier import frontier_quintic
from boundcalc.certificate.verifier.claims import Claim, check_inside
from boundcalc.certificate.verifier.polynomials import minorant
from boundcalc.certificate.verifier.problem import Model, partitions
from boundcalc.certificate.verifier.reading import (
    CertificateError,
    Refuted,
    fields,
    integer,
    number_bits,
    polynomial,
    rational,
    sequence,
)

M = 5
Parts = tuple[int, ...]


@dataclass(frozen=True)
class EnergyTerm:
    """One monomial: Π Q_{2j} over its parts j, descending; what is symmetrised of it."""

    parts: Parts
    coefficient: fmpq
    nu: fmpq = fmpq(0)  # noqa: RUF009 (immutable)
    kept: fmpq = fmpq(1)  # noqa: RUF009
    x: fmpq = fmpq(0)  # noqa: RUF009
    y: fmpq = fmpq(0)  # noqa: RUF009
    listed: bool = False


def frontier(model: Model, parameters: dict[str, Any], claim: Claim) -> list[str]:
    """Σ ν²/(c y) + r σ + n τ, with g(t) ≤ σ t + τ proven on every row."""
    if model.m != M:
        raise Refuted(f"frontier: needs m = 3 or m = {M}")
    price = rational(parameters["price"], "parameters.price")
    excess = rational(parameters["excess"], "parameters.excess") if "excess" in parameters else fmpq(0)
    if price < 0 or excess < 0 or (excess > 0 and model.n is None):
        raise Refuted("parameters.price: price and excess must not be negative, and excess needs a finite n")
    terms = energy_terms(model, parameters)
    value = model.r * price + (model.n * excess if model.n is not None else 0)
    for term in terms:
        if term.nu > 0:
            model.work.fractions(4, number_bits(value, term.coefficient, term.y) + 2 * number_bits(term.nu), "upper frontier")
            value += term.nu**2 / (term.coefficient * term.y)
    check_inside(lambda: value, claim, "upper frontier", model.work)

    if "cells" not in parameters:
        raise CertificateError("upper.parameters: the field cells is missing")
    cells = frontier_quintic.prove_price(model, terms, price, excess, parameters["cells"])
    return [
        "each h has Gegenbauer coefficients h_k >= 0 (k >= 1) and stays below its share of u^j on [0, 1]",
        f"g(t) <= price t + excess for every row ({cells} cells)",
    ]


def _coefficients(model: Model, data: Any) -> dict[Parts, fmpq]:
    """The coefficients of all monomials of M_{2m} after the payments: none is negative."""
    m = model.m
    found = {}
    for parts in partitions(m, m):
        repeated = prod(factorial(parts.count(j)) for j in set(parts))
        ways = fmpq(factorial(2 * m), prod(factorial(2 * j) for j in parts) * repeated)
        model.work.fractions(len(parts), sum(number_bits(model.kappa[j]) for j in parts), "the monomials of M_{2m}")
        found[parts] = prod((model.kappa[j] for j in parts), start=ways)
    for k, entry in enumerate(sequence(data, "parameters.payments", len(found) ** 2)):
        where = f"parameters.payments[{k}]"
        given = fields(entry, where, {"smaller", "larger", "amount"})
        smaller, larger = (_parts(given[name], f"{where}.{name}", found) for name in ("smaller", "larger"))
        amount = rational(given["amount"], f"{where}.amount")
        if amount < 0 or larger not in _above(smaller):
            raise Refuted(f"{where}: an amount >= 0 is paid by a larger monomial, by splitting parts or moving two apart")
        model.work.fractions(2, number_bits(amount, found[smaller], found[larger]), "the payments")
        found[smaller] += amount
        found[larger] -= amount
    if not all(c >= 0 for c in found.values()) or not found[(1,) * m] > 0:
        raise Refuted("frontier: a coefficient of D_i is negative after the payments")
    return found


def _parts(data: Any, where: str, known: Collection[Parts]) -> Parts:
    parts = tuple(integer(part, where) for part in sequence(data, where, M))
    if parts not in known:
        raise Refuted(f"{where}: must be a partition of m in descending order")
    return parts


def _above(parts: Parts) -> set[Parts]:
    """The monomials that are reached by splitting a part, or by moving two parts apart."""
    reached, pending = {parts}, [list(parts)]
    while pending:
        old = pending.pop()
        for i, part in enumerate(old):
            rest = old[:i] + old[i + 1 :]
            new = [[*rest, one, part - one] for one in range(1, part)]
            for k, other in enumerate(rest):
                if 1 < other <= part:
                    new.append([*rest[:k], *rest[k + 1 :], part + 1, other - 1])
            for candidate in new:
                key = tuple(sorted(candidate, reverse=True))
                if key not in reached:
                    reached.add(key)
                    pending.append(list(key))
    return reached


def energy_terms(model: Model, parameters: dict[str, Any]) -> list[EnergyTerm]:
    """All monomials of M_{2m}, of which those that are listed are symmetrised, and the links."""
    coefficients = _coefficients(model, parameters.get("payments", []))
    found = {parts: EnergyTerm(parts, c) for parts, c in coefficients.items()}
    links: dict[Parts, EnergyTerm] = {}
    for k, entry in enumerate(sequence(parameters["terms"], "parameters.terms", 2 * len(found))):
        where = f"parameters.terms[{k}]"
        given = fields(entry, where, {"parts", "nu", "h", "share"}, {"moved", "weight"})
        parts = tuple(integer(part, f"{where}.parts") for part in sequence(given["parts"], f"{where}.parts", model.m))
        if "weight" in given:
            weight = rational(given["weight"], f"{where}.weight")
            if weight <= 0 or not parts or parts[0] != 2 or any(j > 2 for j in parts) or sum(parts) > 5:
                raise Refuted(f"{where}: a link has a weight > 0 and, parts 2 and then 1 or 2, at most 5 in all")
            if parts in links:
                raise Refuted(f"{where}.parts: a link is listed twice")
            links[parts] = _symmetrised(model, EnergyTerm(parts, weight, kept=fmpq(0)), given, where)
            continue
        if parts not in found or parts[0] == 1 or found[parts].listed:
            raise Refuted(f"{where}.parts: must be a partition of m in descending order, none twice, not 1 + ... + 1")
        found[parts] = _symmetrised(model, found[parts], given, where)
    return [*found.values(), *links.values()]


def _symmetrised(model: Model, term: EnergyTerm, given: dict[str, Any], where: str) -> EnergyTerm:
    nu, share = rational(given["nu"], f"{where}.nu"), rational(given["share"], f"{where}.share")
    moved = rational(given["moved"], f"{where}.moved") if "moved" in given else fmpq(0)
    if nu < 0 or share < 0 or (share > 1 and term.kept == 1):
        raise Refuted(f"{where}: must have nu >= 0, share >= 0, and share <= 1 but for a link")
    x, y = minorant(polynomial(given["h"], f"{where}.h"), model.d, term.parts[0], share, f"{where}.h", model.work)
    if moved < 0 or (moved > 0 and model.n is None):
        raise Refuted(f"{where}.moved: must not be negative, and 0 for n = inf")
    if model.n is not None:
        x, y = x - moved, y + moved / model.n
    if y < 0:
        raise Refuted(f"{where}.h: a negative h_0 cannot be left out")
    if nu > 0 and term.coefficient * y == 0:
        raise Refuted(f"{where}.nu: a multiplier without its term")
    return EnergyTerm(term.parts, term.coefficient, nu, term.kept - share, x, y, listed=True)
