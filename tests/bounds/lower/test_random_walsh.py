"""L2b against the enumeration of all subsets of rows, exact losses of single frames, and its limits."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from flint import fmpq

from boundcalc.bounds.lower import random_walsh
from boundcalc.bounds.outcome import evaluate_lower, evaluate_upper
from boundcalc.bounds.upper import capacity, frontier
from boundcalc.loss.exact import exact_loss
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.rings import EXACT


def hadamard(bits: int) -> np.ndarray:
    """Entry (r, j) is (−1)^{popcount(r & j)}."""
    return np.array([[(-1) ** (r & j).bit_count() for j in range(2**bits)] for r in range(2**bits)], dtype=np.int64)


@pytest.mark.parametrize("bits", [0, 1, 2, 3, 4])
def test_power_sums_by_enumeration_of_all_subsets(bits):
    n = 2**bits
    masks = np.array(list(product((0, 1), repeat=n)), dtype=np.int64)
    inner = masks @ hadamard(bits)  # sum over the chosen rows of H_rj: d <w_0, w_j>
    sizes = masks.sum(1)
    for d in range(1, n + 1):
        chosen = inner[sizes == d]
        content = random_walsh.power_sums(fmpq(n), fmpq(d))
        for k in (1, 2, 3):
            assert content[k] == fmpq(int((chosen ** (2 * k)).sum()), len(chosen) * d ** (2 * k)), (n, d, k)


@pytest.mark.parametrize(("bits", "d"), [(2, 2), (3, 3), (3, 6)])
def test_the_formula_is_the_average_of_exact_losses(bits, d):
    problem = Problem(2**bits, d, 3, "1/20", "uniform")
    frames = [hadamard(bits)[list(rows)] for rows in combinations(range(2**bits), d)]
    losses = [exact_loss(W.tolist(), m=3, p=problem.p, law=problem.law) for W in frames]
    assert len({loss.C for loss in losses}) == 1
    content = random_walsh.formula(Quantities(EXACT, problem), fmpq(2**bits), fmpq(d))
    assert content == losses[0].C ** 2 / (sum((loss.D for loss in losses), fmpq(0)) / len(losses))
    assert max(loss.improvement_best_scale for loss in losses) >= content


def test_sampled_frames_average_to_the_formula():
    problem, rng = Problem(64, 10, 3, "0.03", "rademacher"), np.random.default_rng(11)
    H, ratios = hadamard(6), []
    content = random_walsh.formula(Quantities(EXACT, problem), fmpq(64), fmpq(10))
    for _ in range(60):
        W = H[rng.choice(64, 10, replace=False)]
        loss = exact_loss(W.tolist(), m=3, p=problem.p, law=problem.law)
        ratios.append(float((content / loss.improvement_best_scale).p) / float((content / loss.improvement_best_scale).q))
    mean, error = np.mean(ratios), np.std(ratios) / np.sqrt(60)
    assert abs(mean - 1) < 4 * error  # D over its average: C is the same for all
    assert 0 < error < 0.01


def test_the_choice_is_the_best_power_of_two():
    for d, p, law in ((5, "0.02", "laplace"), (16, "0.1", "uniform"), (3, "1", "gaussian"), (40, "1e-5", "rademacher")):
        for n in (64, 1000, 10**9):
            problem = Problem(n, d, 3, p, law)
            q, outcome = Quantities(EXACT, problem), evaluate_lower(random_walsh.BOUND, problem)
            used = outcome.choice.shown["n"]
            assert d <= used <= n
            assert used.bit_count() == 1
            sizes = [2**k for k in range(60) if d <= 2**k <= n]
            assert outcome.exact() == max(random_walsh.formula(q, fmpq(size), fmpq(d)) for size in sizes)


def test_where_it_does_not_apply():
    assert "power of two between d and n" in evaluate_lower(random_walsh.BOUND, Problem(7, 5, 3, "0.1", "uniform")).why_not
    assert evaluate_lower(random_walsh.BOUND, Problem(64, 5, 5, "0.1", "uniform")).why_not == "needs m = 3; here m = 5"
    assert evaluate_lower(random_walsh.BOUND, Problem(8, 5, 3, "0.1", "uniform")).why_not is None


def ratio(upper, problem: Problem) -> float:
    above, below = evaluate_upper(upper, problem, 12), evaluate_lower(random_walsh.BOUND, problem, 12)
    value = above.value.certified / below.value.certified
    return int(value.p) / int(value.q)


@pytest.mark.parametrize(("d", "p", "least"), [(10, "0.01", 1.41), (10, "0.03", 1.22), (100, "0.01", 1.07), (1000, "0.03", 1.02)])
def test_ratios_to_the_frontier_bound(d, p, least):
    # the theory's table, in floating point; a certified U9 may be a little above it
    assert least - 0.006 < ratio(frontier.BOUND, Problem("inf", d, 3, p, "rademacher")) < least + 0.02


def test_it_meets_capacity_as_d_grows():
    # n'/d is a power of two here, and at this p the best n'/d of U7 is close to one: the ratio tends to almost 1
    far = [ratio(capacity.BOUND, Problem("inf", 2**k, 3, "0.0107", "rademacher")) for k in (8, 12, 16)]
    assert far[0] > far[1] > far[2] >= 1
    assert far[2] < 1.01
