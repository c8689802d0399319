"""The pentagon's proof: accepted by the program and by a checker of its own, refused after any change."""

from __future__ import annotations

from fractions import Fraction
from math import sqrt

import numpy as np
import pytest
from flint import fmpq
from oracles.pentagon import accepts

from boundcalc.bounds.relu.floors import floors
from boundcalc.bounds.relu.pentagon import CHEBYSHEV, Surd, prove
from boundcalc.loss.relu.loss import relu_loss
from boundcalc.model.features import Group
from boundcalc.model.relu_problem import ReluProblem
from boundcalc.numbers.errors import CertificationError

CLAIMED = (Fraction(35, 11), Fraction(5, 11))


def fractions(coefficients) -> list[tuple[Fraction, Fraction]]:
    return [tuple(Fraction(int(x.p), int(x.q)) for x in (c.a, c.b)) for c in coefficients]


def test_both_accept():
    assert prove() == Surd(fmpq(35, 11), fmpq(5, 11))
    assert accepts(fractions(CHEBYSHEV), CLAIMED)


CHANGES = [(fmpq(1, 10**6), fmpq(0)), (fmpq(-1, 10**6), fmpq(0)), (fmpq(0), fmpq(1, 10**9)), (fmpq(0), fmpq(-1, 10**9))]


@pytest.mark.parametrize("place", range(8))
@pytest.mark.parametrize("change", CHANGES)
def test_both_refuse_any_change_of_a_coefficient(place, change):
    changed = list(CHEBYSHEV)
    changed[place] = changed[place] + Surd(*change)
    with pytest.raises(CertificationError):
        prove(tuple(changed))
    assert not accepts(fractions(changed), CLAIMED)


def test_a_change_that_keeps_the_value_at_one_is_refused_too():
    changed = list(CHEBYSHEV)
    for place, sign in ((3, 1), (6, -1)):
        changed[place] = changed[place] + Surd(fmpq(sign, 10**6))
    with pytest.raises(CertificationError):
        prove(tuple(changed))
    assert not accepts(fractions(changed), CLAIMED)
    assert not accepts(fractions(CHEBYSHEV), (Fraction(4), Fraction(0)))


def test_signs_of_surds():
    for a in range(-9, 10):
        for b in range(-5, 6):
            value = a + b * sqrt(5)
            assert Surd(fmpq(a), fmpq(b)).sign == (value > 0) - (value < 0)
    x = Surd(fmpq(2, 3), fmpq(-1, 7))
    assert x / x == Surd(fmpq(1))


@pytest.mark.parametrize(("n", "p", "law"), [(5, "1/1000", "uniform01"), (9, "1/100", "uniform01"), (7, "1/50", "support:1:1")])
def test_the_floor_without_bias(n, p, law):
    """Below the loss of the pentagon, n − 5 features dropped, at its best scale, and close to it where n p is small."""
    problem = ReluProblem((Group(n, 1, p, law),), 2, bias=False)
    floor = next(each for each in floors(problem) if each.key == "pentagon")
    angles = 2 * np.pi * np.arange(5) / 5
    scale = (5 / (1 + 2 * np.cos(angles[1]) ** 2)) / 5  # a = Σ a/Σ (A_+)² of one active feature
    W = np.zeros((2, n))
    W[:, :5] = np.sqrt(scale) * np.array([np.cos(angles), np.sin(angles)])
    loss = relu_loss(W, p=p, law=law).loss
    assert floor.value.upper < loss.lower
    assert loss.upper / floor.value.lower < 1 + 20 * n * fmpq(Fraction(p).numerator, Fraction(p).denominator)


def test_the_floor_is_for_networks_without_bias_on_the_plane():
    groups = (Group(9, 1, "1/100", "uniform01"),)
    assert "pentagon" not in {floor.key for floor in floors(ReluProblem(groups, 2))}
    assert "pentagon" not in {floor.key for floor in floors(ReluProblem(groups, 3, bias=False))}
    assert "pentagon" not in {floor.key for floor in floors(ReluProblem(groups, 2, bias=False, tied=False))}
