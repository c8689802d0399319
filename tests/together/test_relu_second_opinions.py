"""The trapezoid rule against a lattice of FFTs and against sampling, on networks that are too large to enumerate."""

from __future__ import annotations

import numpy as np
import pytest
from oracles.relu_loss import lattice_row, sampled

from boundcalc.loss.relu.loss import relu_loss

NETS = [(seed, n, p) for seed in range(25) for n, p in ((16, 0.2), (40, 0.05))]


def number(value) -> float:
    return int(value.p) / int(value.q)


def network(seed: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    W = rng.standard_normal((5, n)) / 5**0.5
    return W, rng.uniform(-0.3, 0.05, n)


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "n", "p"), NETS)
def test_every_row_meets_the_lattice(seed, n, p):
    """Fifty networks: the two enclosures of a row, by unrelated methods, intersect; that of the lattice is below 10^−4 wide."""
    W, b = network(seed, n)
    found = relu_loss(W, bias=b, p=str(p), law="uniform01", width="1e-7")
    assert found.reached
    A = W.T @ W
    for i in range(0, n, 7):
        others = np.arange(n) != i
        low, high = lattice_row(A[i, i], b[i], p, A[i, others], np.full(n - 1, p), 2e-3)
        assert high - low < 1e-4
        assert low - 1e-9 <= number(found.rows[i].upper)
        assert number(found.rows[i].lower) <= high + 1e-9


@pytest.mark.slow
@pytest.mark.parametrize(("n", "p", "count"), [(20, 0.3, 2_000_000), (60, 0.05, 1_000_000), (400, 0.01, 150_000)])
def test_samples_agree(n, p, count):
    """Scores of the mean of samples, in standard errors; the enclosure is a point beside them."""
    W, b = network(n, n)
    found = relu_loss(W, bias=b, p=str(p), law="uniform01")
    middle = (number(found.loss.lower) + number(found.loss.upper)) / 2
    rng, scores = np.random.default_rng(0), []
    for _ in range(4):
        parts = [sampled(W, b, np.full(n, p), rng, 50_000) for _ in range(count // 200_000 + 1)]
        mean = float(np.mean([part[0] for part in parts]))
        error = float(np.sqrt(np.sum([part[1] ** 2 for part in parts]))) / len(parts)
        scores.append((mean - middle) / error)
    print(f"n = {n}, p = {p}: z = " + ", ".join(f"{score:.2f}" for score in scores))
    assert max(map(abs, scores)) < 4.5
    assert abs(sum(scores)) / 2 < 4
