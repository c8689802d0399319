"""The oracles of the loss: enumeration against a plain double loop over states, Monte Carlo within its standard error."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from flint import fmpq
from oracles import sampled_loss
from oracles.enumerated_loss import enumerate_loss
from oracles.sampled_loss import sample_loss

from boundcalc.loss.exact import exact_loss
from boundcalc.numbers.enclosure import to_float

WEIGHTS = np.array([[0.9, -0.4, 0.3, 0.1], [0.2, 0.7, 0.5, -0.6]])
LAWS = ("rademacher", "gaussian", "uniform", "laplace", "support:-2:1/4,0:1/2,2:1/4")


def test_one_feature_by_hand():
    # x = ±1 with probability p, x̂ = (4 x)³
    found = enumerate_loss([[2]], m=3, p="1/3", law="rademacher")
    assert (found.C, found.D, found.states) == (fmpq(64, 3), fmpq(4096, 3), 3)


def test_against_a_plain_loop_in_fractions():
    weights, p = [[Fraction(1, 2), 1, -1], [1, 0, 2]], Fraction(2, 7)
    feature = {Fraction(0): 1 - p + p * Fraction(1, 2), Fraction(2): p / 4, Fraction(-2): p / 4}
    total_c = total_d = Fraction(0)
    for state in product(feature.items(), repeat=3):
        probability = Fraction(1)
        for _, weight in state:
            probability *= weight
        x = [value for value, _ in state]
        hidden = [sum(w * value for w, value in zip(row, x, strict=True)) for row in weights]
        decoded = [sum(h * row[i] for h, row in zip(hidden, weights, strict=True)) ** 5 for i in range(3)]
        total_c += probability * sum(u * v for u, v in zip(x, decoded, strict=True))
        total_d += probability * sum(v * v for v in decoded)
    found = enumerate_loss(weights, m=5, p=p, law="support:-2:1/4,0:1/2,2:1/4")
    assert fmpq(*total_c.as_integer_ratio()) == found.C
    assert fmpq(*total_d.as_integer_ratio()) == found.D


def test_nine_features():
    weights = [[1, 0, 1, -1, 2, 0, 1, 1, -2], [0, 1, 1, 1, 0, 2, -1, 2, 1]]
    found = enumerate_loss(weights, m=3, p="1/5", law="rademacher")
    value = exact_loss(weights, m=3, p="1/5", law="rademacher")
    assert found.states == 3**9
    assert (found.C, found.D) == (value.C, value.D)


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("p", ["1/3", "1"])
def test_within_five_standard_errors(law, p):
    truth = to_float(exact_loss(WEIGHTS, m=3, p=p, law=law).improvement)
    found = sample_loss(WEIGHTS, m=3, p=p, law=law, samples=200_000, seed=1)
    assert abs(found.improvement - truth) < 5 * found.standard_error
    if law in ("rademacher", "uniform"):  # laws whose twelfth moments do not swamp the estimate
        assert found.standard_error < 0.05 * max(abs(truth), 0.05)


def test_seed_and_batches(monkeypatch):
    first = sample_loss(WEIGHTS, m=3, p="1/3", law="uniform", samples=5000, seed=3)
    assert first == sample_loss(WEIGHTS, m=3, p="1/3", law="uniform", samples=5000, seed=3)
    assert first != sample_loss(WEIGHTS, m=3, p="1/3", law="uniform", samples=5000, seed=4)
    monkeypatch.setattr(sampled_loss, "BATCH_NUMBERS", 999 * 4)
    batched = sample_loss(WEIGHTS, m=3, p="1/3", law="uniform", samples=5000, seed=3)
    assert batched.samples == 5000
    assert batched.standard_error == pytest.approx(first.standard_error, rel=0.2)
    assert abs(batched.improvement - first.improvement) < 5 * (batched.standard_error + first.standard_error)


def test_batches_merge_to_the_plain_mean_and_error(monkeypatch):
    """One feature with weight 1, m = 1, p = 1: the sampled value is u² itself."""
    monkeypatch.setattr(sampled_loss, "BATCH_NUMBERS", 7)
    found = sample_loss(np.ones((1, 1)), m=1, p="1", law="gaussian", samples=20, seed=5)
    rng = np.random.default_rng(5)
    draws = []
    for size in (7, 7, 6):
        rng.random((size, 1))
        draws.append(rng.standard_normal((size, 1)))
    squares = np.concatenate(draws).ravel() ** 2
    assert found.improvement == pytest.approx(squares.mean(), rel=1e-13)
    assert found.standard_error == pytest.approx(squares.std(ddof=1) / 20**0.5, rel=1e-13)
