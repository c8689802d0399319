"""Certificates of frontier for m = 5 at every scale of p: they verify, false ones do not, and the minorant is one."""

from __future__ import annotations

import random

import pytest
from flint import arb, fmpq
from oracles.tampering import accepted, at, changed, places

from boundcalc.bounds.catalog import BOUNDS
from boundcalc.bounds.evaluate import report
from boundcalc.certificate.verifier import frontier_general, frontier_quintic
from boundcalc.certificate.verifier.problem import read_problem
from boundcalc.certificate.verifier.reading import Refuted
from boundcalc.certificate.verify import verify
from boundcalc.certificate.write import certificate
from boundcalc.model.problem import Problem
from boundcalc.numbers.parsing import parse_rational

SCALES = [
    # at 1e-6 the rows lie too close together for the proof in one variable
    pytest.param(p, d, law, marks=pytest.mark.slow if p == "1e-6" and d < 30 else ())
    for p in ("1e-12", "1e-9", "1e-6", "1e-3")
    for d in (3, 10, 30)
    for law in ("rademacher", "gaussian")
]


def built(n, d: int, p: str, law: str) -> dict:
    problem = Problem(n, d, 5, p, law)
    return certificate(report(problem, digits=25, upper=[BOUNDS["frontier"]], lower=[BOUNDS["orthonormal"]]))


@pytest.fixture(scope="module")
def tiny() -> dict:
    return built("inf", 10, "1e-9", "rademacher")


def number(text: str) -> fmpq:
    return parse_rational(text, parameter="number")


def read_terms(data: dict) -> tuple:
    model = read_problem(data["problem"])
    given = data["upper"]["parameters"]
    excess = number(given.get("excess", "0"))
    return model, frontier_general._terms(model, given["terms"]), number(given["price"]), excess


@pytest.mark.parametrize(("p", "d", "law"), SCALES)
def test_every_scale_of_p_is_accepted(p, d, law):
    done = verify(built("inf", d, p, law))
    assert done.accepted, done.failure


def test_tiny_p_is_proven_in_one_variable(tiny):
    assert frontier_quintic.prove_price(*read_terms(tiny)) < 2000


@pytest.mark.parametrize(("n", "d", "p"), [(12, 3, "1e-7"), (10**6, 3, "1e-12")])
def test_finitely_many_features_at_tiny_p_are_accepted(n, d, p):
    data = built(n, d, p, "rademacher")
    assert frontier_quintic.prove_price(*read_terms(data)) < 2000
    assert verify(data).accepted


def test_a_price_too_low_is_refuted(tiny):
    model, terms, price, _ = read_terms(tiny)
    frontier_quintic.prove_price(model, terms, price, fmpq(0))
    with pytest.raises(Refuted):
        frontier_quintic.prove_price(model, terms, price * fmpq(9, 10), fmpq(0))
    with pytest.raises(Refuted, match="large Q_4"):
        frontier_quintic.prove_price(model, terms, price / 1000, fmpq(0))
    # in the whole, with the claim moved along
    free = changed(tiny, ("upper", "improvement"), {"lower": "0", "upper": "1"})
    assert verify(free).accepted
    assert verify(changed(free, ("upper", "parameters", "price"), str(price / 100))).failure is not None


def test_an_excess_counts_where_t_is_small(tiny):
    """g(t) ≤ price t + excess: an excess of the price proves half the price, as t ≤ 1; one of nothing proves nothing."""
    model, terms, price, _ = read_terms(tiny)
    assert frontier_quintic.prove_price(model, terms, price / 2, price) > 0
    with pytest.raises(Refuted):
        frontier_quintic.prove_price(model, terms, price / 2, price / 10**9)


def test_changed_numbers_are_noticed(tiny):
    """A change that is accepted leaves a claim that is still above the bound's own value."""
    rng = random.Random(55)
    known = number(tiny["upper"]["improvement"]["lower"])
    found = [path for path in places(tiny) if path[0] == "upper"]
    changes = []
    for path in rng.sample(found, 20):
        value = number(at(tiny, path))
        changes += [(path, str(v)) for v in (value * fmpq(101, 100), value * fmpq(99, 100), -value) if v != value]
    survived = list(accepted(tiny, changes))
    assert len(changes) > 30
    assert len(survived) < len(changes) / 3
    for _, _, mutant in survived:
        assert number(mutant["upper"]["improvement"]["upper"]) >= known


@pytest.mark.parametrize(("n", "p", "law"), [("inf", "1e-9", "rademacher"), ("inf", "1e-3", "gaussian"), (12, "1e-3", "gaussian")])
def test_the_minorant_is_one(n, p, law):
    """Against the row of the verifier's form in two variables, written independently of it."""
    model, terms, *_ = read_terms(built(n, 3, p, law))
    gain, slope, energy = frontier_quintic.row_minorant(model, terms)
    rng = random.Random(9)
    least = fmpq(0) if model.n is None else fmpq(1, model.n - 1)
    for _ in range(400):
        s, c = (fmpq(round(1e12 * 10 ** -rng.uniform(0, 8)), 10**12) for _ in range(2))
        inner, whole, _ = frontier_general._row(model, terms, [arb(s), arb(c)])
        y = (1 - s**2) ** 2 * (least + (1 - least) * c**2)
        low = energy[0](s) + energy[1](s) * y + energy[2](s) * y**2
        room = fmpq(1, 10**9)
        assert inner - arb(gain(s) + slope * y) <= room * abs(arb(gain(s)))
        assert arb(low) <= whole * (1 + room)
        assert low > 0
