"""Conditional means of Laplace features by quadrature, and the mean over the number active by its sum: both below the bound."""

from __future__ import annotations

from math import comb, log

import numpy as np
import pytest
from flint import fmpq

from boundcalc.bounds.catalog import BOUNDS
from boundcalc.bounds.evaluate import evaluate_upper, report
from boundcalc.bounds.lower import orthonormal
from boundcalc.certificate.verify import verify
from boundcalc.certificate.write import certificate
from boundcalc.model.problem import Problem

BOUND = BOUNDS["laplace_support"]


def value(n: int, d: int, p: str, m: int = 3) -> float:
    found = evaluate_upper(BOUND, Problem(n, d, m, p, "laplace")).value.certified
    return int(found.p) / int(found.q)


def largest(k: int, count: int) -> float:
    """k (2 + H_N − H_k)."""
    return k * (2 + sum(1 / j for j in range(k + 1, count + 1)))


def test_the_mean_of_the_largest_kernels_against_samples():
    tau = 1 + np.abs(np.random.default_rng(3).laplace(size=(200_000, 7)))
    for k in (1, 3, 7):
        found = np.sort(tau, axis=1)[:, 7 - k :].sum(1)
        assert abs(found.mean() - largest(k, 7)) < 5 * found.std() / 200_000**0.5


@pytest.mark.parametrize("weights", [(1, 1), (1, 0.5), (1, 0.05), (1, 1, 1), (1, 0.7, 0.5), (1, 0.9, 0.1), (1, 1, 1, 1)])
def test_features_on_a_line(weights):
    """All active, d = 1: E|E[x | Wx]|² by convolution on a grid; equal weights have E y²/N = 2 at once."""
    step, reach = 0.02, 60.0
    grid = np.arange(-reach, reach + step / 2, step)

    def density(w: float) -> np.ndarray:
        edges = np.append(grid - step / 2, grid[-1] + step / 2) / w
        cumulated = np.where(edges < 0, np.exp(np.minimum(edges, 0)) / 2, 1 - np.exp(-np.maximum(edges, 0)) / 2)
        return np.diff(cumulated)

    def convolved(parts: list[np.ndarray]) -> np.ndarray:
        total = parts[0]
        for part in parts[1:]:
            size = 2 * grid.size
            total = np.fft.irfft(np.fft.rfft(total, size) * np.fft.rfft(part, size), size)[grid.size // 2 :][: grid.size]
        return total

    laws = [density(w) for w in weights]
    y = convolved(laws)
    seen = 0.0
    for i, w in enumerate(weights):
        joint = convolved([law * grid / w if j == i else law for j, law in enumerate(laws)])
        seen += (joint[y > 1e-13] ** 2 / y[y > 1e-13]).sum()
    bound = value(len(weights), 1, "1")
    assert 1.9 < seen < largest(1, len(weights)) < bound
    if set(weights) == {1}:
        assert seen == pytest.approx(2, abs=2e-3)


@pytest.mark.parametrize("seed", range(6))
def test_chords_of_three_and_four_features(seed):
    """d = n − 1, all active: given Wx the features lie on a line, along which the density is an exponential of |·|."""
    rng = np.random.default_rng(seed)
    n = 3 + seed % 2
    v = rng.standard_normal(n) * np.exp(rng.uniform(-2, 0, n))
    v /= np.abs(v).max()
    x = rng.laplace(size=(1500, n))
    t = np.linspace(-40, 40, 4001)
    energy = np.abs(x[:, :, None] + v[:, None] * t).sum(1)
    weight = np.exp(energy.min(1, keepdims=True) - energy)
    place = (weight * t).sum(1) / weight.sum(1)
    seen = ((x + place[:, None] * v) ** 2).sum(1)
    assert seen.mean() < largest(n - 1, n)


@pytest.mark.parametrize(("n", "d", "p"), [(6, 2, "1/3"), (40, 3, "1/10"), (40, 3, "1/1000"), (12, 5, "9/10"), (300, 1, "1/2")])
def test_the_mean_over_the_number_active(n, d, p):
    """The closed form is above the sum over N ~ Bin(n, p), by at most 5%, and below 2 n p."""
    q = fmpq(*map(int, p.split("/")))
    chance = [float(comb(n, k)) * (int(q.p) / int(q.q)) ** k * (1 - int(q.p) / int(q.q)) ** (n - k) for k in range(n + 1)]
    exact = sum(c * largest(min(d, k), k) for k, c in enumerate(chance) if k)
    assert exact <= value(n, d, p) <= min(1.05 * exact, 2 * n * int(q.p) / int(q.q) * (1 + 1e-9))


def test_where_it_is_exact_and_how_it_grows():
    assert evaluate_upper(BOUND, Problem(3, 4, 3, "1/7", "laplace")).value.certified == fmpq(6, 7)
    assert value(1000, 2, "1", 5) == pytest.approx(4 + 2 * log(1 + 2 * 998 / 5), rel=1e-9)
    assert evaluate_upper(BOUND, Problem("inf", 4, 3, "1/7", "laplace")).value is None
    assert "laplace law" in evaluate_upper(BOUND, Problem(9, 4, 3, "1/7", "gaussian")).why_not


@pytest.mark.parametrize(("n", "p"), [(40, "1/7"), (3, "1/7"), (9, "1")])
def test_its_certificate_is_verified_and_a_changed_one_refused(n, p):
    written = certificate(report(Problem(n, 4, 3, p, "laplace"), upper=[BOUND], lower=[orthonormal.BOUND]))
    assert verify(written).accepted
    written["upper"]["improvement"]["upper"] = written["upper"]["improvement"]["lower"] = "1"
    assert "laplace_support" in verify(written).failure
