"""The parameters of an upper bound that prove it, as a certificate holds them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flint import fmpq, fmpq_poly

from boundcalc.bounds.evaluate import UpperOutcome
from boundcalc.bounds.frontiers.cubic import CubicChoice, CubicWeights, row_polynomials_of
from boundcalc.bounds.frontiers.absorption import absorbed
from boundcalc.bounds.frontiers.general import GeneralChoice, exchanges
from boundcalc.bounds.rows import forms as row_forms
from boundcalc.bounds.rows.envelope import Piece
from boundcalc.bounds.rows.moments import partition
from boundcalc.bounds.upper import capacity_welch, dense, uniform_in_n
from boundcalc.certificate.points import Quotient, best_point
from boundcalc.certificate.polynomial import constant_polynomial
from boundcalc.certify.gegenbauer import from_gegenbauer
from boundcalc.lemmas.frontier import FrontierPolynomial
from boundcalc.model.problem import Problem
from boundcalc.numbers.errors import ParameterError

Parameters = tuple[dict[str, Any], fmpq | None]
"""The fields, and the value at the point given in them: the certified lower end of the bound's own value."""


def parameters(outcome: UpperOutcome, digits: int) -> Parameters:
    """The ``parameters`` of a certificate.

    Raises
    ------
    ParameterError
        If the bound has no certificate form.
    """
    key = outcome.bound.key
    if key not in _FORMS:
        raise ParameterError("certificate", key, "is an upper bound without a certificate form")
    return _FORMS[key](outcome, digits)


def _bare(outcome: UpperOutcome, digits: int) -> Parameters:
    return {}, None


def _two_events(outcome: UpperOutcome, digits: int) -> Parameters:
    return {"h": _coefficients(constant_polynomial(outcome.bound.key, outcome.problem))}, None


def _capacity(outcome: UpperOutcome, digits: int) -> Parameters:
    form, slope = outcome.choice.values["form"], outcome.choice.values["slope"]
    pieces = row_forms.forms(outcome.problem)[form]
    fields, value = _rows(outcome.problem, pieces, fmpq(0), slope, digits)
    if form == "moments" and outcome.problem.m > 3:
        fields["splits"] = [str(axis) for axis in partition(outcome.problem).splits]
    return {"form": form, **fields}, value


def _capacity_welch(outcome: UpperOutcome, digits: int) -> Parameters:
    chosen, problem = outcome.choice.values, outcome.problem
    theta, multiplier = chosen["theta"], chosen["multiplier"]
    parts = capacity_welch.split_off(problem, theta, multiplier)
    assert parts is not None  # the chooser certified these parameters
    fields, value = _rows(problem, parts[1], parts[0], chosen["slope"], digits)
    found: dict[str, Any] = {"theta": str(theta), "lambda": str(multiplier), **fields}
    if theta > 0:
        found["h"] = _coefficients(constant_polynomial(outcome.bound.key, problem))
    return found, value


def _rows(problem: Problem, pieces: Sequence[Piece], base: fmpq, slope: fmpq | None, digits: int) -> Parameters:
    load, r = fmpq_poly([1, 1]), fmpq(problem.rank)
    if slope is None:
        at, top = best_point([Quotient(load * p.gain**2, p.energy, p.low, p.high) for p in pieces], digits)
        return {"at": at}, base + r * top
    quotients = [Quotient(load * p.gain**2 - slope * p.energy, load * p.energy, p.low, p.high) for p in pieces]
    at, top = best_point(quotients, digits)
    return {"at": at, "slope": str(slope)}, base + slope * r + int(problem.n) * max(top, fmpq(0))


def _frontier(outcome: UpperOutcome, digits: int) -> Parameters:
    chosen, problem, one = outcome.choice.values["parameters"], outcome.problem, fmpq(1)
    if isinstance(chosen, GeneralChoice):
        return _general(problem, chosen), None
    inner, energy = row_polynomials_of(problem, chosen)
    price = chosen.price
    gain = inner**2 if price is None else fmpq_poly([0, 0, 1]) * (inner**2 - energy * price)
    at, top = best_point([Quotient(gain, energy, fmpq(0), one)], digits, lambda s: bool(inner(s) >= 0))
    value = _split_off(problem, chosen)
    value += problem.rank * top if price is None else problem.rank * price + int(problem.n) * max(top, fmpq(0))
    found = {"lambda": str(chosen.lambda_), "nu": str(chosen.nu), "at": at}
    for name, member, moved in zip((3, 2), (chosen.pure, chosen.mixed), chosen.moved, strict=True):
        found |= _member(str(name), member, moved)
    if price is not None:
        found["price"] = str(price)
    return found, value


def _general(problem: Problem, chosen: GeneralChoice) -> dict[str, Any]:
    listed = []
    exchanged = zip(exchanges(problem), chosen.multipliers, chosen.members, chosen.moved, strict=True)
    for one, nu, member, moved in exchanged:
        if member.share == 0 and nu == 0 and not moved and not any(member.coefficients):
            continue  # nothing is exchanged
        h = _coefficients(from_gegenbauer(member.coefficients, member.d))
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
    found: dict[str, Any] = {f"h_{name}": _coefficients(from_gegenbauer(member.coefficients, member.d))}
    if member.share != 1:
        found[f"share_{name}"] = str(member.share)
    if moved != 0:
        found[f"moved_{name}"] = str(moved)
    return found


def _dense(outcome: UpperOutcome, digits: int) -> Parameters:
    problem, value = outcome.problem, outcome.exact()
    if value == problem.rank * problem.p * problem.law.moment(2):
        return {}, None  # the projection alone
    return {name: str(outcome.choice.values[name]) for name in dense.MULTIPLIERS}, None


def _uniform_in_n(outcome: UpperOutcome, digits: int) -> Parameters:
    chosen, problem = outcome.choice.values["additive"], outcome.problem
    if chosen.by == "difference":
        return {"additive": chosen.by}, None
    numerator, denominator, end = uniform_in_n.row_fraction(chosen.h)
    at, top = best_point([Quotient(numerator, denominator, fmpq(0), end)], digits)
    value = uniform_in_n.with_additive(problem, max(top, uniform_in_n.SHARE - chosen.h))
    return {"additive": chosen.by, "at": at}, value


def _coefficients(polynomial: fmpq_poly) -> list[str]:
    return [str(c) for c in polynomial.coeffs()]


_FORMS: dict[str, Callable[[UpperOutcome, int], Parameters]] = {
    **dict.fromkeys(("trivial", "rank", "tensor_power", "sparsity_power", "uniform", "gaussian_support"), _bare),
    **dict.fromkeys(("very_sparse", "equiangular", "universal", "linear_program"), _two_events),
    "capacity": _capacity,
    "capacity_welch": _capacity_welch,
    "frontier": _frontier,
    "uniform_in_n": _uniform_in_n,
    "dense": _dense,
}
