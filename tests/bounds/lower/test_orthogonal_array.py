"""L1c against the rows of arrays, the exact loss of all rows of signs, and every upper bound."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from flint import fmpq
from oracles.sides import exceeded

from boundcalc.bounds.evaluate import report
from boundcalc.bounds.lower import orthogonal_array
from boundcalc.bounds.outcome import evaluate_lower
from boundcalc.loss.exact import exact_loss
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.rings import EXACT


@pytest.mark.parametrize("d", [1, 2, 5, 8])
@pytest.mark.parametrize("law", ["gaussian", "rademacher", "laplace"])
def test_the_formula_is_the_exact_loss_of_all_rows_of_signs(d, law):
    W = [list(column) for column in zip(*product([1], *[(1, -1)] * (d - 1)), strict=True)]
    problem = Problem(2 ** (d - 1), d, 3, "1/30", law)
    loss = exact_loss(W, m=3, p=problem.p, law=problem.law)
    found = orthogonal_array.formula(Quantities(EXACT, problem), fmpq(2 ** (d - 1)), fmpq(d))
    assert found == loss.improvement_best_scale


@pytest.mark.parametrize(("d", "n"), [(20, 2048), (24, 2048), (30, 65536), (64, 65536)])
def test_weights_have_its_power_sums(d, n):
    outcome = evaluate_lower(orthogonal_array.BOUND, Problem(n, d, 3, "1e-5", "gaussian"))
    W = outcome.witness
    unit = W / np.linalg.norm(W, axis=0)
    told = [to_float(value) for value in orthogonal_array.power_sums(fmpq(n), fmpq(d))]
    for row in (0, n // 3, n - 1):
        inner = unit[:, row] @ unit
        np.testing.assert_allclose([(inner ** (2 * j)).sum() for j in (1, 2, 3)], told[1:], rtol=1e-12)
    assert [(block.name, block.drawn) for block in outcome.blocks] == [(f"orthogonal_array_{d}", False)]


def test_which_array_is_taken():
    def shown(n, d):
        return evaluate_lower(orthogonal_array.BOUND, Problem(n, d, 3, "1e-6", "gaussian")).choice.shown

    assert shown("inf", 24) == {"frame": "orthogonal_array_24", "n": 2048, "d": 24}
    assert shown(10**5, 64) == {"frame": "orthogonal_array_64", "n": 65536, "d": 64}
    assert shown(5000, 64)["n"] == 2048
    assert shown(10**5, 70) == {"frame": "orthogonal_array_64", "n": 65536, "d": 64}
    assert shown(10**9, 200)["n"] in (65536, 2**22)
    assert "needs n >= 2048" in evaluate_lower(orthogonal_array.BOUND, Problem(2047, 24, 3, "1e-6", "gaussian")).why_not
    assert evaluate_lower(orthogonal_array.BOUND, Problem("inf", 24, 5, "1e-6", "gaussian")).why_not == "needs m = 3; here m = 5"


@pytest.mark.parametrize("law", ["rademacher", "gaussian", "laplace"])
@pytest.mark.parametrize("p", ["1e-300", "1e-9", "1e-4", "0.3", "1"])
@pytest.mark.parametrize(("n", "d"), [("inf", 24), (2048, 9), ("inf", 64), (10**5, 63), ("inf", 300)])
def test_it_stays_below_every_upper_bound(n, d, p, law):
    assert exceeded(orthogonal_array.BOUND, Problem(n, d, 3, p, law)) == []


@pytest.mark.parametrize(
    ("d", "p", "law", "most"),
    [(64, "1e-6", "rademacher", 1.113), (64, "1e-5", "gaussian", 1.156), (24, "1e-4", "rademacher", 1.073)],
)
def test_ratios_near_the_crossover(d, p, law, most):
    answer = report("inf", d, 3, p, law, digits=8)
    assert answer.best_lower.bound.key == "orthogonal_array"
    assert to_float(answer.ratio.upper) < most
