"""Writes down the parameters of U9 and U11 as a certificate holds them."""

from __future__ import annotations

from typing import Any

from flint import fmpq, fmpq_poly

from boundcalc.bounds.declaration import Choice, Parameters
from boundcalc.bounds.frontiers.absorption import absorbed
from boundcalc.bounds.frontiers.coupled import CoupledChoice
from boundcalc.bounds.frontiers.coupled_quintic import CoupledQuintic
from boundcalc.bounds.frontiers.cubic import CubicChoice, CubicWeights, row_polynomials_of
from boundcalc.bounds.frontiers.general import GeneralChoice, exchanges
from boundcalc.certify.gegenbauer import from_gegenbauer
from boundcalc.certify.interpolant import coefficients
from boundcalc.certify.points import RationalPiece, best_point
from boundcalc.lemmas.frontier import FrontierPolynomial
from boundcalc.model.problem import Problem


def certificate(problem: Problem, choice: Choice, digits: int) -> Parameters:
    """Multipliers, frontier polynomials and price; for U9 at m = 3 the point of the row function and the value there."""
    chosen = choice.values["parameters"]
    if isinstance(chosen, GeneralChoice):
        return _general(problem, chosen), None
    if isinstance(chosen, CoupledQuintic):
        found = _general(problem, chosen.general)
        return {"z": found.pop("price"), **found}, None
    if isinstance(chosen, CoupledChoice):
        return _coupled(chosen), None
    inner, energy = row_polynomials_of(problem, chosen)
    price = chosen.price
    gain = inner**2 if price is None else fmpq_poly([0, 0, 1]) * (inner**2 - energy * price)
    at, top = best_point([RationalPiece(gain, energy, fmpq(0), fmpq(1))], digits, lambda s: bool(inner(s) >= 0))
    value = _split_off(problem, chosen)
    value += problem.rank * top if price is None else problem.rank * price + int(problem.n) * max(top, fmpq(0))
    found = {"lambda": str(chosen.lambda_), "nu": str(chosen.nu), "at": at}
    for name, member, moved in zip((3, 2), (chosen.pure, chosen.mixed), chosen.moved, strict=True):
        found |= _member(str(name), member, moved)
    if price is not None:
        found["price"] = str(price)
    return found, value


def _coupled(chosen: CoupledChoice) -> dict[str, Any]:
    found = {"lambda": str(chosen.lambda_), "nu": str(chosen.nu), "z": str(chosen.z)}
    for name, member, moved in zip((3, 2), (chosen.pure, chosen.mixed), chosen.moved, strict=True):
        found |= _member(str(name), member, moved)
    return found | ({"z_n": str(chosen.alone)} if chosen.alone else {})


def _general(problem: Problem, chosen: GeneralChoice) -> dict[str, Any]:
    listed = []
    exchanged = zip(exchanges(problem), chosen.multipliers, chosen.members, chosen.moved, strict=True)
    for one, nu, member, moved in exchanged:
        if member.share == 0 and nu == 0 and not moved and not any(member.coefficients):
            continue  # nothing is exchanged
        h = coefficients(from_gegenbauer(member.coefficients, member.d))
        entry = {"parts": [str(j) for j in (one.order, *one.factor)], "nu": str(nu), "h": h, "share": str(member.share)}
        listed.append(entry | ({"moved": str(moved)} if moved else {}) | ({"weight": str(one.weight)} if one.linked else {}))
    found: dict[str, Any] = {"terms": listed, "price": str(chosen.price)}
    payments = absorbed(problem)
    assert payments is not None  # the chooser used them
    if payments[1]:
        found["payments"] = [
            {"smaller": [str(j) for j in one.smaller], "larger": [str(j) for j in one.larger], "amount": str(one.amount)}
            for one in payments[1]
        ]
    if chosen.cells:
        found["cells"] = list(chosen.cells)
    return found | ({"excess": str(chosen.excess)} if chosen.excess else {})


def _split_off(problem: Problem, chosen: CubicChoice) -> fmpq:
    """λ²/(κ_6 y_3) + ν²/(15 κ_4κ_2 y_2)."""
    w = CubicWeights.of(problem)
    terms = ((chosen.lambda_, w.pure, 3), (chosen.nu, w.mixed, 2))
    return sum((nu**2 / (weight * chosen.pair(problem, order)[1]) for nu, weight, order in terms if nu != 0), fmpq(0))


def _member(name: str, member: FrontierPolynomial, moved: fmpq) -> dict[str, Any]:
    found: dict[str, Any] = {f"h_{name}": coefficients(from_gegenbauer(member.coefficients, member.d))}
    if member.share != 1:
        found[f"share_{name}"] = str(member.share)
    if moved != 0:
        found[f"moved_{name}"] = str(moved)
    return found
