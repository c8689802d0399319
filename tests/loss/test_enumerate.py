"""The enumeration oracle against a plain double loop over states, and by hand."""

from fractions import Fraction
from itertools import product

import pytest
from flint import fmpq

from boundcalc.loss.enumerate import enumerate_loss
from boundcalc.loss.exact import exact_loss
from boundcalc.numbers.errors import ParameterError


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


@pytest.mark.parametrize(
    ("weights", "law", "parameter"),
    [([[1] * 40], "rademacher", "n"), ([[1]], "gaussian", "law"), ([[1]], "moments:2=1,4=1,6=1", "law")],
)
def test_what_cannot_be_enumerated(weights, law, parameter):
    with pytest.raises(ParameterError) as refused:
        enumerate_loss(weights, m=3, p="1/5", law=law)
    assert refused.value.parameter == parameter
