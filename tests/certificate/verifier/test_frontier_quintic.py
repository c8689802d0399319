"""Certificates of frontier for m = 5 at every scale of p: they verify, false ones do not, and the polynomials are the row's."""

from __future__ import annotations

import random
from math import comb, prod

import pytest
from flint import arb, fmpq
from oracles.tampering import accepted, at, changed, places

from boundcalc.bounds.catalog import BOUNDS
from boundcalc.bounds.evaluate import report
from boundcalc.certificate.verifier import frontier_general, frontier_quintic
from boundcalc.certificate.verifier.problem import partitions, read_problem
from boundcalc.certificate.verifier.reading import CertificateError, Refuted
from boundcalc.certificate.verify import verify
from boundcalc.certificate.write import certificate
from boundcalc.model.problem import Problem
from boundcalc.numbers.moments import moments_from_cumulants
from boundcalc.numbers.parsing import parse_rational

SCALES = [(p, d, law) for p in ("1e-12", "1e-9", "1e-6", "1e-3", "0.03") for d in (3, 10, 30) for law in ("rademacher", "gaussian")]


def built(n, d: int, p: str, law: str) -> dict:
    problem = Problem(n, d, 5, p, law)
    return certificate(report(problem, digits=25, upper=[BOUNDS["frontier"]], lower=[BOUNDS["orthonormal"]]))


@pytest.fixture(scope="module")
def tiny() -> dict:
    return built("inf", 10, "1e-9", "rademacher")


@pytest.fixture(scope="module")
def paid() -> dict:
    """With payments: kappa_10 < 0."""
    return built("inf", 3, "1e-2", "rademacher")


def number(text: str) -> fmpq:
    return parse_rational(text, parameter="number")


def read_terms(data: dict) -> tuple:
    model = read_problem(data["problem"])
    given = data["upper"]["parameters"]
    excess = number(given.get("excess", "0"))
    return model, frontier_general.energy_terms(model, given), number(given["price"]), excess, given["cells"]


@pytest.mark.parametrize(("p", "d", "law"), SCALES)
def test_every_scale_of_p_is_accepted(p, d, law):
    done = verify(built("inf", d, p, law))
    assert done.accepted, done.failure


@pytest.mark.parametrize(
    ("n", "d", "p", "law"),
    [(12, 3, "1e-7", "rademacher"), (7, 2, "1e-3", "gaussian"), (50, 5, "1e-3", "rademacher"), (10, 3, "0.15", "uniform")],
)
def test_finitely_many_features_are_accepted(n, d, p, law):
    done = verify(built(n, d, p, law))
    assert done.accepted, done.failure


def test_a_price_too_low_is_refuted(tiny):
    model, terms, price, excess, cells = read_terms(tiny)
    frontier_quintic.prove_price(model, terms, price, excess, cells)
    for factor in (fmpq(99, 100), fmpq(9, 10), fmpq(1, 1000)):
        with pytest.raises(Refuted):
            frontier_quintic.prove_price(model, terms, price * factor, excess, cells)
    # in the whole, with the claim moved along
    free = changed(tiny, ("upper", "improvement"), {"lower": "0", "upper": "1"})
    assert verify(free).accepted
    assert verify(changed(free, ("upper", "parameters", "price"), str(price / 100))).failure is not None


def test_cells_must_cover_every_row(paid):
    """Without the last steps, with a step too many, with another order, or with a cell closed as empty: refuted."""
    model, terms, price, excess, cells = read_terms(paid)
    frontier_quintic.prove_price(model, terms, price, excess, cells)
    leaf = next(k for k, step in enumerate(cells) if step[0] in "FE")
    false = [
        cells[:-1],
        [*cells, cells[-1]],
        cells[::-1],
        [*cells[:leaf], "- 0", *cells[leaf + 1 :]],
        [*cells[:leaf], "E 0 0", *cells[leaf + 1 :]],
        [*cells[:leaf], "F 1/2 0", *cells[leaf + 1 :]],
        [],
    ]
    for wrong in false:
        with pytest.raises((Refuted, CertificateError)):
            frontier_quintic.prove_price(model, terms, price, excess, wrong)


@pytest.mark.parametrize("step", ["x 0", "F", "F 0 1 2 3", "z", "z -1", "s 1", "F 0 -1", 7, "F 0 1/0"])
def test_steps_that_are_none_are_refused(paid, step):
    model, terms, price, excess, cells = read_terms(paid)
    leaf = next(k for k, one in enumerate(cells) if one[0] in "FE")
    with pytest.raises((Refuted, CertificateError)):
        frontier_quintic.prove_price(model, terms, price, excess, [*cells[:leaf], step, *cells[leaf + 1 :]])


def test_payments_must_be_made_by_larger_monomials(paid):
    assert verify(paid).accepted
    made = paid["upper"]["parameters"]["payments"]
    assert made
    swapped = [{**one, "smaller": one["larger"], "larger": one["smaller"]} for one in made]
    less = [{**one, "amount": str(number(one["amount"]) * fmpq(9, 10))} for one in made]
    negative = [{**one, "amount": str(-number(one["amount"]))} for one in made]
    for wrong in (swapped, less, negative, []):
        assert verify(changed(paid, ("upper", "parameters", "payments"), wrong)).failure is not None


def test_order_of_the_monomials_is_that_of_rows():
    """Against power sums of random rows, for every pair."""
    rng = random.Random(3)
    for m in (5, 7):
        rows = [[fmpq(rng.randint(0, 20), 10) for _ in range(rng.randint(1, 5))] for _ in range(40)]
        sums = [[sum((x ** (2 * j) for x in row), fmpq(0)) for j in range(m + 1)] for row in rows]

        def value(parts, one):
            total = fmpq(1)
            for j in parts:
                total *= one[j]
            return total

        for small in partitions(m, m):
            for large in frontier_general._above(small):
                assert all(value(small, one) <= value(large, one) for one in sums)


def test_a_share_of_more_than_the_whole_is_for_links_alone(paid):
    terms = paid["upper"]["parameters"]["terms"]
    own = next(k for k, term in enumerate(terms) if "weight" not in term)
    assert verify(changed(paid, ("upper", "parameters", "terms", own, "share"), "11/10")).failure is not None
    linked = next(k for k, term in enumerate(terms) if "weight" in term)
    assert verify(changed(paid, ("upper", "parameters", "terms", linked, "parts"), ["3"])).failure is not None
    assert verify(changed(paid, ("upper", "parameters", "terms", linked, "weight"), "-1")).failure is not None


def test_changed_numbers_are_noticed(paid):
    """A change that is accepted leaves a claim that is still above the bound's own value."""
    rng = random.Random(55)
    known = number(paid["upper"]["improvement"]["lower"])
    found = [path for path in places(paid) if path[0] == "upper" and path[-2] != "cells"]
    changes = []
    for path in rng.sample(found, 25):
        value = number(at(paid, path))
        changes += [(path, str(v)) for v in (value * fmpq(101, 100), value * fmpq(99, 100), -value) if v != value]
    survived = list(accepted(paid, changes))
    assert len(changes) > 30
    assert len(survived) < len(changes) / 3
    for _, _, mutant in survived:
        assert number(mutant["upper"]["improvement"]["upper"]) >= known


def row_of(model, terms, s: fmpq, theta: fmpq) -> tuple[arb, arb]:
    """P and E of docs/certificate.md for the row of s and θ, all ratios equal to θ; the links left out."""
    sigma = [fmpq(0), *(s ** (2 * j) + (1 - s**2) ** j * theta ** (j - 1) for j in range(1, 6))]
    moments = moments_from_cumulants([fmpq(0), *(model.kappa[j] * sigma[j] for j in range(1, 6))])
    inner = arb(sum(comb(5, k) * model.kappa[(k + 1) // 2] * s ** (k - 1) * moments[(5 - k) // 2] for k in (1, 3, 5)))
    energy = fmpq(0)
    for term in terms:
        first, *others = term.parts
        phi, size = prod((sigma[j] for j in others), start=fmpq(1)), first + sum(others)
        assert size == 5
        energy += term.coefficient * phi * (term.kept * sigma[first] + term.x * s ** (2 * first))
        inner -= arb(term.nu * s ** (first - 1)) * arb(phi).sqrt()
    return inner, arb(energy)


@pytest.mark.parametrize(("n", "p", "law"), [("inf", "1e-9", "rademacher"), ("inf", "1e-3", "gaussian"), (12, "1e-3", "gaussian")])
def test_polynomials_bound_the_row(n, p, law):
    """Against the row in s and theta, written independently of it."""
    model, terms, *_ = read_terms(built(n, 3, p, law))
    gain, energy = frontier_quintic.row_polynomials(model, terms)
    own = [term for term in terms if sum(term.parts) == 5]
    rng = random.Random(9)
    least = fmpq(0) if model.n is None else fmpq(1, model.n - 1)
    for _ in range(300):
        s, c = (fmpq(round(1e12 * 10 ** -rng.uniform(0, 4)), 10**12) for _ in range(2))
        theta = least + (1 - least) * c**2
        inner, whole = row_of(model, own, s, theta)
        y = (1 - s**2) ** 2 * theta
        for term in terms:
            if sum(term.parts) < 5:  # a link
                weight = term.coefficient * s ** (2 * (5 - sum(term.parts)))
                whole = whole + arb(weight * (term.kept * (s**4 + y) + term.x * s**4))
                inner = inner - arb(term.nu * s ** (4 - sum(term.parts[1:])))
        z = arb(s**4 + y).sqrt() - arb(s**2)
        at_z = [sum((arb(part(s)) * z**k for k, part in enumerate(values)), arb(0)) for values in (gain, energy)]
        room = fmpq(1, 10**9)
        assert abs(inner - at_z[0]) <= room * (abs(inner) + model.kappa[3] * s**4)
        assert at_z[1] <= whole * (1 + room)
