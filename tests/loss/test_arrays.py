"""Arrays that hide entries are refused wherever weights are read."""

import numpy as np
import pytest
from flint import fmpq

from boundcalc.bounds.lower.search import witness_bound
from boundcalc.loss.dense import dense_loss, dense_loss_and_gradient
from boundcalc.loss.dense_pair import (
    bounded_loss_of_pair,
    dense_loss_of_matrix,
    dense_loss_of_matrix_and_gradient,
    dense_loss_of_pair,
    dense_loss_of_pair_and_gradients,
)
from boundcalc.loss.error_bound import bounded_loss
from boundcalc.loss.exact import exact_loss, exact_loss_of_gram
from boundcalc.loss.exact_pair import exact_loss_of_matrix, exact_loss_of_pair
from boundcalc.loss.rounding import round_witness
from boundcalc.model.problem import Problem
from boundcalc.numbers.errors import ParameterError
from boundcalc.render.plots.weights import read_weights
from boundcalc.search.optimize import optimize
from boundcalc.search.recognise import recognise

GIVEN = {"m": 3, "p": "1/10", "law": "rademacher"}
PROBLEM = Problem(2, 2, **GIVEN)
HIDDEN = np.ma.masked_greater(np.array([[1, 0.5], [0, 999]]), 100)
PLAIN = np.array([[1.0, 0.5], [0.0, 0.0]])
READERS = {
    "exact_loss": lambda W: exact_loss(W, **GIVEN),
    "exact_loss_of_gram": lambda W: exact_loss_of_gram(W, **GIVEN),
    "exact_loss_of_pair, V": lambda W: exact_loss_of_pair(W, PLAIN, **GIVEN),
    "exact_loss_of_pair, W": lambda W: exact_loss_of_pair(PLAIN, W, **GIVEN),
    "exact_loss_of_matrix": lambda W: exact_loss_of_matrix(W, **GIVEN),
    "dense_loss": lambda W: dense_loss(W, **GIVEN),
    "dense_loss_and_gradient": lambda W: dense_loss_and_gradient(W, **GIVEN),
    "dense_loss_of_pair, V": lambda W: dense_loss_of_pair(W, PLAIN, **GIVEN),
    "dense_loss_of_pair, W": lambda W: dense_loss_of_pair(PLAIN, W, **GIVEN),
    "dense_loss_of_pair_and_gradients": lambda W: dense_loss_of_pair_and_gradients(PLAIN, W, **GIVEN),
    "dense_loss_of_matrix": lambda W: dense_loss_of_matrix(W, **GIVEN),
    "dense_loss_of_matrix_and_gradient": lambda W: dense_loss_of_matrix_and_gradient(W, **GIVEN),
    "bounded_loss": lambda W: bounded_loss(W, **GIVEN),
    "bounded_loss_of_pair": lambda W: bounded_loss_of_pair(PLAIN, W, **GIVEN),
    "witness_bound": lambda W: witness_bound(W, PROBLEM),
    "round_witness": lambda W: round_witness(W, PROBLEM),
    "optimize": lambda W: optimize(PROBLEM, given=W, starts=1),
    "recognise": lambda W: recognise(W, PROBLEM),
    "plots": read_weights,
}


class Subclass(np.ma.MaskedArray):
    """Of another module than NumPy's."""


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@pytest.mark.parametrize(
    "weights",
    [HIDDEN, np.ma.masked_array(HIDDEN, shrink=False).astype(int), HIDDEN.view(Subclass), np.ma.masked_array(PLAIN)],
    ids=["float", "int", "subclass", "nothing hidden"],
)
def test_a_masked_array_is_refused_in_one_line(reader, weights):
    with pytest.raises(
        ParameterError, match=r"masked array of shape \(2, 2\): must be .*; it is masked: give W.filled\(0\)"
    ) as content:
        reader(weights)
    assert "\n" not in str(content.value)


@pytest.mark.parametrize("name", ["exact_loss", "dense_loss", "bounded_loss"])
def test_a_list_with_a_masked_row_is_refused(name):
    with pytest.raises(ParameterError, match="it is masked"):
        READERS[name]([HIDDEN[0], HIDDEN[1]])


def test_the_filled_array_is_taken():
    """A has one nonzero row block: a = (1, 1/4), by hand (2C - D) with kappa_2 = 1/10, kappa_4 = 7/100, kappa_6 = -1/50."""
    second, fourth, sixth = fmpq(1, 10), fmpq(7, 100), fmpq(1, 10) - fmpq(15, 100) + fmpq(30, 1000)
    total_c = total_d = fmpq(0)
    for a, row in ((fmpq(1), (1, fmpq(1, 2))), (fmpq(1, 4), (fmpq(1, 2), fmpq(1, 4)))):
        q2, q4, q6 = (sum((fmpq(x) ** k for x in row), fmpq(0)) for k in (2, 4, 6))
        total_c += fourth * a**3 + 3 * second**2 * a * q2
        total_d += sixth * q6 + 15 * fourth * second * q4 * q2 + 15 * second**3 * q2**3
    assert 2 * total_c - total_d == fmpq(2913, 40960)
    assert exact_loss(HIDDEN.filled(0), **GIVEN).improvement == fmpq(2913, 40960)
    assert abs(dense_loss(HIDDEN.filled(0), **GIVEN).improvement - 2913 / 40960) < 1e-15
